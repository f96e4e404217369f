"""Two vintages of the same figures: what changed, and how much of it by which reason.

The way from the old figure to the new one is walked a step at a time, each step changing one thing: the
records, the day (a stock is taken at another day), the parameters, the definitions (and how records meet
regions and years), the regions. The differences of the steps add up to the whole; which step comes first is
a convention and is always this one. A step in which nothing changed is not computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from math import isclose
from typing import TYPE_CHECKING, Any, Literal

from kechuang.engine import NO_CACHE, Cache
from kechuang.errors import KechuangError
from kechuang.indicators.computation import Computation, Progress
from kechuang.indicators.compute import figure
from kechuang.indicators.definition import names_of, with_parents
from kechuang.indicators.figure import Figure
from kechuang.indicators.lineage.reach import Place
from kechuang.indicators.places import unknown_columns
from kechuang.indicators.schema import schema_of
from kechuang.indicators.vintages.attribution import NOTHING, Attribution, Attributor
from kechuang.indicators.vintages.basis import Basis, changed_places, is_ranked, meanings
from kechuang.indicators.vintages.differences import differences

if TYPE_CHECKING:
    from kechuang.records.snapshot import Snapshot

Reason = Literal["records", "day", "parameter", "definition", "boundary"]
REASONS: tuple[Reason, ...] = ("records", "day", "parameter", "definition", "boundary")
#: ``changed`` in value; ``appeared`` and ``disappeared``: a value where there was none, and the other way
#: round; ``parts``: the same value of another numerator or denominator; ``status``: all the same but for
#: status or coverage.
What = Literal["changed", "appeared", "disappeared", "parts", "status"]


@dataclass(frozen=True)
class Made:
    """All that figures are made of: a basis, the records, and the day they are taken at."""

    basis: Basis
    snapshot: Snapshot
    as_of: date


@dataclass(frozen=True)
class Means:
    """What computes: engine, address of a cluster, cache."""

    engine: str = "duckdb"
    address: str | None = None
    cache: Cache = field(default=NO_CACHE)


@dataclass(frozen=True)
class Step:
    """One reason and what it did: the value before and after it. ``change`` is None where either is
    unknown or the unit changed with it."""

    reason: Reason
    old: float | None
    new: float | None
    change: float | None


@dataclass(frozen=True)
class FigureChange:
    """A figure that is another one: ``old`` and ``new``, the steps between, and the records behind the first
    of them. ``together``: reasons that could not be told apart, where an old definition cannot be
    computed on the new records."""

    old: Figure
    new: Figure
    what: What
    steps: tuple[Step, ...]
    attribution: Attribution = NOTHING
    together: tuple[Reason, ...] = ()

    @property
    def place(self) -> Place:
        return self.old.indicator, self.old.region, int(self.old.period)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(step.reason for step in self.steps) + self.together

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "indicator": self.old.indicator,
            "region": self.old.region,
            "period": self.old.period,
            "what": self.what,
            "unit": [self.old.unit, self.new.unit],
            "old": self.old.value,
            "new": self.new.value,
            "reasons": list(self.reasons),
            "steps": [asdict(step) for step in self.steps],
            "terms": [term.as_dict() for term in self.attribution.terms],
            "records": [record.as_dict() for record in self.attribution.records],
            "figures": [self.old.as_dict(), self.new.as_dict()],
        }


def compare(
    old: Made,
    new: Made,
    region_codes: Sequence[str],
    years: Iterable[int],
    only: Sequence[str] | None = None,
    *,
    means: Means = Means(),
    progress: Progress | None = None,
) -> list[FigureChange]:
    """The figures of ``region_codes`` and ``years`` that differ between ``old`` and ``new``, with reasons.

    Indicators (all of both, or ``only`` some) and regions that only one side has are left out. In the order
    of indicators, regions, years.
    """
    names = [name for name in names_of(old.basis.packs, only) if name in new.basis.packs.indicators]
    trees = old.basis.regions, new.basis.regions
    codes = tuple(code for code in dict.fromkeys(region_codes) if all(tree.get(code) for tree in trees))
    walk = _Walk(old, new, codes, tuple(dict.fromkeys(years)), means)
    return walk.changes(names, progress)


@dataclass
class _Walk:
    """The way from one vintage to another."""

    old: Made
    new: Made
    codes: tuple[str, ...]
    years: tuple[int, ...]
    means: Means

    def changes(self, names: Sequence[str], progress: Progress | None) -> list[FigureChange]:
        firm, loose = self._apart(names)
        found = [*self._stepwise(firm, progress), *self._at_once(loose)]
        order = {name: number for number, name in enumerate(names)}
        places = {code: number for number, code in enumerate(self.codes)}
        found.sort(key=lambda one: (order[one.place[0]], places[one.place[1]], one.place[2]))
        return found

    def _apart(self, names: Sequence[str]) -> tuple[list[str], list[str]]:
        """Those whose every step can be computed, and those that read a field one of the snapshots lacks."""
        ends = answered(self.old.basis, self.old.snapshot, names)
        ends = answered(self.new.basis, self.new.snapshot, ends)
        firm = answered(self.old.basis, self.new.snapshot, ends)
        return firm, [name for name in ends if name not in firm]

    def _steps(self, names: Sequence[str]) -> list[tuple[Reason, Made]]:
        """Each reason that applies, with what figures are made of after it."""
        old, new, here = self.old, self.new, self.old
        found: list[tuple[Reason, Made]] = []

        def step(reason: Reason, applies: bool, after: Made) -> Made:
            if not applies:
                return here
            found.append((reason, after))
            return after

        here = step(
            "records", old.snapshot.digest != new.snapshot.digest, replace(here, snapshot=new.snapshot)
        )
        here = step("day", old.as_of != new.as_of, replace(here, as_of=new.as_of))
        packs, packs_now = old.basis.packs, new.basis.packs
        same = packs is packs_now
        with_new = {**packs.parameters, **packs_now.parameters}
        numbers = replace(here.basis, packs=packs.model_copy(update={"parameters": with_new}))
        differ = not same and _values(packs, names) != _values(numbers.packs, names)
        here = step("parameter", differ, replace(here, basis=numbers))
        defined = replace(here.basis, packs=packs_now)
        differ = not same and meanings(packs, names) != meanings(packs_now, names)
        here = step("definition", differ, replace(here, basis=defined))
        trees = old.basis.regions, new.basis.regions
        moved = trees[0] is not trees[1] and changed_places(
            *trees, self.codes, ranked=is_ranked(packs_now, names)
        )
        step("boundary", bool(moved), replace(here, basis=new.basis))
        return found

    def _stepwise(self, names: Sequence[str], progress: Progress | None) -> list[FigureChange]:
        if not names:
            return []
        steps = self._steps(names)
        if not steps:
            return []
        works = [self._work(self.old, names, progress)]
        works += [self._work(made, names, progress) for _, made in steps]
        changed = differences(self.old.snapshot, self.new.snapshot, self.old.snapshot.tables)
        attributor = Attributor(works[0], works[1], changed) if changed and steps[0][0] == "records" else None
        found: list[FigureChange] = []
        for name in names:
            for region in self.codes:
                for year in self.years:
                    way = [figure(work, work.all[name], region, year) for work in works]
                    what = difference(way[0], way[-1])
                    if what is None:
                        continue
                    told = tuple(
                        Step(reason, before.value, after.value, _change(before, after))
                        for (reason, _), before, after in zip(steps, way, way[1:], strict=False)
                        if difference(before, after) is not None
                    )
                    why = NOTHING
                    if attributor is not None and difference(way[0], way[1]) is not None:
                        why = attributor.of((name, region, year))
                    found.append(FigureChange(way[0], way[-1], what, told, why))
        return found

    def _at_once(self, names: Sequence[str]) -> list[FigureChange]:
        """Figures whose old definition cannot be asked of the new records: old and new, all reasons in one."""
        if not names:
            return []
        one, other = self._work(self.old, names), self._work(self.new, names)
        reasons = tuple(reason for reason, _ in self._steps(names))
        found = []
        for name in names:
            for region in self.codes:
                for year in self.years:
                    before = figure(one, one.all[name], region, year)
                    after = figure(other, other.all[name], region, year)
                    what = difference(before, after)
                    if what is not None:
                        found.append(FigureChange(before, after, what, (), together=reasons))
        return found

    def _work(self, made: Made, names: Sequence[str], progress: Progress | None = None) -> Computation:
        return computed(made, names, self.codes, self.years, self.means, progress)


def computed(
    made: Made,
    names: Sequence[str],
    codes: Sequence[str],
    years: Iterable[int],
    means: Means = Means(),
    progress: Progress | None = None,
) -> Computation:
    """The figures of ``names`` in ``codes`` and ``years``, measured; ask for them by :func:`figure`."""
    work = Computation.of(
        made.basis.packs,
        made.snapshot,
        made.basis.regions,
        codes,
        years,
        made.as_of,
        names,
        engine=means.engine,
        address=means.address,
        cache=means.cache,
    )
    work.measure(progress)
    return work


def difference(old: Figure, new: Figure) -> What | None:
    """How two figures of one place differ; None where they say the same.

    Values are held to fourteen digits, so that what is equal to thirteen is the same number.
    """
    if not same(old.value, new.value):
        if old.value is None:
            return "appeared"
        return "disappeared" if new.value is None else "changed"
    if old.unit != new.unit:
        return "changed"
    if not (same(old.numerator, new.numerator) and same(old.denominator, new.denominator)):
        return "parts"
    if old.value is not None and not (old.status == new.status and same(old.coverage, new.coverage)):
        return "status"
    return None


def same(one: float | None, other: float | None) -> bool:
    """Whether two values are the same number, or both none."""
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=1e-13, abs_tol=0.0)


def answered(basis: Basis, snapshot: Snapshot, names: Sequence[str]) -> list[str]:
    """Those of ``names`` whose definition is in order and whose fields ``snapshot`` has."""
    schema = schema_of(basis.packs)

    def fine(some: Sequence[str]) -> bool:
        try:
            unknown_columns(with_parents(basis.packs, schema, some).values(), snapshot)
        except KechuangError:
            return False
        return True

    return list(names) if fine(names) else [name for name in names if fine([name])]


def _values(packs: Any, names: Sequence[str]) -> Mapping[str, Any]:
    every = with_parents(packs, schema_of(packs), list(names))
    read = {name for definition in every.values() for name in definition.parameters}
    return {
        name: [(value.from_, value.value) for value in packs.parameters[name].values] for name in sorted(read)
    }


def _change(old: Figure, new: Figure) -> float | None:
    if old.value is None or new.value is None or old.unit != new.unit:
        return None
    return new.value - old.value
