"""A document's text and its blocks: headings, paragraphs, list items and cells, each a slice of the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any, Literal, TypeAlias

Kind = Literal["heading", "paragraph", "list", "cell"]


@dataclass(frozen=True)
class Block:
    """Characters ``start``–``end`` (end excluded) of a document's text; never a line break inside.

    ``level`` is the level of a heading (0: the document's title) or list item, from 1. A cell has its
    ``table`` in the document and its ``row`` and ``column``, all counted from 0, and how many rows and
    columns it covers; its text stands once. ``page`` counts from 1, None where the format has no pages;
    ``paragraph`` is the block's number among those that are not cells, from 1, None for a cell.
    """

    start: int
    end: int
    kind: Kind = "paragraph"
    level: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    row_span: int = 1
    column_span: int = 1
    page: int | None = None
    paragraph: int | None = None


_MOST_PLACES = 1_000_000
Grid: TypeAlias = list[list[Block | None]]


@dataclass(frozen=True)
class Document:
    """``text`` of the file ``name``, and its blocks in order of writing, one after another.

    >>> document = Document("a.txt", "指标\\t2025年", (
    ...     Block(0, 2, "cell", None, 0, 0, 0), Block(3, 8, "cell", None, 0, 0, 1)))
    >>> [document.of(block) for block in document.tables()[0][0]]
    ['指标', '2025年']
    """

    name: str
    text: str
    blocks: tuple[Block, ...]

    def of(self, block: Block | None) -> str:
        """The text of a block; empty where a grid has no cell."""
        return self.text[block.start : block.end] if block else ""

    def as_dict(self) -> dict[str, Any]:
        """The document as plain data: name, text and every block with its words."""
        blocks = [{**asdict(block), "text": self.of(block)} for block in self.blocks]
        return {"document": self.name, "text": self.text, "blocks": blocks}

    def tables(self) -> list[Grid]:
        """Every table as rows of equal length; a merged cell stands at each place it covers.

        A table with more than a million places is left out: a page made to exhaust the memory.
        """
        cells = (block for block in self.blocks if block.kind == "cell")
        grids = (_grid(list(group)) for _, group in groupby(cells, key=lambda cell: cell.table))
        return [grid for grid in grids if grid]


def _grid(cells: Sequence[Block]) -> Grid:
    rows = max((cell.row or 0) + cell.row_span for cell in cells)
    columns = max((cell.column or 0) + cell.column_span for cell in cells)
    if rows * columns > _MOST_PLACES:
        return []
    grid: Grid = [[None] * columns for _ in range(rows)]
    for cell in cells:
        first_row, first_column = cell.row or 0, cell.column or 0
        for row in grid[first_row : first_row + cell.row_span]:
            for column in range(first_column, first_column + cell.column_span):
                row[column] = cell
    return grid


@dataclass(frozen=True)
class Cell:
    """What a reader knows of a table cell: its first column (from 0), its text, what it covers, its page."""

    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    page: int | None = None


@dataclass
class Writer:
    """Puts a document together line by line, so that every reader gives the same form.

    A reader of a format with pages sets ``page`` before it writes what begins on that page.
    """

    lines: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    length: int = 0
    tables: int = 0
    page: int | None = None
    paragraphs: int = 0

    def line(self, text: str, kind: Kind = "paragraph", level: int | None = None) -> None:
        """A line (no line break in it); the block is the line without white space at its ends."""
        begin = len(text) - len(text.lstrip())
        end = len(text.rstrip())
        if end > begin:
            self.paragraphs += 1
            start, stop = self.length + begin, self.length + end
            self.blocks.append(Block(start, stop, kind, level, page=self.page, paragraph=self.paragraphs))
        self._put(text)

    def table(self, rows: Sequence[Iterable[Cell]]) -> None:
        """A table, a row a line, columns between tabs: cells stand at their column, what they cover is empty."""
        written = False
        for number, row in enumerate(rows):
            line, column = "", 0
            for cell in sorted(row, key=lambda cell: cell.column):
                line += "\t" * (cell.column - column)
                column = cell.column
                text = one_line(cell.text)
                start = self.length + len(line)
                height = max(1, min(cell.row_span, len(rows) - number))
                place = (self.tables, number, cell.column, height, cell.column_span)
                self.blocks.append(
                    Block(start, start + len(text), "cell", None, *place, page=cell.page or self.page)
                )
                line += text
                written = True
            self._put(line)
        self.tables += written

    def raw(self, line: str) -> None:
        """A line as it stands; its blocks are the caller's."""
        self._put(line)

    def document(self, name: str) -> Document:
        return Document(name, "\n".join(self.lines), tuple(self.blocks))

    def _put(self, line: str) -> None:
        self.lines.append(line)
        self.length += len(line) + 1


def one_line(text: str) -> str:
    """``text`` with line breaks and tabs made one space each, none at the ends.

    >>> one_line("到2025年\\n目标值 ")
    '到2025年 目标值'
    """
    return " ".join(part for piece in text.replace("\t", "\n").splitlines() if (part := piece.strip()))
