"""Units of numbers: what may be added to what, and by how much scales differ.

A unit is a product of powers of dimensions with a scale: 万元 is money × 10⁴, 万元/人 is money per
person × 10⁴. Only scales of one dimension are ever converted; everything else is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

MONEY = "元"
PERSON_YEAR = "人年"
#: What a whole count may be called.
COUNTED = ("家", "个", "人", "项", "件", "篇", "次", "村", "户", "所", "台", "套", "名")
#: Shares of one hundred and of one thousand, with the factor a formula has to state.
PER = {"%": 100.0, "‰": 1000.0}
_PREFIX = {"百万": 1e6, "千": 1e3, "万": 1e4, "亿": 1e8}
_BASE = (MONEY, PERSON_YEAR, "人", "家", "个", "项", "件", "亩", "人次", "户", "台", "吨")

Powers = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Unit:
    """Powers of dimensions (sorted, none zero) and the scale: value × scale is in base units."""

    powers: Powers = ()
    scale: float = 1.0

    @classmethod
    @cache
    def parse(cls, text: str | None) -> Unit:
        """The unit of ``text``; none or empty is dimensionless. A name not known is its own dimension.

        >>> Unit.parse("亿元").over(Unit.parse("万元"))
        Unit(powers=(), scale=10000.0)
        >>> Unit.parse("万元/人").text
        '万元/人'
        """
        unit = cls()
        for number, part in enumerate((text or "").split("/")):
            simple = _simple(part.strip())
            unit = unit.times(simple) if number == 0 else unit.over(simple)
        return unit

    @property
    def plain(self) -> bool:
        """Whether it is dimensionless."""
        return not self.powers

    def times(self, other: Unit) -> Unit:
        return self._combined(other, 1, self.scale * other.scale)

    def over(self, other: Unit) -> Unit:
        return self._combined(other, -1, self.scale / other.scale)

    def _combined(self, other: Unit, sign: int, scale: float) -> Unit:
        powers = dict(self.powers)
        for dimension, power in other.powers:
            powers[dimension] = powers.get(dimension, 0) + sign * power
        return Unit(tuple(sorted((name, power) for name, power in powers.items() if power)), scale)

    @property
    def text(self) -> str | None:
        """As people write it; None if dimensionless."""
        if not self.powers:
            return None
        above = [_power(name, power) for name, power in self.powers if power > 0]
        below = [_power(name, -power) for name, power in self.powers if power < 0]
        prefix = {1.0: "", 1e3: "千", 1e4: "万", 1e6: "百万", 1e8: "亿"}.get(self.scale)
        head = "·".join(above) or "1"
        head = f"{self.scale:g}×{head}" if prefix is None else prefix + head
        return "/".join([head, *below])


def _power(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"


def _simple(text: str) -> Unit:
    if text in ("", "1"):
        return Unit()
    for prefix, scale in _PREFIX.items():
        if text.startswith(prefix) and text[len(prefix) :] in _BASE:
            return Unit(((text[len(prefix) :], 1),), scale)
    return Unit(((text, 1),))
