"""Holds two plans against each other: entries, and texts where both have one."""

from __future__ import annotations

from kechuang.plan.compare.difference import Difference, EntryChange, Head, TextChange
from kechuang.plan.compare.entries import compare_entries
from kechuang.plan.compare.items import items_of
from kechuang.plan.compare.order import as_one_list
from kechuang.plan.compare.paragraphs import compare_texts, paragraphs_of
from kechuang.plan.compare.side import Side


def compare(a: Side, b: Side) -> Difference:
    """What became of ``a`` in ``b``. ``compare(b, a)`` says the same the other way round.

    So that it does, the work is done in one direction (chosen by the contents) and turned where need be:
    a best pairing or a longest common sequence is not always the only one.
    """
    turned = _key(b) < _key(a)
    first, second = (b, a) if turned else (a, b)
    office = not (a.draft or b.draft)
    entries = compare_entries(items_of(first.plan, office), items_of(second.plan, office))
    text = None
    if first.documents and second.documents:
        text = compare_texts(paragraphs_of(first.documents), paragraphs_of(second.documents))
    if turned:
        entries = [entry.mirrored() for entry in entries]
        text = None if text is None else [change.mirrored() for change in text]
    return Difference(
        _head(a),
        _head(b),
        tuple(as_one_list(entries, _entry_places)),
        None if text is None else tuple(as_one_list(text, _text_places)),
        office,
    )


def _entry_places(entry: EntryChange) -> tuple[int | None, int | None]:
    return entry.place_a, entry.place_b


def _text_places(change: TextChange) -> tuple[int | None, int | None]:
    return change.a.number if change.a else None, change.b.number if change.b else None


def _head(side: Side) -> Head:
    return Head.of(side.name, side.plan, [document.name for document in side.documents], side.draft)


def _key(side: Side) -> tuple[str, ...]:
    return side.plan.model_dump_json(), *(document.text for document in side.documents)
