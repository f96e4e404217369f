"""Files that prove a record: attached and taken away by whoever may see the record, and by nobody else."""

from __future__ import annotations

import tempfile
from hashlib import sha256
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from kechuang.errors import KechuangError, Place
from kechuang.messages import say
from kechuang.records.workflow.evidence import Attachment
from kechuang.web.access import Hidden, account, page
from kechuang.web.models import User
from kechuang.web.rendering import Page
from kechuang.web.roles import REPORTERS
from kechuang.web.rooms.records import SEES, record_page
from kechuang.web.rooms.stores import is_own, type_named
from kechuang.web.taking import download
from kechuang.web.workspaces import served


@page("records/<str:name>/evidence/", "attach", REPORTERS, ("POST",))
def attach(request: HttpRequest, name: str) -> Page | HttpResponse:
    user, key = account(request), str(request.POST.get("key", ""))
    _visible(user, name, key)
    try:
        given = request.FILES.get("file")
        if given is None:
            raise KechuangError("file-missing", say("没有选文件"))
        most = served().settings.evidence_mb
        if (given.size or 0) > most * 2**20:
            raise KechuangError(
                "evidence-too-large",
                say("文件有{size}MB，超过上限{most}MB", size=-(-(given.size or 0) // 2**20), most=most),
            )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, _plain(given.name or "file"))
            with path.open("wb") as stream:
                for piece in given.chunks():
                    stream.write(piece)
            served().store.workflow.attach(
                name, key, path, who=user.name, note=str(request.POST.get("note", ""))[:200]
            )
    except KechuangError as error:
        return Page("kechuang/record.html", record_page(user, name, key, error), 422)
    return redirect(f"/records/{name}/record/?{urlencode({'key': key})}#h-evidence")


@page("records/<str:name>/evidence/<str:digest>/", "evidence", SEES)
def evidence(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    user, key = account(request), str(request.GET.get("key", ""))
    _visible(user, name, key)
    found = _named(name, key, digest)
    folder = served().store.evidence
    assert folder is not None
    try:
        content = (folder / found.file).read_bytes()
    except OSError:
        raise KechuangError(
            "evidence-missing",
            say("佐证材料已不在"),
            place=Place(file=found.name),
            remedy=say("请系统管理员核验，并由备份恢复。"),
        ) from None
    if sha256(content).hexdigest() != digest:
        raise KechuangError(
            "evidence-changed",
            say("佐证材料被改动过"),
            place=Place(file=found.name),
            remedy=say("请系统管理员核验，并由备份恢复。"),
        )
    return download(content, found.name)


def _named(name: str, key: str, digest: str) -> Attachment:
    """The attachment of this very record; 404 where it has none of that digest."""
    attached = served().store.workflow.attachments(name, key)
    found = next((one for one in attached if one.sha256 == digest), None)
    if found is None:
        raise Hidden
    return found


def _visible(user: User, name: str, key: str) -> None:
    record_type = type_named(user, name)
    versions = served().store.history(record_type.id, key) if key else []
    if not versions or not is_own(user, record_type, versions[-1]):
        raise Hidden


def _plain(name: str) -> str:
    """A file name without a path, short enough for any file system."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1].strip().lstrip(".") or "file"
    stem, dot, suffix = last.rpartition(".")
    return f"{stem[:60]}{dot}{suffix[:10]}" if dot else last[:60]
