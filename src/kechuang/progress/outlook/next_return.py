"""What the next figure is worth: by how much the band of the target's year would narrow once it is in.

Preposterior analysis (Raiffa & Schlaifer 1961): the next figure is not known, so the width of the band is
averaged over what it may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.progress.outlook.attainment import Floats
from kechuang.progress.outlook.projection import Projection, filled

if TYPE_CHECKING:
    from kechuang.progress.forecast import Bounds

LEVEL = 0.8
POINTS = 15
"""Values the next figure is tried at, each as probable as the others."""


@dataclass(frozen=True)
class NextReturn:
    """The figure of ``year``: the 80% band of the target's year is ``now`` wide, and ``then`` on average."""

    year: int
    now: float
    then: float

    @property
    def narrowing(self) -> float:
        """The share 0–1 by which the band is expected to narrow."""
        return 0.0 if self.now <= 0 else min(1.0, max(0.0, 1 - self.then / self.now))

    def as_dict(self) -> dict[str, Any]:
        return {
            "year": self.year,
            "width_now": self.now,
            "width_then": self.then,
            "narrowing": self.narrowing,
        }


def next_return(projection: Projection, year: int, bounds: Bounds | None = None) -> NextReturn:
    """The worth of the first projected year's figure for ``year``.

    A series is forecast anew from what it would then be; in a register the runs that agree on the next
    year tell how wide the target's year still is.
    """
    at = projection.years.index(year)
    low, high = projection.bands[at][2]
    now = high - low
    first = projection.years[0]
    if at == 0:
        return NextReturn(first, now, 0.0)
    if projection.method == "series" and bounds is not None:
        from kechuang.progress.forecast import forecast_many

        values = filled(projection.past)
        tried = np.quantile(projection.draws[:, 0], (np.arange(POINTS) + 0.5) / POINTS)
        again = forecast_many([np.array([*values, value]) for value in tried], at, bounds=bounds)
        bands = [one.band(LEVEL) for one in again]
        return NextReturn(first, now, float(np.mean([band[1][at - 1] - band[0][at - 1] for band in bands])))
    return NextReturn(first, now, conditional_width(projection.draws[:, 0], projection.draws[:, at]))


def conditional_width(first: Floats, last: Floats, level: float = LEVEL) -> float:
    """The mean width of the central ``level`` of ``last`` among runs alike in ``first``.

    Runs are put into 20 groups by ``first``; equal values stay together.
    """
    edges = np.unique(np.quantile(first, np.linspace(0, 1, 21)[1:-1], method="inverted_cdf"))
    group = np.searchsorted(edges, first, side="left")
    total = 0.0
    for number in np.unique(group):
        inside = last[group == number]
        low, high = np.quantile(inside, ((1 - level) / 2, (1 + level) / 2), method="inverted_cdf")
        total += float(high - low) * len(inside)
    return total / len(first)
