"""kechuang indicators: every figure by its definition, and why it is what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kechuang.cli.app import group, workspace
from kechuang.cli.options import AsJson, AsOf, day, near, region_code
from kechuang.cli.show import entry, number, pick, progress_bar, show_json, show_line, show_table
from kechuang.errors import KechuangError
from kechuang.messages import Message, language, say

if TYPE_CHECKING:
    from kechuang.packs import IndicatorSpec
    from kechuang.workspace import Workspace

commands = group("indicators", str(say("指标：定义、计算、追溯")))

STATUS: dict[str, Message] = {
    "final": say("正式"),
    "provisional": say("初步"),
    "estimated": say("估算"),
    "sample": say("示例数据"),
}
RECORDS_SHOWN = 20


@commands.command("list", help=str(say("列出指标及其口径")))
def list_(as_json: AsJson = False) -> None:
    specs = workspace().packs.indicators.values()
    if as_json:
        show_json([spec.model_dump(mode="json", by_alias=True) for spec in specs])
        return
    show_table(
        say("指标"),
        [say("编号"), say("名称"), say("单位"), say("公式"), say("口径出处"), say("已核实")],
        [
            [
                s.id,
                s.label.text(language()),
                s.unit,
                s.value,
                s.definition.source,
                say("是") if s.definition.verified else say("待核实"),
            ]
            for s in specs
        ],
    )


@commands.command("compute", help=str(say("按定义计算指标值")))
def compute(
    only: Annotated[
        list[str] | None, typer.Option("--indicator", metavar="ID", help=str(say("只算这些指标，可重复")))
    ] = None,
    by: Annotated[
        str, typer.Option("--by", metavar="county|prefecture", help=str(say("按县市或全地区")))
    ] = "prefecture",
    first: Annotated[int | None, typer.Option("--from", metavar="YEAR", help=str(say("起始年")))] = None,
    last: Annotated[int | None, typer.Option("--to", metavar="YEAR", help=str(say("终止年")))] = None,
    as_of: AsOf = None,
    engine: Annotated[
        str | None,
        typer.Option("--engine", metavar="duckdb|spark", help=str(say("计算引擎；缺省为工作区设置的"))),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help=str(say("不用也不留存算过的中间结果")))
    ] = False,
    as_json: AsJson = False,
) -> None:
    if by not in ("county", "prefecture"):
        raise typer.BadParameter(str(say("--by 只能是 county 或 prefecture")))
    ws = workspace()
    for name in only or []:
        spec_of(ws, name)
    when = day(as_of)
    span = ws.years(when)
    years = range(
        first if first is not None else span.start, (last if last is not None else span.stop - 1) + 1
    )
    if not years:
        raise KechuangError(
            "no-years",
            say("起始年{first}晚于终止年{last}", first=years.start, last=years.stop - 1),
            remedy=say("请核对 --from 和 --to。"),
        )
    codes = ws.region_codes[1:] if by == "county" else ws.region_codes[:1]
    with progress_bar(str(say("计算"))) as report:
        found = ws.figures(
            when,
            only=only or None,
            region_codes=codes,
            years=years,
            progress=report,
            engine=engine,
            keep=not no_cache,
        )
    if as_json:
        show_json([figure.as_dict() for figure in found])
        return
    show_table(
        say("指标值（截至{day}）", day=(when or ws.today).isoformat()),
        [
            say("指标"),
            say("地区"),
            say("年度"),
            say("数值"),
            say("单位"),
            say("数据状态"),
            say("覆盖率"),
            say("说明"),
        ],
        [
            [
                ws.packs.indicators[f.indicator].label.text(language()),
                ws.name_of(f.region),
                f.period,
                number(f.value, ws.packs.indicators[f.indicator].decimals),
                f.unit,
                "" if f.value is None else STATUS[f.status],
                "" if f.coverage is None else f"{f.coverage:.0%}",
                pick(f.reason),
            ]
            for f in found
        ],
        right=(2, 3, 6),
    )


@commands.command("explain", help=str(say("为什么是这个数：从数字到公式、记录、单元格、条款、规划原句")))
def explain(
    name: Annotated[
        str, typer.Argument(metavar="ID", help=str(say("指标编号，见 kechuang indicators list")))
    ],
    region: Annotated[
        str | None,
        typer.Option("--region", metavar="CODE", help=str(say("地区代码或名称；缺省为规划的地区"))),
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", metavar="YEAR", help=str(say("年度；缺省为最近有数的一年")))
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    spec = spec_of(ws, name)
    code = region_code(ws, region)
    when = day(as_of)
    year = _year(period) if period else _latest(ws, name, code, as_of)
    # A screen holds the first records; a figure may have millions.
    content = ws.explain(name, code, year, when, limit=None if as_json else RECORDS_SHOWN).as_dict()
    content["plan"] = [
        {"target": target.id, "span": target.span.model_dump() if target.span else None}
        for target in ws.targets_of(name)
    ]
    if as_json:
        show_json(content)
    else:
        _show(ws, spec, content)


def _show(ws: Workspace, spec: IndicatorSpec, content: dict[str, Any]) -> None:
    figure = content["figure"]
    about = f"{spec.label.text(language())}  {ws.name_of(figure['region'])} {figure['period']}"
    if figure["value"] is None:  # what is not known has neither unit nor status
        show_line(entry(about, "—"))
        show_line(f"  {pick(figure['reason'])}")
    else:
        value = f"{number(figure['value'], spec.decimals)}{figure['unit']}"
        show_line(entry(about, say("{text}（{note}）", text=value, note=STATUS[figure["status"]])))
    show_line(f"├─ {entry(say('公式'), pick(content['formula']))}")
    for term in content["terms"]:
        label = pick(term["label"]) if isinstance(term.get("label"), dict) else term["name"]
        value = f"{label} = {number(term['value'])} {term['unit'] or ''}".rstrip()
        counted = say("{text}（{note}）", text=value, note=say("{n}条记录", n=term["records"]))
        show_line(f"├─ {entry(say('分项'), counted)}")
    for parameter in content.get("parameters", []):
        show_line(f"├─ {entry(say('参数'), _parameter(parameter))}")
    records = content["records"]
    total = content.get("records_total", len(records))
    show_line(f"├─ {entry(say('记录'), say('{n}条', n=total))}")
    for record in records[:RECORDS_SHOWN]:
        where = " ".join(str(part) for part in (record["file"], record["sheet"], record["cell"]) if part)
        value = "—" if record["value"] is None else record["value"]
        show_line(
            f"│    {record['type']} {record['key']} · {record['field']} = {value} ← {where} · {record['batch']}"
        )
    if total > len(records):
        show_line(f"│    {say('……另有{n}条，--json 可得全部', n=total - len(records))}")
    definition = content["definition"]
    clause: object = f"{definition['source']} — {definition['clause']}"
    if not definition.get("verified", True):
        clause = say("{text}（{note}）", text=clause, note=say("待核实"))
    show_line(f"├─ {entry(say('条款'), clause)}")
    for target in content["plan"]:
        span = target["span"]
        if span:
            quoted = f"{target['target']}「{' '.join(span['text'].split())}」"
            place = f"{span['document']} {span['start']}–{span['end']}"
            show_line(f"├─ {entry(say('规划原句'), say('{text}（{note}）', text=quoted, note=place))}")
    marks = [f"{say('快照')} {figure['snapshot'][:16]}…"]
    if figure["fingerprint"]:
        marks.append(f"{say('指纹')} {figure['fingerprint'][:16]}…")
    show_line(f"└─ {' · '.join(marks)}")


def _parameter(parameter: dict[str, Any]) -> Message | str:
    """A parameter with its value and source; without a value in the period it has neither."""
    name = pick(parameter["label"])
    value = parameter["value"]
    if value is None:
        return f"{name} = —"
    shown = number(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    text: Message | str = f"{name} = {shown}"
    if not parameter["verified"]:
        text = say("{text}（{note}）", text=text, note=say("待核实"))
    return f"{text} — {parameter['source']}" if parameter["source"] else text


def spec_of(ws: Workspace, name: str) -> IndicatorSpec:
    """The indicator of that name; KechuangError with those alike where there is none."""
    known = ws.packs.indicators
    if name in known:
        return known[name]
    raise KechuangError(
        "unknown-indicator",
        say("没有名为“{name}”的指标", name=name),
        remedy=say("是不是：{near}？全部指标见 kechuang indicators list。", near=near(name, known)),
    )


def _year(text: str) -> int:
    from kechuang.language.period import Period

    try:
        return Period.parse(text).year
    except ValueError:
        raise KechuangError(
            "not-a-year", say("“{text}”不是年度", text=text), remedy=say("请写成 2024 的样子。")
        ) from None


def _latest(ws: Workspace, name: str, code: str, as_of: str | None) -> int:
    figures = ws.figures(day(as_of), only=[name], region_codes=[code])
    known = [int(figure.period) for figure in figures if figure.value is not None]
    return max(known) if known else ws.years(day(as_of)).stop - 1
