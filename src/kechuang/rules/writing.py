"""Results written to a file, piece by piece: .csv, .json (as the command prints it), .xlsx or .parquet.

The file is made beside its place and appears whole or not at all.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kechuang.errors import KechuangError, Place
from kechuang.formula.columns import PIECE
from kechuang.language.figures import SHEET_ROWS
from kechuang.messages import language, say
from kechuang.records.workbook import guarded
from kechuang.whole import whole

if TYPE_CHECKING:
    import pyarrow as pa

    from kechuang.rules.judgement import Judgement

SUFFIXES = (".csv", ".json", ".xlsx", ".parquet")


def check_suffix(path: Path) -> None:
    """KechuangError where results cannot be written under this name; to be asked before the work."""
    if path.suffix.lower() not in SUFFIXES:
        raise KechuangError(
            "unknown-suffix",
            say("只能写成 {known} 文件", known="、".join(SUFFIXES)),
            place=Place(file=str(path)),
            remedy=say("请改文件名的后缀。"),
        )


def write_judgement(judgement: Judgement, path: Path, *, excel: bool = False, needs: bool = False) -> None:
    """Every case: one row with outcome, score, clauses and the reasons it is not yes; .json has all.

    ``excel`` puts a byte-order mark before a CSV. Raises KechuangError where the file cannot be written.
    """
    if path.suffix.lower() == ".json":
        _beside(path, lambda stream: write_json(judgement.rows(needs=needs), stream))
        return
    tables = (
        judgement.to_arrow(start, min(start + PIECE, len(judgement)), language())
        for start in range(0, max(len(judgement), 1), PIECE)
    )
    _write(tables, path, excel=excel)


def write_rows(rows: Sequence[Mapping[str, Any]], path: Path, *, excel: bool = False) -> None:
    """Rows of a tally, all with the same columns (a range becomes two)."""
    import pyarrow as pa

    if path.suffix.lower() == ".json":
        _beside(path, lambda stream: write_json(rows, stream))
        return
    names = list(dict.fromkeys(name for row in rows for name in row if not isinstance(row[name], list)))
    table = pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})
    _write(iter([table]), path, excel=excel)


def write_json(rows: Iterable[Mapping[str, Any]], stream: IO[bytes]) -> None:
    """Rows as one JSON list, a row a line."""
    before = b"[\n"
    for row in rows:
        stream.write(before + json.dumps(row, ensure_ascii=False, allow_nan=False).encode())
        before = b",\n"
    stream.write(b"[]\n" if before == b"[\n" else b"\n]\n")


def _write(tables: Iterator[pa.Table], path: Path, *, excel: bool) -> None:
    check_suffix(path)
    kind = path.suffix.lower()
    if kind == ".csv":
        _beside(path, lambda stream: _csv(tables, stream, excel))
    elif kind == ".parquet":
        _beside(path, lambda stream: _parquet(tables, stream))
    else:
        _beside(path, lambda stream: _xlsx(tables, stream, path))


def _csv(tables: Iterator[pa.Table], stream: IO[bytes], excel: bool) -> None:
    from pyarrow import csv

    if excel:
        stream.write(codecs.BOM_UTF8)
    writer = None
    for table in tables:
        safe = _harmless(table)
        if writer is None:
            writer = csv.CSVWriter(stream, safe.schema)
        writer.write_table(safe)
    if writer is not None:
        writer.close()


def _harmless(table: pa.Table) -> pa.Table:
    """Keys that a spreadsheet would run as a formula get an apostrophe."""
    import pyarrow as pa
    import pyarrow.compute as pc

    first = table.column_names[0]
    keys = table.column(first)
    if not pc.any(pc.match_substring_regex(keys, r"^'*[=+\-@\t\r]")).as_py():
        return table
    return table.set_column(0, first, pa.array([guarded(key) for key in keys.to_pylist()]))


def _parquet(tables: Iterator[pa.Table], stream: IO[bytes]) -> None:
    from pyarrow import parquet

    writer = None
    for table in tables:
        if writer is None:
            writer = parquet.ParquetWriter(stream, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _xlsx(tables: Iterator[pa.Table], stream: IO[bytes], path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(say("判定结果")))
    count = 0
    for table in tables:
        if not count:
            sheet.append(table.column_names)
        count += table.num_rows
        if count >= SHEET_ROWS:
            raise KechuangError(
                "too-many-rows",
                say("行数超过一张工作表的容量"),
                place=Place(file=str(path)),
                remedy=say("请写成 .csv 或 .parquet。"),
            )
        for row in table.to_pylist():
            cells = []
            for value in row.values():
                cell = WriteOnlyCell(sheet, value=value)
                if isinstance(value, str):
                    cell.data_type = "s"  # never a formula
                cells.append(cell)
            sheet.append(cells)
    book.save(stream)


def _beside(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    with whole(path) as beside, beside.open("wb") as stream:
        write(stream)
