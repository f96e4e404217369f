"""What to do about a target: the levers that would make it likely, in order of what an office can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from kechuang.indicators.figure import Figure
from kechuang.messages import Message
from kechuang.packs.model import Label
from kechuang.progress.outlook import wording
from kechuang.progress.outlook.chances import EDGE
from kechuang.progress.outlook.levers import (
    CountyGap,
    Lever,
    chance_with,
    county_gaps,
    likely_pace,
    nice_step,
    renewals,
)
from kechuang.progress.outlook.projection import Projection
from kechuang.progress.schedule import Goal


class Surroundings(Protocol):
    """The figures around a target."""

    @property
    def latest(self) -> Figure | None: ...
    @property
    def base(self) -> Figure | None: ...
    @property
    def counties(self) -> Mapping[str, Sequence[Figure]]: ...
    @property
    def series(self) -> Sequence[Figure]: ...
    @property
    def above(self) -> tuple[Label, str] | None: ...


Found = tuple[list[Lever], list[CountyGap], list[Message]]


def advise(
    voice: wording.Voice,
    goal: Goal,
    projection: Projection,
    chance: float,
    likely: float,
    around: Surroundings,
) -> Found:
    """Levers, county gaps and the sentences of advice, the most useful first."""
    year = voice.target.year
    assert year is not None
    at = projection.years.index(year)
    draws = projection.draws[:, at]
    levers: list[Lever] = []
    advice: list[Message] = []
    found = renewals(goal, projection, year, likely) if not voice.target.per_year else None
    if found is not None:
        words = wording.renew(found, voice, year, likely)
        levers.append(Lever("renew", float(found.needed), found.probability, words))
        advice.append(words)
    steps = at + 1
    if chance < likely:
        whole = projection.whole
        extra = likely_pace(goal, draws, steps, likely, whole=whole)
        reached = chance_with(goal, draws, extra * steps)
        if extra and reached > chance:
            words = wording.pace(voice, extra, reached, steps, year, whole=whole)
            levers.append(Lever("pace", extra, reached, words))
            advice.append(words)
        if steps > 1 and extra:
            size = nice_step(abs(extra), whole=whole) * (1 if extra > 0 else -1)
            after = chance_with(goal, draws, size * steps)
            levers.append(Lever("step", size, after, wording.step(voice, size, chance, after)))
            if abs(size - extra) > 1e-12:
                advice.append(levers[-1].words)
    needed = numerator_needed(goal, around, year) if chance < likely else None
    if needed is not None and around.latest is not None and around.above is not None:
        words = wording.numerator(year, around.above, needed, around.latest)
        levers.append(Lever("numerator", needed, chance, words))
        advice.append(words)
    gaps: list[CountyGap] = []
    if around.latest is not None and not voice.target.per_year:
        gaps = county_gaps(goal, draws, around.latest, around.base, around.counties)
        if gaps and chance < likely and gaps[0].probability - chance >= EDGE:
            rate = bool(around.latest.denominator)
            advice.append(wording.county(voice, gaps[0], chance, rate=rate))
    if not advice:
        advice.append(wording.carry_on(projection.years[0]))
    return levers, gaps, advice


def numerator_needed(goal: Goal, around: Surroundings, year: int) -> float | None:
    """What the numerator of a ratio must be in ``year`` if its denominator goes on growing as it did.

    The denominator is carried on at its average growth over the last years known; None where the figure is
    no ratio of what can be named, or its year has come.
    """
    latest = around.latest
    if latest is None or latest.value is None or around.above is None:
        return None
    if not latest.denominator or not latest.numerator or int(latest.period) >= year:
        return None
    known = [(int(f.period), f.denominator) for f in around.series if f.denominator]
    (first, start), (last, end) = known[0], known[-1]
    assert start is not None and end is not None
    growth = (end / start) ** (1 / (last - first)) if last > first and end > 0 < start else 1.0
    factor = latest.value / (latest.numerator / latest.denominator)
    return goal.value / factor * end * growth ** (year - last)
