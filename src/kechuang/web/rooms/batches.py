"""One batch: what it changes in words, what was remarked on it, its way; accepted, returned, sent or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import Joined, KechuangError
from kechuang.messages import Message, language, say
from kechuang.packs.model import FieldSpec, Label, RecordType
from kechuang.records.review import BatchInfo
from kechuang.records.workflow.findings import Remark
from kechuang.records.workflow.steps import Step
from kechuang.web.access import Hidden, account, page
from kechuang.web.models import User
from kechuang.web.numbers import difference_text, figure_text
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE, REPORTERS
from kechuang.web.rooms.inbox import (
    BatchRow,
    batch_rows,
    places_of,
    row_of,
    sieve_of,
    sifted,
    waiting,
)
from kechuang.web.rooms.records import shown
from kechuang.web.rooms.states import WAITING
from kechuang.web.rooms.stores import batch_named
from kechuang.web.workspaces import served

__all__ = ["WAITING", "BatchRow", "batch", "batch_rows"]

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
#: Records listed, fields of each, and comments taken at once.
LISTED, FIELDS, COMMENTS = 60, 12, 60


@dataclass(frozen=True)
class ChangeRow:
    """A record a batch changes: its key, and what becomes another in words."""

    key: str
    what: str
    fields: list[tuple[Label, str, str, str]]
    names: list[tuple[str, Label]] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True)
class Round:
    """What became another since the batch was returned."""

    batch: str
    heading: Message
    changes: list[ChangeRow]


@dataclass(frozen=True)
class Turn:
    """Where a batch stands among those that wait."""

    number: int
    of: int
    before: str
    after: str


@dataclass(frozen=True)
class Batch:
    """One batch with all a reviewer needs."""

    row: BatchRow
    place: str
    remarks: list[Remark]
    steps: list[tuple[Step, Message]]
    heading: Message
    changes: list[ChangeRow]
    total: int
    round: Round | None
    turn: Turn | None
    may_review: bool
    may_submit: bool
    may_replace: bool
    wrong: Message | None = None
    comment: str = ""


@page("batches/<str:name>/", "batch", REPORTERS, ("GET", "POST"))
def batch(request: HttpRequest, name: str) -> Page | HttpResponse:
    user, store = account(request), served().store
    info = batch_named(user, name)
    wrong: Message | None = None
    if request.method == "POST":
        try:
            _act(request, user, info)
            return redirect(request.get_full_path())
        except KechuangError as error:
            wrong = error.message
            info = batch_named(user, name)
    told = store.workflow.changes(name)
    listed = [one for one in told["changes"] if one["what"] != "unchanged"]
    spec = served().packs.records.get(info.type)
    codes = places_of([info])[info.id]
    mine = info.who == user.name or user.role in OFFICE
    context = Batch(
        row=row_of(info),
        place=str(say("、")).join(served().name_of(code) for code in codes[:4]),
        remarks=store.workflow.remarks(name),
        steps=[(step, _ACTIONS.get(step.action, say("其他"))) for step in store.workflow.steps(name)],
        heading=_heading(told),
        changes=[_change(spec, one) for one in listed[:LISTED]],
        total=told["total"] - len(told["changes"]) + len(listed),
        round=_round(spec, store.workflow.since_return(name)),
        turn=_turn(request, user, info) if user.role in OFFICE else None,
        may_review=user.role in OFFICE and info.state in WAITING,
        may_submit=info.state == "draft" and mine,
        may_replace=info.state == "returned" and not _replaced(info),
        wrong=wrong,
        comment=_kept(request, info) if wrong else "",
    )
    return Page("kechuang/batch.html", context, 422 if wrong else 200)


def _act(request: HttpRequest, user: User, info: BatchInfo) -> None:
    store, what = served().store, request.POST.get("do")
    comment = str(request.POST.get("comment", "")).strip()
    if what == "accept" and user.role in OFFICE:
        store.accept(info.id, user.name, info.level)
    elif what == "return" and user.role in OFFICE:
        reason = "；".join([*_cells(request.POST, info), *([comment] if comment else [])])
        if not reason:
            raise KechuangError("comment-missing", say("退回要写明请对方改什么"))
        store.send_back(info.id, user.name, reason)
    elif what == "submit":
        store.workflow.submit(info.id, user.name)
    elif what == "explain":
        store.workflow.explain(info.id, None, comment, user.name)
    elif what == "discard":
        store.workflow.discard(info.id, user.name, comment or str(say("不再需要")))
    else:
        raise Hidden


def _cells(given: Mapping[str, Any], info: BatchInfo) -> list[str]:
    """Comments on single cells: which record, which field, what there is to say."""
    spec = served().packs.records.get(info.type)
    told = []
    for place in range(COMMENTS):
        text = str(given.get(f"note-{place}", "")).strip()[:300]
        if not text:
            continue
        key, name = str(given.get(f"key-{place}", "")), str(given.get(f"cell-{place}", ""))
        label = spec.fields[name].label.text(language()) if spec and name in spec.fields else ""
        told.append(str(say("{key} {field}：{text}", key=key, field=label, text=text)).replace(" ：", "："))
    return told


def _kept(request: HttpRequest, info: BatchInfo) -> str:
    """What was typed, in one field: nothing of it is lost where it could not be done."""
    return "；".join(
        one for one in [*_cells(request.POST, info), str(request.POST.get("comment", ""))] if one
    )


def _replaced(info: BatchInfo) -> bool:
    return any(
        one.replaces == info.id and one.state not in ("returned", "discarded")
        for one in served().store.batches()
    )


def _turn(request: HttpRequest, user: User, info: BatchInfo) -> Turn | None:
    """The neighbours of a batch among those that wait, as the inbox was filtered."""
    every = waiting(user)
    sieve = sieve_of(request.GET, every)
    queue = [one for one in sifted(every, sieve) if one.id != info.id]
    place = (info.recorded_at, info.id)
    before = [one for one in queue if (one.recorded_at, one.id) < place]
    after = [one for one in queue if (one.recorded_at, one.id) > place]
    end = f"?{sieve.query}" if sieve.query else ""
    if not queue and info.state not in WAITING:
        return None
    return Turn(
        len(before) + 1 if info.state in WAITING else 0,
        len(queue) + (info.state in WAITING),
        f"/batches/{before[-1].id}/{end}" if before else "",
        f"/batches/{after[0].id}/{end}" if after else "",
    )


# -- changes in words


def _heading(told: dict[str, Any]) -> Message:
    found = [one["what"] for one in told["changes"]]
    if told["total"] > len(found):
        return say("改变{n}条记录", n=told["total"])
    counts = {what: found.count(what) for what in ("new", "corrected", "withdrawn", "unchanged")}
    words = {
        "new": say("新增{n}条", n=counts["new"]),
        "corrected": say("更正{n}条", n=counts["corrected"]),
        "withdrawn": say("撤销{n}条", n=counts["withdrawn"]),
        "unchanged": say("{n}条内容不变", n=counts["unchanged"]),
    }
    parts = [words[what] for what, count in counts.items() if count]
    return Joined(parts) if parts else say("没有改变记录")


def _round(spec: RecordType | None, told: dict[str, Any] | None) -> Round | None:
    if told is None:
        return None
    if not told["total"] and not told["dropped"]:
        heading = say("退回后一处也没有改")
    elif told["dropped"]:
        heading = say("退回后改了{n}条，少了{dropped}条", n=told["total"], dropped=told["dropped"])
    else:
        heading = say("退回后改了{n}条", n=told["total"])
    return Round(told["batch"], heading, [_change(spec, one) for one in told["changes"][:LISTED]])


def _change(spec: RecordType | None, told: dict[str, Any]) -> ChangeRow:
    specs = spec.fields if spec is not None else {}
    fields = [
        (specs[name].label, shown(specs[name], old), shown(specs[name], new), _by(specs[name], old, new))
        for name, (old, new) in told["fields"].items()
        if name in specs and not (told["what"] == "new" and new is None)
    ]
    names = [(name, specs[name].label) for name in told["fields"] if name in specs]
    return ChangeRow(told["key"], told["what"], fields[:FIELDS], names, max(len(fields) - FIELDS, 0))


def _by(spec: FieldSpec, old: Any, new: Any) -> str:
    """By how much a number became another: the difference, and its share of what it was."""
    if (
        spec.type not in ("number", "integer")
        or not isinstance(old, int | float)
        or not isinstance(new, int | float)
    ):
        return ""
    told = difference_text(new - old, spec.unit or "")
    if not old or spec.unit in ("%", "‰"):
        return told
    share = 100 * (new - old) / abs(old)
    return (
        f"{told}, {'+' if share > 0 else ''}{figure_text(share, 1)}%"
        if language() == "en"
        else (f"{told}，{'+' if share > 0 else ''}{figure_text(share, 1)}%")
    )
