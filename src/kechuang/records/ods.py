"""Looks through the content of an .ods: error values, merged and hidden cells, and how far a sheet reaches."""

from __future__ import annotations

from typing import IO, Any

from kechuang.records.sheets import CELLS, Facts, Merged, too_wide

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"


def scan_ods(stream: IO[bytes], name: str) -> dict[str, Facts]:
    """Facts by sheet. Raises :class:`Unreadable` where a sheet is too large."""
    from lxml import etree

    found: dict[str, Facts] = {}
    facts = Facts()
    title, row = "", 0
    wanted = (_TABLE + "table", _TABLE + "table-row", _TABLE + "table-column")
    column = 0
    for event, element in etree.iterparse(
        stream, events=("start", "end"), tag=wanted, resolve_entities=False, no_network=True
    ):
        kind = str(element.tag)
        if event == "start":
            if kind == wanted[0]:
                title, facts, row, column = str(element.get(_TABLE + "name")), Facts(), 0, 0
                found[title] = facts
            continue
        if kind == wanted[2]:
            times = int(element.get(_TABLE + "number-columns-repeated", "1"))
            if element.get(_TABLE + "visibility") in {"collapse", "filter"} and times < 16384:
                facts.hidden_columns.update(range(column, column + times))
            column += times
        elif kind == wanted[1]:
            row += _row(element, row, facts)
            if facts.height * facts.width > CELLS:
                raise too_wide(title, facts, name)
            element.clear()
    return found


def _row(element: Any, row: int, facts: Facts) -> int:
    """Reads one row element; gives how many rows it stands for."""
    times = int(element.get(_TABLE + "number-rows-repeated", "1"))
    visibility = element.get(_TABLE + "visibility")
    column = last = 0
    for cell in element:
        if not isinstance(cell.tag, str):
            continue
        repeated = int(cell.get(_TABLE + "number-columns-repeated", "1"))
        if cell.get(_CALC + "value-type") == "error":
            for number in range(column, column + min(repeated, 16384)):
                facts.broken[row, number] = "cell-error"
        tall = int(cell.get(_TABLE + "number-rows-spanned", "1"))
        wide = int(cell.get(_TABLE + "number-columns-spanned", "1"))
        if tall > 1 or wide > 1:
            facts.merged.append(Merged(row, column, row + tall - 1, column + wide - 1))
        column += repeated
        if cell.get(_OFFICE + "value-type") or cell.find(_TEXT + "p") is not None:
            last = column
    if last:
        facts.width = max(facts.width, last)
        facts.height = max(facts.height, row + times)
        if visibility in {"collapse", "filter"} and times < 1_048_576:
            facts.hidden_rows.update(range(row, row + times))
            facts.filtered = facts.filtered or visibility == "filter"
    return times
