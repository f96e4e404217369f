"""What was brought and where it stands: one's own batches, the reviewer's inbox, one batch with its changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.packs.model import Label
from kechuang.progress.status import Mark
from kechuang.records.review import BatchInfo
from kechuang.records.workflow.findings import Remark
from kechuang.records.workflow.steps import Step
from kechuang.web.access import Hidden, account, page
from kechuang.web.models import User
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE, REPORTERS
from kechuang.web.rooms.records import shown
from kechuang.web.workspaces import served

_STATES: dict[str, tuple[Mark, Message]] = {
    "draft": ("none", say("草稿")),
    "submitted": ("ok", say("已提交")),
    "resubmitted": ("ok", say("重报待审")),
    "returned": ("late", say("已退回")),
    "accepted": ("done", say("已接收")),
    "discarded": ("none", say("已作废")),
}
_ACTIONS: dict[str, Message] = {
    "imported": say("导入"),
    "withdrawn": say("撤销"),
    "explained": say("说明"),
    "submitted": say("已交"),
    "resubmitted": say("再次提交"),
    "returned": say("退回"),
    "accepted": say("审核通过"),
    "counted": say("计入"),
    "discarded": say("作废"),
}
#: States in which a batch waits for a reviewer.
WAITING = ("submitted", "resubmitted")
#: Batches shown on a page.
SHOWN = 100


@dataclass(frozen=True)
class BatchRow:
    """A batch in a list."""

    info: BatchInfo
    label: Label
    mark: Mark
    state: Message


@dataclass(frozen=True)
class Inbox:
    """Batches: those that wait for a reviewer, or one's own."""

    heading: Message
    rows: list[BatchRow]
    more: int
    waiting: bool


@dataclass(frozen=True)
class ChangeRow:
    """A record a batch changes: its key and, by field, old and new."""

    key: str
    what: str
    fields: list[tuple[Label, str, str]]


@dataclass(frozen=True)
class Batch:
    """One batch with all a reviewer needs."""

    row: BatchRow
    remarks: list[Remark]
    steps: list[tuple[Step, Message]]
    changes: list[ChangeRow]
    total: int
    may_review: bool
    may_submit: bool
    wrong: Message | None = None


@page("review/", "review", OFFICE)
def inbox(request: HttpRequest) -> Page:
    waiting = [one for one in served().store.batches() if one.state in WAITING]
    heading = say("{n}份报表等待审核", n=len(waiting)) if waiting else say("没有等待审核的报表")
    return Page(
        "kechuang/inbox.html", Inbox(heading, batch_rows(waiting[:SHOWN]), max(len(waiting) - SHOWN, 0), True)
    )


@page("batches/", "batches", REPORTERS)
def mine(request: HttpRequest) -> Page:
    user = account(request)
    own = [one for one in served().store.batches() if user.role != "county" or one.who == user.name][::-1]
    heading = say("共{n}次报送", n=len(own))
    return Page(
        "kechuang/inbox.html", Inbox(heading, batch_rows(own[:SHOWN]), max(len(own) - SHOWN, 0), False)
    )


@page("batches/<str:name>/", "batch", REPORTERS, ("GET", "POST"))
def batch(request: HttpRequest, name: str) -> Page | HttpResponse:
    user, store = account(request), served().store
    info = _named(user, name)
    wrong: Message | None = None
    if request.method == "POST":
        try:
            _act(request, user, info)
            return redirect(request.path)
        except KechuangError as error:
            wrong = error.message
            info = _named(user, name)
    told = store.workflow.changes(name)
    spec = served().packs.records.get(info.type)
    context = Batch(
        row=_row(info),
        remarks=store.workflow.remarks(name),
        steps=[(step, _ACTIONS.get(step.action, say("其他"))) for step in store.workflow.steps(name)],
        changes=[_change(spec, one) for one in told["changes"]],
        total=told["total"],
        may_review=user.role in OFFICE and info.state in WAITING,
        may_submit=info.state == "draft" and (info.who == user.name or user.role in OFFICE),
        wrong=wrong,
    )
    return Page("kechuang/batch.html", context, 422 if wrong else 200)


def _act(request: HttpRequest, user: User, info: BatchInfo) -> None:
    store, what = served().store, request.POST.get("do")
    comment = str(request.POST.get("comment", "")).strip()
    if what == "accept" and user.role in OFFICE:
        store.accept(info.id, user.name)
    elif what == "return" and user.role in OFFICE:
        if not comment:
            raise KechuangError("comment-missing", say("退回要写明请对方改什么"))
        store.send_back(info.id, user.name, comment)
    elif what == "submit":
        store.workflow.submit(info.id, user.name)
    elif what == "explain":
        store.workflow.explain(info.id, None, comment, user.name)
    elif what == "discard":
        store.workflow.discard(info.id, user.name, comment or str(say("不再需要")))
    else:
        raise Hidden


def _named(user: User, name: str) -> BatchInfo:
    """The batch, where this account brought it or reviews; 404 otherwise."""
    found = next((one for one in served().store.batches() if one.id == name), None)
    if found is None or (user.role not in OFFICE and found.who != user.name):
        raise Hidden
    return found


def batch_rows(found: list[BatchInfo]) -> list[BatchRow]:
    """Batches as a list shows them."""
    return [_row(one) for one in found]


def _row(info: BatchInfo) -> BatchRow:
    mark, word = _STATES.get(info.state, ("none", say("其他")))
    spec = served().packs.records.get(info.type)
    return BatchRow(info, spec.label if spec else Label(zh=info.type, en=info.type), mark, word)


def _change(spec: Any, told: dict[str, Any]) -> ChangeRow:
    names = spec.fields if spec is not None else {}
    fields = [
        (names[name].label, shown(names[name], old), shown(names[name], new))
        for name, (old, new) in told["fields"].items()
        if name in names
    ]
    return ChangeRow(told["key"], told["what"], fields)
