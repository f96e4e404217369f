"""The way from a first value to a last one, year by year: four shapes, none of which ever turns back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from kechuang.errors import KechuangError
from kechuang.messages import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

Shape = Literal["straight", "growth", "s-curve", "steps"]
SHAPES: tuple[Shape, ...] = ("straight", "growth", "s-curve", "steps")
#: How steep the S is: its middle slope against that of the straight line is about a quarter of this.
STEEPNESS = 8.0


def path(
    first: Numbers, last: Numbers, years: int, shape: Shape = "straight", at: Sequence[int] = ()
) -> Numbers:
    """Values for the years 1 … ``years`` after that of ``first``; (parts, years), the last column is ``last``.

    ``straight``: the same amount each year. ``growth``: the same rate each year (both ends above zero, or equal).
    ``s-curve``: slow, fast, slow (a logistic curve through both ends). ``steps``: equal steps in the years ``at``
    (numbers from 1), or one step in the last year. KechuangError ``path-growth`` where a rate is impossible,
    ``path-steps`` where a step lies outside.

    >>> path(np.array([4.0]), np.array([8.0]), 2, "straight").tolist()
    [[6.0, 8.0]]
    >>> path(np.array([4.0]), np.array([16.0]), 2, "growth").tolist()
    [[8.0, 16.0]]
    >>> path(np.array([0.0]), np.array([4.0]), 4, "steps", [2, 4]).tolist()
    [[0.0, 2.0, 2.0, 4.0]]
    """
    if years < 1:
        raise ValueError("a path has at least one year")
    start, end = (np.asarray(side, np.float64)[:, None] for side in (first, last))
    time = np.arange(1, years + 1) / years
    if shape == "growth":
        if not ((start == end) | ((start > 0) & (end > 0))).all():
            raise KechuangError(
                "path-growth",
                say("基期值或目标值不大于零，不能按固定增速分解到年"),
                remedy=say("请改用直线（straight）或 S 形（s-curve）。"),
            )
        with np.errstate(all="ignore"):
            rate = np.where(start == end, 0.0, np.log(end) - np.log(start))
        found = start * np.exp(rate * time)
    else:
        found = start + (end - start) * _share(time, years, shape, at)
    found[:, -1] = end[:, 0]
    return np.asarray(np.clip(found, np.minimum(start, end), np.maximum(start, end)), np.float64)


def _share(time: Numbers, years: int, shape: Shape, at: Sequence[int]) -> Numbers:
    """How much of the way is gone in each year."""
    if shape == "s-curve":
        curve = 1 / (1 + np.exp(-STEEPNESS * (time - 0.5)))
        low, high = 1 / (1 + np.exp(STEEPNESS / 2)), 1 / (1 + np.exp(-STEEPNESS / 2))
        return np.asarray((curve - low) / (high - low), np.float64)
    if shape == "steps":
        steps = sorted(set(at)) or [years]
        if steps[0] < 1 or steps[-1] > years:
            raise KechuangError(
                "path-steps",
                say("台阶年份应在第1年至第{n}年之间", n=years),
                remedy=say("请核对年份。"),
            )
        gone = [sum(step <= year for step in steps) / len(steps) for year in range(1, years + 1)]
        return np.array(gone, np.float64)
    return time
