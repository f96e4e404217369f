"""Finds what a plan says of itself: title, region, period, issuer, basis, framework, stages, problems."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kechuang.language.dates import day_in, five_year_plan, month_ranges, year_range
from kechuang.language.outline import enumeration
from kechuang.language.regions import Region, RegionTree
from kechuang.plan.model import FrameworkPart, Problem, Stage
from kechuang.plan.outline import Section
from kechuang.plan.text import Source

_DOCUMENT_KIND = r"(?:规划|计划|方案|纲要|意见|说明|解读|决定|办法|报告|图解|指南|要点|行动|蓝图|路线图)"
PLAN_KIND = re.compile(r"规划|计划|纲要|行动方案|实施方案|实施意见|发展指南|指导意见|三年行动")
_TITLE_END = re.compile(rf"{_DOCUMENT_KIND}(?:（[^（）]*）)?(?:的?(?:通知|解读|说明|公告))*\s*$")
_SHORTEST_TITLE = 6
#: Lines above a title: an address, a path of pages, a date, who issues.
_NO_TITLE = re.compile(
    r"[:：]//|首页|[>|丨]政|>|浏览|字体|发布时间|信息来源|^来源|^索引号|^\d{4}[年\-./]\d{1,2}[月\-./]\d{1,2}日?[\d:：\s]*$|"
    r"^[\u4e00-\u9fa5]{2,20}(?:人民政府(?:办公[室厅])?|行政公署|委员会|局|厅)(?:文件)?(?:\d{4}年\d{1,2}月\d{1,2}日)?$|^[\u4e00-\u9fa5]{1,8}〔\d{4}〕\d+号$|"
    r"[：:]$"
)
_NAMED = re.compile(r"《([^《》]*(?:规划|计划|纲要|方案|意见)[^《》]*)》")
_BODY = r"[\u4e00-\u9fa5、]{2,40}?(?:人民政府办公[室厅]|行政公署办公室|人民政府|行政公署|办公[室厅]|委员会|[\u4e00-\u9fa5]{2,10}(?:局|厅|委|部))"
_ISSUED_BY = (
    re.compile(
        rf"\d{{4}}年\d{{1,2}}月\d{{1,2}}日[，,]?(?P<body>{_BODY})[^。，]{{0,6}}(?:印发|发布|出台|公布|下发)"
    ),
    re.compile(rf"(?P<body>{_BODY})\s*(?:于)?\d{{4}}年\d{{1,2}}月\d{{1,2}}日(?:印发|发布|公布)"),
    re.compile(rf"(?:日前|近日|日)[，,]?\s*(?P<body>{_BODY})(?:联合)?(?:印发|发布|出台|公布)"),
    re.compile(rf"^(?P<body>{_BODY})关于印发", re.MULTILINE),
)
_SIGNED = re.compile(r"^[\u4e00-\u9fa5]{2,20}(?:局|厅|委员会|委|办公室|人民政府|行政公署)$")
_BASIS = re.compile(r"根据|依据|贯彻|落实|按照|衔接|对接|上位规划|遵循")
_FRAMEWORK = re.compile(r"[“\"'](?P<digits>[1-9]{3,9})[”\"']")
_STAGE = re.compile(r"(?P<name>[\u4e00-\u9fa5]{1,12}阶段)\s*[（(：:，,]?\s*(?=\d{4}\s*年)")
_PROBLEMS = re.compile(
    r"(?:存在|面临|还有|仍有|表现为|主要有)(?:着|的)?(?:以下|下列|如下)?(?P<list>[^。：；]{6,400}?)等(?:方面的?)?(?:突出|主要)?(?:问题|不足|短板|困难)"
)
#: How much of a text may tell of what time it is.
_HEAD = 3000
_YEAR_OF_WORK = re.compile(
    r"(?<![到至\d])(20\d\d)年[^。；，：\d]{0,12}?(?:(?:预期|努力|奋斗|发展|工作)目标|目标任务|重点工作|工作要点|工作安排|工作思路)"
)
_THIS_YEAR = re.compile(r"今年|全年|年内|年度|政府工作|主要预期目标")
_PROBLEM_LEAD = re.compile(
    r"(?:问题|不足|短板|困难|差距)[^。]{0,12}[：:]|(?:问题|不足|短板|困难)(?:主要)?(?:有|是|在于)"
)


@dataclass(frozen=True)
class Title:
    """The document's title and, where it is about a plan (《…》), that plan's name; the title's characters."""

    document: str
    plan: str
    start: int
    end: int


def find_title(source: Source) -> Title | None:
    """The first lines up to one that ends as titles do (…规划, …解读说明), joined if they were broken."""
    text = source.text
    lines = [(block.start, block.end) for block in source.document.blocks if block.kind != "cell"][:12]
    for first, (start, _) in enumerate(lines):
        if _NO_TITLE.search("".join(text[start : lines[first][1]].split())):
            continue
        for _, end in lines[first : first + 4]:
            joined = "".join(text[start:end].split())
            if len(joined) > 80 or "。" in joined or "，" in joined[:-1]:
                break
            if (
                len(joined) >= _SHORTEST_TITLE
                and _TITLE_END.search(joined)
                and joined.count("《") == joined.count("》")
            ):
                named = _NAMED.search(joined)
                return Title(joined, f"《{named[1]}》" if named else joined, start, end)
    named = _NAMED.search(text)
    if named is None:
        return None
    return Title(named[1], f"《{named[1]}》", named.start(1), named.end(1))


def find_region(title: Title | None, text: str) -> Region | None:
    """The most exact region the title names at its beginning; else the first the text names in full."""
    tree = RegionTree.national()
    if title is not None:
        found = _deepest(title.plan.strip("《》"), tree)
        if found is not None:
            return found
    return _deepest(text[:400], tree)


_SHORT_NAME = 2
_OTHER_KIND = re.compile(r"[\u4e00-\u9fa5]?(?:省|市|县|区|州|盟|旗|镇|乡|地区|新区)(?!域|级|委|政府|内|场)")


def _deepest(text: str, tree: RegionTree) -> Region | None:
    """The last of a chain of region names, such as 重庆市大渡口区; the first chain of ``text`` counts."""
    position = 0
    while position < len(text):
        region, end = _region_at(text, position, tree, None)
        if region is None:
            position += 1
            continue
        while True:
            inner, further = _region_at(text, end, tree, region.code)
            if inner is None:
                return region
            region, end = inner, further
    return None


def _region_at(text: str, position: int, tree: RegionTree, within: str | None) -> tuple[Region | None, int]:
    for length in range(min(15, len(text) - position), 1, -1):
        name = text[position : position + length]
        exact = [region for region in tree.all_called(name, within) if region.code != within]
        full = [region for region in exact if region.name == name]
        before = text[position - 1 : position]
        if full and len(name) == _SHORT_NAME and within is None and "\u4e00" <= before <= "\u9fff":
            full, exact = [], []  # 健康县区 is not 康县
        if not full and _OTHER_KIND.match(text, position + length):
            exact = []  # 丰泽县 is not 丰泽区
        found = full if full else [region for region in exact if within is None and position == 0]
        if len(found) == 1 or (found and len({region.level for region in found}) == len(found)):
            return min(
                found, key=lambda region: ("province", "prefecture", "county").index(region.level)
            ), position + length
    return None, position


def full_name(region: Region) -> str:
    """The region with those above it: 新疆维吾尔自治区… in one word."""
    above = RegionTree.national().ancestors(region.code)
    return "".join(part.name for part in reversed(above)) + region.name


def find_period(title: Title | None, text: str) -> tuple[int, int] | None:
    """The plan's years: from the title (2021—2025年 or 十四五), else 规划期…, else the first plan named."""
    if title is not None:
        found = year_range(title.document) or year_range(title.plan) or five_year_plan(title.plan)
        if found:
            return found
        behind = text[title.end : title.end + 40].strip()
        found = year_range(behind) if behind.startswith(("（", "2")) else None
        if found:
            return found
    for named in _NAMED.finditer(text[:1500]):
        years = year_range(named[1])
        if years and PLAN_KIND.search(named[1]):
            return years
    stated = re.search(r"(?:规划|计划)期(?:限)?[为：:是]?\s*[^。]{0,20}", text)
    if stated and (years := year_range(stated.group())):
        return years
    span = re.search(
        r"(\d{4})年(?:起|开始)[，,]?(?:用|利用|力争用|经过|通过)?(\d{1,2}|[一二三四五六七八九十])年(?:内|左右|的?时间)",
        text,
    )
    if span:
        from kechuang.language.numerals import parse_number

        return int(span[1]), int(span[1]) + int(parse_number(span[2]) or 1) - 1
    return _year_of_work(text[:_HEAD]) or five_year_plan(text[:_HEAD])


def _year_of_work(text: str) -> tuple[int, int] | None:
    """The one year of a report or arrangement: 2025年主要预期目标是…, 今年…."""
    found = _YEAR_OF_WORK.search(text)
    return (int(found[1]), int(found[1])) if found and _THIS_YEAR.search(text) else None


def find_issue(source: Source) -> tuple[str | None, str | None]:
    """(issuer, issued as ISO date)."""
    head = source.text[:1500]
    for pattern in _ISSUED_BY:
        match = pattern.search(head)
        if match:
            day = day_in(match.group())
            return match["body"].strip("、，"), day[0].isoformat() if day else None
    found = re.search(
        r"印发(?:日期|时间)?[：:]?\s*(\d{4}年\d{1,2}月\d{1,2}日)|(\d{4}年\d{1,2}月\d{1,2}日)印发", head
    )
    day = day_in(found.group()) if found else None
    return None, day[0].isoformat() if day else None


def find_author(source: Source) -> str | None:
    """The body that signs at the end, or right under the title."""
    lines = [
        source.text[b.start : b.end].strip()
        for b in source.document.blocks
        if b.kind != "cell" and b.end > b.start
    ]
    candidates = list(reversed(lines[-5:])) + lines[1:4]
    return next((line for line in candidates if _SIGNED.match(line)), None)


def find_basis(source: Source, own: Title | None) -> list[str]:
    """The plans and documents this one rests on, with their book-title marks, in order of naming."""
    found: list[str] = []
    for start, end in source.split(0, len(source.text), "。\n"):
        sentence = source.text[start:end]
        if not _BASIS.search(sentence) or _author_sentence(sentence):
            continue
        for match in re.finditer(r"《[^《》]+》", sentence):
            name = source.document.text[start + match.start() : start + match.end()]
            if (
                (own is None or match.group() != own.plan)
                and name not in found
                and "".join(name.split()) not in (own.document if own else "")
            ):
                found.append("".join(name.split()))
    return found


def _author_sentence(sentence: str) -> bool:
    return "《" not in sentence


def find_framework(source: Source) -> list[FrameworkPart]:
    """A slogan such as “12357” with what each of its numbers counts; [] where the parts are not all named."""
    text = source.text
    for match in _FRAMEWORK.finditer(text):
        position, parts = match.end(), []
        limit = min(len(text), position + 400)
        for digit in match["digits"]:
            counted = re.compile(
                rf"(?<!\d){digit}\s*(?:个|大|条|项|类|座|区|轴|带|)\s*(?P<what>[\u4e00-\u9fa5]{{2,20}}?)(?=为|[、，；。）]|$)"
            )
            part = counted.search(text, position, limit)
            if part is None:
                break
            parts.append(FrameworkPart(number=int(digit), what=part["what"]))
            position = part.end()
        if len(parts) == len(match["digits"]):
            return parts
    return []


def find_stages(source: Source) -> list[Stage]:
    """The stages of preparation: …阶段（2020年3月—6月）."""
    stages: list[Stage] = []
    for match in _STAGE.finditer(source.text):
        ranges = month_ranges(source.text[match.end() : match.end() + 30])
        if not ranges or ranges[0].begin != 0:
            continue
        name_start = _after_ordinal(source.text, match.start("name"), match.end("name"))
        end = match.end() + ranges[0].stop
        if (
            source.text[match.end("name") : match.end()].strip() == "（"
            and source.text[end : end + 1] == "）"
        ):
            end += 1
        name = source.text[name_start : match.end("name")]
        if all(stage.name != name for stage in stages):
            span = source.span(name_start, end)
            months = ranges[0]
            stages.append(
                Stage(
                    name=name,
                    start=months.start,
                    end=months.end,
                    months=months.months,
                    span=span,
                    confidence=0.9,
                )
            )
    return stages


def _after_ordinal(text: str, start: int, end: int) -> int:
    """Past 一是, 第一 or 为 before a stage's name."""
    told = re.match(r"[^，。；]*(?:分为|分成|包括|经历了?|经过了?)(?=[\u4e00-\u9fa5]{2})", text[start:end])
    start += told.end() if told else 0
    match = re.match(r"(?:第?[一二三四五六七八九十]+(?:是|为|、)|(?:即|为|是|和|及))", text[start:end])
    return start + match.end() if match else start


def find_problems(source: Source, root: Section) -> list[Problem]:
    """The problems the plan names: 存在甲，乙等问题, or 问题：一是…二是…, or items under such a heading."""
    match = _PROBLEMS.search(source.text)
    if match:
        pieces = source.split(match.start("list"), match.end("list"), "，")
        return [Problem(text=source.span(*piece).text, span=source.span(*piece)) for piece in pieces]
    for section in root.walk():
        for start, end in section.spans():
            lead = _PROBLEM_LEAD.search(source.text, start, end)
            titled = re.search(r"问题|不足|短板|差距", section.title)
            if lead or titled:
                counted = enumeration(source.text, lead.end() if lead else start, end)
                if counted:
                    pieces = [source.trim(item.start, item.end) for item in counted]
                    return [
                        Problem(text=source.span(*piece).text, span=source.span(*piece)) for piece in pieces
                    ]
        if (
            section.title
            and re.search(r"(?:存在|主要)?(?:的)?(?:问题|不足|短板)", section.title)
            and section.sections
        ):
            return [
                Problem(
                    text=source.span(child.start, child.end).text, span=source.span(child.start, child.end)
                )
                for child in section.sections
            ]
    return []
