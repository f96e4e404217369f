"""Agricultural parks by the stage they are in; new R&D institutions by nation and province."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

Judge = Callable[..., dict[str, Any]]
PARK = "agricultural-park"
APPLYING = {
    "key": "示例园区",
    "stage": "申报",
    "applicant": "地市级",
    "provincial_since": date(2023, 5, 1),
    "plan_approved": 1,
    "zones": 1,
    "technology": 1,
    "incubator": 1,
    "training": 1,
}


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, "yes"),
        ({"applicant": "county"}, "no"),
        ({"provincial_since": date(2024, 6, 30)}, "yes"),
        ({"provincial_since": date(2024, 7, 1)}, "no"),
        ({"zones": 0}, "no"),
        ({"training": None}, "unknown"),
        ({"stage": None}, "unknown"),
    ],
)
def test_a_park_that_applies(judge_one: Judge, changed: dict[str, Any], outcome: str) -> None:
    assert judge_one(PARK, {**APPLYING, **changed})["outcome"] == outcome


@pytest.mark.parametrize(
    ("approved", "outcome"), [(date(2022, 6, 30), "yes"), (date(2022, 6, 29), "no"), (None, "unknown")]
)
def test_a_park_is_built_within_three_years(judge_one: Judge, approved: date | None, outcome: str) -> None:
    found = judge_one(PARK, {"key": "a", "stage": "building", "approved": approved})
    assert found["outcome"] == outcome
    assert [clause["id"] for clause in found["clauses"]] == [
        "building",
        "title",
    ]  # no clause of another stage


@pytest.mark.parametrize(
    ("changed", "outcome", "why"),
    [
        ({}, "yes", None),
        ({"last_review": date(2022, 6, 29)}, "no", "evaluation-due"),
        ({"evaluation": "不达标"}, "no", "evaluation"),
        ({"missed_years": 2}, "no", "monitoring"),
        ({"missed_years": 1}, "yes", None),
        ({"evaluation": None}, "unknown", None),
    ],
)
def test_a_park_in_operation_is_evaluated_and_monitored(
    judge_one: Judge, changed: dict[str, Any], outcome: str, why: str | None
) -> None:
    row = {
        "key": "a",
        "stage": "accepted",
        "last_review": date(2023, 1, 1),
        "evaluation": "达标",
        "missed_years": 0,
    }
    found = judge_one(PARK, {**row, **changed})
    assert found["outcome"] == outcome
    assert next((clause["id"] for clause in found["clauses"] if clause["outcome"] == "no"), None) == why


def test_a_park_rectifies_within_a_year_or_loses_its_title(judge_one: Judge) -> None:
    row = {"key": "a", "stage": "rectifying", "last_review": date(2024, 6, 30)}
    assert judge_one(PARK, row)["outcome"] == "yes"
    assert judge_one(PARK, {**row, "last_review": date(2024, 6, 29)})["outcome"] == "no"
    assert judge_one(PARK, {"key": "a", "stage": "cancelled"})["outcome"] == "no"


INSTITUTION = "new-rd-institution"
NATIONAL = {
    "key": "示例机构",
    "independent": 1,
    "research_main": 1,
    "conditions": 1,
    "team": 1,
    "income_stable": 1,
}
NUMBERS = {"founded": date(2020, 1, 1), "staff": 50, "rd_staff": 25, "rd_spend": 400, "income": 1000}
CANTON = {"instruments": 200, "site": 600, "operating_income": 100, "transfer_income": 30, "pearl_delta": 0}


def test_a_province_without_numbers_is_unknown_and_says_so(judge_one: Judge) -> None:
    found = judge_one(INSTITUTION, {**NATIONAL, **NUMBERS, "province": "新疆"})
    assert found["outcome"] == "unknown"
    assert [clause["id"] for clause in found["clauses"] if clause["outcome"] != "yes"] == ["provincial"]
    assert "未见所在省份的数值规定" in found["by_id"]["provincial"]["reason"]["zh"]
    assert len(found["clauses"]) == 6  # the numbers of other provinces do not apply


@pytest.mark.parametrize("name", [name for name in NATIONAL if name != "key"])
def test_a_national_condition_that_fails_is_no_in_any_province(judge_one: Judge, name: str) -> None:
    assert judge_one(INSTITUTION, {**NATIONAL, "province": "新疆", name: 0})["outcome"] == "no"


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, "yes"),
        ({"rd_staff": 19}, "no"),
        ({"staff": 90}, "no"),  # 25 of 90 is less than 30 %
        ({"rd_spend": 299}, "no"),
        ({"founded": date(2024, 8, 1)}, "no"),
        ({"income": None}, "unknown"),
    ],
)
def test_anhui(judge_one: Judge, changed: dict[str, Any], outcome: str) -> None:
    assert (
        judge_one(INSTITUTION, {**NATIONAL, **NUMBERS, "province": "安徽", **changed})["outcome"] == outcome
    )


def test_a_figure_that_is_the_cell_itself_is_not_told_twice(judge_one: Judge) -> None:
    found = judge_one(INSTITUTION, {**NATIONAL, **NUMBERS, "province": "安徽省"})
    assert found["by_id"]["rd-staff"]["reason"]["zh"] == "研发人员数为25人，符合“不低于20人”的规定。"


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, "yes"),
        ({"pearl_delta": 1}, "no"),  # 400 is enough for others, 500 is asked there
        ({"pearl_delta": 1, "rd_spend": 500}, "yes"),
        ({"pearl_delta": None}, "unknown"),
        ({"pearl_delta": None, "rd_spend": 500}, "yes"),  # enough either way
        ({"site": 599}, "no"),
        ({"instruments": 199}, "no"),
        ({"transfer_income": 29}, "no"),
        ({"staff": 70}, "no"),  # 25 of 70 is less than 40 %
    ],
)
def test_guangdong(judge_one: Judge, changed: dict[str, Any], outcome: str) -> None:
    row = {**NATIONAL, **NUMBERS, **CANTON, "province": "广东"}
    assert judge_one(INSTITUTION, {**row, **changed})["outcome"] == outcome
