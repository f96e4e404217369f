"""A comparison row by row, as every form lays it out: where, the old words, the new ones, what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from kechuang.messages import Message, say
from kechuang.plan.compare import Difference, EntryChange, TextChange, wording
from kechuang.plan.compare.difference import Change, Paragraph, Piece
from kechuang.plan.compare.order import as_one_list
from kechuang.plan.compare.words import words_changed

Mark = Literal["same", "removed", "added"]
Stretch = Literal["kept", "changed", "left"]


@dataclass(frozen=True)
class Run:
    """Words of one mark."""

    words: str
    mark: Mark = "same"


@dataclass(frozen=True)
class Row:
    """One changed thing. ``old`` or ``new`` is empty where it was not or is no more; ``details`` are sentences.

    ``both`` is old and new in one line, for forms that have one column.
    """

    where: str
    old: tuple[Run, ...]
    new: tuple[Run, ...]
    both: tuple[Run, ...]
    change: tuple[Change, ...]
    details: tuple[str, ...] = field(default=())


def entry_rows(difference: Difference, language: str) -> list[Row]:
    """The entries that changed."""
    return [_entry(entry, language) for entry in difference.entries if entry.change != ("kept",)]


def text_row(change: TextChange, language: str) -> Row:
    """A paragraph that changed."""
    old, new, both = _runs(
        change.words, one_line(change.a.text) if change.a else "", one_line(change.b.text) if change.b else ""
    )
    details: list[str] = []
    if "moved" in change.change and change.a and change.b:
        details.append(say("由{old}移至{new}", old=_place(change.a), new=_place(change.b)).text(language))
    return Row(_where(change).text(language), old, new, both, change.change, tuple(details))


def text_rows(difference: Difference, language: str) -> list[Row]:
    """The paragraphs that changed."""
    return [text_row(change, language) for change in difference.changed_text]


def stretches(changes: Sequence[TextChange]) -> Iterator[tuple[Stretch, list[TextChange]]]:
    """Paragraphs in runs: ``kept``, ``changed``, or ``left``: moved ones once more, where they stood before."""
    moved = [change for change in changes if "moved" in change.change]
    steps: list[tuple[Stretch, TextChange]] = [
        ("kept" if change.change == ("kept",) else "changed", change) for change in changes
    ]
    steps += [("left", change) for change in moved]
    for kind, run in groupby(as_one_list(steps, _places), key=lambda step: step[0]):
        yield kind, [change for _, change in run]


def _places(step: tuple[Stretch, TextChange]) -> tuple[int | None, int | None]:
    kind, change = step
    old = change.a.number if change.a else None
    new = change.b.number if change.b else None
    if kind == "left":
        return old, None
    return (None, new) if "moved" in change.change else (old, new)


def one_line(words: str) -> str:
    """The cells of a table row set apart by bars."""
    cells = (cell.strip() for cell in words.split("\t"))
    return " ｜ ".join(cell for cell in cells if cell) if "\t" in words else words


def change_words(changes: Sequence[Change], language: str) -> str:
    """移动、改写"""
    return ("、" if language == "zh" else ", ").join(wording.CHANGE[c].text(language) for c in changes)


def _entry(entry: EntryChange, language: str) -> Row:
    said = [wording.told(item).text(language) if item else "" for item in (entry.a, entry.b)]
    words: tuple[Piece, ...] = entry.words
    if words and entry.item.kind == "target" and entry.a and entry.b:
        tails = [wording.told(item).text(language)[len(item.name) :] for item in (entry.a, entry.b)]
        words = (*words, *words_changed(*tails))
    elif not words and said[0] != said[1] and entry.a and entry.b:
        words = words_changed(*said)
    old, new, both = _runs(words, *said)
    details = tuple(line.text(language) for line in wording.details(entry))
    return Row(wording.label(entry.item).text(language), old, new, both, entry.change, details)


def _runs(
    words: Sequence[Piece], old: str, new: str
) -> tuple[tuple[Run, ...], tuple[Run, ...], tuple[Run, ...]]:
    """The runs of the old side, of the new one, and of both in one."""
    if not words:
        whole: list[Piece] = [Piece(old, new, bool(old and new))]
    else:
        whole = [Piece(one_line_piece(p.old), one_line_piece(p.new), p.same) for p in words]
    before: list[Run] = []
    after: list[Run] = []
    both: list[Run] = []
    for piece in whole:
        if piece.old:
            before.append(Run(piece.old, "same" if piece.same else "removed"))
        if piece.new:
            after.append(Run(piece.new, "same" if piece.same else "added"))
        if piece.same:
            both.append(Run(piece.new))
        else:
            both += [Run(w, m) for w, m in _marked(piece) if w]
    return tuple(before), tuple(after), tuple(both)


def _marked(piece: Piece) -> tuple[tuple[str, Mark], tuple[str, Mark]]:
    return (piece.old, "removed"), (piece.new, "added")


def one_line_piece(words: str) -> str:
    """Tabs inside a piece as bars; ends are kept."""
    return words.replace("\t", " ｜ ")


def _where(change: TextChange) -> Message:
    paragraph = change.b or change.a
    assert paragraph is not None
    if change.b is None:
        return say("原{place}", place=_place(paragraph))
    return _place(paragraph)


def _place(paragraph: Paragraph) -> Message:
    if not paragraph.under:
        return say("第{n}段", n=paragraph.number)
    return say("第{n}段（{under}）", n=paragraph.number, under=_short(paragraph.under))


def _short(words: str) -> str:
    return words if len(words) <= 16 else f"{words[:15]}…"
