"""Signs of how restless a series is, in its own unit: what the scale of forecast errors is made of.

A single one fails somewhere: the deviation of changes is nothing for a straight line, the mean change is nothing for
a constant, and both are guesses at five points. Their weighed sum is learned (``learned.json``).
"""

from __future__ import annotations

import numpy as np

from kechuang.progress.forecast.members import moves_by_ratio
from kechuang.progress.forecast.smoothing import Array

#: deviation: mean |change − mean change|; size: root mean square change; last: |last change|; relative: deviation of
#: yearly rates times the last value; level: |last value|; disagreement: highest less lowest member at h; move: how far
#: the forecast is from the last value at h.
SIGNS = ("deviation", "size", "last", "relative", "level", "disagreement", "move")


def signs(series: Array, made: Array, median: Array) -> dict[str, Array]:
    """Each of :data:`SIGNS` as (m, 1) or (m, H), for ``series`` (m, n), members (k, m, H), forecast (m, H)."""
    changes = np.diff(series)
    last = series[:, -1:]
    logs = np.log(np.where(moves_by_ratio(series)[:, None], series, 1.0))
    return {
        "deviation": _deviation(changes),
        "size": np.sqrt((changes**2).mean(axis=1, keepdims=True)),
        "last": np.abs(changes[:, -1:]),
        "relative": _deviation(np.diff(logs)) * np.abs(last),
        "level": np.abs(last),
        "disagreement": np.ptp(made, axis=0),
        "move": np.abs(median - last),
    }


def _deviation(changes: Array) -> Array:
    centred = changes - changes.mean(axis=1, keepdims=True)
    return np.asarray(np.abs(centred).mean(axis=1, keepdims=True))
