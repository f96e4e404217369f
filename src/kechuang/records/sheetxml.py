"""The rows of a sheet as XML, one after another, so that a sheet of any length is written in little memory.

Strings stand in their cells (``inlineStr``) and are typed as strings: a program that opens the file runs
nothing. [ECMA-376] part 1, 18.3.1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kechuang.errors import KechuangError
from kechuang.messages import say
from kechuang.records.sheets import risky

LAST_ROW = 1_048_576
LONGEST_TEXT = 32_767
"""UTF-16 units a cell may hold."""

_EPOCH = date(1899, 12, 30)
_FIRST_SURE = date(1900, 3, 1)  # before it a spreadsheet counts a day that never was
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f]")
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """Text as the content of an element; what XML cannot hold is written as spreadsheets do, ``_x000B_``.

    >>> xml_text("a<b_x0041_")
    'a&lt;b_x005F_x0041_'
    """
    text = _ESCAPE.sub("_x005F_", text)
    if not text.isprintable():
        text = _NO_CHARACTER.sub("\ufffd", text)
        text = _ILLEGAL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cell_xml(place: str, value: Any, style: int | None, quoted: int | None = None) -> str:
    """One cell; an empty one is there for its style. ``quoted`` is the style of text that might be taken for a formula."""
    if value is None:
        return f'<c r="{place}" s="{style}"/>' if style is not None else ""
    if isinstance(value, str):
        return _string(place, value, quoted if quoted is not None and risky(value) else style)
    look = f' s="{style}"' if style is not None else ""
    if isinstance(value, bool):
        return f'<c r="{place}"{look} t="b"><v>{value:d}</v></c>'
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        if day < _FIRST_SURE:
            return _string(place, day.isoformat(), style)
        seconds = (
            0 if not isinstance(value, datetime) else value.hour * 3600 + value.minute * 60 + value.second
        )
        number = (day - _EPOCH).days + seconds / 86400
        return f'<c r="{place}"{look}><v>{number:.15g}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"{look}><v>{value!r}</v></c>'
    return _string(place, str(value), style)


def _string(place: str, text: str, style: int | None) -> str:
    if len(text) * 2 > LONGEST_TEXT and len(text.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_TEXT:
        raise KechuangError(
            "text-too-long",
            say("{cell}的文字超过{n}个字，工作簿的单元格放不下", cell=place, n=LONGEST_TEXT),
            remedy=say("请改为写出 .csv 文件。"),
        )
    look = f' s="{style}"' if style is not None else ""
    return f'<c r="{place}"{look} t="inlineStr"><is><t xml:space="preserve">{xml_text(text)}</t></is></c>'


def row_xml(
    number: int,
    cells: Sequence[Any],
    letters: Sequence[str],
    styles: Sequence[int | None],
    quoted: Sequence[int | None],
    *,
    empty: bool = False,
) -> str:
    """A row, with a style a column; ``empty`` cells are written too. Raises beyond the last row of a sheet."""
    if number > LAST_ROW:
        raise KechuangError(
            "too-many-rows",
            say("一张工作表最多{n}行，放不下这么多记录", n=LAST_ROW),
            remedy=say("请改为写出 .csv 文件。"),
        )
    parts = [
        cell_xml(f"{column}{number}", value, style, quote)
        for column, value, style, quote in zip(letters, cells, styles, quoted, strict=False)
        if empty or value is not None
    ]
    return f'<row r="{number}">{"".join(parts)}</row>'
