"""What it takes to compute figures: definitions, cells, what was measured, and the formulas around it.

The aggregates of all indicators are measured together (:mod:`kechuang.engine`); what stands around them
is worked out over all regions and years at once (:mod:`kechuang.formula.grid`). Every array here has the
shape regions × years of ``cells``, which may hold more than was asked for: years looked back to, siblings
ranked among.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from kechuang.engine import (
    NO_CACHE,
    Cache,
    Cells,
    Holding,
    Measured,
    Measures,
    PeriodRow,
    TableSource,
    open_engine,
)
from kechuang.formula import grid as g
from kechuang.formula import tree as t
from kechuang.formula.schema import Schema
from kechuang.indicators.breaks import Breaks
from kechuang.indicators.definition import Definition, Use, names_of, with_parents
from kechuang.indicators.lookback import broken, looked_back
from kechuang.indicators.places import below, sources, unknown_columns
from kechuang.indicators.reasons import Missing, Named
from kechuang.indicators.schema import schema_of
from kechuang.messages import say
from kechuang.packs.model import Packs

if TYPE_CHECKING:
    from kechuang.engine.measure import Engine
    from kechuang.language.regions import RegionTree
    from kechuang.records.snapshot import Snapshot

Progress = Callable[[str, int, int], None]
Array = Any
K = TypeVar("K")
V = TypeVar("V")

#: No record is older; a look further back finds nothing.
FIRST_YEAR = 1900


@dataclass(frozen=True)
class Computed:
    """An indicator in every cell. ``value`` is NaN where there is none; ``numerator`` and ``denominator``
    are the sides of a ratio; ``absent`` says where something it is made of is not there."""

    value: Array
    numerator: Array
    denominator: Array
    coverage: Array
    sample: Array
    provisional: Array
    absent: Array


@dataclass
class Computation:
    """Definitions, cells, an engine, and what was measured."""

    packs: Packs
    snapshot: Snapshot
    schema: Schema
    #: Those asked for, and all with those they look up, looked-up ones first.
    definitions: list[Definition]
    all: dict[str, Definition]
    cells: Cells
    #: Regions and years asked for; years that have not begun are in no cell.
    regions: tuple[str, ...]
    years: tuple[int, ...]
    around: g.Cells
    as_of: date
    engine: Engine
    tables: Mapping[str, TableSource]
    breaks: Breaks
    measured: dict[t.Aggregate, Measures] = field(default_factory=dict)
    frames: dict[str, tuple[Array, Array]] = field(default_factory=dict)
    holdings: dict[str, dict[int | None, Holding]] = field(default_factory=dict)
    _computed: dict[str, Computed] = field(default_factory=dict)
    _terms: dict[t.Aggregate, Measures] = field(default_factory=dict)
    _fingerprints: dict[tuple[str, str, int], str] = field(default_factory=dict)
    _verified: dict[tuple[str, int], bool] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        packs: Packs,
        snapshot: Snapshot,
        regions: RegionTree,
        region_codes: Sequence[str],
        years: Iterable[int],
        as_of: date,
        only: Sequence[str] | None = None,
        *,
        engine: str = "duckdb",
        address: str | None = None,
        cache: Cache = NO_CACHE,
        beside: Iterable[str] = (),
    ) -> Computation:
        """``beside``: record types to have at hand though no formula reads them."""
        schema = schema_of(packs)
        names = names_of(packs, only)
        every = with_parents(packs, schema, names)
        found = [every[name] for name in names]
        wanted, codes = tuple(dict.fromkeys(years)), tuple(dict.fromkeys(region_codes))
        needed = {name for definition in every.values() for name in definition.tables}
        frames = {frame.type for name in needed if (frame := packs.records[name].frame) and frame.type}
        tables = sources(packs, snapshot, {*needed, *frames, *beside})
        unknown_columns(every.values(), snapshot)
        ranked = any(use.ranked for definition in every.values() for use in definition.uses)
        places, siblings = below(regions, codes, siblings=ranked)
        backs = _backs(every)
        breaks = Breaks(packs, schema, regions, every)
        # Whether a year begins a break is told by the records of the year before it, too.
        revisable = {mark.year for one in every.values() for mark in breaks.of(one) if mark.unrevised}
        before = {year - 1 for year in wanted if revisable & {year, year - 1}}
        known = sorted({year - back for year in wanted for back in backs if year <= as_of.year} | before)
        periods = [
            _period(packs, every.values(), year, as_of) for year in known if FIRST_YEAR <= year <= as_of.year
        ]
        cells = Cells(places, tuple(periods))
        around = g.Cells([period.year for period in periods], siblings)
        opened = open_engine(tables, engine, address=address, cache=cache)
        return cls(
            packs, snapshot, schema, found, every, cells, codes, wanted, around, as_of, opened, tables, breaks
        )

    @cached_property
    def period_number(self) -> dict[int, int]:
        return {period.year: number for number, period in enumerate(self.cells.periods)}

    @cached_property
    def region_number(self) -> dict[str, int]:
        return {code: number for number, code in enumerate(self.cells.regions)}

    def period(self, year: int) -> PeriodRow | None:
        """The period of a year; None where it has not begun."""
        number = self.period_number.get(year)
        return None if number is None else self.cells.periods[number]

    # -- measuring --------------------------------------------------------------------------------

    def measure(self, progress: Progress | None = None) -> None:
        """Measure every aggregate of every definition, a table at a time."""
        if not (self.cells.periods and self.cells.regions):
            return
        wanted: dict[t.Aggregate, None] = {}
        for definition in self.all.values():
            for aggregate in definition.aggregates:
                names = t.tables_of(aggregate)
                if all(name in self.tables for name in names):
                    wanted[aggregate] = None
                    # Whether a yearly return is there at all tells "not sent" from "not filled in".
                    wanted.update({t.Count(n): None for n in names if not self.tables[n].register})
        wanted.update(
            {
                one: None
                for count in self.breaks.counts
                if count.table in self.tables
                for one in (count, t.Count(count.table))
            }
        )

        def told(table: str, done: int, total: int) -> None:
            if progress is not None:
                name = Named(self.packs.records[table].label)
                progress(str(say("汇总{table}", table=name)), done, total)

        self.measured = self.engine.arrays(list(wanted), self.cells, told)
        used = [name for name in self.tables if any(name in d.tables for d in self.all.values())]
        self.holdings = self.engine.holdings(used)
        for name in used:
            frame = self.packs.records[name].frame
            if frame is not None and frame.type and frame.type in self.tables:
                self.frames[name] = self.engine.frames(name, frame.type, frame.on, self.cells)
        if progress is not None:
            progress(str(say("完成")), max(len(wanted), 1), max(len(wanted), 1))

    def also(self, aggregates: Iterable[t.Aggregate]) -> None:
        """Measure ``aggregates`` that no definition has; they run over tables that definitions read."""
        missing = [one for one in aggregates if one not in self.measured]
        missing = [one for one in missing if all(name in self.tables for name in t.tables_of(one))]
        if missing and self.cells.periods and self.cells.regions:
            self.measured.update(self.engine.arrays(missing, self.cells))

    def over(
        self, definition: Definition, node: t.Node, values: Mapping[t.Aggregate, Array] | None = None
    ) -> Array:
        """A part of a checked formula in every cell; ``values`` stand for some of its aggregates."""

        def leaf(part: t.Node) -> g.Grid | None:
            if values is not None and isinstance(part, t.Aggregate) and part in values:
                return g.Grid.of(values[part])
            return self._leaf(definition, part)

        return g.evaluate(node, leaf, self.around).over(self.cells.size).numbers()

    def held(self, table: str) -> list[Holding]:
        """What a table holds in the whole snapshot, by period: of the year for returns and events, all for
        registers."""
        found, source = self.holdings.get(table, {}), self.tables.get(table)
        whole = source is not None and source.register
        return [found.get(None if whole else p.year, Holding()) for p in self.cells.periods]

    def term(self, aggregate: t.Aggregate) -> Measures:
        """An aggregate in every cell: 0 where a register or a count has records elsewhere but none here.

        Where no record speaks, the register as a whole does: zero enterprises in a register of sample
        records is a sample figure, and so is a coverage whose assignments are samples.
        """
        if aggregate not in self._terms:
            self._terms[aggregate] = self._term(aggregate)
        return self._terms[aggregate]

    def _term(self, aggregate: t.Aggregate) -> Measures:
        found = self.measured.get(aggregate) or _nothing(self.cells, isinstance(aggregate, t.Covered))
        held = self.held(t.tables_of(aggregate)[-1])
        sample = np.array([holding.sample for holding in held], bool)[None, :]
        if found.parts is not None:
            return replace(found, sample=found.sample | (sample & (found.parts[1] > 0)))
        empty = found.records == 0
        zero = empty & self._nothing_is_zero(aggregate)[None, :]
        return replace(
            found,
            value=np.where(zero, 0.0, np.where(empty, np.nan, found.value)),
            sample=np.where(empty, zero & sample, found.sample),
        )

    def _nothing_is_zero(self, aggregate: t.Aggregate) -> Array:
        """In which periods no record means 0, not unknown."""
        name = t.tables_of(aggregate)[0]
        source = self.tables.get(name)
        additive = isinstance(aggregate, t.Sum) and source is not None and source.register
        counts = isinstance(aggregate, t.Count | t.Distinct) or additive
        return np.array([counts and holding.records > 0 for holding in self.held(name)], bool)

    # -- one indicator in all cells ---------------------------------------------------------------

    def computed(self, name: str) -> Computed:
        """The indicator called ``name`` in every cell, and before it those it looks up."""
        for one, definition in self.all.items():
            if one not in self._computed and (one == name or name not in self._computed):
                self._computed[one] = self._compute(definition)
            if one == name:
                break
        return self._computed[name]

    def _compute(self, definition: Definition) -> Computed:
        size = self.cells.size
        sample, absent, partial = np.zeros(size, bool), np.zeros(size, bool), np.zeros(size, bool)
        for use in definition.uses:
            new, unsure_, gone = self._use(use)
            if use.optional:  # something else stands in: what is not there marks nothing
                sample, partial = sample | (new & ~gone), partial | (unsure_ & ~gone)
            else:
                sample, partial, absent = sample | new, partial | unsure_, absent | gone
        value = self.grid(definition, definition.tree).over(size).numbers()
        coverage = self._coverage(self.tables_below(definition))
        value = np.where(absent, np.nan, value)
        unsure = np.isnan(value) | self.running[None, :] | partial | (coverage < 1)
        above, under = self._sides(definition)
        return Computed(value, above, under, coverage, sample, unsure & ~sample, absent)

    @property
    def running(self) -> Array:
        """Which years are not over on the day (years,)."""
        return np.array([self.as_of < date(p.year, 12, 31) for p in self.cells.periods], bool)

    def _use(self, use: Use) -> tuple[Array, Array, Array]:
        """Where what is used is a sample, is provisional, is not there."""
        match use.node:
            case t.Parameter(id=name):
                none = np.array([[p.parameters.get(name) is None for p in self.cells.periods]])
                marks = [np.zeros_like(none), np.zeros_like(none), none]
            case t.Indicator(id=name):
                other = self._computed[name]
                marks = [other.sample, other.provisional & ~np.isnan(other.value), np.isnan(other.value)]
            case _:
                assert isinstance(use.node, t.Aggregate)
                term = self.term(use.node)
                marks = [term.sample, term.provisional, self.gone(use.node)]
        marks = [np.broadcast_to(mark, self.cells.size) for mark in marks]
        if use.ranked:
            for group in self.around.groups():
                for number in (
                    0,
                    1,
                ):  # a rank among samples is a sample; a sibling without a value is left out
                    marks[number] = np.array(marks[number])
                    marks[number][group] = marks[number][group].any(axis=0)
        if use.back:
            where = self.around.before(use.back)
            sample, partial, gone = (mark[:, where] & (where >= 0) for mark in marks)
            return sample, partial, gone | (where < 0)
        return marks[0], marks[1], marks[2]

    def gone(self, aggregate: t.Aggregate) -> Array:
        """Where an aggregate has no value, or its tables no record of the period anywhere."""
        there = [
            all(self.held(name)[n].records > 0 for name in t.tables_of(aggregate))
            for n in range(self.cells.size[1])
        ]
        return np.isnan(self.term(aggregate).value) | ~np.array(there, bool)[None, :]

    def grid(self, definition: Definition, node: t.Node) -> g.Grid:
        """What stands around the aggregates of ``definition``, with their values put in."""
        return g.evaluate(node, partial(self._leaf, definition), self.around)

    def _leaf(self, definition: Definition, part: t.Node) -> g.Grid | None:
        periods = self.cells.periods
        match part:
            case t.Shifted():
                return looked_back(self, definition, part)
            case t.Aggregate() if part in definition.optional:
                return g.Grid.of(np.where(self.gone(part), np.nan, self.term(part).value))
            case t.Aggregate():
                return g.Grid.of(self.term(part).value)
            case t.Indicator(id=name):
                return g.Grid.of(self._computed[name].value)
            case t.Parameter(id=name):
                return g.Grid.by_period([period.parameters.get(name) for period in periods])
            case t.Name(name="period_start"):
                return g.Grid.by_period([period.start for period in periods])
            case t.Name(name="period_end"):
                return g.Grid.by_period([period.end for period in periods])
            case t.Name():
                return g.Grid.by_period([period.year for period in periods])
            case _:
                return None

    def _sides(self, definition: Definition) -> tuple[Array, Array]:
        """Numerator and denominator in their own units; for a coverage the two counts."""
        size, numerator = self.cells.size, definition.numerator
        if definition.denominator is not None:
            above, below_ = self.grid(definition, numerator), self.grid(definition, definition.denominator)
            return above.over(size).numbers(), below_.over(size).numbers()
        if isinstance(numerator, t.Covered):
            parts = self.term(numerator).parts
            assert parts is not None
            some = parts[1] > 0
            return np.where(some, parts[0], np.nan), np.where(some, parts[1], np.nan)
        return self.grid(definition, definition.tree).over(size).numbers(), np.full(size, np.nan)

    def tables_below(self, definition: Definition) -> list[str]:
        """The tables of a definition and of those it looks up."""
        found = list(definition.tables)
        waiting = list(definition.parents)
        seen = set(waiting)
        while waiting:
            other = self.all[waiting.pop()]
            found.extend(other.tables)
            waiting.extend(name for name in other.parents if name not in seen)
            seen.update(other.parents)
        return list(dict.fromkeys(found))

    def _coverage(self, tables: Iterable[str]) -> Array:
        """Returns that arrived over returns due, of the tables that have a list of who must report."""
        counts = [self.frames[name] for name in tables if name in self.frames]
        if not counts:
            return np.full(self.cells.size, np.nan)
        expected, returned = (sum(parts) for parts in zip(*counts, strict=True))
        with np.errstate(all="ignore"):
            return np.where(expected > 0, returned / expected, np.nan)

    # -- one cell ---------------------------------------------------------------------------------

    def measured_at(self, aggregate: t.Aggregate, region: str, year: int) -> Measured:
        """An aggregate in one cell; nothing for a year outside the cells."""
        if year not in self.period_number:
            return Measured(None)
        return self.term(aggregate).cell(self.region_number[region], self.period_number[year])

    def missing(self, definition: Definition, region: str, year: int) -> list[Missing]:
        """What is not there: parameters without a value, tables without a record, indicators without one."""
        found: list[Missing] = []
        for use in definition.uses:
            then = year - use.back
            number = self.period_number.get(then)
            if isinstance(use.node, t.Parameter):
                if number is None or self.cells.periods[number].parameters.get(use.node.id) is None:
                    found.append(Missing("parameter", use.node.id, use.back))
            elif isinstance(use.node, t.Indicator):
                other = self.computed(use.node.id)
                if number is None or np.isnan(other.value[self.region_number[region], number]):
                    found.append(Missing("indicator", use.node.id, use.back))
            elif isinstance(use.node, t.Aggregate) and not use.optional:
                found.extend(self._missing_records(use.node, region, then, use.back))
        found = found or self._none_stood_in(definition, region, year)
        return list(dict.fromkeys([*found, *self._breaks_met(definition, region, year)]))

    def _none_stood_in(self, definition: Definition, region: str, year: int) -> list[Missing]:
        """What is missing where ``coalesce`` found nothing: told of the last that the workspace keeps at all."""
        uses = [use for use in definition.uses if use.optional and isinstance(use.node, t.Aggregate)]
        if any(not self.gone_at(use, region, year) for use in uses):
            return []
        kept = [use for use in uses if any(self.holdings.get(name) for name in t.tables_of(use.node))]  # type: ignore[arg-type]
        found: list[Missing] = []
        for use in (kept or uses)[-1:]:
            assert isinstance(use.node, t.Aggregate)
            found.extend(self._missing_records(use.node, region, year - use.back, use.back))
        return found

    def gone_at(self, use: Use, region: str, year: int) -> bool:
        """Whether an aggregate is not there in a region and year."""
        number = self.period_number.get(year - use.back)
        assert isinstance(use.node, t.Aggregate)
        return number is None or bool(self.gone(use.node)[self.region_number[region], number])

    def _breaks_met(self, definition: Definition, region: str, year: int) -> Iterable[Missing]:
        """The breaks that stand in the way of a figure."""
        for node, back in definition.shifted:
            number = self.period_number.get(year - back)
            if number is None:
                continue
            for mark, over, bridged in broken(self, definition, node):
                if over[self.region_number[region], number] and not bridged:
                    yield Missing("break", str(mark.year), back, note=mark.note)

    def _missing_records(
        self, aggregate: t.Aggregate, region: str, year: int, back: int
    ) -> Iterable[Missing]:
        number = self.period_number.get(year)
        value = self.measured_at(aggregate, region, year).value
        for name in t.tables_of(aggregate):
            if number is None or not self.held(name)[number].records:
                later = any(one is not None and one > year for one in self.holdings.get(name, {}))
                yield Missing("table", name, back, later)
            elif value is None and name == t.tables_of(aggregate)[0]:
                count = self.measured.get(t.Count(name))
                here = count is not None and count.records[self.region_number[region], number] > 0
                yield Missing("values" if here else "cell", name, back)

    def fingerprint(self, definition: Definition, region: str, period: PeriodRow) -> str:
        """Identifies formula, parameter values, records, region, period and what it is made of (labels and
        notes not)."""
        return self._first_looked_up(
            definition,
            self._fingerprints,
            lambda one: (one.spec.id, region, period.year),
            lambda one: self._fingerprint(one, region, period),
        )

    def _first_looked_up(
        self,
        definition: Definition,
        known: dict[K, V],
        key: Callable[[Definition], K],
        make: Callable[[Definition], V],
    ) -> V:
        """What ``make`` gives of a definition, after those it may look up: a chain may be a long one."""
        if key(definition) not in known:
            for one in [definition] if not definition.parents else self.all.values():
                if key(one) not in known:
                    known[key(one)] = make(one)
                if one is definition:
                    break
        return known[key(definition)]

    def _fingerprint(self, definition: Definition, region: str, period: PeriodRow) -> str:
        values: dict[str, Any] = {}
        for use in definition.uses:
            if isinstance(use.node, t.Parameter):
                then = self.period(period.year - use.back) if use.back else period
                name = f"{use.node.id}@-{use.back}" if use.back else use.node.id
                values[name] = then.parameters.get(use.node.id) if then else None
        content: dict[str, Any] = {
            "formula": definition.identity,
            "parameters": values,
            "snapshot": self.snapshot.digest,
            "region": region,
            "period": [period.start.isoformat(), period.end.isoformat()],
        }
        if definition.shifted and (marks := self.breaks.of(definition)):
            content["breaks"] = [[mark.year, mark.factor, mark.table] for mark in marks]
        if definition.parents:
            content["parents"] = {
                name: self.fingerprint(self.all[name], region, period) for name in definition.parents
            }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def verified(self, definition: Definition, period: PeriodRow) -> bool:
        """Whether the definition, every parameter in force and all it looks up were checked against the
        issued text."""
        return self._first_looked_up(
            definition,
            self._verified,
            lambda one: (one.spec.id, period.year),
            lambda one: (
                self._own_verified(one, period)
                and all(self.verified(self.all[name], period) for name in one.parents)
            ),
        )

    def _own_verified(self, definition: Definition, period: PeriodRow) -> bool:
        values = [self.packs.parameters[name].at(period.end) for name in definition.parameters]
        return definition.spec.definition.verified and all(value and value.verified for value in values)


def _backs(every: Mapping[str, Definition]) -> set[int]:
    """How many years back anything is looked at, through lookups too."""
    reached: dict[str, set[int]] = {}
    for name in reversed(list(every)):  # what looks others up comes after them
        reached.setdefault(name, set()).add(0)
        for use in every[name].uses:
            found = {back + use.back for back in reached[name]}
            if isinstance(use.node, t.Indicator):
                reached.setdefault(use.node.id, set()).update(found)
    backs = {0}
    for name, definition in every.items():
        backs |= {back + use.back for back in reached[name] for use in definition.uses}
    return {back for back in backs if back < 9999 - FIRST_YEAR}


def _nothing(cells: Cells, covered: bool) -> Measures:
    """The measures of a table that the snapshot does not have."""
    zero, no = np.zeros(cells.size, np.int64), np.zeros(cells.size, bool)
    return Measures(np.full(cells.size, np.nan), zero, no, no, (zero, zero) if covered else None)


def _period(packs: Packs, found: Iterable[Definition], year: int, as_of: date) -> PeriodRow:
    """A year, to its end or to ``as_of``, with the parameters in force on its last day."""
    end = min(date(year, 12, 31), as_of)
    names = dict.fromkeys(name for definition in found for name in definition.parameters)
    values = {name: packs.parameters[name].at(end) for name in names}
    return PeriodRow(
        year, date(year, 1, 1), end, {name: value.value if value else None for name, value in values.items()}
    )
