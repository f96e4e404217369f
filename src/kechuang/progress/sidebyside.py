"""Every applicable method on one target of a plan, and which of them a target is not made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kechuang.errors import Joined
from kechuang.messages import Message, say
from kechuang.progress.judging import Held, Judged, level_share
from kechuang.progress.methods import METHODS, Case, Verdict, Words, parameters_of, specs, verdict
from kechuang.progress.methods import dressed as worded
from kechuang.progress.methods.case import Outcome, unknown
from kechuang.progress.schedule import SAME
from kechuang.progress.status import Mark, Status


def side_by_side(held: Held, found: Judged, given: Mapping[str, float]) -> tuple[Verdict, ...]:
    """The verdict of every method in order. ``found`` is the scheduled one, made with more knowledge."""
    case, why_not = case_of(held), not_made_for(held)
    verdicts = []
    for method in METHODS:
        if method == "schedule":
            verdicts.append(scheduled(held, found, case, given))
        elif why_not is not None:
            verdicts.append(worded(method, unknown(why_not), case.inputs(), parameters_of(method)))
        else:
            verdicts.append(verdict(method, case, parameters_of(method)))
    return tuple(verdicts)


def scheduled(held: Held, found: Judged, case: Case, given: Mapping[str, float]) -> Verdict:
    """The status already found, as a verdict like the others'."""
    value = found.attained
    if held.average is not None:
        value = held.value
    elif held.each_year:
        value = level_share(held.value, held.goal)
    used: dict[str, float | None] = {"scheduled": found.scheduled, "scheduled_value": found.expected}
    if found.years_met is not None:
        used |= {"years_met": float(found.years_met[0]), "years": float(found.years_met[1])}
    score = None
    if found.attained is not None and found.scheduled:
        score = found.attained / found.scheduled
    year = held.target.year
    early = found.status == "achieved" and year is not None and held.figure_year < year
    early = early and not held.terms.as_of.year > (year or 0)
    outcome = Outcome(found.status, value, score, tuple(found.why), used, early)
    return worded("schedule", outcome, case.inputs(**used), parameters_of("schedule", given))


#: The house's status a mark of another method stands for.
_STATUS: dict[Mark, Status] = {
    "done": "achieved",
    "ok": "on_schedule",
    "watch": "basically_on_schedule",
    "late": "behind",
}


def headline(
    held: Held, found: Judged, verdicts: Sequence[Verdict], method: str
) -> tuple[Judged, list[Message]]:
    """The status by the office's ``method``, and a sentence naming its own word.

    Reached, and not reached when the year is over, are facts no method changes; where the method does not fit
    the target, or cannot judge it, the scheduled status stays, saying so.
    """
    chosen = next(verdict for verdict in verdicts if verdict.method == method)
    if method == "schedule":
        return found, []
    name = Words(specs()[method].label)
    if chosen.mark == "none":
        return found, [say("{method}不能判断（{why}），按预期进度", method=name, why=Joined(chosen.why))]
    said = [say("按{method}判断：{word}", method=name, word=chosen.label)]
    if found.status in ("achieved", "missed"):
        return found, said
    status = _STATUS[chosen.mark]
    return replace(found, status="on_schedule" if status == "achieved" else status), said


def not_made_for(held: Held) -> Message | None:
    """Why the methods made for values to be reached do not fit a target; None where they do."""
    if held.each_year:
        return say("该方法判断到某年要达到的数值，不判断逐年目标和保持水平的目标")
    if held.goal.comparator == "range":
        return say("该方法只判断不低于或不高于某值的目标，不判断区间")
    if held.goal.comparator == "~":
        return say("该方法只判断不低于或不高于某值的目标，不判断“左右”")
    return None


def case_of(held: Held) -> Case:
    """A target as the methods take it; one of average growth as the level that growth leads to."""
    average, baseline, goal = held.average, held.baseline, held.goal
    figures = held.levels if average is not None else held.series
    latest = figures[-1]
    target: float | None = goal.value
    direction = 1 if goal.up else -1
    if average is not None:
        target = average.level
        direction = -1 if (average.rate < 0) != average.falling else 1
    value = latest.value or 0.0
    # A sum of binary fractions that differs from the target in the last digit only has reached it.
    if target is not None and abs(value - target) <= SAME * max(abs(value), abs(target)):
        value = target
    points = [(float(figure.period), figure.value or 0.0) for figure in figures]
    if baseline is not None and all(year != baseline.year for year, _ in points):
        points.append((float(baseline.year), baseline.value))
    return Case(
        base_year=None if baseline is None else float(baseline.year),
        base_value=None if baseline is None else baseline.value,
        current_year=float(latest.period),
        current_value=value,
        target_year=None if held.target.year is None else float(held.target.year),
        target=target,
        direction=direction,
        unit=held.target.unit if average is None else latest.unit,
        series=tuple(sorted(points)),
        path=held.path.at if held.path else None,
    )
