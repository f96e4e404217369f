"""The docx: layout of GB/T 9704-2012, every target in it, fonts inside, right on any machine."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from fontTools.ttLib import TTFont
from lxml import etree

from kechuang.publish.document.embed import obfuscated
from kechuang.publish.report import ReportMaterial, write_report

Maker = Callable[..., ReportMaterial]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, material: Maker) -> Path:
    path = tmp_path_factory.mktemp("document") / "report.docx"
    write_report(path, material())
    return path


def words_of(document: Document) -> str:  # type: ignore[valid-type]
    paragraphs = [paragraph.text for paragraph in document.paragraphs]  # type: ignore[attr-defined]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]  # type: ignore[attr-defined]
    return "\n".join([*paragraphs, *cells])


def test_page_and_margins(report: Path) -> None:
    section = Document(str(report)).sections[0]
    for given, wanted in (
        (section.page_width, 210),
        (section.page_height, 297),
        (section.top_margin, 37),
        (section.bottom_margin, 35),
        (section.left_margin, 28),
        (section.right_margin, 26),
    ):
        assert given is not None
        assert abs(given - Mm(wanted)) < Mm(0.1)


def test_fonts_and_lines_of_each_level(report: Path) -> None:
    document = Document(str(report))
    found = {}
    for paragraph in document.paragraphs:
        if paragraph.runs and paragraph.text:
            fonts = paragraph.runs[0]._r.rPr.rFonts
            found.setdefault(
                paragraph.text, (fonts.get(qn("w:eastAsia")), paragraph.runs[0].font.size, paragraph)
            )
    assert found["某地区科技创新规划进度监测报告"][:2] == ("方正小标宋简体", Pt(22))
    assert found["一、总体情况"][:2] == ("黑体", Pt(16))
    assert found["（一）研发经费投入强度"][:2] == ("楷体_GB2312", Pt(16))
    font, size, body = next(value for text, value in found.items() if text.startswith("规划期为2021—2025年"))
    assert (font, size) == ("仿宋_GB2312", Pt(16))
    assert body.paragraph_format.line_spacing == Pt(28.95)
    assert body.paragraph_format.first_line_indent == Pt(32)


def test_page_numbers_stand_outside(report: Path) -> None:
    section = Document(str(report)).sections[0]
    for footer, side in ((section.footer, 2), (section.even_page_footer, 0)):
        paragraph = footer.paragraphs[0]
        assert paragraph.alignment == side
        assert paragraph.text.startswith("— ") and paragraph.text.endswith(" —")
        assert "PAGE" in etree.tostring(paragraph._p).decode()


def test_tables_repeat_their_head(report: Path) -> None:
    document = Document(str(report))
    assert len(document.tables) >= 8
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_all_targets_programmes_and_sources_are_told(report: Path, material: Maker) -> None:
    words = words_of(Document(str(report)))
    plan = material().plan
    for target in plan.targets:
        assert target.name in words
        assert target.span is not None and target.span.text in words
    for programme in plan.programmes:
        assert all(task.title in words for task in programme.tasks)
    for group in plan.safeguards:
        assert all(measure.title in words for measure in group.measures)
    assert "示例数据" in words
    assert "F2" in words
    assert len(Document(str(report)).inline_shapes) == 8


def test_no_sample_words_without_sample_data(tmp_path: Path, material: Maker) -> None:
    path = tmp_path / "report.docx"
    write_report(path, material(sample=False))
    assert "示例数据" not in words_of(Document(str(path)))


def test_same_material_gives_same_bytes(tmp_path: Path, material: Maker) -> None:
    for name in ("a.docx", "b.docx", "a.html", "b.html", "a.pdf", "b.pdf"):
        write_report(tmp_path / name, material())
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_fonts_inside_have_every_character(report: Path) -> None:
    with ZipFile(report) as package:
        table = etree.fromstring(package.read("word/fontTable.xml"))
        settings = package.read("word/settings.xml").decode()
        assert "embedTrueTypeFonts" in settings and "evenAndOddHeaders" in settings
        known: dict[str, set[int]] = {}
        for at, font in enumerate(table, 1):
            embedded = font.find(qn("w:embedRegular"))
            key = uuid.UUID(embedded.get(qn("w:fontKey")))
            data = obfuscated(package.read(f"word/fonts/font{at}.odttf"), key)
            known[font.get(qn("w:name"))] = set(TTFont(BytesIO(data)).getBestCmap())
        body = etree.fromstring(package.read("word/document.xml"))
    for run in body.iter(qn("w:r")):
        text = "".join(part.text or "" for part in run.iter(qn("w:t")))
        if text:
            font = run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}").get(qn("w:eastAsia"))
            assert {ord(c) for c in text} <= known[font]


def test_groups_of_safeguards_share_a_cell_and_a_page(report: Path) -> None:
    document = Document(str(report))
    table = next(table for table in document.tables if table.rows[0].cells[0].text == "类别")
    merges = [row._tr.tc_lst[0].tcPr.find(qn("w:vMerge")) for row in table.rows]
    kinds = [None if merge is None else merge.get(qn("w:val")) for merge in merges]
    assert [at for at, kind in enumerate(kinds) if kind == "restart"] == [1, 6, 11, 16]
    assert sum(merge is not None for merge in merges) == 20
    kept = [row.cells[2].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert [at for at, keep in enumerate(kept) if not keep] == [5, 10, 15, 20]


def test_title_lines_are_off_the_grid(report: Path) -> None:
    title = Document(str(report)).paragraphs[0]
    assert title._p.pPr.find(qn("w:snapToGrid")).get(qn("w:val")) == "0"
    assert title.paragraph_format.line_spacing == Pt(34)


def test_english_documents_have_straight_quotes(tmp_path: Path, material: Maker) -> None:
    path = tmp_path / "report.docx"
    write_report(path, material(language="en"))
    words = words_of(Document(str(path)))
    assert 'judged "' in words and "“" not in words


@pytest.mark.office
def test_document_shows_chinese_in_libreoffice(report: Path, tmp_path: Path) -> None:
    if not shutil.which("soffice") or not shutil.which("pdftotext"):
        pytest.skip("LibreOffice or poppler is not installed")
    from PIL import Image

    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(report),
    ]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    pdf = tmp_path / "report.pdf"
    text = subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True).stdout.decode()
    joined = "".join(text.split())
    for name in ("八项目标中两项已达成", "科技特派员覆盖行政村", "附件", "各项目标数字来源", "示例数据"):
        assert name in joined
    fonts = subprocess.run(["pdffonts", str(pdf)], check=True, capture_output=True).stdout.decode()
    assert all("Kechuang" in line for line in fonts.splitlines()[2:])
    subprocess.run(["pdftoppm", "-r", "40", "-gray", str(pdf), str(tmp_path / "page")], check=True)
    pages = sorted(tmp_path.glob("page-*.pgm"))
    assert len(pages) > 5
    for page in pages:
        dark = sum(Image.open(page).histogram()[:128])
        assert dark > 50


def test_annex_counts_all_records_not_only_those_listed(tmp_path: Path, material: Maker) -> None:
    made = material()
    made.explanations["T1"]["records_total"] = 2410
    path = tmp_path / "report.docx"
    write_report(path, made)
    words = words_of(Document(str(path)))
    assert "等2410条" in words and "等12条" in words
