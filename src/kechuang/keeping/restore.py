"""Makes a workspace of a backup: into a new folder, whole or not at all, and proved before it is handed over."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kechuang.errors import Fault, KechuangError, Place
from kechuang.keeping import databases
from kechuang.keeping.manifest import POSTGRESQL, Manifest, damaged, opened, read
from kechuang.messages import say
from kechuang.records import audit
from kechuang.records.database import close
from kechuang.settings import FILE
from kechuang.workspace import Workspace

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Restored:
    """What was restored; ``faults`` are those the records had when they were backed up."""

    manifest: Manifest
    faults: tuple[Fault, ...]


_DATABASE = re.compile(r"(?m)^\s*database\s*=.*$")


def restore(
    file: Path, folder: Path, *, database: str | None = None, report: Report | None = None
) -> Restored:
    """Unpack the backup ``file`` into ``folder``, which must be new or empty, and verify what came out.

    ``database`` is the address of an empty PostgreSQL database, needed where the backup holds a dump: a
    restored workspace never opens the database it was made of. KechuangError where a file is not as it was, or the audit chain does not end as it did; nothing is left behind then. What did not hold before the backup
    was made comes back as it was, and is told.
    """
    file, folder = file.expanduser().resolve(), folder.expanduser().resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise KechuangError(
            "folder-not-empty",
            say("{folder} 已存在且不是空文件夹", folder=folder),
            remedy=say("请另给一个文件夹。"),
        )
    made = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        manifest = _unpacked(file, made, report)
        if manifest.database == "postgresql":
            _load(made, database)
        elif database is not None:
            raise KechuangError(
                "restore-database",
                say("这份备份用SQLite，不能装入PostgreSQL"),
                remedy=say("请去掉 --database。"),
            )
        faults = _proved(made, manifest, file)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return Restored(manifest, tuple(faults))


def _unpacked(file: Path, folder: Path, report: Report | None) -> Manifest:
    faults = []
    with opened(file) as (archive, manifest):
        folder.mkdir(parents=True)
        for done, part in enumerate(manifest.parts):
            if report:
                report(part.path, done, len(manifest.parts))
            target = folder / part.path
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(part.path) as source, target.open("wb") as stream:
                if read(source, stream) != (part.sha256, part.size):
                    faults.append(
                        Fault(
                            "backup-part", say("{path} 与备份时不同", path=part.path), Place(file=str(file))
                        )
                    )
    if faults:
        raise damaged(file, faults)
    return manifest


def _load(folder: Path, address: str | None) -> None:
    """Load the dump, and let the settings name the new database."""
    if address is None:
        raise KechuangError(
            "restore-database",
            say("这份备份的记录在PostgreSQL中，要有一个空的数据库来装"),
            remedy=say("请用 --database 给出它的地址，如 postgresql://用户:密码@主机:5432/新库"),
        )
    databases.load(folder / POSTGRESQL, address)
    (folder / POSTGRESQL).unlink()
    settings = folder / FILE
    quoted = address.replace("\\", "\\\\").replace('"', '\\"')
    settings.write_text(
        _DATABASE.sub(lambda _: f'database = "{quoted}"', settings.read_text("utf-8")), "utf-8"
    )


def _proved(folder: Path, manifest: Manifest, file: Path) -> list[Fault]:
    """What does not hold in the restored records; KechuangError where they are not those backed up."""
    store = Workspace.open(folder).store
    try:
        if manifest.head != audit.START and audit.verify_head(store.alias, manifest.head, file):
            raise KechuangError(
                "restore-failed",
                say("恢复出的审计链没有备份时的最后一条，没有交付"),
                place=Place(file=str(file)),
                remedy=say("请用另一份备份。"),
            )
        return audit.verify(store.alias, store.files)
    finally:
        close(store.alias)
