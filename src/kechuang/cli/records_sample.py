"""kechuang records sample: made-up records of any register, to try a workspace before returns come."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from kechuang.cli.app import workspace
from kechuang.cli.options import AsJson
from kechuang.cli.records import commands, known_type
from kechuang.cli.show import show_json, show_line
from kechuang.errors import KechuangError, listed
from kechuang.messages import language, say

Types = Annotated[list[str], typer.Argument(metavar="TYPE…", help=str(say("台账类型，一种或几种")))]
Target = Annotated[
    Path,
    typer.Option(
        "-o",
        "--out",
        readable=False,
        metavar="FILE|DIR",
        help=str(say("写入此 .xlsx 或 .csv 文件；给文件夹则每种台账一个文件")),
    ),
]


@commands.command("sample", help=str(say("按台账的声明生成示例数据文件（导入时加 --sample）")))
def sample(
    names: Types,
    out: Target,
    rows: Annotated[
        int | None, typer.Option("--rows", min=1, metavar="N", help=str(say("每种台账的行数；缺省按声明")))
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", help=str(say("种子：同一种子得到相同的文件")))
    ] = 0,
    years: Annotated[
        str | None,
        typer.Option(
            "--years", metavar="Y-Y", help=str(say("年度范围，如2021-2024；缺省为规划期内已过的年度"))
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.records.sampling import write_samples

    ws = workspace()
    for name in names:
        known_type(name)
    drawn = ws.samples(names, rows=rows, seed=seed, years=_years(years))
    tables = [(ws.packs.records[name], found) for name, found in drawn.items()]
    files = write_samples(tables, out, ws.regions)
    if as_json:
        show_json(
            {
                "files": [str(file) for file in files],
                "tables": {name: len(found) for name, found in drawn.items()},
                "seed": seed,
            }
        )
        return
    for record_type, found in tables:
        show_line(say("{type}：{n}行示例", type=record_type.label.text(language()), n=len(found)))
        if rows is not None and record_type.id in names and len(found) < rows:
            show_line(say("  要{rows}行，此范围内没有更多不同的主键", rows=rows))
    show_line(say("已写入 {file}；导入时请加 --sample", file=listed([str(file) for file in files])))


def _years(text: str | None) -> range | None:
    """``2021-2024`` or ``2023``; KechuangError for anything else."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d{4})(?:[-—–~](\d{4}))?", text.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if not 1900 <= first <= last <= 2200:
        raise KechuangError(
            "not-years",
            say("“{text}”不是年度范围", text=text),
            remedy=say("请写成 2021-2024 的样子。"),
        )
    return range(first, last + 1)
