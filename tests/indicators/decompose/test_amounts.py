"""Sharing out, rounding, paths and two-way tables: what holds for any input, and hand-worked cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.indicators.decompose.balance import least_change, share_out
from kechuang.indicators.decompose.biproportion import to_totals
from kechuang.indicators.decompose.paths import SHAPES, path
from kechuang.indicators.decompose.rounding import in_steps, mean_in_steps

weights = st.lists(st.integers(0, 20).map(float) | st.floats(1e-3, 1e4), min_size=1, max_size=12)


@st.composite
def bounded(draw: st.DrawFn) -> tuple[Any, Any, Any, float]:
    given_weights = np.array(draw(weights))
    assume(given_weights.max() > 0)
    count = len(given_weights)
    ends = np.array(
        draw(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=count, max_size=count))
    )
    low, high = ends.min(axis=1).astype(float), ends.max(axis=1).astype(float)
    least = np.where(given_weights > 0, low, np.clip(0, low, high)).sum()
    most = np.where(given_weights > 0, high, np.clip(0, low, high)).sum()
    return given_weights, low, high, float(draw(st.floats(float(least), float(max(most, least)))))


@given(bounded())
def test_what_is_shared_out_adds_up_within_bounds_and_in_proportion(case: Any) -> None:
    given_weights, low, high, total = case
    found = share_out(total, given_weights, low, high)
    assert found.sum() == pytest.approx(total, rel=1e-9, abs=1e-9)
    assert (found >= low - 1e-9).all() and (found <= high + 1e-9).all()
    free = (found > low + 1e-6) & (found < high - 1e-6) & (given_weights > 0)
    if free.sum() > 1:
        rates = found[free] / given_weights[free]
        assert rates == pytest.approx(np.full(len(rates), rates[0]), rel=1e-6)


@given(bounded(), st.data())
def test_the_least_change_is_the_least(case: Any, data: st.DataObject) -> None:
    """No other amounts within the bounds that add up are nearer: tried against moves between two of them."""
    start, low, high, total = case
    freedom = start + 1.0
    assume(low.sum() <= total <= high.sum())
    found = least_change(start, total, freedom=freedom, low=low, high=high)
    assert found.sum() == pytest.approx(total, rel=1e-9, abs=1e-9)

    def far(values: Any) -> float:
        return float(((values - start) ** 2 / freedom).sum())

    one, two = (data.draw(st.integers(0, len(start) - 1)) for _ in range(2))
    moved = found.copy()
    step = data.draw(st.floats(-5, 5))
    moved[one] += step
    moved[two] -= step
    if (moved >= low).all() and (moved <= high).all():
        assert far(found) <= far(moved) + 1e-6


def test_the_least_change_against_a_solver() -> None:
    from scipy.optimize import minimize

    start, each = np.array([4.0, 9.0, 2.0, 7.0]), np.array([1.0, 0.5, 2.0, 1.0])
    low, high = np.array([3.0, 0, 0, 6.5]), np.array([20.0, 9.5, 3.0, 8.0])
    found = least_change(start, 30.0, coefficients=each, freedom=start, low=low, high=high)
    best = minimize(
        lambda x: ((x - start) ** 2 / start).sum(),
        start,
        bounds=list(zip(low, high, strict=True)),
        constraints={"type": "eq", "fun": lambda x: each @ x - 30.0},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert found == pytest.approx(best.x, abs=1e-4)


def test_what_cannot_be_is_refused_with_the_sums_there_are() -> None:
    with pytest.raises(KechuangError) as refused:
        share_out(100, [1, 1], high=[20, 30])
    assert refused.value.code == "allocation-infeasible" and "50" in refused.value.message.zh
    with pytest.raises(KechuangError) as crossed:
        share_out(10, [1, 1], low=[5, 6], high=[5, 4])
    assert crossed.value.code == "allocation-bounds"
    for bad in ([0, 0], [1, -1], [float("nan"), 1]):
        with pytest.raises(KechuangError) as weights_refused:
            share_out(10, bad)
        assert weights_refused.value.code == "allocation-weights"


@given(weights, st.integers(0, 3))
def test_rounding_keeps_the_total_and_moves_less_than_a_step(values: list[float], decimals: int) -> None:
    given_values = np.array(values)
    total = round(float(given_values.sum()), decimals)
    found = in_steps(given_values, total, decimals=decimals)
    step = 10.0**-decimals
    assert found.sum() == pytest.approx(total, rel=1e-9, abs=1e-6 * step)
    assert (np.abs(found - given_values) < step * (1 + 1e-4) + 1e-6).all()
    assert np.allclose(found / step, np.rint(found / step), atol=1e-4)


def test_the_largest_remainder_by_hand() -> None:
    """Balinski and Young's house of 26 (Fair Representation, 1982, appendix A): Hamilton's apportionment."""
    population = np.array([9061, 7179, 5259, 3319, 1182])
    assert in_steps(26 * population / population.sum(), 26).tolist() == [9, 7, 5, 4, 1]


def test_a_total_that_is_not_whole_is_refused() -> None:
    with pytest.raises(KechuangError) as refused:
        in_steps([1.2, 1.3], 2.5)
    assert refused.value.code == "allocation-not-whole"


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 100)), min_size=1, max_size=10),
    st.integers(1, 3),
    st.booleans(),
)
def test_rounded_ratios_are_not_short_of_the_plan(
    cases: list[tuple[float, float]], decimals: int, up: bool
) -> None:
    values, each = np.array(cases).T
    goal = float(values @ each / each.sum())
    found = mean_in_steps(values, each, goal, decimals=decimals, up=up)
    mean = float(found @ each / each.sum())
    sign = 1 if up else -1
    assert sign * (mean - goal) >= -1e-6
    assert (np.abs(found - values) <= 10.0**-decimals * 1.001).all()


@given(
    st.lists(st.tuples(st.floats(0.1, 1e4), st.floats(0.1, 1e4)), min_size=1, max_size=5),
    st.integers(1, 8),
    st.sampled_from(SHAPES),
)
def test_a_path_arrives_and_never_turns_back(ends: list[tuple[float, float]], years: int, shape: Any) -> None:
    first, last = np.array(ends).T
    found = path(first, last, years, shape)
    assert found.shape == (len(ends), years)
    assert found[:, -1].tolist() == last.tolist()
    steps = np.diff(np.concatenate([first[:, None], found], axis=1), axis=1)
    assert (steps * np.sign(last - first)[:, None] >= -1e-9 * np.maximum(first, last)[:, None]).all()


def test_paths_refuse_what_they_cannot_be() -> None:
    with pytest.raises(KechuangError) as growth:
        path(np.array([0.0]), np.array([4.0]), 3, "growth")
    assert growth.value.code == "path-growth"
    with pytest.raises(KechuangError) as steps:
        path(np.array([0.0]), np.array([4.0]), 3, "steps", [4])
    assert steps.value.code == "path-steps"


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.integers(1, 5).flatmap(
            lambda m: st.tuples(
                st.lists(st.floats(0.1, 100), min_size=n * m, max_size=n * m).map(
                    lambda x: np.array(x).reshape(n, m)
                ),
                st.lists(st.floats(0.1, 100), min_size=n, max_size=n).map(np.array),
                st.lists(st.floats(0.1, 100), min_size=m, max_size=m).map(np.array),
            )
        )
    )
)
def test_a_table_meets_its_totals_and_keeps_its_pattern(case: Any) -> None:
    """Totals and cross-product ratios together leave one table only (Fienberg 1970)."""
    table, rows, columns = case
    columns = columns * rows.sum() / columns.sum()
    found = to_totals(table, rows, columns)
    assert found.sum(axis=1) == pytest.approx(rows, rel=1e-9)
    assert found.sum(axis=0) == pytest.approx(columns, rel=1e-9)
    patterns = [one - one[:1] - one[:, :1] + one[:1, :1] for one in (np.log(found), np.log(table))]
    assert patterns[0] == pytest.approx(patterns[1], abs=1e-6)


def test_tables_that_cannot_meet_their_totals() -> None:
    with pytest.raises(KechuangError) as differ:
        to_totals([[1, 2]], [3], [1, 3])
    assert differ.value.code == "totals-differ"
    with pytest.raises(KechuangError) as zeros:
        to_totals([[1, 0], [0, 1]], [3, 3], [1, 5])
    assert zeros.value.code == "totals-unreachable"
    with pytest.raises(KechuangError) as negative:
        to_totals([[1, -1]], [0], [1, -1])
    assert negative.value.code == "totals-negative"
