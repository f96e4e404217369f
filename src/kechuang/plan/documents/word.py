"""Word documents: paragraphs, headings, automatic numbers and tables as a person sees them.

Tracked deletions are left out and insertions kept; the table of contents, notes, headers and footers
are not part of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from kechuang.errors import Place
from kechuang.plan.documents.document import Cell, Kind, Writer, one_line
from kechuang.plan.documents.nodes import child, children, name, on, value, whole
from kechuang.plan.documents.numbering import Numbering
from kechuang.plan.documents.package import open_package
from kechuang.plan.documents.styles import Styles, is_deleted, outline_level

#: What a reader does not see: deletions, properties, codes of fields, notes' content.
_UNSEEN = frozenset(
    [
        "del",
        "moveFrom",
        "pPr",
        "rPr",
        "sdtPr",
        "sdtEndPr",
        "tblPr",
        "tblGrid",
        "trPr",
        "tcPr",
        "instrText",
        "delText",
        "delInstrText",
        "rt",
        "footnoteReference",
        "endnoteReference",
        "commentReference",
        "annotationRef",
        "customXmlPr",
        "smartTagPr",
    ]
)
_SIGNS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}
_WIDEST = 63  # columns Word allows
_EAST = "[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f“”‘’]"
_GLUE = re.compile(rf"(?<={_EAST})\s*\n\s*(?={_EAST})")


def write_word(data: bytes, writer: Writer, place: Place) -> None:
    """The text of a Word file. Raises KechuangError: document-damaged, document-encrypted, zip-bomb."""
    package = open_package(data, place)
    styles = Styles(package.styles)
    _Reader(writer, styles, Numbering(package.numbering, styles)).read(package.body)


@dataclass
class _Reader:
    writer: Writer
    styles: Styles
    numbering: Numbering
    held: str = ""  # text of a paragraph whose mark is deleted: it goes on in the next

    def read(self, container: etree._Element) -> None:
        """Every paragraph and table in ``container``, in order."""
        for element in _content(container):
            if name(element) == "p":
                self._paragraph(element)
            else:
                self._release()
                self._table(element)
        self._release()

    def _paragraph(self, paragraph: etree._Element) -> None:
        style = self.styles.of(paragraph)
        if style.contents:
            return
        text = self.held + _runs(paragraph)
        self.held = ""
        properties = child(paragraph, "pPr")
        if is_deleted(child(properties, "rPr")):
            self.held = text
            return
        own = outline_level(properties)
        level = style.level if own is None else own if own < 10 else None
        kind: Kind = "paragraph" if level is None else "heading"
        numbered = self.numbering.number(paragraph)  # an empty paragraph counts too
        if text.strip():
            if numbered is not None:
                text = numbered[0] + text.lstrip() if numbered[0] else text
                if kind == "paragraph":
                    kind, level = "list", numbered[1]
            self._lines(text, kind, level)
        for box in _boxes(paragraph):
            self.read(box)

    def _release(self) -> None:
        held, self.held = self.held, ""
        self._lines(held, "paragraph", None)

    def _lines(self, text: str, kind: Kind, level: int | None) -> None:
        if kind == "heading":  # broken by hand to look well: one heading still
            text = " ".join(_GLUE.sub("", text.strip()).split("\n"))
        for line in text.split("\n"):
            if line.strip():
                self.writer.line(line, kind, level)

    def _table(self, table: etree._Element) -> None:
        rows = [row for row in _inside(table, "tr") if not is_deleted(child(row, "trPr"))]
        cells = [list(_inside(row, "tc")) for row in rows]
        if len(cells) == 1 and len(cells[0]) == 1:  # a frame around text
            self.read(cells[0][0])
            return
        grid = [list(self._row(row, cells_)) for row, cells_ in zip(rows, cells, strict=True)]
        self.writer.table([_merged(grid, number) for number in range(len(grid))])

    def _row(self, row: etree._Element, cells: list[etree._Element]) -> Iterator[tuple[Cell, bool]]:
        """The cells of a row, and whether each goes on with the one above."""
        column = min(_WIDEST, whole(child(row, "trPr", "gridBefore")) or 0)
        for cell in cells:
            properties = child(cell, "tcPr")
            width = min(_WIDEST, max(1, whole(child(properties, "gridSpan")) or 1))
            merge = child(properties, "vMerge")
            goes_on = merge is not None and value(merge) != "restart"
            text = "" if child(properties, "cellDel") is not None else self._cell_text(cell)
            yield Cell(column, text, 1, width), goes_on
            column += width

    def _cell_text(self, cell: etree._Element) -> str:
        inner = Writer()
        _Reader(inner, self.styles, self.numbering).read(cell)
        return one_line("\n".join(inner.lines))


def _merged(grid: list[list[tuple[Cell, bool]]], number: int) -> Iterator[Cell]:
    """The cells that begin in row ``number``, with the rows they cover; what a merge hides is dropped."""
    for cell, goes_on in grid[number]:
        above = grid[number - 1] if number else []
        if goes_on and any(other.column == cell.column for other, _ in above):
            continue
        height = 1
        while number + height < len(grid) and any(
            goes and other.column == cell.column for other, goes in grid[number + height]
        ):
            height += 1
        yield Cell(cell.column, cell.text, height, cell.column_span)


def _content(container: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables, also those inside content controls, custom XML and insertions."""
    for element in container:
        kind = name(element)
        if kind in ("p", "tbl"):
            yield element
        elif kind == "AlternateContent":
            yield from _content(_choice(element))
        elif kind and kind not in _UNSEEN:
            yield from _content(element)


def _inside(container: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, also those inside content controls."""
    for element in container:
        kind = name(element)
        if kind == wanted:
            yield element
        elif kind in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _inside(element, wanted)


def _runs(container: etree._Element) -> str:
    """The text in a paragraph; line breaks as \\n."""
    words = []
    for element in container:
        kind = name(element)
        if kind == "t":
            words.append(" ".join((element.text or "").splitlines()) if element.text else "")
        elif kind in _SIGNS:
            words.append(_SIGNS[kind])
        elif kind == "br":
            words.append("\n" if value(element, "type") in (None, "textWrapping") else "")
        elif kind == "sym":
            words.append(_symbol(value(element, "char")))
        elif kind == "AlternateContent":
            words.append(_runs(_choice(element)))
        elif kind == "r" and on(child(element, "rPr", "vanish")):
            continue
        elif kind and kind not in _UNSEEN and kind not in ("txbxContent", "p", "tbl"):
            words.append(_runs(element))
    return "".join(words)


def _symbol(code: str | None) -> str:
    """A sign given by its code; those of symbol fonts (private use) have no meaning as text."""
    if code is None or not re.fullmatch("[0-9A-Fa-f]{4}", code) or "D800" <= code.upper() <= "F8FF":
        return ""
    return chr(int(code, 16))


def _choice(element: etree._Element) -> etree._Element:
    """One of the alternatives: they say the same."""
    return next(children(element, "Choice"), next(children(element, "Fallback"), element))


def _boxes(container: etree._Element) -> Iterator[etree._Element]:
    """Text boxes anchored in a paragraph."""
    for element in container:
        if name(element) == "txbxContent":
            yield element
        elif name(element) == "AlternateContent":
            yield from _boxes(_choice(element))
        elif name(element) and name(element) not in _UNSEEN:
            yield from _boxes(element)
