"""What an engine is given: tables of a snapshot, the cells to fill, and what to measure in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

Value = float | int | str | bool | date | None


@dataclass(frozen=True)
class TableSource:
    """A table in Parquet. ``year`` names the field of a yearly return, ``day`` that of what happened on a
    day (both None: a register); ``region`` the field that says where; ``own`` that a region's record stands for itself alone."""

    name: str
    path: Path
    key: tuple[str, ...] = ()
    year: str | None = None
    region: str | None = None
    own: bool = False
    day: str | None = None


@dataclass(frozen=True)
class PeriodRow:
    """One period, with the values that hold at its end: parameters by id."""

    year: int
    start: date
    end: date
    parameters: Mapping[str, Value] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Cells:
    """Every region with every period. ``regions`` maps a region to itself and all regions in it."""

    regions: Mapping[str, frozenset[str]] = field(hash=False)
    periods: tuple[PeriodRow, ...]


@dataclass(frozen=True)
class Measured:
    """An aggregate in one cell: its value and the records it came from.

    ``parts`` are the two counts of a coverage. ``value`` is None where nothing contributed, except
    that a count of nothing is 0.
    """

    value: float | None
    records: int = 0
    sample: bool = False
    provisional: bool = False
    parts: tuple[int, int] | None = None


@dataclass(frozen=True)
class FrameCount:
    """Units whose return is due, and those of them whose return arrived."""

    expected: int
    returned: int


@dataclass(frozen=True)
class Holding:
    """How many records a table holds, and whether any of them is a sample."""

    records: int = 0
    sample: bool = False


Cell = tuple[str, int]
