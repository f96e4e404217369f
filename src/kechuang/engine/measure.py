"""Aggregates over all regions and periods at once: one query a table, not one a cell.

A row of a table meets every cell it belongs to (its county, the prefecture above; the year it reports,
or each period a register is asked about); the rest is one grouped aggregation.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Any

import ibis

from kechuang.engine.backend import Backend
from kechuang.engine.lower import lower
from kechuang.engine.source import Cell, Cells, FrameCount, Holding, Measured, TableSource, Value
from kechuang.formula import tree as t

Table = Any
Expression = Any

_REGION, _MEMBER, _YEAR = "_cell_region", "_cell_member", "_cell_year"
_START, _END = "_cell_start", "_cell_end"


class Engine:
    """Measures aggregates on the tables of one snapshot, through ``backend``."""

    def __init__(self, backend: Backend, tables: Mapping[str, TableSource]) -> None:
        self.backend = backend
        self.tables = tables

    def measure(
        self, aggregates: Sequence[t.Aggregate], cells: Cells
    ) -> dict[t.Aggregate, dict[Cell, Measured]]:
        """Each of ``aggregates`` (checked trees) in each cell; a cell nothing fell into is left out."""
        found: dict[t.Aggregate, dict[Cell, Measured]] = {}
        by_table: dict[str, list[t.Count | t.Reduction]] = {}
        for aggregate in aggregates:
            if isinstance(aggregate, t.Covered):
                found[aggregate] = self._covered(aggregate, cells)
            elif isinstance(aggregate, t.Count | t.Reduction):
                by_table.setdefault(t.tables_of(aggregate)[0], []).append(aggregate)
        for name, wanted in by_table.items():
            found.update(self._reduced(name, wanted, cells))
        return found

    def holdings(self, tables: Iterable[str]) -> dict[str, dict[int | None, Holding]]:
        """What each table holds, by year for returns and what happened (under None for registers)."""
        found: dict[str, dict[int | None, Holding]] = {}
        for name in tables:
            table, source = self._table(name), self.tables[name]
            when = ibis.null().cast("int64")
            if source.year is not None:
                when = table[source.year]
            elif source.day is not None:
                when = table[source.day].year().cast("int64")
            grouped = table.group_by(_held=when).aggregate(
                n=table.count(), s=table["_sample"].fill_null(False).cast("int64").sum()
            )
            rows = self._rows(grouped)
            found[name] = {row["_held"]: Holding(int(row["n"]), bool(row["s"])) for row in rows}
        return found

    def frames(self, name: str, frame: str, on: Sequence[str], cells: Cells) -> dict[Cell, FrameCount]:
        """Units listed in ``frame`` and those of them with a record in ``name``, matched ``on`` fields."""
        listed = self._in_cells(frame, cells).select(_REGION, _YEAR, *on).distinct()
        table = self._table(name)
        arrived = table.select(**{f"_arrived_{part}": table[part] for part in on}).distinct()
        same = [listed[part] == arrived[f"_arrived_{part}"] for part in on]
        joined = listed.left_join(arrived, same)
        rows = self._rows(
            joined.group_by(_REGION, _YEAR).aggregate(
                expected=joined.count(), returned=joined[f"_arrived_{on[0]}"].count()
            )
        )
        return {(row[_REGION], row[_YEAR]): FrameCount(row["expected"], row["returned"]) for row in rows}

    def records(
        self, aggregate: t.Aggregate, cells: Cells, limit: int | None
    ) -> tuple[list[dict[str, Any]], int]:
        """The records behind ``aggregate`` in the one cell of ``cells``: at most ``limit``, and how many.

        Each row has the table's columns and ``_contribution``, the value it brings (1 where counted).
        """
        if isinstance(aggregate, t.Covered):
            rows = self._covering(aggregate, cells)
        else:
            assert isinstance(aggregate, t.Count | t.Reduction)
            rows = self._in_cells(t.tables_of(aggregate)[0], cells)
            counted, value = self._counted(aggregate, rows, cells)
            rows = rows.filter(counted).mutate(_contribution=value if value is not None else ibis.literal(1))
        total = int(self._rows(rows.aggregate(n=rows.count()))[0]["n"])
        ordered = rows.order_by("_key")
        return self._rows(ordered if limit is None else ordered.limit(limit)), total

    def uncovered(self, aggregate: t.Covered, cells: Cells, limit: int) -> list[str]:
        """Listed values of the one cell of ``cells`` that nothing covers, at most ``limit``."""
        listed, by = self._both_lists(aggregate, cells)
        missing = listed.anti_join(by, [listed._value == by._value, listed[_YEAR] == by[_YEAR]])
        return [row["_value"] for row in self._rows(missing.order_by("_value").limit(limit))]

    # -- queries ----------------------------------------------------------------------------------

    def _reduced(
        self, name: str, wanted: Sequence[t.Count | t.Reduction], cells: Cells
    ) -> dict[t.Aggregate, dict[Cell, Measured]]:
        rows = self._in_cells(name, cells)
        # Rows that count nowhere are dropped before the (dear) grouping.
        rows = rows.filter(reduce(operator.or_, (self._counted(one, rows, cells)[0] for one in wanted)))
        measures: dict[str, Expression] = {}
        for number, aggregate in enumerate(wanted):
            counted, value = self._counted(aggregate, rows, cells)
            measures[f"v{number}"] = _reduce(aggregate, value, counted)
            measures[f"n{number}"] = counted.sum()
            measures[f"s{number}"] = (counted & rows._sample).sum()
            measures[f"p{number}"] = (counted & rows._provisional).sum()
        result = self._rows(rows.group_by(_REGION, _YEAR).aggregate(**measures))
        return {
            aggregate: {
                (row[_REGION], row[_YEAR]): Measured(
                    value=_finite(row[f"v{number}"]),
                    records=int(row[f"n{number}"] or 0),
                    sample=bool(row[f"s{number}"]),
                    provisional=bool(row[f"p{number}"]),
                )
                for row in result
            }
            for number, aggregate in enumerate(wanted)
        }

    def _counted(
        self, aggregate: t.Count | t.Reduction, rows: Table, cells: Cells
    ) -> tuple[Expression, Expression | None]:
        """Whether a row counts (never null), and the value it brings (None: only its presence)."""
        leaf = self._leaf(rows, cells)
        counted = rows["_key"].notnull()  # every record has a key, so every row
        if aggregate.condition is not None:
            counted = lower(aggregate.condition, leaf).cast("boolean").fill_null(False)
        if isinstance(aggregate, t.Count):
            return counted, None
        value = lower(aggregate.value, leaf)
        return counted & value.notnull(), value

    def _covered(self, aggregate: t.Covered, cells: Cells) -> dict[Cell, Measured]:
        listed, by = self._both_lists(aggregate, cells)
        joined = listed.left_join(by, [listed._value == by._value, listed[_YEAR] == by[_YEAR]]).select(
            listed[_REGION],
            listed[_YEAR],
            hit=by._value.notnull(),
            n=listed.n + by.n.fill_null(0),
            s=listed.s + by.s.fill_null(0),
            p=listed.p + by.p.fill_null(0),
        )
        rows = self._rows(
            joined.group_by(_REGION, _YEAR).aggregate(
                total=joined.count(),
                hits=joined.hit.sum(),
                n=joined.n.sum(),
                s=joined.s.sum(),
                p=joined.p.sum(),
            )
        )
        return {
            (row[_REGION], row[_YEAR]): Measured(
                value=row["hits"] / row["total"],
                records=int(row["n"]),
                sample=bool(row["s"]),
                provisional=bool(row["p"]),
                parts=(int(row["hits"]), int(row["total"])),
            )
            for row in rows
        }

    def _both_lists(self, aggregate: t.Covered, cells: Cells) -> tuple[Table, Table]:
        """The different listed values by cell, and the different covering values by period.

        Where a covering record lies does not matter: the list says which region a value belongs to.
        """
        listed = self._values(
            self._in_cells(aggregate.listed.table, cells), aggregate.listed, aggregate.listed_condition, cells
        )
        by = self._values(
            self._in_periods(aggregate.by.table, cells), aggregate.by, aggregate.by_condition, cells
        )
        return listed, by

    def _values(self, rows: Table, field: t.Field, condition: t.Node | None, cells: Cells) -> Table:
        leaf = self._leaf(rows, cells)
        value = leaf(field)
        if condition is not None:
            rows = rows.filter(lower(condition, leaf).cast("boolean").fill_null(False))
        rows = rows.mutate(_value=value).filter(ibis._["_value"].notnull())
        groups = [name for name in (_REGION, _YEAR, "_value") if name in rows.columns]
        return rows.group_by(groups).aggregate(
            n=rows.count(),
            s=rows._sample.cast("int64").sum(),
            p=rows._provisional.cast("int64").sum(),
        )

    def _covering(self, aggregate: t.Covered, cells: Cells) -> Table:
        """The records of the covering table that cover a listed value."""
        listed, _ = self._both_lists(aggregate, cells)
        rows = self._in_periods(aggregate.by.table, cells)
        leaf = self._leaf(rows, cells)
        if aggregate.by_condition is not None:
            rows = rows.filter(lower(aggregate.by_condition, leaf).cast("boolean").fill_null(False))
        rows = rows.semi_join(listed, [rows[aggregate.by.field] == listed._value])
        return rows.mutate(_contribution=ibis.literal(1))

    # -- rows of cells ----------------------------------------------------------------------------

    def _table(self, name: str) -> Table:
        return self.backend.table(self.tables[name])

    def _in_periods(self, name: str, cells: Cells) -> Table:
        """Rows with each period they belong to: the year reported, that of the day, or every period for a
        register."""
        table, source = self._table(name), self.tables[name]
        periods = self.backend.rows(
            "periods",
            {_YEAR: "int64", _START: "date", _END: "date", **_parameter_types(cells)},
            [
                {_YEAR: p.year, _START: p.start, _END: p.end, **_parameter_values(p.parameters)}
                for p in cells.periods
            ],
        )
        if source.year is not None:
            return table.inner_join(periods, [table[source.year] == periods[_YEAR]])
        if source.day is not None:
            day = table[source.day]
            return table.inner_join(periods, [day.year() == periods[_YEAR], day <= periods[_END]])
        return table.cross_join(periods)

    def _in_cells(self, name: str, cells: Cells) -> Table:
        """Rows with each cell they belong to."""
        source = self.tables[name]
        rows = self._in_periods(name, cells)
        if source.region is None:
            return rows.cross_join(
                self._members((region, region) for region in cells.regions).select(_REGION)
            )
        places = self._members(
            (region, member)
            for region, below in cells.regions.items()
            for member in ([region] if source.own else sorted(below))
        )
        return rows.inner_join(places, [rows[source.region] == places[_MEMBER]])

    def _members(self, pairs: Iterable[tuple[str, str]]) -> Table:
        members = [{_REGION: region, _MEMBER: member} for region, member in pairs]
        return self.backend.rows("members", {_REGION: "string", _MEMBER: "string"}, members)

    def _leaf(self, rows: Table, cells: Cells) -> Callable[[t.Node], Expression]:
        def leaf(node: t.Node) -> Expression:
            if isinstance(node, t.Field):
                return rows[node.field]
            if isinstance(node, t.Parameter):
                return rows[_parameter_name(node.id)]
            assert isinstance(node, t.Name)
            return rows[{"period_start": _START, "period_end": _END, "year": _YEAR}[node.name]]

        return leaf

    def _rows(self, table: Table) -> list[dict[str, Any]]:
        return self.backend.fetch(table)


def _reduce(aggregate: t.Aggregate, value: Expression | None, counted: Expression) -> Expression:
    if isinstance(aggregate, t.Count) or value is None:
        return counted.sum()
    if isinstance(aggregate, t.Distinct):
        return value.nunique(where=counted)
    number = value.cast("float64")
    match aggregate:
        case t.Sum():
            return number.sum(where=counted)
        case t.Mean():
            return number.mean(where=counted)
        case t.Min():
            return number.min(where=counted)
        case t.Max():
            return number.max(where=counted)
        case _:
            return number.median(where=counted)


def _finite(value: Any) -> float | None:
    """A number, or None. The last bits of a sum depend on the order of adding, so on the number of
    threads; fourteen digits do not, and the same snapshot gives the same figure on every machine."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.14g}")


def _parameter_name(name: str) -> str:
    return "_parameter_" + name.replace(".", "__")


def _parameter_values(parameters: Mapping[str, Value]) -> dict[str, Value]:
    return {_parameter_name(name): value for name, value in parameters.items()}


def _parameter_types(cells: Cells) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for period in cells.periods:
        for name, value in period.parameters.items():
            if value is not None or name not in kinds:
                kinds[_parameter_name(name)] = _kind(value)
    return kinds


def _kind(value: Value) -> str:
    match value:
        case bool():
            return "boolean"
        case str():
            return "string"
        case date():
            return "date"
        case _:
            return "float64"
