"""The section of one target: facts, chart, counties, and why the number is what it is."""

from __future__ import annotations

from kechuang.indicators.figure import Figure
from kechuang.messages import Message, literal, say
from kechuang.progress.wording import difference, number, percent
from kechuang.publish import words
from kechuang.publish.charts import ring, series_chart
from kechuang.publish.charts.svg import NARROW
from kechuang.publish.content import Content, TargetView
from kechuang.publish.page.lineage import lineage
from kechuang.publish.page.parts import section, status, table, tag, text


def target_section(content: Content, view: TargetView) -> str:
    """Everything about one target."""
    t = content.t
    title = f"{text(t(view.name))}"
    parts = [_verdict(content, view), _facts(content, view), _chart(content, view)]
    parts += [_counties(content, view), lineage(content, view)]
    sample = tag("span", text(t(say("示例数据"))), cls="sample") if view.sample else ""
    return section(view.id, title, sample, *parts, cls="sec target")


def _verdict(content: Content, view: TargetView) -> str:
    t, target = content.t, view.progress
    said = "".join(tag("li", text(t(words.sentence(reason)))) for reason in target.why)
    words_of_ring = (
        say("完成率{share}", share=percent(target.attained))
        if target.attained is not None
        else say("完成率无法计算")
    )
    arc = ring(target.attained, target.mark, t(words_of_ring))
    return (
        f'<div class="verdict verdict--{target.mark}">{arc}<div>{status(target.mark, t(target.status_label))}'
        f'<p class="soft">{text(t(words.gap(target, view.decimals)))}</p>'
        f'<ul class="why">{said}</ul></div></div>'
    )


def _facts(content: Content, view: TargetView) -> str:
    t, target = content.t, view.progress
    latest = target.latest
    cells: list[tuple[Message, Message, Message]] = []
    if latest:
        cells.append((
            say("最新值（{year}年）", year=latest.period),
            view.quantity(latest.value),
            view.data_status,
        ))  # fmt: skip
    else:
        cells.append((say("最新值"), literal("—"), say("暂无数据")))
    if target.scheduled_value is not None and latest and not target.per_year:
        cells.append((
            say("同期规划路径"),
            _on_path(view, target.scheduled_value),
            say("应完成{share}", share=percent(target.scheduled_share)),
        ))  # fmt: skip
    year = say("{year}年目标", year=target.year) if target.year else say("目标值")
    nature = {"binding": say("约束性"), "expected": say("预期性")}.get(
        target.nature or "", say("规划未注明属性")
    )
    cells.append((year, words.goal(target), nature))
    if target.baseline:
        origin = say("规划给出") if target.baseline.origin == "plan" else say("规划未给出，由台账取得")
        named = say("{year}年基期", year=target.baseline.year)
        cells.append((named, view.quantity(target.baseline.value), origin))
    else:
        cells.append((say("基期值"), literal("—"), say("规划未给出")))
    if target.needed_per_year:
        note = say("至{year}年末", year=target.year)
        needed = difference(target.needed_per_year, target.unit, max(view.decimals, 1))
        cells.append(
            (say("今后每年需增加") if target.needed_per_year > 0 else say("今后每年需减少"), needed, note)
        )
    shown = "".join(
        f"<div><dt>{text(t(name))}</dt><dd><b>{text(t(value))}</b>"
        f'<span class="cap">{text(t(note))}</span></dd></div>'
        for name, value, note in cells
    )
    return tag("dl", shown, cls="facts")


def _on_path(view: TargetView, value: float) -> Message:
    """A value on the path: one decimal more than counts have, where it lies between two of them."""
    between = view.decimals == 0 and abs(value - round(value)) > 0.05
    return words.Quantity(number(value, 1 if between else view.decimals), view.progress.unit)


def _chart(content: Content, view: TargetView) -> str:
    t = content.t
    series = view.chart()
    if not series.points:
        return ""
    said = view.chart_words(content.language)
    marks = series.scale()
    notes: list[Message] = [
        literal(f"{t(view.measure)}，{view.progress.unit}" if content.language == "zh" else t(view.measure))
    ]
    if marks[0] != 0:
        notes.append(say("纵轴不从零开始"))
    head = tag("p", text(t(words.Joined(notes, ("　", "; ")))), cls="measure")
    wide = tag("div", series_chart(series, said), cls="wide")
    narrow = tag("div", series_chart(series, said, NARROW), cls="narrow")
    source = tag("p", text(t(view.source_line())), cls="src")
    return tag("figure", head, wide, narrow, source, _data(content, view))


def _data(content: Content, view: TargetView) -> str:
    """The chart's numbers as a table."""
    t = content.t
    heads = [
        ("", t(say("年份"))),
        ("num", t(say("实际值"))),
        ("", t(say("数据状态"))),
        ("num", t(say("到表率"))),
    ]
    rows = [
        "<tr>"
        + tag("th", text(t(say("{year}年", year=figure.period))), scope="row")
        + tag("td", text(t(view.quantity(figure.value))), cls="num")
        + tag(
            "td",
            text(
                t(words.DATA_STATUS[figure.status])
                if figure.value is not None
                else _reason(content, figure.reason)
            ),
        )
        + tag("td", text(percent(figure.coverage, 1)), cls="num")
        + "</tr>"
        for figure in view.series
    ]
    shown = table(heads, rows, "tbl small data", t(view.name))
    return tag("details", tag("summary", text(t(say("查看数据表")))), shown)


def _reason(content: Content, reason: dict[str, str] | None) -> str:
    return (reason or {}).get("en" if content.language == "en" else "zh", "") or content.t(say("暂无数据"))


def _counties(content: Content, view: TargetView) -> str:
    t = content.t
    rows = view.counties
    if len(rows) < 2 or view.progress.latest is None:
        return ""
    values = [figure.value or 0.0 for _, figure in rows]
    top = max(values)
    if top <= 0:
        return ""
    total = sum(values)
    name = rows[0][0]
    counted = view.progress.unit != "%"
    if counted and total > 0:
        said = say("{name}最多，占{share}", name=name, share=percent(values[0] / total))
    elif values.count(top) > 1:
        said = say("{n}个县市同为{value}", n=words.Count(values.count(top)), value=view.quantity(top))
    else:
        said = say("{name}最高，为{value}", name=name, value=view.quantity(top))
    items = "".join(_bar(content, view, region, figure, top) for region, figure in rows)
    note = t(say("{year}年，按县市", year=view.progress.latest.period))
    return (
        f'<section class="sub counties"><header><h3>{text(t(said))}</h3><p>{text(note)}</p></header>'
        f"<ol>{items}</ol></section>"
    )


def _bar(content: Content, view: TargetView, region: str, figure: Figure, top: float) -> str:
    width = max((figure.value or 0.0) / top, 0.0) * 100
    return (
        f'<li><span>{text(region)}</span><svg class="bar" height="10" aria-hidden="true">'
        f'<rect class="fg" width="{width:.1f}%" height="10"/></svg>'
        f'<span class="num">{text(content.t(view.quantity(figure.value)))}</span></li>'
    )
