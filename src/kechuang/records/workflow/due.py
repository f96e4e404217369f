"""Who owes which return, and where each stands: due, submitted, under review, returned, accepted, missing.

A return is owed by every unit its register (frame) lists for the year, or by every region where there
is no register. What was returned and not sent again is still owed. Lateness is counted in working days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from kechuang.messages import Message, say
from kechuang.packs.model import Packs, RecordType
from kechuang.records.checks import key_text
from kechuang.records.clock import day_of, end_of
from kechuang.records.history import as_of
from kechuang.records.models import Event, Version
from kechuang.records.places import say_level
from kechuang.records.returns import on_fields, regions_due
from kechuang.records.workflow import workdays
from kechuang.records.workflow.deadlines import Deadlines, Limit
from kechuang.records.workflow.levels import SENDING

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

OWED = ("due", "missing", "returned", "draft")


@dataclass(frozen=True)
class Owed:
    """A return of a unit for a year, as it stood on a day.

    ``status``: ``due`` (not there, in time), ``draft`` (there, not submitted), ``submitted`` (waits at the
    first level), ``under-review`` (accepted at a level, waits at ``level``), ``returned`` (not sent again),
    ``accepted``, ``missing`` (not there, the deadline has passed). ``working_days`` are those left, less
    than 0 once it has passed; ``late`` those by which it came late or is overdue. ``estimated``: holidays
    of the time in question were not announced, so that only weekends were counted as days off.
    """

    type: str
    year: int
    region: str
    unit: str
    name: str
    status: str
    deadline: date
    working_days: int
    late: int
    estimated: bool
    level: str | None = None
    batch: str | None = None
    reason: str = ""
    arrived: date | None = None

    @property
    def owed(self) -> bool:
        """Whether something is still to be sent."""
        return self.status in OWED

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.__dict__,
            "deadline": self.deadline.isoformat(),
            "arrived": self.arrived.isoformat() if self.arrived else None,
            "is_late": self.late > 0,
            "owed": self.owed,
        }

    def told(self) -> Message:
        """The status in words, with how late it is."""
        name = {
            "due": say("应报"),
            "draft": say("草稿未报送"),
            "submitted": say("已报待审"),
            "under-review": say("{level}待审", level=say_level(self.level or "prefecture")),
            "returned": say("已退回待重报"),
            "accepted": say("已接收"),
            "missing": say("缺报"),
        }[self.status]
        if not self.late:
            return name
        if self.owed:
            return say("{status}（逾期{n}个工作日）", status=name, n=self.late)
        return say("{status}（迟报{n}个工作日）", status=name, n=self.late)


@dataclass
class _Stand:
    """How a batch stood on a day."""

    state: str = ""
    level: str | None = None
    sent: datetime | None = None
    reason: str = ""
    passed: bool = False


@dataclass
class _Came:
    """What has come from one unit: its records by key, versions first to last."""

    records: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)


def due(
    alias: str,
    packs: Packs,
    years: Iterable[int],
    day: date,
    *,
    deadlines: Deadlines,
    within: str | None,
) -> list[Owed]:
    """Every return owed for ``years`` as it stood at the end of ``day``, by type, year, region and unit."""
    stands = _stands(alias, day)
    found: list[Owed] = []
    for year in years:
        for type_ in packs.records.values():
            if type_.frame is None or type_.deadline is None or type_.time.year is None:
                continue
            units = _units(alias, packs, type_, year, day, deadlines.regions, within)
            if not units:
                continue
            came = _came(alias, type_, year, day)
            for unit, (region, name) in units.items():
                limit = deadlines.limit(type_, year, region)
                if limit is not None:
                    content = came.get(unit, _Came())
                    found.append(_owed(type_, year, region, unit, name, content, stands, limit, day))
    return sorted(found, key=lambda one: (one.type, one.year, one.region, one.unit))


def _units(
    alias: str,
    packs: Packs,
    type_: RecordType,
    year: int,
    day: date,
    regions: RegionTree | None,
    within: str | None,
) -> dict[str, tuple[str, str]]:
    """Key of each unit that owes a return → its region and name."""
    frame = type_.frame
    assert frame is not None
    if frame.regions:
        return {
            key_text([code]): (code, _region_name(regions, code))
            for code in regions_due(type_, regions, within)
        }
    register = packs.records[frame.type]
    place = register.region.field if register.region else None
    named = next((name for name in ("name", "unit") if name in register.fields), None)
    of_year = register.time.year
    found = {}
    for record in as_of(alias, day, register.id):
        if of_year is None or record.data.get(of_year) == year:
            key = key_text([record.data.get(name) for name in frame.on])
            region = str(record.data.get(place) or "") if place else within or ""
            found[key] = (region, str(record.data.get(named) or key) if named else key)
    return found


def _region_name(regions: RegionTree | None, code: str) -> str:
    region = regions.get(code) if regions is not None else None
    return region.name if region else code


def _came(alias: str, type_: RecordType, year: int, day: date) -> dict[str, _Came]:
    """What has come in for a year, by unit, whatever became of it."""
    on = on_fields(type_)
    rows = (
        Version.objects.using(alias)
        .filter(type=type_.id, valid_from=date(year, 1, 1), recorded_at__lt=end_of(day))
        .order_by("number")
        .values_list("key", "data", "batch_id", "withdrawn")
    )
    found: dict[str, _Came] = {}
    for key, data, batch, withdrawn in rows.iterator(chunk_size=5000):
        unit = key_text([data.get(name) for name in on])
        found.setdefault(unit, _Came()).records.setdefault(key, []).append((batch, withdrawn))
    return found


def _stands(alias: str, day: date) -> dict[str, _Stand]:
    """How each batch stood at the end of a day, by what the chain says until then."""
    found: dict[str, _Stand] = {}
    for event in Event.objects.using(alias).filter(at__lt=end_of(day)).exclude(batch="").order_by("seq"):
        told = event.detail
        if "state" not in told:
            continue
        stand = found.setdefault(event.batch, _Stand())
        if event.action in SENDING and told["state"] != "draft":
            stand.sent, stand.passed = event.at, False
        elif event.action == "accepted":
            stand.passed = True
        stand.state, stand.level, stand.reason = told["state"], told.get("level"), told["reason"]
    return found


def _owed(
    type_: RecordType,
    year: int,
    region: str,
    unit: str,
    name: str,
    came: _Came,
    stands: dict[str, _Stand],
    limit: Limit,
    day: date,
) -> Owed:
    status, batch = _status(came, stands)
    stand = stands.get(batch, _Stand()) if batch else _Stand()
    arrived = (
        day_of(stand.sent) if stand.sent and status in ("submitted", "under-review", "accepted") else None
    )
    if status == "accepted":
        arrived = min(_first_accepted(came, stands), default=arrived)
    ended = arrived or day
    late = max(1, workdays.between(limit.day, ended)) if ended > limit.day else 0
    if status in ("due",) and late:
        status = "missing"
    return Owed(
        type=type_.id,
        year=year,
        region=region,
        unit=unit,
        name=name,
        status=status,
        deadline=limit.day,
        working_days=_left(limit.day, day),
        late=late,
        estimated=limit.estimated or not workdays.known(limit.day, ended),
        level=stand.level,
        batch=batch,
        reason=stand.reason if status == "returned" else "",
        arrived=arrived,
    )


def _left(limit: date, day: date) -> int:
    """Working days left until the deadline, at least -1 once it has passed."""
    left = workdays.between(day, limit)
    return min(left, -1) if day > limit else left


def _status(came: _Came, stands: dict[str, _Stand]) -> tuple[str, str | None]:
    """Where the records of a unit stand together: what is still owed comes first."""
    found: dict[str, str] = {}
    for versions in came.records.values():
        status, batch = _record_status(versions, stands)
        if batch is not None:
            found.setdefault(status, batch)
    for status in ("returned", "submitted", "under-review", "accepted", "draft"):
        if status in found:
            return status, found[status]
    return "due", None


def _record_status(versions: list[tuple[str, bool]], stands: dict[str, _Stand]) -> tuple[str, str | None]:
    """Where one record stands, by its last version that says something."""
    draft: str | None = None
    waiting: tuple[str, str] | None = None
    for batch, withdrawn in reversed(versions):
        stand = stands.get(batch, _Stand())
        if stand.state == "draft" and not withdrawn:
            draft = draft or batch
        elif stand.state in ("submitted", "resubmitted") and not withdrawn:
            waiting = waiting or ("under-review" if stand.passed else "submitted", batch)
        elif stand.state == "returned" and not withdrawn and waiting is None:
            return "returned", batch
        elif stand.state == "accepted":
            # A correction under way does not undo what was accepted.
            return ("due", None) if withdrawn else ("accepted", batch)
    if waiting is not None:
        return waiting
    return ("draft", draft) if draft else ("due", None)


def _first_accepted(came: _Came, stands: dict[str, _Stand]) -> Iterator[date]:
    for versions in came.records.values():
        for batch, withdrawn in versions:
            stand = stands.get(batch, _Stand())
            if stand.state == "accepted" and not withdrawn and stand.sent is not None:
                yield day_of(stand.sent)
                break
