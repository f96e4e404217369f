"""Holds figures against the plan's targets: the assessment of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

from kechuang.errors import KechuangError
from kechuang.indicators.figure import Figure
from kechuang.messages import Message, say
from kechuang.packs.model import IndicatorSpec
from kechuang.plan.model import Action, Plan, Target
from kechuang.plan.preparation.amending import target_on
from kechuang.progress import reasons
from kechuang.progress.link import link
from kechuang.progress.model import (
    BaselineUsed,
    Latest,
    MethodResult,
    ProgrammeProgress,
    Progress,
    SafeguardProgress,
    TargetProgress,
    TaskProgress,
)
from kechuang.progress.schedule import Goal, judge, path_of, share_of, value_on
from kechuang.progress.status import STATUSES, Status
from kechuang.progress.time import time_share
from kechuang.progress.wording import COUNTS

#: "Basically on schedule" from this ratio of attained to scheduled: a local convention, a setting.
TOLERANCE = 0.9


def assess(
    plan: Plan,
    figures: Mapping[str, Sequence[Figure]],
    as_of: date,
    tolerance: float = TOLERANCE,
    *,
    specs: Mapping[str, IndicatorSpec] | None = None,
    links: Mapping[str, str] | None = None,
) -> Progress:
    """Where each target of ``plan`` stands on ``as_of``.

    ``figures``: by indicator id, the figures of the plan's own region, all years. ``links``: target id
    → indicator id; without it, found by name among ``specs``. ``tolerance`` (0–1] is the ratio of
    attained to scheduled from which a target is "basically" on schedule.

    A target is compared with the time share at the end of its *figure's* year, not of today. Where the
    plan gives no baseline, nothing is assumed: status ``not_available`` with the reason, unless the
    target is already reached or its year is over. KechuangError for a tolerance outside (0, 1] or an
    amendment whose date cannot be read.
    """
    if not 0 < tolerance <= 1:
        raise KechuangError(
            "tolerance-range",
            say("“基本达到”的比例应大于0、不超过1，现为 {value}", value=tolerance),
            remedy=say("请在 kechuang.toml 的 tolerance 中填写如 0.9 的数。"),
        )
    specs = specs or {}
    found = link(plan.targets, specs) if links is None else dict(links)
    targets = tuple(
        _target(
            target,
            figures.get(indicator or "", ()),
            Terms(as_of, tolerance, specs.get(indicator or "")),
            indicator,
        )
        for target in plan.targets
        for indicator in [found.get(target.id, target.indicator)]
    )
    status: dict[str, Status] = {target.id: target.status for target in targets}
    return Progress(
        as_of=as_of,
        period=plan.period,
        time_share=time_share(plan.period, as_of) if plan.period else None,
        tolerance=tolerance,
        targets=targets,
        programmes=tuple(
            ProgrammeProgress(
                programme.id,
                programme.title,
                tuple(programme.lead),
                tuple(_action(task, status) for task in programme.tasks),
                *_roll_up(
                    [*programme.tasks, *(sub for task in programme.tasks for sub in task.subtasks)], status
                ),
            )
            for programme in plan.programmes
        ),
        safeguards=tuple(
            SafeguardProgress(
                group.id,
                group.title,
                tuple(_action(measure, status) for measure in group.measures),
                *_roll_up(group.measures, status),
            )
            for group in plan.safeguards
        ),
    )


@dataclass(frozen=True)
class Terms:
    """What one target is judged by: the day, the tolerance, and how its figure is defined."""

    as_of: date
    tolerance: float
    spec: IndicatorSpec | None


@dataclass(frozen=True)
class Case:
    """One target with all that its status hangs on; ``series`` is not empty."""

    target: Target
    goal: Goal
    baseline: BaselineUsed | None
    path: tuple[tuple[int, float], ...]
    series: Sequence[Figure]
    terms: Terms

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


def _target(target: Target, figures: Sequence[Figure], terms: Terms, indicator: str | None) -> TargetProgress:
    as_of, spec = terms.as_of, terms.spec
    target = target_on(target, as_of)
    series = _known(figures)
    latest = series[-1] if series else None
    value = target.value
    up = _up(target, spec)
    goal = None if value is None else Goal(target.comparator, value, _high(target, value), up)
    baseline = _baseline(target, series)
    why: list[Message] = []
    attained = scheduled = scheduled_value = level = needed = None
    path: tuple[tuple[int, float], ...] = ()
    status: Status = "not_available"
    comparable = latest is None or _comparable(target.unit, latest.unit)
    if goal is not None and baseline is not None and target.year and target.year > baseline.year:
        path = path_of(baseline.value, baseline.year, goal.aim(baseline.value), target.year, target.interim)
    if goal is None:
        why.append(reasons.no_value(target))
    elif latest is None or latest.value is None:
        why.append(reasons.no_figure(indicator, figures))
    elif not comparable:
        why.append(reasons.units_differ(target, latest))
    else:
        case = Case(target, goal, baseline, path, series, terms)
        level = _level(latest.value, goal)
        status, attained, scheduled, scheduled_value, found = (_yearly if target.per_year else _schedule)(
            case
        )
        why += found
        needed = _needed(target, goal, latest.value, int(latest.period), as_of)
        why += reasons.about_figures(target, goal, series, as_of, spec)
    return TargetProgress(
        id=target.id,
        name=target.name,
        unit=target.unit,
        comparator=target.comparator,
        target=value,
        high=goal.high if goal else target.high,
        year=target.year,
        direction="up" if up else "down",
        nature=target.nature,
        per_year=target.per_year,
        indicator=indicator,
        baseline=baseline,
        latest=_latest(latest),
        attained=attained,
        level_share=level,
        scheduled_share=scheduled,
        scheduled_value=scheduled_value,
        status=status,
        early=_early(status, target, latest, as_of),
        methods=(
            MethodResult(
                "schedule",
                status,
                attained,
                {"tolerance": terms.tolerance} | _only_known("scheduled", scheduled),
            ),
        ),
        needed_per_year=needed,
        path=path,
        why=tuple(why),
        forecast_why=reasons.no_forecast(len(series)),
    )


Judged = tuple[Status, float | None, float | None, float | None, list[Message]]


def _schedule(case: Case) -> Judged:
    """Status, attained, scheduled share and value of a target to be reached in its year."""
    target, goal, baseline, value = case.target, case.goal, case.baseline, case.value
    met = goal.met(value)
    ended: Status | None = "achieved" if met else "missed" if case.over else None
    if baseline is None:
        return ended or "not_available", None, None, None, [reasons.no_baseline(target)]
    if goal.met(baseline.value):
        why = [reasons.base_met(target, goal, baseline, value, case.terms.spec)]
        return ended or "behind", None, None, None, why
    attained = share_of(value, baseline.value, goal.aim(baseline.value))
    if attained is None:
        return ended or "behind", None, None, None, [reasons.no_way()]
    if len(case.path) < 2:
        return ended or "not_available", attained, None, None, [reasons.no_year(target)]
    if case.figure_year <= baseline.year:
        return ended or "not_available", attained, None, None, [reasons.only_base(baseline)]
    expected = value_on(case.path, case.moment)
    scheduled = share_of(expected, baseline.value, goal.aim(baseline.value)) or 0.0
    shares = reasons.Shares(case.series[-1].period, attained, scheduled, expected)
    why = [reasons.compared(target, goal, shares, baseline, case.terms.spec)]
    return ended or judge(attained, scheduled, case.terms.tolerance), attained, scheduled, expected, why


def _yearly(case: Case) -> Judged:
    """The same for a target set anew each year: judged by the latest year alone."""
    goal = case.goal
    why = [reasons.yearly(goal, case.series, case.baseline.year if case.baseline else None)]
    status: Status = "on_schedule"
    if case.over:
        status = "achieved" if goal.met(case.value) else "missed"
    elif not goal.met(case.value):
        level = _level(case.value, goal)
        near = level is not None and level >= case.terms.tolerance
        status = "basically_on_schedule" if near else "behind"
    return status, None, None, goal.value, why


def _early(status: Status, target: Target, latest: Figure | None, as_of: date) -> bool:
    """Reached by a figure of a year before the target's, while there is still time."""
    return (
        status == "achieved"
        and target.year is not None
        and latest is not None
        and int(latest.period) < target.year
        and as_of <= date(target.year, 12, 31)
    )


def _known(series: Sequence[Figure]) -> list[Figure]:
    """Figures with a usable value, in order of year (the last of a year counts)."""
    by_year = {
        int(figure.period): figure
        for figure in series
        if figure.value is not None and isfinite(figure.value) and figure.period.isdigit()
    }
    return [by_year[year] for year in sorted(by_year)]


def _latest(figure: Figure | None) -> Latest | None:
    if figure is None or figure.value is None:
        return None
    return Latest(
        figure.period,
        figure.value,
        figure.status,
        figure.coverage,
        figure.as_of,
        figure.fingerprint,
        figure.snapshot,
    )


def _baseline(target: Target, series: Sequence[Figure]) -> BaselineUsed | None:
    given = target.baseline
    if given is None:
        return None
    if given.value is not None:
        return BaselineUsed(given.value, given.year, given.origin)
    if given.origin == "records":
        for figure in series:
            if int(figure.period) == given.year and figure.value is not None:
                return BaselineUsed(figure.value, given.year, "records")
    return None


def _up(target: Target, spec: IndicatorSpec | None) -> bool:
    if target.comparator in ("<", "<="):
        return False
    if target.direction:
        return target.direction == "up"
    return target.comparator in (">", ">=") or spec is None or spec.direction == "up"


def _high(target: Target, value: float) -> float | None:
    return None if target.high is None else max(value, target.high)


def _level(value: float, goal: Goal) -> float | None:
    """Latest ÷ target for more-is-better, target ÷ latest for less-is-better."""
    if goal.up:
        return value / goal.value if goal.value else None
    return goal.value / value if value else None


def _comparable(unit: str, other: str) -> bool:
    return unit == other or not unit or (unit in COUNTS and other in COUNTS)


def _needed(target: Target, goal: Goal, value: float, year: int, as_of: date) -> float | None:
    """Change a year from the latest figure to the target; None where over, unknown or not cumulative."""
    if target.year is None or target.per_year or as_of > date(target.year, 12, 31) or year >= target.year:
        return None
    return 0.0 if goal.met(value) else (goal.aim(value) - value) / (target.year - year)


def _only_known(name: str, value: float | None) -> dict[str, float]:
    return {} if value is None else {name: value}


def _action(action: Action, status: Mapping[str, Status]) -> TaskProgress:
    return TaskProgress(
        action.id,
        action.title,
        tuple(action.lead),
        tuple(action.partners),
        tuple((target, status[target]) for target in action.serves if target in status),
        tuple(action.evidence),
    )


def _roll_up(
    actions: Sequence[Action], status: Mapping[str, Status]
) -> tuple[dict[Status, int], tuple[Message, ...]]:
    """Counts of the targets served, by status (each target once), and what that does not say."""
    served = {target for action in actions for target in action.serves if target in status}
    counts = Counter(status[target] for target in served)
    ordered: dict[Status, int] = {name: counts[name] for name in STATUSES if counts[name]}
    return ordered, (reasons.by_evidence() if served else reasons.nothing_linked(),)
