"""The words a task's status is told in, each with the mark (shape) it is shown by."""

from __future__ import annotations

from typing import Literal

from kechuang.messages import Message, say
from kechuang.progress.status import Mark

ActionStatus = Literal[
    "completed", "on_schedule", "basically_on_schedule", "behind", "underway", "no_evidence"
]
"""``underway``: there are records, but nothing says how far things should be; ``no_evidence``: no record."""

Kind = Literal["milestones", "projects", "money", "outputs", "targets"]

STATUSES: tuple[ActionStatus, ...] = (
    "completed",
    "on_schedule",
    "basically_on_schedule",
    "behind",
    "underway",
    "no_evidence",
)
#: From the worst: what "the worst of" is taken by. What cannot be judged is no better than that.
WORST_FIRST: tuple[ActionStatus, ...] = (
    "behind",
    "no_evidence",
    "underway",
    "basically_on_schedule",
    "on_schedule",
    "completed",
)
KINDS: tuple[Kind, ...] = ("milestones", "projects", "money", "outputs", "targets")

MARKS: dict[ActionStatus, Mark] = {
    "completed": "done",
    "on_schedule": "ok",
    "basically_on_schedule": "watch",
    "behind": "late",
    "underway": "none",
    "no_evidence": "none",
}
LABELS: dict[ActionStatus, Message] = {
    "completed": say("已完成"),
    "on_schedule": say("按期推进"),
    "basically_on_schedule": say("基本按期"),
    "behind": say("进度滞后"),
    "underway": say("有佐证无节点"),
    "no_evidence": say("暂无佐证"),
}
KIND_LABELS: dict[Kind, Message] = {
    "milestones": say("节点"),
    "projects": say("各类项目"),
    "money": say("经费"),
    "outputs": say("产出与台账"),
    "targets": say("所服务目标"),
}
