"""The milestones of a task: what the plan promises joined with what was recorded, by name.

Where the plan gives a day, that day counts, whatever a record says later; a record proves. A milestone said
to be done without a document, named or attached, is unproven and counts as not done.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kechuang.plan.model import Action, Milestone
from kechuang.progress.actions.facts import Facts, Row
from kechuang.progress.actions.model import MilestoneStanding, MilestoneState

_SPLIT = re.compile(r"[；;\n]")


def states_of(action: Action, facts: Facts, day: date) -> tuple[MilestoneState, ...]:
    """The milestones of ``action`` as they stood at the end of ``day``, by the day due."""
    recorded: dict[tuple[str, str], list[Row]] = {}
    for row in facts.of("milestones", action.id, action.evidence):
        name = str(row.values.get("name") or row.key)
        recorded.setdefault((row.entry or action.id, name), []).append(row)
    promised = {(action.id, one.name): one for one in action.milestones}
    for part in getattr(action, "subtasks", ()):
        promised.update({(part.id, one.name): one for one in part.milestones})
    found = []
    for place in dict.fromkeys([*promised, *recorded]):
        rows = recorded.get(place, [])
        if not rows:
            found.append(_state(place, promised.get(place), None, facts, day))
        found += [_state(place, promised.get(place), row, facts, day) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.due or date.max, one.id)))


def _state(
    place: tuple[str, str], promised: Milestone | None, row: Row | None, facts: Facts, day: date
) -> MilestoneState:
    values: Mapping[str, Any] = row.values if row is not None else {}
    due = date.fromisoformat(promised.due) if promised else values.get("due")
    done = values.get("done")
    if done is not None and done > day:
        done = None
    document = str(values.get("document") or "").strip() or None
    attached = row is not None and (row.type, row.key) in facts.attached
    waits = [*(promised.after if promised else ()), *_SPLIT.split(str(values.get("after") or ""))]
    standing, delay = _standing(due, done, bool(document or attached), day)
    return MilestoneState(
        entry=place[0],
        name=place[1],
        due=due,
        done=done,
        standing=standing,
        delay=delay,
        after=tuple(dict.fromkeys(_named(place[0], text) for text in waits if text.strip())),
        document=document,
        attached=attached,
        record=row.ref if row is not None else None,
        promised=promised is not None,
    )


def _standing(due: date | None, done: date | None, proven: bool, day: date) -> tuple[MilestoneStanding, int]:
    """The standing and the days late; what is unproven is late by today, for it is not done."""
    if done is not None and proven:
        return "done", max(0, (done - due).days) if due else 0
    late = max(0, (day - due).days) if due else 0
    if done is not None:
        return "unproven", late
    return ("overdue", late) if late else ("open", 0)


def _named(entry: str, text: str) -> tuple[str, str]:
    """A milestone as ``after`` names it: ``P1.2|name``, or a name within the entry."""
    first, sign, rest = text.strip().partition("|")
    return (first.strip(), rest.strip()) if sign else (entry, first)


def outstanding(milestones: Iterable[MilestoneState]) -> list[MilestoneState]:
    """Those that are due and not proven, the longest overdue first."""
    late = [one for one in milestones if one.standing in ("overdue", "unproven") and one.delay > 0]
    return sorted(late, key=lambda one: (-one.delay, one.id))
