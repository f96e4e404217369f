"""The versions of a plan: every content plan.yaml had that an entry of the journal names, and what made it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kechuang.plan.preparation import events
from kechuang.plan.preparation.folder import PlanFolder, sha256_of
from kechuang.plan.preparation.items import Item
from kechuang.plan.preparation.journal import Entry


@dataclass(frozen=True)
class Version:
    """``made`` are the entries that made it, in order; none for the content found when the journal began.

    ``current``: it is what plan.yaml says today.
    """

    number: int
    path: Path
    digest: str
    made: tuple[Entry, ...]
    current: bool


def versions_of(folder: PlanFolder, entries: Sequence[Entry] | None = None) -> list[Version]:
    """The kept versions, the oldest first; those whose file is gone are left out."""
    known = list(folder.journal.read() if entries is None else entries)
    made: dict[int, list[Entry]] = {}
    pending: list[Entry] = []
    for entry in known:
        # Answers of one sitting are entered together; the last of them names the version they made.
        if entry.kind == "confirm.decide":
            pending.append(entry)
        change = getattr(entry.content, "plan", None)
        if isinstance(change, events.PlanChange):
            own = [one for one in pending if one.at == entry.at and one is not entry]
            made.setdefault(change.version, []).extend([*own, entry])
            pending = []
    now = sha256_of(folder.plan_file.read_bytes()) if folder.plan_file.is_file() else ""
    files = sorted(path for path in folder.versions.glob("*.yaml") if path.stem.isdigit())
    digests = {path: sha256_of(path.read_bytes()) for path in files}
    current = next((path for path in reversed(files) if digests[path] == now), None)
    return [
        Version(int(path.stem), path, digests[path], tuple(made.get(int(path.stem), ())), path == current)
        for path in files
    ]


def history_of(item: Item, entries: Sequence[Entry]) -> list[Entry]:
    """What was entered on one entry of the plan, the oldest first."""
    return [entry for entry in entries if _on(entry.content, item)]


def _on(content: Any, item: Item) -> bool:
    if isinstance(content, events.Decided):
        return (content.kind, content.key) == item.name or (
            content.kind == item.kind and content.replaces == item.key
        )
    return isinstance(content, events.Amended) and item.kind == "target" and content.target == item.id
