"""A file as grids of cells: Excel workbooks and CSV, with a clear fault for every kind of damage.

What a file is is told by its first bytes, not by its name. Values of formulas are read as Excel last
computed them; a formula never computed, and an error value such as #DIV/0!, are marked, because an
empty cell in their place would be taken for "not known".
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from kechuang.errors import system_trouble
from kechuang.messages import say
from kechuang.records.sheets import (
    LARGEST,
    Facts,
    Merged,
    Sheet,
    Unreadable,
    damaged,
    guarded,
    letter,
    too_large,
    unguarded,
)

__all__ = ["LARGEST", "Merged", "Sheet", "Unreadable", "guarded", "letter", "read_sheets", "unguarded"]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY = {".xls", ".et", ".xlsb", ".ods"}


def read_sheets(path: Path) -> tuple[list[Sheet], bytes]:
    """The sheets of a file and its bytes. Raises :class:`Unreadable`."""
    name = path.name
    try:
        if path.stat().st_size > LARGEST:
            raise too_large(name)
        content = path.read_bytes()
    except FileNotFoundError:
        raise Unreadable("file-missing", say("找不到这个文件，请核对文件名和所在文件夹"), str(path)) from None
    except IsADirectoryError:
        raise Unreadable("file-missing", say("这是一个文件夹，请给其中的文件"), str(path)) from None
    except OSError as error:
        raise Unreadable(
            "file-unreadable", say("文件读不出来：{problem}", problem=system_trouble(error)), str(path)
        ) from None
    if not content.strip():
        raise Unreadable("empty-file", say("文件是空的"), name)
    if content.startswith((_ZIP, _OLE)):
        return _workbook(content, name), content
    suffix = path.suffix.lower()
    if suffix in {".xlsx", ".xlsm"} or (suffix in _BINARY and _looks_binary(content)):
        raise damaged(name)
    return [_csv(content, name)], content


def _workbook(content: bytes, name: str) -> list[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum
    from python_calamine import SheetVisibleEnum as Visible

    from kechuang.records.biff import scan_xls
    from kechuang.records.scan import scan_archive

    locked = Unreadable(
        "password-protected", say("工作簿设有打开密码：请在Excel中去掉密码后另存再导入"), name
    )
    if content.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in content:
        raise locked
    facts = scan_archive(content, name) if content.startswith(_ZIP) else scan_xls(content, name)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = []
        for meta in book.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            grid = book.get_sheet_by_name(meta.name)
            beside = facts.get(meta.name, Facts())
            beside.merged = beside.merged or [Merged(*a, *b) for a, b in grid.merged_cell_ranges or ()]
            rows = grid.to_python(skip_empty_area=False)
            sheets.append(Sheet.made(meta.name, rows, hidden=meta.visible != Visible.Visible, facts=beside))
    except PasswordError:
        raise locked from None
    except (CalamineError, OSError, ValueError):
        raise damaged(name) from None
    return sheets


def _looks_binary(content: bytes) -> bool:
    return b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff"))


def _csv(content: bytes, name: str) -> Sheet:
    if _looks_binary(content):
        raise Unreadable("unreadable-workbook", say("既不是Excel工作簿，也不是CSV文本"), name)
    text = _decoded(content, name)
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    if not first.count(delimiter):
        delimiter = ","
    csv.field_size_limit(2**20)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows: list[list[Any]] = [[unguarded(cell) for cell in row] for row in reader]
    except csv.Error as error:
        raise Unreadable(
            "unreadable-csv", say("CSV格式有误（引号不成对或不完整）：{problem}", problem=str(error)), name
        ) from None
    return Sheet(None, rows)


def _decoded(content: bytes, name: str) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    order = ["utf-16"] if wide else ["utf-8-sig", "gb18030"]
    for encoding in order:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("unreadable-csv", say("文字编码认不出来：请另存为UTF-8编码的CSV"), name)
