"""Paths from baseline to target: each shape at its known points, and what holds for any."""

from __future__ import annotations

from datetime import date
from pathlib import Path as File

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.indicators.figure import Figure
from kechuang.plan.file import load_plan, plan_text, save_plan
from kechuang.plan.model import Plan, Target
from kechuang.progress import TargetProgress, assess
from kechuang.progress.paths import Path, logistic


def judged(values: dict[int, float], as_of: date = date(2025, 3, 1), **given: object) -> TargetProgress:
    goal = {"id": "T1", "name": "甲", "value": 10, "unit": "家", "year": 2025, "indicator": "x"} | given
    plan = Plan.model_validate({"title": "规划", "period": [2021, 2025], "targets": [goal]})
    series = [Figure("x", "653100", str(year), value, "家", "final") for year, value in values.items()]
    return assess(plan, {"x": series}, as_of).targets[0]


BASE = {"baseline": {"value": 0, "year": 2020}}


def test_a_constant_rate_multiplies_every_year() -> None:
    path = Path(((2020, 100.0), (2025, 161.051)), "rate")
    assert [path.at(year) for year in range(2020, 2026)] == pytest.approx(
        [100, 110, 121, 133.1, 146.41, 161.051]
    )
    assert path.at(2020.5) == pytest.approx(100 * 1.1**0.5)
    assert path.points()[2] == (2022, pytest.approx(121))


def test_a_constant_rate_through_nothing_is_straight_and_says_so() -> None:
    path = Path(((2020, 0.0), (2025, 10.0)), "rate")
    assert path.at(2022) == 4
    assert path.trouble is not None
    found = judged({2024: 8}, path="rate", **BASE)
    assert found.status == "on_schedule"
    assert any("等速增长没有意义" in reason.zh for reason in found.why)


def test_an_s_curve_asks_little_at_first() -> None:
    found = judged({2021: 0.7}, date(2022, 3, 1), path={"shape": "s-curve"}, **BASE)
    assert found.scheduled_share == pytest.approx(logistic(0.2))
    assert found.scheduled_share < 0.1
    assert found.status == "on_schedule"
    assert judged({2021: 0.7}, date(2022, 3, 1), **BASE).status == "behind"
    steep = judged({2021: 0.7}, date(2022, 3, 1), path={"shape": "s-curve", "midpoint": 0.2}, **BASE)
    assert steep.scheduled_share > 0.3


def test_steps_hold_until_the_next() -> None:
    path = {"path": "steps", "interim": {2023: 6}}
    assert judged({2022: 0.1}, date(2023, 2, 1), **path, **BASE).status == "on_schedule"
    assert judged({2023: 5}, date(2024, 2, 1), **path, **BASE).scheduled_value == 6
    assert judged({2024: 6}, date(2025, 2, 1), **path, **BASE).status == "on_schedule"


def test_given_interim_values_are_the_path() -> None:
    found = judged({2024: 5}, interim={2022: 1, 2024: 5}, **BASE)
    assert (found.scheduled_value, found.status) == (5, "on_schedule")
    assert found.path == ((2020, 0), (2022, 1), (2024, 5), (2025, 10))


def test_a_level_to_be_kept_is_judged_year_by_year() -> None:
    found = judged({2021: 10, 2022: 9.5, 2023: 10, 2024: 9.2}, path="level")
    assert (found.status, found.years_met, found.needed_per_year) == ("basically_on_schedule", (2, 4), None)
    assert judged({2024: 8}, path="level").status == "behind"
    assert judged({2024: 10}, path="level").status == "on_schedule"
    assert judged({2025: 10}, date(2026, 5, 1), path="level").status == "achieved"


def test_yearly_targets_tell_in_how_many_years_they_were_met() -> None:
    found = judged({2020: 99, 2021: 10, 2022: 9, 2023: 12, 2024: 11}, per_year=True, **BASE)
    assert (found.status, found.years_met) == ("on_schedule", (3, 4))
    assert found.as_dict()["years_met"] == [3, 4]


@pytest.mark.parametrize(
    "given",
    [
        {"path": "steps"},
        {"path": "s-curve", "interim": {2023: 5}},
        {"path": {"shape": "rate", "midpoint": 0.5}},
        {"path": "rate", "per_year": True},
        {"path": "steps", "growth": True, "interim": {2023: 5}},
        {"interim": {2030: 5}},
        {"interim": {2019: 5}, "baseline": {"value": 0, "year": 2020}},
    ],
)
def test_a_path_that_contradicts_itself_is_a_fault_of_the_plan_file(
    tmp_path: File, given: dict[str, object]
) -> None:
    target = Target.model_validate(
        {"id": "T1", "name": "甲", "value": 10, "unit": "家", "year": 2025} | given
    )
    save_plan(Plan(title="规划", targets=[target]), tmp_path / "plan.yaml")
    with pytest.raises(KechuangError) as caught:
        load_plan(tmp_path / "plan.yaml")
    assert caught.value.code == "plan-inconsistent"
    assert caught.value.faults[0].place.line


@pytest.mark.parametrize("path", ["rate", {"shape": "s-curve", "steepness": 6, "midpoint": 0.4}])
def test_a_plan_file_keeps_the_path(tmp_path: File, path: object) -> None:
    target = Target.model_validate(
        {"id": "T1", "name": "甲", "value": 10, "unit": "家", "year": 2025, "path": path}
    )
    plan = Plan(
        title="规划", targets=[target, target.model_copy(update={"id": "T2", "path": None, "growth": True})]
    )
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan
    assert "growth: true" in plan_text(plan)


def test_a_path_of_an_unknown_shape_or_steepness_is_refused(tmp_path: File) -> None:
    (tmp_path / "plan.yaml").write_text(
        "title: 规划\ntargets:\n  - {id: T1, name: 甲, value: 1, unit: 家, year: 2025, path: wavy}\n"
        "  - {id: T2, name: 乙, value: 1, unit: 家, year: 2025, path: {shape: s-curve, steepness: 0, midpoint: 1}}\n",
        "utf-8",
    )
    with pytest.raises(KechuangError) as caught:
        load_plan(tmp_path / "plan.yaml")
    assert len(caught.value.faults) == 3


@given(
    st.sampled_from(["straight", "rate", "s-curve", "steps"]),
    st.floats(0.1, 1000),
    st.floats(0.1, 1000),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0.5, 40),
    st.floats(0.05, 0.95),
)
def test_any_path_runs_one_way_between_its_ends(
    shape: str, base: float, aim: float, one: float, two: float, steepness: float, midpoint: float
) -> None:
    path = Path(((2020, base), (2025, aim)), shape, steepness, midpoint)
    early, late = sorted((2020 + 5 * one, 2020 + 5 * two))
    up = 1 if aim >= base else -1
    assert up * (path.at(late) - path.at(early)) >= -1e-9 * max(base, aim)
    assert min(base, aim) * (1 - 1e-9) <= path.at(early) <= max(base, aim) * (1 + 1e-9)
    assert path.at(2019) == base and path.at(2026) == aim
    assert (path.at(2020), path.at(2025)) == (base, aim)
