"""The sections of the page that are about the plan as a whole."""

from __future__ import annotations

from kechuang.messages import Message, say
from kechuang.progress import ProgrammeProgress, SafeguardProgress, Status, TaskProgress
from kechuang.progress.status import MARKS, label
from kechuang.progress.wording import long_date, percent
from kechuang.publish import words
from kechuang.publish.charts import ruler, sparkline
from kechuang.publish.content import Content, TargetView
from kechuang.publish.page.parts import figure, section, status, table, tag, text


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
    """What stands out: which targets lag, which cannot be judged."""
    lagging = [v.name for v in content.targets if v.progress.status in ("behind", "missed")]
    unknown = [v.name for v in content.targets if v.progress.status == "not_available"]
    parts: list[Message] = []
    if lagging:
        parts.append(say("需要过问的是{names}", names=words.listed(lagging)))
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
        say("规划期已满，至{day}", day=long_date(progress.as_of))
        if share >= 1
        else say("已过{months}个月，{share}", months=months, share=percent(share))
    )
    wide = [t(say("{year}年", year=year)) for year in range(first, last + 1)]
    short = [str(year) for year in range(first, last + 1)]
    return (
        f'<div class="rulers"><div class="wide">{ruler(progress.period, share, t(said), wide, 1176)}</div>'
        f'<div class="narrow">{ruler(progress.period, share, t(said), short, 340)}</div></div>'
    )


def targets(content: Content) -> str:
    """All targets as rows: latest value, goal, sparkline, status with its gap, attained, data status."""
    t = content.t
    if not content.targets:
        return ""
    heads = [
        ("t-name", t(say("目标"))),
        ("num", t(say("最新值"))),
        ("num", t(say("目标值"))),
        ("t-spark", t(say("历年与规划路径"))),
        ("t-st", t(say("状态，与同期路径比"))),
        ("num t-att", t(say("完成率"))),
        ("t-data", t(say("数据状态"))),
    ]
    rows = [_row(content, view) for view in content.targets]
    key = (
        f'<ul class="key" aria-hidden="true"><li>{_KEY_LINE}{text(t(say("实际值")))}</li>'
        f"<li>{_KEY_OPEN}{text(t(say('最新值为初步数据')))}</li>"
        f"<li>{_KEY_PATH}{text(t(say('规划路径')))}</li><li>{_KEY_GOAL}{text(t(say('目标')))}</li></ul>"
    )
    title = text(t(say("{n}项目标", n=words.Count(len(content.targets)))))
    notes = tag("p", text(t(_table_note(content))), cls="src")
    shown = table(heads, rows, "tbl targets", t(say("各项目标的最新值、目标值和状态")))
    return section("targets", title, "", key, shown, notes)


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


def _table_note(content: Content) -> Message:
    parts: list[Message] = [
        say("完成率＝（最新值－基期值）÷（目标值－基期值），与最新数据所属年度末的时间进度比较"),
        say("规划未给基期值的不计算完成率，以“—”表示"),
    ]
    if content.sample:
        parts.append(say("标“示例数据”的行由演示数据算出"))
    return words.sentence(words.Joined(parts, ("；", "; ")))


def _row(content: Content, view: TargetView) -> str:
    t, target = content.t, view.progress
    latest = target.latest
    name = tag("a", text(t(view.name)), href=f"#{view.id}")
    when = t(say("{year}年", year=latest.period)) if latest else t(say("暂无数据"))
    value = figure(*_split(content, view)) if latest else tag("span", "—", cls="fig")
    year = t(say("{year}年", year=target.year)) if target.year else ""
    gap = text(t(words.gap(target, view.decimals)))
    data = tag(
        "span", text(t(view.data_status)), cls="sample" if target.data_status == "sample" else "small soft"
    )
    if view.sample and target.data_status != "sample":
        data += " " + tag("span", text(t(words.DATA_STATUS["sample"])), cls="sample")
    coverage = ""
    if latest and latest.coverage is not None:
        coverage = tag("span", text(t(say("到表率{share}", share=percent(latest.coverage, 1)))), cls="cap")
    spark = sparkline(view.chart(), view.chart_words(content.language).description)
    return (
        f'<tr><th scope="row" class="t-name">{name}<span class="cap">{text(when)}</span></th>'
        f'<td class="num t-val">{value}</td>'
        f'<td class="num t-goal">{text(t(words.goal(target)))}<span class="cap">{text(year)}</span></td>'
        f'<td class="t-spark">{spark}</td>'
        f'<td class="t-st">{status(target.mark, t(target.status_label))}<span class="cap">{gap}</span></td>'
        f'<td class="num t-att" data-label="{text(t(say("完成率")))} ">{text(percent(target.attained))}</td>'
        f'<td class="t-data">{data}{coverage}</td></tr>'
    )


def _split(content: Content, view: TargetView) -> tuple[str, str]:
    """The latest value's digits and its unit apart."""
    shown = view.shown(view.progress.latest.value if view.progress.latest else None)
    whole = content.t(view.quantity(view.progress.latest.value if view.progress.latest else None))
    return shown, whole.removeprefix(shown).strip()


def returns(content: Content) -> str:
    """Returns that came late or not at all."""
    t = content.t
    if not content.material.returns:
        return ""
    short = content.short_returns
    if not short:
        title = text(t(say("应报台账均按期到齐")))
        return section("returns", title, "")
    missing, late = sum(item.missing for item in short), sum(item.late for item in short)
    title = text(t(say("缺报{missing}份，迟报{late}份", missing=missing, late=late)))
    heads = [
        ("", t(say("台账"))),
        ("", t(say("县市"))),
        ("num", t(say("年度"))),
        ("num", t(say("应报"))),
        ("num", t(say("已报"))),
        ("num", t(say("迟报"))),
        ("num", t(say("缺报"))),
        ("num", t(say("期限"))),
    ]
    rows = [
        "<tr>"
        + tag("th", text(item.type), scope="row")
        + tag("td", text(item.region))
        + "".join(
            tag("td", text(str(cell)), cls="num")
            for cell in (
                item.year,
                item.expected,
                item.arrived,
                item.late or "0",
                item.missing,
                item.deadline,
            )
        )
        + "</tr>"
        for item in short
    ]
    shown = table(heads, rows[:12], "tbl small", t(say("缺报和迟报的台账")))
    if len(rows) > 12:
        more = t(say("其余{n}行", n=len(rows) - 12))
        rest = table(heads, rows[12:], "tbl small", t(say("缺报和迟报的台账（续）")))
        shown += tag("details", tag("summary", text(more)), rest)
    return section("returns", title, text(t(say("缺报影响到表率，不作补数"))), shown)


def programmes(content: Content) -> str:
    """Programmes with their tasks, leads, the targets they serve and the registers that prove them."""
    t, found = content.t, content.material.progress.programmes
    if not found:
        return ""
    tasks = sum(len(programme.tasks) for programme in found)
    title = text(t(say("{n}项工程，{tasks}项任务", n=words.Count(len(found)), tasks=tasks)))
    note = text(t(say("任务进展须凭佐证判断，这里列其所服务目标的状态")))
    return section("programmes", title, note, *(_programme(content, programme) for programme in found))


def _programme(content: Content, programme: ProgrammeProgress) -> str:
    """One programme; columns in which nothing stands are left out."""
    t, tasks = content.t, programme.tasks
    heads = [("a-id", ""), ("", t(say("任务")))]
    columns = [[_cell("a-id quiet", task.id) for task in tasks]]
    columns.append([tag("th", text(task.title), scope="row") for task in tasks])
    if any(task.lead for task in tasks):
        heads.append(("a-lead", t(say("牵头单位"))))
        columns.append([_cell("a-lead", "、".join(task.lead)) for task in tasks])
    if any(task.serves for task in tasks):
        heads.append(("a-serves", t(say("所服务的目标及状态"))))
        columns.append([_served(content, task) for task in tasks])
    if any(task.evidence for task in tasks):
        heads.append(("a-proof", t(say("佐证台账"))))
        proofs = ("、".join(content.record_name(kind) for kind in task.evidence) for task in tasks)
        columns.append([_cell("a-proof", proof) for proof in proofs])
    rows = [f"<tr>{''.join(cells)}</tr>" for cells in zip(*columns, strict=True)]
    lead = text(t(say("牵头单位：{lead}", lead="、".join(programme.lead)))) if programme.lead else ""
    return (
        f'<section class="sub" id="{programme.id}"><header><h3>{text(programme.title)}</h3>'
        f"<p>{lead} {_counts(content, programme)}</p></header>"
        + table(heads, rows, "tbl small acts", programme.title)
        + "</section>"
    )


def _cell(cls: str, words_: str) -> str:
    return tag("td", text(words_) or "—", cls=cls)


def _counts(content: Content, group: ProgrammeProgress | SafeguardProgress) -> str:
    """How many of the targets served have which status, as marks."""
    if not group.targets:
        return tag("span", text(content.t(say("未与目标建立联系"))), cls="apart")
    return " ".join(_mark(content, name, f"{count}") for name, count in group.targets.items())


def _mark(content: Content, name: Status, count: str) -> str:
    return status(MARKS[name], f"{content.t(label(name))}{count}")


def _served(content: Content, task: TaskProgress) -> str:
    served = "".join(
        f"<li>{status(MARKS[name], '')}{text(content.t(content.by_id[target].name))}"
        f'<span class="vh">{text(content.t(label(name)))}</span></li>'
        for target, name in task.serves
        if target in content.by_id
    )
    return tag("td", f"<ul>{served}</ul>" if served else "—", cls="a-serves")


def safeguards(content: Content) -> str:
    """Groups of safeguards with their measures."""
    t, found = content.t, content.material.progress.safeguards
    if not found:
        return ""
    measures = sum(len(group.measures) for group in found)
    title = text(t(say("保障措施{n}类{measures}条", n=words.Count(len(found)), measures=measures)))
    groups = "".join(
        f'<section class="sub" id="{group.id}"><header><h3>{text(group.title)}</h3></header>'
        '<ol class="measures">'
        + "".join(
            f'<li><span class="quiet">{text(measure.id)}</span> {text(measure.title)}</li>'
            for measure in group.measures
        )
        + "</ol></section>"
        for group in found
    )
    return section("safeguards", title, "", f'<div class="groups">{groups}</div>')


def method(content: Content) -> str:
    """How statuses are judged, and where everything comes from."""
    t, progress = content.t, content.material.progress
    lines: list[Message] = [
        say(
            "判断采用预期进度法：完成率与同期应完成的比例比较。应完成的比例按最新数据所属年度末计算，如2024年的数据与2024年末比较，不与今天比较"
        ),
        say("路径取基期值到目标值的直线，规划给出年度值的按年度值；直线是假定，成批增长的数量会先低后高"),
        say(
            "达到应完成比例的为“达到进度”，达到其{share}以上的为“基本达到”，不足的为“滞后”",
            share=percent(progress.tolerance),
        ),
        say("规划未给基期值、目标又未达到的，不假定基期为零，状态为“无法判断”"),
        say("本期不含预测：数据年份少时预测区间不可靠"),
        say("标“待核实”的口径条款尚未与原文件核对"),
    ]
    items = "".join(tag("li", text(t(words.sentence(line)))) for line in lines)
    documents = content.material.plan.documents or [content.material.plan.title or content.material.title]
    snapshots = sorted({figure.snapshot for figure in content.material.figures if figure.snapshot})
    facts = [
        (t(say("规划文本")), "、".join(documents)),
        (t(say("台账快照")), "、".join(digest[:16] for digest in snapshots) or "—"),
        (t(say("数据截至")), t(long_date(progress.as_of))),
    ]
    sources = "".join(f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>" for name, value in facts)
    return section(
        "method",
        text(t(say("判断方法与资料来源"))),
        "",
        tag("ol", items, cls="prose notes"),
        tag("dl", sources, cls="sources"),
    )
