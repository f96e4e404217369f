"""Combines what the kinds of evidence say into one status, and rolls tasks up to programmes.

The score of a task is Σ w·s ÷ Σ w over the kinds that have a score s; of a programme the same over its
tasks. A kind without anything to compare is left out and named, not counted as zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kechuang.plan.model import Action, Weights
from kechuang.progress.actions import components, reasons
from kechuang.progress.actions.facts import Facts
from kechuang.progress.actions.milestones import outstanding
from kechuang.progress.actions.model import Component, GroupStanding, MilestoneState, Standing
from kechuang.progress.actions.terms import Terms, weights_of
from kechuang.progress.actions.words import STATUSES, WORST_FIRST, ActionStatus
from kechuang.progress.model import TargetProgress


def standing_of(
    action: Action,
    states: Sequence[MilestoneState],
    facts: Facts,
    served: Sequence[TargetProgress],
    terms: Terms,
    above: Sequence[Weights | None],
) -> Standing:
    """Where ``action`` stands: ``states`` are its milestones, ``served`` its targets, ``above`` the weights
    given by the plan and its programme."""
    weights = weights_of(terms, *above, action.weights)
    rows = {kind: facts.of(kind, action.id, action.evidence) for kind in ("milestones", "projects", "money")}
    parts = [
        components.milestones(states, terms, weights["milestones"], rows["milestones"]),
        components.projects(rows["projects"], facts, terms, weights["projects"]),
        components.money(rows["money"], terms, weights["money"]),
        components.outputs(action, facts, terms, weights["outputs"]),
        components.targets(served, terms, weights["targets"]),
    ]
    score = components.weighted(parts, weights)
    total = sum(part.weight for part in parts if part.score is not None)
    shared = tuple(
        replace(part, share=part.weight / total if part.score is not None and total > 0 else 0.0)
        for part in parts
    )
    done = all(part.complete is not False for part in parts) and any(part.complete for part in parts)
    closed = _closed(action, parts, terms)
    status = _status(score, states, parts, terms, completed=done and closed)
    late = [one for one in outstanding(states) if one.delay > terms.grace]
    capped = bool(late) and status in ("on_schedule", "completed")
    if capped:
        status = "basically_on_schedule"
    if status == "completed" and score is None:
        score = 1.0
    why = reasons.standing(
        status, score, shared, terms, capped=capped, open_list=bool(done and not closed and states)
    )
    weight = 1.0 if action.weight is None else action.weight
    return Standing(status, score, shared, tuple(states), tuple(why), weight)


def _closed(action: Action, parts: Sequence[Component], terms: Terms) -> bool:
    """Whether all there is to do is known: the plan lists milestones or quantities, or its time is over.

    What was merely recorded so far may be a part of what is to come.
    """
    tasks = [action, *getattr(action, "subtasks", ())]
    return terms.over or any(one.milestones or one.outputs for one in tasks)


def _status(
    score: float | None,
    states: Sequence[MilestoneState],
    parts: Sequence[Component],
    terms: Terms,
    *,
    completed: bool,
) -> ActionStatus:
    if completed:
        return "completed"
    if not any(part.count for part in parts) and not states:
        return "no_evidence"  # the targets it serves alone say nothing of what was done
    if score is not None and any(part.score is not None for part in parts if part.kind != "targets"):
        return components.judged(score, terms, otherwise="underway")
    return "on_schedule" if states else "underway"


def group_of(entries: Mapping[str, Standing], terms: Terms) -> GroupStanding:
    """Rolls up the standings of a programme's tasks, by entry."""
    standings = list(entries.values())
    counted = Counter(one.status for one in standings)
    counts: dict[ActionStatus, int] = {name: counted[name] for name in STATUSES if counted[name]}
    known = {entry: one for entry, one in entries.items() if one.score is not None and one.weight > 0}
    total = sum(one.weight for one in known.values())
    score = sum(one.weight * (one.score or 0.0) for one in known.values()) / total if total > 0 else None
    status: ActionStatus
    if standings and counted["completed"] == len(standings):
        status = "completed"
    else:
        best = max(standings, key=lambda one: WORST_FIRST.index(one.status), default=None)
        status = components.judged(score, terms, otherwise=best.status if best else "no_evidence")
    worst: ActionStatus = min((one.status for one in standings), key=WORST_FIRST.index, default="no_evidence")
    weights = {
        entry: (one.weight, one.weight / total if entry in known else 0.0) for entry, one in entries.items()
    }
    why = reasons.group(score, counts, worst, len(entries) - len(known), len(entries))
    return GroupStanding(status, score, worst, counts, weights, tuple(why))
