"""Glyphs to lines: what stands on one base line, parted where a wide gap may be a column's or a table's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kechuang.plan.documents.pdf.shapes import Glyph, Line
from kechuang.plan.documents.pdf.signs import composed, unparted

#: A gap wider than this many signs parts a row into segments.
GAP = 1.2

_NOTE_SIGNS = frozenset("0123456789[]〔〕【】()（）*①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")

Segment = list[Glyph]


def rows_of(glyphs: Sequence[Glyph]) -> list[list[Segment]]:
    """The rows of a page from above, each as segments from the left."""
    rows: list[tuple[Glyph, list[Glyph]]] = []  # the largest glyph of the row, which says its height
    for glyph in sorted(glyphs, key=lambda glyph: (glyph.y, glyph.x0)):
        for number in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            chief, members = rows[number]
            if chief.y - 0.9 * chief.size <= glyph.middle <= chief.y + 0.12 * chief.size or (
                glyph.size > chief.size
                and glyph.y - 0.9 * glyph.size <= chief.middle <= glyph.y + 0.12 * glyph.size
            ):
                members.append(glyph)
                if glyph.size > 1.05 * chief.size and not glyph.text.isspace():
                    rows[number] = (glyph, members)
                break
        else:
            rows.append((glyph, [glyph]))
    parted = [_segments(_once(members)) for _, members in rows]
    return sorted((row for row in parted if row), key=lambda row: base_line(row[0]))


def _once(glyphs: list[Glyph]) -> list[Glyph]:
    """Glyphs from left to right without doubles: a sign drawn twice to look bold is one sign.

    By their middles: the blank half of a quotation mark may lie over the sign before it.
    """
    ordered = sorted(glyphs, key=lambda glyph: glyph.x0 + glyph.x1)
    kept: list[Glyph] = []
    for glyph in ordered:
        double = False
        for number in range(len(kept) - 1, max(-1, len(kept) - 4), -1):
            other = kept[number]
            if other.text == glyph.text and abs(other.x0 - glyph.x0) < 0.25 * max(glyph.size, 1):
                double = True
                if not glyph.text.isspace() and abs(other.y - glyph.y) < 0.3 * glyph.size:
                    kept[number] = other._replace(bold=True)
                break
        if not double:
            kept.append(glyph)
    return kept


def _segments(glyphs: list[Glyph]) -> list[Segment]:
    parts: list[Segment] = []
    before: Glyph | None = None
    for glyph in glyphs:
        if glyph.text.isspace():
            if parts:
                parts[-1].append(glyph)
            continue
        if before is None or glyph.x0 - before.x1 > GAP * max(before.size, glyph.size):
            parts.append([])
        parts[-1].append(glyph)
        before = glyph if before is None or glyph.x1 > before.x1 or parts[-1][0] is glyph else before
    return parts


def base_line(glyphs: Sequence[Glyph]) -> float:
    """The base line most of the ink stands on."""
    return chief_of(glyphs).y


def chief_of(glyphs: Sequence[Glyph]) -> Glyph:
    """A glyph of the font and size most of the signs have."""
    ink = [glyph for glyph in glyphs if not glyph.text.isspace()] or list(glyphs)
    looks = Counter((round(glyph.size, 1), glyph.font, glyph.bold) for glyph in ink)
    most = looks.most_common(1)[0][0]
    return next(glyph for glyph in ink if (round(glyph.size, 1), glyph.font, glyph.bold) == most)


def edges(segment: Segment) -> tuple[float, float]:
    """Where the ink of a segment begins and ends."""
    ink = [glyph for glyph in segment if not glyph.text.isspace()]
    return min(glyph.x0 for glyph in ink), max(glyph.x1 for glyph in ink)


def line_of(segments: Sequence[Segment], page: int) -> Line:
    """Segments of one row as one line of text."""
    glyphs = [glyph for segment in segments for glyph in segment]
    ink = [glyph for glyph in glyphs if not glyph.text.isspace()]
    chief = chief_of(ink)
    text, spaced = composed(glyphs)
    heavy = sum(glyph.bold for glyph in ink) * 2 > len(ink)
    return Line(
        text=text,
        page=page,
        x0=ink[0].x0,
        x1=max(glyph.x1 for glyph in ink),
        y=chief.y,
        size=round(chief.size, 1),
        font=chief.font,
        bold=heavy,
        first=unparted(ink),
        spaced=spaced,
        lead=_look(ink[0]),
        tail=_look(ink[-1]),
        parts=len(segments),
        unmarked=_unmarked(glyphs, chief, text),
    )


def _unmarked(glyphs: Sequence[Glyph], chief: Glyph, text: str) -> str:
    """The text without raised marks such as ¹ or [2]; the square of a unit (m²) is no mark."""
    kept: list[Glyph] = []
    for glyph in glyphs:
        raised = glyph.size < 0.8 * chief.size and chief.y - glyph.y > 0.15 * chief.size
        squared = glyph.text in "23" and bool(kept) and kept[-1].text == "m"
        if not (raised and glyph.text in _NOTE_SIGNS) or squared:
            kept.append(glyph)
    return composed(kept)[0] if len(kept) < len(glyphs) else text


def _look(glyph: Glyph) -> str:
    return f"{glyph.font}{'*' if glyph.bold else ''}"
