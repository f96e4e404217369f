"""Checks on size within the plan: shares over 100 %, parts over wholes, targets behind their baseline, wrong units."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from kechuang.language.fold import fold
from kechuang.language.quantity import quantities
from kechuang.messages import say
from kechuang.plan.check.case import Case
from kechuang.plan.check.finding import Finding, Severity
from kechuang.plan.check.relations import relations
from kechuang.plan.check.values import Value, head_term, plain, plain_unit
from kechuang.plan.model import PlanSpan, Target

#: A share of something: over 100 % it cannot be.
_SHARE = re.compile(
    r"占.+(?:比重|比例|比率)|占比|覆盖率|普及率|达标率|合格率|优良率|优良天数(?:比例|比率)|处理率|巩固率|受益率|(?<!户)签约率|比重$|比例$|在园幼儿占|净入学率|知晓率|满意度|满意率|城镇化率|森林覆盖"
)
#: Rates that may well be over 100 %, and growth.
_NO_SHARE = re.compile(
    r"增长|增速|增幅|毛入学|毛入园|负债|杠杆|自给率|完成率|资本|收益|周转|拨备|倍|产销率|贡献率|流动|速动|偿付|覆盖倍|比上年|比20|较20|提高|提升|翻|师生比|生师比|投资回报"
)
#: What is meant to fall, or may.
DOWN = re.compile(
    r"死亡|失业|漏损|漏失|辍学|差错|事故|浓度|负债|不良|贫困|能耗|水耗|用水|排放|倍差|差距|时限|耗时|下降|降低|减少|过早|发生率|发病|患病|污染|比\d|个人(?:卫生|医疗)支出|负担|"
    r"恩格尔|生师比|大班额|班额|投诉|空置|闲置|成本|周期|时间|天数|耕地|案件|伤亡|火灾|总规模|控制|依存|缺口|失信|烟|肥胖|近视|化肥|农药|建设用地|能源消费|煤炭|碳强度|PM|细颗粒|面积"
)


def magnitude(case: Case) -> Iterator[Finding]:
    """magnitude findings: targets against what they can be, their baselines, and one another."""
    for target in case.plan.targets:
        yield from _over_all(target)
        yield from _against_baseline(target)
    yield from _bands(case)
    yield from _parts(case)
    yield from _cost(case)
    yield from _among(case)


def _span(*targets: Target | None) -> tuple[PlanSpan, ...]:
    return tuple(target.span for target in targets if target is not None and target.span is not None)


# -- one target ----------------------------------------------------------------------------------------------


def _over_all(target: Target) -> Iterator[Finding]:
    name = fold(target.name)
    if target.unit not in ("%", "‰") or not _SHARE.search(name) or _NO_SHARE.search(name):
        return
    most = 100.0 if target.unit == "%" else 1000.0
    values = [target.value, target.high, target.baseline.value if target.baseline else None]
    for value in values:
        if value is not None and value > most:
            message = say(
                "“{name}”是比例，不会超过100%，这里是{value}",
                name=target.name,
                value=f"{plain(value)}{target.unit}",
            )
            yield Finding("magnitude", "error", message, _span(target), "≤100%")
            return


def _against_baseline(target: Target) -> Iterator[Finding]:
    base = target.baseline
    if base is None or base.value is None or target.value is None or target.per_year:
        return

    name, of = fold(target.name), head_term(target.name)
    upward = of is not None and of.id in relations().upward
    down = target.direction == "down" or target.comparator in ("<=", "<") or bool(DOWN.search(name))
    shown = {"name": target.name, "value": plain(target.value), "base": plain(base.value)}
    if down and not upward:
        if target.value > base.value and target.comparator in ("<=", "<", "=") and _falls(name):
            message = say("“{name}”应当下降，目标值{value}却高于基期值{base}", **shown)
            yield Finding("magnitude", "warning", message, _span(target))
    elif target.value < base.value and target.comparator not in ("<=", "<"):
        held = (
            target.comparator == ">=" and target.value >= 0.97 * base.value
        )  # a floor to hold, ≥95 for 95.6
        sure: Severity = "error" if upward and not _NO_SHARE.search(name) else "info" if held else "warning"
        message = say("“{name}”的目标值{value}低于基期值{base}", **shown)
        yield Finding("magnitude", sure, message, _span(target), f"≥{plain(base.value)}{target.unit}")
    known = relations()
    if base.value >= known.leap_from and target.value > known.leap * base.value:
        message = say(
            "“{name}”从{base}到{value}，是{times}倍，请核对单位",
            times=plain(target.value / base.value, 0),
            **shown,
        )
        yield Finding("magnitude", "warning", message, _span(target))


def _falls(name: str) -> bool:
    return bool(re.search(r"死亡率|失业率|漏损率|辍学率|能耗|发病率|贫困|浓度|大班额|事故", name))


def _bands(case: Case) -> Iterator[Finding]:
    """Values out of the band in which such a thing lies anywhere."""
    bands = {band.term: band for band in relations().plausible}
    for value in case.values:
        band = bands.get(value.term.id) if value.term is not None and value.origin != "fact" else None
        if band is None or value.target is None or value.added or value.dimension != plain_unit(band.unit)[0]:
            continue
        if re.search(r"提高|增长|增加|增速|年均|下降|降低", fold(value.name)):
            continue
        if value.dimension == "%" and value.amount > 100:
            continue  # told as a share that cannot be
        if not band.low <= value.amount <= band.high:
            message = say(
                "“{name}”为{value}，不在常见范围（{low}—{high}{unit}）内，请核对单位",
                name=value.name,
                value=value.shown,
                low=plain(band.low),
                high=plain(band.high),
                unit=band.unit,
            )
            right = f"{plain(band.low)}—{plain(band.high)}{band.unit}"
            yield Finding("magnitude", "warning", message, _span(value.target), right)


# -- targets among one another ----------------------------------------------------------------------------------


def _of_terms(case: Case) -> dict[tuple[str, int | None], list[Value]]:
    found: dict[tuple[str, int | None], list[Value]] = defaultdict(list)
    for value in case.values:
        if value.term is not None and value.origin == "target" and not value.added:
            found[value.term.id, value.year].append(value)
    return found


def _parts(case: Case) -> Iterator[Finding]:
    """A part that is more than its whole."""
    values = _of_terms(case)
    for relation in relations().parts:
        for (name, year), parts in list(values.items()):
            wholes = values.get((relation.whole, year), [])
            if name != relation.part or not wholes:
                continue
            part, whole = max(parts, key=lambda v: v.amount), max(wholes, key=lambda v: v.amount)
            if part.dimension != whole.dimension or part.amount <= whole.amount or _lower(whole, part):
                continue
            message = say(
                "“{part}”{a}多于“{whole}”{b}", part=part.name, a=part.shown, whole=whole.name, b=whole.shown
            )
            sure: Severity = "error" if relation.definition else "warning"
            yield Finding("magnitude", sure, message, _span(whole.target, part.target), f"≥{part.shown}")


def _lower(whole: Value, part: Value) -> bool:
    """Whether the whole is told of a higher grade only (国家级), so that the part may well be more."""
    return bool(re.search(r"国家级|省级|高价值", fold(whole.name))) and not re.search(
        r"国家级", fold(part.name)
    )


def _cost(case: Case) -> Iterator[Finding]:
    """R&D expenditure for each full-time equivalent against the declared band."""
    values: dict[tuple[str, int | None], list[Value]] = defaultdict(list)
    for value in case.values:
        if value.term is not None and not value.added and value.origin != "baseline" and value.amount > 0:
            values[value.term.id, value.year].append(value)
    for (name, year), people in list(values.items()):
        if name != "rd_fte" or people[0].dimension != "人年":
            continue
        person = people[0]
        spent, used = _spending(values, year, case)
        if spent is None or not any(value.origin == "target" for value in (person, *used)):
            continue
        each = spent / person.amount
        low, high = relations().cost_low, relations().cost_high
        if low <= each <= high:
            continue
        message = say(
            "按“{people}”{n}计，每人年研发经费约{each}万元，不在常见范围（{low}—{high}万元）内，请核对两者的单位",
            people=person.name,
            n=person.shown,
            each=plain(each / 1e4, 2),
            low=plain(low / 1e4),
            high=plain(high / 1e4),
        )
        yield Finding(
            "magnitude", "warning", message, _span(person.target, *(value.target for value in used))
        )


def _spending(
    values: dict[tuple[str, int | None], list[Value]], year: int | None, case: Case
) -> tuple[float | None, list[Value]]:
    """R&D expenditure in yuan: told, or intensity × gross product (of the year, else the last known)."""
    told = [value for value in values.get(("rd_expenditure", year), []) if value.dimension == "元"]
    if told:
        return told[0].amount, [told[0]]
    rates = [value for value in values.get(("rd_intensity", year), []) if value.dimension == "%"]
    product = [value for value in values.get(("gdp", year), []) if value.dimension == "元"]
    if not product:
        known = [
            value
            for (name, when), found in values.items()
            for value in found
            if name == "gdp"
            and value.dimension == "元"
            and when is not None
            and year is not None
            and when <= year
        ]
        product = sorted(known, key=lambda value: value.year or 0)[-1:]
    if rates and product:
        return rates[0].amount / 100 * product[0].amount, [rates[0], product[0]]
    return None, []


def _among(case: Case) -> Iterator[Finding]:
    """共120家，其中国家级150家: a part told behind its whole."""
    for start, sentence in case.said():
        at = sentence.find("其中")
        if at <= 0:
            continue
        before = [q for q in quantities(sentence[:at]) if q.unit and q.high is None]
        if not before or at - before[-1].end > 6:
            continue
        whole = before[-1]
        clause = re.split(r"[；]", sentence[at:])[0]
        for part in quantities(clause):
            same = (
                part.unit == whole.unit
                and part.unit not in ("%", "‰", "年", "")
                and "百分点" not in part.unit
            )
            if same and part.value > whole.value and not re.search(r"每|年均|比|较", clause[: part.start]):
                span = case.span(start + whole.start, start + at + part.end)
                message = say(
                    "其中一部分（{part}）多于总数（{whole}）",
                    part=f"{plain(part.value)}{part.unit}",
                    whole=f"{plain(whole.value)}{whole.unit}",
                )
                yield Finding("magnitude", "error", message, (span,), f"≤{plain(whole.value)}{whole.unit}")
                break
