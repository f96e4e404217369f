"""Writes the example's workbooks and CSV files, byte for byte the same on every run."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from kechuang.packs import load_packs
from kechuang.records.headers import header_text
from kechuang.settings import read_settings
from sample.still import still

PACKS = load_packs(read_settings(Path(__file__).parents[1]).packs)


def header(record: str) -> list[str]:
    """The first row of a table: labels with their units."""
    return [header_text(field) for field in PACKS.records[record].fields.values()]


def cells(record: str, row: dict[str, Any]) -> list[Any]:
    """The values of ``row`` in the order of the table's columns."""
    unknown = set(row) - set(PACKS.records[record].fields)
    if unknown:
        raise KeyError(f"{record}: {sorted(unknown)}")
    return [row.get(name) for name in PACKS.records[record].fields]


def write_csv(path: Path, record: str, rows: list[dict[str, Any]]) -> None:
    """A table as CSV in UTF-8 with a byte-order mark, as Excel saves it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header(record))
        writer.writerows(cells(record, row) for row in rows)


def write_workbook(path: Path, sheets: dict[str, list[dict[str, Any]]]) -> None:
    """A workbook with one sheet for each record type, headed like the templates."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for record, rows in sheets.items():
        sheet = book.create_sheet(PACKS.records[record].label.zh)
        sheet.append(header(record))
        for row in rows:
            sheet.append(cells(record, row))
        for line in sheet.iter_rows(min_row=2):
            for cell in line:
                if isinstance(cell.value, date):
                    cell.number_format = "yyyy-mm-dd"
        for column in sheet.columns:
            widest = max(sum(2 if ord(c) > 255 else 1 for c in str(cell.value or "")) for cell in column)
            sheet.column_dimensions[column[0].column_letter].width = min(widest + 2, 48)
        sheet.freeze_panes = "A2"
    book.save(path)
    still(path)
