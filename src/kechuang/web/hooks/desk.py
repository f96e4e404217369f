"""The administrator's pages: who is told what, and what became of each notice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.progress.status import Mark
from kechuang.web.access import Hidden, account, page
from kechuang.web.accounts import doors
from kechuang.web.accounts.setup import by_field
from kechuang.web.hooks.happenings import EVENTS, PING
from kechuang.web.hooks.receivers import STATES, TROUBLES, ping, register, reopen, secret_of
from kechuang.web.models import Delivery, Hook
from kechuang.web.rendering import Page
from kechuang.web.roles import ADMINISTRATORS
from kechuang.web.workspaces import served

#: Notices listed of a receiver.
SHOWN = 100
_MARKS: dict[str, Mark] = {"waiting": "ok", "delivered": "done", "given-up": "late"}


@dataclass(frozen=True)
class ReceiverRow:
    """A receiver in the list; ``failing``: its last notice did not arrive."""

    number: int
    name: str
    url: str
    events: list[Message]
    place: str
    active: bool
    waiting: int
    failing: Message | None


@dataclass(frozen=True)
class Receivers:
    """All receivers, and the form for another."""

    heading: Message
    rows: list[ReceiverRow]
    events: list[tuple[str, Message]]
    counties: list[tuple[str, str]]
    inside: bool
    given: dict[str, str] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    wrong: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class NoticeRow:
    """A notice and what became of it."""

    event: Message
    about: str
    made: datetime
    mark: Mark
    state: Message
    tries: int
    status: int | None
    trouble: Message | None
    next: datetime | None


@dataclass(frozen=True)
class Receiver:
    """One receiver; ``secret`` is shown right after it was made."""

    row: ReceiverRow
    notices: list[NoticeRow]
    secret: str | None = None


@page("admin/webhooks/", "webhooks", ADMINISTRATORS, ("GET", "POST"))
def receivers(request: HttpRequest) -> Page | HttpResponse:
    given = {key: str(request.POST.get(key, "")).strip() for key in ("name", "url", "region")}
    chosen = tuple(request.POST.getlist("events"))
    wrong: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            hook = register(given["name"], given["url"], chosen, given["region"])
            _noted(request, "webhook-made", hook, events=hook.events, url=hook.url)
            request.session["fresh-webhook"] = hook.pk
            return redirect(f"/admin/webhooks/{hook.pk}/")
        except KechuangError as error:
            wrong = by_field(error)
    rows = [_row(one) for one in Hook.objects.order_by("id")]
    workspace = served()
    context = Receivers(
        heading=say("{n}个系统收通知", n=len(rows)) if rows else say("还没有系统收通知"),
        rows=rows,
        events=list(EVENTS.items()),
        counties=[(one.code, one.name) for one in workspace.regions.children(workspace.settings.region)],
        inside=workspace.settings.webhooks_inside,
        given=given,
        chosen=chosen,
        wrong=wrong,
    )
    return Page("kechuang/webhooks.html", context, 422 if wrong else 200)


@page("admin/webhooks/<int:number>/", "webhook", ADMINISTRATORS, ("GET", "POST"))
def receiver(request: HttpRequest, number: int) -> Page | HttpResponse:
    hook = Hook.objects.filter(pk=number).first()
    if hook is None:
        raise Hidden
    if request.method == "POST":
        _act(request, hook, str(request.POST.get("do", "")))
        return redirect(request.path)
    fresh = request.session.pop("fresh-webhook", None) == hook.pk
    notices = [_notice(one) for one in Delivery.objects.filter(hook=hook).order_by("-id")[:SHOWN]]
    return Page("kechuang/webhook.html", Receiver(_row(hook), notices, secret_of(hook) if fresh else None))


def _act(request: HttpRequest, hook: Hook, what: str) -> None:
    if what == "ping" and hook.is_active:
        ping(hook)
    elif what == "close":
        hook.is_active = False
        hook.save(update_fields=["is_active"])
        _noted(request, "webhook-closed", hook)
    elif what == "open":
        reopen(hook)
        _noted(request, "webhook-opened", hook)
    else:
        raise Hidden


def _noted(request: HttpRequest, action: str, hook: Hook, **detail: Any) -> None:
    doors.told(request, action, account(request).name, webhook=hook.name, number=hook.pk, **detail)


def _row(hook: Hook) -> ReceiverRow:
    sent = Delivery.objects.filter(hook=hook)
    last = sent.exclude(tried_at=None).order_by("-tried_at").first()
    return ReceiverRow(
        hook.pk,
        hook.name,
        hook.url,
        [EVENTS[one] for one in EVENTS if one in hook.wanted],
        served().name_of(hook.region) if hook.region else "",
        hook.is_active,
        sent.filter(state="waiting").count(),
        TROUBLES[last.trouble] if last is not None and last.trouble in TROUBLES else None,
    )


def _notice(one: Delivery) -> NoticeRow:
    import json

    data = json.loads(one.body)["data"]
    about = data.get("batch") or data.get("publication") or data.get("subject") or ""
    return NoticeRow(
        event=say("试送") if one.event == PING else EVENTS[one.event],
        about=str(about),
        made=one.made_at,
        mark="watch" if one.state == "waiting" and one.trouble else _MARKS[one.state],
        state=STATES[one.state],
        tries=one.tries,
        status=one.status,
        trouble=TROUBLES.get(one.trouble),
        next=one.next_at if one.state == "waiting" and one.tries else None,
    )
