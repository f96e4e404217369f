"""Makes a backup: one zip of the database as it stands at one moment and of every file beside it.

The database is copied first. Files that records name (originals, evidence, publications) are written before
the entry that names them, so a copy of the files made after that of the database holds all it speaks of.
The site's key, locks, caches and earlier backups are left out, and so is what the site takes away while the
backup is made (an upload that was sent, a draft): nothing in the database names it.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kechuang.errors import KechuangError, Place
from kechuang.keeping import databases
from kechuang.keeping.manifest import NAME, Manifest, Part, read
from kechuang.messages import say
from kechuang.records import database
from kechuang.records.workflow.acts import act, acts
from kechuang.whole import whole
from kechuang.workspace import Workspace

ACTION = "backup"
Report = Callable[[str, int, int], None]
#: What lies in a workspace and is made anew, or must not leave the house.
LEFT_OUT = frozenset({"cache", "jobs", "backups", "secret.key", "serve.log"})
#: The database is copied by itself; beside it lies its journal while somebody writes.
DATABASE = "kechuang.db"
#: Compressed already.
PACKED = frozenset({".zip", ".docx", ".xlsx", ".png", ".jpg", ".jpeg", ".pdf", ".parquet", ".gz"})


@dataclass(frozen=True)
class Backup:
    """A backup as the audit chain names it. ``file`` is its name, not where it lies."""

    file: str
    sha256: str
    size: int
    files: int
    snapshots: bool
    who: str
    at: datetime

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "at": self.at.isoformat()}


def back_up(
    workspace: Workspace,
    path: Path,
    *,
    snapshots: bool = True,
    who: str = "office",
    report: Report | None = None,
) -> Backup:
    """Write a backup of ``workspace`` to ``path`` (.zip) and enter it in the audit chain.

    It is read again before it gets its name, so that it is whole or not there. KechuangError where it
    cannot be written, or would overwrite a file.
    """
    from kechuang.keeping.manifest import check

    path = path.expanduser().resolve()
    if path.suffix.lower() != ".zip":
        raise KechuangError(
            "backup-suffix",
            say("备份文件的后缀应为 .zip"),
            place=Place(file=str(path)),
            remedy=say("请写成 科创-20260331.zip 的样子。"),
        )
    if path.exists():
        raise KechuangError(
            "backup-exists",
            say("{file} 已经存在，备份不覆盖已有的文件", file=path.name),
            place=Place(file=str(path)),
            remedy=say("请换一个文件名，如带上日期。"),
        )
    with whole(path, say("请核对文件夹的写入权限和磁盘空间。")) as part:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(workspace, part, snapshots, report)
        manifest = check(part)
        with part.open("rb") as stream:
            digest, size = read(stream)
    detail = {
        "file": path.name,
        "sha256": digest,
        "size": size,
        "files": len(manifest.parts),
        "snapshots": snapshots,
    }
    with database.writing(workspace.store.alias):
        event = act(workspace.store.alias, ACTION, who=who, at=workspace.store.now(), detail=detail)
    return Backup(**detail, who=event.who, at=event.at)  # type: ignore[arg-type]


def backups(alias: str) -> list[Backup]:
    """Every backup made of the records behind ``alias``, first to last."""
    return [Backup(**event.detail, who=event.who, at=event.at) for event in acts(alias, ACTION)]


def _write(workspace: Workspace, file: Path, snapshots: bool, report: Report | None) -> None:
    from kechuang import __version__

    tell = report or (lambda *_: None)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        tell(str(say("复制数据库")), 0, 1)
        copied = databases.copy(workspace.store.alias, Path(folder))
        found = [
            (copied.path.name, copied.path),
            *files_of(workspace.folder, snapshots, {file.parent / folder, file}),
        ]
        parts = []
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for done, (name, path) in enumerate(found):
                tell(name, done, len(found))
                try:
                    parts.append(_add(archive, name, path))
                except FileNotFoundError:
                    if path == copied.path:
                        raise
            manifest = Manifest(
                program=__version__,
                made_at=workspace.clock(),
                name=workspace.settings.name,
                region=workspace.settings.region,
                database=databases.kind(workspace.store.alias),
                entries=copied.entries,
                head=copied.head,
                snapshots=snapshots,
                parts=tuple(parts),
            )
            archive.writestr(NAME, manifest.text())
        tell(str(say("核对备份")), len(found), len(found))


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> Part:
    info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    packed = path.suffix.lower() in PACKED
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
        digest, size = read(source, target)
    return Part(name, digest, size)


def files_of(folder: Path, snapshots: bool = True, but: Collection[Path] = ()) -> Iterator[tuple[str, Path]]:
    """The files of a workspace that belong in a backup, with their paths below it; links are not followed."""
    for root, folders, names in os.walk(folder):
        here = Path(root)
        top = here == folder
        out = LEFT_OUT | (frozenset() if snapshots else {"snapshots"}) if top else frozenset()
        folders[:] = sorted(
            name
            for name in folders
            if name not in out and not name.startswith(".") and here / name not in but
        )
        for name in sorted(names):
            path = here / name
            skipped = name in out or name.startswith(".") or path in but or path.is_symlink()
            skipped = skipped or (top and name.startswith(DATABASE))
            if not skipped and path.is_file():
                yield path.relative_to(folder).as_posix(), path
