"""kechuang publish: official reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kechuang.cli.app import group, workspace
from kechuang.cli.options import AsJson, AsOf, day
from kechuang.cli.show import progress_bar, show_json, show_line
from kechuang.messages import language, say

commands = group("publish")


@commands.command("report", help=str(say("写出报告：progress 进度监测报告（.docx、.pdf 或 .html）")))
def report(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=str(say("报告种类：progress")))],
    out: Annotated[
        list[Path],
        typer.Option("-o", "--out", readable=False, metavar="FILE", help=str(say("写入此文件，可重复"))),
    ],
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    with progress_bar(str(say("写报告"))):
        ws.report(out, kind=kind, as_of=day(as_of), language=language())
    if as_json:
        show_json({"files": [str(path) for path in out]})
    else:
        for path in out:
            show_line(say("已写入 {file}", file=path))
