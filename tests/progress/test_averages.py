"""Targets of average growth: so far, still needed, the level they mean, and how they are told from others."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.indicators.figure import Figure
from kechuang.plan.model import Plan
from kechuang.progress import TargetProgress, assess
from kechuang.progress.averages import Average

LEVELS = {2020: 100.0, 2021: 107.0, 2022: 115.0, 2023: 124.0, 2024: 130.0}


def judged(
    values: dict[int, float], as_of: date = date(2025, 6, 30), unit: str = "万元", **given: object
) -> TargetProgress:
    goal = {
        "id": "T1",
        "name": "研发经费年均增长",
        "value": 8,
        "unit": "%",
        "year": 2025,
        "indicator": "x",
        "baseline": {"value": None, "year": 2020, "origin": "records"},
    } | given
    plan = Plan.model_validate({"title": "规划", "period": [2021, 2025], "targets": [goal]})
    series = [Figure("x", "653100", str(year), value, unit, "final") for year, value in values.items()]
    return assess(plan, {"x": series}, as_of).targets[0]


def test_growth_so_far_is_held_against_growth_asked_for() -> None:
    found = judged(LEVELS)
    rate = 100 * (1.3**0.25 - 1)
    assert found.growth
    assert found.latest is not None
    assert found.latest.value == pytest.approx(rate)
    assert found.status == "behind"
    needed = 100 * (100 * 1.08**5 / 130 - 1)
    assert any(f"年均增长{needed:.1f}%" in reason.zh for reason in found.why)
    assert found.baseline is not None
    assert (found.baseline.value, found.baseline.unit) == (100, "万元")
    assert judged(LEVELS | {2024: 133.0}).status == "basically_on_schedule"
    assert judged(LEVELS | {2024: 100 * 1.08**4}).status == "on_schedule"


def test_growth_is_only_reached_when_the_years_are_over() -> None:
    assert judged(LEVELS | {2024: 200.0}).status == "on_schedule"
    day = date(2026, 6, 30)
    assert judged(LEVELS | {2025: 147.0}, day).status == "achieved"
    assert judged(LEVELS | {2025: 146.0}, day).status == "missed"


def test_the_other_methods_judge_the_level_that_growth_means() -> None:
    found = judged(LEVELS)
    verdict = next(one for one in found.methods if one.method == "open-sdg")
    assert verdict.inputs["target"] == pytest.approx(100 * 1.08**5)
    assert verdict.value == pytest.approx((1.3**0.25 - 1) / 0.08)


def test_a_fall_counts_as_positive_where_the_name_says_so() -> None:
    given = {"name": "单位能耗年均下降", "value": 3, "direction": "up"}
    assert judged({2020: 100, 2024: 100 * 0.96**4}, **given).status == "on_schedule"
    assert judged({2020: 100, 2024: 100 * 0.99**4}, **given).status == "behind"
    late = next(one for one in judged({2020: 100, 2024: 101}, **given).methods if one.method == "un")
    assert late.mark == "late"


def test_shares_in_percent_and_declared_growth_are_told_apart() -> None:
    assert not judged(LEVELS, unit="%").growth
    assert judged(LEVELS, unit="%", growth=True).growth
    assert not judged(LEVELS, unit="%", name="研发投入强度").growth


def test_without_a_baseline_or_later_data_there_is_no_growth() -> None:
    for values in ({2023: 5.0}, {2020: 5.0}, {2020: 0.0, 2024: 5.0}):
        found = judged(values)
        assert (found.status, found.latest) == ("not_available", None)
        assert found.why


@given(st.floats(0.5, 30), st.floats(1, 1000), st.integers(1, 8), st.integers(1, 8), st.floats(0.5, 2))
def test_needed_growth_leads_to_the_level_asked_for(
    rate: float, base: float, passed: int, left: int, share: float
) -> None:
    average = Average(rate, base, 2020, 2020 + passed + left)
    value = base * share
    needed = average.needed(value, 2020 + passed)
    assert needed is not None and average.level is not None
    assert value * (1 + needed / 100) ** left == pytest.approx(average.level)
