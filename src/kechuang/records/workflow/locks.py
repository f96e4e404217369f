"""Closed periods: once a year of a register is locked, nothing that tells of that year may change.

A record touches the years in which it is true. Closing an open record (only its last day is set)
touches the years from that day on. A lock names a type and a year, and may name a region.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import Message, say
from kechuang.packs.model import RecordType
from kechuang.records.clock import stamp
from kechuang.records.fields import Named
from kechuang.records.models import Batch, Version
from kechuang.records.workflow.acts import act, acts, reasoned

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

ALWAYS = (date.min, date.max)
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Lock:
    """A lock in force. ``region`` is None for everywhere."""

    type: str
    year: int
    region: str | None
    who: str
    at: datetime
    reason: str

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "at": stamp(self.at)}


def locks(alias: str, type_: str | None = None) -> list[Lock]:
    """The locks in force, by type, year and region."""
    found: dict[tuple[str, int, str], Lock] = {}
    for event in acts(alias, "lock", "unlock"):
        told = event.detail
        place = (told["type"], told["year"], told["region"] or "")
        if event.action == "unlock":
            found.pop(place, None)
        else:
            found[place] = Lock(
                told["type"], told["year"], told["region"], event.who, event.at, told["reason"]
            )
    return [lock for place, lock in sorted(found.items()) if type_ in (None, lock.type)]


def close(
    alias: str, type_: RecordType, year: int, region: str | None, *, who: str, at: datetime, reason: str
) -> None:
    """Lock a year of a register, everywhere or in a region."""
    if region is not None and type_.region is None:
        raise KechuangError(
            "lock-region", say("台账“{type}”不分地区，不能只锁一个地区", type=Named.of(type_.label))
        )
    if _same(alias, type_.id, year, region):
        raise KechuangError(
            "already-locked", say("“{type}”{year}年度已经锁定", type=Named.of(type_.label), year=year)
        )
    detail = {"type": type_.id, "year": year, "region": region, "reason": reasoned(reason)}
    act(alias, "lock", who=who, at=at, detail=detail)


def reopen(
    alias: str, type_: RecordType, year: int, region: str | None, *, who: str, at: datetime, reason: str
) -> None:
    """Lift a lock, saying why."""
    if not _same(alias, type_.id, year, region):
        raise KechuangError(
            "not-locked",
            say("“{type}”{year}年度没有这样的锁定", type=Named.of(type_.label), year=year),
            remedy=say("现有锁定见 kechuang records locks；地区须与锁定时相同。"),
        )
    detail = {"type": type_.id, "year": year, "region": region, "reason": reasoned(reason)}
    act(alias, "unlock", who=who, at=at, detail=detail)


def _same(alias: str, type_: str, year: int, region: str | None) -> bool:
    return any(lock.year == year and lock.region == region for lock in locks(alias, type_))


@dataclass(frozen=True)
class Book:
    """The locks on one type, to be asked about many records."""

    type: RecordType
    locks: Sequence[Lock]
    regions: RegionTree | None

    @classmethod
    def of(cls, alias: str, type_: RecordType, regions: RegionTree | None) -> Book:
        return cls(type_, locks(alias, type_.id), regions)

    def hit(self, old: Data | None, new: Data | None) -> Lock | None:
        """The lock that forbids to change ``old`` into ``new`` (None: not there before, or withdrawn)."""
        if not self.locks or (old is None and new is None):
            return None
        first, last = touched(self.type, old, new)
        where = self.type.region.field if self.type.region else None
        codes = {str(data[where]) for data in (old, new) if where and data and data.get(where)}
        for lock in self.locks:
            if first < date(lock.year + 1, 1, 1) and last > date(lock.year, 1, 1) and self._in(lock, codes):
                return lock
        return None

    def _in(self, lock: Lock, codes: Iterable[str]) -> bool:
        if lock.region is None:
            return True
        return any(
            code == lock.region or (self.regions is not None and self.regions.contains(lock.region, code))
            for code in codes
        )


def touched(type_: RecordType, old: Data | None, new: Data | None) -> tuple[date, date]:
    """From which day, to before which day, a change of a record changes what is known."""
    spans = [_span(type_, data) for data in (old, new) if data is not None]
    ends = type_.time.to
    if old is not None and new is not None and ends is not None:
        names = old.keys() | new.keys()
        if all(old.get(name) == new.get(name) for name in names - {ends}):
            days = sorted(span[1] for span in spans)
            return days[0], days[1]
    return min(span[0] for span in spans), max(span[1] for span in spans)


def _span(type_: RecordType, data: Data) -> tuple[date, date]:
    time = type_.time
    if time.year is not None:
        year = data.get(time.year)
        return (date(year, 1, 1), date(year + 1, 1, 1)) if isinstance(year, int) else ALWAYS
    if time.on is not None:
        day = _day(data.get(time.on))
        return (day, day + timedelta(days=1)) if day else ALWAYS
    start, end = (data.get(name) if name else None for name in (time.from_, time.to))
    return _day(start) or ALWAYS[0], _day(end) or ALWAYS[1]


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def problem(lock: Lock, type_: RecordType) -> Message:
    """Why a record may not change."""
    return say(
        "“{type}”{year}年度已由“{who}”锁定（{reason}），不能改动",
        type=Named.of(type_.label),
        year=lock.year,
        who=lock.who,
        reason=lock.reason,
    )


def refused(faults: Sequence[Fault]) -> KechuangError:
    """The error for a change of a locked period, with every record it names."""
    return KechuangError(
        "period-locked",
        say("有{n}条记录属于已锁定的时期", n=len(faults)),
        remedy=say("确需改动的，请先解除锁定并写明理由：kechuang records unlock TYPE YEAR --reason 理由"),
        faults=faults,
    )


def check_batch(alias: str, batch: Batch, type_: RecordType | None, regions: RegionTree | None) -> None:
    """KechuangError where letting ``batch`` go on would change a locked period."""
    book = Book.of(alias, type_, regions) if type_ is not None else None
    if book is None or not book.locks or type_ is None:
        return
    versions = list(Version.objects.using(alias).filter(batch=batch).order_by("id"))
    standing: dict[str, Data | None] = {}
    accepted = Version.objects.using(alias).filter(type=type_.id, batch__state="accepted").order_by("number")
    keys = [version.key for version in versions]
    for start in range(0, len(keys), 900):
        for key, data, gone in accepted.filter(key__in=keys[start : start + 900]).values_list(
            "key", "data", "withdrawn"
        ):
            standing[key] = None if gone else data
    faults = []
    for version in versions:
        lock = book.hit(standing.get(version.key), None if version.withdrawn else version.data)
        if lock is not None:
            place = Place(batch.file, version.sheet, version.row)
            text = say("{key}：{problem}", key=version.key, problem=problem(lock, type_))
            faults.append(Fault("period-locked", text, place))
    if faults:
        raise refused(faults)
