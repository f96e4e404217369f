"""Ruled tables: cells are what rules enclose, so that merged cells come out as they were drawn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from kechuang.plan.documents.pdf.shapes import Box, Rule, Sheet

#: Rules nearer than this are one; rules that miss each other by less meet.
_NEAR, _MEET = 2.5, 4.0
_OPEN = 8.0  # a side is open where rules reach further than this beyond the last one across them
_MOST_SQUARES = 20_000


@dataclass(frozen=True)
class Cell:
    """A place in a grid with what it covers, and where it is on the page."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box


@dataclass(frozen=True)
class Grid:
    """Where rules cross: ``xs`` and ``ys`` are its lines, from left and from above.

    ``open_above`` and ``open_below``: no rule closes it there, as where a page end parts a row.
    """

    xs: list[float]
    ys: list[float]
    cells: list[Cell]
    open_above: bool = False
    open_below: bool = False

    @property
    def box(self) -> Box:
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])


def grids_of(sheet: Sheet) -> list[Grid]:
    """The ruled tables of a page, from above; a single frame is a grid of one cell."""
    across, upright = _drawn(sheet.across), _drawn(sheet.upright)
    if len(across) < 2 or len(across) + len(upright) < 4:
        return []
    found = [grid for group in _groups(across, upright) if (grid := _grid(*group))]
    return sorted(_outermost(found), key=lambda grid: (grid.ys[0], grid.xs[0]))


def _drawn(rules: Sequence[Rule]) -> list[Rule]:
    """Rules as a reader sees them: pieces that follow each other on one line are one rule."""
    lines: list[list[Rule]] = []
    for rule in sorted(rules):
        if lines and rule.at - lines[-1][0].at <= _NEAR:
            lines[-1].append(rule)
        else:
            lines.append([rule])
    joined = []
    for line in lines:
        at = sum(rule.at for rule in line) / len(line)
        open_: Rule | None = None
        for rule in sorted(line, key=lambda rule: rule.start):
            if open_ is not None and rule.start - open_.end <= _MEET:
                open_ = Rule(at, open_.start, max(open_.end, rule.end))
                continue
            if open_ is not None:
                joined.append(open_)
            open_ = Rule(at, rule.start, rule.end)
        if open_ is not None:
            joined.append(open_)
    return [rule for rule in joined if rule.end - rule.start >= 6]


def _groups(across: list[Rule], upright: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Rules that touch one another, as tables apart."""
    parent = list(range(len(across) + len(upright)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for n, level in enumerate(across):
        for m, post in enumerate(upright):
            crosses = level.start - _MEET <= post.at <= level.end + _MEET
            if crosses and post.start - _MEET <= level.at <= post.end + _MEET:
                parent[root(n)] = root(len(across) + m)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for n, rule in enumerate([*across, *upright]):
        groups.setdefault(root(n), ([], []))[n >= len(across)].append(rule)
    return [group for group in groups.values() if len(group[0]) >= 2 and group[1]]


def _grid(across: list[Rule], upright: list[Rule]) -> Grid | None:
    left, right = min(rule.start for rule in across), max(rule.end for rule in across)
    top, bottom = min(rule.at for rule in across), max(rule.at for rule in across)
    xs = _lines([rule.at for rule in upright])
    # A table open at its sides: its level rules reach beyond the outermost upright ones.
    if xs[0] - left > _OPEN:
        upright = [*upright, Rule(left, top, bottom)]
    if right - xs[-1] > _OPEN:
        upright = [*upright, Rule(right, top, bottom)]
    above = sum(top - rule.start > _OPEN for rule in upright) * 2 > len(upright)
    below = sum(rule.end - bottom > _OPEN for rule in upright) * 2 > len(upright)
    if above:
        across = [*across, Rule(min(rule.start for rule in upright), left, right)]
    if below:
        across = [*across, Rule(max(rule.end for rule in upright), left, right)]
    xs, ys = _lines([rule.at for rule in upright]), _lines([rule.at for rule in across])
    if len(xs) < 2 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > _MOST_SQUARES:
        return None
    cells = _cells(xs, ys, _walls(xs, ys, upright), _walls(ys, xs, across))
    return Grid(xs, ys, cells, above, below)


def _lines(places: list[float]) -> list[float]:
    found: list[list[float]] = []
    for place in sorted(places):
        if found and place - found[-1][-1] <= _NEAR + 1:
            found[-1].append(place)
        else:
            found.append([place])
    return [sum(group) / len(group) for group in found]


def _walls(lines: list[float], stations: list[float], rules: list[Rule]) -> list[list[bool]]:
    """Whether line ``i`` is drawn between stations ``j`` and ``j + 1``."""
    drawn = [[False] * (len(stations) - 1) for _ in lines]
    for rule in rules:
        line = min(range(len(lines)), key=lambda n: abs(lines[n] - rule.at))
        for j in range(len(stations) - 1):
            begin, end = stations[j], stations[j + 1]
            if min(end, rule.end) - max(begin, rule.start) >= 0.6 * (end - begin):
                drawn[line][j] = True
    return drawn


def _cells(xs: list[float], ys: list[float], posts: list[list[bool]], levels: list[list[bool]]) -> list[Cell]:
    """Squares with no wall between are one cell; one that is no rectangle is parted into rows."""
    columns, rows = len(xs) - 1, len(ys) - 1
    owner = [[-1] * columns for _ in range(rows)]
    cells: list[Cell] = []
    for row in range(rows):
        for column in range(columns):
            if owner[row][column] >= 0:
                continue
            width = 1
            while (
                column + width < columns and owner[row][column + width] < 0 and not posts[column + width][row]
            ):
                width += 1
            height = 1
            while row + height < rows and _goes_on(row + height, column, width, posts, levels, owner):
                height += 1
            for r in range(row, row + height):
                owner[r][column : column + width] = [len(cells)] * width
            box = Box(xs[column], ys[row], xs[column + width], ys[row + height])
            cells.append(Cell(row, column, height, width, box))
    return cells


def _goes_on(
    row: int,
    column: int,
    width: int,
    posts: list[list[bool]],
    levels: list[list[bool]],
    owner: list[list[int]],
) -> bool:
    places = range(column, column + width)
    open_above = all(not levels[row][n] and owner[row][n] < 0 for n in places)
    return open_above and not any(posts[n][row] for n in places if n > column)


def _outermost(found: list[Grid]) -> list[Grid]:
    """Grids that are not drawn inside a cell of another; a frame around a whole table counts for nothing."""
    kept: list[Grid] = []
    for grid in sorted(found, key=lambda grid: len(grid.cells), reverse=True):
        middle = ((grid.xs[0] + grid.xs[-1]) / 2, (grid.ys[0] + grid.ys[-1]) / 2)
        inside = any(len(other.cells) > 1 and other.box.holds(*middle) for other in kept)
        if not inside and not (
            len(grid.cells) == 1 and any(grid.box.holds(*other.box[:2]) for other in kept)
        ):
            kept.append(grid)
    return kept


def cell_at(grid: Grid, index: dict[tuple[int, int], Cell], x: float, y: float) -> Cell | None:
    """The cell at a place of the page; None outside the grid."""
    column, row = bisect_right(grid.xs, x) - 1, bisect_right(grid.ys, y) - 1
    return index.get((row, column))


def index_of(grid: Grid) -> dict[tuple[int, int], Cell]:
    """Every square of a grid with the cell it belongs to."""
    return {
        (row, column): cell
        for cell in grid.cells
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    }
