"""Administration: what is in force, whether it is whole, and what it would take to bring it back."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils import timezone

from kechuang.messages import Message, literal, say
from kechuang.packs.model import Packs
from kechuang.progress.status import Mark
from kechuang.settings import PLACES, Settings
from kechuang.web.access import page
from kechuang.web.jobs import Job, Jobs
from kechuang.web.models import Read, SignedIn, User
from kechuang.web.numbers import size_text
from kechuang.web.rendering import Page
from kechuang.web.roles import ADMINISTRATORS, ROLES
from kechuang.web.standing import kept
from kechuang.web.workspaces import served

#: A backup older than so many days is told.
OLD_BACKUP = 7
#: Free space below so many times of what the workspace takes is told.
ROOM = 3


@dataclass(frozen=True)
class Fact:
    """One thing that is so, with how it stands."""

    name: Message
    mark: Mark
    word: Message
    note: Message
    href: str = ""
    link: Message | None = None


@dataclass(frozen=True)
class PackRow:
    """A pack in use; ``open`` is how many of its entries are 待核实."""

    id: str
    label: Any
    version: str
    indicators: int
    open: int


@dataclass(frozen=True)
class Unverified:
    """A definition or a parameter nobody has read word by word in the issued text."""

    kind: Message
    id: str
    label: Any
    source: str


@dataclass(frozen=True)
class SettingRow:
    """A setting as in force; ``given`` says that kechuang.toml says so."""

    table: str
    key: str
    value: str
    given: bool


@dataclass(frozen=True)
class Admin:
    """The administrator's page."""

    heading: Message
    facts: list[Fact]
    accounts: list[tuple[Message, int]]
    closed: int
    sessions: int
    packs: list[PackRow]
    counts: tuple[int, int, int, int]
    unverified: list[Unverified]
    settings: list[SettingRow]
    refused: int


@page("admin/", "admin", ADMINISTRATORS)
def admin(request: HttpRequest) -> Page:
    workspace = served()
    users = list(User.objects.all())
    active = [user for user in users if user.is_active]
    counted = [(role.label, sum(user.role == name for user in active)) for name, role in ROLES.items()]
    unverified, packs = kept.get("packs", (), lambda: _packs(workspace.packs))[0]
    facts = [_verified(Jobs(workspace.folder).get("verify")), _backup(), _database(), _room()]
    troubled = [fact for fact in facts if fact.mark in ("late", "watch")]
    heading = (
        say(
            "{n}件事要处理：{names}",
            n=len(troubled),
            names=str(say("、")).join(str(fact.name) for fact in troubled),
        )
        if troubled
        else say("一切正常：已核验，有新的备份")
    )
    since = timezone.now() - timedelta(days=7)
    context = Admin(
        heading,
        facts,
        [one for one in counted if one[1]],
        len(users) - len(active),
        SignedIn.objects.count(),
        packs,
        (
            len(workspace.packs.records),
            len(workspace.packs.indicators),
            len(workspace.packs.parameters),
            len(workspace.packs.rules),
        ),
        unverified,
        _settings(workspace.settings, workspace.folder),
        Read.objects.filter(at__gt=since, status=403).count(),
    )
    return Page("kechuang/admin.html", context)


def _verified(job: Job | None) -> Fact:
    from kechuang.records.models import Event

    last = Event.objects.using(served().store.alias).order_by("-seq").first()
    note = (
        say("审计链{n}条，最后一条{at}", n=last.seq, at=_moment(last.at)) if last else say("审计链还是空的")
    )
    name, href, link = say("审计链"), "/admin/verify/", say("核验")
    if job is None or job.ended is None:
        running = job is not None and job.running
        word = say("正在核验") if running else say("还没有核验过")
        return Fact(
            name, "none" if running else "watch", word, note, href, say("看进度") if running else link
        )
    when = _moment(job.ended)
    if job.state != "done":
        return Fact(name, "watch", say("上次核验没有做完"), note, href, link)
    faults, outstanding = len(job.result["findings"]), job.result["outstanding"]
    if faults:
        return Fact(name, "late", say("{n}处不符", n=faults), say("{at}核验", at=when), href, say("看结果"))
    if outstanding:
        word = say("完整；{n}个已发布的数待更正", n=outstanding)
        return Fact(name, "watch", word, say("{at}核验", at=when), href, say("看结果"))
    return Fact(name, "ok", say("完整"), say("{at}核验；{note}", at=when, note=note), href, say("看结果"))


def _backup() -> Fact:
    from kechuang.keeping import backups

    found, name = backups(served().store.alias), say("备份")
    how = literal("kechuang backup")
    if not found:
        return Fact(name, "late", say("还没有备份"), say("在服务器上运行 {command}", command=how))
    last = found[-1]
    days = (timezone.now() - last.at).days
    note = say("{at}，{file}，{size}MB", at=_moment(last.at), file=last.file, size=f"{last.size / 2**20:.1f}")
    if days > OLD_BACKUP:
        return Fact(name, "watch", say("{n}天前", n=days), note)
    return Fact(name, "ok", say("{n}天前", n=days) if days else say("今天"), note)


def _database() -> Fact:
    workspace = served()
    snapshots = [path for path in (workspace.folder / "snapshots").glob("*") if path.is_dir()]
    note = say(
        "快照{n}份，共{size}", n=len(snapshots), size=size_text(_taken(workspace.folder / "snapshots"))
    )
    if workspace.settings.database != "sqlite":
        host = urlsplit(workspace.settings.database).hostname or "localhost"
        return Fact(say("数据库"), "ok", say("PostgreSQL（{host}）", host=host), note)
    size = size_text((workspace.folder / "kechuang.db").stat().st_size)
    return Fact(say("数据库"), "ok", say("SQLite，{size}", size=size), note)


def _room() -> Fact:
    folder = served().folder
    usage, taken = shutil.disk_usage(folder), _taken(folder)
    word = say("还有{size}", size=size_text(usage.free))
    note = say("工作区共{size}", size=size_text(taken))
    low = usage.free < max(ROOM * taken, 2**30)
    return Fact(say("磁盘"), "watch" if low else "ok", word, note)


def _taken(folder: Path) -> int:
    """Bytes of the files below a folder, counted once a minute at most."""
    minute = (int(timezone.now().timestamp()) // 60,)
    return kept.get(f"taken {folder}", minute, lambda: _counted(folder))[0]


def _counted(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def _moment(at: datetime) -> str:
    from kechuang.web.templatetags.kechuang import moment

    return moment(at)


def _packs(packs: Packs) -> tuple[list[Unverified], list[PackRow]]:
    """What is 待核实, and the packs with how much of it is theirs."""
    found: list[Unverified] = []
    of_pack: dict[str, list[int]] = {one.pack: [0, 0] for one in packs.info}
    for name, spec in packs.indicators.items():
        own = of_pack.get(_pack_of(packs.files.get(name, ""), of_pack), [0, 0])
        own[0] += 1
        source = spec.definition
        if not source.verified:
            own[1] += 1
            found.append(Unverified(say("指标"), name, spec.label, f"{source.source}，{source.clause}"))
    for name, parameter in packs.parameters.items():
        values = [value for value in parameter.values if not value.verified]
        found += [
            Unverified(say("参数"), name, parameter.label, f"{value.source}，{value.clause}")
            for value in values
        ]
    rows = [PackRow(one.pack, one.label, one.version, *of_pack[one.pack]) for one in packs.info]
    return found, rows


def _pack_of(file: str, known: dict[str, list[int]]) -> str:
    return next((part for part in reversed(Path(file).parts) if part in known), "")


def _settings(settings: Settings, folder: Path) -> list[SettingRow]:
    """The settings, secrets hidden."""
    import os
    import tomllib

    content = tomllib.loads((folder / "kechuang.toml").read_text("utf-8-sig"))
    rows = [
        SettingRow(table, key, _shown(key, getattr(settings, key)), key in content.get(table, {}))
        for key, (table, _) in PLACES.items()
    ]
    if settings.mail is not None:
        given = content.get("mail", {})
        rows += [
            SettingRow("mail", one.name, str(getattr(settings.mail, one.name)), one.name in given)
            for one in fields(settings.mail)
        ]
        there = say("已设") if os.environ.get(settings.mail.password_env) else say("没有设")
        rows.append(SettingRow("mail", f"${settings.mail.password_env}", str(there), True))
    if settings.oidc is not None:
        given = content.get("oidc", {})
        rows += [
            SettingRow("oidc", one.name, str(getattr(settings.oidc, one.name)), one.name in given)
            for one in fields(settings.oidc)
        ]
        if settings.oidc.secret_env:
            there = say("已设") if os.environ.get(settings.oidc.secret_env) else say("没有设")
            rows.append(SettingRow("oidc", f"${settings.oidc.secret_env}", str(there), True))
    return rows


def _shown(key: str, value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, tuple):
        return str(say("、")).join(map(str, value)) or "—"
    if isinstance(value, bool):
        return "true" if value else "false"
    if key in ("database", "spark") and "://" in str(value):
        parts = urlsplit(str(value))
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    return str(value)
