"""What an engine is given and gives back: tables of a snapshot, cells to fill, and what was measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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

    @property
    def register(self) -> bool:
        """Whether its records belong to no year of their own."""
        return self.year is None and self.day is None

    @property
    def shape(self) -> str:
        """How its records meet cells: part of the identity of whatever is computed from it."""
        return f"{self.name} {self.year} {self.day} {self.region} {self.own}"

    def digest(self) -> str:
        """The digest of the file's bytes (of a folder: of its files). Equal bytes hold equal records."""
        files = sorted(self.path.rglob("*.parquet")) if self.path.is_dir() else [self.path]
        total = hashlib.sha256()
        for file in files:
            with file.open("rb") as stream:
                total.update(hashlib.file_digest(stream, "sha256").digest())
        return total.hexdigest()


@dataclass(frozen=True)
class Split:
    """By which field the records of ``table`` are kept apart: its own ``field``, or one that table ``told``
    tells of the same thing, found by ``on`` (own field, field of its key) pairs that are its whole key."""

    table: str
    field: str
    told: str | None = None
    on: tuple[tuple[str, str], ...] = ()

    @property
    def shape(self) -> str:
        """Its identity, as text."""
        return f"{self.table} {self.field} {self.told} {self.on}"


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

    @property
    def size(self) -> tuple[int, int]:
        """How many regions and periods: the shape of every array of measures."""
        return len(self.regions), len(self.periods)


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
class Measures:
    """An aggregate in every cell: arrays of regions × periods, in the order of :class:`Cells`.

    ``value`` (float64, NaN: none), ``records`` (int64), ``sample`` and ``provisional`` (bool); ``parts``
    are the two counts of a coverage (int64). Adding 20 million records up in another order changes the
    last bits, so values are kept to fourteen digits, the same on every machine and engine.
    """

    value: NDArray[np.float64]
    records: NDArray[np.int64]
    sample: NDArray[np.bool_]
    provisional: NDArray[np.bool_]
    parts: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    def cell(self, region: int, period: int) -> Measured:
        """What was measured in one cell, by the numbers of its region and period."""
        value = float(self.value[region, period])
        parts = None
        if self.parts is not None:
            parts = int(self.parts[0][region, period]), int(self.parts[1][region, period])
        return Measured(
            None if isnan(value) else value,
            int(self.records[region, period]),
            bool(self.sample[region, period]),
            bool(self.provisional[region, period]),
            parts,
        )


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
