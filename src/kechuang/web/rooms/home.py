"""Home: the plan on one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from kechuang.errors import Joined, KechuangError
from kechuang.messages import Message, literal, say
from kechuang.progress.outlook import Joint
from kechuang.progress.status import MARKS, STATUSES, Mark, label
from kechuang.progress.warnings.model import Warned, rank
from kechuang.web import asked
from kechuang.web.access import not_public, page, role_of
from kechuang.web.addresses import address_of
from kechuang.web.api.rate import taken
from kechuang.web.rendering import Page
from kechuang.web.roles import PUBLIC, READERS
from kechuang.web.rooms.moments import Looking, looking
from kechuang.web.rooms.programmes import ProgrammeRow, programme_rows
from kechuang.web.rooms.rows import TargetRow, target_rows
from kechuang.web.standing import Standing, standing
from kechuang.web.workspaces import served

#: Warnings, and published reports, shown on the leader's page.
SHOWN, REPORTS = 6, 3


@dataclass(frozen=True)
class Ruler:
    """The plan's years; ``gone`` is the share passed."""

    period: tuple[int, int]
    gone: float
    said: Message


@dataclass(frozen=True)
class Told:
    """A published report: its kind, the day it tells of, the day it was published, where it lies."""

    kind: Message
    as_of: date
    day: date
    href: str


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
    over: bool
    looking: Looking
    reports: list[Told]
    inside: bool


@page("", "home", PUBLIC, held=True)
def home(request: HttpRequest) -> Page:
    found, fresh = standing(served(), day_of(request))
    progress = found.progress
    ruler = None
    if progress.period and progress.time_share is not None:
        gone = say("规划期满") if over(found) else say("已过{share}", share=f"{progress.time_share:.0%}")
        ruler = Ruler(progress.period, progress.time_share, gone)
    rows = target_rows(found)
    inside = role_of(request) in READERS
    if inside:
        not_public(request)  # warnings
    return Page(
        "kechuang/home.html",
        Home(
            title=served().plan.title or served().settings.name,
            heading=heading_of(found, rows),
            as_of=found.as_of,
            fresh=fresh,
            ruler=ruler,
            tally=tally(found),
            targets=rows,
            warnings=pressing(found)[:SHOWN] if inside else [],
            more_warnings=max(len(found.warnings.items) - SHOWN, 0),
            programmes=programme_rows(found),
            joint=_said(found, rows) if over(found) else _joint(found.progress.joint),
            over=over(found),
            looking=looking(request, found.as_of, progress.period),
            reports=_reports() if inside else [],
            inside=inside,
        ),
    )


def pressing(found: Standing) -> list[Warned]:
    """Warnings, the gravest first; of the same level those of targets before those of tasks."""
    return sorted(
        found.warnings.items,
        key=lambda one: (-rank(one.finding.level), one.finding.kind != "target"),
    )


def _reports() -> list[Told]:
    """What was published last."""
    from kechuang.web.rooms.reports import KINDS, published

    found = published()[-REPORTS:][::-1]
    return [
        Told(
            KINDS.get(one.kind, say("报告")),
            one.as_of,
            one.day,
            f"/reports/{one.number}/1/" if one.documents else "/reports/",
        )
        for one in found
    ]


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


def tally(found: Standing) -> list[tuple[Mark, Message, int]]:
    """How many targets have which status, in the words of their rows; statuses none has are left out."""
    statuses = [target.status for target in found.progress.targets]
    counts = [(MARKS[one], label(one), statuses.count(one)) for one in STATUSES]
    return [one for one in counts if one[2]]


def over(found: Standing) -> bool:
    """Whether the plan's period has passed."""
    period = found.progress.period
    return period is not None and found.as_of.year > period[1]


def _said(found: Standing, rows: list[TargetRow]) -> Message:
    """What is left to say when the period is over: which targets were missed, and by how much."""
    missed = [
        say("{name}（{gap}）", name=row.short, gap=row.gap) if str(row.gap) else row.short
        for row, target in zip(rows, found.progress.targets, strict=True)
        if target.status == "missed"
    ]
    return say("未达成：{names}。", names=Joined(missed)) if missed else literal("")


def _closing(found: Standing, rows: list[TargetRow]) -> Message:
    statuses = [target.status for target in found.progress.targets]
    good, missed = statuses.count("achieved"), statuses.count("missed")
    left = len(rows) - good - missed
    if left:
        return say(
            "规划期满，{n}项目标达成{good}项，{missed}项未达成，{left}项还不能判断",
            n=len(rows),
            good=good,
            missed=missed,
            left=left,
        )
    if missed:
        return say("规划期满，{n}项目标达成{good}项，{missed}项未达成", n=len(rows), good=good, missed=missed)
    return say("规划期满，{n}项目标全部达成", n=len(rows))


def heading_of(found: Standing, rows: list[TargetRow]) -> Message:
    """The heading is the finding."""
    if not rows:
        return say("规划还没有目标")
    if over(found):
        return _closing(found, rows)
    good = sum(row.mark in ("done", "ok") for row in rows)
    late = [row.short for row in rows if row.mark == "late"]
    period = found.progress.period
    if late:
        told: Message = say(
            "{n}项目标，{good}项达成或正常，{late}滞后",
            n=len(rows),
            good=good,
            late=late[0] if len(late) == 1 else say("{n}项", n=len(late)),
        )
    else:
        told = say("{n}项目标，{good}项达成或正常", n=len(rows), good=good)
    if period is None or found.as_of.year < period[0]:
        return told
    return say("规划第{n}年：{told}", n=found.as_of.year - period[0] + 1, told=told)
