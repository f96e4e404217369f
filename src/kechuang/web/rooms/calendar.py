"""What falls due when: every return by the day it is due, with who still owes it."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from kechuang.messages import Message, say
from kechuang.packs.model import Label
from kechuang.progress.status import Mark
from kechuang.records.workflow import workdays
from kechuang.records.workflow.deadlines import declared
from kechuang.records.workflow.due import Owed
from kechuang.web import asked
from kechuang.web.access import account, page, within
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE, READERS, REPORTERS
from kechuang.web.standing import kept, state_of
from kechuang.web.workspaces import served

#: Whoever reports, reviews or answers for it.
SEES = READERS | REPORTERS


@dataclass(frozen=True)
class Return:
    """The returns of a register for a year that are due on one day. ``expected`` is None where no register says
    who owes it; ``places`` are the regions that still owe some, with how many."""

    type: str
    label: Label
    year: int
    day: date
    expected: int | None
    arrived: int
    late: int
    owed: int
    overdue: int
    returned: int
    extended: bool
    estimated: bool
    locked: bool
    places: list[tuple[str, int]]
    mark: Mark
    word: Message

    @property
    def href(self) -> str:
        return f"/deadlines/{self.type}/{self.year}/"


@dataclass(frozen=True)
class Day:
    """A day of the month. ``rest``: no working day, as far as that was announced."""

    day: date
    inside: bool
    rest: bool
    today: bool
    returns: list[Return]


@dataclass(frozen=True)
class Months:
    """The calendar: one month as a grid, its year as a list by month."""

    heading: Message
    lede: Message
    today: date
    month: date
    before: str
    after: str
    weeks: list[list[Day]]
    year: int
    years: list[int]
    listed: list[tuple[date, tuple[list[Return], list[Return]]]]
    open: list[Return]
    may_remind: bool


@page("deadlines/", "deadlines", SEES)
def deadlines(request: HttpRequest) -> Page:
    workspace, user = served(), account(request)
    found, today = returns(request), workspace.today
    month = _month(str(request.GET.get("month", "")), today)
    years = sorted({one.day.year for one in found} | {today.year})
    listed: dict[date, tuple[list[Return], list[Return]]] = {}
    for one in found:
        if one.day.year == month.year:
            listed.setdefault(one.day.replace(day=1), ([], []))[one.expected is None].append(one)
    overdue = [one for one in found if one.overdue]
    soon = [one for one in found if one.owed and one.day >= today]
    heading = (
        say("{n}项报表逾期未齐，共缺{missing}份", n=len(overdue), missing=sum(one.overdue for one in overdue))
        if overdue
        else say("没有逾期未报的报表")
    )
    lede = (
        say("下一个期限{day}：{type}", day=_day(soon[0].day), type=_label(soon[0]))
        if soon
        else say("没有将到期的报表。")
    )
    context = Months(
        heading,
        lede,
        today,
        month,
        _shift(month, -1),
        _shift(month, 1),
        _weeks(month, today, found),
        month.year,
        years,
        sorted(listed.items()),
        [*overdue, *soon],
        user.role in OFFICE,
    )
    return Page("kechuang/deadlines.html", context)


def owed() -> list[Owed]:
    """Every return of the plan's years, as it stands now."""
    workspace = served()
    years = range(workspace.years().start, workspace.today.year + 1)
    state = state_of(workspace)  # in the name: whoever has just moved a deadline sees it moved
    return kept.get(f"owed {state}", state, lambda: workspace.store.workflow.due(years))[0]


def returns(request: HttpRequest) -> list[Return]:
    """The returns this account may know of, by day."""
    workspace, user = served(), account(request)
    limits = workspace.store.workflow.deadlines()
    locked = {(lock.type, lock.year) for lock in workspace.store.workflow.locks() if lock.region is None}
    grouped: dict[tuple[str, int, date], list[Owed]] = {}
    seen: set[tuple[str, int]] = set()
    for one in owed():
        seen.add((one.type, one.year))
        if not user.region or within(request, one.region):
            grouped.setdefault((one.type, one.year, one.deadline), []).append(one)
    for type_ in workspace.packs.records.values():
        for year in range(workspace.years().start, workspace.today.year + 1):
            limit = limits.limit(type_, year, None)
            if (
                limit is not None
                and (type_.id, year) not in seen
                and declared(type_, year)
                and not user.region
            ):
                grouped.setdefault((type_.id, year, limit.day), [])
    made = []
    for (name, year, day), group in grouped.items():
        own = declared(workspace.packs.records[name], year)
        extended = own is not None and own.day != day
        made.append(_return(name, year, day, group, extended, (name, year) in locked))
    return sorted(made, key=lambda one: (one.day, one.type, one.year))


def _return(name: str, year: int, day: date, group: list[Owed], extended: bool, locked: bool) -> Return:
    places: dict[str, int] = {}
    for one in group:
        if one.owed:
            places[one.region] = places.get(one.region, 0) + 1
    lacking = sum(places.values())
    gone = day < served().today
    overdue = lacking if gone else 0
    late = sum(not one.owed and one.late > 0 for one in group)
    mark, word = _stands(len(group), lacking, gone, day)
    return Return(
        type=name,
        label=served().packs.records[name].label,
        year=year,
        day=day,
        expected=len(group) or None,
        arrived=len(group) - lacking,
        late=late,
        owed=lacking,
        overdue=overdue,
        returned=sum(one.status == "returned" for one in group),
        extended=extended,
        estimated=any(one.estimated for one in group),
        locked=locked,
        places=[(served().name_of(code), count) for code, count in sorted(places.items())],
        mark=mark,
        word=word,
    )


def _stands(expected: int, lacking: int, gone: bool, day: date) -> tuple[Mark, Message]:
    if not expected:
        return "none", say("没有应报名录")
    if not lacking:
        return "done", say("已报齐")
    if gone:
        return "late", say("缺{n}份", n=lacking)
    left = (day - served().today).days
    return ("watch" if left <= 14 else "none"), say("还有{n}份，{days}天后到期", n=lacking, days=left)


def _weeks(month: date, today: date, found: Iterable[Return]) -> list[list[Day]]:
    due: dict[date, list[Return]] = {}
    for one in found:
        due.setdefault(one.day, []).append(one)
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    return [
        [
            Day(day, day.month == month.month, not workdays.is_workday(day), day == today, due.get(day, []))
            for day in week
        ]
        for week in weeks
    ]


def _month(text: str, today: date) -> date:
    return asked.day(f"{text}-01") or today.replace(day=1)


def _shift(month: date, by: int) -> str:
    number = month.year * 12 + month.month - 1 + by
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _day(day: date) -> str:
    from kechuang.web.templatetags.kechuang import day as written

    return written(day)


def _label(one: Return) -> str:
    from kechuang.messages import language

    return f"{one.label.text(language())} {one.year}"
