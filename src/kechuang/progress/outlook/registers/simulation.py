"""Draws a dated register forward month by month: who lapses, is renewed, enters and leaves.

Only counts move: units are grouped by the month in which they lapse, so the work does not grow with the
size of the register. All runs go together in arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from kechuang.progress.outlook.registers.history import NEVER, Floats, History, Ints, month_of, months
from kechuang.progress.outlook.registers.pipeline import Candidate, by_month
from kechuang.progress.outlook.registers.rates import Rates


@dataclass(frozen=True)
class Simulated:
    """Stock and flows of each run by year, all (runs, H); ``years`` are the H years.

    ``stock`` is what counts at the end of the year. Flows are of the year (of its rest, in the first):
    ``lapsed`` reached their term, ``renewed`` of those came back within the year or later, ``entered`` are
    new, ``passed`` candidates by name, ``left`` before their term. ``opening`` is today's stock:
    stock = opening − lapsed + renewed + entered + passed − left, summed over the years. ``known_lapses``: how
    many of today's records reach their term in each year; ``dated`` is False for lists made anew each year.
    """

    years: tuple[int, ...]
    opening: int
    stock: Floats
    lapsed: Floats
    renewed: Floats
    entered: Floats
    passed: Floats
    left: Floats
    known_lapses: tuple[int, ...] = ()
    dated: bool = True

    def expected(self) -> list[dict[str, float]]:
        """The mean of stock and flows by year, for a waterfall."""
        flows = ("lapsed", "renewed", "entered", "passed", "left", "stock")
        return [
            {"year": year, **{name: float(getattr(self, name)[:, at].mean()) for name in flows}}
            for at, year in enumerate(self.years)
        ]


def simulate(
    history: History,
    rates: Rates,
    as_of: date,
    last: int,
    *,
    runs: int = 4000,
    seed: int = 0,
    candidates: Sequence[Candidate] = (),
) -> Simulated:
    """The register from ``as_of`` to the end of year ``last``, drawn ``runs`` times.

    Renewal, entry and exit rates are drawn once a run, so that what is not known of them is in the bands.
    Named candidates and usual entries are not added up: of a year, entries by history are only those
    beyond the candidates that pass. Equal arguments give equal draws.
    """
    draw = np.random.default_rng(seed)
    first = month_of(as_of)
    count = (last + 1) * 12 - first
    years = tuple(range(as_of.year, last + 1))
    lapsing, open_, waiting = standing(history, as_of, count)
    opening = int(lapsing.sum()) + open_
    chance = draw.beta(*rates.renewal, runs)
    # A new record lapses within the horizon only where its term is shorter.
    pool = np.broadcast_to(lapsing[:count].astype(float), (runs, count)).copy()
    beyond = np.full(runs, float(open_ + lapsing[count:].sum()))
    late = _late(waiting, rates, chance, count, draw)
    passing = by_month(candidates, first, count, runs, draw)
    entering = _entries(rates, as_of, count, runs, draw, passing)
    leave = draw.gamma(rates.exit[0], 1 / rates.exit[1], runs)
    flows = {
        name: np.zeros((runs, len(years))) for name in ("lapsed", "renewed", "entered", "passed", "left")
    }
    stock = np.zeros((runs, len(years)))
    delays = np.array(rates.delay)
    delays /= delays.sum()
    for at in range(count):
        year = (first + at) // 12 - as_of.year
        if at == 0 or (first + at) % 12 == 0:
            _thin(pool, beyond, leave, at, flows["left"][:, year], 12 - (first + at) % 12, draw)
        lapsed = pool[:, at].copy()
        pool[:, at] = 0
        flows["lapsed"][:, year] += lapsed
        back = draw.binomial(lapsed.astype(np.int64), chance)
        come = min(len(delays), count - at)
        late[:, at : at + come] += draw.multinomial(back, delays)[:, :come]
        fresh = late[:, at] + entering[:, at] + passing[:, at]
        flows["renewed"][:, year] += late[:, at]
        flows["entered"][:, year] += entering[:, at]
        flows["passed"][:, year] += passing[:, at]
        if history.term is not None and at + history.term < count:
            pool[:, at + history.term] += fresh
        else:
            beyond += fresh
        if (first + at) % 12 == 11:
            stock[:, year] = pool[:, at + 1 :].sum(axis=1) + beyond
    known = np.array([lapsing[:count][(first + np.arange(count)) // 12 == year].sum() for year in years])
    return Simulated(
        years,
        opening,
        stock,
        flows["lapsed"],
        flows["renewed"],
        flows["entered"],
        flows["passed"],
        flows["left"],
        tuple(int(number) for number in known),
    )


def standing(history: History, as_of: date, count: int) -> tuple[Ints, int, Ints]:
    """Who counts today: by the month (from this one) their record lapses, without end, and waiting.

    The first array has ``count`` + 1 elements, the last of them for later months. ``waiting`` holds the
    lapsed that are not renewed, by whole months since.
    """
    today, first = as_of.toordinal(), month_of(as_of)
    known = history.start <= today
    unit, start, end, broken = (
        part[known] for part in (history.unit, history.start, history.end, history.broken)
    )
    if not len(unit):
        return np.zeros(count + 1, np.int64), 0, np.zeros(1, np.int64)
    heads = np.flatnonzero(np.append(True, unit[1:] != unit[:-1]))
    latest = np.maximum.reduceat(end, heads)
    held = np.maximum.reduceat(((start <= today) & (today < end)).astype(np.int64), heads) > 0
    final = np.append(heads[1:], len(unit)) - 1
    forever = held & (latest >= NEVER)
    ending = months(np.where(held & ~forever, latest, today)) - first
    lapsing = np.bincount(np.minimum(ending[held & ~forever], count), minlength=count + 1)
    gone = ~held & ~broken[final]
    since = first - months(np.minimum(latest[gone], today))
    return lapsing, int(forever.sum()), np.bincount(since, minlength=1)


def _late(waiting: Ints, rates: Rates, chance: Floats, count: int, draw: np.random.Generator) -> Floats:
    """Renewals still to come of those that lapsed already: (runs, count), by month."""
    found = np.zeros((len(chance), count))
    delays = np.array(rates.delay)
    for since, number in enumerate(waiting[: len(delays)]):
        rest = delays[since + 1 :]
        if not number or not rest.sum() > 0:
            continue
        left = chance * rest.sum()
        back = draw.binomial(number, left / (1 - chance + left))
        come = min(len(rest), count - 1)
        found[:, 1 : 1 + come] += draw.multinomial(back, rest / rest.sum())[:, :come]
    return found


def _entries(
    rates: Rates, as_of: date, count: int, runs: int, draw: np.random.Generator, passing: Floats
) -> Floats:
    """New units by month (runs, count), beyond the candidates that pass in the same year."""
    first = month_of(as_of)
    rate = draw.gamma(rates.entry[0], 1 / rates.entry[1], runs)
    season = np.array(rates.season)
    month = (first + np.arange(count)) % 12
    weights = season[month]
    days = (date(as_of.year + as_of.month // 12, as_of.month % 12 + 1, 1) - as_of).days - 1
    weights[0] *= days / 31
    year = (first + np.arange(count)) // 12 - as_of.year
    done = max(0.0, 1 - float(weights[year == 0].sum()))
    found = np.zeros((runs, count))
    for at in range(int(year[-1]) + 1):
        inside = year == at
        share = weights[inside]
        scatter = np.ones(runs)
        if rates.dispersion > 1e-9:
            shape = 1 / rates.dispersion
            if at == 0:  # what came so far says how good a year it is
                scatter = draw.gamma(shape + rates.so_far, 1 / (shape + rate * done))
            else:
                scatter = draw.gamma(shape, 1 / shape, runs)
        total = draw.poisson(rate * scatter * share.sum())
        total = np.maximum(total - passing[:, inside].sum(axis=1).astype(np.int64), 0)
        if share.sum() > 0:
            found[:, inside] = draw.multinomial(total, share / share.sum())
    return found


def _thin(
    pool: Floats,
    beyond: Floats,
    leave: Floats,
    at: int,
    left: Floats,
    length: int,
    draw: np.random.Generator,
) -> None:
    """Exits of the coming ``length`` months, from every group at once."""
    gone = -np.expm1(-leave * length)
    groups = pool[:, at:]
    lost = draw.binomial(groups.astype(np.int64), gone[:, None])
    groups -= lost
    other = draw.binomial(beyond.astype(np.int64), gone)
    beyond -= other
    left += lost.sum(axis=1) + other
