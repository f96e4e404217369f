"""kechuang backup and restore: a copy of everything, and a workspace made of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kechuang.cli.app import command, workspace
from kechuang.cli.options import AsJson, Who, name_given
from kechuang.cli.show import progress_bar, show_json, show_line
from kechuang.errors import Fault, KechuangError
from kechuang.messages import say


@command("backup")
def backup(
    file: Annotated[Path, typer.Argument(readable=False, metavar="FILE", help=str(say("写入此 .zip 文件")))],
    without: Annotated[
        bool, typer.Option("--no-snapshots", help=str(say("不含快照：小得多，已发布的数须由记录重做快照")))
    ] = False,
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    from kechuang.keeping import back_up

    ws = workspace()
    with progress_bar(str(say("备份"))) as report:
        made = back_up(ws, file, snapshots=not without, who=name_given(who, "--who"), report=report)
    if as_json:
        show_json(made.as_dict())
        return
    show_line(
        say("已备份到 {file}：{n}个文件，{size}MB", file=file, n=made.files, size=f"{made.size / 2**20:.1f}")
    )
    show_line(say("备份不含网站密钥；恢复后大家要重新登录。请存到另一台机器上。"))


@command("restore")
def restore(
    file: Annotated[Path, typer.Argument(readable=False, metavar="FILE", help=str(say("备份文件")))],
    folder: Annotated[
        Path | None, typer.Argument(readable=False, metavar="DIR", help=str(say("恢复成这个新文件夹")))
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            "--database", metavar="URL", help=str(say("空的PostgreSQL数据库，备份用PostgreSQL时要给"))
        ),
    ] = None,
    only_check: Annotated[bool, typer.Option("--check", help=str(say("只核对备份是否完整，不恢复")))] = False,
    as_json: AsJson = False,
) -> None:
    from kechuang.keeping import check
    from kechuang.keeping import restore as restored

    faults: Sequence[Fault] = ()
    if only_check:
        found = check(file)
    elif folder is None:
        raise KechuangError(
            "restore-folder",
            say("没有说恢复到哪个文件夹"),
            remedy=say("请写：kechuang restore 备份.zip 新文件夹；只核对时用 --check。"),
        )
    else:
        with progress_bar(str(say("恢复"))) as report:
            done = restored(file, folder, database=database, report=report)
        found, faults = done.manifest, done.faults
    if as_json:
        show_json({**found.as_dict(), "findings": [fault.as_dict() for fault in faults]})
        if faults:
            raise typer.Exit(1)
        return
    made = found.made_at.astimezone().strftime("%Y-%m-%d %H:%M")
    show_line(say("{name}，{made}备份，{n}个文件都完整", name=found.name, made=made, n=len(found.parts)))
    if not only_check:
        show_line(say("已恢复到 {folder}；审计链{n}条", folder=folder, n=found.entries))
    if faults:
        raise KechuangError(
            "restored-faulty",
            say("已恢复；但备份时的记录就有{n}处不符", n=len(faults)),
            remedy=say("请用 kechuang verify 查看，并与原工作区核对。"),
            faults=faults,
        )
