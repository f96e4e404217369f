"""The store at scale: importing a workbook, the state as of a day, a snapshot.

`import_workbook` measures 100,000 rows. `as_of_million` and `snapshot_million` take some minutes to prepare
and run only when named: `python -m benchmarks as_of_million snapshot_million`.
"""

from __future__ import annotations

import csv
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.case import Case

ROWS = 100_000
MILLION = 1_000_000
KEYS = 400_000
SHEET = "insert into t values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def enterprises(count: int, amount: float = 1.0, seed: int = 1) -> Iterator[list[Any]]:
    """Sample returns of the register ``sme``, each of another enterprise."""
    from kechuang.records.uscc import check_digit

    dice = random.Random(seed)
    for number in range(count):
        body = f"91330500{number:09d}"
        year, staff = 2021 + number % 5, dice.randint(5, 500)
        revenue = round(dice.uniform(10, 90_000), 2)
        yield [
            body + check_digit(body),
            f"示例企业{number}",
            f"3305{dice.choice(('02', '03', '21', '22', '23'))}",
            year,
            f"{year}330500A{number:07d}",
            date(year, 1, 1) + timedelta(dice.randrange(360)),
            staff,
            dice.randint(0, staff),
            revenue,
            round(revenue * 0.1 * amount, 2),
        ]


HEADER = ["uscc", "name", "county", "year", "entry", "registered", "staff", "st_staff", "revenue", "rd_cost"]


def _workbook(path: Path, count: int) -> Path:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("sme")
    sheet.append(HEADER)
    for row in enterprises(count):
        sheet.append(row)
    book.save(path)
    return path


def _csv(path: Path, rows: Iterator[list[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(rows)
    return path


@contextmanager
def import_workbook() -> Iterator[Case]:
    """A workbook with all checks, lineage and audit, against bare reading with calamine and raw insert."""
    from python_calamine import CalamineWorkbook

    from kechuang.start import new_workspace

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = _workbook(folder / "sme.xlsx", ROWS)
        count = iter(range(1000))

        def ours() -> None:
            workspace = new_workspace(folder / f"ws{next(count)}", region="330500", name="bench")
            result = workspace.store.import_files([file], type="sme", who="bench")
            assert result.ok and result.rows == ROWS, result.as_dict()["errors"][:2]

        def peer() -> None:
            rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
            connection = sqlite3.connect(folder / f"raw{next(count)}.db")
            connection.execute("create table t (a, b, c, d, e, f, g, h, i, j)")
            plain = ([*row[:5], str(row[5]), *row[6:]] for row in rows[1:])
            connection.executemany(SHEET, plain)
            connection.commit()
            connection.close()

        yield Case(f"import workbook of {ROWS:,} rows / calamine + raw insert", ours, peer, "at most 2.5")


@contextmanager
def as_of_million() -> Iterator[Case]:
    """How many of 400,000 records stood on a day in the middle of 1,000,000 versions, and a page of them;
    the peer asks a bare SQLite table of keys, numbers and days alone."""
    from kechuang.start import new_workspace
    from kechuang.workspace import Workspace

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        now = [datetime(2026, 1, 1, 9, tzinfo=UTC)]
        new_workspace(folder / "ws", region="330500", name="bench")
        store = Workspace.open(folder / "ws", lambda: now[0]).store
        sizes = [KEYS, 300_000, MILLION - KEYS - 300_000]
        peer_table = sqlite3.connect(folder / "raw.db")
        peer_table.execute("create table t (key, number, day)")
        for turn, size in enumerate(sizes):
            file = _csv(folder / f"{turn}.csv", enterprises(size, 1 + turn / 10))
            assert store.import_files([file], type="sme", who="bench").ok
            keys = ((f"{row[0]}|{row[3]}", turn, now[0].isoformat()) for row in enterprises(size))
            peer_table.executemany("insert into t values (?, ?, ?)", keys)
            now[0] += timedelta(days=10)
        peer_table.execute("create index i on t (key, number, day)")
        peer_table.commit()
        day = date(2026, 1, 15)

        def ours() -> None:
            assert store.as_of_count(day, "sme") == KEYS
            assert len(store.as_of_page(day, "sme", 100, offset=KEYS // 2)) == 100

        def peer() -> None:
            peer_table.execute(
                "select count(*) from (select max(number) from t where day < ? group by key)", [str(day)]
            ).fetchall()

        yield Case("as of a day, 1,000,000 versions / bare table", ours, peer, "ours under 1 s")
        peer_table.close()


@contextmanager
def snapshot_million() -> Iterator[Case]:
    """A snapshot of 1,000,000 records, against DuckDB writing the same values from CSV to Parquet."""
    import shutil

    import duckdb

    from kechuang.records import store as stores
    from kechuang.start import new_workspace

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = _csv(folder / "sme.csv", enterprises(MILLION))
        workspace = new_workspace(folder / "ws", region="330500", name="bench")
        assert workspace.store.import_files([file], type="sme", who="bench").ok

        def ours() -> None:
            shutil.rmtree(folder / "s", ignore_errors=True)
            stores._taken.clear()
            assert workspace.store.snapshot(folder / "s").tables["sme"] == MILLION

        def peer() -> None:
            duckdb.connect().execute(
                f"copy (from read_csv('{file}')) to '{folder / 'p.parquet'}' (format parquet)"
            )

        yield Case("snapshot of 1,000,000 records / DuckDB, CSV to Parquet", ours, peer, "ours under 10 s")
