"""kechuang indicators series | check: series of one concept side by side; what definitions leave unsaid."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from kechuang.cli.app import workspace
from kechuang.cli.changes import STATUS
from kechuang.cli.indicators import commands
from kechuang.cli.options import AsJson, AsOf, day, region_code
from kechuang.cli.show import number, pick, show_json, show_line, show_table
from kechuang.messages import language, say


@commands.command("series", help=str(say("同一概念口径不同的几套数，并列而不相加")))
def series(
    concept: Annotated[
        str, typer.Argument(metavar="CONCEPT", help=str(say("概念，见各列的 series，如 rd_money")))
    ] = "rd_money",
    region: Annotated[
        str | None,
        typer.Option("--region", metavar="CODE", help=str(say("地区代码或名称；缺省为规划的地区"))),
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.indicators.side_by_side import members

    ws = workspace()
    found = members(ws.packs, concept)
    code = region_code(ws, region)
    figures = ws.figures(
        day(as_of), only=[name for names in found.values() for name in names], region_codes=[code]
    )
    rows: list[dict[str, Any]] = [
        {"concept": concept, "series": member, **figure.as_dict()}
        for member, names in found.items()
        for figure in figures
        if figure.indicator in names
    ]
    if as_json:
        show_json(rows)
        return
    show_table(
        say("{name}：{concept} 的各套数", name=ws.name_of(code), concept=concept),
        [say("数列"), say("指标"), say("年度"), say("数值"), say("单位"), say("数据状态"), say("说明")],
        [
            [
                row["series"],
                ws.packs.indicators[row["indicator"]].label.text(language()),
                row["period"],
                number(row["value"], ws.packs.indicators[row["indicator"]].decimals),
                row["unit"],
                "" if row["value"] is None else STATUS[row["status"]],
                pick(row["reason"]),
            ]
            for row in rows
        ],
        right=(2, 3),
    )
    show_line(say("各套数的归集范围不同：只并列，不相加、不相减、不相除，也不互相代替。"))


@commands.command("check", help=str(say("核对各指标的定义：公式、数列、口径、发布时间")))
def check(as_json: AsJson = False) -> None:
    from kechuang.indicators.definition import definitions
    from kechuang.indicators.schema import schema_of
    from kechuang.packs.sound import incomplete

    packs = workspace().packs
    definitions(packs, schema_of(packs))  # every fault of every definition at once
    hints = list(incomplete(packs.indicators, packs.records))
    unverified = [spec.id for spec in packs.indicators.values() if not spec.definition.verified]
    if as_json:
        show_json(
            {
                "indicators": len(packs.indicators),
                "hints": [fault.as_dict() for fault in hints],
                "unverified": unverified,
            }
        )
        return
    for fault in hints:
        show_line(fault.message)
    show_line(
        say(
            "{n}个指标的定义都能读；{hints}处未写全，{unverified}个口径待核实",
            n=len(packs.indicators),
            hints=len(hints),
            unverified=len(unverified),
        )
    )
