"""What changed since the end of last month: figures, statuses, chances, milestones, warnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.http import HttpRequest

from kechuang.messages import Message, literal, say
from kechuang.progress.model import Progress, TargetProgress
from kechuang.web.access import page
from kechuang.web.numbers import amount, difference
from kechuang.web.rendering import Page
from kechuang.web.roles import READERS
from kechuang.web.rooms.moments import month_end_before
from kechuang.web.rooms.programmes import Group, tasks_of
from kechuang.web.rooms.rows import decimals_of, names_of
from kechuang.web.standing import Standing, standing
from kechuang.web.workspaces import served

Tone = Literal["up", "late", ""]


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was: what, of which kind, before and after, by how much, for better or worse."""

    name: Message
    what: Message
    before: Message
    after: Message
    by: Message
    tone: Tone
    href: str


@dataclass(frozen=True)
class Changes:
    """What changed between two days."""

    first: date
    last: date
    rows: list[Change]


@page("changes/", "changes", READERS)
def changes(request: HttpRequest) -> Page:
    """Fills in after the leader's page: the month before is computed when it is asked for."""
    from kechuang.web.rooms.home import day_of

    now, _ = standing(served(), day_of(request))
    first = month_end_before(now.as_of)
    before, _ = standing(served(), first)
    context = Changes(first, now.as_of, list(found_between(before, now)))
    return Page("kechuang/changes_page.html", context, part="kechuang/changes.html")


def found_between(before: Standing, now: Standing) -> Iterator[Change]:
    """Every change, targets first."""
    for target in now.progress.targets:
        was = before.progress.target(target.id)
        if was is not None:
            yield from _of_target(was, target)
    for one, other in zip(before.progress.programmes, now.progress.programmes, strict=False):
        if one.standing and other.standing and one.standing.status != other.standing.status:
            worse = other.standing.mark in ("late", "watch")
            yield Change(
                literal(other.title),
                say("工程状态"),
                one.standing.label,
                other.standing.label,
                literal(""),
                "late" if worse else "up",
                f"/programmes/{other.id}/",
            )
    yield from _counted(
        say("逾期节点"), say("全部工程和措施"), _late(before.progress), _late(now.progress), "/programmes/"
    )
    yield from _counted(
        say("预警"), say("各级合计"), len(before.warnings.items), len(now.warnings.items), "/warnings/"
    )


def _of_target(was: TargetProgress, now: TargetProgress) -> Iterator[Change]:
    _, short = names_of(now)
    href = f"/targets/{now.id}/"
    if now.latest and (was.latest is None or was.latest.value != now.latest.value):
        decimals = decimals_of(now, now.latest.value)
        old = was.latest
        by = now.latest.value - old.value if old else None
        same = old is None or old.period == now.latest.period
        yield Change(
            short,
            say("{year}年的数", year=now.latest.period)
            if same or old is None
            else say("{old}年 → {new}年的数", old=old.period, new=now.latest.period),
            amount(old.value, now.unit, decimals) if old else literal("—"),
            amount(now.latest.value, now.unit, decimals),
            difference(by, now.unit, decimals) if by is not None else literal(""),
            _tone(by, now.direction),
            href,
        )
    if was.status != now.status:
        yield Change(
            short,
            say("状态"),
            was.status_label,
            now.status_label,
            literal(""),
            "late" if now.mark in ("late", "watch") else "up",
            href,
        )
    if was.probability is None or now.probability is None or (now.outlook and now.outlook.settled):
        return
    old_, new = round(100 * was.probability), round(100 * now.probability)
    if old_ != new:
        yield Change(
            short,
            say("达成的可能性"),
            literal(f"{min(max(old_, 1), 99)}%"),
            literal(f"{min(max(new, 1), 99)}%"),
            difference(new - old_, "%", 0),
            _tone(new - old_, "up"),
            href,
        )


def _counted(name: Message, what: Message, before: int, after: int, href: str) -> Iterator[Change]:
    """A count of troubles: fewer is better."""
    if before != after:
        yield Change(
            name,
            what,
            literal(str(before)),
            literal(str(after)),
            difference(after - before, "项", 0),
            _tone(after - before, "down"),
            href,
        )


def _late(progress: Progress) -> int:
    groups: list[Group] = [*progress.programmes, *progress.safeguards]
    standings = [task.standing for group in groups for task in tasks_of(group) if task.standing]
    return sum(one.standing == "overdue" for found in standings for one in found.milestones)


def _tone(by: float | None, direction: str) -> Tone:
    if not by:
        return ""
    return "up" if (by > 0) == (direction != "down") else "late"
