"""The outlook on the example, as commands tell it: what a person must be able to read there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def autumn(demo: Path, run: Run) -> dict[str, Any]:
    """The assessment of the example on 1 September 2025, four months before the plan ends."""
    found: dict[str, Any] = run("-C", demo, "progress", "--as-of", "2025-09-01", "--json").json
    return found


def by_id(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {target["id"]: target for target in content["targets"]}


def test_every_target_has_a_probability_or_says_why_not(autumn: dict[str, Any]) -> None:
    for target in autumn["targets"]:
        assert target["outlook"]["verdict"]["zh"]
        assert target["outlook"]["verdict"]["en"]
        assert target["forecast_why"]["en"]
        if target["probability"] is not None and not target["outlook"]["settled"]:
            assert 0 <= target["probability"] <= 1
            assert target["forecast"]["period"] == "2025"
            assert target["outlook"]["advice"]


def test_certificates_of_2022_lapse_in_2025(autumn: dict[str, Any]) -> None:
    hte = by_id(autumn)["T4"]
    assert hte["status"] == "achieved"
    assert hte["outlook"]["method"] == "register"
    assert hte["outlook"]["opening"] == 12
    first = hte["outlook"]["flows"][0]
    assert first["year"] == 2025
    assert 4 < first["lapsed"] <= 5
    told = " ".join(one["zh"] for one in (*hte["outlook"]["said"], *hte["outlook"]["advice"]))
    assert "将到期：2025年5家、2026年2家、2027年5家" in told
    assert "到2025年末有5家到期" in told
    assert "目标以2025年末的数为准" in told
    assert hte["probability"] < 0.95


def test_the_ways_of_projecting_follow_the_indicator(autumn: dict[str, Any]) -> None:
    methods = {name: target["outlook"]["method"] for name, target in by_id(autumn).items()}
    assert methods == {
        **dict.fromkeys(("T1", "T2", "T3", "T5"), "series"),
        **dict.fromkeys(("T4", "T6", "T7", "T8"), "register"),
    }


def test_ratios_say_what_their_numerator_needs_and_which_county_matters(autumn: dict[str, Any]) -> None:
    advice = " ".join(one["zh"] for one in by_id(autumn)["T1"]["outlook"]["advice"])
    assert "R&D经费内部支出要达到" in advice
    assert "差距最要紧的是" in advice


def test_all_targets_together_lie_between_the_bounds(autumn: dict[str, Any]) -> None:
    joint = autumn["joint"]
    assert joint["of"] == "all"
    assert joint["bounds"][0] <= joint["probability"] <= joint["dependent"] <= joint["bounds"][1]


def test_early_in_the_plan_series_are_too_short_and_registers_are_not(demo: Path, run: Run) -> None:
    found = by_id(run("-C", demo, "progress", "--as-of", "2023-06-30", "--json").json)
    assert found["T1"]["probability"] is None
    assert "不足4年" in found["T1"]["forecast_why"]["zh"]
    assert found["T4"]["probability"] is not None
    assert found["T8"]["probability"] is not None


def test_after_the_plan_the_outcome_is_a_fact(demo: Path, run: Run) -> None:
    found = by_id(run("-C", demo, "progress", "--as-of", "2026-09-01", "--json").json)
    assert {name: target["outlook"]["settled"] for name, target in found.items()} == dict.fromkeys(
        found, True
    )
    assert {target["probability"] for target in found.values()} == {0.0, 1.0}


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("怎么办", "大约每10次有")), ("en", ("What to do", "in 10 cases"))]
)
def test_one_target_in_full(demo: Path, run: Run, lang: str, words: tuple[str, ...]) -> None:
    ran = run("-C", demo, "--lang", lang, "progress", "target", "T4", "--as-of", "2025-09-01")
    assert ran.status == 0
    for word in words:
        assert word in ran.out


def test_a_target_is_found_by_its_indicator_and_one_that_is_not_there_is_told(demo: Path, run: Run) -> None:
    day = ("--as-of", "2025-09-01")
    found = run("-C", demo, "progress", "target", "high_tech_enterprises", *day, "--json").json
    assert found["id"] == "T4"
    wrong = run("-C", demo, "progress", "target", "T99", *day)
    assert wrong.status == 1
    assert "T99" in wrong.err
    assert "T8" in wrong.err


def test_the_table_has_the_probabilities(demo: Path, run: Run) -> None:
    out = run("-C", demo, "progress", "--as-of", "2025-09-01").out
    assert "可能性" in out
    assert "<1%" not in out
    assert "全部达到的可能性不到1%" in out
