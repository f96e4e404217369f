"""The other methods: worked examples of every class, and what must hold for all of them on any numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.progress.methods import METHODS, Case, combine, judge, specs
from kechuang.progress.methods.groups import mean_score
from kechuang.progress.methods.transforms import from_half, from_whole, parity

RANK = {"done": 0, "ok": 0, "watch": 1, "late": 2}


def grown(rate: float, years: int = 5, **given: object) -> Case:
    return replace(Case(2015, 100.0, 2015 + years, 100 * (1 + rate) ** years), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rate", "status", "score"),
    [
        (0.03, "significant_progress", 5),
        (0.011, "significant_progress", 2.75),
        (0.009, "moderate_progress", 2.25),
        (0.0005, "no_progress", 0.125),
        (-0.0005, "no_progress", -0.125),
        (-0.005, "moderate_movement_away", -1.25),
        (-0.011, "significant_movement_away", -2.75),
    ],
)
def test_eurostat_without_a_target(rate: float, status: str, score: float) -> None:
    found = judge("eurostat", grown(rate))
    assert found.status == status
    assert found.score == pytest.approx(score)
    assert judge("eurostat", grown(rate, direction=-1)).score == pytest.approx(-score)


@pytest.mark.parametrize(
    ("ratio", "status", "score"),
    [
        (1.4, "significant_progress", 5),
        (0.96, "significant_progress", 5 / 0.7 * 0.36),
        (0.7, "moderate_progress", 5 / 0.7 * 0.1),
        (0.3, "insufficient_progress", 5 / 1.2 * 0.9 - 5),
        (-0.3, "movement_away", 5 / 1.2 * 0.3 - 5),
        (-0.7, "movement_away", -5),
    ],
)
def test_eurostat_with_a_target(ratio: float, status: str, score: float) -> None:
    found = judge("eurostat", Case(2020, 100, 2021, 100 + 5 * ratio, 2030, 100 * 1.05**10))
    assert found.status == status
    assert found.score == pytest.approx(score)


def test_un_projects_to_the_target_year() -> None:
    found = judge("un", Case(2015, 10, 2020, 20, 2030, 50))
    assert found.value == pytest.approx((20 * 2**2 - 10) / 40)
    assert (found.status, found.score) == ("met_or_on_track", 3)
    assert judge("un", Case(2015, 10, 2020, 12, 2030, 50)).status == "fair_progress"
    assert judge("un", Case(2015, 10, 2020, 10.1, 2030, 50)).status == "stagnation_or_regression"


@pytest.mark.parametrize(
    ("rate", "direction", "level"),
    [
        (0.021, 1, 3),
        (0.019, 1, 2),
        (0.004, 1, 1),
        (-0.021, -1, 3),
        (-0.006, -1, 2),
        (-0.004, -1, 1),
        (0.03, -1, 1),
    ],
)
def test_un_without_a_target(rate: float, direction: int, level: int) -> None:
    assert judge("un", grown(rate, direction=direction)).score == level


def test_un_takes_a_percentage_near_its_end_as_met() -> None:
    case = Case(2015, 99.5, 2020, 99.2, 2030, 100, unit="%")
    assert judge("un", case).status == "met_or_on_track"
    assert judge("un", replace(case, unit="家")).status == "stagnation_or_regression"


@pytest.mark.parametrize(
    ("latest", "status", "score"),
    [
        (15.0, "on_track", 3),
        (12.5, "moderately_improving", 2),
        (11.0, "stagnating", 1.4),
        (9.0, "decreasing", 0.8),
        (20.0, "on_track", 4),
    ],
)
def test_sdsn_on_a_straight_line(latest: float, status: str, score: float) -> None:
    found = judge("sdsn", Case(2015, 10, 2020, latest, 2025, 20))
    assert found.status == status
    assert found.score == pytest.approx(score)


def test_sdsn_keeping_the_target_ignores_movement_above_it() -> None:
    found = judge("sdsn", Case(2015, 90, 2020, 85, 2030, 80))
    assert (found.status, found.score) == ("maintaining", 3)
    assert judge("sdsn", Case(2015, 1, 2020, 2)).status == "not_available"


@pytest.mark.parametrize(
    ("latest", "status"),
    [(15, "sun"), (14.9, "sun"), (14.6, "partly_cloudy"), (13, "cloud"), (10, "cloud"), (9, "storm")],
)
def test_weather_by_the_shortfall(latest: float, status: str) -> None:
    assert judge("weather", Case(2015, 10, 2020, latest, 2025, 20)).status == status


def test_weather_looks_at_the_last_years_only() -> None:
    far = tuple((2000.0 + year, 50.0 - year) for year in range(15))
    near = tuple((2015.0 + year, 36.0 + 4 * year) for year in range(6))
    case = Case(2000, 50, 2020, 56, 2025, 75, series=far + near)
    found = judge("weather", case)
    assert (found.status, found.inputs["mean_change"]) == ("sun", pytest.approx(4))
    few = replace(case, series=((2000.0, 50.0), (2018.0, 48.0), (2020.0, 56.0)))
    assert judge("weather", few).status == "not_available"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ((1, 2, 3, 4), "sun"),
        ((1, 5, 4, 3), "partly_cloudy"),
        ((9, 2, 1, 4), "cloud"),
        ((4, 3, 2, 1), "storm"),
    ],
)
def test_weather_without_a_target(values: tuple[float, ...], status: str) -> None:
    series = tuple((2020.0 + at, float(value)) for at, value in enumerate(values))
    case = Case(2020, series[0][1], 2023, series[-1][1], series=series)
    assert judge("weather", case).status == status


@pytest.mark.parametrize(
    ("latest", "status"),
    [(20, "achieved"), (15, "on_schedule"), (14.5, "basically_on_schedule"), (14.4, "behind")],
)
def test_schedule_on_a_straight_line(latest: float, status: str) -> None:
    found = judge("schedule", Case(2015, 10, 2020, latest, 2025, 20))
    assert found.status == status
    early = {
        "achieved": "提前完成",
        "on_schedule": "达到进度",
        "basically_on_schedule": "基本达到",
        "behind": "滞后",
    }
    assert found.label.zh == early[status]


def test_schedule_when_the_year_is_over() -> None:
    assert judge("schedule", Case(2015, 10, 2025, 19, 2025, 20)).status == "missed"
    reached = judge("schedule", Case(2015, 10, 2025, 20, 2025, 20))
    assert (reached.status, reached.label.zh) == ("achieved", "已达成")
    assert (
        judge("schedule", Case(2015, 10, 2020, 14, 2025, 20), {"tolerance": 0.8}).status
        == "basically_on_schedule"
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "case",
    [
        Case(2015, 68.55, 2023, 46.73, 2026, 55, 1),
        Case(2015, 40, 2023, 60, 2026, 55, -1),
        Case(2015, 55, 2023, 54, 2026, 55, 1),
    ],
)
def test_a_base_that_met_the_target_and_worsened_is_never_progress(method: str, case: Case) -> None:
    assert judge(method, case).mark == "late"


@pytest.mark.parametrize("method", METHODS)
def test_still_met_is_met_though_worse(method: str) -> None:
    assert judge(method, Case(2015, 90, 2020, 60, 2030, 50, 1)).mark in ("done", "ok")


@pytest.mark.parametrize(
    "method", [name for name in METHODS if name not in ("open-sdg", "weather", "sdsn", "schedule")]
)
def test_a_base_of_zero_is_not_made_up(method: str) -> None:
    found = judge(method, Case(2015, 0, 2020, 3, 2030, 9, 1))
    assert found.status == "not_available"
    assert found.why


def test_an_unknown_method_or_parameter_is_told() -> None:
    with pytest.raises(KechuangError) as caught:
        judge("oecd", Case())
    assert caught.value.code == "unknown-method"
    with pytest.raises(KechuangError) as caught:
        judge("un", Case(), {"a": 1, "b": 2, "level_low": float("nan")})
    assert len(caught.value.faults) == 3


def test_series_are_averaged_group_by_group() -> None:
    def scored(rate: float) -> object:
        return judge("open-sdg", grown(rate))

    high, low, none = scored(0.02), scored(-0.05), judge("open-sdg", Case())
    assert combine([high, low, none]).score == 0  # type: ignore[list-item]
    assert combine([high, [low, low, low]]).status == "moderate_progress"  # type: ignore[list-item]
    assert combine([high, low, low]).status == "limited_progress"  # type: ignore[list-item]
    assert combine([none]).status == "not_available"
    met = judge("open-sdg", Case(2015, 1, 2020, 9, 2030, 5))
    assert combine([met, [met, none]]).status == "target_achieved"
    assert combine([met, high]).status == "substantial_progress"  # type: ignore[list-item]
    assert mean_score([]) is None


def test_transforms_of_series_with_their_best_value_in_the_middle() -> None:
    assert [parity(value) for value in (0.97, 1.03, 1.25, 0.8)] == [1, 1, 1.25, 1.25]
    assert (from_half(30), from_whole(97.5)) == (70, 102.5)
    with pytest.raises(KechuangError):
        parity(0)


# -- for any numbers ------------------------------------------------------------------------------

positive = st.floats(0.01, 1e6)
years = st.integers(1, 10)


@st.composite
def cases(draw: st.DrawFn, target: bool | None = None) -> Case:
    start, passed = 2015, draw(years)
    wanted = draw(st.booleans()) if target is None else target
    return Case(
        start,
        draw(positive),
        start + passed,
        draw(positive),
        start + passed + draw(years) if wanted else None,
        draw(positive) if wanted else None,
        draw(st.sampled_from([1, -1])),
    )


@given(cases(), st.sampled_from(METHODS))
def test_a_verdict_is_whole(case: Case, method: str) -> None:
    found = judge(method, case)
    assert found.mark == specs()[method].statuses[found.status].mark
    for number in (found.value, found.score):
        assert number is None or math.isfinite(number)
    bounds = {"open-sdg": (-5, 5), "eurostat": (-5, 5), "un": (1, 3), "sdsn": (0, 4)}.get(method)
    if bounds and found.score is not None:
        assert bounds[0] <= found.score <= bounds[1]


@given(cases(), positive, st.sampled_from(METHODS))
def test_a_better_value_never_gives_a_worse_class(case: Case, other: float, method: str) -> None:
    values = sorted([case.current_value or 0.0, other], reverse=case.direction < 0)
    worse, better = (judge(method, replace(case, current_value=value)) for value in values)
    if "none" not in (worse.mark, better.mark):
        assert RANK[better.mark] <= RANK[worse.mark]


@given(cases(), st.sampled_from([0.001, 0.5, 2.0, 1000.0]), st.sampled_from(METHODS))
def test_the_unit_of_the_values_does_not_matter(case: Case, factor: float, method: str) -> None:
    def scaled(value: float | None) -> float | None:
        return None if value is None else value * factor

    other = replace(
        case,
        base_value=scaled(case.base_value),
        current_value=scaled(case.current_value),
        target=scaled(case.target),
    )
    one, two = judge(method, case), judge(method, other)
    if method == "weather" and case.target is None:
        assert one.status == two.status
    elif one.value is not None and two.value is not None:
        assert two.value == pytest.approx(one.value, rel=1e-6, abs=1e-9)


@given(cases(target=True), st.sampled_from(METHODS))
def test_the_sign_trap_for_any_numbers(case: Case, method: str) -> None:
    if case.base_met and not case.met:
        assert judge(method, case).mark == "late"
