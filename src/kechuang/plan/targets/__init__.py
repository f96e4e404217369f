"""Finds targets: in running text clause by clause, and in indicator tables.

A target is a quantity promised for a time to come. What has been reached (现有…, 2020年达到…) is none; at most
it is a baseline. ``text`` walks the sections and sentences, ``times`` says what time a clause speaks of,
``clause`` reads the quantities of a clause, ``forms`` the targets that are written without a number of their own
(全覆盖, 翻一番, 前40位), ``names`` what they are called; ``tables`` and ``flattened`` read the tables;
``reached`` and ``baselines`` find where a target starts from.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import Postfix

from kechuang.language.fold import fold
from kechuang.plan.model import Target
from kechuang.plan.outline import Section
from kechuang.plan.targets.baselines import with_baselines
from kechuang.plan.targets.flattened import flattened_targets
from kechuang.plan.targets.reached import reached_values
from kechuang.plan.targets.tables import table_targets
from kechuang.plan.targets.text import text_targets
from kechuang.plan.text import Source

_AREA = re.compile(r"(?:全|我|本)(?:省|市|县|区|州|地区|自治区)")
_SINCE = re.compile(r"(?:较|比)20\d\d年(?:底|末)?(?:分别)?")
_SCALES = ("万", "亿", "万亿", "萬", "億", "萬億")
_LONG = 8
_ALIKE = 4  # signs at the end in common

__all__ = ["find_targets"]


def find_targets(source: Source, root: Section, period: tuple[int, int] | None) -> list[Target]:
    """The targets of a document with ids T1… in order of the text; what is stated twice counts once."""
    found = [
        *text_targets(source, root, period),
        *table_targets(source, period),
        *flattened_targets(source, period),
    ]
    found.sort(key=lambda target: target.span.start if target.span else 0)
    unique: list[Target] = []
    said: dict[tuple[float | None, str], list[int]] = {}
    for target in found:
        key = (target.value if target.value is not None else target.multiple, target.unit)
        places = said.setdefault(key, [])
        again = next((place for place in places if _same(unique[place], target)), None)
        if again is None:
            places.append(len(unique))
            unique.append(target)
        else:
            unique[again] = _with_more(unique[again], target)
    told = [t for t in unique if not (_told_elsewhere(t, unique) or _in_short(t, unique))]
    told = with_baselines(told, reached_values(source, root, period), period)
    return [target.model_copy(update={"id": f"T{number}"}) for number, target in enumerate(told, start=1)]


def _told_elsewhere(target: Target, others: list[Target]) -> bool:
    """翻一番 where the value is told as well: 比2020年翻一番，达到1200亿元."""
    return target.value is None and any(
        other.value is not None and other.name == target.name and other.year == target.year
        for other in others
    )


def _in_short(target: Target, others: list[Target]) -> bool:
    """A headline's 2500亿 where the text says 2500亿元."""
    return target.unit in _SCALES and any(
        other.value == target.value
        and other.year == target.year
        and other.unit.startswith(target.unit)
        and other.unit != target.unit
        for other in others
    )


def _same(one: Target, other: Target) -> bool:
    """Whether two targets of the same value are one: of the same year, named 全市公路里程 and 某市公路里程."""
    if one.year != other.year and one.year is not None and other.year is not None:
        return False
    shorter, longer = sorted((_in_one_form(one.name), _in_one_form(other.name)), key=len)
    shorter, longer = shorter.replace("：", ""), longer.replace("：", "")
    alike = Postfix.similarity(shorter, longer)
    areas = (_AREA.fullmatch(name[: len(name) - alike]) for name in (shorter, longer))
    return (
        shorter in longer
        or (alike >= _ALIKE and any(areas))
        or (len(shorter) >= _LONG and len(longer) - len(shorter) <= _ALIKE and _within(shorter, longer))
    )


def _within(shorter: str, longer: str) -> bool:
    """Whether ``shorter`` is ``longer`` with something left out: 有影响力的集群, 有影响力的产业集群."""
    signs = iter(longer)
    return all(sign in signs for sign in shorter)


def _in_one_form(name: str) -> str:
    plain = _SINCE.sub("", "".join(fold(name).split())).replace("营业收入", "营收")
    return plain.replace("国内生产总值", "GDP").replace("地区生产总值", "GDP")


def _with_more(target: Target, again: Target) -> Target:
    """``target`` with what only its second mention says: a table adds baseline, nature and lead to a sentence."""
    lacking = ("year", "baseline", "nature", "lead", "partners")
    added = {name: getattr(again, name) for name in lacking if not getattr(target, name)}
    return target.model_copy(update=added)
