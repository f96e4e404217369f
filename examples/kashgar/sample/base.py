"""What all parts of the sample share: the counties, the aims of the series, and a file that arrives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

SEED = 653100
SAMPLE = f"示例数据（随机生成，种子 {SEED}）"
LIST = "统计用区划代码2023年版"
REGION, PREFECTURE = "653100", "喀什地区"
REVIEWER = "地区科技局审核岗（示例）"
YEARS = range(2020, 2026)

#: Code, name, weight in GDP (with the published 309.31 of 1508.35 亿元 for 喀什市), units surveyed.
COUNTIES: dict[str, tuple[str, float, int]] = {
    "653101": ("喀什市", 309.31 / 1508.35, 20),
    "653121": ("疏附县", 0.055, 5),
    "653122": ("疏勒县", 0.085, 7),
    "653123": ("英吉沙县", 0.045, 4),
    "653124": ("泽普县", 0.060, 4),
    "653125": ("莎车县", 0.150, 7),
    "653126": ("叶城县", 0.105, 6),
    "653127": ("麦盖提县", 0.060, 4),
    "653128": ("岳普湖县", 0.040, 3),
    "653129": ("伽师县", 0.090, 4),
    "653130": ("巴楚县", 0.090, 4),
    "653131": ("塔什库尔干塔吉克自治县", 0.015, 1),
}

#: What the sample series lead to; the indicators are computed from the records, never read from here.
GDP = {2020: 1128.6, 2021: 1246.9, 2022: 1362.4, 2023: 1508.35, 2024: 1601.7, 2025: 1683.2}
INTENSITY = {2020: 0.0312, 2021: 0.0358, 2022: 0.0402, 2023: 0.0461, 2024: 0.0508, 2025: 0.0541}
FTE = {2020: 104.0, 2021: 121.0, 2022: 143.0, 2023: 168.0, 2024: 201.0, 2025: 231.0}
BUDGET = {2020: 702.8, 2021: 716.5, 2022: 748.9, 2023: 773.41, 2024: 806.2, 2025: 838.7}
SHARE_206 = {2020: 0.182, 2021: 0.196, 2022: 0.211, 2023: 0.229, 2024: 0.247, 2025: 0.262}


Row = dict[str, Any]


@dataclass(frozen=True)
class Delivery:
    """One file: its sheets (record type → rows) and when, from whom and as what it arrived.

    ``order`` decides between files of one day.
    """

    name: str
    arrived: date
    who: str
    nature: str
    sheets: dict[str, list[Row]]
    note: str = ""
    order: int = 0

    @property
    def type(self) -> str:
        """The record type, empty for a workbook of several sheets (they say themselves)."""
        return next(iter(self.sheets)) if len(self.sheets) == 1 else ""


def draw(part: str) -> Random:
    """A generator of its own for each part, so that a change of one part leaves the others alone."""
    return Random(f"{SEED} {part}")


def name_of(county: str) -> str:
    return COUNTIES[county][0]


def desk(county: str) -> str:
    return f"{name_of(county)}科技部门填报岗（示例）"


def split(total: float, weights: list[float], decimals: int) -> list[float]:
    """``total`` shared out by ``weights``; the parts add up to it exactly as rounded."""
    scale = total / sum(weights)
    parts = [round(weight * scale, decimals) for weight in weights]
    largest = max(range(len(parts)), key=lambda i: parts[i])
    parts[largest] = round(total - sum(parts) + parts[largest], decimals)
    return parts
