"""A forecast: for each year ahead a whole distribution, of which median and bands are quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.progress.forecast.bounds import Bounds
from kechuang.progress.forecast.smoothing import Array

_NORMAL = NormalDist()


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is expected 1…H years after the last of ``points`` values.

    ``centre`` and ``scale`` (H,): combined forecast and scale of its error, in the unit of the series; ``scores`` and
    ``errors`` (K,): standard normal scores and scaled errors at them. A quantile is centre + scale·error, brought
    within ``bounds``. ``serial``: see :class:`~kechuang.progress.forecast.learned.Errors`. ``method`` and ``notes`` say
    what was done, for people.
    """

    points: int
    last: float
    centre: Array
    scale: Array
    scores: Array
    errors: Array
    serial: float
    bounds: Bounds
    method: Message
    notes: tuple[Message, ...] = ()

    @property
    def horizon(self) -> int:
        """H, the number of years ahead."""
        return len(self.centre)

    @property
    def median(self) -> Array:
        """(H,): as likely to be passed as not."""
        return self.quantile(0.5)

    def band(self, level: float) -> tuple[Array, Array]:
        """Lower and upper end, (H,) each, of the central band that holds the value with probability ``level``
        (0 < level < 1)."""
        if not 0 < level < 1:
            raise _no_probability(level)
        low, high = self.quantile(np.array([(1 - level) / 2, (1 + level) / 2]))
        return low, high

    def quantile(self, q: Array | float) -> Array:
        """The values (…, H) below which the quantity stays with probability ``q`` (…), each 0 < q < 1."""
        asked = np.asarray(q, float)
        if not ((asked > 0) & (asked < 1)).all():
            raise _no_probability(q)
        scores = np.array([_NORMAL.inv_cdf(float(p)) for p in asked.ravel()]).reshape(asked.shape)
        return self._at(np.repeat(scores[..., None], self.horizon, axis=-1))

    def cdf(self, h: int, x: float) -> float:
        """The probability that the value ``h`` years ahead (1…H) is at most ``x``."""
        if not 1 <= h <= self.horizon:
            raise KechuangError(
                "forecast-horizon", say("预测期为1至{most}年，没有第{h}年", most=self.horizon, h=h)
            )
        before = self.bounds.before(float(x), self.last)
        if np.isinf(before):
            return float(before > 0)
        steps = range(h) if self.bounds.monotone else (h - 1,)
        return min(self._probability(step, before) for step in steps)

    def draws(self, runs: int, seed: int) -> Array:
        """Sample paths (runs, H), the same for the same ``seed``; each year's draws follow its distribution.

        Errors at h and k years go together as (min/max)^serial (a Gaussian copula). A register that never falls keeps
        its rank along the whole path, so that no path falls.
        """
        normal = np.random.default_rng(seed).standard_normal((runs, self.horizon))
        if self.bounds.monotone:
            return self._at(np.repeat(normal[:, :1], self.horizon, axis=1))
        return self._at(normal @ np.linalg.cholesky(together(self.horizon, self.serial)).T)

    def _at(self, scores: Array) -> Array:
        """The values at standard normal ``scores`` (…, H)."""
        errors = np.interp(scores, self.scores, self.errors)
        for end, inner, outside in ((0, 1, scores < self.scores[0]), (-1, -2, scores > self.scores[-1])):
            errors = np.where(
                outside, self.errors[end] + (scores - self.scores[end]) * self._slope(end, inner), errors
            )
        values = self.bounds.within(self.centre + self.scale * errors, self.last)
        return np.maximum.accumulate(values, axis=-1) if self.bounds.monotone else values

    def _slope(self, end: int, inner: int) -> float:
        """Beyond the last learned quantile errors go on in a straight line of normal scores."""
        return float((self.errors[end] - self.errors[inner]) / (self.scores[end] - self.scores[inner]))

    def _probability(self, step: int, value: float) -> float:
        if self.scale[step] == 0:
            return float(value >= self.centre[step])
        error = (value - self.centre[step]) / self.scale[step]
        if error < self.errors[0]:
            score = self.scores[0] + (error - self.errors[0]) / self._slope(0, 1)
        elif error > self.errors[-1]:
            score = self.scores[-1] + (error - self.errors[-1]) / self._slope(-1, -2)
        else:
            score = np.interp(error, self.errors, self.scores)
        return _NORMAL.cdf(float(score))


def together(horizon: int, serial: float) -> Array:
    """The correlation (H, H) of the scores of errors at two horizons: (min/max)^serial."""
    steps = np.arange(1, horizon + 1, dtype=float)
    return np.asarray((np.minimum.outer(steps, steps) / np.maximum.outer(steps, steps)) ** serial)


def _no_probability(value: object) -> KechuangError:
    return KechuangError(
        "forecast-probability",
        say("概率应大于0、小于1，现为{value}", value=value),
        remedy=say("请填写如 0.8 的数。"),
    )
