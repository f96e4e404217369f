"""The example's files: generated the same again, plainly fictitious, in order, and telling the story."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from kechuang.records.uscc import check_digit

EXAMPLE_CODE = re.compile(r"(91|12|52)6531\d\dEXAM\d{4}[0-9X][0-9A-HJ-NPQRTUWXY]")
#: Telephone and identity numbers, and mail addresses.
PERSONAL = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?![\dA-Z])|\w@\w")


def run(root: Path, script: str, *arguments: str) -> None:
    """Run a script of the example as a person would."""
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    command = [sys.executable, str(root / "examples" / "kashgar" / script), *arguments]
    subprocess.run(command, check=True, env=environment, timeout=600)


def cells(path: Path) -> Any:
    """All cells of a workbook by sheet, or the text of a CSV file."""
    if path.suffix == ".csv":
        return path.read_text("utf-8-sig")
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture(scope="module")
def tables(kashgar: Path, by_hand: ModuleType) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = by_hand.records(kashgar)
    return found


def test_generated_again_the_cells_are_the_committed_ones(root: Path, kashgar: Path, tmp_path: Path) -> None:
    run(root, "generate.py", "--out", str(tmp_path))
    made = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    inbox = {path.relative_to(kashgar) for path in (kashgar / "records").rglob("*") if path.is_file()}
    assert made == inbox
    different = [str(path) for path in made if cells(tmp_path / path) != cells(kashgar / path)]
    assert different == []


def test_the_folder_is_small(kashgar: Path) -> None:
    files = [path for path in kashgar.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files) < 4_000_000


def test_arrivals_are_in_order_and_name_every_file_once(kashgar: Path, by_hand: ModuleType) -> None:
    lines = by_hand.arrivals(kashgar)
    days = [date.fromisoformat(line["arrived"]) for line in lines]
    assert days == sorted(days)
    assert days[-1] <= date(2026, 9, 30)
    inbox = {path.name for path in (kashgar / "records" / "inbox").iterdir()}
    assert Counter(line["file"] for line in lines) == Counter(inbox)


def test_what_is_made_up_says_so(kashgar: Path, by_hand: ModuleType) -> None:
    for line in by_hand.arrivals(kashgar):
        assert line["nature"] == ("sample" if line["file"].startswith("示例") else "reported"), line["file"]
        assert "示例" in line["who"]
        for record, rows in by_hand.read(kashgar / "records" / "inbox" / line["file"], line["type"]).items():
            fields = by_hand.PACKS.records[record].fields
            sources = [name for name, spec in fields.items() if spec.label.zh == "数据来源"]
            for row in rows:
                assert line["nature"] == "reported" or not row.get("name") or "示例" in row["name"]
                for name in sources:
                    if line["nature"] == "sample" and row[name]:
                        assert "示例数据（随机生成，种子" in row[name]


def test_the_published_facts_are_as_published(tables: dict[str, list[dict[str, Any]]]) -> None:
    gdp = {row["region"]: row["gdp"] for row in tables["accounts"] if row["year"] == 2023}
    assert (gdp["喀什地区"], gdp["喀什市"]) == (1508.35, 309.31)
    assert sum(gdp.values()) == pytest.approx(2 * 1508.35)
    budget = [row for row in tables["public_budget"] if (row["region"], row["year"]) == ("喀什地区", 2023)]
    assert {row["total"] for row in budget if row["scope"] == "全地区"} == {773.41}
    kinds = Counter(row["kind"] for row in tables["villages"])
    assert kinds == {"村民委员会": 2467, "居民委员会": 373, "类似居民委员会": 8, "类似村民委员会": 38}
    assert len({row["code"] for row in tables["villages"]}) == 2886


def test_no_real_organisation_and_no_person(tables: dict[str, list[dict[str, Any]]]) -> None:
    codes = {row["uscc"] for rows in tables.values() for row in rows if "uscc" in row}
    assert len(codes) > 60
    for code in codes:
        assert EXAMPLE_CODE.fullmatch(code), code
        assert code[-1] == check_digit(code[:-1])
    for row in tables["commissioners"]:
        assert re.fullmatch(r"KTP-6531\d\d-\d{4}", row["commissioner"])
    found = {
        str(value)
        for record, rows in tables.items()
        for row in rows
        for name, value in row.items()
        if name != "uscc" and isinstance(value, str) and PERSONAL.search(value)
    }
    assert found == set()


def test_parts_add_up_and_references_hold(tables: dict[str, list[dict[str, Any]]]) -> None:
    for row in tables["rd_survey"]:
        assert row["basic"] + row["applied"] + row["experimental"] == pytest.approx(
            row["expenditure"], abs=0.01
        )
    villages = {row["code"] for row in tables["villages"]}
    posts = {row["commissioner"]: row for row in tables["commissioners"]}
    for row in tables["assignments"]:
        post = posts[row["commissioner"]]
        assert row["village"] in villages
        assert row["village"][:6] == row["commissioner"][4:10]
        assert post["start"] <= row["start"] < row["end"]
        assert post["end"] is None or row["end"] <= post["end"]
    listed = {(row["uscc"], row["year"]) for row in tables["rd_units"]}
    assert {(row["uscc"], row["year"]) for row in tables["rd_survey"]} <= listed
    years = {year: sum(y == year for _, y in listed) for year in range(2020, 2026)}
    answered = Counter(row["year"] for row in tables["rd_survey"])
    assert {year: years[year] - answered[year] for year in years if years[year] != answered[year]} == {
        2022: 2,
        2025: 1,
    }


def test_the_story(tables: dict[str, list[dict[str, Any]]], by_hand: ModuleType) -> None:
    """Success, lag, a stock that lapses, and a target one late return away."""
    by_year = {year: by_hand.series(tables, year) for year in range(2020, 2026)}
    end = by_year[2025]
    assert 0.053 < end["rd_intensity"] < 0.055
    assert 0.25 < end["fiscal_st_share"] < 0.3
    assert end["rd_fte"] > 228.18
    assert [by_year[year]["high_tech_enterprises"] for year in by_year] == [4, 7, 11, 11, 12, 9]
    assert 97 < end["commissioner_coverage"] < by_year[2024]["commissioner_coverage"] < 100
    assert [by_year[year]["agri_parks"] for year in by_year] == [1, 2, 3, 4, 5, 5]
    assert [by_year[year]["new_rd_institutions"] for year in by_year] == [0, 0, 1, 1, 2, 2]
    assert [by_year[year]["st_smes"] for year in by_year] == [6, 9, 12, 15, 18, 21]
