"""A pack of the tests' own beside the core: a yearly return of every county, with a warning and a hint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kechuang.packs import Packs, load_packs

PACK = "pack: drill\nlabel: {zh: 演练, en: Drill}\nversion: '1'\n"
OUTPUT = """
record: output
label: {zh: 县市产值月报, en: County output}
key: [county, year]
time: {year: year}
region: {field: county, rollup: sum}
frame: {regions: true}
deadline: {month: 10, day: 1, years_after: 0, shift: next}
fields:
  county: {type: region, level: county, label: {zh: 县市, en: County}}
  year:   {type: year, label: {zh: 年度, en: Year}}
  amount: {type: number, unit: 万元, min: 0, label: {zh: 产值, en: Output}}
checks:
  - {id: large, test: amount <= 1000, level: warning, fields: [amount], message: {zh: 产值偏大, en: Output is large}}
  - {id: round, test: amount != 500, level: hint, fields: [amount], message: {zh: 产值是整数, en: A round figure}}
"""
BUDGET = """
record: budget
label: {zh: 年度预算, en: Budget}
key: [name, year]
time: {year: year}
deadline: {month: 12, day: 31, years_after: 0, working_days: 15}
fields:
  name: {type: text, label: {zh: 项目, en: Project}}
  year: {type: year, label: {zh: 年度, en: Year}}
"""


@pytest.fixture(scope="session")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    folder = tmp_path_factory.mktemp("packs")
    (folder / "drill" / "records").mkdir(parents=True)
    (folder / "drill" / "pack.yaml").write_text(PACK, "utf-8")
    (folder / "drill" / "records" / "output.yaml").write_text(OUTPUT, "utf-8")
    (folder / "drill" / "records" / "budget.yaml").write_text(BUDGET, "utf-8")
    return load_packs(["st-core", "drill"], [folder])


@pytest.fixture
def output(tmp_path: Path, packs: Packs) -> Callable[..., Path]:
    """Writes a county output file: ``output(安吉县=12, 德清县=2000, year=2026)``."""
    from kechuang.records.templates import write_table

    count = [0]

    def build(year: int = 2026, name: str | None = None, **amounts: float) -> Path:
        codes = {"安吉县": "330523", "德清县": "330521", "长兴县": "330522"}
        count[0] += 1
        rows: list[dict[str, Any]] = [
            {"county": codes[county], "year": year, "amount": amount} for county, amount in amounts.items()
        ]
        path = tmp_path / (name or f"output{count[0]}.csv")
        write_table(packs.records["output"], rows, path)
        return path

    return build
