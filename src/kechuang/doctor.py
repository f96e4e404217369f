"""Examines this machine: what Kechuang needs, what is there, and how to mend what is not."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kechuang.errors import KechuangError
from kechuang.messages import Message, literal, say

LOWEST_PYTHON = (3, 11)
NEEDED = (
    "django",
    "pydantic",
    "duckdb",
    "ibis-framework",
    "pyarrow",
    "openpyxl",
    "python-calamine",
    "python-docx",
    "typst",
    "fonttools",
)


@dataclass(frozen=True)
class Examined:
    """One thing looked at. ``result``: ok, missing (needed) or optional (not there, not needed)."""

    name: Message
    result: str
    detail: Message
    remedy: Message | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name.both(),
            "result": self.result,
            "detail": self.detail.both(),
            "remedy": self.remedy.both() if self.remedy else None,
        }


def examine() -> list[Examined]:
    """All examinations, in the order of the road."""
    return [
        check()
        for check in (_python, _packages, _fonts, _store, _engine, _office, _browser, _postgres, _oidc, _java)
    ]


def _python() -> Examined:
    found = literal(platform.python_version())
    if sys.version_info[:2] >= LOWEST_PYTHON:
        return Examined(literal("Python"), "ok", found)
    return Examined(literal("Python"), "missing", found, say("请安装 Python 3.11 或更新的版本。"))


def _packages() -> Examined:
    missing = []
    for name in NEEDED:
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Examined(
            say("Python 组件"),
            "missing",
            literal("、".join(missing)),
            say("请在源代码目录运行 make demo，或 pip install --require-hashes -r requirements.lock。"),
        )
    return Examined(say("Python 组件"), "ok", say("{n}个主要组件齐全", n=len(NEEDED)))


def _fonts() -> Examined:
    from kechuang.publish.fonts import font_file

    try:
        files = [font_file("sans"), font_file("serif")]
    except KechuangError as error:
        return Examined(say("中文字体（图表与文件用）"), "missing", error.message, error.remedy)
    return Examined(say("中文字体（图表与文件用）"), "ok", literal("、".join(path.name for path in files)))


def _store() -> Examined:
    import sqlite3

    return _tried(say("数据库 SQLite"), literal(sqlite3.sqlite_version), _try_sqlite)


def _try_sqlite() -> None:
    import sqlite3

    with TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "try.db")
        connection.execute("create table t (data text check (json_valid(data)))")
        connection.execute("insert into t values ('{\"县\": 1}')")
        connection.close()


def _engine() -> Examined:
    import duckdb

    def attempt() -> None:
        duckdb.connect().execute("select 1").fetchall()

    return _tried(say("计算引擎 DuckDB"), literal(duckdb.__version__), attempt)


def _tried(name: Message, detail: Message, attempt: Callable[[], None]) -> Examined:
    try:
        attempt()
    except Exception as error:  # whatever a damaged installation raises is what the user must hear
        return Examined(name, "missing", literal(f"{type(error).__name__}: {error}"), say("请重新安装。"))
    return Examined(name, "ok", detail)


def _program(name: Message, programs: tuple[str, ...], remedy: Message) -> Examined:
    found = next((path for program in programs if (path := shutil.which(program))), None)
    if found:
        return Examined(name, "ok", literal(found))
    return Examined(name, "optional", literal("—"), remedy)


def _office() -> Examined:
    return _program(
        say("LibreOffice（把 .docx 转成 PDF 查看）"),
        ("soffice", "libreoffice"),
        say("Debian/Ubuntu：apt install libreoffice-writer poppler-utils"),
    )


def _browser() -> Examined:
    return _program(
        say("Chromium（网页测试）"),
        ("chromium", "chromium-browser", "google-chrome"),
        say("Debian/Ubuntu：apt install chromium"),
    )


def _postgres() -> Examined:
    return _extra("psycopg", "postgres", say("PostgreSQL 驱动（多人办公时用）"))


def _oidc() -> Examined:
    return _extra("joserfc", "oidc", say("统一身份认证组件（不用密码登录时）"))


def _extra(package: str, extra: str, name: Message) -> Examined:
    """A package that comes with an optional part of the product."""
    try:
        return Examined(name, "ok", literal(metadata.version(package)))
    except metadata.PackageNotFoundError:
        return Examined(name, "optional", literal("—"), literal(f"pip install 'kechuang[{extra}]'"))


def _java() -> Examined:
    return _program(
        say("Java（全国规模用 Spark 时）"),
        ("java",),
        say("Debian/Ubuntu：apt install openjdk-17-jre-headless"),
    )
