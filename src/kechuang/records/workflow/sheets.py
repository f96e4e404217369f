"""Lists for people as an Excel workbook or a text file, written whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kechuang.errors import KechuangError, Place
from kechuang.messages import say
from kechuang.records.workbook import letter
from kechuang.whole import whole

ACCENT = "14506F"
LINE = 15
"""Height of a line of text, in points."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: heads, rows, widths of columns in characters, and drop-downs by number of column."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    widths: Sequence[float]
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    title: str = ""


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write sheets to an .xlsx file; text that looks like a formula stays text."""
    check_workbook(path)
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet)
    stream = io.BytesIO()
    book.save(stream)
    _write(path, stream.getvalue())


def check_workbook(path: Path) -> None:
    """KechuangError where the name is not that of a workbook."""
    if path.suffix.lower() != ".xlsx":
        raise unknown_suffix(path)


def unknown_suffix(path: Path) -> KechuangError:
    """The error for a kind of file that is not written."""
    return KechuangError(
        "unknown-suffix",
        say("不能写成这种文件：{suffix}", suffix=path.suffix or path.name),
        place=Place(file=str(path)),
        remedy=say("请把文件名的后缀写成 .xlsx；催报还可用 .csv、.txt。"),
    )


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8."""
    _write(path, text.encode())


def _fill(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.worksheet.datavalidation import DataValidation

    line = Side(style="thin", color="C8CDD2")
    frame = Border(left=line, right=line, top=line, bottom=line)
    top = 1
    if sheet.title:
        page.append([sheet.title])
        page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(sheet.heads))
        page["A1"].font = Font(bold=True, size=14)
        page["A1"].alignment = Alignment(wrap_text=True, vertical="center")
        page.row_dimensions[1].height = 42
        top = 2
    page.append(list(sheet.heads))
    for cell in page[top]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=ACCENT)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = frame
    for number, row in enumerate(sheet.rows, start=top + 1):
        for column, value in enumerate(row, start=1):
            cell = page.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.border = frame
        page.row_dimensions[number].height = min(400, LINE * _lines(row, sheet.widths))
    for column, width in enumerate(sheet.widths):
        page.column_dimensions[letter(column)].width = width
    last = max(top + len(sheet.rows), top + 1)
    for column, names in sheet.choices.items():
        rule = DataValidation(type="list", formula1=f'"{",".join(names)}"', allow_blank=True)
        rule.add(f"{letter(column)}{top + 1}:{letter(column)}{last}")
        page.add_data_validation(rule)
    page.freeze_panes = f"A{top + 1}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{top}:{top}"


def _lines(row: Sequence[Any], widths: Sequence[float]) -> int:
    """How many lines the fullest cell of a row takes; a Chinese character is as wide as two letters."""
    most = 1
    for value, width in zip(row, widths, strict=False):
        parts = str(value).split("\n")
        wide = (sum(1 + (ord(one) > 0x2E7F) for one in part) for part in parts)
        most = max(most, sum(max(1, -(-count // max(1, int(width) - 1))) for count in wide))
    return most


def _write(path: Path, content: bytes) -> None:
    with whole(path) as beside:
        beside.write_bytes(content)
