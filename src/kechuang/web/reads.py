"""Who opened what is not public: kept at once where the database is free, else set aside and kept soon after.

SQLite has one writer at a time. A reader must not wait for an import of somebody else's, nor be refused, and yet no
read may go unrecorded: what cannot be written within a moment is put on a file of the workspace, and from there into
the database by the thread that computes ahead.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import OperationalError, connections

from kechuang.web.models import Read
from kechuang.web.workspaces import served

#: Milliseconds a reader waits for a writer.
MOMENT = 150
_FIELDS = ("user", "role", "address", "method", "path", "status")
_here = threading.Lock()


def keep(read: Read) -> None:
    """Keep a read, now or soon."""
    connection = connections[served().store.alias]
    if connection.vendor != "sqlite":
        read.save(force_insert=True)
        return
    patience = int(1000 * connection.settings_dict["OPTIONS"]["timeout"])
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {MOMENT}")
        try:
            read.save(force_insert=True)
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA busy_timeout = {patience}")
    except OperationalError as error:
        if "locked" not in str(error):
            raise
        _set_aside(read)


def carry() -> int:
    """Put into the database what was set aside; how many reads."""
    place = _place()
    with _alone():
        if not place.is_file():
            return 0
        taken = place.with_name(f"{place.name}.{uuid.uuid4().hex}")
        place.rename(taken)
    reads = [_read(json.loads(line)) for line in taken.read_text("utf-8").splitlines()]
    try:
        Read.objects.bulk_create(reads)
    except OperationalError:
        _back(taken)
        return 0
    taken.unlink()
    return len(reads)


def recover() -> None:
    """Before anything is served: what a process that ended meanwhile had taken is set aside again."""
    for taken in _place().parent.glob(f"{_place().name}.*"):
        _back(taken)


def _back(taken: Path) -> None:
    with _alone():
        with _place().open("a", encoding="utf-8") as stream:
            stream.write(taken.read_text("utf-8"))
        taken.unlink()


def _place() -> Path:
    return served().folder / "records" / "reads.jsonl"


def _set_aside(read: Read) -> None:
    line = {name: getattr(read, name) for name in _FIELDS} | {"at": read.at.isoformat()}
    with _alone(), _place().open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def _read(line: dict[str, Any]) -> Read:
    return Read(**{**line, "at": datetime.fromisoformat(line["at"])})


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else writes or takes the file."""
    with _here, _place().with_suffix(".lock").open("a") as handle:
        try:
            import fcntl
        except ImportError:  # Windows: one process serves
            yield
            return
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
