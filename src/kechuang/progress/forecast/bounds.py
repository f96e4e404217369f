"""What a quantity cannot do: leave its limits, be a fraction, fall. Applied to the quantile function.

Each limit is a map that never decreases, so quantiles stay quantiles and bands stay nested. Near a limit the map
slows down: between the last value y and the limit b, a move of x beyond y becomes (b−y)·(1−exp(−x/(b−y))).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kechuang.errors import KechuangError, listed
from kechuang.messages import Message, say
from kechuang.progress.forecast.smoothing import Array


@dataclass(frozen=True)
class Bounds:
    """Limits of a quantity: ``low`` and ``high`` (its own unit), ``integer`` (a count), ``monotone`` (a register that
    never falls). KechuangError ``forecast-bounds`` where low is not below high.

    >>> Bounds(low=0, high=100).within(110.0, last=90.0).round(2)
    np.float64(98.65)
    """

    low: float | None = None
    high: float | None = None
    integer: bool = False
    monotone: bool = False

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise KechuangError(
                "forecast-bounds",
                say("下限{low}不小于上限{high}", low=self.low, high=self.high),
                remedy=say("请改正上下限。"),
            )

    @property
    def least(self) -> float:
        """The lower limit, or minus infinity."""
        return -np.inf if self.low is None else self.low

    @property
    def most(self) -> float:
        """The upper limit, or infinity."""
        return np.inf if self.high is None else self.high

    def within(self, values: Array | float, last: float) -> Array:
        """``values`` (any shape) brought within the limits, seen from the ``last`` value observed."""
        made = np.asarray(values, float)
        above, below = self.most - last, last - self.least
        if self.high is not None:
            made = np.where(made > last, last + _slowed(made - last, above), made)
        if self.low is not None:
            made = np.where(made < last, last - _slowed(last - made, below), made)
        if self.integer:
            made = np.clip(np.round(made), np.ceil(self.least), np.floor(self.most))
        if self.monotone:
            made = np.maximum(made, last)
        return made

    def before(self, value: float, last: float) -> float:
        """The largest unbounded value that :meth:`within` brings to ``value`` or below: its inverse, for cdf."""
        if self.integer:
            value = float(np.floor(value)) + 0.5
        if value >= self.most:
            return np.inf
        if value < self.least or (self.monotone and value < last):
            return -np.inf
        if value > last and self.high is not None:
            return last + _quickened(value - last, self.most - last)
        if value < last and self.low is not None:
            return last - _quickened(last - value, last - self.least)
        return value

    def words(self) -> Message:
        """The limits in words; an empty message where there are none."""
        told = []
        if self.low is not None:
            told.append(say("不低于{low}", low=f"{self.low:g}"))
        if self.high is not None:
            told.append(say("不高于{high}", high=f"{self.high:g}"))
        if self.integer:
            told.append(say("取整数"))
        if self.monotone:
            told.append(say("只增不减"))
        return listed(told)

    def faults(self, values: Array) -> list[int]:
        """Positions (0-based) of ``values`` (n,) that these bounds rule out."""
        wrong = (values < self.least) | (values > self.most)
        if self.integer:
            wrong |= values != np.round(values)
        if self.monotone:
            wrong[1:] |= np.diff(values) < 0
        return [int(at) for at in np.flatnonzero(wrong)]


def _slowed(move: Array, room: float) -> Array:
    if room <= 0:
        return np.zeros_like(move)
    return np.asarray(-room * np.expm1(-np.maximum(move, 0) / room))


def _quickened(move: float, room: float) -> float:
    return float(-room * np.log1p(-move / room)) if move < room else np.inf
