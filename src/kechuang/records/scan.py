"""Looks through an .xlsx without reading its values: is it whole, is it too large, what stands beside them.

A reader of values hands over an error value, or a formula never computed, as an empty cell, and does not
tell of hidden rows. Here the XML of each sheet streams by once; only blocks that hold such a thing are
looked at cell by cell.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import IO

from kechuang.messages import say
from kechuang.records.sheets import (
    CELLS,
    LARGEST,
    Facts,
    Unreadable,
    damaged,
    index,
    letter,
    too_large,
    too_wide,
)

CHUNK = 8 * 2**20
RATIO = 1032
"""The most a byte of a zip archive can unpack to: a part shorter than LARGEST / RATIO is never too large."""

_ROOT = re.compile(rb"<(?:(\w+):)?worksheet\b")
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_NEVER = re.compile(rb"(?!)")
_ROW = re.compile(rb'\br="(\d+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_MIN, _MAX = re.compile(rb'\bmin="(\d+)"'), re.compile(rb'\bmax="(\d+)"')


@dataclass(frozen=True)
class Tags:
    """The patterns of a sheet whose elements have ``prefix`` (most have none)."""

    prefix: bytes = b""

    def pattern(self, text: bytes) -> re.Pattern[bytes]:
        return re.compile(text.replace(b"@", self.prefix), re.DOTALL)

    @property
    def row(self) -> bytes:
        return b"<" + self.prefix + b"row"


def scan_archive(content: bytes, name: str) -> dict[str, Facts]:
    """Facts by sheet. Raises :class:`Unreadable` for what is no workbook, not whole or too large."""
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _scan(archive, name)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, zlib.error, EOFError, OSError) as error:
        raise damaged(name) from error
    except (ValueError, KeyError, NotImplementedError, RuntimeError) as error:
        raise damaged(name) from error


def _scan(archive: zipfile.ZipFile, name: str) -> dict[str, Facts]:
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("password-protected", say("文件设有密码：请去掉密码后再导入"), name)
    if sum(entry.file_size for entry in entries) > LARGEST:
        raise too_large(name)
    names = {entry.filename for entry in entries}
    if "word/document.xml" in names:
        raise Unreadable("not-a-table", say("这是Word文档，不是填报表；台账只从Excel或CSV导入"), name)
    if "xl/workbook.bin" in names:
        message = say("这是二进制工作簿（.xlsb），其中的错误值读不出来；请用Excel另存为.xlsx再导入")
        raise Unreadable("unsupported-format", message, name)
    if "content.xml" in names:
        from kechuang.records.ods import scan_ods

        with archive.open("content.xml") as stream:
            return scan_ods(stream, name)
    sheets = sheet_parts(archive)
    for entry in entries:
        # What an archive says of its own sizes may be false; reading on to the end finds out.
        if entry.filename not in sheets.values() and entry.compress_size > LARGEST // RATIO:
            with archive.open(entry) as stream:
                while stream.read(CHUNK):
                    pass
    found = {}
    for title, part in sheets.items():
        with archive.open(part) as stream:
            found[title] = scan_sheet(stream)
        if found[title].height * found[title].width > CELLS:
            raise too_wide(title, found[title], name)
    return found


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet title → its part in the archive, in the order of the workbook."""
    from lxml import etree

    names = set(archive.namelist())
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    links = {
        link.get("Id"): str(link.get("Target"))
        for link in etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    }
    found = {}
    for sheet in etree.fromstring(archive.read("xl/workbook.xml"), parser).iter("{*}sheet"):
        target = next((links.get(v) for k, v in sheet.attrib.items() if str(k).endswith("}id")), None)
        inside = "xl/" + target.lstrip("/").removeprefix("xl/") if target else ""
        if inside in names:
            found[str(sheet.get("name"))] = inside
    return found


def blocks(stream: IO[bytes]) -> Iterator[tuple[bytes, Tags]]:
    """The XML of a sheet in pieces, cut only before a row, with its tags."""
    rest, tags = b"", None
    while chunk := stream.read(CHUNK):
        rest = rest + chunk if rest else chunk
        if tags is None:
            root = _ROOT.search(rest[:4096])
            tags = Tags(root[1] + b":" if root and root[1] else b"")
        cut = rest.rfind(tags.row)
        if cut > 0:
            yield rest[:cut], tags
            rest = rest[cut:]
    yield rest, tags or Tags()


def scan_sheet(stream: IO[bytes]) -> Facts:
    """What the XML of one sheet tells."""
    facts = Facts()
    for block, tags in blocks(stream):
        _extent(block, tags, facts)
        if b'hidden="' in block:
            _hidden(block, tags, facts)
        formula = b"<" + tags.prefix + b"f"
        found = formula in block and any(formula + end in block for end in (b">", b" ", b"/"))
        if found or b't="e"' in block:
            _broken(block, tags, facts)
        after = max(block.rfind(b"sheetData>"), 0)
        facts.filtered = facts.filtered or block.find(b"autoFilter", after) >= 0
    return facts


def _extent(block: bytes, tags: Tags, facts: Facts) -> None:
    last = block.rfind(tags.row + b" ")
    if last >= 0:
        number = _ROW.search(block, last, block.find(b">", last) + 1)
        facts.height = max(facts.height, int(number[1]) if number else block.count(tags.row))
    # Up to column Z a sheet cannot be too wide; beyond, only cells wider than any before are looked at.
    facts.width = max(facts.width, 26)
    at = 0
    while (found := _wider(facts.width).search(block, at)) is not None:
        facts.width, at = index(found[1].decode()) + 1, found.end()


@lru_cache(maxsize=512)
def _wider(width: int) -> re.Pattern[bytes]:
    """Finds the place of a cell beyond the first ``width`` columns."""
    last = letter(width - 1)
    parts = [f"[A-Z]{{{len(last) + 1},3}}"] if len(last) < 3 else []
    for place, one in enumerate(last):
        if one != "Z":
            parts.append(f"{last[:place]}[{chr(ord(one) + 1)}-Z]" + "[A-Z]" * (len(last) - place - 1))
    return re.compile(rf'r="({"|".join(parts)})\d'.encode()) if parts else _NEVER


def _hidden(block: bytes, tags: Tags, facts: Facts) -> None:
    for row in tags.pattern(rb"<@row\b([^>]*)>").finditer(block):
        number = _ROW.search(row[1])
        if number and _HIDDEN.search(row[1]):
            facts.hidden_rows.add(int(number[1]) - 1)
    for column in tags.pattern(rb"<@col\b([^>]*)>").finditer(block):
        first, last = _MIN.search(column[1]), _MAX.search(column[1])
        if first and last and _HIDDEN.search(column[1]):
            facts.hidden_columns.update(range(int(first[1]) - 1, min(int(last[1]), 16384)))


def _broken(block: bytes, tags: Tags, facts: Facts) -> None:
    for cell in tags.pattern(rb'<@c\b([^>]*\bt="e"[^>]*)>').finditer(block):
        _mark(cell[1], "cell-error", facts)
    # A formula that no value follows; most have one, and their cells need no looking at.
    bare = rb"<@f\b(?:[^>]*/>|[^>]*>[^<]*</@f>)(?!\s*<@v\b[^>]*>[^<])"
    for formula in tags.pattern(bare).finditer(block):
        start = block.rfind(b"<" + tags.prefix + b"c ", 0, formula.start())
        attributes = block[start : block.find(b">", start)] if start >= 0 else b""
        if b't="str"' not in attributes and b't="e"' not in attributes:
            _mark(attributes, "formula-not-computed", facts)


def _mark(attributes: bytes, code: str, facts: Facts) -> None:
    place = _PLACE.search(attributes)
    if place:
        facts.broken[int(place[2]) - 1, index(place[1].decode())] = code
