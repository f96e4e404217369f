"""PDF files for tests: set by Typst with the product's fonts, or written object by object."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import typst

from kechuang.plan.documents import Document, read_document
from kechuang.publish.charts.paper import typesetting_fonts

#: How a plan is usually set: type of 16 points on A4, first lines two signs further in, pages numbered.
OFFICIAL = """
#set page(paper: "a4", margin: (x: 28mm, top: 37mm, bottom: 35mm),
  footer: context align(center)[— #counter(page).display() —])
#set text(font: "Noto Serif CJK SC", size: 16pt, lang: "zh")
#set par(first-line-indent: (amount: 2em, all: true), justify: true, leading: 12pt, spacing: 12pt)
#show heading: set text(font: "Noto Sans CJK SC", size: 16pt)
"""


@pytest.fixture
def typed(tmp_path: Path, sound: Callable[[Document], None]) -> Callable[[str], Document]:
    """Sets a Typst text and reads the PDF."""

    def read(source: str) -> Document:
        path = tmp_path / "规划.pdf"
        path.write_bytes(typeset(source))
        document = read_document(path)
        sound(document)
        return document

    return read


@pytest.fixture
def official(typed: Callable[[str], Document]) -> Callable[[str], Document]:
    """The same for a text set as plans usually are."""
    return lambda source: typed(OFFICIAL + source)


@pytest.fixture
def drawn(tmp_path: Path, sound: Callable[[Document], None]) -> Callable[..., Document]:
    """Writes a PDF from content streams and reads it."""

    def read(*pages: bytes, **parts: Any) -> Document:
        path = tmp_path / "规划.pdf"
        path.write_bytes(pdf(pages, **parts))
        document = read_document(path)
        sound(document)
        return document

    return read


@pytest.fixture(scope="session")
def made() -> Callable[..., bytes]:
    """``pdf``: the bytes of a PDF given by content streams."""
    return pdf


@pytest.fixture(scope="session")
def set_type() -> Callable[[str], bytes]:
    """``typeset``: the PDF of a Typst text."""
    return typeset


def typeset(source: str) -> bytes:
    """The PDF of a Typst text."""
    compiled: Any = typst.Compiler(source.encode(), font_paths=typesetting_fonts()).compile(format="pdf")
    return bytes(compiled)


def pdf(
    pages: Sequence[bytes], resources: bytes = b"", extra: Sequence[bytes] = (), trailer: bytes = b""
) -> bytes:
    """A PDF of pages given by their content streams; ``extra`` objects are numbered from 100."""
    objects: dict[int, bytes] = {1: b"<</Type/Catalog/Pages 2 0 R>>"}
    kids = b" ".join(b"%d 0 R" % (10 + 2 * n) for n in range(len(pages)))
    objects[2] = b"<</Type/Pages/Kids[" + kids + b"]/Count %d>>" % len(pages)
    for n, content in enumerate(pages):
        objects[10 + 2 * n] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<"
            + resources
            + b">>/Contents %d 0 R>>"
        ) % (11 + 2 * n)
        objects[11 + 2 * n] = stream(content)
    for n, content in enumerate(extra):
        objects[100 + n] = content
    out, places = io.BytesIO(), {}
    out.write(b"%PDF-1.7\n")
    for number, content in sorted(objects.items()):
        places[number] = out.tell()
        out.write(b"%d 0 obj\n" % number + content + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n")
    for number, place in sorted(places.items()):
        out.write(b"%d 1\n%010d 00000 n \n" % (number, place))
    out.write(b"trailer<</Root 1 0 R/Size %d" % (max(objects) + 1) + trailer)
    out.write(b">>\nstartxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def stream(content: bytes, head: bytes = b"") -> bytes:
    """A packed stream object."""
    packed = zlib.compress(content)
    return b"<<" + head + b"/Filter/FlateDecode/Length %d>>stream\n" % len(packed) + packed + b"\nendstream"
