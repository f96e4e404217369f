"""kechuang records used: which indicators, figures and publications a record is in."""

from __future__ import annotations

from typing import Annotated

import typer

from kechuang.cli.app import workspace
from kechuang.cli.options import AsJson, AsOf, day
from kechuang.cli.records import Type, commands, known_type
from kechuang.cli.show import entry, number, show_json, show_line, show_table
from kechuang.errors import listed
from kechuang.messages import Message, language, say

ROLES: dict[str, Message] = {
    "value": say("取值"),
    "count": say("计数"),
    "condition": say("条件"),
    "list": say("名录"),
    "coverage": say("覆盖率"),
}
SHOWN = 60


@commands.command("used", help=str(say("一条记录用在哪里：哪些指标读它，哪些数、哪些发布用了它")))
def used(
    name: Type,
    key: Annotated[str, typer.Argument(metavar="KEY", help=str(say("主键，多项用 | 连接")))],
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    record_type = known_type(name)
    ws = workspace()
    found = ws.used_by(name, key, day(as_of))
    if as_json:
        show_json(found.as_dict())
        return
    label = {spec.id: spec.label.text(language()) for spec in ws.packs.indicators.values()}
    show_line(f"{record_type.label.text(language())} {key}")
    if not found.used.present:
        show_line(say("这一天没有这条记录。"))
    reads: dict[str, list[str]] = {}
    for one in found.used.readings:
        field = record_type.fields[one.field].label.text(language())
        told = say("{text}（{note}）", text=field, note=ROLES[one.role])
        reads.setdefault(label[one.indicator], []).append(str(told))
    show_line(entry(say("读这个台账的指标"), say("{n}个", n=len(reads))))
    for indicator, fields in reads.items():
        show_line(f"  {entry(indicator, listed(list(dict.fromkeys(fields))))}")
    show_table(
        say("用了这条记录的数：{n}个", n=len(found.used.figures)),
        [say("指标"), say("地区"), say("年度"), say("它带来的"), say("经由")],
        [
            [
                label[one.indicator],
                ws.name_of(one.region),
                one.period,
                "; ".join(f"{term} {_brought(value)}" for term, value in one.terms),
                say("位次") if one.ranked else listed([label[via] for via in one.via]) if one.via else "",
            ]
            for one in found.used.figures[:SHOWN]
        ],
        right=(2,),
    )
    if len(found.used.figures) > SHOWN:
        show_line(say("……另有{n}个，--json 可得全部", n=len(found.used.figures) - SHOWN))
    show_table(
        say("用了这条记录的发布：{n}次", n=len(found.publications)),
        [say("编号"), say("发布日期"), say("数"), say("指标"), say("文件")],
        [
            [
                one.number,
                one.day.isoformat(),
                len(one.figures),
                listed(
                    list(
                        dict.fromkeys(label.get(f.figure.indicator, f.figure.indicator) for f in one.figures)
                    )
                ),
                " ".join(one.documents),
            ]
            for one in found.publications
        ],
        right=(2,),
    )


def _brought(value: object) -> str:
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
