"""Formulas over columns: on known cells they are what a row gives; on unknown ones they hold every case."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.formula import parse, row_function
from kechuang.formula.columns import Codes, Span, Value, evaluate

LEAVES = st.sampled_from(["a", "b", "c", "0", "1", "2", "0.5"])


def _join(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(parts, parts)
    return st.one_of(
        pair.map(lambda p: f"({p[0]} + {p[1]})"),
        pair.map(lambda p: f"({p[0]} - {p[1]})"),
        pair.map(lambda p: f"({p[0]} * {p[1]})"),
        pair.map(lambda p: f"({p[0]} / {p[1]})"),
        pair.map(lambda p: f"min({p[0]}, {p[1]})"),
        pair.map(lambda p: f"max({p[0]}, {p[1]})"),
        parts.map(lambda p: f"abs({p})"),
        parts.map(lambda p: f"-({p})"),
        parts.map(lambda p: f"round({p}, 1)"),
        st.tuples(parts, parts, parts).map(lambda p: f"({p[0]} if {p[1]} > {p[2]} else {p[1]})"),
    )


FORMULAS = st.recursive(LEAVES, _join, max_leaves=6)
CELLS = st.integers(-20, 20).map(lambda n: n / 4)


def over(source: str, cells: dict[str, list[float | None]]) -> Value:
    columns = {
        name: Span.cells(np.array([np.nan if cell is None else cell for cell in values], float), -5, 5)
        for name, values in cells.items()
    }
    with np.errstate(all="ignore"):
        return evaluate(parse(source), columns.get, lambda _: None)


@settings(max_examples=200)
@given(source=FORMULAS, cells=st.fixed_dictionaries(dict.fromkeys("abc", CELLS)))
def test_known_cells_give_what_a_row_gives(source: str, cells: dict[str, float]) -> None:
    expected = row_function(source, {"a", "b", "c"})(cells)
    found = over(source, {name: [value] for name, value in cells.items()})
    assert isinstance(found, Span)
    low, high = (float(np.broadcast_to(side, (1,))[0]) for side in (found.low, found.high))
    if expected is None or low != high:  # divided by zero: anything
        assert low <= high and (low != high or expected is None)
        return
    assert isinstance(expected, int | float)
    # A half that a float misses by a hair goes up here and down there.
    assert low == pytest.approx(expected, abs=1e-6) or ("round" in source and abs(low - expected) <= 0.3)


@settings(max_examples=200)
@given(
    source=FORMULAS.filter(lambda text: "round" not in text),
    cells=st.fixed_dictionaries({name: st.one_of(st.none(), CELLS) for name in "abc"}),
    data=st.data(),
)
def test_whatever_is_filled_in_lies_within_what_was_said(
    source: str, cells: dict[str, float | None], data: st.DataObject
) -> None:
    assume(None in cells.values())
    filled = {name: data.draw(CELLS) if value is None else value for name, value in cells.items()}
    before = over(source, {name: [value] for name, value in cells.items()})
    after = over(source, {name: [value] for name, value in filled.items()})
    assert isinstance(before, Span) and isinstance(after, Span)
    assert np.all(before.low <= after.low + 1e-6) and np.all(after.high <= before.high + 1e-6)


@pytest.mark.parametrize(
    ("source", "truth"),
    [
        ("a >= 0.35", 1),  # 135 / 100 − 1, which a float makes 0.35000000000000009
        ("a > 0.35", -1),
        ("a <= 0.35", 1),
        ("a == 0.35", 1),
        ("b > 0", 0),
        ("b >= -5", 1),
        ("a > 0 or b > 0", 1),
        ("a < 0 and b > 0", -1),
        ("not (b > 0)", 0),
        ("(1 if b > 0 else 1) == 1", 1),
        ("kind == 'x'", 1),
        ("kind != 'x'", -1),
        ("kind == 'z'", -1),
        ("none == 'x'", 0),
    ],
)
def test_truth_is_three_valued(source: str, truth: int) -> None:
    columns: dict[str, Value] = {
        "a": Span.point([135 / 100 - 1]),
        "b": Span.cells(np.array([np.nan]), -5, 5),
        "kind": Codes(np.array([0], np.int16), ("x", "y")),
        "none": Codes(np.array([-1], np.int16), ("x", "y")),
    }
    found: Any = evaluate(parse(source), columns.get, lambda _: None)
    assert np.broadcast_to(found, (1,)).tolist() == [truth]


@pytest.mark.parametrize(
    "source", ["is_null(a)", "t.x + 1", "sum(t.x)", "unknown_name", "a + 'x'", "not a", "a and a"]
)
def test_what_has_no_meaning_over_columns_is_refused(source: str) -> None:
    with pytest.raises(KechuangError):
        evaluate(parse(source), {"a": Span.point([1.0])}.get, lambda _: None)


def test_dates_move_by_years_and_leap_days_end_in_february() -> None:
    days = np.array(["2024-02-29", "2020-12-31"], "datetime64[D]").astype(float)
    found = evaluate(parse("add_years(d, 3)"), {"d": Span.point(days)}.get, lambda _: None)
    assert isinstance(found, Span)
    assert found.low.astype("datetime64[D]").astype(str).tolist() == ["2027-02-28", "2023-12-31"]
    years = evaluate(parse("year_of(d)"), {"d": Span.point(days)}.get, lambda _: None)
    assert isinstance(years, Span)
    assert years.low.tolist() == [2024.0, 2020.0]
