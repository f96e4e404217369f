"""Figures: every indicator by its definition, in every region and year, from one snapshot.

The aggregates of all indicators are measured together, one query a table; what stands around them (a
ratio, a factor) is then worked out cell by cell. A figure that cannot be computed says why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kechuang.engine import Cell, Cells, FrameCount, Holding, Measured, PeriodRow, TableSource, open_engine
from kechuang.errors import KechuangError
from kechuang.formula import tree as t
from kechuang.formula.row import Evaluate, evaluator
from kechuang.formula.schema import Schema
from kechuang.indicators.definition import Definition, definitions
from kechuang.indicators.figure import Figure, Status
from kechuang.indicators.reasons import Missing, Named, reason_for
from kechuang.indicators.schema import schema_of
from kechuang.messages import say
from kechuang.packs.model import Packs

if TYPE_CHECKING:
    from kechuang.engine.measure import Engine
    from kechuang.language.regions import RegionTree
    from kechuang.records.snapshot import Snapshot

Progress = Callable[[str, int, int], None]


def compute(
    packs: Packs,
    snapshot: Snapshot,
    regions: RegionTree,
    region_codes: Sequence[str],
    years: Iterable[int],
    as_of: date,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> list[Figure]:
    """The figures of ``packs``' indicators (or ``only`` some) for ``region_codes`` and ``years``.

    Values are in the indicator's declared unit, unrounded. A stock is taken at the end of the year,
    or at ``as_of`` in the year that is running. Figures come in the order of indicators, regions,
    years. Raises KechuangError for a faulty definition, naming every one.
    """
    work = Computation.of(packs, snapshot, regions, region_codes, years, as_of, only)
    work.measure(progress)
    return [
        work.figure(definition, region, year)
        for definition in work.definitions
        for region in work.cells.regions
        for year in work.years
    ]


@dataclass
class Computation:
    """What it takes to compute figures: definitions, cells, an engine, and what was measured."""

    packs: Packs
    snapshot: Snapshot
    schema: Schema
    definitions: list[Definition]
    cells: Cells
    years: tuple[int, ...]
    as_of: date
    engine: Engine
    tables: Mapping[str, TableSource]
    measured: dict[t.Aggregate, dict[Cell, Measured]] = field(default_factory=dict)
    frames: dict[str, dict[Cell, FrameCount]] = field(default_factory=dict)
    holdings: dict[str, dict[int | None, Holding]] = field(default_factory=dict)

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
    ) -> Computation:
        schema = schema_of(packs)
        found = definitions(packs, schema, only)
        wanted = tuple(dict.fromkeys(years))
        needed = {name for definition in found for name in definition.tables}
        frames = {frame.type for name in needed if (frame := packs.records[name].frame) and frame.type}
        tables = _sources(packs, snapshot, needed | frames)
        _check_columns(found, snapshot)
        cells = Cells(
            {code: _below(regions, code) for code in dict.fromkeys(region_codes)},
            tuple(_period(packs, found, year, as_of) for year in wanted if year <= as_of.year),
        )
        return cls(packs, snapshot, schema, found, cells, wanted, as_of, open_engine(tables), tables)

    @cached_property
    def periods(self) -> dict[int, PeriodRow]:
        return {period.year: period for period in self.cells.periods}

    # -- measuring --------------------------------------------------------------------------------

    def measure(self, progress: Progress | None = None) -> None:
        """Measure every aggregate of every definition, a table at a time."""
        if not (self.cells.periods and self.cells.regions):
            return
        waiting: dict[str, dict[t.Aggregate, None]] = {}
        for definition in self.definitions:
            for aggregate in definition.aggregates:
                names = t.tables_of(aggregate)
                if all(name in self.tables for name in names):
                    waiting.setdefault(names[0], {})[aggregate] = None
                    # Whether a yearly return is there at all tells "not sent" from "not filled in".
                    for name in names:
                        if (source := self.tables[name]).year is not None or source.day is not None:
                            waiting.setdefault(name, {})[t.Count(name)] = None
        for number, (name, aggregates) in enumerate(waiting.items()):
            if progress is not None:
                progress(
                    str(say("汇总{table}", table=Named(self.packs.records[name].label))), number, len(waiting)
                )
            self.measured.update(self.engine.measure(list(aggregates), self.cells))
        used = [name for name in self.tables if any(name in d.tables for d in self.definitions)]
        self.holdings = self.engine.holdings(used)
        for name in used:
            frame = self.packs.records[name].frame
            if frame is not None and frame.type in self.tables:
                self.frames[name] = self.engine.frames(name, frame.type, frame.on, self.cells)
        if progress is not None:
            progress(str(say("完成")), len(waiting), len(waiting))

    # -- one figure -------------------------------------------------------------------------------

    def figure(self, definition: Definition, region: str, year: int) -> Figure:
        """The figure of one cell."""
        spec = definition.spec
        common: dict[str, Any] = {
            "indicator": spec.id,
            "region": region,
            "period": str(year),
            "unit": spec.unit,
            "snapshot": self.snapshot.digest,
            "as_of": self.as_of.isoformat(),
        }
        period = self.periods.get(year)
        if period is None:
            reason = say("该年度尚未开始").both()
            return Figure(**common, value=None, status="provisional", reason=reason)
        common["fingerprint"] = self.fingerprint(definition, region, period)
        common["verified"] = self.verified(definition, period)
        terms = {aggregate: self.term(aggregate, region, year) for aggregate in definition.aggregates}
        coverage = self.coverage(definition, region, year)
        value = self.evaluate(definition.tree, terms, period)
        missing = self.missing(definition, terms, region, period)
        above, below = self.sides(definition, terms, period)
        return Figure(
            **common,
            value=value if not missing else None,
            status=self._status(terms.values(), coverage, year, known=value is not None and not missing),
            numerator=above,
            denominator=below,
            coverage=coverage,
            reason=reason_for(self.packs, spec, missing, value, year, self.as_of),
        )

    def term(self, aggregate: t.Aggregate, region: str, year: int) -> Measured:
        """An aggregate in a cell: 0 where a register or a count has records elsewhere but none here.

        Where no record speaks, the register as a whole does: zero enterprises in a register of sample
        records is a sample figure, and so is a coverage whose assignments are samples.
        """
        found = self.measured.get(aggregate, {}).get((region, year))
        if isinstance(aggregate, t.Covered) and found is not None:
            return replace(found, sample=found.sample or self._held(aggregate.by.table, year).sample)
        if found is not None and found.records:
            return found
        if not self._nothing_is_zero(aggregate, year):
            return Measured(None)
        return Measured(0.0, sample=self._held(t.tables_of(aggregate)[0], year).sample)

    def evaluate(
        self, node: t.Node, terms: Mapping[t.Aggregate, Measured], period: PeriodRow
    ) -> float | None:
        """What stands around the aggregates, with their values put in."""
        names = {"period_start": period.start, "period_end": period.end, "year": period.year}

        def leaf(part: t.Node) -> Evaluate | None:
            value: object
            if isinstance(part, t.Aggregate):
                value = terms[part].value
            elif isinstance(part, t.Parameter):
                value = period.parameters.get(part.id)
            elif isinstance(part, t.Name):
                value = names[part.name]
            else:
                return None
            return lambda row: value

        result: float | None = evaluator(node, leaf)({})
        return None if result is None else float(result)

    def sides(
        self, definition: Definition, terms: Mapping[t.Aggregate, Measured], period: PeriodRow
    ) -> tuple[float | None, float | None]:
        """Numerator and denominator in their own units; for a coverage the two counts."""
        numerator = definition.numerator
        if definition.denominator is not None:
            return (
                self.evaluate(numerator, terms, period),
                self.evaluate(definition.denominator, terms, period),
            )
        if isinstance(numerator, t.Covered):
            parts = terms[numerator].parts
            return (float(parts[0]), float(parts[1])) if parts else (None, None)
        return self.evaluate(definition.tree, terms, period), None

    def missing(
        self,
        definition: Definition,
        terms: Mapping[t.Aggregate, Measured],
        region: str,
        period: PeriodRow,
    ) -> list[Missing]:
        """What is not there: tables without a record for the cell, parameters without a value."""
        found = [
            Missing("parameter", name)
            for name in definition.parameters
            if period.parameters.get(name) is None
        ]
        for aggregate, term in terms.items():
            for name in t.tables_of(aggregate):
                anywhere = self._held(name, period.year).records > 0
                if not anywhere:
                    found.append(Missing("table", name))
                elif term.value is None and name == t.tables_of(aggregate)[0]:
                    here = self.measured.get(t.Count(name), {}).get((region, period.year))
                    found.append(Missing("values" if here is not None else "cell", name))
        return list(dict.fromkeys(found))

    def coverage(self, definition: Definition, region: str, year: int) -> float | None:
        """Returns that arrived over returns due, of the tables that have a list of who must report."""
        counts = [
            found
            for name in definition.tables
            if name in self.frames and (found := self.frames[name].get((region, year))) is not None
        ]
        expected = sum(count.expected for count in counts)
        return sum(count.returned for count in counts) / expected if expected else None

    def fingerprint(self, definition: Definition, region: str, period: PeriodRow) -> str:
        """Identifies formula, parameter values, records, region and period (labels and notes not)."""
        content = {
            "formula": definition.identity,
            "parameters": {name: period.parameters.get(name) for name in sorted(definition.parameters)},
            "snapshot": self.snapshot.digest,
            "region": region,
            "period": [period.start.isoformat(), period.end.isoformat()],
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def verified(self, definition: Definition, period: PeriodRow) -> bool:
        """Whether the definition and every parameter in force were checked against the issued text."""
        values = [self.packs.parameters[name].at(period.end) for name in definition.parameters]
        return definition.spec.definition.verified and all(v is not None and v.verified for v in values)

    def _status(self, terms: Iterable[Measured], coverage: float | None, year: int, *, known: bool) -> Status:
        """What is not known is never final."""
        found = list(terms)
        if any(term.sample for term in found):
            return "sample"
        running = self.as_of < date(year, 12, 31)
        partial = coverage is not None and coverage < 1
        if not known or running or partial or any(term.provisional for term in found):
            return "provisional"
        return "final"

    def _nothing_is_zero(self, aggregate: t.Aggregate, year: int) -> bool:
        if isinstance(aggregate, t.Covered):
            return False
        name = t.tables_of(aggregate)[0]
        source = self.tables.get(name)
        register = source is not None and source.year is None and source.day is None
        additive = isinstance(aggregate, t.Sum) and register
        return (isinstance(aggregate, t.Count | t.Distinct) or additive) and self._held(
            name, year
        ).records > 0

    def _held(self, name: str, year: int) -> Holding:
        """What a table holds in the whole snapshot: of the year for returns and events, all for registers."""
        source = self.tables.get(name)
        register = source is not None and source.year is None and source.day is None
        return self.holdings.get(name, {}).get(None if register else year, Holding())


def _sources(packs: Packs, snapshot: Snapshot, names: Iterable[str]) -> dict[str, TableSource]:
    """Where the tables stand; a type the snapshot does not have (made before it was declared) is left out."""
    found: dict[str, TableSource] = {}
    for name in sorted(names):
        if name not in snapshot.tables:
            continue
        record = packs.records[name]
        found[name] = TableSource(
            name=name,
            path=snapshot.table(name),
            key=tuple(record.key),
            year=record.time.year,
            day=record.time.on,
            region=record.region.field if record.region else None,
            own=record.region is not None and record.region.rollup == "own",
        )
    return found


def _check_columns(found: Sequence[Definition], snapshot: Snapshot) -> None:
    """A snapshot made before a field was declared cannot answer for it."""
    schema = snapshot.manifest.get("schema", {})
    for definition in found:
        for part in definition.tree.walk():
            if isinstance(part, t.Field) and part.table in schema and part.field not in schema[part.table]:
                raise KechuangError(
                    "snapshot-without-field",
                    say("快照的“{table}”没有字段“{field}”", table=part.table, field=part.field),
                    remedy=say("指标包比快照新；请重新做一次快照。"),
                )


def _below(regions: RegionTree, code: str) -> frozenset[str]:
    """A region and all regions in it."""
    if regions.get(code) is None:
        raise KechuangError("unknown-region", say("地区代码 {code} 不存在", code=code))
    return frozenset([code, *(region.code for region in regions.descendants(code))])


def _period(packs: Packs, found: Sequence[Definition], year: int, as_of: date) -> PeriodRow:
    """A year, to its end or to ``as_of``, with the parameters in force on its last day."""
    end = min(date(year, 12, 31), as_of)
    names = dict.fromkeys(name for definition in found for name in definition.parameters)
    values = {name: packs.parameters[name].at(end) for name in names}
    return PeriodRow(
        year, date(year, 1, 1), end, {name: value.value if value else None for name, value in values.items()}
    )
