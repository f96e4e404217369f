"""Indicator tables flattened to a line a cell, as copied from a web page: read by the kinds of their cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kechuang.language.fold import fold
from kechuang.language.numerals import FIGURES
from kechuang.language.quantity import is_unit
from kechuang.plan.model import Target
from kechuang.plan.targets.tables import (
    CLASS,
    NATURES,
    UNIT_IN_NAME,
    Columns,
    columns_of,
    is_head,
    make_target,
    plain_name,
    without_ordinal,
)
from kechuang.plan.text import Source

_VALUE = re.compile(rf"[≥≤<>＜＞\[【〔（]*(?:{FIGURES})\D{{0,6}}")
_NO_VALUE = ("—", "——", "-", "/", "–", "--", "一")
_BODY = re.compile(r"(?:局|委|办|厅|部|会|院|处|中心|政府|公司)(?:等)?$")
_LONGEST_CELL = 40


@dataclass(frozen=True)
class _Line:
    """A line of the text: folded, and its characters."""

    text: str
    start: int
    end: int

    @property
    def compact(self) -> str:
        return "".join(self.text.split())

    @property
    def head(self) -> str:
        """Without what a head explains in brackets."""
        return re.sub(r"（[^（）]*）$", "", self.compact)


@dataclass
class _Row:
    names: list[_Line] = field(default_factory=list)
    values: list[_Line] = field(default_factory=list)
    unit: str = ""
    nature: str = ""
    lead: str = ""


def flattened_targets(source: Source, period: tuple[int, int] | None) -> Iterator[Target]:
    """Targets of every run of lines that begins with the heads of an indicator table."""
    lines = [
        _Line(fold(source.document.text[block.start : block.end]).strip(" |｜"), block.start, block.end)
        for block in source.document.blocks
        if block.kind != "cell" and source.document.text[block.start : block.end].strip()
    ]
    position = 0
    while position < len(lines):
        heads = list[str]()
        while position + len(heads) < len(lines) and is_head(lines[position + len(heads)].head):
            heads.append(lines[position + len(heads)].head)
        columns = columns_of(heads, period) if len(heads) >= 3 else None
        if columns is None:
            position += 1
            continue
        rows, position = _rows(lines, position + len(heads), columns)
        for row in rows:
            yield from _targets(source, row, columns)


def _rows(lines: list[_Line], position: int, columns: Columns) -> tuple[list[_Row], int]:
    """The rows after the heads, and where the table ends."""
    width = len(_order(columns))
    rows, row = list[_Row](), _Row()
    while position < len(lines):
        line = lines[position]
        text = line.compact
        full = bool(row.values) and len(row.values) % width == 0
        if CLASS.match(line.text) and not row.values:
            row.names.clear()
        elif text in NATURES and row.values:
            row.nature = text
            rows.append(row)
            row = _Row()
        elif columns.unit is not None and row.names and not row.values and not row.unit and is_unit(text):
            row.unit = text
        elif columns.serial and not row.values and text == str(len(rows) + 1):
            pass
        elif (_VALUE.fullmatch(text) or text in _NO_VALUE) and not (full and columns.nature is None):
            row.values.append(line)
        elif full and columns.nature is None:
            rows.append(row)
            row = _Row()
            continue
        elif columns.lead is not None and not row.names and rows and _BODY.search(text):
            rows[-1].lead = text
        elif row.values or len(text) > _LONGEST_CELL:
            break
        else:
            row.names.append(line)
        position += 1
    if row.values and columns.nature is None and len(row.values) % width == 0:
        rows.append(row)
    return rows, position


def _order(columns: Columns) -> list[int]:
    """The columns that hold values, from left to right."""
    growth = [] if columns.growth is None else [columns.growth]
    return sorted([*columns.bases, *columns.goals, *growth])


def _targets(source: Source, row: _Row, columns: Columns) -> Iterator[Target]:
    """The targets of a row; several names with as many values stand in one row of merged cells."""
    order = _order(columns)
    if not row.names or len(row.values) % len(order):
        return
    count = len(row.values) // len(order)
    if count > len(row.names):
        return
    parent = plain_name(row.names[0].text)
    unit = UNIT_IN_NAME.search(without_ordinal(row.names[0].text))
    for number, name in enumerate(row.names[-count:]):
        values = {column: row.values[place * count + number] for place, column in enumerate(order)}
        base = next(((values[column].text, year) for column, year in columns.bases.items()), None)
        own_parent = parent if name is not row.names[0] else ""
        label = f"其中：{name.text}" if own_parent and not name.text.startswith("其中") else name.text
        written = row.unit or (unit["unit"] if unit and not UNIT_IN_NAME.search(label) else "")
        for column, year in columns.goals.items():
            cell = (name.start, name.end)
            target = make_target(
                source,
                label,
                written,
                values[column].text,
                year,
                base,
                row.nature,
                row.lead,
                cell,
                own_parent,
            )
            if target is not None:
                yield target
