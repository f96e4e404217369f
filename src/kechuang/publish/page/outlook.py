"""The outlook of a target on the page: how likely, in dots and a sentence; what to do; on what it rests."""

from __future__ import annotations

from html import escape

from kechuang.messages import Message, say
from kechuang.progress.outlook import TargetOutlook
from kechuang.progress.outlook.chances import dots, percentage
from kechuang.progress.wording import number
from kechuang.publish import words
from kechuang.publish.content import Content, TargetView
from kechuang.publish.page.parts import Cell, fold, grid, tag, text


def outlook(content: Content, view: TargetView) -> str:
    """The block of one target; empty where nothing was projected, or nothing is open any more."""
    found = view.progress.outlook
    if found is None:
        return ""
    if found.probability is None or found.settled:
        return tag("p", text(content.t(words.sentence(found.verdict))), cls="src")
    t = content.t
    head = (
        f'<p class="chance"><b>{text(percentage(found.probability))}</b>{ten_dots(found.probability)}</p>'
        f"<h3>{text(t(words.sentence(found.verdict)))}</h3>"
    )
    left = tag("div", head, _list(content, found.said))
    right = tag(
        "div",
        tag("h4", text(t(say("怎么办")))),
        _list(content, found.advice, "do"),
        fold(t(say("推算依据")), _grounds(content, found)),
    )
    return tag("div", left, right, cls="outlook")


def chance(content: Content, view: TargetView) -> str:
    """The probability in a line, for the table of all targets; empty where there is none."""
    found = view.progress.outlook
    if found is None or found.probability is None or found.settled:
        return ""
    return tag(
        "span", text(content.t(say("可能性{chance}", chance=percentage(found.probability)))), cls="cap"
    )


def ten_dots(chance: float) -> str:
    """The chance as ten dots, as many filled as in ten cases are attained."""
    full = dots(chance)
    marks = "".join(
        f'<circle class="{"on" if at < full else "off"}" cx="{6 + at * 11.8:g}" cy="6" r="4"/>'
        for at in range(10)
    )
    return f'<svg class="dots" viewBox="0 0 118 12" role="img" aria-label="{escape(percentage(chance))}">{marks}</svg>'


def _list(content: Content, messages: tuple[Message, ...], kind: str = "") -> str:
    items = "".join(tag("li", text(content.t(words.sentence(message)))) for message in messages)
    return tag("ul", items, cls=kind) if kind else tag("ul", items)


def _grounds(content: Content, found: TargetOutlook) -> str:
    """How it was worked out, what it assumes, and the flows of a register."""
    grounds = (found.basis, *found.assumptions) if found.basis else found.assumptions
    drawn = say("模拟{runs}次，随机种子{seed}", runs=f"{found.runs:,}", seed=found.seed)
    return _list(content, (*grounds, drawn)) + (_flows(content, found) if found.flows else "")


def _flows(content: Content, found: TargetOutlook) -> str:
    t = content.t
    named = {
        "lapsed": say("到期数"),
        "renewed": say("续期数"),
        "entered": say("新增数"),
        "passed": say("申报通过"),
        "left": say("提前退出"),
        "stock": say("年末"),
    }
    shown = [key for key in named if any(flow[key] >= 0.05 for flow in found.flows)]
    heads = [("", t(say("年份"))), *(("num", t(named[key])) for key in shown)]
    rows = [
        [Cell(str(int(flow["year"]))), *(Cell(text(number(flow[key], 1)), "num") for key in shown)]
        for flow in found.flows
    ]
    note = tag("p", text(t(words.sentence(say("各次模拟的平均数")))), cls="src")
    return grid(heads, rows, "tbl small flows", t(say("推演的存量与流量"))) + note
