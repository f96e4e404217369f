"""LMDI and Shapley: published numbers, and the identities their papers prove."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.indicators.decompose.changes import ratio_change, shared_change, total_change
from kechuang.indicators.decompose.factors import lmdi, log_mean, ratios, shapley

#: M. K. Heun and P. E. Brockway, Applied Energy 251 (2019), supplement S3, and the tests of its package LMDIR:
#: two parts, three factors, 1971–1974; what each factor of each part did from year to year.
HEUN = {
    1971: [[1, 10, 2], [4, 5, 3]],
    1972: [[4, 5, 3], [5, 6, 4]],
    1973: [[8, 2, 4], [5, 7, 5]],
    1974: [[10, 1, 5], [6, 8, 6]],
}
HEUN_EFFECTS = {
    1972: [[50.47438029, -25.23719014, 14.76280986], [19.31568569, 15.78206435, 24.90224996]],
    1973: [[42.96021467, -56.79031473, 17.83010006], [0, 22.47128816, 32.52871184]],
    1974: [[12.6549815, -39.30996299, 12.6549815], [41.35566084, 30.28867832, 41.35566084]],
}
HEUN_INDICES = {
    1972: [1.761117821, 0.926191306, 1.379410116],
    1973: [1.229284572, 0.847970248, 1.273773912],
    1974: [1.208140223, 0.968911503, 1.208140223],
}


@pytest.mark.parametrize("year", [1972, 1973, 1974])
def test_published_effects_and_indices(year: int) -> None:
    before, after = np.array(HEUN[year - 1]).T, np.array(HEUN[year]).T
    effects = lmdi(before, after)
    np.testing.assert_allclose(effects.T, HEUN_EFFECTS[year], atol=5e-8)
    whole = float(before.prod(axis=0).sum()), float(after.prod(axis=0).sum())
    np.testing.assert_allclose(ratios(effects.sum(axis=1), *whole), HEUN_INDICES[year], atol=5e-9)


#: B. W. Ang, F. Q. Zhang and K.-H. Choi, Energy 23 (1998), table 2: the limits where a zero stands.
ZEROS = [
    ((0, 1), (6, 7), (42, 0)),  # the factor appears, and with it the part
    ((6, 7), (0, 1), (-42, 0)),
    ((6, 0), (5, 0), (0, 0)),
    ((6, 0), (0, 0), (0, 0)),
    ((0, 0), (5, 0), (0, 0)),
    ((0, 0), (0, 0), (0, 0)),
    ((0, 0), (6, 7), (21, 21)),  # both appear: one limit for both
]


@pytest.mark.parametrize(("before", "after", "expected"), ZEROS)
def test_published_limits_at_zero(before: Any, after: Any, expected: Any) -> None:
    found = lmdi(np.array(before, float)[:, None], np.array(after, float)[:, None])
    assert found[:, 0].tolist() == list(expected)
    # And they are what tiny numbers tend to.
    tiny = [np.where(np.array(side, float) == 0, 1e-150, side)[:, None] for side in (before, after)]
    near = lmdi(*tiny)
    assert near[:, 0] == pytest.approx(np.array(expected, float), abs=1.0)


amounts = st.floats(1e-6, 1e6) | st.integers(0, 50).map(float)
counts = st.integers(1, 6)


@st.composite
def factors(draw: st.DrawFn, number: Any = amounts, most: int = 4) -> tuple[Any, Any]:
    shape = draw(st.integers(1, most)), draw(counts)
    make = st.lists(number, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
    return tuple(np.array(draw(make)).reshape(shape) for _ in range(2))  # type: ignore[return-value]


def close(found: Any, expected: Any, size: float) -> None:
    assert np.allclose(found, expected, rtol=1e-9, atol=1e-9 * max(size, 1e-12)), (found, expected)


@given(factors())
def test_lmdi_leaves_nothing_over_and_runs_back(both: tuple[Any, Any]) -> None:
    before, after = both
    v0, vt = before.prod(axis=0), after.prod(axis=0)
    size = float(np.maximum(v0, vt).sum())
    found = lmdi(before, after)
    close(found.sum(axis=0), vt - v0, size)
    close(lmdi(after, before), -found, size)
    if v0.sum() > 0 and vt.sum() > 0:
        indices = ratios(found.sum(axis=1), float(v0.sum()), float(vt.sum()))
        assert float(np.prod(indices)) == pytest.approx(float(vt.sum() / v0.sum()), rel=1e-7)


@given(factors(), st.data())
def test_lmdi_is_consistent_in_aggregation(both: tuple[Any, Any], data: st.DataObject) -> None:
    """The effects of a group, worked out alone, are what it has in the whole."""
    before, after = both
    cut = data.draw(st.integers(0, before.shape[1]))
    whole = lmdi(before, after)
    size = float(np.abs(whole).sum())
    for part in (slice(0, cut), slice(cut, None)):
        close(lmdi(before[:, part], after[:, part]), whole[:, part], size)


@given(factors(st.floats(-1e3, 1e3)))
def test_shapley_leaves_nothing_over_below_zero_too(both: tuple[Any, Any]) -> None:
    before, after = both
    found = shapley(before, after)
    size = float(np.prod(np.maximum(np.abs(before), np.abs(after)), axis=0).sum())
    close(found.sum(axis=0), after.prod(axis=0) - before.prod(axis=0), size)
    close(shapley(after, before), -found, size)


def test_shapley_of_two_factors_is_suns_formula() -> None:
    """J. W. Sun (1998): Δx·y + Δx·Δy/2."""
    found = shapley([[3.0], [5.0]], [[4.0], [9.0]])
    assert found[:, 0].tolist() == [1 * 5 + 1 * 4 / 2, 4 * 3 + 1 * 4 / 2]


@given(amounts, amounts)
def test_the_logarithmic_mean_lies_between(a: float, b: float) -> None:
    mean = float(log_mean(a, b))
    assert mean == float(log_mean(b, a))
    if min(a, b) == 0:
        assert mean == 0
    else:
        assert np.sqrt(a) * np.sqrt(b) * (1 - 1e-12) <= mean <= (a + b) / 2 * (1 + 1e-12)


def test_negative_numbers_are_refused_by_name() -> None:
    with pytest.raises(KechuangError) as refused:
        lmdi([[1.0], [-2.0]], [[1.0], [2.0]])
    assert refused.value.code == "decompose-negative"
    with pytest.raises(KechuangError) as none:
        ratios([1.0], 0.0, 1.0)
    assert none.value.code == "decompose-no-ratio"


# -- totals and ratios by parts -------------------------------------------------------------------------


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=8))
def test_the_parts_of_a_total_make_up_its_change(pairs: list[tuple[float, float]]) -> None:
    before, after = np.array(pairs).T
    found = total_change(before, after)
    size = float(np.abs(np.array(pairs)).sum())
    close(found.change.sum(), found.after - found.before, size)
    if found.after != found.before:
        close(found.share * (found.after - found.before), found.change, size)


money = st.integers(0, 1000).map(float) | st.floats(1e-3, 1e5)


@st.composite
def two_sides(draw: st.DrawFn, number: Any = money) -> tuple[Any, Any, Any, Any]:
    count = draw(st.integers(1, 8))
    return tuple(np.array(draw(st.lists(number, min_size=count, max_size=count))) for _ in range(4))  # type: ignore[return-value]


@given(two_sides(), st.sampled_from(["lmdi", "shapley"]))
def test_the_effects_of_a_ratio_make_up_its_change(sides: Any, method: Any) -> None:
    """Also where a county appears, disappears, or has a numerator and no denominator."""
    n0, nt, d0, dt = sides
    if not (d0.sum() > 0 and dt.sum() > 0):
        with pytest.raises(KechuangError) as refused:
            ratio_change((n0, nt), (d0, dt), method=method)
        assert refused.value.code == "decompose-no-denominator"
        return
    found = ratio_change((n0, nt), (d0, dt), factor=100, method=method)
    # Numbers are rounded at the size of the steepest county, however small its share makes it in the end.
    steep = [
        100 * n / d for above, below in ((n0, d0), (nt, dt)) for n, d in zip(above, below, strict=True) if d
    ]
    size = max(found.before, found.after, *steep)
    close(found.change.sum(), found.after - found.before, size)
    close(found.change, 100 * (nt / dt.sum() - n0 / d0.sum()), size)
    close(found.structure_relative.sum(), found.structure.sum(), size)
    if found.ratios is not None:
        assert float(np.prod(found.ratios)) == pytest.approx(found.after / found.before, rel=1e-6)
    back = ratio_change((nt, n0), (dt, d0), factor=100, method=method)
    close(back.intensity, -found.intensity, size)
    close(back.structure, -found.structure, size)


@given(two_sides(st.floats(-1e4, 1e4)))
def test_below_zero_the_other_method_is_taken_and_named(sides: Any) -> None:
    n0, nt, d0, dt = sides
    d0, dt = np.abs(d0) + 1, np.abs(dt) + 1
    found = ratio_change((n0, nt), (d0, dt))
    assert found.method == ("lmdi" if min(n0.min(), nt.min()) >= 0 else "shapley")
    close(
        found.change.sum(), found.after - found.before, max(float(np.abs(n0).sum()), float(np.abs(nt).sum()))
    )
    if found.method == "shapley":
        with pytest.raises(KechuangError):
            ratio_change((n0, nt), (d0, dt), method="lmdi")


def test_a_county_that_appears_is_structure_and_one_without_activity_is_intensity() -> None:
    found = ratio_change(([10, 0, 0], [10, 6, 5]), ([50, 0, 50], [50, 50, 50]))
    assert found.structure[1] == pytest.approx(6 / 150) and found.intensity[1] == 0
    assert found.intensity[2] == pytest.approx(5 / 150) and found.structure[2] == 0


def test_a_county_without_a_denominator_is_not_divided() -> None:
    found = ratio_change(([10, 4], [10, 6]), ([50, 0], [50, 0]))
    assert found.undivided.tolist() == pytest.approx([0, 2 / 50])


@given(two_sides())
def test_a_shared_denominator(sides: Any) -> None:
    n0, nt, d0, dt = sides
    whole = float(d0.sum()) + 1, float(dt.sum()) + 1
    found = shared_change((n0, nt), whole, factor=100)
    size = max(found.before, found.after)
    close(found.change, 100 * (nt / whole[1] - n0 / whole[0]), size)
    same = shared_change((n0, nt), (whole[0], whole[0]), factor=100)
    assert not same.denominator.any()
