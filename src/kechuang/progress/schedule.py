"""The scheduled-progress method (预期进度): share of the way gone against share of the time gone.

The usual practice of Chinese plan evaluation (目标一致法): attained = (latest − base) / (target − base),
compared with what the plan's path asks for at the same moment. The path is a straight line from the
baseline to the target unless the plan gives values for years between. ``tolerance`` is the local
convention for "basically": attained ÷ scheduled at least that much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from kechuang.progress.status import Status
from kechuang.progress.time import months_since

#: Figures are sums of binary fractions: what differs less than this (relatively) is the same number.
SAME = 1e-9
#: "About" (左右) a value: reached within this share of it. Our convention; plans do not say.
ABOUT = 0.05


@dataclass(frozen=True)
class Goal:
    """What a target asks for: a comparator with a value (and the upper end of a range).

    ``up``: more is better. "= 100%" means all are covered, which more than 100% fulfils too.
    """

    comparator: str
    value: float
    high: float | None = None
    up: bool = True

    def met(self, value: float) -> bool:
        """Whether ``value`` fulfils the goal.

        >>> Goal(">=", 12).met(12), Goal(">", 12).met(12), Goal("range", 2, 3).met(2.5)
        (True, False, True)
        """
        slack = SAME * max(abs(self.value), abs(value))
        if self.comparator == "range":
            return self.value - slack <= value <= max(self.value, self.upper) + slack
        if self.comparator == "~":
            slack = max(slack, ABOUT * abs(self.value))
        if self.comparator == ">":
            return value > self.value + slack
        if self.comparator == "<":
            return value < self.value - slack
        if self.comparator == "<=" or (self.comparator != ">=" and not self.up):
            return value <= self.value + slack
        return value >= self.value - slack

    @property
    def upper(self) -> float:
        return self.value if self.high is None else self.high

    def aim(self, start: float) -> float:
        """The value to reach from ``start``: the near end of a range, else the goal's value."""
        return self.upper if self.comparator == "range" and start > self.upper else self.value


def path_of(
    base: float, base_year: int, aim: float, year: int, interim: Mapping[int, float]
) -> tuple[tuple[int, float], ...]:
    """Years and values of the way from baseline to target, through the plan's interim values."""
    points = {base_year: base, year: aim}
    points.update({at: value for at, value in interim.items() if base_year < at < year})
    return tuple(sorted(points.items()))


def value_on(path: Sequence[tuple[int, float]], day: date) -> float:
    """The value of the path at the end of ``day``; points lie at year ends, straight lines between.

    >>> value_on([(2020, 0.0), (2025, 10.0)], date(2024, 12, 31))
    8.0
    """
    return between(path, months_since(0, day) / 12 - 1)


def between(points: Sequence[tuple[float, float]], at: float) -> float:
    """The value at ``at`` on straight lines between ``points``, and at their ends beyond them.

    >>> between([(2020, 0.0), (2025, 10.0)], 2022.5), between([(2020, 0.0), (2025, 10.0)], 2030)
    (5.0, 10.0)
    """
    if at <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if at <= right:
            return low + (high - low) * (at - left) / (right - left)
    return points[-1][1]


def share_of(value: float, base: float, aim: float) -> float | None:
    """(value − base) / (aim − base); None where base and aim are the same number."""
    way = aim - base
    if abs(way) <= SAME * max(abs(aim), abs(base)) or way == 0:
        return None
    return (value - base) / way


def judge(attained: float, scheduled: float, tolerance: float) -> Status:
    """The status of a target not yet reached, from the shares of way and time gone.

    >>> judge(0.8, 0.8, 0.9), judge(0.72, 0.8, 0.9), judge(0.71, 0.8, 0.9)
    ('on_schedule', 'basically_on_schedule', 'behind')
    """
    if attained >= scheduled - SAME:
        return "on_schedule"
    return "basically_on_schedule" if attained >= tolerance * scheduled - SAME else "behind"
