"""Headings: told by the document's bookmarks, or by larger, heavier or centred type; with their levels."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from kechuang.language.fold import fold
from kechuang.language.outline import mark_of
from kechuang.plan.documents.pdf.paragraphs import Paragraph
from kechuang.plan.documents.pdf.shapes import Table

_LONGEST = 60
_SENTENCE = re.compile(r"[。；！？].")

Look = tuple[float, str, bool]


def levels_of(items: Sequence[Paragraph | Table], bookmarks: Sequence[tuple[int, str]]) -> dict[int, int]:
    """The level of each heading, by the place of its paragraph among ``items``; 0 is the title."""
    paragraphs = [(n, item) for n, item in enumerate(items) if isinstance(item, Paragraph)]
    levels = _by_bookmarks(paragraphs, bookmarks)
    body = _body(paragraph for _, paragraph in paragraphs)
    plain = {n: p for n, p in paragraphs if n not in levels and _stands_out(p, body)}
    title = _title(plain, body)
    if title is not None:
        levels[title] = 0
    known: dict[Look, Counter[int]] = defaultdict(Counter)
    for number, paragraph in paragraphs:
        mark = mark_of(fold(paragraph.text))
        if number in levels and levels[number] > 0:
            known[_look(paragraph)][levels[number]] += 1
        elif number in plain and mark is not None:
            known[_look(paragraph)][mark.level] += 1
    ranked = sorted(
        {_look(p) for n, p in plain.items() if n != title}, key=lambda look: (-look[0], not look[2])
    )
    for number, paragraph in plain.items():
        if number == title:
            continue
        look, mark = _look(paragraph), mark_of(fold(paragraph.text))
        if mark is not None:
            levels[number] = mark.level
        elif known[look]:
            levels[number] = known[look].most_common(1)[0][0]
        else:
            levels[number] = min(9, ranked.index(look) + 1)
    return levels


def _by_bookmarks(
    paragraphs: Sequence[tuple[int, Paragraph]], bookmarks: Sequence[tuple[int, str]]
) -> dict[int, int]:
    """Paragraphs that bookmarks name, in their order; a bookmark may leave out the heading's number."""
    levels: dict[int, int] = {}
    position = 0
    for level, title in bookmarks:
        wanted = _compact(title)
        if not wanted:
            continue
        for place in range(position, len(paragraphs)):
            number, paragraph = paragraphs[place]
            text = _compact(paragraph.text)
            if text == wanted or (
                len(text) <= len(wanted) + 12
                and text.endswith(wanted)
                and (mark := mark_of(fold(paragraph.text))) is not None
                and _compact(paragraph.text[mark.end :]) == wanted
            ):
                levels[number] = level
                position = place + 1
                break
    return levels


def _compact(text: str) -> str:
    return "".join(fold(text).split())


def _look(paragraph: Paragraph) -> Look:
    return (round(paragraph.size, 1), paragraph.font, paragraph.bold)


def _body(paragraphs: object) -> Look:
    counts: Counter[Look] = Counter()
    for paragraph in paragraphs:  # type: ignore[attr-defined]
        counts[_look(paragraph)] += len(paragraph.text)
    return counts.most_common(1)[0][0] if counts else (12.0, "", False)


def _stands_out(paragraph: Paragraph, body: Look) -> bool:
    """Whether a paragraph is set as headings are, and is short enough to be one."""
    text = paragraph.text
    if (
        len(text) > _LONGEST
        or _SENTENCE.search(text)
        or text.endswith(("。", "；", "，", "、"))
        or paragraph.bullet
    ):
        return False
    if not any(sign.isalpha() for sign in text):
        return False
    size, font, bold = _look(paragraph)
    larger = size > 1.08 * body[0]
    heavier = bold and not body[2]
    other = font != body[1] and size > 0.97 * body[0] and mark_of(fold(text)) is not None
    return larger or (heavier and size > 0.97 * body[0]) or other


def _title(plain: dict[int, Paragraph], body: Look) -> int | None:
    """The largest heading at the document's beginning, when none after it is as large."""
    first = [(n, p) for n, p in plain.items() if p.page <= 2][:6]
    if not first:
        return None
    number, largest = max(first, key=lambda pair: pair[1].size)
    if largest.size <= 1.15 * body[0] or mark_of(fold(largest.text)) is not None:
        return None
    later = [p for n, p in plain.items() if n > number and p.page > largest.page]
    return number if all(p.size < largest.size for p in later) else None
