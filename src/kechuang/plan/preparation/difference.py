"""What the machine read wrong: its draft against the plan a person confirmed, entry by entry.

Precision is the share of the draft's entries that stayed (right or corrected), recall the share of the
confirmed plan's entries that the draft had, exact the share of the draft's entries that stayed as read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kechuang.messages import say
from kechuang.plan.model import Plan
from kechuang.plan.preparation.confirm import Decisions, fields_changed
from kechuang.plan.preparation.items import KINDS, Item, items_of, words_of

Outcome = Literal["kept", "changed", "dropped", "added"]
OUTCOMES = {"kept": say("保留"), "changed": say("改正"), "dropped": say("删去"), "added": say("补上")}


@dataclass(frozen=True)
class EntryDifference:
    """One entry; ``fields``: field → (draft, confirmed) where changed; ``confidence`` is the reader's, in the draft."""

    item: Item
    outcome: Outcome
    fields: dict[str, tuple[Any, Any]]
    reason: str | None
    confidence: float | None = None


@dataclass(frozen=True)
class Score:
    """Counts of one kind of entry, or of all."""

    kept: int
    changed: int
    dropped: int
    added: int

    @property
    def precision(self) -> float | None:
        return _share(self.kept + self.changed, self.kept + self.changed + self.dropped)

    @property
    def recall(self) -> float | None:
        return _share(self.kept + self.changed, self.kept + self.changed + self.added)

    @property
    def exact(self) -> float | None:
        return _share(self.kept, self.kept + self.changed + self.dropped)

    def as_dict(self) -> dict[str, float | int | None]:
        return {
            "kept": self.kept,
            "changed": self.changed,
            "dropped": self.dropped,
            "added": self.added,
            "precision": self.precision,
            "recall": self.recall,
            "exact": self.exact,
        }


@dataclass(frozen=True)
class DraftDifference:
    """All entries with their outcome, the plan's order first, then what was dropped."""

    entries: tuple[EntryDifference, ...]

    def score(self, kind: str | None = None) -> Score:
        """The counts over one kind (all if None). A fact neither draft nor plan has does not count."""
        counted = [entry.outcome for entry in self.entries if kind in (None, entry.item.kind)]
        return Score(*(counted.count(name) for name in ("kept", "changed", "dropped", "added")))

    @property
    def kinds(self) -> list[str]:
        found = {entry.item.kind for entry in self.entries}
        return [kind for kind in KINDS if kind in found]

    def as_dict(self) -> dict[str, Any]:
        return {
            "total": self.score().as_dict(),
            "kinds": {kind: self.score(kind).as_dict() for kind in self.kinds},
            "entries": [
                {
                    "id": entry.item.id,
                    "kind": entry.item.kind,
                    "label": entry.item.label,
                    "outcome": entry.outcome,
                    "fields": {
                        name: {"draft": old, "confirmed": new} for name, (old, new) in entry.fields.items()
                    },
                    "reason": entry.reason,
                    "confidence": entry.confidence,
                }
                for entry in self.entries
            ],
        }

    def rows(self, *, kept: bool = True) -> list[list[str]]:
        """A table: id, kind, entry, outcome, field, draft, confirmed, reason; a row a field changed."""
        rows: list[list[str]] = []
        for entry in self.entries:
            if entry.outcome == "kept" and not kept:
                continue
            head = [
                entry.item.id,
                str(KINDS[entry.item.kind]),
                entry.item.label,
                str(OUTCOMES[entry.outcome]),
            ]
            fields: Sequence[tuple[str, tuple[Any, Any]]] = list(entry.fields.items()) or [("", ("", ""))]
            rows.extend(
                [*head, name, words_of(old), words_of(new), entry.reason or ""] for name, (old, new) in fields
            )
        return rows

    def csv(self) -> str:
        """The table as CSV, cells that a spreadsheet would run as a formula made harmless."""
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow([str(column) for column in COLUMNS])
        for row in self.rows():
            writer.writerow([f"'{cell}" if cell[:1] in tuple("=+-@\t\r") else cell for cell in row])
        return stream.getvalue()


COLUMNS = (
    say("条目"),
    say("种类"),
    say("内容"),
    say("结果"),
    say("字段"),
    say("机器读出"),
    say("人工确认"),
    say("理由"),
)


def draft_difference(draft: Plan, plan: Plan, decisions: Decisions) -> DraftDifference:
    """The machine's ``draft`` against ``plan``; ``decisions`` tell which entry took the place of which, and why."""
    drafted = {item.name: item for item in items_of(draft)}
    entries = []
    for item in items_of(plan):
        decided = decisions.get(item.name)
        before = (item.kind, decided.replaces) if decided and decided.replaces else item.name
        old = drafted.pop(before, None)
        reason = decided.reason if decided else None
        if item.kind == "fact" and old is not None and (old.value is None or item.value is None):
            if old.value is None and item.value is None:
                continue
            outcome: Outcome = "added" if old.value is None else "dropped"
            entries.append(EntryDifference(item, outcome, fields_changed(old, item), reason))
        elif old is None:
            entries.append(EntryDifference(item, "added", {}, reason))
        else:
            fields = fields_changed(old, item)
            entries.append(
                EntryDifference(item, "changed" if fields else "kept", fields, reason, old.confidence)
            )
    for old in drafted.values():
        decided = decisions.get(old.name)
        entries.append(
            EntryDifference(old, "dropped", {}, decided.reason if decided else None, old.confidence)
        )
    return DraftDifference(tuple(entries))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
