"""The database of a workspace as a file: SQLite by its own backup, PostgreSQL by pg_dump and pg_restore.

Both give the state of one moment while others go on writing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kechuang.errors import KechuangError
from kechuang.keeping.manifest import POSTGRESQL, SQLITE
from kechuang.messages import literal, say
from kechuang.records.audit import START

_LAST = "SELECT seq, hash FROM records_event ORDER BY seq DESC LIMIT 1"


def kind(alias: str) -> str:
    """``sqlite`` or ``postgresql``."""
    from django.db import connections

    return str(connections[alias].vendor)


@dataclass(frozen=True)
class Copy:
    """A copied database; ``entries`` and ``head`` are the length and last hash of an audit chain it holds."""

    path: Path
    entries: int
    head: str


def copy(alias: str, folder: Path) -> Copy:
    """A whole copy of the database in ``folder``, as it stood at one moment.

    The head of a dump is read before it is made: the dump may hold later entries, never fewer.
    """
    from django.db import connections

    settings = connections[alias].settings_dict
    if kind(alias) == "sqlite":
        path = folder / SQLITE
        with (
            closing(sqlite3.connect(str(settings["NAME"]), timeout=60)) as source,
            closing(sqlite3.connect(path)) as target,
        ):
            source.backup(target)
            return Copy(path, *_head(target.execute(_LAST).fetchone()))
    path = folder / POSTGRESQL
    with connections[alias].cursor() as cursor:
        cursor.execute(_LAST)
        head = _head(cursor.fetchone())
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}"], settings)
    return Copy(path, *head)


def _head(row: Any) -> tuple[int, str]:
    return (int(row[0]), str(row[1])) if row else (0, START)


def load(dump: Path, address: str) -> None:
    """Load a dump into the empty PostgreSQL database at ``address``."""
    from kechuang.records.database import _postgresql

    settings = _postgresql(address)
    name = str(settings["NAME"])
    _run(
        ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={name}"], settings, dump
    )


def _run(command: list[str], settings: dict[str, Any], *more: Path) -> None:
    """Run a PostgreSQL program; the password goes by the environment, never on the command line."""
    if shutil.which(command[0]) is None:
        raise KechuangError(
            "postgres-tools",
            say("缺少 PostgreSQL 的程序 {name}", name=command[0]),
            remedy=say("请安装与服务器版本相同的 PostgreSQL 客户端。"),
        )
    names = {
        "HOST": "PGHOST",
        "PORT": "PGPORT",
        "USER": "PGUSER",
        "PASSWORD": "PGPASSWORD",
        "NAME": "PGDATABASE",
    }
    given = {name: str(settings[key]) for key, name in names.items() if settings.get(key)}
    done = subprocess.run(
        [*command, *map(str, more)], env={**os.environ, **given}, capture_output=True, check=False
    )
    if done.returncode:
        raise _failed(command[0], done.stderr.decode(errors="replace"))


def _failed(program: str, text: str) -> KechuangError:
    last = text.strip().splitlines()[-1:] or ["?"]
    return KechuangError(
        "postgres-tools-failed",
        say("{name} 没有成功：{problem}", name=program, problem=literal(last[0])),
        remedy=say("请核对数据库地址、权限和磁盘空间；客户端版本不应低于服务器。"),
    )
