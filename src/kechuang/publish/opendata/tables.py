"""The tables of the open data: their columns with types and meanings, and their rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kechuang.indicators.exchange.table import COLUMNS, rows
from kechuang.publish.opendata.material import Material


@dataclass(frozen=True)
class Column:
    """A column: name, type as Table Schema has it, meaning in both languages; ``values`` it may have."""

    name: str
    type: str
    zh: str
    en: str
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table: its file without suffix, key, and columns that refer to another table's."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    refers: tuple[tuple[str, str, str], ...] = ()


_STATUSES = ("final", "provisional", "estimated", "sample")
#: Columns of the figures' table: those of ``kechuang indicators export --format csv``.
_FIGURE_WORDS: dict[str, tuple[str, str, str]] = {
    "indicator": ("string", "指标编号", "id of the indicator"),
    "region": ("string", "行政区划代码", "code of the region"),
    "period": ("year", "年度", "year"),
    "value": ("number", "数值，空为无数或不公布", "value; empty where there is none or it is withheld"),
    "unit": ("string", "单位", "unit"),
    "status": ("string", "数据状态", "status of the figure"),
    "numerator": ("number", "分子", "numerator"),
    "denominator": ("number", "分母", "denominator"),
    "coverage": ("number", "报送覆盖率，0–1", "share of reporting units whose records arrived, 0–1"),
    "snapshot": ("string", "所依据快照的编号", "digest of the records it rests on"),
    "fingerprint": ("string", "指纹：定义、参数、快照", "identifies definition, parameters and records"),
    "as_of": ("date", "截至日期", "as of this day"),
    "verified": ("boolean", "口径是否已逐字核实", "whether the definition was read word by word"),
    "absence": (
        "string",
        "无数属于哪一种",
        "which kind of absence: not-yet, overdue, missing, broken, undefined",
    ),
    "due": ("date", "何时应有", "from which day it can be expected"),
    "scope": ("string", "口径范围（JSON）", "scope of the records that count, as JSON"),
    "breaks": ("string", "序列断点（JSON）", "breaks in the series that begin with this year, as JSON"),
    "reason_zh": ("string", "无数的原因（中文）", "why there is no value, in Chinese"),
    "reason_en": ("string", "无数的原因（英文）", "why there is no value, in English"),
}
_REQUIRED = ("indicator", "region", "period", "status")

FIGURES = Table(
    "figures",
    "指标值",
    "Figures",
    tuple(
        Column(name, *_FIGURE_WORDS[name], name in _REQUIRED, _STATUSES if name == "status" else ())
        for name in COLUMNS
    ),
    ("indicator", "region", "period"),
    (("indicator", "indicators", "id"), ("region", "regions", "code")),
)
INDICATORS = Table(
    "indicators",
    "指标口径",
    "Indicators",
    (
        Column("id", "string", "编号", "id", True),
        Column("label_zh", "string", "名称（中文）", "name, in Chinese", True),
        Column("label_en", "string", "名称（英文）", "name, in English", True),
        Column("unit", "string", "单位", "unit"),
        Column("formula_zh", "string", "公式（中文）", "formula, in Chinese"),
        Column("formula_en", "string", "公式（英文）", "formula, in English"),
        Column("formula", "string", "公式", "formula as declared"),
        Column("direction", "string", "方向", "direction", True, ("up", "down")),
        Column("frequency", "string", "频率", "frequency", True),
        Column("source", "string", "口径出处", "source of the definition", True),
        Column("clause", "string", "条款", "clause", True),
        Column("verified", "boolean", "是否已逐字核实", "whether it was read word by word", True),
        Column("aliases", "string", "别名，以顿号分隔", "other names"),
    ),
    ("id",),
)
REGIONS = Table(
    "regions",
    "地区",
    "Regions",
    (
        Column("code", "string", "行政区划代码", "code", True),
        Column("name", "string", "名称", "name", True),
        Column("parent", "string", "上级代码", "code of the region above"),
        Column("lon", "number", "驻地经度", "longitude of the seat, degrees"),
        Column("lat", "number", "驻地纬度", "latitude of the seat, degrees"),
        Column("place_source", "string", "坐标来源", "source of the point"),
    ),
    ("code",),
)
TARGETS = Table(
    "targets",
    "规划目标",
    "Targets",
    (
        Column("id", "string", "编号", "id", True),
        Column("name", "string", "目标", "target", True),
        Column("indicator", "string", "衡量它的指标", "the indicator that measures it"),
        Column("comparator", "string", "比较", "comparator"),
        Column("value", "number", "目标值", "value"),
        Column("unit", "string", "单位", "unit"),
        Column("year", "year", "目标年", "year"),
        Column("baseline", "number", "基期值", "baseline"),
        Column("baseline_year", "year", "基期年", "year of the baseline"),
        Column("nature", "string", "性质", "nature", False, ("binding", "expected")),
        Column("text", "string", "规划原句", "the sentence of the plan"),
    ),
    ("id",),
    (("indicator", "indicators", "id"),),
)


def tables_of(material: Material) -> list[tuple[Table, list[list[Any]]]]:
    """Every table with its rows."""
    found: list[tuple[Table, list[list[Any]]]] = [
        (FIGURES, list(rows(material.figures))),
        (INDICATORS, list(_indicators(material))),
        (REGIONS, list(_regions(material))),
    ]
    if material.plan is not None:
        found.append((TARGETS, list(_targets(material))))
    return found


def _indicators(material: Material) -> Iterator[list[Any]]:
    for name, spec in material.data.indicators.items():
        said = material.data.described[name].formula
        source = spec.definition
        yield [
            name,
            spec.label.zh,
            spec.label.en,
            spec.unit,
            said.zh,
            said.en,
            spec.value,
            spec.direction,
            spec.frequency,
            source.source,
            source.clause,
            source.verified,
            "、".join(spec.aliases),
        ]


def _regions(material: Material) -> Iterator[list[Any]]:
    known = {one.code for one in material.data.regions}
    for one in material.data.regions:
        lon, lat, source = material.places.get(one.code, (None, None, None))
        yield [one.code, one.name, one.parent if one.parent in known else None, lon, lat, source]


def _targets(material: Material) -> Iterator[list[Any]]:
    assert material.plan is not None
    for one in material.plan.targets:
        linked = material.links.get(one.id)
        base = one.baseline
        yield [
            one.id,
            one.name,
            linked if linked in material.data.indicators else None,
            one.comparator,
            one.value,
            one.unit,
            one.year,
            base.value if base else None,
            base.year if base else None,
            one.nature,
            one.span.text if one.span else None,
        ]


def as_csv(table: Table, held: Iterable[list[Any]]) -> bytes:
    """The table as CSV: UTF-8, a head, CRLF; what is not known is an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_text(value) for value in row] for row in held)
    return out.getvalue().encode()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
