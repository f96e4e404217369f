"""A formula over whole columns at once, where a cell may be unknown: what can be said, and no more.

A number is an interval (:class:`Span`): a known cell is a point, an unknown one everything its field
may hold. Truth is three-valued, one int8 a row: 1 yes, -1 no, 0 unknown. A condition that is unknown
yields whatever either side may yield, and a division by zero yields anything. So an answer found while
cells are unknown stays true whatever is filled in later. ``is_null`` asks just that question and is
therefore not in this reading of the language.

Numbers nearer to each other than one part in a thousand million are equal: 135 / 100 - 1 is 0.35, and
a share of exactly a tenth reaches a tenth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from kechuang.errors import KechuangError, Place
from kechuang.formula import tree as t
from kechuang.formula.reading import refuse
from kechuang.messages import say

Floats = npt.NDArray[np.float64]
Truth = npt.NDArray[np.int8]

EPOCH = date(1970, 1, 1)
"""Days are counted from here."""
NEAR = 1e-9
PIECE = 65_536
"""Rows worth working on at a time: their columns fit the processor's cache."""
YES, UNKNOWN, NO = np.int8(1), np.int8(0), np.int8(-1)


@dataclass(frozen=True)
class Span:
    """Numbers between ``low`` and ``high``, one pair a row (or one for all: arrays without dimension).

    Where all rows are known both are the same array, and every operation is done once.
    """

    low: Floats
    high: Floats

    @classmethod
    def point(cls, value: Any) -> Span:
        """A known number, or an array of known numbers."""
        values = np.asarray(value, np.float64)
        return cls(values, values)

    @classmethod
    def between(cls, low: Any, high: Any) -> Span:
        """Bounds; one that is no number (∞ − ∞) is open."""
        below, above = np.asarray(low, np.float64), np.asarray(high, np.float64)
        return cls(
            np.where(np.isnan(below), -np.inf, below),
            np.where(np.isnan(above), np.inf, above),
        )

    @classmethod
    def cells(cls, values: Floats, low: float = -np.inf, high: float = np.inf) -> Span:
        """Cells as read: one that is no number is unknown, anything from ``low`` to ``high``."""
        empty = np.isnan(values)
        if not empty.any():
            return cls(values, values)
        return cls(np.where(empty, low, values), np.where(empty, high, values))

    @property
    def known(self) -> bool:
        """Whether every row is a point."""
        return self.low is self.high


@dataclass(frozen=True)
class Codes:
    """Choices: the place of each row's value in ``names``, -1 where it is unknown."""

    codes: npt.NDArray[np.int16]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Texts:
    """A text that is the same for all rows: a literal or a parameter."""

    text: str


Value = Span | Codes | Texts | Truth
Look = Callable[[str], Value | None]


def evaluate(node: t.Node, name: Look, parameter: Look, place: Place = Place()) -> Value:
    """``node`` over columns. ``name`` gives columns and named parts, ``parameter`` dated parameters.

    Raises KechuangError for an unknown name, for what only tables or rows know, and for values that do
    not go together.
    """
    return _Reader(name, parameter, place).value(node)


def at_least(left: Span, right: Span) -> Truth:
    """Whether ``left`` ≥ ``right``, as far as the intervals tell."""
    if left.known and right.known:
        return _sign(left.low - right.low >= -_slack(right.low))
    yes = left.low - right.high >= -_slack(right.high)
    no = left.high - right.low < -_slack(right.low)
    # Two bounds open the same way have no difference: neither comparison holds, and nothing is known.
    return (yes.astype(np.int8) - no.astype(np.int8)).astype(np.int8)


def at_most(left: Span, right: Span) -> Truth:
    """Whether ``left`` ≤ ``right``."""
    return (
        at_least(Span(-left.high, -left.low), Span(-right.high, -right.low))
        if not (left.known and right.known)
        else _sign(left.low - right.low <= _slack(right.low))
    )


def above(left: Span, right: Span) -> Truth:
    """Whether ``left`` > ``right``."""
    return -at_most(left, right)


def below(left: Span, right: Span) -> Truth:
    """Whether ``left`` < ``right``."""
    return -at_least(left, right)


def add_years(days: Floats, years: Floats) -> Floats:
    """Days (since 1970) the same day ``years`` later, 29 February → 28 February; ±∞ stays."""
    finite = np.isfinite(days)
    start = np.where(finite, days, 0).astype("datetime64[D]")
    month = start.astype("datetime64[M]")
    target = month + (12 * np.asarray(years)).astype("timedelta64[M]")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    same = target.astype("datetime64[D]") + (start - month.astype("datetime64[D]"))
    return np.where(finite, np.minimum(same, last).astype(np.float64), days)


def year_of(days: Floats) -> Floats:
    """The year of days since 1970; ±∞ stays."""
    finite = np.isfinite(days)
    years = np.where(finite, days, 0).astype("datetime64[D]").astype("datetime64[Y]").astype(np.float64)
    return np.where(finite, years + EPOCH.year, days)


def both(left: Truth, right: Truth) -> Truth:
    """Three-valued and."""
    return np.minimum(left, right)


def either(left: Truth, right: Truth) -> Truth:
    """Three-valued or."""
    return np.maximum(left, right)


def choose(condition: Truth, then: Value, otherwise: Value) -> Value:
    """``then`` where yes, ``otherwise`` where no, what either may be where unknown."""
    if isinstance(then, Span) and isinstance(otherwise, Span):
        yes, no = condition > 0, condition < 0
        low = np.where(yes, then.low, np.where(no, otherwise.low, np.minimum(then.low, otherwise.low)))
        if then.known and otherwise.known and bool((condition != 0).all()):
            return Span(low, low)
        high = np.where(yes, then.high, np.where(no, otherwise.high, np.maximum(then.high, otherwise.high)))
        # x / y where y > 0, else 0: each side may be open, the choice need not be.
        return Span(low, low) if bool((low == high).all()) else Span(low, high)
    if isinstance(then, np.ndarray) and isinstance(otherwise, np.ndarray):
        same = np.where(then == otherwise, then, UNKNOWN)
        return np.where(condition > 0, then, np.where(condition < 0, otherwise, same)).astype(np.int8)
    raise mixed()


def _sign(held: Any) -> Truth:
    return np.where(held, YES, NO)


def _slack(bound: Floats) -> Floats:
    size = np.abs(bound)
    return NEAR * np.maximum(1.0, np.where(np.isfinite(size), size, 1.0))


def mixed() -> KechuangError:
    return KechuangError("formula-values", say("公式里的值不能这样放在一起"))


class _Reader:
    """One formula over one set of columns."""

    def __init__(self, name: Look, parameter: Look, place: Place) -> None:
        self.name, self.parameter, self.place = name, parameter, place

    def value(self, node: t.Node) -> Value:
        match node:
            case t.Literal(value=bool() as held):
                return np.asarray(YES if held else NO)
            case t.Literal(value=int() | float() as number):
                return Span.point(number)
            case t.Literal(value=str() as text):
                return Texts(text)
            case t.Name() | t.Parameter():
                found = self.name(node.name) if isinstance(node, t.Name) else self.parameter(node.id)
                if found is None:
                    text = node.name if isinstance(node, t.Name) else node.id
                    raise refuse(
                        "formula-unknown-name", say("没有字段“{name}”", name=text), node.at, self.place
                    )
                return found
            case t.ValidOn():
                return self.value(node.spelled_out())
        work = _WORK.get(type(node))
        if work is None:
            problem = say("规则的公式里不能用“{name}”", name=type(node).__name__.lower())
            raise refuse("formula-not-a-row", problem, node.at, self.place)
        found = work(node, *(self.value(child) for child in node.children()))
        # What holds for all rows is an array without dimension; numpy would make a bare number of it.
        return np.asarray(found) if isinstance(found, np.generic) else found


def _numbers(work: Callable[..., Span]) -> Callable[..., Value]:
    """An operation on numbers only."""

    def checked(node: t.Node, *values: Value) -> Value:
        if not all(isinstance(value, Span) for value in values):
            raise mixed()
        with np.errstate(all="ignore"):
            return work(node, *values)

    return checked


def _truths(work: Callable[..., Truth]) -> Callable[..., Value]:
    """An operation on truths only."""

    def checked(node: t.Node, *values: Value) -> Value:
        if not all(isinstance(value, np.ndarray) for value in values):
            raise mixed()
        return work(*values)

    return checked


def _add(_: t.Node, a: Span, b: Span) -> Span:
    if a.known and b.known:
        return Span.point(a.low + b.low)
    return Span.between(a.low + b.low, a.high + b.high)


def _subtract(_: t.Node, a: Span, b: Span) -> Span:
    if a.known and b.known:
        return Span.point(a.low - b.low)
    return Span.between(a.low - b.high, a.high - b.low)


def _multiply(_: t.Node, a: Span, b: Span) -> Span:
    if a.known and b.known:
        return Span.point(a.low * b.low)
    return _corners(a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high)


def _divide(_: t.Node, a: Span, b: Span) -> Span:
    zero = (b.low <= 0) & (b.high >= 0)
    if a.known and b.known:
        found = a.low / b.low
        if not zero.any():
            return Span.point(found)
        return Span(np.where(zero, -np.inf, found), np.where(zero, np.inf, found))
    found_all = _corners(a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high)
    return Span(np.where(zero, -np.inf, found_all.low), np.where(zero, np.inf, found_all.high))


def _corners(*products: Floats) -> Span:
    low = np.minimum(np.minimum(products[0], products[1]), np.minimum(products[2], products[3]))
    high = np.maximum(np.maximum(products[0], products[1]), np.maximum(products[2], products[3]))
    return Span.between(low, high)


def _monotone(work: Callable[..., Floats]) -> Callable[..., Span]:
    """A function that never falls where its operands rise."""

    def spread(node: t.Node, *values: Span) -> Span:
        low = work(node, *(value.low for value in values))
        if all(value.known for value in values):
            return Span.point(low)
        return Span(low, np.asarray(work(node, *(value.high for value in values)), np.float64))

    return spread


def _negate(_: t.Node, a: Span) -> Span:
    return Span.point(-a.low) if a.known else Span(-a.high, -a.low)


def _abs(_: t.Node, a: Span) -> Span:
    if a.known:
        return Span.point(np.abs(a.low))
    least = np.where((a.low <= 0) & (a.high >= 0), 0.0, np.minimum(np.abs(a.low), np.abs(a.high)))
    return Span(least, np.maximum(np.abs(a.low), np.abs(a.high)))


def _round(node: t.Node, values: Floats) -> Floats:
    assert isinstance(node, t.Round)
    scale = 10.0**node.digits
    scaled = np.asarray(values) * scale
    # 0.15 × 10 may come out a hair under 1.5; it is a half and goes up.
    whole = np.trunc(scaled + np.copysign(0.5 + NEAR, scaled))
    return np.where(np.isfinite(scaled), whole / scale, values)


def _compared(work: Callable[[Span, Span], Truth]) -> Callable[..., Value]:
    def compared(_: t.Node, a: Value, b: Value) -> Value:
        if isinstance(a, Span) and isinstance(b, Span):
            with np.errstate(invalid="ignore"):
                return work(a, b)
        if work is _same and isinstance(a, Codes) and isinstance(b, Texts):
            return _is(a, b.text)
        if work is _differs and isinstance(a, Codes) and isinstance(b, Texts):
            return -_is(a, b.text)
        raise mixed()

    return compared


def _is(choice: Codes, name: str) -> Truth:
    place = choice.names.index(name) if name in choice.names else len(choice.names)
    return np.where(choice.codes < 0, UNKNOWN, _sign(choice.codes == place))


def _same(a: Span, b: Span) -> Truth:
    return both(at_least(a, b), at_most(a, b))


def _differs(a: Span, b: Span) -> Truth:
    return -_same(a, b)


def _fold(work: Callable[[Truth, Truth], Truth]) -> Callable[..., Truth]:
    def folded(first: Truth, *rest: Truth) -> Truth:
        for part in rest:
            first = work(first, part)
        return first

    return folded


def _coalesce(_: t.Node, first: Span, *rest: Span) -> Span:
    """The first that is a point; where none is, what all of them allow. For several ways to say one thing."""
    for part in rest:
        known, next_known = first.low == first.high, part.low == part.high
        low = np.where(next_known, part.low, np.maximum(first.low, part.low))
        high = np.where(next_known, part.high, np.minimum(first.high, part.high))
        first = Span(np.where(known, first.low, low), np.where(known, first.high, high))
    return first


def _choose(_: t.Node, condition: Value, then: Value, otherwise: Value) -> Value:
    if not isinstance(condition, np.ndarray):
        raise mixed()
    return choose(condition, then, otherwise)


_WORK: dict[type[t.Node], Callable[..., Value]] = {
    t.Add: _numbers(_add),
    t.Subtract: _numbers(_subtract),
    t.Multiply: _numbers(_multiply),
    t.Divide: _numbers(_divide),
    t.Negate: _numbers(_negate),
    t.Abs: _numbers(_abs),
    t.Round: _numbers(_monotone(_round)),
    t.Least: _numbers(_monotone(lambda _, a, b: np.minimum(a, b))),
    t.Greatest: _numbers(_monotone(lambda _, a, b: np.maximum(a, b))),
    t.YearOf: _numbers(_monotone(lambda _, a: year_of(a))),
    t.AddYears: _numbers(_monotone(lambda _, a, b: add_years(a, b))),
    t.Coalesce: _numbers(_coalesce),
    t.Equal: _compared(_same),
    t.NotEqual: _compared(_differs),
    t.Less: _compared(below),
    t.LessEqual: _compared(at_most),
    t.Greater: _compared(above),
    t.GreaterEqual: _compared(at_least),
    t.And: _truths(_fold(both)),
    t.Or: _truths(_fold(either)),
    t.Not: _truths(lambda value: -value),
    t.Choose: _choose,
}
