"""Finds targets: in running text clause by clause, and in indicator tables.

A target is a quantity promised for a time to come. What has been reached (现有…, 2020年达到…) is none; at most
it is a baseline. The time a clause belongs to is carried on from the nearest 到20XX年 before it, within a section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kechuang.language.bounds import bound_after, bound_before
from kechuang.language.dates import plan_number_years
from kechuang.language.numerals import CHINESE, parse_number
from kechuang.language.quantity import Quantity, quantities
from kechuang.plan.model import Baseline, Target
from kechuang.plan.outline import Section
from kechuang.plan.tables import table_targets
from kechuang.plan.text import Source, leads_in

_GOALS = re.compile(r"目标|指标")
_PAST_SECTION = re.compile(r"基础|现状|成就|成效|成绩|回顾|形势|背景|进展|完成情况|问题|困难")
_UNTIL = re.compile(
    r"(?:到|至|截至|截止)\s*(\d{4})\s*年(?:底|末)?|(\d{4})年(?:底|末)?[，,]?(?:力争|实现|达到|要|前)|[“\"]?([十一二三四五六七八九]{1,3})五[”\"]?(?:规划)?(?:期?末|期间|时期|末期)"
)
_WITHIN = re.compile(
    r"(?:(\d{1,2}|[一二三四五六七八九十])年内|未来(\d{1,2}|[一二三四五六七八九十两])年|规划期内)"
)
_PER_YEAR = re.compile(r"每年|年均(?!(?:分别|均|约|各)?(?:增长|增速|下降|降低|提高|增加|减少))|逐年")
_REACHED = re.compile(
    r"(?:已经?|已有|现有|目前|现已|累计已|截至目前|以来|上年|同期|去年|完成了|建成了|达到了|实现了|较[^，。]{0,8}增长了)"
)
#: Verbs with which a count of things is promised: 培育100家…; a count after any other word is no target.
_ACT = (
    r"(?:重点|大力|积极|新|累计|力争|计划|再|共|至少|每年|全省|全市|全县|全区|全州|努力|争取|拟|组织|推动|推进|完成|支持|并|和|、|或)*"
    r"(?:引进|培养|培育|选拔|选派|资助|扶持|培训|建设|建成|新建|筹建|创建|打造|新增|发展|组建|设立|认定|遴选|布局|建立|孵化|转化|形成|支持|"
    r"开展|实施|推广|攻克|突破|制定|制修订|申请|获得|取得|组织|发动|招引|吸引|改造|完成|达到|拥有|开发|合作|与|派出|认证|扩建|改扩建|举办|聚集|集聚)+"
    r"(?:形成|培养|培育|国家级|省级|市级|自治区级|各类|重点|一批|了|不少于|达到?|有)*"
)
_ACTING = re.compile(rf"{_ACT}$")
_ACT_HEAD = re.compile(rf"^{_ACT}")
#: Things that are counted without being promised: 提出20个目标、实施六大工程.
_NO_GOAL = re.compile(
    r"(?:具体|主要|重点|重大|专项|方面|个)*(?:目标|指标|方面|维度|原则|任务|工程|行动|部分|阶段|举措|措施|环节|步骤|章|条|篇|个字|关系|能力|批次|重点领域|领域|主导产业|优势产业|新兴产业|支柱产业|产业体系|经济带|城镇群|中心|龙头|部门|年|周年|世纪|小时|分钟|重点基础设施建设项目|岁以[上下])"
)
_LEAD_WORDS = re.compile(
    r"^(?:(?:其中|同时|此外|另外|并且|并|使|将|要|以及|和|及|到|至|力争|确保|努力|争取|实现|预计|计划|推动|保持|其|或|全面|基本|进一步|在|"
    r"目标|主要|预期|总体|累计|发展|形成|培育|培养|建成|创建|新增|达到|构建|让|促进|新建|建设)|[，、：；\s])+(?=\S{2})"
)
_GROWTH = re.compile(r"增长|下降|降低|减少|提高|增加|提升|缩短|压减")
_ALL = re.compile(
    r"(?P<name>[^，。；、：\s]{2,20}?)(?P<verb>(?:实现|达到)?(?:覆盖|普及))(?P<all>全部|所有|全体|各|每个|全)(?:的)?(?P<of>[\u4e00-\u9fa5]{1,12})"
)
_FULL = re.compile(
    r"(?P<name>[^，。；、：“”\s]{3,16}?)(?:实现|达到)?(?P<all>全覆盖|全面覆盖|覆盖率?达?到?百分之百)"
)
_FROM = re.compile(
    r"(?:由|从)(?P<when>(?:如今|目前|现在|当前|现有|(?:20\d\d)年(?:底|末)?|上年|基期)?的?)\s*(?:不足|约|近)?$"
)
_COMPARED = re.compile(
    r"(?:比|较|相比|与)(?:20\d\d年|上年|[“\"]?[十一二三四五六七八九]+五[”\"]?末?)[^，。；]{0,4}$"
)
_BOTH = re.compile(r"分别|均|各")


@dataclass
class _Time:
    """What time the clause at hand speaks of."""

    year: int | None
    active: bool
    explicit: bool = False
    per_year: bool = False
    past: bool = False


def find_targets(source: Source, root: Section, period: tuple[int, int] | None) -> list[Target]:
    """The targets of a document with ids T1… in order of the text; what is stated twice counts once."""
    found = [*_text_targets(source, root, period), *table_targets(source, period)]
    found.sort(key=lambda target: target.span.start if target.span else 0)
    unique: list[Target] = []
    names: dict[tuple[float | None, str, int | None], list[str]] = {}
    for target in found:
        said = names.setdefault((target.value, target.unit, target.year), [])
        if not any(target.name in name or name in target.name for name in said):
            said.append(target.name)
            unique.append(target)
    return [target.model_copy(update={"id": f"T{number}"}) for number, target in enumerate(unique, start=1)]


def _text_targets(source: Source, root: Section, period: tuple[int, int] | None) -> Iterator[Target]:
    for section, trail in _walk(root, []):
        titles = [part.title for part in trail if part.title]
        goals = any(_GOALS.search(title) for title in titles)
        past = any(_PAST_SECTION.search(title) for title in titles) and not goals
        time = _Time(period[1] if period else None, goals and not past)
        if section.title and section.rest is None:
            _advance(time, section.title, period)
        for start, end in section.spans():
            yield from _of_paragraph(source, start, end, time, period, past)
            if not goals:
                time = _Time(period[1] if period else None, False)


def _walk(section: Section, trail: list[Section]) -> Iterator[tuple[Section, list[Section]]]:
    here = [*trail, section]
    yield section, here
    for child in section.sections:
        yield from _walk(child, here)


def _of_paragraph(
    source: Source, start: int, end: int, time: _Time, period: tuple[int, int] | None, past: bool
) -> Iterator[Target]:
    leads, partners = leads_in(source.text[start:end])
    head = source.text[start : start + 24]
    if re.match(r"[^，。]{0,16}(?:目标|指标)[^，。]{0,6}[：:]", head):
        time.active = not past
    time.explicit = time.past = False
    for first, last in source.split(start, end, "。！？"):
        if past and not _UNTIL.search(source.text, first, last):
            continue
        for target in _of_sentence(source, first, last, time, period):
            yield target.model_copy(update={"lead": leads, "partners": partners})


def _of_sentence(
    source: Source, start: int, end: int, time: _Time, period: tuple[int, int] | None
) -> Iterator[Target]:
    reached = False
    before: _Clause | None = None
    for first, last in source.split(start, end, "，；"):
        clause = source.text[first:last]
        moved = _advance(time, clause, period)
        if moved is not None:
            reached, time.past = False, not moved
        elif _REACHED.search(clause):
            reached = True
        time.per_year = bool(_PER_YEAR.search(clause))
        if reached or time.past or not (time.active or time.per_year):
            continue
        reader = _Clause(source, first, last, time, before)
        yield from reader.targets()
        before = reader


def _advance(time: _Time, clause: str, period: tuple[int, int] | None) -> bool | None:
    """Move ``time`` by what a clause says; True for a time to come, False for one past, None if it says none."""
    moved: bool | None = None
    for match in _UNTIL.finditer(clause):
        year = int(match[1] or match[2]) if match[1] or match[2] else None
        if year is None:
            years = plan_number_years(match[3])
            if years is None:
                continue
            year = years[1]
        if _COMPARED.search(clause[: match.end()]):
            continue
        moved = period is None or year >= period[0]
        if moved:
            time.year, time.active, time.explicit = year, True, True
    within = _WITHIN.search(clause)
    if within and moved is None:
        length = parse_number(within[1] or within[2] or "") if within[1] or within[2] else None
        if period is None or length is None or period[0] + int(length) - 1 >= period[1]:
            time.year = period[1] if period else time.year
        else:
            time.year = period[0] + int(length) - 1
        time.active = time.explicit = moved = True
    return moved


class _Clause:
    """One clause (between commas) and the quantities in it."""

    def __init__(self, source: Source, start: int, end: int, time: _Time, before: _Clause | None) -> None:
        self.source, self.start, self.end, self.time, self.before = source, start, end, time, before
        self.text = source.text[start:end]
        #: Whether the clause promises to do a number of things (培育100家…), as the next may go on doing.
        self.acting = False

    def targets(self) -> Iterator[Target]:
        everything = self._all_of()
        if everything is not None:
            yield everything
            return
        found = [quantity for quantity in quantities(self.text) if self._counts(quantity)]
        edge, waiting, carried = 0, list[str](), None
        baseline: Baseline | None = None
        for place, quantity in enumerate(found):
            following = found[place + 1] if place + 1 < len(found) else None
            after = bound_after(self.text, quantity.end)
            if waiting:
                yield self._target(waiting.pop(0), quantity, edge, after.end, None)
                edge = after.end
                continue
            before = self.text[edge : quantity.start]
            since = _FROM.search(before)
            if since and following is not None:
                baseline = _baseline(quantity, since["when"])
                start = self._name_start(edge, edge + since.start())
                carried = (start, edge + since.start())
                edge = quantity.end
                continue
            names = self._names(edge, quantity, after.end, following, carried)
            if len(names) > 1 and following is not None and self._adjacent(after.end, following):
                waiting = [name for name, _, _ in names[1:]]
                names = names[:1]
            edge = after.end
            for name, start, stop in names:
                edge = max(edge, stop)
                yield self._target(name, quantity, start, stop, baseline)
            baseline, carried = None, None

    def _adjacent(self, stop: int, following: Quantity) -> bool:
        """Whether the next quantity stands right behind, as in 15%、10%."""
        return not self.text[stop : following.start].strip("、和及以与 ")

    def _counts(self, quantity: Quantity) -> bool:
        """Whether a number in the clause may be a target's value at all."""
        text, start, end = self.text, quantity.start, quantity.end
        if quantity.unit == "年" and (1900 <= quantity.value <= 2200 or text[end : end + 1] in "内来起度"):
            return False
        if quantity.unit in ("", "年") and 1900 <= quantity.value <= 2200 and not quantity.words:
            return False
        if not quantity.unit and text[end : end + 1].isascii() and text[end : end + 1].isalpha():
            return False
        if text[max(0, start - 1) : start] in ("第", "“", "表", "图", "附"):
            return False
        if text[:start].count("（") > text[:start].count("）"):
            return False
        if (
            not quantity.unit
            and "一" <= text[end : end + 1] <= "龥"
            and not bound_after(text, end).comparator
        ):
            return False
        if quantity.unit == "年" and re.search(r"(?:未来|近|过去|今后|这|前|后|满)$", text[:start]):
            return False
        bare = all(sign in "十百千" for sign in text[start:end] if sign in CHINESE)
        if quantity.words and quantity.unit and bare:
            return False
        if (
            quantity.words
            and quantity.value == 1
            and not (self.time.per_year and quantity.unit in ("个", "家", "所"))
        ):
            return False
        return not (quantity.unit in ("大", "") and quantity.words and "分之" not in text[start:end])

    def _names(
        self,
        edge: int,
        quantity: Quantity,
        stop: int,
        following: Quantity | None,
        carried: tuple[int, int] | None,
    ) -> list[tuple[str, int, int]]:
        """(name, start, end) of each target this quantity is the value of; [] where it is none.

        ``edge`` is where the quantity before ended, ``stop`` where this one does with its bounding words, and
        ``carried`` the characters of a name that stood before its baseline (从3万支增加到4万支).
        """
        bound = bound_before(self.text, quantity.start)
        name_end = bound.start if bound.start is not None and bound.start >= edge else quantity.start
        name_start = self._name_start(edge, name_end)
        tail = self.text[stop : following.start if following else len(self.text)]
        thing = re.match(r"[^，；。、（）]{2,40}", tail)
        if carried is None and thing and quantity.unit not in ("%", "‰", ""):
            doing = self._doing(edge, quantity, name_start, name_end)
            if doing:
                if _NO_GOAL.match(thing.group()) or not (self.time.explicit or self.time.per_year):
                    return []
                self.acting = True
                end = self._thing_end(stop, following)
                return [(self.text[stop:end].strip(), name_start if doing == "on" else edge, end)]
        between = self.text[name_end : quantity.start]
        if carried is not None:
            name_start, name_end = carried
        name = self.text[name_start:name_end]
        growth = between.strip()[-2:]
        if carried is None and _GROWTH.fullmatch(growth) and not re.search(r"[到至在]", between):
            name += growth
        clean = _clean(name)
        bounded = bound.comparator is not None or bound_after(self.text, quantity.end).comparator is not None
        if not self._is_name(clean, quantity, bounded=bounded, thing=bool(thing), tail=tail):
            return []
        many = [part for part in re.split(r"[、和及与]", clean) if len(part) >= 2]
        if _BOTH.search(between + self.text[max(edge, name_end - 2) : name_end]) and len(many) > 1:
            verb = growth if _GROWTH.fullmatch(growth) else ""
            return [(part if part.endswith(verb) else part + verb, name_start, stop) for part in many]
        return [(clean, name_start, stop)]

    def _doing(self, edge: int, quantity: Quantity, name_start: int, name_end: int) -> str:
        """Whether a number of things is promised to be done here ("new"), or as before ("on"), or not ("")."""
        if _ACTING.search(self.text[edge : quantity.start].strip()):
            return "new"
        nothing = not self.text[edge:name_end].strip("、和及以与 ")
        if edge > 0 and nothing and self.acting:
            return "on"
        if self.before is not None and self.before.acting and not self.text[name_start:name_end].strip():
            return "on"
        return ""

    def _is_name(self, name: str, quantity: Quantity, *, bounded: bool, thing: bool, tail: str) -> bool:
        """Whether ``name`` can be what the quantity measures."""
        if len(name) < 2 or re.fullmatch(r"[\d.%‰\s]+", name) or _NO_GOAL.fullmatch(name):
            return False
        if bounded:
            return True
        if thing and not tail.startswith("（"):
            return False
        if not quantity.unit and not re.search(r"率|系数|比|指数", name):
            return False
        return not _NO_GOAL.match(self.text[quantity.end : quantity.end + 8])

    def _name_start(self, edge: int, name_end: int) -> int:
        start = edge
        while start < name_end and self.text[start] in "、，和及与以 （）":
            start += 1
        colon = max(self.text.rfind(sign, start, name_end) for sign in "：:")
        return colon + 1 if colon >= start else start

    def _thing_end(self, stop: int, following: Quantity | None) -> int:
        limit = len(self.text)
        if following is not None:
            cut = max(self.text.rfind(sign, stop, following.start) for sign in "、和及")
            limit = cut if cut > stop else following.start
        return limit

    def _target(
        self, name: str, quantity: Quantity, start: int, stop: int, baseline: Baseline | None
    ) -> Target:
        before, after = bound_before(self.text, quantity.start), bound_after(self.text, quantity.end)
        comparator = before.comparator or after.comparator
        if after.comparator == "~" or (before.comparator in (None, ">=") and after.comparator):
            comparator = after.comparator
        if comparator is None:
            comparator = (
                ">=" if "累计" in self.source.text[max(0, self.start - 60) : self.start + stop] else "="
            )
        if quantity.high is not None:
            comparator = "range"
        unit = quantity.unit + (
            "/年" if self.time.per_year and quantity.unit and not quantity.unit.endswith("/年") else ""
        )
        return Target(
            id="T0",
            name=self._as_written(name),
            comparator=comparator,
            value=quantity.value,
            high=quantity.high,
            unit=unit,
            year=self.time.year,
            baseline=baseline,
            direction="down" if comparator in ("<=", "<") else "up",
            per_year=self.time.per_year,
            span=self.source.span(self.start + start, self.start + stop),
            confidence=0.9 if before.comparator or after.comparator else 0.7,
        )

    def _as_written(self, name: str) -> str:
        """``name`` in the characters of the document (traditional stay traditional)."""
        at = self.source.text.find(name, self.start, self.end)
        return self.source.document.text[at : at + len(name)] if at != -1 else name

    def _all_of(self) -> Target | None:
        """科技特派员覆盖全部行政村: 100 % of what is listed."""
        match = _ALL.search(self.text) or _FULL.search(self.text)
        if match is None:
            return None
        if any(self._counts(quantity) for quantity in quantities(self.text[match.start() :])):
            return None
        of = match.groupdict().get("of") or ""
        start = self._name_start(0, match.start("name") + 1) if match.start("name") else 0
        name = _clean(self.text[start : match.end("name")]) + ("覆盖" + of if of else "覆盖率")
        quantity = Quantity(100.0, "%", match.start("all"), match.end("all"))
        target = self._target(name + ("比例" if of else ""), quantity, start, match.end(), None)
        return target.model_copy(update={"comparator": "=", "direction": "up", "confidence": 0.9})


def _clean(name: str) -> str:
    name = _LEAD_WORDS.sub("", name.strip(" ，。；：、"))
    name = re.sub(r"^(?:到|至|截至)?\d{4}年(?:底|末)?[，,]?(?:全[省市县区州]力争|力争)?", "", name)
    name = _LEAD_WORDS.sub("", name)
    name = re.sub(r"(?:力争|分别|均|各|约|将|要|目标|数量由|由|从|共|总计|保持)+$", "", name)
    return name.strip(" ，。；：、“”")


def _baseline(quantity: Quantity, when: str) -> Baseline | None:
    year = re.search(r"20\d\d", when)
    if year is None:
        return None
    return Baseline(value=quantity.value, year=int(year.group()))
