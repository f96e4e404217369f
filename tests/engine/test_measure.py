"""Aggregates over all cells at once, against the same sums done by hand in Python."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.engine import Cells, Holding, PeriodRow, TableSource, open_engine
from kechuang.errors import KechuangError
from kechuang.formula import parse
from kechuang.formula import tree as t

REGIONS = {"P": frozenset({"P", "A", "B"}), "A": frozenset({"A"}), "B": frozenset({"B"})}
YEARS = (2021, 2022, 2023)
CELLS = Cells(
    REGIONS,
    tuple(PeriodRow(year, date(year, 1, 1), date(year, 12, 31), {"g.least": float(year)}) for year in YEARS),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "place": st.sampled_from(["A", "B", "P", "X"]),
            "year": st.sampled_from([2020, *YEARS]),
            "x": st.none() | st.integers(-50, 50).map(float),
            "who": st.none() | st.sampled_from(["u", "v", "w"]),
            "_sample": st.booleans(),
            "_provisional": st.booleans(),
        }
    ),
    max_size=30,
)
BY_HAND: dict[str, Callable[[Sequence[Any]], float]] = {
    "sum": sum,
    "mean": statistics.fmean,
    "min": min,
    "max": max,
    "median": statistics.median,
    "distinct": lambda values: len(set(values)),
}


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    schema = pa.schema(
        {
            "place": pa.string(),
            "year": pa.int64(),
            "x": pa.float64(),
            "who": pa.string(),
            "_key": pa.string(),
            "_sample": pa.bool_(),
            "_provisional": pa.bool_(),
        }
    )
    keyed = [{**row, "_key": str(number)} for number, row in enumerate(rows)]
    pq.write_table(pa.Table.from_pylist(keyed, schema=schema), path)
    return path


def _inside(row: dict[str, Any], region: str, year: int, *, own: bool) -> bool:
    places = {region} if own else REGIONS[region]
    return row["place"] in places and row["year"] == year


@given(rows=ROWS, own=st.booleans(), name=st.sampled_from(sorted(BY_HAND)))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_aggregate_is_what_adding_by_hand_gives(
    tmp_path: Path, rows: list[dict[str, Any]], own: bool, name: str
) -> None:
    source = TableSource("t", _write(tmp_path / "t.parquet", rows), ("who",), "year", "place", own)
    field = "who" if name == "distinct" else "x"
    aggregate = parse(f"{name}(t.{field}, t.x > -20 or is_null(t.x))")
    counted = parse("count(t, t.x > -20)")
    assert isinstance(aggregate, t.Aggregate) and isinstance(counted, t.Aggregate)
    found = open_engine({"t": source}).measure([aggregate, counted], CELLS)
    for region in REGIONS:
        for year in YEARS:
            inside = [row for row in rows if _inside(row, region, year, own=own)]
            chosen = [
                row for row in inside if (row["x"] is None or row["x"] > -20) and row[field] is not None
            ]
            cell = found[aggregate].get((region, year))
            if not chosen:
                assert cell is None or cell.records == 0
                continue
            assert cell is not None
            assert math.isclose(cell.value or 0, BY_HAND[name]([row[field] for row in chosen]), abs_tol=1e-9)
            assert cell.records == len(chosen)
            assert cell.sample == any(row["_sample"] for row in chosen)
            assert cell.provisional == any(row["_provisional"] for row in chosen)
            above = found[counted][region, year]
            assert above.value == sum(row["x"] is not None and row["x"] > -20 for row in inside)


@given(listed=ROWS, by=ROWS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_coverage_is_the_share_of_different_values(
    tmp_path: Path, listed: list[dict[str, Any]], by: list[dict[str, Any]]
) -> None:
    tables = {
        "list": TableSource("list", _write(tmp_path / "list.parquet", listed), ("who",), "year", "place"),
        "by": TableSource("by", _write(tmp_path / "by.parquet", by), ("who",), "year", "place"),
    }
    aggregate = parse("covered(list.who, by.who, list.x > 0, by.x > 0)")
    assert isinstance(aggregate, t.Aggregate)
    found = open_engine(tables).measure([aggregate], CELLS)[aggregate]
    for region in REGIONS:
        for year in YEARS:
            due = {r["who"] for r in listed if _inside(r, region, year, own=False) and (r["x"] or 0) > 0} - {
                None
            }
            here = {row["who"] for row in by if row["year"] == year and (row["x"] or 0) > 0}
            cell = found.get((region, year))
            assert (cell.parts if cell else (0, 0)) == (len(due & here), len(due))


def test_dated_parameters_differ_from_year_to_year(tmp_path: Path) -> None:
    row = {"place": "A", "x": 2022.0, "who": "u", "_sample": False, "_provisional": False}
    path = _write(tmp_path / "t.parquet", [{**row, "year": year} for year in YEARS])
    aggregate = parse("count(t, t.x >= param.g.least)")
    assert isinstance(aggregate, t.Aggregate)
    found = open_engine({"t": TableSource("t", path, ("who",), "year", "place")}).measure([aggregate], CELLS)
    assert {year for _, year in found[aggregate]} == {2021, 2022}


def test_what_happened_on_a_day_belongs_to_the_year_of_that_day_up_to_the_end_of_the_period(
    tmp_path: Path,
) -> None:
    days = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 12, 31), date(2022, 3, 1), date(2022, 9, 1)]
    rows = [
        {"place": "A", "day": day, "x": 1.0, "_key": str(n), "_sample": False, "_provisional": False}
        for n, day in enumerate(days)
    ]
    path = tmp_path / "t.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    half = tuple(
        PeriodRow(year, date(year, 1, 1), min(date(year, 12, 31), date(2022, 6, 30))) for year in YEARS
    )
    total = parse("sum(t.x)")
    assert isinstance(total, t.Aggregate)
    engine = open_engine({"t": TableSource("t", path, ("_key",), day="day", region="place")})
    found = engine.measure([total], Cells(REGIONS, half))[total]
    assert {cell: one.value for cell, one in found.items() if cell[0] == "A"} == {
        ("A", 2021): 2.0,
        ("A", 2022): 1.0,
    }
    assert engine.holdings(["t"])["t"] == {2020: Holding(1), 2021: Holding(2), 2022: Holding(2)}


@pytest.mark.parametrize("folder", ["空 格", "a[1]b", "it's", "star*", "wh?t", "place=B"])
def test_odd_folder_names_are_only_names(tmp_path: Path, folder: str) -> None:
    row = {"place": "A", "x": 1.0, "year": 2021}
    for name in (folder, "star2", "what", "a1b"):  # what the first would match as a pattern
        (tmp_path / name).mkdir()
        path = _write(tmp_path / name / "t.parquet", [row] if name == folder else [row, row])
    path = tmp_path / folder / "t.parquet"
    engine = open_engine({"t": TableSource("t", path, ("who",), "year", "place")})
    assert engine.holdings(["t"]) == {"t": {2021: Holding(1)}}
    count = parse("count(t)")
    assert isinstance(count, t.Aggregate)
    assert ("A", 2021) in engine.measure([count], CELLS)[count]


@pytest.mark.parametrize("content", [None, b"", b"PAR1 no more", b"PAR1" + b"x" * 500 + b"PAR1"])
def test_a_damaged_table_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "t.parquet"
    if content is not None:
        path.write_bytes(content)
    engine = open_engine({"t": TableSource("t", path, ("who",), "year", "place")})
    with pytest.raises(KechuangError) as caught:
        engine.holdings(["t"])
    assert caught.value.place.file == str(path)


def test_an_unknown_engine_says_which_there_are() -> None:
    with pytest.raises(KechuangError, match="duckdb"):
        open_engine({}, "abacus")
