"""Days and moments of the journal: an office's day begins and ends by Beijing time on every machine."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta, timezone

from kechuang.errors import KechuangError
from kechuang.language.dates import day_in
from kechuang.messages import say

BEIJING = timezone(timedelta(hours=8), "+08:00")
_PARTED = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[ T]0{1,2}:00(?::00)?)?")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")


def now() -> datetime:
    """This moment, by the machine's clock."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment by Beijing time, to the second; one without zone is Beijing time already.

    >>> stamp(datetime(2024, 6, 30, 16, 0, 1, tzinfo=UTC))
    '2024-07-01T00:00:01+08:00'
    """
    aware = moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)
    return aware.astimezone(BEIJING).isoformat(timespec="seconds")


def day_of(moment: datetime) -> date:
    """The day of a moment, by Beijing time."""
    return date.fromisoformat(stamp(moment)[:10])


def day_read(text: str) -> date | None:
    """The day a person wrote (2024-06-30, 2024/6/30, 2024.6.30, 2024年6月30日); None where it is none.

    >>> day_read("2024年6月30日"), day_read("2024/6/30"), day_read("2024-02-30")
    (datetime.date(2024, 6, 30), datetime.date(2024, 6, 30), None)
    """
    text = text.strip()
    parted = _PARTED.fullmatch(text)
    if parted:
        try:
            return date(int(parted[1]), int(parted[2]), int(parted[3]))
        except ValueError:
            return None
    found = day_in(text)
    return found[0] if found and found[2] - found[1] == len(text) else None


def day_given(text: str | date, what: str) -> date:
    """``text`` as a day; KechuangError (not-a-date) naming ``what`` it was given for."""
    found = text if isinstance(text, date) else day_read(text)
    if found is None:
        raise KechuangError(
            "not-a-date",
            say("{what}“{text}”不是日期", what=what, text=text),
            remedy=say("请写成 2025-06-30 的样子。"),
        )
    return found


def first_day(month: str | None) -> date | None:
    """The first day of a month ``2020-03`` or year ``2020`` (or the day itself); None where it is none of them."""
    return _edge(month, last=False)


def last_day(month: str | None) -> date | None:
    """The last day of a month or year (or the day itself).

    >>> last_day("2020-02"), last_day("2020-02-10"), last_day(None)
    (datetime.date(2020, 2, 29), datetime.date(2020, 2, 10), None)
    """
    return _edge(month, last=True)


def _edge(month: str | None, *, last: bool) -> date | None:
    if month is None:
        return None
    if re.fullmatch(r"\d{4}", month.strip()) and month.strip() != "0000":
        return date(int(month), 12 if last else 1, 31 if last else 1)
    match = _MONTH.fullmatch(month.strip())
    if match is None:
        return day_read(month)
    year, number = int(match[1]), int(match[2])
    if not 1 <= number <= 12 or year < 1:
        return None
    return date(year, number, calendar.monthrange(year, number)[1] if last else 1)
