"""kechuang publish: official reports, and the register of what was published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kechuang.cli.app import group, workspace
from kechuang.cli.changes import KINDS, STATUS
from kechuang.cli.options import AsJson, AsOf, Who, day
from kechuang.cli.show import entry, number, pick, progress_bar, show_json, show_line, show_table
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
    draft: Annotated[
        bool, typer.Option("--draft", help=str(say("只是草稿：不登记为已发布，核验时不管它")))
    ] = False,
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    with progress_bar(str(say("写报告"))):
        publication = ws.report(out, kind=kind, as_of=day(as_of), language=language(), who=who, draft=draft)
    if as_json:
        entered = publication.number if publication else None
        show_json({"files": [str(path) for path in out], "publication": entered})
        return
    for path in out:
        show_line(say("已写入 {file}", file=path))
    if publication is not None:
        show_line(
            say(
                "已登记为发布 {number}（{n}个数）；只是草稿时请用 --draft",
                number=publication.number,
                n=len(publication.figures),
            )
        )


@commands.command("list", help=str(say("列出已发布的文件：何时、何人、依据哪一天的记录")))
def list_(as_json: AsJson = False) -> None:
    found = workspace().register.all()
    if as_json:
        show_json([one.summary() for one in found])
        return
    show_table(
        say("已发布"),
        [
            say("编号"),
            say("发布日期"),
            say("种类"),
            say("截至"),
            say("数"),
            say("经办"),
            say("文件"),
            say("快照"),
        ],
        [
            [
                one.number,
                one.day.isoformat(),
                KINDS.get(one.kind, one.kind),
                one.as_of.isoformat(),
                len(one.figures),
                one.who,
                " ".join(document.path for document in one.documents),
                " ".join(digest[:12] for digest in one.snapshots),
            ]
            for one in found
        ],
        right=(4,),
    )


@commands.command("show", help=str(say("一次发布的全部数字、当时的口径和依据")))
def show(
    number_: Annotated[
        str, typer.Argument(metavar="N", help=str(say("发布编号，或第几次；见 kechuang publish list")))
    ],
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    found = ws.register.get(number_)
    if as_json:
        show_json(found.as_dict())
        return
    show_line(entry(found.number, found.title))
    show_line(f"  {entry(say('种类'), KINDS.get(found.kind, found.kind))}")
    show_line(f"  {entry(say('发布日期'), found.day.isoformat())}")
    show_line(f"  {entry(say('截至'), found.as_of.isoformat())}")
    show_line(f"  {entry(say('经办'), found.who)}")
    for document in found.documents:
        show_line(f"  {entry(say('文件'), f'{document.path}  SHA-256 {document.sha256}')}")
    for digest in found.snapshots:
        show_line(f"  {entry(say('快照'), digest)}")
    for one in found.formulas.values():
        show_line(f"  {entry(pick(one['label']), pick(one['formula']))}")
    show_table(
        say("发布的数"),
        [say("指标"), say("地区"), say("年度"), say("数值"), say("单位"), say("数据状态"), say("指纹")],
        [
            [
                pick(found.formulas[one.figure.indicator]["label"]),
                ws.name_of(one.figure.region),
                one.figure.period,
                number(one.figure.value, found.formulas[one.figure.indicator]["decimals"]),
                one.figure.unit,
                STATUS[one.figure.status],
                one.figure.fingerprint[:12],
            ]
            for one in found.figures
        ],
        right=(2, 3),
    )
