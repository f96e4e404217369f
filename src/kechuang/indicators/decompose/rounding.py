"""Amounts in whole steps that add up: the method of the largest remainder, with bounds.

Source: the method of Hamilton and Hare–Niemeyer (M. L. Balinski and H. P. Young, Fair Representation, 1982):
each gets its amount rounded down, and the steps that are left go to the largest remainders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from kechuang.errors import KechuangError
from kechuang.indicators.decompose.balance import infeasible
from kechuang.messages import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: A number this near a whole one is that whole one.
NEAR = 1e-7


def in_steps(
    values: ArrayLike,
    total: float,
    *,
    decimals: int = 0,
    low: ArrayLike = -np.inf,
    high: ArrayLike = np.inf,
) -> Numbers:
    """``values`` (n,) rounded to ``decimals`` so that they add up to ``total``, each within its bounds.

    Equal remainders: the larger value first, then the order given. KechuangError ``allocation-not-whole`` where
    ``total`` itself has more decimals, ``allocation-infeasible`` where the bounds leave no way.

    >>> in_steps([3.4, 3.3, 3.3], 10).tolist(), in_steps([0.5, 0.5], 1).tolist()
    ([4.0, 3.0, 3.0], [1.0, 0.0])
    >>> in_steps([3.4, 3.3, 3.3], 10, low=[0, 4, 0]).tolist()
    [3.0, 4.0, 3.0]
    """
    scale = 10.0**decimals
    wanted = round(total * scale)
    if abs(total * scale - wanted) > NEAR * max(1.0, abs(wanted)):
        raise KechuangError(
            "allocation-not-whole",
            say("{total} 不是{n}位小数的数，各项取整后凑不成它", total=f"{total:.10g}", n=decimals),
            remedy=say("请增加小数位数，或不取整。"),
        )
    given = np.asarray(values, np.float64) * scale
    least = np.broadcast_to(_whole(np.asarray(low, np.float64) * scale, up=True), given.shape)
    most = np.broadcast_to(_whole(np.asarray(high, np.float64) * scale, up=False), given.shape)
    if (least > most).any() or not least.sum() <= wanted <= most.sum():
        raise infeasible(total, float(least.sum()) / scale, float(most.sum()) / scale)
    found = np.clip(_whole(given, up=False), least, most)
    left = int(wanted - found.sum())
    step = 1 if left > 0 else -1
    while left:
        # Where there is room, the one that is furthest from its value takes the step.
        room = found < most if step > 0 else found > least
        far = np.where(room, step * (given - found), -np.inf)
        best = np.flatnonzero(far >= far.max() - NEAR)
        chosen = best[np.argmax(step * given[best])]
        found[chosen] += step
        left -= step
    return found / scale


def mean_in_steps(
    values: ArrayLike, weights: ArrayLike, goal: float, *, decimals: int, up: bool = True
) -> Numbers:
    """``values`` (n,) rounded to ``decimals`` so that their mean by ``weights`` is just not short of ``goal``.

    A mean of rounded ratios cannot hit a number exactly; it is at least ``goal`` (at most, where less is better:
    ``up`` false), and no single step could be taken back.

    >>> mean_in_steps([0.054, 0.061], [1, 1], 0.0575, decimals=2).tolist()
    [0.06, 0.06]
    """
    scale, sign = 10.0**decimals, 1.0 if up else -1.0
    given, each = np.asarray(values, np.float64) * scale * sign, np.asarray(weights, np.float64)
    wanted = goal * scale * sign * float(each.sum())
    found = _whole(given, up=False)
    slack = NEAR * max(abs(wanted), float(each.max(initial=0.0)))
    order = sorted(range(len(given)), key=lambda one: (found[one] - given[one], -given[one], one))
    raised: list[int] = []
    for one in order * 2:
        if float(each @ found) >= wanted - slack:
            break
        found[one] += 1
        raised.append(one)
    for one in reversed(raised):
        if float(each @ found) - each[one] >= wanted - slack:
            found[one] -= 1
    return np.asarray(found * sign / scale, np.float64)


def _whole(values: Numbers, *, up: bool) -> Numbers:
    """Rounded up or down, what is nearly whole to that."""
    with np.errstate(all="ignore"):
        near = np.rint(values)
        whole = np.abs(values - near) <= NEAR * np.maximum(1.0, np.abs(near))
        return np.asarray(np.where(whole, near, np.ceil(values) if up else np.floor(values)), np.float64)
