"""kechuang progress tasks: where each task and measure stands, by what evidence, with which weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kechuang.cli.app import workspace
from kechuang.cli.options import AsJson, AsOf, day, near
from kechuang.cli.progress import commands
from kechuang.cli.show import pick, progress_bar, show_json, show_line, show_table
from kechuang.errors import KechuangError
from kechuang.messages import say

if TYPE_CHECKING:
    from kechuang.progress import Progress
    from kechuang.workspace import Workspace

Entry = Annotated[
    str | None, typer.Argument(metavar="[ID]", help=str(say("只看这一项，如 P2、P2.1、S1.3；缺省为全部")))
]


@commands.command(
    "tasks", help=str(say("任务与措施的状态：节点、项目、经费、产出各证明了多少，权重，为什么"))
)
def tasks(entry: Entry = None, as_of: AsOf = None, as_json: AsJson = False) -> None:
    ws = workspace()
    found = assessed(ws, as_of)
    content = found.as_dict()
    groups = [*content["programmes"], *content["safeguards"]]
    members = {one["id"]: one for group in groups for one in group.get("tasks", group.get("measures"))}
    known = {group["id"]: group for group in groups} | members
    if entry is not None and entry not in known:
        raise KechuangError(
            "no-item",
            say("规划中没有任务或措施“{name}”", name=entry),
            remedy=say("可用的有：{known}。", known=near(entry, known)),
        )
    faults = content["faults"]
    if as_json:
        show_json(
            {
                "as_of": content["as_of"],
                **(
                    {
                        name: content[name]
                        for name in ("programmes", "safeguards", "chains", "threats", "faults")
                    }
                    if entry is None
                    else {"entry": known[entry], "faults": faults}
                ),
            }
        )
    elif entry is not None and entry in members:
        _show_one(members[entry], content)
    else:
        for group in groups if entry is None else [known[entry]]:
            _show_group(group)
        if entry is None:
            _show_chains(content)
    if faults:
        if not as_json:
            for fault in found.faults:
                show_line(f"  · {fault.full()} [{fault.code}]")
        raise typer.Exit(1)


def assessed(ws: Workspace, as_of: str | None) -> Progress:
    """The assessment of a day, with a bar while it is computed."""
    with progress_bar(str(say("计算"))) as report:
        when = day(as_of)
        figures = ws.figures(when, only=ws.linked, region_codes=[ws.settings.region], progress=report)
        return ws.progress(when, figures)


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.0%}"


def _show_group(group: dict[str, Any]) -> None:
    entries = group["tasks"] if "tasks" in group else group["measures"]
    show_table(
        f"{group['id']} {group['title']}：{pick(group['status_label'])} {_percent(group['score'])}",
        [
            say("编号"),
            say("任务或措施"),
            say("状态"),
            say("应完成的已证明"),
            say("节点"),
            say("各类项目"),
            say("经费"),
            say("记录"),
            say("权重"),
        ],
        [
            [
                one["id"],
                one["title"],
                pick(one["status_label"]),
                _percent(one["score"]),
                *(_percent(_score(one, kind)) for kind in ("milestones", "projects", "money")),
                one["records"],
                f"{group['weights'][one['id']]['share']:.0%}",
            ]
            for one in entries
        ],
        right=(3, 4, 5, 6, 7, 8),
    )
    for reason in group["why"]:
        show_line(f"  {pick(reason)}")


def _score(one: dict[str, Any], kind: str) -> float | None:
    found: float | None = next(part["score"] for part in one["components"] if part["kind"] == kind)
    return found


def _show_one(one: dict[str, Any], content: dict[str, Any]) -> None:
    """One task: its evidence by kind, its milestones, the records behind it."""
    show_line(f"{one['id']} {one['title']}：{pick(one['status_label'])}")
    show_table(
        say("各类佐证"),
        [say("类别"), say("状态"), say("已证明"), say("权重"), say("占比"), say("记录"), say("其中示例")],
        [
            [
                pick(part["label"]),
                pick(_label(part["status"])),
                _percent(part["score"]),
                f"{part['weight']:g}",
                _percent(part["share"]) if part["share"] else "—",
                part["count"] or "—",
                part["sample"] or "",
            ]
            for part in one["components"]
        ],
        right=(2, 3, 4, 5, 6),
    )
    if one["milestones"]:
        show_table(
            say("节点"),
            [
                say("节点"),
                say("应完成"),
                say("实际完成"),
                say("情况"),
                say("迟（天）"),
                say("预计"),
                say("余量（天）"),
                say("证明文件"),
            ],
            [
                [
                    f"{'* ' if mark['critical'] else ''}{mark['name']}",
                    mark["due"] or "—",
                    mark["done"] or "—",
                    STANDINGS[mark["standing"]],
                    mark["delay"] or "",
                    mark["expected"] or "—",
                    "" if mark["slack"] is None else str(mark["slack"]).replace("-", "\u2212"),
                    mark["document"] or (say("见附件") if mark["attached"] else "—"),
                ]
                for mark in one["milestones"]
            ],
            right=(4, 6),
        )
        if any(mark["critical"] for mark in one["milestones"]):
            show_line(say("  * 在关键链上：它迟，后面的都迟"))
    for reason in one["why"]:
        show_line(f"  {pick(reason)}")
    records = [record for part in one["components"] for record in part["records"]]
    if records:
        show_line(say("  记录（每类至多列20条，可用 kechuang records history 查）："))
        for record in records[:12]:
            show_line(f"    {record['type']} {record['key']}")
        if len(records) > 12:
            show_line(f"    {say('……另有{n}处', n=len(records) - 12)}")


STANDINGS = {
    "done": say("已完成"),
    "unproven": say("无证明文件"),
    "overdue": say("逾期"),
    "open": say("未到期"),
}


def _label(status: str) -> dict[str, str]:
    from kechuang.progress.actions.words import LABELS

    return {name: message.both() for name, message in LABELS.items()}[status]  # type: ignore[index]


def _show_chains(content: dict[str, Any]) -> None:
    """The chains that end too late, and the targets a delay reaches."""
    late = [chain for chain in content["chains"] if chain["expected"] > chain["planned"]]
    if late:
        show_table(
            say("有延误的节点链"),
            [say("关键链"), say("计划完成"), say("预计完成"), say("距规划期末（天）")],
            [
                [
                    " → ".join(chain["path"]),
                    chain["planned"],
                    chain["expected"],
                    "" if chain["slack"] is None else str(chain["slack"]).replace("-", "\u2212"),
                ]
                for chain in late
            ],
            right=(3,),
        )
    threats = [threat for threat in content["threats"] if threat["threatens"]]
    for threat in threats:
        show_line(
            say(
                "  {milestone} 迟{days}天，{through} 预计{expected}完成，晚于目标 {target} 的期限{deadline}",
                milestone=threat["milestone"],
                days=threat["delay"],
                through=threat["through"],
                expected=threat["expected"],
                target=threat["target"],
                deadline=threat["deadline"],
            )
        )
