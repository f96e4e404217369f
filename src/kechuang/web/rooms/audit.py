"""The audit chain and the log of reads, for whoever has to answer for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from kechuang.messages import Message, say
from kechuang.web.access import page
from kechuang.web.asked import day, whole
from kechuang.web.models import Read
from kechuang.web.rendering import Page
from kechuang.web.roles import ADMINISTRATORS, ROLES
from kechuang.web.rooms.deeds import NAMES, name_of, told
from kechuang.web.workspaces import served

#: Rows of a page.
ROWS = 60


@dataclass(frozen=True)
class Entry:
    """An entry of the chain: its number, when, who, what, and the start of its hash."""

    seq: int
    at: datetime
    who: str
    action: str
    name: Message
    told: Message
    hash: str


@dataclass(frozen=True)
class Asked:
    """What a list was asked for; ``at`` is a day."""

    action: str
    who: str
    at: date | None


@dataclass(frozen=True)
class Chain:
    """A page of the chain, newest first. ``older`` is the number before which the next page begins."""

    rows: list[Entry]
    total: int
    asked: Asked
    actions: list[tuple[str, Message]]
    older: int | None
    newest: bool


@page("admin/audit/", "audit", ADMINISTRATORS)
def chain(request: HttpRequest) -> Page:
    from kechuang.records.models import Event

    events = Event.objects.using(served().store.alias)
    found, asked = events.order_by("-seq"), _asked(request)
    if asked.action:
        found = found.filter(action=asked.action)
    found = _narrowed(found, asked, "who")
    before = str(request.GET.get("before", ""))
    if (number := whole(before)) is not None:
        found = found.filter(seq__lt=number)
    rows = list(found[: ROWS + 1])
    known = sorted(set(events.values_list("action", flat=True).distinct()), key=_order)
    last = events.order_by("-seq").values_list("seq", flat=True).first()
    context = Chain(
        [
            Entry(one.seq, one.at, one.who, one.action, name_of(one.action), told(one), one.hash[:12])
            for one in rows[:ROWS]
        ],
        last or 0,
        asked,
        [(action, name_of(action)) for action in known],
        rows[ROWS - 1].seq if len(rows) > ROWS else None,
        not before,
    )
    return Page("kechuang/audit.html", context)


@dataclass(frozen=True)
class ReadRow:
    """A page somebody opened, or was refused."""

    at: datetime
    user: str
    role: Message
    address: str
    method: str
    path: str
    refused: bool
    word: Message


@dataclass(frozen=True)
class Reads:
    """A page of the log of reads, newest first."""

    rows: list[ReadRow]
    heading: Message
    asked: Asked
    refused: bool
    path: str
    older: int | None
    newest: bool


#: Log-ins have expired, it was not theirs, or it is not there or not theirs to know of.
REFUSED = (401, 403, 404)


@page("admin/reads/", "reads", ADMINISTRATORS)
def reads(request: HttpRequest) -> Page:
    asked, path = _asked(request), str(request.GET.get("path", "")).strip()
    refused = request.GET.get("refused") == "1"
    found = _narrowed(Read.objects.order_by("-pk"), asked, "user")
    found = found.filter(path__contains=path) if path else found
    found = found.filter(status__in=REFUSED) if refused else found
    before = str(request.GET.get("before", ""))
    if (number := whole(before)) is not None:
        found = found.filter(pk__lt=number)
    rows = list(found[: ROWS + 1])
    since = timezone.now() - timedelta(days=7)
    week = Read.objects.filter(at__gt=since)
    turned = week.filter(status__in=REFUSED).count()
    heading = (
        say("近7天打开{n}次，{refused}次被拒绝", n=week.count(), refused=turned)
        if turned
        else say("近7天打开{n}次，没有被拒绝的", n=week.count())
    )
    context = Reads(
        [_row(one) for one in rows[:ROWS]],
        heading,
        asked,
        refused,
        path,
        rows[ROWS - 1].pk if len(rows) > ROWS else None,
        not before,
    )
    return Page("kechuang/reads.html", context)


def _row(one: Read) -> ReadRow:
    role = ROLES[one.role].label if one.role in ROLES else say("公众")
    words = {401: say("未登录"), 403: say("无权限"), 404: say("不存在或无权知道")}
    done = say("已打开") if one.method in ("GET", "HEAD") else say("已提交")
    word = words.get(one.status, done if one.status < 400 else say("没有成功"))
    return ReadRow(one.at, one.user, role, one.address, one.method, one.path, one.status in REFUSED, word)


def _asked(request: HttpRequest) -> Asked:
    at = day(request.GET.get("day", ""))
    return Asked(str(request.GET.get("action", "")), str(request.GET.get("who", "")).strip(), at)


def _narrowed(found: Any, asked: Asked, who: str) -> Any:
    """Rows of somebody, of a day in China."""
    if asked.who:
        found = found.filter(**{f"{who}__icontains": asked.who})
    if asked.at is not None:
        start = timezone.make_aware(datetime.combine(asked.at, time()))
        found = found.filter(at__gte=start, at__lt=start + timedelta(days=1))
    return found


def _order(action: str) -> int:
    names = list(NAMES)
    return names.index(action) if action in names else len(names)
