"""Registers made anew each year: who stays on the list, who joins, and a list that is still growing.

A unit of one year's list is on the next with the same probability for all (beta-binomial); those that
join do so at a yearly rate (gamma-Poisson, scattering beyond Poisson like entries of dated registers).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from kechuang.packs.model import Packs
from kechuang.progress.outlook.parameters import Parameters
from kechuang.progress.outlook.registers.history import held
from kechuang.progress.outlook.registers.rates import dispersion_of
from kechuang.progress.outlook.registers.shape import Shape
from kechuang.progress.outlook.registers.simulation import Simulated

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class YearlyLists:
    """``lists``: the units of each year, by year in order; ``sample``: some records are made up.

    ``days``: within each year, the share of it gone when each unit was entered, where a date says so.
    """

    lists: dict[int, frozenset[str]]
    days: tuple[float, ...] = ()
    sample: bool = False

    @property
    def transitions(self) -> list[tuple[int, int, int]]:
        """(year, stayed, joined) of every pair of successive years."""
        return [
            (year, len(now & self.lists[year - 1]), len(now - self.lists[year - 1]))
            for year, now in self.lists.items()
            if year - 1 in self.lists
        ]


def lists_of(
    shape: Shape, table: pa.Table, packs: Packs, as_of: date, places: Collection[str] | None = None
) -> YearlyLists:
    """The yearly lists of ``table`` up to the year of ``as_of``."""
    kind = packs.records[shape.table]
    assert kind.time.year is not None and shape.unit is not None
    keep = held(shape, table, packs, as_of, places)
    found: dict[int, set[str]] = {}
    days: list[float] = []
    dated = next((name for name, spec in kind.fields.items() if spec.type == "date"), None)
    entered = table[dated].to_pylist() if dated else [None] * len(table)
    sample = False
    columns = (table[kind.time.year].to_pylist(), table[shape.unit].to_pylist(), table["_sample"].to_pylist())
    for at, (year, unit, made) in enumerate(zip(*columns, strict=True)):
        if not keep[at] or year is None or unit is None or year > as_of.year:
            continue
        found.setdefault(year, set()).add(str(unit))
        sample |= bool(made)
        day = entered[at]
        if day is not None and day.year == year and year < as_of.year:
            days.append(day.timetuple().tm_yday / 366)
    return YearlyLists({year: frozenset(found[year]) for year in sorted(found)}, tuple(sorted(days)), sample)


@dataclass(frozen=True)
class ListRates:
    """``stay`` (a, b) of a Beta; ``join`` (shape, years) of a Gamma; ``dispersion`` of the joining."""

    stay: tuple[float, float]
    join: tuple[float, float]
    dispersion: float

    @property
    def stay_mean(self) -> float:
        return self.stay[0] / sum(self.stay)


def list_rates(
    lists: YearlyLists, as_of: date, parameters: Parameters, table: str | None = None
) -> ListRates:
    """The rates from lists of years that are over."""
    full = [(year, stayed, joined) for year, stayed, joined in lists.transitions if year < as_of.year]
    weight, mean = parameters.number("renewal_weight", table), parameters.number("renewal_mean", table)
    stayed = sum(item[1] for item in full)
    before = sum(len(lists.lists[year - 1]) for year, *_ in full)
    joined = np.array([item[2] for item in full], float)
    return ListRates(
        (weight * mean + stayed, weight * (1 - mean) + before - stayed),
        (0.5 + float(joined.sum()), max(float(len(joined)), 0.5)),
        dispersion_of(joined, parameters, table),
    )


def simulate_lists(
    lists: YearlyLists, rates: ListRates, as_of: date, last: int, *, runs: int = 4000, seed: int = 0
) -> Simulated | None:
    """The lists up to year ``last``, drawn ``runs`` times; None where no year's list is whole.

    A list of the running year counts as it grows: those of last year that are not yet on it may still
    come, and so may new ones, by the share of the entries that usually come later in the year.
    """
    whole = [year for year in lists.lists if year < as_of.year]
    if not whole:
        return None
    start = whole[-1]
    draw = np.random.default_rng(seed)
    stay = draw.beta(*rates.stay, runs)
    join = draw.gamma(rates.join[0], 1 / rates.join[1], runs)
    years = tuple(range(start + 1, last + 1))
    flows = {name: np.zeros((runs, len(years))) for name in ("lapsed", "renewed", "entered")}
    stock = np.zeros((runs, len(years)))
    now = np.full(runs, len(lists.lists[start]), np.int64)
    for at, year in enumerate(years):
        known = lists.lists.get(year) if year == as_of.year else None
        before = lists.lists[start] if at == 0 else None
        scatter = np.ones(runs)
        if rates.dispersion > 1e-9:
            scatter = draw.gamma(1 / rates.dispersion, rates.dispersion, runs)
        if known and before is not None:
            gone = share_gone(lists, as_of)
            again, fresh = len(known & before), len(known - before)
            late = stay * (1 - gone) / np.maximum(1 - stay * gone, 1e-12)
            kept = again + draw.binomial(len(before) - again, np.clip(late, 0, 1))
            new = fresh + draw.poisson(join * scatter * (1 - gone))
        else:
            kept, new = draw.binomial(now, stay), draw.poisson(join * scatter)
        flows["lapsed"][:, at], flows["renewed"][:, at], flows["entered"][:, at] = now, kept, new
        now = kept + new
        stock[:, at] = now
    none = np.zeros_like(stock)
    opening = len(lists.lists[start])
    return Simulated(
        years,
        opening,
        stock,
        flows["lapsed"],
        flows["renewed"],
        flows["entered"],
        none,
        none,
        dated=False,
    )


def share_gone(lists: YearlyLists, as_of: date) -> float:
    """The share of a year's entries that usually have come by the day of ``as_of``: by former years where
    dates say so, else by the time gone."""
    time = as_of.timetuple().tm_yday / 366
    if not lists.days:
        return time
    return (sum(day <= time for day in lists.days) + time) / (len(lists.days) + 1)
