"""kechuang init, snapshot and verify: begin a workspace, freeze its records, prove them whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kechuang.cli.app import command, workspace
from kechuang.cli.changes import show_verification
from kechuang.cli.options import AsJson, AsOf, day
from kechuang.cli.show import progress_bar, show_json, show_line, show_table
from kechuang.errors import KechuangError
from kechuang.messages import language, say


@command("init")
def init(
    folder: Annotated[Path, typer.Argument(readable=False, metavar="DIR", help=str(say("新文件夹")))],
    region: Annotated[
        str | None, typer.Option("--region", metavar="CODE", help=str(say("地区代码或全称，如 653100")))
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help=str(say("规划名称")))] = None,
    plan: Annotated[
        list[Path] | None,
        typer.Option(
            "--plan", readable=False, metavar="FILE", help=str(say("规划文本；读成草案放入工作区，可重复"))
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.start import new_workspace

    if region is None:
        region = typer.prompt(str(say("地区（六位代码或全称）")))
    if name is None:
        name = typer.prompt(str(say("规划名称")))
    ws = new_workspace(folder, region=region, name=name, plan_files=plan or [])
    if as_json:
        show_json({"folder": str(ws.folder), "region": ws.settings.region, "name": ws.settings.name})
        return
    show_line(
        say("已新建工作区 {folder}（{region}）", folder=ws.folder, region=ws.name_of(ws.settings.region))
    )
    draft = ws.folder / ws.settings.plan
    if plan:
        show_line(say("已写入规划草案 {file}；请逐条核对后再用", file=draft))
        if ws.plan.region_code not in (None, ws.settings.region):
            show_line(say("请注意：规划文本写的地区是{region}，与工作区不同", region=ws.plan.region))
    else:
        show_line(say("下一步：kechuang plan read 规划文本 -o {file}", file=draft))


@command("snapshot")
def snapshot(as_of: AsOf = None, as_json: AsJson = False) -> None:
    ws = workspace()
    taken = ws.snapshot(day(as_of))
    if as_json:
        show_json({"digest": taken.digest, "as_of": taken.as_of.isoformat(), "tables": taken.tables})
        return
    show_table(
        say("快照 {digest}", digest=taken.digest),
        [say("台账"), say("记录数")],
        [[ws.packs.records[name].label.text(language()), rows] for name, rows in taken.tables.items()],
        right=(1,),
    )


@command("verify")
def verify(as_json: AsJson = False) -> None:
    ws = workspace()
    with progress_bar(str(say("核验"))) as report:
        found = ws.verify(report)
    if as_json:
        show_json(found.as_dict())
        if not found.ok:
            raise typer.Exit(1)
        return
    show_verification(ws, found)
    if not found.ok:
        raise KechuangError(
            "verification-failed", say("核验发现{n}处不符", n=len(found.faults)), faults=found.faults
        )
