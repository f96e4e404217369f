"""The round of a return by commands: template, filled in, checked, error workbook, mended, merged, imported."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

GOOD = ["甲园", "安吉县", "国家级", "建设期", date(2022, 5, 1)]
BAD = ["乙园", "安吉乡", "国家级", None, "2022-13-01"]


@pytest.fixture
def office(run: Any, tmp_path: Path) -> Any:
    """Runs ``records`` commands in a fresh workspace beside the files."""
    assert run("init", tmp_path / "ws", "--region", "330500", "--name", "示例").status == 0

    def records(*arguments: object, lang: str = "zh") -> Any:
        return run("-C", tmp_path / "ws", "--lang", lang, "records", *arguments)

    return records


def fill(source: Path, target: Path, *rows: list[Any]) -> Path:
    book = load_workbook(source)
    for number, row in enumerate(rows, start=3):
        for column, value in enumerate(row, start=1):
            book.worksheets[0].cell(number, column, value)
    book.save(target)
    return target


def test_from_template_to_store_by_way_of_an_error_workbook(office: Any, tmp_path: Path) -> None:
    made = office("template", "agri_parks", "rd_survey", "-o", tmp_path / "t.xlsx", "--json")
    assert made.status == 0 and made.json["types"] == ["agri_parks", "rd_survey"]
    sent = fill(tmp_path / "t.xlsx", tmp_path / "安吉.xlsx", GOOD, BAD)
    errors = tmp_path / "errors.xlsx"
    checked = office("check", sent, "--out", errors, "--json")
    assert checked.status == 1 and checked.json["error_books"] == {str(sent): str(errors)}
    assert [(e["row"], e["column"]) for e in checked.json["errors"]] == [(4, "B"), (4, "D"), (4, "E")]
    told = office("check", sent)
    assert "安吉乡" in told.out and not list(tmp_path.glob("*问题*"))
    book = load_workbook(errors)
    for cell, value in (("B4", "安吉县"), ("D4", "已验收"), ("E4", date(2022, 6, 1))):
        book["农业科技园区"][cell] = value
    book.save(errors)
    assert "核对通过：2行" in office("check", errors).out
    dry = office("import", errors, "--dry-run")
    assert dry.status == 0 and "新增" in dry.out
    assert office("import", errors, "--errors", tmp_path / "none.xlsx", "--json").json["accepted"] == 2
    assert not (tmp_path / "none.xlsx").exists()
    changed = fill(tmp_path / "t.xlsx", tmp_path / "b.xlsx", [*GOOD[:3], "已验收", GOOD[4]])
    shown = office("import", changed, "--dry-run")
    assert "建设期" in shown.out and "已验收" in shown.out and "甲园" in shown.out
    (one,) = office("import", changed, "--dry-run", "--json").json["preview"]
    assert (one["corrected"], one["changes"][0]["old"], one["changes"][0]["new"]) == (
        1,
        "building",
        "accepted",
    )


def test_several_files_have_their_error_workbooks_in_a_folder(office: Any, tmp_path: Path) -> None:
    office("template", "agri_parks", "-o", tmp_path / "t.xlsx")
    one = fill(tmp_path / "t.xlsx", tmp_path / "a.xlsx", BAD)
    two = fill(tmp_path / "t.xlsx", tmp_path / "b.xlsx", BAD)
    good = fill(tmp_path / "t.xlsx", tmp_path / "c.xlsx", GOOD)
    (tmp_path / "none.xlsx").write_bytes(b"")
    refused = office("check", one, two, "--out", tmp_path / "e.xlsx")
    assert (
        refused.status == 1
        and "several-files"
        in refused.err + office("check", one, two, "--out", tmp_path / "e.xlsx", "--json").out
    )
    ran = office("import", one, two, good, tmp_path / "none.xlsx", "--errors", tmp_path / "out", "--json")
    assert ran.status == 1 and sorted(ran.json["error_books"]) == [str(one), str(two)]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a-问题.xlsx", "b-问题.xlsx"]
    assert office("check", tmp_path / "none.xlsx", "--out", tmp_path / "e.xlsx").status == 1
    assert not (tmp_path / "e.xlsx").exists()


def test_returns_of_several_offices_are_merged(office: Any, tmp_path: Path) -> None:
    office("template", "agri_parks", "-o", tmp_path / "t.xlsx")
    one = fill(tmp_path / "t.xlsx", tmp_path / "a.xlsx", GOOD, ["丙园", *GOOD[1:]])
    two = fill(tmp_path / "t.xlsx", tmp_path / "b.xlsx", ["丙园", *GOOD[1:]], [*GOOD[:3], "已验收", GOOD[4]])
    out = tmp_path / "m.xlsx"
    open_ = office("merge", one, two, "-o", out)
    assert open_.status == 1 and "建设期" in open_.out and "已验收" in open_.out
    assert office("import", out).status == 1
    ran = office("merge", one, two, "-o", out, "--prefer", "last", "--json")
    assert ran.status == 0
    assert (ran.json["rows"], ran.json["repeated"], ran.json["undecided"]) == (2, 1, 0)
    assert ran.json["conflicts"][0]["kept"] == {"file": "b.xlsx", "row": 4}
    assert office("import", out, "--json").json["accepted"] == 2
    assert office("merge", one, "-o", out, "--prefer", "middle").status == 2
    assert office("merge", one, "-o", tmp_path / "m.csv").status == 1
    assert office("merge", one, "-o", out, "--type", "nothing").status == 1


def test_in_english(office: Any, tmp_path: Path) -> None:
    office("template", "agri_parks", "-o", tmp_path / "t.xlsx", lang="en")
    sent = fill(tmp_path / "t.xlsx", tmp_path / "a.xlsx", ["Park", "安吉县", "National", "Building", "soon"])
    ran = office("check", sent, "--out", tmp_path / "e.xlsx", lang="en")
    assert ran.status == 1 and "Error workbook of a.xlsx" in ran.out
    book = load_workbook(tmp_path / "e.xlsx")
    assert book.sheetnames[0] == "Findings"
    texts = [
        str(cell.value)
        for line in book["Findings"].iter_rows(min_row=1, max_row=3)
        for cell in line
        if cell.value
    ]
    assert not any(ord(character) > 0x2E80 for text in texts for character in text)
    assert office("check", tmp_path / "e.xlsx", lang="zh").status == 1
