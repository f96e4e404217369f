"""What is measured, and against what."""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.case import Case
from benchmarks.engine import (
    compile_indicators,
    engine_1m,
    engine_10m,
    engine_pandas,
    explain_10m,
    nation,
)
from benchmarks.excel import read_workbook, write_workbook
from benchmarks.forecasts import forecast_m3, forecast_provinces, forecast_speed
from benchmarks.pdf import read_pdf
from benchmarks.plans import plan_docx, plan_growth
from benchmarks.records import as_of_million, import_workbook, snapshot_million
from benchmarks.rules import judge_enterprises
from benchmarks.web import leader_page, web_leader

ROWS = 20_000
VILLAGES = 200


@contextmanager
def command_help() -> Iterator[Case]:
    """`kechuang --help`, against starting Python with typer imported."""

    def run(*arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)

    yield Case(
        "kechuang --help / python -c 'import typer'",
        lambda: run("-m", "kechuang", "--help"),
        lambda: run("-c", "import typer"),
        "at most 2",
    )


def _table(path: Path, header: str, rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header.split())
        writer.writerows(rows)
    return path


def _posts(path: Path) -> Path:
    rows = ((f"KTP-{n:06}", "individual", "330523", "示例单位", "crops", "2024-03-01") for n in range(ROWS))
    return _table(path, "commissioner kind county unit skill start", rows)


def _villages(path: Path) -> Path:
    rows = (("bench", "2023-06-30", _code(n), f"村{n}", "330523", "镇", "village") for n in range(VILLAGES))
    return _table(path, "list list_date code name county township kind", rows)


def _assignments(path: Path) -> Path:
    rows = ((f"KTP-{n:06}", _code(n % VILLAGES), "330523", "2024-03-01", "") for n in range(ROWS))
    return _table(path, "commissioner village county start end", rows)


def _code(number: int) -> str:
    return f"330523{100 + number:03}201"


@contextmanager
def import_csv() -> Iterator[Case]:
    """Importing posts with all checks and lineage, against reading the CSV and inserting it bare."""
    from kechuang.start import new_workspace

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = _posts(folder / "posts.csv")
        count = iter(range(1000))

        def ours() -> None:
            workspace = new_workspace(folder / f"ws{next(count)}", region="330500", name="bench")
            result = workspace.store.import_files([file], type="commissioners", who="bench")
            assert result.ok, result.as_dict()["errors"][:2]

        def peer() -> None:
            connection = sqlite3.connect(folder / f"raw{next(count)}.db")
            connection.execute("create table t (a, b, c, d, e, f)")
            with file.open(encoding="utf-8", newline="") as stream:
                rows = csv.reader(stream)
                next(rows)
                connection.executemany("insert into t values (?, ?, ?, ?, ?, ?)", rows)
            connection.commit()
            connection.close()

        yield Case(f"import {ROWS:,} rows / bare CSV reading + insert", ours, peer, "reported, no aim yet")


@contextmanager
def compute_indicators() -> Iterator[Case]:
    """A coverage over a snapshot of many records, against hand-written SQL on raw DuckDB."""
    import duckdb

    from kechuang.indicators import compute
    from kechuang.start import new_workspace

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace = new_workspace(folder / "ws", region="330500", name="bench")
        for make, kind in ((_villages, "villages"), (_posts, "commissioners"), (_assignments, "assignments")):
            file = make(folder / f"{kind}.csv")
            assert workspace.store.import_files([file], type=kind, who="bench").ok
        snapshot = workspace.snapshot()
        years = range(2024, 2026)
        counties = workspace.region_codes[1:]

        def ours() -> object:
            return compute(
                workspace.packs,
                snapshot,
                workspace.regions,
                counties,
                years,
                workspace.today,
                only=["commissioner_coverage"],
            )

        def peer() -> object:
            connection = duckdb.connect()
            return [
                connection.execute(
                    """
                    select v.county, count(distinct v.code) listed,
                           count(distinct case when a.village is not null then v.code end) covered
                    from read_parquet(?) v left join read_parquet(?) a
                      on a.village = v.code and a.start <= ? and (a."end" is null or a."end" > ?)
                    where v.kind = 'village' group by v.county
                    """,
                    [
                        str(snapshot.table("villages")),
                        str(snapshot.table("assignments")),
                        f"{year}-12-31",
                        f"{year}-12-31",
                    ],
                ).fetchall()
                for year in years
            ]

        yield Case(
            "coverage by county and year / hand-written DuckDB SQL", ours, peer, "reported, no aim yet"
        )


ALL = (
    command_help,
    import_csv,
    compute_indicators,
    engine_1m,
    compile_indicators,
    plan_growth,
    plan_docx,
    read_pdf,
    read_workbook,
    write_workbook,
    judge_enterprises,
    import_workbook,
    as_of_million,
    snapshot_million,
    engine_10m,
    engine_pandas,
    explain_10m,
    nation,
    forecast_speed,
    leader_page,
)
#: Only run when named: they take minutes to prepare, or gigabytes.
LONG = (as_of_million, snapshot_million, engine_10m, engine_pandas, explain_10m, nation, forecast_speed)
#: Tables, printed when named: of accuracy, and of the site under load.
TABLES = (forecast_m3, forecast_provinces, web_leader)
