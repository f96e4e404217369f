"""What the store holds of each record type: how many records, in which state, and the last one.

Counted without reading their content (but for the field that names a plan entry), so that the whole
register of a nation can be counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import RowNumber

from kechuang.packs.model import RecordType
from kechuang.records import database  # noqa: F401 - makes the models importable
from kechuang.records.clock import day_of, end_of
from kechuang.records.models import Version

ACCEPTED = "accepted"


@dataclass
class Holding:
    """Records of one type (and, where they name one, of one plan entry).

    ``records`` are accepted and in force, ``sample`` how many of them are sample data; ``states`` counts
    the records whose newest version stands in another state of review; ``last`` is the key of the record
    accepted last, and the day it came in.
    """

    records: int = 0
    sample: int = 0
    states: Counter[str] = field(default_factory=Counter)
    last: tuple[str, date] | None = None

    def add(self, other: Holding) -> Holding:
        """Both together."""
        latest = [one for one in (self.last, other.last) if one is not None]
        return Holding(
            self.records + other.records,
            self.sample + other.sample,
            self.states + other.states,
            max(latest, key=lambda one: (one[1], one[0]), default=None),
        )


Holdings = Mapping[str, Mapping[str | None, Holding]]
"""Record type → plan entry (None: the record names none) → what is held."""


def holdings(alias: str, types: Iterable[RecordType], as_of: date) -> Holdings:
    """What is held of ``types`` as known at the end of ``as_of``; a type without records is left out."""
    found: dict[str, dict[str | None, Holding]] = {}
    for record_type in types:
        counted = _counted(alias, record_type, as_of)
        if counted:
            found[record_type.id] = counted
    return found


def _counted(alias: str, record_type: RecordType, as_of: date) -> dict[str | None, Holding]:
    found: dict[str | None, Holding] = {}
    for key, state, nature, withdrawn, at, entry in _newest(alias, record_type, as_of):
        held = found.setdefault(entry, Holding())
        if state != ACCEPTED:
            held.states[state] += 1
        elif not withdrawn:
            held.records += 1
            held.sample += nature == "sample"
            day = day_of(at)
            if held.last is None or (day, key) > (held.last[1], held.last[0]):
                held.last = (key, day)
    return {entry: held for entry, held in found.items() if held != Holding()}


def _newest(alias: str, record_type: RecordType, as_of: date) -> Iterable[tuple[Any, ...]]:
    """The last accepted version of each record, and the newest of those not accepted that follow it."""
    versions = Version.objects.using(alias).filter(type=record_type.id, recorded_at__lt=end_of(as_of))
    columns = ["number", "key", "batch__state", "batch__nature", "withdrawn", "recorded_at"]
    if record_type.entry is not None:
        versions = versions.annotate(named=KeyTextTransform(record_type.entry, "data"))
        columns.append("named")
    known = {"batch__state": ACCEPTED, "batch__reviewed_at__lt": end_of(as_of)}
    numbers: dict[str, int] = {}
    for chosen in (versions.filter(**known), versions.exclude(**known)):
        newest = Window(RowNumber(), partition_by=[F("key")], order_by=F("number").desc())
        ranked = chosen.annotate(rank=newest).filter(rank=1)
        for number, key, *rest in ranked.values_list(*columns).iterator(chunk_size=5000):
            if numbers.setdefault(key, number) <= number:  # not overtaken by an accepted version
                yield key, *rest, *([None] if record_type.entry is None else [])
