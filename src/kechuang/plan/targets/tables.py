"""Targets in indicator tables: real ones (Word, HTML) and ones flattened to a line a cell.

Columns are told by their heads: 指标, 单位, 2020年 (baseline), 2025年 (goal), 属性, 责任单位.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kechuang.language.bounds import bound_after, bound_before
from kechuang.language.fold import fold
from kechuang.language.numerals import FIGURES
from kechuang.language.quantity import quantities
from kechuang.plan.documents import Block
from kechuang.plan.model import Baseline, Target
from kechuang.plan.text import Source

_NAME = re.compile(r"^(?:主要|具体|核心)?(?:指标|指标名称|名称|指标内容|项目|目标)$")
_UNIT = re.compile(r"^(?:计量)?单位$")
_YEAR = re.compile(r"(20\d\d)\s*年?")
_GOAL = re.compile(r"目标|规划|预期|期末|到20\d\d年")
_BASE = re.compile(r"基期|基数|基础|现状|实际|完成|达到")
_NATURE = re.compile(r"属性|性质|类型")
_LEAD = re.compile(r"(?:牵头|责任|主管|负责)(?:单位|部门)")
_NUMBER_COLUMN = re.compile(r"^(?:序号|编号|No\.?)$")
_NATURES = {"约束性": "binding", "预期性": "expected", "约束": "binding", "预期": "expected"}
_UNIT_IN_NAME = re.compile(r"（(?P<unit>%|‰|[^（）\d]{1,8})）\s*$")
_CLASS = re.compile(r"^[一二三四五六七八九十]+、")
_ORDINAL = re.compile(r"^(?:\d{1,2}\s*[.．、](?!\d)|（\d{1,2}）|[①-⑳])\s*")
_WHICH = re.compile(r"^其中\s*[：:]?\s*")


@dataclass
class Columns:
    """Which column is what; ``goals`` and ``bases`` map a column to its year (None: not said)."""

    name: int | None = None
    unit: int | None = None
    nature: int | None = None
    lead: int | None = None
    goals: dict[int, int | None] = field(default_factory=dict)
    bases: dict[int, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """Folded text of a cell and its characters in the document."""

    text: str
    start: int
    end: int


def table_targets(source: Source, period: tuple[int, int] | None) -> Iterator[Target]:
    """Targets of every table of the document that has a column of names and one of goals."""
    for grid in source.document.tables():
        rows = [[_cell(source, block) for block in row] for row in grid]
        yield from _of_grid(source, rows, period)
    yield from _flattened(source, period)


def _cell(source: Source, block: Block | None) -> Cell:
    if block is None:
        return Cell("", 0, 0)
    text = source.text[block.start : block.end]
    return Cell(" ".join(text.split()), block.start, block.end)


def columns_of(heads: Sequence[str], period: tuple[int, int] | None) -> Columns | None:
    """The meaning of each column by its head; None where they are not those of an indicator table."""
    found = Columns()
    for number, written in enumerate(heads):
        head = "".join(fold(written).split())
        year = _YEAR.search(head)
        if _NUMBER_COLUMN.match(head):
            continue
        if _UNIT.match(head):
            found.unit = number
        elif _NATURE.search(head) and not year:
            found.nature = number
        elif _LEAD.search(head):
            found.lead = number
        elif year or _GOAL.search(head) or _BASE.search(head):
            _value_column(found, number, head, int(year[1]) if year else None, period)
        elif found.name is None and (_NAME.match(head) or "指标" in head):
            found.name = number
    return found if found.name is not None and found.goals else None


def _value_column(
    found: Columns, number: int, head: str, year: int | None, period: tuple[int, int] | None
) -> None:
    base = bool(_BASE.search(head)) and not _GOAL.search(head.replace("基期", ""))
    if year is not None:
        base = base or (period is not None and year < period[0])
    if "基期" in head or base:
        found.bases[number] = year if year is not None else (period[0] - 1 if period else None)
    elif head == "指标":
        found.name = number
    elif "年均" not in head and "增速" not in head:
        found.goals[number] = year if year is not None else (period[1] if period else None)


def _of_grid(source: Source, rows: list[list[Cell]], period: tuple[int, int] | None) -> Iterator[Target]:
    columns, first = None, 0
    for number in range(min(3, len(rows))):
        heads = [cell.text for cell in rows[number]]
        if number and columns is None:
            above = [cell.text for cell in rows[number - 1]]
            heads = [
                b if a == b or not a else f"{a}{b}" if a not in ("", b) and not _NAME.match(a) else b
                for a, b in zip(above, heads, strict=False)
            ]
        columns = columns_of([cell.text for cell in rows[number]], period) or columns_of(heads, period)
        if columns is not None:
            first = number + 1
            break
    if columns is None or columns.name is None:
        return
    parent = ""
    for row in rows[first:]:
        if len(row) <= columns.name:
            continue
        name = row[columns.name].text
        values = {n: row[n] for n in columns.goals if n < len(row) and row[n].text != name}
        if not any(re.search(r"\d|翻|全覆盖|全部", cell.text) for cell in values.values()):
            parent = _plain(name) if not _CLASS.match(name) else ""
            continue
        for number, cell in values.items():
            if columns.goals and (number == max(columns.goals) or len(columns.goals) > 1):
                target = _row_target(source, row, columns, number, cell, parent)
                if target is not None:
                    yield target
        if not _WHICH.match(name):
            parent = _plain(name)


def _row_target(
    source: Source, row: list[Cell], columns: Columns, number: int, cell: Cell, parent: str
) -> Target | None:
    assert columns.name is not None
    name_cell = row[columns.name]
    unit = row[columns.unit].text if columns.unit is not None and columns.unit < len(row) else ""
    base = next(((row[n].text, year) for n, year in columns.bases.items() if n < len(row)), None)
    nature = row[columns.nature].text if columns.nature is not None and columns.nature < len(row) else ""
    lead = row[columns.lead].text if columns.lead is not None and columns.lead < len(row) else ""
    cells = [part for part in row if part.end > part.start]
    span = (min(part.start for part in cells), max(part.end for part in cells))
    return make_target(
        source, name_cell.text, unit, cell.text, columns.goals[number], base, nature, lead, span, parent
    )


def make_target(
    source: Source,
    name: str,
    unit: str,
    value: str,
    year: int | None,
    base: tuple[str, int | None] | None,
    nature: str,
    lead: str,
    span: tuple[int, int],
    parent: str = "",
) -> Target | None:
    """A target from the texts of a table row; None where the goal holds no number."""
    found = _value(value)
    if found is None:
        return None
    number, high, comparator, own_unit = found
    plain, in_name = _plain(name), _UNIT_IN_NAME.search(_ORDINAL.sub("", name))
    if _WHICH.match(_ORDINAL.sub("", name)) and parent:
        plain = f"{parent}：{plain}"
    unit = "".join(unit.split()).strip("—-/") or (in_name["unit"] if in_name else "") or own_unit
    if own_unit and unit and own_unit != unit and own_unit in ("%", "‰"):
        unit = own_unit
    before = _value(base[0]) if base else None
    return Target(
        id="T0",
        name=plain,
        comparator=comparator,
        value=number,
        high=high,
        unit=unit,
        year=year,
        baseline=Baseline(value=before[0], year=base[1]) if before and base and base[1] is not None else None,
        nature=_NATURES.get("".join(nature.split()).strip("（）")),
        direction="down" if comparator in ("<=", "<") else "up",
        lead=[part for part in re.split(r"[、，,；\s]+", lead) if part],
        span=source.span(*span),
        confidence=0.95,
    )


def _value(text: str) -> tuple[float, float | None, str, str] | None:
    """(value, high, comparator, unit) of a table cell; None where it holds no number (—, 待定)."""
    text = (
        fold(text).strip().strip("[]【】<>〔〕")
        if re.fullmatch(r"[\[【〔<].*[\]】〕>]", fold(text).strip())
        else fold(text).strip()
    )
    if not re.search(FIGURES, text):
        if re.search(r"全覆盖|全部", text):
            return 100.0, None, "=", "%"
        return None
    found = list(quantities(text))
    if not found:
        return None
    quantity = found[0]
    before, after = bound_before(text, quantity.start), bound_after(text, quantity.end)
    comparator = after.comparator or before.comparator or "="
    if before.comparator in ("<", "<=", ">") and after.comparator != "~":
        comparator = before.comparator
    if quantity.high is not None:
        comparator = "range"
    return quantity.value, quantity.high, comparator, quantity.unit


def _plain(name: str) -> str:
    """A row's name without number, unit and 其中."""
    name = _WHICH.sub("", _ORDINAL.sub("", fold(name).strip()))
    unit = _UNIT_IN_NAME.search(name)
    if unit and (unit["unit"] in "%‰" or len(unit["unit"]) <= 5):
        name = name[: unit.start()]
    return "".join(name.split())


# -- tables whose cells stand one a line -----------------------------------------------------------


def _flattened(source: Source, period: tuple[int, int] | None) -> Iterator[Target]:
    lines = [
        (fold(source.document.text[b.start : b.end]).strip(), b.start, b.end)
        for b in source.document.blocks
        if b.kind != "cell" and source.document.text[b.start : b.end].strip()
    ]
    position = 0
    while position < len(lines):
        heads, after = _heads(lines, position)
        columns = columns_of(heads, period) if len(heads) >= 3 else None
        if columns is None:
            position += 1
            continue
        rows, position = _rows(lines, after)
        years = [columns.bases.get(n, columns.goals.get(n)) for n in sorted([*columns.bases, *columns.goals])]
        is_base = [n in columns.bases for n in sorted([*columns.bases, *columns.goals])]
        for row in rows:
            yield from _flat_row(source, row, years, is_base)


def _heads(lines: list[tuple[str, int, int]], position: int) -> tuple[list[str], int]:
    """The short lines from ``position`` on that are heads of columns."""
    heads = []
    while position < len(lines):
        text = "".join(lines[position][0].split())
        known = (
            _NAME.match(text) or _UNIT.match(text) or _NATURE.fullmatch(text) or _NUMBER_COLUMN.match(text)
        )
        if not (
            known or re.fullmatch(r"20\d\d年?(?:目标值?|实际|现状|规划)?", text) or _LEAD.fullmatch(text)
        ):
            break
        heads.append(text)
        position += 1
    return heads, position


@dataclass
class _FlatRow:
    names: list[tuple[str, int, int]]
    values: list[tuple[str, int, int]]
    nature: str = ""


def _rows(lines: list[tuple[str, int, int]], position: int) -> tuple[list[_FlatRow], int]:
    rows: list[_FlatRow] = []
    row = _FlatRow([], [])
    while position < len(lines):
        text = lines[position][0]
        compact = "".join(text.split())
        if _CLASS.match(text) and not row.values:
            row.names.clear()
        elif compact in _NATURES:
            row.nature = compact
            rows.append(row)
            row = _FlatRow([], [])
        elif re.fullmatch(rf"[≥≤<>＜＞]?(?:{FIGURES})\D{{0,6}}", compact) or compact in ("—", "-", "/"):
            row.values.append(lines[position])
        elif row.values or len(text) > 40:
            break
        else:
            row.names.append(lines[position])
        position += 1
    return rows, position


def _flat_row(
    source: Source, row: _FlatRow, years: list[int | None], is_base: list[bool]
) -> Iterator[Target]:
    width = len(years)
    if not row.names or not width or len(row.values) % width:
        return
    count = len(row.values) // width
    if count > len(row.names):
        return
    parent = _plain(row.names[0][0])
    unit = _UNIT_IN_NAME.search(_ORDINAL.sub("", row.names[0][0]))
    named = row.names[-count:]
    for number, name in enumerate(named):
        by_column = [row.values[column * count + number] for column in range(width)]
        base = next(
            ((value[0], year) for value, year, old in zip(by_column, years, is_base, strict=True) if old),
            None,
        )
        for value, year, old in zip(by_column, years, is_base, strict=True):
            if old:
                continue
            own_parent = parent if name is not row.names[0] else ""
            label = name[0] if not own_parent or _WHICH.match(name[0]) else f"其中：{name[0]}"
            target = make_target(
                source,
                label,
                unit["unit"] if unit and not _UNIT_IN_NAME.search(label) else "",
                value[0],
                year,
                base,
                row.nature,
                "",
                (name[1], name[2]),
                own_parent,
            )
            if target is not None:
                yield target
