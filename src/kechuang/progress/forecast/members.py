"""The forecasts that are combined: shrunk drift, simple smoothing, damped trend of logarithms, theta of logarithms.

Each takes series of equal length as rows and returns their medians by horizon. None picks one parameter: a
family's forecasts are averaged, each parameter weighing as it fitted (a likelihood raised to ``TRUST``), because with
five or ten points the best fit is mostly luck.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kechuang.progress.forecast.learned import Combining
from kechuang.progress.forecast.smoothing import Array, Maps, damped_maps, simple_maps, theta_maps

#: Series at a time: bounds the memory of residuals by parameter.
CHUNK = 500
#: A yearly change by more than this factor: ratios are not the scale such a series moves on.
LARGEST_RATIO = 10.0
#: Names of the members, in the order of the last axis but one of :func:`members`.
NAMES = ("drift", "simple", "damped", "theta")


def members(series: Array, horizon: int, combining: Combining) -> Array:
    """Forecasts (members, m, horizon) of ``series`` (m, n), n ≥ 4, in the order of :data:`NAMES`."""
    n = series.shape[1]
    made = np.empty((len(NAMES), len(series), horizon))
    made[0] = drift(series, horizon, combining)
    made[1] = averaged(series, simple_maps(n, horizon), combining.trust)
    by_ratio = moves_by_ratio(series)
    for rows, inward, outward in (
        (by_ratio, np.log, np.exp),
        (np.logical_not(by_ratio), np.positive, np.positive),
    ):
        if rows.any():
            moved = inward(series[rows])
            made[2, rows] = outward(averaged(moved, damped_maps(n, horizon), combining.trust))
            made[3, rows] = outward(averaged(moved, theta_maps(n, horizon), combining.trust))
    return made


def moves_by_ratio(series: Array) -> NDArray[np.bool_]:
    """Which rows are positive throughout and never change tenfold in a year: those are taken in logarithms."""
    positive: NDArray[np.bool_] = np.asarray((series > 0).all(axis=1))
    logs = np.log(np.where(positive[:, None], series, 1.0))
    return np.asarray(positive & (np.abs(np.diff(logs)).max(axis=1) <= np.log(LARGEST_RATIO)))


def drift(series: Array, horizon: int, combining: Combining) -> Array:
    """The last value and the mean yearly change, shrunk by (n−1)² / ((n−1)² + c)."""
    changes = series.shape[1] - 1
    shrunk = changes**2 / (changes**2 + combining.drift_shrinkage)
    step = shrunk * (series[:, -1] - series[:, 0]) / changes
    return np.asarray(series[:, -1:] + step[:, None] * np.arange(1, horizon + 1))


def averaged(series: Array, maps: Maps, trust: float) -> Array:
    """Forecasts (m, H) averaged over the parameters of ``maps``, weighing SSE^(−trust·k/2)."""
    grid, kept, n = maps.residuals.shape
    horizon = maps.ahead.shape[1]
    made = np.empty((len(series), horizon))
    base = series[:, -1:]
    spread = np.abs(series - base).max(axis=1, keepdims=True)
    unit = np.where(spread > 0, spread, 1.0)
    for start in range(0, len(series), CHUNK):
        rows = slice(start, start + CHUNK)
        scaled = (series[rows] - base[rows]) / unit[rows]
        residuals = (scaled @ maps.residuals.reshape(grid * kept, n).T).reshape(-1, grid, kept)
        squares = np.einsum("mgk,mgk->mg", residuals, residuals)
        doubt = -0.5 * trust * kept * np.log(squares + 1e-9)
        weight = np.exp(doubt - doubt.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        ahead = (scaled @ maps.ahead.reshape(grid * horizon, n).T).reshape(-1, grid, horizon)
        made[rows] = np.einsum("mg,mgh->mh", weight, ahead)
    return made * unit + base


def combined(made: Array, series: Array, combining: Combining) -> Array:
    """The forecast (m, H) from ``made`` (members, m, H) of ``series`` (m, n).

    The median of drift, simple and damped; for longer series of theta too; where a longer series has kept its trend
    steadily, simple smoothing, which knows no trend, stands back.
    """
    points = series.shape[1]
    few, every, trending = (np.median(made[list(of)], axis=0) for of in ((0, 1, 2), (0, 1, 2, 3), (0, 2, 3)))
    share = combining.theta_share(points)
    steady = combining.steady_share(points, steadiness(series))[:, None]
    return np.asarray((1 - steady) * ((1 - share) * few + share * every) + steady * trending)


def steadiness(series: Array) -> Array:
    """(m,): the mean yearly change in units of the mean deviation from it; 0 where nothing changes."""
    changes = np.diff(series)
    mean = changes.mean(axis=1)
    deviation = np.abs(changes - mean[:, None]).mean(axis=1)
    floor = 1e-9 * np.abs(changes).max(axis=1)
    unit = np.maximum(deviation, floor)
    return np.asarray(np.abs(np.divide(mean, unit, out=np.zeros_like(mean), where=unit > 0)))
