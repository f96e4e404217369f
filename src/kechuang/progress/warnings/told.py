"""Joins the findings of a day with what the chain says became of them until then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kechuang.progress.warnings.findings import order
from kechuang.progress.warnings.journal import Entry, worse
from kechuang.progress.warnings.model import Finding, State, Warned, Warnings, rank
from kechuang.progress.warnings.rules import Rules


def told(found: Sequence[Finding], history: Sequence[Entry], rules: Rules, day: date) -> Warnings:
    """The warnings of ``day``. An acknowledgement holds until its day passes or things get worse than they
    were when it was given; what nobody has dealt with for more than the days of the rules is escalated."""
    by_subject: dict[str, list[Entry]] = {}
    for entry in history:
        by_subject.setdefault(entry.subject, []).append(entry)
    items = [_warned(one, by_subject.get(one.subject, ()), rules, day) for one in found]
    items.sort(key=lambda one: (-rank(one.finding.level), not one.pending, *order(one.finding)))
    return Warnings(day, tuple(items))


def _warned(one: Finding, entries: Sequence[Entry], rules: Rules, day: date) -> Warned:
    spell: list[Entry] = []  # since it was last raised
    for entry in entries:
        spell = [] if entry.change == "cleared" else [*spell, entry]
    raised = spell[0].day if spell else None
    answer = next((entry for entry in reversed(spell) if entry.change == "acknowledged"), None)
    state: State = "open"
    waits_from = raised
    if answer is not None:
        over = answer.until is not None and day > answer.until
        reopened = worse(one.rules, answer.rules)
        if over or reopened:
            state = "reopened"
            waits_from = _reopened(spell, answer, day, over=over)
        else:
            state = "snoozed" if answer.until is not None else "acknowledged"
    waiting = (day - waits_from).days if waits_from is not None and state in ("open", "reopened") else None
    escalated = waiting is not None and rules.escalate_days is not None and waiting >= rules.escalate_days
    return Warned(
        finding=one,
        state=state,
        raised=raised,
        until=answer.until if answer else None,
        acknowledged_by=answer.who if answer else None,
        note=answer.note if answer else None,
        waiting=waiting,
        escalated=escalated,
        escalated_to=rules.escalate_to if escalated else None,
    )


def _reopened(spell: Sequence[Entry], answer: Entry, day: date, *, over: bool) -> date:
    """The day from which a warning waits for an answer again."""
    days = [entry.day for entry in spell if entry.seq > answer.seq and worse(entry.rules, answer.rules)]
    if over and answer.until is not None:
        days.append(answer.until + timedelta(days=1))
    return min(days, default=day)
