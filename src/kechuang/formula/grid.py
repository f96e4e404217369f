"""A formula over every cell at once: arrays of regions × periods, for the outer part of indicators.

What the records add up to is given by ``leaf``; here stands what is made of it: ratios, growth, ranks.
Nulls follow :mod:`row`; one test holds the two to the same answers. Numpy is loaded only with this.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from math import isnan
from typing import Any

import numpy as np

from kechuang.formula import tree as t
from kechuang.formula.row import add_years

Array = Any


@dataclass(frozen=True)
class Grid:
    """Values of a kind in every cell: ``data`` and where it is ``null`` (shapes that broadcast)."""

    data: Array
    null: Array

    @classmethod
    def of(cls, values: Array) -> Grid:
        """Numbers, where NaN is null."""
        return cls(values, np.isnan(values))

    @classmethod
    def constant(cls, value: t.Scalar | object) -> Grid:
        """One value in every cell."""
        return cls.by_period([value])

    @classmethod
    def by_period(cls, values: Sequence[object]) -> Grid:
        """A value a period (one: in every period), the same in every region."""
        null = np.array([[value is None for value in values]])
        known = next((value for value in values if value is not None), 0.0)
        if isinstance(known, bool):
            data = np.array([[bool(value) for value in values]])
        elif isinstance(known, int | float):
            data = np.array([[np.nan if value is None else value for value in values]], np.float64)
        else:
            data = np.empty((1, len(values)), object)
            data[0, :] = [known if value is None else value for value in values]
        return cls(data, null)

    def over(self, size: tuple[int, int]) -> Grid:
        """The same in full shape."""
        return Grid(np.broadcast_to(self.data, size), np.broadcast_to(self.null, size))

    def numbers(self) -> Array:
        """The values as float64, NaN where null or not finite."""
        data = np.asarray(self.data, np.float64)
        return np.where(self.null | ~np.isfinite(data), np.nan, data)


@dataclass(frozen=True)
class Cells:
    """What lies around a cell: ``years`` of the periods, and the number of the ``siblings`` each region
    belongs to (regions right below the same one)."""

    years: Sequence[int]
    siblings: Sequence[int]
    _groups: dict[int, Array] = field(default_factory=dict, compare=False, repr=False)

    @property
    def size(self) -> tuple[int, int]:
        return len(self.siblings), len(self.years)

    def before(self, years: int) -> Array:
        """For each period the number of the one ``years`` before; −1 where that is not among them."""
        known = {year: number for number, year in enumerate(self.years)}
        return np.array([known.get(year - years, -1) for year in self.years], np.int64)

    def groups(self) -> list[Array]:
        """The numbers of regions that are siblings."""
        if not self._groups:
            siblings = np.asarray(self.siblings)
            self._groups.update({int(one): np.flatnonzero(siblings == one) for one in np.unique(siblings)})
        return list(self._groups.values())


Leaf = Callable[[t.Node], Grid | None]


def evaluate(node: t.Node, leaf: Leaf, cells: Cells) -> Grid:
    """``node`` in every cell; ``leaf`` gives fields, aggregates, parameters, names and other indicators."""
    with np.errstate(all="ignore"):
        return _evaluate(node, leaf, cells)


def _evaluate(node: t.Node, leaf: Leaf, cells: Cells) -> Grid:
    own = leaf(node)
    if own is not None:
        return own
    match node:
        case t.Literal(value=value):
            return Grid.constant(value)
        case t.ValidOn():
            return _evaluate(node.spelled_out(), leaf, cells)
        case t.Shifted(value=value):
            return _shifted(node, _evaluate(value, leaf, cells).over(cells.size), cells)
        case t.Rank(value=value):
            return _rank(_evaluate(value, leaf, cells).over(cells.size), cells)
        case _:
            parts = [_evaluate(child, leaf, cells) for child in node.children()]
            return _MAKE[type(node)](node, *parts)


def shifted(grid: Grid, years: int, cells: Cells) -> Grid:
    """The values ``years`` years before; null where that year is not among the periods."""
    where = cells.before(years)
    full = grid.over(cells.size)
    return Grid(full.data[:, where], full.null[:, where] | (where < 0))


def looked_back(node: t.Shifted, grid: Grid, cells: Cells, broken: Array, factors: dict[int, Array]) -> Grid:
    """``node`` over its operand ``grid`` where the series has breaks: null where ``broken``; values of so many
    years before are multiplied by their ``factors`` (arrays of cells)."""
    with np.errstate(all="ignore"):
        found = _shifted(node, grid.over(cells.size), cells, factors)
    return Grid(found.data, found.null | broken)


def _shifted(node: t.Shifted, grid: Grid, cells: Cells, factors: dict[int, Array] | None = None) -> Grid:
    parts = [shifted(grid, years, cells) for years in t.shifts(node)]
    if factors:
        parts = [
            Grid(part.data * factors[years], part.null) if years in factors else part
            for part, years in zip(parts, t.shifts(node), strict=True)
        ]
    if isinstance(node, t.Growth):
        now, then = parts
        sound = (then.data > 0) & (now.data >= 0)
        rate = np.power(now.data / then.data, 1.0 / node.years) - 1
        return Grid(rate, now.null | then.null | ~sound)
    null = reduce(operator.or_, (part.null for part in parts))
    if isinstance(node, t.Previous):
        return parts[0]
    total = reduce(operator.add, (part.data for part in parts))
    return Grid(total / node.years if isinstance(node, t.MovingMean) else total, null)


def _rank(grid: Grid, cells: Cells) -> Grid:
    """1 + how many siblings are larger; equal values share a place, and nulls have none."""
    places = np.full(cells.size, np.nan)
    values = grid.numbers()
    for group in cells.groups():
        for period in range(cells.size[1]):
            column = values[group, period]
            known = np.sort(column[~np.isnan(column)])
            places[group, period] = 1 + len(known) - np.searchsorted(known, column, side="right")
    return Grid(places, grid.null | np.isnan(values))


# -- operations within a cell -----------------------------------------------------------------------


def _unknown(null: Array) -> Grid:
    """Null everywhere: perhaps of no kind at all, so not to be computed with."""
    return Grid(np.full(null.shape, np.nan), null)


def _both(work: Callable[[Array, Array], Array]) -> Callable[..., Grid]:
    def make(_: t.Node, a: Grid, b: Grid) -> Grid:
        null = a.null | b.null
        return _unknown(null) if null.all() else Grid(work(a.data, b.data), null)

    return make


def _one(work: Callable[[Array], Array]) -> Callable[..., Grid]:
    return lambda _, a: Grid(work(a.data), a.null)


def _divide(_: t.Node, a: Grid, b: Grid) -> Grid:
    zero = np.asarray(b.data, np.float64) == 0
    return Grid(a.data / np.where(zero, np.nan, b.data), a.null | b.null | zero)


def _round(node: t.Node, a: Grid) -> Grid:
    assert isinstance(node, t.Round)
    scale = 10.0**node.digits
    number = a.data * scale
    whole = np.trunc(number)
    return Grid(np.where(np.abs(number - whole) >= 0.5, whole + np.sign(number), whole) / scale, a.null)


def _convert(node: t.Node, a: Grid) -> Grid:
    assert isinstance(node, t.Convert)
    return Grid(a.data * node.up / node.down, a.null)


def _truths(parts: Sequence[Grid]) -> list[tuple[Array, Array]]:
    return [(part.data.astype(bool) & ~part.null, ~part.data.astype(bool) & ~part.null) for part in parts]


def _and(_: t.Node, *parts: Grid) -> Grid:
    truths = _truths(parts)
    false = reduce(operator.or_, (no for _, no in truths))
    true = reduce(operator.and_, (yes for yes, _ in truths))
    return Grid(true, ~true & ~false)


def _or(_: t.Node, *parts: Grid) -> Grid:
    truths = _truths(parts)
    true = reduce(operator.or_, (yes for yes, _ in truths))
    false = reduce(operator.and_, (no for _, no in truths))
    return Grid(true, ~true & ~false)


def _choose(_: t.Node, condition: Grid, then: Grid, otherwise: Grid) -> Grid:
    holds = condition.data.astype(bool) & ~condition.null
    return _either(holds, then, otherwise)


def _either(holds: Array, then: Grid, otherwise: Grid) -> Grid:
    return Grid(np.where(holds, then.data, otherwise.data), np.where(holds, then.null, otherwise.null))


def _coalesce(_: t.Node, *parts: Grid) -> Grid:
    return reduce(lambda first, rest: _either(~first.null, first, rest), parts)


def _year_of(_: t.Node, a: Grid) -> Grid:
    if a.null.all():
        return _unknown(a.null)
    # Dates one by one: there are as many as periods, seldom as many as cells.
    return Grid(np.asarray(np.frompyfunc(lambda day: day.year, 1, 1)(a.data), np.float64), a.null)


def _add_years(_: t.Node, day: Grid, years: Grid) -> Grid:
    null = day.null | years.null
    if null.all():
        return _unknown(null)
    pairs = np.frompyfunc(lambda a, b: add_years(a, 0 if isnan(b) else b), 2, 1)
    data = np.asarray(pairs(day.data, years.data), object)
    gone: Array = np.frompyfunc(lambda day: day is None, 1, 1)(data).astype(bool)
    return Grid(np.where(gone, np.broadcast_to(day.data, data.shape), data), null | gone)


_MAKE: dict[type[t.Node], Callable[..., Grid]] = {
    t.Add: _both(operator.add),
    t.Subtract: _both(operator.sub),
    t.Multiply: _both(operator.mul),
    t.Divide: _divide,
    t.Ratio: _divide,
    t.PerCapita: _divide,
    t.Negate: _one(operator.neg),
    t.Abs: _one(np.abs),
    t.Round: _round,
    t.Convert: _convert,
    t.Least: _both(np.minimum),
    t.Greatest: _both(np.maximum),
    t.Equal: _both(operator.eq),
    t.NotEqual: _both(operator.ne),
    t.Less: _both(operator.lt),
    t.LessEqual: _both(operator.le),
    t.Greater: _both(operator.gt),
    t.GreaterEqual: _both(operator.ge),
    t.And: _and,
    t.Or: _or,
    t.Not: _one(lambda a: ~a.astype(bool)),
    t.IsNull: lambda _, a: Grid(a.null, np.zeros_like(a.null)),
    t.Choose: _choose,
    t.Coalesce: _coalesce,
    t.YearOf: _year_of,
    t.AddYears: _add_years,
}
