"""Holds figures against the plan's targets: the assessment of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import isfinite

from kechuang.errors import KechuangError
from kechuang.indicators.figure import Figure
from kechuang.messages import Message, say
from kechuang.packs.model import IndicatorSpec
from kechuang.plan.model import Action, Plan, Target
from kechuang.plan.preparation.amending import target_on
from kechuang.progress import reasons
from kechuang.progress.agreement import Agreement, agreement
from kechuang.progress.averages import Average, as_growth, falling, is_average
from kechuang.progress.judging import Held, Judged, Terms, judged, level_share
from kechuang.progress.link import link
from kechuang.progress.methods import Verdict, known_method
from kechuang.progress.model import (
    BaselineUsed,
    Latest,
    ProgrammeProgress,
    Progress,
    SafeguardProgress,
    TargetProgress,
    TaskProgress,
)
from kechuang.progress.paths import Path, declared
from kechuang.progress.schedule import Goal
from kechuang.progress.sidebyside import case_of, headline, side_by_side
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
    method: str = "schedule",
) -> Progress:
    """Where each target of ``plan`` stands on ``as_of``.

    ``figures``: by indicator id, the figures of the plan's own region, all years. ``links``: target id
    → indicator id; without it, found by name among ``specs``. ``tolerance`` (0–1] is the ratio of
    attained to scheduled from which a target is "basically" on schedule. ``method`` names the one that gives
    each target its status (see ``kechuang.progress.methods``); all are there side by side.

    A target is compared with the time share at the end of its *figure's* year, not of today. Where the
    plan gives no baseline, nothing is assumed: status ``not_available`` with the reason, unless the
    target is already reached or its year is over. KechuangError for a tolerance outside (0, 1], an unknown
    method or an amendment whose date cannot be read.
    """
    known_method(method)
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
            method,
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
        method=method,
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


def _target(
    target: Target, figures: Sequence[Figure], terms: Terms, indicator: str | None, method: str
) -> TargetProgress:
    as_of, spec = terms.as_of, terms.spec
    target = target_on(target, as_of)
    levels = _known(figures)
    unit = levels[-1].unit if levels else None
    value = target.value
    up = _up(target, spec)
    goal = None if value is None else Goal(target.comparator, value, _high(target, value), up)
    baseline = _baseline(target, levels)
    why: list[Message] = []
    growing = is_average(target, unit)
    average = None
    series = levels
    if growing:
        if baseline is not None and value is not None:
            average = Average(value, baseline.value, baseline.year, target.year, falling(target))
            baseline = replace(baseline, unit=unit)
        series = as_growth(levels, average) if average else []
    latest = series[-1] if series else None
    path = _path(target, goal, baseline, average)
    found, level, needed = Judged("not_available"), None, None
    verdicts: tuple[Verdict, ...] = ()
    agreed = Agreement()
    if goal is None:
        why.append(reasons.no_value(target))
    elif not levels:
        why.append(reasons.no_figure(indicator, figures))
    elif latest is None or latest.value is None:
        why.append(reasons.no_growth(None if average is None else average.base))
    elif not _comparable(target.unit, latest.unit):
        why.append(reasons.units_differ(target, latest))
    else:
        held = Held(target, goal, baseline, path, series, terms, average, levels)
        level = level_share(latest.value, goal)
        found = judged(held)
        verdicts = side_by_side(held, found, {"tolerance": terms.tolerance})
        agreed = agreement(verdicts, case_of(held), straight=path is None or path.straight)
        found, by = headline(held, found, verdicts, method)
        why += by + found.why
        needed = _needed(held)
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
        growth=growing,
        indicator=indicator,
        baseline=baseline,
        latest=_latest(latest),
        attained=found.attained,
        level_share=level,
        scheduled_share=found.scheduled,
        scheduled_value=found.expected,
        status=found.status,
        early=_early(found.status, target, latest, as_of),
        method=method,
        methods=verdicts,
        agreement=agreed,
        years_met=found.years_met,
        needed_per_year=needed,
        path=path.points() if path else (),
        why=tuple(why),
        forecast_why=reasons.no_forecast(len(series)),
    )


def _path(
    target: Target, goal: Goal | None, baseline: BaselineUsed | None, average: Average | None
) -> Path | None:
    if goal is None or baseline is None or target.year is None or target.year <= baseline.year:
        return None
    if average is not None:  # the same growth is asked for at any time
        return Path(((baseline.year, average.rate), (target.year, average.rate)))
    aim = goal.aim(baseline.value)
    return declared(target.path, baseline.value, baseline.year, aim, target.year, target.interim)


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


def _comparable(unit: str, other: str) -> bool:
    return unit == other or not unit or (unit in COUNTS and other in COUNTS)


def _needed(held: Held) -> float | None:
    """Change a year from the latest figure to the target; None where over, unknown or not cumulative."""
    target, year = held.target, held.figure_year
    if target.year is None or held.each_year or held.average is not None:
        return None
    if held.terms.as_of > date(target.year, 12, 31) or year >= target.year:
        return None
    return (
        0.0 if held.goal.met(held.value) else (held.goal.aim(held.value) - held.value) / (target.year - year)
    )


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
