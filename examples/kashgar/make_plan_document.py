"""Writes the example's plan document, plan/source/….docx, in the layout of an official plan.

The words are this project's own; the facts (issuer, dates, basis, framework, problems, indicators and
their values, the tasks and measures) are those of the public interpretation of Kashgar prefecture's
14th five-year plan for S&T innovation by the prefecture's bureau of science and technology. Run by
hand (``python examples/kashgar/make_plan_document.py``); the document is committed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from sample import plan_text
from sample.still import still

HERE = Path(__file__).resolve().parent
NAME = "喀什地区“十四五”科技创新发展规划解读（示例文本）.docx"
NUMERALS = "一二三四五六七八九十"
CENTRE, LEFT, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT


def write_document(path: Path) -> None:
    """Write the plan document to ``path`` (docx), the same bytes on every run."""
    document = Document()
    _set_page(document)
    _line(document, plan_text.TITLE, 22, bold=True)
    _line(document, plan_text.SUBTITLE, 12)
    _line(document, plan_text.ISSUED, 14)
    _body(document, plan_text.INTRODUCTION)
    _chapter(document, 1, "编制背景")
    _sections(document, plan_text.BACKGROUND)
    _chapter(document, 2, "发展基础与面临形势")
    _sections(document, plan_text.SITUATION)
    _chapter(document, 3, "总体思路与目标")
    _sections(document, [("总体思路", plan_text.APPROACH), ("发展目标", plan_text.GOALS)])
    _table(document)
    _chapter(document, 4, "重点任务")
    _body(document, ["“十四五”期间，组织实施六大工程，共27项任务。"])
    _groups(document, plan_text.PROGRAMMES)
    _chapter(document, 5, "保障措施")
    _body(document, ["从四个方面采取20项措施，保障规划落实。"])
    _groups(document, plan_text.SAFEGUARDS)
    _line(document, plan_text.AUTHOR, 16, RIGHT)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = plan_text.TITLE, "Kechuang example", "示例文本"
    path.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(path))
    still(path)


def _set_page(document: Docx) -> None:
    """A4 with the margins and fonts of GB/T 9704-2012."""
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.top_margin, page.bottom_margin = Cm(3.7), Cm(3.5)
    page.left_margin, page.right_margin = Cm(2.8), Cm(2.6)
    spacing = document.styles["Normal"].paragraph_format
    spacing.space_after, spacing.line_spacing = Pt(0), Pt(28)
    for style, font in (("Normal", "仿宋"), ("Heading 1", "黑体"), ("Heading 2", "楷体")):
        found = document.styles[style]
        found.font.name, found.font.size, found.font.bold = "Times New Roman", Pt(16), False
        fonts = found.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), font)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        if style != "Normal":
            found.font.color.rgb = None


def _line(document: Docx, text: str, size: int, align: int = CENTRE, bold: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold


def _body(document: Docx, texts: list[str]) -> None:
    for text in texts:
        document.add_paragraph(text).paragraph_format.first_line_indent = Pt(32)


def _chapter(document: Docx, number: int, title: str) -> None:
    document.add_heading(f"{NUMERALS[number - 1]}、{title}", 1)


def _sections(document: Docx, found: list[tuple[str, list[str]]]) -> None:
    for number, (title, texts) in enumerate(found, 1):
        document.add_heading(f"（{NUMERALS[number - 1]}）{title}", 2)
        _body(document, texts)


def _groups(document: Docx, found: list[plan_text.Group]) -> None:
    """Programmes with their tasks, or groups with their measures."""
    for number, (title, introduction, items) in enumerate(found, 1):
        document.add_heading(f"（{NUMERALS[number - 1]}）{title}", 2)
        _body(document, [introduction] if introduction else [])
        for i, (name, meaning) in enumerate(items, 1):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Pt(32)
            paragraph.add_run(f"{i}.{name}。").bold = True
            paragraph.add_run(meaning)


def _table(document: Docx) -> None:
    _line(document, plan_text.TABLE_TITLE, 14)
    rows = plan_text.TABLE
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    table.autofit = False
    for row, values in zip(table.rows, rows, strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
            cell.paragraphs[0].runs[0].font.size = Pt(12)
            cell.paragraphs[0].paragraph_format.line_spacing = Pt(18)
    for i, width in enumerate((1.4, 7.2, 1.8, 3.2, 2.0)):
        table.columns[i].width = Cm(width)
        for cell in table.columns[i].cells:
            cell.width = Cm(width)
    _line(document, plan_text.TABLE_NOTE, 12, LEFT)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "plan" / "source" / NAME)
    write_document(parser.parse_args().out)
