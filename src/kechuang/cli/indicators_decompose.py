"""kechuang indicators contributions, breakdown: who made a figure change, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kechuang.cli.app import workspace
from kechuang.cli.changes import STATUS
from kechuang.cli.indicators import commands, known_spec, latest_year, year_of
from kechuang.cli.options import AsJson, AsOf, Region, day, region_code
from kechuang.cli.show import number, pick, progress_bar, show_json, show_line, show_table
from kechuang.messages import Message, say

if TYPE_CHECKING:
    from kechuang.packs import IndicatorSpec

Id = Annotated[str, typer.Argument(metavar="ID", help=str(say("指标编号，见 kechuang indicators list")))]
By = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="county|FIELD",
        help=str(say("按县市（county），或按台账的分类字段，如 performer 或 rd_units.performer")),
    ),
]
EngineName = Annotated[
    str | None,
    typer.Option("--engine", metavar="duckdb|spark", help=str(say("计算引擎；缺省为工作区设置的"))),
]
METHOD: dict[str, Message] = {
    "exact": say("各部分直接相加"),
    "lmdi": say("对数平均迪氏分解 LMDI-I"),
    "shapley": say("Shapley 分解（Sun 1998）"),
}


@commands.command("contributions", help=str(say("变化从哪来：各县市或各类别对指标变化的贡献")))
def contributions(
    name: Id,
    first: Annotated[
        str | None, typer.Option("--from", metavar="YEAR", help=str(say("起始年；缺省为终止年的上一年")))
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="YEAR", help=str(say("终止年；缺省为最近有数的一年")))
    ] = None,
    by: By = "county",
    region: Region = None,
    method: Annotated[
        str,
        typer.Option(
            "--method",
            metavar="auto|lmdi|shapley",
            help=str(say("比率的分解方法；auto 为 LMDI，有负数时改用 Shapley")),
        ),
    ] = "auto",
    as_of: AsOf = None,
    engine: EngineName = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.indicators.decompose.changes import METHODS

    chosen = next((one for one in METHODS if one == method), None)
    if chosen is None:
        raise typer.BadParameter(str(say("--method 只能是 auto、lmdi 或 shapley")))
    ws = workspace()
    spec = known_spec(ws, name)
    code = region_code(ws, region)
    end = year_of(last) if last else latest_year(ws, name, code, as_of)
    start = year_of(first) if first else end - 1
    with progress_bar(str(say("计算"))):
        found = ws.contributions(
            name, start, end, by=by, region=code, method=chosen, as_of=day(as_of), engine=engine
        ).as_dict()
    if as_json:
        show_json(found)
        return
    show_contributions(spec, found, ws.name_of(code))


def show_contributions(spec: IndicatorSpec, found: dict[str, Any], where: str) -> None:
    """The change, a row a part, the sum and what is left over, then the notes."""
    from kechuang.indicators.decompose.contributions import EFFECTS

    places = spec.decimals + (0 if found["form"] == "sum" else 2)
    show_line(
        say(
            "{name}  {where}：{first}年 {before}{unit} → {last}年 {after}{unit}，变化 {change}",
            name=pick({"zh": spec.label.zh, "en": spec.label.en}),
            where=where,
            first=found["from"],
            last=found["to"],
            before=number(found["before"], spec.decimals),
            after=number(found["after"], spec.decimals),
            unit=spec.unit,
            change=_signed(found["change"], places),
        )
    )
    effects = [] if found["form"] == "sum" else list(found["effects"])
    ratio, total = found["form"] == "ratio", found["form"] == "sum"
    heads: list[object] = [pick(found["by_label"]), found["from"], found["to"]]
    heads += [say("权重{year}", year=found[key]) for key in ("from", "to") if ratio]
    heads += [EFFECTS[name] for name in effects]
    heads += [say("贡献（{unit}）", unit=spec.unit if spec.unit != "%" else say("百分点")), say("占变化")]
    heads += [say("拉动（百分点）")] if total else []
    heads += [say("结构（对平均）")] if ratio else []
    heads += [say("数据状态")]
    rows: list[list[object]] = []
    for part in found["parts"]:
        row: list[object] = [
            pick(part["label"]),
            number(part["before"], spec.decimals),
            number(part["after"], spec.decimals),
        ]
        row += [_share(weight) for weight in part["weight"] if ratio]
        row += [_signed(part["effects"][name], places) for name in effects]
        row += [_signed(part["change"], places), _share(part["share"])]
        row += [_signed(None if part["pull"] is None else 100 * part["pull"], 1)] if total else []
        row += [_signed(part["structure_relative"], places)] if ratio else []
        rows.append([*row, _status(part["status"])])
    whole: list[object] = [
        say("合计"),
        number(found["before"], spec.decimals),
        number(found["after"], spec.decimals),
    ]
    whole += ["100%", "100%"] if ratio else []
    whole += [_signed(found["effects"][name], places) for name in effects]
    whole += [
        _signed(sum(part["change"] for part in found["parts"]), places),
        _share(1.0 if found["change"] else None),
    ]
    pulled = 100 * found["change"] / found["before"] if found["before"] else None
    whole += [_signed(pulled, 1)] if total else []
    whole += [_signed(found["effects"]["structure"], places)] if ratio else []
    rows.append([*whole, _status(found["status"])])
    left = (
        found["residual"]
        if abs(found["residual"]) > 1e-9 * max(abs(found["before"]), abs(found["after"]))
        else 0.0
    )
    empty = [""] * (2 + 2 * ratio + len(effects))
    rows.append([say("残差"), *empty, number(left, places), *[""] * (len(heads) - len(empty) - 2)])
    show_table("", heads, rows, right=range(1, len(heads) - 1))
    show_line(say("方法：{method}", method=METHOD[found["method"]]))
    if found["ratios"]:
        parts = "  ".join(f"{EFFECTS[name]} ×{value:.4f}" for name, value in found["ratios"].items())
        show_line(
            say(
                "乘法分解：{parts}，连乘 ×{whole}",
                parts=parts,
                whole=f"{found['after'] / found['before']:.4f}",
            )
        )
    if ratio:
        show_line(
            say(
                "强度效应：自身比率的变化；结构效应：自身权重的变化。“对平均”一列：比率高于平均的部分权重上升为正，低于平均的为负，合计相同。"
            )
        )
    for note in found["notes"]:
        show_line(f"  · {pick(note)}")


@commands.command("breakdown", help=str(say("由什么组成：按县市或台账的任一分类字段列出指标值")))
def breakdown(
    name: Id,
    by: By = "county",
    period: Annotated[
        str | None, typer.Option("--period", metavar="YEAR", help=str(say("年度；缺省为最近有数的一年")))
    ] = None,
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="YEAR", help=str(say("列出自此年起的各年，到 --period 为止"))),
    ] = None,
    region: Region = None,
    as_of: AsOf = None,
    engine: EngineName = None,
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    spec = known_spec(ws, name)
    code = region_code(ws, region)
    end = year_of(period) if period else latest_year(ws, name, code, as_of)
    start = year_of(first) if first else end
    with progress_bar(str(say("计算"))):
        found = ws.breakdown(
            name, by=by, years=range(min(start, end), end + 1), region=code, as_of=day(as_of), engine=engine
        ).as_dict()
    if as_json:
        show_json(found)
        return
    show_breakdown(spec, found, ws.name_of(code))


def show_breakdown(spec: IndicatorSpec, found: dict[str, Any], where: str) -> None:
    """A row a part and year: its figure, what it comes from, how sure it is."""
    sides, many = found["form"] != "sum", len(found["years"]) > 1
    heads: list[object] = [pick(found["by_label"]), say("年度"), say("数值"), say("单位")]
    heads += (
        [_with_unit(say("分子"), found["numerator_unit"]), _with_unit(say("分母"), found["denominator_unit"])]
        if sides
        else [say("占合计")]
    )
    heads += [say("记录"), say("覆盖率"), say("数据状态")]
    rows: list[list[object]] = []
    for line in [*found["parts"], found["whole"]]:
        label: object = say("合计") if line is found["whole"] else pick(line["label"])
        for at, year in enumerate(found["years"]):
            row: list[object] = [label, year, number(line["value"][at], spec.decimals), spec.unit]
            if sides:
                row += [number(line["above"][at]), number(line["below"][at])]
            else:
                row.append(_share(line["share"][at]))
            row += [number(line["records"][at]), _share(line["coverage"][at])]
            rows.append([*row, "" if line["value"][at] is None else STATUS[line["status"][at]]])
            label = "" if many else label
    title = say(
        "{name}  {where}：按{by}分",
        name=pick({"zh": spec.label.zh, "en": spec.label.en}),
        where=where,
        by=pick(found["by_label"]),
    )
    show_table(title, heads, rows, right=(1, 2, *range(4, len(heads) - 1)))
    for note in found["notes"]:
        show_line(f"  · {pick(note)}")


def _signed(value: float | None, decimals: int) -> str:
    """A change: with its sign, zero without."""
    text = number(value, decimals)
    if value is None or text.strip("−0.,") == "":
        return text.lstrip("−")
    return f"+{text}" if value > 0 else text


def _with_unit(head: Message, unit: str | None) -> Message:
    return say("{text}（{note}）", text=head, note=unit) if unit else head


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}".replace("-", "\u2212")


def _status(both: list[str]) -> object:
    first, last = (STATUS[one] for one in both)
    return first if both[0] == both[1] else f"{first}→{last}"
