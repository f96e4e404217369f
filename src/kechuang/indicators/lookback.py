"""Looking back over breaks: where ``growth``, ``previous`` and ``moving_…`` have no value, or a bridged one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.formula import grid as g
from kechuang.formula import tree as t

if TYPE_CHECKING:
    from kechuang.indicators.breaks import Mark
    from kechuang.indicators.computation import Computation
    from kechuang.indicators.definition import Definition

Array = Any


def broken(work: Computation, definition: Definition, node: t.Shifted) -> list[tuple[Mark, Array, bool]]:
    """Each break that ``node`` looks over, the cells in which it does, and whether a factor bridges it."""
    years, furthest = np.array(work.around.years), max(t.shifts(node))
    found: list[tuple[Mark, Array, bool]] = []
    for mark, bridged in work.breaks.under(definition, node):
        over = np.broadcast_to((years - furthest < mark.year) & (mark.year <= years), work.cells.size)
        if mark.unrevised is not None and over.any():
            over = over & ~_healed(work, mark, [back for back in t.shifts(node) if back])
        if over.any():
            found.append((mark, over, bridged and mark.factor is not None))
    for place, region in enumerate(work.cells.regions):
        for mark in work.breaks.in_region(region):
            over = np.zeros(work.cells.size, bool)
            over[place] = (years - furthest < mark.year) & (mark.year <= years)
            if over.any():
                found.append((mark, over, False))
    return found


def _healed(work: Computation, mark: Mark, read: list[int]) -> Array:
    """Where every year read from before the break is on the new basis already."""
    years = [int(year) for year in work.around.years]
    return np.array(
        [
            [
                all(work.breaks.healed(mark, region, year - back) for back in read if year - back < mark.year)
                for year in years
            ]
            for region in work.cells.regions
        ]
    )


def looked_back(work: Computation, definition: Definition, node: t.Shifted) -> g.Grid | None:
    """``node`` with the breaks on its way; None where there are none."""
    found = broken(work, definition, node)
    if not found:
        return None
    stopped = np.zeros(work.cells.size, bool)
    factors: dict[int, Array] = {}
    years = np.array(work.around.years)
    for mark, over, bridged in found:
        if not bridged or mark.factor is None:
            stopped |= over
            continue
        for back in t.shifts(node):
            before = over & (years - back < mark.year)
            factors[back] = factors.get(back, 1.0) * np.where(before, mark.factor, 1.0)
    return g.looked_back(node, work.grid(definition, node.value), work.around, stopped, factors)
