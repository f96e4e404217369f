"""kechuang indicators export and read: figures to other systems, and values from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kechuang.cli.app import workspace
from kechuang.cli.changes import STATUS
from kechuang.cli.indicators import commands
from kechuang.cli.options import AsJson, AsOf, Out, day
from kechuang.cli.show import number, progress_bar, show_json, show_line, show_table
from kechuang.errors import KechuangError, listed
from kechuang.messages import language, say

if TYPE_CHECKING:
    from kechuang.indicators.exchange import Mapped, Message, Written
    from kechuang.indicators.figure import Figure
    from kechuang.workspace import Workspace

#: The formats of ``kechuang.indicators.exchange.FORMATS``, here so that the help loads nothing.
FORMATS = ("sdmx-csv", "sdmx-csv-1.0", "sdmx-ml", "sdmx-ml-2.1", "sdmx-json", "dhis2", "adx", "csv")
_FILES = {"sdmx-ml", "sdmx-ml-2.1"}


@commands.command("export", help=str(say("把指标值和结构写成 SDMX、DHIS2、ADX 或 CSV，供别的系统读取")))
def export(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="FILE|DIR",
            readable=False,
            help=str(say("写入此文件（.csv、.xml 或 .json），结构写在旁边；否则是文件夹")),
        ),
    ],
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="|".join(FORMATS))] = "sdmx-csv",
    only: Annotated[
        list[str] | None, typer.Option("--indicator", metavar="ID", help=str(say("只写这些指标，可重复")))
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            "--by", metavar="all|county|prefecture", help=str(say("各地区都写，或只写县市、全地区"))
        ),
    ] = "all",
    first: Annotated[int | None, typer.Option("--from", metavar="YEAR", help=str(say("起始年")))] = None,
    last: Annotated[int | None, typer.Option("--to", metavar="YEAR", help=str(say("终止年")))] = None,
    as_of: AsOf = None,
    agency: Annotated[
        str | None,
        typer.Option("--agency", metavar="ID", help=str(say("结构的维护机构代码；缺省为工作区设置的"))),
    ] = None,
    validate: Annotated[
        bool,
        typer.Option(
            "--validate", help=str(say("用 SDMX 官方 XSD 核对写出的 SDMX-ML（须装 kechuang[sdmx]）"))
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    if format_ not in FORMATS:
        raise typer.BadParameter(str(say("--format 只能是 {known}", known=listed(FORMATS))))
    if by not in ("all", "county", "prefecture"):
        raise typer.BadParameter(str(say("--by 只能是 all、county 或 prefecture")))
    if validate and format_ not in _FILES:
        raise typer.BadParameter(str(say("--validate 只用于 sdmx-ml 和 sdmx-ml-2.1")))
    from kechuang.indicators.exchange import export as write

    ws = workspace()
    codes = {"all": ws.region_codes, "county": ws.region_codes[1:], "prefecture": ws.region_codes[:1]}[by]
    when = day(as_of)
    span = ws.years(when)
    start, end = first if first is not None else span.start, last if last is not None else span.stop - 1
    if start > end:
        raise KechuangError(
            "no-years",
            say("起始年{first}晚于终止年{last}", first=start, last=end),
            remedy=say("请核对 --from 和 --to。"),
        )
    with progress_bar(str(say("计算"))) as report:
        data = ws.exchange(
            when,
            only=only or None,
            region_codes=codes,
            years=range(start, end + 1),
            agency=agency,
            progress=report,
        )
    written = write(data, target, format_)
    if validate:
        _validate(written)
    if as_json:
        show_json(
            {
                "format": format_,
                "files": [str(path) for path in written.files],
                "figures": len(data.figures) - written.left_out,
                "left_out": written.left_out,
                "sample": data.sample,
            }
        )
        return
    for path in written.files:
        show_line(say("已写入 {path}", path=path))
    show_line(
        say(
            "{n}个值，指标{m}个，地区{k}个",
            n=len(data.figures) - written.left_out,
            m=len(data.indicators),
            k=len(codes),
        )
    )
    if written.left_out:
        show_line(say("{n}个没有数值的未写：{format} 不能表示缺失值", n=written.left_out, format=format_))
    if data.sample:
        show_line(say("含示例数据：每个示例值都已标明，报文标为测试"))


@commands.command(
    "read", help=str(say("读取 SDMX、DHIS2、ADX 或 CSV 文件：列出指标值，或按对照表写成台账的导入文件"))
)
def read(
    file: Annotated[Path, typer.Argument(metavar="FILE", readable=False, help=str(say("要读取的文件")))],
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--map", readable=False, metavar="MAP.yaml", help=str(say("对照表：外来代码对应台账的哪个字段"))
        ),
    ] = None,
    out: Out = None,
    sample: Annotated[
        bool, typer.Option("--sample", help=str(say("文件含示例数据，仍写成导入文件")))
    ] = False,
    validate: Annotated[
        bool, typer.Option("--validate", help=str(say("先用 SDMX 官方 XSD 核对（须装 kechuang[sdmx]）")))
    ] = False,
    as_json: AsJson = False,
) -> None:
    from kechuang.indicators.exchange import read as read_file

    message = read_file(file)
    if validate:
        _validate_file(message, file)
    ws = workspace()
    if mapping is not None:
        _records(ws, message, mapping, out, as_json=as_json, sample=sample)
        return
    from kechuang.indicators.exchange import figures
    from kechuang.indicators.exchange.table import save

    found = figures(message, ws.packs.indicators, ws.regions)
    if out is not None:
        save(found, out)
    if as_json:
        show_json([figure.as_dict() for figure in found])
        return
    if out is not None:
        show_line(say("已写入 {path}", path=out))
    else:
        _show(ws, found)
    show_line(say("{file}：{format}，{n}个值", file=file.name, format=message.format, n=len(found)))
    if message.test or any(figure.status == "sample" for figure in found):
        show_line(say("含示例数据，不是统计数"))


def _show(ws: Workspace, found: list[Figure]) -> None:
    specs = ws.packs.indicators
    show_table(
        say("指标值"),
        [say("指标"), say("地区"), say("年度"), say("数值"), say("单位"), say("数据状态")],
        [
            [
                specs[one.indicator].label.text(language()),
                ws.name_of(one.region),
                one.period,
                number(
                    one.value,
                    specs[one.indicator].decimals if one.unit == specs[one.indicator].unit else None,
                ),
                one.unit,
                "" if one.value is None else STATUS[one.status],
            ]
            for one in found
        ],
        right=(2, 3),
    )


def _records(
    ws: Workspace, message: Message, mapping: Path, out: Path | None, *, as_json: bool, sample: bool
) -> None:
    from kechuang.indicators.exchange import read_mapping, records
    from kechuang.records.tables import write_table

    mapped = records(message, read_mapping(mapping, ws.packs), ws.packs, ws.regions, sample=sample)
    if out is not None:
        write_table(
            mapped.record,
            mapped.rows,
            out,
            regions=ws.regions,
            within=ws.settings.region,
            language=language(),
        )
    command = f"kechuang records import {out} --type {mapped.record.id}" + (
        " --sample" if mapped.sample else ""
    )
    if as_json:
        show_json(
            {
                "record": mapped.record.id,
                "rows": len(mapped.rows),
                "out": str(out) if out else None,
                "passed_over": dict(mapped.passed_over),
                "filtered": mapped.filtered,
                "empty": mapped.empty,
                "sample": mapped.sample,
                "import": command if out else None,
            }
        )
        return
    _tell(mapped, out, command)


def _tell(mapped: Mapped, out: Path | None, command: str) -> None:
    show_line(say("台账“{label}”：{n}条记录", label=mapped.record.label.text(language()), n=len(mapped.rows)))
    if mapped.passed_over:
        codes = listed([f"{code or '—'} ×{n}" for code, n in mapped.passed_over.items()])
        show_line(say("对照表没有列出、未读的代码：{codes}", codes=codes))
    if mapped.filtered:
        show_line(say("不合 where 条件、未读：{n}个值", n=mapped.filtered))
    if mapped.empty:
        show_line(say("没有数值、未写：{n}个", n=mapped.empty))
    if out is None:
        show_line(say("未写文件；加 -o 写成导入文件"))
        return
    show_line(say("已写入 {path}", path=out))
    show_line(say("核对无误后入库：{command}", command=command))


def _validate(written: Written) -> None:
    for path in written.files:
        _official(path)


def _validate_file(message: Message, file: Path) -> None:
    if message.format != "sdmx-ml":
        raise KechuangError(
            "not-sdmx-ml",
            say("不是 SDMX-ML，没有官方 XSD 可核对"),
            remedy=say("请去掉 --validate。"),
        )
    _official(file)


def _official(path: Path) -> None:
    from kechuang.errors import Place
    from kechuang.indicators.exchange.official import problems

    found = problems(path.read_bytes(), str(path))
    if found:
        raise KechuangError(
            "sdmx-schema",
            say("与官方 XSD 有{n}处不符", n=len(found)),
            place=Place(file=str(path)),
            faults=found,
        )
