"""The enterprises to be judged, column by column: what a rule reads, and what is empty.

Numbers, dates (days since 1970) and flags are float arrays with NaN for an empty cell; choices are
codes with -1; texts are Arrow strings. A column the data does not have is not in ``columns``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kechuang.errors import Fault

if TYPE_CHECKING:
    import pyarrow as pa

    from kechuang.packs import Packs, RuleSpec

Column = npt.NDArray[np.float64] | npt.NDArray[np.int16]


@dataclass
class Cases:
    """``rows`` cases of a rule: arrays by column, keys as Arrow strings, warnings of reading."""

    rows: int
    keys: pa.ChunkedArray
    columns: dict[str, Column]
    warnings: list[Fault] = field(default_factory=list)

    def empty(self, name: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which of ``rows`` have nothing in a column; all of them where the column is absent."""
        found = self.columns.get(name)
        if found is None:
            return np.ones(len(rows), np.bool_)
        cells = found[rows]
        return cells < 0 if cells.dtype == np.int16 else np.isnan(cells)

    def cells(self, spec: RuleSpec, name: str, rows: npt.NDArray[np.int64]) -> list[Any]:
        """Cells as JSON has them: a number, 1 or 0, a date as text, a choice's code; None if empty."""
        found = self.columns.get(name)
        if found is None:
            return [None] * len(rows)
        column = spec.columns[name]
        if column.type == "choice":
            names = [*column.choices, None]  # -1 is the last
            return [names[code] for code in found[rows].tolist()]
        if column.type == "date":
            days = found[rows]
            dates = np.where(np.isnan(days), 0, days).astype("datetime64[D]").astype(str).tolist()
            return [None if empty else day for empty, day in zip(np.isnan(days), dates, strict=True)]
        return [plain(value) for value in found[rows].tolist()]


def plain(number: float) -> int | float | None:
    """A number as JSON writes it: whole numbers without a point, None for what is not known."""
    if math.isfinite(number):
        return int(number) if number.is_integer() else number
    return None


def cases_of(spec: RuleSpec, table: Mapping[str, Sequence[Any]] | pa.Table, packs: Packs) -> Cases:
    """The cases of ``table`` (column name → values, or an Arrow table), every cell checked as in a file.

    Raises KechuangError with every fault where a cell is not what its column asks for.
    """
    from kechuang.rules.reading import from_arrow

    return from_arrow(spec, table, packs)
