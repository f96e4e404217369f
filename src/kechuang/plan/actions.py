"""Finds programmes with their tasks and safeguards with their measures.

Two ways of writing are read: headings with items under them, and one paragraph that counts 一是…二是…
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from kechuang.language.outline import Item, enumeration
from kechuang.plan.model import Action, Programme, Safeguard, Task
from kechuang.plan.outline import Section
from kechuang.plan.text import Source, leads_in

PROGRAMMES = re.compile(
    r"(?:重点|主要|重大|工作|发展)任务|(?:重点|重大|主要|[一二三四五六七八九十\d]+大)(?:工程|举措|行动|项目)|重点工作|任务举措|(?:重点|专项)计划"
)
SAFEGUARDS = re.compile(
    r"(?:服务)?保障(?:措施|机制|体系|$)|(?:组织|实施|强化|政策)保障|规划(?:组织)?实施|组织实施|(?:如何|怎样|怎么)(?:保障|确保|推动[^，。？]{0,16}落实)"
)
_IN_RESPECT = re.compile(r"(?:着力|重点|主要)?(?:在|从)(?P<list>.+?)等?(?:[一二三四五六七八九十\d]+个)?方面")
#: Verbs that begin a task of its own inside a longer sentence; verbs of purpose (提升, 增强) do not.
_VERBS = re.compile(
    r"(?:着力|全面|大力|积极|加快|持续|深入|重点|进一步)*(?:加强|加快|推进|推动|开展|建设|实施|发展|培育|支持|引导|健全|完善|构建|建立|"
    r"深化|强化|优化|推广|打造|着力|全面)"
)
_CUT, _COUNTED, _CHAPTER = (
    0.6,
    0.85,
    0.75,
)  # a sentence, a part of 一是…二是…, a chapter taken for a programme
_ONLY_UNITS = re.compile(r"（?(?:牵头|责任|主管|配合|参与|主责|实施)(?:单位|部门)")
_NAMED_WORKS = re.compile(
    r"(?:实施|推进|开展|部署|启动|组织|打造)(?:了|好)?(?P<list>(?:[^，。；：、]{2,24}(?:工程|行动|计划|专项)、){1,11}"
    r"[^，。；：、]{2,24}?(?:工程|行动|计划|专项))(?:等)?(?:[两三四五六七八九十\d]+(?:大|项|个))(?:重点|重大|专项)?(?:工程|行动|计划|专项|任务)"
)
#: Chapters that are no field of work: what a plan says of itself, its goals and how it is carried out.
_NO_FIELD = re.compile(
    r"基础|现状|形势|背景|回顾|成就|成效|问题|总体|指导思想|原则|目标|指标|前言|序言|附则|附件|术语|名词|布局|编制|保障|实施机制|组织实施|规划实施|监测|评估|概况|环境"
)


@dataclass
class Found:
    """A title with what is listed under it, as characters of the document."""

    start: int
    end: int
    items: list[Found] = field(default_factory=list)
    whole: tuple[int, int] | None = None
    #: How sure the reader is: a numbered heading says it is one, a sentence cut out of a paragraph does not.
    confidence: float = 0.9


def find_programmes(source: Source, root: Section) -> list[Programme]:
    """Programmes with ids P1…, tasks P1.1…; [] where the document names none."""
    programmes = []
    for number, found in enumerate(_groups(source, root, PROGRAMMES, SAFEGUARDS), start=1):
        leads, _ = _leads(source, found)
        tasks = []
        for place, item in enumerate(found.items, start=1):
            lead, partners = _leads(source, item)
            name = f"P{number}.{place}"
            tasks.append(
                Task(
                    id=name,
                    title=source.span(item.start, item.end).text,
                    span=source.span(item.start, item.end),
                    lead=lead,
                    partners=partners,
                    confidence=item.confidence,
                    subtasks=[
                        Action(id=f"{name}.{n}", title=source.span(*piece).text, span=source.span(*piece))
                        for n, piece in enumerate(_subtasks(source, item), start=1)
                    ],
                )
            )
        span = source.span(found.start, found.end)
        programmes.append(
            Programme(
                id=f"P{number}",
                title=span.text,
                span=span,
                lead=leads,
                confidence=found.confidence,
                tasks=tasks,
            )
        )
    return programmes


def find_safeguards(source: Source, root: Section) -> list[Safeguard]:
    """Groups of safeguards with ids S1…, measures S1.1…; [] where the document names none."""
    safeguards = []
    for number, found in enumerate(_groups(source, root, SAFEGUARDS, None), start=1):
        measures = []
        for place, item in enumerate(found.items, start=1):
            span = source.span(item.start, item.end)
            lead, partners = _leads(source, item)
            measures.append(
                Action(
                    id=f"S{number}.{place}",
                    title=span.text,
                    span=span,
                    lead=lead,
                    partners=partners,
                    confidence=item.confidence,
                )
            )
        span = source.span(found.start, found.end)
        safeguards.append(
            Safeguard(
                id=f"S{number}", title=span.text, span=span, confidence=found.confidence, measures=measures
            )
        )
    return safeguards


def _groups(
    source: Source, root: Section, title: re.Pattern[str], but: re.Pattern[str] | None
) -> list[Found]:
    """The groups under the first section so titled that holds any; else of a paragraph that counts them."""
    for section in root.walk():
        if section.title and title.search(section.title) and not (but and but.search(section.title)):
            groups = _of_section(source, section)
            if groups:
                return groups
    if title is PROGRAMMES:
        groups = _chapters(source, root)
        if groups:
            return groups
    for section in root.walk():
        for start, end in section.spans():
            head = source.text[start : start + 30]
            if title.search(head):
                groups = _of_enumeration(source, start, end)
                if groups:
                    return groups
    if title is PROGRAMMES:
        for section in root.walk():
            for start, end in section.spans():
                groups = _of_names(source, start, end)
                if groups:
                    return groups
    return []


def _chapters(source: Source, root: Section) -> list[Found]:
    """The fields of work of a plan that gives each a chapter, between its goals and its safeguards."""
    chapters = [section for section in root.sections if section.title]
    goals = [
        place
        for place, section in enumerate(chapters)
        if any(re.search("目标|总体|思路", part.title) for part in section.walk())
    ]
    if not goals:
        return []
    fields = [
        section
        for section in chapters[min(goals) + 1 :]
        if not _NO_FIELD.search(section.title) and not SAFEGUARDS.search(section.title) and section.sections
    ]
    if len(fields) < 2:
        return []
    return [replace(_group(source, field), confidence=_CHAPTER) for field in fields]


def _of_section(source: Source, section: Section) -> list[Found]:
    if section.sections:
        level = min(child.level for child in section.sections)
        children = [child for child in section.sections if child.level == level]
        if len(children) > 1 or any(_items(source, child) for child in children):
            return [_group(source, child) for child in children]
        return []
    for start, end in section.spans():
        groups = _of_enumeration(source, start, end) or _in_respect(source, start, end)
        if groups:
            return groups
    return []


def _group(source: Source, section: Section) -> Found:
    """A programme or group with what is listed under it; a single sentence is one task."""
    items = _items(source, section)
    if not items:
        pieces = [piece for span in section.spans() for piece in source.split(*span, "。；")]
        items = [
            Found(*piece, confidence=_CUT) for piece in pieces if not _ONLY_UNITS.match(source.text, *piece)
        ]
    return Found(section.start, section.end, items, _whole(section))


def _items(source: Source, section: Section) -> list[Found]:
    """The tasks under one programme's heading."""
    if section.sections:
        return [Found(child.start, child.end, whole=_whole(child)) for child in section.sections]
    listed = [line for line in section.lines if line.block.kind == "list"]
    if listed:
        return [
            Found(*_first_sentence(source, line.start, line.end), whole=(line.start, line.end))
            for line in listed
        ]
    for start, end in section.spans():
        counted = enumeration(source.text, start, end)
        if counted:
            return [
                Found(*_first_sentence(source, item.start, item.end), whole=(item.start, item.end))
                for item in counted
            ]
    for span in section.spans():
        listed_in_respect = _in_respect(source, *span)
        if listed_in_respect:
            return listed_in_respect
    pieces = [piece for span in section.spans() for piece in source.split(*span, "；")]
    if len(pieces) < 2:
        pieces = [piece for span in section.spans() for piece in source.split(*span, "。；")]
        pieces = [piece for piece in pieces if not _ONLY_UNITS.match(source.text, *piece)]
    return [Found(*piece, confidence=_CUT) for piece in pieces] if len(pieces) > 1 else []


def _of_enumeration(source: Source, start: int, end: int) -> list[Found]:
    """一是 title。task；task。二是 …; each part's first sentence is its title."""
    groups = []
    listed = enumeration(source.text, start, end)
    in_one = not any("。" in source.text[item.start : item.end].rstrip(" \n。") for item in listed[:-1])
    if listed and in_one:
        return _in_one_sentence(source, listed)
    for item in listed:
        title_start, title_end = _first_sentence(source, item.start, item.end)
        groups.append(
            Found(
                title_start,
                title_end,
                _tasks_in(source, title_end, item.end),
                (item.start, item.end),
                _COUNTED,
            )
        )
    return groups if any(group.items for group in groups) else []


def _in_one_sentence(source: Source, listed: list[Item]) -> list[Found]:
    """一是甲，做乙；二是丙，做丁。: each part is a title up to its comma, what follows in it are tasks."""
    groups = []
    for item in listed:
        stop = source.text.find("。", item.start, item.end)
        end = stop if stop != -1 and item is listed[-1] else item.end
        title = _first_sentence(source, item.start, end)
        comma = source.text.find("，", *title)
        if "：" not in source.text[item.start : end] and comma != -1:
            title = source.trim(title[0], comma)
        groups.append(Found(*title, _tasks_in(source, title[1], end), (item.start, end), _COUNTED))
    return groups


def _of_names(source: Source, start: int, end: int) -> list[Found]:
    """实施甲工程、乙工程、丙工程三大工程: the programmes by their names, with nothing under them."""
    named = _NAMED_WORKS.search(source.text, start, end)
    if named is None:
        return []
    pieces = source.split(named.start("list"), named.end("list"), "、")
    return [Found(*piece, confidence=_COUNTED) for piece in pieces] if len(pieces) > 1 else []


def _tasks_in(source: Source, start: int, end: int) -> list[Found]:
    pieces = source.split(start, end, "；。")
    if len(pieces) == 1 and source.text.find("，", *pieces[0]) != -1:
        pieces = source.split(*pieces[0], "，")
    return _in_respect(source, start, end) or [Found(*piece, confidence=_COUNTED) for piece in pieces]


def _in_respect(source: Source, start: int, end: int) -> list[Found]:
    """着力在甲、乙、丙方面: what is listed; [] where nothing is listed so."""
    listed = _IN_RESPECT.search(source.text, start, end)
    if listed is None:
        return []
    return [Found(*piece) for piece in source.split(listed.start("list"), listed.end("list"), "、")]


def _subtasks(source: Source, item: Found) -> list[tuple[int, int]]:
    """The parts of a task that joins several: …，加强甲，着力实现乙; [] for a single task."""
    pieces = source.split(item.start, item.end, "，")
    acting = [piece for piece in pieces if _VERBS.match(source.text, *piece)]
    return acting if len(acting) > 1 else []


def _first_sentence(source: Source, start: int, end: int) -> tuple[int, int]:
    stops = [at for sign in "。：" if (at := source.text.find(sign, start, end)) != -1]
    return source.trim(start, min(stops) if stops else end)


def _whole(section: Section) -> tuple[int, int] | None:
    ends = [section.end, *(end for _, end in section.spans())]
    return section.start, max(ends)


def _leads(source: Source, found: Found) -> tuple[list[str], list[str]]:
    start, end = found.whole or (found.start, found.end)
    return leads_in(source.text[start:end])
