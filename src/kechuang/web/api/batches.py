"""Batches: those of an account, one with its way, and a file to be checked or sent."""

from __future__ import annotations

import shutil
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Form
from ninja.files import UploadedFile

from kechuang.messages import say
from kechuang.records.review import BatchInfo
from kechuang.web.access import Hidden
from kechuang.web.api import answers
from kechuang.web.api.asked import After, Limit, Name, stretch
from kechuang.web.api.door import user_of
from kechuang.web.api.endpoints import BATCHES, endpoint
from kechuang.web.api.refusals import Refused, fault_told, unknown, wrong
from kechuang.web.api.scopes import RECORDS, REVIEW, WRITE
from kechuang.web.models import User
from kechuang.web.roles import OFFICE, REPORTERS
from kechuang.web.rooms import uploaded
from kechuang.web.rooms.stores import store_for, type_named, types_of
from kechuang.web.workspaces import served


@endpoint(
    "GET",
    "batches",
    "batches",
    say("报送的批次，按编号；县市只见自己报送的"),
    group=BATCHES,
    answer=answers.BatchesAnswer,
    sees=REPORTERS,
    scope=RECORDS,
)
def batches(request: HttpRequest, after: After = None, limit: Limit = 100) -> dict[str, Any]:
    user = user_of(request)
    own = sorted((one for one in served().store.batches() if _own(user, one)), key=lambda one: one.id)
    page, rest = stretch(own, lambda one: one.id, after, limit)
    return {"items": [_told(one) for one in page], "after": rest}


@endpoint(
    "GET",
    "batches/{name}",
    "batch",
    say("一个批次：提醒、经过、改变的记录"),
    group=BATCHES,
    answer=answers.OneBatchAnswer,
    sees=REPORTERS,
    scope=RECORDS,
)
def batch(request: HttpRequest, name: Name) -> dict[str, Any]:
    found = _named(user_of(request), name)
    desk = served().store.workflow
    changes = desk.changes(found.id)
    return {
        "batch": _told(found),
        "remarks": [one.as_dict() for one in desk.remarks(found.id)],
        "steps": [one.as_dict() for one in desk.steps(found.id)],
        "total": changes["total"],
        "changes": changes["changes"],
    }


@endpoint(
    "POST",
    "batches",
    "import",
    say("报送一个文件；dry_run 为真时只核对，什么也不存"),
    group=BATCHES,
    answer=answers.ImportAnswer,
    sees=REPORTERS,
    scope=WRITE,
    cost=5,
)
def bring(
    request: HttpRequest,
    file: Annotated[UploadedFile, File(description="xlsx、xls、et、ods、csv")],
    type: Annotated[str | None, Form(max_length=80, description="文件自己不写明时的台账类型")] = None,  # noqa: A002
    dry_run: Annotated[bool, Form()] = False,
    draft: Annotated[bool, Form(description="先存为草稿 · keep as a draft")] = False,
    explain: Annotated[str | None, Form(max_length=2000, description="对提醒的说明")] = None,
    replaces: Annotated[str | None, Form(max_length=32, description="所更正的已退回批次")] = None,
) -> Any:
    user = user_of(request)
    if type is not None:
        try:
            type_named(user, type)
        except Hidden:
            raise unknown() from None
    if replaces is not None:
        _named(user, replaces)
    upload = uploaded.keep(user, file, type, replaces)
    try:
        store = store_for(user)
        result = store.import_files(list(upload.files), type, who=user.name, dry_run=True, replaces=replaces)
        if not set(result.types) <= {one.id for one in types_of(user)}:
            raise Refused(403, "not-yours", say("文件中有不归您的账号报送的台账"))
        if result.ok and not dry_run:
            text = (explain or "").strip() or None
            result = store.import_files(
                list(upload.files), type, who=user.name, replaces=replaces, draft=draft, explain=text
            )
    finally:
        shutil.rmtree(upload.folder, ignore_errors=True)
    if not result.ok:
        return wrong(
            422,
            "import-faults",
            say("文件有{n}处错误，什么也没有存", n=len(result.errors)),
            result.faults,
            say("请按各条说明改正后重新报送。"),
        )
    told = result.as_dict()
    remarks = [fault_told(fault) for fault in result.faults if fault.severity != "error"]
    return {**{key: value for key, value in told.items() if key != "errors"}, "warnings": remarks}


@endpoint(
    "POST",
    "batches/{name}/accept",
    "accept",
    say("接收一个批次"),
    group=BATCHES,
    answer=answers.OneBatchRow,
    sees=OFFICE,
    scope=REVIEW,
)
def accept(request: HttpRequest, name: Name) -> dict[str, Any]:
    user = user_of(request)
    return {"batch": _told(served().store.accept(_named(user, name).id, user.name))}


@endpoint(
    "POST",
    "batches/{name}/return",
    "return",
    say("退回一个批次，写明请对方改什么"),
    group=BATCHES,
    answer=answers.OneBatchRow,
    sees=OFFICE,
    scope=REVIEW,
)
def send_back(
    request: HttpRequest,
    name: Name,
    comment: Annotated[str, Form(min_length=1, max_length=2000, description="请对方改什么 · what to mend")],
) -> dict[str, Any]:
    user, text = user_of(request), comment.strip()
    found = _named(user, name)
    if not text:
        raise Refused(422, "comment-missing", say("退回要写明请对方改什么"))
    return {"batch": _told(served().store.send_back(found.id, user.name, text))}


def _own(user: User, info: BatchInfo) -> bool:
    return user.role in OFFICE or info.who == user.name


def _named(user: User, name: str) -> BatchInfo:
    """The batch, where this account brought it or reviews."""
    found = next((one for one in served().store.batches() if one.id == name), None)
    if found is None or not _own(user, found):
        raise unknown()
    return found


def _told(info: BatchInfo) -> dict[str, Any]:
    told = info.as_dict()
    return {name: told[name] for name in answers.BatchAnswer.model_fields}
