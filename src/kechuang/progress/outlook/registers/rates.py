"""How often a register's records are renewed, enter and leave: from its own history, drawn to a prior.

A few years of a small register say little, so each rate is a distribution, not a number:

* *renewal* of a lapsed record: Beta(w·m, w·(1−m)) before, plus renewed and not renewed after. A record that
  lapsed less than a window ago and is not renewed counts as not renewed only by the share of renewals that
  usually have come by then.
* *delay* of a renewal in whole months: Dirichlet, drawn to "at once, or soon after" (halving each month).
* *entries* a year: Gamma(½ + entries, years), the Jeffreys prior; between years they scatter beyond Poisson
  by a dispersion (variance = μ + φ·μ²) estimated by moments and shrunk. *Season*: shares of the months,
  drawn to equal months.
* *exits* before the term: Gamma(w + exits, w/h + unit-months), drawn to a monthly rate h.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from kechuang.progress.outlook.parameters import Parameters
from kechuang.progress.outlook.registers.history import Floats, History, Ints, month_of, months

MOST_YEARS = 10
"""Entries are counted over at most so many years back: what was before says little of what comes."""


@dataclass(frozen=True)
class Rates:
    """The distributions a simulation draws from.

    ``renewal`` (a, b) of a Beta; ``delay``: share of renewals by whole months of delay, adding up to 1;
    ``entry`` (shape, exposure in years) of a Gamma; ``dispersion`` φ ≥ 0; ``season``: share of the
    entries in each calendar month; ``exit`` (shape, exposure in unit-months) of a Gamma. ``lapsed``,
    ``renewed``, ``entries`` (by year): what was counted; ``so_far``: entries of the running year.
    """

    renewal: tuple[float, float]
    delay: tuple[float, ...]
    entry: tuple[float, float]
    dispersion: float
    season: tuple[float, ...]
    exit: tuple[float, float]
    lapsed: float = 0.0
    renewed: int = 0
    entries: tuple[tuple[int, int], ...] = ()
    exits: int = 0
    so_far: int = 0

    @property
    def renewal_mean(self) -> float:
        return self.renewal[0] / sum(self.renewal)

    @property
    def entry_mean(self) -> float:
        return self.entry[0] / self.entry[1]


def rates_of(history: History, as_of: date, parameters: Parameters, table: str | None = None) -> Rates:
    """The rates of ``history`` as known on ``as_of``."""
    window = int(parameters.number("renewal_window", table))
    today = as_of.toordinal()
    known = history.start <= today
    unit, start, end = history.unit[known], history.start[known], history.end[known]
    broken = history.broken[known]
    same = np.zeros(len(unit), np.bool_)
    same[:-1] = unit[1:] == unit[:-1]
    following = np.where(same, np.append(start[1:], 0), np.iinfo(np.int64).max)
    before = np.append(False, same[:-1]) if len(unit) else same

    # -- renewals and their delay
    due = (end <= today) & ~broken
    waited = month_of(as_of) - months(np.where(due, end, today))
    delay = np.where(
        same, months(np.where(same, following, start)) - months(np.minimum(end, today)), window + 1
    )
    renewed = due & same & (delay <= window)
    late = np.clip(delay[renewed], 0, None)
    shares = _delays(late, window, parameters.number("delay_weight", table))
    come = np.cumsum(shares)
    not_renewed = float(come[np.minimum(waited[due & ~renewed], window)].sum())
    weight = parameters.number("renewal_weight", table)
    mean = parameters.number("renewal_mean", table)
    beta = (weight * mean + renewed.sum(), weight * (1 - mean) + not_renewed)

    # -- entries: the first record of a unit, or one long after its last
    gap = np.zeros(len(unit), np.int64)
    gap[1:] = np.where(before[1:], months(start[1:]) - months(np.minimum(end[:-1], today)), 0)
    enters = ~before | (gap > window)
    entered = months(start[enters])
    first, last = _observed(history, start, as_of)
    by_year = tuple((year, int((entered // 12 == year).sum())) for year in range(first, last + 1))
    counts = np.array([count for _, count in by_year], float)
    season = _season(entered, parameters.number("season_weight", table))

    # -- exits before the term
    exits = int((broken & (end <= today)).sum())
    exposure = float(np.sum(np.minimum(end, today) - start)) * 12 / 365.25
    doubt = parameters.number("exit_weight", table)
    doubt_months = doubt * 12 / parameters.number("exit_rate", table)
    return Rates(
        beta,
        tuple(float(share) for share in shares),
        (0.5 + float(counts.sum()), max(float(len(counts)), 0.5)),
        dispersion_of(counts, parameters, table),
        tuple(float(share) for share in season),
        (doubt + exits, doubt_months + exposure),
        float(renewed.sum()) + not_renewed,
        int(renewed.sum()),
        by_year,
        exits,
        int((entered // 12 == as_of.year).sum()),
    )


def _delays(late: Ints, window: int, weight: float) -> Floats:
    """Shares by months of delay: counts, drawn to a prior that halves each month."""
    prior = 0.5 ** np.arange(window + 1)
    found = np.bincount(np.minimum(late, window), minlength=window + 1) + weight * prior / prior.sum()
    return np.asarray(found / found.sum())


def _observed(history: History, start: Ints, as_of: date) -> tuple[int, int]:
    """First and last full year of which all entries are known.

    Of a register with a term, records before the first term may be renewals of older ones that were never
    entered here; they count only where there is nothing better.
    """
    last = as_of.year - 1
    if not len(start):
        return last + 1, last
    begun = int(months(start.min(keepdims=True))[0] // 12)
    after = begun + (history.term or 0) // 12
    first = after if last - after >= 2 else min(begun + 1, last)
    return max(first, last - MOST_YEARS + 1), last


def _season(entered: Ints, weight: float) -> Floats:
    found = np.bincount(entered % 12, minlength=12) + weight / 12
    return np.asarray(found / found.sum())


def dispersion_of(counts: Floats, parameters: Parameters, table: str | None) -> float:
    """φ of variance = μ + φ·μ², by moments, shrunk to its prior by the number of years."""
    prior, weight = parameters.number("dispersion", table), parameters.number("dispersion_weight", table)
    mean = float(counts.mean()) if len(counts) else 0.0
    if len(counts) < 2 or mean <= 0:
        return prior
    found = max(0.0, (float(counts.var(ddof=1)) - mean) / mean**2)
    return (found * len(counts) + prior * weight) / (len(counts) + weight)
