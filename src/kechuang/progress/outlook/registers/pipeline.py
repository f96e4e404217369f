"""Candidates of a register: when each may enter, and how likely it is to pass.

A score that a rule gives as an interval (experts still have room) is taken as even over the interval, so
that the chance is the share of the interval at or above the threshold; a short logistic tail at both ends
of the interval admits that the score itself may be mistaken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from kechuang.progress.outlook.registers.history import Floats


@dataclass(frozen=True)
class Candidate:
    """One candidate: its key, the day it may enter, and the chance (0–1) that it does."""

    key: str
    day: date
    chance: float


def chance_of(low: float, high: float, threshold: float, softness: float) -> float:
    """The chance that a score known to lie in [``low``, ``high``] reaches ``threshold``.

    The mean of a logistic curve of width ``softness`` (in points; 0: a step) over the interval. Never
    exactly 0 or 1 where ``softness`` is above 0.

    >>> chance_of(60, 80, 70, 0), chance_of(75, 90, 71, 0), round(chance_of(71, 71, 71, 2), 3)
    (0.5, 1.0, 0.5)
    """
    low, high = min(low, high), max(low, high)
    if softness <= 1e-9:
        if high == low:
            return float(low >= threshold)
        return float(np.clip((high - threshold) / (high - low), 0.0, 1.0))
    if high - low < 1e-9:
        return float(1 / (1 + np.exp(np.clip((threshold - low) / softness, -700, 700))))
    # The integral of the logistic curve is a softplus.
    area = softness * (_softplus((high - threshold) / softness) - _softplus((low - threshold) / softness))
    return float(np.clip(area / (high - low), 0.0, 1.0))


def by_month(
    candidates: Sequence[Candidate], first: int, count: int, runs: int, seed: np.random.Generator
) -> Floats:
    """How many pass in each of ``count`` months from month ``first`` on: (runs, count).

    A candidate whose day has passed is expected in the first month.
    """
    found = np.zeros((runs, count))
    for candidate in candidates:
        at = max(candidate.day.year * 12 + candidate.day.month - 1 - first, 0)
        if at < count and candidate.chance > 0:
            found[:, at] += seed.random(runs) < candidate.chance
    return found


def _softplus(x: float) -> float:
    return float(np.logaddexp(0.0, x))
