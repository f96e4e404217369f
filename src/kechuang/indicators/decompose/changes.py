"""The change of a total or of a ratio, as contributions of its parts. Pure functions on arrays.

A total X = Σᵢ Xᵢ: each part contributes its own change. A ratio R = f·Σᵢ Nᵢ / Σᵢ Dᵢ is Σᵢ f·(Nᵢ/Dᵢ)·(Dᵢ/D):
a part contributes by its own ratio (intensity effect) and by its weight among the parts (structure effect).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from kechuang.errors import KechuangError
from kechuang.indicators.decompose.factors import lmdi, log_mean, ratios, shapley
from kechuang.messages import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: How a ratio is split; ``auto`` is LMDI, and Shapley where something is below zero.
Method = Literal["auto", "lmdi", "shapley"]
METHODS: tuple[Method, ...] = ("auto", "lmdi", "shapley")


@dataclass(frozen=True)
class TotalChange:
    """A total of n parts in two periods. ``change`` (n,) sums to ``after − before``; ``share`` (n,) is the part
    of the change (NaN where the total stands still), ``pull`` (n,) the change over the first total: points of
    growth (NaN where the first total is zero)."""

    before: float
    after: float
    change: Numbers
    share: Numbers
    pull: Numbers


def total_change(before: ArrayLike, after: ArrayLike) -> TotalChange:
    """What each part (n,) did to the change of their sum; numbers below zero are as good as any.

    >>> total_change([4, 6], [5, 10]).share.tolist()
    [0.2, 0.8]
    """
    first, last = np.asarray(before, np.float64), np.asarray(after, np.float64)
    if first.shape != last.shape or first.ndim != 1:
        raise ValueError("both periods have the same parts")
    change = last - first
    total = float(change.sum())
    return TotalChange(
        float(first.sum()), float(last.sum()), change, over(change, total), over(change, float(first.sum()))
    )


@dataclass(frozen=True)
class RatioChange:
    """A ratio of n parts in two periods, in the unit of the ratio.

    ``intensity``, ``structure`` and ``undivided`` (n,) sum to ``after − before`` together. ``undivided`` is the
    change of a part whose denominator is zero while its numerator is not: it has no ratio of its own.
    ``structure_relative`` (n,) sums like ``structure``, but holds each part against the whole: above zero where
    a part above average gains weight, or one below average loses it. ``ratios`` are the intensity, structure
    and undivided effects as factors of ``after / before``, None where that is not above zero or the method is
    ``shapley``.
    """

    before: float
    after: float
    method: Literal["lmdi", "shapley"]
    intensity: Numbers
    structure: Numbers
    undivided: Numbers
    structure_relative: Numbers
    ratios: tuple[float, float, float] | None

    @property
    def change(self) -> Numbers:
        """What each part did, by all effects together."""
        return self.intensity + self.structure + self.undivided


def ratio_change(
    numerator: tuple[ArrayLike, ArrayLike],
    denominator: tuple[ArrayLike, ArrayLike],
    *,
    factor: float = 1.0,
    method: Method = "auto",
) -> RatioChange:
    """The change of ``factor``·ΣN/ΣD between two periods by parts; each side is (before (n,), after (n,)).

    A part without a denominator in one period (founded, dissolved) has no ratio then: its own is taken as
    unchanged, so that coming and going is structure. KechuangError ``decompose-no-denominator`` where ΣD is zero
    in a period, ``decompose-negative`` where ``method`` is ``lmdi`` and something is below zero.

    >>> found = ratio_change(([30, 20], [80, 16]), ([10, 40], [40, 40]))
    >>> found.before, found.after, found.intensity.round(4).tolist(), found.structure.round(4).tolist()
    (1.0, 1.2, [-0.3175, -0.0644], [0.7175, -0.1356])
    """
    n0, nt = (np.asarray(side, np.float64) for side in numerator)
    d0, dt = (np.asarray(side, np.float64) for side in denominator)
    if not (n0.shape == nt.shape == d0.shape == dt.shape) or n0.ndim != 1:
        raise ValueError("numerators and denominators of both periods have the same parts")
    whole0, whole1 = float(d0.sum()), float(dt.sum())
    if whole0 == 0 or whole1 == 0:
        raise _no_denominator()
    used: Literal["lmdi", "shapley"] = "lmdi" if method == "lmdi" else "shapley"
    if method == "auto":
        signs = np.concatenate([n0, nt, d0, dt]) * factor
        used = "lmdi" if (np.concatenate([d0, dt]) >= 0).all() and (signs >= 0).all() else "shapley"
    alone = ((d0 == 0) & (n0 != 0)) | ((dt == 0) & (nt != 0))
    own0, own1 = _ratio(n0, d0, factor), _ratio(nt, dt, factor)
    own0, own1 = np.where(np.isnan(own0), own1, own0), np.where(np.isnan(own1), own0, own1)
    own0, own1 = (np.where(alone | np.isnan(own), 0.0, own) for own in (own0, own1))
    share0, share1 = d0 / whole0, dt / whole1
    undivided = np.where(alone, factor * (nt / whole1 - n0 / whole0), 0.0)
    split = lmdi if used == "lmdi" else shapley
    intensity, structure = split(np.stack([own0, share0]), np.stack([own1, share1]))
    before, after = factor * float(n0.sum()) / whole0, factor * float(nt.sum()) / whole1
    # Weights sum to one in both periods, so that a constant times their changes sums to nothing.
    level = float(log_mean(before, after)) if used == "lmdi" else (before + after) / 2
    relative = structure - level * (share1 - share0)
    products = None
    if used == "lmdi" and before > 0 and after > 0:
        sums = [float(effect.sum()) for effect in (intensity, structure, undivided)]
        first, second, third = ratios(sums, before, after).tolist()
        products = (first, second, third)
    return RatioChange(before, after, used, intensity, structure, undivided, relative, products)


@dataclass(frozen=True)
class SharedChange:
    """A ratio whose numerator alone has parts: ``numerator`` (n,) is what each did, ``denominator`` (n,) what the
    common denominator did to each; both sum to ``after − before``. Split by ``method``."""

    before: float
    after: float
    method: Literal["lmdi", "shapley"]
    numerator: Numbers
    denominator: Numbers

    @property
    def change(self) -> Numbers:
        return self.numerator + self.denominator


def shared_change(
    numerator: tuple[ArrayLike, ArrayLike],
    denominator: tuple[float, float],
    *,
    factor: float = 1.0,
    method: Method = "auto",
) -> SharedChange:
    """The change of ``factor``·ΣN/D, where only the numerator is split (before (n,), after (n,)).

    Errors as :func:`ratio_change`.

    >>> found = shared_change(([1, 1], [4, 1]), (10, 20), factor=100)
    >>> found.before, found.after, found.change.round(9).tolist(), found.denominator.round(3).tolist()
    (20.0, 25.0, [10.0, -5.0], [-10.0, -5.0])
    """
    n0, nt = (factor * np.asarray(side, np.float64) for side in numerator)
    first, last = denominator
    if first == 0 or last == 0:
        raise _no_denominator()
    used: Literal["lmdi", "shapley"] = "lmdi" if method == "lmdi" else "shapley"
    if method == "auto" and min(first, last, n0.min(initial=0), nt.min(initial=0)) >= 0:
        used = "lmdi"
    split = lmdi if used == "lmdi" else shapley
    own, common = split(
        np.stack([n0, np.full_like(n0, 1 / first)]), np.stack([nt, np.full_like(nt, 1 / last)])
    )
    return SharedChange(float(n0.sum()) / first, float(nt.sum()) / last, used, own, common)


def over(values: Numbers, whole: float) -> Numbers:
    """``values`` over ``whole``; NaN over zero."""
    return values / whole + 0.0 if whole else np.full(values.shape, np.nan)


def _ratio(above: Numbers, below: Numbers, factor: float) -> Numbers:
    """NaN where there is no denominator."""
    with np.errstate(all="ignore"):
        return np.where(below == 0, np.nan, factor * above / np.where(below == 0, 1.0, below))


def _no_denominator() -> KechuangError:
    return KechuangError(
        "decompose-no-denominator",
        say("两期中有一期分母合计为零，比率不存在，不能分解"),
        remedy=say("请另选年度。"),
    )
