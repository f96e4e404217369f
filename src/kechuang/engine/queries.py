"""The queries of one table: many aggregates, all places and years, in one pass over its records.

Returns and events are grouped by the place and year they carry. A register has no year, so each period
is a condition of its own in the same pass: ten years cost ten conditions, not ten copies of the table.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial, reduce
from typing import Any, Literal

import ibis

from kechuang.engine.lower import constant, lower
from kechuang.engine.rollup import Layer
from kechuang.engine.source import Cells, PeriodRow, Split, TableSource, Value
from kechuang.formula import tree as t
from kechuang.formula.writing import source as written

Table = Any
Expression = Any

#: What a column of an answer holds: a value, the sum of weights, how many records, whether any of them is
#: a sample or provisional; for a coverage how many are listed and how many of those are covered.
Role = Literal["value", "weight", "records", "sample", "provisional", "listed", "covered"]

MARKS: tuple[Literal["sample", "provisional"], ...] = ("sample", "provisional")
PLACE, YEAR, VALUE = "_place", "_year", "_value"
#: What rows are split by, and the columns of the table that tells it.
BY, TOLD = "_by", "_told_"
#: Places are asked for one by one up to this many; beyond, all are read and the rest is dropped.
FEW_PLACES = 200

Known = Literal["none", "all", "some"]


@dataclass(frozen=True)
class Marks:
    """What is known of a table before reading it: whether none, all or some of its records carry a mark, and
    which fields are ``filled`` in every one."""

    sample: Known = "some"
    provisional: Known = "some"
    filled: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Column:
    """One column of an answer; ``period`` is the number of the period, None where rows carry years, or
    where every period has the same."""

    name: str
    aggregate: t.Aggregate
    role: Role
    period: int | None = None


@dataclass
class Query:
    """An Ibis expression and what its columns hold (those of keys, ``_place`` and ``_year``, apart)."""

    expression: Table
    columns: list[Column] = field(default_factory=list)


class Rows:
    """The records of a table that can matter to ``cells``, and what formulas mean on them."""

    def __init__(self, table: Table, source: TableSource, cells: Cells, marks: Marks) -> None:
        self.source, self.cells, self.marks = source, cells, marks
        self.by: Split | None = None
        self.years = [period.year for period in cells.periods]
        if not source.register:
            table = table.filter(self.year(table).isin(self.years))
            if source.day is not None and any(p.end != date(p.year, 12, 31) for p in cells.periods):
                table = table.filter(table[source.day] <= self._by_year(table, lambda p: p.end, "date"))
        self.table = table

    @classmethod
    def reading(
        cls,
        table: Table,
        source: TableSource,
        cells: Cells,
        marks: Marks,
        wanted: Iterable[t.Aggregate],
        split: Split | None = None,
    ) -> Rows:
        """The same with the columns that ``wanted`` reads and no more: what a compiler need not carry."""
        fields = {source.year, source.day, source.region}
        if split is not None:
            fields |= {split.field} if split.told is None else {own for own, _ in split.on}
        for aggregate in wanted:
            for part in aggregate.walk():
                if isinstance(part, t.Field) and part.table == source.name:
                    fields.add(part.field)
        fields |= {f"_{mark}" for mark in MARKS if getattr(marks, mark) == "some"}
        schema = table.schema()
        # A count of all records reads no column of its own; a table has to have one.
        kept = {name: kind for name, kind in schema.items() if name in fields}
        kept = kept or dict([next(iter(schema.items()))])
        return cls(ibis.table(kept, name=table.get_name()), source, cells, marks)

    def split(self, by: Split, told: Table | None = None) -> None:
        """Keep the groups of ``by`` apart: rows get ``_by``, the field's value as text (null where none is
        given). ``told`` is the table that tells it; its records are found by their whole key, one at most."""
        self.by, table, field = by, self.table, by.field
        if by.told is not None:
            assert told is not None
            keyed = told.select(
                **{f"{TOLD}{n}": told[other] for n, (_, other) in enumerate(by.on)},
                **{f"{TOLD}value": told[by.field]},
            )
            own = list(table.columns)
            same = [table[name] == keyed[f"{TOLD}{n}"] for n, (name, _) in enumerate(by.on)]
            joined = table.left_join(keyed, same)
            table, field = joined.select(*own, f"{TOLD}value"), f"{TOLD}value"
        self.table = table.mutate(**{BY: table[field].cast("string")})

    # -- where ------------------------------------------------------------------------------------

    def placed(self, layer: Layer | None, places: Table | None = None) -> Table:
        """Rows with ``_place``: as recorded, or the region of ``layer`` (``places`` maps to it)."""
        table, region = self.table, self.source.region
        if region is None:
            return table
        if layer is not None and layer.places is not None:
            assert places is not None
            joined = table.inner_join(places, [table[region] == places["_member"]])
            return joined.select(*(table[name] for name in table.columns), places[PLACE])
        regions = self.cells.regions
        wanted = frozenset(regions) if self.source.own else frozenset().union(*regions.values())
        if len(wanted) <= FEW_PLACES:
            table = table.filter(table[region].isin(sorted(wanted)))
        return table

    def keys(self, table: Table) -> dict[str, Expression]:
        """What rows of ``table`` are grouped by: the place, and the year they carry."""
        found: dict[str, Expression] = {}
        if self.source.region is not None:
            found[PLACE] = table[PLACE if PLACE in table.columns else self.source.region]
        if not self.source.register:
            found[YEAR] = self.year(table)
        if BY in table.columns:
            found[BY] = table[BY]
        return found

    def year(self, table: Table) -> Expression:
        """The year a row of a return or an event belongs to."""
        if self.source.year is not None:
            return table[self.source.year].cast("int64")
        return table[self.source.day].year().cast("int64")

    # -- when -------------------------------------------------------------------------------------

    def moments(self, *nodes: t.Node | None) -> list[int | None]:
        """The periods ``nodes`` have to be asked about one by one: [None] where the rows tell, or all agree."""
        if self.source.register and any(self._dated(node) for node in nodes):
            return list(range(len(self.years)))
        return [None]

    def _dated(self, node: t.Node | None) -> bool:
        """Whether it may be otherwise in another period."""
        return node is not None and any(
            isinstance(part, t.Name) or (isinstance(part, t.Parameter) and len(self._values(part.id)) > 1)
            for part in node.walk()
        )

    def _values(self, parameter: str) -> set[Value]:
        return {period.parameters.get(parameter) for period in self.cells.periods}

    def within(self, table: Table, period: int) -> Expression | None:
        """Whether a row belongs to a period; None: a register's always does."""
        if self.source.register:
            return None
        return self.year(table) == self.cells.periods[period].year

    def leaf(self, table: Table, moment: int | None) -> Callable[[t.Node], Expression]:
        """What fields, parameters and names of periods are on a row of ``table``."""

        def of_period(make: Callable[[PeriodRow], Value], kind: str) -> Expression:
            periods = self.cells.periods
            if moment is not None:
                return constant(make(periods[moment]), kind)
            found = {make(period) for period in periods}
            if len(found) == 1 or self.source.register:
                return constant(make(periods[0]), kind)
            return self._by_year(table, make, kind)

        def leaf(node: t.Node) -> Expression:
            match node:
                case t.Field(field=name):
                    return table[name]
                case t.Parameter(id=name):
                    kind = next((_kind(v) for v in self._values(name) if v is not None), "float64")
                    return of_period(lambda period: period.parameters.get(name), kind)
                case t.Name(name="period_start"):
                    return of_period(lambda period: period.start, "date")
                case t.Name(name="period_end"):
                    return of_period(lambda period: period.end, "date")
                case _:
                    return of_period(lambda period: period.year, "int64")

        return leaf

    def _by_year(self, table: Table, make: Callable[[PeriodRow], Value], kind: str) -> Expression:
        year = self.year(table)
        cases = [(year == p.year, constant(make(p), kind)) for p in self.cells.periods]
        return ibis.cases(*cases, else_=constant(None, kind))

    def lowered(self, node: t.Node, table: Table, moment: int | None) -> Expression:
        """``node`` on a row, with parameters that never change put in as numbers."""
        return lower(self._settled(node), self.leaf(table, moment))

    def holding(self, condition: t.Node | None, table: Table, moment: int | None) -> Expression | None:
        """Whether a row meets ``condition``; None where there is none to meet."""
        return None if condition is None else self.lowered(condition, table, moment).cast("boolean")

    def _settled(self, node: t.Node) -> t.Node:
        if isinstance(node, t.Parameter):
            values = self._values(node.id)
            value = next(iter(values)) if len(values) == 1 else None
            if isinstance(value, str | bool | int | float):
                whole = isinstance(value, float) and value.is_integer()
                return t.Literal(int(value) if whole else value)
            return node
        return node.rebuilt(self._settled)

    def filled(self, aggregate: t.Aggregate) -> bool:
        """Whether the value of an aggregate is there in every record."""
        read = [aggregate.value] if isinstance(aggregate, t.Reduction) else []
        read += [aggregate.weight] if isinstance(aggregate, t.WeightedMean) else []
        return all(self._filled(node) for node in read)

    def _filled(self, node: t.Node) -> bool:
        match node:
            case t.Field(field=name):
                return name in self.marks.filled
            case t.Literal(value=value):
                return value is not None
            case t.Add() | t.Subtract() | t.Multiply() | t.Negate() | t.Abs() | t.Round() | t.Convert():
                return all(self._filled(part) for part in node.children())
            case _:
                return False

    # -- marks ------------------------------------------------------------------------------------

    def mark(self, table: Table, name: Literal["sample", "provisional"]) -> Expression | None:
        """The mark of a row where only some carry it; None where the table as a whole tells."""
        return table[f"_{name}"] if getattr(self.marks, name) == "some" else None


class _Measures:
    """The measures of a grouped query, each asked for once."""

    def __init__(self) -> None:
        self.expressions: dict[str, Expression] = {}
        self.columns: list[Column] = []
        self._names: dict[Any, str] = {}

    def add(
        self,
        identity: Any,
        make: Callable[[], Expression],
        aggregate: t.Aggregate,
        role: Role,
        moment: int | None,
    ) -> None:
        key = (role, identity, moment)
        if key not in self._names:
            self._names[key] = f"c{len(self._names)}"
            self.expressions[self._names[key]] = make()
        self.columns.append(Column(self._names[key], aggregate, role, moment))


def grouped(
    rows: Rows, wanted: Sequence[t.Aggregate], layer: Layer | None = None, places: Table | None = None
) -> Query:
    """Values and how many records they come from, by place and year; all but counts of different values."""
    table = rows.placed(layer, places)
    measures = _Measures()
    for aggregate in wanted:
        assert isinstance(aggregate, t.Count | t.Reduction)
        value = aggregate.value if isinstance(aggregate, t.Reduction) else None
        weight = aggregate.weight if isinstance(aggregate, t.WeightedMean) else None
        for moment in rows.moments(aggregate.condition, value, weight):
            _measure(rows, table, measures, aggregate, moment)
    return Query(_by(table, rows.keys(table), measures.expressions), measures.columns)


def _measure(
    rows: Rows, table: Table, measures: _Measures, aggregate: t.Count | t.Reduction, moment: int | None
) -> None:
    holds = rows.holding(aggregate.condition, table, moment)
    only = "" if aggregate.condition is None else written(aggregate.condition)
    if isinstance(aggregate, t.Count):
        read, present = "", None
    else:
        value = rows.lowered(aggregate.value, table, moment)
        read, present = written(aggregate.value), value
        if not isinstance(aggregate, t.Distinct):
            value = value.cast("float64")
        if isinstance(aggregate, t.WeightedMean):
            weight = rows.lowered(aggregate.weight, table, moment).cast("float64")
            read = f"{read}|{written(aggregate.weight)}"
            present = value * weight
            counted = _all(holds, value.notnull())
            measures.add((read, only), lambda: _where(weight, counted).sum(), aggregate, "weight", moment)
            measures.add((read, only), lambda: _where(present, holds).sum(), aggregate, "value", moment)
        else:
            kind = t.Sum if isinstance(aggregate, t.Mean) else type(aggregate)
            share = aggregate.share if isinstance(aggregate, t.Quantile) else 0.5
            identity = (kind, share, read, only)
            measures.add(identity, lambda: _reduced(kind, value, holds, share), aggregate, "value", moment)
    if present is None or rows.filled(aggregate):
        measures.add(only, lambda: _count(table, holds), aggregate, "records", moment)
    else:
        measures.add((read, only), lambda: _where(present, holds).count(), aggregate, "records", moment)


def marked(rows: Rows, wanted: Sequence[t.Aggregate]) -> Query | None:
    """Whether a record behind an aggregate carries a mark, by place and year; None where that is known.

    Reads only records that carry one, which are few or of the running year.
    """
    table = rows.placed(None)
    marks = {name: mark for name in MARKS if (mark := rows.mark(table, name)) is not None}
    if not marks:
        return None
    table = table.filter(reduce(operator.or_, marks.values()))
    measures = _Measures()
    for aggregate in wanted:
        assert isinstance(aggregate, t.Count | t.Reduction)
        read = [aggregate.value] if isinstance(aggregate, t.Reduction) else []
        read += [aggregate.weight] if isinstance(aggregate, t.WeightedMean) else []
        if rows.filled(aggregate):
            read = []
        for moment in rows.moments(aggregate.condition, *read):
            there = [rows.lowered(node, table, moment).notnull() for node in read]
            seen = _all(rows.holding(aggregate.condition, table, moment), *there)
            only = "" if aggregate.condition is None else written(aggregate.condition)
            for name in marks:
                mark = partial(_any, table[f"_{name}"], seen)
                measures.add((only, *map(written, read)), mark, aggregate, name, moment)
    return Query(_by(table, rows.keys(table), measures.expressions), measures.columns)


def _reduced(
    kind: type[t.Aggregate], value: Expression, holds: Expression | None, share: float
) -> Expression:
    if kind is t.Sum:
        return _where(value, holds).sum()
    if kind is t.Min:
        return _where(value, holds).min()
    if kind is t.Max:
        return _where(value, holds).max()
    return value.quantile(share, where=holds)


def distinct(
    rows: Rows, wanted: Sequence[t.Distinct], layer: Layer | None = None, places: Table | None = None
) -> Iterable[Query]:
    """Counts of different values: first each value once with the records it has, then how many have any.

    Conditions and periods share one table of values, where the engine's own would hold one for each.
    """
    by_value: dict[tuple[str, int | None], list[t.Distinct]] = {}
    for aggregate in wanted:
        for moment in rows.moments(aggregate.value):
            by_value.setdefault((written(aggregate.value), moment), []).append(aggregate)
    for (_, fixed), same in by_value.items():
        table = rows.placed(layer, places)
        if not rows.filled(same[0]):
            table = table.filter(rows.lowered(same[0].value, table, fixed).notnull())
        first, second = _Measures(), []
        for aggregate in same:
            moments = [fixed] if fixed is not None else rows.moments(aggregate.condition)
            for moment in moments:
                _pair(rows, table, first, aggregate, aggregate.condition, moment, marks=False)
        keys = rows.keys(table)
        value = rows.lowered(same[0].value, table, fixed)
        inner = _by(table, {**keys, VALUE: value}, first.expressions)
        measures: dict[str, Expression] = {}
        for column in first.columns:
            held = inner[column.name]
            second.append(Column(f"v_{column.name}", column.aggregate, "value", column.period))
            measures[f"v_{column.name}"] = inner.count(where=held > 0)
            measures[column.name] = held.sum()
        yield Query(_by(inner, {name: inner[name] for name in keys}, measures), first.columns + second)


def _pair(
    rows: Rows,
    table: Table,
    measures: _Measures,
    aggregate: t.Aggregate,
    condition: t.Node | None,
    moment: int | None,
    period: int | None = None,
    *,
    marks: bool = True,
) -> None:
    """How many records a value has, and whether any carries a mark. ``period``: of these rows only."""
    holds = _all(rows.holding(condition, table, moment), _within(rows, table, period))
    only = "" if condition is None else written(condition)
    at = moment if period is None else period
    measures.add(only, lambda: _count(table, holds), aggregate, "records", at)
    for name in MARKS if marks else ():
        mark = rows.mark(table, name)
        if mark is not None:
            measures.add(only, partial(_any, mark, holds), aggregate, name, at)


def _within(rows: Rows, table: Table, period: int | None) -> Expression | None:
    return None if period is None else rows.within(table, period)


def covered(
    aggregate: t.Covered,
    listed: Rows,
    by: Rows,
    layer: Layer | None = None,
    places: Table | None = None,
) -> Query:
    """The different listed values by place, and those of them that a record of the other table names.

    Where a covering record lies does not matter: the list says which region a value belongs to.
    """
    count = len(listed.years)
    moments = [*listed.moments(aggregate.listed_condition), *by.moments(aggregate.by_condition)]
    yearly = not (listed.source.register and by.source.register)
    dated = yearly or any(moment is not None for moment in moments)
    periods: list[int | None] = list(range(count)) if dated else [None]
    left, one = _values(
        listed,
        listed.placed(layer, places),
        aggregate,
        aggregate.listed,
        aggregate.listed_condition,
        periods,
        placed=True,
    )
    right, two = _values(by, by.table, aggregate, aggregate.by, aggregate.by_condition, periods, placed=False)
    named = {(column.role, column.period): column.name for column in one}
    others = {(column.role, column.period): f"by_{column.name}" for column in two}
    right = right.rename(**{f"by_{column.name}": column.name for column in _unique(two)}, by_value=VALUE)
    joined = left.left_join(right, [left[VALUE] == right["by_value"]])
    measures: dict[str, Expression] = {}
    columns: list[Column] = []

    def add(role: Role, period: int | None, expression: Expression) -> None:
        name = f"{role}_{'all' if period is None else period}"
        measures[name] = expression
        columns.append(Column(name, aggregate, role, period))

    for period in periods:
        here = joined[named["records", period]]
        there = joined[others["records", period]].fill_null(0)
        on_list, hit = here > 0, (here > 0) & (there > 0)
        add("listed", period, joined.count(where=on_list))
        add("covered", period, joined.count(where=hit))
        add("records", period, (here + there).sum(where=on_list))
        for mark in MARKS:
            seen = [
                joined[column].fill_null(0) > 0
                for column in (named.get((mark, period)), others.get((mark, period)))
                if column is not None
            ]
            whole = hit if getattr(by.marks, mark) == "all" else None
            if seen or whole is not None:
                parts = seen if whole is None else [*seen, whole]
                add(mark, period, reduce(operator.or_, parts).max(where=on_list))
    keys = {name: joined[name] for name in (PLACE, BY) if name in left.columns}
    return Query(_by(joined, keys, measures), columns)


def _values(
    rows: Rows,
    table: Table,
    aggregate: t.Covered,
    value: t.Field,
    condition: t.Node | None,
    periods: Sequence[int | None],
    *,
    placed: bool,
) -> tuple[Table, list[Column]]:
    """Each different value (by place, if ``placed``), with how many records it has in each period."""
    table = table.filter(table[value.field].notnull())
    measures = _Measures()
    for period in periods:
        _pair(rows, table, measures, aggregate, condition, period, period)
    keys = {name: key for name, key in rows.keys(table).items() if name in (PLACE, BY) and placed}
    return _by(table, {**keys, VALUE: table[value.field]}, measures.expressions), measures.columns


def _unique(columns: Sequence[Column]) -> list[Column]:
    return list({column.name: column for column in columns}.values())


def _by(table: Table, keys: Mapping[str, Expression], measures: Mapping[str, Expression]) -> Table:
    return table.group_by(**keys).aggregate(**measures) if keys else table.aggregate(**measures)


def _all(*conditions: Expression | None) -> Expression | None:
    found = [condition for condition in conditions if condition is not None]
    return reduce(operator.and_, found) if found else None


def _any(mark: Expression, where: Expression | None) -> Expression:
    """How many of the rows that count carry a mark."""
    return ibis.ifelse(_all(where, mark), 1, ibis.null()).count()


def _where(value: Expression, holds: Expression | None) -> Expression:
    """``value`` where the condition holds, else null: half the time of an aggregate's own filter where
    there are many of them."""
    return value if holds is None else ibis.ifelse(holds, value, ibis.null())


def _count(table: Table, holds: Expression | None) -> Expression:
    return table.count() if holds is None else ibis.ifelse(holds, 1, ibis.null()).count()


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
