"""Reading a long PDF plan: ours against pdfplumber, which gives text and tables but no plan text."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.case import Case

PAGES = 60
_SET = """#set page(paper: "a4", margin: (x: 28mm, top: 37mm, bottom: 35mm),
  footer: context align(center)[— #counter(page).display() —])
#set text(font: "Noto Serif CJK SC", size: 16pt, lang: "zh")
#set par(first-line-indent: (amount: 2em, all: true), justify: true)
"""
_TEXT = "支持县域企业与高等院校、科研院所共建研发机构，建设乡村振兴科技示范点，选派科技特派员到村服务。" * 16


def _plan(path: Path) -> Path:
    import typst

    from kechuang.publish.charts.paper import typesetting_fonts

    rows = "".join(f"[{n}], [第{n}项创新指标], [家], [{n}], [{2 * n}]," for n in range(1, 9))
    source = _SET + "\n#pagebreak()\n".join([f"{_TEXT}\n#table(columns: 5, {rows})"] * (PAGES // 2))
    made: Any = typst.Compiler(source.encode(), font_paths=typesetting_fonts()).compile(format="pdf")
    path.write_bytes(bytes(made))
    return path


@contextmanager
def read_pdf() -> Iterator[Case]:
    """A PDF plan as paragraphs and tables, against pdfplumber's text and tables of every page."""
    import pdfplumber

    from kechuang.plan.documents.pdf.reading import read_pdf as read

    with tempfile.TemporaryDirectory() as name:
        file = _plan(Path(name) / "plan.pdf")
        data = file.read_bytes()

        def peer() -> object:
            with pdfplumber.open(file) as document:
                found = []
                for page in document.pages:
                    found.append((page.extract_text(), page.extract_tables()))
                    page.close()
                return found

        yield Case(f"read a PDF of {PAGES} pages / pdfplumber", lambda: read(data), peer, "at most 1")
