"""Targets in indicator tables: real ones (Word, HTML) and ones flattened to a line a cell.

Columns are told by their heads: 指标, 单位, 2020年 (baseline), 2025年 (goal), 属性, 责任单位.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kechuang.language.bounds import bound_after, bound_before
from kechuang.language.dates import plan_number_years
from kechuang.language.fold import fold
from kechuang.language.numerals import FIGURES
from kechuang.language.quantity import quantities
from kechuang.plan.documents import Block
from kechuang.plan.model import Baseline, Target
from kechuang.plan.text import Source

_NAME = re.compile(r"^(?:主要|具体|核心)?(?:指标|指标名称|名称|指标内容|项目|目标)$")
_UNIT = re.compile(r"^(?:计量)?单位$")
_YEAR = re.compile(r"(20\d\d)\s*年?")
_FIVE = re.compile(r"[“\"]?([十一二三四五六七八九]{1,3})五[”\"]?(?:末|期末|目标|规划|时期)")
_GROWTH = re.compile(r"年均|累计$|增速|增长率|年递增|[〔\[]累计")
_HAS_VALUE = re.compile(r"\d|翻|全覆盖|全部")
_GROWN = re.compile(r"增[长速幅]|下降|降低|提高")
_CLASS_COLUMN = re.compile(r"^(?:类别|分类|领域|类型|[一二]级指标|指标类[别型]|维度)$")
_GOAL = re.compile(r"目标|规划|预期|期末|到20\d\d年")
_BASE = re.compile(r"基期|基数|基础|现状|实际|完成|达到")
_YEAR_HEAD = re.compile(
    r"(?:到)?20\d\d年?(?:底|末)?(?:目标值?|实际值?|现状值?|规划值?|完成值?|预期值?|基期值?|基数|（[^（）]{1,6}）)*|"
    r"[“\"]?[十一二三四五六七八九]{1,3}五[”\"]?期?末(?:目标值?|实际|现状)?|(?:规划)?目标值?|现状值?|基期值?|年均增[速长]?(?:（[^（）]*）|[\[【〔]累计[\]】〕])?"
)
_UNDER_HEAD = re.compile(
    r"^(?:(?:到)?20\d\d年?(?:底|末)?|目标值?|现状值?|实际值?|基期值?|规划值?|累计|年均.*|.*属性|数值|指标值|单位)"
)
_NATURE = re.compile(r"属性|性质|类型")
_LEAD = re.compile(r"(?:牵头|责任|主管|负责)(?:单位|部门)")
_NUMBER_COLUMN = re.compile(r"^(?:序号|编号|No\.?)$")
NATURES = {"约束性": "binding", "预期性": "expected", "约束": "binding", "预期": "expected"}
UNIT_IN_NAME = re.compile(r"（(?P<unit>%|‰|[^（）\d]{1,8})）\s*$")
CLASS = re.compile(r"^[一二三四五六七八九十]+、")
_ORDINAL = re.compile(r"^(?:\d{1,2}\s*[.．、](?!\d)|（\d{1,2}）|[①-⑳])\s*")
_WHICH = re.compile(r"^其中\s*[：:]?\s*")


@dataclass
class Columns:
    """Which column is what; ``goals`` and ``bases`` map a column to its year (None: not said)."""

    name: int | None = None
    unit: int | None = None
    nature: int | None = None
    lead: int | None = None
    #: Average growth or the sum over the years, where a target is told that way.
    growth: int | None = None
    serial: bool = False
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
    for rows in _spaced(source):
        yield from _of_grid(source, rows, period)


def _spaced(source: Source) -> Iterator[list[list[Cell]]]:
    """Tables whose columns stand between spaces, as a PDF or a page copied as text leaves them."""
    lines = [block for block in source.document.blocks if block.kind != "cell" and block.end > block.start]
    place = 0
    while place < len(lines):
        heads = _words(source, lines[place])
        place += 1
        if len(heads) < 3 or not all(is_head("".join(head.text.split())) for head in heads):
            continue
        first = next((n for n, head in enumerate(heads) if _NAME.match(head.text)), None)
        if first is None:
            continue
        rows = [heads]
        tail = len(heads) - first - 1
        while place < len(lines):
            cells = _words(source, lines[place])
            if len(cells) <= tail or len(cells) > len(heads) + 2:
                break
            name = cells[: len(cells) - tail][-1]
            rows.append([*[Cell("", 0, 0)] * first, name, *cells[len(cells) - tail :]])
            place += 1
        if len(rows) > 1:
            yield rows


def _words(source: Source, block: Block) -> list[Cell]:
    text = source.text[block.start : block.end]
    return [
        Cell(match.group(), block.start + match.start(), block.start + match.end())
        for match in re.finditer(r"\S+", text)
    ]


def _cell(source: Source, block: Block | None) -> Cell:
    if block is None:
        return Cell("", 0, 0)
    text = source.text[block.start : block.end]
    return Cell(" ".join(text.split()), block.start, block.end)


def is_head(text: str) -> bool:
    """Whether a line can be the head of a column of an indicator table."""
    forms = (_NAME, _UNIT, _NUMBER_COLUMN, _CLASS_COLUMN)
    return (
        any(form.match(text) for form in forms)
        or _NATURE.fullmatch(text.removeprefix("指标")) is not None
        or _YEAR_HEAD.fullmatch(text) is not None
        or (_LEAD.search(text) is not None and len(text) <= 8)
    )


def columns_of(heads: Sequence[str], period: tuple[int, int] | None) -> Columns | None:
    """The meaning of each column by its head; None where they are not those of an indicator table."""
    found = Columns()
    for number, written in enumerate(heads):
        head = "".join(fold(written).split())
        year = _YEAR.search(head)
        if _NUMBER_COLUMN.match(head):
            found.serial = True
            continue
        if year is None and (named := _FIVE.search(head)) and (years := plan_number_years(named[1])):
            _value_column(found, number, head, years[1], period)
            continue
        if _GROWTH.search(head) and not _NATURE.search(head):
            found.growth = number
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
    else:
        found.goals[number] = year if year is not None else (period[1] if period else None)


def _heads_of(rows: list[list[Cell]], period: tuple[int, int] | None) -> tuple[Columns | None, int]:
    """What the columns of a grid are, and its first row of values; heads may stand over up to three rows."""
    for number in range(min(3, len(rows))):
        heads = [cell.text for cell in rows[number]]
        last = number
        while last + 1 < len(rows) and last < number + 2 and _is_head(rows[last + 1], rows[last]):
            last += 1
            heads = [_joined(a, cell.text) for a, cell in zip(heads, rows[last], strict=False)]
        columns = columns_of(heads, period)
        if columns is not None:
            return columns, last + 1
    return None, 0


def _is_head(row: list[Cell], above: list[Cell]) -> bool:
    """Whether a row goes on with the heads above it: it repeats merged ones, and names years or kinds of value."""
    own = [cell.text for cell, over in zip(row, above, strict=False) if cell != over and cell.text]
    merged = any(cell == over and cell.text for cell, over in zip(row, above, strict=False))
    named = own and all(_UNDER_HEAD.search("".join(fold(text).split())) for text in own)
    return bool(named) and (merged or any(not cell.text for cell in row))


def _joined(above: str, below: str) -> str:
    if above == below or not above:
        return below
    return above if not below or _NAME.match(above) else f"{above}{below}"


def _of_grid(source: Source, rows: list[list[Cell]], period: tuple[int, int] | None) -> Iterator[Target]:
    columns, first = _heads_of(rows, period)
    if columns is None or columns.name is None:
        return
    parent = ""
    for row in rows[first:]:
        if len(row) <= columns.name:
            continue
        name = row[columns.name].text
        values = {n: row[n] for n in columns.goals if n < len(row) and row[n].text != name}
        if not any(_HAS_VALUE.search(cell.text) for cell in values.values()):
            grown = _grown(source, row, columns, parent)
            if grown is not None:
                yield grown
                continue
            parent = plain_name(name) if not CLASS.match(name) else ""
            continue
        for number, cell in values.items():
            if columns.goals and (number == max(columns.goals) or len(columns.goals) > 1):
                target = _row_target(source, row, columns, number, cell, parent)
                if target is not None:
                    yield target
        if not _WHICH.match(name):
            parent = plain_name(name)


def _grown(source: Source, row: list[Cell], columns: Columns, parent: str) -> Target | None:
    """A target told by its average growth or its sum, where the goal's column says none (—)."""
    number = columns.growth
    if number is None or number >= len(row) or not _HAS_VALUE.search(row[number].text) or not columns.goals:
        return None
    last = max(columns.goals)
    target = _row_target(source, row, columns, last, row[number], parent)
    if target is None:
        return None
    summed = re.search(r"[\[【〔]", row[number].text)
    name = target.name if summed or _GROWN.search(target.name) else f"{target.name}年均增长"
    unit = target.unit if summed else "%"
    return target.model_copy(update={"name": name, "unit": unit, "baseline": None})


def _row_target(
    source: Source, row: list[Cell], columns: Columns, number: int, cell: Cell, parent: str
) -> Target | None:
    assert columns.name is not None
    name_cell = row[columns.name]
    unit = row[columns.unit].text if columns.unit is not None and columns.unit < len(row) else ""
    base = next(((row[n].text, year) for n, year in columns.bases.items() if n < len(row)), None)
    nature = row[columns.nature].text if columns.nature is not None and columns.nature < len(row) else ""
    lead = row[columns.lead].text if columns.lead is not None and columns.lead < len(row) else ""
    cells = [part for part in row if part.end > part.start and part.start >= name_cell.start]
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
    plain, in_name = plain_name(name), UNIT_IN_NAME.search(_ORDINAL.sub("", name))
    if _WHICH.match(_ORDINAL.sub("", name)) and parent:
        plain = f"{parent}：{plain}"
    unit = re.sub(r"^1(?=/)", "", "".join(unit.split())).strip("—-")
    unit = unit.strip("/") if len(unit) == 1 else unit or (in_name["unit"] if in_name else "") or own_unit
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
        nature=NATURES.get("".join(nature.split()).strip("（）")),
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


def without_ordinal(name: str) -> str:
    """A row's name without its number.

    >>> without_ordinal("3.专利数（件）")
    '专利数（件）'
    """
    return _ORDINAL.sub("", name)


def plain_name(name: str) -> str:
    """A row's name without number, unit and 其中."""
    name = _WHICH.sub("", _ORDINAL.sub("", fold(name).strip()))
    unit = UNIT_IN_NAME.search(name)
    if unit and (unit["unit"] in "%‰" or len(unit["unit"]) <= 5):
        name = name[: unit.start()]
    return "".join(name.split())
