"""Walks the running text: which sections promise, what time each clause is for, what it carries on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kechuang.language.dates import year_range
from kechuang.plan.model import Target
from kechuang.plan.outline import Section
from kechuang.plan.targets.clause import Clause
from kechuang.plan.targets.times import PER_YEAR, REACHED, Time, advance
from kechuang.plan.text import Source, leads_in

_HEAD_OF_TEXT, _LONGEST_TITLE = 300, 60
#: The day a page was put up: 2020-12-01, 2021年6月25日.
_PUBLISHED = re.compile(r"(?<!\d)(20\d\d)(?:-|/|年|\.)\d{1,2}(?:-|/|月|\.)\d{1,2}(?!\d)")
_GOALS = re.compile(r"目标|指标")
_PAST_SECTION = re.compile(
    r"基础(?:$|[与和及、]|条件|情况)|现状|(?:发展|工作|建设|主要|取得|重大|突出|巨大|显著|历史性|丰硕)的?(?:成就|成效|成绩|成果)|^(?:成就|成效|成绩)|回顾|形势|背景|进展(?:情况)?$|"
    r"完成情况|(?:问题|困难|短板|不足)(?:$|[与和及、])"
)
#: Sections that tell of the plan and promise nothing: 编制过程, 出台背景, 主要内容 of an interpretation.
_TOLD = re.compile(
    r"编制|起草|制定|过程|依据|必要性|意义|说明|解读|思路|原则|总体要求|指导思想|特点|亮点|基本框架|前言|目录|范围|名词|附则|为什么|过程|咨询"
)
#: A document that tells what was done.
_REPORT = re.compile(
    r"总结|工作报告|情况报告|公报|回顾|完成情况|工作要点完成|简报|成就|成效|(?:基本|如期|全面|高质量|圆满|胜利)(?:实现|完成)|收官|答卷"
)
#: Sections of a yearly report: what was done, what is to be done.
_DONE_SECTION = re.compile(r"总结|(?:开展|完成|执行|落实|工作)情况|回顾")
_TO_DO = re.compile(r"工作(?:安排|计划|任务|思路|打算|重点)|重点工作|目标任务|(?:预期|发展|工作|努力)目标")
_INTRODUCES = re.compile(r"(?:目标|指标)[^。：:]{0,8}[：:]\s*$")
_DASHES = ("—", "-", "–", "●", "•", "·", "*", "◆", "■")
#: A paragraph that looks back: “十三五”以来, 近年来, 过去五年.
_LOOKS_BACK = re.compile(
    r"(?:(?:统计|数据)+显示|据统计)|[^，。]{0,12}(?:以来|[五几近]年来|近年来|过去[一二三四五]?年)|(?:\d\.)?“十[一二三四五]五”(?:发展)?(?:取得|是[^，。]{2,24}的五年)"
)
#: What is new begins anew: what the paragraph before promised does not go on.
_NEWS = re.compile(r"\s*(?:近日|日前|此前|此次)")
_GOALS_HEAD = re.compile(r"[^，。]{0,16}(?:目标|指标)[^，。]{0,6}[：:]")
#: A promise though no time is named: 目标将倍差缩小到2.1以下.
_PROMISE = re.compile(r"目标(?:将|是|为)|力争|努力实现|将(?:打造|形成|建成|实现|达到|培育|新增|完成)")
#: What is done every year goes on being done so: 每年新建2万亩，改造提升1万亩.
_GOES_ON_DOING = re.compile(r"(?:改造|选派|培训|培养|举办|其中|参与|开展|组织|引进|扶持|资助|推广|选拔)")
_DONE = re.compile(r"(?:下降|提升|提高|达到|增长|增加|减少|完成|建成|实现)了\s*[\d约近超]")
#: 根据规划，2025年…将…: how far before a sentence a plan may be named.
_OF_A_PLAN, _NEAR = (
    re.compile(
        r"(?:根据|按照|依据)[^，。]{0,30}(?:规划|方案|计划|纲要)|》[^，。]{0,4}(?:提出|明确|要求|指出)"
    ),
    60,
)
_YEAR_FIRST = re.compile(r"\s*(20\d\d)年(?:底|末|前)?[，,]?")
#: A sentence that goes on promising: …将形成团队10个以上。2017年形成规模20亿元以上.
_GOES_ON = re.compile(
    r"\s*20\d\d年(?:底|末)?[，,]?(?:形成|建成|达到|实现|完成|培育|新增)[^。]*(?:以上|以内|左右)"
)
_YEAR_AHEAD = re.compile(r"[；;，](?:到|至)(20\d\d)年")
#: What is bounded is promised, not told of.
_BOUNDED = re.compile(r"[\d%‰家个项件元人](?:以上|以内|以下|左右)")
_NATURES = (("binding", re.compile(r"约束性")), ("expected", re.compile(r"预期性")))


def text_targets(source: Source, root: Section, period: tuple[int, int] | None) -> Iterator[Target]:
    """The targets in running text, in order of writing."""
    titled = next((b for b in source.document.blocks if "://" not in source.document.of(b)), None)
    heading = source.text[titled.start : titled.end] if titled else ""
    heading = heading if len(heading) <= _LONGEST_TITLE else ""
    dated = re.search(r"20\d\d(?=[年\-./])", source.text[:_HEAD_OF_TEXT])
    report = None
    if _REPORT.search(heading):
        report = int(dated.group()) if dated else period[1] if period else 0
    ahead = _years_ahead(root, period) if report is not None else None
    report = None if ahead else report
    put_up = _PUBLISHED.search(source.text, 0, _HEAD_OF_TEXT)
    published = int(put_up[1]) if put_up else None
    for section, trail in _walk(root, []):
        titles = [part.title for part in trail if part.title]
        goals = any(_GOALS.search(title) for title in titles)
        past = any(_PAST_SECTION.search(title) for title in titles) and not goals
        if ahead and any(_DONE_SECTION.search(t) or _before(t, ahead) for t in titles):
            past = True
        told = any(_TOLD.search(title) for title in titles)
        promising = not past and (
            goals or (bool(titles) and not told and report is None and period is not None)
        )
        reader = _Reader(source, period, past, promising, report, published, not root.sections)
        reader.time.year = _year_of(titles, period) or reader.time.year
        if section.title and section.rest is None:
            advance(reader.time, section.title, period)
        for start, end in section.told():
            dashed = source.text[start:end].lstrip().startswith(_DASHES)
            same_line = section.rest == (start, end) and reader.time.explicit and not past
            going_on = (
                goals or (reader.listing and dashed) or (not titles and reader.time.active) or same_line
            )
            if not going_on:
                reader = _Reader(source, period, past, promising, report, published, not root.sections)
                reader.time.year = _year_of(titles, period) or reader.time.year
            if dashed and period is None and not past:  # goals of a piece without head: —2015年…达到…
                reader.time.active = True
            yield from reader.paragraph(start, end)
            introduces = not past and _INTRODUCES.search(source.text, start, end) is not None
            named = reader.time.explicit and not reader.time.past and not past
            reader.listing = introduces or named or (reader.listing and dashed)
            reader.time.active |= introduces


def _years_ahead(root: Section, period: tuple[int, int] | None) -> int | None:
    """The year that a yearly report is for, where a section of it says what is to be done in that year."""
    if period is None or period[0] != period[1]:
        return None
    titles = [section.title for section in root.walk() if section.title]
    return (
        period[0] if any(_TO_DO.search(title) and not _before(title, period[0]) for title in titles) else None
    )


def _before(title: str, year: int) -> bool:
    """Whether a heading names only years gone by: 2023年工作回顾 in a report for 2024."""
    named = [int(found) for found in re.findall(r"20\d\d(?=年)", title)]
    return bool(named) and max(named) < year


def _walk(section: Section, trail: list[Section]) -> Iterator[tuple[Section, list[Section]]]:
    here = [*trail, section]
    yield section, here
    for child in section.sections:
        yield from _walk(child, here)


def _year_of(titles: list[str], period: tuple[int, int] | None) -> int | None:
    """The last year of the years a heading names: 近期重点工程（2021—2025年）."""
    named = [years for title in titles if (years := year_range(title))]
    return named[-1][1] if named and period and period[0] <= named[-1][1] <= period[1] else None


class _Reader:
    """Reads paragraph after paragraph of a section, and knows what time the next clause speaks of."""

    def __init__(
        self,
        source: Source,
        period: tuple[int, int] | None,
        past: bool,
        promising: bool,
        report: int | None,
        published: int | None = None,
        news: bool = False,
    ) -> None:
        self.source, self.period, self.past = source, period, past
        first, last = period or (None, None)
        self.time = Time(
            last, promising, first - 1 if first else None, report=report, published=published, news=news
        )
        #: The clause that the next goes on from.
        self.before: Clause | None = None
        #: Whether a paragraph has introduced the list of goals that follows.
        self.listing = False

    def paragraph(self, start: int, end: int) -> Iterator[Target]:
        text = self.source.text
        leads, partners = leads_in(text[start:end])
        if _GOALS_HEAD.match(text[start : start + 24]):
            self.time.active = not self.past
        elif _NEWS.match(text, start, end):
            self.time.active = False
        self.time.explicit = False
        self.time.past = _LOOKS_BACK.match(text[start : start + 30]) is not None
        self.before = None
        before = self.time.active
        headline = end - start <= _LONGEST_TITLE and not re.search("[，。；]", text[start:end])
        for first, last in self.source.split(start, end, " " if headline else "。！？"):
            if self.before is not None:  # a subject goes on in the next sentence, a verb does not
                self.before = replace(self.before, acting=False)
            if self.past and not re.search(r"(?:到|至)\s*\d{4}年", text[first:last]):
                continue
            for target in self._sentence(first, last):
                yield target.model_copy(update={"lead": leads, "partners": partners})
        if headline and not _INTRODUCES.search(text, start, end):
            self.time.active = before  # a headline says its goal; the piece begins below it

    def _year_ahead(self, start: int, end: int) -> tuple[int, int] | None:
        """The year to come that the sentence names further on, and where: 年均增长7%以上；到2025年，…."""
        found = _YEAR_AHEAD.search(self.source.text, start, end)
        if found is None or (self.period is not None and int(found[1]) < self.period[0]):
            return None
        return int(found[1]), found.start()

    def _sentence(self, start: int, end: int) -> Iterator[Target]:
        reached, time = False, self.time
        time.per_year = False
        if _LOOKS_BACK.match(self.source.text[start : start + 30]):
            time.past = True
        if _DONE.search(self.source.text, start, end):  # 到2024年，…下降了17.7%: told, with what follows it
            time.active = time.promised = False
            return
        promise = _PROMISE.search(self.source.text, start, end) or (
            _GOES_ON.match(self.source.text, start, end) if time.promised else None
        )
        promised = promise is not None and not time.active
        time.promised = promised
        time.planned = (
            not self.past and _OF_A_PLAN.search(self.source.text, max(0, start - _NEAR), end) is not None
        )
        ahead = None if time.active else self._year_ahead(start, end)
        named = _YEAR_FIRST.match(self.source.text, start, end) if promised and self.period is None else None
        for first, last in self.source.split(start, end, "，；"):
            text = self.source.text[first:last]
            year = time.year
            moved = advance(time, text, self.period)
            if moved is not None:
                reached, time.past = False, not moved
            elif REACHED.search(text):
                reached = True
            yearly = bool(PER_YEAR.search(text))
            time.per_year = yearly or (
                time.per_year
                and moved is None
                and self.source.text[first - 1 : first] == "，"
                and _GOES_ON_DOING.match(text) is not None
            )
            soon = ahead is not None and not time.active and first < ahead[1] and _BOUNDED.search(text)
            said = promised and promise is not None and last > promise.start()
            if reached or time.past or not (time.active or time.per_year or said or soon):
                self.before = None
                continue
            spoken = replace(time, active=time.active or promised)
            if soon and ahead is not None:
                spoken = replace(spoken, active=True, year=ahead[0])
            elif named is not None and not time.active:
                spoken = replace(spoken, year=int(named[1]))
            clause = Clause(self.source, first, last, spoken, self.before)
            nature = next((name for name, words in _NATURES if words.search(text)), None)
            for target in clause.targets():
                yield target.model_copy(update={"nature": nature}) if nature else target
            self.before = clause
            if moved and text.startswith("其中"):
                time.year = year
