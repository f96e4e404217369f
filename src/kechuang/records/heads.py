"""What may be the header of a sheet: every row, or pair of rows, near its top, read as names of columns.

A header may stand on one row, or on two: a group above its parts ("其中" over "基础研究"), a label above its
unit, or a label broken in two. Each column then has several readings, the fullest first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from kechuang.records.fields import folded, written
from kechuang.records.sheets import Sheet

DEPTH = 10
"""Rows with content searched for the header: above it there may be a title, the unit that reports, a date."""

FAR = 200
"""Rows searched at all."""

_INVISIBLE = dict.fromkeys(
    [0xAD, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065)]
)
_BRACKETED = re.compile(r"\([^()\d][^()]*\)")


def plain(cell: Any) -> str:
    """What a header cell shows, without characters that show nothing."""
    return written(cell).translate(_INVISIBLE).strip()


@dataclass(frozen=True)
class Reading:
    """One way to read a column's head: ``key`` folded for comparing; ``loose``: it may give another unit."""

    key: str
    loose: bool


@dataclass(frozen=True)
class Head:
    """One row (``top`` = ``row``) or two, as the readings of each column; ``texts`` for messages.

    ``parts`` are the columns in which the second row of two has something.
    """

    top: int
    row: int
    readings: list[list[Reading]]
    texts: list[str]
    parts: tuple[int, ...] = ()


class Heads:
    """The heads a sheet may have. Made once a sheet, asked for every record type."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    @cached_property
    def width(self) -> int:
        """Cells of the longest row."""
        return max(map(len, self.sheet.rows), default=0)

    @cached_property
    def all(self) -> list[Head]:
        """Single rows first: a pair is preferred only where it names more."""
        rows = [
            number
            for number, cells in enumerate(self.sheet.rows[:FAR])
            if any(cell not in ("", None) and plain(cell) for cell in cells)
        ][:DEPTH]
        pairs = [(one, two) for one, two in pairwise(rows) if two == one + 1]
        return [*map(self._single, rows), *(self._pair(one) for one, _ in pairs)]

    def filled_below(self, column: int, row: int) -> Iterator[str]:
        """The texts of ``column`` below ``row``."""
        for cells in self.sheet.rows[row + 1 :]:
            if column < len(cells) and cells[column] not in ("", None) and (text := plain(cells[column])):
                yield text

    def _cells(self, row: int) -> list[str]:
        cells = [plain(cell) for cell in self.sheet.rows[row]]
        return cells + [""] * (self.width - len(cells))

    def _single(self, row: int) -> Head:
        texts = self._cells(row)
        return Head(row, row, [[Reading(_key(text), True)] if text else [] for text in texts], texts)

    def _pair(self, top: int) -> Head:
        above, below = self._spread(top), self._cells(top + 1)
        readings = [_readings(group, part) for group, part in zip(above, below, strict=True)]
        texts = [group + part if part else group for group, part in zip(above, below, strict=True)]
        return Head(top, top + 1, readings, texts, tuple(n for n, part in enumerate(below) if part))

    def _spread(self, row: int) -> list[str]:
        """The cells of a row of groups, each also over the columns it is merged across."""
        cells = self._cells(row)
        for merged in self.sheet.merged:
            if merged.top <= row <= merged.bottom and merged.left < len(cells):
                across = slice(merged.left, min(merged.right + 1, len(cells)))
                cells[across] = [cells[merged.left]] * (across.stop - across.start)
        if self.sheet.name is None:  # text has no merged cells: a group is followed by blanks
            parts = self._cells(row + 1)
            for column in range(1, len(cells)):
                if not cells[column] and parts[column] and parts[column - 1]:
                    cells[column] = cells[column - 1]
        return cells


def _readings(group: str, part: str) -> list[Reading]:
    if not part:
        return [Reading(_key(group), True)] if group else []
    if not group or group == part:
        return [Reading(_key(part), True)]
    whole, unit = _key(group + part), _BRACKETED.fullmatch(_key(part)) is not None
    return [Reading(whole, unit), Reading(_key(f"{group}({part})"), False), Reading(_key(part), False)]


def _key(text: str) -> str:
    return folded(text).strip("*")
