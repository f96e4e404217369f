"""The methods side by side on a plan's target: what is stored, which fit, why they differ, which one leads."""

from __future__ import annotations

from datetime import date

import pytest

from kechuang.errors import KechuangError
from kechuang.indicators.figure import Figure
from kechuang.plan.model import Plan
from kechuang.progress import TargetProgress, assess
from kechuang.progress.agreement import agreement
from kechuang.progress.methods import METHODS, Case, judge


def judged(
    values: dict[int, float], as_of: date = date(2025, 3, 1), method: str = "schedule", **given: object
) -> TargetProgress:
    goal = {"id": "T1", "name": "甲", "value": 10, "unit": "家", "year": 2025, "indicator": "x"} | given
    plan = Plan.model_validate({"title": "规划", "period": [2021, 2025], "targets": [goal]})
    series = [Figure("x", "653100", str(year), value, "家", "final") for year, value in values.items()]
    return assess(plan, {"x": series}, as_of, method=method).targets[0]


def based(value: float) -> dict[str, object]:
    return {"baseline": {"value": value, "year": 2020}}


def test_every_method_keeps_its_status_value_parameters_and_inputs() -> None:
    content = judged({2020: 2, 2024: 8}, **based(2)).as_dict()
    assert [one["method"] for one in content["methods"]] == list(METHODS)
    for one in content["methods"]:
        assert {"method", "status", "value", "score", "parameters", "inputs", "label", "mark"} <= one.keys()
        assert one["inputs"]["base_value"] == 2
        assert one["inputs"]["target_year"] == 2025
        assert one["parameters"]
    assert content["agreement"].keys() == {"on", "mid", "bad", "agree", "why"}
    assert content["methods"][-1]["status"] == content["status"]


def test_compounding_and_a_straight_line_disagree_and_it_is_said() -> None:
    # From 1 to 10: halfway in time a compound path asks for 3.2 only, a straight one for 5.5.
    found = judged({2020: 1, 2022: 2, 2023: 4.2}, date(2024, 3, 1), **based(1))
    assert "open-sdg" in found.agreement.on
    assert "sdsn" not in found.agreement.on
    assert found.agreement.agree is False
    assert any("按复合增长率算" in reason.zh and "按直线算" in reason.zh for reason in found.agreement.why)


def test_reached_but_worse_than_at_the_baseline_is_told() -> None:
    found = judged({2020: 14, 2024: 11}, **based(14))
    assert found.status == "achieved"
    assert found.agreement.bad == ()
    assert any("比基期变差" in reason.zh for reason in found.agreement.why)


def test_the_sign_trap_is_bad_for_all() -> None:
    found = judged({2020: 12, 2021: 11, 2022: 11, 2023: 10, 2024: 9}, **based(12))
    assert found.agreement.bad == METHODS
    assert any("负数除以负数" in reason.zh for reason in found.agreement.why)


def test_a_declared_path_explains_a_difference() -> None:
    found = judged({2020: 0.1, 2021: 0.8}, date(2022, 3, 1), path="s-curve", **based(0.1))
    assert found.status == "on_schedule"
    assert any("规划声明的路径" in reason.zh for reason in found.agreement.why)


@pytest.mark.parametrize(
    "given", [{"per_year": True}, {"path": "level"}, {"comparator": "range", "high": 12}, {"comparator": "~"}]
)
def test_targets_the_others_are_not_made_for(given: dict[str, object]) -> None:
    found = judged({2020: 1, 2024: 8}, **given, **based(1))
    others = [one for one in found.methods if one.method != "schedule"]
    assert {one.status for one in others} == {"not_available"}
    assert all(one.why for one in others)
    assert found.agreement.agree is None
    assert found.status != "not_available"


def test_two_points_only_is_told() -> None:
    assert any("两个年份" in reason.zh for reason in judged({2020: 2, 2024: 8}, **based(2)).agreement.why)
    more = judged({2020: 2, 2022: 5, 2024: 8}, **based(2)).agreement.why
    assert not any("两个年份" in reason.zh for reason in more)


def test_a_sum_that_misses_the_target_in_its_last_digit_has_reached_it_for_all() -> None:
    found = judged({2020: 0.1, 2024: 0.7 + 0.1}, value=0.8, **based(0.1))
    assert found.agreement.on == METHODS


def test_the_office_chooses_the_method_that_leads() -> None:
    values = {2020: 1, 2022: 2, 2023: 4.2}
    plain = judged(values, date(2024, 3, 1), **based(1))
    chosen = judged(values, date(2024, 3, 1), "open-sdg", **based(1))
    assert (plain.status, chosen.status) == ("behind", "on_schedule")
    assert chosen.method == "open-sdg"
    assert any(reason.zh.startswith("按Open SDG") for reason in chosen.why)
    assert chosen.attained == plain.attained


def test_reached_and_missed_are_facts_for_any_method() -> None:
    assert judged({2020: 1, 2024: 10}, method="weather", **based(1)).status == "achieved"
    over = judged({2020: 1, 2025: 9.9}, date(2026, 3, 1), "un", **based(1))
    assert over.status == "missed"


def test_a_method_that_cannot_judge_leaves_the_schedule() -> None:
    found = judged({2024: 9.5}, method="eurostat", per_year=True)
    assert found.status == "basically_on_schedule"
    assert any("不能判断" in reason.zh for reason in found.why)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(KechuangError) as caught:
        judged({2024: 1}, method="oecd")
    assert caught.value.code == "unknown-method"


def test_an_old_figure_is_told() -> None:
    assert any("可能已经过时" in reason.zh for reason in judged({2021: 5}, **based(1)).why)
    assert not any("可能已经过时" in reason.zh for reason in judged({2023: 5}, **based(1)).why)


def test_agreement_of_cases_that_none_can_judge() -> None:
    found = agreement([judge(method, Case()) for method in METHODS], Case())
    assert (found.agree, found.why) == (None, ())
