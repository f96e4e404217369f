"""The words a target's status is told in, each with the mark (shape) it is shown by."""

from __future__ import annotations

from typing import Literal

from kechuang.messages import Message, say

Status = Literal["achieved", "on_schedule", "basically_on_schedule", "behind", "missed", "not_available"]
Mark = Literal["done", "ok", "watch", "late", "none"]

STATUSES: tuple[Status, ...] = (
    "achieved",
    "on_schedule",
    "basically_on_schedule",
    "behind",
    "missed",
    "not_available",
)

MARKS: dict[Status, Mark] = {
    "achieved": "done",
    "on_schedule": "ok",
    "basically_on_schedule": "watch",
    "behind": "late",
    "missed": "late",
    "not_available": "none",
}

_LABELS: dict[Status, Message] = {
    "achieved": say("已达成"),
    "on_schedule": say("达到进度"),
    "basically_on_schedule": say("基本达到"),
    "behind": say("滞后"),
    "missed": say("未达成"),
    "not_available": say("无法判断"),
}


def label(status: Status, *, early: bool = False) -> Message:
    """The status in words; ``early``: reached before the year the plan asks for.

    >>> label("achieved", early=True).zh
    '提前完成'
    """
    return say("提前完成") if status == "achieved" and early else _LABELS[status]
