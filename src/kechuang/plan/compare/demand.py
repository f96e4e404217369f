"""Whether a target reaches the level that a plan above asks for, where the two can be compared at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from kechuang.messages import Message, literal, say
from kechuang.plan.compare.likeness import plain
from kechuang.plan.compare.numbers import number
from kechuang.plan.model import Target

Relation = Literal["higher", "equal", "lower", "not-comparable"]

#: A rate says the same of a large area and a small one; a count does not.
_RATE = re.compile(r"每[百千万亿]|[百千万]名?人|人均|单位|占比|比重|比例|比率|覆盖|强度|率$|率（|指数|水平")
_RATE_UNITS = re.compile(r"[%‰/每]|百分点|倍|分$|岁$")
_GROWTH = re.compile(r"增长|增速|增幅|提高|下降|降低|年均")
_SCALES = (
    ("万亿", 1e12),
    ("千亿", 1e11),
    ("百亿", 1e10),
    ("亿", 1e8),
    ("千万", 1e7),
    ("百万", 1e6),
    ("万", 1e4),
)


@dataclass(frozen=True)
class Demand:
    """``relation`` of the lower plan's value to the upper one's; ``met``: the level asked above is reached.

    ``met`` is None where the two cannot be compared.
    """

    relation: Relation
    met: bool | None
    reason: Message

    def as_dict(self) -> dict[str, Any]:
        return {"relation": self.relation, "met": self.met, "reason": self.reason.both()}


def demand(own: Target, above: Target, same_area: bool = False) -> Demand:
    """How ``own`` stands to ``above``, a target for the same thing.

    Not comparable are: other units, other years, growth against level, yearly against whole, bounds that
    point in opposite directions, and counts of areas of different size (unless ``same_area``).
    """
    why = _incomparable(own, above, same_area)
    if why is not None:
        return Demand("not-comparable", None, why)
    mine, theirs = _amount(own), _amount(above)
    assert mine is not None and theirs is not None
    at_most = _at_most(own, above)
    values = {"own": _told(own), "above": _told(above)}
    if abs(mine - theirs) <= 1e-9 * max(abs(mine), abs(theirs)):
        return Demand("equal", True, say("与上级要求持平（{own}，上级{above}）", **values))
    if mine > theirs:
        return Demand("higher", not at_most, say("高于上级要求（{own}，上级{above}）", **values))
    return Demand("lower", at_most, say("低于上级要求（{own}，上级{above}）", **values))


def _incomparable(own: Target, above: Target, same_area: bool) -> Message | None:
    """Why the two cannot be compared; None where they can."""
    if own.value is None or above.value is None:
        return say("一方没有目标值，不能比较")
    if _base(own.unit)[0] != _base(above.unit)[0]:
        return say("单位不同（{own}、{above}），不能比较", own=own.unit or "—", above=above.unit or "—")
    if _grows(own) != _grows(above) or own.per_year != above.per_year:
        return say("一方是增长速度或每年的数，一方不是，不能比较")
    if own.year != above.year:
        return say("年度不同（{own}、{above}），不能比较", own=own.year or "—", above=above.year or "—")
    if _bound(own) * _bound(above) < 0:
        return say("一方是下限，一方是上限，不能比较")
    if not same_area and not (_rate(own) and _rate(above)):
        return say(
            "总量指标，区域大小不同，不能直接比较（{own}，上级{above}）", own=_told(own), above=_told(above)
        )
    return None


def _base(unit: str) -> tuple[str, float]:
    """The unit without its scale, and the scale: 万家 is 10,000 家."""
    plain_unit = plain(unit)
    for name, scale in _SCALES:
        if plain_unit.startswith(name) and len(plain_unit) > len(name):
            return plain_unit[len(name) :], scale
    return plain_unit, 1.0


def _amount(target: Target) -> float | None:
    return None if target.value is None else target.value * _base(target.unit)[1]


def _rate(target: Target) -> bool:
    return bool(_RATE_UNITS.search(target.unit) or _RATE.search(target.name))


def _grows(target: Target) -> bool:
    return bool(_GROWTH.search(target.name))


def _bound(target: Target) -> int:
    """1: at least; -1: at most; 0: neither."""
    if target.comparator in (">=", ">"):
        return 1
    if target.comparator in ("<=", "<"):
        return -1
    return 0


def _at_most(own: Target, above: Target) -> bool:
    return _bound(above) < 0 or _bound(own) < 0 or "down" in (own.direction, above.direction)


def _told(target: Target) -> Message:
    sign = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "~": "≈"}.get(target.comparator, "")
    return literal(f"{sign}{number(target.value or 0.0)}{target.unit}")
