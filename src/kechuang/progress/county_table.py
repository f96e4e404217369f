"""The table of county targets as offices keep it: one row a county and year, from Excel or CSV, and back.

Columns (in Chinese or English, in any order, others are left alone): target, county, year, value, low, high, weight.
Only the county is always needed; ``weight`` is what a method shares by, or the denominator of a ratio.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import Fault, KechuangError, Place, listed
from kechuang.messages import say
from kechuang.plan.file import writing
from kechuang.plan.preparation.sheets import cell_text, content_of, headed, letter_of

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

COLUMNS: dict[str, tuple[str, ...]] = {
    "target": ("目标编号", "目标", "编号", "target", "id"),
    "county": ("地区", "县市", "县（市）", "县(市)", "县市名称", "county", "region"),
    "code": ("地区代码", "行政区划代码", "code"),
    "year": ("年度", "年份", "年", "year"),
    "value": ("目标值", "县市目标", "数值", "值", "value"),
    "low": ("下限", "最低", "low", "floor"),
    "high": ("上限", "最高", "high", "cap"),
    "weight": ("权重", "分母", "weight", "denominator"),
}
#: Rows that only add others up.
_TOTALS = ("合计", "总计", "全地区", "小计", "total")


@dataclass(frozen=True)
class CountyRow:
    """What a row says of a county (code): a value, bounds, a weight, each None where the cell is empty."""

    target: str | None
    county: str
    year: int | None
    value: float | None
    low: float | None = None
    high: float | None = None
    weight: float | None = None
    row: int = 0


def read_county_table(
    path: Path, regions: RegionTree, within: str, targets: Sequence[str], *, own: Sequence[str] = ()
) -> list[CountyRow]:
    """The rows of a table of county targets; rows that are totals are left out.

    Counties are given by name or code and lie right below ``within``; ``own`` is a row that is no county (the
    prefecture's own level), known by those names. KechuangError (file-missing, unreadable-file, county-table-columns,
    county-table-invalid) with every fault at once.
    """
    grid, head, columns = headed(path, content_of(path), COLUMNS, [])
    if not columns.keys() & {"county", "code"}:
        raise KechuangError(
            "county-table-columns",
            say("缺少县市一列"),
            place=Place(file=path.name, sheet=grid.sheet),
            remedy=say("第一行写列名：{names}。", names=listed([names[0] for names in COLUMNS.values()])),
        )
    below = {one.code for one in regions.descendants(within) if one.parent == within}
    faults: list[Fault] = []
    rows: list[CountyRow] = []
    where = "county" if "county" in columns else "code"
    seen: dict[tuple[str | None, str, int | None], int] = {}
    for number, cells in enumerate(grid.rows[head + 1 :], start=head + 2):
        texts = {name: cell_text(cells[at]) if at < len(cells) else "" for name, at in columns.items()}
        called = texts.get("code") or texts.get("county", "")
        texts["county"] = texts.get("county") or called
        if not any(texts.values()) or texts["county"] in _TOTALS or texts["county"] == _name(regions, within):
            continue

        def place(name: str, row: int = number) -> Place:
            return Place(file=path.name, sheet=grid.sheet, row=row, column=letter_of(columns[name]))

        found = regions.find(called, within=within) if called else None
        code = found.code if found and found.code in below else None
        if code is None and called in own:
            code = ""
        if code is None:
            message = say("规划范围内没有县市“{name}”", name=called)
            faults.append(Fault("county-table-invalid", message, place(where)))
        if texts.get("target") and texts["target"] not in targets:
            message = say("规划没有目标“{name}”，只有{ids}", name=texts["target"], ids=listed(targets))
            faults.append(Fault("county-table-invalid", message, place("target")))
        numbers: dict[str, float | None] = {}
        for name in ("year", "value", "low", "high", "weight"):
            numbers[name], wrong = _number(texts.get(name, ""))
            if wrong or (name == "weight" and (numbers[name] or 0) < 0):
                message = say("“{text}”不是可用的数", text=texts[name])
                faults.append(Fault("county-table-invalid", message, place(name)))
        year = numbers["year"]
        if year is not None and not (year.is_integer() and 1900 <= year <= 2200):
            faults.append(
                Fault("county-table-invalid", say("“{text}”不是年度", text=texts["year"]), place("year"))
            )
            continue
        low, high = numbers["low"], numbers["high"]
        if low is not None and high is not None and low > high:
            faults.append(Fault("county-table-invalid", say("下限大于上限"), place("low")))
        if code is None:
            continue
        key = (texts.get("target") or None, code, None if year is None else int(year))
        if key in seen:
            message = say("与第{row}行重复：同一县市同一年度只能有一行", row=seen[key])
            faults.append(Fault("county-table-invalid", message, place(where)))
        seen.setdefault(key, number)
        rows.append(CountyRow(*key, numbers["value"], low, high, numbers["weight"], number))
    if faults:
        raise KechuangError(
            "county-table-invalid",
            say("县市目标表有{n}处错误，没有采用", n=len(faults)),
            place=Place(file=path.name),
            remedy=say("请按行列逐处改正后再用。"),
            faults=faults,
        )
    if not rows:
        raise KechuangError("empty-file", say("文件中没有数据"), place=Place(file=path.name))
    return rows


def _name(regions: RegionTree, code: str) -> str:
    region = regions.get(code)
    return region.name if region else code


def _number(text: str) -> tuple[float | None, bool]:
    """The number of a cell (None where empty), and whether it is none."""
    if not text:
        return None, False
    try:
        value = float(text.replace(",", "").replace("，", "").removesuffix("%").removesuffix("年"))
    except ValueError:
        return None, True
    return (value, False) if isfinite(value) else (None, True)


def write_county_table(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write ``rows`` (target, name, county, year, value, unit, weight) as CSV that Excel opens and
    :func:`read_county_table` reads. KechuangError (file-unwritable)."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(["目标编号", "目标名称", "地区代码", "地区", "年度", "目标值", "单位", "权重"])
    for row in rows:
        cells = [
            row["target"],
            row["name"],
            row["code"],
            row["county"],
            row["year"],
            row["value"],
            row["unit"],
        ]
        writer.writerow([*(_plain(cell) for cell in cells), _plain(row.get("weight"))])
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\ufeff" + stream.getvalue(), "utf-8", newline="")


def _plain(cell: Any) -> Any:
    if isinstance(cell, float):
        return f"{cell:.12g}"
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
