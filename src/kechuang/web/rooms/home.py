"""Home: the plan on one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.progress.outlook import Joint
from kechuang.progress.status import Mark
from kechuang.progress.warnings.model import Warned
from kechuang.web import asked
from kechuang.web.access import not_public, page, role_of
from kechuang.web.addresses import address_of
from kechuang.web.api.rate import taken
from kechuang.web.rendering import Page
from kechuang.web.roles import PUBLIC, READERS
from kechuang.web.rooms.programmes import ProgrammeRow, programme_rows
from kechuang.web.rooms.rows import TargetRow, target_rows
from kechuang.web.standing import standing
from kechuang.web.workspaces import served

#: Warnings shown on the leader's page.
SHOWN = 6


@dataclass(frozen=True)
class Ruler:
    """The plan's years; ``gone`` is the share passed."""

    period: tuple[int, int]
    gone: float
    said: Message


@dataclass(frozen=True)
class Home:
    """The leader's page."""

    title: str
    heading: Message
    as_of: date
    fresh: bool
    ruler: Ruler | None
    tally: list[tuple[Mark, Message, int]]
    targets: list[TargetRow]
    warnings: list[Warned]
    more_warnings: int
    programmes: list[ProgrammeRow]
    joint: Message | None
    today: bool


@page("", "home", PUBLIC, held=True)
def home(request: HttpRequest) -> Page:
    found, fresh = standing(served(), day_of(request))
    progress = found.progress
    ruler = None
    if progress.period and progress.time_share is not None:
        ruler = Ruler(
            progress.period, progress.time_share, say("已过{share}", share=f"{progress.time_share:.0%}")
        )
    rows = target_rows(found)
    if role_of(request) in READERS:
        not_public(request)  # warnings
    return Page(
        "kechuang/home.html",
        Home(
            title=served().plan.title or served().settings.name,
            heading=_heading(rows),
            as_of=found.as_of,
            fresh=fresh,
            ruler=ruler,
            tally=tally(rows),
            targets=rows,
            warnings=list(found.warnings.items[:SHOWN]) if role_of(request) in READERS else [],
            more_warnings=max(len(found.warnings.items) - SHOWN, 0),
            programmes=programme_rows(found),
            joint=_joint(found.progress.joint),
            today=found.as_of == served().today,
        ),
    )


def day_of(request: HttpRequest) -> date | None:
    """The past day a page is asked to show; None for today, or for what is no day."""
    found = asked.day(request.GET.get("as_of", ""))
    if found is None or found >= served().today:
        return None
    if not request.user.is_authenticated and not taken(f"past {address_of(request)}"):
        raise KechuangError("too-often", say("请求过于频繁"), remedy=say("请过一分钟再看过去的日期。"))
    return found


def _joint(joint: Joint | None) -> Message | None:
    return joint.words if joint is not None else None


_WORDS: dict[Mark, Message] = {
    "done": say("已达成"),
    "ok": say("正常"),
    "watch": say("需关注"),
    "late": say("滞后"),
    "none": say("暂无数据"),
}


def tally(rows: list[TargetRow]) -> list[tuple[Mark, Message, int]]:
    """How many targets have which mark; marks nobody has are left out."""
    counts = [(mark, word, sum(row.mark == mark for row in rows)) for mark, word in _WORDS.items()]
    return [one for one in counts if one[2]]


def _heading(rows: list[TargetRow]) -> Message:
    """The heading is the finding."""
    good = sum(row.mark in ("done", "ok") for row in rows)
    late = [row.short for row in rows if row.mark == "late"]
    if not rows:
        return say("规划还没有目标")
    if late:
        return say(
            "{n}项目标，{good}项达成或正常，{late}滞后",
            n=len(rows),
            good=good,
            late=late[0] if len(late) == 1 else say("{n}项", n=len(late)),
        )
    return say("{n}项目标，{good}项达成或正常", n=len(rows), good=good)
