"""kechuang progress: where each target stands; its other commands are in modules of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kechuang.cli.app import group, workspace
from kechuang.cli.changes import STATUS
from kechuang.cli.options import AsJson, AsOf, day
from kechuang.cli.show import number, pick, progress_bar, show_json, show_line, show_table
from kechuang.messages import say

if TYPE_CHECKING:
    from kechuang.workspace import Workspace


commands = group("progress", alone=True)

MARKS = {"done": "●", "ok": "○", "watch": "△", "late": "▲", "none": "—"}


@commands.callback()
def progress(
    context: typer.Context,
    as_of: AsOf = None,
    methods: Annotated[
        bool, typer.Option("--methods", help=str(say("另列各方法的判断，并说明为何不一致")))
    ] = False,
    as_json: AsJson = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    ws = workspace()
    with progress_bar(str(say("计算"))) as report:
        figures = ws.figures(day(as_of), only=ws.linked, progress=report)
        content = ws.progress(day(as_of), figures).as_dict()
    if as_json:
        show_json(content)
    else:
        show_progress(ws, content)
        if methods:
            show_methods(content)


def show_progress(ws: Workspace, content: dict[str, Any]) -> None:
    """The table of targets, with reasons under it."""
    show_line(
        say(
            "{name}：截至{day}，规划期已过{share}",
            name=ws.settings.name,
            day=content["as_of"],
            share=f"{content['time_share']:.0%}",
        )
    )
    show_table(
        say("目标进度"),
        [
            say("编号"),
            say("目标"),
            say("最新值"),
            say("年度"),
            say("目标值"),
            say("完成率"),
            say("状态"),
            say("可能性"),
            say("数据状态"),
        ],
        [
            [
                target["id"],
                target["name"],
                _with_unit(ws, target, target["latest"]["value"] if target["latest"] else None),
                target["latest"]["period"] if target["latest"] else "—",
                f"{target['comparator']} {number(target['target'])}{target['unit']}",
                "—" if target["attained"] is None else f"{target['attained']:.0%}",
                pick(target["status_label"]),
                chance(target),
                STATUS[target["latest"]["status"]] if target["latest"] else "—",
            ]
            for target in content["targets"]
        ],
        right=(2, 4, 5, 7),
    )
    if content["joint"] and any(chance(target)[-1] == "%" for target in content["targets"]):
        show_line(f"  {pick(content['joint']['words'])}")
    for target in content["targets"]:
        for reason in target["why"]:
            show_line(f"  {target['id']} {pick(reason)}")
    groups = [*content["programmes"], *content["safeguards"]]
    if any(group["status"] for group in groups):
        show_table(
            say("工程与保障措施"),
            [say("编号"), say("工程或保障"), say("状态"), say("应完成的已证明"), say("各项状态")],
            [
                [
                    group["id"],
                    group["title"],
                    pick(group["status_label"]),
                    "—" if group["score"] is None else f"{group['score']:.0%}",
                    pick(group["why"][0]),
                ]
                for group in groups
                if group["status"]
            ],
            right=(3,),
        )


def show_methods(content: dict[str, Any]) -> None:
    """The verdict of every method a target, and why they differ."""
    show_line()
    names = list(dict.fromkeys(one["method"] for target in content["targets"] for one in target["methods"]))
    show_table(
        say("各方法的判断"),
        [say("编号"), *names],
        [
            [target["id"], *(f"{MARKS[one['mark']]} {pick(one['label'])}" for one in target["methods"])]
            for target in content["targets"]
            if target["methods"]
        ],
    )
    for target in content["targets"]:
        for reason in target["agreement"]["why"]:
            show_line(f"  {target['id']} {pick(reason)}")


def chance(target: dict[str, Any]) -> str:
    """The probability of a target, or whether the outcome is known already."""
    from kechuang.progress.outlook.chances import percentage

    if target["probability"] is None:
        return "—"
    if target["outlook"] and target["outlook"]["settled"]:
        return str(say("已确定"))
    return percentage(target["probability"])


def _with_unit(ws: Workspace, target: dict[str, Any], value: float | None) -> str:
    spec = ws.packs.indicators.get(ws.links.get(target["id"], ""))
    return number(value, spec.decimals if spec else None) + ("" if value is None else target["unit"])
