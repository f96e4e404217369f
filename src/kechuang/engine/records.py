"""The records behind one figure, and the returns that are due: what explaining and coverage ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ibis

from kechuang.engine.backend import Backend
from kechuang.engine.queries import VALUE, YEAR, Marks, Rows
from kechuang.engine.source import Cell, Cells, FrameCount, TableSource
from kechuang.formula import tree as t

Table = Any

_REGION, _MEMBER = "_cell_region", "_cell_member"


class Records:
    """Looks records up in the ``tables`` of one snapshot, through ``backend``."""

    def __init__(self, backend: Backend, tables: Mapping[str, TableSource]) -> None:
        self.backend = backend
        self.tables = tables

    def behind(
        self, aggregate: t.Aggregate, cells: Cells, limit: int | None
    ) -> tuple[list[dict[str, Any]], int]:
        """At most ``limit`` records behind ``aggregate`` in the one cell of ``cells``, and how many there are."""
        if isinstance(aggregate, t.Covered):
            table = self._covering(aggregate, cells)
        else:
            rows = self._rows(t.tables_of(aggregate)[0], cells)
            table = self._inside(rows, cells)
            table = _holding(rows, table, _condition(aggregate))
            value = rows.lowered(aggregate.value, table, 0) if isinstance(aggregate, t.Reduction) else None
            if value is None:
                table = table.mutate(_contribution=ibis.literal(1))
            else:
                if isinstance(aggregate, t.WeightedMean):
                    value = value * rows.lowered(aggregate.weight, table, 0)
                table = table.mutate(_contribution=value)
                table = table.filter(table["_contribution"].notnull())
        total = int(self.backend.fetch(table.aggregate(n=table.count()))[0]["n"])
        if limit == 0:
            return [], total
        ordered = table.order_by("_key")
        return self.backend.fetch(ordered if limit is None else ordered.limit(limit)), total

    def uncovered(self, aggregate: t.Covered, cells: Cells, limit: int) -> list[str]:
        """Listed values of the one cell of ``cells`` that nothing covers, at most ``limit``."""
        listed, by = self._lists(aggregate, cells)
        missing = listed.anti_join(by, [listed[VALUE] == by[VALUE]])
        return [row[VALUE] for row in self.backend.fetch(missing.order_by(VALUE).limit(limit))]

    def frames(self, name: str, frame: str, on: Sequence[str], cells: Cells) -> dict[Cell, FrameCount]:
        """Units listed in ``frame`` and those of them with a record in ``name``, matched ``on`` fields."""
        listed = self._in_cells(frame, cells).select(_REGION, YEAR, *on).distinct()
        table = self.backend.table(self.tables[name])
        arrived = table.select(**{f"_arrived_{part}": table[part] for part in on}).distinct()
        same = [listed[part] == arrived[f"_arrived_{part}"] for part in on]
        joined = listed.left_join(arrived, same)
        rows = self.backend.fetch(
            joined.group_by(_REGION, YEAR).aggregate(
                expected=joined.count(), returned=joined[f"_arrived_{on[0]}"].count()
            )
        )
        return {(row[_REGION], row[YEAR]): FrameCount(row["expected"], row["returned"]) for row in rows}

    def frames_by(
        self, name: str, frame: str, on: Sequence[str], field: str, cells: Cells
    ) -> dict[tuple[str | None, Cell], FrameCount]:
        """The same for each value of ``field``, which the list tells of every unit."""
        listed = self._in_cells(frame, cells)
        listed = listed.select(_REGION, YEAR, *on, **{VALUE: listed[field].cast("string")}).distinct()
        table = self.backend.table(self.tables[name])
        arrived = table.select(**{f"_arrived_{part}": table[part] for part in on}).distinct()
        joined = listed.left_join(arrived, [listed[part] == arrived[f"_arrived_{part}"] for part in on])
        rows = self.backend.fetch(
            joined.group_by(_REGION, YEAR, VALUE).aggregate(
                expected=joined.count(), returned=joined[f"_arrived_{on[0]}"].count()
            )
        )
        return {
            (row[VALUE], (row[_REGION], row[YEAR])): FrameCount(row["expected"], row["returned"])
            for row in rows
        }

    # -- rows of the one cell ---------------------------------------------------------------------

    def _rows(self, name: str, cells: Cells) -> Rows:
        return Rows(self.backend.table(self.tables[name]), self.tables[name], cells, Marks())

    def _inside(self, rows: Rows, cells: Cells) -> Table:
        """The records that lie in the region."""
        region, ((code, below),) = rows.source.region, cells.regions.items()
        if region is None:
            return rows.table
        inside = [code] if rows.source.own else sorted(below)
        return rows.table.filter(rows.table[region].isin(inside))

    def _covering(self, aggregate: t.Covered, cells: Cells) -> Table:
        """The records of the covering table that cover a listed value."""
        listed, _ = self._lists(aggregate, cells)
        rows = self._rows(aggregate.by.table, cells)
        table = _holding(rows, rows.table, aggregate.by_condition)
        table = table.semi_join(listed, [table[aggregate.by.field] == listed[VALUE]])
        return table.mutate(_contribution=ibis.literal(1))

    def _lists(self, aggregate: t.Covered, cells: Cells) -> tuple[Table, Table]:
        listed, by = self._rows(aggregate.listed.table, cells), self._rows(aggregate.by.table, cells)
        return (
            _values(listed, self._inside(listed, cells), aggregate.listed, aggregate.listed_condition),
            _values(by, by.table, aggregate.by, aggregate.by_condition),
        )

    # -- rows of many cells -----------------------------------------------------------------------

    def _in_cells(self, name: str, cells: Cells) -> Table:
        """Rows with each cell they belong to: of every region that holds their place, and of their year (of
        every period, for a register)."""
        rows = self._rows(name, cells)
        table, source = rows.table, rows.source
        if not source.register:
            table = table.mutate(**{YEAR: rows.year(table)})
        else:
            years = [{YEAR: period.year} for period in cells.periods]
            table = table.cross_join(self.backend.rows("years", {YEAR: "int64"}, years))
        if source.region is None:
            return table.cross_join(self._members((code, code) for code in cells.regions).select(_REGION))
        places = self._members(
            (region, member)
            for region, below in cells.regions.items()
            for member in ([region] if source.own else sorted(below))
        )
        return table.inner_join(places, [table[source.region] == places[_MEMBER]])

    def _members(self, pairs: Iterable[tuple[str, str]]) -> Table:
        members = [{_REGION: region, _MEMBER: member} for region, member in pairs]
        return self.backend.rows("members", {_REGION: "string", _MEMBER: "string"}, members)


def _condition(aggregate: t.Aggregate) -> t.Node | None:
    return aggregate.condition if isinstance(aggregate, t.Count | t.Reduction) else None


def _holding(rows: Rows, table: Table, condition: t.Node | None) -> Table:
    holds = rows.holding(condition, table, 0)
    return table if holds is None else table.filter(holds)


def _values(rows: Rows, table: Table, value: t.Field, condition: t.Node | None) -> Table:
    """The different values of a field."""
    table = _holding(rows, table, condition)
    table = table.filter(table[value.field].notnull())
    return table.select(**{VALUE: table[value.field]}).distinct()
