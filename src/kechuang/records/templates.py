"""Writes table files: a template to fill in, or records as they stand, in the form that is read back.

Text that a spreadsheet would take for a formula is written as text, so that opening an export runs
nothing.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import KechuangError, Place, system_trouble
from kechuang.messages import say
from kechuang.packs.model import FieldSpec, RecordType
from kechuang.records import places
from kechuang.records.headers import header_text
from kechuang.records.workbook import guarded

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

GUIDE = "填报说明"
STAMP = "_kechuang"
ACCENT, QUIET = "14506F", "646A72"  # heads of required and optional columns
BLANK_ROWS = 500
"""Rows of a template made ready for entry (formats, drop-downs)."""

TYPES = {
    "text": "文字",
    "integer": "整数",
    "number": "数值",
    "date": "日期（如2024-03-05）",
    "year": "年份（如2024）",
    "boolean": "是／否",
    "choice": "从下拉项中选",
    "uscc": "18位统一社会信用代码",
    "region": "行政区划代码或名称",
}
_FORMATS = {"date": "yyyy-mm-dd", "integer": "0", "number": "General", "year": "0"}


def write_table(
    record_type: RecordType,
    rows: Iterable[Mapping[str, Any]],
    path: Path,
    *,
    packs_version: str = "",
    regions: RegionTree | None = None,
    within: str | None = None,
    fill: bool = True,
    excel: bool = False,
) -> None:
    """Write ``rows`` (field → value as the store keeps it, or a ``date``) to an .xlsx or .csv file.

    ``fill`` leaves room for entry below the rows; ``regions`` and ``within`` give the drop-down of
    regions and names instead of codes; ``excel`` puts a byte-order mark before a CSV. The file
    appears whole or not at all.
    """
    lines = [
        [_shown(spec, row.get(name), regions, within) for name, spec in record_type.fields.items()]
        for row in rows
    ]
    kind = path.suffix.lower()
    if kind == ".csv":
        content = _csv(record_type, lines, excel)
    elif kind == ".xlsx":
        content = _xlsx(
            record_type, lines, packs_version=packs_version, regions=regions, within=within, fill=fill
        )
    else:
        raise KechuangError(
            "unknown-suffix",
            say("只能写成 .xlsx 或 .csv 文件"),
            place=Place(file=str(path)),
            remedy=say("请把文件名的后缀写成 .xlsx 或 .csv。"),
        )
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise KechuangError(
            "not-writable",
            say("文件写不进去：{problem}", problem=system_trouble(error)),
            place=Place(file=str(path)),
            remedy=say("请核对文件夹是否存在、文件是否正在Excel中打开。"),
        ) from None


def _shown(spec: FieldSpec, value: Any, regions: RegionTree | None, within: str | None) -> Any:
    """The cell for a value: labels for choices, names for regions, dates as dates."""
    if value is None:
        return None
    if spec.type == "date":
        return value if isinstance(value, date) else date.fromisoformat(value)
    if spec.type == "choice":
        label = spec.choices.get(value)
        return label.zh if label else value
    if spec.type == "boolean":
        return "是" if value else "否"
    if spec.type == "region" and regions is not None:
        region = regions.get(str(value))
        found = regions.find(region.name, within) if region else None
        return region.name if region and found and found.code == value else value
    return value


def _csv(record_type: RecordType, lines: Sequence[Sequence[Any]], excel: bool) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([header_text(spec) for spec in record_type.fields.values()])
    kinds = [spec.type for spec in record_type.fields.values()]
    for line in lines:
        writer.writerow([_harmless(kind, cell) for kind, cell in zip(kinds, line, strict=True)])
    return stream.getvalue().encode("utf-8-sig" if excel else "utf-8")


def _harmless(kind: str, cell: Any) -> Any:
    if kind == "text" and isinstance(cell, str):
        return guarded(cell)
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return "" if cell is None else cell


def _xlsx(
    record_type: RecordType,
    lines: Sequence[Sequence[Any]],
    *,
    packs_version: str,
    regions: RegionTree | None,
    within: str | None,
    fill: bool,
) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = _sheet_name(record_type.label.zh)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    _one_page_wide(sheet)
    sheet.sheet_properties.tabColor = ACCENT
    lists = book.create_sheet("_lists")
    last = len(lines) + 1 + (BLANK_ROWS if fill else 0)
    free = Protection(locked=False)
    for index, spec in enumerate(record_type.fields.values(), start=1):
        column = get_column_letter(index)
        head = sheet.cell(1, index, header_text(spec))
        head.font = Font(name="宋体", bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor=ACCENT if spec.required else QUIET)
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[column].width = _width(spec)
        form = "@" if spec.type in {"text", "uscc", "choice", "region", "boolean"} else _FORMATS[spec.type]
        for number in range(2, last + 1):
            cell = sheet.cell(number, index)
            cell.number_format = form
            cell.protection = free
            if number - 2 < len(lines):
                value = lines[number - 2][index - 1]
                cell.value = value
                if isinstance(value, str):
                    # A text beginning with "=" would otherwise become a formula.
                    cell.data_type = "s"
                    cell.quotePrefix = value[:1] in tuple("=+-@")
        options = _options(spec, regions, within)
        for number, option in enumerate(options, start=1):
            lists.cell(number, index, option)
        rule = DataValidation(
            **_rule(spec, f"_lists!${column}$1:${column}${len(options)}" if options else None)
        )
        _explain(rule, spec)
        sheet.add_data_validation(rule)
        rule.add(f"{column}2:{column}{max(last, 2)}")
    sheet.row_dimensions[1].height = 32
    sheet.protection.sheet = True
    for allowed in (
        "formatColumns",
        "formatRows",
        "formatCells",
        "insertRows",
        "deleteRows",
        "sort",
        "autoFilter",
    ):
        setattr(sheet.protection, allowed, False)
    lists.sheet_state = "hidden"
    _guide(book, record_type)
    stamp = book.create_sheet(STAMP)
    stamp.sheet_state = "hidden"
    stamp.append(["record", record_type.id])
    stamp.append(["version", packs_version])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _options(spec: FieldSpec, regions: RegionTree | None, within: str | None) -> list[str]:
    """What the drop-down of a column offers."""
    if spec.type == "choice":
        return [label.zh for label in spec.choices.values()]
    if spec.type == "boolean":
        return ["是", "否"]
    if spec.type == "region" and regions is not None:
        return [region.name for region in places.choices(regions, within, spec.level)]
    return []


def _rule(spec: FieldSpec, listed: str | None) -> dict[str, Any]:
    """What Excel itself checks on entry."""
    if listed is not None:
        return {"type": "list", "formula1": listed, "allow_blank": True}
    between = {"operator": "between", "allow_blank": True}
    if spec.type in {"number", "integer"}:
        low = -1e15 if spec.min is None else spec.min
        high = 1e15 if spec.max is None else spec.max
        kind = "decimal" if spec.type == "number" else "whole"
        return {"type": kind, "formula1": f"{low:.15g}", "formula2": f"{high:.15g}", **between}
    if spec.type == "year":
        return {"type": "whole", "formula1": "1900", "formula2": "2200", **between}
    if spec.type == "date":
        return {"type": "date", "formula1": "1", "formula2": "109574", **between}
    return {"type": None, "allow_blank": True}


def _explain(rule: Any, spec: FieldSpec) -> None:
    """The note shown beside a cell, and the words of Excel's refusal."""
    rule.showErrorMessage = rule.type is not None
    rule.errorTitle = spec.label.zh[:30]
    rule.error = f"应填：{TYPES[spec.type]}"
    rule.showInputMessage = True
    rule.promptTitle = header_text(spec)[:30]
    rule.prompt = "；".join(_explained(spec))[:250]


def _explained(spec: FieldSpec) -> list[str]:
    parts = [TYPES[spec.type], "必填" if spec.required else "可空"]
    if spec.unit:
        parts.append(f"单位：{spec.unit}")
    if spec.note is not None:
        parts.append(spec.note.zh)
    return parts


def _guide(book: Any, record_type: RecordType) -> None:
    from openpyxl.styles import Alignment, Font

    guide = book.create_sheet(GUIDE)
    guide.append([f"{record_type.label.zh}（{record_type.label.en}）"])
    guide["A1"].font = Font(name="宋体", bold=True, size=14)
    if record_type.description is not None:
        guide.append([record_type.description.zh])
    keys = "、".join(record_type.fields[name].label.zh for name in record_type.key)
    guide.append(
        [f"同一张表中“{keys}”不得重复；再次填报同一条即为更正，原数保留可查。没有的数据请留空，不要填0。"]
    )
    guide.append([])
    guide.append(["列", "英文", "字段", "类型", "单位", "必填", "可选值", "说明"])
    for cell in guide[guide.max_row]:
        cell.font = Font(name="宋体", bold=True)
    for name, spec in record_type.fields.items():
        choices = "、".join(label.zh for label in spec.choices.values())
        note = spec.note.zh if spec.note else ""
        limits = [
            f"不小于{spec.min:g}" if spec.min is not None else "",
            f"不大于{spec.max:g}" if spec.max is not None else "",
        ]
        says = "；".join(part for part in [note, *limits] if part)
        required = "是" if spec.required else "否"
        guide.append(
            [header_text(spec), spec.label.en, name, TYPES[spec.type], spec.unit, required, choices, says]
        )
    for check in record_type.checks:
        guide.append(["核对" if check.level == "error" else "提醒", None, check.id, check.message.zh])
    for column, width in zip("ABCDEFGH", (28, 30, 18, 24, 10, 8, 40, 50), strict=True):
        guide.column_dimensions[column].width = width
    for row in guide.iter_rows(min_row=5):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=cell.column_letter in "GH")
    _one_page_wide(guide)


def _one_page_wide(sheet: Any) -> None:
    """Printed on A4 across, all columns on one page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _width(spec: FieldSpec) -> float:
    label = sum(2 if ord(character) > 0x2E80 else 1 for character in header_text(spec))
    least = {"uscc": 24, "date": 13, "region": 18, "text": 18, "choice": 14}.get(spec.type, 10)
    return float(min(max(label + 4, least), 40))


def _sheet_name(label: str) -> str:
    return "".join("＿" if character in "[]:*?/\\" else character for character in label)[:31]
