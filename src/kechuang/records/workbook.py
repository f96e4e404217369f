"""A file as grids of cells: Excel workbooks and CSV, with a clear fault for every kind of damage.

What a file is is told by its first bytes, not by its name. Values of formulas are read as Excel last
computed them; a formula never computed, and an error value such as #DIV/0!, are marked, because an
empty cell in their place would be taken for "not known".
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kechuang.errors import Fault, Place, system_trouble
from kechuang.messages import Message, say

LARGEST = 512 * 1024 * 1024
"""Bytes a workbook may unpack to; a small file that unpacks to more is not a register."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_RISKY = frozenset("=+-@\t\r")
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')


@dataclass
class Sheet:
    """A grid of cells. ``broken`` marks cells whose value cannot be trusted: (row, column) → fault code.

    Rows and columns count from 0 here; people are told rows from 1 and columns by letter.
    """

    name: str | None
    rows: list[list[Any]]
    hidden: bool = False
    broken: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass
class Unreadable(Exception):
    """A file that cannot be read at all."""

    code: str
    message: Message
    file: str

    def fault(self) -> Fault:
        return Fault(self.code, self.message, Place(file=self.file))


def letter(column: int) -> str:
    """The letter of a column counted from 0.

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def guarded(text: str) -> str:
    """Text for a CSV cell; an apostrophe keeps a spreadsheet from running it as a formula.

    >>> guarded("=1+1"), unguarded(guarded("=1+1")), unguarded(guarded("'=1"))
    ("'=1+1", '=1+1', "'=1")
    """
    return "'" + text if text.lstrip("'")[:1] in _RISKY and text else text


def unguarded(text: str) -> str:
    """The text of a CSV cell without the apostrophe :func:`guarded` put before it."""
    return text[1:] if text[:1] == "'" and text.lstrip("'")[:1] in _RISKY else text


def read_sheets(path: Path) -> tuple[list[Sheet], bytes]:
    """The sheets of a file and its bytes. Raises :class:`Unreadable`."""
    name = path.name
    try:
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
    if suffix in {".xlsx", ".xlsm"} or (suffix == ".xls" and _looks_binary(content)):
        raise Unreadable("unreadable-workbook", _damaged(), name)
    return [_csv(content, name)], content


def _damaged() -> Message:
    return say("不是完好的Excel工作簿：文件可能损坏或没有传完，请重新取得原件或用Excel另存后再导入")


def _workbook(content: bytes, name: str) -> list[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum
    from python_calamine import SheetVisibleEnum as Visible

    locked = Unreadable(
        "password-protected", say("工作簿设有打开密码：请在Excel中去掉密码后另存再导入"), name
    )
    if content.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in content:
        raise locked
    broken = _broken_cells(content, name) if content.startswith(_ZIP) else {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = []
        for meta in book.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            rows = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            hidden = meta.visible != Visible.Visible
            sheets.append(Sheet(meta.name, rows, hidden, broken.get(meta.name, {})))
    except PasswordError:
        raise locked from None
    except (CalamineError, OSError, ValueError):
        raise Unreadable("unreadable-workbook", _damaged(), name) from None
    return sheets


def _broken_cells(content: bytes, name: str) -> dict[str, dict[tuple[int, int], str]]:
    """Cells that hold an error value or a formula never computed, by sheet; checks the archive too."""
    from lxml import etree

    found: dict[str, dict[tuple[int, int], str]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any(entry.flag_bits & 1 for entry in archive.infolist()):
                raise Unreadable("password-protected", say("文件设有密码：请去掉密码后再导入"), name)
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise Unreadable(
                    "file-too-large",
                    say("文件展开后超过{n}MB，不像一张填报表；请拆成几个文件", n=LARGEST // 2**20),
                    name,
                )
            names = set(archive.namelist())
            if "word/document.xml" in names:
                raise Unreadable("not-a-table", say("这是Word文档，不是填报表；台账只从Excel或CSV导入"), name)
            if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
                return found
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            links = {
                link.get("Id"): str(link.get("Target"))
                for link in etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
            }
            book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
            for sheet in book.iter("{*}sheet"):
                target = next((links.get(v) for k, v in sheet.attrib.items() if str(k).endswith("}id")), None)
                inside = "xl/" + target.lstrip("/").removeprefix("xl/") if target else ""
                if inside in names:
                    found[str(sheet.get("name"))] = _broken_in(archive.read(inside))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, EOFError, OSError, ValueError, KeyError):
        raise Unreadable("unreadable-workbook", _damaged(), name) from None
    except (NotImplementedError, RuntimeError):
        raise Unreadable("unreadable-workbook", _damaged(), name) from None
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise Unreadable("unreadable-workbook", _damaged(), name) from None
        raise
    return found


def _broken_in(xml: bytes) -> dict[tuple[int, int], str]:
    if b't="e"' not in xml and b"<f" not in xml:
        return {}
    broken: dict[tuple[int, int], str] = {}
    for cell in _CELL.finditer(xml):
        attributes, inside = cell[1], cell[2] or b""
        code = None
        if b't="e"' in attributes:
            code = "cell-error"
        elif b"<f" in inside and b't="str"' not in attributes and re.search(rb"<v>[^<]", inside) is None:
            code = "formula-not-computed"
        place = _PLACE.search(attributes) if code else None
        if code and place:
            broken[(int(place[2]) - 1, _index(place[1].decode()))] = code
    return broken


def _index(letters: str) -> int:
    number = 0
    for one in letters:
        number = number * 26 + ord(one) - 64
    return number - 1


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
