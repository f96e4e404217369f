"""Probabilities of single goals and of all together."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.progress.outlook.attainment import attained, frechet, met, pooled_correlation, together
from kechuang.progress.outlook.chances import dots, frequency, percentage
from kechuang.progress.schedule import Goal

CHANCES = st.lists(st.floats(0, 1), min_size=1, max_size=8)
GOALS = st.builds(
    Goal,
    st.sampled_from([">=", ">", "<=", "<", "=", "~", "range"]),
    st.floats(-1000, 1000),
    st.one_of(st.none(), st.floats(-1000, 1000)),
    st.booleans(),
)


@given(GOALS, st.lists(st.floats(-2000, 2000), min_size=1, max_size=20))
def test_draws_meet_a_goal_exactly_where_a_single_figure_does(goal: Goal, values: list[float]) -> None:
    values = [*values, goal.value, goal.upper]
    assert met(goal, np.array(values)).tolist() == [goal.met(value) for value in values]


def test_the_normal_case_has_its_textbook_probability() -> None:
    draws = np.random.default_rng(3).normal(10, 2, (200_000, 1))
    for goal, chance in (
        (Goal(">=", 12), 1 - NormalDist(10, 2).cdf(12)),
        (Goal("<=", 9, up=False), NormalDist(10, 2).cdf(9)),
        (Goal("range", 9, 12), NormalDist(10, 2).cdf(12) - NormalDist(10, 2).cdf(9)),
    ):
        assert attained(goal, draws) == pytest.approx(chance, abs=0.005)


def test_every_year_is_harder_than_the_last_one() -> None:
    draws = np.random.default_rng(3).normal(10, 2, (50_000, 3))
    assert attained(Goal(">=", 9), draws, every=True) == pytest.approx(
        (1 - NormalDist(10, 2).cdf(9)) ** 3, abs=0.01
    )


@given(CHANCES, st.floats(0, 0.95))
def test_all_together_lies_within_the_frechet_bounds(chances: list[float], correlation: float) -> None:
    low, high = frechet(chances)
    assert low - 1e-9 <= together(chances, correlation) <= high + 1e-9


@given(st.lists(st.floats(0.02, 0.98), min_size=2, max_size=6), st.floats(0.05, 0.9))
def test_what_hangs_together_is_met_together_more_often(chances: list[float], correlation: float) -> None:
    assert together(chances, correlation) >= together(chances, 0) - 1e-6
    assert together(chances, 0) == pytest.approx(float(np.prod(chances)))


@pytest.mark.parametrize("rho", [0.1, 0.3, 0.5, 0.8])
def test_two_even_chances_have_sheppards_orthant_probability(rho: float) -> None:
    """W. F. Sheppard 1899: P(both above their median) = ¼ + arcsin ρ ⁄ 2π."""
    assert together([0.5, 0.5], rho) == pytest.approx(0.25 + np.arcsin(rho) / (2 * np.pi), abs=1e-4)


def test_correlation_is_drawn_to_the_prior_and_never_below_zero() -> None:
    rising = {
        year: float(value)
        for year, value in zip(range(2015, 2025), [1, 3, 2, 5, 4, 7, 5, 8, 9, 7], strict=True)
    }
    falling = {year: -value for year, value in rising.items()}
    assert pooled_correlation([rising], 0.3, 20) == pytest.approx(0.3)
    assert pooled_correlation([rising, rising], 0.3, 20) == pytest.approx((9 + 6) / 29)
    assert pooled_correlation([rising, falling], 0.3, 1) == 0


@given(st.floats(0, 1))
def test_no_chance_is_ever_told_as_nothing_or_certainty(chance: float) -> None:
    assert percentage(chance) not in ("0%", "100%")
    assert 0 <= dots(chance) <= 10
    for language in ("zh", "en"):
        said = frequency(chance).text(language)
        assert "{" not in said
        assert "10次有10次" not in said
        assert "10次有0次" not in said
        assert "100次有0次" not in said
        assert "100次有100次" not in said
