"""A product of factors split into what each factor did: LMDI-I, and Shapley where logarithms cannot go.

Pure functions on arrays. ``before`` and ``after`` have the shape (factors, parts); the aggregate is
V = Σᵢ Vᵢ with Vᵢ = Πₖ xₖᵢ. Both methods leave no residual and give the negative when time runs back.

Sources: B. W. Ang, "Decomposition analysis for policymaking in energy: which is the preferred method?",
Energy Policy 32 (2004); "The LMDI approach to decomposition analysis: a practical guide", Energy Policy 33
(2005), eqs. 4–5; "LMDI decomposition approach: a guide for implementation", Energy Policy 86 (2015).
Zeros: B. W. Ang, F. Q. Zhang and K.-H. Choi, Energy 23 (1998), table 2; B. W. Ang and N. Liu, Energy Policy 35
(2007). Shapley: J. W. Sun, "Changes in energy consumption and energy intensity: a complete decomposition
model", Energy Economics 20 (1998); its equality with the Shapley value: B. W. Ang, F. L. Liu and E. P. Chew,
Energy Policy 31 (2003).
"""

from __future__ import annotations

from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from kechuang.errors import KechuangError
from kechuang.messages import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


def log_mean(one: ArrayLike, other: ArrayLike) -> Numbers:
    """The logarithmic mean L(a, b) = (a − b) / ln(a/b), element by element; L(a, a) = a, L(a, 0) = 0.

    KechuangError ``decompose-negative`` for numbers below zero.

    >>> log_mean([2.0, 3.0, 5.0], [1.0, 3.0, 0.0]).round(6).tolist()
    [1.442695, 3.0, 0.0]
    """
    a, b = np.broadcast_arrays(np.asarray(one, np.float64), np.asarray(other, np.float64))
    refuse_negative(a, b)
    low, high = np.minimum(a, b), np.maximum(a, b)
    with np.errstate(all="ignore"):
        grown = (high - low) / low
        mean = np.where(grown > 0, (high - low) / np.log1p(grown), high)
        # Where the quotient overflows the logarithms themselves are far enough apart.
        mean = np.where(np.isfinite(grown), mean, (high - low) / (np.log(high) - np.log(low)))
    return np.where(low == 0, 0.0, mean)


def lmdi(before: ArrayLike, after: ArrayLike) -> Numbers:
    """Additive LMDI-I: what each factor of each part did to V, (factors, parts); it sums to the change of V.

    Each is L(Vᵢᵀ, Vᵢ⁰) · ln(xₖᵢᵀ / xₖᵢ⁰). Where a part is zero in one of the two periods the analytical limit
    holds: the factors that are zero there account for it, in equal parts, the others for nothing.
    KechuangError ``decompose-negative`` for factors below zero.

    >>> lmdi([[2.0], [3.0]], [[4.0], [3.0]]).round(6).tolist()
    [[6.0], [0.0]]
    >>> lmdi([[0.0], [3.0]], [[4.0], [5.0]]).tolist()  # appeared: the limit
    [[20.0], [0.0]]
    """
    first, last = _factors(before, after)
    refuse_negative(first, last)
    v0, vt = first.prod(axis=0), last.prod(axis=0)
    with np.errstate(all="ignore"):
        both = (v0 > 0) & (vt > 0)
        found = np.where(both, log_mean(v0, vt) * (np.log(last) - np.log(first)), 0.0)
    for gone, there, sign in ((first, vt, 1.0), (last, v0, -1.0)):
        zero = gone == 0
        many = zero.sum(axis=0)
        edge = (many > 0) & (there > 0)
        found = np.where(edge & zero, sign * there / np.maximum(many, 1), found)
    return found


def shapley(before: ArrayLike, after: ArrayLike) -> Numbers:
    """The Shapley value of each factor of each part, (factors, parts); it sums to the change of V.

    A factor's effect is the mean, over all orders in which factors can change, of what its own change adds;
    with two factors Δx·(y⁰ + yᵀ)/2. Defined for every finite number, below zero too.

    >>> shapley([[2.0], [-3.0]], [[4.0], [3.0]]).tolist()
    [[0.0], [18.0]]
    """
    first, last = _factors(before, after)
    count = len(first)
    found = np.zeros_like(first)
    for factor in range(count):
        others = [other for other in range(count) if other != factor]
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for changed in combinations(others, size):
                rest = np.ones(first.shape[1])
                for other in others:
                    rest = rest * (last if other in changed else first)[other]
                found[factor] += weight * (last[factor] - first[factor]) * rest
    return found


def ratios(effects: ArrayLike, before: float, after: float) -> Numbers:
    """Multiplicative LMDI-I from additive effects: exp(effect / L(Vᵀ, V⁰)); their product is Vᵀ / V⁰.

    The parts' effects of a factor summed first give that factor's index. KechuangError
    ``decompose-no-ratio`` where V is not above zero in both periods.

    >>> ratios([6.0, 0.0], 6.0, 12.0).round(6).tolist()
    [2.0, 1.0]
    """
    if not (before > 0 and after > 0):
        raise KechuangError(
            "decompose-no-ratio",
            say("两期中有一期不大于零，不能作乘法分解"),
            remedy=say("请改用加法分解。"),
        )
    return np.asarray(np.exp(np.asarray(effects, np.float64) / log_mean(before, after)), np.float64)


def refuse_negative(*values: Numbers) -> None:
    """KechuangError ``decompose-negative`` where one of ``values`` is below zero."""
    lowest = min((float(np.min(one, initial=0.0)) for one in values), default=0.0)
    if lowest < 0:
        raise KechuangError(
            "decompose-negative",
            say("对数平均分解（LMDI）不能用于负数：有 {value}", value=f"{lowest:.6g}"),
            remedy=say("请改用 Shapley 分解（--method shapley），它也适用于负数。"),
        )


def _factors(before: ArrayLike, after: ArrayLike) -> tuple[Numbers, Numbers]:
    first, last = np.asarray(before, np.float64), np.asarray(after, np.float64)
    if first.shape != last.shape or first.ndim != 2 or not len(first):
        raise ValueError(
            f"factors have the shape (factors, parts), both periods alike: {first.shape}, {last.shape}"
        )
    if not (np.isfinite(first).all() and np.isfinite(last).all()):
        raise ValueError("factors are finite numbers")
    return first, last
