"""What a formula says of the register it counts: from when, until when and on which condition.

A register indicator counts the records (or the different units) that hold on the last day of a period.
Its condition is taken apart into the day a record begins to count, the days it may cease to, and what
does not depend on the day. A formula that cannot be taken apart so is no register, and nothing is
guessed about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kechuang.formula import parse
from kechuang.formula import tree as t
from kechuang.packs.model import IndicatorSpec, RecordType

END = "period_end"
_OF_PERIOD = frozenset({END, "period_start", "year"})


@dataclass(frozen=True)
class Shape:
    """How the indicator counts ``table``.

    ``kind`` is ``dated`` (records hold from ``start`` until the earliest of ``ends``; none: for good) or
    ``yearly`` (a list of each year). ``unit``: the field whose different values are counted, None where
    records themselves are. ``fixed``: the condition that does not depend on the day. ``term``: ends that
    follow from the record's own start (a certificate of so many years).
    """

    kind: Literal["dated", "yearly"]
    table: str
    unit: str | None = None
    start: t.Node | None = None
    ends: tuple[t.Node, ...] = ()
    term: tuple[t.Node, ...] = ()
    fixed: t.Node | None = None

    @property
    def lapses(self) -> bool:
        """Whether records cease to count by themselves after a term."""
        return bool(self.term)


def shape_of(spec: IndicatorSpec, records: dict[str, RecordType]) -> Shape | None:
    """The shape of the register ``spec`` counts; None where its formula is anything else.

    Only a plain count of records or of different units is a register here: a sum, a ratio or a coverage
    has no units that come and go one by one.
    """
    names: dict[str, t.Node] = {}
    for name, text in spec.let.items():
        names[name] = t.expanded(parse(text), names)
    tree = t.expanded(parse(spec.value), names)
    match tree:
        case t.Count(table=table, condition=condition):
            unit = None
        case t.Distinct(value=t.Field(table=table, field=unit), condition=condition):
            pass
        case _:
            return None
    kind = records.get(table)
    if kind is None:
        return None
    parts = list(_conjuncts(condition)) if condition is not None else []
    if kind.time.year is not None:
        return _yearly(table, unit, kind, parts)
    return _dated(table, unit, parts)


def _yearly(table: str, unit: str | None, kind: RecordType, parts: list[t.Node]) -> Shape | None:
    """A list of each year; its units are told apart by the key without the year."""
    if any(_of_period(part) for part in parts):
        return None
    rest = [name for name in kind.key if name != kind.time.year]
    found = unit if unit is not None else rest[0] if len(rest) == 1 else None
    return None if found is None else Shape("yearly", table, found, fixed=_both(parts))


def _dated(table: str, unit: str | None, parts: list[t.Node]) -> Shape | None:
    start: t.Node | None = None
    ends: list[t.Node] = []
    term: list[t.Node] = []
    fixed: list[t.Node] = []
    for part in parts:
        if not _of_period(part):
            fixed.append(part)
            continue
        found = _spell(part)
        if found is None:
            return None
        begins, ceases = found
        if begins is not None:
            if start is not None:
                return None
            start = begins
        if ceases is not None and ceases != t.Literal(None):
            (term if any(isinstance(node, t.AddYears) for node in ceases.walk()) else ends).append(ceases)
    return (
        None if start is None else Shape("dated", table, unit, start, tuple(ends), tuple(term), _both(fixed))
    )


def _spell(part: t.Node) -> tuple[t.Node | None, t.Node | None] | None:
    """(from when, until when) of a condition on the period's last day; None where it is another one."""
    match part:
        case t.ValidOn(start=start, end=end, day=t.Name(name="period_end")):
            return None if _of_period(start) or _of_period(end) else (start, end)
        case t.LessEqual(left=left, right=t.Name(name="period_end")) if not _of_period(left):
            return left, None
        case t.GreaterEqual(left=t.Name(name="period_end"), right=right) if not _of_period(right):
            return right, None
        case t.Or(parts=(t.IsNull(value=value), later)):
            ceases = _later(later)
            return (None, ceases) if ceases is not None and ceases == value else None
    ceases = _later(part)
    return None if ceases is None else (None, ceases)


def _later(part: t.Node) -> t.Node | None:
    """``x`` of ``x > period_end``: the first day a record no longer counts."""
    match part:
        case t.Greater(left=left, right=t.Name(name="period_end")) if not _of_period(left):
            return left
        case t.Less(left=t.Name(name="period_end"), right=right) if not _of_period(right):
            return right
    return None


def _conjuncts(node: t.Node) -> Iterator[t.Node]:
    if isinstance(node, t.And):
        for part in node.parts:
            yield from _conjuncts(part)
    else:
        yield node


def _both(parts: list[t.Node]) -> t.Node | None:
    return None if not parts else parts[0] if len(parts) == 1 else t.And(tuple(parts))


def _of_period(node: t.Node) -> bool:
    return any(
        (isinstance(part, t.Name) and part.name in _OF_PERIOD) or isinstance(part, t.Aggregate | t.Indicator)
        for part in node.walk()
    )
