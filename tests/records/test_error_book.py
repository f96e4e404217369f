"""The error workbook: what was sent comes back marked, can be mended and sent again as it is."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import literal
from kechuang.records.errorbook import write_error_book
from kechuang.records.marking import LOOKS
from kechuang.records.templates import write_table

RED, YELLOW, BLUE = (LOOKS[level][0] for level in ("error", "warning", "hint"))


def book_of(office: Any, path: Path, out: str = "errors.xlsx") -> tuple[Path, Any]:
    """The error workbook of a file, as its import is refused, and what was found."""
    result = office.bring(path, dry_run=True)
    write_error_book(path, result.faults, office.folder / out)
    return office.folder / out, result


def places(result: Any) -> list[tuple[str, str | None, str]]:
    return sorted((f.code, f.place.cell, f.severity) for f in result.faults)


def test_bad_cells_are_marked_and_listed_with_a_link(office: Any) -> None:
    row = office.survey
    path = office.write("a.xlsx", row(1), row(2, amount="很多"), row(3, county=None), row(1))
    out, _ = book_of(office, path)
    book = load_workbook(out)
    assert book.sheetnames == ["问题清单", "Sheet"] and book.active.title == "问题清单"
    listed, sheet = book.worksheets
    heads = [cell.value for cell in listed[3]]
    assert heads == ["序号", "程度", "工作表", "单元格", "列名", "现在填的", "哪里不对", "怎样改"]
    lines = [[cell.value for cell in line] for line in listed.iter_rows(min_row=4)]
    # Errors first, by row; the columns nobody filled in are a warning of the whole sheet.
    assert [(line[1], line[3], line[5]) for line in lines] == [
        ("错误", "E3", "很多"),
        ("错误", "C4", None),
        ("错误", "A5", office.code(1)),
        ("提醒", "A1", None),
    ]
    assert lines[0][4] == "R&D经费内部支出" and all(line[6] and line[7] for line in lines)
    assert listed["D4"].hyperlink.location == "'Sheet'!E3"
    assert "3处错误" in listed["A2"].value
    for cell in ("E3", "C4", "A5"):
        assert sheet[cell].fill.fgColor.rgb == RED and sheet[cell].border.left.style == "medium"
        assert sheet[cell].comment is not None and "错误" in sheet[cell].comment.text
    assert sheet["A1"].fill.fgColor.rgb == YELLOW and sheet["A1"].border.left.style == "mediumDashed"
    assert "1." in sheet["E3"].comment.text
    assert sheet["E2"].fill.fill_type is None and sheet["E2"].comment is None


def test_it_can_be_mended_and_sent_back_as_it_is(office: Any) -> None:
    row = office.survey
    path = office.write("a.xlsx", row(1), row(2, amount="很多"), row(3, county="安吉乡"))
    out, first = book_of(office, path)
    again = office.bring(out, dry_run=True)
    assert places(again) == places(first)
    book = load_workbook(out)
    book["Sheet"]["E3"] = 5
    book.save(out)
    second, result = book_of(office, out, "second.xlsx")
    assert [f.place.cell for f in result.errors] == ["C4"]
    book = load_workbook(second)
    assert book.sheetnames == ["问题清单", "Sheet"]  # the earlier list has made way
    sheet = book["Sheet"]
    assert sheet["E3"].fill.fill_type is None and sheet["E3"].comment is None  # mended: its mark is off
    assert sheet["C4"].fill.fgColor.rgb == RED and sheet["C4"].comment.text.count("错误") == 1
    sheet["C4"] = "安吉县"
    book.save(second)
    assert office.bring(second).ok and office.stored() == (1, 3)
    assert [r.row for r in office.store.as_of(office.store._now().date(), "rd_survey")] == [2, 3, 4]


def test_all_else_stays_as_it_was(office: Any) -> None:
    """Formulas with their values, comments, validations, hidden sheets, tables, fills, names."""
    book = Workbook()
    sheet = book.active
    sheet.title = "上报"
    for line in [
        ["统一社会信用代码", "单位名称", "所在县市", "年度", "R&D经费内部支出"],
        office.survey(1),
        office.survey(2, county="安吉乡"),
        office.survey(3),
    ]:
        sheet.append(line)
    sheet["E2"].comment = Comment("原有批注", "统计科")
    sheet["C3"].comment = Comment("此处待核", "统计科")
    sheet["B3"].fill = PatternFill("solid", fgColor="FF00FF00")
    rule = DataValidation(type="list", formula1='"安吉县,德清县"')
    rule.add("C2:C9")
    sheet.add_data_validation(rule)
    sheet.add_table(Table(displayName="T1", ref="A1:E4"))
    sheet.print_title_rows = "1:1"
    side = book.create_sheet("备忘")
    side["A1"], side["A2"] = "记事", "=1+1"
    book.create_sheet("藏").sheet_state = "hidden"
    path = office.folder / "a.xlsx"
    book.save(path)
    _with_values(path)
    out, _ = book_of(office, path)
    made = load_workbook(out)
    assert made.sheetnames == ["问题清单", "上报", "备忘", "藏"] and made["藏"].sheet_state == "hidden"
    after = made["上报"]
    assert after["E2"].comment.text == "原有批注"
    assert after["C3"].comment.text.startswith("此处待核") and "安吉乡" in after["C3"].comment.text
    assert after["B3"].fill.fgColor.rgb == "FF00FF00" and after["C3"].fill.fgColor.rgb == RED
    assert [str(r.sqref) for r in after.data_validations.dataValidation] == ["C2:C9"]
    assert list(after.tables) == ["T1"] and after.print_title_rows == "$1:$1"
    assert made["备忘"]["A2"].value == "=1+1"
    assert load_workbook(out, data_only=True)["备忘"]["A2"].value == 2
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None and len(set(archive.namelist())) == len(archive.namelist())


def _with_values(path: Path) -> None:
    """Puts the value of =1+1 beside the formula, as a spreadsheet does."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, re.sub(rb"(<f>1\+1</f>)<v[^<]*(</v>)?", rb"\1<v>2</v>", content))
    assert load_workbook(path, data_only=True)["备忘"]["A2"].value == 2


def test_a_filled_template_keeps_its_locks_and_lists(office: Any) -> None:
    type_ = office.packs.records["agri_parks"]
    path = office.folder / "t.xlsx"
    write_table(type_, [], path, regions=office.store.regions, within="330500", sample=True)
    book = load_workbook(path)
    book.worksheets[0]["A3"], book.worksheets[0]["A4"] = "甲园", "合计"
    book.save(path)
    out, result = book_of(office, path)
    sheet = load_workbook(out)[type_.label.zh]
    # An empty cell that must be filled in is marked and stays free, in the form of its column.
    for cell in ("B3", "C3", "D3", "E3"):
        assert sheet[cell].fill.fgColor.rgb == RED and not sheet[cell].protection.locked
    assert sheet["E3"].number_format == "yyyy-mm-dd" and sheet.protection.sheet
    assert sheet["A4"].fill.fgColor.rgb == RED
    assert sheet["A2"].comment.text.startswith("←示例行")
    assert {f.code for f in result.errors} == {"required", "total-row"}
    assert places(office.bring(out, dry_run=True)) == places(result)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_csv_comes_back_as_a_workbook_of_the_same_table(office: Any, encoding: str) -> None:
    path = office.write("甲[1].csv", office.survey(1), office.survey(2, amount="很多"))
    path.write_bytes(path.read_text("utf-8").encode(encoding))
    out, result = book_of(office, path)
    book = load_workbook(out)
    assert book.sheetnames == ["问题清单", "甲＿1＿"]
    assert book.worksheets[1]["E3"].fill.fgColor.rgb == RED and book.worksheets[1]["E3"].value == "很多"
    assert book.worksheets[0]["D4"].hyperlink.location == "'甲＿1＿'!E3"
    assert places(office.bring(out, dry_run=True)) == places(result)


def test_what_an_office_sent_is_made_harmless(office: Any) -> None:
    path = office.write(
        "a.xlsx", office.survey(1), [*office.survey(2)[:1], "=cmd|' /C calc'!A0", None, 2024, 1]
    )
    out, _ = book_of(office, path)
    cell = load_workbook(out)["Sheet"]["B3"]
    assert cell.data_type == "s" and cell.value == "=cmd|' /C calc'!A0"


def test_macros_do_not_go_back(office: Any) -> None:
    path = office.write("a.xlsx", office.survey(1, amount="很多"))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    kinds = (
        parts["[Content_Types].xml"]
        .replace(b"spreadsheetml.sheet.main+xml", b"XX")
        .replace(
            b"application/vnd.openxmlformats-officedocument.XX",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )
    )
    parts["[Content_Types].xml"] = kinds.replace(
        b"</Types>", b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    )
    parts["xl/vbaProject.bin"] = b"macro"
    macro = office.folder / "a.xlsm"
    with zipfile.ZipFile(macro, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    out, result = book_of(office, macro)
    with zipfile.ZipFile(out) as archive:
        assert "xl/vbaProject.bin" not in archive.namelist()
        assert b"macroEnabled" not in archive.read("[Content_Types].xml")
    assert places(office.bring(out, dry_run=True)) == places(result)


def test_a_hint_has_a_look_of_its_own(office: Any) -> None:
    path = office.write("a.csv", office.survey(1))
    faults = [Fault("x", literal("看看"), Place("a.csv", None, 2, "B"), severity="hint")]
    write_error_book(path, faults, office.folder / "e.xlsx", "en")
    book = load_workbook(office.folder / "e.xlsx")
    assert book.sheetnames[0] == "Findings" and book.worksheets[0]["B4"].value.lower() == "hint"
    cell = book.worksheets[1]["B2"]
    assert cell.fill.fgColor.rgb == BLUE and cell.border.left.style == "dotted"
    assert office.bring(office.folder / "e.xlsx", dry_run=True).ok  # an English list is not read either


def test_many_findings_on_a_large_sheet(office: Any) -> None:
    rows = [office.survey(n, amount="x" if n % 7 == 0 else n) for n in range(5000)]
    path = office.write("a.xlsx", *rows)
    out, result = book_of(office, path)
    assert len(result.errors) == 715
    book = load_workbook(out)
    red = [cell.coordinate for cell in book["Sheet"]["E"] if cell.fill.fgColor.rgb == RED]
    assert red == [f"E{n + 2}" for n in range(0, 5000, 7)]
    assert book.worksheets[0].max_row == 3 + len(result.faults)


def test_files_that_cannot_be_read_or_written(office: Any) -> None:
    broken = office.folder / "a.xlsx"
    broken.write_bytes(b"PK\x03\x04" + bytes(99))
    with pytest.raises(KechuangError) as caught:
        write_error_book(broken, [], office.folder / "e.xlsx")
    assert caught.value.code == "no-error-book"
    good = office.write("b.csv", office.survey(1))
    with pytest.raises(KechuangError) as caught:
        write_error_book(good, [], office.folder / "e.csv")
    assert caught.value.code == "unknown-suffix"
    with pytest.raises(KechuangError) as caught:
        write_error_book(good, [], office.folder / "none" / "e.xlsx")
    assert caught.value.code == "not-writable"
    assert not (office.folder / "e.xlsx").exists()
