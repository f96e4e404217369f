"""S&T-based SMEs (国科发政〔2017〕115号): limits, score, the better of two indicators, direct recognition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kechuang.packs import Packs
from kechuang.rules import ends, valid

Judge = Callable[..., dict[str, Any]]
SME: dict[str, Any] = {
    "key": "示例企业",
    "staff": 100,
    "st_staff": 30,
    "sales": 1000,
    "assets": 2000,
    "rd_cost": 60,
    "total_cost": 900,
    "ip_class1": 0,
    "ip_class2": 1,
    "forbidden_goods": 0,
    "violation": 0,
    "hte_valid": 0,
    "national_prize": 0,
    "rd_institution": 0,
    "standard": 0,
}


@pytest.fixture(scope="module")
def sme(judge_one: Judge) -> Callable[..., dict[str, Any]]:
    return lambda **changed: judge_one("sme", {**SME, **changed}, needs=True)


def test_points_add_up(sme: Judge) -> None:
    found = sme()
    assert found["parts"] == {"staff_points": 20, "rd_points": 50, "ip_points": 6}
    assert found["score"] == 76
    assert found["outcome"] == "yes"


@pytest.mark.parametrize(
    ("share", "points"),
    [
        (30, 20),
        (29.99, 16),
        (25, 16),
        (24.99, 12),
        (20, 12),
        (19.99, 8),
        (15, 8),
        (14.99, 4),
        (10, 4),
        (9.99, 0),
    ],
)
def test_points_for_staff(sme: Judge, share: float, points: int) -> None:
    assert sme(st_staff=share)["parts"]["staff_points"] == points


@pytest.mark.parametrize(
    ("rd", "points"), [(60, 50), (59.99, 40), (50, 40), (40, 30), (30, 20), (20, 10), (19.99, 0)]
)
def test_points_for_rd_by_sales(sme: Judge, rd: float, points: int) -> None:
    assert sme(rd_cost=rd, total_cost=100_000)["parts"]["rd_points"] == points


@pytest.mark.parametrize(
    ("rd", "points"), [(300, 50), (299, 40), (250, 40), (200, 30), (150, 20), (100, 10), (99, 0)]
)
def test_the_better_of_the_two_indicators_counts(sme: Judge, rd: float, points: int) -> None:
    assert sme(rd_cost=rd, total_cost=1000, sales=19999)["parts"]["rd_points"] == points


@pytest.mark.parametrize(
    ("class1", "class2", "points"),
    [(1, 0, 30), (0, 4, 24), (0, 3, 18), (0, 2, 12), (0, 1, 6), (0, 0, 0), (1, 4, 30)],
)
def test_points_for_rights(sme: Judge, class1: int, class2: int, points: int) -> None:
    assert sme(ip_class1=class1, ip_class2=class2)["parts"]["ip_points"] == points


def test_no_sales_yet_is_no_obstacle(sme: Judge) -> None:
    assert sme(sales=0, rd_cost=300)["parts"]["rd_points"] == 50


@pytest.mark.parametrize(
    ("changed", "clause"),
    [
        ({"staff": 501, "st_staff": 200}, "staff"),
        ({"sales": 20000.01, "rd_cost": 2000}, "sales"),
        ({"assets": 20000.01}, "assets"),
        ({"forbidden_goods": 1}, "goods"),
        ({"violation": 1}, "conduct"),
        ({"st_staff": 9, "ip_class1": 1}, "staff-points"),
        ({"rd_cost": 0}, "score"),
    ],
)
def test_each_condition_alone_makes_it_no(sme: Judge, changed: dict[str, Any], clause: str) -> None:
    found = sme(**changed)
    assert found["outcome"] == "no"
    assert [one["id"] for one in found["clauses"] if one["outcome"] == "no"] == [clause]


def test_the_limits_themselves_are_within(sme: Judge) -> None:
    assert sme(staff=500, st_staff=150, sales=20000, assets=20000, rd_cost=1200)["outcome"] == "yes"


def test_sixty_points_are_enough(sme: Judge) -> None:
    assert sme(st_staff=10, rd_cost=60, ip_class2=1)["score"] == 60
    assert sme(st_staff=10, rd_cost=60, ip_class2=1)["outcome"] == "yes"


@pytest.mark.parametrize("by", ["hte_valid", "national_prize", "rd_institution", "standard"])
def test_direct_recognition_needs_no_score(sme: Judge, by: str) -> None:
    poor = {"st_staff": 0, "rd_cost": 0, "ip_class2": 0}
    assert sme(**poor)["outcome"] == "no"
    found = sme(**poor, **{by: 1})
    assert found["outcome"] == "yes"
    assert "直接确认" in found["by_id"]["score"]["reason"]["zh"]
    # The limits hold all the same.
    assert sme(**poor, **{by: 1}, staff=600)["outcome"] == "no"


def test_an_unknown_ground_for_direct_recognition_leaves_it_open(sme: Judge) -> None:
    found = sme(rd_cost=0, hte_valid=None)
    assert found["outcome"] == "unknown"
    assert "高新技术企业证书" in found["by_id"]["score"]["reason"]["zh"]


def test_residence_is_judged_only_where_the_file_has_it(sme: Judge) -> None:
    assert "resident" not in sme()["by_id"]
    assert sme(resident=0)["outcome"] == "no"
    assert sme(resident=None)["outcome"] == "unknown"


def test_an_entry_holds_to_the_end_of_its_calendar_year(packs: Packs) -> None:
    issued = [date(2024, 5, 20), date(2024, 12, 31), None]
    assert ends("sme", issued, date(2024, 6, 1), packs) == [date(2025, 1, 1), date(2025, 1, 1), None]
    assert valid("sme", issued, date(2024, 12, 31), packs).tolist() == [True, True, False]
    assert valid("sme", issued, date(2025, 1, 1), packs).tolist() == [False, False, False]
