"""Why is a figure what it is: formula, terms, records with their cells, clause and parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from kechuang.engine import Cells, Measured, PeriodRow
from kechuang.formula import tree as t
from kechuang.formula.checking import check
from kechuang.formula.schema import Schema
from kechuang.formula.words import Sentence
from kechuang.indicators.compute import Computation
from kechuang.indicators.definition import Definition
from kechuang.indicators.figure import Figure
from kechuang.indicators.schema import schema_of
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
) -> Explanation:
    """Why ``indicator`` is what it is in ``region`` and ``year``; at most ``limit`` records are listed.

    Raises KechuangError for an indicator or region that does not exist.
    """
    work = Computation.of(packs, snapshot, regions, [region], [year], as_of, [indicator])
    work.measure()
    return _Explainer(work, region, year).explanation(limit)


class _Explainer:
    """Explains the one cell of a computation."""

    def __init__(self, work: Computation, region: str, year: int) -> None:
        self.work = work
        self.definition: Definition = work.definitions[0]
        self.region = region
        self.year = year
        self.period: PeriodRow | None = work.periods.get(year)
        self.schema: Schema = schema_of(work.packs, self.period.end if self.period else None)

    def explanation(self, limit: int | None) -> Explanation:
        spec = self.definition.spec
        figure = self.work.figure(self.definition, self.region, self.year)
        found = self._records(limit) if self.period is not None else {}
        records = [record for listed, _ in found.values() for record in listed]
        terms = [term for aggregate in self.definition.aggregates for term in self._terms(aggregate)]
        return Explanation(
            figure=figure,
            formula=self.definition.sentence(self.schema),
            terms=terms if self.period is not None else [],
            records=records,
            records_total=sum(total for _, total in found.values()),
            definition={
                "source": spec.definition.source,
                "clause": spec.definition.clause,
                "verified": spec.definition.verified,
                "notes": spec.notes.model_dump() if spec.notes else None,
            },
            parameters=self._parameters(),
            trace=self._trace(figure, found),
            uncovered=self._uncovered(),
        )

    def _said(self, node: t.Node, unit: str = "") -> Both:
        return {
            language: Sentence(self.schema, language, self.definition.names).of(node, unit)
            for language in ("zh", "en")
        }

    def _measured(self, aggregate: t.Aggregate) -> Measured:
        return self.work.term(aggregate, self.region, self.year)

    # -- terms ------------------------------------------------------------------------------------

    def _terms(self, aggregate: t.Aggregate) -> list[Term]:
        """An aggregate as a term; a coverage as its two counts."""
        found = self._measured(aggregate)
        if not isinstance(aggregate, t.Covered):
            value, unit = found.value, self._unit(aggregate)
            return [Term(_name(aggregate), self._label(aggregate), value, unit, found.records)]
        covered, listed = found.parts or (None, None)
        unit = "个"
        hits = {
            language: Sentence(self.schema, language).covered_count(aggregate) for language in ("zh", "en")
        }
        total = t.Distinct(aggregate.listed, aggregate.listed_condition)
        name = f"{aggregate.listed.table}.{aggregate.listed.field}"
        return [
            Term(_name(aggregate), hits, covered, unit, self._covering_records(aggregate)),
            Term(name, self._said(total), listed, unit, listed or 0),
        ]

    def _label(self, aggregate: t.Aggregate) -> Both:
        """The term as it is written, with names of ``let`` where it uses them."""
        written = t.aggregates(self.definition.written)
        node = dict(zip(self.definition.aggregates, written, strict=False)).get(aggregate, aggregate)
        return {
            language: Sentence(self.schema, language, self.definition.names).part(node)
            for language in ("zh", "en")
        }

    def _unit(self, aggregate: t.Aggregate) -> str | None:
        whole = self.definition.tree
        while isinstance(whole, t.Convert):
            whole = whole.value
        if whole == aggregate:
            return self.definition.spec.unit
        unit = check(aggregate, self.schema).type.unit.text
        return unit or ("个" if isinstance(aggregate, t.Count | t.Distinct) else None)

    def _covering_records(self, aggregate: t.Covered) -> int:
        if aggregate not in self.work.measured:
            return 0
        return self.work.engine.records(aggregate, self.work.cells, 0)[1]

    # -- records ----------------------------------------------------------------------------------

    def _records(self, limit: int | None) -> dict[t.Aggregate, tuple[list[SourceRecord], int]]:
        """Records of each aggregate and how many there are; a limit is shared among the aggregates."""
        cells = Cells(self.work.cells.regions, self.work.cells.periods)
        known = [aggregate for aggregate in self.definition.aggregates if aggregate in self.work.measured]
        found = {aggregate: self.work.engine.records(aggregate, cells, limit) for aggregate in known}
        left = limit
        shares: dict[t.Aggregate, int | None] = {}
        for number, aggregate in enumerate(sorted(known, key=lambda item: found[item][1])):
            share = None if left is None else min(left // (len(known) - number), len(found[aggregate][0]))
            left = None if left is None or share is None else left - share
            shares[aggregate] = share
        return {
            aggregate: (self._sourced(aggregate, rows[: shares[aggregate]]), total)
            for aggregate, (rows, total) in found.items()
        }

    def _sourced(self, aggregate: t.Aggregate, rows: Sequence[dict[str, Any]]) -> list[SourceRecord]:
        table, fields = self._read(aggregate)
        infos = self.schema.tables[table].fields
        batches = self.work.snapshot.manifest.get("batches", {})
        found: list[SourceRecord] = []
        for row in rows:
            batch = batches.get(row["_batch"]) or {}
            letters = _letters(batch.get("columns") or {}, row["_sheet"])
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
                    term=_name(aggregate),
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
        if covered is None or covered not in self.work.measured:
            return None
        parts = self._measured(covered).parts
        if parts is None:
            return None
        keys = self.work.engine.uncovered(covered, self.work.cells, UNCOVERED_SHOWN)
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

    def _trace(self, figure: Figure, found: dict[t.Aggregate, tuple[list[SourceRecord], int]]) -> Trace:
        """Figure → sides of the ratio → terms → records (the first of them)."""
        spec = self.definition.spec
        sides: list[tuple[t.Node, float | None, str | None]] = []
        if self.definition.denominator is not None:
            sides = [
                (self.definition.numerator, figure.numerator, self.definition.numerator_unit),
                (self.definition.denominator, figure.denominator, self.definition.denominator_unit),
            ]
        children: list[Trace] = []
        for node, value, unit in sides:
            below = t.aggregates(node)
            if below == [node]:
                children.append(self._branch(below[0], found))
            else:
                parts = [self._branch(aggregate, found) for aggregate in below]
                children.append(Trace(self._said(node), value, unit, children=parts))
        if not sides:
            children = [self._branch(aggregate, found) for aggregate in self.definition.aggregates]
        label = {"zh": spec.label.zh, "en": spec.label.en}
        total = sum(count for _, count in found.values())
        return Trace(label, figure.value, figure.unit, total, children=children)

    def _branch(
        self, aggregate: t.Aggregate, found: dict[t.Aggregate, tuple[list[SourceRecord], int]]
    ) -> Trace:
        records, total = found.get(aggregate, ([], 0))
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
        term = self._terms(aggregate)[0]
        return Trace(term.label, term.value, term.unit, total, children=leaves)


def _name(aggregate: t.Aggregate) -> str:
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


def _letters(columns: dict[str, dict[str, str]], sheet: str | None) -> dict[str, str]:
    """The column letters of a sheet's fields; a file without sheets (CSV) has one set."""
    if sheet is not None and sheet in columns:
        return columns[sheet]
    return next(iter(columns.values())) if len(columns) == 1 else columns.get("", {})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
