"""The section of one target: facts, chart, counties, and why the number is what it is."""

from __future__ import annotations

from kechuang.indicators.figure import Figure
from kechuang.messages import Message, literal, say
from kechuang.progress.wording import difference, number, percent
from kechuang.publish import words
from kechuang.publish.charts import series_chart
from kechuang.publish.charts.svg import MIDDLE, NARROW, WIDE, tick
from kechuang.publish.content import Content, TargetView
from kechuang.publish.page.lineage import lineage
from kechuang.publish.page.methods import methods
from kechuang.publish.page.outlook import outlook
from kechuang.publish.page.overview import attained_bar
from kechuang.publish.page.parts import Cell, fold, grid, section, status, tag, text


def target_section(content: Content, view: TargetView) -> str:
    """Everything about one target: verdict and facts, chart and counties side by side, lineage."""
    t = content.t
    sample = tag("span", text(t(say("示例数据"))), cls="sample") if view.sample else ""
    facts = tag("div", _verdict(content, view), _facts(content, view), cls="about")
    counties = _counties(content, view)
    drawn = tag("div", _chart(content, view), counties, cls="pair" if counties else "")
    ahead = outlook(content, view)
    return section(
        view.id,
        text(t(view.name)),
        sample,
        facts,
        ahead,
        drawn,
        methods(content, view),
        lineage(content, view),
        cls="sec target",
    )


def _verdict(content: Content, view: TargetView) -> str:
    t, target = content.t, view.progress
    said = "".join(tag("li", text(t(words.sentence(reason)))) for reason in target.why)
    return (
        f'<div class="verdict verdict--{target.mark}">{status(target.mark, t(target.status_label))}'
        f'<p class="soft">{text(t(words.gap(target, view.decimals)))}</p>'
        f'<ul class="why">{said}</ul></div>'
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
            literal("")
            if target.scheduled_share is None
            else say("应完成{share}", share=percent(target.scheduled_share)),
        ))  # fmt: skip
    year = say("{year}年目标", year=target.year) if target.year else say("目标值")
    nature = {"binding": say("约束性"), "expected": say("预期性")}.get(
        target.nature or "", say("规划未注明属性")
    )
    cells.append((year, words.goal(target), nature))
    if target.baseline:
        origin = say("规划给出") if target.baseline.origin == "plan" else say("规划未给出，由台账取得")
        named = say("{year}年基期", year=target.baseline.year)
        cells.append((named, view.base, origin))
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
    if target.attained is not None:
        due = say("竖线为应完成{share}", share=percent(target.scheduled_share))
        shown += (
            f"<div><dt>{text(t(say('完成率')))}</dt><dd><b>{text(percent(target.attained))}</b>"
            f'{attained_bar(content, view)}<span class="cap">'
            f"{text(t(due)) if target.scheduled_share is not None else ''}</span></dd></div>"
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
    unit = "" if view.progress.unit in t(view.measure) else view.progress.unit
    notes: list[Message] = [
        literal(f"{t(view.measure)}，{unit}" if content.language == "zh" and unit else t(view.measure))
    ]
    if marks[0] != 0:
        notes.append(say("纵轴不从零开始"))
    note = text(t(words.Joined(notes, ("　", "; "))))
    head = f"<figcaption><h3>{text(t(view.finding()))}</h3><p>{note}</p></figcaption>"
    drawn = "".join(
        tag("div", series_chart(series, said, frame), cls=kind)
        for kind, frame in (("c-wide", WIDE), ("c-middle", MIDDLE), ("c-narrow", NARROW))
    )
    source = tag("p", text(t(view.source_line())), cls="src")
    return tag("figure", head, drawn, source, _data(content, view))


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
        [
            Cell(text(t(say("{year}年", year=figure.period)))),
            Cell(text(t(view.quantity(figure.value))), "num"),
            Cell(
                text(
                    t(words.DATA_STATUS[figure.status])
                    if figure.value is not None
                    else _reason(content, figure.reason)
                )
            ),
            Cell(text(percent(figure.coverage, 1)), "num"),
        ]
        for figure in view.series
    ]
    return fold(t(say("查看数据表")), grid(heads, rows, "tbl small data", t(view.name)))


def _reason(content: Content, reason: dict[str, str] | None) -> str:
    return (reason or {}).get("en" if content.language == "en" else "zh", "") or content.t(say("暂无数据"))


def _counties(content: Content, view: TargetView) -> str:
    """Counties as bars from the highest; of a rate, a tick at the region's level and pale bars below it."""
    t, found, latest = content.t, view.county_finding(), view.progress.latest
    if found is None or latest is None:
        return ""
    level = latest.value if view.rate else None
    top = max([figure.value or 0.0 for _, figure in view.counties] + ([level] if level else []))
    below = set(view.below())
    items = "".join(
        _bar(content, view, region, figure, (top, level), pale=region in below)
        for region, figure in view.counties
    )
    notes: list[Message] = [say("{year}年，按县市", year=latest.period)]
    if level is not None:
        notes.append(say("竖线为全地区{value}", value=view.quantity(level)))
    note = text(t(words.Joined(notes, ("　", "; "))))
    return (
        f'<section class="counties"><header><h3>{text(t(found))}</h3><p>{note}</p></header>'
        f"<ol>{items}</ol></section>"
    )


#: Share of the track the longest bar takes; the value stands behind it.
_LONGEST = 68


def _bar(
    content: Content,
    view: TargetView,
    region: str,
    figure: Figure,
    scale: tuple[float, float | None],
    *,
    pale: bool,
) -> str:
    top, level = scale
    value = max(figure.value or 0.0, 0.0)
    width = value / top * _LONGEST
    mark = ""
    behind = width
    if level is not None:
        at = level / top * _LONGEST
        mark = tick(at, 1, 17)
        behind = max(width, at)
    return (
        f'<li><span>{text(region)}</span><svg class="bar" height="18">'
        f'<rect class="{"pale" if pale else "fg"}" y="4" width="{width:.1f}%" height="10"/>{mark}'
        f'<text x="{behind:.1f}%" y="13.5" dx="6">{text(content.t(view.quantity(figure.value)))}</text></svg></li>'
    )
