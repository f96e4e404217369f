"""Reading and writing workbooks, against the same work done bare."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.case import Case

ROWS = 100_000
HEAD = ["统一社会信用代码", "单位名称", "所在县市", "年度", "R&D经费内部支出（万元）"]


def _row(number: int) -> list[object]:
    return [f"91330500{number:09d}X", f"示例单位{number}", "安吉县", 2024, 12.5 + number]


@contextmanager
def read_workbook() -> Iterator[Case]:
    """Reading a large sheet with header, type and what stands beside the values, against its bare values."""
    from openpyxl import Workbook
    from python_calamine import CalamineWorkbook

    from kechuang.packs import load_packs
    from kechuang.records.tables import read_table

    records = load_packs(["st-core"]).records
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "large.xlsx"
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Sheet")
        sheet.append(HEAD)
        for number in range(ROWS):
            sheet.append(_row(number))
        book.save(path)

        def ours() -> None:
            file = read_table(path, records)
            assert len(file.tables[0].rows) == ROWS, file.faults

        def peer() -> None:
            with path.open("rb") as stream:
                rows = CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0).to_python()
            assert len(rows) == ROWS + 1

        yield Case(f"read_table {ROWS:,} rows / python-calamine to_python", ours, peer, "at most 1.3")


@contextmanager
def write_workbook() -> Iterator[Case]:
    """Exporting many records with drop-downs, formats and stamp, against bare rows through openpyxl."""
    from openpyxl import Workbook

    from kechuang.packs import load_packs
    from kechuang.records.tables import write_table

    record_type = load_packs(["st-core"]).records["rd_survey"]
    names = ("uscc", "name", "county", "year", "expenditure")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def ours() -> None:
            rows = (dict(zip(names, _row(number), strict=True)) for number in range(ROWS))
            write_table(record_type, rows, folder / "ours.xlsx")

        def peer() -> None:
            book = Workbook(write_only=True)
            sheet = book.create_sheet("Sheet")
            for number in range(ROWS):
                sheet.append(_row(number))
            book.save(folder / "peer.xlsx")

        yield Case(f"export {ROWS:,} rows / bare openpyxl write_only", ours, peer, "at most 1")
