"""What became of the text: paragraphs kept, moved, reworded, added and removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from kechuang.plan.compare.assignment import best_pairs
from kechuang.plan.compare.difference import Change, Paragraph, Piece, TextChange
from kechuang.plan.compare.likeness import Rarity, near, plain
from kechuang.plan.compare.order import equal_pairs, out_of_order
from kechuang.plan.compare.words import alike, words_changed
from kechuang.plan.documents import Block, Document
from kechuang.plan.outline import Section, sections_of

#: Paragraphs at least so alike are one paragraph reworded; where both stand alone at one place, less will do.
ALIKE, ALIKE_IN_PLACE = 0.5, 0.3
#: A paragraph of fewer signs found elsewhere is another one that says the same, not one that moved.
_SHORT = 6
_CANDIDATE = 0.2


def paragraphs_of(documents: Sequence[Document]) -> list[Paragraph]:
    """The paragraphs and table rows of the documents, each under its heading."""
    found: list[Paragraph] = []
    for document in documents:
        headings = _headings(document)
        under = ""
        for start, end, block in _units(document):
            text = document.text[start:end]
            if not text.strip():
                continue
            heading = headings.get(start) if block.kind != "cell" else None
            under, where = (heading[0], heading[1]) if heading else (under, under)
            kind = "row" if block.kind == "cell" else "heading" if heading else block.kind
            level = block.level or 1 if heading else None
            found.append(Paragraph(document.name, start, end, text, kind, level, where, len(found) + 1))
    return found


def compare_texts(a: Sequence[Paragraph], b: Sequence[Paragraph]) -> list[TextChange]:
    """Every paragraph of both, in no order.

    First the longest common sequence of equal paragraphs; then equal ones elsewhere (moved); then the best
    pairing of the rest by likeness. Of all pairs, those out of the heaviest increasing sequence have moved.
    """
    forms = [plain(p.text) for p in a], [plain(p.text) for p in b]
    pairs = equal_pairs(*forms, shortest=_SHORT)
    pairs.update(_alike(a, b, pairs))
    moved = out_of_order(pairs, [len(p.text) for p in a])
    changes: list[TextChange] = []
    for left, right in pairs.items():
        change: list[Change] = ["moved"] if left in moved else []
        words: tuple[Piece, ...] = ()
        if forms[0][left] != forms[1][right]:
            change.append("reworded")
            words = words_changed(a[left].text, b[right].text)
        changes.append(TextChange(tuple(change) or ("kept",), a[left], b[right], words))
    taken = set(pairs.values())
    changes += [TextChange(("removed",), p, None) for left, p in enumerate(a) if left not in pairs]
    changes += [TextChange(("added",), None, p) for right, p in enumerate(b) if right not in taken]
    return changes


def _alike(a: Sequence[Paragraph], b: Sequence[Paragraph], pairs: Mapping[int, int]) -> dict[int, int]:
    """The best pairing of what has no equal."""
    taken = set(pairs.values())
    lefts = [left for left in range(len(a)) if left not in pairs]
    rights = [right for right in range(len(b)) if right not in taken]
    rarity = Rarity([*(a[left].text for left in lefts), *(b[right].text for right in rights)])
    vectors = [rarity.vector(a[n].text) for n in lefts], [rarity.vector(b[n].text) for n in rights]
    likeness: dict[tuple[int, int], float] = {}
    for (one, other), value in near(*vectors, _CANDIDATE).items():
        left, right = lefts[one], rights[other]
        both = (value + alike(a[left].text, b[right].text)) / 2
        if both >= (ALIKE_IN_PLACE if _same_place(left, right, pairs, len(b)) else ALIKE):
            # Of two that are equally alike, the one nearer to the old place.
            likeness[left, right] = both - 0.001 * abs(left / len(a) - right / len(b))
    return best_pairs(likeness)


def _same_place(left: int, right: int, pairs: Mapping[int, int], size: int) -> bool:
    """Whether both stand between the same two neighbours."""
    above = right == 0 if left == 0 else pairs.get(left - 1) == right - 1
    below = pairs.get(left + 1) == right + 1 or (left + 1 not in pairs and right + 1 == size)
    return above and below


def _units(document: Document) -> Iterator[tuple[int, int, Block]]:
    """Paragraphs, and tables row by row: a row is one line of the text."""
    for row, blocks in groupby(
        document.blocks, key=lambda block: None if block.kind != "cell" else (block.table, block.row)
    ):
        if row is None:
            yield from ((block.start, block.end, block) for block in blocks)
        else:
            cells = list(blocks)
            yield cells[0].start, cells[-1].end, cells[0]


def _headings(document: Document) -> dict[int, tuple[str, str]]:
    """Where a heading's line begins → its words, and those of the heading above it."""
    found: dict[int, tuple[str, str]] = {}

    def walk(section: Section, above: str) -> None:
        for part in section.sections:
            if part.line is not None:
                words = document.text[part.line.start : part.end].strip()
                found[part.line.start] = words, above
                walk(part, words)

    walk(sections_of(document), "")
    return found
