"""Records as the JSON text the store keeps, made column by column.

The text is canonical: names in order, no spaces, numbers as Python writes them; the same record has one
text only, so that texts can be compared and hashed. :func:`canonical_text` brings a text a database has
put in its own form (PostgreSQL's jsonb) back to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import repeat
from json.encoder import encode_basestring as quoted
from typing import Any

from kechuang.packs.model import RecordType

LARGEST_WHOLE = 10**16
"""From here on a whole number in a text is a number with an exponent written out: integers end at 2**53."""

_dump = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class Encoder:
    """Makes the texts of records of a type."""

    def __init__(self, record_type: RecordType) -> None:
        self._fields = [(name, _writer(record_type.fields[name].type)) for name in sorted(record_type.fields)]

    def texts(self, columns: Mapping[str, Sequence[Any]]) -> list[str]:
        """The text of each row of ``columns`` (every field of the type, as long as each other)."""
        pieces: list[Iterable[str]] = []
        for number, (name, write) in enumerate(self._fields):
            pieces += [repeat(f"{',' if number else '{'}{quoted(name)}:"), write(columns[name])]
        return list(map("".join, zip(*pieces, repeat("}"), strict=False)))  # repeat() has no end


def canonical_text(text: str) -> str:
    """The canonical form of a text the store keeps.

    >>> canonical_text('{"b": 1e2, "a": "\\\\u7532"}')
    '{"a":"甲","b":100.0}'
    """
    return _dump(json.loads(text, parse_int=_whole))


def _whole(digits: str) -> int | float:
    number = int(digits)
    return number if -LARGEST_WHOLE < number < LARGEST_WHOLE else float(number)


Column = Sequence[Any]


def _writer(kind: str) -> Callable[[Column], Iterable[str]]:
    """Writes the values of one field; what repeats itself is written once."""
    if kind in {"text", "uscc"}:
        return lambda column: map(_text, column) if None in column else map(quoted, column)
    if kind == "number":
        return lambda column: map(_number, column) if None in column else map(float.__repr__, column)
    if kind == "integer":
        return lambda column: ["null" if value is None else int.__repr__(value) for value in column]
    remembered = _Remembered()
    return lambda column: map(remembered.__getitem__, column)


def _text(value: str | None) -> str:
    return "null" if value is None else quoted(value)


def _number(value: float | None) -> str:
    return "null" if value is None else float.__repr__(value)


class _Remembered(dict[Any, str]):
    """The texts of dates, years, codes and yes or no."""

    def __missing__(self, value: Any) -> str:
        text = self[value] = _dump(value.isoformat() if isinstance(value, date) else value)
        return text
