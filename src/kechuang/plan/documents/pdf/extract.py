"""Glyphs, rules and images of each page, read with pdfminer.six (ISO 32000-1: 8 graphics, 9 text)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfdocument import PDFDocument, PDFNoOutlines
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.psexceptions import PSException
from pdfminer.utils import apply_matrix_pt

from kechuang.plan.documents.pdf.pictures import looks_scanned
from kechuang.plan.documents.pdf.shapes import Box, Glyph, Rule, Sheet
from kechuang.plan.documents.pdf.signs import mended

#: Fewer signs than these are no text of a page: a page number, a stamp.
FEW_SIGNS = 12
#: More signs or strokes than this on a page: it is a map or made to exhaust the memory.
MOST_GLYPHS, MOST_RULES, MOST_DRAWN = 60_000, 20_000, 400_000
_HEAVY = re.compile(
    r"bold|black|heavy|semibd|demi|,b\b|-b\b|hei(?:ti)?\b|simhei|黑体|小标宋|biaosong|xbs", re.IGNORECASE
)
_THIN = 3.5  # a filled box no thicker is a rule


class TooMuch(Exception):
    """The page draws more than any page of a document does."""


def open_pdf(data: bytes) -> PDFDocument:
    """The document; pdfminer's exceptions where it is damaged or needs a password."""
    return PDFDocument(PDFParser(io.BytesIO(data)), password="")


def pages_of(document: PDFDocument) -> list[PDFPage]:
    """The pages in order."""
    return list(PDFPage.create_pages(document))


def sheets(pages: Sequence[PDFPage]) -> Iterator[Sheet]:
    """Every page, one at a time: a page's shapes can be forgotten before the next is read."""
    manager = PDFResourceManager()
    for number, page in enumerate(pages, start=1):
        device = _Device(manager, number)
        PDFPageInterpreter(manager, device).process_page(page)
        yield device.sheet


def bookmarks(document: PDFDocument) -> list[tuple[int, str]]:
    """(level from 1, title) of the document's outline; [] where it has none that can be read."""
    found: list[tuple[int, str]] = []
    try:
        for level, title, *_ in document.get_outlines():
            found.append((level, str(title)))
            if len(found) > 5000:
                break
    except (PDFNoOutlines, PSException, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return found
    return found


class _Device(PDFTextDevice):
    """Receives what a page draws."""

    ctm: Any

    def __init__(self, manager: PDFResourceManager, number: int) -> None:
        super().__init__(manager)
        self.sheet = Sheet(number, 0, 0)
        self._drawn = 0
        self._mode = 0
        self._fonts: dict[int, tuple[str, bool, Any]] = {}
        self._crop = Box(0, 0, 0, 0)
        self._largest: tuple[float, Any] | None = None

    def begin_page(self, page: PDFPage, ctm: Any) -> None:
        corners = [apply_matrix_pt(ctm, point) for point in _corners(page.mediabox)]
        self.sheet.width = max(x for x, _ in corners)
        self.sheet.height = max(y for _, y in corners)
        crop = [apply_matrix_pt(ctm, point) for point in _corners(page.cropbox)]
        self._crop = Box(
            min(x for x, _ in crop) - 1,
            self.sheet.height - max(y for _, y in crop) - 1,
            max(x for x, _ in crop) + 1,
            self.sheet.height - min(y for _, y in crop) + 1,
        )

    def end_page(self, page: PDFPage) -> None:
        if self._largest is not None and len(self.sheet.glyphs) < FEW_SIGNS:
            self.sheet.scan = looks_scanned(self._largest[1])

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        self._count(10)

    def render_image(self, name: str, stream: Any) -> None:
        corners = [apply_matrix_pt(self.ctm, point) for point in ((0, 0), (1, 0), (0, 1), (1, 1))]
        xs, ys = [x for x, _ in corners], [self.sheet.height - y for _, y in corners]
        crop = self._crop
        box = Box(
            max(crop.x0, min(xs)), max(crop.top, min(ys)), min(crop.x1, max(xs)), min(crop.bottom, max(ys))
        )
        if box.x1 > box.x0 and box.bottom > box.top:
            self.sheet.images.append(box)
            size = (box.x1 - box.x0) * (box.bottom - box.top)
            if self._largest is None or size > self._largest[0]:
                self._largest = (size, stream)

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        self._mode = textstate.render
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(
        self,
        matrix: Any,
        font: Any,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,
        graphicstate: Any,
    ) -> float:
        known = self._fonts.get(id(font))
        if known is None:
            name = _family(font.fontname)
            known = self._fonts[id(font)] = (name, _HEAVY.search(name) is not None, font)
        try:
            text = font.to_unichr(cid)
        except Exception:  # pdfminer raises many kinds; the sign stays unknown
            text = "\ufffd"
        advance = font.char_width(cid) * fontsize * scaling
        self._count(1)
        text = mended(text) if isinstance(text, str) else "\ufffd"
        if not text:
            return float(advance)
        a, b, c, d, e, f = matrix
        if font.is_vertical():
            self._upright(text, matrix, fontsize, advance, known)
            return float(advance)
        e, f = e + rise * c, f + rise * d
        size = abs(fontsize) * (c * c + d * d) ** 0.5
        glyph_angle = abs(b) > 0.1 * (abs(a) + abs(b))
        if glyph_angle and abs(a) > 0.1 * (abs(a) + abs(b)):
            return float(advance)  # slanting: a watermark
        x, y = e, self.sheet.height - f
        along = advance * (a if not glyph_angle else b)
        if not self._crop.holds(x, y):
            return float(advance)
        if text == "\ufffd":
            self.sheet.unknown += 1
        heavy = known[1] or self._mode in (2, 6)
        if glyph_angle:
            self.sheet.glyphs.append(Glyph(text, x, along, y, -size, known[0], heavy))
        else:
            self.sheet.glyphs.append(
                Glyph(text, min(x, x + along), max(x, x + along), y, size, known[0], heavy)
            )
        if len(self.sheet.glyphs) > MOST_GLYPHS:
            raise TooMuch
        return float(advance)

    def _upright(self, text: str, matrix: Any, fontsize: float, advance: float, known: Any) -> None:
        """A sign of a font that writes from top to bottom."""
        _, _, c, d, e, f = matrix
        size = abs(fontsize) * (c * c + d * d) ** 0.5
        x, y = e, self.sheet.height - f
        if self._crop.holds(x, y):
            self.sheet.glyphs.append(
                Glyph(text, x - size / 2, x + size / 2, y + 0.88 * size, size, known[0], known[1])
            )

    def paint_path(self, graphicstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Any) -> None:
        """Keeps the straight lines among what is drawn: strokes, and boxes too thin to be anything else."""
        self._count(len(path))
        points: list[tuple[float, float]] = []
        for step in path:
            if step[0] == "m":
                self._shape(points, stroke, fill)
                points = [self._place(step[1], step[2])]
            elif step[0] == "h":
                if points:
                    points.append(points[0])
            elif step[0] == "l":
                points.append(self._place(step[1], step[2]))
            else:  # a curve: rounded corners and drawings are no rules
                self._shape(points, stroke, fill and len(points) > 2)
                points = [self._place(step[-2], step[-1])]
        self._shape(points, stroke, fill)

    def _place(self, x: float, y: float) -> tuple[float, float]:
        across, up = apply_matrix_pt(self.ctm, (x, y))
        return across, self.sheet.height - up

    def _shape(self, points: list[tuple[float, float]], stroke: bool, fill: bool) -> None:
        if len(points) < 2 or not (stroke or fill):
            return
        xs, ys = [x for x, _ in points], [y for _, y in points]
        width, height = max(xs) - min(xs), max(ys) - min(ys)
        if min(width, height) <= _THIN and len(points) > 2:
            self._rule(min(xs), min(ys), max(xs), max(ys))
        elif stroke:
            for (x, y), (u, v) in pairwise(points):
                if abs(x - u) <= 1 or abs(y - v) <= 1:
                    self._rule(min(x, u), min(y, v), max(x, u), max(y, v))

    def _rule(self, x0: float, top: float, x1: float, bottom: float) -> None:
        crop = self._crop
        x0, x1 = max(x0, crop.x0), min(x1, crop.x1)
        top, bottom = max(top, crop.top), min(bottom, crop.bottom)
        if x1 < x0 or bottom < top:
            return
        if x1 - x0 >= bottom - top:
            self.sheet.across.append(Rule((top + bottom) / 2, x0, x1))
        else:
            self.sheet.upright.append(Rule((x0 + x1) / 2, top, bottom))
        if len(self.sheet.across) + len(self.sheet.upright) > MOST_RULES:
            raise TooMuch

    def _count(self, things: int) -> None:
        self._drawn += things
        if self._drawn > MOST_DRAWN:
            raise TooMuch


def _corners(box: Any) -> list[tuple[float, float]]:
    x0, y0, x1, y1 = box
    return [(x0, y0), (x1, y1)]


def _family(name: Any) -> str:
    """A font's name without the mark of a subset; Chinese names are often given in GBK."""
    if isinstance(name, bytes):
        try:
            name = name.decode("gbk")
        except UnicodeDecodeError:
            name = name.decode("latin-1")
    return str(name).rpartition("+")[2]
