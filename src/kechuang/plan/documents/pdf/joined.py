"""Tables that run over a page end: one table, its repeated head once, a parted row whole again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kechuang.language.fold import fold
from kechuang.language.outline import mark_of
from kechuang.plan.documents.pdf.paragraphs import Paragraph
from kechuang.plan.documents.pdf.shapes import Table, TableCell
from kechuang.plan.documents.pdf.signs import linked

_NEAR = 4.0


def joined(items: Sequence[Paragraph | Table]) -> list[Paragraph | Table]:
    """The items with every table that follows one of the same columns on the page before added to it."""
    found: list[Paragraph | Table] = []
    last_page = 0
    for item in items:
        before = found[-1] if found else None
        if (
            isinstance(item, Table)
            and isinstance(before, Table)
            and item.page == last_page + 1
            and _same_columns(before, item)
        ):
            _add(before, item)
        else:
            found.append(item)
        last_page = item.page if isinstance(item, Table) else item.lines[-1].page
    return found


def _same_columns(table: Table, other: Table) -> bool:
    """Whether the columns agree, wherever the tables begin on their pages."""
    if len(table.edges) != len(other.edges):
        return False
    return all(
        abs((a - table.edges[0]) - (b - other.edges[0])) <= _NEAR
        for a, b in zip(table.edges, other.edges, strict=True)
    )


def _add(table: Table, other: Table) -> None:
    head = _repeated(table, other)
    cells = [cell for cell in other.cells if cell.row >= head]
    if cells and head < other.rows:
        cells = _continued(table, other, cells, head)
    shift = table.rows - head
    for cell in cells:
        table.cells.append(replace(cell, row=cell.row + shift))
    table.rows += other.rows - head
    table.open_below = other.open_below
    _close_empty(table)


def _repeated(table: Table, other: Table) -> int:
    """How many rows at the beginning of ``other`` say what ``table`` begins with."""
    count = 0
    for row in range(min(3, table.rows, other.rows)):
        if _row(table, row) != _row(other, row) or not any(text for _, text, *_ in _row(table, row)):
            break
        count = row + 1
    return count


def _row(table: Table, row: int) -> list[tuple[int, str, int, int]]:
    cells = (cell for cell in table.cells if cell.row == row)
    return sorted(
        (cell.column, "".join(cell.text.split()), cell.row_span, cell.column_span) for cell in cells
    )


def _continued(table: Table, other: Table, cells: list[TableCell], first: int) -> list[TableCell]:
    """The cells that remain after those of a parted row or merged cell have gone to the cell they continue."""
    above = {
        column: cell
        for cell in table.cells
        if cell.row + cell.row_span == table.rows
        for column in range(cell.column, cell.column + cell.column_span)
    }
    top = [cell for cell in cells if cell.row == first]
    pairs = [(cell, above.get(cell.column)) for cell in top]
    same = all(
        up is not None and up.column == c.column and up.column_span == c.column_span for c, up in pairs
    )
    if not same:
        return cells
    single = [(cell, up) for cell, up in pairs if cell.row_span == 1 and up is not None]
    filled = [(cell, up) for cell, up in single if cell.text]
    lacking = [(cell, up) for cell, up in single if not cell.text and up.text and up.row_span == 1]
    rest = table.open_below and other.open_above
    parted = rest or (
        bool(filled)
        and len(lacking) >= len(filled)
        and all(up.full and not _begins(cell.text) for cell, up in filled)
    )
    gone: set[int] = set()
    if parted:
        for cell, up in single:
            up.text = linked(up.text, "", cell.text)
            gone.add(id(cell))
        for cell in cells:  # what remains moves up by the row that is gone
            if cell.row > first:
                cell.row -= 1
            elif id(cell) not in gone:
                cell.row_span -= 1
    for cell in top:
        over = above.get(cell.column)
        if id(cell) in gone or over is None or cell.text or not over.text:
            continue
        if not parted and (cell.row_span > 1 or over.row_span > 1):
            over.row_span += cell.row_span
            gone.add(id(cell))
    return [cell for cell in cells if id(cell) not in gone]


def _begins(text: str) -> bool:
    """Whether the text begins a row of its own: it has a number, or says 其中."""
    return mark_of(fold(text)) is not None or text.startswith("其中")


def _close_empty(table: Table) -> None:
    """Rows that joining has emptied are closed up, so that no row is without cells."""
    table.rows = max(cell.row + cell.row_span for cell in table.cells)
