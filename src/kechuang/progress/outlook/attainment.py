"""Whether draws attain a goal, and all goals together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from kechuang.messages import Message
from kechuang.progress.schedule import ABOUT, SAME, Goal

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def met(goal: Goal, values: Floats) -> Bools:
    """Which of ``values`` fulfil ``goal``: :meth:`Goal.met` over an array."""
    slack = SAME * np.maximum(abs(goal.value), np.abs(values))
    if goal.comparator == "range":
        return np.asarray((values >= goal.value - slack) & (values <= max(goal.value, goal.upper) + slack))
    if goal.comparator == "~":
        slack = np.maximum(slack, ABOUT * abs(goal.value))
    if goal.comparator == ">":
        return np.asarray(values > goal.value + slack)
    if goal.comparator == "<":
        return np.asarray(values < goal.value - slack)
    if goal.comparator == "<=" or (goal.comparator != ">=" and not goal.up):
        return np.asarray(values <= goal.value + slack)
    return np.asarray(values >= goal.value - slack)


def attained(goal: Goal, draws: Floats, *, every: bool = False) -> float:
    """The share of ``draws`` (runs, H) that attain ``goal`` in the last year, or in ``every`` year."""
    found = met(goal, draws)
    return float(found.all(axis=1).mean() if every else found[:, -1].mean())


@dataclass(frozen=True)
class Joint:
    """The probability that all of ``targets`` (ids) are attained.

    ``probability`` is the cautious one: as if the targets did not hang together. ``dependent``: with errors
    correlated by ``correlation`` (one common factor). ``bounds``: what is possible at all, whatever hangs
    together (Fréchet). ``unknown``: ids without a probability, which are left out. ``of``: 'binding', or
    'all' where the plan calls none binding.
    """

    of: str
    targets: tuple[str, ...]
    unknown: tuple[str, ...]
    probability: float | None
    dependent: float | None
    correlation: float
    bounds: tuple[float, float] | None
    words: Message

    def as_dict(self) -> dict[str, Any]:
        return {
            "of": self.of,
            "targets": list(self.targets),
            "unknown": list(self.unknown),
            "probability": self.probability,
            "dependent": self.dependent,
            "correlation": self.correlation,
            "bounds": list(self.bounds) if self.bounds else None,
            "words": self.words.both(),
        }


def frechet(chances: Sequence[float]) -> tuple[float, float]:
    """The least and greatest probability of all together that the single ones allow.

    >>> frechet([0.9, 0.8]), frechet([])
    ((0.7, 0.8), (1.0, 1.0))
    """
    if not chances:
        return 1.0, 1.0
    return max(0.0, round(sum(chances) - len(chances) + 1, 12)), min(chances)


def together(chances: Sequence[float], correlation: float) -> float:
    """The probability of all, their errors sharing one normal factor with ``correlation`` in [0, 1).

    The one-factor Gaussian copula (Li 2000; Vasicek 1987): given the factor z the targets are independent,
    each with Φ((Φ⁻¹(p) − √ρ·z)/√(1−ρ)); z is integrated by Gauss–Hermite. ρ = 0 is the plain product.

    >>> round(together([0.5, 0.5], 0.0), 6), round(together([0.5, 0.5], 0.5), 4)
    (0.25, 0.3333)
    """
    bounded = [min(max(chance, 0.0), 1.0) for chance in chances]
    low, high = frechet(bounded)
    if correlation <= 0 or not bounded:
        return float(np.prod(bounded)) if bounded else 1.0
    normal = NormalDist()
    nodes, weights = np.polynomial.hermite_e.hermegauss(64)
    product = np.ones_like(nodes)
    for chance in bounded:
        if chance in (0.0, 1.0):
            product *= chance
            continue
        at = (normal.inv_cdf(chance) - sqrt(correlation) * nodes) / sqrt(1 - correlation)
        product *= np.array([normal.cdf(value) for value in at])
    return float(np.clip(weights @ product / weights.sum(), low, high))


def pooled_correlation(series: Sequence[dict[int, float]], prior: float, weight: float) -> float:
    """The mean correlation of yearly changes between series, drawn to ``prior``; at least 0.

    ``series``: value by year, each turned so that more is better. Each pair counts by its common years;
    ``weight`` is how many pairs of changes the prior weighs. Negative dependence is never assumed.
    """
    changes = [
        {year: value - one[year - 1] for year, value in one.items() if year - 1 in one} for one in series
    ]
    total, count = 0.0, 0
    for at, left in enumerate(changes):
        for right in changes[at + 1 :]:
            years = sorted(left.keys() & right.keys())
            if len(years) < 3:
                continue
            a = np.array([left[year] for year in years])
            b = np.array([right[year] for year in years])
            if a.std() <= 0 or b.std() <= 0:
                continue
            total += float(np.corrcoef(a, b)[0, 1]) * len(years)
            count += len(years)
    return float(np.clip((total + prior * weight) / (count + weight), 0.0, 0.95))
