"""Aggregates over all regions and periods at once: one pass over a table, not one a cell or an indicator.

What adds up is grouped by the place recorded and brought up the tree in :mod:`rollup`; medians, quantiles
and different values of a region with places below it are asked for by region.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.engine.backend import Backend, compiled
from kechuang.engine.cache import NO_CACHE, Cache, key_of
from kechuang.engine.contributions import Contribution, Contributions
from kechuang.engine.marks import marks_of
from kechuang.engine.queries import MARKS, Column, Marks, Query, Rows, covered, distinct, grouped, marked
from kechuang.engine.records import Records
from kechuang.engine.rollup import Layer, Spread, Tree, fourteen, numbers
from kechuang.engine.source import Cell, Cells, Holding, Measured, Measures, Split, TableSource
from kechuang.engine.splits import WHOLE, Groups, groups, packed, unpacked
from kechuang.formula import tree as t
from kechuang.formula.writing import source as written

if TYPE_CHECKING:
    import pyarrow as pa

Table = Any
Report = Callable[[str, int, int], None]

#: What a region's value follows from those of its parts; the rest has to be asked for by region.
ADDS_UP = (t.Count, t.Sum, t.Mean, t.Min, t.Max, t.WeightedMean)
#: Columns of one query; more would cost the compiler more than another pass costs the engine.
MOST_COLUMNS = 900


class Engine:
    """Measures aggregates on the tables of one snapshot, through ``backend``; ``cache`` keeps the answers."""

    def __init__(self, backend: Backend, tables: Mapping[str, TableSource], cache: Cache = NO_CACHE) -> None:
        self.backend = backend
        self.tables = tables
        self.cache = cache
        self._marks: dict[str, Marks] = {}

    @cached_property
    def lookup(self) -> Records:
        """The records behind an aggregate."""
        return Records(self.backend, self.tables)

    def arrays(
        self, aggregates: Sequence[t.Aggregate], cells: Cells, report: Report | None = None
    ) -> dict[t.Aggregate, Measures]:
        """Each of ``aggregates`` (checked trees) in every cell; ``report`` is told table, done, all."""
        found: dict[t.Aggregate, Measures] = {}
        waiting: dict[tuple[str, ...], list[t.Aggregate]] = {}
        keys = {aggregate: self._key(aggregate, cells) for aggregate in dict.fromkeys(aggregates)}
        for aggregate, key in keys.items():
            kept = self.cache.get(key) if key else None
            if kept is not None:
                found[aggregate] = _unpacked(kept)
            else:
                own = t.tables_of(aggregate)
                waiting.setdefault(tuple(own) if len(own) > 1 else (own[0],), []).append(aggregate)
        tree = Tree(cells)
        for number, (names, wanted) in enumerate(waiting.items()):
            if report is not None:
                report(names[0], number, len(waiting))
            fresh = self._fresh(names, wanted, tree)[WHOLE]
            self.cache.put({keys[one]: _packed(measures) for one, measures in fresh.items() if keys[one]})
            found.update(fresh)
        return found

    def split(
        self, aggregates: Sequence[t.Aggregate], cells: Cells, by: Split
    ) -> dict[str | None, dict[t.Aggregate, Measures]]:
        """Each of ``aggregates``, which run over the table of ``by``, in every cell for each value of its field.

        Values are text as the table keeps them, None for records that give none; only those there are.
        """
        keys = {one: self._key(one, cells, by) for one in dict.fromkeys(aggregates)}
        kept = {one: self.cache.get(key) if key else None for one, key in keys.items()}
        found: dict[str | None, dict[t.Aggregate, Measures]] = {}
        for aggregate, arrays in kept.items():
            for value, part in (unpacked(arrays) if arrays is not None else {}).items():
                found.setdefault(value, {})[aggregate] = _unpacked(part)
        missing = [one for one, arrays in kept.items() if arrays is None]
        plain = [one for one in missing if not isinstance(one, t.Covered)]
        tree = Tree(cells)
        jobs = [plain]
        jobs += [[one] for one in missing if isinstance(one, t.Covered)]
        for wanted in jobs:
            fresh = self._fresh((by.table,), wanted, tree, by) if wanted else {}
            for value, measures in fresh.items():
                found.setdefault(value, {}).update(measures)
            for one in wanted if self.cache.keeps else ():
                parts = {value: _packed(measures[one]) for value, measures in fresh.items()}
                self.cache.put({keys[one]: packed(parts)})
        return found

    def _fresh(
        self, names: Sequence[str], wanted: Sequence[t.Aggregate], tree: Tree, by: Split | None = None
    ) -> dict[Any, dict[t.Aggregate, Measures]]:
        """What is measured now, for each value of ``by`` (under WHOLE without)."""
        sums: Groups[_Sum] = Groups(wanted, lambda one: _Sum(one, tree.cells), split=by is not None)
        if isinstance(wanted[0], t.Covered):
            self._covered(sums, wanted, tree, by)
            told = [one.listed.table for one in wanted if isinstance(one, t.Covered)]
        else:
            self._reduced(sums, names[0], wanted, tree, by)
            told = [names[0]] * len(wanted)
        return {
            value: {
                one: total.measures(self.marks(name))
                for (one, total), name in zip(of.items(), told, strict=True)
            }
            for value, of in sums.items()
        }

    def measure(
        self, aggregates: Sequence[t.Aggregate], cells: Cells
    ) -> dict[t.Aggregate, dict[Cell, Measured]]:
        """The same cell by cell; a cell no record of the table fell into is left out."""
        arrays = self.arrays(aggregates, cells)
        some: dict[str, Any] = {}
        for aggregate, measures in arrays.items():
            name = t.tables_of(aggregate)[0]
            counted = measures.parts[1] if measures.parts is not None else measures.records
            some[name] = some.get(name, False) | (counted > 0)
        places = [(r, p) for r in range(cells.size[0]) for p in range(cells.size[1])]
        codes, years = list(cells.regions), [period.year for period in cells.periods]
        return {
            aggregate: {
                (codes[r], years[p]): measures.cell(r, p)
                for r, p in places
                if some[t.tables_of(aggregate)[0]][r, p]
            }
            for aggregate, measures in arrays.items()
        }

    def holdings(self, tables: Iterable[str]) -> dict[str, dict[int | None, Holding]]:
        """What each table holds, by year for returns and what happened (under None for registers)."""
        return {name: self._holding(self.tables[name]) for name in tables}

    def _holding(self, source: TableSource) -> dict[int | None, Holding]:
        import ibis

        key = key_of("holding", source.shape, self.cache.digest(source)) if self.cache.keeps else ""
        kept = self.cache.get(key) if key else None
        if kept is None:
            table = self.backend.table(source)
            when = ibis.null().cast("int64")
            if source.year is not None:
                when = table[source.year].cast("int64")
            elif source.day is not None:
                when = table[source.day].year().cast("int64")
            sample = table["_sample"].fill_null(False).cast("int64").max()
            answer = self._run(
                ("holding", source.shape, str(table.schema())),
                lambda: Query(table.group_by(_held=when).aggregate(n=table.count(), s=sample)),
            )
            kept = {name: numbers(answer, name) for name in ("_held", "n", "s")}
            self.cache.put({key: kept} if key else {})
        return {
            None if np.isnan(year) else int(year): Holding(int(count), bool(sample))
            for year, count, sample in zip(kept["_held"], kept["n"], np.nan_to_num(kept["s"]), strict=True)
        }

    def frames(self, name: str, frame: str, on: Sequence[str], cells: Cells) -> tuple[Any, Any]:
        """Units listed in ``frame`` and those of them with a record in ``name``, matched ``on`` fields: how
        many of each, in every cell."""
        key = ""
        if self.cache.keeps:
            both = [self.tables[name], self.tables[frame]]
            made = [part for one in both for part in (one.shape, self.cache.digest(one))]
            key = key_of("frames", *made, list(on), _described(cells, []))
        kept = self.cache.get(key) if key else None
        if kept is None:
            counts = self.lookup.frames(name, frame, on, cells)
            tree = Tree(cells)
            kept = {"expected": np.zeros(cells.size), "returned": np.zeros(cells.size)}
            for (region, year), count in counts.items():
                place = tree.number[region], tree.years[year]
                kept["expected"][place], kept["returned"][place] = count.expected, count.returned
            self.cache.put({key: kept} if key else {})
        return kept["expected"], kept["returned"]

    def records(
        self, aggregate: t.Aggregate, cells: Cells, limit: int | None
    ) -> tuple[list[dict[str, Any]], int]:
        """The records behind ``aggregate`` in the one cell of ``cells``: at most ``limit``, and how many.

        Each row has the table's columns and ``_contribution``, the value it brings (1 where counted).
        """
        return self.lookup.behind(aggregate, cells, limit)

    def contributions(
        self, content: Mapping[str, pa.Table], aggregates: Sequence[t.Aggregate], cells: Cells
    ) -> dict[t.Aggregate, list[Contribution]]:
        """What the rows ``content`` (by table; columns as in the snapshot) bring to each aggregate, in every
        cell. A coverage is told by both of its tables; the rest of it is read from the snapshot."""
        return Contributions(self.backend, self.tables, cells).of(content, aggregates)

    def uncovered(self, aggregate: t.Covered, cells: Cells, limit: int) -> list[str]:
        """Listed values of the one cell of ``cells`` that nothing covers, at most ``limit``."""
        return self.lookup.uncovered(aggregate, cells, limit)

    # -- one table --------------------------------------------------------------------------------

    def _reduced(
        self,
        sums: Groups[_Sum],
        name: str,
        wanted: Sequence[t.Aggregate],
        tree: Tree,
        by: Split | None,
    ) -> None:
        source = self.tables[name]
        rows = self._rows(name, wanted, tree, by)
        flat = source.region is None or source.own
        own = set(tree.codes if flat else tree.single)
        # What adds up is asked by place for all regions; the rest so far as a region is one place.
        direct = [one for one in wanted if isinstance(one, ADDS_UP) or own]
        for part in _chunks(direct, len(rows.years) if source.register else 1):
            plain = [one for one in part if not isinstance(one, t.Distinct)]
            if plain:
                key = ("grouped", *map(written, plain))
                self._add(sums, rows, tree, key, partial(_grouped, rows, plain), own=own)
            apart = [one for one in part if isinstance(one, t.Distinct)]
            if apart:
                key = ("distinct", *map(written, apart))
                self._add(sums, rows, tree, key, partial(distinct, rows, apart), own=own)
        for part in _chunks(wanted, len(rows.years) if source.register else 1):
            make = partial(_marked, rows, part)
            self._add(sums, rows, tree, ("marked", *map(written, part)), make, own=own)
        others = [one for one in wanted if not isinstance(one, ADDS_UP)]
        if others and not flat:
            for layer in tree.layers():
                self._layer(sums, rows, tree, others, layer)

    def _rows(self, name: str, wanted: Sequence[t.Aggregate], tree: Tree, by: Split | None = None) -> Rows:
        source = self.tables[name]
        table = self.backend.table(source)
        rows = Rows.reading(table, source, tree.cells, self.marks(name), wanted, by)
        if by is not None:
            rows.split(by, self.backend.table(self.tables[by.told]) if by.told is not None else None)
        return rows

    def _layer(
        self,
        sums: Groups[_Sum],
        rows: Rows,
        tree: Tree,
        others: Sequence[t.Aggregate],
        layer: Layer,
    ) -> None:
        places = self._places(layer)
        for part in _chunks(others, len(rows.years) if rows.source.register else 1):
            plain = [one for one in part if not isinstance(one, t.Distinct)]
            apart = [one for one in part if isinstance(one, t.Distinct)]
            key = ("layer", places.get_name(), *map(written, part))

            make = partial(_both, rows, plain, apart, layer, places)
            self._add(sums, rows, tree, key, make, own=set(layer.regions))

    def _places(self, layer: Layer) -> Table:
        assert layer.places is not None
        given = [{"_member": place, "_place": region} for place, region in sorted(layer.places.items())]
        return self.backend.rows("places", {"_member": "string", "_place": "string"}, given)

    def _add(
        self,
        sums: Groups[_Sum],
        rows: Rows,
        tree: Tree,
        key: tuple[str, ...],
        make: Callable[[], Iterable[Query]],
        own: set[str],
    ) -> None:
        """Run what ``make`` gives and add it to ``sums``; ``own`` are the regions that answer for themselves."""
        identity = (*key, *_identity(rows))
        for sql, columns in _compiled(self.backend.dialect, identity, make):
            for value, answer in groups(self.backend.run(sql)):
                add_up = tree.spread(answer, own=rows.source.own)
                single = tree.spread(answer, own=True)
                if own != set(tree.codes) and rows.source.region is not None:
                    single = single.among(np.array([code in own for code in tree.codes]))
                group = sums.of(value)
                for column in columns:
                    mark = column.role in MARKS and not isinstance(column.aggregate, t.Covered)
                    adds = mark or isinstance(column.aggregate, ADDS_UP)
                    spread = add_up if adds else single
                    group[column.aggregate].add(column, numbers(answer, column.name), spread)

    def _run(self, identity: tuple[str, ...], make: Callable[[], Query]) -> Any:
        ((sql, _),) = _compiled(self.backend.dialect, identity, lambda: [make()])
        return self.backend.run(sql)

    def marks(self, name: str) -> Marks:
        """What the footer of a table tells of its marks."""
        if name not in self._marks:
            self._marks[name] = marks_of(self.tables[name].path)
        return self._marks[name]

    # -- coverage ---------------------------------------------------------------------------------

    def _covered(
        self, sums: Groups[_Sum], wanted: Sequence[t.Aggregate], tree: Tree, split: Split | None
    ) -> None:
        for aggregate in wanted:
            assert isinstance(aggregate, t.Covered)
            listed = self._rows(aggregate.listed.table, [aggregate], tree, split)
            by = self._rows(aggregate.by.table, [aggregate], tree)
            flat = listed.source.region is None or listed.source.own
            own = set(tree.codes if flat else tree.single)
            key = ("covered", written(aggregate), *_identity(by))
            if own:
                make = partial(_cover, aggregate, listed, by)
                self._add(sums, listed, tree, key, make, own=own)
            for layer in () if flat else tree.layers():
                places = self._places(layer)
                make = partial(_cover, aggregate, listed, by, layer, places)
                self._add(sums, listed, tree, (*key, places.get_name()), make, own=set(layer.regions))

    # -- keeping ----------------------------------------------------------------------------------

    def _key(self, aggregate: t.Aggregate, cells: Cells, by: Split | None = None) -> str:
        """What an aggregate in these cells is made of: its tree, parameters in force, records, cells."""
        if not self.cache.keeps:
            return ""
        split: list[str] = []
        if by is not None:
            told = [self.cache.digest(self.tables[by.told])] if by.told is not None else []
            split = ["split", by.shape, *told]
        parameters = sorted({part.id for part in aggregate.walk() if isinstance(part, t.Parameter)})
        return key_of(
            "measures",
            written(aggregate),
            *(f"{self.tables[n].shape} {self.tables[n].key}" for n in t.tables_of(aggregate)),
            *(self.cache.digest(self.tables[n]) for n in t.tables_of(aggregate)),
            _described(cells, parameters),
            *split,
        )


class _Sum:
    """An aggregate as its columns come in."""

    def __init__(self, aggregate: t.Aggregate, cells: Cells) -> None:
        self.aggregate = aggregate
        empty = np.full(cells.size, np.nan)
        self.parts: dict[str, Any] = {
            role: np.zeros(cells.size)
            for role in ("records", "weight", "sample", "provisional", "listed", "covered")
        }
        self.parts["value"] = (
            empty if not isinstance(aggregate, t.Sum | t.Mean | t.WeightedMean) else np.zeros(cells.size)
        )

    def add(self, column: Column, values: Any, spread: Spread) -> None:
        role, at = column.role, column.period
        if role == "value" and isinstance(self.aggregate, t.Min | t.Max):
            found = spread.extreme(values, at, largest=isinstance(self.aggregate, t.Max))
            best = np.fmax if isinstance(self.aggregate, t.Max) else np.fmin
            self.parts[role] = best(self.parts[role], _only_of(found, at))
        elif role == "value" and not isinstance(self.aggregate, ADDS_UP):
            found = _only_of(spread.only(values, at), at)
            self.parts[role] = np.where(np.isnan(found), self.parts[role], found)
        else:
            self.parts[role] = self.parts[role] + spread.total(values, at)

    def measures(self, marks: Marks) -> Measures:
        parts = self.parts
        records = parts["records"].astype(np.int64)
        value = parts["value"]
        counts: tuple[Any, Any] | None = None
        with np.errstate(all="ignore"):
            match self.aggregate:
                case t.Count():
                    value = parts["records"]
                case t.Distinct():
                    value = np.nan_to_num(value)
                case t.Sum():
                    value = np.where(records > 0, value, np.nan)
                case t.Mean():
                    value = np.where(records > 0, value / parts["records"], np.nan)
                case t.WeightedMean():
                    value = np.where(parts["weight"] != 0, value / parts["weight"], np.nan)
                case t.Covered():
                    value = np.where(parts["listed"] > 0, parts["covered"] / parts["listed"], np.nan)
                    counts = parts["covered"].astype(np.int64), parts["listed"].astype(np.int64)
        there = records > 0
        return Measures(
            fourteen(value),
            records,
            there if marks.sample == "all" else parts["sample"] > 0,
            there if marks.provisional == "all" else parts["provisional"] > 0,
            counts,
        )


def _grouped(rows: Rows, wanted: Sequence[t.Aggregate]) -> list[Query]:
    return [grouped(rows, wanted)]


def _marked(rows: Rows, wanted: Sequence[t.Aggregate]) -> list[Query]:
    found = marked(rows, wanted)
    return [] if found is None else [found]


def _both(
    rows: Rows, plain: Sequence[t.Aggregate], apart: Sequence[t.Distinct], layer: Layer, places: Table
) -> list[Query]:
    first = [grouped(rows, plain, layer, places)] if plain else []
    return [*first, *distinct(rows, apart, layer, places)]


def _cover(
    aggregate: t.Covered, listed: Rows, by: Rows, layer: Layer | None = None, places: Table | None = None
) -> list[Query]:
    return [covered(aggregate, listed, by, layer, places)]


def _only_of(values: Any, period: int | None) -> Any:
    """A column of one period says nothing of the others."""
    if period is None:
        return values
    found = np.full(values.shape, np.nan)
    found[:, period] = values[:, period]
    return found


def _chunks(wanted: Sequence[t.Aggregate], periods: int) -> list[list[t.Aggregate]]:
    """As many aggregates at a time as make :data:`MOST_COLUMNS` columns."""
    size = max(1, MOST_COLUMNS // (3 * max(periods, 1)))
    return [list(wanted[start : start + size]) for start in range(0, len(wanted), size)]


# -- compiled once ----------------------------------------------------------------------------------

_MADE: dict[tuple[Any, ...], list[tuple[str, list[Column]]]] = {}
_MOST_MADE = 500


def _compiled(
    dialect: str, identity: tuple[Any, ...], make: Callable[[], Iterable[Query]]
) -> list[tuple[str, list[Column]]]:
    """The SQL of queries, kept for the next time the same is asked in this process."""
    key = (dialect, identity)
    if key not in _MADE:
        found = [(compiled(query.expression, dialect), query.columns) for query in make()]
        if len(_MADE) >= _MOST_MADE:
            _MADE.clear()
        _MADE[key] = found
    return _MADE[key]


def _identity(rows: Rows) -> tuple[Any, ...]:
    """All that shapes the SQL over ``rows``, beside what is measured."""
    regions = rows.cells.regions
    places = frozenset().union(*regions.values()) if len(regions) <= 200 else frozenset()
    periods = tuple((p.year, p.start, p.end, tuple(sorted(p.parameters.items()))) for p in rows.cells.periods)
    own = tuple(regions) if rows.source.own and len(regions) <= 200 else len(regions)
    schema = _schema_text(rows.table)
    return (
        rows.source.shape,
        schema,
        rows.marks,
        rows.by,
        periods,
        places if len(places) <= 200 else len(places),
        own,
    )


def _schema_text(table: Table) -> str:
    return str(table.schema())


def _described(cells: Cells, parameters: Sequence[str]) -> list[Any]:
    """Cells as plain data, with the values of ``parameters`` in each period."""
    return [
        [[code, sorted(below)] for code, below in cells.regions.items()],
        [
            [p.year, p.start.isoformat(), p.end.isoformat(), [p.parameters.get(n) for n in parameters]]
            for p in cells.periods
        ],
    ]


# -- kept as plain arrays ---------------------------------------------------------------------------


def _packed(measures: Measures) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: getattr(measures, name) for name in ("value", "records", "sample", "provisional")
    }
    if measures.parts is not None:
        found["covered"], found["listed"] = measures.parts
    return found


def _unpacked(kept: Mapping[str, Any]) -> Measures:
    parts = (kept["covered"], kept["listed"]) if "covered" in kept else None
    return Measures(kept["value"], kept["records"], kept["sample"], kept["provisional"], parts)
