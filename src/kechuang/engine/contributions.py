"""What given records bring to aggregates, in every cell at once: lineage from the record to the figure.

The records are a small table of their own (one record, or those that changed); conditions and values are
the very expressions the aggregates are computed by, asked of all aggregates of a table in one query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import ibis

from kechuang.engine.backend import Backend
from kechuang.engine.queries import PLACE, YEAR, Marks, Rows
from kechuang.engine.source import Cells, TableSource
from kechuang.formula import tree as t

if TYPE_CHECKING:
    import pyarrow as pa

Part = Literal["value", "listed", "covering"]
Row = Mapping[str, Any]

#: Values of a coverage looked up at a time in the table of the other side.
AT_ONCE = 5000


@dataclass(frozen=True)
class Contribution:
    """A record brings ``value`` to an aggregate in the cell of ``region`` and ``period`` (by number).

    ``value`` is what it adds: its number for a sum (value × weight for a weighted mean), 1 where it is
    counted, the value itself where different values are counted. ``part`` says which side of a coverage it
    stands on.
    """

    key: str
    region: str
    period: int
    value: Any
    part: Part = "value"


class Contributions:
    """Asks ``backend`` what records bring to the cells of ``cells``."""

    def __init__(self, backend: Backend, tables: Mapping[str, TableSource], cells: Cells) -> None:
        self.backend = backend
        self.tables = tables
        self.cells = cells

    def of(
        self, content: Mapping[str, pa.Table], aggregates: Sequence[t.Aggregate]
    ) -> dict[t.Aggregate, list[Contribution]]:
        """The contributions to each of ``aggregates``; those that nothing brings anything to have none."""
        found: dict[t.Aggregate, list[Contribution]] = {one: [] for one in aggregates}
        for name, table in content.items():
            if name not in self.tables or not len(table):
                continue
            own = [a for a in found if not isinstance(a, t.Covered) and t.tables_of(a)[0] == name]
            for aggregate, pieces in self._plain(name, table, own):
                found[aggregate].extend(pieces)
            for aggregate, told in found.items():
                if isinstance(aggregate, t.Covered) and aggregate.listed.table == name:
                    listed = self._side(name, table, aggregate.listed, aggregate.listed_condition)
                    told.extend(self._spread(name, listed, "listed"))
                if isinstance(aggregate, t.Covered) and aggregate.by.table == name:
                    told.extend(self._covering(table, aggregate))
        return found

    # -- one table --------------------------------------------------------------------------------

    def _plain(
        self, name: str, content: pa.Table, aggregates: Sequence[t.Aggregate]
    ) -> Iterator[tuple[t.Aggregate, Iterable[Contribution]]]:
        """One query for all ``aggregates``: a column for each, and for each period where it differs."""
        if not aggregates:
            return
        rows = self._rows(name, self.backend.given(name, content))
        columns: dict[str, Any] = {}
        meant: list[tuple[str, t.Aggregate, int | None]] = []
        for aggregate in aggregates:
            read = _read(aggregate)
            for moment in rows.moments(_condition(aggregate), *read):
                column = f"c{len(meant)}"
                columns[column] = _brought(rows, aggregate, moment)
                meant.append((column, aggregate, moment))
        answer = self.backend.fetch(rows.table.select(**_where(rows, rows.table), **columns))
        for column, aggregate, moment in meant:
            pieces = [(row, moment, row[column]) for row in answer if row[column] is not None]
            yield aggregate, self._spread(name, pieces, "value")

    def _rows(self, name: str, table: Any) -> Rows:
        return Rows(table, self.tables[name], self.cells, Marks())

    # -- a coverage -------------------------------------------------------------------------------

    def _side(
        self, name: str, content: pa.Table, value: t.Field, condition: t.Node | None
    ) -> list[tuple[Row, int | None, Any]]:
        """Rows of one side of a coverage that count in a period (None: in every one), with their value."""
        return self._matching(self._rows(name, self.backend.given(name, content)), value, condition)

    def _matching(
        self, rows: Rows, value: t.Field, condition: t.Node | None, among: Sequence[str] | None = None
    ) -> list[tuple[Row, int | None, Any]]:
        table = rows.table
        if among is not None:
            table = table.filter(table[value.field].isin(list(among)))
        moments = rows.moments(condition)
        columns = {}
        for number, moment in enumerate(moments):
            holds = rows.holding(condition, table, moment)
            there = table[value.field]
            columns[f"c{number}"] = there if holds is None else ibis.ifelse(holds, there, ibis.null())
        answer = self.backend.fetch(table.select(**_where(rows, table), **columns))
        return [
            (row, moment, row[f"c{number}"])
            for number, moment in enumerate(moments)
            for row in answer
            if row[f"c{number}"] is not None
        ]

    def _covering(self, content: pa.Table, aggregate: t.Covered) -> Iterator[Contribution]:
        """Rows of the covering table, in the cells of the listed values they cover."""
        pieces = self._side(aggregate.by.table, content, aggregate.by, aggregate.by_condition)
        listed: dict[Any, set[tuple[str, int]]] = {}
        values = sorted({value for _, _, value in pieces})
        name = aggregate.listed.table
        rows = self._rows(name, self.backend.table(self.tables[name]))
        for start in range(0, len(values), AT_ONCE):
            among = values[start : start + AT_ONCE]
            for row, moment, value in self._matching(
                rows, aggregate.listed, aggregate.listed_condition, among
            ):
                listed.setdefault(value, set()).update(self._cells(name, row, moment))
        seen: set[tuple[str, str, int]] = set()
        for row, moment, value in pieces:
            when = set(self._periods(aggregate.by.table, row, moment))
            for region, period in listed.get(value, ()):
                place = (row["_key"], region, period)
                if period in when and place not in seen:
                    seen.add(place)
                    yield Contribution(row["_key"], region, period, 1, "covering")

    # -- from rows to cells -----------------------------------------------------------------------

    def _spread(
        self, name: str, pieces: Iterable[tuple[Row, int | None, Any]], part: Part
    ) -> Iterator[Contribution]:
        for row, moment, value in pieces:
            for region, period in self._cells(name, row, moment):
                yield Contribution(row["_key"], region, period, value, part)

    def _cells(self, name: str, row: Row, moment: int | None) -> Iterator[tuple[str, int]]:
        periods = self._periods(name, row, moment)
        for region in self._regions(name, row):
            for period in periods:
                yield region, period

    def _regions(self, name: str, row: Row) -> Sequence[str]:
        source = self.tables[name]
        if source.region is None:
            return tuple(self.cells.regions)
        place = row[PLACE]
        if source.own:
            return (place,) if place in self.cells.regions else ()
        return self._holders.get(place, ())

    def _periods(self, name: str, row: Row, moment: int | None) -> Sequence[int]:
        if not self.tables[name].register:
            number = self._numbers.get(row[YEAR])
            return () if number is None or moment not in (None, number) else (number,)
        return range(len(self.cells.periods)) if moment is None else (moment,)

    @cached_property
    def _holders(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for region, below in self.cells.regions.items():
            for place in below:
                found.setdefault(place, []).append(region)
        return found

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {period.year: number for number, period in enumerate(self.cells.periods)}


def _where(rows: Rows, table: Any) -> dict[str, Any]:
    """Key, place and year of each row, as far as it has them."""
    found = {"_key": table["_key"]}
    if rows.source.region is not None:
        found[PLACE] = table[rows.source.region]
    if not rows.source.register:
        found[YEAR] = rows.year(table)
    return found


def _condition(aggregate: t.Aggregate) -> t.Node | None:
    return aggregate.condition if isinstance(aggregate, t.Count | t.Reduction) else None


def _read(aggregate: t.Aggregate) -> list[t.Node]:
    read = [aggregate.value] if isinstance(aggregate, t.Reduction) else []
    return [*read, aggregate.weight] if isinstance(aggregate, t.WeightedMean) else read


def _brought(rows: Rows, aggregate: t.Aggregate, moment: int | None) -> Any:
    """What a row adds to an aggregate; null where it is not among its records."""
    table = rows.table
    holds = rows.holding(_condition(aggregate), table, moment)
    if isinstance(aggregate, t.Count):
        return ibis.literal(1) if holds is None else ibis.ifelse(holds, 1, ibis.null())
    assert isinstance(aggregate, t.Reduction)
    value = rows.lowered(aggregate.value, table, moment)
    if isinstance(aggregate, t.WeightedMean):
        value = value * rows.lowered(aggregate.weight, table, moment)
    return value if holds is None else ibis.ifelse(holds, value, ibis.null())
