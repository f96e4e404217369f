"""Breaks in series: years from which a number is not comparable with those before it.

A break is declared of an indicator, or of a record type (a field of it), or follows from a change of a
region's boundaries. What looks back over one (``growth``, ``previous``, ``moving_…``) yields no value,
unless a documented factor bridges it or the records before it were revised to the new basis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kechuang.errors import Place
from kechuang.formula import parse
from kechuang.formula import tree as t
from kechuang.formula.checking import check
from kechuang.formula.schema import Schema
from kechuang.indicators.definition import Definition
from kechuang.packs.model import Break, Label, Packs

if TYPE_CHECKING:
    from kechuang.language.boundaries import BoundaryChange
    from kechuang.language.regions import RegionTree


@dataclass(frozen=True)
class Mark:
    """A break as a figure carries it. ``table`` is the record type it is of (None: the indicator's own, or
    a boundary); ``unrevised`` counts the records that
    are not on the new basis."""

    year: int
    kind: str
    note: Label
    source: str
    clause: str
    verified: bool
    table: str | None = None
    factor: float | None = None
    unrevised: t.Count | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as figures and JSON have it."""
        return {
            "year": self.year,
            "kind": self.kind,
            "note": {"zh": self.note.zh, "en": self.note.en},
            "source": self.source,
            "clause": self.clause,
            "verified": self.verified,
        }


@dataclass
class Breaks:
    """The breaks that concern a computation, by indicator and by region."""

    packs: Packs
    schema: Schema
    regions: RegionTree
    all: Mapping[str, Definition]
    _own: dict[str, list[Mark]] = field(default_factory=dict)
    _boundary: dict[str, list[Mark]] = field(default_factory=dict)

    def of(self, definition: Definition) -> list[Mark]:
        """The breaks of an indicator: its own, those of the fields it reads, and of what it looks up."""
        name = definition.spec.id
        if name not in self._own:
            found = [_mark(one) for one in definition.spec.breaks]
            found += self._of_fields(definition.fields)
            for parent in definition.parents:
                found += self.of(self.all[parent])
            self._own[name] = list(dict.fromkeys(found))
        return self._own[name]

    def under(self, definition: Definition, node: t.Shifted) -> list[tuple[Mark, bool]]:
        """The breaks that ``node`` may look over, each with whether its factor may be used: only where the
        operand is the broken number alone."""
        inner = node.value
        while isinstance(inner, t.Convert):
            inner = inner.value
        alone = inner.value if isinstance(inner, t.Sum) else inner
        found: dict[Mark, bool] = dict.fromkeys(map(_mark, definition.spec.breaks), False)
        for part in node.value.walk():
            if isinstance(part, t.Field):
                for mark in self._of_fields([part]):
                    found[mark] = found.get(mark, False) or part is alone
            elif isinstance(part, t.Indicator):
                for mark in self.of(self.all[part.id]):
                    found[mark] = found.get(mark, False) or (part is alone and mark.table is None)
        return list(found.items())

    def in_region(self, region: str) -> list[Mark]:
        """The changes of boundaries that figures of ``region`` do not compare across."""
        if region not in self._boundary:
            crossing = getattr(self.regions, "crossing", None)
            self._boundary[region] = [_boundary(one) for one in crossing(region)] if crossing else []
        return self._boundary[region]

    @property
    def counts(self) -> list[t.Count]:
        """What has to be counted to know which records are on the new basis."""
        marks = [mark for one in self.all.values() for mark in self.of(one)]
        return list(dict.fromkeys(mark.unrevised for mark in marks if mark.unrevised is not None))

    def _of_fields(self, fields: list[t.Field]) -> list[Mark]:
        return [
            _mark(one, part.table, self.schema)
            for part in fields
            for one in self.packs.records[part.table].breaks
            if one.field in (None, part.field)
        ]


def _mark(one: Break, table: str | None = None, schema: Schema | None = None) -> Mark:
    unrevised = None
    if one.revised is not None and table is not None and schema is not None:
        place = Place(field=f"{table}.breaks")
        count = check(t.Count(table, t.Not(parse(one.revised, place))), schema, place).tree
        assert isinstance(count, t.Count)
        unrevised = count
    factor = one.bridge.factor if one.bridge else None
    return Mark(one.year, one.kind, one.note, one.source, one.clause, one.verified, table, factor, unrevised)


def _boundary(change: BoundaryChange) -> Mark:
    note = Label(zh=f"行政区划调整：{change.names}", en=f"change of boundaries: {change.names}")
    return Mark(change.day.year, "boundary", note, change.source, change.clause, change.verified)
