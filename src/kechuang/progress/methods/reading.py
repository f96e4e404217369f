"""Tables of cases from a CSV or Excel file: columns found by name, every bad cell told with its place.

Years may be written 2015, 2015.0, 2015-16 (the first counts) or 2015年; an empty cell, NaN, NA or — is not known.
Other columns are kept as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from kechuang.errors import Fault, KechuangError, Place, listed
from kechuang.messages import Message, say
from kechuang.progress.methods.case import FIELDS, Case
from kechuang.progress.methods.open_sdg import DEFAULTS
from kechuang.records.fields import folded, written
from kechuang.records.sheets import Sheet, Unreadable, letter
from kechuang.records.workbook import read_sheets

#: Columns of results: in a table judged before they are replaced.
RESULTS = ("value", "status", "score")
#: Other names of the columns.
ALIASES = {
    "base_year": ("基期年份", "基期年", "基年"),
    "base_value": ("基期值", "基期"),
    "current_year": ("最新年份", "最新年", "现年份"),
    "current_value": ("最新值", "现值", "当前值"),
    "target_year": ("目标年份", "目标年"),
    "target": ("目标值", "目标"),
    "direction": ("方向",),
    "limit": ("极限", "极限值", "上限"),
    "unit": ("单位", "units"),
}
_NAMES = {folded(name): key for key, names in ALIASES.items() for name in (key, *names)}
_NEEDED = ("base_year", "base_value", "current_year", "current_value", "direction")
_EMPTY = frozenset({"", "nan", "na", "n/a", "null", "none", "—", "-", "…", "..."})
_DIRECTIONS = {
    **dict.fromkeys(("1", "+1", "1.0", "positive", "up", "正向", "越大越好", "升"), 1),
    **dict.fromkeys(("-1", "-1.0", "negative", "down", "逆向", "越小越好", "降"), -1),
}
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_YEAR = re.compile(r"(\d{4})(?:\.\d+)?(?:年|年度)?|(\d{4})[-/–]\d{2,4}")
_HEADER_WITHIN = 20


@dataclass(frozen=True)
class CaseTable:
    """Cases as read: the file's own header and rows, the case of each row, and what was assumed."""

    file: str
    header: list[str]
    rows: list[list[Any]]
    cases: list[Case]
    numbers: list[int]
    assumed: list[Message] = field(default_factory=list)


def read_table(path: Path, *, defaults: bool = False) -> CaseTable:
    """The cases in a .csv or .xlsx file.

    ``defaults``: an empty direction is -1 and an empty target year 2030, as Open SDG takes them, told in
    ``assumed``. KechuangError (unreadable files, missing-column, bad-cases) with every fault at once.
    """
    try:
        sheets, _ = read_sheets(path)
    except Unreadable as error:
        raise KechuangError(error.code, error.message, place=Place(file=error.file)) from None
    sheet, top = _sheet(sheets, path)
    return _Reader(path.name, sheet, top, defaults).table()


def _sheet(sheets: Sequence[Sheet], path: Path) -> tuple[Sheet, int]:
    """The sheet with cases and the row of its header."""
    found = [(sheet, top) for sheet in sheets for top in [_header(sheet)] if top is not None]
    if len(found) == 1:
        return found[0]
    if found:
        raise KechuangError(
            "several-sheets",
            say("有{n}张工作表都有案例的列，请只留一张", n=len(found)),
            place=Place(file=path.name),
        )
    raise KechuangError(
        "missing-column",
        say("没有找到表头：要有这些列：{names}", names=listed(FIELDS)),
        place=Place(file=path.name),
        remedy=say(
            "列的顺序不限，可以有别的列；列名也可用中文：{names}",
            names=listed([ALIASES[n][0] for n in FIELDS]),
        ),
    )


def _header(sheet: Sheet) -> int | None:
    for number, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        names = {_NAMES.get(folded(written(cell))) for cell in row}
        if len(names & set(_NEEDED)) >= 2:
            return number
    return None


class _Bad(Exception):
    def __init__(self, code: str, message: Message) -> None:
        super().__init__(code)
        self.code, self.message = code, message


class _Reader:
    def __init__(self, file: str, sheet: Sheet, top: int, defaults: bool) -> None:
        self.file, self.sheet, self.top, self.defaults = file, sheet, top, defaults
        self.faults: list[Fault] = []
        self.undirected = self.undated = 0

    def table(self) -> CaseTable:
        header = [written(cell) for cell in self.sheet.rows[self.top]]
        while header and not header[-1]:
            header.pop()
        columns = self._columns(header)
        rows, cases, numbers = [], [], []
        for number, row in self._rows():
            rows.append([row[at] if at < len(row) else "" for at in range(len(header))])
            cases.append(self._case(number, row, columns))
            numbers.append(number + 1)
        if not rows:
            self._fault("empty-file", say("表头之下没有数据"), None, None)
        if self.faults:
            first = self.faults[0]
            if len(self.faults) == 1:
                raise KechuangError(first.code, first.message, place=first.place)
            raise KechuangError(
                "bad-cases",
                say("案例表有{n}处错误，没有判断", n=len(self.faults)),
                place=Place(file=self.file),
                faults=self.faults,
            )
        return CaseTable(self.file, header, rows, cases, numbers, self._assumed())

    def _rows(self) -> Iterator[tuple[int, list[Any]]]:
        for number in range(self.top + 1, len(self.sheet.rows)):
            row = self.sheet.rows[number]
            if any(cell not in ("", None) for cell in row):
                yield number, row

    def _columns(self, header: Sequence[str]) -> dict[str, int]:
        columns: dict[str, int] = {}
        for place, name in enumerate(header):
            key = _NAMES.get(folded(name))
            if key is None:
                continue
            if key in columns:
                self._fault("duplicate-column", say("“{name}”一列出现两次", name=key), self.top, place)
            columns.setdefault(key, place)
        for key in _NEEDED:
            if key not in columns and not (key == "direction" and self.defaults):
                self._fault("missing-column", say("缺少“{label}”一列", label=key), self.top, None)
        return columns

    def _case(self, number: int, row: Sequence[Any], columns: dict[str, int]) -> Case:
        def read(key: str) -> float | None:
            place = columns.get(key)
            if place is None or place >= len(row):
                return None
            if (number, place) in self.sheet.broken:
                problem = say("单元格显示错误值，或公式没有算出结果；请在Excel中改正后保存")
                self._fault(self.sheet.broken[number, place], problem, number, place)
                return None
            cell = row[place]
            if type(cell) is float and key not in ("direction", "base_year", "current_year", "target_year"):
                return cell if math.isfinite(cell) else None
            try:
                return _PARSERS[key](cell)
            except _Bad as bad:
                self._fault(bad.code, bad.message, number, place)
                return None

        base_year, base_value = read("base_year"), read("base_value")
        current_year, current_value = read("current_year"), read("current_value")
        target_year, target = read("target_year"), read("target")
        before = len(self.faults)
        direction = read("direction")
        if direction is None and len(self.faults) == before and "direction" in columns and not self.defaults:
            problem = say("方向是空的：越大越好填1，越小越好填-1")
            self._fault("direction-empty", problem, number, columns["direction"])
        if direction is None:
            self.undirected += 1
            direction = DEFAULTS["direction"]
        if target is not None and target_year is None and self.defaults:
            self.undated += 1
            target_year = DEFAULTS["target_year"]
        unit = columns.get("unit")
        return Case(
            base_year,
            base_value,
            current_year,
            current_value,
            target_year,
            target,
            int(direction),
            read("limit"),
            written(row[unit]) if unit is not None and unit < len(row) else "",
        )

    def _assumed(self) -> list[Message]:
        said = []
        if self.undirected:
            said.append(say("{n}行没有写方向，按 Open SDG 的缺省当作越小越好（-1）", n=self.undirected))
        if self.undated:
            said.append(
                say(
                    "{n}行有目标值没有目标年份，按 Open SDG 的缺省当作{year}年",
                    n=self.undated,
                    year=DEFAULTS["target_year"],
                )
            )
        return said

    def _fault(self, code: str, message: Message, row: int | None, column: int | None) -> None:
        place = Place(
            file=self.file,
            sheet=self.sheet.name,
            row=None if row is None else row + 1,
            column=None if column is None else letter(column),
        )
        self.faults.append(Fault(code, message, place))


def _number(cell: Any) -> float | None:
    if isinstance(cell, str):
        try:  # the common way first
            value = float(cell)
        except ValueError:
            text = folded(cell).replace("−", "-")
            if text in _EMPTY:
                return None
            try:
                value = float(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)
            except ValueError:
                raise _Bad("not-a-number", say("应为数字，现为“{text}”", text=written(cell))) from None
        if math.isnan(value):
            return None
    elif cell is None:
        return None
    elif isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise _Bad("not-a-number", say("应为数字，现为“{text}”", text=written(cell)))
    else:
        value = float(cell)
    if not math.isfinite(value):
        raise _Bad("not-a-number", say("应为有限的数，现为“{text}”", text=written(cell)))
    return value


@lru_cache(4096)
def _year(cell: Any) -> float | None:
    text = folded(written(cell))
    if text in _EMPTY:
        return None
    found = _YEAR.fullmatch(text)
    if found is None:
        raise _Bad("not-a-year", say("应为四位年份，如2024，现为“{text}”", text=written(cell)))
    return float(found[2] or text.removesuffix("度").removesuffix("年"))


@lru_cache(4096)
def _direction(cell: Any) -> float | None:
    text = folded(written(cell)).replace("−", "-")
    if text in _EMPTY - {"-"}:
        return None
    if text not in _DIRECTIONS:
        raise _Bad(
            "not-a-direction", say("方向应为1（越大越好）或-1（越小越好），现为“{text}”", text=written(cell))
        )
    return float(_DIRECTIONS[text])


_PARSERS: dict[str, Callable[[Any], float | None]] = {
    "base_year": _year,
    "current_year": _year,
    "target_year": _year,
    "base_value": _number,
    "current_value": _number,
    "target": _number,
    "limit": _number,
    "direction": _direction,
}
