"""Holds an assessment against the rules: what presses, by subject, with reasons, since when, what to do.

Pure: the same assessment, returns and rules give the same findings in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from kechuang.messages import Message, literal, say
from kechuang.packs.model import IndicatorSpec, RecordType
from kechuang.plan.model import Plan
from kechuang.progress.actions.components import ratio_of
from kechuang.progress.actions.milestones import outstanding
from kechuang.progress.actions.reasons import Labelled
from kechuang.progress.model import Progress, TargetProgress, TaskProgress
from kechuang.progress.time import add_months
from kechuang.progress.warnings import wording
from kechuang.progress.warnings.model import Finding, Reason, Subject, rank
from kechuang.progress.warnings.rules import Rule, Rules
from kechuang.records.returns import ReturnStatus


@dataclass(frozen=True)
class Material:
    """What is held against the rules. ``name_of`` tells the name of a region by its code."""

    progress: Progress
    plan: Plan
    returns: Sequence[ReturnStatus] = ()
    specs: Mapping[str, IndicatorSpec] = field(default_factory=dict)
    records: Mapping[str, RecordType] = field(default_factory=dict)
    name_of: Callable[[str], str] = str


def findings(material: Material, rules: Rules) -> tuple[Finding, ...]:
    """Everything that presses, the gravest first."""
    found: list[Finding] = []
    leads = {target.id: tuple(target.lead) for target in material.plan.targets}
    for target in material.progress.targets:
        reasons = list(_target(target, material, rules))
        name = _target_name(target, material)
        found += _finding(target.id, "target", name, leads.get(target.id, ()), reasons)
    for programme in material.progress.programmes:
        for task in programme.tasks:
            reasons = list(_action(task, material, rules))
            found += _finding(task.id, "task", literal(task.title), task.lead or programme.lead, reasons)
    for group in material.progress.safeguards:
        for measure in group.measures:
            reasons = list(_action(measure, material, rules))
            found += _finding(measure.id, "measure", literal(measure.title), measure.lead, reasons)
    found += _returns(material, rules)
    return tuple(sorted(found, key=order))


def order(one: Finding) -> tuple[int, int, tuple[str, int, int], str]:
    """The gravest first; among equals targets, tasks, measures, returns, each by number."""
    kinds: tuple[Subject, ...] = ("target", "task", "measure", "return")
    letter, rest = one.subject[:1], one.subject[1:]
    parts = [int(part) if part.isdigit() else 0 for part in (*rest.split("."), "0")[:2]]
    place = (letter, parts[0], parts[1]) if one.kind != "return" else ("", 0, 0)
    return -rank(one.level), kinds.index(one.kind), place, one.subject


def _finding(
    subject: str, kind: Subject, name: Message, lead: Sequence[str], reasons: list[Reason]
) -> list[Finding]:
    if not reasons:
        return []
    ordered = sorted(reasons, key=lambda reason: -rank(reason.level))
    return [Finding(subject, kind, name, tuple(lead), tuple(ordered))]


def _target_name(target: TargetProgress, material: Material) -> Message:
    spec = material.specs.get(target.indicator or "")
    return Both(target.name, spec.label.en if spec else target.name)


def _target(target: TargetProgress, material: Material, rules: Rules) -> Iterator[Reason]:
    yield from _shortfall(target, rules.get("target_shortfall"))
    rule = rules.get("target_probability")
    likely = target.as_dict()["probability"]
    if rule is not None and isinstance(likely, (int, float)) and target.status not in ("achieved", "missed"):
        level = rule.level(likely)
        if level is not None:
            yield Reason(
                rule.id,
                level,
                float(likely),
                wording.probability(likely, rule.lightest),
                wording.TARGET_ADVICE,
                {"probability": likely},
            )
    yield from _stale(target, material, rules.get("stale_data"))


def _shortfall(target: TargetProgress, rule: Rule | None) -> Iterator[Reason]:
    if rule is None or target.status not in ("basically_on_schedule", "behind", "missed"):
        return
    ratio = ratio_of(target)
    short = None if ratio is None else max(0.0, 1.0 - ratio)
    level = rule.level(short) if short is not None else None
    if target.status == "missed":  # what can no longer be made good is no lighter than the rule says
        level = max(level, rule.missed, key=rank)
    if level is None:
        return
    since = date(target.year + 1, 1, 1) if target.status == "missed" and target.year else None
    inputs: dict[str, Any] = {
        "status": target.status,
        "attained": target.attained,
        "scheduled": target.scheduled_share,
        "latest": target.latest.value if target.latest else None,
        "period": target.latest.period if target.latest else None,
    }
    measure = 1.0 if short is None else short
    advice = wording.MISSED_ADVICE if target.status == "missed" else wording.TARGET_ADVICE
    yield Reason(rule.id, level, measure, wording.shortfall(target, short), advice, inputs, since)


def _stale(target: TargetProgress, material: Material, rule: Rule | None) -> Iterator[Reason]:
    """The figure of a year that should be known by now, by when it is usually published."""
    spec = material.specs.get(target.indicator or "")
    latest, day = target.latest, material.progress.as_of
    if rule is None or spec is None or spec.release_lag is None or latest is None:
        return
    wanted = int(latest.period) + 1
    if target.year is not None and wanted > target.year:
        return
    published = add_months(date(wanted + 1, 1, 1), spec.release_lag.months)
    months = (day.year - published.year) * 12 + day.month - published.month
    level = rule.level(months) if day >= published else None
    if level is not None:
        yield Reason(
            rule.id,
            level,
            float(months),
            wording.stale(wanted, months, latest.period),
            wording.STALE_ADVICE,
            {"wanted": wanted, "latest": latest.period, "published": published.isoformat()},
            add_months(published, int(rule.lightest)),
        )


def _action(told: TaskProgress, material: Material, rules: Rules) -> Iterator[Reason]:
    standing, day = told.standing, material.progress.as_of
    if standing is None or standing.status == "completed":
        return
    rule = rules.get("milestone_delay")
    late = outstanding(standing.milestones)
    if rule is not None and late and (level := rule.level(late[0].delay)) is not None:
        threats = [one for one in material.progress.threats if one.through == told.id and one.margin < 0]
        since = late[0].due + timedelta(days=int(rule.lightest)) if late[0].due else None
        inputs = {"milestone": late[0].name, "delay": late[0].delay, "late": len(late)}
        message = wording.milestones(late, sorted({one.target for one in threats}))
        yield Reason(
            rule.id, level, float(late[0].delay), message, wording.milestone_advice(late[0]), inputs, since
        )
    yield from _overrun(told, material, rules.get("chain_overrun"))
    rule, projects = rules.get("project_delay"), standing.component("projects")
    if rule is not None and projects is not None and (level := rule.level(projects.delay)) is not None:
        since = day - timedelta(days=projects.delay - int(rule.lightest))
        message = wording.projects(int(projects.numbers["overdue"]), projects.delay)
        inputs = {"delay": projects.delay, "overdue": projects.numbers["overdue"]}
        yield Reason(rule.id, level, float(projects.delay), message, wording.PROJECT_ADVICE, inputs, since)
    rule, money = rules.get("money_gap"), standing.component("money")
    if rule is not None and money is not None and money.score is not None:
        gap = 1.0 - money.score
        if (level := rule.level(gap)) is not None:
            message = wording.money(money.numbers["spent"], money.numbers["scheduled"])
            yield Reason(rule.id, level, gap, message, wording.MONEY_ADVICE, dict(money.numbers))
    rule, gone = rules.get("no_proof"), material.progress.time_share
    if rule is None or gone is None or standing.status != "no_evidence":
        return
    if (level := rule.level(gone)) is not None:
        inputs = {"time_share": gone}
        yield Reason(rule.id, level, gone, wording.no_proof(gone), wording.PROOF_ADVICE, inputs)


def _overrun(told: TaskProgress, material: Material, rule: Rule | None) -> Iterator[Reason]:
    """The last milestone expected after the plan ends because of what it waits for; of one that is overdue
    itself, its own delay says all."""
    period = material.progress.period
    if rule is None or told.standing is None or period is None:
        return
    end = date(period[1], 12, 31)
    waiting = [
        one
        for one in told.standing.milestones
        if one.after and one.standing == "open" and one.expected and one.expected > end
    ]
    if not waiting:
        return
    last = max(waiting, key=lambda one: (one.expected or date.min, one.name))
    days = ((last.expected or end) - end).days
    level = rule.level(days)
    if level is not None and last.expected is not None:
        inputs = {"milestone": last.name, "expected": last.expected.isoformat(), "end": end.isoformat()}
        yield Reason(
            rule.id,
            level,
            float(days),
            wording.overrun(last.name, last.expected, days),
            wording.CHAIN_ADVICE,
            inputs,
        )


def _returns(material: Material, rules: Rules) -> list[Finding]:
    rule, day = rules.get("late_return"), material.progress.as_of
    found: list[Finding] = []
    for one in material.returns if rule is not None else ():
        late = (day - one.deadline).days
        level = rule.level(late) if rule is not None and one.missing and late > 0 else None
        if level is None or rule is None:
            continue
        place = material.name_of(one.region) if one.region else ""
        kind = material.records.get(one.type)
        label: Message = Labelled(kind.label) if kind else literal(one.type)
        reason = Reason(
            rule.id,
            level,
            float(late),
            wording.late_return(one.expected, one.missing, one.deadline, late),
            wording.RETURN_ADVICE,
            {"expected": one.expected, "missing": one.missing, "deadline": one.deadline.isoformat()},
            one.deadline + timedelta(days=int(rule.lightest)),
        )
        subject = "/".join(part for part in (one.type, str(one.year), one.region) if part)
        name = say("{place}{year}年{label}", place=place, year=one.year, label=label)
        found += _finding(subject, "return", name, (place,) if place else (), [reason])
    return found


class Both(Message):
    """A name that has its own form in each language."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__("{zh}", {"zh": zh, "en": en})

    def text(self, language: str) -> str:
        return str(self.params["en" if language == "en" else "zh"])
