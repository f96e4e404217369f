"""What was learned once from published yearly series: how to combine, how far errors reach.

The numbers stand in ``learned.json``; ``scripts/learn_forecasts.py`` makes the file again. It holds coefficients and
quantiles of scaled errors, none of the series they come from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from kechuang.progress.forecast.smoothing import Array

FILE = Path(__file__).with_name("learned.json")


@dataclass(frozen=True)
class Combining:
    """How the members are weighed. ``trust``: the power of the likelihood in an average over parameters;
    ``drift_shrinkage``: c of (n−1)² / ((n−1)² + c); theta takes part from ``theta_from`` points, fully from
    ``theta_fully``; simple smoothing stands back between the two of ``steady`` (see
    :func:`~kechuang.progress.forecast.members.steadiness`) and of ``steady_points``."""

    trust: float
    drift_shrinkage: float
    theta_from: int
    theta_fully: int
    steady: tuple[float, float]
    steady_points: tuple[int, int]

    def theta_share(self, points: int) -> float:
        """The share of the combination with theta in it, 0–1, for a series of ``points``."""
        return float(_ramp(points, self.theta_from, self.theta_fully))

    def steady_share(self, points: int, steadiness: Array) -> Array:
        """(m,), 0–1: how far series of ``points`` with this ``steadiness`` (m,) count as trending steadily."""
        return _ramp(steadiness, *self.steady) * _ramp(points, *self.steady_points)


def _ramp(value: Array | float, start: float, end: float) -> Array:
    return np.clip((np.asarray(value, float) - start) / (end - start), 0.0, 1.0)


@dataclass(frozen=True)
class Errors:
    """The scale of an error and its quantiles in that scale.

    Scale at h of a series of n points: (Σ weights·signs of unrest) · h^a · exp(b/n + c·ln h/n + d·(ln h)²), with
    (a, b, c, d) = ``growth``. ``lift``: by how many scales at h = 1 the combination falls short at every h (economic
    series rise more often than their past tells). ``scores`` (K,): standard normal scores of the probabilities; ``quantiles`` (P, K): scaled
    errors at those probabilities for series of ``points`` (P,). ``serial``: the correlation of scores at h and k is
    (min/max)^serial. ``horizon``: the farthest h with errors to learn from.
    """

    weights: dict[str, float]
    growth: tuple[float, float, float, float]
    lift: float
    scores: Array
    points: Array
    quantiles: Array
    serial: float
    horizon: int

    def reach(self, points: int, horizon: int) -> Array:
        """What unrest is multiplied by at 1…``horizon`` (horizon,)."""
        a, b, c, d = self.growth
        log = np.log(np.arange(1, horizon + 1))
        return np.asarray(np.exp(a * log + b / points + c * log / points + d * log**2))

    def quantiles_at(self, points: int, *, even: bool = False) -> Array:
        """Scaled errors (K,) at ``scores`` for series of ``points``: between learned lengths by 1/n. ``even``: the
        same reach both ways."""
        at = np.interp(-1.0 / points, -1.0 / self.points, np.arange(len(self.points)))
        low = int(at)
        high = min(low + 1, len(self.points) - 1)
        found = self.quantiles[low] + (at - low) * (self.quantiles[high] - self.quantiles[low])
        return np.asarray((found - found[::-1]) / 2 if even else found)


@dataclass(frozen=True)
class Learned:
    """All that ``learned.json`` says."""

    combining: Combining
    errors: Errors


def read_learned(content: dict[str, Any]) -> Learned:
    """The parsed content of a ``learned.json``."""
    errors = content["errors"]
    combining = content["combining"]
    return Learned(
        Combining(**combining | {name: tuple(combining[name]) for name in ("steady", "steady_points")}),
        Errors(
            weights=dict(errors["weights"]),
            growth=tuple(errors["growth"]),
            lift=float(errors["lift"]),
            scores=np.array([NormalDist().inv_cdf(p) for p in errors["probabilities"]]),
            points=np.array(errors["points"], float),
            quantiles=np.array(errors["quantiles"]),
            serial=float(errors["serial"]),
            horizon=int(errors["horizon"]),
        ),
    )


@cache
def learned() -> Learned:
    """What comes with the package."""
    return read_learned(json.loads(FILE.read_text(encoding="utf-8")))
