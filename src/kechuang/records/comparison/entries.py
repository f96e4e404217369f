"""What is compared: the rows being imported, laid over the records that stand in the store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kechuang.errors import Place
from kechuang.packs.model import FieldSpec, RecordType
from kechuang.records.checks import Checked
from kechuang.records.fields import Value, restore
from kechuang.records.tables import Table

Standing = Callable[[str], Iterable[tuple[str, Mapping[str, Any]]]]
"""The records of a type that count now: (key, data as the store keeps it)."""


@dataclass(frozen=True)
class Entry:
    """A record: one being imported (``table`` and ``row`` say from where), or one that stands."""

    key: str
    values: Mapping[str, Value]
    table: Table | None = None
    row: int = 0

    @property
    def comes_in(self) -> bool:
        return self.table is not None

    def place(self, field: str | None = None) -> Place:
        assert self.table is not None
        return self.table.place(self.row, field if field in self.table.columns else None)


class Entries:
    """The records of one type as they will stand once the import counts."""

    def __init__(self, type_: RecordType, checked: Sequence[Checked], standing: Standing) -> None:
        self.type = type_
        self.incoming = [
            Entry(row.key, row.values, one.table, row.number)
            for one in checked
            if one.table.type.id == type_.id
            for row in one.rows
            if row.sound
        ]
        #: Whether every row that comes in could be read: a sum over the others would be wrong.
        self.complete = all(row.sound for one in checked if one.table.type.id == type_.id for row in one.rows)
        self._standing = standing

    @cached_property
    def by_key(self) -> dict[str, Entry]:
        """Every record by its key; what comes in stands in place of what it corrects."""
        specs = self.type.fields
        found = {key: Entry(key, _restored(specs, data)) for key, data in self._standing(self.type.id)}
        found.update((entry.key, entry) for entry in self.incoming)
        return found

    def groups(self, fields: Sequence[str]) -> dict[tuple[Value, ...], list[Entry]]:
        """Records by the values of ``fields``; only groups that something comes into, in order of coming."""
        touched = dict.fromkeys(tuple(entry.values[name] for name in fields) for entry in self.incoming)
        found: dict[tuple[Value, ...], list[Entry]] = defaultdict(list)
        for entry in self.by_key.values():
            key = tuple(entry.values[name] for name in fields)
            if key in touched:
                found[key].append(entry)
        return {key: found[key] for key in touched}


def _restored(specs: Mapping[str, FieldSpec], data: Mapping[str, Any]) -> dict[str, Value]:
    return {name: restore(spec, data.get(name)) for name, spec in specs.items()}
