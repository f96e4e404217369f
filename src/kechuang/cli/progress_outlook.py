"""kechuang progress target: one target in full: figures, path, what may come, how likely, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kechuang.cli.options import AsJson, AsOf, day
from kechuang.cli.progress import chance, commands
from kechuang.cli.show import entry, number, pick, show_json, show_line, show_table
from kechuang.errors import KechuangError
from kechuang.messages import say

if TYPE_CHECKING:
    from kechuang.workspace import Workspace


@commands.command("target", help=str(say("一项目标的全貌：历年、路径、预测、达成可能性、怎么办")))
def target(
    identifier: Annotated[str, typer.Argument(metavar="ID", help=str(say("目标编号，如 T4，或指标名")))],
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.cli.app import workspace

    ws = workspace()
    wanted = [one.id for one in ws.plan.targets if identifier in (one.id, ws.links.get(one.id))]
    if not wanted:
        raise KechuangError(
            "unknown-target",
            say("规划中没有编号为“{id}”的目标", id=identifier),
            remedy=say("现有：{ids}。", ids="、".join(one.id for one in ws.plan.targets)),
        )
    content = ws.progress(day(as_of)).as_dict()
    found = next(one for one in content["targets"] if one["id"] == wanted[0])
    if as_json:
        show_json(found)
    else:
        show_target(ws, found)


def show_target(ws: Workspace, found: dict[str, Any]) -> None:
    """Facts, reasons, outlook, advice and grounds of one target."""
    spec = ws.packs.indicators.get(ws.links.get(found["id"], ""))
    decimals = spec.decimals if spec else None

    def value(given: float | None) -> str:
        return number(given, decimals) + ("" if given is None else found["unit"])

    show_line(f"{found['id']} {found['name']}")
    latest, outlook = found["latest"], found["outlook"]
    goal = f"{found['comparator']} {number(found['target'])}{found['unit']}"
    show_line("  " + str(entry(say("目标值"), f"{goal}, {found['year'] or '—'}")))
    if latest:
        show_line("  " + str(entry(say("最新值"), f"{value(latest['value'])}, {latest['period']}")))
    show_line("  " + str(entry(say("状态"), pick(found["status_label"]))))
    for reason in found["why"]:
        show_line(f"  {pick(reason)}")
    if outlook is None:
        return
    show_line("  " + str(entry(say("可能性"), chance(found))))
    show_line(f"  {pick(outlook['verdict'])}")
    for sentence in outlook["said"]:
        show_line(f"  {pick(sentence)}")
    if outlook["years"]:
        show_table(
            say("预测"),
            [say("年份"), say("中位数"), "50%", "80%", "95%", say("达到目标的可能性")],
            [
                [
                    year["period"],
                    value(year["median"]),
                    *(
                        f"{number(year[band][0], decimals)}—{value(year[band][1])}"
                        for band in ("p50", "p80", "p95")
                    ),
                    chance({"probability": year["probability"], "outlook": None}),
                ]
                for year in outlook["years"]
            ],
            right=(1, 2, 3, 4, 5),
        )
    _advice(outlook)


def _advice(outlook: dict[str, Any]) -> None:
    if outlook["advice"]:
        show_line(say("怎么办"))
        for sentence in outlook["advice"]:
            show_line(f"  — {pick(sentence)}")
    grounds = ([outlook["basis"]] if outlook["basis"] else []) + outlook["assumptions"]
    if grounds:
        show_line(say("推算依据"))
        for sentence in grounds:
            show_line(f"  {pick(sentence)}")
