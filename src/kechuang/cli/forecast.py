"""kechuang forecast: the years ahead, with bands, of an indicator or of the series in a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kechuang.cli.app import command, workspace
from kechuang.cli.indicators import known_spec
from kechuang.cli.options import AsJson, AsOf, Out, Region, day, region_code
from kechuang.cli.show import entry, number, pick, progress_bar, show_json, show_line, show_table
from kechuang.messages import language, say

if TYPE_CHECKING:
    from kechuang.progress.forecast import Bounds

SERIES_SHOWN = 20
DIGITS = 5


@command("forecast")
def forecast(
    indicator: Annotated[
        str | None, typer.Argument(metavar="ID", help=str(say("工作区的指标编号；或者用 --data 给一张表")))
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            readable=False,
            metavar="FILE",
            help=str(say("CSV 文件：列 series_id,step,value，每行一年")),
        ),
    ] = None,
    horizon: Annotated[
        int, typer.Option("--horizon", metavar="H", min=1, max=50, help=str(say("预测多少年，1至50")))
    ] = 5,
    low: Annotated[float | None, typer.Option("--low", help=str(say("数值不会低于此数")))] = None,
    high: Annotated[float | None, typer.Option("--high", help=str(say("数值不会高于此数")))] = None,
    integer: Annotated[bool, typer.Option("--integer", help=str(say("数值是整数（计数）")))] = False,
    monotone: Annotated[bool, typer.Option("--monotone", help=str(say("数值只增不减（累计数）")))] = False,
    region: Region = None,
    as_of: AsOf = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.progress.forecast import Bounds

    if (indicator is None) == (data is None):
        raise typer.BadParameter(str(say("请给出一个指标编号，或者用 --data 给出一张表，二者取一")))
    bounds = Bounds(low, high, integer, monotone)
    if data is not None:
        if region is not None or as_of is not None:
            raise typer.BadParameter(str(say("--region 和 --as-of 只用于工作区的指标")))
        _table(data, horizon, bounds, out, as_json)
    else:
        _indicator(indicator or "", horizon, bounds, region, as_of, out, as_json)


def _table(data: Path, horizon: int, bounds: Bounds, out: Path | None, as_json: bool) -> None:
    from kechuang.progress.forecast import forecast_many
    from kechuang.progress.forecast.table import forecast_csv, forecast_rows, read_series
    from kechuang.publish.saving import save

    series = read_series(data, bounds)
    with progress_bar(str(say("预测"))):
        made = dict(zip(series, forecast_many(list(series.values()), horizon, bounds), strict=True))
    if out is not None:
        save(out, forecast_csv(made), "file-unwritable")
    if as_json:
        show_json(list(forecast_rows(made)))
        return
    show_line(say("{n}个序列，各预测{h}年", n=len(made), h=horizon))
    if out is not None:
        show_line(entry(say("已写入"), out))
        return
    shown = dict(list(made.items())[:SERIES_SHOWN])
    show_table(
        "",
        [say("序列"), say("第几年"), say("中位数"), "50%", "80%", "95%"],
        [
            [
                row["series_id"],
                row["h"],
                _short(row["median"]),
                *(f"{_short(row[f'lo{level}'])} ~ {_short(row[f'hi{level}'])}" for level in (50, 80, 95)),
            ]
            for row in forecast_rows(shown)
        ],
        right=(1, 2, 3, 4, 5),
    )
    if len(made) > len(shown):
        show_line(say("……另有{n}个序列，用 --out 写入文件看全部", n=len(made) - len(shown)))
    if len(made) == 1:
        only = next(iter(made.values()))
        show_line(entry(say("方法"), only.method))
        for note in only.notes:
            show_line(note)


def _indicator(
    indicator: str,
    horizon: int,
    bounds: Bounds,
    region: str | None,
    as_of: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    from kechuang.progress.forecast import Bounds
    from kechuang.progress.forecast.table import forecast_csv
    from kechuang.publish.saving import save

    ws = workspace()
    spec = known_spec(ws, indicator)
    code = region_code(ws, region)
    with progress_bar(str(say("计算"))) as report:
        found = ws.forecast(
            indicator, code, horizon, day(as_of), None if bounds == Bounds() else bounds, progress=report
        )
    content = found.as_dict()
    if out is not None:
        save(out, forecast_csv({indicator: found.forecast}), "file-unwritable")
    if as_json:
        show_json(content)
        return
    mark = f" {say('（示例数据）')}" if found.sample else ""
    show_line(
        f"{spec.label.text(language())}, {ws.name_of(code)}{mark}"
        if language() == "en"
        else f"{spec.label.zh}，{ws.name_of(code)}{mark}"
    )
    show_table(
        "",
        [say("年度"), say("实际"), say("中位数"), "50%", "80%", "95%"],
        [[row["period"], number(row["value"], spec.decimals), "", "", "", ""] for row in content["history"]]
        + [
            [
                row["period"],
                "",
                number(row["median"], spec.decimals),
                *(
                    " ~ ".join(number(end, spec.decimals) for end in row[f"p{level}"])
                    for level in (50, 80, 95)
                ),
            ]
            for row in content["forecast"]
        ],
        right=(1, 2, 3, 4, 5),
    )
    show_line(entry(say("单位"), spec.unit))
    show_line(entry(say("方法"), pick(content["method"])))
    for note in content["notes"]:
        show_line(pick(note))
    if out is not None:
        show_line(entry(say("已写入"), out))


def _short(value: float) -> str:
    """A forecast for people: five significant digits, thousands separators."""
    return number(float(f"{value:.{DIGITS}g}"))
