"""Consultation: anybody's comment on the draft while a round is open, and what became of all once it is over.

No personal data is asked for; numbers that reach a person are hidden before anything is kept (by the
plan's own desk). Outcomes are shown when the round is over and every comment has been answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.plan.preparation import events
from kechuang.plan.preparation.comments import (
    DISPOSITIONS,
    IDENTITIES,
    Written,
    add_comment,
    chosen,
    dispose,
    disposition_of,
)
from kechuang.plan.preparation.folder import PlanFolder
from kechuang.plan.preparation.state import Comment, Round, State
from kechuang.progress.status import Mark
from kechuang.web.access import Hidden, account, page
from kechuang.web.addresses import address_of
from kechuang.web.models import Attempt
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE, PUBLIC
from kechuang.web.templatetags.kechuang import day
from kechuang.web.workspaces import served

LONGEST = 2000
#: So many comments from one address in the window.
MOST, WINDOW = 5, timedelta(minutes=15)
#: How these tries are named among those of the log-in; no account can be called so.
_TRY = "consultation:"
_MARKS: dict[events.Disposition, Mark] = {"adopted": "ok", "partly": "watch", "not": "none"}
#: Who may say they are an organisation; the rest are the public.
_SENDERS = ("enterprise", "institute", "expert", "other")


@dataclass(frozen=True)
class Outcome:
    """A comment and what became of it."""

    id: str
    sender: Message
    source: str
    text: str
    about: str
    entry: str
    words: str
    mark: Mark
    word: Message
    reason: str
    change: str
    done: bool
    on: date | None


@dataclass(frozen=True)
class Told:
    """A round that is over with all its outcomes."""

    round: Round
    outcomes: list[Outcome]


@dataclass(frozen=True)
class Consultation:
    """The public page. ``given`` is what was typed, where it could not be taken."""

    heading: Message
    open: Round | None
    entries: list[tuple[str, str]]
    senders: list[tuple[str, Message]]
    told: list[Told]
    waiting: int
    sent: str
    given: dict[str, str]
    wrong: tuple[Message, ...]
    longest: int = LONGEST


@page("consultation/", "consultation", PUBLIC, ("GET", "POST"))
def consultation(request: HttpRequest) -> Page | HttpResponse:
    state, today = _folder("").state(), served().today
    running = open_round(state, today)
    given: dict[str, str] = {}
    wrong: list[Message] = []
    if request.method == "POST":
        if running is None:
            raise Hidden
        given = {
            name: str(request.POST.get(name, "")).strip() for name in ("text", "about", "source", "sender")
        }
        if str(request.POST.get("website", "")).strip():  # a field no person sees
            return redirect("/consultation/?sent=1")
        wrong = _refused(request, given)
        if not wrong:
            try:
                number = _filed(given, running)
            except KechuangError as error:
                wrong = [fault.message for fault in error.faults] or [error.message]
            else:
                now = timezone.now()
                Attempt.objects.create(name=_TRY, address=address_of(request), at=now)
                return redirect(f"/consultation/?sent={number}")
    heading = say("现在没有公开征求意见")
    if running is not None:
        heading = say("正在征求意见，{day}截止", day=day(running.end))
    over = [one for one in state.rounds.values() if one.end < today]
    told = [
        Told(one, [outcome_of(c) for c in chosen(state, one.number)]) for one in over if _answered(state, one)
    ]
    context = Consultation(
        heading=heading,
        open=running,
        entries=_entries() if running else [],
        senders=[(name, IDENTITIES[name]) for name in _SENDERS],  # type: ignore[index]
        told=told[::-1],
        waiting=len(over) - len(told),
        sent=str(request.GET.get("sent", ""))[:12],
        given=given,
        wrong=tuple(wrong),
    )
    return Page("kechuang/consultation.html", context, 422 if wrong else 200)


def open_round(state: State, today: date) -> Round | None:
    """The round that is open on a day; none once the plan was issued."""
    if state.issue is not None:
        return None
    running = [one for one in state.rounds.values() if one.begin <= today <= one.end]
    return running[-1] if running else None


def seen_comments(state: State, today: date, *, inside: bool) -> list[Outcome]:
    """The comments somebody may see: the office all, everybody else those of rounds that are over and answered."""
    rounds = [one for one in state.rounds.values() if inside or (one.end < today and _answered(state, one))]
    return [outcome_of(one) for round_ in rounds for one in chosen(state, round_.number)]


def _answered(state: State, one: Round) -> bool:
    return all(comment.disposed for comment in chosen(state, one.number))


def _refused(request: HttpRequest, given: dict[str, str]) -> list[Message]:
    """Why a comment is not taken."""
    found = []
    since = timezone.now() - WINDOW
    Attempt.objects.filter(name=_TRY, at__lt=since).delete()
    if Attempt.objects.filter(name=_TRY, address=address_of(request)).count() >= MOST:
        found.append(say("提交得太频繁：请过{n}分钟再提", n=15))
    if len(given["text"]) < 2:
        found.append(say("请写意见内容"))
    if len(given["text"]) > LONGEST:
        found.append(say("意见有{n}字，最多{most}字；可以分几条提", n=len(given["text"]), most=LONGEST))
    if len(given["source"]) > 60:
        found.append(say("单位名称最多{n}字", n=60))
    return found


def _filed(given: dict[str, str], running: Round) -> str:
    """File a comment; its number."""
    sender = given["sender"] if given["source"] and given["sender"] in _SENDERS else ""
    identity: events.Identity = sender or ("other" if given["source"] else "public")  # type: ignore[assignment]
    about = given["about"] if given["about"] in {name for name, _ in _entries()} else ""
    written = Written(identity, given["source"], given["text"], about, served().today)
    with _folder(str(say("网站公开征求意见"))).change() as change:
        done = add_comment(change, written, running.number)
    return done.comments[0].comment


def _entries() -> list[tuple[str, str]]:
    """What a comment may be about: targets, tasks and measures of the draft."""
    if not served().has_plan:
        return []
    plan = served().plan
    found = [(one.id, one.name) for one in plan.targets]
    for programme in plan.programmes:
        found.append((programme.id, programme.title))
        found += [(task.id, task.title) for task in programme.tasks]
    for group in plan.safeguards:
        found += [(one.id, one.title) for one in group.measures]
    return found


def outcome_of(comment: Comment) -> Outcome:
    content, disposed = comment.content, comment.disposed
    about = content.about
    return Outcome(
        id=comment.id,
        sender=IDENTITIES[content.identity],
        source=content.source,
        text=content.text,
        about=" ".join(part for part in (about.entry, about.text or about.quote) if part) if about else "",
        entry=(about.entry or "") if about else "",
        words=(about.text or about.quote or "") if about else "",
        mark=_MARKS[disposed.disposition] if disposed else "watch",
        word=DISPOSITIONS[disposed.disposition] if disposed else say("未处理"),
        reason=(disposed.reason or "") if disposed else "",
        change=(disposed.change or "") if disposed else "",
        done=disposed is not None,
        on=comment.disposed_on,
    )


def _folder(who: str) -> PlanFolder:
    workspace = served()
    return PlanFolder(workspace.folder / workspace.settings.plan, who, workspace.clock)


@dataclass(frozen=True)
class Comments:
    """The office's list of comments: those to be answered first."""

    heading: Message
    rows: list[Outcome]
    ways: list[tuple[str, Message]]
    running: Round | None
    wrong: Message | None
    at: str


@page("plan/comments/", "comments", OFFICE, ("GET", "POST"))
def comments(request: HttpRequest) -> Page | HttpResponse:
    wrong: Message | None = None
    name = str(request.POST.get("comment", ""))
    if request.method == "POST":
        try:
            _answer(request, name)
            return redirect(f"/plan/comments/#{name}")
        except KechuangError as error:
            wrong = error.message
    state = _folder("").state()
    rows = sorted((outcome_of(one) for one in chosen(state)), key=lambda one: one.done)
    left = sum(not one.done for one in rows)
    heading = say("{n}条意见，{left}条待处理", n=len(rows), left=left) if rows else say("还没有意见")
    context = Comments(
        heading, rows, list(DISPOSITIONS.items()), open_round(state, served().today), wrong, name
    )
    return Page("kechuang/comments.html", context, 422 if wrong else 200)


def _answer(request: HttpRequest, name: str) -> None:
    user = account(request)
    way = disposition_of(str(request.POST.get("as", "")))
    if way is None:
        raise KechuangError("disposition-unknown", say("请选采纳、部分采纳或未采纳"))
    reason = str(request.POST.get("reason", "")).strip()
    if way != "adopted" and not reason:
        raise KechuangError("reason-missing", say("意见 {id} 部分采纳或未采纳，须说明理由", id=name))
    made = str(request.POST.get("change", "")).strip()
    with _folder(user.shown).change() as change:
        dispose(change, [name], way, reason=reason or None, change_made=made or None)
