"""The top of the page: the finding, the time gone, what presses and why, all targets, the contents."""

from __future__ import annotations

from kechuang.messages import Message, dated, say
from kechuang.progress.status import MARKS, label
from kechuang.progress.wording import percent
from kechuang.publish import words
from kechuang.publish.charts import ruler, share_bar, sparkline
from kechuang.publish.content import Content, TargetView
from kechuang.publish.page.outlook import chance
from kechuang.publish.page.parts import Cell, figure, grid, section, status, tag, text

#: Warnings shown; what is beyond is named in a line.
MOST = 5
#: Reasons of a status that repeat what the table says, and no more.
_REPEATS = ("按{period}年数据", "规划未给基期值")


def head(content: Content) -> str:
    """Kicker, the finding as heading, a lede, the tally of statuses and the ruler of time."""
    t, material, progress = content.t, content.material, content.material.progress
    kicker = tag("p", text(content.material.plan.title or material.title), cls="kicker")
    heading = tag("h1", clauses(t(words.finding(progress))))
    lede = tag("p", text(t(_lede(content))), cls="lede")
    boxes = "".join(
        f"<div><dt>{status(MARKS[name], t(label(name)))}</dt><dd>{count}</dd></div>"
        for name, count in words.tally(progress)
    )
    hero = f'<div class="hero"><div>{kicker}{heading}{lede}</div><dl class="tally">{boxes}</dl></div>'
    return hero + _ruler(content)


def clauses(words_: str) -> str:
    """A heading that breaks after commas only, not inside a word."""
    parts = words_.split("，")
    closed = [part + "，" for part in parts[:-1]] + parts[-1:]
    return (
        "".join(tag("span", text(part), cls="clause") for part in closed) if len(parts) > 1 else text(words_)
    )


def _lede(content: Content) -> Message:
    """What stands out: the target farthest behind, and which cannot be judged."""
    parts: list[Message] = []
    if content.pressing:
        view = content.pressing[0]
        latest = view.progress.latest
        parts.append(
            say(
                "{name}差得最多：{year}年{value}，目标{goal}",
                name=view.name,
                year=latest.period if latest else "",
                value=view.quantity(latest.value if latest else None),
                goal=words.goal(view.progress),
            )
        )
    unknown = [view.name for view in content.targets if view.progress.status == "not_available"]
    if unknown:
        parts.append(say("{names}现有资料不足以判断进度", names=words.listed(unknown)))
    if not parts:
        parts.append(say("没有滞后的目标"))
    return words.Joined([words.sentence(part) for part in parts], ("", " "))


def _ruler(content: Content) -> str:
    t, progress = content.t, content.material.progress
    if progress.period is None or progress.time_share is None:
        return ""
    first, last = progress.period
    share = progress.time_share
    months = round(share * (last - first + 1) * 12)
    said = (
        say("规划期已满，至{day}", day=dated(progress.as_of))
        if share >= 1
        else say("已过{months}个月，{share}", months=months, share=percent(share))
    )
    wide = [t(say("{year}年", year=year)) for year in range(first, last + 1)]
    short = [str(year) for year in range(first, last + 1)]
    drawn = (("c-wide", wide, 1176), ("c-middle", wide, 680), ("c-narrow", short, 340))
    return tag(
        "div",
        *(
            tag("div", ruler(progress.period, share, t(said), names, width), cls=kind)
            for kind, names, width in drawn
        ),
        cls="rulers",
    )


def warnings(content: Content) -> str:
    """What is missed or behind, the widest gap first: the figure, and what the data say about it."""
    t, found = content.t, content.pressing
    if not found:
        return ""
    rows = "".join(
        f"<li>{status(view.progress.mark, t(view.progress.status_label))} "
        f'<a href="#{view.id}">{text(t(view.name))}</a>'
        f'<p class="said">{text(t(view.finding()))}</p>'
        f'<p class="soft">{text(_because(content, view))}</p></li>'
        for view in found[:MOST]
    )
    rest = found[MOST:]
    more = (
        tag("p", text(t(words.sentence(say("另有{names}", names=words.listed([v.name for v in rest]))))), cls="src")
        if rest
        else ""
    )  # fmt: skip
    title = (
        say("一项目标要过问")
        if len(found) == 1
        else say("{n}项目标要过问，{name}差得最多", n=words.Count(len(found)), name=found[0].name)
    )
    note = say("预警与原因，按差额占应达到值的比例由大到小")
    return section("warnings", text(t(title)), text(t(note)), tag("ol", rows, cls="warnings"), more)


def _because(content: Content, view: TargetView) -> str:
    """What the data say about a gap: how it changed, where, how complete the figure is, whose it is."""
    found = [reason for reason in view.progress.why if not reason.template.startswith(_REPEATS)]
    counties = view.county_finding()
    if counties is not None:
        found.append(counties)
    if view.lead:
        found.append(say("牵头单位：{lead}", lead="、".join(view.lead)))
    gap = " " if content.language == "en" else ""
    return gap.join(content.t(words.sentence(reason)) for reason in found)


def targets(content: Content) -> str:
    """All targets as rows: latest value, goal, sparkline, status with its gap, attained, data status."""
    t = content.t
    if not content.targets:
        return ""
    heads = [
        ("t-name", t(say("目标"))),
        ("num t-val", t(say("最新值"))),
        ("num t-goal", t(say("目标值"))),
        ("t-spark", t(say("历年与规划路径"))),
        ("t-st", t(say("状态，与同期路径比"))),
        ("num t-att", t(say("完成率"))),
        ("t-data", t(say("数据状态"))),
    ]
    key = (
        f'<span class="key" aria-hidden="true"><span>{_KEY_LINE}{text(t(say("实际值")))}</span>'
        f"<span>{_KEY_OPEN}{text(t(say('最新值为初步数据')))}</span>"
        f"<span>{_KEY_PATH}{text(t(say('规划路径')))}</span><span>{_KEY_GOAL}{text(t(say('目标')))}</span>"
        f"<span>{_KEY_TICK}{text(t(say('应完成')))}</span></span>"
    )
    many, years = words.Count(len(content.targets)), content.years()
    title = say("{n}项目标，最新数据为{years}年", n=many, years=years) if years else say("{n}项目标", n=many)
    notes = tag("p", text(t(_table_note(content))), cls="src")
    rows = [_row(content, view) for view in content.targets]
    shown = grid(heads, rows, "tbl targets", t(say("各项目标的最新值、目标值和状态")))
    return section("targets", text(t(title)), key, shown, notes)


_KEY_LINE = (
    '<svg class="spark" width="22" height="9" viewBox="0 0 22 9"><path class="act" d="M1 4.5H18"/>'
    '<circle class="dot" cx="18" cy="4.5" r="3"/></svg>'
)
_KEY_OPEN = (
    '<svg class="spark" width="9" height="9" viewBox="0 0 9 9">'
    '<circle class="dot open" cx="4.5" cy="4.5" r="3"/></svg>'
)
_KEY_PATH = (
    '<svg class="spark" width="22" height="9" viewBox="0 0 22 9"><path class="path" d="M1 4.5H21"/></svg>'
)
_KEY_GOAL = (
    '<svg class="spark" width="9" height="9" viewBox="0 0 9 9">'
    '<circle class="goal" cx="4.5" cy="4.5" r="3.2"/></svg>'
)
_KEY_TICK = (
    '<svg class="share" width="22" height="13" viewBox="0 0 22 13"><rect class="track" y="4" width="22" '
    'height="5"/><rect class="fg" y="4" width="11" height="5"/><line class="tick" x1="16" x2="16" '
    'y1="0" y2="13"/></svg>'
)


def _table_note(content: Content) -> Message:
    parts: list[Message] = [
        say("完成率＝（最新值－基期值）÷（目标值－基期值），与最新数据所属年度末的时间进度比较"),
        say("规划未给基期值的不计算完成率，以“—”表示"),
    ]
    if content.sample:
        parts.append(say("标“示例数据”的行由演示数据算出"))
    return words.sentence(words.Joined(parts, ("；", "; ")))


def _row(content: Content, view: TargetView) -> list[Cell]:
    t, target = content.t, view.progress
    latest = target.latest
    when = t(say("{year}年", year=latest.period)) if latest else t(say("暂无数据"))
    value = figure(*_split(content, view)) if latest else tag("span", "—", cls="fig")
    year = t(say("{year}年", year=target.year)) if target.year else ""
    data = tag(
        "span", text(t(view.data_status)), cls="sample" if target.data_status == "sample" else "small soft"
    )
    if view.sample and target.data_status != "sample":
        data += " " + tag("span", text(t(words.DATA_STATUS["sample"])), cls="sample")
    if latest and latest.coverage is not None:
        data += tag("span", text(t(say("到表率{share}", share=percent(latest.coverage, 1)))), cls="cap")
    return [
        Cell(tag("a", text(t(view.name)), href=f"#{view.id}") + tag("span", text(when), cls="cap"), "t-name"),
        Cell(value, "num t-val"),
        Cell(text(t(words.goal(target))) + tag("span", text(year), cls="cap"), "num t-goal"),
        Cell(sparkline(view.chart(), view.chart_words(content.language).description), "t-spark"),
        Cell(
            status(target.mark, t(target.status_label))
            + tag("span", text(t(words.gap(target, view.decimals))), cls="cap")
            + chance(content, view),
            "t-st",
        ),
        Cell(text(percent(target.attained)) + attained_bar(content, view), "num t-att"),
        Cell(data, "t-data"),
    ]


def attained_bar(content: Content, view: TargetView) -> str:
    """The attained share as a bar with a tick at the scheduled one; empty where it is not known."""
    target = view.progress
    if target.attained is None:
        return ""
    said = say("完成率{share}", share=percent(target.attained))
    if target.scheduled_share is not None:
        said = say(
            "完成率{share}，应完成{due}", share=percent(target.attained), due=percent(target.scheduled_share)
        )
    return share_bar(target.attained, target.scheduled_share, content.t(said))


def _split(content: Content, view: TargetView) -> tuple[str, str]:
    """The latest value's digits and its unit apart."""
    shown = view.shown(view.progress.latest.value if view.progress.latest else None)
    whole = content.t(view.quantity(view.progress.latest.value if view.progress.latest else None))
    return shown, whole.removeprefix(shown).strip()


def contents(content: Content) -> str:
    """One line of links to everything below."""
    t, progress = content.t, content.material.progress
    links = [(view.id, view.name) for view in content.targets]
    links += [
        (anchor, name)
        for anchor, name, there in (
            ("alerts", say("预警清单"), content.material.warnings and content.material.warnings.items),
            ("returns", say("报送情况"), content.material.returns),
            ("programmes", say("工程与任务"), progress.programmes),
            ("safeguards", say("保障措施"), progress.safeguards),
            ("method", say("判断方法"), True),
        )
        if there
    ]
    items = "".join(tag("li", tag("a", text(t(name)), href=f"#{anchor}")) for anchor, name in links)
    label_ = t(say("本页内容"))
    return f'<nav class="contents" aria-label="{text(label_)}"><b>{text(label_)}</b><ul>{items}</ul></nav>'
