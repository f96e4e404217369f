"""What becomes of a finding of the check: mended (then it is found no more), or accepted with a reason.

A finding is known by its mark (code, message and words): accepted once it stays so while it says the same,
and asks again as soon as a number in it is another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kechuang.errors import KechuangError
from kechuang.messages import say
from kechuang.plan.check.finding import Finding
from kechuang.plan.preparation import events
from kechuang.plan.preparation.folder import Change
from kechuang.plan.preparation.state import Accepted, State


@dataclass(frozen=True)
class Judged:
    """A finding, and why it was accepted where it was."""

    finding: Finding
    accepted: Accepted | None

    @property
    def open(self) -> bool:
        return self.accepted is None

    def as_dict(self) -> dict[str, Any]:
        """The finding, with ``accepted``: who left it as it is, on which day and why."""
        told = self.accepted and {
            "who": self.accepted.who,
            "day": self.accepted.day.isoformat(),
            "reason": self.accepted.content.reason,
        }
        return {**self.finding.as_dict(), "accepted": told}


def judged(findings: Iterable[Finding], state: State) -> list[Judged]:
    """Each finding with what became of it, open ones first, else in their order."""
    found = [Judged(one, state.findings.get(one.mark)) for one in findings]
    return sorted(found, key=lambda one: not one.open)


def accept(change: Change, findings: Iterable[Finding], mark: str, reason: str) -> Finding:
    """Leave a finding as it is, for a reason. KechuangError where it is not among ``findings``, was accepted
    before, or no reason is given."""
    found = _named(findings, mark)
    _reason(reason)
    if found.mark in change.state.findings:
        raise KechuangError("already-accepted", say("这一处已经接受，不用再接受"))
    change.note(
        "finding.accept",
        events.FindingAccepted(
            finding=found.mark, code=found.code, message=found.message.zh, reason=reason.strip()
        ),
    )
    return found


def reopen(change: Change, mark: str, reason: str) -> None:
    """Take an acceptance back, for a reason. KechuangError where there is none."""
    _reason(reason)
    names = [name for name in change.state.findings if name.startswith(mark)] if mark else []
    if len(names) != 1:
        raise KechuangError("not-accepted", say("这一处没有接受过，不用重开"))
    change.note("finding.reopen", events.FindingReopened(finding=names[0], reason=reason.strip()))


def _named(findings: Iterable[Finding], mark: str) -> Finding:
    """The one finding whose mark begins so; at least eight characters."""
    found = [one for one in findings if len(mark) >= 8 and one.mark.startswith(mark)]
    if len(found) != 1:
        raise KechuangError(
            "no-finding",
            say("没有这一处检查发现：可能已经改好"),
            remedy=say("请重新检查后再处理。"),
        )
    return found[0]


def _reason(reason: str) -> None:
    if not reason.strip():
        raise KechuangError(
            "reason-missing", say("照原文保留须写明理由"), remedy=say("请写一句为什么这样写没有错。")
        )
