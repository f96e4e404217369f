"""Targets, baselines and facts as amounts that can be held against each other: term, plain unit, year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kechuang.language.fold import fold
from kechuang.language.quantity import SCALES
from kechuang.language.regions import RegionTree
from kechuang.language.terms import Term, terms_in
from kechuang.plan.check.facts import Fact
from kechuang.plan.model import Plan, PlanSpan, Target

_SIZES = {
    "万亿": 1e12,
    "千亿": 1e11,
    "百亿": 1e10,
    "亿": 1e8,
    "千万": 1e7,
    "百万": 1e6,
    "十万": 1e5,
    "万": 1e4,
    "千": 1e3,
    "百": 1e2,
}
#: Units that count the same kind of thing.
_ALIKE = dict.fromkeys(
    [
        "家",
        "所",
        "项",
        "件",
        "座",
        "处",
        "支",
        "张",
        "台",
        "套",
        "户",
        "只",
        "条",
        "种",
        "篇",
        "部",
        "村",
        "镇",
        "乡",
        "块",
        "间",
        "户数",
    ],
    "个",
) | dict.fromkeys(["名", "位", "人口"], "人")
_ALIKE |= {"人·年": "人年", "‰": "%", "台套": "个"}
_FACTOR = {"‰": 0.1}
#: Words of a name that change nothing of what it names.
_NEUTRAL = re.compile(
    r"全社会|全国|全省|全区|全市|全县|全州|全地区|全域|地区级|地区|国家级|国家|省级|省市|自治区级|自治区|市级|县级|级|有效期内|年末|年度|当年|"
    r"累计|总数|总量|总额|总值|总|数量|个数|户数|家数|人数|件数|数|量|值|规模|达到|达|力争|净增|新增|新认定|新培育|新|培育|拥有|建成|建设|实现|以上|及|"
    r"占比|比重|比例|水平|的|在|到|\d{4}年|[“”\"（）()、：:]"
)
_ADDED = re.compile(r"新增|净增|每年|年均|逐年|新(?:建|认定|培育|引进|入库|设立)|增加\d|引进")


@dataclass(frozen=True)
class Value:
    """``amount`` of ``term`` in ``dimension`` (a plain unit: 元, 个, 人, %) in ``year``, to half of ``digit``.

    ``added`` is true for what is added in a time (新增), not reached. ``span`` is where a plan says it.
    """

    term: Term | None
    name: str
    amount: float
    digit: float
    dimension: str
    unit: str
    year: int | None
    origin: Literal["target", "baseline", "fact"]
    comparator: str = "="
    added: bool = False
    span: PlanSpan | None = None
    target: Target | None = None

    @property
    def shown(self) -> str:
        """The amount as it was written."""
        return f"{plain(self.amount / self.size)}{self.unit}"

    @property
    def size(self) -> float:
        return plain_unit(self.unit)[1]


@lru_cache(maxsize=1024)
def plain_unit(unit: str) -> tuple[str, float]:
    """The plain unit of ``unit`` and how many of it make one.

    >>> plain_unit("亿元"), plain_unit("家"), plain_unit("‰"), plain_unit("件/万人")
    (('元', 100000000.0), ('个', 1.0), ('%', 0.1), ('个/人', 0.0001))
    """
    above, _, below = fold(unit).replace(" ", "").partition("/")
    name, size = _simple(above)
    if below:
        per, of = _simple(below)
        return f"{name}/{per}", size / of
    return name, size


def _simple(unit: str) -> tuple[str, float]:
    for scale in sorted(SCALES, key=len, reverse=True):
        if unit.startswith(scale) and scale in _SIZES:
            rest = unit[len(scale) :]
            return _ALIKE.get(rest, rest), _SIZES[scale]
    return _ALIKE.get(unit, unit), _FACTOR.get(unit, 1.0)


@lru_cache(maxsize=4096)
def head_term(name: str) -> Term | None:
    """The term a target's or fact's name is a name of: what else it says changes nothing of the thing.

    >>> head_term("全社会研发经费支出占GDP的比重").id, head_term("高新技术企业研发费用税前扣除额")
    ('rd_intensity', None)
    """
    text = fold(name)
    found = terms_in(text)
    if not found:
        return None
    best = max(found, key=lambda hit: hit.end - hit.start)
    rest = text[: best.start] + " " + text[best.end :]
    return best.term if not _NEUTRAL.sub("", rest).strip() else None


def decimals(value: float) -> int:
    """How many decimals a number was written with (zeros at the end are not known).

    >>> [decimals(v) for v in (12.0, 0.055, 228.18)]
    [0, 3, 2]
    """
    text = repr(value)
    if "e" in text or text.endswith(".0"):
        return 0
    return len(text.partition(".")[2])


def plain(value: float, most: int = 4) -> str:
    """A number without needless zeros.

    >>> plain(1200.0), plain(0.05512)
    ('1200', '0.0551')
    """
    if value and abs(value) < 0.01:
        return f"{value:.3g}"
    text = f"{value:.{most}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def values_of(plan: Plan, facts: Sequence[Fact] = ()) -> list[Value]:
    """The values of targets and baselines, and of the facts of the plan's own region."""
    found: list[Value] = []
    for target in plan.targets:
        if target.value is None:
            continue
        span = target.span
        added = target.per_year or bool(_ADDED.search(target.name)) or _added_in(span)
        value = _value(target.name, target.value, target.unit, target.year, "target", target, added)
        found.append(value)
        if target.baseline is not None and target.baseline.value is not None:
            base = target.baseline
            assert base.value is not None
            found.append(_value(target.name, base.value, target.unit, base.year, "baseline", target, added))
    own = [fact for fact in facts if _of_region(fact, plan)]
    found += [_value(fact.name, fact.value, fact.unit, fact.year, "fact", None, False) for fact in own]
    return found


def _added_in(span: PlanSpan | None) -> bool:
    return span is not None and bool(_ADDED.search(span.text[:40]))


def _value(
    name: str,
    number: float,
    unit: str,
    year: int | None,
    origin: Literal["target", "baseline", "fact"],
    target: Target | None,
    added: bool,
) -> Value:
    dimension, size = plain_unit(unit)
    term = head_term(name)
    digit = 10.0 ** -decimals(number) * size
    comparator = target.comparator if target is not None else "="
    span = target.span if target is not None else None
    return Value(
        term, name, number * size, digit, dimension, unit, year, origin, comparator, added, span, target
    )


def _of_region(fact: Fact, plan: Plan) -> bool:
    """Whether a fact is of the plan's region (one without a region is)."""
    if not fact.region or (plan.region is None and plan.region_code is None):
        return True
    if fact.region in (plan.region, plan.region_code):
        return True
    region = RegionTree.national().find(fact.region)
    if region is None:
        return plan.region is not None and plan.region.endswith(fact.region)
    return region.code == plan.region_code
