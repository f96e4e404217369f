"""The stages of preparation: where each stands on a day, its steps and documents; review, approval, issue.

A plan names its own stages (``Plan.stages``), any number of them; what kind each is is told by its
name. A stage is done on the day recorded for it, or, where none is, on the day its last step was done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from kechuang.errors import KechuangError, Place, listed
from kechuang.messages import Message, say
from kechuang.plan.model import Plan, Stage
from kechuang.plan.preparation import events
from kechuang.plan.preparation.days import first_day, last_day
from kechuang.plan.preparation.folder import Change, PlanFolder
from kechuang.plan.preparation.state import Filed, State, Step

Kind = Literal["study", "drafting", "consultation", "approval", "other"]
Standing = Literal["not_begun", "running", "done", "done_late", "overdue", "not_recorded", "undated"]

#: What a stage is, by the words of its name; the first that fits counts (审查审核 is no 研究).
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("consultation", re.compile(r"征求|征询|意见|公示|听证|咨询")),
    ("approval", re.compile(r"审[定议查核批]|印发|发布|报批|论证|评审|衔接")),
    ("drafting", re.compile(r"起草|编制|编写|撰写|形成|修改")),
    ("study", re.compile(r"调研|研究|前期|准备|启动|谋划|摸底")),
)
KINDS: dict[Kind, Message] = {
    "study": say("调研"),
    "drafting": say("起草编制"),
    "consultation": say("征求意见"),
    "approval": say("审定印发"),
    "other": say("其他"),
}
STANDINGS: dict[Standing, Message] = {
    "not_begun": say("未开始"),
    "running": say("进行中"),
    "done": say("按期完成"),
    "done_late": say("逾期完成"),
    "overdue": say("逾期未完成"),
    "not_recorded": say("未登记完成时间"),
    "undated": say("没有起止时间"),
}


@dataclass(frozen=True)
class StepView:
    """A step on a day; ``days``: late by so many (done_late, overdue), else None."""

    id: str
    name: str
    due: date | None
    done: date | None
    standing: Standing
    days: int | None
    documents: tuple[Filed, ...]


@dataclass(frozen=True)
class StageView:
    """A stage on a day. ``by_steps``: its day is that of its last step, not one recorded for itself."""

    number: int
    name: str
    kind: Kind
    start: date | None
    end: date | None
    done: date | None
    by_steps: bool
    standing: Standing
    days: int | None
    steps: tuple[StepView, ...]
    documents: tuple[Filed, ...]


def kind_of(name: str) -> Kind:
    """What kind of stage a name means.

    >>> kind_of("意见征询阶段"), kind_of("审查审核阶段"), kind_of("研究阶段"), kind_of("收尾阶段")
    ('consultation', 'approval', 'study', 'other')
    """
    return next((kind for kind, words in _KINDS if words.search(name)), "other")


def stages_on(plan: Plan, state: State, day: date) -> list[StageView]:
    """Where each stage of ``plan`` stands on ``day`` by what ``state`` has recorded, in the plan's order."""
    issued = state.issue.on if state.issue else first_day(plan.issued)
    return [_view(number, stage, state, day, issued) for number, stage in enumerate(plan.stages, start=1)]


def _view(number: int, stage: Stage, state: State, day: date, issued: date | None) -> StageView:
    record = state.stages.get(stage.name)
    start, end = first_day(stage.start), last_day(stage.end)
    steps = list(record.steps.values()) if record else []
    days = [step.done for step in steps if step.done is not None]
    by_steps = bool(steps) and len(days) == len(steps) and record is not None and record.done is None
    done = max(days) if by_steps else record.done if record else None
    if done is not None and done > day:
        done, by_steps = None, False
    # A plan that is issued has passed its stages; that nobody recorded when is no delay.
    passed = issued is not None and issued <= day
    standing, late = _standing(start, end, done, day, passed=passed)
    return StageView(
        number,
        stage.name,
        kind_of(stage.name),
        start,
        end,
        done,
        by_steps,
        standing,
        late,
        tuple(_step_view(step, start, end, day, passed=passed) for step in steps),
        tuple(record.documents) if record else (),
    )


def _step_view(step: Step, start: date | None, end: date | None, day: date, *, passed: bool) -> StepView:
    done = step.done if step.done is not None and step.done <= day else None
    standing, late = _standing(start, step.due or end, done, day, passed=passed)
    return StepView(step.id, step.name, step.due, done, standing, late, tuple(step.documents))


def _standing(
    start: date | None, end: date | None, done: date | None, day: date, *, passed: bool
) -> tuple[Standing, int | None]:
    if done is not None:
        late = (done - end).days if end else 0
        return ("done_late", late) if late > 0 else ("done", None)
    if passed:
        return "not_recorded", None
    if start is None and end is None:
        return "undated", None
    if start is not None and day < start:
        return "not_begun", None
    if end is None or day <= end:
        return "running", None
    return "overdue", (day - end).days


def stage_named(plan: Plan, name: str) -> Stage:
    """The stage by number (from 1), name, or a part of its name that fits one only."""
    if name.isascii() and name.isdigit() and 1 <= int(name) <= len(plan.stages):
        return plan.stages[int(name) - 1]
    found = [stage for stage in plan.stages if stage.name == name] or [
        stage for stage in plan.stages if name and name in stage.name
    ]
    if len(found) != 1:
        raise KechuangError(
            "no-stage",
            say("规划中没有阶段“{name}”", name=name)
            if not found
            else say("有几个阶段的名称含“{name}”", name=name),
            remedy=say(
                "规划中的阶段：{known}。", known=listed([stage.name for stage in plan.stages] or ["—"])
            ),
        )
    return found[0]


def place_named(plan: Plan, state: State, name: str) -> tuple[str, str | None]:
    """A stage or a step (``2.1``) as written on the command line: stage name and step id."""
    if re.fullmatch(r"\d+\.\d+", name):
        for stage, record in state.stages.items():
            if name in record.steps:
                return stage, name
        known = [step for record in state.stages.values() for step in record.steps]
        raise KechuangError(
            "no-step",
            say("没有步骤 {step}", step=name),
            remedy=say("已有的步骤：{known}。", known=listed(known or ["—"])),
        )
    return stage_named(plan, name).name, None


def add_step(change: Change, stage: str, name: str, due: date | None) -> str:
    """A new step of a stage; gives its id, the stage's number and the step's (``2.1``)."""
    plan = change.plan()
    found = stage_named(plan, stage)
    number = plan.stages.index(found) + 1
    at = 1
    while f"{number}.{at}" in change.state.stepped:
        at += 1
    step = f"{number}.{at}"
    change.note("stage.step", events.StepAdded(stage=found.name, step=step, name=name, due=due))
    return step


def mark_done(change: Change, name: str, on: date) -> None:
    """A stage or step was done ``on`` a day, not one to come."""
    _not_to_come(change.folder, on)
    stage, step = place_named(change.plan(), change.state, name)
    change.note("stage.done", events.StepDone(stage=stage, step=step, on=on))


def file_document(
    change: Change,
    name: str,
    title: str,
    *,
    number: str | None = None,
    day: date | None = None,
    file: Path | None = None,
) -> None:
    """A document of a stage or step; a file is remembered by its digest."""
    if day is not None:
        _not_to_come(change.folder, day)
    stage, step = place_named(change.plan(), change.state, name)
    seen = change.folder.file_seen(file) if file else None
    change.note(
        "stage.document",
        events.DocumentFiled(stage=stage, step=step, title=title, number=number, day=day, file=seen),
    )


def record_milestone(
    change: Change,
    kind: Literal["review", "approve", "issue"],
    body: str,
    on: date,
    *,
    title: str | None = None,
    number: str | None = None,
    result: Literal["passed", "revise", "rejected"] = "passed",
    file: Path | None = None,
) -> None:
    """A review, an approval or the issue by ``body``; the issue fills plan.yaml's issuer and day where empty.

    KechuangError where the order is broken, the day is to come, or plan.yaml says another day or issuer.
    """
    _not_to_come(change.folder, on)
    seen = change.folder.file_seen(file) if file else None
    fields: dict[str, Any] = {"body": body, "on": on, "title": title, "number": number, "file": seen}
    if kind != "issue" or change.state.issue is not None:  # a second issue is refused as such
        change.note(kind, events.Milestone(**fields, result=result))
        return
    plan = change.plan()
    told = {"issued": on.isoformat(), "issuer": body}
    for name, value in told.items():
        stands = getattr(plan, name)
        if stands is not None and stands != value:
            raise KechuangError(
                "issue-differs",
                say("规划中的{name}是“{stands}”，与“{value}”不一致", name=name, stands=stands, value=value),
                place=Place(file=str(change.folder.plan_file), field=name),
                remedy=say(
                    "请核对印发文件；规划写错时先用 kechuang plan confirm --set {name}=… 改正。", name=name
                ),
            )
    empty = tuple(name for name in told if getattr(plan, name) is None)
    saved = change.save(plan.model_copy(update={name: told[name] for name in empty})) if empty else None
    change.note("issue", events.Milestone(**fields, set=empty, plan=saved))


def void(change: Change, number: int, reason: str) -> None:
    """Declare an entry void; the fields the issue had filled in plan.yaml become empty again."""
    saved = None
    issue = change.state.issue
    undone = next((entry for entry in change.entries if entry.n == number), None)
    if undone is not None and undone.kind == "issue" and issue is not None and issue.set:
        plan = change.plan()
        told = {"issued": issue.on.isoformat(), "issuer": issue.body}
        empty = {name: None for name in issue.set if getattr(plan, name) == told[name]}
        saved = change.save(plan.model_copy(update=empty)) if empty else None
    try:
        change.note("void", events.Voided(entry=number, reason=reason, plan=saved))
    except KechuangError as error:
        if error.code in ("no-entry", "not-voidable", "already-voided"):
            raise
        raise KechuangError(
            "void-breaks",
            say("第{n}条作废后，后面的登记不成立：{problem}", n=number, problem=error.message),
            remedy=say("请先作废后面的登记。"),
        ) from None


def _not_to_come(folder: PlanFolder, day: date) -> None:
    if day > folder.today:
        raise KechuangError(
            "future-date",
            say("日期 {day} 还没有到（今天是 {today}）", day=day.isoformat(), today=folder.today.isoformat()),
            remedy=say("请给今天或更早的日期。"),
        )
