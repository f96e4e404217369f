"""The past days a reader may choose to look back from: the last ends of months, and of the plan's years."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest

from kechuang.messages import Message, say
from kechuang.progress.outlook.wording import Named
from kechuang.web.access import role_of
from kechuang.web.roles import INSIDE
from kechuang.web.workspaces import served

#: Ends of months, and ends of years, one may choose at a click; any other day is written in.
MONTHS, YEARS = 3, 5


@dataclass(frozen=True)
class Moment:
    """A day to look from; ``here`` where it is the one shown."""

    day: date
    label: Message
    href: str
    here: bool


@dataclass(frozen=True)
class Looking:
    """From which day a page is seen. ``query`` takes the day along in links; empty today. ``choices`` are for
    accounts alone: every past day is computed anew."""

    day: date
    today: bool
    query: str
    path: str
    choices: list[Moment]


def looking(request: HttpRequest, day: date, period: tuple[int, int] | None) -> Looking:
    """The choice of days for a page that shows ``day``."""
    today = served().today
    found: list[Moment] = []
    if role_of(request) in INSIDE:
        days = [(today, say("今天"))]
        end = month_end_before(today)
        for _ in range(MONTHS):
            days.append((end, _month(end)))
            end = month_end_before(end)
        first, last = period or (today.year - YEARS, today.year - 1)
        for year in range(min(last, today.year - 1), first - 1, -1)[:YEARS]:
            if all(known != date(year, 12, 31) for known, _ in days):
                days.append((date(year, 12, 31), say("{year}年末", year=year)))
        for one, label in days:
            href = request.path if one == today else f"{request.path}?as_of={one.isoformat()}"
            found.append(Moment(one, label, href, one == day))
    at_present = day == today
    return Looking(day, at_present, "" if at_present else f"?as_of={day.isoformat()}", request.path, found)


def month_end_before(day: date) -> date:
    """The last day of the month before.

    >>> month_end_before(date(2024, 3, 31))
    datetime.date(2024, 2, 29)
    """
    return day.replace(day=1) - timedelta(days=1)


def _month(day: date) -> Message:
    return Named(f"{day.month}月末", f"end of {calendar.month_name[day.month]}")
