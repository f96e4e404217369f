"""A page's shapes as its content in reading order: tables out of rules, lines out of glyphs."""

from __future__ import annotations

from collections.abc import Sequence

from kechuang.plan.documents.pdf.cells import cell_of
from kechuang.plan.documents.pdf.columns import Item, flows, heights
from kechuang.plan.documents.pdf.grids import Cell, Grid, cell_at, grids_of, index_of
from kechuang.plan.documents.pdf.loose import with_loose_tables
from kechuang.plan.documents.pdf.rows import line_of, rows_of
from kechuang.plan.documents.pdf.shapes import FRAMED, Box, Frame, Glyph, Leaf, Line, Rule, Sheet, Table
from kechuang.plan.documents.pdf.signs import private
from kechuang.plan.documents.pdf.turned import straightened


def leaf_of(sheet: Sheet) -> Leaf:
    """The content of a page in reading order."""
    sheet = straightened(sheet)
    grids = grids_of(sheet)
    tables, free = _tables(sheet, [grid for grid in grids if len(grid.cells) > 1])
    frames, free = _frames(sheet, [grid.box for grid in grids if len(grid.cells) == 1], free)
    items: list[Item] = sorted([*rows_of(free), *tables, *frames], key=heights)
    leaf = Leaf(sheet.number, sheet.width, sheet.height, [])
    rules = _loose_rules(sheet, grids)
    for number, flow in enumerate(flows(items, sheet.width)):
        for item in with_loose_tables(flow, rules, sheet.number):
            if isinstance(item, Table):
                leaf.items.append(item)
            elif isinstance(item, Frame):
                leaf.items.extend(item.lines)
                leaf.frames[item.lines[0].column] = item.margins
            else:
                line = line_of(item, sheet.number)
                line.column = number
                leaf.items.append(line)
    leaf.separators = [rule for rule in sheet.across if rule.end - rule.start < 0.5 * sheet.width]
    leaf.signs = sum(not glyph.text.isspace() for glyph in sheet.glyphs)
    leaf.unknown = sheet.unknown + sum(private(glyph.text) for glyph in sheet.glyphs)
    area = max(1.0, sheet.width * sheet.height)
    leaf.scan = sheet.scan
    leaf.pictured = min(1.0, sum((b.x1 - b.x0) * (b.bottom - b.top) for b in sheet.images) / area)
    return leaf


def _frames(sheet: Sheet, boxes: Sequence[Box], free: list[Glyph]) -> tuple[list[Frame], list[Glyph]]:
    """Text in a frame (not that of the whole page) is set apart from what is around it."""
    frames: list[Frame] = []
    for box in boxes:
        if box.bottom - box.top > 0.8 * sheet.height:
            continue
        inside = [glyph for glyph in free if box.holds((glyph.x0 + glyph.x1) / 2, glyph.middle)]
        lines = [line_of(row, sheet.number) for row in rows_of(inside)]
        if not lines:
            continue
        free = [glyph for glyph in free if not box.holds((glyph.x0 + glyph.x1) / 2, glyph.middle)]
        for line in lines:
            line.column = FRAMED + len(frames)
        padding = max(0.0, min(line.x0 for line in lines) - box.x0)
        padding = min(padding, 1.5 * lines[0].size)
        frames.append(Frame(box, lines, (box.x0 + padding, box.x1 - padding)))
    return frames, free


def _loose_rules(sheet: Sheet, grids: Sequence[Grid]) -> list[Rule]:
    """Long level rules that belong to no grid."""
    return [
        rule
        for rule in sheet.across
        if rule.end - rule.start > 0.25 * sheet.width
        and not any(grid.ys[0] - 3 <= rule.at <= grid.ys[-1] + 3 for grid in grids)
    ]


def _tables(sheet: Sheet, grids: Sequence[Grid]) -> tuple[list[Table], list[Glyph]]:
    """The tables that hold text, and the glyphs outside them."""
    held: list[dict[Cell, list[Glyph]]] = [{} for _ in grids]
    indexes = [index_of(grid) for grid in grids]
    free = []
    for glyph in sheet.glyphs:
        x, y = (glyph.x0 + glyph.x1) / 2, glyph.middle
        for number, grid in enumerate(grids):
            if grid.box.holds(x, y) and (cell := cell_at(grid, indexes[number], x, y)):
                held[number].setdefault(cell, []).append(glyph)
                break
        else:
            free.append(glyph)
    for number, grid in enumerate(grids):
        _add_sideways(sheet.sideways, grid, indexes[number], held[number])
    tables = []
    for grid, inside in zip(grids, held, strict=True):
        if not any(not glyph.text.isspace() for glyphs in inside.values() for glyph in glyphs):
            continue
        cells = [
            cell_of(
                cell.row,
                cell.column,
                cell.row_span,
                cell.column_span,
                cell.box,
                inside.get(cell, []),
                sheet.number,
            )
            for cell in grid.cells
        ]
        tables.append(
            Table(sheet.number, grid.box, grid.xs, len(grid.ys) - 1, cells, grid.open_above, grid.open_below)
        )
    return tables, free


def _add_sideways(
    signs: Sequence[Glyph], grid: Grid, index: dict[tuple[int, int], Cell], held: dict[Cell, list[Glyph]]
) -> None:
    """Text set sideways in a narrow cell, as level text in it."""
    found: dict[Cell, list[Glyph]] = {}
    for glyph in signs:
        cell = cell_at(grid, index, glyph.x0, glyph.y) if grid.box.holds(glyph.x0, glyph.y) else None
        if cell is not None and not held.get(cell):
            found.setdefault(cell, []).append(glyph)
    for cell, glyphs in found.items():
        held[cell] = [
            glyph._replace(x0=along, x1=along + abs(glyph.x1), y=down, size=-glyph.size)
            for glyph in glyphs
            for along, down in [(-glyph.y, glyph.x0) if glyph.x1 > 0 else (glyph.y, -glyph.x0)]
        ]


def lines_of(leaf: Leaf) -> list[Line]:
    """The lines of a page in reading order."""
    return [item for item in leaf.items if isinstance(item, Line)]
