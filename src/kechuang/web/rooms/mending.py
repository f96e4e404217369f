"""Mending an uploaded file in place: one cell, or the heading of a column it lacks, and nothing else changes.

A CSV keeps its encoding, its separators, its ends of line and every other character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any

from kechuang.errors import KechuangError, Place
from kechuang.messages import say
from kechuang.records.sheets import Unreadable, guarded, index, letter
from kechuang.records.workbook import read_sheets
from kechuang.web.access import Hidden
from kechuang.web.rooms.uploaded import Upload
from kechuang.whole import whole

#: A workbook larger than this (bytes) is better mended where it was written.
MOST = 8_000_000
MENDABLE = (".xlsx", ".xlsm", ".csv")
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d+)?%?")


def mendable(path: Path) -> bool:
    """Whether a cell of this file can be mended on the page."""
    return path.suffix.lower() in MENDABLE and path.stat().st_size <= MOST


def beside(upload: Upload, number: int, sheet: str | None, row: int) -> str:
    """The cell of a row (from 1) right of everything that stands in the sheet: where a new column begins."""
    if not 0 <= number < len(upload.files):
        raise Hidden
    path = upload.files[number]
    try:
        sheets, _ = read_sheets(path)
    except Unreadable as error:
        raise _damaged(path) from error
    found = next((one for one in sheets if one.name == sheet), None)
    if found is None or not 1 <= row <= len(found.rows):
        raise Hidden
    filled = (n for cells in found.rows for n, cell in enumerate(cells) if cell not in ("", None))
    return f"{letter(max(filled, default=-1) + 1)}{row}"


def mend(upload: Upload, number: int, sheet: str | None, cell: str, text: str) -> None:
    """Write ``text`` into a cell of a file of the upload; where nothing stood it takes the look of the cell on
    its left. KechuangError where it cannot be written to."""
    match = _CELL.fullmatch(cell)
    if match is None or upload.batches or not 0 <= number < len(upload.files):
        raise Hidden
    path = upload.files[number]
    if not mendable(path):
        raise KechuangError(
            "upload-not-mendable",
            say("这种文件不能在页面上修改"),
            place=Place(file=path.name),
            remedy=say("请在表格软件中改好后重新上传。"),
        )
    if path.suffix.lower() == ".csv":
        _mend_csv(path, index(match[1]), int(match[2]), text)
    else:
        _mend_workbook(path, sheet, cell, text)


def _mend_workbook(path: Path, sheet: str | None, cell: str, text: str) -> None:
    from openpyxl import load_workbook

    try:
        read_sheets(path)  # which looks for what only unpacks to fill the memory
        book = load_workbook(path, keep_vba=path.suffix.lower() == ".xlsm")
    except Exception as error:  # openpyxl has no family of errors: what it stumbles over is damaged
        raise _damaged(path) from error
    if sheet is not None and sheet not in book.sheetnames:
        raise Hidden
    target = (book[sheet] if sheet is not None else book.worksheets[0])[cell]
    if not target.has_style and target.column > 1:
        target._style = copy(target.offset(0, -1)._style)
    target.value = typed(text)
    if target.data_type == "f":  # what is typed here is text, whatever it begins with
        target.data_type, target.quotePrefix = "s", True
    with whole(path) as beside:
        book.save(beside)


def _damaged(path: Path) -> KechuangError:
    return KechuangError(
        "upload-not-mendable",
        say("文件已损坏，不能在页面上修改"),
        place=Place(file=path.name),
        remedy=say("请在表格软件中改好后重新上传。"),
    )


def typed(text: str) -> Any:
    """What a person typing it into the cell would have got: a number where it is one."""
    bare = text.strip()
    if not bare:
        return None
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})", bare):
        return int(bare)
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})\.\d{1,10}", bare):
        return float(bare)
    return bare


def _mend_csv(path: Path, column: int, row: int, text: str) -> None:
    content, encoding, mark = _decoded(path.read_bytes())
    first = content.lstrip().split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    if not first.count(delimiter):
        delimiter = ","
    line = next(
        (cells for number, cells in enumerate(_cells(content, delimiter), start=1) if number == row), None
    )
    if line is None:
        raise Hidden
    bare = " ".join(text.split("\n")).strip()
    new = bare if _NUMBER.fullmatch(bare) else guarded(bare)
    if column < len(line):
        start, end = line[column]
        was = content[start:end]
    else:  # the line ends before this column
        start = end = line[-1][1]
        new_cells = delimiter * (column - len(line) + 1)
        written = new_cells + _quoted(new, delimiter)
        with whole(path) as beside:
            beside.write_bytes(mark + (content[:start] + written + content[end:]).encode(encoding))
        return
    quoted = was.startswith('"')
    written = '"' + new.replace('"', '""') + '"' if quoted else _quoted(new, delimiter)
    with whole(path) as beside:
        beside.write_bytes(mark + (content[:start] + written + content[end:]).encode(encoding))


def _decoded(content: bytes) -> tuple[str, str, bytes]:
    """The text, how to write it again, and the mark it begins with."""
    for mark, encoding in (
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xef\xbb\xbf", "utf-8"),
    ):
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding), encoding, mark
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding), encoding, b""
        except UnicodeDecodeError:
            continue
    raise Hidden


def _cells(content: str, delimiter: str) -> Iterator[list[tuple[int, int]]]:
    """Where the cells of each line stand in the text, quotation marks included."""
    cells: list[tuple[int, int]] = []
    start = place = 0
    inside = False
    while place < len(content):
        one = content[place]
        if inside:
            inside = one != '"'
        elif one == '"':
            inside = True  # a doubled mark leaves and enters again
        elif one == delimiter:
            cells.append((start, place))
            start = place + 1
        elif one in "\r\n":
            cells.append((start, place))
            yield cells
            if content[place : place + 2] == "\r\n":
                place += 1
            cells, start = [], place + 1
        place += 1
    if start < len(content) or cells:
        cells.append((start, len(content)))
        yield cells


def _quoted(text: str, delimiter: str) -> str:
    plain = not set(text) & {delimiter, '"', "\r", "\n"}
    return text if plain else '"' + text.replace('"', '""') + '"'
