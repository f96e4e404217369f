"""What became of a plan: its entries and paragraphs, each with its change, old and new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from kechuang.plan.compare.items import KINDS, Item
from kechuang.plan.model import Plan

Change = Literal["kept", "moved", "reworded", "value", "added", "removed"]
CHANGES: tuple[Change, ...] = get_args(Change)


@dataclass(frozen=True)
class FieldChange:
    """One thing said of an entry that is now another; ``field`` is ``name`` for its words."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class EntryChange:
    """An entry of both plans, or of one. Several changes may hold; ``kept`` stands alone.

    ``place_a``, ``place_b``: its position in each plan's list, None where it is not in that plan.
    """

    change: tuple[Change, ...]
    a: Item | None
    b: Item | None
    fields: tuple[FieldChange, ...] = ()
    place_a: int | None = None
    place_b: int | None = None
    words: tuple[Piece, ...] = ()

    @property
    def item(self) -> Item:
        """The entry as it is now; as it was, where it is gone."""
        found = self.b or self.a
        assert found is not None
        return found

    @property
    def step(self) -> float | None:
        """By how much the value of a target was raised (below 0: lowered); None where that is not what changed,
        or its unit did too."""
        fields = {one.field: one for one in self.fields}
        value = fields.get("value")
        if self.item.kind != "target" or value is None or "unit" in fields:
            return None
        numbers = isinstance(value.old, int | float) and isinstance(value.new, int | float)
        return float(value.new - value.old) if numbers and value.new != value.old else None

    def mirrored(self) -> EntryChange:
        fields = tuple(FieldChange(field.field, field.new, field.old) for field in self.fields)
        words = tuple(piece.mirrored() for piece in self.words)
        return EntryChange(_mirrored(self.change), self.b, self.a, fields, self.place_b, self.place_a, words)

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.item.kind,
            "change": list(self.change),
            "a": _entry(self.a),
            "b": _entry(self.b),
            "fields": [
                {"field": self.item.words_key if f.field == "name" else f.field, "old": f.old, "new": f.new}
                for f in self.fields
            ],
        }


@dataclass(frozen=True)
class Paragraph:
    """A paragraph or a row of a table: characters ``start``–``end`` of ``document``; its heading; its number.

    ``number`` counts all of them from 1, over all documents of a side.
    """

    document: str
    start: int
    end: int
    text: str
    kind: str
    level: int | None
    under: str
    number: int

    def as_dict(self) -> dict[str, Any]:
        span = {"document": self.document, "start": self.start, "end": self.end, "text": self.text}
        return {"number": self.number, "under": self.under, "span": span}


@dataclass(frozen=True)
class Piece:
    """Words of both sides that stand at the same place: the same, or ``old`` made ``new``."""

    old: str
    new: str
    same: bool

    def mirrored(self) -> Piece:
        return Piece(self.new, self.old, self.same)


@dataclass(frozen=True)
class TextChange:
    """A paragraph of both texts, or of one; ``words`` where it is reworded."""

    change: tuple[Change, ...]
    a: Paragraph | None
    b: Paragraph | None
    words: tuple[Piece, ...] = ()

    def mirrored(self) -> TextChange:
        return TextChange(
            _mirrored(self.change), self.b, self.a, tuple(piece.mirrored() for piece in self.words)
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "change": list(self.change),
            "a": self.a.as_dict() if self.a else None,
            "b": self.b.as_dict() if self.b else None,
            "words": [{"old": p.old, "new": p.new, "same": p.same} for p in self.words],
        }


@dataclass(frozen=True)
class Head:
    """Which plan a side is."""

    name: str
    title: str | None
    documents: tuple[str, ...]
    draft: bool

    @classmethod
    def of(cls, name: str, plan: Plan, documents: Sequence[str], draft: bool) -> Head:
        return cls(name, plan.plan_title or plan.title, tuple(documents), draft)

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.name,
            "title": self.title,
            "documents": list(self.documents),
            "draft": self.draft,
        }


@dataclass(frozen=True)
class Difference:
    """``text`` has every paragraph, kept ones too, in the order of the new text; it is None where a side has none.

    ``office``: fields only an office writes were compared too.
    """

    a: Head
    b: Head
    entries: tuple[EntryChange, ...]
    text: tuple[TextChange, ...] | None
    office: bool

    @property
    def same(self) -> bool:
        """Whether nothing at all changed."""
        return all(entry.change == ("kept",) for entry in self.entries) and not self.changed_text

    @property
    def changed_text(self) -> list[TextChange]:
        return [change for change in self.text or () if change.change != ("kept",)]

    def summary(self) -> dict[str, dict[str, int]]:
        """Kind → change → how many; ``text`` counts paragraphs. An entry with two changes counts in both."""
        found: dict[str, dict[str, int]] = {}
        for kind in KINDS:
            counts = Counter(c for entry in self.entries if entry.item.kind == kind for c in entry.change)
            if counts:
                found[kind] = {change: counts[change] for change in CHANGES if counts[change]}
        if self.text is not None:
            counts = Counter(c for change in self.text for c in change.change)
            found["text"] = {change: counts[change] for change in CHANGES if counts[change]}
        return found

    def as_dict(self) -> dict[str, Any]:
        """The JSON of ``kechuang plan diff``; of the text only what changed, null where a side has none."""
        return {
            "a": self.a.as_dict(),
            "b": self.b.as_dict(),
            "summary": self.summary(),
            "entries": [entry.as_dict() for entry in self.entries],
            "text": None if self.text is None else [change.as_dict() for change in self.changed_text],
        }


def _mirrored(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    other: dict[Change, Change] = {"added": "removed", "removed": "added"}
    return tuple(other.get(change, change) for change in changes)


def _entry(item: Item | None) -> dict[str, Any] | None:
    if item is None:
        return None
    words = {} if "value" in item.fields and item.kind == "fact" else {item.words_key: item.name}
    return {
        "id": item.id,
        **words,
        **dict(item.fields),
        "span": item.span.model_dump() if item.span else None,
    }
