"""An indicator's declaration, read: its tree, checked and converted, and the sides of its ratio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kechuang.errors import Fault, Joined, KechuangError, Place
from kechuang.formula import parse
from kechuang.formula import tree as t
from kechuang.formula.checking import check, check_result, sides
from kechuang.formula.reading import near
from kechuang.formula.schema import PERIOD_NAMES, Schema, Words
from kechuang.formula.series import scopes_named
from kechuang.formula.units import Unit
from kechuang.formula.words import Named, Sentence
from kechuang.formula.writing import source
from kechuang.indicators.schema import schema_of
from kechuang.messages import LANGUAGES, say
from kechuang.packs.load import formula_places
from kechuang.packs.model import IndicatorSpec, Packs


@dataclass(frozen=True)
class Use:
    """A part of a formula (an aggregate, a parameter, another indicator) and how many years ``back`` it is
    looked at; ``ranked``: with the same of the sibling regions; ``optional``: ``coalesce`` has something
    else where it is not there."""

    node: t.Node
    back: int = 0
    ranked: bool = False
    optional: bool = False


@dataclass(frozen=True, eq=False)
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
    def uses(self) -> list[Use]:
        """What the formula reads itself, each with the years it reads it of, in order of writing."""
        return list(dict.fromkeys(_uses(self.tree, frozenset({0}))))

    @cached_property
    def optional(self) -> frozenset[t.Node]:
        """The aggregates that have something to stand in for them everywhere they are used."""
        needed = {use.node for use in self.uses if not use.optional}
        return frozenset(use.node for use in self.uses if use.optional and use.node not in needed)

    @cached_property
    def shifted(self) -> list[tuple[t.Shifted, int]]:
        """What looks back, each with how many years back it is looked at itself."""
        return list(dict.fromkeys(_shifted(self.tree, frozenset({0}))))

    @cached_property
    def fields(self) -> list[t.Field]:
        """The fields whose values are read, in order of writing."""
        return list(dict.fromkeys(part for part in self.tree.walk() if isinstance(part, t.Field)))

    @cached_property
    def parents(self) -> list[str]:
        """Ids of the indicators it looks up, in order of writing."""
        found = (part.id for part in self.tree.walk() if isinstance(part, t.Indicator))
        return list(dict.fromkeys(found))

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


def define(
    spec: IndicatorSpec, schema: Schema, places: Mapping[str, tuple[str, int | None]] | None = None
) -> Definition:
    """``spec`` read and checked; KechuangError naming the indicator, the place and what to write.

    ``places`` are file and line of its formulas, as :class:`~kechuang.packs.model.Packs` has them.
    """

    def place_of(key: str) -> Place:
        file, line = (places or {}).get(key, (f"{spec.id}.yaml", None))
        return Place(file=file, line=line, field=key)

    names: dict[str, t.Node] = {}
    written: dict[str, t.Node] = {}
    for name, text in spec.let.items():
        place = place_of(f"let.{name}")
        if name in PERIOD_NAMES or name in schema.tables or not name.isidentifier():
            raise KechuangError("formula-name", say("名称“{name}”不能这样取", name=name), place=place)
        written[name] = parse(text, place)
        names[name] = t.expanded(written[name], names)
    place = place_of("value")
    value = parse(spec.value, place)
    tree = t.expanded(value, names)
    checked = check_result(tree, spec.unit, schema, place)
    scopes_named(checked.tree, schema, place)
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
    wanted = names_of(packs, only)
    found = with_parents(packs, schema, wanted)
    return [found[name] for name in wanted]


def names_of(packs: Packs, only: Sequence[str] | None = None) -> list[str]:
    """The ids of all indicators, or of those in ``only``; KechuangError for a name no pack declares."""
    for name in only or ():
        if name not in packs.indicators:
            problem = say("没有名为“{name}”的指标", name=name)
            raise KechuangError("unknown-indicator", problem, remedy=near(name, list(packs.indicators)))
    return [name for name in packs.indicators if only is None or name in only]


def with_parents(packs: Packs, schema: Schema, wanted: Sequence[str]) -> dict[str, Definition]:
    """The definitions ``wanted`` and every one they look up, looked-up ones first.

    Raises KechuangError with every fault of every definition at once; indicators that look each other up
    in a circle are named in its order.
    """
    found: dict[str, Definition] = {}
    faults: list[Fault] = []
    failed: set[str] = set()
    for first in wanted:
        # Depth first, by hand: a chain of lookups may be longer than Python's stack.
        road: list[tuple[str, list[str]]] = [] if first in found or first in failed else [(first, [])]
        started: dict[str, Definition] = {}
        while road:
            name, waiting = road[-1]
            if name not in started:
                try:
                    started[name] = define(packs.indicators[name], schema)
                except KechuangError as error:
                    faults.append(_fault(_with_line(packs, schema, name, error)))
                    failed.add(name)
                    road.pop()
                    continue
                waiting.extend(started[name].parents)
            while waiting and (waiting[0] in found or waiting[0] in failed):
                waiting.pop(0)
            if not waiting:
                found[name] = started[name]
                road.pop()
                continue
            names = [one for one, _ in road]
            if waiting[0] in names:
                circle = [*names[names.index(waiting[0]) :], waiting[0]]
                faults.append(_circle(packs, circle))
                failed.update(circle)
                waiting.pop(0)
            else:
                road.append((waiting[0], []))
    if faults:
        raise KechuangError("indicator-invalid", say("指标定义有{n}处错误", n=len(faults)), faults=faults)
    return found


def _with_line(packs: Packs, schema: Schema, name: str, error: KechuangError) -> KechuangError:
    """The error of a definition, with the line of its formula: its file is only read where there is one."""
    try:
        define(packs.indicators[name], schema, formula_places(packs, name))
    except KechuangError as again:
        return again
    return error


def _fault(error: KechuangError) -> Fault:
    told = [error.message] if error.remedy is None else [error.message, error.remedy]
    return Fault(error.code, Joined(told, ("。", ". ")), error.place)


def _circle(packs: Packs, names: Sequence[str]) -> Fault:
    file, line = formula_places(packs, names[0]).get("value", (f"{names[0]}.yaml", None))
    return Fault(
        "indicator-circle",
        say("指标互相引用成环：{names}；请改其中一个的公式，使它不再引用别的", names=" → ".join(names)),
        Place(file=file, line=line, field="value"),
    )


def _uses(
    node: t.Node, backs: frozenset[int], *, ranked: bool = False, optional: bool = False, inside: bool = False
) -> Iterator[Use]:
    if isinstance(node, t.Aggregate | t.Parameter | t.Indicator):
        yield from (Use(node, back, ranked, optional) for back in sorted(backs))
    within = frozenset(back + years for back in backs for years in t.shifts(node))
    ranked = ranked or isinstance(node, t.Rank)
    # A coalesce inside an aggregate chooses among the cells of a record, not among sources.
    optional = optional or (isinstance(node, t.Coalesce) and not inside)
    inside = inside or isinstance(node, t.Aggregate)
    for part in node.children():
        yield from _uses(part, within, ranked=ranked, optional=optional, inside=inside)


def _shifted(node: t.Node, backs: frozenset[int]) -> Iterator[tuple[t.Shifted, int]]:
    if isinstance(node, t.Shifted):
        yield from ((node, back) for back in sorted(backs))
    within = frozenset(back + years for back in backs for years in t.shifts(node))
    for part in node.children():
        yield from _shifted(part, within)


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
