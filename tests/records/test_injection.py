"""Text a spreadsheet would run is written so that it runs nothing, and read back as it was."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook

from kechuang.errors import Fault
from kechuang.language.regions import RegionTree
from kechuang.messages import literal
from kechuang.packs import Packs
from kechuang.packs.model import Label, RecordType
from kechuang.records.errorbook import write_error_book
from kechuang.records.mergebook import write_merged
from kechuang.records.merging import merge
from kechuang.records.tables import read_table
from kechuang.records.templates import write_table

TODAY = date(2026, 1, 5)
CODE = "91350100M000100Y43"
RISKY = tuple("=+-@\t\r\n＝＋－＠")

#: Text as the store keeps it: no control characters, no space around.
KEPT = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=30)
    .map(lambda text: normalize("NFC", text).strip())
    .filter(bool)
)
NASTY = st.builds(
    lambda start, text: (start + text).strip(),
    st.sampled_from(
        ["=", "+", "-", "@", "'=", "''+", "＝", "=cmd|' /C calc'!A0", '=HYPERLINK("x")', "'", "_x0041_"]
    ),
    KEPT,
)


def row(name: str) -> dict[str, Any]:
    return {"uscc": CODE, "name": name, "county": "330523", "year": 2024, "expenditure": 1.5}


def strings_only(path: Path) -> None:
    """No cell of any sheet is a formula, and what begins like one carries the mark of text."""
    with zipfile.ZipFile(path) as archive:
        for part in archive.namelist():
            if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                assert not etree.fromstring(archive.read(part)).findall(".//{*}c/{*}f"), part
    book = load_workbook(path)
    for sheet in book.worksheets:
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, str) and cell.value[:1] in RISKY:
                    assert cell.data_type == "s" and cell.quotePrefix, (
                        sheet.title,
                        cell.coordinate,
                        cell.value,
                    )


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_any_text_comes_back_and_runs_nothing(
    packs: Packs, tmp_path_factory: pytest.TempPathFactory, suffix: str
) -> None:
    survey = packs.records["rd_survey"]
    path = tmp_path_factory.mktemp("inject") / f"a.{suffix}"

    @settings(max_examples=60, deadline=None)
    @given(KEPT | NASTY)
    @example("_x0041_")
    @example("a_x005F_b_x_")
    @example("a\nb")
    @example("=1+1")
    def check(text: str) -> None:
        write_table(survey, [row(text)], path, excel=True, fill=False)
        file = read_table(path, packs.records)
        assert [cells[1] for _, cells in file.tables[0].rows] == [text]
        if suffix == "xlsx":
            strings_only(path)
        else:
            for line in csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")):
                assert not any(cell[:1] in RISKY for cell in line if cell), line

    check()


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_heads_and_choices_are_harmless_too(packs: Packs, tmp_path: Path, suffix: str) -> None:
    survey = packs.records["rd_survey"]
    fields = dict(survey.fields)
    fields["name"] = fields["name"].model_copy(update={"label": Label(zh="=cmd|'/C calc'!A0", en="=1")})
    evil: RecordType = survey.model_copy(update={"fields": fields, "label": Label(zh="=甲", en="=A")})
    path = tmp_path / f"a.{suffix}"
    write_table(evil, [row("甲")], path, sample=False)
    if suffix == "xlsx":
        book = load_workbook(path)
        assert book.worksheets[0]["B1"].data_type == "s"
        with zipfile.ZipFile(path) as archive:
            parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
            assert not any(b"<f>" in archive.read(name) for name in parts)
    else:
        assert path.read_text("utf-8").splitlines()[0].split(",")[1].startswith("'=")
    assert read_table(path, {"rd_survey": evil}).tables[0].columns["name"] == 1


def test_error_workbooks_and_merged_files_are_harmless(packs: Packs, tmp_path: Path) -> None:
    survey = packs.records["rd_survey"]
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    regions = RegionTree.national()

    @settings(max_examples=20, deadline=None)
    @given(NASTY)
    def check(text: str) -> None:
        for path, amount in ((one, 1.5), (two, 2.5)):
            write_table(survey, [{**row(text), "expenditure": amount}], path)
        merged = merge([one, two], packs.records, TODAY, regions=regions, within="330500")
        write_merged(merged, tmp_path / "merged.xlsx")
        strings_only(tmp_path / "merged.xlsx")
        place = read_table(one, packs.records).tables[0].place(2, "name")
        write_error_book(one, [Fault("pattern", literal(text), place)], tmp_path / "errors.xlsx")
        strings_only(tmp_path / "errors.xlsx")
        back = read_table(tmp_path / "errors.xlsx", packs.records)
        assert [cells[1] for _, cells in back.tables[0].rows] == [text]

    check()
