"""Working days in China: weekends, holidays and the days worked in their stead.

The State Council announces them a year at a time; the library ``chinese_calendar`` holds what was
announced. For other years only weekends are known, and :func:`known` says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, lru_cache

DAY = timedelta(days=1)


def known(*days: date) -> bool:
    """Whether the holidays of all these years have been announced.

    >>> known(date(2026, 10, 1)), known(date(2026, 1, 1), date(2090, 1, 1))
    (True, False)
    """
    first, last = _years()
    return all(first <= day.year <= last for day in days)


@cache
def is_workday(day: date) -> bool:
    """Whether offices work; only weekends count as days off where the holidays are not known.

    >>> is_workday(date(2026, 10, 1)), is_workday(date(2026, 10, 10)), is_workday(date(2090, 10, 1))
    (False, True, False)
    """
    if not known(day):
        return day.weekday() < 5
    import chinese_calendar

    return bool(chinese_calendar.is_workday(day))


def shifted(day: date, how: str) -> date:
    """``day``, or where it is a day off the working day after it ("next") or before ("previous").

    >>> shifted(date(2026, 10, 1), "next"), shifted(date(2026, 10, 1), "previous")
    (datetime.date(2026, 10, 8), datetime.date(2026, 9, 30))
    """
    step = {"next": DAY, "previous": -DAY}.get(how)
    while step is not None and not is_workday(day):
        day += step
    return day


def after(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; ``day`` itself for 0.

    >>> after(date(2026, 9, 30), 1)
    datetime.date(2026, 10, 8)
    """
    while count > 0:
        day += DAY
        count -= is_workday(day)
    return day


@lru_cache(maxsize=4096)
def between(start: date, end: date) -> int:
    """Working days after ``start`` up to ``end``; less than 0 where ``end`` comes first.

    >>> between(date(2026, 9, 30), date(2026, 10, 9)), between(date(2026, 10, 9), date(2026, 9, 30))
    (2, -2)
    """
    if end < start:
        return -between(end, start)
    return sum(map(is_workday, _days(start, end)))


def _days(start: date, end: date) -> Iterator[date]:
    day = start + DAY
    while day <= end:
        yield day
        day += DAY


@cache
def _years() -> tuple[int, int]:
    import chinese_calendar

    years = [day.year for day in chinese_calendar.holidays]
    return min(years), max(years)
