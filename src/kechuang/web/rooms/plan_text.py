"""The text of a plan laid out: headings, paragraphs and tables, cut where sentences of entries begin and end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from kechuang.plan.documents import Block, Document
from kechuang.plan.outline import sections_of

#: Headings down to this level stand in the table of contents.
DEEPEST = 2


@dataclass(frozen=True)
class Named:
    """Characters ``start``–``end`` are what an entry stands for."""

    start: int
    end: int
    entry: str
    title: str = ""


@dataclass(frozen=True)
class Pin:
    """A finding of the check that begins here."""

    number: int
    at: int
    must: bool


@dataclass(frozen=True)
class Piece:
    """A stretch of text: lit, or the sentence of an entry, or neither. ``anchor``: what begins here;
    ``first``: the entry's sentence begins here, further pieces of it are no links of their own."""

    text: str
    entry: str | None
    lit: bool
    anchor: str | None
    first: bool = False


@dataclass(frozen=True)
class Paragraph:
    """``level`` 0 is text, else a heading of that level; a table has ``rows`` of cells instead of pieces."""

    level: int
    anchor: str
    pieces: list[Piece]
    pins: list[Pin]
    rows: list[list[list[Piece]]] = field(default_factory=list)


@dataclass(frozen=True)
class Chapter:
    """A line of the table of contents, with the findings below it."""

    anchor: str
    title: str
    level: int
    pins: list[Pin]


@dataclass(frozen=True)
class Laid:
    """A document as it stands on the page."""

    name: str
    paragraphs: list[Paragraph]
    contents: list[Chapter]
    sentences: int


def laid(
    document: Document, named: Sequence[Named], lit: Sequence[tuple[int, int]], pins: Sequence[Pin]
) -> Laid:
    """The document with the sentences of entries, what is lit, and the findings pinned to their place.

    Where sentences of entries lie in one another the innermost is the one a reader lands on.
    """
    titles = {
        section.line.start: (section.level, section.rest is None)
        for section in sections_of(document).walk()
        if section.line is not None
    }
    cut = _Cutter(document, named, lit)
    found: list[Paragraph] = []
    contents: list[Chapter] = []
    tables = groupby(document.blocks, key=lambda block: block.table if block.kind == "cell" else None)
    for table, blocks in tables:
        if table is not None:
            found.append(_table(list(blocks), cut, pins))
            continue
        for block in blocks:
            level, alone = titles.get(block.start, (0, False))
            level = level if alone else 0
            mine = [pin for pin in pins if block.start <= pin.at < block.end]
            anchor = f"h-{len(contents) + 1}" if 0 < level <= DEEPEST else ""
            found.append(Paragraph(level, anchor, cut.pieces(block.start, block.end), mine))
            if anchor:
                contents.append(Chapter(anchor, document.of(block).strip(), level, []))
            if contents:
                contents[-1].pins.extend(mine)
    return Laid(document.name, found, contents, sum(document.text.count(stop) for stop in "。！？；"))


def _table(blocks: list[Block], cut: _Cutter, pins: Sequence[Pin]) -> Paragraph:
    rows = [list(cells) for _, cells in groupby(blocks, key=lambda block: block.row)]
    mine = [pin for pin in pins if blocks[0].start <= pin.at <= blocks[-1].end]
    return Paragraph(
        0, "", [], mine, [[cut.pieces(cell.start, cell.end) for cell in cells] for cells in rows]
    )


@dataclass
class _Cutter:
    document: Document
    named: Sequence[Named]
    lit: Sequence[tuple[int, int]]
    begun: set[str] = field(default_factory=set)

    def pieces(self, start: int, end: int) -> list[Piece]:
        near = [one for one in self.named if one.start < end and one.end > start]
        bright = [(first, last) for first, last in self.lit if first < end and last > start]
        cuts = {start, end}
        for first, last in [*((one.start, one.end) for one in near), *bright]:
            cuts.update(place for place in (first, last) if start < place < end)
        return [self._piece(left, right, near, bright) for left, right in pairwise(sorted(cuts))]

    def _piece(
        self, left: int, right: int, near: Iterable[Named], bright: Iterable[tuple[int, int]]
    ) -> Piece:
        holders = [one for one in near if one.start <= left and right <= one.end]
        entry = min(holders, key=lambda one: one.end - one.start).entry if holders else None
        lit = any(first <= left and right <= last for first, last in bright)
        first = entry is not None and f"s-{entry}" not in self.begun
        anchor = "lit" if lit and "lit" not in self.begun else f"s-{entry}" if first else None
        if anchor is not None:
            self.begun.add(anchor)
        if first:
            self.begun.add(f"s-{entry}")
        return Piece(self.document.text[left:right], entry, lit, anchor, first)
