"""What is compared: the rows being imported, laid over the records that stand in the store, as columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING

from kechuang.errors import Place
from kechuang.packs.model import RecordType
from kechuang.records.checks import Checked
from kechuang.records.fields import Value

if TYPE_CHECKING:
    import pyarrow as pa

Standing = Callable[[str], "pa.Table"]
"""The records of a type that count now, as :func:`kechuang.records.frames.standing_table` gives them."""


class Entries:
    """The records of one type as they will stand once the import counts, by place: what comes in first.

    Rows with a cell that could not be read are left out; ``complete`` says that there are none.
    """

    def __init__(self, type_: RecordType, checked: Sequence[Checked], standing: Standing) -> None:
        self.type = type_
        self._parts = [one for one in checked if one.table.type.id == type_.id]
        self._from = [
            (one, place)
            for one in self._parts
            for place in (range(len(one)) if not one.unsound else sorted(set(range(len(one))) - one.unsound))
        ]
        self.complete = not any(one.unsound for one in self._parts)
        self._standing = standing
        self._columns: dict[str, list[Value]] = {}

    @property
    def incoming(self) -> range:
        """The places of what comes in."""
        return range(len(self._from))

    def place(self, at: int, field: str | None = None) -> Place:
        """Where in its file the ``at``-th record, which comes in, stands."""
        one, row = self._from[at]
        return one.table.place(one.numbers[row], field if field in one.table.columns else None)

    @cached_property
    def keys(self) -> list[str]:
        brought = [one.keys[row] for one, row in self._from]
        return [*brought, *compress(self._kept["_key"].to_pylist(), self._uncorrected)]

    def column(self, name: str) -> list[Value]:
        """The values of a field in every record."""
        if name not in self._columns:
            brought = [one.columns[name][row] for one, row in self._from]
            kept = self._kept[name].to_pylist() if len(self._kept) else []
            self._columns[name] = [*brought, *compress(kept, self._uncorrected)]
        return self._columns[name]

    def rows(self, names: Sequence[str]) -> list[tuple[Value, ...]]:
        """The values of several fields, record by record."""
        return (
            list(zip(*(self.column(name) for name in names), strict=True)) if names else [()] * len(self.keys)
        )

    def values(self, at: int) -> Mapping[str, Value]:
        """All fields of a record."""
        return {name: self.column(name)[at] for name in self.type.fields}

    def groups(self, fields: Sequence[str]) -> dict[tuple[Value, ...], list[int]]:
        """Places by the values of ``fields``; only groups that something comes into, in order of coming."""
        rows = self.rows(fields)
        found: dict[tuple[Value, ...], list[int]] = defaultdict(list)
        for at in self.incoming:
            found[rows[at]].append(at)
        for at in range(len(self._from), len(rows)):
            if rows[at] in found:
                found[rows[at]].append(at)
        return found

    @cached_property
    def _kept(self) -> pa.Table:
        return self._standing(self.type.id)

    @cached_property
    def _uncorrected(self) -> list[bool]:
        brought = {one.keys[row] for one, row in self._from}
        return [key not in brought for key in self._kept["_key"].to_pylist()]
