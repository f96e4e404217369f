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
            "w": st.none() | st.integers(0, 3).map(float),
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


REGISTER = pa.schema(
    {
        "place": pa.string(),
        "who": pa.string(),
        "x": pa.float64(),
        "start": pa.date32(),
        "end": pa.date32(),
        "_key": pa.string(),
        "_sample": pa.bool_(),
        "_provisional": pa.bool_(),
    }
)


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    schema = pa.schema(
        {
            "place": pa.string(),
            "year": pa.int64(),
            "x": pa.float64(),
            "w": pa.float64(),
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


def _weighted(rows: Sequence[dict[str, Any]]) -> float | None:
    """The mean of x weighted by w, over rows that have both."""
    both = [(row["x"], row["w"]) for row in rows if row["x"] is not None and row["w"] is not None]
    total = sum(weight for _, weight in both)
    return sum(x * weight for x, weight in both) / total if total else None


def _quantile(values: Sequence[float], share: float) -> float:
    """Linear between the two nearest values."""
    ordered, place = sorted(values), share * (len(values) - 1)
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def test_an_aggregate_is_what_adding_by_hand_gives(engine: Any, tmp_path: Path) -> None:
    condition = "t.x > -20 or is_null(t.x)"
    asked = {
        name: parse(f"{name}(t.{'who' if name == 'distinct' else 'x'}, {condition})") for name in BY_HAND
    }
    asked["quantile"] = parse(f"quantile(t.x, 0.9, {condition})")
    asked["weighted_mean"] = parse(f"weighted_mean(t.x, t.w, {condition})")
    counted = parse("count(t, t.x > -20)")
    aggregates = [one for one in (*asked.values(), counted) if isinstance(one, t.Aggregate)]
    by_hand = {**BY_HAND, "quantile": lambda values: _quantile(values, 0.9)}

    @given(rows=ROWS, own=st.booleans())
    @settings(max_examples=engine.examples(60), deadline=None, suppress_health_check=list(HealthCheck))
    def holds(rows: list[dict[str, Any]], own: bool) -> None:
        source = TableSource("t", _write(tmp_path / "t.parquet", rows), ("who",), "year", "place", own)
        found = open_engine({"t": source}, engine.name).measure(aggregates, CELLS)
        for region in REGIONS:
            for year in YEARS:
                inside = [row for row in rows if _inside(row, region, year, own=own)]
                kept = [row for row in inside if row["x"] is None or row["x"] > -20]
                for name, aggregate in asked.items():
                    field = "who" if name == "distinct" else "x"
                    chosen = [row for row in kept if row[field] is not None]
                    if name == "weighted_mean":
                        chosen = [row for row in chosen if row["w"] is not None]
                    cell = found[aggregate].get((region, year))
                    if not chosen:
                        assert cell is None or cell.records == 0
                        continue
                    assert cell is not None
                    if name == "weighted_mean":
                        expected = _weighted(chosen)
                    else:
                        expected = by_hand[name]([row[field] for row in chosen])
                    assert (cell.value is None) == (expected is None), name
                    if expected is not None:
                        assert math.isclose(cell.value or 0, expected, abs_tol=1e-9), name
                    assert cell.records == len(chosen)
                    assert cell.sample == any(row["_sample"] for row in chosen)
                    assert cell.provisional == any(row["_provisional"] for row in chosen)
                    if name == "sum":
                        above = found[counted][region, year]
                        assert above.value == sum(row["x"] is not None and row["x"] > -20 for row in inside)

    holds()


def test_coverage_is_the_share_of_different_values(engine: Any, tmp_path: Path) -> None:
    aggregate = parse("covered(list.who, by.who, list.x > 0, by.x > 0)")
    assert isinstance(aggregate, t.Aggregate)

    @given(listed=ROWS, by=ROWS)
    @settings(max_examples=engine.examples(40), deadline=None, suppress_health_check=list(HealthCheck))
    def holds(listed: list[dict[str, Any]], by: list[dict[str, Any]]) -> None:
        tables = {
            "list": TableSource("list", _write(tmp_path / "list.parquet", listed), ("who",), "year", "place"),
            "by": TableSource("by", _write(tmp_path / "by.parquet", by), ("who",), "year", "place"),
        }
        found = open_engine(tables, engine.name).measure([aggregate], CELLS)[aggregate]
        for region in REGIONS:
            for year in YEARS:
                due = [r for r in listed if _inside(r, region, year, own=False) and (r["x"] or 0) > 0]
                here = [row for row in by if row["year"] == year and (row["x"] or 0) > 0]
                names = {row["who"] for row in due} - {None}
                both = names & {row["who"] for row in here}
                cell = found.get((region, year))
                assert (cell.parts if cell else (0, 0)) == (len(both), len(names))
                if cell is not None:
                    counted = [row for row in due if row["who"] in names]
                    counted += [row for row in here if row["who"] in both]
                    assert cell.records == len(counted)
                    assert cell.sample == any(row["_sample"] for row in counted)

    holds()


def test_a_register_is_asked_about_every_period_in_one_pass(engine: Any, tmp_path: Path) -> None:
    asked = {
        "count": parse("count(t, valid_on(t.start, t.end, period_end))"),
        "distinct": parse(
            "distinct(t.who, valid_on(t.start, add_years(t.start, param.g.years), period_end))"
        ),
        "sum": parse("sum(t.x, year_of(t.start) <= year)"),
        "median": parse("median(t.x, t.start <= period_end)"),
        "all": parse("max(t.x)"),
    }
    asked["covered"] = parse("covered(list.who, t.who, list.x > 0, valid_on(t.start, t.end, period_end))")
    aggregates = [one for one in asked.values() if isinstance(one, t.Aggregate)]
    periods = tuple(
        PeriodRow(year, date(year, 1, 1), date(year, 12, 31), {"g.years": float(1 + number)})
        for number, year in enumerate(YEARS)
    )
    day = st.dates(date(2019, 1, 1), date(2025, 12, 31))
    row = st.fixed_dictionaries(
        {
            "place": st.sampled_from(["A", "B", "X"]),
            "who": st.none() | st.sampled_from(["u", "v", "w"]),
            "x": st.none() | st.integers(-9, 9).map(float),
            "start": day,
            "end": st.none() | day,
            "_sample": st.booleans(),
        }
    )

    def later(start: date, years: int) -> date:
        return date(start.year + years, start.month, 28 if (start.month, start.day) == (2, 29) else start.day)

    @given(rows=st.lists(row, min_size=1, max_size=25))
    @settings(max_examples=engine.examples(60), deadline=None, suppress_health_check=list(HealthCheck))
    def holds(rows: list[dict[str, Any]]) -> None:
        path = tmp_path / "t.parquet"
        keyed = [{**one, "_key": str(n), "_provisional": False} for n, one in enumerate(rows)]
        pq.write_table(pa.Table.from_pylist(keyed, schema=REGISTER), path)
        tables = {name: TableSource(name, path, ("who",), region="place") for name in ("t", "list")}
        found = open_engine(tables, engine.name).arrays(aggregates, Cells(REGIONS, periods))
        for r, region in enumerate(REGIONS):
            inside = [one for one in rows if one["place"] in REGIONS[region]]
            for p, period in enumerate(periods):
                end, years = period.end, p + 1
                valid = [o for o in inside if o["start"] <= end and (o["end"] is None or end < o["end"])]
                held = {o["who"] for o in inside if o["start"] <= end < later(o["start"], years)} - {None}
                numbers = [o["x"] for o in inside if o["x"] is not None]
                begun = [o["x"] for o in inside if o["start"] <= end and o["x"] is not None]
                assert found[asked["count"]].cell(r, p).value == len(valid)
                assert found[asked["count"]].cell(r, p).sample == any(o["_sample"] for o in valid)
                assert found[asked["distinct"]].cell(r, p).value == len(held)
                assert found[asked["sum"]].cell(r, p).value == (sum(begun) if begun else None)
                middle = found[asked["median"]].cell(r, p).value
                assert middle == (statistics.median(begun) if begun else None)
                due = {o["who"] for o in inside if (o["x"] or 0) > 0} - {None}
                there = {o["who"] for o in rows if o["start"] <= end and (o["end"] is None or end < o["end"])}
                assert found[asked["covered"]].cell(r, p).parts == (len(due & there), len(due))
                assert found[asked["all"]].cell(r, p).value == (max(numbers) if numbers else None)

    holds()


def test_dated_parameters_differ_from_year_to_year(engine: Any, tmp_path: Path) -> None:
    row = {"place": "A", "x": 2022.0, "who": "u", "_sample": False, "_provisional": False}
    path = _write(tmp_path / "t.parquet", [{**row, "year": year} for year in YEARS])
    aggregate = parse("count(t, t.x >= param.g.least)")
    assert isinstance(aggregate, t.Aggregate)
    tables = {"t": TableSource("t", path, ("who",), "year", "place")}
    found = open_engine(tables, engine.name).measure([aggregate], CELLS)
    assert {year for _, year in found[aggregate]} == {2021, 2022}


def test_what_happened_on_a_day_belongs_to_the_year_of_that_day_up_to_the_end_of_the_period(
    engine: Any, tmp_path: Path
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
    opened = open_engine({"t": TableSource("t", path, ("_key",), day="day", region="place")}, engine.name)
    found = opened.measure([total], Cells(REGIONS, half))[total]
    assert {cell: one.value for cell, one in found.items() if cell[0] == "A"} == {
        ("A", 2021): 2.0,
        ("A", 2022): 1.0,
    }
    assert opened.holdings(["t"])["t"] == {2020: Holding(1), 2021: Holding(2), 2022: Holding(2)}


@pytest.mark.parametrize("folder", ["空 格", "a[1]b", "it's", "star*", "wh?t", "place=B"])
def test_odd_folder_names_are_only_names(engine: Any, tmp_path: Path, folder: str) -> None:
    row = {"place": "A", "x": 1.0, "year": 2021}
    for name in (folder, "star2", "what", "a1b"):  # what the first would match as a pattern
        (tmp_path / name).mkdir()
        path = _write(tmp_path / name / "t.parquet", [row] if name == folder else [row, row])
    path = tmp_path / folder / "t.parquet"
    opened = open_engine({"t": TableSource("t", path, ("who",), "year", "place")}, engine.name)
    assert opened.holdings(["t"]) == {"t": {2021: Holding(1)}}
    count = parse("count(t)")
    assert isinstance(count, t.Aggregate)
    assert ("A", 2021) in opened.measure([count], CELLS)[count]


@pytest.mark.parametrize("content", [None, b"", b"PAR1 no more", b"PAR1" + b"x" * 500 + b"PAR1"])
def test_a_damaged_table_is_named(engine: Any, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "t.parquet"
    if content is not None:
        path.write_bytes(content)
    opened = open_engine({"t": TableSource("t", path, ("who",), "year", "place")}, engine.name)
    with pytest.raises(KechuangError) as caught:
        opened.holdings(["t"])
    assert caught.value.place.file == str(path)


def test_an_unknown_engine_says_which_there_are() -> None:
    with pytest.raises(KechuangError, match="duckdb"):
        open_engine({}, "abacus")
