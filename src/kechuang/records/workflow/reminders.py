"""Which office to remind of what: some working days before a deadline, on the day, and when overdue.

A reminder before the deadline goes out once; one that is overdue, at most once a day. What went out
is an entry of the chain, so that nothing is sent twice and the history can be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kechuang.packs.model import Packs
from kechuang.records.clock import stamp
from kechuang.records.workflow import letters
from kechuang.records.workflow.acts import act, acts
from kechuang.records.workflow.due import Owed

ACTION = "remind"


@dataclass(frozen=True)
class Point:
    """One return a region owes for a year: how many units, which are missing, and how urgent it is.

    ``stage`` is the number of working days before the deadline ("10", "0"), "overdue", or "returned" for
    what was sent back long before it.
    """

    type: str
    label: str
    year: int
    stage: str
    deadline: date
    working_days: int
    estimated: bool
    missing: tuple[str, ...]
    returned: tuple[tuple[str, str], ...]
    batches: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.__dict__,
            "deadline": self.deadline.isoformat(),
            "missing": list(self.missing),
            "returned": [{"unit": unit, "reason": reason} for unit, reason in self.returned],
            "batches": list(self.batches),
        }

    @property
    def mark(self) -> tuple[Any, ...]:
        """What makes two reminders the same."""
        batches = self.batches if self.stage == "returned" else ()
        return (self.type, self.year, self.stage, self.deadline.isoformat(), tuple(batches))


@dataclass(frozen=True)
class Reminder:
    """What one office is reminded of, with the text to send it. ``repeated``: it went out already."""

    region: str
    place: str
    office: str
    points: tuple[Point, ...]
    text: str
    repeated: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "region": self.region,
            "place": self.place,
            "office": self.office,
            "points": [point.as_dict() for point in self.points],
            "text": self.text,
            "repeated": self.repeated,
        }


def reminders(
    owed: Iterable[Owed],
    packs: Packs,
    day: date,
    *,
    before: Sequence[int],
    sent: set[tuple[Any, ...]],
    name_of: Callable[[str], str],
    sender: str,
    again: bool = False,
) -> list[Reminder]:
    """The reminders due on a day, one an office, from the office of the region ``sender``. ``sent`` is what :func:`already` tells; ``again`` gives
    those too that went out already, marked so."""
    grouped: dict[tuple[str, str, int, str], list[Owed]] = {}
    for one in owed:
        stage = stage_of(one, before)
        if one.owed and stage is not None:
            grouped.setdefault((one.region, one.type, one.year, stage), []).append(one)
    points: dict[tuple[str, bool], list[Point]] = {}
    for (region, type_, year, stage), group in sorted(grouped.items()):
        point = _point(packs, type_, year, stage, group)
        known = (region, *point.mark, day.isoformat() if stage == "overdue" else "") in sent
        if not known or again:
            points.setdefault((region, known), []).append(point)
    found = []
    for (region, known), chosen in sorted(points.items()):
        place = name_of(region)
        office = letters.office(place)
        text = letters.letter(office, chosen, day, letters.office(sender))
        found.append(Reminder(region, place, office, tuple(chosen), text, known))
    return found


def stage_of(one: Owed, before: Sequence[int]) -> str | None:
    """How urgent a return is by now; None where it is too early to remind of it."""
    if one.working_days < 0:
        return "overdue"
    reached = [days for days in before if one.working_days <= days]
    if reached:
        return str(min(reached))
    return "returned" if one.status == "returned" else None


def _point(packs: Packs, type_: str, year: int, stage: str, group: Sequence[Owed]) -> Point:
    returned = [one for one in group if one.status == "returned"]
    return Point(
        type=type_,
        label=packs.records[type_].label.zh,
        year=year,
        stage=stage,
        deadline=group[0].deadline,
        working_days=group[0].working_days,
        estimated=any(one.estimated for one in group),
        missing=tuple(one.name for one in group if one.status != "returned"),
        returned=tuple((one.name, one.reason) for one in returned),
        batches=tuple(sorted({one.batch for one in returned if one.batch})),
    )


def already(alias: str) -> set[tuple[Any, ...]]:
    """The marks of every reminder that went out; overdue ones with their day."""
    found = set()
    for event in acts(alias, ACTION):
        told = event.detail
        for point in told["points"]:
            day = told["day"] if point["stage"] == "overdue" else ""
            batches = tuple(point["batches"]) if point["stage"] == "returned" else ()
            mark = (point["type"], point["year"], point["stage"], point["deadline"], batches)
            found.add((told["region"], *mark, day))
    return found


def note(alias: str, found: Iterable[Reminder], day: date, *, who: str, at: datetime) -> None:
    """Note that reminders went out; call inside ``database.writing``."""
    for one in found:
        if not one.repeated:
            act(alias, ACTION, who=who, at=at, detail={**one.as_dict(), "day": day.isoformat()})


def history(alias: str) -> list[dict[str, Any]]:
    """Every reminder that went out, first to last."""
    return [{"at": stamp(event.at), "who": event.who, **event.detail} for event in acts(alias, ACTION)]
