"""What an import would change, before it does: new, corrected and unchanged rows, and each field old → new.

``preview`` looks at the store and changes nothing; a dry run shows what it gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kechuang.packs.model import RecordType
from kechuang.records.checks import Row
from kechuang.records.fields import canonical
from kechuang.records.importing import Parcel, Standing, standings

MOST = 200
"""Changes listed for a file; the rest are counted."""


@dataclass(frozen=True)
class Change:
    """One field of one record that an import would correct. Values are as the store keeps them."""

    key: str
    sheet: str | None
    row: int
    field: str
    old: Any
    new: Any

    def as_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class Preview:
    """What one file would bring of one type. ``more`` counts changes that are not listed."""

    file: str
    type: str
    rows: int
    new: int
    corrected: int
    unchanged: int
    changes: tuple[Change, ...] = ()
    more: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "changes": [change.as_dict() for change in self.changes]}


def preview(alias: str, loads: Sequence[Parcel], nature: str = "reported") -> tuple[Preview, ...]:
    """What each of ``loads`` would change in the store behind ``alias``."""
    return tuple(_of(alias, load, nature) for load in loads)


def _of(alias: str, load: Parcel, nature: str) -> Preview:
    rows = [(part.table.sheet, row) for part in load.parts for row in part.rows]
    standing = standings(alias, load.type.id, [row.key for _, row in rows])
    new = corrected = 0
    changes: list[Change] = []
    for sheet, row in rows:
        old = standing.get(row.key)
        if old is None or old.data is None:
            # A record withdrawn, or waiting for review, has nothing in force that could be corrected.
            new += 1
            continue
        found = list(differences(load.type, row, old, sheet))
        if found or old.pending or old.nature != nature:
            corrected += 1
            changes.extend(found)
    unchanged = load.rows - new - corrected
    listed = tuple(changes[:MOST])
    name = load.source.path.name
    return Preview(
        name, load.type.id, load.rows, new, corrected, unchanged, listed, len(changes) - len(listed)
    )


def differences(type_: RecordType, row: Row, old: Standing, sheet: str | None) -> Iterable[Change]:
    """The fields in which a row differs from the record in force; columns the file lacks say nothing."""
    kept: Mapping[str, Any] = old.data or {}
    for name in type_.fields:
        if name not in row.values:
            continue
        value = canonical(row.values[name])
        if kept.get(name) != value:
            yield Change(row.key, sheet, row.number, name, kept.get(name), value)
