"""The progress report in official wording: summary, targets, programmes, safeguards, sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from kechuang.messages import Message, dated, literal, say
from kechuang.progress import ProgrammeProgress
from kechuang.progress.actions.words import LABELS
from kechuang.progress.methods import Words, specs
from kechuang.progress.warnings.model import LEVEL_LABELS, SIGNS
from kechuang.progress.wording import COUNTS, percent, unit_message
from kechuang.publish import actions, words
from kechuang.publish.charts import series_svg
from kechuang.publish.content import Content, TargetView
from kechuang.publish.document import outlook as ahead
from kechuang.publish.document.comparison import comparison
from kechuang.publish.document.measures import WUHAO, XIAOWU
from kechuang.publish.document.paper import Paper
from kechuang.publish.document.sources import sources
from kechuang.publish.material import ReportMaterial

#: Width and height of a chart, mm: text and chart of two targets fit a page.
CHART = (150, 38)


def document(material: ReportMaterial) -> bytes:
    """The report as the bytes of a docx; KechuangError where a character has no glyph."""
    from kechuang.publish.document.layout import WordPaper

    return Writer(Content(material), WordPaper(material.language)).write()


def pdf(material: ReportMaterial) -> bytes:
    """The report as the bytes of a PDF, laid out like the docx; KechuangError likewise."""
    from kechuang.publish.document.typeset import TypesetPaper

    return Writer(Content(material), TypesetPaper(material.language)).write()


class Writer:
    def __init__(self, content: Content, paper: Paper) -> None:
        self.content = content
        self.paper = paper
        self.chinese = content.language == "zh"
        self.level = 0
        self.tables = 0
        self.figures = 0

    def write(self) -> bytes:
        material, paper = self.content.material, self.paper
        title = self.t(say("{title}进度监测报告", title=material.title))
        for line in _lines(title, material.title):
            paper.title(line)
        paper.subtitle(self.t(say("（数据截至{day}）", day=dated(material.as_of))))
        if self.content.sample:
            paper.subtitle(self.t(say("（本报告含示例数据，仅供演示，不得引用）")))
        paper.blank()
        self.summary()
        self.targets()
        self.programmes()
        self.safeguards()
        self.alerts()
        self.returns()
        self.method()
        # The date never stands alone on a page.
        paper.blank(keep=True)
        paper.body(self.t(say("附件：各项目标数字来源")), keep=True)
        paper.blank(keep=True)
        paper.signature(self.t(dated(material.as_of)))
        sources(self.content, paper)
        day = datetime.combine(material.as_of, time())
        return paper.finish(title, material.plan.title or material.title, day)

    def t(self, message: Message) -> str:
        return self.content.t(message)

    def say(self, *messages: Message) -> str:
        """Sentences one after another."""
        gap = " " if self.content.language == "en" else ""
        return gap.join(self.t(words.sentence(message)) for message in messages)

    def heading(self, message: Message) -> None:
        self.level += 1
        number_ = f"{words.Ordinal(self.level).text(self.content.language)}"
        self.paper.heading(number_ + self.t(message), 1)

    def summary(self) -> None:
        progress = self.content.material.progress
        self.heading(say("总体情况"))
        parts: list[Message] = []
        if progress.period and progress.time_share is not None:
            first, last = progress.period
            months = round(progress.time_share * (last - first + 1) * 12)
            day = dated(progress.as_of)
            parts.append(
                say("规划期为{first}—{last}年，至{day}已期满", first=first, last=last, day=day)
                if progress.time_share >= 1
                else say(
                    "规划期为{first}—{last}年，至{day}已过{months}个月，时间进度为{share}",
                    first=first,
                    last=last,
                    day=day,
                    months=months,
                    share=percent(progress.time_share),
                )
            )
        parts.append(words.finding(progress))
        parts += ahead.of_all(progress)
        self.paper.body(self.say(*parts))
        for status, said in (("missed", say("未达成的目标")), ("behind", say("滞后的目标"))):
            listed = [
                say("{name}，{gap}", name=view.name, gap=words.gap(view.progress, view.decimals))
                for view in self.content.targets
                if view.progress.status == status
            ]
            if listed:
                names = words.Joined(listed, ("；", "; "))
                self.paper.body(self.say(say("{group}：{names}", group=said, names=names)))
        unknown = [view.name for view in self.content.targets if view.progress.status == "not_available"]
        if unknown:
            self.paper.body(
                self.say(say("{names}现有资料不足以判断进度，原因见第二部分", names=words.listed(unknown)))
            )

    def targets(self) -> None:
        if not self.content.targets:
            return
        self.heading(say("目标进度"))
        self.paper.body(
            self.say(
                say("各项目标的最新数据与进度见表1"),
                say(
                    "完成率为最新值减基期值与目标值减基期值之比，与最新数据所属年度末应完成的比例比较；规划未给基期值的不计算"
                ),
            )
        )
        self.target_table()
        for at, view in enumerate(self.content.targets, 1):
            self.target(at, view)

    def target_table(self) -> None:
        """All targets in one table; one year of all figures stands in its note, not in a column."""
        likely = ahead.open_targets(self.content.material.progress)
        room = 1 if likely else 0  # a tenth column takes its room from the widest
        columns: list[tuple[Message, tuple[float, float], str, list[str]]] = [
            (say("序号"), (7.5, 7), "c", []),
            (say("目标"), (31 - 5 * room, 31 - 5 * room), "l", []),
            (say("最新值"), (22.5 - 3 * room, 20 - 3 * room), "r", []),
            (say("数据年度"), (11.5, 11), "c", []),
            (say("目标值"), (22.5 - 3 * room, 19 - 3 * room), "r", []),
            (say("完成率"), (13.5, 16), "c", []),
            (say("应完成"), (13.5, 19 - room), "c", []),
            (say("状态"), (17 - room, 16), "c", []),
            (say("数据状态"), (17 - room, 18 - 3 * room), "c", []),
        ]
        if likely:
            columns.insert(8, (say("可能性"), (12.5, 15), "c", []))
        for at, view in enumerate(self.content.targets, 1):
            target, latest = view.progress, view.progress.latest
            row = (
                str(at),
                self.t(view.name),
                self.t(view.quantity(latest.value)) if latest else "—",
                latest.period if latest else "—",
                self.t(words.goal(target)),
                percent(target.attained),
                percent(target.scheduled_share),
                self.t(target.status_label),
                *((ahead.chance(target),) if likely else ()),
                self.t(view.data_status),
            )
            for (*_, cells), cell in zip(columns, row, strict=True):
                cells.append(cell)
        widths = [width[not self.chinese] for _, width, *_ in columns]
        notes = [say("目标年为{year}年", year=year) for year in self._years()]
        periods = set(columns[3][3])
        if len(periods) == 1 and periods != {"—"}:
            notes.insert(0, say("最新值为{year}年数据", year=periods.pop()))
            widths[1] += widths.pop(3)
            columns.pop(3)
        self.table(
            say("各项目标进度"),
            [self.t(name) for name, *_ in columns],
            [list(row) for row in zip(*(cells for *_, cells in columns), strict=True)],
            widths,
            align="".join(kind for _, _, kind, _ in columns),
            small=likely,
        )
        notes.append(say("“—”表示无法计算或尚无数据"))
        if self.content.sample:
            notes.append(say("数据状态为“示例数据”的，系为演示生成，不是统计数据"))
        self.paper.note(self.t(say("注：{notes}。", notes=words.Joined(notes, ("；", "; ")))))

    def _years(self) -> list[int]:
        years = {view.progress.year for view in self.content.targets if view.progress.year}
        return sorted(years) if len(years) == 1 else []

    def target(self, at: int, view: TargetView) -> None:
        target, latest = view.progress, view.progress.latest
        number_ = words.Ordinal(at, bracket=True).text(self.content.language)
        self.paper.heading(number_ + self.t(view.name), 2)
        parts: list[Message] = []
        if latest:
            parts.append(
                say(
                    "{year}年为{value}（{status}），{goal_year}目标为{goal}，{gap}，判断为“{label}”",
                    year=latest.period,
                    value=view.quantity(latest.value),
                    status=view.data_status,
                    goal_year=say("{year}年", year=target.year) if target.year else literal(""),
                    goal=words.goal(target),
                    gap=words.gap(target, view.decimals),
                    label=target.status_label,
                )
            )
        parts += target.why
        self.paper.body(self.say(*parts))
        likely, todo = ahead.of_target(target), ahead.advice(target)
        if likely:
            self.paper.body(self.say(*likely))
        if todo:
            self.paper.body(self.t(say("建议：")) + self.say(*todo))
        series = view.chart()
        if len(series.points) > 1:
            self.figures += 1
            said = view.chart_words(self.content.language)
            name = view.measure
            if self.content.language == "zh" or target.unit not in COUNTS:
                name = say("{name}（{unit}）", name=name, unit=unit_message(target.unit))
            caption = say("图{n}　{name}", n=self.figures, name=name)
            self.paper.caption(self.t(caption))
            self.paper.picture(series_svg(series, said, *CHART), CHART[0], said.description)
            self.paper.note(self.t(view.source_line()))

    def table(
        self,
        name: Message,
        head: list[str],
        rows: list[list[str]],
        widths: Sequence[float],
        *,
        align: str,
        merge: bool = False,
        small: bool = False,
    ) -> None:
        """The next numbered table, under its title."""
        self.tables += 1
        self.paper.caption(self.t(say("表{n}　{name}", n=self.tables, name=name)))
        # English words are wider than Chinese ones: smaller letters keep them whole, as they do ten columns.
        size = WUHAO if self.chinese and not small else XIAOWU
        self.paper.table(head, rows, widths, align, size, merge=merge)

    def programmes(self) -> None:
        found = self.content.material.progress.programmes
        if not found:
            return
        tasks = sum(len(programme.tasks) for programme in found)
        self.heading(say("工程与任务"))
        self.paper.body(
            self.say(
                say("规划安排{n}项工程、{tasks}项任务", n=words.Count(len(found)), tasks=tasks),
                *(
                    [
                        say("其中{counts}", counts=actions.summary(found)),
                        say("状态由佐证记录按权重得出，百分数为应完成的已证明多少，没有手填的数"),
                    ]
                    if actions.judged(found)
                    else [
                        say(
                            "任务进展须凭佐证材料判断，表中只列任务所服务目标的状态，不以目标状态代替任务进展"
                        )
                    ]
                ),
            )
        )
        for programme in found:
            self.programme(programme)

    def programme(self, programme: ProgrammeProgress) -> None:
        """The table of one programme; columns in which nothing stands are left out."""
        tasks = programme.tasks
        told = [task.standing for task in tasks]
        columns = [
            (say("编号"), 14.0, [task.id for task in tasks]),
            (say("任务"), 40.0 if any(told) else 66.0, [task.title for task in tasks]),
            (say("状态"), 22.0, [self.t(actions.status(one)) if one else "" for one in told]),
            (say("依据"), 36.0, [self.t(actions.basis(one)) if one else "" for one in told]),
            (say("牵头单位"), 22.0 if any(told) else 30.0, ["、".join(task.lead) for task in tasks]),
            (
                say("所服务的目标（状态）"),
                24.0 if any(told) else 48.0,
                ["；".join(self._served(target) for target, _ in task.serves) for task in tasks],
            ),
        ]
        kept = [column for column in columns if any(column[2])]
        # The tasks take the room of what is left out, with the evidence where it is told.
        room = 158 - sum(width for _, width, _ in kept)
        shares = {1: 0.4, 3: 0.6} if any(told) else {1: 1.0}
        widths = [width + room * shares.get(at, 0.0) for at, (_, width, _) in enumerate(kept)]
        rows = [[cell or "—" for cell in row] for row in zip(*(cells for *_, cells in kept), strict=True)]
        heads = [self.t(name) for name, *_ in kept]
        self.table(literal(programme.title), heads, rows, widths, align="clllll"[: len(kept)])
        notes: list[Message] = []
        if programme.lead:
            notes.append(say("牵头单位：{lead}", lead="、".join(programme.lead)))
        if programme.standing is not None:
            notes.append(say("本工程{status}", status=actions.status(programme.standing)))
            worst = LABELS[programme.standing.worst]
            if programme.standing.worst != programme.standing.status:
                notes.append(say("最差：{status}", status=worst))
        elif not programme.targets:
            notes.append(say("未与目标建立联系"))
        self.paper.note(self.t(words.sentence(words.Joined(notes, ("；", "; ")))) if notes else "")

    def _served(self, identifier: str) -> str:
        view = self.content.by_id[identifier]
        said = say("{name}（{status}）", name=view.name, status=view.progress.status_label)
        return self.t(said)

    def safeguards(self) -> None:
        found = self.content.material.progress.safeguards
        if not found:
            return
        measures = sum(len(group.measures) for group in found)
        self.heading(say("保障措施"))
        self.paper.body(
            self.say(say("规划提出{n}类{measures}条保障措施", n=words.Count(len(found)), measures=measures))
        )
        names, widths = [say("类别"), say("编号"), say("措施")], [34.0, 14.0, 110.0]
        judged = actions.judged(found)
        if judged:
            self.paper.body(self.say(say("其中{counts}", counts=actions.summary(found))))
            names, widths = [*names, say("状态"), say("依据")], [26.0, 12.0, 46.0, 23.0, 51.0]
        rows = [
            [
                group.title if at == 0 else "",
                measure.id,
                measure.title,
                *(
                    [self.t(actions.status(measure.standing)), self.t(actions.basis(measure.standing))]
                    if measure.standing
                    else ["", ""]
                    if judged
                    else []
                ),
            ]
            for group in found
            for at, measure in enumerate(group.measures)
        ]
        heads = [self.t(name) for name in names]
        self.table(say("保障措施"), heads, rows, widths, align="lclll"[: len(names)], merge=True)
        self.paper.note("")

    def alerts(self) -> None:
        """Warnings of the three graver levels; the lightest are counted."""
        warnings = self.content.material.warnings
        if warnings is None or not warnings.items:
            return
        self.heading(say("预警与处置"))
        self.paper.body(self.say(actions.alerts(warnings)))
        shown = [one for one in warnings.items if one.finding.level != "blue"]
        if not shown:
            return
        named = (say("级别"), say("预警对象"), say("原因"), say("处置"), say("牵头单位"))
        rows = [
            [
                f"{SIGNS[one.finding.level]} {self.t(LEVEL_LABELS[one.finding.level])}",
                f"{one.id if one.finding.kind != 'return' else ''} {self.t(one.finding.name)}".strip(),
                self.t(actions.because(one)),
                self.t(actions.dealt(one)),
                "、".join(one.finding.lead) or "—",
            ]
            for one in shown
        ]
        widths = [24.0, 34.0, 56.0, 18.0, 26.0]
        self.table(say("预警清单"), [self.t(name) for name in named], rows, widths, align="lllll")
        rest = len(warnings.items) - len(shown)
        self.paper.note(self.t(words.sentence(say("另有蓝色提示{n}条", n=rest))) if rest else "")

    def returns(self) -> None:
        if not self.content.material.returns:
            return
        self.heading(say("台账报送情况"))
        short = self.content.short_returns
        if not short:
            self.paper.body(self.say(say("应报台账均按期到齐")))
            return
        missing, late = sum(item.missing for item in short), sum(item.late for item in short)
        self.paper.body(
            self.say(
                say("各县市应报台账中，缺报{missing}份，迟报{late}份", missing=missing, late=late),
                say("缺报影响到表率，不作补数"),
            )
        )
        named = (
            say("台账"),
            say("县市"),
            say("年度"),
            say("应报"),
            say("已报"),
            say("迟报"),
            say("缺报"),
            say("期限"),
        )
        heads = [self.t(name) for name in named]
        rows = [
            [
                item.type,
                item.region,
                *map(str, (item.year, item.expected, item.arrived, item.late, item.missing)),
                item.deadline,
            ]
            for item in short
        ]
        widths = [38, 36, 13, 13, 13, 13, 13, 21] if self.chinese else [40, 36, 11, 11, 14, 11, 15, 20]
        self.table(say("缺报和迟报的台账"), heads, rows, widths, align="llcccccc")
        self.paper.note("")

    def method(self) -> None:
        progress = self.content.material.progress
        self.heading(say("判断方法"))
        # Paragraph by paragraph: the last stays with the date, the others may stand on the page before.
        if progress.method != "schedule":
            name = Words(specs()[progress.method].label)
            self.paper.body(
                self.say(say("目标状态按{method}的方法判断，不能判断的按预期进度法", method=name))
            )
        self.paper.body(
            self.say(
                say(
                    "采用预期进度法，按基期值到目标值的直线路径（规划给出年度值或另定路径的从其规定）确定同期应完成比例"
                ),
                say(
                    "达到应完成比例的为“达到进度”，达到其{share}以上的为“基本达到”，不足的为“滞后”",
                    share=percent(progress.tolerance),
                ),
            )
        )
        weighing = actions.weighing(progress.programmes) or actions.weighing(progress.safeguards)
        if weighing is not None:
            self.paper.body(
                self.say(
                    say(
                        "任务状态按“应完成的已证明多少”判断：到期节点凭文件、项目、经费、产出数量和所服务目标，按权重平均"
                    ),
                    weighing,
                )
            )
        comparison(self)
        self.paper.body(
            self.say(
                say("规划未给基期值、目标又未达到的，不假定基期为零，状态为“无法判断”"),
                *ahead.how(),
            ),
            keep=True,
        )


def _lines(title: str, name: str, most: int = 19) -> list[str]:
    """A title over two lines where it is too long for one: the plan's name, then what the report is.

    >>> _lines("某地区科技创新发展规划纲要（2021年版）进度监测报告", "某地区科技创新发展规划纲要（2021年版）")
    ['某地区科技创新发展规划纲要（2021年版）', '进度监测报告']
    """
    if len(title) <= most or not title.startswith(name):
        return [title]
    return [name, title.removeprefix(name).lstrip(" :：")]
