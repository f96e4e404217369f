"""Real files of other programs: .xls, .et and .ods as LibreOffice writes them, and ours as it reads them."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from kechuang.records.errorbook import write_error_book
from kechuang.records.tables import read_table
from kechuang.records.templates import write_table

pytestmark = pytest.mark.office


def converted(path: Path, kind: str) -> Path:
    """The file as another kind, made by LibreOffice in a folder of its own."""
    folder = path.parent / f"as-{kind.partition(':')[0]}"
    profile = f"-env:UserInstallation=file://{path.parent / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return folder / f"{path.stem}.{kind.partition(':')[0]}"


@pytest.fixture
def drawn(office: Any) -> Path:
    """A sheet with an error value, a formula, merged and hidden cells, long text, dates and many rows."""
    book = Workbook()
    sheet = book.active
    sheet.title = "研发经费"
    sheet.append(["2024年研发经费调查表"])
    sheet.merge_cells("A1:E1")
    sheet.append(["统一社会信用代码", "单位名称", "所在县市", "年度", "R&D经费内部支出（万元）"])
    for number in range(1, 400):
        sheet.append(office.survey(number, amount="=6*7" if number == 2 else number))
    sheet["E5"] = "=1/0"
    sheet["B6"] = "=甲"
    sheet["B6"].data_type = "s"
    sheet.merge_cells("C8:C9")
    sheet.row_dimensions[12].hidden = True
    sheet.column_dimensions["B"].hidden = True
    path: Path = office.folder / "drawn.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("kind", ["xls", "et", "ods", "xlsx"])
def test_other_programs_files_are_read_with_all_that_stands_beside_the_values(
    office: Any, drawn: Path, kind: str
) -> None:
    path = converted(drawn, "xls" if kind == "et" else kind)
    if kind == "et":  # WPS keeps its .et as the same records in the same container
        path = Path(shutil.copy(path, path.with_suffix(".et")))
    file = read_table(path, office.packs.records)
    (table,) = file.tables
    assert len(table.rows) == 399 and table.type.id == "rd_survey"
    assert table.broken == {(4, 4): "cell-error"}
    assert table.rows[1][1][4] == 42.0 and table.rows[3][1][1] == "=甲"
    found = {fault.code: fault for fault in file.faults}
    assert set(found) == {"optional-column", "merged-cells", "hidden-rows", "hidden-columns"}
    assert "C8:C9" in found["merged-cells"].message.zh and "第12行" in found["hidden-rows"].message.zh
    result = office.bring(path, dry_run=True)
    assert [fault.code for fault in result.errors] == ["merged-cells", "cell-error"]
    out = office.folder / "e.xlsx"
    write_error_book(path, result.faults, out)
    again = office.bring(out, dry_run=True)
    marked = load_workbook(out)["研发经费"]["E5"]
    assert marked.comment is not None
    # Converted, what was merged is one value and an empty cell; an error value stays one.
    merged = ("merged-cells", "C8") if kind == "xlsx" else ("required", "C9")
    assert {(fault.code, fault.place.cell) for fault in again.errors} == {merged, ("cell-error", "E5")}


def test_a_small_xls_and_one_with_a_password(office: Any) -> None:
    small = converted(office.write("s.xlsx", office.survey(1)), "xls")
    assert office.bring(small, dry_run=True).ok
    damaged = office.folder / "half.xls"
    damaged.write_bytes(small.read_bytes()[:2000])
    assert [fault.code for fault in office.bring(damaged).errors] == ["unreadable-workbook"]


def test_a_template_filled_in_by_another_program_comes_back(office: Any) -> None:
    type_ = office.packs.records["agri_parks"]
    path = office.folder / "t.xlsx"
    write_table(type_, [], path, regions=office.store.regions, within="330500", sample=True)
    book = load_workbook(path)
    for column, value in enumerate(["甲园", "安吉县", "国家级", "建设期", date(2022, 5, 1)], start=1):
        book.worksheets[0].cell(3, column, value)
    book.save(path)
    for kind in ("xlsx", "xls", "ods", "csv:Text - txt - csv (StarCalc):44,34,76"):
        file = converted(path, kind)
        result = office.bring(file, dry_run=True)
        assert result.ok and result.rows == 1, (kind, [f.full().zh for f in result.faults])


def test_our_workbooks_open_in_another_program_without_loss(office: Any) -> None:
    rows = [
        {"uscc": office.code(n), "name": name, "county": "330523", "year": 2024, "expenditure": 1.5}
        for n, name in enumerate(["=1+1", "a_x0041_b", "<&>\"'", "甲\n乙", "'丙"])
    ]
    path = office.folder / "ours.xlsx"
    write_table(office.packs.records["rd_survey"], rows, path, regions=office.store.regions, within="330500")
    back = read_table(converted(path, "xlsx"), office.packs.records)
    assert [cells[1] for _, cells in back.tables[0].rows] == [row["name"] for row in rows]
    bad = office.write("bad.csv", office.survey(1), office.survey(2, amount="很多"))
    out = office.folder / "e.xlsx"
    write_error_book(bad, office.bring(bad, dry_run=True).faults, out)
    opened = load_workbook(converted(out, "xlsx"))
    assert opened.sheetnames[0] == "问题清单"
    cell = opened.worksheets[1]["E3"]
    assert (
        cell.comment is not None and "应为数字" in cell.comment.text and cell.fill.fgColor.rgb == "FFFFC7CE"
    )
    again = office.bring(converted(out, "xlsx"), dry_run=True)
    assert [fault.place.cell for fault in again.errors] == ["E3"]
