"""What is said of a task, a measure and their groups: value objects with their JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from kechuang.messages import Message
from kechuang.progress.actions.words import KIND_LABELS, LABELS, MARKS, ActionStatus, Kind
from kechuang.progress.status import Mark

MilestoneStanding = Literal["done", "unproven", "overdue", "open"]


@dataclass(frozen=True)
class Ref:
    """A record, by type and key."""

    type: str
    key: str

    def as_dict(self) -> dict[str, str]:
        return {"type": self.type, "key": self.key}


@dataclass(frozen=True)
class MilestoneState:
    """A milestone on the day of the assessment.

    ``standing``: ``done`` (with a document named or attached), ``unproven`` (said to be done, without one:
    that does not count), ``overdue`` or ``open``. ``delay`` are the days by which it came late or is overdue.
    ``after`` are (entry, name) it waits for. ``expected`` is the day it will be done if what comes before it
    slips no further, ``slack`` the days it may slip until the plan ends; ``critical``: on the longest path.
    """

    entry: str
    name: str
    due: date | None
    done: date | None
    standing: MilestoneStanding
    delay: int
    after: tuple[tuple[str, str], ...] = ()
    document: str | None = None
    attached: bool = False
    unit: str | None = None
    record: Ref | None = None
    promised: bool = False
    expected: date | None = None
    slack: int | None = None
    critical: bool = False

    @property
    def id(self) -> tuple[str, str]:
        return self.entry, self.name

    def as_dict(self) -> dict[str, Any]:
        return {
            "entry": self.entry,
            "name": self.name,
            "due": _iso(self.due),
            "done": _iso(self.done),
            "standing": self.standing,
            "delay": self.delay,
            "after": [f"{entry}|{name}" for entry, name in self.after],
            "document": self.document,
            "attached": self.attached,
            "record": self.record.as_dict() if self.record else None,
            "promised": self.promised,
            "expected": _iso(self.expected),
            "slack": self.slack,
            "critical": self.critical,
        }


@dataclass(frozen=True)
class Component:
    """One kind of evidence of a task. ``score`` (0–1) is how much of what there should be by now is proven;
    None where that is not known. ``weight`` is declared, ``share`` what it is of all that are known.

    ``numbers`` are what the score was made of; ``complete``: nothing of this kind is left to do (None:
    cannot be known); ``records`` are those it rests on (the first of many), ``count`` all, ``sample`` how
    many of them are made up. ``delay``: days by which the worst of it is overdue.
    """

    kind: Kind
    status: ActionStatus
    score: float | None
    weight: float
    why: tuple[Message, ...]
    share: float = 0.0
    numbers: Mapping[str, float] = field(default_factory=dict, hash=False)
    complete: bool | None = None
    records: tuple[Ref, ...] = ()
    count: int = 0
    sample: int = 0
    delay: int = 0

    @property
    def mark(self) -> Mark:
        return MARKS[self.status]

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "label": KIND_LABELS[self.kind].both(),
            "status": self.status,
            "mark": self.mark,
            "score": self.score,
            "weight": self.weight,
            "share": self.share,
            "numbers": dict(self.numbers),
            "count": self.count,
            "sample": self.sample,
            "delay": self.delay,
            "records": [record.as_dict() for record in self.records],
            "why": [reason.both() for reason in self.why],
        }


@dataclass(frozen=True)
class Standing:
    """The status of a task or measure and what it is made of; ``score`` is the weighted mean of what is known."""

    status: ActionStatus
    score: float | None
    components: tuple[Component, ...]
    milestones: tuple[MilestoneState, ...]
    why: tuple[Message, ...]
    weight: float = 1.0

    @property
    def mark(self) -> Mark:
        return MARKS[self.status]

    @property
    def label(self) -> Message:
        return LABELS[self.status]

    @property
    def records(self) -> int:
        """How many records it rests on (targets served not counted)."""
        return sum(part.count for part in self.components)

    @property
    def sample(self) -> int:
        return sum(part.sample for part in self.components)

    def component(self, kind: Kind) -> Component | None:
        return next((part for part in self.components if part.kind == kind), None)

    def as_dict(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "status_label": self.label.both(),
            "mark": self.mark,
            "score": self.score,
            "weight": self.weight,
            "records": self.records,
            "sample": self.sample,
            "components": [part.as_dict() for part in self.components],
            "milestones": [milestone.as_dict() for milestone in self.milestones],
            "why": [reason.both() for reason in self.why],
        }


@dataclass(frozen=True)
class GroupStanding:
    """The status of a programme or a group of measures: the weighted mean, and beside it the worst.

    ``weights``: entry → (weight declared, share of the mean; 0 where it is not known); ``counts``: how many
    entries have which status.
    """

    status: ActionStatus
    score: float | None
    worst: ActionStatus
    counts: Mapping[ActionStatus, int] = field(hash=False)
    weights: Mapping[str, tuple[float, float]] = field(hash=False)
    why: tuple[Message, ...] = ()

    @property
    def mark(self) -> Mark:
        return MARKS[self.status]

    @property
    def label(self) -> Message:
        return LABELS[self.status]

    def as_dict(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "status_label": self.label.both(),
            "mark": self.mark,
            "score": self.score,
            "worst": self.worst,
            "counts": dict(self.counts),
            "weights": {
                entry: {"weight": weight, "share": share} for entry, (weight, share) in self.weights.items()
            },
            "why": [reason.both() for reason in self.why],
        }


@dataclass(frozen=True)
class Chain:
    """Milestones that wait for one another: the longest path, when it was to end and when it will.

    ``slack`` are the days left from ``expected`` to the end of the plan (less than 0: beyond it).
    """

    path: tuple[tuple[str, str], ...]
    planned: date
    expected: date
    end: date | None
    slack: int | None

    def as_dict(self) -> dict[str, Any]:
        return {
            "path": [f"{entry}|{name}" for entry, name in self.path],
            "planned": self.planned.isoformat(),
            "expected": self.expected.isoformat(),
            "end": _iso(self.end),
            "slack": self.slack,
        }


@dataclass(frozen=True)
class Threat:
    """A milestone that is late, a target served by what waits for it, and the days left between the
    expected end of that and the target's year (less than 0: too late for it)."""

    milestone: tuple[str, str]
    delay: int
    target: str
    through: str
    expected: date
    deadline: date

    @property
    def margin(self) -> int:
        return (self.deadline - self.expected).days

    def as_dict(self) -> dict[str, Any]:
        return {
            "milestone": "|".join(self.milestone),
            "delay": self.delay,
            "target": self.target,
            "through": self.through,
            "expected": self.expected.isoformat(),
            "deadline": self.deadline.isoformat(),
            "margin": self.margin,
            "threatens": self.margin < 0,
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
