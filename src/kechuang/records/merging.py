"""Files that come back from several offices, put together into one: rows by key.

The same row twice is kept once. Rows that contradict each other under one key are listed on a sheet of
their own; unless one is preferred, all of them stay in the table, marked, so that the file cannot be
imported before somebody has decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kechuang.errors import Fault, KechuangError, Place, listed
from kechuang.messages import say
from kechuang.packs.model import RecordType
from kechuang.records.checks import key_text
from kechuang.records.fields import Refused, Value, canonical, parser
from kechuang.records.tables import Table, TableFile, read_table

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

Prefer = Literal["first", "last"]


@dataclass(frozen=True)
class MergedRow:
    """A row and where it comes from; ``values`` as the store keeps them, of the columns its file has."""

    file: str
    sheet: str | None
    number: int
    key: str
    values: dict[str, Any]

    def place(self) -> Place:
        return Place(self.file, self.sheet, self.number)


@dataclass(frozen=True)
class Conflict:
    """A field in which rows under one key contradict each other: each row with its value."""

    key: str
    field: str
    values: tuple[tuple[MergedRow, Any], ...]
    kept: MergedRow | None

    def as_dict(self) -> dict[str, Any]:
        rows = [
            {"file": row.file, "sheet": row.sheet, "row": row.number, "value": value}
            for row, value in self.values
        ]
        kept = {"file": self.kept.file, "row": self.kept.number} if self.kept else None
        return {"key": self.key, "field": self.field, "values": rows, "kept": kept}


@dataclass
class MergeResult:
    """The rows of a merged file in order, and what was found on the way."""

    type: RecordType
    rows: list[MergedRow] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    repeated: int = 0
    undecided: frozenset[int] = frozenset()
    faults: tuple[Fault, ...] = ()
    files: tuple[str, ...] = ()
    sources: dict[int, list[MergedRow]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the merged table holds each key once."""
        return not self.undecided

    def as_dict(self) -> dict[str, Any]:
        return {
            "type": self.type.id,
            "files": list(self.files),
            "rows": len(self.rows),
            "repeated": self.repeated,
            "conflicts": [conflict.as_dict() for conflict in self.conflicts],
            "undecided": len(self.undecided),
            "warnings": [fault.as_dict() for fault in self.faults],
        }


def merge(
    paths: Sequence[Path],
    types: Mapping[str, RecordType],
    today: date,
    *,
    type: str | None = None,  # noqa: A002 - the word of the command line
    prefer: Prefer | None = None,
    regions: RegionTree | None = None,
    within: str | None = None,
) -> MergeResult:
    """The rows of ``paths`` by key. KechuangError with every fault where a cell cannot be read, or the files
    are not all of one type."""
    files = [read_table(path, types, type) for path in paths]
    names = _names(paths)
    tables = [(name, table) for name, file in zip(names, files, strict=True) for table in file.tables]
    faults = [fault for file in files for fault in file.faults]
    rows: list[MergedRow] = []
    for name, table in tables:
        rows.extend(_rows(name, table, today, regions, within, faults))
    errors = [fault for fault in faults if fault.severity == "error"]
    if errors:
        raise KechuangError(
            "merge-faults",
            say("要合并的文件有{n}处错误，没有合并", n=len(errors)),
            remedy=say("请先用 kechuang records check 标出错误，改好后再合并。"),
            faults=errors,
        )
    record_type = _one_type(tables, files)
    result = _joined(record_type, rows, prefer)
    result.files = tuple(names)
    result.faults = tuple(faults)
    return result


def _names(paths: Sequence[Path]) -> list[str]:
    """A name for each file: its own, or with its folder where two have the same."""
    plain = [path.name for path in paths]
    return [str(path) if plain.count(path.name) > 1 else path.name for path in paths]


def _one_type(tables: Sequence[tuple[str, Table]], files: Sequence[TableFile]) -> RecordType:
    found = {table.type.id: table.type for _, table in tables}
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise KechuangError(
            "nothing-to-merge",
            say("这些文件中没有可合并的数据"),
            place=Place(file=str(files[0].path) if files else None),
            remedy=say("请给出填好的报表。"),
        )
    raise KechuangError(
        "several-types",
        say(
            "这些文件分属{n}种台账：{types}", n=len(found), types=listed([t.label.zh for t in found.values()])
        ),
        remedy=say("一次只合并一种台账；请分别合并，或用 --type 指明。"),
    )


def _rows(
    name: str,
    table: Table,
    today: date,
    regions: RegionTree | None,
    within: str | None,
    faults: list[Fault],
) -> Iterable[MergedRow]:
    """The rows of a table as values; cells that cannot be read go to ``faults``."""
    fields = table.type.fields
    steps = [
        (field, table.columns[field], parser(fields[field], today, regions, within))
        for field in table.columns
    ]
    for number, cells in table.rows:
        values: dict[str, Value] = {}
        for field_, column, parse in steps:
            code = table.broken.get((number - 1, column))
            if code is not None:
                faults.append(Fault(code, say("单元格的值不可用"), table.place(number, field_)))
                continue
            try:
                values[field_] = parse(cells[column])
            except Refused as refused:
                faults.append(Fault(refused.code, refused.message, table.place(number, field_)))
        if all(key in values for key in table.type.key):
            key = key_text([values[key] for key in table.type.key])
            kept = {field_: canonical(value) for field_, value in values.items()}
            yield MergedRow(name, table.sheet, number, key, kept)


def _joined(record_type: RecordType, rows: Sequence[MergedRow], prefer: Prefer | None) -> MergeResult:
    result = MergeResult(record_type)
    by_key: dict[str, list[MergedRow]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    undecided: set[int] = set()
    for key, same in by_key.items():
        different = _different(same)
        result.repeated += len(same) - len(different)
        kept = None
        if len(different) > 1:
            kept = None if prefer is None else different[0 if prefer == "first" else -1]
            result.conflicts.extend(_conflicts(record_type, key, different, kept))
        for row in different if kept is None else [kept]:
            place = len(result.rows)
            if len(different) > 1 and kept is None:
                undecided.add(place)
            result.rows.append(row)
            result.sources[place] = [one for one in same if _agree(one, row)]
    result.undecided = frozenset(undecided)
    return result


def _different(same: Sequence[MergedRow]) -> list[MergedRow]:
    """The rows that contradict each other; of those that agree, the first stands for all.

    A column one file lacks contradicts nothing; an empty cell against a value does.
    """
    found: list[MergedRow] = []
    for row in same:
        place = next((n for n, other in enumerate(found) if _agree(row, other)), None)
        if place is None:
            found.append(row)
        else:
            found[place] = replace(found[place], values={**row.values, **found[place].values})
    return found


def _agree(one: MergedRow, other: MergedRow) -> bool:
    return all(name not in other.values or other.values[name] == value for name, value in one.values.items())


def _conflicts(
    record_type: RecordType, key: str, rows: Sequence[MergedRow], kept: MergedRow | None
) -> Iterable[Conflict]:
    for name in record_type.fields:
        told = [(row, row.values[name]) for row in rows if name in row.values]
        if len({repr(value) for _, value in told}) > 1:
            yield Conflict(key, name, tuple(told), kept)
