"""The outlook in an official document: sentences for the summary and for each target."""

from __future__ import annotations

from kechuang.messages import Message, say
from kechuang.progress import Progress
from kechuang.progress.model import TargetProgress
from kechuang.progress.outlook.chances import percentage


def chance(target: TargetProgress) -> str:
    """The probability for a table: a percentage, or a dash where there is none or the outcome is known."""
    outlook = target.outlook
    if outlook is None or outlook.settled or outlook.probability is None:
        return "—"
    return percentage(outlook.probability)


def open_targets(progress: Progress) -> bool:
    """Whether the outcome of any target is still open, with a probability."""
    return any(chance(target) != "—" for target in progress.targets)


def of_target(target: TargetProgress) -> list[Message]:
    """What is likely, and on what that rests."""
    outlook = target.outlook
    if outlook is None:
        return []
    return [outlook.verdict, *((outlook.basis,) if outlook.basis else ()), *outlook.said]


def advice(target: TargetProgress) -> list[Message]:
    """What to do."""
    outlook = target.outlook
    return list(outlook.advice) if outlook else []


def of_all(progress: Progress) -> list[Message]:
    """The probability of all targets together, while any is open."""
    return [progress.joint.words] if progress.joint and open_targets(progress) else []


def how() -> list[Message]:
    """How probabilities are worked out, for the section on method."""
    return [
        say(
            "达成可能性由模拟得出：计数的登记册按每条记录的到期、续期、新增和退出推演，其他指标按历年数据外推（不足4年的不外推）；只反映数据所见的规律，不含政策变化"
        ),
        say("全部达到的可能性按各项互不相关计算，偏谨慎"),
    ]
