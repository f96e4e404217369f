"""A number written together with its unit: “1,200,000元” in a column of 万元 is 120, exactly.

Offices mix units in a column, 元 beside 万元. What the unit system can convert is converted by whole
fractions and told to whoever imports; a unit of another kind is refused, naming both.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from kechuang.formula import Unit
from kechuang.formula.units import PER
from kechuang.language.units import UNITS

_KNOWN = frozenset(UNITS)
_PREFIX = {"百万": 1e6, "千万": 1e7, "千": 1e3, "万": 1e4, "亿": 1e8}
_WRITTEN = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.\d*)?)\s*([^\d\s.,+-].*)")
_HUNDREDTH = "%"


def split(text: str) -> tuple[Fraction, str] | None:
    """The number and the unit a text consists of; None where it is not made so.

    >>> split("1,200.5万元"), split("12万")
    ((Fraction(2401, 2), '万元'), None)
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or unit_of(found[2]) is None:
        return None
    return Fraction(Decimal(found[1].replace(",", ""))), found[2]


def converted(value: Fraction, unit: str, wanted: str) -> Fraction | None:
    """``value`` of ``unit`` in ``wanted``; None where one is not a scale of the other.

    >>> converted(Fraction(1200000), "元", "万元"), converted(Fraction(12), "人", "万元")
    (Fraction(120, 1), None)
    >>> converted(Fraction(85), "‰", "%")
    Fraction(17, 2)
    """
    if unit == wanted:
        return value
    have, want = unit_of(unit), unit_of(wanted)
    if have is None or want is None or have.powers != want.powers:
        return None
    return value * _exact(have.scale) / _exact(want.scale)


@lru_cache(maxsize=1024)
def unit_of(text: str) -> Unit | None:
    """The unit ``text`` names, or None where it names none that is known.

    >>> unit_of("亿元") == Unit((("元", 1),), 1e8), unit_of("万"), unit_of("很多")
    (True, None, None)
    """
    unit = Unit()
    for number, part in enumerate(text.split("/")):
        simple = _simple(part.strip())
        if simple is None:
            return None
        unit = unit.times(simple) if number == 0 else unit.over(simple)
    return unit


def _simple(text: str) -> Unit | None:
    if text in PER:  # 1 % is ten of 1 ‰
        return Unit(((_HUNDREDTH, 1),), PER[_HUNDREDTH] / PER[text])
    if text in _KNOWN:
        return Unit.parse(text)
    for prefix, scale in _PREFIX.items():
        if text.startswith(prefix) and text[len(prefix) :] in _KNOWN:
            return Unit(((text[len(prefix) :], 1),), scale)
    return None


def _exact(scale: float) -> Fraction:
    """A power of ten as it is meant, not as binary keeps it."""
    return Fraction(Decimal(repr(scale)))
