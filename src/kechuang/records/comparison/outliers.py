"""How far a value lies from its group: the z-score and the modified z-score.

Both are pure functions of a list of numbers. The constants are those of the literature, not
thresholds: a threshold is declared in the pack (``limit``).
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

#: Consistency constants for a normal distribution: of the median absolute deviation (Iglewicz and
#: Hoaglin, How to Detect and Handle Outliers, ASQC 1993, p. 11) and of the mean absolute deviation.
OF_MEDIAN, OF_MEAN = 0.6745, 0.7979
ROUNDING = 1e-12


def z_scores(values: Sequence[float]) -> list[float]:
    """(x − mean) / s with the sample standard deviation s; zeros where nothing varies.

    >>> [round(z, 3) for z in z_scores([1, 2, 3])]
    [-1.0, 0.0, 1.0]
    """
    if len(values) < 2:
        return [0.0] * len(values)
    centre = statistics.fmean(values)
    spread = statistics.stdev(values, centre)
    if spread <= ROUNDING * max(map(abs, values)):  # equal but for the last digits of the mean
        return [0.0] * len(values)
    return [(value - centre) / spread for value in values]


def modified_z_scores(values: Sequence[float]) -> list[float]:
    """0.6745 (x − median) / MAD; a few extreme values do not hide each other as with the z-score.

    Where more than half of the values are equal the median absolute deviation is 0; the mean absolute
    deviation from the median takes its place: 0.7979 (x − median) / mean deviation.

    >>> [round(z, 2) for z in modified_z_scores([10, 11, 12, 13, 100])]
    [-1.35, -0.67, 0.0, 0.67, 59.36]
    """
    if not values:
        return []
    centre = statistics.median(values)
    away = [abs(value - centre) for value in values]
    spread, constant = statistics.median(away), OF_MEDIAN
    if spread == 0:
        spread, constant = statistics.fmean(away), OF_MEAN
    return [constant * (value - centre) / spread if spread > 0 else 0.0 for value in values]
