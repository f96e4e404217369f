"""Exponential smoothing as linear maps: residuals and forecasts of every parameter on a grid, for one length.

For fixed smoothing parameters the innovations form of exponential smoothing is linear in the observations
and in its starting state, and the starting state that fits best is linear in the observations too. So one
parameter is a pair of matrices that depends on the length alone: ``residuals`` (k, n) and ``ahead`` (H, n). They are
built once a length and serve any number of series.

Sources: Hyndman, Koehler, Ord, Snyder, *Forecasting with Exponential Smoothing* (2008), chapter 2 (innovations form)
and 5 (starting states by least squares); Fiorucci, Pellegrini, Louzada, Petropoulos, Koehler, *Models for optimising the
theta method*, IJF 32 (2016), equations of the dynamic optimised theta model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

#: Levels of smoothing tried by every family.
ALPHAS = np.linspace(0.1, 1.0, 10)
#: Share of the level's smoothing that the trend takes part in.
BETAS = np.array([0.02, 0.1, 0.3, 0.6, 1.0])
PHIS = np.array([0.5, 0.65, 0.8, 0.9, 0.97])
THETAS = np.array([1.0, 1.25, 1.6, 2.0, 3.0, 5.0, 20.0])
#: Penalty on the starting trend, in squared residuals a squared unit of trend: few points say little about it.
TREND_PENALTY = 0.5
#: Keeps the equations of a starting level that no longer matters solvable.
LEVEL_PENALTY = 1e-9


@dataclass(frozen=True)
class Maps:
    """Of each of G parameters: ``residuals`` (G, k, n) and ``ahead`` (G, H, n), both to be applied to a series."""

    residuals: Array
    ahead: Array


@lru_cache(maxsize=12)
def simple_maps(n: int, horizon: int) -> Maps:
    """Simple exponential smoothing (no trend), ``n`` points, 1…``horizon`` steps ahead."""
    alphas = np.linspace(0.05, 1.0, 20)
    return _trend_maps(alphas, np.zeros(20), np.zeros(20), n, horizon)


@lru_cache(maxsize=12)
def damped_maps(n: int, horizon: int) -> Maps:
    """Damped trend: level, trend and damping on a grid of 250."""
    phi, alpha, beta = (part.ravel() for part in np.meshgrid(PHIS, ALPHAS, BETAS, indexing="ij"))
    return _trend_maps(alpha, beta, phi, n, horizon)


@lru_cache(maxsize=12)
def theta_maps(n: int, horizon: int) -> Maps:
    """The dynamic optimised theta model; residuals from the third point on, as its authors do."""
    alpha, theta = (part.ravel() for part in np.meshgrid(ALPHAS, THETAS, indexing="ij"))
    grid, steps = len(alpha), n + horizon
    alpha, weight = alpha[:, None], (1 - 1 / theta)[:, None]
    unit = np.eye(n, n + 1)
    level = np.zeros((grid, n + 1))  # n columns of the observations, one of the starting level
    level[:, n] = 1
    cut, slope, mean = (np.zeros((grid, n + 1)) for _ in range(3))
    expected = np.zeros((grid, steps, n + 1))
    for t in range(1, steps + 1):
        kept = 1 - alpha
        expected[:, t - 1] = level + weight * (kept ** (t - 1) * cut + (1 - kept**t) / alpha * slope)
        seen = np.broadcast_to(unit[t - 1], (grid, n + 1)) if t <= n else expected[:, t - 1]
        level = alpha * seen + kept * level
        former, mean = mean, ((t - 1) * mean + seen) / t
        slope = np.zeros_like(slope) if t == 1 else ((t - 2) * slope + 6 / t * (seen - former)) / (t + 1)
        cut = mean - (t + 1) / 2 * slope
    errors = (unit[None] - expected[:, :n])[:, 2:]
    return _with_start(errors, expected[:, n:], n, np.array([LEVEL_PENALTY]))


def _trend_maps(alpha: Array, beta: Array, phi: Array, n: int, horizon: int) -> Maps:
    """Level and damped trend with additive errors, each parameter an entry of the three arrays."""
    grid = len(alpha)
    unit = np.eye(n, n + 2)
    level, trend = np.zeros((grid, n + 2)), np.zeros((grid, n + 2))
    level[:, n], trend[:, n + 1] = 1, 1
    errors = np.zeros((grid, n, n + 2))
    a, ab, damping = alpha[:, None], (alpha * beta)[:, None], phi[:, None]
    for t in range(n):
        trend = damping * trend
        errors[:, t] = unit[t] - level - trend
        level = level + trend + a * errors[:, t]
        trend = trend + ab * errors[:, t]
    ahead = np.zeros((grid, horizon, n + 2))
    for h in range(horizon):
        trend = damping * trend
        level = level + trend
        ahead[:, h] = level
    return _with_start(errors, ahead, n, np.array([LEVEL_PENALTY, TREND_PENALTY]))


def _with_start(errors: Array, ahead: Array, n: int, penalty: Array) -> Maps:
    """Puts in the starting state that makes squared residuals and penalty least."""
    on_start = -errors[:, :, n:]
    turned = np.swapaxes(on_start, 1, 2)
    start = np.linalg.solve(turned @ on_start + np.diag(penalty), turned @ errors[:, :, :n])
    return Maps(errors[:, :, :n] - on_start @ start, ahead[:, :, :n] + ahead[:, :, n:] @ start)
