"""What the records of a snapshot say of tasks: rows of the types that prove, counts of the others.

A record that names a plan entry counts for that entry (and those above it); one that names none, for the
tasks that name its type as evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from kechuang.errors import Place
from kechuang.packs.model import Packs, RecordType
from kechuang.progress.actions.model import Ref
from kechuang.records.snapshot import Snapshot

#: Records named behind a component; of more, the number is told.
NAMED = 20
_META = ("_key", "_sample", "_file", "_sheet", "_row")


@dataclass(frozen=True)
class Row:
    """A record that proves: ``entry`` the plan entry it names, ``values`` by part (``due``, ``spent`` …)."""

    type: str
    key: str
    entry: str | None
    values: Mapping[str, Any] = field(hash=False)
    sample: bool = False
    place: Place = field(default_factory=Place)

    @property
    def ref(self) -> Ref:
        return Ref(self.type, self.key)


@dataclass(frozen=True)
class Held:
    """Records of one type by the entry they name: how many, how many made up, the first keys, sums."""

    count: int = 0
    sample: int = 0
    keys: tuple[str, ...] = ()
    sums: Mapping[str, float] = field(default_factory=dict, hash=False)

    def add(self, other: Held) -> Held:
        names = self.sums.keys() | other.sums.keys()
        return Held(
            self.count + other.count,
            self.sample + other.sample,
            tuple(sorted((*self.keys, *other.keys))[:NAMED]),
            {name: self.sums.get(name, 0.0) + other.sums.get(name, 0.0) for name in names},
        )


@dataclass(frozen=True)
class Facts:
    """``rows``: by record type, those that prove; ``held``: by type and entry, what there is of the others;
    ``types`` the declarations; ``attached`` the (type, key) to which a file is attached."""

    types: Mapping[str, RecordType] = field(default_factory=dict, hash=False)
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict, hash=False)
    held: Mapping[str, Mapping[str | None, Held]] = field(default_factory=dict, hash=False)
    attached: frozenset[tuple[str, str]] = frozenset()

    def proving(self, kind: str) -> list[RecordType]:
        """The types that prove by ``kind``, those that only lead there through a project left out."""
        return [
            type_
            for type_ in self.types.values()
            if type_.proves is not None and type_.proves.kind == kind and type_.proves.through is None
        ]

    def of(self, kind: str, entry: str, named: Collection[str]) -> list[Row]:
        """The rows that prove ``entry`` by ``kind``; ``named`` are the types it names as evidence."""
        return [
            row
            for type_ in self.proving(kind)
            for row in self.rows.get(type_.id, ())
            if concerns(entry, row.entry) or (row.entry is None and type_.id in named)
        ]

    def through(self, row: Row) -> list[Row]:
        """Milestones of the project ``row``."""
        found = []
        for type_ in self.types.values():
            proves = type_.proves
            if proves is None or proves.through is None or proves.kind != "milestones":
                continue
            target, _, name = str(type_.fields[proves.through].reference).partition(".")
            if target == row.type and self.types[target].key == [name]:
                found += [one for one in self.rows.get(type_.id, ()) if one.values.get("through") == row.key]
        return found

    def amount(self, type_: str, entry: str) -> Held:
        """What is held of a type for ``entry``."""
        total = Held()
        for named, held in self.held.get(type_, {}).items():
            if named is None or concerns(entry, named):
                total = total.add(held)
        return total


def concerns(entry: str, named: str | None) -> bool:
    """Whether a record that names ``named`` counts for ``entry``.

    >>> concerns("P1.1", "P1.1"), concerns("P1.1", "P1.1.2"), concerns("P1.1", "P1.10"), concerns("P1", None)
    (True, True, False, False)
    """
    return named is not None and (named == entry or named.startswith(f"{entry}."))


def facts_of(
    snapshot: Snapshot,
    packs: Packs,
    evidence: Collection[str],
    *,
    sums: Mapping[str, Collection[str]] | None = None,
    attached: frozenset[tuple[str, str]] = frozenset(),
) -> Facts:
    """The facts of ``snapshot``: rows of every type that proves, counts of the types named as ``evidence``
    (and the sums of some of their fields)."""
    rows: dict[str, tuple[Row, ...]] = {}
    held: dict[str, dict[str | None, Held]] = {}
    for name, type_ in packs.records.items():
        if not snapshot.tables.get(name):
            continue
        if type_.proves is not None:
            rows[name] = _rows(snapshot, type_)
        if name in evidence:
            held[name] = _held(snapshot, type_, (sums or {}).get(name, ()))
    return Facts(packs.records, rows, held, attached)


def _rows(snapshot: Snapshot, type_: RecordType) -> tuple[Row, ...]:
    import pyarrow.parquet as pq

    assert type_.proves is not None
    parts = type_.proves.fields
    path = snapshot.table(type_.id)
    there = set(pq.read_schema(path).names)
    wanted = {name for name in (*parts.values(), type_.entry or "", *_META) if name in there}
    table = pq.read_table(path, columns=sorted(wanted)).to_pylist()
    return tuple(
        Row(
            type_.id,
            row["_key"],
            row.get(type_.entry) if type_.entry else None,
            {part: row.get(name) for part, name in parts.items()},
            bool(row["_sample"]),
            Place(row["_file"], row["_sheet"], row["_row"]),
        )
        for row in table
    )


def _held(snapshot: Snapshot, type_: RecordType, sums: Collection[str]) -> dict[str | None, Held]:
    """Counts by entry; of a type that names none, without reading more than a column of marks."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    path = snapshot.table(type_.id)
    there = set(pq.read_schema(path).names)
    fields = [name for name in sums if name in there]
    columns = ["_key", "_sample", *fields, *([type_.entry] if type_.entry in there else [])]
    table = pq.read_table(path, columns=list(dict.fromkeys(columns)))
    if type_.entry not in there:
        return {None: _counted(table, fields)}
    found: dict[str | None, Held] = {}
    for entry in pc.unique(table[type_.entry]).to_pylist():
        mask = pc.is_null(table[type_.entry]) if entry is None else pc.equal(table[type_.entry], entry)
        found[entry] = _counted(
            table.filter(mask.combine_chunks() if isinstance(mask, pa.ChunkedArray) else mask), fields
        )
    return found


def _counted(table: Any, fields: Collection[str]) -> Held:
    import pyarrow.compute as pc

    return Held(
        len(table),
        int(pc.sum(table["_sample"]).as_py() or 0),
        tuple(table["_key"].slice(0, NAMED).to_pylist()),
        {name: float(pc.sum(table[name]).as_py() or 0.0) for name in fields},
    )
