"""The linear maps against the recursions they stand for, and identities published for theta."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.progress.forecast.members import averaged, moves_by_ratio, steadiness
from kechuang.progress.forecast.smoothing import (
    ALPHAS,
    BETAS,
    PHIS,
    THETAS,
    damped_maps,
    simple_maps,
    theta_maps,
)

SERIES = st.lists(st.floats(-1e3, 1e3), min_size=6, max_size=12).map(np.array)


def place(alpha: float, theta: float) -> int:
    """Where a pair stands on the grid of theta."""
    same = (np.repeat(ALPHAS, len(THETAS)) == alpha) & (np.tile(THETAS, len(ALPHAS)) == theta)
    return int(np.flatnonzero(same)[0])


@settings(max_examples=25, deadline=None)
@given(SERIES, st.integers(0, 19))
def test_simple_smoothing_is_its_recursion_from_the_best_level(values: np.ndarray, at: int) -> None:
    maps, alpha = simple_maps(len(values), 3), np.linspace(0.05, 1.0, 20)[at]
    residuals = maps.residuals[at] @ values
    level = values[0] - residuals[0]
    for value, residual in zip(values, residuals, strict=True):
        assert residual == pytest.approx(value - level, abs=1e-6)
        level += alpha * (value - level)
    assert maps.ahead[at] @ values == pytest.approx([level] * 3, abs=1e-6)

    def squares(start: float) -> float:
        total, own = 0.0, start
        for value in values:
            total += (value - own) ** 2
            own += alpha * (value - own)
        return total

    best = squares(values[0] - residuals[0])
    assert best <= squares(values[0] - residuals[0] + 0.5) + 1e-6
    assert best <= squares(values[0] - residuals[0] - 0.5) + 1e-6


@settings(max_examples=25, deadline=None)
@given(SERIES, st.integers(0, 249))
def test_damped_trend_forecasts_go_on_as_its_equations_say(values: np.ndarray, at: int) -> None:
    phi = np.repeat(PHIS, len(ALPHAS) * len(BETAS))[at]
    steps = np.diff(damped_maps(len(values), 6).ahead[at] @ values)
    assert steps[1:] == pytest.approx(phi * steps[:-1], abs=1e-6)


@pytest.mark.parametrize("alpha", range(len(ALPHAS)))
def test_theta_of_one_is_simple_smoothing_from_the_third_point(alpha: int) -> None:
    """Fiorucci et al. (2016): with theta = 1 the model is simple exponential smoothing."""
    values = np.array([3.0, 5.0, 4.0, 8.0, 7.0, 9.0, 12.0])
    at = place(float(ALPHAS[alpha]), 1.0)
    residuals = theta_maps(len(values), 2).residuals[at] @ values
    ahead = theta_maps(len(values), 2).ahead[at] @ values
    level = values[2] - residuals[0]
    for value, residual in zip(values[2:], residuals, strict=True):
        assert residual == pytest.approx(value - level, abs=1e-6)
        level += ALPHAS[alpha] * (value - level)
    assert ahead == pytest.approx([level, level], abs=1e-6)


def test_theta_of_two_with_full_smoothing_drifts_by_half_the_slope() -> None:
    """Hyndman and Billah (IJF 19, 2003): theta is simple smoothing with a drift of half the slope of the trend."""
    values = np.array([10.0, 13.0, 15.0, 20.0, 19.0, 26.0])
    slope = np.polyfit(np.arange(6), values, 1)[0]
    at = place(1.0, 2.0)
    ahead = theta_maps(6, 1).ahead[at] @ values
    assert ahead[0] == pytest.approx(values[-1] + slope / 2, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(SERIES, st.floats(-1e4, 1e4))
def test_another_origin_moves_averaged_forecasts_by_as_much(values: np.ndarray, shift: float) -> None:
    for make in (simple_maps, damped_maps, theta_maps):
        maps = make(len(values), 4)
        plain, moved = (averaged(row[None], maps, 0.7)[0] for row in (values, values + shift))
        assert moved - shift == pytest.approx(plain, abs=1e-5 * (abs(shift) + np.abs(values).max() + 1))


def test_a_line_without_noise_is_followed_by_theta_and_damped_trend() -> None:
    line = np.array([[5.0 + 3 * t for t in range(12)]])
    assert averaged(line, damped_maps(12, 2), 0.7)[0] == pytest.approx([41, 44], rel=0.03)
    assert averaged(line, theta_maps(12, 2), 0.7)[0] == pytest.approx([41, 44], rel=0.03)


def test_what_moves_by_ratio_is_positive_and_without_tenfold_jumps() -> None:
    rows = np.array([[1, 2, 3, 4], [1, 2, 0, 4], [1, 2, -3, 4], [1, 2, 30, 40.0], [1, 2, 15, 60]])
    assert list(moves_by_ratio(rows)) == [True, False, False, False, True]


def test_steadiness_is_of_the_change_against_its_deviation() -> None:
    rows = np.array([[1.0, 2, 3, 4, 5], [1, 3, 3, 5, 5], [2, 2, 2, 2, 2], [1, 2, 1, 2, 1]])
    found = steadiness(rows)
    assert found[0] > 1e6
    assert found[1:] == pytest.approx([1, 0, 0])
