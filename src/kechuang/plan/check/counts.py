"""Checks on numbers of things: a number named against the list given, or against another number for the same."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kechuang.language.numerals import parse_number
from kechuang.language.outline import enumeration
from kechuang.language.quantity import Quantity, quantities
from kechuang.messages import say
from kechuang.plan.check.case import Case
from kechuang.plan.check.finding import Finding, Severity
from kechuang.plan.model import PlanSpan
from kechuang.plan.outline import Section, sections_of

_NUMBER = r"(?P<n>\d{1,2}|[一二两三四五六七八九十]{1,3})"
_COUNTED = re.compile(
    rf"(?<![第前后近每\d.一二三四五六七八九十百千万几数多]){_NUMBER}\s?(?P<class>大|个方面|方面|个|项|类|条|种)(?P<what>[\u4e00-\u9fff“”]{{2,14}})"
)
#: Where a counted thing ends: 七大产业体系的建设 counts 产业体系.
_AFTER = re.compile(
    r"(?:布局|(?<=..)发展|为|的|和|与|及|等|在|上|中(?!心)|进行|实施|推进|开展|建设(?!工程|行动|任务|项目|计划)|融合|协同|形成|是|以|共|分别|得到|取得|方面(?=.)|”|“).*$"
)
#: Things that are counted in more than one place of a plan without being the same.
_GENERIC = re.compile(
    r"(?:重点|主要|专项|具体|基本|发展|工作|建设|重大|核心|关键|标志性|支撑|战略|创新|科技)*"
    r"(?:任务|工程|行动|行动计划|方面|体系|平台|目标|措施|举措|原则|重点|领域|项目|计划|阶段|环节|工作|问题|抓手|机制|部分|指标|板块|类型|层面|维度|方向|"
    r"中心|基地|特点|优势|趋势|变化|转变|关系|要求|保障|能力|专项|突破|提升|县|区|市|村|月|专栏|类别|系列|系统|支柱|要素|路径|模式|任务清单)"
)
#: What a list under a lead counts: 六大工程。一是…
_LISTED = (
    r"工程|行动|行动计划|任务|举措|措施|方面|阶段|体系|计划|工作|重点|部分|原则|目标|平台|专项|问题|环节|领域|关系|转变|提升|机制|抓手|路径|维度|层面|"
    r"方向|保障|板块|基地|中心|产业|要求|特点|变化|系统|支柱|战略|突破|项目|坚持|理念|趋势|优势|短板|创新|能力|高地|集群|功能|定位"
)
_LEAD = re.compile(
    rf"(?<![第前后近每\d.几数]){_NUMBER}\s?(?P<class>大|个方面|方面|个|项|类|条|种|点)?(?P<named>(?P<what>[\u4e00-\u9fff]{{0,10}}?(?:{_LISTED})?)(?:的?(?:内容|工作|任务))?)[”]?(?:[，,]?(?:即|具体(?:是|为|包括)?|分别(?:是|为)|主要(?:是|为|包括)?|包括))?[：:。，]?\s*$"
)
_IN_BRACKETS = re.compile(
    rf"(?<![第前后近每\d.几数]){_NUMBER}\s?(?P<class>大|个|项|类|条|点|种)(?P<what>[\u4e00-\u9fff]{{2,8}})[”]?（(?P<list>[^（）\n]{{4,160}})）"
)
_AFTER_COLON = re.compile(
    rf"(?<![第前后近每\d.几数]){_NUMBER}\s?(?P<class>大|个|项|类|条|点|种)(?P<what>[\u4e00-\u9fff]{{2,10}}?)[”]?(?:[：:]|[，,]?(?:即|包括|分别(?:是|为)|主要(?:是|有|包括))[：:]?)(?P<list>[^：:。\n]{{4,300}})"
)
_BEFORE = re.compile(
    r"(?P<list>[^，。；：:！？\n\t（）]{1,24}?、[^，。；：:！？\n\t（）]{1,120}?)(?P<etc>等)?"
    r"(?P<n>\d{1,2}|[一二两三四五六七八九十]{1,2})(?P<class>大|个方面|个维度|个领域|个环节|方面|个|项)(?P<what>[\u4e00-\u9fff]{0,12})"
)
_STAGES = re.compile(r"(?P<n>\d|[一二两三四五六七八九十]{1,2})个阶段")
_DIGITS = re.compile(
    r"[“\"'](?P<digits>[1-9](?:[1-9]{2,8}|(?:\+[1-9]){1,8}))[”\"'][^（：:。\n]{0,12}[（：:](?P<list>[^）。\n]{6,300})"
)
_VERB_END = re.compile(
    r"(?:建设|新建|培育|引进|打造|建成|设立|达到|新增|实施|形成|发展|推进|完成|构建|布局|成立|创建|组建|支持|扶持|选派|突破|开展|实现|举办|为|在|达|有|共|建|新|覆盖|涉及|分|获批|做强|聚焦|围绕|抓好|涵盖|做优|做大|整合|推动|以|的|将|把|和|与|及|或|前|近|约|至|到|出台|制定|印发|落实|突出|强化|完善|深化|办好|抓|搞好|出现|入选|入围|争取|拥有|投资|投入|安排|吸引|带动|转化|认定|评选|攻克|承担|申报|储备|谋划|启动|建立|集聚|获|获得)$"
)
_TIME = re.compile(
    r"月|百分|亿|万|以上|左右|小时|工作日|星期|台阶|多|余|周年|世纪|年|分点|国家(?:级|重点|高新|企业)"
)
_OTHER_SCOPE = re.compile(
    r"(?:国家|全国|世界|全球|全省|自治区|省|中央|我国|疆|“十[一二三]五”)[^，。；、]{0,6}$"
)


#: Parts of a sum stand no farther apart than this.
_GAP = 24


@dataclass(frozen=True)
class Count:
    """``number`` of ``what`` at characters ``start``–``end``."""

    number: int
    what: str
    start: int
    end: int


def counts(case: Case) -> Iterator[Finding]:
    """count-mismatch findings; no two of them on the same words."""
    told: set[int] = set()
    for finding in _all(case):
        first = finding.spans[0].start if finding.spans else -1
        if first not in told:
            told.add(first)
            yield finding


def _all(case: Case) -> Iterator[Finding]:
    if case.document is None:
        return
    root = sections_of(case.document)
    yield from _leads(case)
    yield from _headed(case, root)
    yield from _bracketed(case)
    yield from _listed_before(case)
    yield from _framework(case)
    yield from _stages(case)
    yield from _natures(case)
    yield from _sums(case)
    yield from _same_thing(case)


def _mismatch(case: Case, number: int, listed: int, start: int, end: int, severity: Severity) -> Finding:
    message = say("文中说有{number}个，列出的是{listed}个", number=number, listed=listed)
    return Finding("count-mismatch", severity, message, (case.span(start, end),), str(listed))


# -- a number and the list behind it -----------------------------------------------------------------


def _leads(case: Case) -> Iterator[Finding]:
    """六大工程。一是…二是…: the number in the lead against the parts counted out."""
    for line in case.lines:
        offset = 0
        while True:
            items = enumeration(line.text, offset)
            if not items:
                break
            first = _mark_start(line.text, items[0].start)
            lead = _lead_of(line.text, first)
            if lead is not None:
                total = len(items)
                if lead.number != total:
                    start, end = line.start + lead.start, line.start + lead.end
                    yield _mismatch(case, lead.number, total, start, end, "error")
            offset = items[-1].start


def _mark_start(text: str, start: int) -> int:
    """Where 一是 itself begins, given where its content does."""
    for mark in ("第一是", "一是要", "一是", "一要"):
        if text.endswith(mark, 0, start):
            return start - len(mark)
    return start


def _lead_of(text: str, first: int) -> Count | None:
    """The count the enumeration at ``first`` is the list of: at the end of the words right before it."""
    head = text[max(0, first - 60) : first]
    closed = head.rstrip().endswith(("。", "：", ":"))
    if not closed and not head.rstrip().endswith("，"):
        return None
    cut = max(head[:-1].rstrip("。：: ").rfind("。"), head[:-1].rfind("；"))
    sentence = head[cut + 1 :]
    found = _LEAD.search(sentence)
    if found is None:
        return None
    number = int(parse_number(found["n"]) or 0)
    named = bool(re.search(rf"(?:{_LISTED})$", found["what"]))
    exact = sentence.rstrip().endswith(("：", ":"))
    if number < 2 or _TIME.match(found["what"]) or not (found["class"] or (exact and len(found["what"]) < 4)):
        return None
    if not exact and not (named and (found["class"] in ("大", "项") or "方面" in (found["class"] or ""))):
        return None
    if exact and found["class"] in ("个", "条", "种", None) and not named and found["what"]:
        return None
    if found["n"].isdigit() and found["class"] == "个" and not exact:
        return None
    base = first - len(head) + cut + 1 if cut >= 0 else first - len(head)
    stop = len(sentence[: found.end("named")].rstrip("”"))
    return Count(number, found["what"], base + found.start("n"), base + stop)


def _bracketed(case: Case) -> Iterator[Finding]:
    """三大体系（甲、乙、丙）; 三大体系：甲、乙、丙；包括…"""
    for start, sentence in case.said():
        for pattern in (_IN_BRACKETS, _AFTER_COLON):
            for match in pattern.finditer(sentence):
                number = int(parse_number(match["n"]) or 0)
                listed = match["list"]
                if (
                    number < 2
                    or _TIME.match(match["what"])
                    or re.search(r"等|[^、；]\d+年|[一二三]是", listed)
                ):
                    continue
                span = (start + match.start("n"), start + match.end("what"))
                if pattern is _IN_BRACKETS:
                    few, many = _parts(listed)
                    if few >= 2 and not few <= number <= many and "，" not in listed:
                        yield _mismatch(case, number, few, *span, "error" if few == many else "warning")
                else:
                    yield from _after_colon(case, number, match["what"], listed, span)


def _after_colon(case: Case, number: int, what: str, listed: str, span: tuple[int, int]) -> Iterator[Finding]:
    if "；" in listed:
        pieces = [piece for piece in listed.split("；") if piece.strip()]
        few = many = len(pieces)
        even = all(piece.strip().endswith(what[-2:]) for piece in pieces)
    else:
        if "，" in listed:
            listed = listed.split("，", maxsplit=1)[0]
        few, many = _parts(listed)
        even = few == many and all(len(piece) <= 12 for piece in listed.split("、"))
    if few >= 2 and not few <= number <= many:
        yield _mismatch(case, number, few, *span, "error" if even else "warning")


def _parts(listed: str) -> tuple[int, int]:
    """Fewest and most things a list may hold: 甲、乙和丙 are two (乙和丙 one thing) or three."""
    plain = re.sub(r"（[^（）]*）|《[^《》]*》", "", listed)
    quoted = re.sub(r"“[^“”]*”", "Q", plain)
    pieces = [piece for piece in re.split(r"[、；;]", quoted) if piece.strip()]
    joined = sum(len(re.findall(r"和|与|及|以及|”“|QQ", piece)) for piece in pieces)
    return len(pieces), len(pieces) + joined


# -- a number and the list before it ---------------------------------------------------------------------


def _listed_before(case: Case) -> Iterator[Finding]:
    """产业结构、创新能力、质量效益等四个维度: listed and counted."""
    for start, sentence in case.said():
        position = 0
        while match := _BEFORE.search(sentence, position):
            position = max(match.end("n"), position + 1)
            number = int(parse_number(match["n"]) or 0)
            listed, what = match["list"].rstrip("”"), match["what"]
            if number < 2 or "等" in listed or _TIME.match(what) or len(match["list"]) > 120:
                continue
            if sentence[match.end("n") - len(match["n"]) - 1] in "第前后近每一二三四五六七八九十百千万几数.":
                continue
            pieces = re.split("、", re.sub(r"（[^（）]*）|《[^《》]*》", "", listed))
            last = pieces[-1]
            if (
                not last.strip()
                or re.search(r"\d", listed)
                or any(re.search(r"[一二三四五六七八九十两]$|^[一二三四五六七八九十]$", p) for p in pieces)
            ):
                continue
            if match["etc"] is None and (
                _VERB_END.search(last)
                or match["n"].isdigit()
                or match["class"] in ("个", "项")
                or max(map(len, pieces[1:])) > 8
            ):
                continue
            if match["etc"] and _VERB_END.search(last) and len(last) > 8:
                continue
            few, many = _parts(listed)
            if few <= number <= many or (match["etc"] and number > many):
                continue
            even = few == many and max(len(piece) for piece in pieces[1:]) <= 12 and len(pieces) >= 3
            plain = match["class"] not in ("个", "项")
            sure: Severity = "error" if even and plain and number < few else "warning"
            yield _mismatch(case, number, few, start + match.start("n"), start + match.end(), sure)


# -- headings ------------------------------------------------------------------------------------------


def _headed(case: Case, root: Section) -> Iterator[Finding]:
    """三、实施六大工程 against the headings under it; the same for a lead sentence under a heading."""
    told = list(root.walk())
    for section in told:
        children = [child for child in section.sections if child.line is not None]
        if len(children) < 2:
            continue
        level = min(child.level for child in children)
        children = [child for child in children if child.level == level]
        last = section.line is None or not any(
            other.start > children[-1].start and other.level <= section.level for other in told
        )
        for count in _counts_over(case, section, children[0]):
            kind = count.what[-2:]
            of_kind = [child for child in children if kind in child.title[-8:] or kind in child.title]
            exact = (
                bool(re.search(rf"{re.escape(count.what)}[”]?$", section.title.strip()))
                and count.end <= section.end
            )
            if len(of_kind) * 2 < len(children) and not exact:
                continue
            if len(of_kind) < 2 and not exact:
                continue
            listed = (
                len(of_kind)
                if len(of_kind) * 2 >= len(children) and len(of_kind) != len(children)
                else len(children)
            )
            if count.number in (listed, len(children)):
                continue
            sure: Severity = "warning" if last and count.number > listed else "error"
            if exact and not of_kind:
                sure = "warning"
            yield _mismatch(case, count.number, listed, count.start, count.end, sure)


def _counts_over(case: Case, section: Section, child: Section) -> Iterator[Count]:
    """Numbers in a heading and in what stands between it and the first heading under it."""
    if section.line is not None:
        yield from _counts_in(case, section.start, section.end)
    for start, end in section.spans():
        if section.line is not None and start < child.start and end - start <= 400:
            yield from _counts_in(case, start, end)


def _counts_in(case: Case, start: int, end: int) -> Iterator[Count]:
    for match in _COUNTED.finditer(case.text, start, end):
        what = _AFTER.sub("", match["what"])
        number = int(parse_number(match["n"]) or 0)
        if match["class"] in ("大", "项", "个") and number >= 2 and re.search(rf"(?:{_LISTED})$", what):
            yield Count(number, what, match.start("n"), match.start("what") + len(what))


# -- slogans, stages, natures ------------------------------------------------------------------------------


def _framework(case: Case) -> Iterator[Finding]:
    """“12357”（1个龙头、2个…): every digit against what it counts."""
    for match in _DIGITS.finditer(case.text):
        digits = [int(sign) for sign in match["digits"] if sign.isdigit()]
        pieces = re.split(r"[、，；,]", match["list"])
        read = [
            re.match(
                rf"\s*[“]?{_NUMBER}\s*(?:个|大|条|项|类|座|区|轴|带|心|核|廊|极|圈|园|种|支|所|家)", piece
            )
            for piece in pieces
        ]
        numbers = [int(parse_number(found["n"]) or 0) for found in read if found]
        if len(numbers) < 2 or len(numbers) != len(pieces):
            continue
        if numbers != digits:
            right = ("+" if "+" in match["digits"] else "").join(map(str, numbers))
            message = say("“{digits}”与后面所列的数（{listed}）不一致", digits=match["digits"], listed=right)
            span = case.span(match.start("digits"), match.end("digits"))
            yield Finding(
                "count-mismatch",
                "error",
                message,
                (span, case.span(match.start("list"), match.end("list"))),
                right,
            )


def _stages(case: Case) -> Iterator[Finding]:
    """四个阶段 against the stages of preparation, where it leads to them."""
    spans = [span for stage in case.plan.stages if (span := case.here(stage.span)) is not None]
    if not spans or len(spans) != len(case.plan.stages):
        return
    first = min(span.start for span in spans)
    for match in _STAGES.finditer(case.text, max(0, first - 60), first):
        number = int(parse_number(match["n"]) or 0)
        if number != len(spans) and "。" not in case.text[match.end() : first].rstrip("。")[:-1]:
            yield _mismatch(case, number, len(spans), match.start(), match.end(), "error")


_NATURES = re.compile(
    r"(?P<all>\d{1,3}|[一二三四五六七八九十]{1,3})[项个](?:[\u4e00-\u9fff]{0,8}指标)?[^。；\n]{0,20}?(?:其中|包括)?[，,：:]?\s*(?:其中)?"
    r"(?P<one>约束性|预期性)指标?(?:有|为|共)?(?P<a>\d{1,3}|[一二三四五六七八九十]{1,3})[项个][，、,和]?"
    r"(?P<two>约束性|预期性)指标?(?:有|为|共)?(?P<b>\d{1,3}|[一二三四五六七八九十]{1,3})[项个]"
)


def _natures(case: Case) -> Iterator[Finding]:
    """18项指标，其中约束性4项、预期性14项: the sum, and what the table of indicators says."""
    for match in _NATURES.finditer(case.text):
        whole, a, b = (int(parse_number(match[name]) or 0) for name in ("all", "a", "b"))
        if match["one"] != match["two"] and a + b != whole:
            span = case.span(match.start(), match.end())
            message = say("{a}项与{b}项合计{sum}项，文中写的是{whole}项", a=a, b=b, sum=a + b, whole=whole)
            yield Finding("count-mismatch", "error", message, (span,), str(a + b))


_TOGETHER = re.compile(r"(?:合计|共计|总计)(?:达到?|为|有)?(?=\d)")


def _sums(case: Case) -> Iterator[Finding]:
    """甲5家、乙12家，合计18家: the parts named right before against their sum."""
    for start, sentence in case.said():
        for match in _TOGETHER.finditer(sentence):
            found = [q for q in quantities(sentence) if q.unit and q.high is None and not q.about]
            whole = next((q for q in found if q.start == match.end()), None)
            if whole is None or re.match(r"以上|左右|多|余", sentence[whole.end :]):
                continue
            parts: list[Quantity] = []
            edge = match.start()
            for part in reversed([q for q in found if q.end <= match.start()]):
                gap = sentence[part.end : edge]
                if part.unit != whole.unit or len(gap) > _GAP or re.search(r"[；]|每|年均|比", gap):
                    break
                parts.insert(0, part)
                edge = part.start
            sums = [sum(part.value for part in parts[-n:]) for n in range(2, len(parts) + 1)]
            if not sums or any(abs(made - whole.value) < 1e-6 * max(1.0, whole.value) for made in sums):
                continue
            right = f"{sums[-1]:g}{whole.unit}"
            span = case.span(start + parts[0].start, start + whole.end)
            message = say(
                "前面各项相加是{sum}，文中写的是{whole}", sum=right, whole=f"{whole.value:g}{whole.unit}"
            )
            yield Finding(
                "count-mismatch",
                "error" if len(parts) > 2 or "、" in span.text else "warning",
                message,
                (span,),
                right,
            )


# -- two numbers for one thing --------------------------------------------------------------------------------


def _same_thing(case: Case) -> Iterator[Finding]:
    """“十大产业” here and 7大产业体系 there. Linear: things are held against others of their first two signs."""
    groups: dict[str, list[Count]] = defaultdict(list)
    for match in _COUNTED.finditer(case.text):
        if match["class"] != "大":
            continue
        what = _AFTER.sub("", match["what"])
        number = int(parse_number(match["n"]) or 0)
        if (
            len(what) < 2
            or number < 2
            or _OTHER_SCOPE.search(case.text[max(0, match.start() - 12) : match.start()])
        ):
            continue
        groups[what[:2]].append(Count(number, what, match.start("n"), match.start("what") + len(what)))
    for found in groups.values():
        names: dict[str, list[Count]] = defaultdict(list)
        for count in found:
            names[count.what].append(count)
        ordered = sorted(names)
        for place, name in enumerate(ordered):
            yield from _two_numbers(case, names[name], names[name])
            for other in ordered[place + 1 : place + 6]:
                if other.startswith(name):
                    yield from _two_numbers(case, names[name], names[other])


def _two_numbers(case: Case, ones: list[Count], others: list[Count]) -> Iterator[Finding]:
    pair = next(
        ((one, two) for one in (ones[0], ones[-1]) for two in others if one.number != two.number), None
    )
    if pair is None or (_GENERIC.fullmatch(pair[0].what) and pair[0].what != pair[1].what):
        return
    first, other = pair
    one, two = sorted((first, other), key=lambda count: count.start)
    generic = bool(_GENERIC.fullmatch(first.what))
    extra = other.what[len(first.what) :] if other.what != first.what else ""
    severity: Severity = "warning" if generic or extra not in ("", "体系") else "error"
    if generic and _own_list(case, one) and _own_list(case, two):
        return
    spans: tuple[PlanSpan, ...] = (case.span(one.start, one.end), case.span(two.start, two.end))
    message = say("同一事物前后数目不一：“{one}”与“{two}”", one=spans[0].text, two=spans[1].text)
    yield Finding("count-mismatch", severity, message, spans)


def _own_list(case: Case, count: Count) -> bool:
    """Whether the thing counted has a list of its own around it, so that it is another thing."""
    around = case.text[max(0, count.start - 60) : count.end + 60]
    return "、" in around or "一是" in around or "（一）" in around
