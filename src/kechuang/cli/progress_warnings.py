"""kechuang progress warnings: what presses and why; entering it in the chain, acknowledging, history."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from kechuang.cli.app import workspace
from kechuang.cli.options import AsJson, AsOf, Who, day
from kechuang.cli.progress import commands
from kechuang.cli.progress_tasks import assessed
from kechuang.cli.show import pick, show_json, show_line, show_table
from kechuang.cli.usage import Commands
from kechuang.messages import language, say

warnings = typer.Typer(
    cls=Commands,
    help=str(say("预警：哪些要过问、为什么、该做什么、谁牵头；登记、处置与历史")),
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
commands.add_typer(warnings, name="warnings")


@warnings.callback()
def show(
    context: typer.Context,
    as_of: AsOf = None,
    history: Annotated[
        bool, typer.Option("--history", help=str(say("列出预警的发出、加重、减轻、解除与处置")))
    ] = False,
    pending: Annotated[bool, typer.Option("--pending", help=str(say("只看待处置的")))] = False,
    as_json: AsJson = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    ws = workspace()
    if history:
        told = [entry.as_dict() for entry in ws.warning_history(day(as_of))]
        if as_json:
            show_json({"as_of": ws.day(day(as_of)).isoformat(), "history": told})
        else:
            _show_history(told)
        return
    found = ws.warnings(day(as_of), assessed(ws, as_of))
    content = found.as_dict()
    if pending:
        content["warnings"] = [one for one in content["warnings"] if one["state"] in ("open", "reopened")]
    if as_json:
        show_json(content)
    else:
        _show(content)


@warnings.command("update", help=str(say("按今天的数据把新发出、变化和解除的预警登记入审计链")))
def update(who: Who, as_json: AsJson = False) -> None:
    made = [entry.as_dict() for entry in workspace().record_warnings(who)]
    if as_json:
        show_json({"entries": made})
    elif made:
        _show_history(made)
    else:
        show_line(say("与上次登记相比没有变化"))


@warnings.command("ack", help=str(say("处置一条预警：写明谁在办、怎么办；加重或到期后自动重新待处置")))
def ack(
    subject: Annotated[str, typer.Argument(metavar="ID", help=str(say("预警编号，如 T4、P2.1")))],
    who: Who,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=str(say("怎么办，由谁办")))],
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help=str(say("暂缓到哪一天；缺省为直到加重")))
    ] = None,
    as_json: AsJson = False,
) -> None:
    entry = workspace().acknowledge_warning(subject, who=who, note=note, until=day(until)).as_dict()
    if as_json:
        show_json(entry)
    else:
        show_line(say("已登记对“{id}”的处置（审计链第{seq}条）", id=subject, seq=entry["seq"]))


def _show(content: dict[str, Any]) -> None:
    from kechuang.progress.warnings.model import LEVEL_LABELS, LEVELS, SIGNS

    shown = content["warnings"]
    show_line(say("预警（截至{day}）", day=content["as_of"]))
    for one in shown:
        lead = "、".join(one["lead"]) or str(say("未写明"))
        since = say("自{day}", day=one["since"]) if one["since"] else ""
        show_line()
        show_line(
            f"{one['sign']} {pick(one['level_label'])}  {one['id']} {pick(one['name'])}  {since}  {_state(one)}"
        )
        for reason in one["reasons"]:
            show_line(f"    {pick(reason['message'])}")
        show_line(f"    {say('{advice}（牵头：{lead}）', advice=pick(one['advice']), lead=lead)}")
        if one["note"]:
            show_line(f"    {say('{who}：{note}', who=one['acknowledged_by'], note=one['note'])}")
    show_line()
    counts = [
        f"{SIGNS[level]} {LEVEL_LABELS[level]} {content['counts'][level]}" for level in reversed(LEVELS)
    ]
    show_line("  ".join(counts))
    if any(one["raised"] is None for one in shown):
        show_line(say("有预警尚未登记入审计链；登记：kechuang progress warnings update --who 单位"))


def _state(one: dict[str, Any]) -> str:
    said = pick(one["state_label"])
    if one["state"] == "snoozed":
        said = str(say("{state}至{day}", state=said, day=one["until"]))
    if one["escalated"]:
        to = one["escalated_to"] or say("上一级")
        said = str(say("{state}，已{days}天，报{to}", state=said, days=one["waiting"], to=to))
    return said


def _show_history(told: list[dict[str, Any]]) -> None:
    show_table(
        say("预警的变化与处置"),
        [say("序号"), say("日期"), say("编号"), say("变化"), say("级别"), say("原因或说明"), say("经办")],
        [
            [
                entry["seq"],
                entry["day"],
                entry["id"],
                pick(entry["change_label"]),
                pick(entry["level_label"]) if entry["level_label"] else "—",
                entry["note"]
                or ("; " if language() == "en" else "；").join(pick(reason) for reason in entry["reasons"]),
                entry["who"],
            ]
            for entry in told
        ],
        right=(0,),
    )
