"""Puts an outlook on every target of an assessment, and the probability of all together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from kechuang.errors import KechuangError
from kechuang.formula import parse
from kechuang.formula import tree as t
from kechuang.indicators.figure import Figure
from kechuang.messages import Message
from kechuang.packs.model import IndicatorSpec, Label, Packs
from kechuang.progress.model import Progress, TargetProgress
from kechuang.progress.outlook import wording
from kechuang.progress.outlook.advice import advise
from kechuang.progress.outlook.attainment import Joint, attained, frechet, pooled_correlation, together
from kechuang.progress.outlook.candidates import candidates_of
from kechuang.progress.outlook.model import FanYear, Other, TargetOutlook
from kechuang.progress.outlook.next_return import next_return
from kechuang.progress.outlook.parameters import Parameters
from kechuang.progress.outlook.projection import (
    LEAST,
    Projection,
    bounds_of,
    in_steps,
    of_register,
    of_series,
    usable,
)
from kechuang.progress.outlook.registers import (
    history_of,
    list_rates,
    lists_of,
    rates_of,
    shape_of,
    simulate,
    simulate_lists,
)
from kechuang.progress.schedule import Goal
from kechuang.progress.wording import COUNTS

if TYPE_CHECKING:
    import pyarrow as pa

AHEAD = 5
"""Years beyond the target's that are projected, to say when it may be met."""
FARTHEST = 10


@dataclass(frozen=True)
class Sources:
    """What an outlook is made from.

    ``figures``: by indicator, those of the plan's region; ``counties``: by indicator and region code, those
    below it. ``table`` gives the records of a type as of the day (None: no such table); ``places``: the
    region codes that count. ``names``: of regions, for sentences.
    """

    packs: Packs
    as_of: date
    figures: Mapping[str, Sequence[Figure]]
    table: Callable[[str], pa.Table | None]
    places: Collection[str] | None = None
    counties: Mapping[str, Mapping[str, Sequence[Figure]]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def parameters(self) -> Parameters:
        return Parameters(self.packs, self.as_of)

    @property
    def runs(self) -> int:
        return int(self.parameters.number("runs"))

    @property
    def seed(self) -> int:
        return int(self.parameters.number("seed"))


def with_outlook(progress: Progress, sources: Sources) -> Progress:
    """``progress`` with forecast, probability and outlook of each target, and of all together."""
    targets = tuple(_with(target, sources) for target in progress.targets)
    return replace(progress, targets=targets, joint=_joint(targets, sources))


def _with(target: TargetProgress, sources: Sources) -> TargetProgress:
    outlook, projection = outlook_of(target, sources)
    forecast = None
    if projection is not None and target.year in projection.years:
        forecast = projection.as_dict(int(target.year))
    return replace(
        target,
        forecast=forecast,
        probability=outlook.probability,
        outlook=outlook,
        forecast_why=outlook.basis or outlook.verdict,
    )


def outlook_of(target: TargetProgress, sources: Sources) -> tuple[TargetOutlook, Projection | None]:
    """The outlook of one target, and the projection it rests on (None: there is none)."""
    spec = sources.packs.indicators.get(target.indicator or "")
    figures = sources.figures.get(target.indicator or "", ())
    made = any(figure.status == "sample" for figure in figures)
    if target.target is None or target.year is None or spec is None:
        return _none(wording.nothing_to_hold(), made), None
    known = _outcome(target, sources, spec)
    if known is not None:
        return replace(known, sample=made), None
    if not _comparable(target.unit, spec.unit) or getattr(target, "growth", False):
        return _none(wording.not_comparable(), made), None
    past = usable(figures, sources.as_of.year, sources.parameters.number("least_coverage"))
    last = max(target.year + AHEAD, sources.as_of.year)
    register, assumptions = _register(spec, sources, last, past)
    try:
        series = _series(spec, sources, last, past)
    except KechuangError as error:  # figures that break what their own formula allows
        series = None
        if register is None:
            return _none(wording.without(error.message), made), None
    chosen = register or series
    if chosen is None or target.year not in chosen.years:
        return _none(wording.too_short(len(past)), made), None
    return _built(target, spec, sources, chosen, series if register else None, assumptions, made), chosen


def _built(
    target: TargetProgress,
    spec: IndicatorSpec,
    sources: Sources,
    chosen: Projection,
    other: Projection | None,
    assumptions: Sequence[Message],
    made: bool,
) -> TargetOutlook:
    assert target.target is not None and target.year is not None
    goal = goal_of(target)
    year, every = target.year, target.per_year
    voice = wording.Voice(target, spec, sources.names)
    likely = sources.parameters.number("likely")
    chance = attained(goal, chosen.until(year), every=every)
    fan = tuple(
        FanYear(at, *chosen.bands[n], attained(goal, chosen.draws[:, n : n + 1]))
        for n, at in enumerate(chosen.years)
    )
    median_year = next((one.year for one in fan if goal.met(one.median)), None)
    likely_year = next((one.year for one in fan if one.probability >= likely), None)
    worth = next_return(
        chosen, year, bounds_of(spec, sources.packs.records) if chosen.method == "series" else None
    )
    levers, counties, advice = advise(voice, goal, chosen, chance, likely, _around(target, sources))
    second = None
    said: list[Message] = [wording.expected(voice, chosen, year)]
    if other is not None and year in other.years:
        median, _, p80, _ = other.bands[other.years.index(year)]
        second = Other(other.method, median, p80, attained(goal, other.until(year), every=every))
        said.append(wording.by_series(voice, median, second.probability, chance))
    if chosen.simulated is not None:
        lapsing = zip(chosen.years, chosen.simulated.known_lapses, strict=False)
        due = {at: number for at, number in lapsing if number}
        if due:
            said.append(wording.lapses(due, voice))
        if _held_now(target, goal, sources.as_of):
            said.append(wording.held_now(voice, year, sum(n for at, n in due.items() if at <= year)))
    if chosen.method == "series" and target.latest and int(target.latest.period) >= sources.as_of.year:
        said.append(wording.running(voice, int(target.latest.period), target.latest.value))
    if not every and chance < likely:
        said.append(wording.earliest(median_year, likely_year, fan[-1].year, likely))
    said.append(wording.worth(voice, worth, year))
    shape = shape_of(spec, sources.packs.records) if chosen.method == "register" else None
    basis = wording.basis_register(shape.kind) if shape else wording.basis_series(len(chosen.past))
    return TargetOutlook(
        method=chosen.method,
        settled=False,
        probability=chance,
        verdict=wording.verdict(voice, chance, every=every),
        basis=basis,
        years=fan,
        start=chosen.past[-1] if chosen.past else None,
        median_year=median_year,
        likely_year=likely_year,
        likely=likely,
        other=second,
        flows=tuple(chosen.simulated.expected()) if chosen.simulated else (),
        opening=chosen.simulated.opening if chosen.simulated else None,
        levers=tuple(levers),
        counties=tuple(counties),
        next_return=worth,
        said=tuple(said),
        advice=tuple(advice),
        assumptions=(*assumptions, *chosen.notes),
        sample=made,
        runs=len(chosen.draws),
        seed=sources.seed,
    )


def _held_now(target: TargetProgress, goal: Goal, as_of: date) -> bool:
    """Whether the running year's figure meets the goal today, which its last day may not."""
    latest = target.latest
    return latest is not None and int(latest.period) >= as_of.year and goal.met(latest.value)


def goal_of(target: TargetProgress) -> Goal:
    """What the target asks for."""
    assert target.target is not None
    return Goal(target.comparator, target.target, target.high, target.direction == "up")


def _outcome(target: TargetProgress, sources: Sources, spec: IndicatorSpec) -> TargetOutlook | None:
    """The outlook where nothing is open any more: the year is over and its figure is in, or what is met
    can only grow."""
    assert target.target is not None and target.year is not None
    latest = target.latest
    if latest is None:
        return None
    goal = goal_of(target)
    over = sources.as_of > date(target.year, 12, 31)
    least = sources.parameters.number("least_coverage")
    complete = latest.coverage is None or latest.coverage >= least
    if over and int(latest.period) >= target.year and complete:
        reached = target.status == "achieved"
        return TargetOutlook(None, True, float(reached), wording.settled(target, reached))
    if (
        goal.comparator in (">=", ">")
        and goal.up
        and not target.per_year
        and goal.met(latest.value)
        and bounds_of(spec, sources.packs.records).monotone
    ):
        return TargetOutlook(None, True, 1.0, wording.kept_for_good())
    return None


def _register(
    spec: IndicatorSpec, sources: Sources, last: int, past: Sequence[tuple[int, float]]
) -> tuple[Projection | None, list[Message]]:
    """The register behind an indicator, simulated; None where it counts no register or holds nothing."""
    shape = shape_of(spec, sources.packs.records)
    table = sources.table(shape.table) if shape else None
    if shape is None or table is None or not len(table):
        return None, []
    day, parameters = sources.as_of, sources.parameters
    last = min(last, day.year + FARTHEST)
    if shape.kind == "yearly":
        lists = lists_of(shape, table, sources.packs, day, sources.places)
        staying = list_rates(lists, day, parameters, shape.table)
        found = simulate_lists(lists, staying, day, last, runs=sources.runs, seed=sources.seed)
        if found is None or len(lists.lists) < 2:
            return None, []
        return of_register(found, past, ()), wording.assumed_lists(staying)
    history = history_of(shape, table, sources.packs, day, sources.places)
    if not len(history.unit):
        return None, []
    rates = rates_of(history, day, parameters, shape.table)
    waiting, notes = candidates_of(shape.table, sources.table, sources.packs, day, sources.places, parameters)
    found = simulate(history, rates, day, last, runs=sources.runs, seed=sources.seed, candidates=waiting)
    assumed = wording.assumed_register(rates, parameters.number("renewal_weight", shape.table))
    return of_register(found, past, ()), [*assumed, *notes]


def _series(
    spec: IndicatorSpec, sources: Sources, last: int, past: Sequence[tuple[int, float]]
) -> Projection | None:
    if len(past) < LEAST:
        return None
    bounds = bounds_of(spec, sources.packs.records)
    found = of_series(past, min(last, past[-1][0] + FARTHEST), bounds, sources.runs, sources.seed)
    counted = [figure.denominator for figure in sources.figures[spec.id] if figure.denominator]
    if bounds.high is not None and counted:  # a share of things counted: one thing is the least step
        return in_steps(found, bounds.high / counted[-1])
    return found


@dataclass(frozen=True)
class Around:
    """What advice looks at beside the draws: the latest full figure, the base year's, and the counties'."""

    latest: Figure | None
    base: Figure | None
    counties: Mapping[str, Sequence[Figure]]
    series: Sequence[Figure]
    above: tuple[Label, str] | None = None


def _around(target: TargetProgress, sources: Sources) -> Around:
    figures = [
        figure for figure in sources.figures.get(target.indicator or "", ()) if figure.value is not None
    ]
    least = sources.parameters.number("least_coverage")
    full = [figure for figure in figures if figure.coverage is None or figure.coverage >= least]
    full = [figure for figure in full if figure.period.isdigit() and int(figure.period) <= sources.as_of.year]
    year = target.baseline.year if target.baseline else None
    base = next((figure for figure in figures if figure.period == str(year)), None)
    counties = sources.counties.get(target.indicator or "", {})
    return Around(full[-1] if full else None, base, counties, full, _above(target, sources))


def _above(target: TargetProgress, sources: Sources) -> tuple[Label, str] | None:
    """What the numerator of a ratio is called, and its unit, where it is the sum of one field."""
    spec = sources.packs.indicators[target.indicator or ""]
    names = {name: parse(text) for name, text in spec.let.items()}
    parts = [
        node for node in t.expanded(parse(spec.value), names).walk() if isinstance(node, t.Divide | t.Ratio)
    ]
    found = next((node for node in parts[0].left.walk() if isinstance(node, t.Sum)), None) if parts else None
    if found is None or not isinstance(found.value, t.Field):
        return None
    kind = sources.packs.records.get(found.value.table)
    given = kind.fields.get(found.value.field) if kind else None
    return (given.label, given.unit or "") if given else None


def _none(reason: Message, made: bool) -> TargetOutlook:
    return TargetOutlook(None, False, None, reason, sample=made)


def _comparable(unit: str, other: str) -> bool:
    return unit == other or not unit or (unit in COUNTS and other in COUNTS)


def _joint(targets: Sequence[TargetProgress], sources: Sources) -> Joint:
    """All binding targets together; all targets where the plan calls none binding."""
    binding = [target for target in targets if target.nature == "binding"]
    chosen = binding or list(targets)
    of = "binding" if binding else "all"
    known = [target for target in chosen if target.probability is not None]
    unknown = tuple(target.id for target in chosen if target.probability is None)
    series = []
    for target in known:
        sign = 1.0 if target.direction == "up" else -1.0
        past = usable(
            sources.figures.get(target.indicator or "", ()),
            sources.as_of.year,
            sources.parameters.number("least_coverage"),
        )
        series.append({year: sign * value for year, value in past})
    prior, weight = sources.parameters.number("correlation"), sources.parameters.number("correlation_weight")
    correlation = pooled_correlation(series, prior, weight)
    chances = [float(target.probability or 0.0) for target in known]
    ids = tuple(target.id for target in known)
    if not known:
        return Joint(of, ids, unknown, None, None, correlation, None, wording.no_joint())
    independent, low_high = together(chances, 0.0), frechet(chances)
    weakest = min(known, key=lambda target: float(target.probability or 0.0)).name
    words = wording.together(of, len(known), independent, low_high, weakest)
    dependent = together(chances, correlation)
    return Joint(of, ids, unknown, independent, dependent, correlation, low_high, words)
