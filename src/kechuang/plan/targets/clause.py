"""One clause (between commas) and the targets in it: 名称 + 达到 + 数量, 培育 + 数量 + 事物, and their kin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kechuang.language.bounds import Bound, bound_after, bound_before
from kechuang.language.numerals import CHINESE
from kechuang.language.quantity import Quantity, quantities
from kechuang.plan.model import Baseline, Comparator, Target
from kechuang.plan.targets import forms
from kechuang.plan.targets.names import GOES_ON, base, carried, clean, shared
from kechuang.plan.targets.times import Time
from kechuang.plan.text import Source

#: Verbs with which a count of things is promised: 培育100家…; a count after any other word is no target.
_ACT = (
    r"(?:重点|大力|积极|新|累计|力争|计划|再|共|至少|每年|全省|全市|全县|全区|全州|努力|争取|拟|组织|推动|推进|完成|支持|并|和|、|或|确保|总共|分批|各|年均|每年度)*"
    r"(?:引进|引育|培养|培育|选拔|选派|选聘|资助|扶持|培训|建设|建成|新建|筹建|创建|打造|新增|发展|组建|设立|认定|遴选|布局|建立|孵化|转化|形成|支持|"
    r"开展|实施|推广|攻克|突破|制定|制修订|制订|修订|申请|获得|取得|组织|发动|招引|吸引|改造|完成|达到|拥有|开发|合作|与|派出|认证|扩建|改扩建|举办|聚集|集聚|"
    r"增加|落实|安排|培植|壮大|落地|引导|示范|选树|评选|命名|建好|做强|推出|研制|研发|出版|编制|发布|处置|治理|修复|完善|配备|配置|储备|整合|搭建|承担|争取|争创|创成|"
    r"招录|招募|招收|储备|提供|打通|关停|淘汰|腾退|整治|种植|栽植|造林|植树|投放|铺设|架设|更新|购置|投入|投资|实现|签订|签约|服务|解决|带动|培优|入库|上市|推动|收储|盘活|绿化)+"
    r"(?:形成|培养|培育|国家级|省级|市级|自治区级|各类|重点|一批|了|不少于|不低于|不超过|达到?|有|约|近|超过?|至少|共|等)*"
)
_ACTING = re.compile(rf"{_ACT}$")
#: Things that are counted without being promised: 提出20个目标、实施六大工程.
_NO_GOAL = re.compile(
    r"(?:具体|主要|重点|重大|专项|方面|个)*(?:目标|指标|方面|维度|原则|任务|工程|行动|部分|阶段|举措|措施|环节|步骤|章|条|篇|个字|关系|能力|批次|重点领域|领域|"
    r"主导产业|优势产业|新兴产业|支柱产业|产业体系|经济带|城镇群|中心|龙头|部门|年|周年|世纪|小时|分钟|重点基础设施建设项目|岁以[上下]|圈|体系|格局|定位|战略|理念|转变|统筹|层次|层级|类别|大类|专栏|附件)"
)
_GROWTH = re.compile(r"增长|下降|降低|减少|提高|增加|提升|缩短|压减|缩小|上升|递增|净增|新增")
_RATE_OF_GROWTH = re.compile(r"(?:增长|增速|增幅|增长率|递增|提高|提升|下降|降低)$")
#: What a clause without a number speaks of, for the next: 收入与经济增长同步，年均增长7%.
_SPOKEN_OF = re.compile(
    r"(?P<name>[^，。；]{2,24}?)(?:与[^，。；]{2,12}同步|(?:超过|高于|达到|优于|低于)[^，。；]{2,10}水平|"
    r"(?:稳步|持续|大幅|显著|明显|进一步|逐步|不断|较快|平稳)+(?:增长|提高|提升|增加|下降|降低|扩大|改善|缩小|壮大))"
)
#: What a note in brackets counts of the whole: 1000名（其中领军人才50名）.
_INSIDE = re.compile(r"（(?:其中|含|包括|包含)(?P<inside>[^（）]{3,40})）")
_BRACKETS = re.compile(r"（[^（）]{1,12}）")
_EACH_HAS = re.compile(r"每[个一]?[\u4e00-\u9fa5（）、]{1,8}(?:有|拥有|配备|建成|建有|达到)(?:至少|不少于)?$")
_PER_HEAD = re.compile(r"^每(?:[百千万]|十万)?名?(?:常住|户籍|就业|服务)?(?:人口|人员|人|户)")
_TOTAL = re.compile(r"^(?:总数|总量|总额|总人数|数量|累计|保有量|总规模)$")
_FROM = re.compile(
    r"(?:由|从)(?P<when>(?:如今|目前|现在|当前|现有|现状|(?:20\d\d)年(?:底|末)?|上年|基期|[“\"]?十[一二三四五六]五[”\"]?(?:期)?末)?的?)\s*(?:不足|约|近)?$"
)
_THAN = re.compile(
    r"(?:比|较|相比|相较于?)(?P<when>(?:20\d\d年(?:底|末)?|上年|基期|[“\"]?十[一二三四五六]五[”\"]?(?:期)?末))的$"
)
_YEAR_LAST = re.compile(r"(20\d\d)年(?:底|末)?(?:力争|将|预计)?$")
_BOTH = re.compile(r"分别|均|各|都")
#: Numbers that belong to a name: 3岁以下婴幼儿, 亩均10万元以上企业, 24小时, 5G, 4A级.
_OF_A_NAME = re.compile(
    r"(?:小时|分钟|G|A级|A景区|级|号|强|号线|代|星级|D|大|类|权|型|式|核|极|带|轴|心|廊|园|山|江|湖|线城市|点半)"
)
_MORE_THAN = re.compile(r"(?:及|或|及其)?以[上下内]|左右")
#: What makes so many years a span of time: 5年内, 五年累计, 三年行动.
_SPAN_OF_YEARS = re.compile(
    r"[内来起度间]|累计|时间|期|行动|规划|计划|共|左右的?时间|多?以来|努力|一[贯个遇]"
)
#: What may stand between two numbers of a list.
_BETWEEN = "、和及以与上约近 "
_STRIVING = re.compile(r"力争|确保|至少|累计")
_DOWN = re.compile(
    r"死亡率|发生率|失业率|漏损率|辍学率|差错率|事故|浓度|负债率|不良率|贫困|能耗|水耗|用水量|排放量|倍差|差距|时限|耗时"
)


@dataclass
class Clause:
    """Characters ``start``–``end`` of a document and the clause ``before`` it goes on from.

    ``acting`` says whether it promises to do a number of things (培育100家…), as the next may go on doing;
    ``subject`` is what its last target is called, for the next that names none (…，达到120家).
    """

    source: Source
    start: int
    end: int
    time: Time
    before: Clause | None = None
    acting: bool = False
    subject: str = ""
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.text = self.source.text[self.start : self.end]
        if not self.subject and self.before is not None:
            self.subject = self.before.subject

    def targets(self) -> Iterator[Target]:
        """The targets of this clause, from left to right."""
        formed, edge = self._formed()
        if formed is not None:
            yield formed
        if edge < len(self.text):
            yield from self._counted(edge)
        if not self.subject and (spoken := _SPOKEN_OF.match(self.text)):
            self.subject = clean(spoken["name"])
        for match in _INSIDE.finditer(self.text):
            inner = Clause(
                self.source, self.start + match.start("inside"), self.start + match.end("inside"), self.time
            )
            yield from inner.targets()

    # -- without a number of their own -----------------------------------------------------------

    def _formed(self) -> tuple[Target | None, int]:
        """A target of ``forms`` and where reading goes on; the clause's length where nothing is left."""
        covered = forms.coverage(self.text)
        if covered and not any(self._counts(q) for q in quantities(self.text[covered.start :])):
            return self._of_form(covered, 0.9), len(self.text)
        for find in (forms.rank, forms.multiple, forms.half, forms.breakthrough):
            form = find(self.text)
            if form is not None and not any(
                True for q in quantities(self.text[: form.start + len(form.name)]) if self._counts(q)
            ):
                return self._of_form(form, 0.8), form.end
        return None, 0

    def _of_form(self, form: forms.Form, confidence: float) -> Target | None:
        start = self._name_start(form.start, form.start + max(1, len(form.name)))
        name = clean(form.name[start - form.start :] if start < form.start + len(form.name) else form.name)
        if len(name) < 2 or GOES_ON.match(name):
            name = carried(self.subject, name) if self.subject else name
        if len(name) < 2:
            return None
        self.subject = name
        return Target(
            id="T0",
            name=self._as_written(name),
            comparator=_comparator(form.comparator),
            value=form.value,
            multiple=form.multiple,
            unit=form.unit,
            year=self.time.year,
            direction="down" if form.comparator == "<=" else "up",
            span=self.source.span(self.start + start, self.start + form.end),
            confidence=confidence,
            note=form.note,
        )

    # -- with a number ---------------------------------------------------------------------------

    def _counted(self, edge: int) -> Iterator[Target]:
        found = [q for q in quantities(self.text) if q.start >= edge and self._counts(q)]
        found = [q for place, q in enumerate(found) if not self._of_a_name(q, found[place + 1 :])]
        waiting, held = list[str](), None
        kept: tuple[int, int] | None = None
        baseline: Baseline | None = None
        last: Target | None = None
        for place, read in enumerate(found):
            quantity = read
            following = found[place + 1] if place + 1 < len(found) else None
            after = self._after(quantity)
            if waiting:
                yield self._target(waiting.pop(0), quantity, edge, after.end, None, held)
                edge = after.end
                continue
            before = self.text[edge : quantity.start]
            since = _FROM.search(before)
            if since and (following is not None or quantity.high is not None):
                start = self._name_start(edge, edge + since.start())
                kept = (start, edge + since.start())
                low = Quantity(quantity.value, quantity.unit, quantity.start, quantity.end)
                baseline, edge = self._baseline(low, since["when"]), quantity.end
                if quantity.high is None:
                    continue
                quantity = Quantity(quantity.high, quantity.unit, quantity.start, quantity.end)
                names = [(clean(self.text[kept[0] : kept[1]]) or self.subject, kept[0], after.end)]
            else:
                than = _THAN.search(before)
                if than:  # 较2020年的1.2%提高…: where the target before starts from
                    edge = quantity.end
                    continue
                names = self._names(edge, quantity, after.end, following, kept)
            yearly = self._yearly(names, found[place:])
            if yearly:
                yield from yearly
                return
            if len(names) > 1 and following is not None and self._adjacent(after.end, following):
                waiting = [name for name, _, _ in names[1:]]
                names = names[:1]
                held = bound_before(self.text, quantity.start)
            elif _in_a_row(names, last, self.text[edge : quantity.start]):
                pass
            else:
                held = bound_before(self.text, quantity.start)
            edge = after.end
            for name, start, stop in names:
                edge = max(edge, stop)
                last = self._target(name, quantity, start, stop, baseline, held)
                self.subject = name
                yield last
            baseline, kept = None, None

    def _yearly(self, names: list[tuple[str, int, int]], found: list[Quantity]) -> list[Target]:
        """One name, several years, as many numbers: 到2023年、2025年，…分别达到1.8%、2.2%."""
        years = self.time.years
        if len(names) != 1 or len(years) < 2 or len(found) != len(years) or "分别" not in self.text:
            return []
        (name, start, _), held = names[0], bound_before(self.text, found[0].start)
        told, edge = [], start
        for year, quantity in zip(years, found, strict=True):
            stop = self._after(quantity).end
            told.append(
                self._target(name, quantity, edge, stop, None, held).model_copy(update={"year": year})
            )
            edge = quantity.end
        self.subject = name
        return told

    def _after(self, quantity: Quantity) -> Bound:
        """The bounding words behind a number, also behind a note to its unit: 10人（团队）以上."""
        noted = _BRACKETS.match(self.text, quantity.end)
        if noted and not any(True for _ in quantities(noted.group())):
            bound = bound_after(self.text, noted.end())
            return bound if bound.comparator else Bound(None, None, noted.end())
        return bound_after(self.text, quantity.end)

    def _adjacent(self, stop: int, following: Quantity) -> bool:
        """Whether the next quantity stands right behind, as in 15%、10%."""
        return not self.text[stop : following.start].strip(_BETWEEN)

    def _of_a_name(self, quantity: Quantity, rest: list[Quantity]) -> bool:
        """Whether a number is part of the name of what a later one counts: 年产值10亿元以上企业5家."""
        text, end = self.text, quantity.end
        more = _MORE_THAN.match(text, end)
        stop = more.end() if more else end
        noun = re.match(r"的?[\u4e00-\u9fa5]", text[stop:])
        if _FROM.search(text[: quantity.start]) or _THAN.search(text[: quantity.start]):
            return False
        head = text[: quantity.start]
        if rest:
            between = text[stop : rest[0].start]
            joined = noun is not None and not re.search(r"[、；（）]|其中|和(?=[^和]{2,}$)", between)
            bound = bound_before(text, rest[0].start)
            bare = bound.start is None or bound.start <= stop
            if joined and not bound_before(text, quantity.start).comparator and more:
                return True
            if joined and bare and rest[0].start - stop <= 16 and not _GROWTH.search(head[-4:]):
                return more is not None or re.search(r"(?:超|过|上|破|满|近)$", head) is not None
            return False
        if more is None or noun is None or text[stop : stop + 1] in "的":
            return False
        exact = bound_before(text, quantity.start)
        return (
            exact.comparator is None
            and quantity.unit in ("岁", "万元", "亿元", "元", "平方米", "亩", "人")
            and not _ACTING.search(head)
        )

    def _counts(self, quantity: Quantity) -> bool:
        """Whether a number in the clause may be a target's value at all."""
        text, start, end = self.text, quantity.start, quantity.end
        if quantity.unit == "年" and (1900 <= quantity.value <= 2200 or _SPAN_OF_YEARS.match(text, end)):
            return False
        if quantity.unit in ("", "年") and 1900 <= quantity.value <= 2200 and not quantity.words:
            return False
        if not quantity.unit and text[end : end + 1].isascii() and text[end : end + 1].isalpha():
            return False
        if text[end : end + 1] == "级" or (not quantity.unit and _OF_A_NAME.match(text, end)):
            return False
        if quantity.unit in ("小时", "分钟", "天", "公里", "年", "岁") and re.match(
            r"(?:以内的?)?(?:经济|通勤|交通|生活|服务|就医|圈|制|一贯制|达|义务)", text[end:]
        ):
            return False
        span = quantity.unit in ("小时", "分钟") and re.match(r"[\u4e00-\u9fa5]", text[end:])
        if span and not bound_before(text, start).comparator and not bound_after(text, end).comparator:
            return False
        if text[max(0, start - 1) : start] in ("第", "“", "表", "图", "附", "栏"):
            return False
        if text[:start].count("（") > text[:start].count("）"):
            return False
        if text[:start].count("《") > text[:start].count("》"):
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
        if quantity.words and quantity.unit and bare and quantity.unit != "%":
            return False
        if (
            quantity.words
            and quantity.value == 1
            and not (self.time.per_year and quantity.unit in ("个", "家", "所"))
        ):
            return False
        return not (
            quantity.unit in ("大", "")
            and quantity.words
            and "分之" not in text[start:end]
            and text[start:end] != "一半"
        )

    def _names(
        self,
        edge: int,
        quantity: Quantity,
        stop: int,
        following: Quantity | None,
        kept: tuple[int, int] | None,
    ) -> list[tuple[str, int, int]]:
        """(name, start, end) of each target this quantity is the value of; [] where it is none.

        ``edge`` is where the quantity before ended, ``stop`` where this one does with its bounding words, and
        ``kept`` the characters of a name that stood before its baseline (从3万支增加到4万支).
        """
        bound = bound_before(self.text, quantity.start)
        name_end = bound.start if bound.start is not None and bound.start >= edge else quantity.start
        name_start = self._name_start(edge, name_end)
        tail = self.text[stop : following.start if following else len(self.text)]
        thing = re.match(r"[^，；。、（）]{2,40}", tail)
        if kept is None and thing and quantity.unit not in ("%", "‰", "", "个百分点"):
            doing = self._doing(edge, quantity, name_start, name_end)
            if doing:
                if _NO_GOAL.match(thing.group()) or (not self.time.active and not self.time.per_year):
                    return []
                self.acting = True
                end = self._thing_end(stop, following)
                return [
                    (
                        self.text[stop:end].strip().removeprefix("的"),
                        name_start if doing == "on" else edge,
                        end,
                    )
                ]
        share = self._share(edge, quantity, tail)
        if kept is None and share is not None:
            return [share]
        between = self.text[name_end : quantity.start]
        if kept is not None:
            name_start, name_end = kept
        name = self.text[name_start:name_end]
        growth = between.strip()[-2:]
        if kept is None and _GROWTH.fullmatch(growth) and not re.search(r"[到至在]", between):
            name += growth
        dated = _YEAR_LAST.search(name)
        if dated and self.time.base is not None and int(dated[1]) > self.time.base:
            self.time.year = int(dated[1])
            name = name[: dated.start()]
        plain = clean(name)
        bounded = bound.comparator is not None or self._after(quantity).comparator is not None
        on = self._carried(plain, edge, quantity, bound, dated=dated is not None)
        if on is not None:
            return [(on, name_start, stop)]
        if not self._is_name(plain, quantity, bounded=bounded, thing=bool(thing), tail=tail):
            return []
        per_head = re.search(r"每(?:[百千万]|十万)?名?(?:常住|就业|服务)?(?:人口|人员|人|户)", between)
        if per_head:
            plain = per_head.group() + plain
        both = between + self.text[max(edge, name_end - 2) : name_end]
        many = shared(plain)
        if _BOTH.search(both) and len(many) > 1:
            return [(part, name_start, stop) for part in many]
        return [(plain, name_start, stop)]

    def _carried(self, plain: str, edge: int, quantity: Quantity, bound: Bound, *, dated: bool) -> str | None:
        """The name of a clause that names nothing of its own: …，达到120家; …，年均增长10%."""
        if self.subject and edge and dated and not plain and bound.comparator is not None:
            return base(self.subject)
        if self.subject and edge and _TOTAL.match(plain):
            return carried(self.subject, plain)
        if not self.subject or edge:
            return None
        if not plain and bound.comparator is not None:
            return base(self.subject) if not _GROWTH.search(self.text[: quantity.start][-2:]) else None
        if plain and GOES_ON.match(plain) and not plain.startswith("每年") and len(plain) <= 16:
            return carried(self.subject, plain)
        return None

    def _share(self, edge: int, quantity: Quantity, tail: str) -> tuple[str, int, int] | None:
        """90%以上的企业建有研发机构: the share of what follows."""
        if quantity.unit != "%" and "分之" not in self.text[quantity.start : quantity.end]:
            return None
        head = clean(self.text[edge : quantity.start])
        match = re.match(r"的(?P<what>[^，；。、（）]{4,40})", tail)
        if match is None or (head and not re.fullmatch(r"(?:全[省市县区州]|有|约|近|超过?)*", head)):
            return None
        at = self.text.find(match["what"], quantity.end)
        return match["what"] + "的比例", edge, at + len(match["what"])

    def _doing(self, edge: int, quantity: Quantity, name_start: int, name_end: int) -> str:
        """Whether a number of things is promised to be done here ("new"), or as before ("on"), or not ("")."""
        head = self.text[edge : quantity.start].strip()
        if _ACTING.search(head) or _EACH_HAS.search(head):
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
        self,
        name: str,
        quantity: Quantity,
        start: int,
        stop: int,
        baseline: Baseline | None,
        held: Bound | None,
    ) -> Target:
        before, after = bound_before(self.text, quantity.start), self._after(quantity)
        comparator = before.comparator or after.comparator or (held.comparator if held else None)
        if after.comparator == "~" or (comparator in (None, ">=") and after.comparator):
            comparator = after.comparator
        if comparator is None:
            striving = _STRIVING.search(self.text[: quantity.start])
            since = "累计" in self.source.text[max(0, self.start - 60) : self.start + stop]
            comparator = ">=" if striving or since or _RATE_OF_GROWTH.search(name) else "="
        if quantity.high is not None:
            comparator = "range"
        unit = quantity.unit + (
            "/年" if self.time.per_year and quantity.unit and not quantity.unit.endswith("/年") else ""
        )
        down = comparator in ("<=", "<") or (_DOWN.search(name) and not _GROWTH.search(name[-4:]))
        at = self.text.find(name, start, quantity.start)
        start = at if at > start and quantity.high is None and not baseline else start
        return Target(
            id="T0",
            name=self._as_written(name),
            comparator=_comparator(comparator),
            value=quantity.value,
            high=quantity.high,
            unit=unit,
            year=self.time.year,
            baseline=baseline or self._baseline_after(stop, unit),
            direction="down" if down else "up",
            per_year=self.time.per_year,
            span=self.source.span(self.start + start, self.start + stop),
            confidence=0.9 if before.comparator or after.comparator else 0.7,
        )

    def _baseline_after(self, stop: int, unit: str) -> Baseline | None:
        """Where the target starts from, told after it: 达到2%（2020年为1.2%）; 达到2%，较2020年的1.2%提高…"""
        tail = self.source.text[self.start + stop : self.start + stop + 40]
        match = re.match(
            r"（(?P<when>20\d\d年(?:底|末)?|[“\"]?十[一二三四五六]五[”\"]?末)(?:为|达到?|是|仅为)?|[，、]?(?:比|较)(?P<then>20\d\d年)的(?=\d)",
            tail,
        )
        found = next(quantities(tail[match.end() :]), None) if match else None
        if match is None or found is None or found.start > 1 or found.unit != unit:
            return None
        return self._baseline(found, match["when"] or match["then"])

    def _as_written(self, name: str) -> str:
        """``name`` in the characters of the document (traditional stay traditional)."""
        at = self.source.text.find(name, self.start, self.end)
        if at == -1:
            at = self.source.text.find(name, max(0, self.start - 200), self.end)
        return self.source.document.text[at : at + len(name)] if at != -1 else name

    def _baseline(self, quantity: Quantity, when: str) -> Baseline | None:
        year = re.search(r"20\d\d", when)
        if year is not None:
            return Baseline(value=quantity.value, year=int(year.group()))
        if self.time.base is not None and when.strip("的"):
            return Baseline(value=quantity.value, year=self.time.base)
        return None


def _in_a_row(names: list[tuple[str, int, int]], last: Target | None, before: str) -> bool:
    """Whether a number follows in a list with the words of the first: 达到120家、300家."""
    return (
        bool(names)
        and last is not None
        and before[:1] in "、和及"
        and not bound_before(before, len(before)).comparator
    )


def _comparator(sign: str) -> Comparator:
    found: Comparator = ">="
    for known in _COMPARATORS:
        if known == sign:
            found = known
    return found


_COMPARATORS: tuple[Comparator, ...] = (">=", ">", "=", "<=", "<", "~", "range")
