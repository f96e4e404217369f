"""Opens a workspace's database: configures Django once a process, registers one alias a workspace.

Importing this module makes the models importable. Several workspaces may be open in one process;
each has its own alias and nothing ever uses Django's ``default``. Where a web application has
configured Django first, its settings stand as long as it has ``kechuang.records`` installed.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from kechuang.errors import KechuangError, Place
from kechuang.messages import Message, literal, say

PATIENCE = 600.0
"""Seconds to wait for another writer."""

_lock = threading.RLock()
_opened: dict[str, tuple[int, int] | None] = {}


def configure() -> None:
    """Make Django ready for the models of this package; does nothing the second time."""
    from django.apps import apps
    from django.conf import settings

    with _lock:
        if not settings.configured and not os.environ.get("DJANGO_SETTINGS_MODULE"):
            settings.configure(
                INSTALLED_APPS=["kechuang.records"],
                DATABASES={},
                USE_TZ=True,
                TIME_ZONE="Asia/Shanghai",
                LANGUAGE_CODE="zh-hans",
                DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            )
        if not apps.ready and not apps.loading:
            import django

            django.setup()
        if apps.ready and not apps.is_installed("kechuang.records"):
            raise KechuangError(
                "django-settings",
                say("本进程已加载另一套Django设置，其中没有 kechuang.records"),
                remedy=say("请在其 INSTALLED_APPS 中加入“kechuang.records”，或在单独的进程中运行。"),
            )


def connect(database: str | Path) -> str:
    """The alias of ``database``: a SQLite file (made when missing) or ``postgresql://user:pw@host/name``.

    The tables are brought up to date when they are not. Opening the same database again gives the
    same alias. Raises KechuangError where it cannot be opened.
    """
    from django.db import connections

    configure()
    text = str(database)
    server = text.split("://", 1)[0] in {"postgresql", "postgres"} and "://" in text
    settings = _postgresql(text) if server else _sqlite(Path(text))
    alias = "kechuang-" + hashlib.sha256(repr(sorted(settings.items())).encode()).hexdigest()[:16]
    with _lock:
        if alias in _opened and _opened[alias] == _identity(settings):
            return alias
        if alias in connections.settings:
            connections[alias].close()
        if not server:
            _make(Path(settings["NAME"]))
        _register(alias, settings)
        _migrate(alias, None if server else Path(text))
        _opened[alias] = _identity(settings)
    return alias


def _register(alias: str, settings: dict[str, Any]) -> None:
    from django.db import connections

    connections.settings[alias] = connections.configure_settings({"default": {}, alias: settings})[alias]


def _make(path: Path) -> None:
    """A new SQLite file with its tables, there whole or not at all.

    Tables made in place could be left half made by a process killed in the middle. Whoever comes second
    with the same name keeps what the first has made.
    """
    from django.db import connections

    if path.exists() or not path.parent.is_dir():
        return
    made = path.with_name(f".{path.name}.{os.getpid()}")
    alias = f"kechuang-new-{os.getpid()}-{threading.get_ident()}"
    _register(alias, _sqlite(made))
    try:
        _migrate(alias, path)
        connections[alias].close()
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            if not path.exists():
                made.rename(path)
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
        made.unlink(missing_ok=True)


def close(alias: str) -> None:
    """Close this thread's connection, so that the file may be moved or removed."""
    from django.db import connections

    with _lock:
        if alias in connections.settings:
            connections[alias].close()


@contextmanager
def writing(alias: str) -> Iterator[None]:
    """One transaction that writes: whole or not at all, one writer at a time.

    Who comes second waits: the import of a million rows takes a while, and is no reason to give up.
    """
    from django.db import connections

    with _turn(alias):
        if connections[alias].vendor == "postgresql":
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('kechuang.records'))")
        yield


@contextmanager
def reading(alias: str) -> Iterator[None]:
    """One transaction that sees a single state of the database, whatever others write meanwhile."""
    from django.db import connections

    with _turn(alias):
        if connections[alias].vendor == "postgresql" and not connections[alias].savepoint_ids:
            with connections[alias].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextmanager
def _turn(alias: str) -> Iterator[None]:
    """A transaction, begun when no other holds a SQLite file (``PATIENCE`` at most; then django's error)."""
    from django.db import OperationalError, transaction

    until = time.monotonic() + PATIENCE
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(transaction.atomic(using=alias))
                break
            except OperationalError as error:
                if "is locked" not in str(error) or time.monotonic() > until:
                    raise
        yield


def _sqlite(path: Path) -> dict[str, Any]:
    """A rollback journal, not WAL: at rest the database is one file, so a folder can be zipped and moved,
    and it may lie on a shared drive. An import keeps what it writes in memory (up to 256 MB) until it
    commits, so that others can go on reading."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path.expanduser().resolve()),
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=DELETE; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536; "
            "PRAGMA cache_spill=65536",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    from urllib.parse import parse_qsl, unquote, urlsplit

    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise KechuangError(
            "postgres-missing",
            say("要使用PostgreSQL，还缺少 psycopg"),
            remedy=say("请安装：pip install 'kechuang[postgres]'"),
        ) from None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise KechuangError(
            "database-url",
            say("数据库地址有误"),
            remedy=say("地址的写法：postgresql://用户:密码@主机:5432/库名"),
        ) from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        # A thread of the web keeps its connection: opening one costs more than most pages. One the server has
        # closed meanwhile is noticed before it is used again.
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
    }


def _identity(settings: dict[str, Any]) -> tuple[int, int] | None:
    """Which file is behind the name now: a workspace built anew must not meet the old connection."""
    if not settings["ENGINE"].endswith("sqlite3"):
        return None
    try:
        found = Path(settings["NAME"]).stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


def _migrate(alias: str, path: Path | None) -> None:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import DatabaseError

    if path is not None and not path.expanduser().resolve().parent.is_dir():
        raise KechuangError(
            "database-folder",
            say("数据库所在的文件夹不存在"),
            place=Place(file=str(path)),
            remedy=say("请先建立工作区：kechuang init 文件夹"),
        )
    try:
        executor = MigrationExecutor(connections[alias])
        ahead = {
            name
            for name in executor.loader.applied_migrations
            if name[0] == "records" and name not in executor.loader.disk_migrations
        }
        if ahead:
            raise KechuangError(
                "database-newer",
                say("数据库由更新版本的科创建立，本版本不能打开"),
                place=Place(file=str(path) if path else None),
                remedy=say("请升级：pip install --upgrade kechuang"),
            )
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            from django.core.management import call_command

            call_command("migrate", database=alias, verbosity=0, interactive=False)
    except DatabaseError as error:
        connections[alias].close()
        raise trouble(error, path) from None


def trouble(error: Exception, path: Path | None = None) -> KechuangError:
    """What a database objects to (``django.db.DatabaseError``), in words."""
    text = " ".join(str(error).split())
    known: dict[str, Message] = {
        "malformed": say("文件已损坏"),
        "not a database": say("文件已损坏，或者不是数据库"),
        "readonly": say("没有写入权限"),
        "unable to open": say("没有权限，或者文件不在"),
        "is locked": say("别的程序正在写它"),
        "is full": say("磁盘已满"),
    }
    problem = next((message for sign, message in known.items() if sign in text), literal(text))
    return KechuangError(
        "database-unreadable",
        say("数据库不能读写：{problem}", problem=problem),
        place=Place(file=str(path) if path else None),
        remedy=say("请核对文件或地址；文件若已损坏，请用备份恢复。"),
    )


configure()
