"""Table files as offices send them (xlsx, xls, csv): grids of cells, and where their head row stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kechuang.errors import KechuangError, Place, listed, system_trouble
from kechuang.messages import say

_LARGEST = 50 * 1024 * 1024
_HEAD_ROWS = 12


@dataclass(frozen=True)
class Grid:
    """One sheet: its name (None for CSV), rows of cells, rows counted from 1 by position + 1."""

    sheet: str | None
    rows: list[list[Any]]


def headed(
    path: Path,
    content: bytes,
    known: Mapping[str, Sequence[str]],
    required: Sequence[str],
    aside: Sequence[str] = (),
) -> tuple[Grid, int, dict[str, int]]:
    """The sheet whose head row knows most of the ``known`` columns (field → headings), the row (from 0) and
    field → column. Sheets named in ``aside`` are passed over. KechuangError where one of ``required`` is missing."""
    grids = [
        grid
        for grid in _grids(path, content, aside)
        if any(any(cell_text(c) for c in row) for row in grid.rows)
    ]
    if not grids:
        raise KechuangError("empty-file", say("文件中没有数据"), place=Place(file=path.name))
    best: tuple[int, Grid, int, dict[str, int]] | None = None
    for grid in grids:
        for row, cells in enumerate(grid.rows[:_HEAD_ROWS]):
            columns: dict[str, int] = {}
            for at, cell in enumerate(cells):
                heading = "".join(cell_text(cell).rstrip("*＊").split())
                for name, headings in known.items():
                    if heading in headings and name not in columns:
                        columns[name] = at
            if columns and (best is None or len(columns) > best[0]):
                best = (len(columns), grid, row, columns)
    missing = [name for name in required if best is None or name not in best[3]]
    if best is None or missing:
        raise KechuangError(
            "missing-column",
            say("缺少列：{columns}", columns=listed([known[name][0] for name in missing])),
            place=Place(file=path.name, sheet=best[1].sheet if best else None),
            remedy=say("请用模板：kechuang plan comments template -o 意见表.xlsx。"),
        )
    return best[1], best[2], best[3]


def letter_of(column: int) -> str:
    """The letter of a column counted from 0.

    >>> letter_of(0), letter_of(27)
    ('A', 'AB')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def content_of(path: Path) -> bytes:
    """The bytes of a file; KechuangError where it cannot be read or is far too large for a table of comments."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise KechuangError(
            "file-missing" if not path.exists() else "file-unreadable",
            say("文件读不出来：{problem}", problem=system_trouble(error)),
            place=Place(file=str(path)),
        ) from None
    if len(content) > _LARGEST:
        raise KechuangError("file-too-large", say("文件太大，不像是意见表"), place=Place(file=str(path)))
    return content


def _grids(path: Path, content: bytes, aside: Sequence[str]) -> list[Grid]:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _workbook(path, content, aside)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise KechuangError(
            "unreadable-file",
            say("不是Excel工作簿，也不是CSV文本"),
            place=Place(file=path.name),
            remedy=say("请用Excel另存为 .xlsx 后再导入。"),
        )
    if "\0" in text:
        raise KechuangError(
            "unreadable-file",
            say("不是Excel工作簿，也不是CSV文本"),
            place=Place(file=path.name),
            remedy=say("请用Excel另存为 .xlsx 后再导入。"),
        )
    first = text.split("\n", 1)[0]
    sign = (
        "\t" if first.count("\t") > first.count(",") else ";" if first.count(";") > first.count(",") else ","
    )
    try:
        rows = [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign)]
    except csv.Error:
        raise KechuangError(
            "unreadable-file",
            say("CSV文件读不懂：有一格没有结束"),
            place=Place(file=path.name),
            remedy=say("请用Excel另存为 .xlsx 后再导入。"),
        ) from None
    return [Grid(None, rows)]


def _workbook(path: Path, content: bytes, aside: Sequence[str]) -> list[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum
    from python_calamine import SheetVisibleEnum as Visible

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            Grid(meta.name, book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False))
            for meta in book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet
            and meta.visible == Visible.Visible
            and meta.name not in aside
        ]
    except PasswordError:
        problem = say("工作簿设有打开密码")
        remedy = say("请在Excel中去掉密码后另存再导入。")
    except (CalamineError, OSError, ValueError):
        problem = say("不是完好的Excel工作簿：文件可能损坏或没有传完")
        remedy = say("请重新取得原件，或用Excel另存后再导入。")
    raise KechuangError("unreadable-workbook", problem, place=Place(file=path.name), remedy=remedy)


def cell_text(cell: Any) -> str:
    """A cell as text: days as 2021-02-05, whole numbers without a point."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
