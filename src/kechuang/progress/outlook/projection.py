"""Where an indicator may go: draws of its coming years, by the register's own dates or by its series.

A *register* projection simulates the records that count (``registers``); a *series* projection forecasts
the yearly figures (``progress.forecast``). Both give the same object, so that what is asked of one can be
asked of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kechuang.formula import parse
from kechuang.formula import tree as t
from kechuang.indicators.figure import Figure
from kechuang.messages import Message
from kechuang.packs.model import IndicatorSpec, RecordType
from kechuang.progress.outlook.attainment import Floats
from kechuang.progress.outlook.registers import Simulated

if TYPE_CHECKING:
    from kechuang.progress.forecast import Bounds

LEVELS = (0.5, 0.8, 0.95)
LEAST = 4
"""Points a series needs for a forecast."""

Band = tuple[float, float]


@dataclass(frozen=True)
class Projection:
    """Draws of the coming years: ``draws`` (runs, H) in the indicator's unit, one column a year.

    ``bands`` holds for each year the median and the 50, 80 and 95% bands. ``past`` is what it starts from:
    year and value, in order. ``simulated`` has the flows of a register.
    """

    method: Literal["register", "series"]
    years: tuple[int, ...]
    draws: Floats
    bands: tuple[tuple[float, Band, Band, Band], ...]
    past: tuple[tuple[int, float], ...]
    notes: tuple[Message, ...] = ()
    simulated: Simulated | None = None
    whole: bool = False

    def at(self, year: int) -> Floats | None:
        """The draws of a year (runs,); None where it is not projected."""
        return self.draws[:, self.years.index(year)] if year in self.years else None

    def until(self, year: int) -> Floats:
        """The draws of all years up to ``year``."""
        return self.draws[:, : self.years.index(year) + 1]

    def as_dict(self, year: int) -> dict[str, Any]:
        """The contract's ``forecast`` of one year."""
        median, p50, p80, p95 = self.bands[self.years.index(year)]
        return {
            "period": str(year),
            "median": median,
            "p50": list(p50),
            "p80": list(p80),
            "p95": list(p95),
            "method": self.method,
        }


def of_register(
    simulated: Simulated, past: Sequence[tuple[int, float]], notes: Sequence[Message]
) -> Projection:
    """The projection of a simulated register."""
    return Projection(
        "register",
        simulated.years,
        simulated.stock,
        tuple(_bands(simulated.stock[:, at]) for at in range(len(simulated.years))),
        tuple(past),
        tuple(notes),
        simulated,
        whole=True,
    )


def of_series(
    past: Sequence[tuple[int, float]], last: int, bounds: Bounds, runs: int, seed: int
) -> Projection:
    """The forecast of yearly figures from the year after the last of ``past`` to ``last``.

    ``past`` has at least four years; years missing in between are filled on a straight line.
    """
    from kechuang.progress.forecast import forecast

    horizon = last - past[-1][0]
    found = forecast(filled(past), horizon, bounds=bounds)
    bands = [found.band(level) for level in LEVELS]
    rows = tuple(
        (
            float(found.median[at]),
            *((float(low[at]), float(high[at])) for low, high in bands),
        )
        for at in range(horizon)
    )
    years = tuple(range(past[-1][0] + 1, last + 1))
    return Projection(
        "series",
        years,
        np.asarray(found.draws(runs, seed), float),
        rows,  # type: ignore[arg-type]
        tuple(past),
        (found.method, *found.notes),
        whole=bounds.integer,
    )


def in_steps(projection: Projection, step: float) -> Projection:
    """The projection of a share of things counted: every value on a whole number of ``step`` (one thing more).

    Without it nothing short of the bound itself would ever be "all".
    """

    def snapped(value: float) -> float:
        return round(value / step) * step

    def both(band: Band) -> Band:
        return snapped(band[0]), snapped(band[1])

    return replace(
        projection,
        draws=np.round(projection.draws / step) * step,
        bands=tuple(
            (snapped(median), both(half), both(most), both(nearly))
            for median, half, most, nearly in projection.bands
        ),
    )


def filled(past: Sequence[tuple[int, float]]) -> list[float]:
    """The values year by year, straight lines over years that are missing.

    >>> filled([(2020, 1.0), (2022, 3.0)])
    [1.0, 2.0, 3.0]
    """
    years = [year for year, _ in past]
    return [
        float(value)
        for value in np.interp(range(years[0], years[-1] + 1), years, [value for _, value in past])
    ]


def usable(figures: Sequence[Figure], as_of_year: int, least_coverage: float) -> list[tuple[int, float]]:
    """Year and value of the figures a forecast may rest on, in order.

    Left out are years that are not over, and years of which too few returns are in.
    """
    found: dict[int, float] = {}
    for figure in figures:
        if figure.value is None or not figure.period.isdigit() or int(figure.period) >= as_of_year:
            continue
        if figure.coverage is not None and figure.coverage < least_coverage:
            continue
        found[int(figure.period)] = figure.value
    return sorted(found.items())


def bounds_of(spec: IndicatorSpec, records: dict[str, RecordType]) -> Bounds:
    """What values an indicator can take at all, from its own formula.

    Counts are whole and not below zero; a coverage, or a count of part over a count of the whole, lies
    between 0 and the whole; a sum of fields that cannot be negative is not below zero. A count of what has
    begun, with nothing that ends it, never falls.
    """
    from kechuang.progress.forecast import Bounds
    from kechuang.progress.outlook.registers import shape_of

    names: dict[str, t.Node] = {}
    for name, text in spec.let.items():
        names[name] = t.expanded(parse(text), names)
    tree = t.expanded(parse(spec.value), names)
    factor, core = _factor(tree)
    if isinstance(core, t.Covered):
        return Bounds(low=0.0, high=factor)
    if isinstance(core, t.Count | t.Distinct):
        shape = shape_of(spec, records)
        for_good = shape is not None and shape.kind == "dated" and not shape.ends and not shape.term
        return Bounds(low=0.0, integer=factor == 1, monotone=for_good)
    if isinstance(core, t.Divide | t.Ratio) and _is_part(core):
        return Bounds(low=0.0, high=factor)
    return Bounds(low=0.0) if _never_negative(core, records) else Bounds()


def _factor(tree: t.Node) -> tuple[float, t.Node]:
    """A leading constant factor, and what it multiplies."""
    match tree:
        case t.Multiply(left=t.Literal(value=int() | float() as number), right=rest):
            inner, core = _factor(rest)
            return float(number) * inner, core
        case t.Divide(
            left=t.Multiply(left=t.Literal(value=int() | float() as number), right=above), right=below
        ):
            return float(number), t.Divide(above, below)
        case t.Ratio():
            return 100.0, tree
    return 1.0, tree


def _is_part(node: t.Divide | t.Ratio) -> bool:
    """A count of some records over the count of more of the same."""
    above, below = node.left, node.right
    if not (isinstance(above, t.Count) and isinstance(below, t.Count) and above.table == below.table):
        return False
    if below.condition is None:
        return True
    parts = above.condition.parts if isinstance(above.condition, t.And) else (above.condition,)
    return below.condition in parts


def _never_negative(node: t.Node, records: dict[str, RecordType]) -> bool:
    match node:
        case t.Literal(value=int() | float() as number):
            return number >= 0
        case t.Count() | t.Distinct() | t.Covered():
            return True
        case t.Add() | t.Multiply() | t.Divide() | t.Ratio() | t.PerCapita():
            return _never_negative(node.left, records) and _never_negative(node.right, records)
        case t.Reduction():
            return _never_negative(node.value, records)
        case t.Field(table=table, field=name):
            kind = records.get(table)
            found = kind.fields.get(name) if kind else None
            return found is not None and found.min is not None and found.min >= 0
        case t.Parameter():
            return False
    return False


def _bands(values: Floats) -> tuple[float, Band, Band, Band]:
    median = float(np.quantile(values, 0.5, method="inverted_cdf"))
    low = [float(np.quantile(values, (1 - level) / 2, method="inverted_cdf")) for level in LEVELS]
    high = [float(np.quantile(values, (1 + level) / 2, method="inverted_cdf")) for level in LEVELS]
    return median, (low[0], high[0]), (low[1], high[1]), (low[2], high[2])
