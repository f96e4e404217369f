"""kechuang indicators compare and changed: figures as known on two days, and definitions as last published."""

from __future__ import annotations

from typing import Annotated

import typer

from kechuang.cli.app import workspace
from kechuang.cli.changes import show_changes, show_definition, show_redefined
from kechuang.cli.indicators import commands, known_spec
from kechuang.cli.options import AsJson, day, region_code
from kechuang.cli.show import progress_bar, show_json, show_line
from kechuang.messages import say


@commands.command("compare", help=str(say("比较两天所知的数：哪些变了，因记录、参数、口径还是区划")))
def compare(
    first: Annotated[
        str, typer.Option("--from-day", metavar="DATE", help=str(say("从哪一天所知，如 2025-06-30")))
    ],
    last: Annotated[
        str | None, typer.Option("--to-day", metavar="DATE", help=str(say("到哪一天所知；缺省为今天")))
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--indicator", metavar="ID", help=str(say("只比这些指标，可重复")))
    ] = None,
    region: Annotated[
        str | None,
        typer.Option("--region", metavar="CODE", help=str(say("地区代码或名称；缺省为全地区和各县市"))),
    ] = None,
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    for name in only or []:
        known_spec(ws, name)
    begin, end = day(first), day(last)
    assert begin is not None
    codes = None if region is None else [region_code(ws, region)]
    with progress_bar(str(say("比较"))) as report:
        found = ws.compare_days(begin, end, only=only or None, region_codes=codes, progress=report)
    if as_json:
        show_json(found.as_dict())
        return
    values = [one for one in found.changes if one.what != "status"]
    show_line(
        say(
            "{first}与{last}所知相比，{n}个数不同，另有{m}个只是数据状态或覆盖率不同",
            first=found.first.isoformat(),
            last=found.last.isoformat(),
            n=len(values),
            m=len(found.changes) - len(values),
        )
    )
    show_changes(ws, values)
    if found.definitions:
        show_line()
        show_line(say("口径有变的指标："))
        for one in found.definitions:
            show_definition(one)
    if not found.publications[0] and not found.publications[1]:
        show_line(say("这两天以前没有发布过，比较按现行口径。"))


@commands.command("changed", help=str(say("口径与上次发布时不同的指标，以及会改变哪些数；不发布")))
def changed(as_json: AsJson = False) -> None:
    ws = workspace()
    with progress_bar(str(say("比较口径"))):
        found = ws.redefined()
    if as_json:
        show_json([one.as_dict() for one in found])
    elif not found:
        show_line(
            say("各指标的口径都与上次发布时相同。")
            if ws.register.entries
            else say("还没有发布过，没有可比的口径。")
        )
    else:
        show_redefined(ws, found)
