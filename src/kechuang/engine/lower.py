"""Lowers a formula over one table's rows to an Ibis expression. The same for every engine.

Nulls, division by zero and rounding follow :mod:`kechuang.formula.row`; one test suite holds the two
to the same answers.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from functools import reduce
from typing import Any

import ibis

from kechuang.formula import tree as t

Expression = Any
Leaf = Callable[[t.Node], Expression]


def lower(node: t.Node, leaf: Leaf) -> Expression:
    """The Ibis expression of ``node``; ``leaf`` gives those of fields, names and parameters."""
    match node:
        case t.Literal(value=value):
            return ibis.null() if value is None else ibis.literal(value)
        case t.Name() | t.Field() | t.Parameter():
            return leaf(node)
        case t.ValidOn():
            return lower(node.spelled_out(), leaf)
        case t.And(parts=parts):
            return reduce(operator.and_, (_truth(part, leaf) for part in parts))
        case t.Or(parts=parts):
            return reduce(operator.or_, (_truth(part, leaf) for part in parts))
        case t.Not(value=value):
            return ~_truth(value, leaf)
        case t.Choose(condition=condition, then=then, otherwise=otherwise):
            return ibis.ifelse(_truth(condition, leaf), lower(then, leaf), lower(otherwise, leaf))
        case t.Coalesce(parts=parts):
            return ibis.coalesce(*(lower(part, leaf) for part in parts))
        case t.Round(value=value, digits=digits):
            return lower(value, leaf).cast("float64").round(digits).cast("float64")
        case t.Convert(value=value, up=up, down=down):
            return lower(value, leaf).cast("float64") * up / down
        case t.AddYears(value=value, years=years):
            return _add_years(lower(value, leaf), years, leaf)
        case _:
            return _LOWER[type(node)](*(lower(child, leaf) for child in node.children()))


def _truth(node: t.Node, leaf: Leaf) -> Expression:
    return lower(node, leaf).cast("boolean")


def _add_years(day: Expression, years: t.Node, leaf: Leaf) -> Expression:
    if isinstance(years, t.Literal):
        if years.value is None:
            return ibis.null().cast("date")
        assert isinstance(years.value, int)
        return (day + ibis.interval(years=years.value)).cast("date")
    return (day + lower(years, leaf).cast("int64").as_interval("Y")).cast("date")


def _number(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Arithmetic in double precision: whole numbers neither overflow nor divide as whole numbers."""
    return lambda a, b: work(a.cast("float64"), b.cast("float64"))


def _divide(a: Expression, b: Expression) -> Expression:
    return a.cast("float64") / b.cast("float64").nullif(0.0)


def _extreme(work: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """SQL's least and greatest leave nulls out; ours are null if either side is."""
    return lambda a, b: ibis.ifelse(a.isnull() | b.isnull(), ibis.null(), work(a, b))


_LOWER: dict[type[t.Node], Callable[..., Expression]] = {
    t.Add: _number(operator.add),
    t.Subtract: _number(operator.sub),
    t.Multiply: _number(operator.mul),
    t.Divide: _divide,
    t.Ratio: _divide,
    t.PerCapita: _divide,
    t.Negate: lambda a: -a.cast("float64"),
    t.Abs: lambda a: a.cast("float64").abs(),
    t.Least: _extreme(ibis.least),
    t.Greatest: _extreme(ibis.greatest),
    t.Equal: operator.eq,
    t.NotEqual: operator.ne,
    t.Less: operator.lt,
    t.LessEqual: operator.le,
    t.Greater: operator.gt,
    t.GreaterEqual: operator.ge,
    t.IsNull: lambda a: a.isnull(),
    t.YearOf: lambda a: a.cast("date").year(),
}


def constant(value: float | int | str | bool | date | None, kind: str) -> Expression:
    """A literal column of a known type, also where it is null."""
    return ibis.null().cast(kind) if value is None else ibis.literal(value).cast(kind)
