"""Open SDG's method: published rows, every branch, and the branches no published row reaches."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kechuang.progress.methods import FIELDS, Case, judge, parameters_of
from kechuang.progress.methods.groups import status_of

HEADER = (
    "base_year base_value current_year current_value target_year target direction limit value status score"
)
#: Published rows of the two Canadian sites (Canadian and Global Indicator Framework), to six digits.
PUBLISHED = [
    (2015, 14.5, 2023, 10.2, 2030, 7.25, -1, None, 0.952590, "substantial_progress", 2.518556),
    (2016, 95.74, 2021, 98.78, 2030, 100, 1, None, 2.013664, "substantial_progress", 5),
    (
        2015,
        95.5974842767296,
        2023,
        97.4874371859297,
        2030,
        100,
        1,
        None,
        0.815054,
        "moderate_progress",
        1.536148,
    ),
    (2015, 18.8, 2024, 11.1, 2035, 5, -1, None, 0.887461, "moderate_progress", 2.053346),
    (2023, 8.2, 2024, 8.4, 2030, 100, 1, None, 0.056794, "limited_progress", -2.263357),
    (2015, 92, 2023, 90, 2030, 100, 1, None, -0.492190, "deterioration", -4.550809),
    (2015, 7.05, 2024, 12.58, 2030, 70, -1, None, -0.401893, "target_achieved", 5),
    (2015, 0.052, 2022, 0.048, 2030, 0, -1, None, 0.049096, "limited_progress", -2.295432),
    (2015, 68.5534591194968, 2023, 46.7336683417085, 2026, 55, 1, None, -2.358722, "deterioration", -5),
    (2015, 100, 2023, 100, 2030, 100, 1, None, None, "target_achieved", 5),
    (2015, 90, 2021, 93.2, None, None, 1, 100, 0.005840, "substantial_progress", 2.815387),
    (2017, 93.4, 2021, 92.7, None, None, 1, 100, -0.001879, "deterioration", -2.734869),
    (2014, 48, 2019, 46, None, None, -1, None, 0.008476, "moderate_progress", 0.868950),
    (2015, 5.31, 2024, 5.27, None, None, -1, None, 0.000840, "limited_progress", -2.080095),
    (2021, 59.9, 2021, 59.9, None, None, 1, 100, None, "not_available", None),
]


@pytest.mark.parametrize("row", PUBLISHED)
def test_published_rows(row: tuple[object, ...]) -> None:
    case = Case(**dict(zip(FIELDS, row, strict=False)))  # type: ignore[arg-type]
    value, status, score = row[8:]
    found = judge("open-sdg", case)
    assert found.status == status
    assert found.value == (None if value is None else pytest.approx(value, abs=2e-6))
    assert found.score == (None if score is None else pytest.approx(score, abs=1e-6))


@pytest.mark.shared
def test_every_published_series_at_hand(shared: Path) -> None:
    with (shared / "data" / "progress_cases_dev.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 66
    for row in rows:
        number = {name: float(row[name]) if row[name] else None for name in FIELDS}
        number["direction"] = int(row["direction"])
        found = judge("open-sdg", Case(**number))  # type: ignore[arg-type]
        wanted = [float(row[name]) if row[name] else None for name in ("expected_value", "expected_score")]
        assert found.status == row["expected_status"], row
        for got, expected in zip((found.value, found.score), wanted, strict=True):
            assert got == (None if expected is None else pytest.approx(expected, abs=1e-9, rel=0)), row


@pytest.mark.shared
def test_the_status_of_every_published_indicator_follows_from_its_score(shared: Path) -> None:
    with (shared / "data" / "progress_cases_dev.csv").open(encoding="utf-8") as stream:
        rows = {row["indicator"]: row for row in csv.DictReader(stream) if row["indicator_score"]}
    told = {name: row for name, row in rows.items() if row["indicator_status"] != "target_achieved"}
    assert len(told) > 30
    for name, row in told.items():
        found = status_of(float(row["indicator_score"]), parameters_of("open-sdg"))
        assert found == row["indicator_status"], name


def test_a_base_of_zero_counts_as_a_thousandth() -> None:
    found = judge("open-sdg", Case(2015, 0, 2019, 0.016, 2023, 0.256, 1))
    assert found.inputs["base_value"] == 0.001
    assert found.value == pytest.approx((16**0.25 - 1) / (256**0.125 - 1))
    assert found.status == "substantial_progress"
    assert any("0.001" in reason.zh for reason in found.why)
    assert judge("open-sdg", Case(2015, 0, 2019, -1, None, None, 1)).status == "not_available"


def test_a_target_of_zero_counts_as_a_thousandth() -> None:
    left = judge("open-sdg", Case(2015, 10, 2020, 0.0011, 2030, 0, -1))
    reached = judge("open-sdg", Case(2015, 10, 2020, 0.0009, 2030, 0, -1))
    assert (left.status, reached.status) == ("substantial_progress", "target_achieved")
    assert left.inputs["target"] == 0.001


def test_growth_of_a_negative_series_counts_the_other_way() -> None:
    # From -8 to -2 is a rise by three quarters: in size a fall, so s = -1 turns it.
    rising = judge("open-sdg", Case(2015, -8, 2017, -2, None, None, 1))
    assert rising.value == pytest.approx(0.5)
    assert rising.status == "substantial_progress"
    assert judge("open-sdg", Case(2015, -2, 2017, -8, None, None, 1)).status == "deterioration"
    assert judge("open-sdg", Case(2015, -2, 2017, -8, None, None, -1)).status == "substantial_progress"
    target = judge("open-sdg", Case(2015, -8, 2017, -4, 2019, -2, 1))
    assert target.value == pytest.approx(1.0)


def test_signs_that_differ_have_no_growth() -> None:
    assert judge("open-sdg", Case(2015, -1, 2020, 1, None, None, 1)).status == "not_available"
    assert judge("open-sdg", Case(2015, 1, 2020, -1, 2030, -9, 1)).status == "target_achieved"
    assert judge("open-sdg", Case(2015, 1, 2020, 2, 2030, -9, -1)).status == "not_available"


@pytest.mark.parametrize(
    ("base", "limit", "factor"),
    [(100, 100, 0.0), (200, 100, 1.0), (300, 100, 1.0), (0, 0, 1.0), (0, 100, 1.0), (-100, 100, 0.0)],
)
def test_the_factor_near_a_limit(base: float, limit: float, factor: float) -> None:
    found = judge("open-sdg", Case(2015, base, 2020, base or 0.001, None, None, 1, limit))
    assert found.inputs["factor"] == pytest.approx(factor)


def test_the_factor_is_the_same_on_both_sides_of_the_limit() -> None:
    below, above = (judge("open-sdg", Case(2015, base, 2020, 95, None, None, 1, 100)) for base in (90, 110))
    assert below.inputs["factor"] == pytest.approx(1 - 0.9**4.44)
    assert above.inputs["factor"] == pytest.approx(below.inputs["factor"])


def test_a_base_at_its_limit_is_substantial_while_it_is_kept() -> None:
    kept = judge("open-sdg", Case(2015, 100, 2020, 100, None, None, 1, 100))
    assert (kept.status, kept.score, kept.value) == ("substantial_progress", 5, 0)
    fallen = judge("open-sdg", Case(2015, 100, 2020, 99, None, None, 1, 100))
    assert fallen.status == "deterioration"
    assert fallen.score == pytest.approx(125 * (0.99**0.2 - 1) - 2.5)


def test_a_base_past_its_limit_is_judged_as_published_and_told() -> None:
    found = judge("open-sdg", Case(2015, 150, 2020, 140, None, None, 1, 100))
    assert found.inputs["factor"] == pytest.approx(1 - 0.5**4.44)
    assert any("越过极限" in reason.zh for reason in found.why)


def test_a_limit_does_not_matter_where_there_is_a_target() -> None:
    with_limit = judge("open-sdg", Case(2015, 90, 2020, 92, 2030, 99, 1, 100))
    without = judge("open-sdg", Case(2015, 90, 2020, 92, 2030, 99, 1))
    assert (with_limit.value, with_limit.score) == (without.value, without.score)


@pytest.mark.parametrize(
    ("growth", "status", "score"),
    [
        (0.02, "substantial_progress", 5),
        (0.016, "substantial_progress", 3),
        (0.01, "moderate_progress", 1.25),
        (0.002, "limited_progress", -1.5),
        (-0.01, "deterioration", -3.75),
        (-0.05, "deterioration", -5),
    ],
)
def test_scores_without_a_target(growth: float, status: str, score: float) -> None:
    found = judge("open-sdg", Case(2020, 100, 2021, 100 * (1 + growth), direction=1))
    assert found.status == status
    assert found.score == pytest.approx(score, abs=1e-9)


@pytest.mark.parametrize(
    ("ratio", "status", "score"),
    [
        (1.5, "substantial_progress", 5),
        (0.96, "substantial_progress", 7.1429 * 0.96 - 4.2857),
        (0.8, "moderate_progress", 7.1429 * 0.8 - 4.2857),
        (0.3, "limited_progress", 4.1667 * 0.3 - 2.5),
        (-0.3, "deterioration", 4.1667 * -0.3 - 2.5),
        (-0.9, "deterioration", -5),
    ],
)
def test_scores_with_a_target(ratio: float, status: str, score: float) -> None:
    found = judge("open-sdg", Case(2020, 100, 2021, 100 + 5 * ratio, 2030, 100 * 1.05**10, direction=1))
    assert found.value == pytest.approx(ratio)
    assert found.status == status
    assert found.score == pytest.approx(score)


def test_base_at_the_target_and_worse_since() -> None:
    found = judge("open-sdg", Case(2015, 100, 2023, 98, 2030, 100, 1))
    assert (found.value, found.status, found.score) == (None, "deterioration", -5)
    assert any("比值无法计算" in reason.zh for reason in found.why)


def test_a_target_reached_needs_no_second_year() -> None:
    found = judge("open-sdg", Case(2021, 60, 2021, 60, 2030, 50, 1))
    assert (found.value, found.status, found.score) == (None, "target_achieved", 5)


@pytest.mark.parametrize(
    "case",
    [
        Case(),
        Case(2015, None, None, None, 2030, None, 1, 100),
        Case(2020, 5, 2015, 6),
        Case(2015, 5, 2016, 6, 2015, 9),
    ],
)
def test_too_little_gives_no_answer_and_says_why(case: Case) -> None:
    found = judge("open-sdg", case)
    assert (found.status, found.value, found.score, found.mark) == ("not_available", None, None, "none")
    assert found.why


def test_thresholds_may_be_set_otherwise_and_are_kept_with_the_verdict() -> None:
    case = Case(2015, 14.5, 2023, 10.2, 2030, 7.25, direction=-1)
    found = judge("open-sdg", case, {"target_high": 0.96})
    assert found.status == "moderate_progress"
    assert found.parameters["target_high"] == 0.96
    assert found.as_dict()["inputs"]["target"] == 7.25
