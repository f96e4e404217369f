"""Files somebody uploaded, on their way to the records: kept aside, checked, mended in place, sent once.

Each upload has a folder of its own below ``records/uploads`` of the workspace, named by a token nobody can
guess and bound to the account that brought it; old ones are cleared away.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kechuang.errors import KechuangError
from kechuang.messages import Message, literal, say
from kechuang.web.access import Hidden
from kechuang.web.models import User
from kechuang.web.workspaces import served
from kechuang.whole import whole

#: What may be uploaded as a return.
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".et")
#: An upload that was not sent is cleared away after so many seconds.
KEPT = 3 * 24 * 3600
#: Files of one upload.
MOST = 20
#: From so many bytes on an upload is checked in the background.
LARGE = 600_000
NOTE = "upload.json"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,40}")
_UNSAFE = re.compile(r'[\x00-\x1f\\/:*?"<>|]+')
#: How files begin that are often taken for a workbook by their name.
_OTHERS: tuple[tuple[bytes, Message], ...] = (
    (b"\x89PNG", say("图片")),
    (b"\xff\xd8\xff", say("图片")),
    (b"GIF8", say("图片")),
    (b"%PDF", say("PDF文件")),
    (b"MZ", say("程序")),
)


@dataclass(frozen=True)
class Upload:
    """An upload: its folder, its files, the account it belongs to, what it was taken for, and its batches."""

    token: str
    folder: Path
    files: tuple[Path, ...]
    type: str | None
    replaces: str | None
    batches: tuple[str, ...]
    at: datetime

    @property
    def file(self) -> Path:
        """The first file."""
        return self.files[0]

    @property
    def size(self) -> int:
        return sum(one.stat().st_size for one in self.files)

    @property
    def large(self) -> bool:
        """Whether checking it takes longer than anybody wants to look at a page that does not answer."""
        return self.size > LARGE

    @property
    def name(self) -> Message:
        """What it is called."""
        if len(self.files) == 1:
            return literal(self.file.name)
        return say("{file}等{n}个文件", file=self.file.name, n=len(self.files))


def keep(user: User, given: Any, type_: str | None, replaces: str | None) -> Upload:
    """Put uploaded files (or one) aside. KechuangError for a file that can be no return; then none is kept."""
    from kechuang.web.site import UPLOAD

    files = list(given) if isinstance(given, list | tuple) else [given]
    if len(files) > MOST:
        raise KechuangError("upload-many", say("一次至多上传{n}个文件", n=MOST), remedy=say("请分几次上传。"))
    names = [_name(file) for file in files]
    if sum(file.size or 0 for file in files) > UPLOAD or any(file.size is None for file in files):
        raise KechuangError(
            "upload-size",
            say("文件超过{n}MB，没有上传", n=UPLOAD // 1024 // 1024),
            remedy=say("请去掉图片和多余的工作表，或分成几个文件。"),
        )
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise KechuangError(
            "upload-twice", say("有两个文件都叫“{name}”", name=twice), remedy=say("请改名后再上传。")
        )
    clear()
    token = secrets.token_urlsafe(18)
    folder = _folder() / token
    folder.mkdir(parents=True)
    try:
        for name, file in zip(names, files, strict=True):
            _keep(folder / name, name, file)
        at = datetime.now(UTC)
        note = {
            "user": user.pk,
            "files": names,
            "type": type_,
            "replaces": replaces,
            "batches": [],
            "at": at.isoformat(),
        }
        _write(folder / NOTE, note)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Upload(token, folder, tuple(folder / name for name in names), type_, replaces, (), at)


def _name(file: Any) -> str:
    name = _UNSAFE.sub("_", Path(str(file.name)).name)[-120:].lstrip(".") or "upload"
    if Path(name).suffix.lower() not in SUFFIXES:
        raise KechuangError(
            "upload-suffix",
            say(
                "“{name}”不是填报表：要 Excel（.xlsx、.xls）、WPS（.et）、OpenDocument（.ods）或 CSV 文件",
                name=name,
            ),
            remedy=say("请用下载的填报表填写后上传。"),
        )
    if not file.size:
        raise KechuangError(
            "upload-empty", say("“{name}”是空的", name=name), remedy=say("请选填好的文件再上传。")
        )
    return name


def _keep(path: Path, name: str, file: Any) -> None:
    first = b""
    with path.open("wb") as stream:
        for chunk in file.chunks():
            first = first or chunk[:8]
            stream.write(chunk)
    for magic, kind in _OTHERS:
        if first.startswith(magic):
            raise KechuangError(
                "upload-other",
                say("“{name}”的内容是{kind}，不是表格", name=name, kind=kind),
                remedy=say("请用下载的填报表填写后上传。"),
            )


def found(user: User, token: str) -> Upload:
    """The upload with this token, of this account; 404 for anybody else's."""
    if not _TOKEN.fullmatch(token):
        raise Hidden
    folder = _folder() / token
    note = _note(folder)
    if note is None or note["user"] != user.pk:
        raise Hidden
    return _upload(token, folder, note)


def waiting(user: User) -> list[Upload]:
    """What this account uploaded and has not sent, the last first."""
    mine = []
    for folder in _folder().glob("*/"):
        note = _note(folder)
        if note is not None and note["user"] == user.pk and not note["batches"]:
            mine.append(_upload(folder.name, folder, note))
    return sorted(mine, key=lambda one: one.at, reverse=True)


def sent(upload: Upload, batches: Iterable[str]) -> None:
    """Note that the upload became these batches: a second click on the button finds them."""
    path = upload.folder / NOTE
    _write(path, {**json.loads(path.read_text("utf-8")), "batches": list(batches)})


def drop(upload: Upload) -> None:
    """Throw an upload away that was not sent."""
    if not upload.batches:
        shutil.rmtree(upload.folder, ignore_errors=True)


def clear(now: float | None = None) -> None:
    """Clear away uploads nobody came back to."""
    before = (now or time.time()) - KEPT
    for folder in _folder().glob("*/"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)


def _note(folder: Path) -> dict[str, Any] | None:
    try:
        note: dict[str, Any] = json.loads((folder / NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return note if "files" in note else None


def _upload(token: str, folder: Path, note: dict[str, Any]) -> Upload:
    files = tuple(folder / name for name in note["files"])
    at = datetime.fromisoformat(note["at"])
    return Upload(token, folder, files, note["type"], note["replaces"], tuple(note["batches"]), at)


def _write(path: Path, note: dict[str, Any]) -> None:
    with whole(path) as part:
        part.write_text(json.dumps(note, ensure_ascii=False), "utf-8")


def _folder() -> Path:
    folder: Path = served().folder / "records" / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
