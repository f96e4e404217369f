"""What was learned once from published yearly series: how to combine, how far errors reach.

The numbers stand in ``learned.json``; ``scripts/learn_forecasts.py`` makes the file again. It holds coefficients and
quantiles of scaled errors, none of the series they come from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from kechuang.progress.forecast.smoothing import Array

FILE = Path(__file__).with_name("learned.json")


@dataclass(frozen=True)
class Combining:
    """How the members are weighed. ``trust``: the power of the likelihood in an average over parameters;
    ``drift_shrinkage``: c of (n−1)² / ((n−1)² + c); theta takes part from ``theta_from`` points, fully from
    ``theta_fully``."""

    trust: float
    drift_shrinkage: float
    theta_from: int
    theta_fully: int

    def theta_share(self, points: int) -> float:
        """The share of the combination with theta in it, 0–1, for a series of ``points``."""
        share = (points - self.theta_from) / (self.theta_fully - self.theta_from)
        return min(1.0, max(0.0, share))


@dataclass(frozen=True)
class Errors:
    """The scale of an error and its quantiles in that scale.

    Scale at h of a series of n points: (Σ weights·signs of unrest) · h^a · exp(b/n + c·ln h/n + d·(ln h)²), with
    (a, b, c, d) = ``growth``. ``scores`` (K,): standard normal scores of the probabilities; ``quantiles`` (P, K): scaled
    errors at those probabilities for series of ``points`` (P,). ``serial``: the correlation of scores at h and k is
    (min/max)^serial. ``horizon``: the farthest h with errors to learn from.
    """

    weights: dict[str, float]
    growth: tuple[float, float, float, float]
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

    def quantiles_at(self, points: int) -> Array:
        """Scaled errors (K,) at ``scores`` for series of ``points``: between learned lengths by 1/n."""
        at = np.interp(-1.0 / points, -1.0 / self.points, np.arange(len(self.points)))
        low = int(at)
        high = min(low + 1, len(self.points) - 1)
        return np.asarray(self.quantiles[low] + (at - low) * (self.quantiles[high] - self.quantiles[low]))


@dataclass(frozen=True)
class Learned:
    """All that ``learned.json`` says."""

    combining: Combining
    errors: Errors


def read_learned(content: dict[str, Any]) -> Learned:
    """The parsed content of a ``learned.json``."""
    errors = content["errors"]
    return Learned(
        Combining(**content["combining"]),
        Errors(
            weights=dict(errors["weights"]),
            growth=tuple(errors["growth"]),
            scores=np.array(errors["scores"]),
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
