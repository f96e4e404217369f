"""The way a batch went, step by step, as the audit chain tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kechuang.messages import Message, say
from kechuang.records.clock import stamp
from kechuang.records.models import Event
from kechuang.records.places import say_level


@dataclass(frozen=True, slots=True)
class Step:
    """What was done to a batch: when, by whom, at which level, and why where that was said.

    ``action`` is one of imported, withdrawn, explained, submitted, resubmitted, returned, accepted,
    counted, discarded.
    """

    at: datetime
    who: str
    action: str
    level: str | None = None
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "at": stamp(self.at),
            "who": self.who,
            "action": self.action,
            "level": self.level,
            "reason": self.reason,
        }

    def told(self) -> Message:
        """The step in words."""
        name = {
            "imported": say("已导入"),
            "withdrawn": say("申请撤回"),
            "explained": say("说明提醒"),
            "submitted": say("报送"),
            "resubmitted": say("重新报送"),
            "returned": say("退回"),
            "accepted": say("接收"),
            "counted": say("计入"),
            "discarded": say("作废"),
        }[self.action]
        return say("{level}{step}", level=say_level(self.level), step=name) if self.level else name


def steps_of(alias: str, batches: Iterable[str]) -> dict[str, list[Step]]:
    """The steps of each of some batches, first to last."""
    found: dict[str, list[Step]] = {}
    names = sorted(set(batches))
    for start in range(0, len(names), 900):
        events = Event.objects.using(alias).filter(batch__in=names[start : start + 900]).order_by("seq")
        for event in events.iterator():
            found.setdefault(event.batch, []).extend(_steps(event))
    return found


def _steps(event: Event) -> Iterator[Step]:
    told, at, who = event.detail, event.at, event.who
    state = told.get("state")
    if event.action in ("import", "withdraw"):
        reason = told.get("reason", "") if event.action == "withdraw" else ""
        yield Step(at, who, "imported" if event.action == "import" else "withdrawn", reason=reason)
    if event.action == "explain":
        yield Step(at, who, "explained", reason=told["text"])
    elif event.action == "returned":
        yield Step(at, who, "returned", told.get("at_level"), told["reason"])
    elif event.action == "discarded":
        yield Step(at, who, "discarded", reason=told["reason"])
    elif event.action == "accepted":
        yield Step(at, who, "accepted", told.get("at_level"))
    elif state in ("submitted", "resubmitted"):
        yield Step(at, who, state, reason=told.get("comment", ""))
    if state == "accepted":
        yield Step(at, told.get("reviewed_by") or who, "counted")
