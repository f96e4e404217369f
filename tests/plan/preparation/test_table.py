"""The table of adoption says the same words in every form, and a filled-in workbook is read back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from openpyxl import load_workbook

from kechuang.messages import in_language
from kechuang.plan.preparation.comment_file import dispose_from
from kechuang.plan.preparation.comments import Written, add_comment, dispose, open_round, summary
from kechuang.plan.preparation.folder import PlanFolder
from kechuang.publish.consultation import Table, table_of, write_table

Refused = Callable[[str], AbstractContextManager[object]]


@pytest.fixture
def consulted(folder: PlanFolder) -> PlanFolder:
    """Two rounds, four comments: adopted, partly, not, and one still open."""
    with folder.change() as change:
        draft = folder.folder / "source" / "规划.txt"
        open_round(
            change, date(2020, 11, 1), date(2020, 11, 30), draft=draft, name="书面征求意见", asked_count=12
        )
        add_comment(change, Written("county", "甲县科技局", "目标偏低，\n建议提高", "T1"))
        add_comment(
            change,
            Written("expert", "示例大学农学专家", "<b>补充</b>牵头单位 & 期限", "支持企业建立研发机构"),
        )
        open_round(change, date(2020, 12, 1), date(2020, 12, 31), draft=draft, channels=["网站公开"])
        add_comment(change, Written("public", "", "建议每个乡镇都建一个科技馆"))
        add_comment(change, Written("department", "某部门", "=1+1 的口径请注明", "T3"))
        dispose(change, ["C1"], "adopted", change_made="提高到66家")
        dispose(change, ["C2"], "partly", reason="期限由方案规定", change_made="补充牵头单位")
        dispose(change, ["C3"], "not", reason="超出财力")
    return folder


def table(folder: PlanFolder, number: int | None = None) -> Table:
    return table_of(folder.plan(), folder.state(), number, folder.today)


def test_head_rows_and_warning(consulted: PlanFolder) -> None:
    made = table(consulted)
    assert made.title == "《临水市“十四五”科技创新规划》征求意见采纳情况汇总表"
    assert made.head == (
        "书面征求意见：2020年11月1日—2020年11月30日，征求12个单位意见。",
        "第2轮征求意见（网站公开）：2020年12月1日—2020年12月31日。",
        "共收到意见4条：采纳1条，部分采纳1条，未采纳1条，未处理1条。",
    )
    assert [warning.zh for warning in made.warnings] == ["1条意见还没有处理：C4"]
    assert made.rows[1] == (
        "2",
        "C2",
        "示例大学农学专家（专家）",
        "<b>补充</b>牵头单位 & 期限",
        "“支持企业建立研发机构”",
        "部分采纳",
        "期限由方案规定\n修改：补充牵头单位",
    )
    assert made.rows[2][2:6] == ("公众1", "建议每个乡镇都建一个科技馆", "全文", "未采纳")
    assert made.rows[3][4:6] == ("T3 技术合同成交额", "未处理")
    second = table(consulted, 2)
    assert [row[1] for row in second.rows] == ["C3", "C4"]
    assert len(second.head) == 2


def test_no_round_no_table(folder: PlanFolder, refused: Refused) -> None:
    with refused("no-round"):
        table(folder)


def test_the_docx_says_what_the_table_says(consulted: PlanFolder, tmp_path: Path) -> None:
    made = table(consulted)
    write_table(tmp_path / "t.docx", made)
    document = Document(str(tmp_path / "t.docx"))
    words = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert "".join(words[:2]) == made.title
    assert tuple(words[2:]) == made.head
    grid = document.tables[0]
    assert tuple(cell.text for cell in grid.rows[0].cells) == made.columns
    assert [tuple(cell.text for cell in row.cells) for row in grid.rows[1:]] == made.rows
    section = document.sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert section.page_width is not None and section.page_height is not None
    assert section.page_width > section.page_height
    assert "tblHeader" in grid.rows[0]._tr.xml  # the head repeats on each page


def test_the_workbook_says_it_too_and_is_read_back_filled_in(consulted: PlanFolder, tmp_path: Path) -> None:
    made = table(consulted)
    path = tmp_path / "t.xlsx"
    write_table(path, made)
    book = load_workbook(path)
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][0] == made.title
    assert tuple(row[0] for row in rows[1:4]) == made.head
    assert rows[4][1] == "编号"
    for row, line in zip(rows[5:], made.lines, strict=True):
        shown = (line.number, line.comment, line.source, line.text, line.about, line.disposition)
        assert row[:6] == shown
        assert (row[6] or "", row[7] or "") == (line.reason, line.change)
    assert book.active.cell(9, 4).data_type == "s"  # “=1+1 …” is no formula
    with consulted.change() as change:
        assert dispose_from(change, path) == 0
    book.active.cell(9, 6).value, book.active.cell(9, 7).value = "未采纳", "口径见统计制度"
    book.save(path)
    with consulted.change() as change:
        assert dispose_from(change, path) == 1
    assert summary(consulted.state()).open == 0
    assert table(consulted).warnings == ()


def test_the_page_and_the_csv(consulted: PlanFolder, tmp_path: Path) -> None:
    made = table(consulted)
    write_table(tmp_path / "t.html", made)
    page = (tmp_path / "t.html").read_text("utf-8")
    cells = [unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", page, re.DOTALL)]
    assert [tuple(cells[at : at + 7]) for at in range(0, len(cells), 7)] == made.rows
    assert "<b>补充" not in page
    assert "http" not in page  # nothing is fetched from elsewhere
    write_table(tmp_path / "t.csv", made)
    rows = list(csv.reader(io.StringIO((tmp_path / "t.csv").read_text("utf-8-sig"), newline="")))
    assert [row[1] for row in rows[1:]] == ["C1", "C2", "C3", "C4"]
    assert rows[1][3] == "目标偏低，\n建议提高"
    assert rows[4][3] == "'=1+1 的口径请注明"


def test_in_english(consulted: PlanFolder, tmp_path: Path) -> None:
    with in_language("en"):
        made = table(consulted)
        write_table(tmp_path / "t.docx", made)
    assert made.rows[0][3] == "目标偏低，\n建议提高"  # what was said stays as it was said
    assert "2020-11-01" in made.head[0]


def test_unknown_suffix_and_folder(consulted: PlanFolder, tmp_path: Path, refused: Refused) -> None:
    with refused("unknown-suffix"):
        write_table(tmp_path / "t.pdf", table(consulted))
    with refused("file-unwritable"):
        write_table(tmp_path / "none" / "t.csv", table(consulted))
    assert list(tmp_path.glob("t.*")) == []
