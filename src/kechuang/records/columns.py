"""A column of cells at once: every cell as :func:`fields.parser` reads it, only faster.

Columns repeat themselves (counties, years, dates), so what was read once is remembered; long columns
of one kind (numbers, codes, plain texts) are read in one go where nothing about them is in doubt. Any
cell that is goes to the parser, which stays the one place where it is said what a cell means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

from kechuang.messages import Message
from kechuang.records import uscc
from kechuang.records.fields import EXACT, Parser, Refused, Value, fifteen_digits

if TYPE_CHECKING:
    from kechuang.packs.model import FieldSpec

REMEMBERED = 50_000
"""Different cells of a column that are remembered."""

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?").fullmatch
_DIGITS = 15
"""Characters of a number that cannot have more digits than a spreadsheet shows, so none is to be cut."""

_LARGE = 1e299
"""Beyond it a number is looked at closely."""


@dataclass
class ColumnRead:
    """The values of a stretch of cells, with what was refused and what was read otherwise: by place."""

    values: list[Value]
    refused: list[tuple[int, Refused]] = field(default_factory=list)
    notes: list[tuple[int, Message]] = field(default_factory=list)


class Column:
    """Reads the cells of one field, stretch by stretch.

    ``make`` gives the parser, told whom to tell of what was read otherwise than it was written.
    """

    def __init__(self, spec: FieldSpec, make: Callable[[Callable[[Message], None]], Parser]) -> None:
        self._told: list[Message] = []
        self._parse = make(self._told.append)
        self._known = _Remembered(self._one)
        self._notes: dict[Any, Message] = {}
        self._any_refused = False
        self._fast = _FAST.get(spec.type, _each)
        self._spec = spec
        self._match = re.compile(spec.pattern).fullmatch if spec.pattern else None

    def read(self, cells: Sequence[Any]) -> ColumnRead:
        """The values of ``cells``; None where a cell is empty or refused."""
        kinds = set(map(type, cells))
        # True is 1 to a dictionary, and not to a parser.
        values = [self._one(cell) for cell in cells] if bool in kinds else self._fast(self, cells, kinds)
        found = ColumnRead(values)
        if self._any_refused:
            found.refused = [(n, value) for n, value in enumerate(values) if isinstance(value, Refused)]
            for place, _ in found.refused:
                values[place] = None
        if self._notes:
            notes = self._notes
            found.notes = [(n, notes[cell]) for n, cell in enumerate(cells) if cell in notes]
        return found

    def _one(self, cell: Any) -> Any:
        """The value of a cell, or its refusal."""
        try:
            value = self._parse(cell)
        except Refused as refused:
            self._any_refused = True
            return refused
        if self._told:
            self._notes[cell] = self._told.pop()
            self._told.clear()
        return value


class _Remembered(dict[Any, Any]):
    """Cells and what they were read as; asks ``read`` for those not seen yet."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: Any) -> Any:
        value = self._read(cell)
        if len(self) < REMEMBERED:
            self[cell] = value
        return value


Kinds = set[type]


def _each(column: Column, cells: Sequence[Any], _: Kinds) -> list[Any]:
    return list(map(column._known.__getitem__, cells))


def _texts(column: Column, cells: Sequence[Any], kinds: Kinds) -> list[Any]:
    if kinds != {str}:
        return _each(column, cells, kinds)
    read, match = column._known.__getitem__, column._match
    if match is not None:
        return [
            cell
            if cell and cell.isascii() and cell.isprintable() and match(cell) and cell == cell.strip()
            else read(cell)
            for cell in cells
        ]
    whole = "".join(cells)
    # Every part of a text in form C is in form C, and every part of a printable text is printable.
    if not whole.isprintable() or not unicodedata.is_normalized("NFC", whole):
        return _each(column, cells, kinds)
    return [cell.strip() or read(cell) for cell in cells]


def _numbers(column: Column, cells: Sequence[Any], kinds: Kinds) -> list[Any]:
    read = column._known.__getitem__
    if kinds == {str}:
        values = [
            float(cell) + 0.0 if len(cell) <= _DIGITS and _PLAIN(cell) else read(cell) for cell in cells
        ]
    else:
        values = [fifteen_digits(cell) if type(cell) is float else read(cell) for cell in cells]
    spec = column._spec
    low, high = (-_LARGE if spec.min is None else spec.min), (_LARGE if spec.max is None else spec.max)
    return values if _between(values, float, low, high) else _each(column, cells, kinds)


def _integers(column: Column, cells: Sequence[Any], kinds: Kinds) -> list[Any]:
    read = column._known.__getitem__
    if kinds == {str}:
        values = [
            int(cell) if len(cell) <= _DIGITS and cell.isascii() and cell.isdecimal() else read(cell)
            for cell in cells
        ]
    else:
        values = [int(cell) if type(cell) is float and cell.is_integer() else read(cell) for cell in cells]
    spec = column._spec
    low, high = (-EXACT if spec.min is None else spec.min), (EXACT if spec.max is None else spec.max)
    sound = _between(values, int, max(low, -EXACT), min(high, EXACT))
    return values if sound else _each(column, cells, kinds)


def _between(values: Sequence[Any], kind: type, low: float, high: float) -> bool:
    """Whether all numbers among ``values`` lie between bounds (not a number lies nowhere)."""
    numbers: list[Any] = [value for value in values if type(value) is kind]
    return not numbers or (isfinite(sum(numbers)) and low <= min(numbers) and max(numbers) <= high)


def _codes(column: Column, cells: Sequence[Any], kinds: Kinds) -> list[Any]:
    if kinds != {str}:
        return _each(column, cells, kinds)
    read, sound = column._known.__getitem__, uscc.sound
    return [cell if sound(cell) else read(cell) for cell in cells]


_FAST: dict[str, Callable[[Column, Sequence[Any], Kinds], list[Any]]] = {
    "text": _texts,
    "number": _numbers,
    "integer": _integers,
    "uscc": _codes,
}
