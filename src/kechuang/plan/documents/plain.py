"""Plain text and its encodings."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from itertools import pairwise

from kechuang.plan.documents.document import Block, Writer
from kechuang.plan.documents.wrapped import unwrapped

#: Encodings a page may declare and be believed; others are declared by mistake.
_DECLARED = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
}
_FEWEST_COLUMNS = 3
_BARRED = re.compile(r"\s*[|｜│].*[|｜│]\s*$")
_RULE = re.compile(r"^[\s|｜│:+-]+$")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def write_plain(data: bytes, writer: Writer) -> None:
    """The text exactly as it stands in the file, each line a paragraph; only CR LF becomes LF.

    A text copied from a page, its sentences broken at the page's width, is joined again.
    Lines one after another whose columns stand between tabs or bars are a table.

    Raises UnicodeDecodeError where it is in none of the encodings of ``decoded``, or is no text at all.
    """
    text = decoded(data)
    if "\0" in text:
        raise UnicodeDecodeError("utf-8", data[:1], 0, 1, "binary content")
    lines = unwrapped(text.replace("\r\n", "\n").split("\n"))
    position = 0
    while position < len(lines):
        rows = _rows(lines, position)
        if rows:
            _table(lines[position : position + len(rows)], rows, writer)
            position += len(rows)
        else:
            writer.line(lines[position])
            position += 1


def _rows(lines: Sequence[str], first: int) -> list[list[tuple[int, int]]]:
    """The cells (begin, end) of each line of the table that begins at ``first``; [] where none does."""
    for cells_of in (_tabbed, _barred):
        rows: list[list[tuple[int, int]]] = []
        for line in lines[first:]:
            cells = cells_of(line)
            if len(cells) < _FEWEST_COLUMNS or (rows and len(cells) != len(rows[0])):
                break
            rows.append(cells)
        if len(rows) > 1:
            return rows
    return []


def _tabbed(line: str) -> list[tuple[int, int]]:
    """The cells between tabs; none where there is no tab."""
    tabs = [-1, *(at for at, sign in enumerate(line) if sign == "\t"), len(line)]
    return [(left + 1, right) for left, right in pairwise(tabs)] if len(tabs) > 2 else []


def _barred(line: str) -> list[tuple[int, int]]:
    """The cells of | a | b |."""
    if not _BARRED.match(line):
        return []
    bars = [at for at, sign in enumerate(line) if sign in "|｜│"]
    return [(left + 1, right) for left, right in pairwise(bars)]


def _table(lines: Sequence[str], rows: list[list[tuple[int, int]]], writer: Writer) -> None:
    """Lines as they stand, their cells as a table; a line of dashes under a head is no row."""
    number = 0
    for line, cells in zip(lines, rows, strict=True):
        if _RULE.match(line):
            writer.raw(line)
            continue
        for column, (begin, end) in enumerate(cells):
            words = line[begin:end]
            start = writer.length + begin + len(words) - len(words.lstrip())
            stop = max(start, writer.length + begin + len(words.rstrip()))
            writer.blocks.append(Block(start, stop, "cell", None, writer.tables, number, column))
        writer.raw(line)
        number += 1
    writer.tables += 1


def decoded(data: bytes, declared: str | None = None) -> str:
    """Text from bytes: by byte-order mark, then as ``declared``, then UTF-8, then GB18030 (with GBK, GB 2312).

    >>> decoded("科技创新".encode("gb2312"))
    '科技创新'
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding)
    trusted = _DECLARED.get((declared or "").strip().lower(), "utf-8")
    for encoding in (trusted, "utf-8"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue  # not what it says it is
    return data.decode("gb18030")
