"""An indicator's declaration, read: its tree, checked and converted, and the sides of its ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kechuang.errors import Fault, Joined, KechuangError, Place
from kechuang.formula import parse
from kechuang.formula import tree as t
from kechuang.formula.checking import check, check_result, sides
from kechuang.formula.reading import near
from kechuang.formula.schema import PERIOD_NAMES, Schema, Words
from kechuang.formula.units import Unit
from kechuang.formula.words import Named, Sentence
from kechuang.formula.writing import source
from kechuang.indicators.schema import schema_of
from kechuang.messages import LANGUAGES, say
from kechuang.packs.model import IndicatorSpec, Packs


@dataclass(frozen=True)
class Definition:
    """``written`` is the formula with its ``let`` names; ``tree`` is expanded, checked, in the unit declared.

    ``numerator`` and ``denominator`` are the checked sides of a top-level ratio (without its factor).
    """

    spec: IndicatorSpec
    written: t.Node
    names: dict[str, Named]
    tree: t.Node
    numerator: t.Node
    denominator: t.Node | None
    numerator_unit: str | None
    denominator_unit: str | None

    @cached_property
    def aggregates(self) -> list[t.Aggregate]:
        return t.aggregates(self.tree)

    @cached_property
    def tables(self) -> list[str]:
        """Tables whose records are read, in order of writing."""
        return list(dict.fromkeys(name for aggregate in self.aggregates for name in t.tables_of(aggregate)))

    @cached_property
    def parameters(self) -> list[str]:
        """Ids of the parameters read, in order of writing."""
        found = (part.id for part in self.tree.walk() if isinstance(part, t.Parameter))
        return list(dict.fromkeys(found))

    @cached_property
    def identity(self) -> str:
        """What makes it this definition: formula and unit, not its labels."""
        return f"{source(self.tree)} [{self.spec.unit}]"

    def sentence(self, schema: Schema) -> dict[str, str]:
        """The formula as written, in words: ``{"zh", "en"}``."""
        return {
            language: Sentence(schema, language, self.names).of(self.written, self.spec.unit)
            for language in LANGUAGES
        }


def define(spec: IndicatorSpec, schema: Schema) -> Definition:
    """``spec`` read and checked; KechuangError naming the indicator, the place and what to write."""
    names: dict[str, t.Node] = {}
    written: dict[str, t.Node] = {}
    for name, text in spec.let.items():
        place = Place(file=f"{spec.id}.yaml", field=f"let.{name}")
        if name in PERIOD_NAMES or name in schema.tables or not name.isidentifier():
            raise KechuangError("formula-name", say("名称“{name}”不能这样取", name=name), place=place)
        written[name] = parse(text, place)
        names[name] = t.expanded(written[name], names)
    place = Place(file=f"{spec.id}.yaml", field="value")
    value = parse(spec.value, place)
    tree = t.expanded(value, names)
    checked = check_result(tree, spec.unit, schema, place)
    parts = sides(tree)
    above, below = _side(parts.numerator, schema, place), _side(parts.denominator, schema, place)
    assert above is not None
    labels = {name: Named(_label(spec, name), node) for name, node in written.items()}
    return Definition(
        spec=spec,
        written=value,
        names=labels,
        tree=checked.tree,
        numerator=above[0],
        denominator=below[0] if below else None,
        numerator_unit=above[1].text,
        denominator_unit=below[1].text if below else None,
    )


def definitions(packs: Packs, schema: Schema, only: Sequence[str] | None = None) -> list[Definition]:
    """The definitions of ``packs`` (or those named); every fault of every definition at once.

    Raises KechuangError also for a name in ``only`` that no pack declares.
    """
    for name in only or ():
        if name not in packs.indicators:
            problem = say("没有名为“{name}”的指标", name=name)
            raise KechuangError("unknown-indicator", problem, remedy=near(name, list(packs.indicators)))
    found: list[Definition] = []
    faults: list[Fault] = []
    for spec in packs.indicators.values():
        if only is not None and spec.id not in only:
            continue
        try:
            found.append(define(spec, schema))
        except KechuangError as error:
            told = [error.message] if error.remedy is None else [error.message, error.remedy]
            faults.append(Fault(error.code, Joined(told, ("。", ". ")), error.place))
    if faults:
        raise KechuangError("indicator-invalid", say("指标定义有{n}处错误", n=len(faults)), faults=faults)
    return found


def sentence(packs: Packs, indicator: str) -> dict[str, str]:
    """The formula of ``indicator`` as a sentence: ``{"zh", "en"}``; KechuangError where it is not in order."""
    schema = schema_of(packs)
    return definitions(packs, schema, [indicator])[0].sentence(schema)


def _side(node: t.Node | None, schema: Schema, place: Place) -> tuple[t.Node, Unit] | None:
    if node is None:
        return None
    checked = check(node, schema, place)
    return checked.tree, checked.type.unit


def _label(spec: IndicatorSpec, name: str) -> Words:
    label = spec.let_labels.get(name)
    return Words(label.zh, label.en) if label else Words(name, name)
