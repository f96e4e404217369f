"""What a chart of a target shows, before it is drawn, and the scale it is drawn on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10


@dataclass(frozen=True)
class ChartWords:
    """The words on a chart, in the language of the report."""

    actual: str
    path: str
    target: str
    latest: str
    description: str
    median: str = ""
    sample: str = ""


Band = tuple[float, float]


@dataclass(frozen=True)
class Fan:
    """What may come: ``start`` (year, value) it opens from, and for each year the median and the bands of
    50, 80 and 95%."""

    start: tuple[int, float] | None
    years: tuple[tuple[int, float, Band, Band, Band], ...]

    @property
    def values(self) -> list[float]:
        return [value for *_, band in self.years for value in band]

    def edges(self, level: int) -> list[tuple[int, float, float]]:
        """(year, low, high) of the band ``level`` (0: 50%, 1: 80%, 2: 95%), from the start on."""
        first = [(self.start[0], self.start[1], self.start[1])] if self.start else []
        return first + [(year, *bands[level]) for year, _, *bands in self.years]

    @property
    def median(self) -> tuple[tuple[int, float], ...]:
        first = (self.start,) if self.start else ()
        return (*first, *((year, median) for year, median, *_ in self.years))


@dataclass(frozen=True)
class Series:
    """Observed ``points`` (year, value), the plan's ``path`` and the goal at ``goal_year``.

    ``hollow``: years whose figure is not final (drawn hollow where latest). ``aim``/``high``: the
    target's value and, for a range, its upper end; ``fan``: what may come.
    """

    points: tuple[tuple[int, float], ...]
    path: tuple[tuple[int, float], ...]
    goal_year: int | None
    aim: float | None
    high: float | None = None
    hollow: frozenset[int] = frozenset()
    unit: str = ""
    decimals: int = 0
    fan: Fan | None = None

    @property
    def years(self) -> tuple[int, int]:
        """First and last year of the time axis."""
        years = [year for year, _ in (*self.points, *self.path)]
        years += [year for year, *_ in self.fan.years] if self.fan else []
        if self.goal_year is not None:
            years.append(self.goal_year)
        return (min(years), max(years)) if years else (0, 1)

    @property
    def values(self) -> list[float]:
        found = [value for _, value in (*self.points, *self.path)]
        found += self.fan.values if self.fan else []
        return found + [value for value in (self.aim, self.high) if value is not None]

    def scale(self, most: int = 5) -> tuple[float, ...]:
        """Round tick values around all values; from zero unless the values keep far away from it.

        >>> Series(((2020, 4.0), (2024, 9.0)), (), 2025, 12.0).scale()
        (0.0, 4.0, 8.0, 12.0)
        """
        return ticks(self.values, most, whole=self.decimals == 0)


def ticks(values: Sequence[float], most: int = 5, *, whole: bool = False) -> tuple[float, ...]:
    """At most ``most`` + 1 round tick values that enclose ``values``; whole numbers for counts.

    >>> ticks([93.0, 100.0])
    (92.0, 94.0, 96.0, 98.0, 100.0)
    """
    if not values:
        return (0.0, 1.0)
    # What lies below a millionth of a millionth is drawn as zero.
    low, high = (0.0 if abs(value) < 1e-12 else value for value in (min(values), max(values)))
    if low > 0 and low < 0.6 * high:
        low = 0.0
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        low, high = (0.0, high * 1.25) if high > 0 else (low * 1.25, 0.0) if low < 0 else (0.0, 1.0)
    least = (high - low) / most
    for step in _steps(max(least, 1.0), (1, 2, 4, 5)) if whole else _steps(least):
        first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
        if last - first <= most:
            digits = max(0, 2 - floor(log10(step)))
            return tuple(round(n * step, digits) for n in range(first, last + 1))
    return (low, high)


def _steps(least: float, rounds: Sequence[float] = (1, 2, 2.5, 5)) -> list[float]:
    power = 10.0 ** floor(log10(least))
    return [m * p for p in (power, power * 10) for m in rounds if m * p >= least * 0.999] + [power * 100]


def tick_decimals(values: Sequence[float]) -> int:
    """The decimals that tell all tick values apart.

    >>> tick_decimals((0.0, 0.02, 0.04))
    2
    """
    for decimals in range(7):
        if all(abs(round(value, decimals) - value) < 1e-9 for value in values):
            return decimals
    return 6


def width_of(words: str, size: float) -> float:
    """About how wide ``words`` are in letters of ``size``: an em for a Chinese one, half and more for others.

    >>> width_of("目标12家", 10)
    41.2
    """
    return sum(size if ord(c) > 0x2E7F else size * 0.56 for c in words)
