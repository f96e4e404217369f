"""Table files: the one format of template, import and export. Reading here; writing in ``templates``.

``read_table`` finds out of which record type each sheet of a file is, where its header stands and
which column is which field; the cells themselves are judged by ``checks``.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from kechuang.errors import Fault, Place
from kechuang.messages import LANGUAGES, say
from kechuang.packs.model import RecordType
from kechuang.records.aside import is_aside
from kechuang.records.body import ANY, body, filled
from kechuang.records.cells import Shown
from kechuang.records.fields import Named
from kechuang.records.headers import find_type, named_like, read_header, shown
from kechuang.records.heads import Heads
from kechuang.records.sheets import Sheet, Unreadable, letter
from kechuang.records.stamp import Stamp, Stamped, read_stamp
from kechuang.records.templates import write_table
from kechuang.records.workbook import read_sheets

__all__ = ["Table", "TableFile", "read_table", "write_table"]


EMPTY = "no-data-rows"


@dataclass
class Table:
    """The data of one sheet: rows as (row number from 1, cells by position in ``columns``)."""

    type: RecordType
    file: str
    sheet: str | None
    columns: dict[str, int]
    rows: list[tuple[int, list[Any]]]
    broken: dict[tuple[int, int], str]
    header_row: int = 1

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
    """A file as read: its tables, everything wrong with it so far, its digest, and its sheets as they are."""

    path: Path
    tables: list[Table]
    faults: list[Fault]
    sha256: str | None = None
    content: bytes = b""
    sheets: list[Sheet] = field(default_factory=list, repr=False)


def read_table(path: Path, types: Mapping[str, RecordType], type: str | None = None) -> TableFile:  # noqa: A002
    """The tables of ``path``. ``type`` says of which record type they are; otherwise the stamp of a
    template, the header or the name of the sheet tells. Never raises for what a user can cause."""
    with _collector_at_rest():
        return _read_table(path, types, type)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Cells make no circles; looking for some, again and again among millions, takes a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _read_table(path: Path, types: Mapping[str, RecordType], type: str | None) -> TableFile:  # noqa: A002
    try:
        sheets, content = read_sheets(path)
    except Unreadable as error:
        return TableFile(path, [], [error.fault()])
    found = TableFile(path, [], [], sha256(content).hexdigest(), content, sheets)
    stamp = read_stamp(sheets)
    if type is None and stamp is not None and stamp.only is not None and stamp.only not in types:
        problem = say("文件是台账“{type}”的模板，本工作区没有这种台账", type=stamp.only)
        found.faults.append(Fault("unknown-type", problem, Place(file=path.name)))
        return found
    data = [sheet for sheet in sheets if not is_aside(sheet) and any(filled(row) for row in sheet.rows)]
    if not data:
        problem = say("文件中没有数据")
        found.faults.append(Fault("empty-file", problem, Place(file=path.name)))
        return found
    for sheet in data:
        _read_sheet(sheet, path, types, found, wanted=type, stamp=stamp, several=len(data) > 1)
    _mind_untouched(found)
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
    stamp: Stamp | None,
    several: bool,
) -> None:
    place = Place(path.name, sheet.name)
    heads = Heads(sheet)
    likely = find_type(types, heads)
    stamped = stamp.of(sheet.name) if stamp else None
    if stamped and (stamped.type not in types or (several and likely and stamped.type not in likely)):
        stamped = None
    if several and not likely and not stamped and named_like(types, sheet.name) is None:
        message = say("这张工作表不像台账，没有读取")
        into.faults.append(Fault("sheet-ignored", message, place, severity="warning"))
        return
    told = wanted or (stamped.type if stamped else None)
    chosen = told or _choose(likely, named_like(types, sheet.name))
    if chosen is None:
        into.faults.append(Fault("unknown-type", _which(types, likely, sheet), place))
        return
    record_type = types[chosen]
    stamped = stamped if stamped and stamped.type == chosen else Stamped(chosen)
    dropped = stamped.dropped(record_type)
    header = read_header(
        record_type, heads, path.name, aliases=_aliases(stamped, record_type), dropped=dropped
    )
    if told and likely and chosen not in likely and (header is None or header.missing):
        other = Named.of(types[likely[0]].label)
        problem = say("这张表像是“{other}”，不是“{type}”", other=other, type=Named.of(record_type.label))
        into.faults.append(Fault("wrong-type", problem, place))
        return
    if header is None:
        first = next(row for row in sheet.rows if filled(row))
        problem = say(
            "找不到“{type}”的表头；第一行是：{found}",
            type=Named.of(record_type.label),
            found=shown(first),
        )
        into.faults.append(Fault("missing-column", problem, place))
        return
    if drift := stamped.drift(record_type, stamp.version if stamp else ""):
        into.faults.append(Fault("template-version", drift, place, severity="hint"))
    into.faults.extend(header.faults)
    samples = [stamped.sample] if stamped.sample else _samples(record_type)
    rows, faults = body(record_type, sheet, header, path.name, samples)
    into.faults.extend(faults)
    if not rows and all(fault.severity != "error" for fault in faults):
        into.faults.append(Fault("no-data-rows", say("表头之下没有数据"), place))
    table = Table(record_type, path.name, sheet.name, header.columns, rows, sheet.broken, header.row + 1)
    into.tables.append(table)


def _samples(record_type: RecordType) -> list[dict[str, str]]:
    """The samples a template may have had, for a file that has lost its stamp, as a CSV does."""
    regions = {name: ANY for name, spec in record_type.fields.items() if spec.type == "region"}
    return [{**Shown(record_type, language=language).sample_texts(), **regions} for language in LANGUAGES]


def _mind_untouched(found: TableFile) -> None:
    """A sheet nobody filled in, of a template with several, is no fault where another one was filled in."""
    if not any(table.rows for table in found.tables):
        return
    wrong = {fault.place.sheet for fault in found.faults if fault.severity == "error" and fault.code != EMPTY}
    empty = {table.sheet for table in found.tables if not table.rows} - wrong
    found.tables = [table for table in found.tables if table.sheet not in empty]
    found.faults = [
        replace(fault, severity="hint") if fault.code == EMPTY else fault
        for fault in found.faults
        if fault.code == EMPTY or fault.place.sheet not in empty
    ]


def _aliases(stamped: Stamped, record_type: RecordType) -> dict[str, str]:
    """Heads an older template used for columns that are still there."""
    return {name: head for name, head in stamped.heads.items() if name in record_type.fields}


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
    first = next(row for row in sheet.rows if filled(row))
    return say("认不出这是哪种台账（第一行是：{found}）；请用 --type 指明或使用模板", found=shown(first))
