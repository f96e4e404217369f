"""With every pack that is built in, on each database: what a batch remembers of them is long."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from kechuang.language.regions import RegionTree
from kechuang.packs import load_packs
from kechuang.packs.load import built_in_packs
from kechuang.records.database import connect
from kechuang.records.store import Store
from kechuang.records.templates import write_table


def test_a_return_is_kept_with_the_versions_of_all_packs(database: str | Path, tmp_path: Path) -> None:
    packs = load_packs(built_in_packs())
    store = Store(
        connect(database),
        packs,
        RegionTree.national(),
        clock=lambda: datetime(2026, 1, 5, 9),
        files=tmp_path / "files",
        region="330500",
    )
    assert len(store.pack_version) > 100
    path = tmp_path / "in.csv"
    row = {"region": "330500", "year": 2024, "gdp": 4213.4, "release": "final", "source": "统计公报"}
    write_table(packs.records["accounts"], [row], path)
    assert store.import_files([path], "accounts", who="统计科").ok
    assert store.batches()[0].rows == 1
    assert not store.verify()
