"""Which rows of an import bring something new: those whose key the store does not know with these values.

Rows are compared a stretch at a time, so that nothing of what the store holds has to be held here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kechuang.records.checks import STRETCH, Checked
from kechuang.records.encoding import Encoder
from kechuang.records.fields import canonical
from kechuang.records.models import Batch, Version
from kechuang.records.queries import matching

PENDING = ("draft", "submitted", "resubmitted")

T = TypeVar("T")


@dataclass
class Changes:
    """The places of rows to be stored, the number each version gets, and how many correct an earlier one."""

    places: Sequence[int] = field(default_factory=list)
    numbers: Sequence[int] = field(default_factory=list)
    corrected: int = 0

    def __len__(self) -> int:
        return len(self.places)


@dataclass
class Standing:
    """What the store has under a key: the last number, the accepted data (as text) and whether more is
    pending."""

    number: int = 0
    accepted: int | None = None
    data: str | None = None
    nature: str | None = None
    pending: bool = False


def find_changes(alias: str, part: Checked, encoder: Encoder, nature: str) -> Changes:
    """The rows of ``part`` that change what the store holds."""
    type_ = part.table.type.id
    if not Version.objects.using(alias).filter(type=type_).exists():
        return Changes(range(len(part)), [1] * len(part))
    places: list[int] = []
    numbers: list[int] = []
    corrected = 0
    batches = _batches(alias, type_)
    for start in range(0, len(part), STRETCH):
        keys = part.keys[start : start + STRETCH]
        known = standings(alias, type_, keys, batches)
        if not known:
            places.extend(range(start, start + len(keys)))
            numbers.extend([1] * len(keys))
            continue
        columns = {name: column[start : start + STRETCH] for name, column in part.columns.items()}
        for place, (key, text) in enumerate(zip(keys, encoder.texts(columns), strict=True)):
            old = known.get(key)
            if old is not None and _stands(old, nature, text, columns, place):
                continue
            places.append(start + place)
            numbers.append(old.number + 1 if old else 1)
            corrected += old is not None and old.data is not None
    return Changes(places, numbers, corrected)


def chosen(column: Sequence[T], places: Sequence[int]) -> Sequence[T]:
    """The values of ``column`` at ``places``."""
    if isinstance(places, range) and places.step == 1:
        return column[places.start : places.stop]
    return [column[place] for place in places]


def standings(
    alias: str, type_: str, keys: Sequence[str], batches: Mapping[str, tuple[str, str]] | None = None
) -> dict[str, Standing]:
    """What the store has under each of ``keys``; keys it does not know are left out.

    ``batches`` are the state and nature of the type's batches, where the caller has them.
    """
    if batches is None:
        batches = _batches(alias, type_)
    found: dict[str, Standing] = {}
    rows = matching(
        alias, "key, number, batch_id, withdrawn, id", "type = %s AND key", [type_], keys, "ORDER BY number"
    )
    for key, number, batch, withdrawn, id_ in rows:
        one = found.setdefault(key, Standing())
        one.number = number
        state, nature = batches[batch]
        if state == "accepted":
            one.accepted, one.pending = (None if withdrawn else id_), False
            one.nature = nature
        elif state in PENDING:
            one.pending = True
    wanted = {one.accepted: one for one in found.values() if one.accepted is not None}
    for id_, data in matching(alias, "id, CAST(data AS text)", "id", [], list(wanted)):
        wanted[id_].data = data
    return found


def _batches(alias: str, type_: str) -> dict[str, tuple[str, str]]:
    found = Batch.objects.using(alias).filter(type=type_).values_list("id", "state", "nature")
    return {name: (state, nature) for name, state, nature in found}


def _stands(old: Standing, nature: str, text: str, columns: Mapping[str, Sequence[Any]], place: int) -> bool:
    """Whether a row says what is in force already; what is kept may be written in another form."""
    if old.pending or old.data is None or old.nature != nature:
        return False
    if old.data == text:
        return True
    kept = json.loads(old.data)
    return all(kept.get(name) == canonical(column[place]) for name, column in columns.items())
