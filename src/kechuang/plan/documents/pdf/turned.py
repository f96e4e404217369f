"""Pages set sideways: where most text runs up or down the page, the page is turned so that it can be read."""

from __future__ import annotations

from kechuang.plan.documents.pdf.shapes import Box, Rule, Sheet


def straightened(sheet: Sheet) -> Sheet:
    """The sheet with level text; what still runs another way (marks in the margin) is kept apart."""
    turned = [glyph for glyph in sheet.glyphs if glyph.size < 0]
    level = [glyph for glyph in sheet.glyphs if glyph.size >= 0]
    if len(turned) <= len(level):
        sheet.glyphs, sheet.sideways = level, turned
        return sheet
    up = sum(glyph.x1 > 0 for glyph in turned) * 2 >= len(turned)
    width, height = sheet.width, sheet.height

    def place(x: float, y: float) -> tuple[float, float]:
        return (height - y, x) if up else (y, width - x)

    glyphs = []
    for glyph in turned:
        if (glyph.x1 > 0) != up:
            continue
        x, y = place(glyph.x0, glyph.y)
        glyphs.append(glyph._replace(x0=x, x1=x + abs(glyph.x1), y=y, size=-glyph.size))
    across, upright = [], []
    for rule in sheet.across:
        at, _ = place(0, rule.at)
        ends = sorted((place(rule.start, 0)[1], place(rule.end, 0)[1]))
        upright.append(Rule(at, *ends))
    for rule in sheet.upright:
        _, at = place(rule.at, 0)
        ends = sorted((place(0, rule.start)[0], place(0, rule.end)[0]))
        across.append(Rule(at, *ends))
    images = []
    for box in sheet.images:
        (a, b), (c, d) = place(box.x0, box.top), place(box.x1, box.bottom)
        images.append(Box(min(a, c), min(b, d), max(a, c), max(b, d)))
    return Sheet(sheet.number, height, width, glyphs, across, upright, [], images, sheet.scan, sheet.unknown)
