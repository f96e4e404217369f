"""Warnings as value objects: levels with word and shape, reasons with their measure, what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from kechuang.messages import Message, say
from kechuang.packs.model import Level
from kechuang.progress.status import Mark

Subject = Literal["target", "task", "measure", "return"]
State = Literal["open", "acknowledged", "snoozed", "reopened"]

#: From the lightest. Colours alone tell nothing in print: each has a word and a shape.
LEVELS: tuple[Level, ...] = ("blue", "yellow", "orange", "red")
LEVEL_LABELS: dict[Level, Message] = {
    "blue": say("蓝色提示"),
    "yellow": say("黄色预警"),
    "orange": say("橙色预警"),
    "red": say("红色预警"),
}
#: Signs for plain text, from light to grave; none like another in one colour.
SIGNS: dict[Level, str] = {"blue": "○", "yellow": "△", "orange": "▲", "red": "■"}
MARKS: dict[Level, Mark] = {"blue": "ok", "yellow": "watch", "orange": "watch", "red": "late"}
STATE_LABELS: dict[State, Message] = {
    "open": say("待处置"),
    "acknowledged": say("已知悉"),
    "snoozed": say("暂缓"),
    "reopened": say("重新待处置"),
}


def rank(level: Level | None) -> int:
    """0 for none, 1 blue … 4 red."""
    return 0 if level is None else LEVELS.index(level) + 1


@dataclass(frozen=True)
class Reason:
    """One rule that is met: its measure, and the day from which it has been (where the facts tell)."""

    rule: str
    level: Level
    measure: float
    message: Message
    advice: Message
    inputs: Mapping[str, Any] = field(default_factory=dict, hash=False)
    since: date | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "level": self.level,
            "measure": self.measure,
            "message": self.message.both(),
            "inputs": dict(self.inputs),
            "since": self.since.isoformat() if self.since else None,
        }


@dataclass(frozen=True)
class Finding:
    """What presses about one subject on a day; the gravest reason comes first and says what to do."""

    subject: str
    kind: Subject
    name: Message
    lead: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @property
    def level(self) -> Level:
        return self.reasons[0].level

    @property
    def rules(self) -> dict[str, Level]:
        return {reason.rule: reason.level for reason in self.reasons}

    @property
    def advice(self) -> Message:
        return self.reasons[0].advice

    @property
    def since(self) -> date | None:
        """The first day from which any of its reasons has held, as the facts tell."""
        return min((reason.since for reason in self.reasons if reason.since), default=None)


@dataclass(frozen=True)
class Warned:
    """A finding with what became of it. ``raised`` is the day it was first entered in the chain (None: not
    yet); ``waiting`` the days nobody has dealt with it since; ``handler`` who is to: the lead unit, or the
    one above once ``escalated``."""

    finding: Finding
    state: State
    raised: date | None = None
    until: date | None = None
    acknowledged_by: str | None = None
    note: str | None = None
    waiting: int | None = None
    escalated: bool = False
    escalated_to: str | None = None

    @property
    def id(self) -> str:
        return self.finding.subject

    @property
    def pending(self) -> bool:
        """Whether somebody still has to say something to it."""
        return self.state in ("open", "reopened")

    @property
    def since(self) -> date | None:
        known = [day for day in (self.finding.since, self.raised) if day]
        return min(known, default=None)

    def as_dict(self) -> dict[str, Any]:
        found = self.finding
        return {
            "id": self.id,
            "level": found.level,
            "level_label": LEVEL_LABELS[found.level].both(),
            "sign": SIGNS[found.level],
            "kind": found.kind,
            "name": found.name.both(),
            "lead": list(found.lead),
            "reasons": [reason.as_dict() for reason in found.reasons],
            "advice": found.advice.both(),
            "since": _iso(self.since),
            "raised": _iso(self.raised),
            "state": self.state,
            "state_label": STATE_LABELS[self.state].both(),
            "acknowledged_by": self.acknowledged_by,
            "note": self.note,
            "until": _iso(self.until),
            "waiting": self.waiting,
            "escalated": self.escalated,
            "escalated_to": self.escalated_to,
        }


@dataclass(frozen=True)
class Warnings:
    """All warnings of a day, the gravest first; what waits for an answer before what has one."""

    as_of: date
    items: tuple[Warned, ...]

    @property
    def pending(self) -> tuple[Warned, ...]:
        return tuple(one for one in self.items if one.pending)

    def count(self, level: Level) -> int:
        return sum(one.finding.level == level for one in self.items)

    def as_dict(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of.isoformat(),
            "counts": {level: self.count(level) for level in reversed(LEVELS)},
            "warnings": [one.as_dict() for one in self.items],
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
