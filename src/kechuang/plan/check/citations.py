"""Checks on cited documents: titles written in two ways, open book marks, years that cannot be, year brackets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kechuang.language.dates import plan_number_years
from kechuang.language.fold import fold
from kechuang.language.regions import RegionTree
from kechuang.messages import say
from kechuang.plan.check.case import Case
from kechuang.plan.check.finding import Finding, Severity
from kechuang.plan.model import PlanSpan

_LONGEST = 90
_TITLE = re.compile(r"《([^《》\n]{2,90}(?:《[^《》\n]{1,60}》[^《》\n]{0,40})?(?:\n[^《》\n]{1,40})?)》")
_KIND = re.compile(
    r"(?:规划|纲要|计划|方案|意见|办法|条例|决定|通知|规定|细则|标准|指南|清单|目录|法|报告|规范|措施|若干政策|政策)"
)
_NUMBERED = re.compile(
    r"(?:“|\"|‘)?(?P<n>十[一二三四五六七八九]?|[二三]十[一二三四五六七八九]?)五(?:”|\"|’)?|第(?P<m>[一二三四五六七八九十]{1,3})个五年"
)
_YEARS = re.compile(
    r"(?P<first>(?:19|20)\d\d)\s*年?\s*(?:—{1,2}|-{1,2}|~|至|到)\s*(?P<last>(?:19|20)\d\d)\s*年?"
)
_RESTS_ON = re.compile(r"根据|依据|按照|为贯彻|贯彻落实|深入贯彻|全面贯彻|衔接|对接|结合")
_MADE = re.compile(r"制定|编制|制订|特制|出台")
_PAST = re.compile(
    r"期间|以来|时期(?:取得|全面|我)|回顾|总结|评估|实施情况|完成情况|圆满|收官|废止|同时废止|已于|到期"
)
#: Words a title may have or not without being another document.
_WEAK = (
    "国民经济和社会",
    "高质量",
    "发展",
    "建设",
    "事业",
    "时期",
    "关于",
    "全面",
    "深入",
    "进一步",
    "的",
    "年",
    "专项",
)
_SAME = str.maketrans(
    {
        "与": "和",
        "及": "和",
        "‘": None,
        "’": None,
        "“": None,
        "”": None,
        '"': None,
        "'": None,
        " ": None,
        "\n": None,
        "、": None,
        "，": None,
        "（": None,
        "）": None,
        "—": "-",
        "〈": None,
        "〉": None,
        "《": None,
        "》": None,
        "·": None,
        "~": "-",
    }
)
#: What makes two titles two documents, however alike they are.
_TELLING = re.compile(
    r"[\d一二三四五六七八九十]+|国家|中央|中共|全国|自治区|省委|省|市委|市|县委|县|区|州|地区|乡|镇|实施|补充|修订|草案|初稿|征求意见稿|试行|暂行|解读|说明|"
    r"条例|办法|细则|法|意见|通知|决定|方案|计划|规划|纲要|行动|中长期|远景|新型|若干|教育|科技|人才|工业|农业|文化|旅游|卫生|健康|体育|交通|能源|水利|生态|环境|金融|商务|服务|"
    r"制造|数字|信息|知识产权|科普|就业|住房|养老|民政|应急|消防|林|草|海洋|粮食|城镇|乡村|土地|空间|专利|基础研究"
)
_NUMBER_OF = re.compile(
    r"(?P<who>[\u4e00-\u9fff]{1,12})(?P<open>[〔\[［（(【])(?P<year>20\d\d|19\d\d)(?P<close>[〕\]］）)】])\s*(?:第)?(?P<n>\d{1,4})\s*号"
)


@dataclass(frozen=True)
class Cited:
    """A title in book marks: as written, in one form, and its characters."""

    written: str
    form: str
    start: int
    end: int


def citations(case: Case) -> Iterator[Finding]:
    """cited-title findings."""
    if case.document is None:
        return
    cited = [
        Cited(case.document.text[match.start(1) : match.end(1)], _form(match[1]), match.start(), match.end())
        for match in _TITLE.finditer(case.text)
    ]
    own = _own(case)
    yield from _open_marks(case)
    yield from _two_ways(case, ([own] if own is not None else []) + cited)
    yield from _impossible_years(case, cited)
    yield from _years_of_name(case)
    yield from _brackets(case)


def _form(title: str) -> str:
    return fold(title).translate(_SAME)


def _own(case: Case) -> Cited | None:
    """The plan's own name as its head gives it, where it is not itself in book marks."""
    plan, text = case.plan, case.text
    name = plan.plan_title or plan.title
    if name is None or name.startswith("《") or not _KIND.search(name):
        return None
    at = text.find(fold(name))
    if at == -1:
        return None
    return Cited(name, _form(name), at, at + len(name))


def _open_marks(case: Case) -> Iterator[Finding]:
    """《 without 》 or the other way round. A title may go on in the next line, and hold another."""
    open_: list[int] = []
    faulty: list[tuple[int, int]] = []
    text = case.text
    for match in re.finditer(r"[《》]|\n\s*\n", text):
        sign, at = match.group(), match.start()
        while open_ and (at - open_[0] > 2 * _LONGEST or sign not in "《》"):
            faulty.append(_around(text, open_.pop(0)))
        if sign == "《":
            open_.append(at)
        elif sign == "》":
            if open_:
                open_.pop()
            else:
                faulty.append((max(0, at - 12, text.rfind("\n", 0, at) + 1), at + 1))
    faulty += [_around(text, at) for at in open_]
    for start, end in sorted(faulty):
        yield Finding("cited-title", "warning", say("书名号不成对"), (case.span(start, end),))


def _around(text: str, at: int) -> tuple[int, int]:
    stop = re.compile(r"[。；\n]|(?<=.)《").search(text, at + 1)
    return at, min(at + 40, stop.start() if stop else len(text))


def _two_ways(case: Case, cited: list[Cited]) -> Iterator[Finding]:
    """Titles that are one document but for an order, a word or a sign."""
    first: dict[str, Cited] = {}
    count: dict[str, int] = defaultdict(int)
    for title in cited:
        if len(title.form) >= 6:
            first.setdefault(title.form, title)
            count[title.form] += 1
    allowed = {_form(name) for name in _abbreviations(case.text)}
    forms = [form for form in first if form not in allowed]
    buckets: dict[str, list[str]] = defaultdict(list)
    for form in forms:
        buckets[_core(form)].append(form)
    told: set[frozenset[str]] = set()
    pairs = [(one, two) for same in buckets.values() for one in same for two in same if one < two]
    pairs += list(_near(forms))
    for one, two in pairs:
        if frozenset((one, two)) in told:
            continue
        told.add(frozenset((one, two)))
        left, right = sorted((first[one], first[two]), key=lambda title: title.start)
        usual = left if count[left.form] >= count[right.form] else right
        spans = (case.span(left.start, left.end), case.span(right.start, right.end))
        message = say(
            "同一文件的名称前后写法不同：“{one}”与“{two}”", one=_line(left.written), two=_line(right.written)
        )
        yield Finding("cited-title", "warning", message, spans, f"《{_line(usual.written).strip('《》')}》")


def _line(text: str) -> str:
    return "".join(text.split())


def _core(form: str) -> str:
    """A title without weak words, its signs in order of code: the same for titles that differ in order only."""
    for word in _WEAK:
        form = form.replace(word, "")
    form = form.replace("科学技术", "科技")
    return "".join(sorted(form))


def _near(forms: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs of titles with one or two signs between them, none of which tells documents apart."""
    from rapidfuzz.distance import Levenshtein

    heads: dict[str, list[str]] = defaultdict(list)
    for form in forms:
        if len(form) >= 9:
            heads[form[:3]].append(form)
            heads["…" + form[-4:]].append(form)
    for same in heads.values():
        for place, one in enumerate(same):
            for two in same[place + 1 : place + 40]:
                if abs(len(one) - len(two)) > 2 or Levenshtein.distance(one, two, score_cutoff=2) > 2:
                    continue
                changed = "".join(
                    one[op.src_start : op.src_end] + " " + two[op.dest_start : op.dest_end]
                    for op in Levenshtein.opcodes(one, two)
                    if op.tag != "equal"
                )
                if not _TELLING.search(changed) and not _names_places(one, two):
                    yield (one, two) if one < two else (two, one)


def _names_places(one: str, two: str) -> bool:
    """Whether the titles begin with the names of different places."""
    tree = RegionTree.national()

    def place(form: str) -> str | None:
        for length in range(min(12, len(form)), 1, -1):
            found = tree.all_called(form[:length], None)
            if found:
                return found[0].code
        return None

    first, second = place(one), place(two)
    return first != second


def _abbreviations(text: str) -> set[str]:
    """Names declared short for others: （以下简称《规划》）."""
    return set(re.findall(r"(?:以下|下)?(?:简)?称[：:为]?[《“]([^》”\n]{2,40})[》”]", text))


def _numbered(name: str) -> tuple[int, int] | None:
    match = _NUMBERED.search(name)
    return plan_number_years(match["n"] or match["m"]) if match else None


def _period_of(name: str) -> tuple[int, int] | None:
    """The years a title names: (2021—2025年), 十四五."""
    years = _YEARS.search(name)
    if years and 0 < int(years["last"]) - int(years["first"]) <= 30:
        return int(years["first"]), int(years["last"])
    return _numbered(name)


def _impossible_years(case: Case, cited: list[Cited]) -> Iterator[Finding]:
    """A plan cited as a basis whose years are over before this plan begins, or begin after it ends."""
    period = case.plan.period
    if period is None:
        return
    for title in cited:
        years = _period_of(title.form if not _NUMBERED.search(title.written) else fold(title.written))
        if years is None or not re.search(r"规划|纲要|计划|方案", title.written):
            continue
        if years[1] >= period[0] and years[0] <= period[1]:
            continue
        start, end = case.sentence_at(title.start)
        before, after = case.text[start : title.start], case.text[title.end : end]
        basis = _RESTS_ON.search(before) and (_MADE.search(after) or start <= title.start)
        if (
            not basis
            or _PAST.search(before)
            or re.match(r"[^，。；]{0,8}(?:期间|实施以来|确定的|执行|完成|实施)", after)
        ):
            continue
        due = _due_name(period)
        message = say(
            "所依据的文件《{title}》的年限（{first}—{last}年）与本规划（{start}—{end}年）不相接",
            title=_line(title.written),
            first=years[0],
            last=years[1],
            start=period[0],
            end=period[1],
        )
        vision = re.search(r"(20\d\d)年远景", title.written)
        sure: Severity = "info" if vision and int(vision[1]) >= period[0] else "warning"
        yield Finding("cited-title", sure, message, (case.span(title.start, title.end),), due)


def _due_name(period: tuple[int, int]) -> str | None:
    from kechuang.language.numerals import chinese

    number = (period[0] - 1951) / 5
    return f"“{chinese(int(number))}五”" if number == int(number) and period[1] == period[0] + 4 else None


_NAME_AND_YEARS = re.compile(
    rf"(?:{_NUMBERED.pattern})[^，。；《》\n（()）]{{0,30}}[（(](?P<first>20\d\d)\s*年?\s*(?:—{{1,2}}|-{{1,2}}|~|至)\s*(?P<last>20\d\d)\s*年?[)）]"
)


def _years_of_name(case: Case) -> Iterator[Finding]:
    """“十四五”…（2022—2026年）: the years are not those of the name."""
    for match in _NAME_AND_YEARS.finditer(case.text):
        years = plan_number_years(match["n"] or match["m"])
        if years is None:
            continue
        first, last = int(match["first"]), int(match["last"])
        if first >= years[0] and last <= years[1]:
            continue
        if re.search(r"年(?:行动|滚动)|远景|中长期", match.group()):
            continue
        right = f"{years[0]}—{years[1]}年"
        message = say(
            "“{name}五”是{right}，这里写的是{first}—{last}年",
            name=match["n"] or match["m"],
            right=right,
            first=first,
            last=last,
        )
        severity: Severity = "error" if last - first == 4 and first != years[0] else "warning"
        yield Finding("cited-title", severity, message, (case.span(match.start(), match.end()),), right)


def _brackets(case: Case) -> Iterator[Finding]:
    """Numbers of documents: the year stands in 〔〕; in one document certainly in one kind of bracket."""
    assert case.document is not None
    text = case.document.text
    found = list(_NUMBER_OF.finditer(text))
    odd = [match for match in found if match["open"] != "〔"]
    if odd:
        mixed = len(odd) < len(found) or len({match["open"] for match in odd}) > 1
        spans: tuple[PlanSpan, ...] = tuple(case.span(match.start("open"), match.end()) for match in odd)
        right = f"〔{odd[0]['year']}〕{odd[0]['n']}号"
        message = (
            say("文号的年份括号前后不一，应一律用六角括号：{right}", right=right)
            if mixed
            else say("文号的年份应用六角括号：{right}", right=right)
        )
        yield Finding("cited-title", "warning" if mixed else "info", message, spans, right)
    numbers: dict[str, tuple[str, re.Match[str]]] = {}
    for match in found:
        title = re.search(
            r"《([^《》\n]{6,90})》\s*[（(]?\s*$", text[max(0, match.start() - 100) : match.start("who")]
        )
        if title is None:
            continue
        form, number = _form(title[1]), f"{match['who']}{match['year']}-{match['n']}"
        before = numbers.setdefault(form, (number, match))
        if before[0] != number:
            message = say("同一文件《{title}》的文号前后不同", title=_line(title[1]))
            spans = tuple(case.span(m.start(), m.end()) for m in (before[1], match))
            yield Finding("cited-title", "warning", message, spans)
