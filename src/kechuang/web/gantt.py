"""Milestones on a time axis: due, done and late by shape, one lane each. Plain SVG, no script, no inline style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from kechuang.messages import Message, dated, language, say
from kechuang.progress.actions.model import MilestoneState

LANE, ABOVE = 22, 6
#: From here on (%) a name stands before its mark.
TURN = 58


@dataclass(frozen=True)
class Axis:
    """The years a chart spans, first and last, and the day it is seen from."""

    first: int
    last: int
    now: date

    @property
    def years(self) -> range:
        return range(self.first, self.last + 1)

    def place(self, day: date) -> float:
        """Where a day stands, in per cent of the width."""
        start, end = date(self.first, 1, 1), date(self.last, 12, 31)
        return 100 * min(max((day - start).days / max((end - start).days, 1), 0.0), 1.0)

    @classmethod
    def of(cls, milestones: Sequence[MilestoneState], period: tuple[int, int] | None, now: date) -> Axis:
        """The plan's years, widened to hold every milestone."""
        days = [day for one in milestones for day in (one.due, one.done) if day is not None]
        years = [*(period or ()), *(day.year for day in days)] or [now.year]
        return cls(min(years), max(years), now)


def scale(axis: Axis) -> str:
    """The years above the lanes."""
    count = len(axis.years)
    drawn = [
        f'<text x="{100 * (number + 0.5) / count:.2f}%" y="13" text-anchor="middle">{year}</text>'
        for number, year in enumerate(axis.years)
    ]
    if _within(axis):
        at = axis.place(axis.now)
        anchor, shift = ("end", -5) if at > TURN else ("start", 5)
        drawn.append(f'<line class="now" x1="{at:.2f}%" x2="{at:.2f}%" y1="18" y2="36"/>')
        drawn.append(
            f'<text class="nowt" x="{at:.2f}%" dx="{shift}" y="31" text-anchor="{anchor}">{escape(str(say("今天")))}</text>'
        )
    return f'<svg width="100%" height="36" aria-hidden="true">{_grid(axis, 18, 36)}{"".join(drawn)}</svg>'


def lanes(milestones: Sequence[MilestoneState], axis: Axis) -> str:
    """One lane a milestone: a ring where it was due, a disc where it was done, a square while it is overdue;
    a line from the day due to the day done, or to today, is the delay."""
    shown = [one for one in milestones if one.due or one.done]
    height = ABOVE * 2 + LANE * max(len(shown), 1)
    drawn = [_grid(axis, 0, height)]
    days = [axis.place(day) for one in shown for day in (one.due, one.done) if day is not None]
    if len(days) > 1:
        drawn.append(
            f'<rect class="span" x="{min(days):.2f}%" width="{max(days) - min(days):.2f}%" y="2" height="{height - 4}"/>'
        )
    if _within(axis):
        at = axis.place(axis.now)
        drawn.append(f'<line class="now" x1="{at:.2f}%" x2="{at:.2f}%" y1="0" y2="{height}"/>')
    drawn += [_lane(one, axis, ABOVE + LANE * number + LANE // 2) for number, one in enumerate(shown)]
    words = "；".join(told(one).text(language()) for one in shown)
    return (
        f'<svg width="100%" height="{height}" role="img" aria-label="{escape(words)}">{"".join(drawn)}</svg>'
    )


def told(one: MilestoneState) -> Message:
    """A milestone in words."""
    if one.standing in ("done", "unproven") and one.done:
        if one.due and one.delay > 0:
            return say("{name}：{day}完成，迟{n}天", name=one.name, day=dated(one.done), n=one.delay)
        return say("{name}：{day}完成", name=one.name, day=dated(one.done))
    due = dated(one.due) if one.due else "—"
    if one.standing == "overdue":
        return say("{name}：应于{day}完成，逾期{n}天", name=one.name, day=due, n=one.delay)
    return say("{name}：应于{day}完成", name=one.name, day=due)


def _lane(one: MilestoneState, axis: Axis, y: int) -> str:
    due = axis.place(one.due) if one.due else None
    done = axis.place(one.done) if one.done else None
    drawn = ""
    end = due if due is not None else done or 0.0
    if one.standing == "overdue" and due is not None:
        end = axis.place(min(axis.now, date(axis.last, 12, 31)))
        drawn += f'<line class="late" x1="{due:.2f}%" x2="{end:.2f}%" y1="{y}" y2="{y}"/>'
    elif due is not None and done is not None:
        end = max(due, done)
        if done > due:
            drawn += f'<line class="slip" x1="{due:.2f}%" x2="{done:.2f}%" y1="{y}" y2="{y}"/>'
        drawn += f'<circle class="ring" cx="{due:.2f}%" cy="{y}" r="4"/>'
    if one.standing == "overdue" and due is not None:
        drawn += (
            f'<svg x="{due:.2f}%" y="{y}"><path class="ms overdue" d="M-5 -5H5V5H-5z"/>'
            '<path class="cut" d="M-2.5 -2.5L2.5 2.5M2.5 -2.5L-2.5 2.5"/></svg>'
        )
    elif done is not None:
        mark = "M0 -6L6 5H-6z" if one.standing == "unproven" else None
        drawn += (
            f'<svg x="{done:.2f}%" y="{y}"><path class="ms unproven" d="{mark}"/></svg>'
            if mark
            else f'<circle class="ms done" cx="{done:.2f}%" cy="{y}" r="5"/>'
        )
    elif due is not None:
        drawn += f'<circle class="ms open" cx="{due:.2f}%" cy="{y}" r="5"/>'
    first = min(one_ for one_ in (due, done, end) if one_ is not None)
    before = end > TURN
    place, anchor, shift = (first, "end", -10) if before else (end, "start", 10)
    if before and first < 12:  # a tail across the whole chart: the name stands above its line's beginning
        place, anchor, shift = first, "start", 10
    tail = ""
    if one.standing == "overdue":
        tail = f" {say('逾期{n}天', n=one.delay)}"
    elif one.due and one.done and one.delay > 0:
        tail = f" {say('迟{n}天', n=one.delay)}"
    lift = -5 if before and first < 12 else 4
    return drawn + (
        f'<text class="nm" x="{place:.2f}%" dx="{shift}" y="{y + lift}" text-anchor="{anchor}">'
        f"{escape(one.name)}{escape(tail)}</text>"
    )


def _grid(axis: Axis, top: int, bottom: int) -> str:
    count = len(axis.years)
    return "".join(
        f'<line class="yr" x1="{100 * number / count:.2f}%" x2="{100 * number / count:.2f}%" y1="{top}" y2="{bottom}"/>'
        for number in range(count + 1)
    )


def _within(axis: Axis) -> bool:
    return axis.first <= axis.now.year <= axis.last
