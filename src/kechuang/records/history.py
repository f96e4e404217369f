"""What the store knows, and knew: the versions of a record, and all records as of a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from django.db.models import F, Min, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import RowNumber

from kechuang.packs.model import RecordType
from kechuang.records import database  # noqa: F401 - makes the models importable
from kechuang.records.checks import key_text
from kechuang.records.clock import end_of, stamp
from kechuang.records.models import Batch, Version
from kechuang.records.workflow.steps import Step, steps_of


@dataclass(frozen=True, slots=True)
class RecordVersion:
    """One version of a record. ``data`` is as the store keeps it (dates as ISO text).

    ``steps`` is the way its batch went, told by :func:`history`; None where nobody asked.
    """

    id: int
    type: str
    key: str
    number: int
    data: dict[str, Any]
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    who: str
    batch: str
    state: str
    nature: str
    file: str | None
    sheet: str | None
    row: int | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    withdrawn: bool
    reason: str
    first_recorded_at: datetime | None = None
    steps: tuple[Step, ...] | None = None

    def as_dict(self) -> dict[str, Any]:
        days = {name: getattr(self, name) for name in ("valid_from", "valid_to")}
        moments = {name: getattr(self, name) for name in ("recorded_at", "reviewed_at", "first_recorded_at")}
        content = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "steps"}
        steps = {} if self.steps is None else {"steps": [step.as_dict() for step in self.steps]}
        return {
            **content,
            **steps,
            **{name: day.isoformat() if day else None for name, day in days.items()},
            **{name: stamp(moment) if moment else None for name, moment in moments.items()},
        }


_COLUMNS = ("id", "key", "number", "data", "valid_from", "valid_to", "batch_id", "sheet", "row", "withdrawn")


def history(
    alias: str, record_type: RecordType, key: str | Sequence[Any] | Mapping[str, Any]
) -> list[RecordVersion]:
    """All versions of one record, first to last, whatever became of their batches."""
    if isinstance(key, Mapping):
        key = [key[name] for name in record_type.key]
    text = key if isinstance(key, str) else key_text(key)
    found = Version.objects.using(alias).filter(type=record_type.id, key=text).order_by("number")
    rows = [(*row, None) for row in found.values_list(*_COLUMNS)]
    versions = list(_versions(alias, record_type.id, rows))
    ways = steps_of(alias, {version.batch for version in versions})
    return [replace(version, steps=tuple(ways.get(version.batch, ()))) for version in versions]


def as_of(alias: str, day: date, type_: str) -> list[RecordVersion]:
    """The records of a type as known at the end of ``day``: the last version accepted by then, by key.

    A record withdrawn by then is left out. ``first_recorded_at`` is when its first accepted version
    came in.
    """
    ranked = (
        Version.objects.using(alias)
        .filter(type=type_, batch__state="accepted", batch__reviewed_at__lt=end_of(day))
        .annotate(
            rank=Window(RowNumber(), partition_by=[F("key")], order_by=F("number").desc()),
            first=Window(Min("recorded_at"), partition_by=[F("key")]),
        )
        .filter(rank=1)
    )
    rows = ranked.values_list(*_COLUMNS, "first").iterator(chunk_size=5000)
    # Filtering on ``withdrawn`` in the query would happen before ranking and bring old versions back.
    standing = [row for row in rows if not row[9]]
    standing.sort(key=lambda row: row[1])
    return list(_versions(alias, type_, standing))


def _versions(alias: str, type_: str, rows: Iterable[Any]) -> Iterator[RecordVersion]:
    """Rows of ``_COLUMNS`` and first_recorded_at, told with what their batches say."""
    batches = {batch.id: batch for batch in Batch.objects.using(alias).filter(type=type_)}
    for number, key, count, data, valid_from, valid_to, name, sheet, line, withdrawn, first in rows:
        batch = batches[name]
        yield RecordVersion(
            id=number,
            type=type_,
            key=key,
            number=count,
            data=data,
            valid_from=valid_from,
            valid_to=valid_to,
            recorded_at=batch.recorded_at,
            who=batch.who,
            batch=name,
            state=batch.state,
            nature=batch.nature,
            file=batch.file,
            sheet=sheet,
            row=line,
            reviewed_by=batch.reviewed_by,
            reviewed_at=batch.reviewed_at,
            withdrawn=withdrawn,
            reason=batch.reason,
            first_recorded_at=first,
        )


def known_values(alias: str, type_: str, name: str) -> frozenset[str]:
    """The values a field has in any version not sent back or dropped, as text."""
    found = (
        Version.objects.using(alias).filter(type=type_).exclude(batch__state__in=("returned", "discarded"))
    )
    # As text: SQLite would hand a code of digits back as a number.
    values = found.annotate(value=KeyTextTransform(name, "data")).values_list("value", flat=True)
    return frozenset(str(value) for value in values.distinct() if value is not None)
