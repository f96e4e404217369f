"""Whether the methods agree on a target, and a sentence or two on why they do not.

Marks are folded into three classes: on (reached, on schedule), mid (some progress, not enough), bad (behind,
standing still, worse). What the methods rest on - compound growth, a straight line, the last years, a declared
path, an extrapolation - explains most differences; thresholds explain the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kechuang.errors import listed
from kechuang.messages import Message, say
from kechuang.progress.methods import Words, specs
from kechuang.progress.methods.case import Case, Verdict
from kechuang.progress.status import Mark
from kechuang.progress.wording import number, percent

Stand = Literal["on", "mid", "bad"]
STANDS: dict[Mark, Stand] = {"done": "on", "ok": "on", "watch": "mid", "late": "bad"}
NAMES: dict[Stand, Message] = {"on": say("达到或正常"), "mid": say("有进展但不足"), "bad": say("滞后或变差")}


@dataclass(frozen=True)
class Agreement:
    """The methods by class; ``agree`` is None where fewer than two could judge."""

    on: tuple[str, ...] = ()
    mid: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    why: tuple[Message, ...] = ()

    @property
    def agree(self) -> bool | None:
        groups = [group for group in (self.on, self.mid, self.bad) if group]
        return None if sum(map(len, groups)) < 2 else len(groups) == 1

    def as_dict(self) -> dict[str, Any]:
        return {
            "on": list(self.on),
            "mid": list(self.mid),
            "bad": list(self.bad),
            "agree": self.agree,
            "why": [reason.both() for reason in self.why],
        }


def agreement(verdicts: Sequence[Verdict], case: Case | None = None, *, straight: bool = True) -> Agreement:
    """How ``verdicts`` on one case stand to each other; ``straight``: the schedule's path is a straight line."""
    groups: dict[Stand, list[Verdict]] = {"on": [], "mid": [], "bad": []}
    for verdict in verdicts:
        if verdict.mark != "none":
            groups[STANDS[verdict.mark]].append(verdict)
    named = {stand: tuple(one.method for one in found) for stand, found in groups.items()}
    why: list[Message] = []
    present = [stand for stand, found in groups.items() if found]
    if len(present) > 1:
        why.append(
            say("各法不一致：{groups}", groups=_Groups([(NAMES[s], _names(groups[s])) for s in present]))
        )
        why += _reasons(groups, straight)
    if case is not None and present:
        why += _cautions(groups, case)
    return Agreement(named["on"], named["mid"], named["bad"], tuple(why))


def _reasons(groups: dict[Stand, list[Verdict]], straight: bool) -> list[Message]:
    """What the methods that differ rest on, as far as it tells them apart."""
    by_basis: dict[str, set[Stand]] = {}
    ratio: dict[str, float | None] = {}
    for stand, found in groups.items():
        for verdict in found:
            basis = specs()[verdict.method].basis
            by_basis.setdefault(basis, set()).add(stand)
            ratio.setdefault(basis, verdict.score if basis == "path" else verdict.value)
    compound, line, path = (by_basis.get(name, set()) for name in ("compound", "straight", "path"))
    whole = compound | line  # from the base to now, against base to target
    said: list[Message] = []
    growth, change, done = ratio.get("compound"), ratio.get("straight"), ratio.get("path")
    if compound and line and compound != line and growth is not None and change is not None:
        said.append(
            say(
                "按复合增长率算，已有增速是所需的{growth}倍；按直线算，已有的年变化是所需的{change}倍",
                growth=number(growth, 2),
                change=number(change, 2),
            )
        )
    if path and not straight and not path <= (line or whole):
        said.append(say("预期进度按规划声明的路径比，其他方法只看首尾，不知道这条路径"))
    elif path and straight and not path <= whole and done is not None:
        said.append(
            say(
                "门槛不同：完成率是应完成的{done}，预期进度以本单位的比例分“基本达到”和“滞后”，其他方法分得较宽",
                done=percent(done),
            )
        )
    elif path and line and straight and not path & line and change is not None:
        said.append(say("同样按直线算（{change}倍），SDSN与预期进度门槛不同", change=number(change, 2)))
    recent = by_basis.get("recent", set())
    if recent and not recent & (whole | path):
        said.append(say("天气图标只看最近几年的平均变化，其他方法从基期算起"))
    elif recent and not recent & whole:
        said.append(say("天气图标把最近几年的平均变化推到目标年，缺口超过五分之一即为“阴”"))
    projected = by_basis.get("projected", set())
    if projected and not projected & (whole | path):
        said.append(say("联合国的方法把已有增速推到目标年，看能走完多少路程，走完一成即为“有进展”"))
    if not said:
        said.append(say("各法的门槛不同，数值见各法的判断值"))
    return said


def _cautions(groups: dict[Stand, list[Verdict]], case: Case) -> list[Message]:
    """What no method's word says: a worsening behind a target reached, a result of two points, a base of 0."""
    said: list[Message] = []
    base, value = case.base_value, case.current_value
    if base is not None and value is not None and case.met and (value - base) * case.direction < 0:
        said.append(
            say(
                "已达到目标，但比基期变差（由{base}到{value}）；只看是否达到的方法不反映这一点",
                base=number(base),
                value=number(value),
            )
        )
    if base is not None and value is not None and case.base_met and not case.met:
        said.append(
            say(
                "基期{base}已达到目标，现在没有达到；完成率会是负数除以负数，各法都按变差处理",
                base=number(base),
            )
        )
    if base == 0 and any(groups.values()):
        said.append(say("基期值为0：复合增长率没有意义，Open SDG 以0.001代替，结果取决于这个替代值"))
    if len(case.series) == 2 and any(groups.values()):
        said.append(say("只有两个年份的数据，换一个基期，结果可能不同"))
    return said


def _names(verdicts: Sequence[Verdict]) -> Message:
    return listed([Words(specs()[verdict.method].short) for verdict in verdicts])


class _Groups(Message):
    """Class: methods; class: methods."""

    def __init__(self, groups: list[tuple[Message, Message]]) -> None:
        super().__init__("{groups}", {"groups": tuple(groups)})

    def text(self, language: str) -> str:
        colon, stop = (": ", "; ") if language == "en" else ("——", "；")
        return stop.join(
            f"{name.text(language)}{colon}{who.text(language)}" for name, who in self.params["groups"]
        )
