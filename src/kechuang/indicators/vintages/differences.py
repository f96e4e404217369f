"""Which records differ between two snapshots: added, corrected, withdrawn, with the fields that changed.

Tables are joined by key as columns; only what changed becomes rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from kechuang.indicators.explain import column_letters

if TYPE_CHECKING:
    import pyarrow as pa

    from kechuang.records.snapshot import Snapshot

What = Literal["added", "corrected", "withdrawn"]


@dataclass(frozen=True)
class RecordChange:
    """A record that differs. ``fields``: field → (old, new), of a correction; ``sample``: the mark as it was
    and is. Where it stands now (or stood, if withdrawn): file, sheet, row, batch, by whom and when
    recorded; ``cells`` are those of the fields that changed (of a new record: of all)."""

    type: str
    key: str
    what: What
    fields: Mapping[str, tuple[Any, Any]]
    sample: tuple[bool | None, bool | None]
    file: str | None
    sheet: str | None
    row: int | None
    batch: str | None
    who: str | None
    reviewed_by: str | None
    recorded_at: str | None
    cells: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        fields = {name: [_plain(old), _plain(new)] for name, (old, new) in self.fields.items()}
        return {**self.__dict__, "fields": fields, "sample": list(self.sample), "cells": dict(self.cells)}


@dataclass(frozen=True)
class TableDifference:
    """The rows of one type that differ: as they were (``old``) and as they are (``new``), by key."""

    type: str
    fields: tuple[str, ...]
    old: pa.Table
    new: pa.Table
    batches: Mapping[str, Mapping[str, Any]]

    def __len__(self) -> int:
        return len(self.records)

    @cached_property
    def records(self) -> dict[str, RecordChange]:
        """The changes by key, in order of keys."""
        old = {row["_key"]: row for row in self.old.to_pylist()}
        new = {row["_key"]: row for row in self.new.to_pylist()}
        return {key: self._change(key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())}

    def _change(self, key: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> RecordChange:
        stands = new or old or {}
        what: What = "added" if old is None else "withdrawn" if new is None else "corrected"
        fields = {}
        if old is not None and new is not None:
            pairs = {name: (old.get(name), new.get(name)) for name in self.fields}
            fields = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        batch = self.batches.get(stands["_batch"]) or {}
        letters = column_letters(batch.get("columns") or {}, stands["_sheet"])
        told = fields if what == "corrected" else self.fields
        row = stands["_row"]
        return RecordChange(
            type=self.type,
            key=key,
            what=what,
            fields=fields,
            sample=(old["_sample"] if old else None, new["_sample"] if new else None),
            file=stands["_file"],
            sheet=stands["_sheet"],
            row=row,
            batch=stands["_batch"],
            who=batch.get("who"),
            reviewed_by=stands["_reviewed_by"] or batch.get("reviewed_by"),
            recorded_at=stands["_recorded_at"],
            cells={name: f"{letters[name]}{row}" for name in told if row and name in letters},
        )


def differences(old: Snapshot, new: Snapshot, types: Iterable[str]) -> dict[str, TableDifference]:
    """What differs between two snapshots, by type; types that do not differ are left out."""
    found: dict[str, TableDifference] = {}
    for name in dict.fromkeys(types):
        one = _difference(old, new, name)
        if one is not None:
            found[name] = one
    return found


def _difference(old: Snapshot, new: Snapshot, name: str) -> TableDifference | None:
    import pyarrow.parquet as pq

    if old.digest == new.digest or (name not in old.tables and name not in new.tables):
        return None
    paths = [snapshot.table(name) for snapshot in (old, new) if name in snapshot.tables]
    if len(paths) == 2 and paths[0].read_bytes() == paths[1].read_bytes():
        return None
    before = pq.read_table(old.table(name)) if name in old.tables else None
    after = pq.read_table(new.table(name)) if name in new.tables else None
    if before is None and after is not None:
        before = after.slice(0, 0)
    if after is None and before is not None:
        after = before.slice(0, 0)
    assert before is not None
    assert after is not None
    fields = [name for name in after.column_names if not name.startswith("_")]
    fields += [name for name in before.column_names if not name.startswith("_") and name not in fields]
    gone, come = _keys_that_differ(before, after, [*fields, "_sample"])
    if not len(gone) and not len(come):
        return None
    batches = {**(old.manifest.get("batches") or {}), **(new.manifest.get("batches") or {})}
    return TableDifference(name, tuple(fields), gone, come, batches)


def _keys_that_differ(before: pa.Table, after: pa.Table, fields: list[str]) -> tuple[pa.Table, pa.Table]:
    """The rows of each whose key the other lacks, or has with another value in one of ``fields``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    keys = before["_key"].combine_chunks(), after["_key"].combine_chunks()
    there = pc.index_in(keys[0], value_set=keys[1])
    same = there.is_valid()
    own = pc.indices_nonzero(same)
    theirs = pc.drop_null(there)
    differs = pa.array([False] * len(own)) if not fields else None
    for name in fields:
        if name not in before.column_names or name not in after.column_names:
            # A field of one side only differs where it is filled.
            side, rows = (before, own) if name in before.column_names else (after, theirs)
            other = side[name].take(rows).combine_chunks().is_valid()
        else:
            one = before[name].take(own).combine_chunks()
            two = after[name].take(theirs).combine_chunks()
            if one.type != two.type:
                one, two = one.cast(pa.string()), two.cast(pa.string())
            unequal = pc.fill_null(pc.not_equal(one, two), False)
            other = pc.or_(unequal, pc.xor(one.is_valid(), two.is_valid()))
        differs = other if differs is None else pc.or_(differs, other)
    changed = pc.filter(own, differs), pc.filter(theirs, differs)
    lost = pc.indices_nonzero(pc.invert(same))
    found = pc.index_in(keys[1], value_set=keys[0]).is_null()
    new = pc.indices_nonzero(found)
    return (
        before.take(pa.concat_arrays([changed[0].cast(pa.int64()), lost.cast(pa.int64())])),
        after.take(pa.concat_arrays([changed[1].cast(pa.int64()), new.cast(pa.int64())])),
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
