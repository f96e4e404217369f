"""Looks through an .xls or .et (a stream of BIFF records in an OLE file): error values and hidden cells.

The layout is that of [MS-CFB] (the container) and [MS-XLS] (the records).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from kechuang.messages import say
from kechuang.records.sheets import Facts, Unreadable, damaged

_FREE = 0xFFFFFFFA  # sector numbers from here on end a chain
_BOUNDSHEET, _BOF, _EOF, _FILEPASS = 0x0085, 0x0809, 0x000A, 0x002F
_FORMULA, _BOOLERR, _ROW, _COLINFO, _FILTERMODE = 0x0006, 0x0205, 0x0208, 0x007D, 0x009B


def scan_xls(content: bytes, name: str) -> dict[str, Facts]:
    """Facts by sheet. Raises :class:`Unreadable` where there is no workbook in the file."""
    try:
        stream = _workbook_stream(content)
        return {title: _sheet(stream, start) for title, start in _sheets(stream, name)}
    except (struct.error, IndexError, KeyError, ValueError) as error:
        raise damaged(name) from error


def _workbook_stream(content: bytes) -> bytes:
    """The stream of the workbook, put together from the sectors of the file."""
    size, small = (1 << shift for shift in struct.unpack_from("<HH", content, 30))
    directory, cutoff, small_first = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
    more, count = struct.unpack_from("<II", content, 68)

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    tables = [number for number in struct.unpack_from("<109I", content, 76) if number < _FREE]
    for _ in range(min(count, len(content) // size)):
        numbers = struct.unpack(f"<{size // 4}I", sector(more))
        tables += [number for number in numbers[:-1] if number < _FREE]
        more = numbers[-1]
    links = [link for number in tables for link in struct.unpack(f"<{size // 4}I", sector(number))]

    def chain(first: int, table: list[int]) -> Iterator[int]:
        for _ in range(len(table) + 1):
            if first >= _FREE:
                return
            yield first
            first = table[first]
        raise ValueError("a chain of sectors runs in a circle")

    entries = b"".join(sector(number) for number in chain(directory, links))
    found = {}
    for at in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        title = entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
        found[title] = struct.unpack_from("<II", entries, at + 116)
    start, length = found["Workbook"] if "Workbook" in found else found["Book"]
    if length >= cutoff:
        return b"".join(sector(number) for number in chain(start, links))[:length]
    holder = b"".join(sector(number) for number in chain(found["Root Entry"][0], links))
    table = b"".join(sector(number) for number in chain(small_first, links))
    small_links = list(struct.unpack(f"<{len(table) // 4}I", table))
    parts = (holder[number * small : (number + 1) * small] for number in chain(start, small_links))
    return b"".join(parts)[:length]


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """(kind, where its content begins, length) up to the end of a part; a chart in it is a part of its own."""
    at, depth = start, 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, length
        at += 4 + length
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return


def _sheets(stream: bytes, name: str) -> Iterator[tuple[str, int]]:
    for kind, at, _ in _records(stream, 0):
        if kind == _FILEPASS:
            message = say("工作簿设有打开密码：请在Excel中去掉密码后另存再导入")
            raise Unreadable("password-protected", message, name)
        if kind == _BOUNDSHEET and stream[at + 5] == 0:
            start, length, wide = struct.unpack_from("<I", stream, at)[0], stream[at + 6], stream[at + 7] & 1
            text = stream[at + 8 : at + 8 + length * (1 + wide)]
            yield text.decode("utf-16-le" if wide else "latin-1"), start


def _sheet(stream: bytes, start: int) -> Facts:
    facts = Facts()
    for kind, at, length in _records(stream, start):
        error = kind == _BOOLERR and stream[at + 7] == 1
        result = stream[at + 6 : at + 14] if kind == _FORMULA else b""
        if error or (result[6:] == b"\xff\xff" and result[0] == 2):
            facts.broken[struct.unpack_from("<HH", stream, at)] = "cell-error"
        elif kind == _ROW and length >= 16 and struct.unpack_from("<I", stream, at + 12)[0] & 0x20:
            facts.hidden_rows.add(struct.unpack_from("<H", stream, at)[0])
        elif kind == _COLINFO and length >= 10 and struct.unpack_from("<H", stream, at + 8)[0] & 1:
            first, last = struct.unpack_from("<HH", stream, at)
            facts.hidden_columns.update(range(first, min(last, 255) + 1))
        elif kind == _FILTERMODE:
            facts.filtered = True
    return facts
