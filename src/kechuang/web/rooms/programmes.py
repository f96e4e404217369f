"""Programmes and safeguards: tasks with their milestones, evidence and money, and what is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from kechuang.messages import Message, say
from kechuang.progress.actions.model import MilestoneState
from kechuang.progress.model import ProgrammeProgress, SafeguardProgress, TaskProgress
from kechuang.progress.status import Mark
from kechuang.web.access import Hidden, page
from kechuang.web.rendering import Page
from kechuang.web.roles import PUBLIC
from kechuang.web.standing import Standing, standing
from kechuang.web.workspaces import served

Group = ProgrammeProgress | SafeguardProgress


@dataclass(frozen=True)
class ProgrammeRow:
    """A programme or group of measures in a list. ``parts``: shares of milestones done, late, open (%)."""

    id: str
    title: str
    lead: list[str]
    counted: Message
    parts: list[tuple[str, float]]
    next: MilestoneState | None
    paid: tuple[float, float] | None
    share: float | None
    mark: Mark
    status: Message

    @property
    def fund(self) -> list[tuple[str, float]]:
        """The paid share as a bar."""
        return [("fg", 100 * self.paid[0] / self.paid[1])] if self.paid else []

    @property
    def tick(self) -> float | None:
        """Where the time passed stands on it (%)."""
        return None if self.share is None else 100 * self.share


def programme_rows(found: Standing) -> list[ProgrammeRow]:
    """The plan's programmes, in order."""
    return [_row(found, one) for one in found.progress.programmes]


def safeguard_rows(found: Standing) -> list[ProgrammeRow]:
    """The plan's groups of measures, in order."""
    return [_row(found, one) for one in found.progress.safeguards]


def tasks_of(group: Group) -> tuple[TaskProgress, ...]:
    return group.tasks if isinstance(group, ProgrammeProgress) else group.measures


def _row(found: Standing, group: Group) -> ProgrammeRow:
    milestones = [one for task in tasks_of(group) if task.standing for one in task.standing.milestones]
    done = sum(one.standing == "done" for one in milestones)
    late = sum(one.standing in ("overdue", "unproven") for one in milestones)
    whole = max(len(milestones), 1)
    counted = (
        say("节点完成{done}/{all}", done=done, all=len(milestones)) if milestones else say("没有节点记录")
    )
    if late:
        counted = say("节点完成{done}/{all}，逾期或未证实{late}", done=done, all=len(milestones), late=late)
    open_ = [one for one in milestones if one.standing != "done" and one.due is not None]
    coming = [one for one in open_ if one.due is not None and one.due >= found.as_of] or open_
    standing_ = group.standing
    return ProgrammeRow(
        id=group.id,
        title=group.title,
        lead=list(group.lead) if isinstance(group, ProgrammeProgress) else [],
        counted=counted,
        parts=[("fg", 100 * done / whole), ("bad", 100 * late / whole)],
        next=min(coming, key=lambda one: one.due or date.max, default=None),
        paid=_paid(group),
        share=found.progress.time_share,
        mark=standing_.mark if standing_ else "none",
        status=standing_.label if standing_ else say("暂无数据"),
    )


def _paid(group: Group) -> tuple[float, float] | None:
    """Spent and planned money of the group's tasks, where any is recorded."""
    paid = whole = 0.0
    for task in tasks_of(group):
        part = task.standing.component("money") if task.standing else None
        if part is not None:
            paid += part.numbers.get("spent", 0.0)
            whole += part.numbers.get("planned", 0.0)
    return (paid, whole) if whole else None


@dataclass(frozen=True)
class Programmes:
    """All programmes and groups of measures."""

    heading: Message
    as_of: date
    programmes: list[ProgrammeRow]
    safeguards: list[ProgrammeRow]


@page("programmes/", "programmes", PUBLIC, held=True)
def programmes(request: HttpRequest) -> Page:
    found, _ = standing(served())
    rows = programme_rows(found)
    late = sum(row.mark == "late" for row in rows)
    heading = (
        say("{n}项工程，{late}项滞后", n=len(rows), late=late) if late else say("{n}项工程", n=len(rows))
    )
    return Page("kechuang/programmes.html", Programmes(heading, found.as_of, rows, safeguard_rows(found)))


@dataclass(frozen=True)
class Bar:
    """A milestone on the time axis: where its day is (0–1), and its state."""

    milestone: MilestoneState
    place: float


@dataclass(frozen=True)
class TaskView:
    """A task with what it is judged by."""

    task: TaskProgress
    bars: list[Bar]
    words: str | None


@dataclass(frozen=True)
class Programme:
    """One programme, task by task."""

    row: ProgrammeRow
    tasks: list[TaskView]
    period: tuple[int, int] | None
    now: float | None
    why: tuple[Message, ...]
    as_of: date


@page("programmes/<str:name>/", "programme", PUBLIC, held=True)
def programme(request: HttpRequest, name: str) -> Page:
    found, _ = standing(served())
    groups: list[Group] = [*found.progress.programmes, *found.progress.safeguards]
    group = next((one for one in groups if one.id == name), None)
    if group is None:
        raise Hidden
    period = found.progress.period
    spans = {task.id: task.span for programme in served().plan.programmes for task in programme.tasks}
    spans |= {one.id: one.span for safeguard in served().plan.safeguards for one in safeguard.measures}
    tasks = []
    for task in tasks_of(group):
        milestones = task.standing.milestones if task.standing else ()
        bars = [Bar(one, _place(one.due, period)) for one in milestones if one.due is not None]
        span = spans.get(task.id)
        tasks.append(TaskView(task, bars, span.text if span else None))
    return Page(
        "kechuang/programme.html",
        Programme(
            row=_row(found, group),
            tasks=tasks,
            period=period,
            now=_place(found.as_of, period),
            why=group.standing.why if group.standing else (),
            as_of=found.as_of,
        ),
    )


def _place(day: date | None, period: tuple[int, int] | None) -> float:
    """Where a day lies in the period, 0–1."""
    if day is None or period is None:
        return 0.0
    first, last = date(period[0], 1, 1), date(period[1], 12, 31)
    return min(max((day - first).days / max((last - first).days, 1), 0.0), 1.0)
