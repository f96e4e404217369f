"""One return of one year: who owes it, another day for it, closing the year and opening it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.packs.model import Label
from kechuang.progress.status import Mark
from kechuang.records.workflow.deadlines import Extension, declared
from kechuang.records.workflow.due import Owed
from kechuang.records.workflow.locks import Lock
from kechuang.web import asked
from kechuang.web.access import Hidden, account, page, within
from kechuang.web.models import User
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE
from kechuang.web.rooms.calendar import SEES, owed
from kechuang.web.rooms.stores import type_named
from kechuang.web.workspaces import served

#: Units named for a region; the reminders name them all.
NAMED = 12
_MARKS: dict[str, Mark] = {
    "accepted": "done",
    "submitted": "ok",
    "under-review": "ok",
    "due": "none",
    "draft": "none",
}


@dataclass(frozen=True)
class PlaceRow:
    """A region: its day, how many came, and the units that owe, with how each stands."""

    code: str
    name: str
    day: date
    expected: int
    arrived: int
    late: int
    lacking: int
    units: list[tuple[str, Mark, Message]]
    more: int


@dataclass(frozen=True)
class One:
    """A return of a year."""

    type: str
    label: Label
    year: int
    heading: Message
    day: date | None
    estimated: bool
    places: list[PlaceRow]
    extensions: list[tuple[Extension, str]]
    locks: list[tuple[Lock, str]]
    regions: list[tuple[str, str]]
    may_change: bool
    today: date
    wrong: Message | None = None
    given: dict[str, str] | None = None


@page("deadlines/<str:name>/<int:year>/", "deadline", SEES, ("GET", "POST"))
def one(request: HttpRequest, name: str, year: int) -> Page | HttpResponse:
    user, workspace = account(request), served()
    type_ = type_named(user, name)
    limit = declared(type_, year) if 1900 < year < 2200 else None
    if limit is None:
        raise Hidden
    wrong, given = None, None
    if request.method == "POST":
        if user.role not in OFFICE:
            raise Hidden
        try:
            _act(request, user, name, year)
            return redirect(request.path)
        except KechuangError as error:
            wrong, given = error.message, {key: str(request.POST.get(key, "")) for key in _FIELDS}
    found = [
        row
        for row in owed()
        if (row.type, row.year) == (name, year) and (not user.region or within(request, row.region))
    ]
    places = _places(found)
    lacking = sum(place.lacking for place in places)
    workflow = workspace.store.workflow
    now = workflow.deadlines().limit(type_, year, user.region or None)
    heading = (
        say("{year}年度尚缺{n}份", year=year, n=lacking)
        if lacking
        else say("{year}年度已报齐", year=year)
        if found
        else say("{year}年度没有应报名录", year=year)
    )
    context = One(
        name,
        type_.label,
        year,
        heading,
        now.day if now else limit.day,
        bool(now and now.estimated),
        places,
        [
            (item, _place(item.region))
            for item in workflow.deadlines().granted
            if (item.type, item.year) == (name, year) and _concerns(request, item.region)
        ],
        [
            (lock, _place(lock.region))
            for lock in workflow.locks()
            if (lock.type, lock.year) == (name, year) and _concerns(request, lock.region)
        ],
        [(code, workspace.name_of(code)) for code in workspace.region_codes[1:]] if type_.region else [],
        user.role in OFFICE,
        workspace.today,
        wrong,
        given,
    )
    return Page("kechuang/deadline.html", context, 422 if wrong else 200)


_FIELDS = ("day", "region", "reason")


def _act(request: HttpRequest, user: User, name: str, year: int) -> None:
    workflow, what = served().store.workflow, request.POST.get("do")
    reason = str(request.POST.get("reason", ""))
    region = str(request.POST.get("region", "")) or None
    if what == "extend":
        day = asked.day(request.POST.get("day", ""))
        if day is None:
            raise KechuangError("not-a-date", say("请选新的期限"))
        workflow.extend(name, year, day, who=user.name, reason=reason, region=region)
    elif what == "lock":
        workflow.lock(name, year, who=user.name, reason=reason, region=region)
    elif what == "unlock":
        workflow.unlock(name, year, who=user.name, reason=reason, region=region)
    else:
        raise Hidden


def _concerns(request: HttpRequest, region: str | None) -> bool:
    """Whether an extension or a lock is this account's to know of: one for all, or for its own region."""
    return region is None or not account(request).region or within(request, region)


def _places(found: list[Owed]) -> list[PlaceRow]:
    grouped: dict[str, list[Owed]] = {}
    for row in found:
        grouped.setdefault(row.region, []).append(row)
    rows = []
    for code, group in sorted(grouped.items()):
        lacking = [row for row in group if row.owed]
        waiting = [row for row in group if row.status in ("submitted", "under-review")]
        units = [(row.name, _MARKS.get(row.status, "late"), row.told()) for row in (*lacking, *waiting)]
        rows.append(
            PlaceRow(
                code,
                served().name_of(code),
                group[0].deadline,
                len(group),
                len(group) - len(lacking),
                sum(not row.owed and row.late > 0 for row in group),
                len(lacking),
                units[:NAMED],
                max(len(units) - NAMED, 0),
            )
        )
    return sorted(rows, key=lambda row: (-row.lacking, row.code))


def _place(code: str | None) -> str:
    return served().name_of(code) if code else str(say("全地区"))
