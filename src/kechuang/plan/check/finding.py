"""One finding: what is wrong, how badly, where, and what would be right."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

from kechuang.messages import Message
from kechuang.plan.model import PlanSpan

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """``code`` is stable, for programs; ``expected`` says what would be right, where that is known."""

    code: str
    severity: Severity
    message: Message
    spans: tuple[PlanSpan, ...] = ()
    expected: str | None = None

    @property
    def mark(self) -> str:
        """What tells it from every other finding, wherever its words stand in the text: a digest."""
        said = [self.code, self.message.zh, *(span.text for span in self.spans)]
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        return {
            "mark": self.mark,
            "code": self.code,
            "severity": self.severity,
            "message": self.message.both(),
            "spans": [span.model_dump() for span in self.spans],
            "expected": self.expected,
        }
