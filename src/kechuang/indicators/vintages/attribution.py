"""Which records made a figure another one: what each added to a term before and adds now.

The terms are those of the old definition, asked on both snapshots. For sums and counts the differences add
up to that of the term; for a ratio they do so for each side of it. Means, medians, counts of different
values and coverages name the records that came in or went out; their share of the change is not divisible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any, Literal

from kechuang.engine.contributions import Part
from kechuang.formula import tree as t
from kechuang.formula.words import Sentence
from kechuang.indicators.computation import Computation
from kechuang.indicators.explain import term_name
from kechuang.indicators.lineage.reach import Place, Reached, reached
from kechuang.indicators.vintages.differences import RecordChange, TableDifference

#: Changed records of one type that are looked at one by one; where more changed, only their number is told.
MOST_RECORDS = 20_000
ADDS_UP = (t.Sum, t.Count)

Side = Literal["numerator", "denominator"]


@dataclass(frozen=True)
class RecordShare:
    """What a changed record brought to a term (``old``) and brings now (``new``), None where it is not among
    its records; ``change`` is the difference where the term adds up. ``part``: of a coverage, the list or
    what covers."""

    record: RecordChange
    old: Any
    new: Any
    change: float | None
    part: Part = "value"

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "record": self.record.as_dict()}


@dataclass(frozen=True)
class TermChange:
    """A term that changed records come into, its value then and now, in the term's own unit. ``region`` and
    ``period`` are those the term is of (another region for ranks, an earlier year for growth); ``via`` the
    indicator it is a term of, "" for the figure's own. ``adds_up``: the shares of ``records`` add up to the
    difference."""

    name: str
    label: dict[str, str]
    side: Side
    region: str
    period: str
    via: str
    old: float | None
    new: float | None
    adds_up: bool
    records: tuple[RecordShare, ...]

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "records": [one.as_dict() for one in self.records]}


@dataclass(frozen=True)
class Attribution:
    """The terms that changed, and other records that may have made the figure another one: where a table was
    empty before, zero and unknown change places for every region (``whole``)."""

    terms: tuple[TermChange, ...]
    whole: tuple[RecordChange, ...] = ()

    @property
    def records(self) -> list[RecordChange]:
        """Every record named, once."""
        found = {(s.record.type, s.record.key): s.record for term in self.terms for s in term.records}
        found.update({(one.type, one.key): one for one in self.whole})
        return list(found.values())


NOTHING = Attribution(())


@dataclass
class Attributor:
    """Attributes changes between two measured computations of one basis on two snapshots."""

    old: Computation
    new: Computation
    changed: Mapping[str, TableDifference]
    _reached: list[dict[Place, list[Reached]]] = field(default_factory=list)

    def of(self, place: Place) -> Attribution:
        """Why the figure at ``place`` differs."""
        if not self._reached:
            self._reached = [self._reach(self.old, "old"), self._reach(self.new, "new")]
        terms: dict[tuple[t.Aggregate, str, int, str], dict[tuple[str, str, Part], list[Any]]] = {}
        for side, found in enumerate(self._reached):
            for hit in found.get(place, ()):
                one = hit.contribution
                type_ = _type_of(hit)
                term = (hit.aggregate, one.region, one.period, hit.via)
                shares = terms.setdefault(term, {}).setdefault((type_, one.key, one.part), [None, None])
                shares[side] = one.value
        changes = [self._term(place, *term, shares) for term, shares in terms.items()]
        changes = [one for one in changes if one.records]
        order = {"numerator": 0, "denominator": 1}
        changes.sort(key=lambda one: (bool(one.via), order[one.side], one.period, one.region))
        if changes:
            return Attribution(tuple(changes))
        return Attribution((), tuple(self._whole(place)))

    def _reach(self, work: Computation, which: Literal["old", "new"]) -> dict[Place, list[Reached]]:
        content = {
            name: getattr(difference, which)
            for name, difference in self.changed.items()
            if len(difference.old) + len(difference.new) <= MOST_RECORDS
        }
        aggregates = dict.fromkeys(one for d in work.all.values() for one in d.aggregates)
        known = [one for one in aggregates if all(name in work.tables for name in t.tables_of(one))]
        return reached(work, work.engine.contributions(content, known, work.cells))

    def _term(
        self,
        place: Place,
        aggregate: t.Aggregate,
        region: str,
        period: int,
        via: str,
        shares: Mapping[tuple[str, str, Part], Sequence[Any]],
    ) -> TermChange:
        adds_up = isinstance(aggregate, ADDS_UP)
        listed = []
        for (type_, key, part), (before, after) in sorted(shares.items(), key=lambda item: item[0][:2]):
            record = self.changed[type_].records[key]
            if before == after and not isinstance(aggregate, t.WeightedMean):
                continue  # it was changed, but brings the same
            change = float(after or 0) - float(before or 0) if adds_up else None
            listed.append(RecordShare(record, _plain(before), _plain(after), change, part))
        listed.sort(key=lambda share: -abs(share.change or 0))
        definition = self.old.all[via or place[0]]
        words = (
            Sentence(self.old.schema, "zh", definition.names),
            Sentence(self.old.schema, "en", definition.names),
        )
        written = dict(zip(definition.aggregates, t.aggregates(definition.written), strict=False))
        node = written.get(aggregate, aggregate)
        under = definition.denominator
        side: Side = "denominator" if under is not None and aggregate in t.aggregates(under) else "numerator"
        return TermChange(
            name=term_name(aggregate),
            label={"zh": words[0].part(node), "en": words[1].part(node)},
            side=side,
            region=region,
            period=str(self.old.cells.periods[period].year),
            via=via,
            old=self._value(self.old, aggregate, region, period),
            new=self._value(self.new, aggregate, region, period),
            adds_up=adds_up,
            records=tuple(listed),
        )

    @staticmethod
    def _value(work: Computation, aggregate: t.Aggregate, region: str, period: int) -> float | None:
        value = float(work.term(aggregate).value[work.region_number[region], period])
        return None if isnan(value) else value

    def _whole(self, place: Place) -> Iterable[RecordChange]:
        """The changed records of the tables the indicator reads."""
        waiting, seen = [place[0]], {place[0]}
        tables: dict[str, None] = {}
        while waiting:
            definition = self.old.all[waiting.pop()]
            tables.update(dict.fromkeys(definition.tables))
            waiting.extend(name for name in definition.parents if name not in seen)
            seen.update(definition.parents)
        frames = {name: self.old.packs.records[name].frame for name in tables}
        tables.update({frame.type: None for frame in frames.values() if frame and frame.type})
        for name in tables:
            if name in self.changed:
                yield from self.changed[name].records.values()


def _type_of(hit: Reached) -> str:
    if isinstance(hit.aggregate, t.Covered) and hit.contribution.part == "covering":
        return hit.aggregate.by.table
    return t.tables_of(hit.aggregate)[0]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
