"""Checks on what targets lack: baseline, path, nature, lead unit, definition of what is covered."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

from kechuang.language.fold import fold
from kechuang.messages import Message, say
from kechuang.plan.check.case import Case
from kechuang.plan.check.finding import Finding, Severity
from kechuang.plan.check.values import head_term, plain_unit
from kechuang.plan.model import Plan, PlanSpan, Target

_COVERAGE = re.compile(r"覆盖")
#: A target farther away than so many years wants something on the way.
_FAR = 3
_CHANGE = re.compile(
    r"年均|增速|增长率|增幅|(?:比|较)20\d\d年|(?:累计|年)?(?:增长|下降|降低|提高|减少)$|^新增|^累计"
)
_YEARLY = re.compile(r"年均|每年|逐年")


def promises(case: Case) -> Iterator[Finding]:
    """no-baseline, undefined-coverage, no-path, no-lead and no-nature: one finding each, with every target."""
    for code, severity, lacks, message in _LACKS:
        lacking = [target for target in case.plan.targets if lacks(target)]
        if lacking:
            yield Finding(code, severity, message(len(lacking)), _spans(lacking), _known(case, code, lacking))
    years: dict[object, set[int]] = defaultdict(set)
    for target in case.plan.targets:
        if target.year is not None:
            years[_thing(target)].add(target.year)
    without = [target for target in case.plan.targets if _no_path(target, case.plan, years[_thing(target)])]
    if without:
        message_ = say("{n}项目标离期末超过{years}年，却没有年度或中期目标值", n=len(without), years=_FAR)
        yield Finding("no-path", "info", message_, _spans(without))


def _known(case: Case, code: str, lacking: list[Target]) -> str | None:
    """What the facts know of baselines that the plan leaves out."""
    if code != "no-baseline":
        return None
    found = []
    for target in lacking:
        term = head_term(target.name)
        dimension = plain_unit(target.unit)[0]
        start = case.plan.period[0] if case.plan.period else target.year
        known = [
            value
            for value in case.values
            if value.origin == "fact" and value.year is not None and (start is None or value.year < start)
            if value.dimension == dimension
            if value.name == target.name or (term is not None and value.term == term)
        ]
        if known:
            last = max(known, key=lambda value: value.year or 0)
            found.append(f"{target.name} {last.year}年 {last.shown}")
    return "；".join(found) or None


def _thing(target: Target) -> object:
    """What a target is of: its term, else its name."""
    of = head_term(target.name)
    return of.id if of is not None else target.name


def _no_path(target: Target, plan: Plan, told: set[int]) -> bool:
    """A value years away with nothing on the way: no interim value or path, no year of ``told`` before, no yearly amount."""
    if target.interim or target.path or target.per_year or target.year is None or _YEARLY.search(target.name):
        return False
    start = target.baseline.year if target.baseline else plan.period[0] - 1 if plan.period else None
    if start is None or target.year - start <= _FAR:
        return False
    return not any(start < year < target.year for year in told)


def _without_baseline(target: Target) -> bool:
    """A change (年均增长, 比2020年下降) or an amount a year needs none."""
    return target.baseline is None and not target.per_year and not _CHANGE.search(fold(target.name))


def _undefined(target: Target) -> bool:
    return bool(_COVERAGE.search(target.name)) and target.note is None


def _spans(targets: list[Target]) -> tuple[PlanSpan, ...]:
    return tuple(target.span for target in targets if target.span is not None)


#: What a target may lack: code, severity, whether it does, and the sentence for so many of them.
_LACKS: tuple[tuple[str, Severity, Callable[[Target], bool], Callable[[int], Message]], ...] = (
    (
        "no-baseline",
        "warning",
        _without_baseline,
        lambda n: say("{n}项目标没有基期值，完成率无法计算", n=n),
    ),
    (
        "undefined-coverage",
        "warning",
        _undefined,
        lambda n: say("{n}项覆盖类目标没有说明怎样算覆盖、以哪份名录为准", n=n),
    ),
    ("no-lead", "info", lambda target: not target.lead, lambda n: say("{n}项目标没有牵头单位", n=n)),
    (
        "no-nature",
        "info",
        lambda target: target.nature is None,
        lambda n: say("{n}项目标没有注明约束性或预期性", n=n),
    ),
)
