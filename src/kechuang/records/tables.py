"""Table files: the one format of template, import and export. Reading here; writing in ``templates``.

``read_table`` finds out of which record type each sheet of a file is, where its header stands and
which column is which field; the cells themselves are judged by ``checks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kechuang.errors import Fault, Place
from kechuang.messages import say
from kechuang.packs.model import RecordType
from kechuang.records.fields import Named, folded, written
from kechuang.records.headers import Header, find_type, named_like, read_header, shown
from kechuang.records.templates import GUIDE, STAMP, write_table
from kechuang.records.workbook import Sheet, Unreadable, letter, read_sheets

__all__ = ["Table", "TableFile", "read_table", "write_table"]


@dataclass
class Table:
    """The data of one sheet: rows as (row number from 1, cells by position in ``columns``)."""

    type: RecordType
    file: str
    sheet: str | None
    columns: dict[str, int]
    rows: list[tuple[int, list[Any]]]
    broken: dict[tuple[int, int], str]

    def place(self, row: int, name: str | None = None) -> Place:
        """Where a row, or a field of it, stands in the file."""
        if name is None:
            return Place(self.file, self.sheet, row)
        column = self.columns.get(name)
        spec = self.type.fields[name]
        return Place(self.file, self.sheet, row, None if column is None else letter(column), spec.label.zh)

    @property
    def letters(self) -> dict[str, str]:
        return {name: letter(column) for name, column in self.columns.items()}


@dataclass
class TableFile:
    """A file as read: its tables, everything wrong with it so far, and its digest."""

    path: Path
    tables: list[Table]
    faults: list[Fault]
    sha256: str | None = None
    content: bytes = b""


def read_table(path: Path, types: Mapping[str, RecordType], type: str | None = None) -> TableFile:  # noqa: A002
    """The tables of ``path``. ``type`` says of which record type they are; otherwise the stamp of a
    template, the header or the name of the sheet tells. Never raises for what a user can cause."""
    try:
        sheets, content = read_sheets(path)
    except Unreadable as error:
        return TableFile(path, [], [error.fault()])
    found = TableFile(path, [], [], sha256(content).hexdigest(), content)
    stamped = _stamp(sheets)
    if type is None and stamped is not None and stamped not in types:
        problem = say("文件是台账“{type}”的模板，本工作区没有这种台账", type=stamped)
        found.faults.append(Fault("unknown-type", problem, Place(file=path.name)))
        return found
    data = [sheet for sheet in sheets if not _aside(sheet) and any(_filled(row) for row in sheet.rows)]
    if not data:
        problem = say("文件中没有数据")
        found.faults.append(Fault("empty-file", problem, Place(file=path.name)))
        return found
    for sheet in data:
        _read_sheet(sheet, path, types, found, wanted=type, stamped=stamped, several=len(data) > 1)
    if not found.tables and all(fault.severity != "error" for fault in found.faults):
        problem = say("没有一张工作表像是已知的台账，请用 --type 指明类型")
        found.faults.append(Fault("unknown-type", problem, Place(file=path.name)))
    return found


def _read_sheet(
    sheet: Sheet,
    path: Path,
    types: Mapping[str, RecordType],
    into: TableFile,
    *,
    wanted: str | None,
    stamped: str | None,
    several: bool,
) -> None:
    place = Place(path.name, sheet.name)
    likely = find_type(types, sheet)
    if several and not likely and named_like(types, sheet.name) is None:
        message = say("这张工作表不像台账，没有读取")
        into.faults.append(Fault("sheet-ignored", message, place, severity="warning"))
        return
    told = wanted or (stamped if stamped and (not several or stamped in likely) else None)
    chosen = told or _choose(likely, named_like(types, sheet.name))
    if chosen is None:
        into.faults.append(Fault("unknown-type", _which(types, likely, sheet), place))
        return
    record_type = types[chosen]
    header = read_header(record_type, sheet, path.name)
    if told and likely and chosen not in likely and (header is None or header.missing):
        other = Named.of(types[likely[0]].label)
        problem = say("这张表像是“{other}”，不是“{type}”", other=other, type=Named.of(record_type.label))
        into.faults.append(Fault("wrong-type", problem, place))
        return
    if header is None:
        first = next(row for row in sheet.rows if _filled(row))
        problem = say(
            "找不到“{type}”的表头；第一行是：{found}",
            type=Named.of(record_type.label),
            found=shown(first),
        )
        into.faults.append(Fault("missing-column", problem, place))
        return
    into.faults.extend(header.faults)
    table = _table(record_type, sheet, header, path)
    if not table.rows:
        into.faults.append(Fault("no-data-rows", say("表头之下没有数据"), place))
    into.tables.append(table)


def _table(record_type: RecordType, sheet: Sheet, header: Header, path: Path) -> Table:
    last = 1 + max((column for column in header.columns.values()), default=0)
    rows: list[tuple[int, list[Any]]] = []
    for number, cells in enumerate(sheet.rows[header.row + 1 :], start=header.row + 2):
        if _filled(cells) or any((number - 1, column) in sheet.broken for column in range(last)):
            rows.append((number, cells if len(cells) >= last else [*cells, *[""] * (last - len(cells))]))
    return Table(record_type, path.name, sheet.name, header.columns, rows, sheet.broken)


def _choose(likely: list[str], named: str | None) -> str | None:
    if len(likely) == 1:
        return likely[0]
    if named is not None and (not likely or named in likely):
        return named
    return None


def _which(types: Mapping[str, RecordType], likely: list[str], sheet: Sheet) -> Any:
    if likely:
        names = "、".join(f"{types[name].label.zh}（{name}）" for name in likely)
        return say("这张表可能是：{names}；请用 --type 指明", names=names)
    first = next(row for row in sheet.rows if _filled(row))
    return say("认不出这是哪种台账（第一行是：{found}）；请用 --type 指明或使用模板", found=shown(first))


def _filled(cells: list[Any]) -> bool:
    return any(cell not in ("", None) and written(cell) for cell in cells)


def _aside(sheet: Sheet) -> bool:
    name = folded(sheet.name or "")
    return sheet.hidden or name in {folded(GUIDE), STAMP}


def _stamp(sheets: list[Sheet]) -> str | None:
    """The record type a template was made for."""
    for sheet in sheets:
        if sheet.name == STAMP and sheet.rows and written(sheet.rows[0][0]) == "record":
            return written(sheet.rows[0][1]) if len(sheet.rows[0]) > 1 else None
    return None
