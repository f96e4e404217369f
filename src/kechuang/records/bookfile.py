"""Writes a workbook whose rows stream by: a small book with everything but the rows, then the rows.

The book is laid out with openpyxl, with one row a style below the header (``PROTOTYPES``); those rows
give their style numbers and make way for the real ones.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from kechuang.records.scan import sheet_parts
from kechuang.records.sheets import letter
from kechuang.records.sheetxml import row_xml

PROTOTYPES = ("plain", "quoted", "sample", "marked", "marked quoted")
"""What the rows below the header are laid out as, in order."""

BATCH = 2000
"""Rows handed to the archive at once."""

_ROW = re.compile(rb'<row r="(\d+)".*?</row>', re.DOTALL)
_STYLE = re.compile(rb'<c r="[A-Z]+\d+"(?: s="(\d+)")?')
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"\s*/>')


@dataclass
class Filling:
    """The rows of one sheet: its title, how many rows its header takes, the sample and the rows.

    ``marked`` numbers the rows (from 0) that are to stand out.
    """

    title: str
    rows: Iterable[Sequence[Any]]
    header: int = 1
    sample: Sequence[Any] | None = None
    marked: frozenset[int] = frozenset()


def write_book(book: Any, fillings: Sequence[Filling], target: Path) -> None:
    """Write the openpyxl workbook ``book`` with the rows of ``fillings`` in its sheets."""
    stream = io.BytesIO()
    book.save(stream)
    by_title = {filling.title: filling for filling in fillings}
    packed: dict[str, Any] = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": 4}
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(target, "w", **packed) as made:
        parts = {part: by_title[title] for title, part in sheet_parts(source).items() if title in by_title}
        for entry in source.infolist():
            if entry.filename in parts:
                with made.open(entry.filename, "w", force_zip64=True) as sheet:
                    _fill(sheet, source.read(entry), parts[entry.filename])
            else:
                made.writestr(entry.filename, source.read(entry))


def _fill(sheet: IO[bytes], xml: bytes, filling: Filling) -> None:
    xml = _DIMENSION.sub(b"", xml, count=1)
    rows = {int(found[1]): found for found in _ROW.finditer(xml)}
    first = filling.header + 1
    prototypes = [rows[first + number] for number in range(len(PROTOTYPES))]
    plain, quoted, sample, marked, marked_quoted = (_styles(found[0]) for found in prototypes)
    letters = [letter(column) for column in range(len(plain))]
    sheet.write(xml[: prototypes[0].start()])
    if filling.sample is not None:
        sheet.write(row_xml(first, filling.sample, letters, sample, sample, empty=True).encode())
        first += 1
    pending: list[str] = []
    number = -1
    for number, cells in enumerate(filling.rows):
        look = (marked, marked_quoted) if number in filling.marked else (plain, quoted)
        pending.append(row_xml(first + number, cells, letters, *look))
        if len(pending) == BATCH:
            sheet.write("".join(pending).encode())
            pending.clear()
    if number < 0 and filling.sample is None:  # an empty row, free to be filled in, shows where to begin
        pending.append(prototypes[0][0].decode())
    sheet.write("".join(pending).encode())
    sheet.write(xml[prototypes[-1].end() :])


def _styles(row: bytes) -> list[int | None]:
    """The style numbers of a prototype row, by column."""
    return [int(found[1]) if found[1] else None for found in _STYLE.finditer(row)]
