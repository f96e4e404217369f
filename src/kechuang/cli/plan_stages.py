"""kechuang plan stages: where the preparation stands; steps, documents, review, approval, issue."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kechuang.cli.options import AsJson, AsOf, day
from kechuang.cli.plan_folder import By, Known, PlanFile, folder_of, shown, subgroup
from kechuang.cli.show import entry, show_json, show_line, show_table
from kechuang.errors import KechuangError, listed
from kechuang.messages import Message, say

if TYPE_CHECKING:
    from kechuang.plan.preparation.folder import PlanFolder
    from kechuang.plan.preparation.stages import StageView, Standing, StepView
    from kechuang.plan.preparation.state import Filed, State

stages = subgroup("stages", str(say("编制阶段：进展、步骤和文件，审议、审定和印发")))

Where = Annotated[
    str, typer.Argument(metavar="STAGE|STEP", help=str(say("阶段的序号或名称，或步骤的编号（如 2.1）")))
]
Body = Annotated[str, typer.Option("--body", metavar="NAME", help=str(say("哪个机关或会议")))]
OnDay = Annotated[str, typer.Option("--date", metavar="DATE", help=str(say("日期，如 2022-04-07")))]
Number = Annotated[
    str | None, typer.Option("--number", metavar="NO", help=str(say("文号，如 某署办发〔2022〕12号")))
]
Title = Annotated[str | None, typer.Option("--title", metavar="TEXT", help=str(say("文件名称")))]
FileGiven = Annotated[
    Path | None, typer.Option("--file", readable=False, metavar="FILE", help=str(say("文件；记下它的校验值")))
]
_RESULTS = {"passed": say("通过"), "revise": say("修改后再议"), "rejected": say("未通过")}


@stages.callback()
def show(
    context: typer.Context,
    plan: PlanFile = None,
    as_of: AsOf = None,
    known: Known = None,
    as_json: AsJson = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    from kechuang.plan.preparation.stages import stages_on

    folder = folder_of(plan)
    on, loaded, state = day(as_of) or folder.today, folder.plan(), folder.state(day(known))
    views = stages_on(loaded, state, on)
    if as_json:
        show_json(
            {
                "as_of": on.isoformat(),
                "stages": [_stage_dict(folder, view) for view in views],
                **{
                    name: [_plain(item) for item in items if item.on <= on]
                    for name, items in (
                        ("reviews", state.reviews),
                        ("approvals", [state.approval] if state.approval else []),
                        ("issues", [state.issue] if state.issue else []),
                    )
                },
            }
        )
        return
    _show(folder, views, state, on)


def _show(folder: PlanFolder, views: list[StageView], state: State, on: date) -> None:
    from kechuang.plan.preparation.stages import KINDS

    rows: list[list[object]] = []
    for view in views:
        when = f"{shown(view.start)} — {shown(view.end)}"
        note = f"{shown(view.done)} {say('（按最后一个步骤）')}" if view.by_steps else shown(view.done)
        rows.append(
            [
                view.number,
                view.name,
                KINDS[view.kind],
                when,
                note,
                _standing(view.standing, view.days),
                _files(folder, view.documents),
            ]
        )
        rows.extend(
            [
                step.id,
                f"  {step.name}",
                "",
                shown(step.due),
                shown(step.done),
                _standing(step.standing, step.days),
                _files(folder, step.documents),
            ]
            for step in view.steps
        )
    show_table(
        say("编制阶段（截至{day}）", day=on.isoformat()),
        [
            say("编号"),
            say("阶段和步骤"),
            say("性质"),
            say("起止（步骤为期限）"),
            say("完成"),
            say("状态"),
            say("文件"),
        ],
        rows,
    )
    done = [(say("审议"), item) for item in state.reviews]
    done += [(say("审定"), state.approval)] if state.approval else []
    done += [(say("印发"), state.issue)] if state.issue else []
    for name, item in done:
        if item.on > on:
            continue
        said = _RESULTS[item.result] if name.zh == "审议" else ""
        show_line(entry(name, " ".join(str(p) for p in (item.on, item.body, item.number or "", said) if p)))


def _standing(standing: Standing, days: int | None) -> Message:
    from kechuang.plan.preparation.stages import STANDINGS

    return say("{standing}（{n}天）", standing=STANDINGS[standing], n=days) if days else STANDINGS[standing]


def _files(folder: PlanFolder, documents: tuple[Filed, ...]) -> str:
    lines = []
    for item in documents:
        state = folder.still(item.file) if item.file else True
        mark = "" if state else f" [{say('文件已不在') if state is None else say('文件已改动')}]"
        lines.append(f"《{item.title.strip('《》')}》{item.number or ''}{mark}")
    return "\n".join(lines)


def _stage_dict(folder: PlanFolder, view: StageView | StepView) -> dict[str, Any]:
    from kechuang.plan.preparation.stages import StageView as Stage

    values = asdict(view)
    values["documents"] = [
        {
            "entry": item.n,
            "title": item.title,
            "number": item.number,
            "date": shown(item.day) if item.day else None,
            "file": item.file.path if item.file else None,
            "sha256": item.file.sha256 if item.file else None,
            "unchanged": folder.still(item.file) if item.file else None,
        }
        for item in view.documents
    ]
    if isinstance(view, Stage):
        values["steps"] = [_stage_dict(folder, step) for step in view.steps]
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}


def _plain(item: Any) -> dict[str, Any]:
    found: dict[str, Any] = item.model_dump(mode="json", exclude={"plan", "set"})
    return found


@stages.command("add", help=str(say("给一个阶段加一个步骤")))
def add(
    stage: Annotated[str, typer.Argument(metavar="STAGE", help=str(say("阶段的序号或名称")))],
    name: Annotated[str, typer.Argument(metavar="NAME", help=str(say("步骤的名称")))],
    due: Annotated[str | None, typer.Option("--due", metavar="DATE", help=str(say("期限")))] = None,
    plan: PlanFile = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.preparation.stages import add_step

    with folder_of(plan, by).change() as change:
        step = add_step(change, stage, name, day(due))
    _told(as_json, {"step": step}, say("已登记步骤 {step} {name}", step=step, name=name))


@stages.command("done", help=str(say("登记一个阶段或步骤已经完成")))
def done(
    where: Where,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=str(say("完成的日期")))],
    plan: PlanFile = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.preparation.stages import mark_done

    with folder_of(plan, by).change() as change:
        mark_done(change, where, _day(on))
    _told(as_json, {"done": where, "on": on}, say("已登记 {name} 于{day}完成", name=where, day=on))


@stages.command("document", help=str(say("登记一个阶段或步骤的文件")))
def document(
    where: Where,
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help=str(say("文件名称")))],
    number: Number = None,
    on: Annotated[str | None, typer.Option("--date", metavar="DATE", help=str(say("文件日期")))] = None,
    file: FileGiven = None,
    plan: PlanFile = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.preparation.stages import file_document

    with folder_of(plan, by).change() as change:
        file_document(change, where, title, number=number, day=day(on), file=file)
    _told(as_json, {"document": title}, say("已登记文件《{title}》", title=title.strip("《》")))


@stages.command("review", help=str(say("登记一次审议（或专家论证）及其结果")))
def review(
    body: Body,
    on: OnDay,
    result: Annotated[
        str, typer.Option("--result", metavar="RESULT", help=str(say("通过、修改后再议、未通过；缺省为通过")))
    ] = "passed",
    number: Number = None,
    title: Title = None,
    file: FileGiven = None,
    plan: PlanFile = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    found = next((key for key, said in _RESULTS.items() if result in (key, said.zh)), None)
    if found is None:
        raise KechuangError(
            "result-unknown",
            say("“{result}”不是审议结果", result=result),
            remedy=say("可用的有：{known}。", known=listed(list(_RESULTS.values()))),
        )
    _milestone("review", body, on, plan, by, as_json, number=number, title=title, file=file, result=found)


@stages.command("approve", help=str(say("登记审定（批准）")))
def approve(
    body: Body,
    on: OnDay,
    number: Number = None,
    title: Title = None,
    file: FileGiven = None,
    plan: PlanFile = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    _milestone("approve", body, on, plan, by, as_json, number=number, title=title, file=file)


@stages.command("issue", help=str(say("登记印发；规划中的印发机关和日期为空时填上")))
def issue(
    body: Body,
    on: OnDay,
    number: Number = None,
    title: Title = None,
    file: FileGiven = None,
    plan: PlanFile = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    _milestone("issue", body, on, plan, by, as_json, number=number, title=title, file=file)


@stages.command("void", help=str(say("声明一条登记有误、不再作数（日志中仍保留）")))
def void(
    number: Annotated[
        int, typer.Argument(metavar="N", help=str(say("登记的序号，见 kechuang plan journal")))
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=str(say("理由")))],
    plan: PlanFile = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.preparation.stages import void as declare

    with folder_of(plan, by).change() as change:
        declare(change, number, reason)
    _told(as_json, {"void": number}, say("第{n}条登记已作废", n=number))


def _milestone(
    kind: Literal["review", "approve", "issue"],
    body: str,
    on: str,
    plan: Path | None,
    by: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    from kechuang.plan.preparation.stages import record_milestone

    with folder_of(plan, by).change() as change:
        record_milestone(change, kind, body, _day(on), **given)
    names = {"review": say("审议"), "approve": say("审定"), "issue": say("印发")}
    _told(
        as_json,
        {kind: body, "date": on},
        say("已登记{what}：{day} {body}", what=names[kind], day=on, body=body),
    )


def _day(text: str) -> date:
    found = day(text)
    assert found is not None
    return found


def _told(as_json: bool, value: dict[str, Any], message: Message) -> None:
    if as_json:
        show_json(value)
    else:
        show_line(message)
