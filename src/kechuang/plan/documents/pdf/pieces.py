"""A whole PDF as paragraphs, headings, list items and tables, in reading order."""

from __future__ import annotations

from collections.abc import Sequence

from kechuang.plan.documents.pdf.contents import without_contents
from kechuang.plan.documents.pdf.headings import levels_of
from kechuang.plan.documents.pdf.joined import joined
from kechuang.plan.documents.pdf.margins import without_margins
from kechuang.plan.documents.pdf.paragraphs import Paragraph, paragraphs_of
from kechuang.plan.documents.pdf.shapes import Leaf, Piece, Table


def pieces_of(leaves: Sequence[Leaf], bookmarks: Sequence[tuple[int, str]]) -> list[Piece]:
    """What the leaves of a document say, without running heads, page numbers, notes and contents."""
    without_margins(leaves)
    without_contents(leaves)
    items = joined(paragraphs_of(leaves))
    levels = levels_of(items, bookmarks)
    pieces = []
    for number, item in enumerate(items):
        if isinstance(item, Table):
            pieces.append(Piece(item.page, "table", table=item))
        elif item.text:
            pieces.append(_piece(item, levels.get(number)))
    return pieces


def _piece(paragraph: Paragraph, level: int | None) -> Piece:
    if level is not None:
        return Piece(paragraph.page, "heading", level, paragraph.text)
    if paragraph.bullet:
        return Piece(paragraph.page, "list", 1, paragraph.text)
    return Piece(paragraph.page, "paragraph", None, paragraph.text)
