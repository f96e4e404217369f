"""Sheets as offices draw them: two-row headers, merged and hidden cells, totals, notes, stray cells."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from kechuang.errors import Fault
from kechuang.packs import Packs
from kechuang.records.scan import scan_sheet
from kechuang.records.sheets import letter
from kechuang.records.tables import TableFile, read_table

CODE = "91330500000000001H"
HEAD = ["统一社会信用代码", "单位名称", "所在县市", "年度", "R&D经费内部支出（万元）"]
ROW = [CODE, "甲", "安吉县", 2024, 12.5]

Draw = Callable[[Worksheet], None]


@pytest.fixture
def draw(tmp_path: Path, packs: Packs) -> Callable[[Draw], TableFile]:
    """Reads a workbook with one sheet, as drawn."""

    def read(paint: Draw) -> TableFile:
        book = Workbook()
        paint(book.active)
        book.save(tmp_path / "a.xlsx")
        return read_table(tmp_path / "a.xlsx", packs.records)

    return read


def told(file: TableFile, severity: str = "error") -> list[tuple[str, str | None]]:
    return [(f.code, f.place.cell) for f in file.faults if f.severity == severity]


def fault(file: TableFile, code: str) -> Fault:
    (found,) = [one for one in file.faults if one.code == code]
    return found


def rows(*lines: list[Any]) -> Draw:
    def paint(sheet: Worksheet) -> None:
        for line in lines:
            sheet.append(line)

    return paint


# -- headers


def test_a_group_over_its_parts(draw: Any) -> None:
    def paint(sheet: Worksheet) -> None:
        sheet.append(["2024年研发经费调查表"])
        sheet.merge_cells("A1:F1")
        sheet.append(["统一社会信用代码", "单位名称", "所在县市", "年度", "经费支出", None, None])
        sheet.append([None, None, None, None, "R&D经费内部支出（万元）", "其中：基础研究", "其中：应用研究"])
        sheet.merge_cells("E2:G2")
        for column in "ABCD":
            sheet.merge_cells(f"{column}2:{column}3")
        sheet.append([*ROW, 1, 2])

    file = draw(paint)
    assert told(file) == []
    (table,) = file.tables
    assert table.columns == {
        "uscc": 0, "name": 1, "county": 2, "year": 3, "expenditure": 4, "basic": 5, "applied": 6,
    }  # fmt: skip
    assert [number for number, _ in table.rows] == [4] and table.header_row == 3


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("R&D经费", "内部支出（万元）"),
        ("R&D经费内部支出", "（万元）"),
        ("R&D经费内部支出", "万元"),
        ("R&D经费内部支出（万元）", None),
        (None, "R&D经费内部支出（万元）"),
    ],
)
def test_a_label_on_two_rows(draw: Any, above: str | None, below: str | None) -> None:
    file = draw(rows([*HEAD[:4], above], [None, None, None, None, below], ROW))
    assert told(file) == [] and file.tables[0].columns["expenditure"] == 4
    assert len(file.tables[0].rows) == 1


def test_a_wrong_unit_below_its_label_is_still_seen(draw: Any) -> None:
    file = draw(rows([*HEAD[:4], "R&D经费内部支出"], [None, None, None, None, "（亿元）"], ROW))
    assert told(file) == [("wrong-unit", "E2")]


def test_the_first_row_of_data_is_never_taken_for_a_part_of_the_header(draw: Any) -> None:
    file = draw(rows(HEAD, [CODE, None, None, 2024, 12.5], ROW))
    assert [number for number, _ in file.tables[0].rows] == [2, 3]


def test_a_header_in_csv_with_groups(tmp_path: Path, packs: Packs) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "统一社会信用代码,单位名称,所在县市,年度,R&D经费内部支出,其中,\n,,,,万元,：基础研究,：应用研究\n"
        f"{CODE},甲,安吉县,2024,3,1,2\n",
        "utf-8",
    )
    file = read_table(path, packs.records)
    assert told(file) == [] and set(file.tables[0].columns) >= {"expenditure", "basic", "applied"}


def test_leading_blanks_odd_spaces_and_columns_in_any_order(draw: Any) -> None:
    head = [
        None,
        None,
        "年度\u200b",
        "R&D经费内部支出\u00a0（万元）",
        "\ufeff统一社会信用代码",
        "单位\u3000名称",
        "所在县市",
    ]

    def paint(sheet: Worksheet) -> None:
        for column, text in enumerate(head, start=1):
            sheet.cell(16, column, text)
        for column, value in enumerate([None, None, 2024, 12.5, CODE, "甲", "安吉县"], start=1):
            sheet.cell(17, column, value)
            sheet.cell(20, column, value)

    file = draw(paint)
    assert told(file) == []
    assert file.tables[0].columns == {"year": 2, "expenditure": 3, "uscc": 4, "name": 5, "county": 6}
    assert [number for number, _ in file.tables[0].rows] == [17, 20]


def test_a_column_that_counts_and_a_row_that_numbers_the_columns(draw: Any) -> None:
    file = draw(rows(["序号", *HEAD], ["甲", "乙", "丙", "丁", 1, 2], [1, *ROW]))
    assert told(file) == []
    assert {code for code, _ in told(file, "hint")} == {"column-ignored"}
    file = draw(rows(HEAD, ["甲", "乙", "丙", 1, 2], ROW))
    assert told(file) == [] and [number for number, _ in file.tables[0].rows] == [3]
    assert fault(file, "column-numbers").place.row is None


# -- rows


def test_merged_cells_among_the_data_are_one_error_each_with_their_range(draw: Any) -> None:
    def paint(sheet: Worksheet) -> None:
        for line in (HEAD, ROW, [CODE, None, None, 2023, 1], [CODE, "乙", "安吉县", 2022, None]):
            sheet.append(line)
        sheet.merge_cells("C2:C3")
        sheet.merge_cells("D4:E4")

    file = draw(paint)
    assert told(file) == [("merged-cells", "C2"), ("merged-cells", "D4")]
    first, second = (f.message.zh for f in file.faults if f.code == "merged-cells")
    assert "C2:C3" in first and "逐行填写" in first and "D4:E4" in second
    # The value stands in for the covered cells, so that no second fault is told of them.
    assert file.tables[0].rows[1][1][2] == "安吉县"


def test_hidden_rows_and_columns_are_read_and_counted(draw: Any) -> None:
    def paint(sheet: Worksheet) -> None:
        sheet.append(HEAD)
        for year in range(2015, 2025):
            sheet.append([CODE, "甲", "安吉县", year, 1])
        for row in (3, 5, 6, 7, 60):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions["B"].hidden = True

    file = draw(paint)
    assert len(file.tables[0].rows) == 10 and told(file) == []
    rows_hint, columns_hint = fault(file, "hidden-rows"), fault(file, "hidden-columns")
    assert rows_hint.severity == columns_hint.severity == "hint"
    assert (
        "4行" in rows_hint.message.zh and "3、5—7" in rows_hint.message.zh and "B" in columns_hint.message.zh
    )


def test_rows_a_filter_hides_are_told_so(draw: Any) -> None:
    def paint(sheet: Worksheet) -> None:
        rows(HEAD, ROW, [CODE, "甲", "安吉县", 2023, 1])(sheet)
        sheet.auto_filter.ref = "A1:E3"
        sheet.row_dimensions[3].hidden = True

    assert "筛选" in fault(draw(paint), "hidden-rows").message.zh


@pytest.mark.parametrize(
    "text", ["合计", "总 计", "小计：", "安吉县小计", "合计（万元）", "全市合计", "\u200b共计"]
)
def test_rows_of_totals_are_refused_by_name(draw: Any, text: str) -> None:
    file = draw(rows(HEAD, ROW, [None, text, None, None, 12.5], ["填表人：某某"]))
    assert told(file) == [("total-row", "B3")]
    assert len(file.tables[0].rows) == 1


@pytest.mark.parametrize("name", ["长兴设计研究院", "计量检测所", "安吉会计师事务所", "合计科技有限公司"])
def test_a_name_is_not_a_total(draw: Any, name: str) -> None:
    file = draw(rows([HEAD[1], HEAD[0], *HEAD[2:]], [name, CODE, "安吉县", 2024, 1]))
    assert told(file) == [] and len(file.tables[0].rows) == 1


@pytest.mark.parametrize(
    "text",
    [
        "填表人：王某某",
        "制表:王某某",
        "审核人（签字）：王某某",
        "联系电话：0572-0000000",
        "注：含外资企业",
        "填报日期：2025-01-05",
    ],
)
def test_notes_below_the_table_are_not_stored_nor_their_names_told(draw: Any, text: str) -> None:
    file = draw(rows(HEAD, ROW, [], [text, None, None, "审核：李某某"]))
    assert told(file) == [] and len(file.tables[0].rows) == 1
    hint = fault(file, "footer-row")
    assert hint.severity == "hint" and hint.place.row == 4
    assert "某某" not in hint.message.zh and "0572" not in hint.message.zh


def test_a_note_above_other_rows_is_judged_like_any_row(draw: Any) -> None:
    file = draw(rows(HEAD, ["填表人：某某"], ROW))
    assert [number for number, _ in file.tables[0].rows] == [2, 3]


def test_a_formula_without_a_value_is_told_even_where_the_row_holds_nothing_else(draw: Any) -> None:
    file = draw(rows(HEAD, ROW, ["=A2", None, None, None, None]))
    assert (2, 0) in file.tables[0].broken and len(file.tables[0].rows) == 2


@given(
    st.lists(
        st.one_of(
            st.text(max_size=8), st.floats(allow_nan=False, allow_infinity=False), st.dates(), st.just("合计")
        ),
        max_size=7,
    ),
    st.integers(0, 3),
)
def test_whatever_stands_in_a_sheet_reading_gives_an_answer(
    tmp_path_factory: pytest.TempPathFactory, packs: Packs, cells: list[Any], place: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    lines: list[list[Any]] = [HEAD, ROW, [CODE, "乙", "安吉县", 2023, date(2024, 1, 1)]]
    lines.insert(place, cells)
    book = Workbook()
    for row, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            cell = book.active.cell(row, column)
            cell.value = value if not isinstance(value, str) else "".join(filter(str.isprintable, value))
            if isinstance(value, str):
                cell.data_type = "s"
    book.save(path)
    file = read_table(path, packs.records, "rd_survey")
    assert file.tables or [f for f in file.faults if f.severity == "error"]


def test_one_stray_cell_far_away_is_refused_with_its_remedy(draw: Any) -> None:
    def paint(sheet: Worksheet) -> None:
        rows(HEAD, ROW)(sheet)
        sheet["XFD1048576"] = 1

    file = draw(paint)
    assert told(file) == [("file-too-large", None)]
    assert "1048576" in file.faults[0].message.zh and "删去" in file.faults[0].message.zh


def test_a_file_of_a_gigabyte_is_refused_before_it_is_read(tmp_path: Path, packs: Packs) -> None:
    for name in ("a.xlsx", "a.csv"):
        path = tmp_path / name
        with path.open("wb") as stream:
            stream.write(b"PK\x03\x04")
            stream.truncate(2**30)
        file = read_table(path, packs.records)
        assert told(file) == [("file-too-large", None)] and file.content == b""
        assert "CSV" in file.faults[0].message.zh


def test_an_archive_that_lies_about_its_sizes_is_not_unpacked_without_end(
    tmp_path: Path, packs: Packs
) -> None:
    import struct
    import zipfile

    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/_rels/workbook.xml.rels", "<Relationships/>")
        archive.writestr("xl/sharedStrings.xml", bytes(600 * 2**20))
    content = bytearray(path.read_bytes())
    entry = content.rfind(b"xl/sharedStrings.xml") - 46
    struct.pack_into("<I", content, entry + 24, 1000)
    path.write_bytes(content)
    assert told(read_table(path, packs.records)) == [("unreadable-workbook", None)]


def test_a_sheet_whose_elements_have_a_prefix_is_scanned_too(tmp_path: Path, packs: Packs) -> None:
    import re
    import zipfile

    book = Workbook()
    for line in (HEAD, ROW, [CODE, "乙", "安吉县", 2023, "#DIV/0!"], [CODE, "丙", "安吉县", 2022, "=1+1"]):
        book.active.append(line)
    book.active.row_dimensions[2].hidden = True
    book.save(tmp_path / "plain.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as source,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w") as made,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", content).replace(b"xmlns=", b"xmlns:x=")
            made.writestr(name, content)
    file = read_table(tmp_path / "a.xlsx", packs.records)
    assert file.tables[0].broken == {(2, 4): "cell-error", (3, 4): "formula-not-computed"}
    assert fault(file, "hidden-rows").severity == "hint"


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(1, 16384)), min_size=1, max_size=6))
def test_how_far_a_sheet_reaches_is_seen_without_reading_it(cells: list[tuple[int, int]]) -> None:
    rows_of: dict[int, set[int]] = {}
    for row, column in cells:
        rows_of.setdefault(row, set()).add(column)
    xml = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{letter(column - 1)}{row}"><v>1</v></c>' for column in sorted(columns))
        + "</row>"
        for row, columns in sorted(rows_of.items())
    )
    facts = scan_sheet(io.BytesIO(f"<worksheet><sheetData>{xml}</sheetData></worksheet>".encode()))
    assert facts.height == max(row for row, _ in cells)
    assert facts.width == max(26, *(column for _, column in cells))
