"""What the tests of records share: a store on each database present, and files made on the spot."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from kechuang.language.regions import RegionTree
from kechuang.packs import Packs, load_packs
from kechuang.records.database import connect
from kechuang.records.store import ImportResult, Store
from kechuang.records.templates import write_table
from kechuang.records.uscc import check_digit

REGION = "330500"
HEADER = ["统一社会信用代码", "单位名称", "所在县市", "年度", "R&D经费内部支出（万元）"]


Row = list[Any]


@dataclass
class Office:
    """A store with a clock that is set by hand, and a folder for files."""

    store: Store
    folder: Path
    packs: Packs
    now: list[datetime | date] = field(default_factory=lambda: [datetime(2026, 1, 5, 9)])

    @staticmethod
    def code(number: int) -> str:
        """A valid unified social credit code; ``number`` makes it different."""
        body = f"91330500{number:09d}"
        return body + check_digit(body)

    @classmethod
    def survey(
        cls, number: int = 1, year: int = 2024, amount: Any = 12.5, county: str = "安吉县"
    ) -> list[Any]:
        """A row under ``HEADER``."""
        return [cls.code(number), f"单位{number}", county, year, amount]

    def at(self, moment: datetime | date) -> Office:
        self.now[0] = moment
        return self

    def write(self, name: str, *rows: Sequence[Any], header: Sequence[Any] = HEADER) -> Path:
        """A workbook with one sheet, or a CSV file, as the name says."""
        path = self.folder / name
        if path.suffix == ".csv":
            import csv

            with path.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows([header, *rows])
            return path
        from openpyxl import Workbook

        book = Workbook()
        for row in [header, *rows]:
            book.active.append(list(row))
        book.save(path)
        return path

    def records(self, type_: str, *rows: Mapping[str, Any], name: str = "in.csv") -> Path:
        """A file of records by field, as the export writes it."""
        path = self.folder / name
        write_table(self.packs.records[type_], rows, path)
        return path

    def bring(self, *paths: Path, **options: Any) -> ImportResult:
        return self.store.import_files(paths, **{"who": "统计科", **options})

    def stored(self) -> tuple[int, int]:
        """How many batches and versions there are."""
        from kechuang.records.models import Batch, Version

        alias = self.store.alias
        return Batch.objects.using(alias).count(), Version.objects.using(alias).count()


@pytest.fixture(scope="session")
def packs() -> Packs:
    return load_packs(["st-core"])


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | Path]:
    """A fresh database of each kind. ``KECHUANG_TEST_POSTGRESQL`` names a server to make databases on."""
    if request.param == "sqlite":
        yield tmp_path / "kechuang.db"
        return
    server = os.environ.get("KECHUANG_TEST_POSTGRESQL")
    if not server:
        pytest.skip("KECHUANG_TEST_POSTGRESQL names no server")
    import psycopg

    name = f"kechuang_test_{os.getpid()}_{abs(hash(tmp_path)) % 10**8}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
    url = f"{server.rsplit('/', 1)[0]}/{name}"
    yield url
    from kechuang.records.database import close

    close(connect(url))
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f'DROP DATABASE "{name}"')


@pytest.fixture
def make(database: str | Path, tmp_path: Path, packs: Packs) -> Callable[..., Office]:
    """Makes the office, with options of the store."""

    def build(**options: Any) -> Office:
        now: list[datetime | date] = [datetime(2026, 1, 5, 9)]
        store = Store(
            connect(database),
            packs,
            RegionTree.national(),
            clock=lambda: now[0],
            files=tmp_path / "files",
            region=REGION,
            **options,
        )
        return Office(store, tmp_path, packs, now)

    return build


@pytest.fixture
def office(make: Callable[..., Office]) -> Office:
    return make()
