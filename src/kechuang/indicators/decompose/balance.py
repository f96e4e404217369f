"""Sharing an amount out within bounds, and changing amounts as little as possible so that they add up.

One equation is solved exactly: Σ cᵢ·clip(aᵢ + μ·gᵢ, lowᵢ, highᵢ) = total, whose left side rises with μ piece by
piece in straight lines. With a = 0 it shares ``total`` in proportion to g; with g = c·v it is the least change
of a, Σ (xᵢ − aᵢ)²/vᵢ, under Σ c·x = total (the least squares of W. E. Deming and F. F. Stephan, Annals of
Mathematical Statistics 11 (1940), whose conditions of Kuhn and Tucker give the clipping).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from kechuang.errors import KechuangError
from kechuang.messages import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Differences below this share of the amounts are those of binary fractions.
SAME = 1e-9


def share_out(
    total: float, weights: ArrayLike, low: ArrayLike = -np.inf, high: ArrayLike = np.inf
) -> Numbers:
    """``total`` in proportion to ``weights`` (n,) ≥ 0, each within its bounds; the rest goes to those with room.

    KechuangError ``allocation-infeasible`` where the bounds leave no way, ``allocation-weights`` where a weight
    is below zero or none is above.

    >>> share_out(10, [1, 1, 2]).tolist(), share_out(10, [1, 1, 2], high=[9, 9, 4]).tolist()
    ([2.5, 2.5, 5.0], [3.0, 3.0, 4.0])
    """
    given = np.asarray(weights, np.float64)
    _check_weights(given)
    return solve(total, np.zeros_like(given), given / given.max(), np.ones_like(given), low, high)


def least_change(
    values: ArrayLike,
    total: float,
    *,
    coefficients: ArrayLike = 1.0,
    freedom: ArrayLike | None = None,
    low: ArrayLike = -np.inf,
    high: ArrayLike = np.inf,
) -> Numbers:
    """``values`` (n,) changed as little as possible so that Σ ``coefficients``·x = ``total``.

    Minimises Σ (x − value)²/freedom within the bounds. ``freedom`` ≥ 0 says how far each may move (None: as far
    as it is large, so that all move by the same share); 0 holds it. Errors as :func:`share_out`.

    >>> least_change([2, 3, 5], 12).tolist(), least_change([2, 3, 5], 12, freedom=[1, 1, 0]).tolist()
    ([2.4, 3.6, 6.0], [3.0, 4.0, 5.0])
    """
    given = np.asarray(values, np.float64)
    each = np.broadcast_to(np.asarray(coefficients, np.float64), given.shape)
    free = np.abs(given) / np.where(each > 0, each, 1.0) if freedom is None else freedom
    free = np.broadcast_to(np.asarray(free, np.float64), given.shape)
    _check_weights(each)
    if (free < 0).any():
        _check_weights(free)
    if not (free * each > 0).any() and abs(float(each @ given) - total) > SAME * max(abs(total), 1.0):
        free = np.ones_like(given)  # all are zero: none is larger than another
    return solve(total, given, each * free, each, low, high)


def solve(
    total: float, start: Numbers, rate: Numbers, each: Numbers, low: ArrayLike, high: ArrayLike
) -> Numbers:
    """x = clip(start + μ·rate, low, high) with Σ each·x = total; ``rate`` and ``each`` (n,) ≥ 0.

    KechuangError ``allocation-infeasible`` where no μ gives it.
    """
    least = np.broadcast_to(np.asarray(low, np.float64), start.shape)
    most = np.broadcast_to(np.asarray(high, np.float64), start.shape)
    if (least > most).any():
        number = int(np.argmax(least > most))
        raise KechuangError(
            "allocation-bounds",
            say(
                "第{n}个下限（{low}）大于上限（{high}）",
                n=number + 1,
                low=f"{least[number]:.10g}",
                high=f"{most[number]:.10g}",
            ),
            remedy=say("请核对上下限。"),
        )

    def at(move: float) -> Numbers:
        if np.isinf(move):
            edge = most if move > 0 else least
            return np.where(rate > 0, edge, np.clip(start, least, most))
        return np.clip(start + move * rate, least, most)

    with np.errstate(all="ignore"):
        turns = np.concatenate([(least - start) / rate, (most - start) / rate])
    turns = np.unique(turns[np.isfinite(turns)])
    bottom, top = (_sum(each, at(move)) for move in (-np.inf, np.inf))
    scale = max(abs(total), float(np.abs(each * start).sum()), 1e-300)
    if not bottom - SAME * scale <= total <= top + SAME * scale:
        raise infeasible(total, bottom, top)
    if total <= bottom:
        return at(-np.inf)
    if total >= top:
        return at(np.inf)
    # The turn after which the sum passes the total; between two turns it is a straight line.
    first, last = 0, len(turns)
    while first < last:
        middle = (first + last) // 2
        if _sum(each, at(float(turns[middle]))) < total:
            first = middle + 1
        else:
            last = middle
    left = float(turns[first - 1]) if first else (float(turns[0]) - 1.0 if len(turns) else 0.0)
    right = float(turns[first]) if first < len(turns) else left + 1.0
    below, above = _sum(each, at(left)), _sum(each, at(right))
    move = left if above == below else left + (right - left) * (total - below) / (above - below)
    return at(move)


def infeasible(total: float, bottom: float, top: float) -> KechuangError:
    """The error for bounds whose sums do not hold ``total``."""
    return KechuangError(
        "allocation-infeasible",
        say(
            "在给定的上下限内无法凑成 {total}：最少 {low}，最多 {high}",
            total=f"{total:.10g}",
            low=f"{bottom:.10g}",
            high=f"{top:.10g}",
        ),
        remedy=say("请放宽上下限，或改规划目标值。"),
    )


def _sum(each: Numbers, values: Numbers) -> float:
    """Σ each·values, where what counts for nothing may be without bound."""
    return float(np.sum(np.where(each > 0, each * values, 0.0)))


def _check_weights(weights: Numbers) -> None:
    if (weights < 0).any() or not np.isfinite(weights).all() or not (weights > 0).any():
        raise KechuangError(
            "allocation-weights",
            say("权重应为不小于零的数，且至少一个大于零"),
            remedy=say("请核对权重，或换一种分解方法。"),
        )
