"""Who has reported: returns due by a list (frame), arrived, late and missing, by region and year."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kechuang.packs.model import Packs, RecordType
from kechuang.records.checks import key_text
from kechuang.records.clock import day_of
from kechuang.records.snapshot import Snapshot


@dataclass(frozen=True)
class ReturnStatus:
    """Returns of one type from one region for one year.

    ``arrived`` includes ``late`` (first recorded after ``deadline``); ``missing`` is listed but not
    there on the day asked about, ``missing_keys`` says which; they are ``overdue`` once the deadline
    has passed.
    """

    type: str
    region: str
    year: int
    expected: int
    arrived: int
    late: int
    missing: int
    deadline: date
    overdue: bool = False
    missing_keys: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        content = {**self.__dict__, "deadline": self.deadline.isoformat()}
        return {**content, "missing_keys": list(self.missing_keys)}


def returns_status(snapshot: Snapshot, packs: Packs, year: int, as_of: date) -> list[ReturnStatus]:
    """The state of every yearly return that has a frame and a deadline; regions without a listed unit
    are left out. The region is that of the frame: it says whose return is due."""
    found: list[ReturnStatus] = []
    for type_ in packs.records.values():
        if type_.frame is not None and type_.deadline is not None and type_.time.year is not None:
            found.extend(_status(snapshot, packs.records[type_.frame.type], type_, year, as_of))
    return sorted(found, key=lambda status: (status.type, status.region))


def _status(
    snapshot: Snapshot, frame: RecordType, type_: RecordType, year: int, as_of: date
) -> list[ReturnStatus]:
    assert type_.frame is not None and type_.deadline is not None
    deadline = type_.deadline.for_year(year)
    place = frame.region.field if frame.region else None
    on = type_.frame.on
    first: dict[str, date] = {}
    for row in _rows(snapshot, type_, [*on, "_first_recorded_at"], year):
        key = key_text([row[name] for name in on])
        day = day_of(datetime.fromisoformat(row["_first_recorded_at"]))
        first[key] = min(day, first.get(key, day))
    due: dict[str, set[str]] = defaultdict(set)
    for row in _rows(snapshot, frame, [*on, *([place] if place else [])], year):
        due[row[place] if place else ""].add(key_text([row[name] for name in on]))
    found = []
    for region, keys in due.items():
        arrived = [key for key in keys if key in first]
        missing = sorted(keys - first.keys())
        late = sum(first[key] > deadline for key in arrived)
        found.append(
            ReturnStatus(
                type=type_.id,
                region=region,
                year=year,
                expected=len(keys),
                arrived=len(arrived),
                late=late,
                missing=len(missing),
                deadline=deadline,
                overdue=bool(missing) and as_of > deadline,
                missing_keys=tuple(missing),
            )
        )
    return found


def _rows(snapshot: Snapshot, type_: RecordType, columns: list[str], year: int) -> list[dict[str, Any]]:
    """The rows of a type for ``year`` (all of them where the type has no year)."""
    import pyarrow.parquet as pq

    of_year = type_.time.year
    filters = [(of_year, "=", year)] if of_year else None
    table = pq.read_table(snapshot.table(type_.id), columns=columns, filters=filters)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
