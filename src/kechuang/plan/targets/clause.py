"""One clause (between commas) and the targets in it: 名称 + 达到 + 数量, 培育 + 数量 + 事物, and their kin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kechuang.language.bounds import Bound, bound_after, bound_before
from kechuang.language.quantity import Quantity, quantities
from kechuang.plan.model import Baseline, Comparator, Target
from kechuang.plan.targets import forms, wording
from kechuang.plan.targets.names import GOES_ON, base, carried, clean, shared
from kechuang.plan.targets.numbers import ACT_HEAD, ACTING, FROM, GROWTH, THAN, counts, of_a_name
from kechuang.plan.targets.times import Time
from kechuang.plan.text import Source


@dataclass
class Clause:
    """Characters ``start``–``end`` of a document and the clause ``before`` it goes on from.

    ``acting`` says whether it promises to do a number of things (培育100家…), as the next may go on doing;
    ``subject`` is what its last target is called, for the next that names none (…，达到120家), ``subjects`` the names
    of the last list.
    """

    source: Source
    start: int
    end: int
    time: Time
    before: Clause | None = None
    acting: bool = False
    subject: str = ""
    subjects: tuple[str, ...] = ()
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.text = self.source.text[self.start : self.end]
        if not self.subject and self.before is not None:
            self.subject, self.subjects = self.before.subject, self.before.subjects

    def targets(self) -> Iterator[Target]:
        """The targets of this clause, from left to right."""
        formed, edge = self._formed()
        if formed is not None:
            yield formed
        if edge < len(self.text):
            yield from self._counted(edge)
        named = self.before.subject if self.before else ""
        if self.subject == named and (spoken := wording.SPOKEN_OF.match(self.text)):
            self.subject = clean(wording.ON_BASE.sub("", spoken["name"]))
            several = shared(self.subject)
            self.subjects = tuple(several) if len(several) > 1 else ()
        for match in wording.INSIDE.finditer(self.text):
            ranked = wording.RANKED.fullmatch(match["inside"])
            if ranked and self.subject:
                yield from self._ranked(match.start("inside"), ranked)
                continue
            inner = Clause(
                self.source, self.start + match.start("inside"), self.start + match.end("inside"), self.time
            )
            yield from inner.targets()

    def _ranked(self, at: int, match: re.Match[str]) -> Iterator[Target]:
        """60家机构（其中10家国家级）: so many of those just counted."""
        for quantity in quantities(match.group()):
            moved = replace(quantity, start=at + quantity.start, end=at + quantity.end)
            if counts(match.group(), quantity, self.time.per_year):
                name = match["rank"] + wording.RANKS.sub("", wording.TOLD_INSIDE.sub("", base(self.subject)))
                yield self._target(name, moved, at, at + match.end(), None, None)
            return

    # -- without a number of their own -----------------------------------------------------------

    def _formed(self) -> tuple[Target | None, int]:
        """A target of ``forms`` and where reading goes on; the clause's length where nothing is left."""
        covered = forms.coverage(self.text)
        if covered and not any(
            counts(self.text, q, self.time.per_year) for q in quantities(self.text) if q.start >= covered.end
        ):
            return self._of_form(covered, 0.9), len(self.text)
        for find in (forms.rank, forms.multiple, forms.half, forms.breakthrough):
            form = find(self.text)
            if form is not None and not any(
                True
                for q in quantities(self.text[: form.start + len(form.name)])
                if counts(self.text, q, self.time.per_year)
            ):
                return self._of_form(form, 0.8), form.end
        return None, 0

    def _of_form(self, form: forms.Form, confidence: float) -> Target | None:
        start = self._name_start(form.start, form.start + max(1, len(form.name)))
        name = clean(form.name[start - form.start :] if start < form.start + len(form.name) else form.name)
        if len(name) < 2 or GOES_ON.match(name) or (form.nameless and self.before is not None):
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
        if wording.SUBSIDY.search(self.text) or wording.SAYS.search(self.text):
            return
        if self.before is not None and wording.STRETCH.fullmatch(self.text.strip()):
            return  # 增长5.5%以上，力争6%: what is promised was said
        found = [
            q for q in quantities(self.text) if q.start >= edge and counts(self.text, q, self.time.per_year)
        ]
        found = [q for place, q in enumerate(found) if not of_a_name(self.text, q, found[place + 1 :])]
        waiting, held = list[str](), None
        kept: tuple[int, int] | None = None
        baseline: Baseline | None = None
        last: Target | None = None
        for place, read in enumerate(found):
            quantity = read
            if quantity.start < edge:
                continue
            following = found[place + 1] if place + 1 < len(found) else None
            after = self._after(quantity)
            if waiting:
                yield self._target(waiting.pop(0), quantity, edge, after.end, None, held)
                edge = after.end
                continue
            before = self.text[edge : quantity.start]
            since = FROM.search(before)
            if since and (following is not None or quantity.high is not None):
                kept = (self._name_start(edge, edge + since.start()), edge + since.start())
                baseline, edge = self._baseline(quantity, since["when"]), quantity.end
                if quantity.high is None:
                    continue
                quantity = replace(quantity, value=quantity.high, high=None)
                names = [(clean(self.text[kept[0] : kept[1]]) or base(self.subject), kept[0], after.end)]
            else:
                if THAN.search(before):  # 较2020年的1.2%提高…: where the target before starts from
                    edge = quantity.end
                    continue
                names = self._names(edge, quantity, after.end, following, kept)
            yearly = self._yearly(names, found[place:])
            if yearly:
                yield from yearly
                return
            if len(names) > 1 and following is not None and self._adjacent(after.end, following):
                self.subjects = tuple(name for name, _, _ in names)
                waiting = [name for name, _, _ in names[1:]]
                names = names[:1]
                held = bound_before(self.text, quantity.start)
            elif not _in_a_row(names, last, before):
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
        noted = wording.BRACKETS.match(self.text, quantity.end)
        if noted and not any(True for _ in quantities(noted.group())):
            bound = bound_after(self.text, noted.end())
            return bound if bound.comparator else Bound(None, None, noted.end())
        return bound_after(self.text, quantity.end)

    def _adjacent(self, stop: int, following: Quantity) -> bool:
        """Whether the next quantity stands right behind, as in 15%、10%."""
        return not self.text[stop : following.start].strip(wording.BETWEEN)

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
        tail = "" if tail.startswith("等") else tail  # …达到20件等12个指标
        thing = re.match(r"[^，；。、（）]{2,40}", tail)
        head = self.text[name_start:name_end]
        if thing and quantity.value == head.count("、") + 1 > 1 and wording.GOES_ON_WITH.match(head):
            return []  # 推进甲、乙2个园区建设 names what there is
        if kept is None and thing and quantity.unit not in ("%", "‰", "", "个百分点"):
            doing = self._doing(edge, quantity, name_start, name_end)
            if doing:
                if wording.NO_GOAL.match(thing.group()) or (not self.time.active and not self.time.per_year):
                    return []
                self.acting = True
                end = self._thing_end(stop, following)
                return [
                    (
                        wording.TOLD_INSIDE.sub("", self.text[stop:end].strip()).removeprefix("的"),
                        name_start if doing == "on" else edge,
                        end,
                    )
                ]
        if thing and quantity.unit in wording.COUNTED and wording.NO_GOAL.match(thing.group()):
            return []
        share = self._share(edge, quantity, tail)
        if kept is None and share is not None:
            return [share]
        by = wording.BY_SHARE.search(self.text[edge : quantity.start])
        if kept is None and by and re.match(r"(?:的?(?:比例|标准))?(?:配置|配备|配建|安排|提取|建设)", tail):
            return [(clean(by["who"] + by["of"]), edge + by.start(), stop)]
        sized = self._sized(edge, quantity, tail) if kept is None else None
        if sized is not None:
            return [sized]
        if kept is None and wording.ADJECTIVE.match(tail):
            return []
        between = self.text[name_end : quantity.start]
        if kept is not None:
            name_start, name_end = kept
            if name_end <= name_start and self.subject:
                return [(base(self.subject), name_start, stop)]
        name = self.text[name_start:name_end]
        growth = between.strip()[-2:]
        if kept is None and GROWTH.fullmatch(growth) and not re.search(r"[到至在]", between):
            name += growth
        dated = wording.YEAR_LAST.search(name)
        if dated and self.time.base is not None and int(dated[1]) > self.time.base:
            self.time.year = int(dated[1])
            name = name[: dated.start()]
        plain = clean(name).removesuffix("其中")
        bounded = bound.comparator is not None or self._after(quantity).comparator is not None
        both = between + self.text[max(edge, name_end - 2) : name_end]
        if "分别" in both and following is not None and self._adjacent(stop, following):
            grown = self._grown(plain, growth if growth in between else "")
            if grown is not None:
                names = [carried(subject, grown) if grown else subject for subject in self.subjects]
                return [(each, name_start, stop) for each in names]
        on = self._carried(plain, edge, quantity, bound, dated=dated is not None)
        if on is not None:
            return [(on, name_start, stop)]
        if not self._is_name(plain, quantity, bounded=bounded, thing=bool(thing), tail=tail):
            return []
        per_head = re.search(r"每(?:[百千万]|十万)?名?(?:常住|就业|服务)?(?:人口|人员|人|户)", between)
        if per_head:
            plain = per_head.group() + plain
        return [(each, name_start, stop) for each in self._each(plain, both, following, quantity)]

    def _grown(self, plain: str, growth: str) -> str | None:
        """What a clause says of all subjects of the list before it: "" or 年均增长; None where it names its own."""
        going = plain.replace("分别", "")
        if len(self.subjects) < 2 or (going and not wording.GROWS.fullmatch(going)):
            return None
        return going if not going or going.endswith(growth) else going + growth

    def _each(self, plain: str, both: str, following: Quantity | None, quantity: Quantity) -> list[str]:
        """The several names in one, where the predicate is of each of them (``both`` holds 分别, 均, …)."""
        many = shared(plain)
        if len(many) == 1 and (before := self._listed_before(both, following, quantity)):
            return [part + re.sub(r"均(?=增长|提高|达到|下降)", "", plain) for part in before]
        if len(many) == 1 and "分别" in both and plain.startswith("城乡"):
            return ["城镇" + plain[2:], "农村" + plain[2:]]
        return many if wording.BOTH.search(both) and len(many) > 1 else [plain]

    def _listed_before(self, between: str, following: Quantity | None, quantity: Quantity) -> list[str]:
        """What the clause before listed, for a predicate of them all: 做强甲、乙两大产业，产值分别突破….."""
        if self.before is None or not wording.BOTH.search(between):
            return []
        found = [q for q in quantities(self.text) if q.start >= quantity.start]
        listed = wording.LISTED.search(self.before.text)
        parts = re.split(r"[、和及与]", clean(listed["list"])) if listed else []
        if listed and "分别" in between and len(parts) != len(found):  # 甲、乙、丙及丁三大产业
            parts = clean(listed["list"]).split("、")
        several = len(found) == len(parts) if "分别" in between else len(found) == 1
        return parts if len(parts) > 1 and several and not (following is None and "分别" in between) else []

    def _carried(self, plain: str, edge: int, quantity: Quantity, bound: Bound, *, dated: bool) -> str | None:
        """The name of a clause that names nothing of its own: …，达到120家; …，年均增长10%."""
        listed = self.text[edge : edge + 1] in ("、", "，") or dated
        if self.subject and edge and edge == quantity.start:  # 15条152公里
            return base(self.subject)
        if self.subject and edge and not plain and listed and (bound.comparator is not None or dated):
            return base(self.subject)
        if self.subject and dated and not plain:
            return base(self.subject)
        if self.subject and wording.RANK_ONLY.fullmatch(plain):
            return f"{base(self.subject)}（{plain}）"
        if self.subject and edge and wording.TOTAL.match(plain):
            return carried(self.subject, plain)
        if edge or not (self.subject or self.before):
            return None
        if not plain and self.subject and bound.comparator is not None:
            return base(self.subject) if not GROWTH.search(self.text[: quantity.start][-2:]) else None
        if plain and wording.NO_NAME.fullmatch(plain) and self.before is not None:
            thing = wording.ACTED_ON.fullmatch(self.before.text.strip())  # 重组重点实验室，数量稳定在150家
            if thing or not self.subject:
                return thing["thing"] + plain if thing else None
        if plain and GOES_ON.match(plain) and not plain.startswith("每年") and len(plain) <= 16:
            return carried(self.subject, plain)
        return None

    def _share(self, edge: int, quantity: Quantity, tail: str) -> tuple[str, int, int] | None:
        """90%以上的企业建有研发机构: the share of what follows."""
        if quantity.unit != "%" and "分之" not in self.text[quantity.start : quantity.end]:
            return None
        head = clean(self.text[edge : quantity.start])
        covers = re.search(r"(?:覆盖|惠及|带动)$", self.text[edge : quantity.start])
        match = re.match(r"的(?P<what>(?:[^，；。、（）]|（[^（）]{1,8}）){2,40})", tail)
        if match is not None and covers is not None and head:
            at = self.text.find(match["what"], quantity.end)
            return f"{head}{match['what']}比例", edge, at + len(match["what"])
        if match is None or len(match["what"]) < 4 or (head and not wording.PART_OF.fullmatch(head)):
            return None
        at = self.text.find(match["what"], quantity.end)
        part = re.sub(r"^全[国省市县区州]|有|约|近|超过?", "", head)
        return part + match["what"] + "的比例", edge, at + len(match["what"])

    def _sized(self, edge: int, quantity: Quantity, tail: str) -> tuple[str, int, int] | None:
        """设立总规模50亿元的基金: the size of what is set up."""
        head = re.search(
            r"(?:设立|组建|建立|成立|打造|发起)?(?P<size>(?:总|首期|母基金)?(?:规模|装机|库容|面积))(?:达到?|不低于|不少于|超过|约)?$",
            self.text[edge : quantity.start],
        )
        what = re.match(r"的(?P<what>[^，；。、（）]{2,24})", tail)
        if head is None or what is None:
            return None
        at = self.text.find(what["what"], quantity.end)
        return what["what"] + head["size"], edge + head.start(), at + len(what["what"])

    def _doing(self, edge: int, quantity: Quantity, name_start: int, name_end: int) -> str:
        """Whether a number of things is promised to be done here ("new"), or as before ("on"), or not ("")."""
        head = self.text[edge : quantity.start].strip()
        if ACTING.search(head) or wording.EACH_HAS.search(head):
            return "new"
        tail = self.text[quantity.end :]
        if wording.SOME_OF.search(head) and wording.BECOME.search(tail):
            return "new"
        if (
            edge == 0
            and clean(head) in ("其中", "")
            and head.endswith(("其中", "有"))
            and wording.BECOME.search(tail)
        ):
            return "new"
        if (
            edge == 0
            and wording.LISTED_THINGS.search(head)
            and ACT_HEAD.match(head)
            and not wording.GOES_ON_WITH.match(head)
        ):
            return "new"
        if wording.PLACED.search(head) or (head[-1:] in ("和", "、") and ACT_HEAD.match(head)):
            return "new"
        nothing = not self.text[edge:name_end].strip("、和及以与 ")
        if edge > 0 and nothing and self.acting:
            return "on"
        if self.before is not None and self.before.acting and not self.text[name_start:name_end].strip():
            return "on"
        return ""

    def _is_name(self, name: str, quantity: Quantity, *, bounded: bool, thing: bool, tail: str) -> bool:
        """Whether ``name`` can be what the quantity measures."""
        if (
            len(name) < 2
            or re.fullmatch(r"[\d.%‰\s]+", name)
            or wording.NO_GOAL.fullmatch(name)
            or wording.NO_NAME.fullmatch(name)
        ):
            return False
        if bounded:
            return True
        if wording.PROJECT.search(name) or (name.endswith("项目") and not ACT_HEAD.match(self.text)):
            return False
        if thing and ACT_HEAD.match(name) and wording.AFTER_THING.match(tail):
            return True
        if thing and not tail.startswith("（"):
            return False
        if not quantity.unit and not re.search(r"率|系数|比|指数", name):
            return False
        return not wording.NO_GOAL.match(self.text[quantity.end : quantity.end + 8])

    def _name_start(self, edge: int, name_end: int) -> int:
        start = edge
        while start < name_end and self.text[start] in "、，和及与以 （）":
            start += 1
        colon = max(self.text.rfind(sign, start, name_end) for sign in "：:—")
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
        if after.comparator == "~" or (comparator in (None, ">=", "=") and after.comparator):
            comparator = after.comparator
        if comparator is None:
            striving = wording.STRIVING.search(self.text[: quantity.start])
            since = "累计" in self.text[:stop] or (
                self.before is not None and "累计" in self.before.text and not ACT_HEAD.match(self.text)
            )
            comparator = ">=" if striving or since or wording.RATE_OF_GROWTH.search(name) else "="
        if quantity.high is not None:
            comparator = "range"
        unit = quantity.unit + (
            "/年" if self.time.per_year and quantity.unit and not quantity.unit.endswith("/年") else ""
        )
        if (
            baseline
            and baseline.value is not None
            and quantity.value < baseline.value
            and comparator in (">=", "=")
        ):
            comparator = "<="  # 由14所整合到9所
        down = comparator in ("<=", "<") or (wording.DOWN.search(name) and not GROWTH.search(name[-4:]))
        at = self.text.find(name, start, quantity.start)
        start = at if at > start and quantity.high is None and not baseline else start
        return Target(
            id="T0",
            name=self._as_written(name),
            comparator=_comparator(comparator),
            value=quantity.value,
            high=quantity.high,
            unit=self._unit_as_written(unit, quantity),
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
        if at != -1:
            return self.source.document.text[at : at + len(name)]
        start = max(0, self.start - 200)  # put together from several clauses: sign by sign
        raw, folded = self.source.document.text[start : self.end], self.source.text[start : self.end]
        if raw == folded:
            return name
        written = {
            simple: sign for simple, sign in zip(folded, raw, strict=True) if "\u4e00" <= sign <= "\u9fff"
        }
        return "".join(written.get(sign, sign) for sign in name)

    def _unit_as_written(self, unit: str, quantity: Quantity) -> str:
        start, end = self.start + quantity.start, self.start + quantity.end
        raw, folded = self.source.document.text[start:end], self.source.text[start:end]
        written = {
            simple: sign for simple, sign in zip(folded, raw, strict=True) if "\u4e00" <= sign <= "\u9fff"
        }
        return "".join(written.get(sign, sign) for sign in unit)

    def _baseline(self, quantity: Quantity, when: str) -> Baseline | None:
        year = re.search(r"20\d\d", when)
        if year is not None:
            return Baseline(value=quantity.value, year=int(year.group()))
        if self.time.base is not None:
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
