"""Forecasts of short series: what must hold whatever the numbers are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.progress.forecast import Bounds, Forecast, forecast, forecast_many

VALUES = st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=4, max_size=14)
POSITIVE = st.lists(st.floats(0.01, 1e6).map(lambda x: round(x, 3)), min_size=4, max_size=14)
LEVELS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])


def about(values: Any, like: list[float]) -> Any:
    size = max(map(abs, like)) or 1.0
    return pytest.approx(values, rel=1e-6, abs=1e-6 * size)


@settings(max_examples=40, deadline=None)
@given(VALUES | POSITIVE, st.integers(1, 12))
def test_bands_are_nested_and_never_narrow(values: list[float], horizon: int) -> None:
    made = forecast(values, horizon)
    quantiles = made.quantile(LEVELS)
    assert quantiles.shape == (7, horizon)
    assert np.isfinite(quantiles).all()
    size = np.abs(quantiles).max() + 1
    assert (np.diff(quantiles, axis=0) >= -1e-9 * size).all()
    for level in (0.5, 0.8, 0.95):
        low, high = made.band(level)
        assert (np.diff(high - low) >= -1e-9 * size).all()


@settings(max_examples=40, deadline=None)
@given(VALUES | POSITIVE, st.sampled_from([1e-3, 0.7, 10.0, 1e4]))
def test_another_unit_tells_the_same(values: list[float], unit: float) -> None:
    plain = forecast(values, 4)
    scaled = forecast([value * unit for value in values], 4)
    assert scaled.quantile(LEVELS) / unit == about(plain.quantile(LEVELS), values)


@settings(max_examples=40, deadline=None)
@given(VALUES | POSITIVE, st.floats(0.01, 0.99), st.integers(1, 5))
def test_cdf_undoes_quantile(values: list[float], q: float, h: int) -> None:
    made = forecast(values, 5)
    if made.scale[h - 1] > 1e-6 * max(map(abs, values)):
        assert made.cdf(h, float(made.quantile(q)[h - 1])) == pytest.approx(q, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 100).map(lambda x: round(x, 2)), min_size=4, max_size=12), st.floats(0.001, 0.999)
)
def test_a_share_stays_a_share(values: list[float], q: float) -> None:
    made = forecast(values, 8, bounds=Bounds(low=0, high=100)).quantile(q)
    assert (made >= 0).all()
    assert (made <= 100).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=4, max_size=12), st.floats(0.001, 0.999))
def test_a_cumulative_count_never_falls(steps: list[int], q: float) -> None:
    values = list(np.cumsum(steps))
    made = forecast(values, 6, bounds=Bounds(low=0, integer=True, monotone=True))
    path = made.quantile(q)
    assert (np.diff(path) >= 0).all()
    assert path[0] >= values[-1]
    assert (path == np.round(path)).all()
    draws = made.draws(50, 3)
    assert (np.diff(draws, axis=1) >= 0).all()
    assert (draws[:, 0] >= values[-1]).all()


@pytest.mark.parametrize(
    "bounds", [Bounds(), Bounds(low=0, high=100), Bounds(low=0, integer=True, monotone=True)]
)
def test_draws_follow_the_distribution_of_each_year(bounds: Bounds) -> None:
    made = forecast([40, 46, 51, 60, 66, 70], 5, bounds=bounds)
    draws = made.draws(40_000, seed=5)
    assert draws.shape == (40_000, 5)
    for h in range(1, 6):
        for x in made.quantile(LEVELS)[:, h - 1]:
            assert (draws[:, h - 1] <= x).mean() == pytest.approx(made.cdf(h, float(x)), abs=0.012)


def test_draws_go_together_more_in_years_that_are_near() -> None:
    draws = forecast([40, 46, 51, 60, 66, 70], 5).draws(20_000, seed=1)
    related = np.corrcoef(draws.T)
    assert 1 > related[3, 4] > related[1, 4] > related[0, 4] > 0.1


def test_the_same_seed_gives_the_same_paths() -> None:
    first, second = (forecast([1, 2, 4, 5, 9], 3).draws(20, 7) for _ in range(2))
    assert (first == second).all()


@settings(max_examples=20, deadline=None)
@given(st.lists(VALUES | POSITIVE, min_size=1, max_size=6))
def test_many_are_forecast_as_one_by_one(series: list[list[float]]) -> None:
    for values, together in zip(series, forecast_many(series, 3), strict=True):
        assert together.quantile(LEVELS) == about(forecast(values, 3).quantile(LEVELS), values)


def test_a_straight_line_goes_on_and_a_constant_stays() -> None:
    line = forecast([10.0 + 2 * t for t in range(20)], 3).median
    assert ((line > 48.5) & (line < 56)).all()
    flat = forecast([7.0] * 6, 3)
    assert flat.median == pytest.approx([7, 7, 7], rel=0.02)
    low, high = flat.band(0.8)
    assert (low < 7).all()
    assert (high > 7).all()
    assert any("相同" in note.zh for note in flat.notes)


def test_zeros_say_that_nothing_is_known_of_their_unrest() -> None:
    made = forecast([0, 0, 0, 0], 2)
    assert (made.median == 0).all()
    assert made.cdf(1, 0) == 1
    assert made.cdf(1, -1) == 0
    assert any("零" in note.zh for note in made.notes)


def test_a_horizon_beyond_what_was_learned_is_marked() -> None:
    assert not any("外推" in note.zh for note in forecast([1, 2, 3, 5], 10).notes)
    assert any("外推" in note.zh for note in forecast([1, 2, 3, 5], 11).notes)


@pytest.mark.parametrize(
    ("values", "horizon", "bounds", "code"),
    [
        ([1, 2, 3], 3, Bounds(), "forecast-too-short"),
        ([], 3, Bounds(), "forecast-too-short"),
        ([1, 2, float("nan"), 4], 3, Bounds(), "forecast-not-finite"),
        ([1, 2, float("inf"), 4], 3, Bounds(), "forecast-not-finite"),
        ([1, 2, 1e200, 4], 3, Bounds(), "forecast-not-finite"),
        ([1, 2, 3, 4], 0, Bounds(), "forecast-horizon"),
        ([1, 2, 3, 4], 51, Bounds(), "forecast-horizon"),
        ([1, 2, 3, 101], 3, Bounds(high=100), "forecast-out-of-bounds"),
        ([1, 2, 1, 4], 3, Bounds(monotone=True), "forecast-out-of-bounds"),
        ([1, 2.5, 3, 4], 3, Bounds(integer=True), "forecast-out-of-bounds"),
    ],
)
def test_what_cannot_be_forecast_is_refused(
    values: list[float], horizon: int, bounds: Bounds, code: str
) -> None:
    with pytest.raises(KechuangError) as caught:
        forecast(values, horizon, bounds=bounds)
    assert caught.value.code == code
    assert caught.value.remedy is not None


def test_limits_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(KechuangError, match="下限"):
        Bounds(low=5, high=5)


@pytest.mark.parametrize("level", [0, 1, 1.2, -0.1])
def test_a_band_needs_a_probability(level: float) -> None:
    made: Forecast = forecast([1, 2, 3, 4], 2)
    with pytest.raises(KechuangError) as caught:
        made.band(level)
    assert caught.value.code == "forecast-probability"
