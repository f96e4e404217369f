"""Why is a figure what it is: formula, terms, records with their cells, clause and parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from math import isnan
from typing import TYPE_CHECKING, Any

from kechuang.engine import NO_CACHE, Cache, Cells, Measured, PeriodRow
from kechuang.formula import tree as t
from kechuang.formula.checking import check
from kechuang.formula.schema import Schema
from kechuang.formula.words import Sentence
from kechuang.indicators.computation import Computation
from kechuang.indicators.compute import figure
from kechuang.indicators.definition import Definition, Use
from kechuang.indicators.figure import Figure
from kechuang.indicators.schema import schema_of
from kechuang.messages import say
from kechuang.packs.model import Packs

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree
    from kechuang.records.snapshot import Snapshot

UNCOVERED_SHOWN = 50
LEAVES_SHOWN = 10

Both = dict[str, str]


@dataclass(frozen=True)
class Term:
    """One aggregate of the formula: what it is called, its value, and how many records it came from."""

    name: str
    label: Both
    value: float | None
    unit: str | None
    records: int


@dataclass(frozen=True)
class SourceRecord:
    """A record behind a figure, and the cell it was read from.

    ``field`` is the field the formula reads (the first of several: ``cells`` has them all);
    ``contribution`` is what the record adds to its term.
    """

    type: str
    key: str
    field: str
    value: Any
    unit: str | None
    file: str | None
    sheet: str | None
    cell: str | None
    batch: str | None
    reviewed_by: str | None
    recorded_at: str | None
    sample: bool
    provisional: bool
    term: str
    contribution: Any
    cells: list[dict[str, Any]]


@dataclass(frozen=True)
class Trace:
    """A branch of the why-tree: a value and what it was made of."""

    label: Both
    value: Any
    unit: str | None = None
    records: int = 0
    place: str | None = None
    children: list[Trace] = field(default_factory=list)


@dataclass(frozen=True)
class Explanation:
    """All that makes one figure. ``records_total`` counts also the records beyond the limit."""

    figure: Figure
    formula: Both
    terms: list[Term]
    records: list[SourceRecord]
    records_total: int
    definition: dict[str, Any]
    parameters: list[dict[str, Any]]
    trace: Trace
    uncovered: dict[str, Any] | None = None
    #: What lies in the region and is not in its figures.
    territory: tuple[Both, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, keys as the contract has them (without the plan's sentence)."""
        return {
            "figure": self.figure.as_dict(),
            "formula": self.formula,
            "terms": [asdict(term) for term in self.terms],
            "records": [asdict(record) for record in self.records],
            "records_total": self.records_total,
            "definition": self.definition,
            "parameters": self.parameters,
            "trace": asdict(self.trace),
            "uncovered": self.uncovered,
            "territory": list(self.territory),
        }


def explain(
    packs: Packs,
    snapshot: Snapshot,
    regions: RegionTree,
    indicator: str,
    region: str,
    year: int,
    as_of: date,
    limit: int | None = None,
    *,
    engine: str = "duckdb",
    address: str | None = None,
    cache: Cache = NO_CACHE,
) -> Explanation:
    """Why ``indicator`` is what it is in ``region`` and ``year``; at most ``limit`` records are listed.

    What it looks up of other indicators and other years is walked too. Raises KechuangError for an
    indicator or region that does not exist.
    """
    work = Computation.of(
        packs,
        snapshot,
        regions,
        [region],
        [year],
        as_of,
        [indicator],
        engine=engine,
        address=address,
        cache=cache,
    )
    work.measure()
    return _Explainer(work, region, year).explanation(limit)


@dataclass(frozen=True)
class _Read:
    """An aggregate that goes into the figure: of which definition, and of how many years before."""

    definition: Definition
    aggregate: t.Aggregate
    back: int = 0


Found = dict["_Read", tuple[list[SourceRecord], int]]


class _Explainer:
    """Explains the one cell of a computation."""

    def __init__(self, work: Computation, region: str, year: int) -> None:
        self.work = work
        self.definition: Definition = work.definitions[0]
        self.region = region
        self.year = year
        self.period: PeriodRow | None = work.period(year)
        self.schema: Schema = schema_of(work.packs, self.period.end if self.period else None)

    def explanation(self, limit: int | None) -> Explanation:
        spec = self.definition.spec
        found = self._records(limit) if self.period is not None else {}
        uses = _told(self.work, self.definition, self.region, self.year)
        terms = [term for use in uses for term in self._terms_of(use, found)]
        return Explanation(
            figure=figure(self.work, self.definition, self.region, self.year),
            formula=self.definition.sentence(self.schema),
            terms=terms if self.period is not None else [],
            records=[record for listed, _ in found.values() for record in listed],
            records_total=sum(total for _, total in found.values()),
            definition={
                "source": spec.definition.source,
                "clause": spec.definition.clause,
                "verified": spec.definition.verified,
                "notes": spec.notes.model_dump() if spec.notes else None,
            },
            parameters=self._parameters(),
            trace=self._trace(self.definition, 0, found),
            uncovered=self._uncovered(),
            territory=territory(self.work.breaks.regions, self.region),
        )

    def _said(self, definition: Definition, node: t.Node, back: int = 0) -> Both:
        said = {
            language: Sentence(self.schema, language, definition.names).of(node) for language in ("zh", "en")
        }
        return _of_year(said, self.year - back) if back else said

    def _measured(self, read: _Read) -> Measured:
        return self.work.measured_at(read.aggregate, self.region, self.year - read.back)

    # -- terms ------------------------------------------------------------------------------------

    def _terms_of(self, use: Use, found: Found) -> list[Term]:
        if isinstance(use.node, t.Aggregate):
            return self._terms(_Read(self.definition, use.node, use.back))
        if not isinstance(use.node, t.Indicator):
            return []
        other = self.work.all[use.node.id]
        value = self._value(other, use.back)
        label = {"zh": other.spec.label.zh, "en": other.spec.label.en}
        count = sum(found[read][1] for read in self._reads(other, use.back) if read in found)
        label = _of_year(label, self.year - use.back) if use.back else label
        return [Term(f"indicator.{use.node.id}", label, value, other.spec.unit, count)]

    def _terms(self, read: _Read) -> list[Term]:
        """An aggregate as a term; a coverage as its two counts."""
        found, aggregate = self._measured(read), read.aggregate
        if not isinstance(aggregate, t.Covered):
            value, unit = found.value, self._unit(read)
            return [Term(term_name(aggregate), self._label(read), value, unit, found.records)]
        covered, listed = found.parts or (None, None)
        unit = "个"
        hits = {
            language: Sentence(self.schema, language).covered_count(aggregate) for language in ("zh", "en")
        }
        total = t.Distinct(aggregate.listed, aggregate.listed_condition)
        name = f"{aggregate.listed.table}.{aggregate.listed.field}"
        return [
            Term(term_name(aggregate), hits, covered, unit, self._covering_records(read)),
            Term(name, self._said(read.definition, total), listed, unit, listed or 0),
        ]

    def _label(self, read: _Read) -> Both:
        """The term as it is written, with names of ``let`` where it uses them."""
        definition = read.definition
        written = dict(zip(definition.aggregates, t.aggregates(definition.written), strict=False))
        node = written.get(read.aggregate, read.aggregate)
        said = {
            language: Sentence(self.schema, language, definition.names).part(node)
            for language in ("zh", "en")
        }
        return _of_year(said, self.year - read.back) if read.back else said

    def _unit(self, read: _Read) -> str | None:
        whole = read.definition.tree
        while isinstance(whole, t.Convert):
            whole = whole.value
        if whole == read.aggregate:
            return read.definition.spec.unit
        unit = check(read.aggregate, self.schema).type.unit.text
        return unit or ("个" if isinstance(read.aggregate, t.Count | t.Distinct) else None)

    def _value(self, definition: Definition, back: int) -> float | None:
        number = self.work.period_number.get(self.year - back)
        if number is None:
            return None
        value = float(
            self.work.computed(definition.spec.id).value[self.work.region_number[self.region], number]
        )
        return None if isnan(value) else value

    def _covering_records(self, read: _Read) -> int:
        cells = self._cells(read.back)
        if read.aggregate not in self.work.measured or cells is None:
            return 0
        return self.work.engine.records(read.aggregate, cells, 0)[1]

    # -- records ----------------------------------------------------------------------------------

    def _reads(self, definition: Definition, back: int = 0) -> list[_Read]:
        """Every aggregate below a definition, also of what it looks up."""
        found: dict[_Read, None] = {}
        waiting = [(definition, back)]
        seen = set(waiting)
        while waiting:
            one, before = waiting.pop(0)
            for use in _told(self.work, one, self.region, self.year - before):
                if isinstance(use.node, t.Aggregate):
                    found[_Read(one, use.node, before + use.back)] = None
                elif isinstance(use.node, t.Indicator):
                    other = self.work.all[use.node.id], before + use.back
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
        return list(found)

    def _cells(self, back: int) -> Cells | None:
        """The one cell so many years before; None where it has no period."""
        period = self.work.period(self.year - back)
        if period is None:
            return None
        return Cells({self.region: self.work.cells.regions[self.region]}, (period,))

    def _records(self, limit: int | None) -> Found:
        """Records of each aggregate and how many there are; a limit is shared among the aggregates."""
        known = [
            (read, cells)
            for read in self._reads(self.definition)
            if read.aggregate in self.work.measured and (cells := self._cells(read.back)) is not None
        ]
        found = {read: self.work.engine.records(read.aggregate, cells, limit) for read, cells in known}
        left = limit
        shares: dict[_Read, int | None] = {}
        for number, read in enumerate(sorted(found, key=lambda item: found[item][1])):
            share = None if left is None else min(left // (len(found) - number), len(found[read][0]))
            left = None if left is None or share is None else left - share
            shares[read] = share
        return {
            read: (self._sourced(read.aggregate, rows[: shares[read]]), total)
            for read, (rows, total) in found.items()
        }

    def _sourced(self, aggregate: t.Aggregate, rows: Sequence[dict[str, Any]]) -> list[SourceRecord]:
        table, fields = self._read(aggregate)
        infos = self.schema.tables[table].fields
        batches = self.work.snapshot.manifest.get("batches", {})
        found: list[SourceRecord] = []
        for row in rows:
            batch = batches.get(row["_batch"]) or {}
            letters = column_letters(batch.get("columns") or {}, row["_sheet"])
            cells = [
                {
                    "field": name,
                    "label": {"zh": infos[name].label.zh, "en": infos[name].label.en},
                    "value": _plain(row[name]),
                    "unit": infos[name].type.unit.text,
                    "cell": f"{letters[name]}{row['_row']}" if name in letters and row["_row"] else None,
                }
                for name in fields
            ]
            first = next((cell for cell in cells if cell["value"] is not None), cells[0])
            found.append(
                SourceRecord(
                    type=table,
                    key=row["_key"],
                    field=first["field"],
                    value=first["value"],
                    unit=first["unit"],
                    file=row["_file"],
                    sheet=row["_sheet"],
                    cell=first["cell"],
                    batch=row["_batch"],
                    reviewed_by=row["_reviewed_by"] or batch.get("reviewed_by"),
                    recorded_at=row["_recorded_at"],
                    sample=bool(row["_sample"]),
                    provisional=bool(row["_provisional"]),
                    term=term_name(aggregate),
                    contribution=_plain(row["_contribution"]),
                    cells=cells,
                )
            )
        return found

    def _read(self, aggregate: t.Aggregate) -> tuple[str, list[str]]:
        """The table whose records are listed, and its fields the formula reads: values, then conditions."""
        if isinstance(aggregate, t.Covered):
            return aggregate.by.table, _fields(aggregate.by, aggregate.by_condition)
        table = t.tables_of(aggregate)[0]
        if isinstance(aggregate, t.Reduction):
            return table, _fields(aggregate.value, aggregate.condition)
        assert isinstance(aggregate, t.Count)
        key = self.work.packs.records[table].key
        return table, list(dict.fromkeys([*key, *_fields(aggregate.condition)]))

    def _uncovered(self) -> dict[str, Any] | None:
        """For a coverage: the counts, and the listed values that nothing covers (the first of them)."""
        covered = next((part for part in self.definition.aggregates if isinstance(part, t.Covered)), None)
        cells = self._cells(0)
        if covered is None or covered not in self.work.measured or cells is None:
            return None
        parts = self._measured(_Read(self.definition, covered)).parts
        if parts is None or not parts[1]:
            return None
        keys = self.work.engine.uncovered(covered, cells, UNCOVERED_SHOWN)
        return {"covered": parts[0], "listed": parts[1], "count": parts[1] - parts[0], "keys": keys}

    # -- parameters and tree ----------------------------------------------------------------------

    def _parameters(self) -> list[dict[str, Any]]:
        if self.period is None:
            return []
        found: list[dict[str, Any]] = []
        for name in self.definition.parameters:
            parameter = self.work.packs.parameters[name]
            value = parameter.at(self.period.end)
            found.append(
                {
                    "id": name,
                    "label": parameter.label.model_dump(),
                    "unit": parameter.unit,
                    "value": value.value if value else None,
                    "source": value.source if value else None,
                    "clause": value.clause if value else None,
                    "verified": value.verified if value else False,
                    "from": value.from_.isoformat() if value else None,
                }
            )
        return found

    def _trace(self, definition: Definition, back: int, found: Found) -> Trace:
        """Figure → sides of the ratio → terms (or the indicators looked up) → records (the first of them)."""
        children: list[Trace] = []
        for node, unit in (
            (definition.numerator, definition.numerator_unit),
            (definition.denominator, definition.denominator_unit),
        ):
            if node is None:
                continue
            below = self._branches(definition, node, back, found)
            whole = isinstance(node, t.Aggregate | t.Coalesce)
            single = definition.denominator is None or (len(below) == 1 and whole)
            if single:
                children.extend(below)
            else:
                value = self._side(definition, node, back)
                children.append(Trace(self._said(definition, node), value, unit, children=below))
        spec = definition.spec
        label = {"zh": spec.label.zh, "en": spec.label.en}
        total = sum(found[read][1] for read in self._reads(definition, back) if read in found)
        value = self._value(definition, back)
        label = _of_year(label, self.year - back) if back else label
        return Trace(label, value, spec.unit, total, children=children)

    def _side(self, definition: Definition, node: t.Node, back: int) -> float | None:
        computed = self.work.computed(definition.spec.id)
        number = self.work.period_number.get(self.year - back)
        if number is None:
            return None
        side = computed.numerator if node is definition.numerator else computed.denominator
        value = float(side[self.work.region_number[self.region], number])
        return None if isnan(value) else value

    def _branches(self, definition: Definition, node: t.Node, back: int, found: Found) -> list[Trace]:
        """The terms below ``node``: aggregates with their records, other indicators with their own terms."""
        within = {part for part in node.walk() if isinstance(part, t.Aggregate | t.Indicator)}
        branches: list[Trace] = []
        for use in _told(self.work, definition, self.region, self.year - back):
            if isinstance(use.node, t.Indicator) and use.node in within:
                branches.append(self._trace(self.work.all[use.node.id], back + use.back, found))
            elif isinstance(use.node, t.Aggregate) and use.node in within:
                branches.append(self._branch(_Read(definition, use.node, back + use.back), found))
        return branches

    def _branch(self, read: _Read, found: Found) -> Trace:
        records, total = found.get(read, ([], 0))
        leaves = [
            Trace(
                {"zh": record.key, "en": record.key},
                record.contribution,
                record.unit if record.contribution == record.value else None,
                1,
                " ".join(part for part in (record.file, record.sheet, record.cell) if part),
            )
            for record in records[:LEAVES_SHOWN]
        ]
        term = self._terms(read)[0]
        return Trace(term.label, term.value, term.unit, total, children=leaves)


def territory(regions: RegionTree, region: str) -> tuple[Both, ...]:
    """The regions that lie in ``region``, are run by another body and are not in its figures."""
    enclaves = getattr(regions, "enclaves_of", None)
    found = []
    for one in enclaves(region) if enclaves is not None else ():
        named = regions.get(one.code)
        name = named.name if named else one.code
        said = say("不含界内的{name}（{runner}，另行统计）", name=name, runner=one.runner)
        if not one.verified:  # whether a published figure holds it is for the issuing office to say
            said = say("一般不含界内的{name}（{runner}，另行统计；待核实）", name=name, runner=one.runner)
        found.append(said.both())
    return tuple(found)


def _told(work: Computation, definition: Definition, region: str, year: int) -> list[Use]:
    """What a formula reads, without what ``coalesce`` did not choose where something else was there."""
    optional = [use for use in definition.uses if use.optional and isinstance(use.node, t.Aggregate)]
    if not optional or year not in work.period_number:
        return definition.uses
    there = [use for use in optional if not work.gone_at(use, region, year)]
    chosen = there[:1] if len(optional) == len({use.node for use in optional}) else there
    return [use for use in definition.uses if use not in optional or use in (chosen or optional)]


def _of_year(said: Both, year: int) -> Both:
    return {"zh": f"{year}年{said['zh']}", "en": f"{said['en']} of {year}"}


def term_name(aggregate: t.Aggregate) -> str:
    """A short stable name of a term: the field it adds up, or the table it counts."""
    if isinstance(aggregate, t.Count):
        return aggregate.table
    if isinstance(aggregate, t.Covered):
        return f"{aggregate.by.table}.{aggregate.by.field}"
    part = next(part for part in aggregate.walk() if isinstance(part, t.Field))
    return f"{part.table}.{part.field}"


def _fields(*nodes: t.Node | None) -> list[str]:
    """The fields read by ``nodes``, in order of writing."""
    parts = [part for node in nodes if node is not None for part in node.walk()]
    return list(dict.fromkeys(part.field for part in parts if isinstance(part, t.Field)))


def column_letters(columns: dict[str, dict[str, str]], sheet: str | None) -> dict[str, str]:
    """The column letters of a sheet's fields; a file without sheets (CSV) has one set."""
    if sheet is not None and sheet in columns:
        return columns[sheet]
    return next(iter(columns.values())) if len(columns) == 1 else columns.get("", {})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
