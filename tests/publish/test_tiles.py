"""The tile map: every place one square of its own, near where it lies, always the same."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.publish.tiles import projected, tiles

POINTS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=4),
    st.tuples(st.floats(70, 80), st.floats(36, 42)),
    min_size=1,
    max_size=25,
)


@given(POINTS)
def test_every_place_has_a_square_of_its_own(points: dict[str, tuple[float, float]]) -> None:
    codes = list(points)
    found = tiles(codes, points)
    assert set(found) == set(codes)
    assert len(set(found.values())) == len(codes)
    assert min(column for column, _ in found.values()) == min(row for _, row in found.values()) == 1
    assert tiles(codes, points) == found


def test_a_grid_of_places_stays_a_grid() -> None:
    points = {f"{x}{y}": (float(x), float(y)) for x in range(3) for y in range(3)}
    found = tiles(list(points), points)
    assert all(found[f"{x}{y}"] == (x + 1, 3 - y) for x in range(3) for y in range(3))


def test_without_points_places_stand_in_their_order() -> None:
    assert tiles(["a", "b", "c"], {"a": (1.0, 2.0)}) == {"a": (1, 1), "b": (2, 1), "c": (1, 2)}


@given(POINTS)
def test_a_projection_keeps_order_and_margin(points: dict[str, tuple[float, float]]) -> None:
    found = projected(points, 600, 400, 50)
    assert all(49 <= x <= 551 and 49 <= y <= 351 for x, y in found.values())
    for one, other in combinations(points, 2):
        if points[one][1] > points[other][1]:
            assert found[one][1] <= found[other][1] + 0.2  # north is up


def test_a_single_place_stands_in_the_middle() -> None:
    assert projected({"a": (75.0, 39.0)}, 600, 400, 50)["a"] == pytest.approx((300, 200))
