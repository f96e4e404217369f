"""An indicator's definition in words: formula as a fraction, source and clause, breaks, series, parameters."""

from __future__ import annotations

from dataclasses import dataclass

from kechuang.formula.latex import Latex
from kechuang.formula.series import scopes
from kechuang.formula.words import Sentence
from kechuang.indicators.breaks import Breaks, Mark
from kechuang.indicators.definition import Definition, definitions
from kechuang.indicators.schema import schema_of, series_of
from kechuang.messages import Message, language, literal, say
from kechuang.packs.model import IndicatorSpec, Label, Parameter
from kechuang.web.standing import kept
from kechuang.web.workspaces import served

DIRECTIONS: dict[str, Message] = {"up": say("越高越好"), "down": say("越低越好")}
FREQUENCIES: dict[str, Message] = {
    "year": say("每年"),
    "half": say("每半年"),
    "quarter": say("每季"),
    "month": say("每月"),
    "continuous": say("随时登记，按年取数"),
}
KINDS: dict[str, Message] = {
    "definition": say("口径改变"),
    "boundary": say("区划调整"),
    "rebasing": say("历史数据修订"),
    "source": say("来源改变"),
}


@dataclass(frozen=True)
class Fraction:
    """The two sides of a ratio in words; ``below`` empty where it is no ratio."""

    above: str
    below: str
    times: str


@dataclass(frozen=True)
class Read:
    """A register the formula reads, and its columns."""

    table: str
    label: Label
    fields: list[Label]


@dataclass(frozen=True)
class BreakRow:
    """A break in the series with its kind in words."""

    mark: Mark
    kind: Message


@dataclass(frozen=True)
class Described:
    """All of a definition a reader may ask for. ``written`` is the formula as the pack has it."""

    spec: IndicatorSpec
    sentence: str
    fraction: Fraction
    latex: str
    written: list[str]
    direction: Message
    frequency: Message
    release: Message | None
    release_verified: bool
    series: list[str]
    scope: list[tuple[Label, Label]]
    breaks: list[BreakRow]
    parameters: list[Parameter]
    reads: list[Read]
    looks_up: list[tuple[str, Label]]
    used_by: list[tuple[str, Label]]


def described(name: str) -> Described:
    """The definition of the indicator called ``name``, in the reader's language."""
    packs = served().packs
    spec, schema = packs.indicators[name], schema_of(packs)
    every, _ = kept.get(
        "definitions", (id(packs),), lambda: {one.spec.id: one for one in definitions(packs, schema)}
    )
    found = every[name]
    words = Sentence(schema, language(), found.names)
    lag = spec.release_lag
    fields = {
        table: list(dict.fromkeys(part.field for part in found.fields if part.table == table))
        for table in found.tables
    }
    return Described(
        spec=spec,
        sentence=found.sentence(schema)[language()],
        fraction=_fraction(found, words),
        latex=Latex(words).of(found.written, spec.unit),
        written=[*(f"{one} = {text}" for one, text in spec.let.items()), f"value = {spec.value}"],
        direction=DIRECTIONS[spec.direction],
        frequency=FREQUENCIES[spec.frequency],
        release=say("期末后{n}个月", n=lag.months) if lag else None,
        release_verified=lag.verified if lag else True,
        series=sorted(
            {
                ".".join(known)
                for part in found.fields
                if (known := series_of(packs.records[part.table].fields[part.field]))
            }
        ),
        scope=[_scope(one.table, one.field, one.value) for one in scopes(found.tree, schema)],
        breaks=[
            BreakRow(mark, KINDS[mark.kind])
            for mark in Breaks(packs, schema, served().regions, every).of(found)
        ],
        parameters=[packs.parameters[one] for one in found.parameters],
        reads=[
            Read(
                table,
                packs.records[table].label,
                [packs.records[table].fields[one].label for one in names],
            )
            for table, names in fields.items()
        ],
        looks_up=[(one, packs.indicators[one].label) for one in found.parents],
        used_by=[(one.spec.id, one.spec.label) for one in every.values() if name in one.parents],
    )


def _fraction(found: Definition, words: Sentence) -> Fraction:
    unit = found.spec.unit
    if found.denominator is None:
        return Fraction(words.part(found.numerator), "", "")
    times = {"%": "× 100%", "‰": "× 1000‰"}.get(unit, "")
    return Fraction(words.part(found.numerator), words.part(found.denominator), times)


def _scope(table: str, name: str, value: object) -> tuple[Label, Label]:
    spec = served().packs.records[table].fields[name]
    said = spec.choices.get(str(value)) or Label(zh=str(value), en=str(value))
    return spec.label, said


def pack_label(name: str) -> Label:
    """What the pack that declares an indicator is called."""
    from pathlib import Path

    packs = served().packs
    parts = Path(packs.files.get(name, "")).parts
    known = {one.pack: one.label for one in packs.info}
    found = next((known[part] for part in reversed(parts) if part in known), None)
    return found or Label(zh=str(literal(name)), en=name)
