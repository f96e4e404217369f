"""kechuang records due, remind, deadline: who owes which return by when."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from kechuang.cli.app import workspace
from kechuang.cli.options import (
    AsJson,
    AsOf,
    Out,
    Reason,
    Region,
    Who,
    Year,
    day,
    name_given,
    region_or_all,
    years_asked,
)
from kechuang.cli.records import Type, commands
from kechuang.cli.show import show_json, show_line, show_table
from kechuang.cli.usage import Commands
from kechuang.messages import language, say

deadline = typer.Typer(
    cls=Commands,
    help=str(say("报送期限：查看、延期")),
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
commands.add_typer(deadline, name="deadline")


@commands.command("due", help=str(say("逐单位的报送情况：应报、待审、退回、接收、迟报、缺报")))
def due(
    year: Year = None,
    region: Region = None,
    name: Annotated[str | None, typer.Option("--type", metavar="TYPE", help=str(say("只看这种台账")))] = None,
    whole: Annotated[bool, typer.Option("--all", help=str(say("连同按时接收的一并列出")))] = False,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    when = ws.day(day(as_of))
    if name is not None:
        ws.store.record_type(name)
    code = region_or_all(ws, region)
    found = [
        one
        for one in ws.store.workflow.due(years_asked(ws, year, when), when)
        if name in (None, one.type)
        and (code is None or one.region == code or ws.regions.contains(code, one.region))
    ]
    if as_json:
        show_json([one.as_dict() for one in found])
        return
    shown = [one for one in found if whole or one.status != "accepted" or one.late]
    show_table(
        say("报送情况（截至{day}）", day=when.isoformat()),
        [say("台账"), say("年度"), say("地区"), say("单位"), say("情况"), say("期限"), say("批次")],
        [
            [
                ws.packs.records[one.type].label.text(language()),
                one.year,
                ws.name_of(one.region),
                one.name,
                say("{status}；退回意见：{reason}", status=one.told(), reason=one.reason)
                if one.reason
                else one.told(),
                _limit(one.deadline.isoformat(), one.estimated),
                one.batch or "",
            ]
            for one in shown
        ],
        right=(1,),
    )
    owed = sum(one.owed for one in found)
    show_line(say("应报{n}份，尚欠{owed}份", n=len(found), owed=owed))


def _limit(text: str, estimated: bool) -> object:
    return say("{day}（按周末推算）", day=text) if estimated else text


@commands.command("remind", help=str(say("生成催报提醒：期限前若干工作日、当日、逾期")))
def remind(
    year: Year = None,
    out: Out = None,
    again: Annotated[bool, typer.Option("--again", help=str(say("已发过的也再给出")))] = False,
    preview: Annotated[bool, typer.Option("--preview", help=str(say("只看，不登记为已发")))] = False,
    as_of: AsOf = None,
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    from kechuang.records.workflow.letters import check_path, write

    ws = workspace()
    when = ws.day(day(as_of))
    if out is not None:
        check_path(out)
    found = ws.store.workflow.remind(
        years_asked(ws, year, when),
        who=name_given(who, "--who"),
        before=ws.settings.remind_days,
        day=when,
        again=again,
        keep=not preview,
        deliver=(lambda letters: write(letters, out)) if out is not None else None,
    )
    if as_json:
        show_json([one.as_dict() for one in found])
        return
    if not found:
        show_line(say("没有需要发出的提醒。已发过的可加 --again 再给出。"))
    elif out is None:
        for one in found:
            show_line(one.text)
    else:
        show_line(say("已写入 {file}：提醒{n}个单位", file=out, n=len(found)))
    if found and not preview and when != ws.today:
        show_line(say("这是过去某日的提醒，没有登记为已发。"))


@commands.command("reminders", help=str(say("已发出的提醒")))
def reminders(as_json: AsJson = False) -> None:
    ws = workspace()
    found = ws.store.workflow.reminded()
    if as_json:
        show_json(found)
        return
    show_table(
        say("已发出的提醒"),
        [
            say("时间"),
            say("提醒单位"),
            say("台账"),
            say("年度"),
            say("期限"),
            say("情形"),
            say("家数"),
            say("经办"),
        ],
        [
            [
                one["at"][:16],
                one["office"],
                point["label"],
                point["year"],
                point["deadline"],
                _stage(point["stage"]),
                len(point["missing"]) + len(point["returned"]),
                one["who"],
            ]
            for one in found
            for point in one["points"]
        ],
        right=(3, 6),
    )


def _stage(stage: str) -> object:
    if stage == "overdue":
        return say("逾期")
    if stage == "returned":
        return say("退回待重报")
    return say("期限当日") if stage == "0" else say("期限前{n}个工作日", n=stage)


@deadline.command("set", help=str(say("改定一种台账某年度的报送期限（全部，或一个地区）")))
def set_(
    name: Type,
    year: Annotated[int, typer.Argument(metavar="YEAR", help=str(say("年度")))],
    date: Annotated[str, typer.Argument(metavar="DATE", help=str(say("新的期限，如 2026-04-15")))],
    reason: Reason,
    region: Region = None,
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    wanted = day(date)
    assert wanted is not None
    found = ws.store.workflow.extend(
        name,
        year,
        wanted,
        who=name_given(who, "--who"),
        reason=name_given(reason, "--reason"),
        region=region_or_all(ws, region),
    )
    if as_json:
        show_json(found.as_dict())
    else:
        where = ws.name_of(found.region) if found.region else say("全地区")
        show_line(
            say(
                "{type} {year}年度（{where}）的期限为{day}",
                type=name,
                year=year,
                where=where,
                day=found.day.isoformat(),
            )
        )


@deadline.command("list", help=str(say("各台账的报送期限，及改定的期限")))
def list_(year: Year = None, as_json: AsJson = False) -> None:
    from kechuang.records.workflow.deadlines import declared

    ws = workspace()
    granted = ws.store.workflow.deadlines().granted
    rows: list[dict[str, Any]] = []
    for one in years_asked(ws, year, ws.today):
        for type_ in ws.packs.records.values():
            limit = declared(type_, one)
            if limit is not None:
                rows.append(
                    {
                        "type": type_.id,
                        "year": one,
                        "region": None,
                        "day": limit.day.isoformat(),
                        "estimated": limit.estimated,
                        "reason": "",
                        "who": None,
                    }
                )
            rows += [
                {**extension.as_dict(), "estimated": False}
                for extension in granted
                if (extension.type, extension.year) == (type_.id, one)
            ]
    if as_json:
        show_json(rows)
        return
    show_table(
        say("报送期限"),
        [say("台账"), say("年度"), say("地区"), say("期限"), say("理由"), say("经办")],
        [
            [
                ws.packs.records[row["type"]].label.text(language()),
                row["year"],
                ws.name_of(row["region"]) if row["region"] else say("全地区"),
                _limit(row["day"], row["estimated"]),
                row["reason"],
                row["who"] or "",
            ]
            for row in rows
        ],
        right=(1,),
    )
