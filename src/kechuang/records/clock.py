"""Time as an office counts it: days begin and end by Beijing time on every machine.

The same records must give the same state "as of" a day wherever they are read, so the boundary of
a day never follows the time zone of the computer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

BEIJING = timezone(timedelta(hours=8), "+08:00")

Clock = Callable[[], datetime | date]


def now() -> datetime:
    """This moment, by the machine's clock."""
    return datetime.now(UTC)


def moment(value: datetime | date) -> datetime:
    """What a clock gave, as a moment: a plain date is its noon, a time without zone is Beijing time.

    >>> moment(date(2026, 3, 31)).isoformat()
    '2026-03-31T12:00:00+08:00'
    """
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(12))
    return value if value.tzinfo else value.replace(tzinfo=BEIJING)


def day_of(value: datetime | date) -> date:
    """The day, by Beijing time.

    >>> day_of(datetime(2026, 3, 31, 20, tzinfo=UTC))
    datetime.date(2026, 4, 1)
    """
    return moment(value).astimezone(BEIJING).date()


def end_of(day: date) -> datetime:
    """The first moment after ``day``."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=BEIJING)


@lru_cache(maxsize=4096)
def stamp(value: datetime) -> str:
    """A moment as text, by Beijing time.

    >>> stamp(datetime(2026, 3, 31, 2, 5, 9, 7, tzinfo=UTC))
    '2026-03-31T10:05:09+08:00'
    """
    return moment(value).astimezone(BEIJING).isoformat(timespec="seconds")
