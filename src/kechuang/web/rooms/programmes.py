"""Programmes and safeguards: tasks with their milestones, evidence and money, and what is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from kechuang.messages import Message, say
from kechuang.progress.actions.facts import Facts, Row
from kechuang.progress.actions.model import Component, MilestoneState
from kechuang.progress.model import ProgrammeProgress, SafeguardProgress, TaskProgress
from kechuang.progress.status import Mark
from kechuang.web.access import Hidden, page, role_of
from kechuang.web.gantt import Axis
from kechuang.web.rendering import Page
from kechuang.web.roles import PUBLIC, READERS
from kechuang.web.rooms.moments import Looking, looking
from kechuang.web.standing import Standing, kept, standing, state_of
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
    known = [one for task in tasks_of(group) if (one := _paid_of(task))]
    return (sum(one[0] for one in known), sum(one[1] for one in known)) if known else None


def _paid_of(task: TaskProgress) -> tuple[float, float] | None:
    part = task.standing.component("money") if task.standing else None
    whole = part.numbers.get("planned", 0.0) if part else 0.0
    return (part.numbers.get("spent", 0.0), whole) if part and whole else None


@dataclass(frozen=True)
class Programmes:
    """All programmes and groups of measures."""

    heading: Message
    as_of: date
    programmes: list[ProgrammeRow]
    safeguards: list[ProgrammeRow]
    looking: Looking


@page("programmes/", "programmes", PUBLIC, held=True)
def programmes(request: HttpRequest) -> Page:
    from kechuang.web.rooms.home import day_of

    found, _ = standing(served(), day_of(request))
    rows = programme_rows(found)
    late = sum(row.mark == "late" for row in rows)
    heading = (
        say("{n}项工程，{late}项滞后", n=len(rows), late=late) if late else say("{n}项工程", n=len(rows))
    )
    context = Programmes(
        heading,
        found.as_of,
        rows,
        safeguard_rows(found),
        looking(request, found.as_of, found.progress.period),
    )
    return Page("kechuang/programmes.html", context)


@dataclass(frozen=True)
class TaskView:
    """A task with what it is judged by: milestones, projects, money."""

    task: TaskProgress
    milestones: tuple[MilestoneState, ...]
    words: str | None
    projects: Component | None
    paid: tuple[float, float] | None
    share: float | None

    @property
    def done(self) -> int:
        return sum(one.standing == "done" for one in self.milestones)

    @property
    def fund(self) -> list[tuple[str, float]]:
        """The paid share as a bar."""
        return [("fg", 100 * self.paid[0] / self.paid[1])] if self.paid else []

    @property
    def tick(self) -> float | None:
        """Where the time passed stands on it (%)."""
        return None if self.share is None else 100 * self.share


@dataclass(frozen=True)
class YearMoney:
    """A year's money of all tasks of a group, in 万元."""

    year: int
    planned: float
    allocated: float
    spent: float

    @property
    def parts(self) -> list[tuple[str, float]]:
        """Spent of planned, and what was allocated beyond."""
        if not self.planned:
            return []
        spent = 100 * self.spent / self.planned
        return [("fg", spent), ("mid", max(100 * self.allocated / self.planned - spent, 0.0))]

    @property
    def rate(self) -> float | None:
        return self.spent / self.planned if self.planned else None


@dataclass(frozen=True)
class ProjectRow:
    """A project that proves a task; ``late``: days past its planned end while it is not closed."""

    entry: str
    key: str
    type: str
    name: str
    start: date | None
    due: date | None
    closed: date | None
    late: int
    mark: Mark
    word: Message


@dataclass(frozen=True)
class Programme:
    """One programme: its chart, its tasks in one table, its money by year, its projects."""

    row: ProgrammeRow
    heading: Message
    tasks: list[TaskView]
    axis: Axis
    money: list[YearMoney]
    projects: list[ProjectRow]
    inside: bool
    why: tuple[Message, ...]
    as_of: date
    looking: Looking


@page("programmes/<str:name>/", "programme", PUBLIC, held=True)
def programme(request: HttpRequest, name: str) -> Page:
    from kechuang.web.rooms.home import day_of

    found, _ = standing(served(), day_of(request))
    groups: list[Group] = [*found.progress.programmes, *found.progress.safeguards]
    group = next((one for one in groups if one.id == name), None)
    if group is None:
        raise Hidden
    period = found.progress.period
    spans = {task.id: task.span for programme in served().plan.programmes for task in programme.tasks}
    spans |= {one.id: one.span for safeguard in served().plan.safeguards for one in safeguard.measures}
    tasks = []
    for task in tasks_of(group):
        span = spans.get(task.id)
        tasks.append(
            TaskView(
                task,
                task.standing.milestones if task.standing else (),
                span.text if span and span.text != task.title else None,
                task.standing.component("projects") if task.standing else None,
                _paid_of(task),
                found.progress.time_share,
            )
        )
    milestones = [one for view in tasks for one in view.milestones]
    inside = role_of(request) in READERS
    facts = _facts(found.as_of)
    context = Programme(
        row=_row(found, group),
        heading=_finding(milestones),
        tasks=tasks,
        axis=Axis.of(milestones, period, found.as_of),
        money=_money(facts, tasks),
        projects=_projects(facts, tasks, found.as_of) if inside else [],
        inside=inside,
        why=group.standing.why if group.standing else (),
        as_of=found.as_of,
        looking=looking(request, found.as_of, period),
    )
    return Page("kechuang/programme.html", context)


def _finding(milestones: list[MilestoneState]) -> Message:
    """What the chart shows, in words."""
    if not milestones:
        return say("没有节点记录")
    done = [one for one in milestones if one.standing == "done"]
    late = sum(one.standing == "overdue" for one in milestones)
    slipped = sum(one.delay > 0 for one in done)
    if late:
        return say(
            "{all}个节点完成{done}个（其中{slipped}个迟了），{late}个逾期",
            all=len(milestones),
            done=len(done),
            slipped=slipped,
            late=late,
        )
    return say(
        "{all}个节点完成{done}个（其中{slipped}个迟了），没有逾期",
        all=len(milestones),
        done=len(done),
        slipped=slipped,
    )


def _facts(day: date) -> Facts:
    workspace = served()

    def make() -> Facts:
        fresh = type(workspace)(workspace.folder, workspace.settings, workspace.clock)
        return fresh.facts(day)

    return kept.get(f"facts {day}", state_of(workspace), make)[0]


def _of(facts: Facts, kind: str, view: TaskView) -> list[Row]:
    return facts.of(kind, view.task.id, view.task.evidence)


def _money(facts: Facts, tasks: list[TaskView]) -> list[YearMoney]:
    sums: dict[int, list[float]] = {}
    for row in (one for view in tasks for one in _of(facts, "money", view)):
        year = row.values.get("year")
        if year is None:
            continue
        held = sums.setdefault(int(year), [0.0, 0.0, 0.0])
        for number, name in enumerate(("planned", "allocated", "spent")):
            held[number] += float(row.values.get(name) or 0.0)
    return [YearMoney(year, *sums[year]) for year in sorted(sums)]


def _projects(facts: Facts, tasks: list[TaskView], day: date) -> list[ProjectRow]:
    found: dict[tuple[str, str], ProjectRow] = {}
    for view in tasks:
        for row in _of(facts, "projects", view):
            due, closed = row.values.get("due"), row.values.get("closed")
            late = (day - due).days if due and not closed and due < day else 0
            mark: Mark = "done" if closed else "late" if late else "ok"
            word = say("已验收") if closed else say("超期{n}天", n=late) if late else say("在研")
            found.setdefault(
                (row.type, row.key),
                ProjectRow(
                    view.task.id,
                    row.key,
                    row.type,
                    str(row.values.get("name") or row.key),
                    row.values.get("start"),
                    due,
                    closed,
                    late,
                    mark,
                    word,
                ),
            )
    return sorted(found.values(), key=lambda one: (-one.late, one.entry, one.due or date.max))
