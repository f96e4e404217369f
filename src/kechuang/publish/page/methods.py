"""The verdicts of all methods on one target, folded away: word, number judged by, and why they differ."""

from __future__ import annotations

from kechuang.errors import Joined
from kechuang.messages import Message, literal, say
from kechuang.progress.methods import Verdict, Words, specs
from kechuang.progress.wording import number, percent
from kechuang.publish import words
from kechuang.publish.content import Content, TargetView
from kechuang.publish.page.parts import Cell, fold, grid, status, tag, text


def methods(content: Content, view: TargetView) -> str:
    """A table of the methods that can judge the target; nothing where fewer than two can."""
    t, found = content.t, view.progress.agreement
    judged = [one for one in view.progress.methods if one.mark != "none"]
    if len(judged) < 2:
        return ""
    count = words.Count(len(judged))
    title = say("{n}种方法判断一致", n=count) if found.agree else say("{n}种方法判断不一致", n=count)
    heads = [("", t(say("方法"))), ("", t(say("判断"))), ("", t(say("判断依据")))]
    rows = [
        [Cell(text(t(_name(one)))), Cell(_word(content, one)), Cell(text(t(_by(view, one))))]
        for one in judged
    ]
    table = grid(heads, rows, "tbl small data", t(say("各方法对“{name}”的判断", name=view.name)))
    why = "".join(tag("li", text(t(words.sentence(reason)))) for reason in found.why)
    said = tag("ul", why, cls="why") if why else ""
    other = [_name(one) for one in view.progress.methods if one.mark == "none"]
    rest = ""
    if other:
        rest = tag("p", text(t(words.sentence(say("{names}不能判断", names=words.listed(other))))), cls="src")
    return fold(t(title), table + said + rest)


def _name(one: Verdict) -> Words:
    return Words(specs()[one.method].label)


def _word(content: Content, one: Verdict) -> str:
    return status(one.mark, content.t(one.label))


def _by(view: TargetView, one: Verdict) -> Message:
    """What the method judged by, with its number; its reason where there is no number."""
    if one.value is None:
        return Joined(one.why, ("；", "; ")) if one.why else literal("—")
    spec = specs()[one.method]
    if one.method == "schedule" and view.progress.growth:
        return say("年均增速 {rate}", rate=view.quantity(one.value))
    if spec.basis in ("compound", "straight"):
        shown = literal(number(round(one.value, 2) + 0.0, 2))
        return Joined([Words(spec.judged_by), shown], (" ＝ ", " = "))
    return Joined([Words(spec.judged_by), literal(percent(one.value))], (" ", " "))
