"""What each kind of evidence says of a task: how much of what there should be by now is proven.

Every component is a share 0–1 of what is due *by now*, so that a task is not late for what lies ahead:

- milestones: proven ÷ due; one overdue by no more than the days of grace counts as "basically"
- projects: mean over projects under way or closed: 1 within their term or closed as planned, 0 when overdue or
  failed; a project under way with milestones of its own by those
- money: spent ÷ planned, that of the running year by the part of it gone
- outputs: records (or the sum of a field) ÷ the quantity promised, on a straight line to the end of its year;
  without a promise they are counted, not judged
- targets served: 1 on schedule, "basically" for that, attained ÷ scheduled for those behind

What cannot be known has no score and says so. Adding a proof never lowers a score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from kechuang.packs.model import Label
from kechuang.plan.model import Action, Output
from kechuang.progress.actions import reasons
from kechuang.progress.actions.facts import NAMED, Facts, Row
from kechuang.progress.actions.milestones import outstanding
from kechuang.progress.actions.model import Component, MilestoneState, Ref
from kechuang.progress.actions.terms import Terms
from kechuang.progress.actions.words import ActionStatus, Kind
from kechuang.progress.model import TargetProgress
from kechuang.progress.time import time_share

EPSILON = 1e-9


def judged(score: float | None, terms: Terms, *, otherwise: ActionStatus) -> ActionStatus:
    """The status a score stands for; ``otherwise`` where there is none."""
    if score is None:
        return otherwise
    if score >= terms.on_schedule - EPSILON:
        return "on_schedule"
    return "basically_on_schedule" if score >= terms.basically - EPSILON else "behind"


def milestones(
    states: Sequence[MilestoneState], terms: Terms, weight: float, rows: Sequence[Row]
) -> Component:
    """The milestones of a task."""
    due = [one for one in states if one.due is not None and one.due < terms.day]
    proven = [one for one in due if one.standing == "done"]
    score = None
    if due:
        near = [one for one in due if one.standing != "done" and one.delay <= terms.grace]
        score = (len(proven) + terms.basically * len(near)) / len(due)
    done = sum(one.standing == "done" for one in states)
    late = outstanding(states)
    return Component(
        "milestones",
        judged(score, terms, otherwise="on_schedule" if states else "no_evidence"),
        score,
        weight,
        tuple(reasons.milestones(states, due, proven, late, terms)),
        numbers={"due": len(due), "proven": len(proven), "all": len(states), "done": done},
        complete=done == len(states) if states else None,
        records=tuple(one.record for one in states if one.record)[:NAMED],
        count=len(rows),
        sample=sum(row.sample for row in rows),
        delay=late[0].delay if late else 0,
    )


def projects(rows: Sequence[Row], facts: Facts, terms: Terms, weight: float) -> Component:
    """The projects under a task."""
    values, failed, closed, ahead, late = [], 0, 0, 0, []
    for row in rows:
        start, due, end = (_known(row.values.get(part)) for part in ("start", "due", "closed"))
        if end is not None and end <= terms.day:
            lost = row.values.get("result") in _failed(facts, row)
            failed, closed = failed + lost, closed + (not lost)
            values.append(0.0 if lost else 1.0)
        elif start is not None and start > terms.day:
            ahead += 1
        elif due is not None:
            over = (terms.day - due).days
            if over > 0:
                late.append((over, row))
            values.append(
                terms.basically if 0 < over <= terms.grace else 0.0 if over > 0 else _own(row, facts, terms)
            )
    late.sort(key=lambda one: (-one[0], one[1].key))
    score = sum(values) / len(values) if values else None
    numbers = {"all": len(rows), "closed": closed, "failed": failed, "overdue": len(late), "ahead": ahead}
    return Component(
        "projects",
        judged(score, terms, otherwise="underway" if rows else "no_evidence"),
        score,
        weight,
        tuple(reasons.projects(numbers, [(days, row.key) for days, row in late])) if rows else (),
        numbers=numbers,
        complete=closed + failed == len(rows) and not failed if rows else None,
        records=tuple(row.ref for row in rows)[:NAMED],
        count=len(rows),
        sample=sum(row.sample for row in rows),
        delay=late[0][0] if late else 0,
    )


def _own(row: Row, facts: Facts, terms: Terms) -> float:
    """How far a project within its term is by its own milestones; 1 where none is due."""
    due = [one for one in facts.through(row) if (day := _known(one.values.get("due"))) and day < terms.day]
    done = [
        one
        for one in due
        if (day := _known(one.values.get("done"))) is not None
        and day <= terms.day
        and (one.values.get("document") or (one.type, one.key) in facts.attached)
    ]
    return len(done) / len(due) if due else 1.0


def _failed(facts: Facts, row: Row) -> Sequence[str]:
    proves = facts.types[row.type].proves
    return proves.failed if proves is not None else ()


def money(rows: Sequence[Row], terms: Terms, weight: float) -> Component:
    """The money of a task: what was spent against what should have been by now."""
    scheduled = planned = allocated = spent = 0.0
    years = set()
    for row in rows:
        year = row.values.get("year")
        if not isinstance(year, int) or year > terms.day.year:
            continue
        years.add(year)
        part = float(row.values.get("planned") or 0.0)
        planned += part
        scheduled += part * time_share((year, year), terms.day)
        allocated += float(row.values.get("allocated") or 0.0)
        spent += float(row.values.get("spent") or 0.0)
    score = min(1.0, spent / scheduled) if scheduled > EPSILON else None
    numbers = {"planned": planned, "scheduled": scheduled, "allocated": allocated, "spent": spent}
    return Component(
        "money",
        judged(score, terms, otherwise="underway" if rows else "no_evidence"),
        score,
        weight,
        tuple(reasons.money(numbers, sorted(years))) if rows else (),
        numbers=numbers,
        records=tuple(row.ref for row in rows)[:NAMED],
        count=len(rows),
        sample=sum(row.sample for row in rows),
    )


def outputs(action: Action, facts: Facts, terms: Terms, weight: float) -> Component:
    """The quantities a task promises, and the registers it names as evidence."""
    shares, why, complete = [], [], []
    for promise in promised(action):
        share, held = _promise(promise, action, facts, terms)
        label = (
            facts.types[promise.type].label
            if promise.type in facts.types
            else Label(zh=promise.type, en=promise.type)
        )
        why.append(reasons.promised(label, promise, held, terms))
        complete.append(held >= promise.quantity - EPSILON)
        if share is not None:
            shares.append(share)
    # Types that prove in their own way are told by the other components.
    named = [
        name
        for name in dict.fromkeys((*action.evidence, *(promise.type for promise in promised(action))))
        if name in facts.types and facts.types[name].proves is None
    ]
    held_of = {name: facts.amount(name, action.id) for name in named}
    total = sum(held.count for held in held_of.values())
    if named:
        why.append(reasons.held([(facts.types[name].label, held.count) for name, held in held_of.items()]))
    score = sum(shares) / len(shares) if shares else None
    records = [Ref(name, key) for name, held in held_of.items() for key in held.keys]
    return Component(
        "outputs",
        judged(score, terms, otherwise="underway" if total else "no_evidence"),
        score,
        weight,
        tuple(why),
        numbers={name: float(held.count) for name, held in held_of.items()},
        complete=all(complete) if complete else None,
        records=tuple(records)[:NAMED],
        count=total,
        sample=sum(held.sample for held in held_of.values()),
    )


def promised(action: Action) -> list[Output]:
    """The quantities of a task and its subtasks."""
    return [*action.outputs, *(one for part in getattr(action, "subtasks", ()) for one in part.outputs)]


def _promise(promise: Output, action: Action, facts: Facts, terms: Terms) -> tuple[float | None, float]:
    """Share of what was promised by now, and what is held."""
    amount = facts.amount(promise.type, action.id)
    held = amount.sums.get(promise.field, 0.0) if promise.field else float(amount.count)
    first, last = terms.period or (terms.day.year, terms.day.year)
    year = promise.year or last
    gone = time_share((min(first, year), year), terms.day)
    return (min(1.0, held / (promise.quantity * gone)) if gone > 0 else None), held


def targets(served: Sequence[TargetProgress], terms: Terms, weight: float) -> Component:
    """The targets a task serves."""
    values: list[float] = []
    for target in served:
        if target.status in ("achieved", "on_schedule"):
            values.append(1.0)
        elif target.status == "basically_on_schedule":
            values.append(terms.basically)
        elif target.status in ("behind", "missed"):
            values.append(min(terms.basically, max(0.0, ratio_of(target) or 0.0)))
    score = sum(values) / len(values) if values else None
    return Component(
        "targets",
        judged(score, terms, otherwise="no_evidence"),
        score,
        weight,
        tuple(reasons.targets(served)) if served else (),
        numbers={"all": len(served), "judged": len(values)},
    )


def ratio_of(target: TargetProgress) -> float | None:
    """Attained ÷ scheduled, or the plain ratio of latest and target where there is no path."""
    if target.attained is not None and target.scheduled_share is not None and target.scheduled_share > 0:
        return target.attained / target.scheduled_share
    return target.level_share


def weighted(parts: Sequence[Component], weights: Mapping[Kind, float]) -> float | None:
    """Σ w·s ÷ Σ w over the components that have a score; None where none (or none that weighs) has."""
    known = [(weights[part.kind], part.score) for part in parts if part.score is not None]
    total = sum(weight for weight, _ in known)
    return sum(weight * score for weight, score in known) / total if total > 0 else None


def _known(value: object) -> date | None:
    return value if isinstance(value, date) else None
