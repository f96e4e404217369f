"""What time a clause speaks of: 到2025年, “十四五”末, 5年内, 每年; carried on to the clauses after it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kechuang.language.dates import plan_number_years
from kechuang.language.numerals import parse_number

_FIVE = r"[“\"]?([十一二三四五六七八九]{1,3})五[”\"]?(?:规划)?(?:期?末|期间|时期|末期|收官|目标年)"
_UNTIL = re.compile(
    r"(?:到|至|力争|展望|提出)\s*(\d{4})\s*年(?:底|末|前)?|"
    r"(\d{4})年(?:底|末)?[，,]?(?:力争|实现|达到|要|前|将|全[省市县区州])|" + _FIVE
)
#: A year at the head of a clause or right before a number: 2023年达到80家、2025年100家.
_HEAD = re.compile(
    r"(?:^[—\-·●◆\s]*|[：:])(?:其中|指出|提到|显示|在|于|[（“”])*\s*(\d{4})年(?:底|末)?(?![\d月—-]|起(?!步)|开始|以来|至|到|~)"
)
#: The years of a step: 第一阶段（2021年—2023年）：….
_STAGE = re.compile(r"（20\d\d年?\s*(?:—|-|~|至|到)+\s*(20\d\d)年?[^（）]{0,4}）")
_SPAN = re.compile(r"20\d\d年?\s*(?:—|-|~|至|到)+\s*(20\d\d)年(?:期间)?")
_WITHIN = re.compile(
    r"(?:(\d{1,2}|[一二三四五六七八九十])年内|未来(\d{1,2}|[一二三四五六七八九十两])年|规划期内|规划期末)"
)
_YEARS = re.compile(r"(?<!\d)20\d\d年?(?:[、和及与](?:到)?20\d\d年?)+(?=[，、底末]|[\u4e00-\u9fa5])")
_COMPARED = re.compile(
    r"(?:比|较|相比|与|同|对比|相较于?|以|自|从|由|在)\s*(?:20\d\d年|上年|[“\"]?[十一二三四五六七八九]+五[”\"]?(?:期?末|时期|期间)?)"
    r"[^，。；]{0,4}$"
)
_RISEN = re.compile(r"(?:增长|提高|提升|上升|下降|增加|减少)$")
_TO_COME = re.compile(r"将|力争|确保|(?<!科技)计划(?!项目)|预计|争取|目标")
PER_YEAR = re.compile(
    r"每年|逐年|年均(?=引进|引育|培|新增|净增|完成|举办|开展|选派|建设|接待|转化|推广|实施|安排|投入|认定|组织|造林|处理|发放|吸引|招|服务|"
    r"(?:增长|增加)[约近]?[\d.]+万?[家个人名项户亩件])"
)
REACHED = re.compile(
    r"(?:已经?|已有|(?:现有|目前)(?![^，；。]*(?:达到|提高到|提升到|不低于|增加到|扩大到|提升至|提高至|扩大至))|现已|累计已|截至目前|以来|上年|同期|去年|至今|如今(?!的)|(?<![\u4e00-\u9fa5])全年(?!度|开放|无|免费|的?(?:主要|预期|经济|工作|发展|目标|力争|计划))|截[至止]|上半年|当年|今年(?![^。；]*(?:目标|计划|力争|争取|将|安排))|(?:完成|建成|达到|实现|取得|设立|启动|建立|成立|引进|获得|新增|培育|推出|认定|安排|投入|开展|举办|确定|发布)了|"
    r"较[^，。]{0,8}(?:增长|提高|提升|增加|下降|降低|减少)了)"
)


@dataclass
class Time:
    """``year`` the promise is for; ``active`` whether a promise is being made at all.

    ``base`` is the year before the plan's first, ``explicit`` is true where the paragraph itself named the time,
    ``past`` where it speaks of one gone by.
    """

    year: int | None
    active: bool
    base: int | None = None
    explicit: bool = False
    per_year: bool = False
    past: bool = False
    #: The year of a document that tells what was done: only what is for later years is promised.
    report: int | None = None
    #: The year the document was published in: a year before it that is only named is gone by.
    published: int | None = None
    #: Whether the document is a piece without headings: what it says of 十四五 after its end is told of.
    news: bool = False
    #: Whether the text here speaks of a plan or its goals: the plan's last year is then to come.
    planned: bool = False
    #: Whether the sentence before promised something without naming a time.
    promised: bool = False
    #: Several years named together: 到2023年、2025年，…分别达到….
    years: tuple[int, ...] = ()


def advance(time: Time, clause: str, period: tuple[int, int] | None) -> bool | None:
    """Move ``time`` by what a clause says; True for a time to come, False for one past, None if it says none."""
    moved: bool | None = None
    several = _YEARS.search(clause)
    several_years = tuple(int(year) for year in re.findall(r"20\d\d", several.group())) if several else ()
    for match in _UNTIL.finditer(clause):
        if time.report is not None and not match[1]:
            time.past = True
        elif (found := _until(time, clause, match, period)) is not None:
            moved = found
    if moved is None and time.report is None and (head := _HEAD.search(clause)):
        year = int(head[1])
        if time.published is not None and year < time.published and "其中" not in head.group():
            return False
        later = time.published is not None and year > time.published
        later = later or (time.planned and period is not None and year == period[1])
        known = later or (period is not None and (year < period[0] or time.active))
        if 1950 <= year <= 2100 and (known or (period is None and time.active)):
            moved = _to_come(time, year, period)
    stage = _STAGE.search(clause) or _SPAN.match(clause)
    if stage and moved is None and period is not None and period[0] <= int(stage[1]) <= period[1]:
        moved = _to_come(time, int(stage[1]), period)
    if moved is None and "届时" in clause and period is not None:
        time.active = time.explicit = moved = True
    within = _WITHIN.search(clause)
    if within and moved is None:
        length = parse_number(within[1] or within[2] or "") if within[1] or within[2] else None
        if period is None or length is None or period[0] + int(length) - 1 >= period[1]:
            time.year = period[1] if period else time.year
        else:
            time.year = period[0] + int(length) - 1
        time.active = time.explicit = moved = True
    if moved is not None or several_years:
        time.years = several_years
    return moved


def _until(time: Time, clause: str, match: re.Match[str], period: tuple[int, int] | None) -> bool | None:
    """What 到2025年 or “十四五”末 says where it stands: to come, past, or (None) nothing."""
    before, told = clause[: match.start()], not _TO_COME.search(clause)
    if before.endswith("截") and told:
        return False  # 截至2024年底，…达到…: reached, whatever the period
    year = int(match[1] or match[2]) if match[1] or match[2] else None
    if year is None:
        years = plan_number_years(match[3])
        if years is None or (time.past and told and not match.group().endswith("末")):
            return None  # …以来，带动“十四五”期间实施项目8000项
        year = years[1]
        if time.news and time.published is not None and year < time.published:
            return False
    if _COMPARED.search(clause[: match.end()]) and not match.group().startswith(("到", "至")):
        return None
    if clause.startswith("的", match.end()) and not time.active and _RISEN.search(before):
        return False  # 从2020年的…增长至2024年的…
    if re.search(r"(?:从|由|自)[^，；。]{0,12}$", before):
        return None
    return _to_come(time, year, period)


def _to_come(time: Time, year: int, period: tuple[int, int] | None) -> bool:
    if (period is not None and year < period[0]) or (time.report is not None and year <= time.report):
        return False
    time.year, time.active, time.explicit = year, True, True
    return True
