"""What a PDF page is made of, in points, from its upper left corner: glyphs, rules, lines and tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Glyph(NamedTuple):
    """A sign from ``x0`` to ``x1`` on the base line ``y``; ``font`` is a family, ``bold`` drawn heavily."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    font: str
    bold: bool

    @property
    def middle(self) -> float:
        """The height of the middle of the sign."""
        return self.y - 0.35 * self.size


class Rule(NamedTuple):
    """A straight line: ``at`` on the other axis, from ``start`` to ``end``."""

    at: float
    start: float
    end: float


class Box(NamedTuple):
    """A rectangle; ``top`` is less than ``bottom``."""

    x0: float
    top: float
    x1: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


@dataclass
class Sheet:
    """A page as drawn: ``across`` are level rules (by height), ``upright`` the others (by x).

    A sign that runs up or down the page has a negative ``size``; its ``x1`` is how far up it goes.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Rule] = field(default_factory=list)
    upright: list[Rule] = field(default_factory=list)
    sideways: list[Glyph] = field(default_factory=list)  # signs that run another way than most
    images: list[Box] = field(default_factory=list)
    scan: bool = False  # its largest picture looks like a scan of writing
    unknown: int = 0  # glyphs whose sign the file does not tell


@dataclass
class Line:
    """Signs set on one base line in one column of a page.

    ``first`` is the width of what may not be parted at its beginning (a word, a sign with its comma): where
    less is left on the line before, that line was full. ``left`` and ``right`` are the column's margins.
    """

    text: str
    page: int
    x0: float
    x1: float
    y: float
    size: float
    font: str
    bold: bool
    first: float = 0.0
    spaced: str = ""  # the space set after the last sign
    lead: str = ""  # the font and weight of its first signs
    tail: str = ""
    parts: int = 1  # pieces parted by wide gaps
    left: float = 0.0
    right: float = 0.0
    column: int = 0
    pitch: float = 0.0
    unmarked: str = ""  # the text without the raised marks of notes


@dataclass
class TableCell:
    """A cell's text with what it covers and the page it begins on; ``full`` where its last line is."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    page: int = 0
    full: bool = False


@dataclass
class Table:
    """A table on a page (or, joined, on several): its cells and where its columns begin and end.

    ``open_above``, ``open_below``: no rule closes it there, so that its first or last row may be part of one.
    """

    page: int
    box: Box
    edges: list[float]
    rows: int
    cells: list[TableCell]
    open_above: bool = False
    open_below: bool = False

    @property
    def columns(self) -> int:
        return len(self.edges) - 1


#: Columns from this number on are frames around text.
FRAMED = 100


@dataclass
class Frame:
    """A frame with the lines in it; ``margins`` are where its text begins and ends."""

    box: Box
    lines: list[Line]
    margins: tuple[float, float]


@dataclass
class Leaf:
    """A page's content in reading order; ``frames`` are the margins of framed columns."""

    page: int
    width: float
    height: float
    items: list[Line | Table]
    frames: dict[int, tuple[float, float]] = field(default_factory=dict)
    separators: list[Rule] = field(default_factory=list)  # short rules, such as those above notes
    unknown: int = 0
    signs: int = 0
    pictured: float = 0.0  # share of the page that images cover
    scan: bool = False


@dataclass
class Piece:
    """What goes into the document: a paragraph or a table, with the page it begins on."""

    page: int
    kind: str  # heading, paragraph, list, table
    level: int | None = None
    text: str = ""
    table: Table | None = None
