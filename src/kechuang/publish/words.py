"""Sentences that pages and documents share: findings, comparisons, names of statuses."""

from __future__ import annotations

from collections.abc import Sequence

from kechuang.errors import Joined
from kechuang.messages import Message, literal, say
from kechuang.progress import Progress, Status
from kechuang.progress.model import TargetProgress
from kechuang.progress.wording import Quantity, difference, number

__all__ = [
    "DATA_STATUS",
    "Count",
    "Joined",
    "Ordinal",
    "Quantity",
    "against",
    "due",
    "finding",
    "gap",
    "goal",
    "listed",
    "sentence",
    "shortfall",
    "tally",
]

DATA_STATUS: dict[str, Message] = {
    "final": say("正式数据"),
    "provisional": say("初步数据"),
    "estimated": say("估算数据"),
    "sample": say("示例数据"),
}

_TALLY: tuple[tuple[Status, Message], ...] = (
    ("achieved", say("{n}项已达成")),
    ("on_schedule", say("{n}项达到进度")),
    ("basically_on_schedule", say("{n}项基本达到")),
    ("behind", say("{n}项滞后")),
    ("missed", say("{n}项未达成")),
    ("not_available", say("{n}项无法判断")),
)

_DIGITS = "零一二三四五六七八九"


class Count(Message):
    """A small number as sentences write it: 八 in Chinese, 8 in English.

    >>> Count(8).zh, Count(12).zh, Count(2).zh, Count(120).zh
    ('八', '十二', '两', '120')
    """

    def __init__(self, n: int) -> None:
        super().__init__("{n}", {"n": n})

    def text(self, language: str) -> str:
        n = int(self.params["n"])
        if language == "en" or not 0 <= n < 100:
            return str(n)
        if n == 2:
            return "两"
        tens, ones = divmod(n, 10)
        head = "" if not tens else "十" if tens == 1 else _DIGITS[tens] + "十"
        return head + (_DIGITS[ones] if ones or not tens else "")


def finding(progress: Progress) -> Message:
    """The whole assessment in one sentence: how many of the targets have which status."""
    total = len(progress.targets)
    if not total:
        return say("规划没有列出目标")
    parts: list[Message] = [
        Said(words, n=Count(progress.count(status))) for status, words in _TALLY if progress.count(status)
    ]
    return say("{total}项目标中{parts}", total=Count(total), parts=Joined(parts))


class Said(Message):
    """A message said before, with other values."""

    def __init__(self, message: Message, **params: object) -> None:
        super().__init__(message.template, {**message.params, **params})


def tally(progress: Progress) -> list[tuple[Status, int]]:
    """Statuses that occur, in order, each with how many targets have it."""
    return [(status, progress.count(status)) for status, _ in _TALLY if progress.count(status)]


def goal(target: TargetProgress) -> Message:
    """What the target asks for: sign, value and unit."""
    if target.target is None:
        return literal("—")
    if target.comparator == "range" and target.high is not None:
        return Quantity(f"{number(target.target)}—{number(target.high)}", target.unit)
    sign = {">": ">", "<=": "≤", "<": "<", "~": "约"}.get(target.comparator, "")
    shown = Quantity(number(target.target), target.unit)
    if target.comparator == "~":
        return say("约{value}", value=shown)
    return Joined([literal(sign), shown], ("", "")) if sign else shown


def gap(target: TargetProgress, decimals: int) -> Message:
    """How far the latest figure is from the path at the same moment, or from the target."""
    if target.latest is None:
        return say("暂无数据")
    if target.gap is not None and not target.per_year:
        if abs(target.gap) < 0.5 * 10**-decimals:
            return say("与同期路径持平")
        amount = difference(target.gap, target.unit, decimals)
        return say("比同期路径高{amount}", amount=amount) if target.gap > 0 else say(
            "比同期路径低{amount}", amount=amount
        )  # fmt: skip
    if target.target is None:
        return say("无目标值")
    away = target.latest.value - target.target
    if abs(away) < 0.5 * 10**-decimals:
        return say("与目标值持平")
    amount = difference(away, target.unit, decimals)
    return say("比目标值多{amount}", amount=amount) if away > 0 else say("距目标值差{amount}", amount=amount)


def due(target: TargetProgress) -> bool:
    """Whether the latest figure is of the target's year or later."""
    return bool(target.latest and target.year and int(target.latest.period) >= target.year)


def against(target: TargetProgress, decimals: int) -> Message:
    """The latest figure against the target where that is due, against the path before."""
    if target.latest is None or target.target is None or not (due(target) or target.gap is None):
        return gap(target, decimals)
    if target.status == "achieved" and target.comparator == "range":
        return say("在目标范围之内")
    away = target.latest.value - target.target
    if abs(away) < 0.5 * 10**-decimals:
        return say("与目标持平")
    amount = difference(away, target.unit, decimals)
    return say("比目标高{amount}", amount=amount) if away > 0 else say("比目标低{amount}", amount=amount)


def shortfall(target: TargetProgress) -> float:
    """How much of what there should be by now is missing, as a share of it; 0 where that is not known."""
    on_path = target.gap is not None and not target.per_year
    should = target.scheduled_value if on_path else target.target
    if target.latest is None or not should:
        return 0.0
    return abs(target.latest.value - should) / abs(should)


def listed(names: Sequence[Message]) -> Message:
    """Names one after another."""
    return Joined(list(names), ("、", ", "))


def sentence(message: Message) -> Message:
    """The message closed with a full stop, unless it ends with one."""
    return Closed(message)


class Closed(Message):
    """A message with the full stop of its language; English starts with a capital."""

    def __init__(self, inner: Message) -> None:
        super().__init__("{inner}", {"inner": inner})

    def text(self, language: str) -> str:
        text = self.params["inner"].text(language)
        if not text or text[-1] in "。.！？":
            return str(text)
        return f"{text[0].upper()}{text[1:]}." if language == "en" else f"{text}。"


class Ordinal(Message):
    """The number before a heading: 一、 or （一） in Chinese, "1. " or "(1) " in English.

    >>> Ordinal(2).zh, Ordinal(2, bracket=True).zh, Ordinal(2).en
    ('二、', '（二）', '2. ')
    """

    def __init__(self, n: int, bracket: bool = False) -> None:
        super().__init__("{n}", {"n": n, "bracket": bracket})

    def text(self, language: str) -> str:
        n, bracket = int(self.params["n"]), bool(self.params["bracket"])
        if language == "en":
            return f"({n}) " if bracket else f"{n}. "
        shown = "二" if n == 2 else Count(n).text("zh")
        return f"（{shown}）" if bracket else f"{shown}、"
