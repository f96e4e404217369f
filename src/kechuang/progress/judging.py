"""The scheduled-progress status of one target from its figures: cumulative, yearly, level and growth targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from kechuang.indicators.figure import Figure
from kechuang.messages import Message
from kechuang.packs.model import IndicatorSpec
from kechuang.plan.model import Target
from kechuang.progress import reasons
from kechuang.progress.averages import Average
from kechuang.progress.model import BaselineUsed
from kechuang.progress.paths import Path
from kechuang.progress.schedule import Goal, judge, share_of
from kechuang.progress.status import Status


@dataclass(frozen=True)
class Terms:
    """What a target is judged by: the day, the tolerance, and how its figure is defined."""

    as_of: date
    tolerance: float
    spec: IndicatorSpec | None


@dataclass(frozen=True)
class Judged:
    """The status, the shares of the way gone and due, the value due, and why."""

    status: Status
    attained: float | None = None
    scheduled: float | None = None
    expected: float | None = None
    why: list[Message] = field(default_factory=list)
    years_met: tuple[int, int] | None = None


@dataclass(frozen=True)
class Held:
    """One target with all that its status hangs on; ``series`` is not empty.

    For a target of average growth ``series`` are the rates so far and ``levels`` the figures they are of.
    """

    target: Target
    goal: Goal
    baseline: BaselineUsed | None
    path: Path | None
    series: Sequence[Figure]
    terms: Terms
    average: Average | None = None
    levels: Sequence[Figure] = ()

    @property
    def value(self) -> float:
        return self.series[-1].value or 0.0

    @property
    def figure_year(self) -> int:
        return int(self.series[-1].period)

    @property
    def moment(self) -> date:
        """The end of the latest figure's year, or the day itself in a year still running."""
        return min(date(self.figure_year, 12, 31), self.terms.as_of)

    @property
    def over(self) -> bool:
        """The target's year is over and its figure is known."""
        year = self.target.year
        return year is not None and self.figure_year >= year and self.terms.as_of > date(year, 12, 31)

    @property
    def ended(self) -> Status | None:
        """What needs no path: reached, or not reached when the year was over."""
        return "achieved" if self.goal.met(self.value) else "missed" if self.over else None

    @property
    def each_year(self) -> bool:
        """Whether every year is judged by its own value: a yearly target, or a level to be kept."""
        path = self.target.path
        return self.target.per_year or (path is not None and path.shape == "level")


def judged(held: Held) -> Judged:
    """The status of a target by the rule for its kind."""
    if held.average is not None:
        return _average(held, held.average)
    return _each_year(held) if held.each_year else _cumulative(held)


def _cumulative(held: Held) -> Judged:
    """A target to be reached in its year: share of the way gone against the share its path asks for."""
    target, goal, baseline, value = held.target, held.goal, held.baseline, held.value
    ended, spec = held.ended, held.terms.spec
    if baseline is None:
        return Judged(ended or "not_available", why=[reasons.no_baseline(target)])
    if goal.met(baseline.value):
        return Judged(ended or "behind", why=[reasons.base_met(target, goal, baseline, value, spec)])
    aim = goal.aim(baseline.value)
    attained = share_of(value, baseline.value, aim)
    if attained is None:
        return Judged(ended or "behind", why=[reasons.no_way()])
    if held.path is None:
        return Judged(ended or "not_available", attained, why=[reasons.no_year(target)])
    if held.figure_year <= baseline.year:
        return Judged(ended or "not_available", attained, why=[reasons.only_base(baseline)])
    expected = held.path.on(held.moment)
    scheduled = share_of(expected, baseline.value, aim) or 0.0
    shares = reasons.Shares(held.series[-1].period, attained, scheduled, expected)
    why = [reasons.compared(target, goal, shares, baseline, spec)]
    if held.path.shape != "straight":
        why.append(held.path.trouble or reasons.shaped(held.path))
    return Judged(
        ended or judge(attained, scheduled, held.terms.tolerance), attained, scheduled, expected, why
    )


def _each_year(held: Held) -> Judged:
    """A target set anew each year, or a level to be kept: the latest year by its value, and how many met it."""
    goal = held.goal
    since = held.baseline.year if held.baseline else None
    met, years = reasons.years_met(goal, held.series, since)
    why = [reasons.yearly(met, years, level=not held.target.per_year)]
    status: Status = "on_schedule"
    if held.over:
        status = "achieved" if goal.met(held.value) else "missed"
    elif not goal.met(held.value):
        level = level_share(held.value, goal)
        near = level is not None and level >= held.terms.tolerance
        status = "basically_on_schedule" if near else "behind"
    return Judged(status, None, None, goal.value, why, (met, years))


def _average(held: Held, average: Average) -> Judged:
    """A target of average growth: growth so far against growth asked for, and what the years left need."""
    goal, rate = held.goal, held.value
    latest = held.levels[-1]
    needed = average.needed(latest.value or 0.0, int(latest.period))
    why = [reasons.grown(average, latest, needed)]
    if held.over:
        return Judged("achieved" if goal.met(rate) else "missed", None, None, goal.value, why)
    if goal.met(rate):
        return Judged("on_schedule", None, None, goal.value, why)
    near = goal.up and goal.value > 0 and rate >= held.terms.tolerance * goal.value
    return Judged("basically_on_schedule" if near else "behind", None, None, goal.value, why)


def level_share(value: float, goal: Goal) -> float | None:
    """Latest ÷ target for more-is-better, target ÷ latest for less-is-better."""
    if goal.up:
        return value / goal.value if goal.value else None
    return goal.value / value if value else None
