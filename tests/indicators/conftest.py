"""Tiny snapshots for tests, written straight as Parquet in the documented layout."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kechuang.indicators import Explanation, Figure, compute, explain
from kechuang.packs import Packs, load_packs

ARROW = {
    "integer": pa.int64(),
    "year": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
META = {
    "_key": pa.string(),
    "_version": pa.int64(),
    "_file": pa.string(),
    "_sheet": pa.string(),
    "_row": pa.int64(),
    "_batch": pa.string(),
    "_reviewed_by": pa.string(),
    "_recorded_at": pa.string(),
    "_sample": pa.bool_(),
    "_provisional": pa.bool_(),
}


@dataclass(frozen=True)
class TinySnapshot:
    digest: str
    as_of: date
    path: Path
    tables: dict[str, int]
    manifest: dict[str, Any]

    def table(self, name: str) -> Path:
        return self.path / f"{name}.parquet"


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    level: str
    parent: str | None


class Tree:
    """A region tree of one prefecture (1000) with counties 1001, 1002, 1003."""

    def __init__(self) -> None:
        self.places = {"1000": Place("1000", "甲地区", "prefecture", None)}
        for number in (1, 2, 3):
            code = f"100{number}"
            self.places[code] = Place(code, f"{number}县", "county", "1000")

    @property
    def regions(self) -> tuple[Place, ...]:
        return tuple(self.places.values())

    def get(self, code: str) -> Place | None:
        return self.places.get(code)

    def descendants(self, code: str, level: str | None = None) -> list[Place]:
        return [place for place in self.places.values() if place.parent == code]


REGIONS = Tree()


def snapshot(
    folder: Path, packs: Packs, rows: Mapping[str, Sequence[Mapping[str, Any]]], *, digest: str | None = None
) -> TinySnapshot:
    """A snapshot of ``rows`` by record type; other types of ``packs`` are there without records.

    A row may set ``_sample`` and ``_provisional``; the rest of the bookkeeping is made up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    columns: dict[str, dict[str, str]] = {}
    schema: dict[str, dict[str, str]] = {}
    for record in packs.records.values():
        types = {name: ARROW.get(spec.type, pa.string()) for name, spec in record.fields.items()}
        columns[record.label.zh] = {name: chr(ord("A") + i) for i, name in enumerate(record.fields)}
        schema[record.id] = {name: spec.type for name, spec in record.fields.items()}
        written = [
            {
                **row,
                "_key": "|".join(str(row[name]) for name in record.key),
                "_version": number,
                "_file": f"{record.id}.xlsx",
                "_sheet": record.label.zh,
                "_row": number + 2,
                "_batch": "B1",
                "_reviewed_by": None,
                "_recorded_at": "2026-01-01T00:00:00+08:00",
                "_sample": row.get("_sample", False),
                "_provisional": row.get("_provisional", False),
            }
            for number, row in enumerate(rows.get(record.id, []))
        ]
        table = pa.Table.from_pylist(written, schema=pa.schema([*types.items(), *META.items()]))
        pq.write_table(table, folder / f"{record.id}.parquet")
    manifest = {
        "schema": schema,
        "batches": {"B1": {"file": "x.xlsx", "columns": columns, "reviewed_by": None}},
    }
    text = json.dumps({key: [dict(row) for row in value] for key, value in rows.items()}, default=str)
    return TinySnapshot(
        digest or hashlib.sha256(text.encode()).hexdigest(),
        date(2026, 1, 1),
        folder,
        {name: len(rows.get(name, [])) for name in packs.records},
        manifest,
    )


@dataclass(frozen=True)
class World:
    """Packs, regions and a snapshot, ready to compute."""

    packs: Packs
    snapshot: TinySnapshot
    regions: Tree = REGIONS

    def figure(self, indicator: str, region: str, year: int, as_of: date = date(2027, 1, 1)) -> Figure:
        found = compute(self.packs, self.snapshot, self.regions, [region], [year], as_of, only=[indicator])
        return found[0]

    def explain(
        self,
        indicator: str,
        region: str,
        year: int,
        as_of: date = date(2027, 1, 1),
        limit: int | None = None,
    ) -> Explanation:
        return explain(self.packs, self.snapshot, self.regions, indicator, region, year, as_of, limit)


@pytest.fixture(scope="session")
def packs() -> Packs:
    return load_packs(["st-core"])


@pytest.fixture
def world(packs: Packs, tmp_path: Path) -> Any:
    """``world(hte=[…], sme=[…])``: a :class:`World` with these records."""

    def make(*, packs: Packs, **rows: Sequence[Mapping[str, Any]]) -> World:
        number = len(list(tmp_path.iterdir()))
        return World(packs, snapshot(tmp_path / str(number), packs, rows))

    return partial(make, packs=packs)
