"""One plan as Word, PDF, HTML and plain text gives one draft plan: only the places in the text differ."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kechuang.plan.documents import Document, read_document
from kechuang.plan.read import plan_of
from kechuang.publish import fonts


def _module() -> Any:
    path = Path(__file__).with_name("county_plan.py")
    spec = importlib.util.spec_from_file_location("county_plan", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


county: Any = _module()

LAYOUTS = {
    "official": """
        #set page(paper: "a4", margin: (x: 28mm, top: 37mm, bottom: 35mm),
          header: [清源县人民政府文件], footer: context align(center)[— #counter(page).display() —])
        #set text(font: "Noto Serif CJK SC", size: 16pt, lang: "zh")
        #set par(first-line-indent: (amount: 2em, all: true), justify: true, leading: 12pt, spacing: 12pt)
        #show heading: set text(size: 16pt)
        """,
    "two columns": """
        #set page(paper: "a4", margin: 15mm, columns: 2, footer: context align(right)[#counter(page).display()])
        #set text(font: "Noto Serif CJK SC", size: 10pt, lang: "zh")
        #set par(first-line-indent: (amount: 2em, all: true), justify: true)
        #set table(inset: 3pt)
        #show heading: set text(size: 10pt)
        """,
    "paragraphs apart": """
        #set page(paper: "us-letter", flipped: true, margin: 25mm,
          footer: context align(center)[第#counter(page).display()页 共#counter(page).final().first()页])
        #set text(font: "Noto Serif CJK SC", size: 12pt, lang: "zh")
        #set par(justify: false, spacing: 2em)
        """,
}


def stripped(value: Any) -> Any:
    """A plan's data without places and names of documents."""
    if isinstance(value, dict):
        return {key: stripped(part) for key, part in value.items() if key not in ("span", "documents")}
    return [stripped(part) for part in value] if isinstance(value, list) else value


def drafted(document: Document) -> Any:
    return stripped(plan_of(document).model_dump(mode="json"))


def cells(document: Document) -> list[tuple[Any, ...]]:
    return [
        (block.table, block.row, block.column, block.row_span, block.column_span, document.of(block))
        for block in document.blocks
        if block.kind == "cell"
    ]


@pytest.fixture(scope="module")
def word(tmp_path_factory: pytest.TempPathFactory) -> Document:
    path = tmp_path_factory.mktemp("word") / "规划.docx"
    path.write_bytes(county.as_word())
    return read_document(path)


def test_the_plan_is_one_worth_comparing(word: Document) -> None:
    plan = plan_of(word)
    assert plan.title == county.TITLE
    assert [len(programme.tasks) for programme in plan.programmes] == [6] * 5
    assert [len(safeguard.measures) for safeguard in plan.safeguards] == [2] * 4
    listed = {target.name: target for target in plan.targets}
    target = listed["全社会研究与试验发展（R&D）经费支出占地区生产总值比重"]
    assert (target.value, target.unit, target.year, target.nature) == (1.25, "%", 2025, "expected")
    assert target.baseline is not None and (target.baseline.value, target.baseline.year) == (0.82, 2020)
    assert listed["科技特派员在岗人数"].nature == "binding"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pdf_of_any_layout(
    word: Document,
    layout: str,
    tmp_path: Path,
    set_type: Callable[[str], bytes],
    sound: Callable[[Document], None],
) -> None:
    path = tmp_path / "规划.pdf"
    path.write_bytes(set_type(LAYOUTS[layout] + county.as_typst()))
    document = read_document(path)
    sound(document)
    assert cells(document) == cells(word)
    assert [document.of(block) for block in document.blocks] == [word.of(block) for block in word.blocks]
    assert drafted(document) == drafted(word)


def test_html_and_text(word: Document, tmp_path: Path) -> None:
    for name, text in (("规划.html", county.as_html()), ("规划.txt", county.as_text())):
        (tmp_path / name).write_text(text, encoding="utf-8")
        found = drafted(read_document(tmp_path / name))
        expected = drafted(word)
        if name.endswith(".txt"):  # a table flattened to lines is read in another way
            found, expected = ({**plan, "targets": []} for plan in (found, expected))
        assert found == expected


@pytest.mark.browser
def test_pdf_printed_by_a_browser(word: Document, tmp_path: Path, sound: Callable[[Document], None]) -> None:
    from playwright.sync_api import sync_playwright

    style = (
        f"@font-face{{font-family:S;src:url('{fonts.font_file('serif').as_uri()}')}} body{{font:16pt S}}"
        "p{text-indent:2em;margin:0;text-align:justify} h1{text-align:center}"
        "table{border-collapse:collapse} td{border:1px solid}"
    )
    page = tmp_path / "规划.html"
    page.write_text(county.as_html().replace("<body>", f"<body><style>{style}</style>"), encoding="utf-8")
    number = "<div style='font-size:9px;width:100%;text-align:center'><span class=pageNumber></span></div>"
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(page.as_uri())
        margin = {"top": "30mm", "bottom": "30mm", "left": "28mm", "right": "26mm"}
        data = tab.pdf(
            format="A4",
            margin=margin,
            display_header_footer=True,
            header_template="<p></p>",
            footer_template=number,
        )
        browser.close()
    (tmp_path / "规划.pdf").write_bytes(data)
    document = read_document(tmp_path / "规划.pdf")
    sound(document)
    assert cells(document) == cells(word)
    assert [document.of(block) for block in document.blocks] == [word.of(block) for block in word.blocks]
    assert drafted(document) == drafted(word)


@pytest.mark.office
def test_pdf_made_by_an_office_program(
    word: Document, tmp_path: Path, sound: Callable[[Document], None]
) -> None:
    source = tmp_path / "规划.docx"
    source.write_bytes(county.as_word())
    settings = tmp_path / "fonts.conf"  # the machine may have no Chinese font
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{fonts.font_file('sans').parent}</dir><dir>/usr/share/fonts</dir>"
        f"<cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)],
        check=True,
        capture_output=True,
        timeout=180,
        env={**os.environ, "FONTCONFIG_FILE": str(settings)},
    )
    document = read_document(tmp_path / "规划.pdf")
    sound(document)
    assert max(block.page or 0 for block in document.blocks) >= 20
    levels = [(block.level, document.of(block)) for block in document.blocks if block.kind == "heading"]
    assert levels == [(block.level, word.of(block)) for block in word.blocks if block.kind == "heading"]
    assert cells(document) == cells(word)
    assert [document.of(block) for block in document.blocks] == [word.of(block) for block in word.blocks]
    assert drafted(document) == drafted(word)
