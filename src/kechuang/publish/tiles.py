"""A tile map without boundaries: every place a square, as near as may be to where it lies.

The squares of a small grid are given to the places so that the squared displacements add up to the least
possible (a linear assignment, solved exactly), after places were spread over the grid half by where they
lie and half by their order, so that a cluster does not crowd out the rest. The same places always give the
same tiles. After the idea of Meulemans et al., "Small Multiples with Gaps" (IEEE TVCG 2017).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, cos, radians, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Point = tuple[float, float]
#: How much of a place's spot on the grid is its order, the rest where it lies.
ORDER = 0.5


def tiles(codes: Sequence[str], points: Mapping[str, Point]) -> dict[str, tuple[int, int]]:
    """(column, row) of every place, from 1, top left; ``points`` are longitude and latitude in degrees.

    Places without a point stand in the grid in the order given where any lacks one.

    >>> tiles(["a", "b", "c", "d"], {"a": (0, 1), "b": (1, 1), "c": (0, 0), "d": (1, 0)})
    {'a': (1, 1), 'b': (2, 1), 'c': (1, 2), 'd': (2, 2)}
    """
    side = max(ceil(sqrt(len(codes))), 1)
    if any(code not in points for code in codes):
        return {code: (number % side + 1, number // side + 1) for number, code in enumerate(codes)}
    import numpy as np
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped,unused-ignore]

    places = np.array([(points[code][0], -points[code][1]) for code in codes], float).reshape(-1, 2)
    spots = np.column_stack([_spread(places[:, axis], side) for axis in (0, 1)])
    squares = np.array([(column, row) for row in range(side) for column in range(side)], float)
    cost = ((spots[:, None, :] - squares[None, :, :]) ** 2).sum(axis=2)
    _, chosen = linear_sum_assignment(cost)
    found = squares[chosen].astype(int)
    found -= found.min(axis=0)
    return {code: (int(column) + 1, int(row) + 1) for code, (column, row) in zip(codes, found, strict=True)}


def _spread(given: npt.NDArray[np.float64], side: int) -> npt.NDArray[np.float64]:
    """Values brought to 0 … side − 1, half by size, half by order."""
    import numpy as np

    low, high = given.min(), given.max()
    by_size = (given - low) / ((high - low) or 1.0)
    ranks = np.array([(np.sum(given < one) + np.sum(given <= one) - 1) / 2 for one in given])
    by_order = ranks / max(len(given) - 1, 1)
    spread: npt.NDArray[np.float64] = ((1 - ORDER) * by_size + ORDER * by_order) * (side - 1)
    return spread


def projected(points: Mapping[str, Point], width: float, height: float, margin: float) -> dict[str, Point]:
    """Points on a sheet ``width`` × ``height``, north up: an equirectangular projection true to scale at the middle
    latitude, as large as fits inside the ``margin``."""
    if not points:
        return {}
    middle = sum(lat for _, lat in points.values()) / len(points)
    flat = {code: (lon * cos(radians(middle)), -lat) for code, (lon, lat) in points.items()}
    xs, ys = [x for x, _ in flat.values()], [y for _, y in flat.values()]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    scale = min((width - 2 * margin) / (wide or 1e-9), (height - 2 * margin) / (high or 1e-9))
    if not wide and not high:
        scale = 0.0
    dx = (width - wide * scale) / 2 - min(xs) * scale
    dy = (height - high * scale) / 2 - min(ys) * scale
    return {code: (round(x * scale + dx, 1), round(y * scale + dy, 1)) for code, (x, y) in flat.items()}
