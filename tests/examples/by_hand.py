"""The eight series of the Kashgar example by plain Python, straight from the files: an independent check."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from kechuang.packs import load_packs
from kechuang.settings import read_settings

PACKS = load_packs(read_settings(Path(__file__).parents[2] / "examples" / "kashgar").packs)
LABELS = {record.label.zh: name for name, record in PACKS.records.items()}
Row = dict[str, Any]


def arrivals(folder: Path) -> list[dict[str, str]]:
    """The lines of arrivals.csv."""
    with (folder / "records" / "arrivals.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read(path: Path, record: str) -> dict[str, list[Row]]:
    """Record type → rows of a file; values as the declared types, an empty cell is None."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines: list[list[Any]] = list(csv.reader(file))
        return {record: _rows(record, lines)}
    book = openpyxl.load_workbook(path)
    found = {}
    for sheet in book.worksheets:
        if sheet.title in LABELS:
            found[LABELS[sheet.title]] = _rows(LABELS[sheet.title], [list(r) for r in sheet.values])
    return found


def _rows(record: str, lines: list[list[Any]]) -> list[Row]:
    fields = PACKS.records[record].fields
    names = {
        field.label.zh + (f"（{field.unit}）" if field.unit else ""): name for name, field in fields.items()
    }
    header = [names[str(cell)] for cell in lines[0]]
    return [
        {name: _value(fields[name].type, cell) for name, cell in zip(header, line, strict=True)}
        for line in lines[1:]
    ]


def _value(kind: str, cell: Any) -> Any:
    if cell is None or cell == "":
        return None
    if kind == "date":
        return cell.date() if isinstance(cell, datetime) else date.fromisoformat(cell)
    if kind in ("year", "integer"):
        return int(cell)
    return float(cell) if kind == "number" else cell


def records(folder: Path) -> dict[str, list[Row]]:
    """The last version of every record of every type."""
    found: dict[str, dict[tuple[Any, ...], Row]] = defaultdict(dict)
    for line in arrivals(folder):
        for record, rows in read(folder / "records" / "inbox" / line["file"], line["type"]).items():
            for row in rows:
                found[record][tuple(row[field] for field in PACKS.records[record].key)] = row
    return {record: list(rows.values()) for record, rows in found.items()}


def series(tables: dict[str, list[Row]], year: int) -> dict[str, float]:
    """The eight figures of the whole prefecture for ``year``."""
    end = date(year, 12, 31)
    place = "喀什地区"

    def of(record: str) -> list[Row]:
        return [row for row in tables[record] if row["year"] == year]

    gdp = next(row["gdp"] for row in of("accounts") if row["region"] == place)
    budget = next(r for r in of("public_budget") if r["region"] == place and r["scope"] == "全地区")
    village_codes = {row["code"] for row in tables["villages"] if row["kind"] == "村民委员会"}
    covered = {
        row["village"]
        for row in tables["assignments"]
        if row["start"] <= end and (row["end"] is None or end < row["end"])
    }
    valid = {
        row["uscc"]
        for row in tables["hte"]
        if row["issued"] <= end < row["issued"].replace(year=row["issued"].year + 3)
        and (row["revoked"] is None or row["revoked"] > end)
    }
    return {
        "rd_intensity": 100 * sum(row["expenditure"] for row in of("rd_survey")) / (gdp * 10000),
        "fiscal_st_share": 100 * budget["class_206"] / (budget["total"] * 10000),
        "rd_fte": sum(row["people"] * _fte(row) for row in of("rd_time")),
        "high_tech_enterprises": len(valid),
        "commissioner_coverage": 100 * len(village_codes & covered) / len(village_codes),
        "agri_parks": sum(r["status"] != "拟建" and r["approved"] <= end for r in tables["agri_parks"]),
        "new_rd_institutions": sum(row["recognised"] <= end for row in tables["rd_institutions"]),
        "st_smes": len({row["uscc"] for row in of("sme")}),
    }


def _fte(row: Row) -> float:
    share = row["share"] if row["share"] is not None else row["hours"] / row["statutory_hours"]
    if share >= 0.9:
        return 1.0
    return 0.0 if share < 0.1 else round(share, 1)
