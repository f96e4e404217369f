"""One meaning on every engine: what a formula says of a row in Python, the engine says too."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.engine.backend import Backend, backend
from kechuang.engine.lower import lower
from kechuang.formula import grid, row_function
from kechuang.formula import tree as t
from kechuang.formula.writing import source

COLUMNS = {
    "a": "float64",
    "b": "float64",
    "n": "int64",
    "s": "string",
    "d": "date",
    "e": "date",
    "f": "boolean",
}
_number = st.none() | st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.5, -0.05, 0.25, 1e6]) | st.floats(-1e4, 1e4)
_day = st.none() | st.dates(date(1990, 1, 1), date(2050, 12, 31)) | st.just(date(2024, 2, 29))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "a": _number,
            "b": _number,
            "n": st.none() | st.integers(-1000, 1000),
            "s": st.none() | st.sampled_from(["甲", "乙", ""]),
            "d": _day,
            "e": _day,
            "f": st.none() | st.booleans(),
        }
    ),
    min_size=1,
    max_size=8,
)

texts = st.sampled_from([t.Name("s"), t.Literal("甲"), t.Literal("")])
_days = st.recursive(
    st.sampled_from([t.Name("d"), t.Name("e")]),
    lambda inner: st.builds(t.AddYears, inner, st.integers(-30, 30).map(t.Literal)),
    max_leaves=2,
)


@st.composite
def _numbers(draw: st.DrawFn, depth: int) -> t.Node:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        leaves = [t.Name("a"), t.Name("b"), t.Name("n"), t.Literal(2), t.Literal(0), t.Literal(0.1)]
        return draw(st.sampled_from(leaves))
    inner = _numbers(depth - 1)
    return draw(
        st.one_of(
            *(
                st.builds(kind, inner, inner)
                for kind in (t.Add, t.Subtract, t.Multiply, t.Divide, t.Least, t.Greatest)
            ),
            st.builds(t.Negate, inner),
            st.builds(t.Abs, inner),
            st.builds(t.Round, inner, st.integers(0, 3)),
            st.builds(t.Convert, inner, st.sampled_from([1.0, 1e4]), st.sampled_from([1.0, 1e4])),
            st.builds(t.YearOf, _days),
            st.builds(t.Coalesce, st.tuples(inner, inner)),
            st.builds(t.Choose, _truths(depth - 1), inner, inner),
        )
    )


@st.composite
def _truths(draw: st.DrawFn, depth: int) -> t.Node:
    numbers = _numbers(max(depth - 1, 0))
    compare = (t.Equal, t.NotEqual, t.Less, t.LessEqual, t.Greater, t.GreaterEqual)
    simple = st.one_of(
        st.just(t.Name("f")),
        *(st.builds(kind, numbers, numbers) for kind in compare),
        *(st.builds(kind, _days, _days) for kind in compare),
        st.builds(t.Equal, texts, texts),
        st.builds(t.NotEqual, texts, texts),
        st.builds(t.IsNull, numbers | _days),
        st.builds(t.ValidOn, _days, _days, _days),
    )
    if depth == 0:
        return draw(simple)
    inner = _truths(depth - 1)
    both = st.tuples(inner, inner)
    return draw(st.one_of(simple, st.builds(t.Not, inner), st.builds(t.And, both), st.builds(t.Or, both)))


@pytest.fixture(scope="module")
def opened(engine: Any) -> Backend:
    return backend(engine.name)


def computed(opened: Backend, nodes: list[t.Node], rows: list[dict[str, Any]]) -> list[list[Any]]:
    """The values of each node on every row."""
    table = opened.rows("rows", {"i": "int64", **COLUMNS}, [{"i": i, **row} for i, row in enumerate(rows)])
    columns = {f"x{n}": lower(node, lambda leaf: table[leaf.name]) for n, node in enumerate(nodes)}  # type: ignore[attr-defined]
    found = opened.fetch(table.select("i", **columns).order_by("i"))
    return [[row[name] for row in found] for name in columns]


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return one is not None and other is not None and math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other) and (one is None) == (other is None)


def test_the_engine_agrees_with_the_row_evaluator(engine: Any, opened: Backend) -> None:
    """What a formula says of a row in Python, each engine says too."""

    @given(rows=ROWS, nodes=st.lists(_numbers(3) | _truths(3), min_size=5, max_size=12))
    @settings(max_examples=engine.examples(60), deadline=None, suppress_health_check=list(HealthCheck))
    def agrees(rows: list[dict[str, Any]], nodes: list[t.Node]) -> None:
        for node, found in zip(nodes, computed(opened, nodes, rows), strict=True):
            expected = [row_function(node, COLUMNS)(row) for row in rows]
            assert all(map(same, expected, found)), (source(node), rows, expected, found)

    agrees()


def test_halves_are_rounded_alike(opened: Backend) -> None:
    values = [0.25, 0.35, 0.45, 0.55, 0.65, 0.15, 0.95, 2.675, -0.25]
    node = t.Round(t.Name("a"), 1)
    rows = [{**dict.fromkeys(COLUMNS), "a": value} for value in values]
    assert computed(opened, [node], rows) == [[row_function(node, COLUMNS)(row) for row in rows]]


def test_all_cells_at_once_agree_with_one_row_at_a_time() -> None:
    """The outer part of an indicator, over arrays, means what it means on a row."""

    @given(rows=ROWS, node=_numbers(3) | _truths(3))
    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    def agrees(rows: list[dict[str, Any]], node: t.Node) -> None:
        def leaf(part: t.Node) -> grid.Grid | None:
            if not isinstance(part, t.Name):
                return None
            values = [row[part.name] for row in rows]
            return grid.Grid.by_period([float(v) if type(v) is int else v for v in values])

        found = grid.evaluate(node, leaf, grid.Cells(range(len(rows)), [0])).over((1, len(rows)))
        for number, row in enumerate(rows):
            expected = row_function(node, COLUMNS)(row)
            value = None if found.null[0, number] else found.data[0, number].item()
            if isinstance(expected, int) and not isinstance(expected, bool):
                expected = float(expected)
            assert same(expected, value), (source(node), row, expected, value)

    agrees()
