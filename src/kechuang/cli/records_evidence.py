"""kechuang records attach, sample-check: evidence kept with records, and verification on site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kechuang.cli.app import workspace
from kechuang.cli.options import AsJson, Out, Who, Year, name_given
from kechuang.cli.records import Type, commands
from kechuang.cli.show import number, show_json, show_line, show_table
from kechuang.cli.usage import Commands
from kechuang.messages import Message, say

Key = Annotated[str, typer.Argument(metavar="KEY", help=str(say("主键，多项用 | 连接")))]
DrawId = Annotated[
    str, typer.Argument(metavar="DRAW", help=str(say("抽查编号，见 kechuang records sample-check list")))
]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help=str(say("说明；不写个人姓名、证件和电话")))]

check = typer.Typer(
    cls=Commands,
    help=str(say("现场核实：抽取、登记结果、汇总差错率")),
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
commands.add_typer(check, name="sample-check")


@commands.command("attach", help=str(say("给一条记录附上佐证材料（PDF、Office、图片、文本）")))
def attach(
    name: Type,
    key: Key,
    file: Annotated[Path, typer.Argument(readable=False, metavar="FILE")],
    note: Note = "",
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    found = workspace().store.workflow.attach(
        name, key, file, who=name_given(who, "--who"), note=note.strip()
    )
    if as_json:
        show_json(found.as_dict())
    elif found.repeated:
        show_line(say("这份材料先前已附上：{file}", file=found.file))
    else:
        show_line(say("已附上 {name}，存为 {file}", name=found.name, file=found.file))


@commands.command("attachments", help=str(say("一条记录的佐证材料")))
def attachments(name: Type, key: Key, as_json: AsJson = False) -> None:
    found = workspace().store.workflow.attachments(name, key)
    if as_json:
        show_json([one.as_dict() for one in found])
        return
    show_table(
        f"{name} {key}",
        [say("文件"), say("类型"), say("大小"), say("说明"), say("经办"), say("时间"), say("存为")],
        [
            [one.name, one.kind, one.size, one.note, one.who, one.as_dict()["at"][:16], one.file]
            for one in found
        ],
        right=(2,),
    )


@check.command("draw", help=str(say("按随机种子分层抽取记录，供现场核实")))
def draw(
    name: Type,
    year: Year = None,
    n: Annotated[int | None, typer.Option("--n", min=1, metavar="N", help=str(say("抽多少条")))] = None,
    share: Annotated[
        float | None,
        typer.Option("--share", min=0.0, max=1.0, metavar="0–1", help=str(say("抽几成，如 0.05"))),
    ] = None,
    seed: Annotated[
        str, typer.Option("--seed", metavar="TEXT", help=str(say("随机种子：相同则名单相同")))
    ] = "1",
    by: Annotated[
        str | None, typer.Option("--by", metavar="FIELD", help=str(say("按此字段分层，如 county")))
    ] = None,
    risk: Annotated[
        bool, typer.Option("--risk", help=str(say("有提醒的、数额大的多抽（不推断总体）")))
    ] = False,
    out: Out = None,
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    if (n is None) == (share is None):
        raise typer.BadParameter(str(say("--n 与 --share 须用且只用一个")))
    desk = workspace().store.workflow
    found = desk.draw(
        name,
        year,
        who=name_given(who, "--who"),
        seed=name_given(seed, "--seed"),
        n=n,
        share=share,
        by=name_given(by, "--by") if by is not None else None,
        risk=risk,
        out=out,
    )
    if as_json:
        show_json(found.as_dict())
        return
    show_line(
        say(
            "抽查 {draw}：{population}条中抽取{n}条",
            draw=found.id,
            population=found.population,
            n=sum(map(len, found.keys.values())),
        )
    )
    show_table(
        "",
        [say("层"), say("条数"), say("抽取"), say("主键")],
        [
            [_stratum(stratum), found.sizes[stratum], len(keys), "  ".join(keys)]
            for stratum, keys in found.keys.items()
        ],
        right=(1, 2),
    )


@check.command("list", help=str(say("列出历次抽查")))
def list_(as_json: AsJson = False) -> None:
    found = workspace().store.workflow.draws()
    if as_json:
        show_json([one.as_dict() for one in found])
        return
    show_table(
        say("抽查"),
        [
            say("抽查"),
            say("台账"),
            say("年度"),
            say("条数"),
            say("抽取"),
            say("种子"),
            say("经办"),
            say("时间"),
        ],
        [
            [
                one.id,
                one.type,
                one.year or "",
                one.population,
                sum(map(len, one.keys.values())),
                one.seed,
                one.who,
                one.as_dict()["at"][:16],
            ]
            for one in found
        ],
        right=(2, 3, 4),
    )


@check.command("sheet", help=str(say("写出现场核实表（Excel）")))
def sheet(
    draw: DrawId,
    out: Annotated[
        Path, typer.Option("-o", "--out", readable=False, metavar="FILE.xlsx", help=str(say("写入此文件")))
    ],
    as_json: AsJson = False,
) -> None:
    found = workspace().store.workflow.write_draw(draw, out)
    rows = sum(map(len, found.keys.values()))
    if as_json:
        show_json({"file": str(out), "rows": rows})
    else:
        show_line(say("已写入 {file}（{n}行）", file=out, n=rows))


@check.command("enter", help=str(say("登记一条记录的现场核实结果")))
def enter(
    draw: DrawId,
    key: Key,
    outcome: Annotated[
        str,
        typer.Option(
            "--outcome",
            metavar="confirmed|corrected|unconfirmed",
            help=str(say("confirmed 属实，corrected 有误已更正，unconfirmed 未能核实")),
        ),
    ],
    note: Note = "",
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    from kechuang.records.workflow.visits import outcome_name

    found = workspace().store.workflow.enter(draw, key, outcome, note, name_given(who, "--who"))
    if as_json:
        show_json(found)
    else:
        show_line(say("{key}：{outcome}", key=key, outcome=outcome_name(outcome)))


@check.command("show", help=str(say("一次抽查的名单、结果和差错率（含95%区间）")))
def show(draw: DrawId, as_json: AsJson = False) -> None:
    content = workspace().store.workflow.draw_summary(draw)
    if as_json:
        show_json(content)
        return
    from kechuang.records.workflow.visits import outcome_name

    known = {one["key"]: one for one in content["outcomes"]}
    show_table(
        say("抽查 {draw}", draw=draw),
        [say("层"), say("主键"), say("核实结果"), say("说明"), say("经办")],
        [
            [
                _stratum(stratum),
                key,
                outcome_name(known[key]["outcome"]) if key in known else say("（未核实）"),
                known[key]["note"] if key in known else "",
                known[key]["who"] if key in known else "",
            ]
            for stratum, keys in content["keys"].items()
            for key in keys
        ],
    )
    rows = [*content["strata"], {"stratum": None, **content["overall"]}]
    show_table(
        say("差错率"),
        [
            say("层"),
            say("条数"),
            say("抽取"),
            say("已核实"),
            say("有误"),
            say("差错率"),
            say("95%区间"),
            say("精确区间"),
        ],
        [
            [
                say("合计") if row["stratum"] is None else _stratum(row["stratum"]),
                row["population"],
                row["drawn"],
                row["entered"],
                row["wrong"],
                _percent(row["error_rate"]),
                _interval(row["wilson"]),
                _interval(row["clopper_pearson"]),
            ]
            for row in rows
        ],
        right=(1, 2, 3, 4, 5, 6, 7),
    )
    if content["risk"]:
        show_line(say("按风险抽取：差错率只说明抽到的记录，不推断总体。"))
    else:
        show_line(say("95%区间用威尔逊法（分层的按有效样本量），精确区间用克洛珀—皮尔逊法。"))


def _stratum(code: str) -> str | Message:
    """A stratum for people: the name of a region, anything else as it is."""
    return workspace().name_of(code) if code else say("全部")


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{number(100 * value, 1)}%"


def _interval(value: list[Any] | None) -> str:
    return "—" if value is None else f"{_percent(value[0])}–{_percent(value[1])}"
