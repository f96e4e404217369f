"""What a method judges (a case) and what it answers (a verdict)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from kechuang.messages import Message, literal, say
from kechuang.progress.schedule import SAME
from kechuang.progress.status import Mark

__all__ = [
    "FIELDS",
    "NOT_AVAILABLE",
    "SAME",
    "Case",
    "Outcome",
    "Rule",
    "Verdict",
    "known",
    "lacking",
    "unknown",
]

#: Columns of a table of cases (contract.md), in order.
FIELDS = (
    "base_year",
    "base_value",
    "current_year",
    "current_value",
    "target_year",
    "target",
    "direction",
    "limit",
)


@dataclass(frozen=True)
class Case:
    """One series: where it began, where it is, where it is to be.

    Years may have fractions. ``direction`` is 1 where more is better, -1 where less is. ``limit`` is the
    value the series cannot pass (100 for a percentage). ``unit`` and ``series`` (year, value; ascending;
    both ends included) are used by the methods that can. ``path`` gives the value asked for at a moment
    between base and target; without it the path is straight. What is not known is None.
    """

    base_year: float | None = None
    base_value: float | None = None
    current_year: float | None = None
    current_value: float | None = None
    target_year: float | None = None
    target: float | None = None
    direction: int = 1
    limit: float | None = None
    unit: str = ""
    series: tuple[tuple[float, float], ...] = ()
    path: Callable[[float], float] | None = field(default=None, compare=False, repr=False)

    @property
    def met(self) -> bool:
        """Whether the latest value reaches the target."""
        return self.current_value is not None and self.reaches(self.current_value)

    @property
    def base_met(self) -> bool:
        """Whether the base value already did: the sign trap begins here."""
        return self.base_value is not None and self.reaches(self.base_value)

    def reaches(self, value: float) -> bool:
        """Whether ``value`` is the target or on the good side of it (False without a target)."""
        if self.target is None:
            return False
        return value <= self.target if self.direction < 0 else value >= self.target

    def inputs(self, **used: float | None) -> dict[str, float | None]:
        """The eight inputs, with what a repair put in their place."""
        given: dict[str, float | None] = {
            "base_year": self.base_year,
            "base_value": self.base_value,
            "current_year": self.current_year,
            "current_value": self.current_value,
            "target_year": self.target_year,
            "target": self.target,
            "direction": self.direction,
            "limit": self.limit,
        }
        given.update(used)
        return given


@dataclass(frozen=True)
class Outcome:
    """What the rule of a method finds. ``value`` is the number judged by; None where there is none."""

    status: str
    value: float | None = None
    score: float | None = None
    why: tuple[Message, ...] = ()
    used: Mapping[str, float | None] = field(default_factory=dict, hash=False)
    early: bool = False


@dataclass(frozen=True)
class Verdict:
    """A method's answer on a case, with all it was made from.

    ``status`` is the method's own word and ``label`` that word in both languages; ``mark`` the house's
    shape for it (done, ok, watch, late, none). ``inputs`` are the numbers as used, repairs included.
    """

    method: str
    status: str
    mark: Mark
    label: Message
    value: float | None
    score: float | None
    parameters: Mapping[str, float] = field(hash=False)
    inputs: Mapping[str, float | None] = field(hash=False)
    why: tuple[Message, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "status": self.status,
            "label": self.label.both(),
            "mark": self.mark,
            "value": self.value,
            "score": self.score,
            "parameters": dict(self.parameters),
            "inputs": dict(self.inputs),
            "why": [reason.both() for reason in self.why],
        }


Rule = Callable[[Case, Mapping[str, float]], Outcome]

NOT_AVAILABLE = "not_available"


def unknown(*why: Message, used: Mapping[str, float | None] | None = None) -> Outcome:
    """No judgement, with the reason."""
    return Outcome(NOT_AVAILABLE, why=why, used=used or {})


def known(number: float | None) -> float | None:
    """A number as results hold it: None for what is no finite number (0/0).

    >>> known(float("nan")), known(0.5)
    (None, 0.5)
    """
    return number if number is not None and isfinite(number) else None


def lacking(case: Case, *names: str) -> Message | None:
    """What a method needs of a case and does not find; None where all is there."""
    missing = [NAMES[name] for name in names if getattr(case, name) is None]
    if missing:
        return say("缺少{names}", names=_Names(missing))
    if (
        case.current_year is not None
        and case.base_year is not None
        and case.current_year - case.base_year < 1
    ):
        return say("基期之后没有新的数据，至少要两个年份")
    return None


class _Names(Message):
    def __init__(self, names: list[Message]) -> None:
        super().__init__("{names}", {"names": tuple(names)})

    def text(self, language: str) -> str:
        return (", " if language == "en" else "、").join(name.text(language) for name in self.params["names"])


NAMES: dict[str, Message] = {
    "base_year": say("基期年份"),
    "base_value": say("基期值"),
    "current_year": say("最新年份"),
    "current_value": say("最新值"),
    "target_year": say("目标年份"),
    "target": say("目标值"),
    "direction": say("方向"),
    "limit": literal("limit"),
}
