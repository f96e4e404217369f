"""Accuracy and calibration on series of the M3 competition (their odd half was learned from: the documentation
has the figures of series left out)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def forecasts(root: Path, shared: Path) -> Any:
    """The benchmark's own reader and measures."""
    sys.path.insert(0, str(root))
    try:
        from benchmarks import forecasts as module
    finally:
        sys.path.remove(str(root))
    return module, module.read_competition(shared / "data" / "mcomp" / "m3_yearly_odd.csv")


@pytest.mark.parametrize(("points", "best"), [(None, 0.83), (10, 0.88), (7, 0.92), (5, 0.94)])
def test_accuracy_and_coverage_at_each_length(forecasts: Any, points: int | None, best: float) -> None:
    module, competition = forecasts
    series = competition.cut(points)
    told = module.ours(series, 6)
    own = competition.owa(told.point)
    assert own < best
    assert own < min(competition.owa(part) for part in module.parts_of_ours(series, 6).values())
    for level in (50, 80, 95):
        assert competition.coverage(told.bands[level]) == pytest.approx(level / 100, abs=0.03)


def test_measures_are_those_of_the_m4_competition(forecasts: Any) -> None:
    module, _ = forecasts
    tiny = module.Competition([np.array([1.0, 2.0, 4.0])], np.array([[4.0, 8.0]]))
    smape, mase = tiny.errors(np.array([[4.0, 4.0]]))
    assert smape == pytest.approx((0 + 200 * 4 / 12) / 2)
    assert mase == pytest.approx((0 + 4) / 2 / 1.5)
    assert tiny.owa(np.array([[4.0, 4.0]])) == pytest.approx(1)
    assert tiny.msis((np.array([[3.0, 3.0]]), np.array([[5.0, 5.0]])), 95) == pytest.approx(
        (2 + 2 + 40 * 3) / 2 / 1.5
    )
