"""Figures as text, a whole column at once, with the unit as each language writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

Floats = npt.NDArray[np.float64]

PLACES, CLOSE_PLACES = 2, 6
SAME = 1e-9
TOLD = 4_096
"""Rows worth telling at a time: sentences are long, and a reader wants the first ones soon."""
SHEET_ROWS = 1_048_576
"""Rows a sheet of a spreadsheet holds."""
_ENGLISH = {
    "人": " persons",
    "万元": " × 10,000 yuan",
    "天": " days",
    "年": " years",
    "分": " points",
    "项": " items",
    "件": " rights",
    "小时": " hours",
}


def unit_text(unit: str | None, language: str) -> str:
    """What follows a figure.

    >>> unit_text("人", "zh"), unit_text("人", "en"), unit_text("%", "en")
    ('人', ' persons', '%')
    """
    if not unit or unit == "%":
        return unit or ""
    return unit if language == "zh" else _ENGLISH.get(unit, f" {unit}")


def figures(values: Any, unit: str | None = None, beside: Any = None) -> pa.Array:
    """``values`` with two decimals at most; a share whose unit is % times a hundred; null where unknown.

    A figure that would look the same as the one it stands ``beside``, and is not, gets more decimals.

    >>> figures(np.array([0.125, 0.0999999]), "%", np.array([0.1, 0.1])).to_pylist()
    ['12.5', '9.99999']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = _scaled(values, unit)
    rounded = np.round(numbers, PLACES)
    if beside is not None:
        other = _scaled(beside, unit)
        alike = (rounded == np.round(other, PLACES)) & (
            np.abs(numbers - other) > SAME * np.maximum(1, np.abs(other))
        )
        rounded = np.where(alike, np.round(numbers, CLOSE_PLACES), rounded)
    # + 0.0 makes −0 a plain 0.
    return pc.cast(pa.array(rounded + 0.0, mask=~np.isfinite(rounded)), pa.string())


def rounded_up(values: Floats) -> Floats:
    """Whole numbers not below ``values``; one part in a thousand million is not a reason to go up."""
    return np.ceil(values - SAME * np.maximum(1.0, np.abs(values)))


def summed(total: float) -> float:
    """A sum of decimal fractions without what floats add to it.

    >>> summed(0.1 + 0.2)
    0.3
    """
    return round(float(total), 10)


def _scaled(values: Any, unit: str | None) -> Floats:
    numbers = np.asarray(values, np.float64)
    return numbers * 100 if unit == "%" else numbers
