"""What an import would change, before it does: new, corrected and unchanged rows, and each field old → new.

``preview`` looks at the store and changes nothing; a dry run shows what it gives.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kechuang.records.changes import find_changes, standings
from kechuang.records.checks import STRETCH, Checked
from kechuang.records.encoding import Encoder
from kechuang.records.fields import canonical
from kechuang.records.importing import Parcel

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
    encoder = Encoder(load.type)
    new = corrected = found = 0
    listed: list[Change] = []
    for part in load.parts:
        places = find_changes(alias, part, encoder, nature).places
        for start in range(0, len(places), STRETCH):
            stretch = places[start : start + STRETCH]
            known = standings(alias, load.type.id, [part.keys[place] for place in stretch])
            for place in stretch:
                old = known.get(part.keys[place])
                if old is None or old.data is None:
                    # A record withdrawn, or waiting for review, has nothing in force that could be corrected.
                    new += 1
                    continue
                corrected += 1
                for change in differences(part, place, json.loads(old.data)):
                    found += 1
                    if len(listed) < MOST:
                        listed.append(change)
    unchanged = load.rows - new - corrected
    name = load.source.path.name
    return Preview(
        name, load.type.id, load.rows, new, corrected, unchanged, tuple(listed), found - len(listed)
    )


def differences(part: Checked, place: int, kept: Mapping[str, Any]) -> Iterator[Change]:
    """The fields in which the row at ``place`` differs from ``kept``, the record in force."""
    for name, column in part.columns.items():
        value = canonical(column[place])
        if kept.get(name) != value:
            yield Change(part.keys[place], part.table.sheet, part.numbers[place], name, kept.get(name), value)
