"""What the tests of the built-in packs share: a desk (store, snapshot, figures), checks, and sample hints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kechuang.formula import other_function, row_function
from kechuang.indicators import Figure, compute
from kechuang.language.regions import RegionTree
from kechuang.packs import Packs, load_packs
from kechuang.packs.model import FieldSpec, RecordType
from kechuang.records.database import connect
from kechuang.records.store import ImportResult, Store

PREFECTURE, ANJI, DEQING = "330500", "330523", "330521"
TODAY = date(2026, 1, 5)


@dataclass
class Desk:
    """A store for one pack beside st-core: files come in, figures come out."""

    store: Store
    folder: Path
    packs: Packs

    def bring(self, type_: str, text: str) -> ImportResult:
        """Import ``text``, a CSV as someone wrote it."""
        path = self.folder / f"{type_}-{len(list(self.folder.glob('*.csv')))}.csv"
        path.write_text(text, "utf-8")
        return self.store.import_files([path], type_, who="填报员")

    def file(self, type_: str, text: str) -> None:
        """Import ``text``; every row must come in, without a warning about any of them."""
        result = self.bring(type_, text)
        about_rows = [fault for fault in result.faults if fault.code != "optional-column"]
        assert not about_rows, [str(fault.message) for fault in about_rows]

    def figure(self, indicator: str, region: str = PREFECTURE, year: int = 2024) -> Figure:
        frozen = self.store.snapshot(self.folder / "snapshots")
        regions = self.store.regions
        assert regions is not None
        return compute(self.packs, frozen, regions, [region], [year], TODAY, only=[indicator])[0]


@pytest.fixture
def desk(tmp_path: Path) -> Callable[[str], Desk]:
    """``desk("environment")``: a desk with that pack and st-core."""

    def make(pack: str) -> Desk:
        packs = load_packs(["st-core", pack])
        store = Store(
            connect(tmp_path / "kechuang.db"),
            packs,
            RegionTree.national(),
            clock=lambda: TODAY,
            files=tmp_path / "files",
            region=PREFECTURE,
        )
        return Desk(store, tmp_path, packs)

    return make


def holds(record_type: RecordType, check: str, row: Mapping[str, Any], other: Mapping[str, Any] = {}) -> bool:
    """Whether ``check`` of ``record_type`` passes ``row``; a lookup, with the record ``other`` it finds."""
    looked_up = next((one for one in record_type.compare if one.id == check), None)
    if looked_up is not None:
        assert looked_up.test is not None
        return (
            other_function(looked_up.test, record_type.fields.keys(), other.keys())(row, other) is not False
        )
    test = next(item.test for item in record_type.checks if item.id == check)
    return row_function(test, record_type.fields.keys())(row) is not False


def drawn(record_type: RecordType, random: Random, number: int) -> dict[str, Any]:
    """A row of ``record_type`` as its sample hints ask for, field by field."""
    row: dict[str, Any] = {}
    for name, spec in record_type.fields.items():
        row[name] = _cell(record_type, name, spec, random, row, number)
    return row


def _cell(
    record_type: RecordType, name: str, spec: FieldSpec, random: Random, row: dict[str, Any], number: int
) -> Any:
    hint = spec.sample
    if spec.type in ("region", "year"):
        return ANJI if spec.type == "region" else 2024
    if hint is None:
        return random.choice([*spec.choices]) if spec.choices else f"{name}{number}"
    if hint.share is not None and spec.type != "boolean" and random.random() >= hint.share:
        return None
    if hint.formula is not None:
        value = row_function(hint.formula, {*row, "draw"})({**row, "draw": random.random()})
        return int(value) if spec.type == "integer" and isinstance(value, float) else value
    if hint.values:
        return random.choice(hint.values)
    if hint.template is not None:
        return hint.template.replace("{n}", str(number))
    if spec.type == "boolean":
        return random.random() < (hint.share if hint.share is not None else 0.5)
    if isinstance(hint.low, date) and isinstance(hint.high, date):
        return hint.low + timedelta(days=random.randint(0, (hint.high - hint.low).days))
    if isinstance(hint.low, int | float) and isinstance(hint.high, int | float):
        value = random.uniform(hint.low, hint.high)
        return round(value) if spec.type == "integer" else round(value, hint.decimals or 0)
    return random.choice([*spec.choices]) if spec.choices else None
