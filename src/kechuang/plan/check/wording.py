"""Checks on how values and things are written: digits (precision), names of one thing (term-drift)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from kechuang.language.fold import fold
from kechuang.language.quantity import quantities
from kechuang.language.terms import Found, Term, term, terms_in
from kechuang.messages import say
from kechuang.plan.check.case import Case
from kechuang.plan.check.finding import Finding
from kechuang.plan.check.values import decimals, head_term, plain
from kechuang.plan.model import PlanSpan, Target

#: Units of what is counted in whole numbers.
_WHOLE = frozenset(
    [
        "家",
        "个",
        "所",
        "名",
        "位",
        "人",
        "项",
        "件",
        "张",
        "支",
        "座",
        "处",
        "条",
        "辆",
        "台",
        "套",
        "户",
        "篇",
        "部",
        "册",
        "只",
        "村",
        "镇",
        "乡",
        "场",
        "次",
        "期",
        "人次",
        "家次",
        "项次",
        "艘",
        "架",
        "幢",
        "栋",
        "株",
        "头",
        "尾",
    ]
)
#: A mean or a rate may have a fraction of a person.
_MEAN = re.compile(r"每|人均|平均|均|率|比|系数|指数|强度|密度|户均|万人|千人|拥有量")
#: More decimals than this tell more of a share than anyone can know.
_MOST_DECIMALS = 2
_MOST_DIGITS = 5
#: A name of fewer characters may be that of many things.
_TELLING = 6
_ADDED = re.compile(r"新增|净增|新(?:认定|培育|引进|建)|每年|年均|累计")
_STRIVING = re.compile(r"力争|争取|冲刺|跨越|挑战|其中|底线|确保")


def wording(case: Case) -> Iterator[Finding]:
    """precision and term-drift findings."""
    yield from _fractions(case)
    yield from _digits(case)
    yield from _told_twice(case)
    yield from _slips(case)
    yield from _names(case)
    yield from _per_people(case)


# -- precision -------------------------------------------------------------------------------------------


def _fractions(case: Case) -> Iterator[Finding]:
    """228.5家: what is counted has no fraction."""
    for target in case.plan.targets:
        value = target.value
        if value is None or value == int(value) or target.unit not in _WHOLE:
            continue
        said = _sentence(case, target)
        if _MEAN.search(fold(target.name)) or re.search(r"每|平均|均", said):
            continue
        message = say(
            "“{name}”按{unit}计数，目标值{value}却有小数",
            name=target.name,
            unit=target.unit,
            value=plain(value),
        )
        yield Finding("precision", "warning", message, _span(target), f"{round(value)}{target.unit}")


def _sentence(case: Case, target: Target) -> str:
    span = case.here(target.span)
    if span is None:
        return ""
    start, end = case.sentence_at(span.start)
    return case.text[start:end]


def _digits(case: Case) -> Iterator[Finding]:
    """More digits than the baseline has, or than anyone can plan."""
    for target in case.plan.targets:
        if target.value is None:
            continue
        places = _decimals_of(target)
        base = target.baseline.value if target.baseline else None
        if base is not None and places > decimals(base) and places >= 2 and decimals(base) > 0:
            message = say(
                "“{name}”的目标值（{value}）比基期值（{base}）多写了小数位",
                name=target.name,
                value=plain(target.value),
                base=plain(base),
            )
            expected = f"{target.value:.{decimals(base)}f}{target.unit}"
            yield Finding("precision", "warning", message, _span(target), expected)
        elif base is not None and 0 < places < decimals(base) and target.unit in ("%", "‰"):
            message = say(
                "“{name}”的目标值（{value}）与基期值（{base}）小数位数不同",
                name=target.name,
                value=plain(target.value),
                base=plain(base),
            )
            expected = f"{target.value:.{decimals(base)}f}{target.unit}"
            yield Finding("precision", "info", message, _span(target), expected)
        elif _too_exact(target, places):
            message = say(
                "“{name}”的目标值{value}精确得超出了规划能定的程度",
                name=target.name,
                value=plain(target.value),
            )
            right = f"{float(f'{target.value:.3g}'):g}{target.unit}"
            yield Finding("precision", "info", message, _span(target), right)


def _decimals_of(target: Target) -> int:
    """Decimals as written (16.0 has one), else as the value has them."""
    assert target.value is not None
    if target.span is not None:
        for quantity in quantities(fold(target.span.text)):
            if quantity.value == target.value:
                written = fold(target.span.text)[quantity.start : quantity.end]
                number = re.search(r"\.(\d+)", written)
                return len(number[1]) if number else 0
    return decimals(target.value)


def _too_exact(target: Target, places: int) -> bool:
    assert target.value is not None
    value = abs(target.value)
    if target.unit in ("%", "‰"):
        return places > _MOST_DECIMALS and value >= 1
    digits = f"{value:.10f}".rstrip("0").replace(".", "").strip("0")
    return len(digits) >= _MOST_DIGITS and places > 1 and "人年" not in target.unit


def _told_twice(case: Case) -> Iterator[Finding]:
    """One target with two values: the same but for rounding (precision), or two numbers (count-mismatch)."""
    groups: dict[tuple[object, ...], list[Target]] = defaultdict(list)
    for target in case.plan.targets:
        if target.value is not None and target.year is not None and not target.per_year:
            name, of = "".join(fold(target.name).split()), head_term(target.name)
            if of is not None and not _ADDED.search(name):
                groups[of.id, _grade(name), target.unit, target.year].append(target)
            elif len(name) >= _TELLING:  # not 产业规模 of one or another
                groups[name, target.unit, target.year].append(target)
    for targets in groups.values():
        first = targets[0]
        for other in targets[1:]:
            assert first.value is not None and other.value is not None
            if other.value == first.value or other.high is not None or first.high is not None:
                continue
            if _STRIVING.search(_around(case, first)) or _STRIVING.search(_around(case, other)):
                continue  # 达到650亿元，力争700亿元
            spans = (*_span(first), *_span(other))
            few = min(_decimals_of(first), _decimals_of(other))
            values = {"name": first.name, "one": plain(first.value), "two": plain(other.value)}
            if abs(first.value - other.value) <= 0.5 * 10.0**-few + 1e-9 and _decimals_of(
                first
            ) != _decimals_of(other):
                message = say("“{name}”前后精确程度不同：{one}与{two}", **values)
                yield Finding("precision", "warning", message, spans)
            else:
                message = say("“{name}”同一年有两个目标值：{one}与{two}", **values)
                yield Finding("count-mismatch", "warning", message, spans)
            break


def _grade(name: str) -> str:
    """The grade a name tells (国家级, 省级), which makes it another thing."""
    found = re.search(r"国家级?|省级?|市级|县级|区级", name)
    return found.group().rstrip("级") if found else ""


def _around(case: Case, target: Target) -> str:
    span = case.here(target.span)
    if span is None:
        return ""
    return case.text[max(0, span.start - 4) : span.end + 4]


def _span(target: Target) -> tuple[PlanSpan, ...]:
    return (target.span,) if target.span is not None else ()


# -- term-drift ------------------------------------------------------------------------------------------


def _slips(case: Case) -> Iterator[Finding]:
    """A name that is none (科技特派人员) beside the right one."""
    used: dict[Term, list[Found]] = defaultdict(list)
    slips: dict[Term, list[Found]] = defaultdict(list)
    declared = _declared(case.text)
    for hit in terms_in(case.text):
        if hit.form in hit.term.slips:
            if hit.form not in declared:
                slips[hit.term].append(hit)
        else:
            used[hit.term].append(hit)
    for of, hits in slips.items():
        spans = tuple(case.span(hit.start, hit.end) for hit in hits)
        names = "、".join(dict.fromkeys(hit.form for hit in hits))
        if used[of]:
            message = say("同一事物用了不同的名称：“{slip}”与“{right}”", slip=names, right=used[of][0].form)
            first = used[of][0]
            spans = (*spans, case.span(first.start, first.end))
            yield Finding("term-drift", "warning", message, spans, of.zh)
        else:
            yield Finding(
                "term-drift",
                "info",
                say("“{slip}”的规范名称是“{right}”", slip=names, right=of.zh),
                spans,
                of.zh,
            )


def _declared(text: str) -> set[str]:
    """Short names the text itself declares: （以下简称“高企”）."""
    return set(re.findall(r"(?:以下|下)?(?:简|统)称[：:为]?[“《\"]?([^”》\"）（，。\n]{2,20})", text))


def _names(case: Case) -> Iterator[Finding]:
    """One target under two names: same term, unit, year and value."""
    groups: dict[tuple[object, ...], list[Target]] = defaultdict(list)
    for target in case.plan.targets:
        of = head_term(target.name)
        if of is not None and target.value is not None:
            groups[of.id, target.value, target.unit, target.year].append(target)
    for (name, *_), targets in groups.items():
        names = list(dict.fromkeys("".join(fold(target.name).split()) for target in targets))
        if len(names) > 1:
            spans = tuple(span for target in targets for span in _span(target))
            message = say("同一目标用了不同的名称：“{one}”与“{two}”", one=names[0], two=names[1])
            yield Finding("term-drift", "info", message, spans, term(str(name)).zh)


_PEOPLE = re.compile(
    r"(?P<size>每[万千百]人)(?P<of>口)?(?=(?:高价值|有效|发明|专利|拥有|医|床|执业|注册|全科|口|均|\w))|(?<=[/／])(?P<unit>[万千]人)(?P<unit_of>口)?"
)


def _per_people(case: Case) -> Iterator[Finding]:
    """每万人 and 每万人口 before the same thing, or as a unit."""
    uses: dict[str, dict[bool, list[tuple[int, int]]]] = defaultdict(lambda: {True: [], False: []})
    for match in _PEOPLE.finditer(case.text):
        size = match["size"] or match["unit"]
        whole = bool(match["of"] or match["unit_of"])
        after = case.text[match.end() : match.end() + 4] if match["size"] else ""
        uses[f"{size}{after}"][whole].append(match.span())
    for ways in uses.values():
        if ways[True] and ways[False]:
            spans = tuple(case.span(*span) for span in (ways[True][0], ways[False][0]))
            message = say("“{one}”与“{two}”混用", one=spans[0].text, two=spans[1].text)
            yield Finding("term-drift", "info", message, spans, spans[0].text)
