"""Checks that multiply: a total against rate × size, a share against part ÷ whole, 每…的 against 共…"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from kechuang.language.fold import fold
from kechuang.language.numerals import parse_number
from kechuang.language.quantity import Quantity, quantities
from kechuang.messages import say
from kechuang.plan.check.case import Case
from kechuang.plan.check.finding import Finding, Severity
from kechuang.plan.check.relations import Product, relations
from kechuang.plan.check.values import Value, head_term, plain, plain_unit
from kechuang.plan.model import PlanSpan

#: An identity that fails by this factor cannot be rounding or growth.
_SURE = 1.25
_SHARE = re.compile(r"^(?P<part>.+?)占(?P<whole>.+?)(?:的)?(?:比重|比例|比率|之比)?$")
_SHORT = re.compile(
    r"全社会|全省|全市|全县|全区|全州|全国|全域|地区(?!生产)|总(?=[量额值数收])|（[^（）]*）|达到?|的|年末|年度|“|”|数量$|总量$|总额$|数$|量$|额$"
)


def products(case: Case) -> Iterator[Finding]:
    """product findings between targets, baselines and facts, and within sentences."""
    by_term: dict[tuple[str, int | None], list[Value]] = defaultdict(list)
    by_name: dict[tuple[str, int | None], list[Value]] = defaultdict(list)
    for value in case.values:
        if value.added or value.amount <= 0:
            continue
        if value.term is not None:
            by_term[value.term.id, value.year].append(value)
        by_name[_key(value.name), value.year].append(value)
    years = sorted({year for _, year in by_term if year is not None})
    for relation in relations().products:
        for year in years:
            sides = [by_term.get((name, year), []) for name in (relation.total, relation.rate, relation.size)]
            if all(sides):
                total, rate, size = (_best(side) for side in sides)
                yield from _product(relation, total, rate, size)
    known = {relation.rate for relation in relations().products}
    for value in case.values:
        if value.dimension == "%" and (value.term is None or value.term.id not in known):
            yield from _share(value, by_name, by_term)
    for start, sentence in case.said():
        if "每" in sentence:
            yield from _each(case, start, sentence)


def _best(values: list[Value]) -> Value:
    """What the plan says before what the facts say."""
    return min(values, key=lambda value: ("target", "baseline", "fact").index(value.origin))


def _key(name: str) -> str:
    return _SHORT.sub("", "".join(fold(name).split()))


def _spans(*values: Value) -> tuple[PlanSpan, ...]:
    found = [value.span for value in values if value.span is not None]
    return tuple(span for place, span in enumerate(found) if span not in found[:place])


def _product(relation: Product, total: Value, rate: Value, size: Value) -> Iterator[Finding]:
    if all(value.origin == "fact" for value in (total, rate, size)):
        return
    amount = rate.amount / 100 if rate.dimension == "%" else rate.amount
    per = relation.per if "/" not in rate.unit else 1.0
    made = amount * size.amount / per
    if plain_unit(total.unit)[0] not in ("元", "个", "人", "吨", "公斤", "千克", "斤") or made <= 0:
        return
    kilo = {"公斤": 1e-3, "千克": 1e-3, "斤": 5e-4}
    if total.dimension == "吨" and rate.dimension.split("/")[0] in kilo:
        made *= kilo[rate.dimension.split("/")[0]]
    off = total.amount / made
    rounding = sum(0.5 * value.digit / value.amount for value in (total, rate, size))
    slack = 1 + relation.tolerance + rounding
    if 1 / slack <= off <= slack:
        return
    sure: Severity = "error" if relation.exact and not 1 / _SURE <= off <= _SURE else "warning"
    if "fact" in (total.origin, rate.origin, size.origin):
        sure = "warning"
    expected = f"{plain(made / total.size, 2)}{total.unit}"
    message = say(
        "“{rate}”{a}与“{size}”{b}相乘是{made}，“{total}”写的是{said}",
        rate=rate.name,
        a=rate.shown,
        size=size.name,
        b=size.shown,
        made=expected,
        total=total.name,
        said=total.shown,
    )
    yield Finding("product", sure, message, _spans(total, rate, size), expected)


def _share(
    value: Value,
    by_name: dict[tuple[str, int | None], list[Value]],
    by_term: dict[tuple[str, int | None], list[Value]],
) -> Iterator[Finding]:
    """A占B的比重 against A and B of the same year."""
    match = _SHARE.match("".join(fold(value.name).split()))
    if match is None:
        return
    part, whole = (_find(match[name], value.year, by_name, by_term) for name in ("part", "whole"))
    if part is None or whole is None or part.dimension != whole.dimension or part is whole:
        return
    right = 100 * part.amount / whole.amount
    rounding = 0.5 * (part.digit / part.amount + whole.digit / whole.amount)
    slack = right * (rounding + 0.03) + 0.5 * value.digit
    if abs(right - value.amount) <= slack:
        return
    expected = f"{plain(right, 2)}%"
    sure: Severity = "error" if not 1 / _SURE <= value.amount / right <= _SURE else "warning"
    message = say(
        "“{part}”{a}占“{whole}”{b}是{right}，“{name}”写的是{said}",
        part=part.name,
        a=part.shown,
        whole=whole.name,
        b=whole.shown,
        right=expected,
        name=value.name,
        said=value.shown,
    )
    yield Finding("product", sure, message, _spans(value, part, whole), expected)


def _find(
    name: str,
    year: int | None,
    by_name: dict[tuple[str, int | None], list[Value]],
    by_term: dict[tuple[str, int | None], list[Value]],
) -> Value | None:
    found = by_name.get((_key(name), year))
    if not found:
        of = head_term(name)
        found = by_term.get((of.id, year)) if of is not None else None
    kept = [value for value in found or () if value.dimension != "%"]
    return _best(kept) if kept else None


# -- within a sentence -----------------------------------------------------------------------------------------

_EACH = re.compile(r"每(?P<unit>年|期|个|家|所|村|县|市|乡|镇|批|次|届|场|户|亩|人|支|项|班|县市|个?园区)")
_WHOLE = re.compile(r"(?:共计?|合计|总计|累计|总共|总|五年|5年|三年|3年)[\u4e00-\u9fff]{0,10}$")
_SPAN_OF_YEARS = re.compile(r"(?P<n>[两二三四五六七八九十]|\d{1,2})年(?:内|间|来|共|累计|合计|总计|总共)")


def _each(case: Case, start: int, sentence: str) -> Iterator[Finding]:
    """每年培训200人，五年累计培训1200人; 举办10期，每期50人，共600人次."""
    found = [q for q in quantities(sentence) if q.unit and q.high is None]
    for each in _EACH.finditer(sentence):
        rate = next((q for q in found if 0 <= q.start - each.end() <= 14), None)
        if rate is None or re.search(r"[，；]", sentence[each.end() : rate.start]):
            continue
        size = _times(case, sentence, found, each)
        total = next(
            (
                q
                for q in found
                if q is not rate
                and plain_unit(q.unit)[0] in _alike(rate.unit)
                and _WHOLE.search(sentence[max(0, q.start - 16) : q.start])
                and abs(q.start - rate.end) <= 40
            ),
            None,
        )
        if size is None or total is None or size[1] is total:
            continue
        made = size[0] * rate.value * plain_unit(rate.unit)[1]
        said = total.value * plain_unit(total.unit)[1]
        if _holds(sentence, rate, total, made, said):
            continue
        right = f"{plain(made / plain_unit(total.unit)[1], 2)}{total.unit}"
        ends = [rate.start, rate.end, total.start, total.end, each.start()]
        ends += [size[1].start, size[1].end] if size[1] is not None else []
        message = say(
            "{size}×{rate}是{right}，文中写的是{said}",
            size=plain(size[0]),
            rate=f"{plain(rate.value)}{rate.unit}",
            right=right,
            said=f"{plain(total.value)}{total.unit}",
        )
        yield Finding("product", "error", message, (case.span(start + min(ends), start + max(ends)),), right)


def _alike(unit: str) -> tuple[str, ...]:
    name = plain_unit(unit)[0]
    return (name, "人次") if name == "人" else (name, "人") if name == "人次" else (name,)


def _times(
    case: Case, sentence: str, found: list[Quantity], each: re.Match[str]
) -> tuple[float, Quantity | None] | None:
    """How many of what 每 speaks of: so many 期 told before, or the years."""
    unit = each["unit"]
    if unit == "年":
        years = _SPAN_OF_YEARS.search(sentence)
        if years is not None:
            number = parse_number(years["n"])
            return (number, None) if number else None
        if case.plan.period and re.search(r"规划期|“?十[一二三四五六七八]五”?(?:期间|时期)", sentence):
            return float(case.plan.period[1] - case.plan.period[0] + 1), None
        return None
    before = [q for q in found if q.end <= each.start() and each.start() - q.end <= 24]
    fits = [
        q for q in before if q.unit == unit or (unit in ("个", "家", "所") and plain_unit(q.unit)[0] == "个")
    ]
    fits = [q for q in fits if q.unit == unit or len(before) == 1]
    return (fits[-1].value * plain_unit(fits[-1].unit)[1], fits[-1]) if fits else None


def _holds(sentence: str, rate: Quantity, total: Quantity, made: float, said: float) -> bool:
    """Whether rate and total go together, with what 以上, 左右 and the like allow."""
    of_rate = sentence[max(0, rate.start - 5) : rate.end + 3]
    of_total = sentence[max(0, total.start - 5) : total.end + 3]
    at_least = r"以上|不少于|不低于|至少|超过|多|余|≥"
    if re.search(r"左右|约|近|上下", of_rate + of_total):
        return abs(made - said) <= 0.15 * max(made, said)
    if re.search(at_least, of_rate):
        return said >= made * 0.999
    if re.search(at_least, of_total):
        return made >= said * 0.999
    return abs(made - said) <= 0.01 * max(made, said)
