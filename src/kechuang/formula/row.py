"""A formula over one row, in plain Python: for checks of records and for the outer part of indicators.

Compiled once into closures; a row is then a chain of calls. Nulls follow SQL: arithmetic and
comparison with null give null, ``and``/``or`` are three-valued, and division by zero gives null.
"""

from __future__ import annotations

import math
import operator
from calendar import isleap
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from kechuang.errors import KechuangError, Place
from kechuang.formula import tree as t
from kechuang.formula.reading import near, parse, refuse
from kechuang.messages import literal, say

Row = Mapping[Any, Any]
Evaluate = Callable[[Row], Any]


def row_function(
    source: str | t.Node, fields: Collection[str], place: Place = Place()
) -> Callable[[Mapping[str, object]], object]:
    """``source`` as a function of one row (a mapping of field name to value; a missing key is null).

    Raises KechuangError at once for a name not in ``fields``, for ``table.field``, parameters and
    aggregates (a row knows only itself), and later, on a row, where values do not go together
    (a text compared with a number).

    >>> holds = row_function("is_null(end) or end > start", {"start", "end"})
    >>> holds({"start": 3, "end": None}), holds({"start": 3, "end": 2}), holds({"start": None, "end": 2})
    (True, False, None)
    """
    node = parse(source, place) if isinstance(source, str) else source
    for part in node.walk():
        if isinstance(part, t.Name) and part.name not in fields:
            problem = say("没有字段“{name}”", name=part.name)
            raise refuse("formula-unknown-name", problem, part.at, place, near(part.name, sorted(fields)))
        if isinstance(part, t.Field | t.Parameter | t.Aggregate | t.Across | t.Indicator):
            problem = say("这里只能用本行的字段")
            remedy = say("请只写字段名，不写表名、参数和汇总函数。")
            raise refuse("formula-not-a-row", problem, part.at, place, remedy)
    return evaluator(node, lambda leaf: _get(leaf.name) if isinstance(leaf, t.Name) else None, place)


def other_function(
    source: str, fields: Collection[str], others: Collection[str], place: Place = Place()
) -> Callable[[Mapping[str, object], Mapping[str, object]], object]:
    """``source`` as a function of a row and another row, whose fields are written ``other.field``.

    Raises KechuangError as :func:`row_function` does.

    >>> holds = other_function("paid <= other.granted", {"paid"}, {"granted"})
    >>> holds({"paid": 5}, {"granted": 3}), holds({"paid": 5}, {"granted": None})
    (False, None)
    """
    node = parse(source, place)
    used = {part.field for part in node.walk() if isinstance(part, t.Field)}
    for part in node.walk():
        if isinstance(part, t.Parameter | t.Aggregate | t.Across | t.Indicator) or (
            isinstance(part, t.Field) and part.table != "other"
        ):
            problem = say("这里只能用本行的字段和对照记录的字段（other.字段）")
            raise refuse("formula-not-a-row", problem, part.at, place)
        name = part.field if isinstance(part, t.Field) else part.name if isinstance(part, t.Name) else None
        known = others if isinstance(part, t.Field) else fields
        if name is not None and name not in known:
            problem = say("没有字段“{name}”", name=name)
            raise refuse("formula-unknown-name", problem, part.at, place, near(name, sorted(known)))

    def leaf(part: t.Node) -> Evaluate | None:
        if isinstance(part, t.Name):
            return _get(part.name)
        return _get(("other", part.field)) if isinstance(part, t.Field) else None

    evaluate = evaluator(node, leaf, place)
    return lambda row, other: evaluate({**row, **{("other", name): other.get(name) for name in used}})


def evaluator(node: t.Node, leaf: Callable[[t.Node], Evaluate | None], place: Place = Place()) -> Evaluate:
    """The closure of ``node``. ``leaf`` gives the closure of leaves and of whatever it wants to answer
    itself (an aggregate already computed), and None for the rest."""
    compiled = _compile(node, leaf)

    def evaluate(row: Row) -> Any:
        try:
            return compiled(row)
        except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
            problem = say("这些值不能一起计算：{problem}", problem=literal(str(error)))
            raise refuse("formula-values", problem, None, place) from None

    return evaluate


def _get(name: object) -> Evaluate:
    return lambda row: row.get(name)


def _compile(node: t.Node, leaf: Callable[[t.Node], Evaluate | None]) -> Evaluate:
    own = leaf(node)
    if own is not None:
        return own
    if isinstance(node, t.Literal):
        value = node.value
        return lambda row: value
    if isinstance(node, t.ValidOn):
        return _compile(node.spelled_out(), leaf)
    make = _MAKE.get(type(node))
    if make is None:
        raise KechuangError("formula-not-a-row", say("这里不能用“{name}”", name=type(node).__name__.lower()))
    return make(node, *(_compile(child, leaf) for child in node.children()))


def _both(work: Callable[[Any, Any], Any]) -> Callable[..., Evaluate]:
    """An operation of two values; null if either is null."""

    def make(_: t.Node, left: Evaluate, right: Evaluate) -> Evaluate:
        def evaluate(row: Row) -> Any:
            a = left(row)
            if a is None:
                return None
            b = right(row)
            return None if b is None else work(a, b)

        return evaluate

    return make


def _one(work: Callable[[Any], Any]) -> Callable[..., Evaluate]:
    """An operation of one value; null if it is null."""

    def make(_: t.Node, value: Evaluate) -> Evaluate:
        def evaluate(row: Row) -> Any:
            a = value(row)
            return None if a is None else work(a)

        return evaluate

    return make


def _compare(work: Callable[[Any, Any], Any]) -> Callable[..., Evaluate]:
    """A comparison; a moment is compared by its day."""

    def compare(a: Any, b: Any) -> Any:
        return work(a.date() if isinstance(a, datetime) else a, b.date() if isinstance(b, datetime) else b)

    return _both(compare)


def _arithmetic(work: Callable[[Any, Any], Any]) -> Callable[..., Evaluate]:
    """An operation of two numbers. Python would also repeat texts and subtract dates."""

    def compute(a: Any, b: Any) -> Any:
        if isinstance(a, int | float) and isinstance(b, int | float):
            return work(a, b)
        raise TypeError(f"{a!r}, {b!r}")

    return _both(compute)


def _divide(a: Any, b: Any) -> Any:
    return None if b == 0 else a / b


def _and(_: t.Node, *parts: Evaluate) -> Evaluate:
    def evaluate(row: Row) -> Any:
        unknown = False
        for part in parts:
            value = part(row)
            if value is None:
                unknown = True
            elif not value:
                return False
        return None if unknown else True

    return evaluate


def _or(_: t.Node, *parts: Evaluate) -> Evaluate:
    def evaluate(row: Row) -> Any:
        unknown = False
        for part in parts:
            value = part(row)
            if value is None:
                unknown = True
            elif value:
                return True
        return None if unknown else False

    return evaluate


def _choose(_: t.Node, condition: Evaluate, then: Evaluate, otherwise: Evaluate) -> Evaluate:
    return lambda row: then(row) if condition(row) else otherwise(row)


def _coalesce(_: t.Node, *parts: Evaluate) -> Evaluate:
    def evaluate(row: Row) -> Any:
        for part in parts:
            value = part(row)
            if value is not None:
                return value
        return None

    return evaluate


def _is_null(_: t.Node, value: Evaluate) -> Evaluate:
    return lambda row: value(row) is None


def _round(node: t.Node, value: Evaluate) -> Evaluate:
    assert isinstance(node, t.Round)
    scale = 10.0**node.digits

    def evaluate(row: Row) -> Any:
        a = value(row)
        return None if a is None else rounded(a * scale) / scale

    return evaluate


def rounded(number: float) -> float:
    """The nearest whole number, halves away from zero (as SQL rounds; Python's own goes to even).

    >>> rounded(2.5), rounded(-2.5), rounded(2.4)
    (3.0, -3.0, 2.0)
    """
    if not math.isfinite(number):
        return number
    whole = math.trunc(number)
    return float(whole + math.copysign(1, number)) if abs(number - whole) >= 0.5 else float(whole)


def _convert(node: t.Node, value: Evaluate) -> Evaluate:
    assert isinstance(node, t.Convert)
    up, down = node.up, node.down

    def evaluate(row: Row) -> Any:
        a = value(row)
        return None if a is None else a * up / down

    return evaluate


def add_years(day: date, years: float) -> date | None:
    """The same day ``years`` later, 29 February → 28 February; None beyond the calendar.

    >>> add_years(date(2020, 2, 29), 3)
    datetime.date(2023, 2, 28)
    """
    year = day.year + int(years)
    if not 1 <= year <= 9999:
        return None
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return date(year, day.month, day.day)


_MAKE: dict[type[t.Node], Callable[..., Evaluate]] = {
    t.Add: _arithmetic(operator.add),
    t.Subtract: _arithmetic(operator.sub),
    t.Multiply: _arithmetic(operator.mul),
    t.Divide: _arithmetic(_divide),
    t.Ratio: _arithmetic(_divide),
    t.PerCapita: _arithmetic(_divide),
    t.Negate: _one(operator.neg),
    t.Abs: _one(abs),
    t.Round: _round,
    t.Convert: _convert,
    t.Least: _both(min),
    t.Greatest: _both(max),
    t.Equal: _compare(operator.eq),
    t.NotEqual: _compare(operator.ne),
    t.Less: _compare(operator.lt),
    t.LessEqual: _compare(operator.le),
    t.Greater: _compare(operator.gt),
    t.GreaterEqual: _compare(operator.ge),
    t.And: _and,
    t.Or: _or,
    t.Not: _one(operator.not_),
    t.IsNull: _is_null,
    t.Choose: _choose,
    t.Coalesce: _coalesce,
    t.YearOf: _one(lambda day: day.year),
    t.AddYears: _both(add_years),
}
