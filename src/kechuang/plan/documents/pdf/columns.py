"""Reading order: a page set in columns is read column by column, between what spans them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from kechuang.plan.documents.pdf.rows import Segment, base_line, edges
from kechuang.plan.documents.pdf.shapes import Frame, Table

#: Fewer rows side by side than this are no columns of text.
_FEWEST = 5
_NARROWEST = 0.2  # of the page's width

Row = list[Segment]
Item = Row | Table | Frame


def flows(items: Sequence[Item], width: float) -> list[list[Item]]:
    """The items of a page (from above) as flows to be read one after another."""
    rows = [item for item in items if isinstance(item, list)]
    gutter = _gutter(rows, width)
    if gutter is None:
        return [list(items)] if items else []
    ordered: list[list[Item]] = []
    begin: list[Item] = []
    end: list[Item] = []
    spanning: list[Item] = []

    def close() -> None:
        for side in (begin, end):
            ordered.extend(flows(side, width))
            side.clear()

    for item in items:
        if isinstance(item, (Table, Frame)):
            first, last = item.box.x0, item.box.x1
        else:
            first, last = edges(item[0])[0], edges(item[-1])[1]
        halves = ([], []) if isinstance(item, (Table, Frame)) else _halves(item, gutter)
        if halves is None or (isinstance(item, (Table, Frame)) and first < gutter - 3 and last > gutter + 3):
            close()
            spanning.append(item)
            continue
        if spanning:
            ordered.append(list(spanning))
            spanning.clear()
        if isinstance(item, (Table, Frame)):
            (begin if last <= gutter + 3 else end).append(item)
            continue
        for side, part in zip((begin, end), halves, strict=True):
            if part:
                side.append(part)
    close()
    if spanning:
        ordered.append(spanning)
    return ordered


def _halves(row: Row, gutter: float) -> tuple[Row, Row] | None:
    """The segments on each side of the gutter; None where one crosses it."""
    left, right = Row(), Row()
    for segment in row:
        first, last = edges(segment)
        if last <= gutter:
            left.append(segment)
        elif first >= gutter:
            right.append(segment)
        else:
            parts = _parted(segment, gutter)
            if parts is None:
                return None
            left.append(parts[0])
            right.append(parts[1])
    return left, right


def _parted(segment: Segment, gutter: float) -> tuple[Segment, Segment] | None:
    """A segment as two where a gap lies at the gutter (a comma hung out into it, say); None where none does."""
    before = [glyph for glyph in segment if glyph.x0 < gutter and not glyph.text.isspace()]
    after = [glyph for glyph in segment if glyph.x0 >= gutter]
    ink = [glyph for glyph in after if not glyph.text.isspace()]
    if not before or not ink or ink[0].x0 - max(glyph.x1 for glyph in before) < 0.5 * ink[0].size:
        return None
    return before, after


def _gutter(rows: Sequence[Row], width: float) -> float | None:
    """The middle of the gap between two columns of text; None where there is none.

    Columns of text fill their width and seldom have gaps of their own; those of a table do not.
    """
    gaps = []
    for row in rows:
        for before, after in pairwise(row):
            gaps.append((edges(before)[1], edges(after)[0]))
    if len(gaps) < _FEWEST:
        return None
    best: tuple[int, float] | None = None
    for begin, end in gaps:
        place = (begin + end) / 2
        shared = sum(first < place < last for first, last in gaps)
        if best is None or shared > best[0]:
            best = (shared, place)
    assert best is not None
    shared, place = best
    if shared < _FEWEST:
        return None
    through = [gap for gap in gaps if gap[0] < place < gap[1]]
    place = (max(gap[0] for gap in through) + min(gap[1] for gap in through)) / 2
    both = [halves for row in rows if (halves := _halves(row, place)) and halves[0] and halves[1]]
    crossing = sum(_halves(row, place) is None for row in rows)
    if len(both) < _FEWEST or crossing > len(both):
        return None
    parts = sum(len(left) + len(right) for left, right in both) / len(both)
    if parts > 2.5:  # many gaps in a row: a table without rules
        return None
    widths = [
        max(edges(side[-1])[1] - edges(side[0])[0] for side in sides) for sides in zip(*both, strict=True)
    ]
    if min(widths) < _NARROWEST * width:
        return None
    for sides, full in zip(zip(*both, strict=True), widths, strict=True):
        if median((edges(side[-1])[1] - edges(side[0])[0]) / full for side in sides) < 0.8:
            return None
    return place


def heights(item: Item) -> float:
    """Where an item stands on the page, to order items from above."""
    return item.box.top if isinstance(item, (Table, Frame)) else base_line(item[0])
