"""What the store knows, and knew: the versions of a record, and all records as of a day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import cache
from operator import itemgetter
from typing import Any

from django.db.models.fields.json import KeyTextTransform

from kechuang.packs.model import RecordType
from kechuang.records import standing
from kechuang.records.checks import key_text, key_value
from kechuang.records.clock import stamp
from kechuang.records.models import Batch, Version
from kechuang.records.queries import matching, rows
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


_COLUMNS = (
    'id, key, number, CAST(data AS text), CAST(valid_from AS text), CAST(valid_to AS text), batch_id, sheet, "row", '
    "withdrawn"
)


def history(
    alias: str, record_type: RecordType, key: str | Sequence[Any] | Mapping[str, Any]
) -> list[RecordVersion]:
    """All versions of one record, first to last, whatever became of their batches."""
    sql = f"SELECT {_COLUMNS} FROM records_version WHERE type = %s AND key = %s ORDER BY number"
    told = _told(alias, record_type.id, rows(alias, sql, [record_type.id, _key(record_type, key)]), {})
    ways = steps_of(alias, {version.batch for version in told})
    return [
        replace(version, data=_ordered(version.data, record_type), steps=tuple(ways.get(version.batch, ())))
        for version in told
    ]


def _key(record_type: RecordType, key: str | Sequence[Any] | Mapping[str, Any]) -> str:
    """The text of a key given as text, by its values or by field."""
    if isinstance(key, Mapping):
        key = [key[name] for name in record_type.key]
    return key if isinstance(key, str) else key_text(key)


def _ordered(data: dict[str, Any], record_type: RecordType) -> dict[str, Any]:
    """The data as a person reads it: in the order of the type's fields; fields no longer declared last."""
    return {name: data[name] for name in [*record_type.fields, *data] if name in data}


def as_of(alias: str, day: date, type_: str) -> list[RecordVersion]:
    """The records of a type as known at the end of ``day``: the last version accepted by then, by key.

    A record withdrawn by then is left out. ``first_recorded_at`` is when its first accepted version
    came in.
    """
    known = standing.accepted(alias, day, type_)
    if known is None:
        return []
    first = {last: known.batch_of(one) for last, one in standing.firsts(alias, known).items()}
    found = [row for stretch in standing.everything(alias, known, _COLUMNS) for row in stretch]
    found.sort(key=itemgetter(1))
    return _told(alias, type_, found, first, known)


def as_of_page(
    alias: str, day: date, type_: str, limit: int, offset: int = 0, after: str | None = None
) -> list[RecordVersion]:
    """Some of the records of :func:`as_of`: ``limit`` of them from the ``offset``-th, or those ``after`` a key."""
    known = standing.accepted(alias, day, type_)
    if known is None:
        return []
    return _chosen(alias, known, standing.ids(alias, known, limit=limit, offset=offset, after=after))


def as_of_one(
    alias: str, day: date, record_type: RecordType, key: str | Sequence[Any] | Mapping[str, Any]
) -> RecordVersion | None:
    """The record with ``key`` as known at the end of ``day``; None where there was none."""
    known = standing.accepted(alias, day, record_type.id)
    if known is None:
        return None
    return next(iter(_chosen(alias, known, standing.ids(alias, known, key=_key(record_type, key)))), None)


def as_of_count(alias: str, day: date, type_: str) -> int:
    """How many records there were at the end of ``day``."""
    known = standing.accepted(alias, day, type_)
    return 0 if known is None else standing.count(alias, known)


def in_order(alias: str, known: standing.Accepted, ids: Sequence[tuple[int, int]]) -> list[RecordVersion]:
    """Versions by (last, first) id, in the order they are given."""
    found = {version.id: version for version in _chosen(alias, known, ids)}
    return [found[last] for last, _ in ids]


def _chosen(alias: str, known: standing.Accepted, ids: Sequence[tuple[int, int]]) -> list[RecordVersion]:
    first = {last: known.batch_of(one) for last, one in ids if last != one}
    found = matching(alias, _COLUMNS, "id", [], [last for last, _ in ids])
    return _told(alias, known.type, sorted(found, key=itemgetter(1)), first, known)


def _told(
    alias: str,
    type_: str,
    found: Iterable[Any],
    first: Mapping[int, str],
    known: standing.Accepted | None = None,
) -> list[RecordVersion]:
    """Rows of ``_COLUMNS``, told with what their batches say; ``first`` names the batch a record came in
    with, where that is not its own (asked only of what stands)."""
    batches = {batch.id: batch for batch in Batch.objects.using(alias).filter(type=type_)}
    day = cache(date.fromisoformat)
    told = []
    for id_, key, number, data, start, end, name, sheet, row, withdrawn in found:
        batch = batches[name]
        told.append(
            RecordVersion(
                id=id_,
                type=type_,
                key=key,
                number=number,
                data=json.loads(data),
                valid_from=day(start) if start else None,
                valid_to=day(end) if end else None,
                recorded_at=batch.recorded_at,
                who=batch.who,
                batch=name,
                state=batch.state,
                nature=batch.nature,
                file=batch.file,
                sheet=sheet,
                row=row,
                reviewed_by=batch.reviewed_by,
                reviewed_at=batch.reviewed_at,
                withdrawn=bool(withdrawn),
                reason=batch.reason,
                first_recorded_at=batches[first.get(id_, name)].recorded_at if known else None,
            )
        )
    return told


def known_values(alias: str, record_type: RecordType, name: str) -> frozenset[str]:
    """The values a field has in any version not sent back or dropped, as text."""
    gone = Batch.objects.using(alias).filter(type=record_type.id, state__in=("returned", "discarded"))
    returned = list(gone.values_list("id", flat=True))
    found = Version.objects.using(alias).filter(type=record_type.id)
    if returned:
        found = found.exclude(batch__in=returned)
    if record_type.key == [name]:
        keys = found.values_list("key", flat=True).distinct().iterator(chunk_size=20_000)
        return frozenset(map(key_value, keys))
    # As text: SQLite would hand a code of digits back as a number.
    values = found.annotate(value=KeyTextTransform(name, "data")).values_list("value", flat=True)
    return frozenset(str(value) for value in values.distinct() if value is not None)
