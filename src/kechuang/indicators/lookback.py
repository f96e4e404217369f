"""Looking back over breaks: where ``growth``, ``previous`` and ``moving_…`` have no value, or a bridged one.

A break divides years by their basis. Without ``revised`` the new basis begins with its year. With it, a
year on the new basis is a later one, or one whose records were all revised: the census year itself is on
the old basis until its revised value is there.
"""

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


def basis(work: Computation, mark: Mark) -> Array:
    """In which cells a number is on the basis after the break."""
    years = np.array(work.around.years)
    if mark.unrevised is None:
        return np.broadcast_to(years >= mark.year, work.cells.size)
    later = np.broadcast_to(years > mark.year, work.cells.size)
    every, old = work.measured.get(t.Count(mark.unrevised.table)), work.measured.get(mark.unrevised)
    if every is None or old is None:
        return later
    return later | ((every.records > 0) & ~(old.records > 0))


def broken(work: Computation, definition: Definition, node: t.Shifted) -> list[tuple[Mark, Array, bool]]:
    """Each break that ``node`` looks over, the cells in which it does, and whether a factor bridges it."""
    found: list[tuple[Mark, Array, bool]] = []
    for mark, bridged in work.breaks.under(definition, node):
        new = basis(work, mark)
        over, backwards = np.zeros(work.cells.size, bool), np.zeros(work.cells.size, bool)
        for back in t.shifts(node):
            where = work.around.before(back)
            then = new[:, where]
            over |= (then != new) & (where >= 0)
            backwards |= then & ~new & (where >= 0)
        if over.any():
            found.append((mark, over, bridged and mark.factor is not None and not backwards.any()))
    years, furthest = np.array(work.around.years), max(t.shifts(node))
    for place, region in enumerate(work.cells.regions):
        for mark in work.breaks.in_region(region):
            over = np.zeros(work.cells.size, bool)
            over[place] = (years - furthest < mark.year) & (mark.year <= years)
            if over.any():
                found.append((mark, over, False))
    return found


def begun(work: Computation, definition: Definition, region: str, year: int) -> list[Mark]:
    """The breaks between ``year`` and the year before it in ``region``."""
    place, number = work.region_number[region], work.period_number[year]
    before = work.period_number.get(year - 1)
    found = []
    for mark in work.breaks.of(definition):
        if mark.unrevised is None:
            new = mark.year == year
        else:
            on = basis(work, mark)
            new = before is not None and bool(on[place, number]) != bool(on[place, before])
        if new:
            found.append(mark)
    return found + [mark for mark in work.breaks.in_region(region) if mark.year == year]


def looked_back(work: Computation, definition: Definition, node: t.Shifted) -> g.Grid | None:
    """``node`` with the breaks on its way; None where there are none."""
    found = broken(work, definition, node)
    if not found:
        return None
    stopped = np.zeros(work.cells.size, bool)
    factors: dict[int, Array] = {}
    for mark, over, bridged in found:
        if not bridged or mark.factor is None:
            stopped |= over
            continue
        new = basis(work, mark)
        for back in t.shifts(node):
            before = over & ~new[:, work.around.before(back)] & new
            factors[back] = factors.get(back, 1.0) * np.where(before, mark.factor, 1.0)
    return g.looked_back(node, work.grid(definition, node.value), work.around, stopped, factors)
