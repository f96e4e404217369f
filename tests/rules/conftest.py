"""The packs as shipped, a sound enterprise to change one thing of, and judging one row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kechuang.packs import Packs, load_packs
from kechuang.rules import check

AS_OF = date(2025, 6, 30)
Judge = Callable[..., dict[str, Any]]

#: Meets every condition, with 88 to 92 points: 30 and 25 of 30, 20 of 20, growth 20 % (5–6) and 30 % (7–8).
SOUND: dict[str, Any] = {
    "key": "示例企业",
    "founded": date(2015, 3, 1),
    "core_ip": 1,
    "field": "电子信息",
    "staff": 100,
    "st_staff": 20,
    "sales_1": 1440.0,
    "sales_2": 1200.0,
    "sales_3": 1000.0,
    "rd_1": 100.0,
    "rd_2": 80.0,
    "rd_3": 70.0,
    "rd_domestic_share": 1.0,
    "hightech_income": 900.0,
    "total_income": 1440.0,
    "accident": 0,
    "ip_advancement": 8,
    "ip_core": 8,
    "ip_class1": 2,
    "ip_class2": 6,
    "ip_self_developed": 1,
    "ip_standards": 1,
    "transformations": 15,
    "management_1": 6,
    "management_2": 6,
    "management_3": 4,
    "management_4": 4,
    "net_assets_1": 1690.0,
    "net_assets_2": 1300.0,
    "net_assets_3": 1000.0,
}


@pytest.fixture(scope="session")
def packs() -> Packs:
    return load_packs(["st-core"])


@pytest.fixture(scope="session")
def judge_one(packs: Packs) -> Judge:
    """``judge_one(rule, row, as_of)``: one row, with its clauses by id under ``by_id``."""

    def judge(rule: str, row: dict[str, Any], as_of: date = AS_OF, **options: Any) -> dict[str, Any]:
        found = check(rule, {name: [value] for name, value in row.items()}, as_of, packs).row(0, **options)
        found["by_id"] = {clause["id"]: clause for clause in found["clauses"]}
        return found

    return judge


@pytest.fixture(scope="session")
def high_tech(judge_one: Judge) -> Callable[..., dict[str, Any]]:
    """The sound enterprise with some cells changed."""

    def judge(as_of: date = AS_OF, **changed: Any) -> dict[str, Any]:
        return judge_one("high-tech-enterprise", {**SOUND, **changed}, as_of, needs=True)

    return judge
