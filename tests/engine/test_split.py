"""Aggregates kept apart by a field, against the same sums done by hand; on every engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.engine import Cache, Cells, PeriodRow, Split, TableSource, open_engine
from kechuang.formula import parse
from kechuang.formula import tree as t

REGIONS = {"P": frozenset({"P", "A", "B"}), "A": frozenset({"A"}), "B": frozenset({"B"})}
YEARS = (2021, 2022)
CELLS = Cells(REGIONS, tuple(PeriodRow(year, date(year, 1, 1), date(year, 12, 31), {}) for year in YEARS))
ROW = st.fixed_dictionaries(
    {
        "place": st.sampled_from(["A", "B", "P", "X"]),
        "year": st.sampled_from([2020, *YEARS]),
        "x": st.none() | st.integers(-50, 50).map(float),
        "who": st.none() | st.sampled_from(["u", "v", "w"]),
        "kind": st.none() | st.sampled_from(["甲", "乙", ""]),
        "open": st.none() | st.booleans(),
        "_sample": st.booleans(),
        "_provisional": st.booleans(),
    }
)
TYPES = {
    "year": pa.int64(),
    "x": pa.float64(),
    "open": pa.bool_(),
    "_sample": pa.bool_(),
    "_provisional": pa.bool_(),
}


def written(path: Path, rows: Sequence[dict[str, Any]], names: Sequence[str]) -> Path:
    schema = pa.schema({name: TYPES.get(name, pa.string()) for name in [*names, "_key"]})
    pq.write_table(
        pa.Table.from_pylist([{**r, "_key": str(n)} for n, r in enumerate(rows)], schema=schema), path
    )
    return path


NAMES = ["place", "year", "x", "who", "kind", "open", "_sample", "_provisional"]
ASKED = {
    name: one
    for name, text in {
        "sum": "sum(t.x)",
        "count": "count(t, t.x > 0)",
        "distinct": "distinct(t.who)",
        "median": "median(t.x)",
        "mean": "mean(t.x)",
    }.items()
    if isinstance(one := parse(text), t.Aggregate)
}


def by_hand(name: str, rows: Sequence[dict[str, Any]]) -> float | None:
    values = [row["x"] for row in rows if row["x"] is not None]
    match name:
        case "sum":
            return sum(values) if values else None
        case "count":
            return sum(value > 0 for value in values)
        case "distinct":
            return len({row["who"] for row in rows if row["who"] is not None})
        case "median":
            return float(np.median(values)) if values else None
        case _:
            return float(np.mean(values)) if values else None


@pytest.mark.parametrize("field", ["kind", "open"])
def test_each_value_is_what_adding_by_hand_gives(engine: Any, tmp_path: Path, field: str) -> None:
    @given(rows=st.lists(ROW, max_size=25))
    @settings(max_examples=engine.examples(40), deadline=None, suppress_health_check=list(HealthCheck))
    def holds(rows: list[dict[str, Any]]) -> None:
        source = TableSource("t", written(tmp_path / "t.parquet", rows, NAMES), ("who",), "year", "place")
        opened = open_engine({"t": source}, engine.name)
        found = opened.split(list(ASKED.values()), CELLS, Split("t", field))
        texts = {True: "true", False: "false"} if field == "open" else {}
        for value, measures in found.items():
            mine = [row for row in rows if texts.get(row[field], row[field]) == value]
            for name, aggregate in ASKED.items():
                for r, region in enumerate(REGIONS):
                    for p, year in enumerate(YEARS):
                        inside = [
                            one for one in mine if one["place"] in REGIONS[region] and one["year"] == year
                        ]
                        cell, expected = measures[aggregate].cell(r, p), by_hand(name, inside)
                        assert (cell.value or 0) == pytest.approx(expected or 0), (name, region, year, value)
                        if name == "sum":
                            counted = [one for one in inside if one["x"] is not None]
                            assert cell.records == len(counted)
                            assert cell.sample == any(one["_sample"] for one in counted)
                            assert cell.provisional == any(one["_provisional"] for one in counted)
        met = {
            texts.get(row[field], row[field]) for row in rows if row["place"] != "X" and row["year"] in YEARS
        }
        assert met <= found.keys()

    holds()


def test_another_table_may_tell_the_field(engine: Any, tmp_path: Path) -> None:
    """Found by its whole key: no record is counted twice, one it does not know has no value."""
    plain = {"place": "A", "_sample": False, "_provisional": False}
    rows = [
        {**plain, "year": 2021, "x": 1.0, "who": "u"},
        {**plain, "year": 2022, "x": 2.0, "who": "u"},
        {**plain, "year": 2022, "x": 4.0, "who": "v"},
        {**plain, "year": 2022, "x": 8.0, "who": "lost"},
    ]
    units = [
        {**plain, "year": 2021, "who": "u", "kind": "甲"},
        {**plain, "year": 2022, "who": "u", "kind": "乙"},
        {**plain, "year": 2022, "who": "v", "kind": "乙"},
    ]
    tables = {
        "t": TableSource("t", written(tmp_path / "t.parquet", rows, NAMES), ("who", "year"), "year", "place"),
        "units": TableSource(
            "units", written(tmp_path / "u.parquet", units, NAMES), ("who", "year"), "year", "place"
        ),
    }
    opened = open_engine(tables, engine.name)
    by = Split("t", "kind", "units", (("who", "who"), ("year", "year")))
    total = ASKED["sum"]
    found = opened.split([total], CELLS, by)
    whole = {value: [measures[total].cell(0, p).value for p in (0, 1)] for value, measures in found.items()}
    assert whole == {"甲": [1.0, None], "乙": [None, 6.0], None: [None, 8.0]}
    counts = opened.lookup.frames_by("t", "units", ["who", "year"], "kind", CELLS)
    assert {key: (n.expected, n.returned) for key, n in counts.items() if key[1][0] == "P"} == {
        ("甲", ("P", 2021)): (1, 1),
        ("乙", ("P", 2022)): (2, 2),
    }


def test_a_coverage_is_split_by_its_list(engine: Any, tmp_path: Path) -> None:
    plain = {"year": 2021, "x": None, "open": None, "_sample": False, "_provisional": False}
    rows = [
        {**plain, "place": place, "who": who, "kind": kind}
        for place, who, kind in [("A", "u", "甲"), ("A", "v", "甲"), ("B", "w", "乙"), ("B", "z", "乙")]
    ]
    seen = [{**plain, "place": "P", "who": who, "kind": "别的"} for who in ("u", "w", "z")]
    tables = {
        "l": TableSource("l", written(tmp_path / "l.parquet", rows, NAMES), ("who",), None, "place"),
        "s": TableSource("s", written(tmp_path / "s.parquet", seen, NAMES), ("who",), None, "place"),
    }
    covered = parse("covered(l.who, s.who)")
    assert isinstance(covered, t.Covered)
    found = open_engine(tables, engine.name).split([covered], CELLS, Split("l", "kind"))
    parts = {value: measures[covered].cell(0, 0).parts for value, measures in found.items()}
    assert parts == {"甲": (1, 2), "乙": (2, 2)}


def test_what_was_split_is_kept(tmp_path: Path) -> None:
    """The cache answers the same, and asks again where the field or the records differ."""
    rows = [
        {
            "place": "A",
            "year": 2021,
            "x": 1.0,
            "who": "u",
            "kind": kind,
            "open": flag,
            "_sample": False,
            "_provisional": False,
        }
        for kind, flag in [("甲", True), (None, False), ("", True)]
    ]
    cache = Cache(tmp_path / "c.db")
    asked = list(ASKED.values())

    def split(field: str) -> dict[str | None, float | None]:
        source = TableSource("t", tmp_path / "t.parquet", ("who",), "year", "place")
        found = open_engine({"t": source}, cache=Cache(cache.path)).split(asked, CELLS, Split("t", field))
        return {value: measures[ASKED["sum"]].cell(0, 0).value for value, measures in found.items()}

    written(tmp_path / "t.parquet", rows, NAMES)
    first = split("kind")
    assert first == split("kind") == {"甲": 1.0, None: 1.0, "": 1.0}
    assert split("open") == {"true": 2.0, "false": 1.0}
    written(tmp_path / "t.parquet", rows[:1], NAMES)
    assert split("kind") == {"甲": 1.0}
