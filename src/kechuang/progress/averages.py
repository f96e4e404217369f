"""Targets of average yearly growth (年均增长8%): the growth so far, what is still needed, and the level it means.

The indicator measures a level; the target says by how much it is to grow, or to fall, a year on average from
the baseline to the target year. Growth so far is (y_i/y_0)^(1/(t_i−t_0)) − 1; what is needed in the years left
is ((1+g)^(T−t_0)·y_0/y_i)^(1/(T−t_i)) − 1. Percentages, like the target's value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kechuang.indicators.figure import Figure
from kechuang.plan.model import Target
from kechuang.progress.methods.rates import growth

_AVERAGE = re.compile(
    r"年(?:均|平均|递)(?:复合)?(?:增长|增速|增幅|递增|提高|提升|增加|下降|降低|减少|压减)|年均增"
)
_FALL = re.compile(r"下降|降低|减少|压减")


@dataclass(frozen=True)
class Average:
    """Growth ``rate`` (% a year) asked for from ``base`` at the end of ``base_year`` until ``year``.

    ``falling``: the target counts a fall (年均下降3%) as positive.
    """

    rate: float
    base: float
    base_year: int
    year: int | None
    falling: bool = False

    def so_far(self, value: float, year: int) -> float | None:
        """Average growth (%) from the base to ``value`` in ``year``; None where no rate leads there.

        >>> round(Average(8, 100, 2020, 2025).so_far(121, 2022), 6)
        10.0
        """
        if year <= self.base_year or self.base == 0 or value / self.base <= 0:
            return None
        rate = growth(value, self.base, year - self.base_year) * 100
        return -rate if self.falling else rate

    @property
    def level(self) -> float | None:
        """The level that growth leads to in the target year; None without one."""
        if self.year is None:
            return None
        step = 1 + (-self.rate if self.falling else self.rate) / 100
        return self.base * float(step ** (self.year - self.base_year)) if step > 0 else None

    def needed(self, value: float, year: int) -> float | None:
        """Growth (%) a year needed from ``value`` in ``year`` on; None where no year is left.

        >>> round(Average(10, 100, 2020, 2022).needed(100, 2021), 6)
        21.0
        """
        level = self.level
        if level is None or self.year is None or year >= self.year or value == 0 or level / value <= 0:
            return None
        rate = growth(level, value, self.year - year) * 100
        return -rate if self.falling else rate


def is_average(target: Target, unit: str | None) -> bool:
    """Whether ``target`` asks for average growth of a level: it says so, or its name does and its unit is %

    while the figures (in ``unit``) measure something else.
    """
    if target.growth:
        return True
    named = _AVERAGE.search(target.name) is not None
    return named and target.unit == "%" and unit not in (None, "%") and not target.per_year


def falling(target: Target) -> bool:
    """Whether the name counts a fall as positive: 年均下降3%以上."""
    return _FALL.search(target.name) is not None and target.comparator in (">=", ">", "=", "~")


def as_growth(series: Sequence[Figure], average: Average) -> list[Figure]:
    """Figures of the level as average growth since the base, in %, of the years after it that have one."""
    found = []
    for figure in series:
        rate = None if figure.value is None else average.so_far(figure.value, int(figure.period))
        if rate is not None:
            found.append(replace(figure, value=rate, unit="%", numerator=None, denominator=None))
    return found
