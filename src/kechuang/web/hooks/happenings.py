"""What a receiver is told: happenings read from the audit chain, whoever caused them and from wherever.

A notice names things and their state, never a value of a record, a person's words or who acted: whoever is told
fetches the rest with a token of their own, and gets what that token may see.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kechuang.messages import Message, say
from kechuang.records.clock import stamp
from kechuang.records.models import Batch, Event
from kechuang.web.models import Hook, User

EVENTS: dict[str, Message] = {
    "batch.submitted": say("报送待审"),
    "batch.accepted": say("报送已接收，开始计入"),
    "batch.returned": say("报送被退回"),
    "publication": say("发布了报告或数据"),
    "warning.raised": say("出现预警或等级加重"),
}
PING = "ping"
#: Entries of the chain that may be a happening.
ACTIONS = ("import", "submitted", "resubmitted", "accepted", "returned", "publish", "warning")


@dataclass(frozen=True)
class Happening:
    """``event`` and what is told of it; ``place`` is the region whose account sent the batch it is about."""

    seq: int
    at: datetime
    event: str
    data: dict[str, Any]
    place: str | None

    def concerns(self, hook: Hook) -> bool:
        """Whether a receiver is to be told: a receiver bound to a region hears of that region's batches, and
        of publications."""
        if self.event not in hook.wanted:
            return False
        return not hook.region or self.event == "publication" or self.place == hook.region


def happenings(alias: str, after: int, most: int = 500) -> tuple[list[Happening], int]:
    """What happened after an entry of the chain, and the last entry looked at."""
    entries = list(Event.objects.using(alias).filter(seq__gt=after).order_by("seq")[:most])
    return [one for entry in entries for one in _told(alias, entry)], entries[-1].seq if entries else after


def body(event: str, number: str, at: datetime, data: dict[str, Any]) -> str:
    """The text of a notice, signed as it stands."""
    content = {"event": event, "id": number, "at": stamp(at), "data": data}
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def _told(alias: str, entry: Event) -> Iterator[Happening]:
    if entry.action not in ACTIONS:
        return
    if entry.action == "publish":
        detail = {key: entry.detail.get(key) for key in ("kind", "language", "as_of", "figures")}
        yield Happening(entry.seq, entry.at, "publication", {"publication": entry.batch, **detail}, None)
    elif entry.action == "warning":
        if entry.detail.get("change") in ("raised", "worsened"):
            detail = {key: entry.detail.get(key) for key in ("subject", "level", "change", "day")}
            yield Happening(entry.seq, entry.at, "warning.raised", detail, None)
    else:
        event = _of_batch(entry)
        batch = Batch.objects.using(alias).filter(id=entry.batch).first() if event else None
        if event is not None and batch is not None:
            data = {"batch": batch.id, "type": batch.type, "state": entry.detail.get("state", batch.state)}
            data |= {"rows": batch.rows, "nature": batch.nature, "href": f"/api/batches/{batch.id}"}
            yield Happening(entry.seq, entry.at, event, data, _place(batch.who))


def _of_batch(entry: Event) -> str | None:
    """The event an entry about a batch is; None for a draft, or a level that was not the last."""
    state = entry.detail.get("state")
    if entry.action == "returned":
        return "batch.returned"
    if state == "accepted":
        return "batch.accepted"
    waits = state in ("submitted", "resubmitted") and entry.action != "accepted"
    return "batch.submitted" if waits else None


def _place(who: str) -> str | None:
    user = User.objects.filter(name=who).first()
    return user.region or None if user else None
