"""What changed, as a page: a summary, the entries, then the text with what was struck and what was added."""

from __future__ import annotations

from collections.abc import Sequence

from kechuang.messages import Message, say
from kechuang.plan.compare import Difference, TextChange, wording
from kechuang.plan.compare.difference import Change, Head
from kechuang.publish.difference.frame import framed
from kechuang.publish.difference.rows import Row, Run, entry_rows, one_line, stretches, text_row
from kechuang.publish.page.parts import section, tag, text

_TAGS = {"removed": "del", "added": "ins"}


def difference_page(difference: Difference, language: str = "zh") -> bytes:
    """The comparison as one self-contained HTML page."""

    def t(message: Message) -> str:
        return text(message.text(language))

    title = say("规划修改对照").text(language)
    brand = difference.b.title or difference.a.title or title
    body = [
        tag("h1", t(say("规划修改对照"))),
        tag("p", t(wording.verdict(difference)), cls="lede"),
        tag(
            "dl",
            _side(say("原稿"), difference.a, language),
            _side(say("新稿"), difference.b, language),
            cls="sides",
        ),
    ]
    caution = wording.caution(difference)
    if caution is not None:
        body.append(tag("p", t(caution), cls="caution"))
    if not difference.same:
        body += [_legend(language), _summary(difference, language), _entries(difference, language)]
        if difference.text is not None:
            body.append(_text(difference.text, language))
    return framed(title, brand, "".join(body), language)


def marked(runs: Sequence[Run]) -> str:
    """Runs as HTML: del, ins, or plain."""
    return "".join(
        tag(_TAGS[run.mark], text(run.words)) if run.mark in _TAGS else text(run.words) for run in runs
    )


def _side(name: Message, head: Head, language: str) -> str:
    kind = say("读自文本") if head.draft else say("结构化规划")
    small = tag("small", text(f"{head.name} · {kind.text(language)}"))
    return f"<div>{tag('dt', text(name.text(language)))}<dd>{text(head.title or head.name)}{small}</dd></div>"


def _legend(language: str) -> str:
    signs = (
        tag("del", text(say("删去的文字").text(language))),
        tag("ins", text(say("新增的文字").text(language))),
        tag("span", _chips(("moved",), language) + text(say("注明从哪里移到哪里").text(language))),
    )
    return tag("div", *(tag("span", sign) for sign in signs), cls="legend")


def _summary(difference: Difference, language: str) -> str:
    summary = difference.summary()
    columns = [change for change in wording.CHANGE if any(change in counts for counts in summary.values())]
    heads = "".join(f'<th scope="col">{text(wording.CHANGE[c].text(language))}</th>' for c in columns)
    rows = "".join(
        f'<tr><th scope="row">{text(wording.KIND[kind].text(language))}</th>'
        + "".join(f"<td>{counts.get(c) or ''}</td>" for c in columns)
        + "</tr>"
        for kind, counts in summary.items()
    )
    first = text(say("类别").text(language))
    return (
        f'<table class="tbl small sum"><thead><tr><th scope="col">{first}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _entries(difference: Difference, language: str) -> str:
    rows = entry_rows(difference, language)
    if not rows:
        return ""
    note = say("只列有变化的条目") if difference.office else say("工作字段只在两份都是 plan.yaml 时比较")
    inner = "".join(_item(row, language) for row in rows)
    return section(
        "entries", text(say("条目").text(language)), text(note.text(language)), f"<div>{inner}</div>"
    )


def _text(changes: Sequence[TextChange], language: str) -> str:
    parts: list[str] = []
    for kind, stretch in stretches(changes):
        if kind == "kept":
            parts.append(_unchanged(stretch, language))
        elif kind == "left":
            parts += [_left(change, language) for change in stretch]
        else:
            parts += [_paragraph(change, language) for change in stretch]
    heading = text(say("正文").text(language))
    return section(
        "text", heading, text(say("未变的段落可展开").text(language)), f"<div>{''.join(parts)}</div>"
    )


def _unchanged(stretch: Sequence[TextChange], language: str) -> str:
    summary = say("未变的{n}段", n=len(stretch)).text(language)
    inner = "".join(
        tag("p", tag("b", str(change.b.number)), text(one_line(change.b.text)))
        for change in stretch
        if change.b is not None
    )
    return f'<details class="kept"><summary>{text(summary)}</summary>{inner}</details>'


def _left(change: TextChange, language: str) -> str:
    """The mark at the old place of a paragraph that moved."""
    assert change.a is not None and change.b is not None
    to = tag("a", text(say("第{n}段", n=change.b.number).text(language)), href=f"#b{change.b.number}")
    words = text(say("原第{n}段移至", n=change.a.number).text(language))
    short = one_line(change.a.text)[:24]
    return tag("p", _chips(("moved",), language), f"{words} {to}：{text(short)}…", cls="left")


def _paragraph(change: TextChange, language: str) -> str:
    mark = f"b{change.b.number}" if change.b else f"a{change.a.number}" if change.a else None
    return _item(text_row(change, language), language, mark)


def _item(row: Row, language: str, mark: str | None = None) -> str:
    first = next((c for c in row.change if c in ("added", "removed", "moved")), row.change[0])
    details = "".join(tag("p", text(detail), cls="more") for detail in row.details)
    where = tag("div", tag("b", text(row.where)), _chips(row.change, language), cls="where")
    return tag(
        "article",
        where,
        f"<div>{tag('p', marked(row.both))}{details}</div>",
        cls=f"item item--{first}",
        id=mark,
    )


def _chips(changes: Sequence[Change], language: str) -> str:
    return "".join(tag("span", text(wording.CHANGE[c].text(language)), cls=f"c c--{c}") for c in changes)
