"""Who has reported: returns due by a list (frame), arrived, late and missing, by region and year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from kechuang.packs.model import Packs, RecordType
from kechuang.records.checks import key_text
from kechuang.records.clock import day_of
from kechuang.records.snapshot import Snapshot
from kechuang.records.workflow.deadlines import Deadlines

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree


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


def returns_status(
    snapshot: Snapshot,
    packs: Packs,
    year: int,
    as_of: date,
    deadlines: Deadlines = Deadlines(()),
    within: str | None = None,
) -> list[ReturnStatus]:
    """The state of every yearly return that has a frame and a deadline; regions without a listed unit
    are left out. The region is that of the frame: it says whose return is due.

    ``deadlines`` knows extensions and regions; ``within`` is the region whose counties owe returns that
    have no register of units.
    """
    found: list[ReturnStatus] = []
    for type_ in packs.records.values():
        if type_.frame is not None and type_.deadline is not None and type_.time.year is not None:
            on = on_fields(type_)
            due = _due(snapshot, packs, type_, year, deadlines.regions, within)
            found.extend(_status(snapshot, type_, on, due, year, as_of, deadlines))
    return sorted(found, key=lambda status: (status.type, status.region))


def on_fields(type_: RecordType) -> list[str]:
    """The fields that tell whose return a record is."""
    assert type_.frame is not None
    if type_.frame.regions and type_.region is not None:
        return [type_.region.field]
    return list(type_.frame.on)


def regions_due(type_: RecordType, regions: RegionTree | None, within: str | None) -> list[str]:
    """The regions that each owe a return where there is no register of units."""
    if regions is None or within is None or type_.region is None:
        return []
    level = type_.fields[type_.region.field].level
    below = regions.descendants(within, level) if level else regions.children(within)
    own = regions.get(within)
    return [region.code for region in below] or ([own.code] if own and own.level == level else [])


def _due(
    snapshot: Snapshot,
    packs: Packs,
    type_: RecordType,
    year: int,
    regions: RegionTree | None,
    within: str | None,
) -> dict[str, set[str]]:
    """Keys of the units that owe a return, by region."""
    assert type_.frame is not None
    if type_.frame.regions:
        return {code: {key_text([code])} for code in regions_due(type_, regions, within)}
    frame = packs.records[type_.frame.type]
    place, on = frame.region.field if frame.region else None, type_.frame.on
    due: dict[str, set[str]] = defaultdict(set)
    for row in _rows(snapshot, frame, [*on, *([place] if place else [])], year):
        due[row[place] if place else ""].add(key_text([row[name] for name in on]))
    return due


def _status(
    snapshot: Snapshot,
    type_: RecordType,
    on: list[str],
    due: Mapping[str, set[str]],
    year: int,
    as_of: date,
    deadlines: Deadlines,
) -> list[ReturnStatus]:
    first: dict[str, date] = {}
    for row in _rows(snapshot, type_, [*on, "_first_recorded_at"], year):
        key = key_text([row[name] for name in on])
        day = day_of(datetime.fromisoformat(row["_first_recorded_at"]))
        first[key] = min(day, first.get(key, day))
    found = []
    for region, keys in due.items():
        deadline = deadlines.day(type_, year, region)
        assert deadline is not None
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
