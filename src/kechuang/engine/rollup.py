"""From the rows of a grouped query to arrays of regions × periods, and from places up the tree.

What adds up (counts, sums, extremes) is asked of the engine by the place recorded, and brought up to
every region that holds the place here: a county's rows are read once, not once for each region above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.engine.source import Cells

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Places = NDArray[np.int64]


@dataclass(frozen=True)
class Layer:
    """Regions of which no two hold the same place; ``places`` maps each place to its region.

    With ``places`` None a row's own region is the place recorded.
    """

    regions: tuple[str, ...]
    places: Mapping[str, str] | None = None


class Tree:
    """The regions of ``cells`` and the places in them, as numbers."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.codes: tuple[str, ...] = tuple(cells.regions)
        self.number = {code: number for number, code in enumerate(self.codes)}
        self.years = {period.year: number for number, period in enumerate(cells.periods)}

    @cached_property
    def single(self) -> tuple[str, ...]:
        """Regions that hold no place but themselves."""
        return tuple(code for code, below in self.cells.regions.items() if below <= {code})

    def layers(self) -> list[Layer]:
        """Regions with places below them, in as few layers as first fit gives."""
        layers: list[dict[str, str]] = []
        names: list[list[str]] = []
        for code, below in self.cells.regions.items():
            if below <= {code}:
                continue
            free = (n for n, taken in enumerate(layers) if not any(place in taken for place in below))
            number = next(free, len(layers))
            if number == len(layers):
                layers.append({})
                names.append([])
            layers[number].update(dict.fromkeys(below, code))
            names[number].append(code)
        return [Layer(tuple(of), places) for of, places in zip(names, layers, strict=True)]

    @cached_property
    def _holders(self) -> tuple[dict[str, int], Places, Places]:
        """Place → number; and for each place which regions hold it (start of its slice, the slices)."""
        holding: dict[str, list[int]] = {}
        for number, (_, below) in enumerate(self.cells.regions.items()):
            for place in below:
                holding.setdefault(place, []).append(number)
        starts = np.cumsum([0, *(len(found) for found in holding.values())])
        held = np.fromiter((number for found in holding.values() for number in found), np.int64)
        return {place: number for number, place in enumerate(holding)}, starts.astype(np.int64), held

    def places(self) -> list[str]:
        """Every place that lies in a region of the cells."""
        return list(self._holders[0])

    def spread(self, table: pa.Table, *, own: bool) -> Spread:
        """Where the rows of a grouped answer go: columns ``_place`` and ``_year``, each if it is there.

        ``own``: to the region that is the place, and to none above it.
        """
        length = table.num_rows
        rows: Places = np.arange(length, dtype=np.int64)
        names = set(table.column_names)
        if "_place" not in names:
            regions = np.tile(np.arange(len(self.codes)), length)
            rows = np.repeat(rows, len(self.codes))
        elif own:
            found = _numbers(table.column("_place"), self.number)
            rows = rows[found >= 0]
            regions = found[found >= 0]
        else:
            index, starts, held = self._holders
            found = _numbers(table.column("_place"), index)
            rows = rows[found >= 0]
            found = found[found >= 0]
            counts = starts[found + 1] - starts[found]
            rows = np.repeat(rows, counts)
            ends = np.cumsum(counts)
            offsets = np.arange(len(rows)) - np.repeat(ends - counts, counts)
            regions = held[np.repeat(starts[found], counts) + offsets]
        if "_year" not in names:
            return Spread(self.cells.size, rows, regions, None)
        periods = _numbers(table.column("_year"), self.years)[rows]
        kept = periods >= 0
        return Spread(self.cells.size, rows[kept], regions[kept], periods[kept])


@dataclass(frozen=True)
class Spread:
    """Rows of an answer and the cells they go to; without ``periods`` a column belongs to one period or all."""

    size: tuple[int, int]
    rows: Places
    regions: Places
    periods: Places | None

    def among(self, wanted: NDArray[np.bool_]) -> Spread:
        """The same without the rows of other regions; ``wanted`` says it of each region."""
        kept = wanted[self.regions]
        periods = None if self.periods is None else self.periods[kept]
        return Spread(self.size, self.rows[kept], self.regions[kept], periods)

    def total(self, values: Numbers, period: int | None = None) -> Numbers:
        """Sums by cell; NaN counts as nothing."""
        return self._shaped(
            np.bincount(self._cells(), weights=np.nan_to_num(values)[self.rows], minlength=self._length()),
            period,
        )

    def extreme(self, values: Numbers, period: int | None = None, *, largest: bool) -> Numbers:
        """The largest (or smallest) by cell; NaN where there is none."""
        work, worst = (np.maximum, -np.inf) if largest else (np.minimum, np.inf)
        found = np.full(self._length(), worst)
        work.at(found, self._cells(), np.where(np.isnan(values), worst, values)[self.rows])
        return self._shaped(np.where(np.isinf(found), np.nan, found), period)

    def only(self, values: Numbers, period: int | None = None) -> Numbers:
        """The one value of each cell, where no two rows go to the same; NaN where there is none."""
        found = np.full(self._length(), np.nan)
        found[self._cells()] = values[self.rows]
        return self._shaped(found, period)

    def _cells(self) -> Places:
        return self.regions if self.periods is None else self.regions * self.size[1] + self.periods

    def _length(self) -> int:
        return self.size[0] if self.periods is None else self.size[0] * self.size[1]

    def _shaped(self, flat: Any, period: int | None) -> Numbers:
        if self.periods is not None:
            return np.asarray(flat, np.float64).reshape(self.size)
        column = np.asarray(flat, np.float64)[:, None]
        if period is None:
            return np.repeat(column, self.size[1], axis=1)
        found = np.zeros(self.size)
        found[:, period] = column[:, 0]
        return found


def numbers(table: pa.Table, name: str) -> Numbers:
    """A column as float64; null is NaN."""
    import pyarrow as pa

    column = table.column(name).cast(pa.float64(), safe=False)
    return np.asarray(column.to_numpy(zero_copy_only=False), np.float64)


def fourteen(values: Numbers) -> Numbers:
    """Numbers to fourteen digits, and NaN for what is not finite.

    >>> fourteen(np.array([0.1 + 0.2, 1e300 * 1e10, -123456789.123456789])).tolist()
    [0.3, nan, -123456789.12346]
    """
    values = np.where(np.isfinite(values), values, np.nan)
    with np.errstate(all="ignore"):
        exponent = np.floor(np.log10(np.abs(values)))
        digits = np.where(np.isfinite(exponent), 13 - exponent, 0)
        # Powers of ten up to 10²² are exact, so that each division gives the double nearest to the decimal.
        plain = np.abs(digits) <= 22
        scale = np.power(10.0, np.where(plain, np.abs(digits), 0))
        found = np.where(digits >= 0, np.rint(values * scale) / scale, np.rint(values / scale) * scale)
    for place in np.argwhere(~plain & ~np.isnan(values)):
        found[tuple(place)] = float(f"{values[tuple(place)]:.14g}")
    return np.asarray(found, np.float64)


def _numbers(column: pa.ChunkedArray, known: Mapping[Any, int]) -> Places:
    """The number of each value, −1 for what is not known."""
    import pyarrow as pa
    import pyarrow.compute as pc

    keys: Sequence[Any] = list(known)
    values = pa.array(keys, column.type) if keys else pa.array([], column.type)
    found = pc.index_in(column, value_set=values).fill_null(-1)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)
