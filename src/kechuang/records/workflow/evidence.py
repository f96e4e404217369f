"""Attachments: files that prove a record, kept once under the digest of their content.

What was attached to what is an entry of the chain; the file lies in the folder of evidence, named by
its SHA-256. Evidence is of organisations and projects; nothing on residents belongs there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from kechuang.errors import Fault, KechuangError, Place, system_trouble
from kechuang.messages import say
from kechuang.packs.model import RecordType
from kechuang.records import database
from kechuang.records.clock import stamp
from kechuang.records.fields import Named
from kechuang.records.models import Event, Version
from kechuang.records.workflow.acts import act, acts
from kechuang.records.workflow.filetypes import KINDS, NotEvidence, kind_of

ACTION = "attach"


@dataclass(frozen=True)
class Attachment:
    """A file attached to a record. ``file`` is its name in the folder of evidence."""

    type: str
    key: str
    sha256: str
    file: str
    name: str
    kind: str
    size: int
    note: str
    who: str
    at: datetime
    repeated: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "at": stamp(self.at)}


def read(path: Path, most_mb: int) -> tuple[bytes, str]:
    """The content of a file and its kind. Raises KechuangError where it is not taken as evidence."""
    try:
        size = path.stat().st_size
        if size > most_mb * 2**20:
            raise KechuangError(
                "evidence-too-large",
                say("文件有{size}MB，超过上限{most}MB", size=-(-size // 2**20), most=most_mb),
                place=Place(file=str(path)),
                remedy=say("请压缩图片或拆分文件；上限见设置 evidence_mb。"),
            )
        content = path.read_bytes()
    except OSError as error:
        raise KechuangError(
            "file-unreadable",
            say("文件读不出来：{problem}", problem=system_trouble(error)),
            place=Place(file=str(path)),
        ) from None
    try:
        return content, kind_of(content, path.suffix)
    except NotEvidence as refused:
        raise KechuangError(
            "evidence-refused",
            say("不能作佐证材料：{problem}", problem=refused.message),
            place=Place(file=str(path)),
            remedy=say("可附：{allowed}", allowed="、".join(names[0] for names in KINDS.values())),
        ) from None


def attach(
    alias: str,
    type_: RecordType,
    key: str,
    path: Path,
    folder: Path,
    *,
    content: bytes,
    kind: str,
    note: str,
    who: str,
    at: datetime,
) -> Attachment:
    """Keep a file and note to which record it belongs. The same file is kept once."""
    digest = sha256(content).hexdigest()
    target = folder / f"{digest}{KINDS[kind][0]}"
    there = target.exists()
    try:
        with database.writing(alias):
            if not Version.objects.using(alias).filter(type=type_.id, key=key).exists():
                raise KechuangError(
                    "unknown-record",
                    say("台账“{type}”中没有主键为“{key}”的记录", type=Named.of(type_.label), key=key),
                    remedy=say("可用 kechuang records as-of 查看现有主键。"),
                )
            _keep(target, content)
            for one in attachments(alias, type_.id, key):
                if one.sha256 == digest:
                    return Attachment(**{**one.__dict__, "repeated": True})
            detail = {
                "type": type_.id,
                "key": key,
                "sha256": digest,
                "file": target.name,
                "name": path.name,
                "kind": kind,
                "size": len(content),
                "note": note.strip(),
            }
            event = act(alias, ACTION, who=who, at=at, detail=detail)
    except BaseException:
        if not there and not any(event.detail["file"] == target.name for event in acts(alias, ACTION)):
            target.unlink(missing_ok=True)
        raise
    return _attachment(event)


def _keep(target: Path, content: bytes) -> None:
    """Write the file unless the very same is there; one that was damaged is made whole again."""
    with suppress(OSError):
        if target.read_bytes() == content:
            return
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise KechuangError(
            "not-writable",
            say("文件写不进去：{problem}", problem=system_trouble(error)),
            place=Place(file=str(target.parent)),
            remedy=say("请核对文件夹的写入权限和磁盘空间。"),
        ) from None


def attachments(alias: str, type_: str, key: str) -> list[Attachment]:
    """What is attached to a record, first to last."""
    return [one for one in _all(acts(alias, ACTION)) if (one.type, one.key) == (type_, key)]


def attached(alias: str, by: date) -> frozenset[tuple[str, str]]:
    """Type and key of every record a file was attached to until the end of the day ``by``."""
    return frozenset((event.detail["type"], event.detail["key"]) for event in acts(alias, ACTION, by=by))


def _all(events: Iterable[Event]) -> Iterator[Attachment]:
    return map(_attachment, events)


def _attachment(event: Event) -> Attachment:
    return Attachment(**event.detail, who=event.who, at=event.at)


def verify(alias: str, folder: Path | None) -> list[Fault]:
    """Evidence that is gone or no longer the same."""
    known: dict[str, str] = {one.file: one.sha256 for one in _all(acts(alias, ACTION))}
    faults: list[Fault] = []
    for name, digest in sorted(known.items()) if folder is not None else ():
        assert folder is not None
        path = folder / name
        try:
            with path.open("rb") as stream:
                same = file_digest(stream, "sha256").hexdigest() == digest
        except OSError:
            faults.append(Fault("evidence-missing", say("佐证材料已不在"), Place(file=str(path))))
            continue
        if not same:
            faults.append(Fault("evidence-changed", say("佐证材料被改动过"), Place(file=str(path))))
    return faults
