"""Reading order: a page set in columns is read column by column, between what spans them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from kechuang.plan.documents.pdf.rows import Segment, base_line, edges
from kechuang.plan.documents.pdf.shapes import Frame, Table

#: Fewer rows side by side than this are no columns of text.
_FEWEST = 5
_MOST_GAPS = 300
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
    if not gaps:
        return None
    spans = [edges(segment) for row in rows for segment in row]

    def worth(place: float) -> int:
        parted = sum(first < place < last for first, last in gaps)
        return parted - sum(first < place < last for first, last in spans)

    places = [place for begin, end in gaps[:_MOST_GAPS] for place in ((begin + end) / 2, end - 4)]
    place = max(places, key=worth)
    through = [gap for gap in gaps if gap[0] < place < gap[1]]
    middle = (max(gap[0] for gap in through) + min(gap[1] for gap in through)) / 2
    place = middle if worth(middle) >= worth(place) else place
    found = [halves for row in rows if (halves := _halves(row, place))]
    left, right = [half for half, _ in found if half], [half for _, half in found if half]
    both = sum(bool(halves[0] and halves[1]) for halves in found)
    if len(rows) - len(found) > max(both, len(found) / 3) or len(left) < _FEWEST:
        return None
    begins = min(edges(half[0])[0] for half in left), min(edges(half[0])[0] for half in right)
    ends = max(edges(half[-1])[1] for half in left), max(edges(half[-1])[1] for half in right)
    alike = abs(begins[1] + (ends[0] - begins[0]) - (width - begins[0])) < 0.04 * width
    if (
        len(found) >= 0.9 * len(rows)
        and _drifting(found)
        and 0.48 * width < begins[1] < 0.58 * width
        and ends[0] < 0.52 * width
    ):
        return place  # short lines, but little crosses, and the base lines of the two halves have nothing in common
    if sum(map(len, left)) > 1.3 * len(left) or sum(map(len, right)) > 1.3 * len(right):
        return None  # many gaps in a row: a table without rules
    if not _full(left, begins[0], ends[0]) or ends[0] - begins[0] < _NARROWEST * width:
        return None
    if both >= _FEWEST and _full(right, begins[1], ends[1]) and ends[1] - begins[1] >= _NARROWEST * width:
        return place
    # Few lines in the second column: it must lie where one as wide as the first would.
    return place if alike and ends[0] < 0.52 * width else None


def _drifting(found: Sequence[tuple[Row, Row]]) -> bool:
    """Whether the two halves of many rows are set each on its own base line, as those of a table never are."""
    if len(found) < 4 * _FEWEST:
        return False
    level = sum(
        bool(left and right) and abs(base_line(left[0]) - base_line(right[0])) < 0.5 for left, right in found
    )
    return level < 0.6 * len(found)


def _full(halves: Sequence[Row], begin: float, end: float) -> bool:
    """Whether most lines of a column are as long as lines of running text are."""
    return median((edges(half[-1])[1] - edges(half[0])[0]) / max(1.0, end - begin) for half in halves) >= 0.8


def heights(item: Item) -> float:
    """Where an item stands on the page, to order items from above."""
    return base_line(item[0]) if isinstance(item, list) else item.box.top
