"""The states of a batch as pages tell them: a mark and a word."""

from __future__ import annotations

from kechuang.messages import Message, say
from kechuang.progress.status import Mark

STATES: dict[str, tuple[Mark, Message]] = {
    "draft": ("none", say("草稿")),
    "submitted": ("ok", say("已提交")),
    "resubmitted": ("ok", say("重报待审")),
    "returned": ("late", say("已退回")),
    "accepted": ("done", say("已接收")),
    "discarded": ("none", say("已作废")),
}
#: States in which a batch waits for a reviewer.
WAITING = ("submitted", "resubmitted")
