"""What would change a probability: a faster pace, renewals of what lapses, new entries, one county's part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any, Literal

import numpy as np

from kechuang.indicators.figure import Figure
from kechuang.messages import Message
from kechuang.progress.outlook.attainment import Floats, met
from kechuang.progress.outlook.projection import Projection
from kechuang.progress.schedule import Goal


@dataclass(frozen=True)
class Lever:
    """One thing that would change the probability: ``amount`` in the target's unit, ``probability`` then."""

    kind: Literal["pace", "step", "renew", "enter", "numerator"]
    amount: float
    probability: float
    words: Message

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "amount": self.amount,
            "probability": self.probability,
            "words": self.words.both(),
        }


@dataclass(frozen=True)
class CountyGap:
    """A county and what it falls short of its share: ``short`` in the county's own unit of counting.

    ``effect`` is what making it up would add to the region's value; ``probability`` the region's then.
    """

    region: str
    value: float
    share: float
    short: float
    effect: float
    probability: float

    def as_dict(self) -> dict[str, Any]:
        return dict(vars(self))


def likely_pace(goal: Goal, draws: Floats, steps: int, likely: float, *, whole: bool) -> float:
    """The change more each year, over ``steps`` years, from which on the goal is met with ``likely``.

    0 where it is already; in the direction of the goal. For whole numbers, the least that is enough in all
    is spread over the years.
    """
    extra = _enough(goal, draws, likely, whole=whole)
    return extra / steps


def _enough(goal: Goal, draws: Floats, likely: float, *, whole: bool) -> float:
    """The least added in all from which on the share of ``draws`` that meet is at least ``likely``."""
    if float(met(goal, draws).mean()) >= likely:
        return 0.0
    if goal.up:
        low = float(np.quantile(draws, 1 - likely, method="inverted_cdf"))
        extra = goal.value - low
        extra = ceil(extra - 1e-9) if whole else extra
        if goal.comparator == ">" and whole:
            extra = floor(goal.value - low) + 1
    else:
        high = float(np.quantile(draws, likely, method="inverted_cdf"))
        extra = goal.upper - high if goal.comparator == "range" else goal.value - high
        extra = floor(extra + 1e-9) if whole else extra
    return float(extra)


def nice_step(size: float, *, whole: bool) -> float:
    """A round number near ``size``: one for counts, else 1, 2 or 5 times a power of ten.

    >>> nice_step(0.0034, whole=False), nice_step(3.2, whole=True), nice_step(31, whole=False)
    (0.002, 1.0, 20.0)
    """
    if whole or size <= 0:
        return 1.0
    power = 10.0 ** floor(log10(size))
    return float(round(max(m for m in (1, 2, 5) if m * power <= size * (1 + 1e-9)) * power, 12))


def chance_with(goal: Goal, draws: Floats, extra: float) -> float:
    """The share of ``draws`` that meet ``goal`` with ``extra`` added to each."""
    return float(met(goal, draws + extra).mean())


@dataclass(frozen=True)
class Renewals:
    """Of ``due`` records that lapse until the target's year, ``needed`` must be renewed for ``probability``.

    ``expected``: renewals by the register's history. ``beyond``: new entries needed even if all are renewed;
    ``probability`` is then that with all renewed and so many entered beyond the expected.
    """

    due: int
    expected: float
    needed: int
    beyond: int
    all_renewed: float
    probability: float


def renewals(goal: Goal, projection: Projection, year: int, likely: float) -> Renewals | None:
    """How many of those that lapse by the end of ``year`` must be renewed; None where nothing lapses."""
    found = projection.simulated
    if found is None or not found.dated or year not in found.years or not goal.up:
        return None
    at = found.years.index(year)
    due = int(sum(found.known_lapses[: at + 1]))
    if not due:
        return None
    renewed = found.renewed[:, : at + 1].sum(axis=1)
    others = found.stock[:, at] - renewed
    for needed in range(due + 1):
        chance = chance_with(goal, others, needed)
        if chance >= likely:
            return Renewals(due, float(renewed.mean()), needed, 0, chance_with(goal, others, due), chance)
    beyond = int(_enough(goal, others + due, likely, whole=True))
    return Renewals(
        due,
        float(renewed.mean()),
        due,
        beyond,
        chance_with(goal, others, due),
        chance_with(goal, others, due + beyond),
    )


def county_gaps(
    goal: Goal, draws: Floats, latest: Figure, base: Figure | None, counties: Mapping[str, Sequence[Figure]]
) -> list[CountyGap]:
    """The counties that fall short of their share of the goal, the one that matters most first.

    Of a ratio, a county's share is the goal's own level on its own denominator; of what adds up, its part of
    the goal by its part of the region's base year (of the latest year where there is no base).
    """
    if latest.value is None or not goal.up:
        return []
    now = {code: _of(series, latest.period) for code, series in counties.items()}
    found = [
        gap
        for code, figure in now.items()
        if figure is not None and figure.value is not None
        for gap in [_gap(goal, latest, base, code, figure, counties[code])]
        if gap is not None
    ]
    judged = [
        CountyGap(code, value, share, short, effect, chance_with(goal, draws, effect))
        for code, value, share, short, effect in found
    ]
    return sorted(judged, key=lambda gap: (-gap.probability, -gap.effect, gap.region))


def _gap(
    goal: Goal, latest: Figure, base: Figure | None, code: str, figure: Figure, series: Sequence[Figure]
) -> tuple[str, float, float, float, float] | None:
    assert latest.value is not None and figure.value is not None
    if latest.denominator and latest.numerator is not None:
        if not figure.denominator or figure.numerator is None or not latest.numerator:
            return None
        factor = latest.value / (latest.numerator / latest.denominator)
        short = goal.value / factor * figure.denominator - figure.numerator
        if short <= 0:
            return None
        return code, figure.value, goal.value, short, factor * short / latest.denominator
    old = _of(series, base.period) if base is not None else None
    if base is not None and base.value and old is not None and old.value is not None:
        share = goal.value * old.value / base.value
    elif latest.value:
        share = goal.value * figure.value / latest.value
    else:
        return None
    short = share - figure.value
    return (code, figure.value, share, short, short) if short > 1e-9 else None


def _of(series: Sequence[Figure], period: str) -> Figure | None:
    return next((figure for figure in series if figure.period == period and figure.value is not None), None)
