"""Which entries answer the plans above, as a page."""

from __future__ import annotations

from kechuang.messages import say
from kechuang.plan.compare import Alignment, wording
from kechuang.publish.difference.aligned import Answer, answers, heading
from kechuang.publish.difference.frame import framed
from kechuang.publish.page.parts import section, tag, text


def alignment_page(alignment: Alignment, language: str = "zh") -> bytes:
    """The alignment as one self-contained HTML page."""
    title = say("与上级规划对照").text(language)
    body = [
        tag("h1", text(title)),
        tag("p", text(wording.answered(alignment).text(language)), cls="lede"),
    ]
    body += [_upper(alignment, plan, language) for plan in range(len(alignment.uppers))]
    if alignment.unfounded and any(upper.asks for upper in alignment.uppers):
        words = say("在上级规划中找不到出处的条目").text(language)
        note = say("{n}个；可能是本地特有，也可能是上级规划没有整理全", n=len(alignment.unfounded)).text(
            language
        )
        rows = "".join(tag("li", text(wording.asked(ask).text(language))) for ask in alignment.unfounded)
        body.append(section("unfounded", text(words), text(note), f'<ul class="free">{rows}</ul>'))
    return framed(title, alignment.own.title or alignment.own.name, "".join(body), language)


def _upper(alignment: Alignment, plan: int, language: str) -> str:
    upper = alignment.uppers[plan]
    open_ = sum(number == plan for number, _ in alignment.unanswered)
    if not upper.asks:
        note = ""
        inner = tag("p", text(say("这份规划里没有可对照的目标、任务或措施。").text(language)), cls="same")
    else:
        note = say("{n}条要求，{open}条没有对应", n=len(upper.asks), open=open_).text(language)
        inner = "".join(_asked(found, language) for found in answers(alignment, plan, language))
    return section(f"u{plan}", text(heading(alignment, plan, language)), text(note), f"<div>{inner}</div>")


def _asked(found: list[Answer], language: str) -> str:
    where = tag("div", tag("b", text(found[0].asked)), cls="where")
    if not found[0].own:
        chip = tag("span", text(found[0].strength), cls="c c--removed")
        return tag("article", where, f"<div><p>{chip}</p></div>", cls="item item--wide item--removed")
    strong = wording.STRENGTH["strong"].text(language)
    inner = "".join(
        tag(
            "div",
            tag(
                "p",
                tag(
                    "span",
                    text(answer.strength),
                    cls="c c--added" if answer.strength == strong else "c c--value",
                ),
                text(answer.own),
            ),
            tag("p", text(answer.reason), cls="more"),
            cls="answer",
        )
        for answer in found
    )
    return tag("article", where, f"<div>{inner}</div>", cls="item item--wide")
