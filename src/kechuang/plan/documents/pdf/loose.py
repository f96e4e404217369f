"""Tables without upright rules: columns told by the gaps that all their rows leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kechuang.plan.documents.pdf.cells import cell_of
from kechuang.plan.documents.pdf.columns import Item, Row
from kechuang.plan.documents.pdf.rows import base_line, chief_of, edges
from kechuang.plan.documents.pdf.shapes import Box, Glyph, Rule, Table
from kechuang.plan.documents.pdf.signs import unparted

#: A gap between columns is at least this wide, in signs: between rules, and where there are none.
_RULED_GAP, _OPEN_GAP = 0.5, 1.0
_FEWEST_ROWS, _FEWEST_COLUMNS = 3, 3


@dataclass(frozen=True)
class _Part:
    """Rows ``first`` to ``last`` (excluded) of a flow, and the level rules between and around them."""

    first: int
    last: int
    rules: tuple[float, ...] = ()


def with_loose_tables(flow: Sequence[Item], rules: Sequence[Rule], page: int) -> list[Item]:
    """The flow with rows that make a table put together as one."""
    found: list[Item] = []
    position = 0
    for part in _parts(flow, rules):
        if part.first < position:
            continue
        rows = [item for item in flow[part.first : part.last] if isinstance(item, list)]
        table = _table(rows, part, page)
        if table is not None:
            found.extend(flow[position : part.first])
            found.append(table)
            position = part.last
    return [*found, *flow[position:]]


def _parts(flow: Sequence[Item], rules: Sequence[Rule]) -> list[_Part]:
    """Where tables may be: between level rules of one width, then where rows have many gaps."""
    parts = [*_between_rules(flow, rules), *_gapped(flow)]
    return sorted(parts, key=lambda part: (part.first, not part.rules))


def _between_rules(flow: Sequence[Item], rules: Sequence[Rule]) -> list[_Part]:
    heights = [base_line(item[0]) if isinstance(item, list) else None for item in flow]
    sets: list[list[Rule]] = []
    for rule in sorted(rules):
        for other in sets:
            if abs(other[0].start - rule.start) < 6 and abs(other[0].end - rule.end) < 6:
                other.append(rule)
                break
        else:
            sets.append([rule])
    parts = []
    for alike in sets:
        if len(alike) < 2:
            continue
        first = next((n for n, y in enumerate(heights) if y is not None and y > alike[0].at), None)
        if first is None:
            continue
        last = first
        while last < len(flow):
            height = heights[last]
            if height is None or height > alike[-1].at:
                break
            last += 1
        if last - first >= 2:
            parts.append(_Part(first, last, tuple(rule.at for rule in alike)))
    return parts


def _gapped(flow: Sequence[Item]) -> list[_Part]:
    parts = []
    number = 0
    while number < len(flow):
        if not _many(flow[number]):
            number += 1
            continue
        last, seen = number + 1, 1
        for place in range(number + 1, len(flow)):
            item, above = flow[place], flow[place - 1]
            if not isinstance(item, list) or not isinstance(above, list):
                break
            if base_line(item[0]) - base_line(above[0]) > 3.2 * chief_of(item[0]).size:
                break
            if _many(item):
                last, seen = place + 1, seen + 1
            elif place - last > 2:
                break
        if seen >= _FEWEST_ROWS:
            parts.append(_Part(number, last))
        number = max(last, number + 1)
    return parts


def _many(item: Item) -> bool:
    return isinstance(item, list) and len(item) >= _FEWEST_COLUMNS


def _table(rows: Sequence[Row], part: _Part, page: int) -> Table | None:
    size = chief_of([glyph for row in rows for segment in row for glyph in segment]).size
    gap = (_RULED_GAP if part.rules else _OPEN_GAP) * size
    bounds = _bounds(rows, gap)
    if len(bounds) < (2 if len(part.rules) > 2 else _FEWEST_COLUMNS):
        return None
    lines = [[_in_column(row, bound) for bound in bounds] for row in rows]
    groups = _grouped(rows, lines, part.rules, bounds)
    if len(groups) < 2 or sum(sum(map(bool, line)) > 1 for line in lines) * 2 < len(groups):
        return None
    edges_ = [bounds[0][0], *((a[1] + b[0]) / 2 for a, b in pairwise(bounds)), bounds[-1][1]]
    top = base_line(rows[0][0]) - size
    bottom = base_line(rows[-1][0]) + 0.3 * size
    cells = []
    for number, group in enumerate(groups):
        for column in range(len(bounds)):
            inside = [glyph for line in group for glyph in lines[line][column]]
            box = Box(edges_[column], top, edges_[column + 1], bottom)
            cells.append(cell_of(number, column, 1, 1, box, inside, page))
    return Table(page, Box(edges_[0], top, edges_[-1], bottom), edges_, len(groups), cells)


def _bounds(rows: Sequence[Row], gap: float) -> list[tuple[float, float]]:
    """Where columns begin and end: what the ink of all rows leaves open parts them."""
    ink = sorted(
        (glyph.x0, glyph.x1)
        for row in rows
        for segment in row
        for glyph in segment
        if not glyph.text.isspace()
    )
    bounds: list[tuple[float, float]] = []
    for first, last in ink:
        if bounds and first - bounds[-1][1] < gap:
            bounds[-1] = (bounds[-1][0], max(bounds[-1][1], last))
        else:
            bounds.append((first, last))
    return bounds


def _in_column(row: Row, bound: tuple[float, float]) -> list[Glyph]:
    return [
        glyph
        for segment in row
        for glyph in segment
        if bound[0] - 0.1 <= (glyph.x0 + glyph.x1) / 2 <= bound[1] + 0.1 and not _outside(glyph, row)
    ]


def _outside(glyph: Glyph, row: Row) -> bool:
    """Spaces before and after the ink of a row belong to no cell."""
    first, last = edges(row[0])[0], edges(row[-1])[1]
    return glyph.text.isspace() and not first <= glyph.x0 <= last


def _grouped(
    rows: Sequence[Row],
    lines: Sequence[list[list[Glyph]]],
    rules: Sequence[float],
    bounds: Sequence[tuple[float, float]],
) -> list[list[int]]:
    """Lines of text as rows of the table: by the rules between, or around lines with most columns filled."""
    heights = [base_line(row[0]) for row in rows]
    bands: dict[int, list[int]] = {}
    for number, height in enumerate(heights):
        bands.setdefault(sum(rule < height for rule in rules), []).append(number)
    if len(rules) > 4 or not rules or len(bands) < 2:
        ruled = len(rules) > 4
        return (
            list(bands.values()) if ruled else _around_anchors(list(range(len(rows))), heights, lines, bounds)
        )
    return [group for band in bands.values() for group in _around_anchors(band, heights, lines, bounds)]


def _around_anchors(
    numbers: Sequence[int],
    heights: Sequence[float],
    lines: Sequence[list[list[Glyph]]],
    bounds: Sequence[tuple[float, float]],
) -> list[list[int]]:
    """Each line with more than half its columns filled makes a row.

    Between two of them rows are parted where no cell is seen to wrap, at the widest gap, the lowest of equals.
    """
    filled = {n: sum(map(bool, lines[n])) for n in numbers}
    most = max(filled.values())
    anchors = [n for n in numbers if filled[n] * 2 > most]
    groups, first = [], numbers[0]
    for anchor, following in pairwise(anchors):
        places = range(anchor + 1, following + 1)
        open_ = [n for n in places if not _wraps(lines[n - 1], lines[n], bounds)]
        after = max(open_ or places, key=lambda n: (round(heights[n] - heights[n - 1]), n))
        groups.append(list(range(first, after)))
        first = after
    groups.append(list(range(first, numbers[-1] + 1)))
    return groups


def _wraps(before: list[list[Glyph]], line: list[list[Glyph]], bounds: Sequence[tuple[float, float]]) -> bool:
    """Whether a cell of ``line`` goes on from the line above, which leaves no room for its first sign."""
    filled = [n for n, glyphs in enumerate(line) if glyphs]
    if any(not before[n] for n in filled):
        return False
    rooms = (bounds[n][1] - max(g.x1 for g in before[n]) for n in filled)
    return any(room < unparted(line[n]) for room, n in zip(rooms, filled, strict=True))
