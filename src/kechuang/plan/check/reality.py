"""Checks on size against facts: targets already reached, out of reach, of another unit, or more than there is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from kechuang.language.fold import fold
from kechuang.language.terms import term
from kechuang.messages import say
from kechuang.plan.check.case import Case
from kechuang.plan.check.finding import Finding
from kechuang.plan.check.magnitude import DOWN
from kechuang.plan.check.relations import Product, relations
from kechuang.plan.check.values import Value, plain, plain_unit
from kechuang.plan.model import PlanSpan, Target


def reality(case: Case) -> Iterator[Finding]:
    """magnitude findings on targets that the facts contradict; none without facts."""
    if any(value.origin == "fact" for value in case.values):
        yield from _against_facts(case)
        yield from _coverage(case)
        yield from _implied(case)


def _span(*targets: Target | None) -> tuple[PlanSpan, ...]:
    return tuple(target.span for target in targets if target is not None and target.span is not None)


def _against_facts(case: Case) -> Iterator[Finding]:
    facts: dict[object, list[Value]] = defaultdict(list)
    for value in case.values:
        if value.origin == "fact":
            facts[value.term.id if value.term else _plain_name(value.name)].append(value)
    _derive(facts)
    for value in case.values:
        if value.origin != "target" or value.target is None or value.added:
            continue
        found = [
            fact
            for fact in facts.get(value.term.id if value.term else _plain_name(value.name), [])
            if fact.dimension == value.dimension and (value.year is None or (fact.year or 0) <= value.year)
        ]
        if found:
            yield from _held(value, sorted(found, key=lambda fact: fact.year or 0))


def _derive(facts: dict[object, list[Value]]) -> None:
    """Adds the rates that facts of one year make: R&D expenditure and gross product are an intensity."""
    for relation in relations().products:
        known = {value.year for value in facts.get(relation.rate, [])}
        sizes = {value.year: value for value in facts.get(relation.size, [])}
        for total in facts.get(relation.total, []):
            size = sizes.get(total.year)
            if size is None or total.year in known or size.amount <= 0:
                continue
            money = total.dimension == size.dimension
            amount = total.amount / size.amount * (100 if money else relation.per)
            dimension = "%" if money else total.dimension
            of = term(relation.rate)
            if money or relation.per > 1:
                digit = amount * (total.digit / max(total.amount, 1e-9))
                unit = "%" if money else "件" if dimension == "个" else dimension
                facts[relation.rate].append(
                    Value(of, of.zh, amount, digit, dimension, unit, total.year, "fact")
                )


def _implied(case: Case) -> Iterator[Finding]:
    """What a total and a rate make the size in the target's year, against the last fact of it."""
    found: dict[tuple[str, int | None, str], Value] = {}
    sizes: dict[str, Value] = {}
    for value in case.values:
        if value.term is None or value.added or value.amount <= 0:
            continue
        if value.origin == "fact":
            last = sizes.get(value.term.id)
            if last is None or (last.year or 0) < (value.year or 0):
                sizes[value.term.id] = value
        else:
            found.setdefault((value.term.id, value.year, value.origin), value)
    for relation in relations().products:
        for (name, year, origin), total in list(found.items()):
            rate = found.get((relation.rate, year, "target"))
            size = sizes.get(relation.size)
            if name != relation.total or origin != "target" or rate is None or size is None:
                continue
            if year is None or size.year is None or not 0 < year - size.year <= 15:
                continue
            yield from _drifted(relation, total, rate, size)


def _drifted(relation: Product, total: Value, rate: Value, size: Value) -> Iterator[Finding]:
    known = relations()
    assert total.year is not None and size.year is not None
    share = rate.amount / 100 if rate.dimension == "%" else rate.amount
    made = total.amount / share * (relation.per if "/" not in rate.unit else 1.0)
    times = made / size.amount
    if known.drift_low <= times <= known.drift_yearly ** (total.year - size.year):
        return
    message = say(
        "“{total}”{a}与“{rate}”{b}合起来，{year}年“{size}”应为{made}，而{when}年是{fact}",
        total=total.name,
        a=total.shown,
        rate=rate.name,
        b=rate.shown,
        year=total.year,
        size=size.name,
        made=f"{plain(made / size.size, 2)}{size.unit}",
        when=size.year,
        fact=size.shown,
    )
    yield Finding("magnitude", "warning", message, _span(total.target, rate.target))


def _plain_name(name: str) -> str:
    return "".join(fold(name).split())


def _held(value: Value, facts: list[Value]) -> Iterator[Finding]:
    known, last, target = relations(), facts[-1], value.target
    assert target is not None
    words = {"name": value.name, "value": value.shown, "year": last.year, "fact": last.shown}
    if last.amount > 0 and value.amount > 0:
        ratio = value.amount / last.amount
        if not 1 / known.scale <= ratio <= known.scale:
            message = say(
                "“{name}”目标值{value}与{year}年的{fact}相差{times}倍，单位（万、亿）有误",
                times=plain(max(ratio, 1 / ratio), 0),
                **words,
            )
            yield Finding("magnitude", "error", message, _span(target), last.unit)
            return
    down = target.direction == "down" or bool(DOWN.search(fold(value.name)))
    if down:
        if value.amount > last.amount and target.comparator in ("<=", "<"):
            message = say("“{name}”目标值{value}，{year}年已降到{fact}", **words)
            yield Finding("magnitude", "warning", message, _span(target), f"<{last.shown}")
        return
    if value.amount < last.amount:
        message = say("“{name}”目标值{value}低于{year}年已有的{fact}", **words)
        yield Finding("magnitude", "warning", message, _span(target), f">{last.shown}")
        return
    yield from _jump(value, facts)


def _jump(value: Value, facts: list[Value]) -> Iterator[Finding]:
    """A growth asked for that is many times the one there was."""
    first, last, known = facts[0], facts[-1], relations()
    if not (first.year and last.year and value.year) or last.year - first.year < 2 or value.year <= last.year:
        return
    if min(first.amount, last.amount, value.amount) <= 0:
        return
    past = 100 * ((last.amount / first.amount) ** (1 / (last.year - first.year)) - 1)
    asked = 100 * ((value.amount / last.amount) ** (1 / (value.year - last.year)) - 1)
    if asked <= known.jump * max(past, known.jump_least):
        return
    message = say(
        "“{name}”要达到{value}，须年均增长{asked}%，而{first}—{last}年年均增长{past}%",
        name=value.name,
        value=value.shown,
        asked=plain(asked, 1),
        first=first.year,
        last=last.year,
        past=plain(past, 1),
    )
    yield Finding("magnitude", "warning", message, _span(value.target))


def _coverage(case: Case) -> Iterator[Finding]:
    """More villages covered than there are."""
    wholes = {
        value.term.id: value for value in case.values if value.origin == "fact" and value.term is not None
    }
    villages = wholes.get("villages")
    if villages is None:
        return
    for target in case.plan.targets:
        name = fold(target.name)
        if target.value is None or "村" not in name + target.unit or plain_unit(target.unit)[0] != "个":
            continue
        if not re.search(r"覆盖|服务|派驻|通|建有|惠及", name) and not re.search(
            r"覆盖", fold(target.span.text) if target.span else ""
        ):
            continue
        amount = target.value * plain_unit(target.unit)[1]
        if amount > villages.amount:
            message = say(
                "“{name}”目标{value}，而{year}年{whole}共有{fact}",
                name=target.name,
                value=f"{plain(target.value)}{target.unit}",
                year=villages.year,
                whole=term("villages").zh,
                fact=villages.shown,
            )
            yield Finding("magnitude", "warning", message, _span(target), f"≤{villages.shown}")
