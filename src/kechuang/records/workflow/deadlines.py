"""By when a return is due: as its pack says, by the calendar of working days, unless it was extended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from kechuang.errors import KechuangError
from kechuang.messages import say
from kechuang.packs.model import RecordType
from kechuang.records.clock import day_of, stamp
from kechuang.records.fields import Named
from kechuang.records.workflow import workdays
from kechuang.records.workflow.acts import act, acts, reasoned

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

ACTION = "deadline"


@dataclass(frozen=True)
class Limit:
    """The last day for a return. ``estimated``: its holidays were not announced, only weekends count."""

    day: date
    estimated: bool = False
    extended: bool = False


@dataclass(frozen=True)
class Extension:
    """Another last day, for everyone or for a region and those below it."""

    type: str
    year: int
    region: str | None
    day: date
    who: str
    at: datetime
    reason: str

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "day": self.day.isoformat(), "at": stamp(self.at)}


def declared(type_: RecordType, year: int) -> Limit | None:
    """The last day by the pack; None for a register without a deadline."""
    rule = type_.deadline
    if rule is None:
        return None
    day = rule.for_year(year)
    moved = workdays.shifted(workdays.after(day, rule.working_days), rule.shift)
    counted = rule.working_days > 0 or rule.shift != "none"
    return Limit(moved, estimated=counted and not workdays.known(day, moved))


def extensions(alias: str, by: date | None = None) -> list[Extension]:
    """The extensions granted by a day, first to last."""
    return [
        Extension(
            event.detail["type"],
            event.detail["year"],
            event.detail["region"],
            date.fromisoformat(event.detail["day"]),
            event.who,
            event.at,
            event.detail["reason"],
        )
        for event in acts(alias, ACTION, by=by)
    ]


@dataclass(frozen=True)
class Deadlines:
    """Deadlines with the extensions known: the one for the nearest region holds, then the latest."""

    granted: Sequence[Extension]
    regions: RegionTree | None = None

    @classmethod
    def of(cls, alias: str, regions: RegionTree | None, by: date | None = None) -> Deadlines:
        return cls(extensions(alias, by), regions)

    def limit(self, type_: RecordType, year: int, region: str | None) -> Limit | None:
        """The last day for a return of a year from a region."""
        chosen: Extension | None = None
        for one in self.granted:
            if (one.type, one.year) != (type_.id, year) or not self._covers(one, region):
                continue
            if chosen is None or self._depth(one) >= self._depth(chosen):
                chosen = one
        if chosen is not None:
            return Limit(chosen.day, extended=True)
        return declared(type_, year)

    def day(self, type_: RecordType, year: int, region: str | None) -> date | None:
        """The day of :meth:`limit`."""
        found = self.limit(type_, year, region)
        return found.day if found else None

    def _covers(self, one: Extension, region: str | None) -> bool:
        if one.region is None or one.region == region:
            return True
        return bool(region and self.regions is not None and self.regions.contains(one.region, region))

    def _depth(self, one: Extension) -> int:
        if one.region is None:
            return -1
        return len(self.regions.ancestors(one.region)) if self.regions is not None else 0


def extend(
    alias: str,
    type_: RecordType,
    year: int,
    day: date,
    *,
    region: str | None,
    regions: RegionTree | None,
    who: str,
    at: datetime,
    reason: str,
) -> Extension:
    """Set another last day. It may come earlier, but not so early that it has passed."""
    if type_.time.year is None:
        raise KechuangError(
            "no-deadline", say("台账“{type}”不是年报，没有报送期限", type=Named.of(type_.label))
        )
    now = Deadlines.of(alias, regions).day(type_, year, region)
    if day < day_of(at) and (now is None or day < now):
        raise KechuangError(
            "deadline-passed",
            say("期限不能改到已经过去的{day}：有的单位会因此成为迟报", day=day.isoformat()),
            remedy=say("请给今天或以后的日期。"),
        )
    detail = {
        "type": type_.id,
        "year": year,
        "region": region,
        "day": day.isoformat(),
        "reason": reasoned(reason),
    }
    act(alias, ACTION, who=who, at=at, detail=detail)
    return extensions(alias)[-1]
