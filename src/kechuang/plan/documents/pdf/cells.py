"""The text of a table cell: its lines joined, its paragraphs parted by a space."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from kechuang.language.fold import fold
from kechuang.language.outline import mark_of
from kechuang.plan.documents.pdf.rows import line_of, rows_of
from kechuang.plan.documents.pdf.shapes import Box, Glyph, TableCell
from kechuang.plan.documents.pdf.signs import linked


def cell_of(
    row: int, column: int, row_span: int, column_span: int, box: Box, glyphs: Sequence[Glyph], page: int
) -> TableCell:
    """A cell of the table with the text of ``glyphs`` on one line."""
    made = TableCell(row, column, "", row_span, column_span, page)
    lines = [line_of(found, page) for found in rows_of(glyphs)]
    if not lines:
        return made
    right = max(line.x1 for line in lines)
    text = lines[0].text
    for before, line in pairwise(lines):
        own = before.text.endswith(("。", "；", ";")) and (
            right - before.x1 > 1.5 * before.size or mark_of(fold(line.text)) is not None
        )
        text = f"{text} {line.text}" if own else linked(text, before.spaced, line.text)
    made.text = text.strip()
    made.full = box.x1 - lines[-1].x1 < 2 * lines[-1].size
    return made
