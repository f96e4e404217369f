"""Comparisons as files: every form holds what changed; the page and the document are sound."""

from __future__ import annotations

import csv
import io
import subprocess
import zipfile
from pathlib import Path

import pytest
from docx import Document
from lxml import html

from kechuang.errors import KechuangError
from kechuang.plan.compare import Alignment, Difference, align, compare, open_side
from kechuang.publish.difference import check_out, write_alignment, write_difference

OLD = """\
青禾县“十四五”科技创新规划
一、发展目标
到2025年，全县高新技术企业达到60家，科技型中小企业达到120家。
二、重点任务
（一）实施企业培育工程
1. 建立高新技术企业培育库，完善入库标准。
2. 支持龙头企业牵头组建创新联合体。
（二）实施农业科技提升工程
1. 推广节水灌溉技术。
2. 建设<设施>蔬菜 & 瓜果示范基地。
"""
NEW = (
    OLD.replace("60家", "80家")
    .replace("2. 支持龙头企业牵头组建创新联合体。\n", "")
    .replace("1. 推广节水灌溉技术。\n", "")
    + "3. 支持骨干企业牵头组建创新联合体。\n4. 开展土壤改良试验。\n"
)


@pytest.fixture
def difference(tmp_path: Path) -> Difference:
    for name, text in (("原.txt", OLD), ("新.txt", NEW)):
        (tmp_path / name).write_text(text, "utf-8")
    return compare(open_side(tmp_path / "原.txt"), open_side(tmp_path / "新.txt"))


def written(difference: Difference, path: Path, language: str = "zh") -> bytes:
    write_difference(path, difference, language)
    return path.read_bytes()


def test_the_page_strikes_what_is_gone_and_underlines_what_is_new(
    difference: Difference, tmp_path: Path
) -> None:
    page = html.fromstring(written(difference, tmp_path / "d.html").decode("utf-8"))
    assert {"60", "龙头"} <= {e.text for e in page.iter("del")}
    assert {"80", "骨干", "4. 开展土壤改良试验。"} <= {e.text for e in page.iter("ins")}
    style = page.findtext(".//style")
    assert "line-through" in style and "underline" in style and "prefers-color-scheme: dark" in style
    # What moved is marked at both places, and each link leads somewhere.
    links = [e.get("href") for e in page.iter("a") if e.get("href", "").startswith("#b")]
    assert links and all(page.get_element_by_id(link[1:]) is not None for link in links)
    assert "建设<设施>蔬菜 & 瓜果示范基地" in page.text_content()


def test_the_page_needs_nothing_from_elsewhere(difference: Difference, tmp_path: Path) -> None:
    page = html.fromstring(written(difference, tmp_path / "d.html").decode("utf-8"))
    assert not list(page.iter("script"))
    for element in page.iter("img", "link", "iframe"):
        assert (element.get("href") or element.get("src")).startswith("data:")


def test_the_document_has_a_table_of_old_and_new(difference: Difference, tmp_path: Path) -> None:
    path = tmp_path / "d.docx"
    first = written(difference, path)
    document = Document(str(path))
    entries, text = document.tables
    assert [cell.text for cell in entries.rows[0].cells] == ["序号", "原文", "新文", "变化"]
    rows = [[cell.text for cell in row.cells] for row in (*entries.rows[1:], *text.rows[1:])]
    assert any("60家" in row[1] and "80家" in row[2] and "目标值由60家改为80家" in row[3] for row in rows)
    assert ["—", "4. 开展土壤改良试验。"] in [row[1:3] for row in rows]
    runs = [run for row in text.rows for cell in row.cells for p in cell.paragraphs for run in p.runs]
    assert {"60", "龙头"} <= {run.text for run in runs if run.font.strike}
    assert {"80", "骨干"} <= {run.text for run in runs if run.font.underline}
    assert written(difference, path) == first


def test_a_character_no_font_has_is_shown_as_such(tmp_path: Path) -> None:
    for name, text in (("a.txt", OLD), ("b.txt", OLD.replace("标准", "标准\ua000"))):
        (tmp_path / name).write_text(text, "utf-8")
    found = compare(open_side(tmp_path / "a.txt"), open_side(tmp_path / "b.txt"))
    written(found, tmp_path / "d.docx")
    with zipfile.ZipFile(tmp_path / "d.docx") as archive:
        body = archive.read("word/document.xml").decode("utf-8")
    assert "〓" in body and "\ua000" not in body and "以〓代替" in body


def test_csv_has_one_row_a_change_and_no_formula(difference: Difference, tmp_path: Path) -> None:
    content = written(difference, tmp_path / "d.csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    changed = sum(e.change != ("kept",) for e in difference.entries) + len(difference.changed_text)
    assert len(rows) == 1 + changed and {len(row) for row in rows} == {7}
    (tmp_path / "a.txt").write_text(OLD, "utf-8")
    (tmp_path / "b.txt").write_text(OLD + '=HYPERLINK("x")\n', "utf-8")
    risky = compare(open_side(tmp_path / "a.txt"), open_side(tmp_path / "b.txt"))
    assert "'=HYPERLINK" in written(risky, tmp_path / "e.csv").decode("utf-8")


def test_text_marks_words_without_colour(difference: Difference, tmp_path: Path) -> None:
    text = written(difference, tmp_path / "d.txt").decode("utf-8")
    assert "达到[-60-][+80+]家" in text and "支持[-龙头-][+骨干+]企业" in text


@pytest.mark.parametrize("name", ["d.html", "d.txt", "d.csv"])
def test_labels_are_in_the_language_asked_for(difference: Difference, tmp_path: Path, name: str) -> None:
    assert "改写" in written(difference, tmp_path / name).decode("utf-8")
    assert "改写" not in written(difference, tmp_path / name, "en").decode("utf-8")


def test_plans_that_do_not_differ_say_so(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(OLD, "utf-8")
    same = compare(open_side(tmp_path / "a.txt"), open_side(tmp_path / "a.txt"))
    for name in ("d.html", "d.txt"):
        assert "两份规划没有不同" in written(same, tmp_path / name).decode("utf-8")
    written(same, tmp_path / "d.docx")
    assert not Document(str(tmp_path / "d.docx")).tables


def test_an_unknown_suffix_is_refused_and_nothing_written(difference: Difference, tmp_path: Path) -> None:
    with pytest.raises(KechuangError) as caught:
        write_difference(tmp_path / "d.xyz", difference)
    assert caught.value.code == "difference-suffix" and caught.value.remedy is not None
    with pytest.raises(KechuangError):
        check_out(tmp_path / "nothing")
    assert not (tmp_path / "d.xyz").exists()


def test_a_place_that_cannot_be_written_is_told(difference: Difference, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(KechuangError) as caught:
        write_difference(tmp_path / "file" / "d.txt", difference)
    assert caught.value.code == "difference-unwritable"


@pytest.mark.office
def test_an_office_opens_the_document_with_its_words(difference: Difference, tmp_path: Path) -> None:
    written(difference, tmp_path / "d.docx")
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "d.docx")], check=True, capture_output=True, timeout=120)
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "d.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "规划修改对照表" in text and "开展土壤改良试验" in text.replace("\n", "")


@pytest.mark.browser
def test_the_page_fits_a_phone(difference: Difference, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    written(difference, tmp_path / "d.html")
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 800})
        page.goto(f"file://{tmp_path}/d.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        browser.close()


@pytest.fixture
def alignment(tmp_path: Path) -> Alignment:
    above = OLD.replace("青禾县", "青川省").replace("60家", "6000家") + "3. 实施“种业”振兴 <行动>。\n"
    for name, text in (
        ("本级.txt", NEW),
        ("上级.txt", above),
        ("空.txt", "青山市“十四五”规划\n一、总则\n坚持创新。\n"),
    ):
        (tmp_path / name).write_text(text, "utf-8")
    own, *uppers = (open_side(tmp_path / name) for name in ("本级.txt", "上级.txt", "空.txt"))
    return align(own, uppers)


@pytest.mark.parametrize("name", ["a.html", "a.docx", "a.txt", "a.csv"])
def test_every_form_of_an_alignment_tells_answers_gaps_and_entries_alone(
    alignment: Alignment, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    write_alignment(path, alignment)
    first = path.read_bytes()
    if name.endswith(".docx"):
        document = Document(str(path))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        text = "\n".join([*cells, *(p.text for p in document.paragraphs)])
    elif name.endswith(".html"):
        text = html.fromstring(first.decode("utf-8")).text_content()
    else:
        text = first.decode("utf-8")
    for link in alignment.links:
        assert link.above.title in text and link.own.title in text and link.reason.zh in text
    assert alignment.unanswered and alignment.unfounded
    for ask in (*(ask for _, ask in alignment.unanswered), *alignment.unfounded):
        assert ask.title in text
    assert "没有对应" in text
    write_alignment(path, alignment)
    assert path.read_bytes() == first


def test_an_alignment_is_written_in_english_too(alignment: Alignment, tmp_path: Path) -> None:
    write_alignment(tmp_path / "a.txt", alignment, "en")
    assert "明确对应" not in (tmp_path / "a.txt").read_text("utf-8")
