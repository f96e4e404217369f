"""kechuang plan allocate, reconcile: the plan's targets by county and year, and whether they add up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kechuang.cli.app import workspace
from kechuang.cli.options import AsJson, AsOf, Out, day
from kechuang.cli.plan import commands
from kechuang.cli.show import number, pick, show_json, show_line, show_table
from kechuang.errors import KechuangError, listed
from kechuang.messages import Message, say

if TYPE_CHECKING:
    from kechuang.plan.model import Target
    from kechuang.progress.reconciliation import Reconciled
    from kechuang.workspace import Workspace

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        readable=False,
        metavar="FILE",
        help=str(say("县市表（xlsx、csv）：地区，及年度、目标值、下限、上限、权重中需要的列")),
    ),
]
METHOD: dict[str, Message] = {
    "growth": say("各县市同一增速"),
    "increment": say("各县市同一增量"),
    "weights": say("按权重分总量"),
    "need": say("按权重分增量"),
    "table": say("按县市表调整到总量"),
    "same": say("各县市相同"),
}
KIND: dict[str, Message] = {
    "sum": say("各县市相加"),
    "mean": say("按分母加权平均"),
    "each": say("各县市都要达到"),
}


@commands.command("allocate", help=str(say("把规划目标分解到县市和年度，合起来正好是规划的数")))
def allocate(
    target: Annotated[str, typer.Argument(metavar="TARGET", help=str(say("目标编号，如 T1")))],
    method: Annotated[
        str,
        typer.Option(
            "--method",
            metavar="growth|increment|weights|need|table",
            help=str(say("同一增速、同一增量、按权重分总量、按权重分增量、按县市表")),
        ),
    ] = "growth",
    data: Data = None,
    shape: Annotated[
        str,
        typer.Option(
            "--years",
            metavar="straight|growth|s-curve|steps",
            help=str(say("逐年的走法：直线、固定增速、S形、台阶")),
        ),
    ] = "straight",
    steps: Annotated[
        str | None, typer.Option("--steps", metavar="YEAR,…", help=str(say("台阶所在的年份，如 2023,2025")))
    ] = None,
    base_year: Annotated[
        int | None, typer.Option("--base-year", metavar="YEAR", help=str(say("基期年；缺省为规划的基期")))
    ] = None,
    no_decline: Annotated[
        bool, typer.Option("--no-decline", help=str(say("任何县市的目标都不低于其基期数")))
    ] = False,
    decimals: Annotated[
        int | None,
        typer.Option("--decimals", metavar="N", min=0, max=9, help=str(say("小数位数；缺省同规划目标值"))),
    ] = None,
    out: Out = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.indicators.decompose.paths import SHAPES
    from kechuang.progress.allocation import METHODS
    from kechuang.progress.county_table import write_county_table

    if method not in METHODS:
        raise typer.BadParameter(str(say("--method 只能是 growth、increment、weights、need 或 table")))
    if shape not in SHAPES:
        raise typer.BadParameter(str(say("--years 只能是 straight、growth、s-curve 或 steps")))
    ws = workspace()
    one = _target(ws, target)
    rows = ws.county_rows(data, [one]) if data is not None or one.counties else []
    counties = ws.county_targets(one, base_year=base_year, as_of=day(as_of))
    found = counties.allocated(
        rows, method=method, shape=shape, steps=_years(steps), no_decline=no_decline, decimals=decimals
    )
    content = found.as_dict()
    if out is not None:
        write_county_table(out, table_rows(content))
    if as_json:
        show_json(content)
        return
    show_allocation(content)
    if out is not None:
        show_line(say("已写入 {file}", file=out))


def show_allocation(found: dict[str, Any]) -> None:
    """A row a county, a column a year; then what they make together and what the plan asks."""
    years, places = list(found["plan"]), found["decimals"]
    show_line(
        say(
            "{id} {name}：{comparator} {value}{unit}（{year}年），{kind}，{method}",
            id=found["target"],
            name=found["name"],
            comparator=found["comparator"],
            value=number(found["plan"][years[-1]]),
            unit=found["unit"],
            year=years[-1],
            kind=KIND[found["kind"]],
            method=METHOD[found["method"]],
        )
    )
    mean = found["kind"] == "mean"
    heads: list[object] = [say("地区"), say("基期{year}", year=found["base_year"]), *years]
    heads += [say("分母占比") if mean else say("占合计")] if found["kind"] != "each" else []
    weights = sum(one["weight"] or 0.0 for one in found["counties"]) if mean else 0.0
    rows: list[list[object]] = []
    for one in found["counties"]:
        row: list[object] = [one["name"], number(one["base"], places)]
        row += [number(one["values"][year], places) for year in years]
        share = (one["weight"] or 0.0) / weights if mean and weights else one["share"]
        rows.append([*row, *([_share(share)] if found["kind"] != "each" else [])])
    tail = [""] * (len(heads) - 2 - len(years))
    gaps = found["gaps"]
    size = max(abs(value) for value in found["plan"].values()) or 1.0
    rows.append(
        [
            say("合起来"),
            number(found["base"], places),
            *(number(found["combined"][y], places) for y in years),
            *tail,
        ]
    )
    rows.append([say("规划"), "", *(number(found["plan"][y], places) for y in years), *tail])
    rows.append(
        [
            say("差额"),
            "",
            *(number(0.0 if abs(gaps[y]) < 1e-9 * size else gaps[y], places + 1) for y in years),
            *tail,
        ]
    )
    show_table("", heads, rows, right=range(1, len(heads)))
    for note in found["notes"]:
        show_line(f"  · {pick(note)}")


def table_rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """An allocation as the rows of a county table."""
    return [
        {
            "target": found["target"],
            "name": found["name"],
            "code": one["code"],
            "county": one["name"],
            "year": year,
            "value": value,
            "unit": found["unit"],
            "weight": one["weight"],
        }
        for one in found["counties"]
        for year, value in one["values"].items()
    ]


@commands.command("reconcile", help=str(say("县市目标合起来够不够规划的数，差多少，怎样改动最小")))
def reconcile(
    data: Data = None,
    targets: Annotated[
        list[str] | None, typer.Option("--target", metavar="ID", help=str(say("只对这些目标，可重复")))
    ] = None,
    decimals: Annotated[
        int | None,
        typer.Option(
            "--decimals", metavar="N", min=0, max=9, help=str(say("建议数的小数位数；缺省同所给的数"))
        ),
    ] = None,
    out: Out = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.progress.county_table import write_county_table

    ws = workspace()
    asked = [_target(ws, name) for name in targets] if targets else list(ws.plan.targets)
    rows = ws.county_rows(data, asked)
    found: list[Reconciled] = []
    for one in asked:
        mine = [row for row in rows if row.target == one.id or (row.target is None and len(asked) == 1)]
        if mine:
            found.extend(ws.county_targets(one, as_of=day(as_of)).reconciled(mine, decimals))
    if not found:
        raise KechuangError(
            "no-county-targets",
            say("没有可核对的县市目标"),
            remedy=say(
                "请用 --data 给出县市表（含“目标编号”一列，或用 --target 指明），或在 plan.yaml 的目标下写 counties。"
            ),
        )
    content = [one.as_dict() for one in found]
    if out is not None:
        write_county_table(out, [row for one in content for row in _suggested_rows(one)])
    if as_json:
        show_json(content)
        return
    for told in content:
        show_reconciled(told)
    if out is not None:
        show_line(say("已写入 {file}", file=out))


def show_reconciled(found: dict[str, Any]) -> None:
    """What was promised, what is suggested, and the difference, a row a county."""
    from kechuang.progress.reconciliation import VERDICTS

    show_line(
        say(
            "{id} {name} {year}年：规划 {comparator} {plan}{unit}，县市合起来 {whole}（{kind}），{verdict}",
            id=found["target"],
            name=found["name"],
            year=found["year"],
            comparator=found["comparator"],
            plan=number(found["plan"]),
            unit=found["unit"],
            whole=number(found["combined"]),
            kind=KIND[found["kind"]],
            verdict=VERDICTS[found["verdict"]],
        )
    )
    counties = found["counties"]
    suggested = any(one["suggestion"] is not None for one in counties)
    heads: list[object] = [say("地区"), say("县市目标")]
    heads += [say("分母")] if found["kind"] == "mean" else []
    heads += [say("建议"), say("调整")] if suggested else []
    rows: list[list[object]] = []
    for one in counties:
        row: list[object] = [one["name"], number(one["value"])]
        row += [number(one["weight"])] if found["kind"] == "mean" else []
        row += [number(one["suggestion"]), _moved(one["change"])] if suggested else []
        rows.append(row)
    gap = (
        None
        if found["gap"] is None
        else (0.0 if abs(found["gap"]) < 1e-9 * max(1.0, abs(found["plan"])) else found["gap"])
    )
    rows.append([say("合起来"), number(found["combined"]), *[""] * (len(heads) - 2)])
    rows.append([say("与规划的差额"), _moved(gap), *[""] * (len(heads) - 2)])
    show_table("", heads, rows, right=range(1, len(heads)))
    for note in found["notes"]:
        show_line(f"  · {pick(note)}")


def _suggested_rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "target": found["target"],
            "name": found["name"],
            "code": one["code"],
            "county": one["name"],
            "year": found["year"],
            "value": one["value"] if one["suggestion"] is None else one["suggestion"],
            "unit": found["unit"],
            "weight": one["weight"] if found["kind"] == "mean" else None,
        }
        for one in found["counties"]
    ]


def _target(ws: Workspace, name: str) -> Target:
    known = {target.id: target for target in ws.plan.targets}
    if name in known:
        return known[name]
    raise KechuangError(
        "unknown-target",
        say("规划没有目标“{name}”", name=name),
        remedy=say("规划的目标编号：{ids}。", ids=listed(list(known))),
    )


def _years(text: str | None) -> list[int]:
    if not text:
        return []
    try:
        return [int(part) for part in text.replace("，", ",").split(",")]
    except ValueError:
        raise typer.BadParameter(str(say("--steps 应为年份，如 2023,2025"))) from None


def _moved(value: float | None) -> str:
    text = number(value)
    return f"+{text}" if value is not None and value > 0 else text


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"
