"""Units of numbers: what may be added to what, and by how much scales differ.

A unit is a product of powers of dimensions with a scale: 万元 is money × 10⁴, 万元/人 is money per
person × 10⁴, 亩 is area × 10⁴/15. Only scales of one dimension are ever converted; everything else is
refused. Shares (%, ‰) are a dimension of their own that a product with anything else takes in: 5% of
100 万元 is 5 万元.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

MONEY = "元"
PERSON_YEAR = "人年"
#: What stands for a share: 1 is all, % and ‰ are scales of it.
SHARE = "比"
#: What a whole count may be called.
COUNTED = (
    *("家", "个", "人", "项", "件", "篇", "次", "村", "户", "所", "台", "套", "名", "位", "部", "册", "种"),
    *("期", "场", "条", "座", "处", "门", "辆", "份", "株", "头", "只", "支", "人次", "家次", "项次"),
)
#: Counts that are quantities in their own right: people and households are what others are divided by.
PEOPLE = ("人", "户", "人年")
#: Shares of one hundred and of one thousand, with the factor a formula of plain division has to state.
PER = {"%": 100.0, "‰": 1000.0}
_PREFIX = {"万亿": 1e12, "千万": 1e7, "百万": 1e6, "十万": 1e5, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
#: Units that are scales of another: name → (dimension, scale).
_SCALES = {
    "%": (SHARE, 0.01),
    "‰": (SHARE, 0.001),
    "百分点": (SHARE, 0.01),
    "个百分点": (SHARE, 0.01),
    "人·年": (PERSON_YEAR, 1.0),
    "平方米": ("平方米", 1.0),
    "㎡": ("平方米", 1.0),
    "亩": ("平方米", 1e4 / 15),
    "公顷": ("平方米", 1e4),
    "平方公里": ("平方米", 1e6),
    "平方千米": ("平方米", 1e6),
    "立方米": ("立方米", 1.0),
    "吨": ("千克", 1e3),
    "千克": ("千克", 1.0),
    "公斤": ("千克", 1.0),
    "吨标准煤": ("吨标准煤", 1.0),
    "吨标煤": ("吨标准煤", 1.0),
    "千瓦时": ("千瓦时", 1.0),
    "兆瓦时": ("千瓦时", 1e3),
    "千瓦": ("千瓦", 1.0),
    "兆瓦": ("千瓦", 1e3),
    "米": ("米", 1.0),
    "公里": ("米", 1e3),
    "千米": ("米", 1e3),
}
_BASE = {MONEY, PERSON_YEAR, "美元", "亩次", *COUNTED, *_SCALES} - {"%", "‰", "百分点", "个百分点"}
#: How a dimension is written, and the scales that have a name of their own.
_NAMED = {
    (SHARE, 0.01): "%",
    (SHARE, 0.001): "‰",
    ("平方米", 1e4 / 15): "亩",
    ("平方米", 1e4): "公顷",
    ("平方米", 1e4 / 15 * 1e4): "万亩",
    ("平方米", 1e8): "万公顷",
    ("平方米", 1e6): "平方公里",
    ("千克", 1e3): "吨",
    ("千克", 1e7): "万吨",
    ("千克", 1e11): "亿吨",
    ("千瓦时", 1e3): "兆瓦时",
    ("千瓦", 1e3): "兆瓦",
    ("米", 1e3): "公里",
}

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
        >>> Unit.parse("万元/人").text, Unit.parse("万亩").text, Unit.parse("%").text
        ('万元/人', '万亩', '%')
        """
        unit = cls()
        for number, part in enumerate((text or "").split("/")):
            simple = _simple(part.strip())
            unit = unit._combined(simple, -1 if number else 1, unit.scale)
        return unit

    @property
    def plain(self) -> bool:
        """Whether it is dimensionless."""
        return not self.powers

    @property
    def share(self) -> bool:
        """Whether it is a share: %, ‰, or a ratio of two quantities of one unit."""
        return self.powers == ((SHARE, 1),)

    @property
    def counted(self) -> bool:
        """Whether it is what a whole count is called (家, 万件), and no more than that."""
        return len(self.powers) == 1 and self.powers[0][1] == 1 and self.powers[0][0] in COUNTED

    def times(self, other: Unit) -> Unit:
        return self._combined(other, 1, self.scale)._absorbed()

    def over(self, other: Unit) -> Unit:
        return self._combined(other, -1, self.scale)._absorbed()

    def without_counts(self, other: Unit) -> Unit:
        """This unit without names of counts that ``other`` lacks: 件/万人 is what a count per 万人 may be called."""
        have = dict(other.powers)
        kept = tuple((n, p) for n, p in self.powers if not (p == 1 and n in COUNTED and n not in have))
        return Unit(kept, self.scale)

    def _combined(self, other: Unit, sign: int, scale: float) -> Unit:
        powers = dict(self.powers)
        for dimension, power in other.powers:
            powers[dimension] = powers.get(dimension, 0) + sign * power
        scale = scale * other.scale if sign > 0 else scale / other.scale
        return Unit(tuple(sorted((name, power) for name, power in powers.items() if power)), scale)

    def _absorbed(self) -> Unit:
        """A share of something is that thing; a share of a share is a share."""
        powers = dict(self.powers)
        share = powers.pop(SHARE, 0)
        if share > 0 and not powers:
            powers[SHARE] = 1
        return Unit(tuple(sorted(powers.items())), self.scale)

    @property
    def text(self) -> str | None:
        """As people write it; None if dimensionless, and for a share that is no %."""
        if not self.powers or self == Unit(((SHARE, 1),)):
            return None
        above = [_power(name, power) for name, power in self.powers if power > 0]
        below = [_power(name, -power) for name, power in self.powers if power < 0]
        if len(above) == 1 and (named := _NAMED.get((above[0], self.scale))) is not None:
            return "/".join([named, *below])
        if not above and len(below) == 1 and self.scale < 1:  # a count per 万人
            prefix = _PREFIXES.get(round(1 / self.scale, 9))
            return f"1/{prefix}{below[0]}" if prefix is not None else f"{self.scale:g}/{below[0]}"
        prefix = _PREFIXES.get(self.scale)
        head = "·".join(above) or "1"
        head = f"{self.scale:g}×{head}" if prefix is None else prefix + head
        return "/".join([head, *below])


_PREFIXES = {1.0: "", **{scale: prefix for prefix, scale in _PREFIX.items()}}


def factors(have: Unit, want: Unit) -> tuple[float, float]:
    """(up, down): a number in ``have`` × up ÷ down is in ``want``; whole factors wherever there are such.

    >>> factors(Unit.parse("万元"), Unit.parse("亿元")), factors(Unit.parse("亩"), Unit.parse("公顷"))
    ((1.0, 10000.0), (1.0, 15.0))
    """
    if have.scale < want.scale:
        down, up = factors(want, have)
        return up, down
    ratio = have.scale / want.scale
    whole = Fraction(ratio).limit_denominator(1000)
    if abs(float(whole) / ratio - 1) < 1e-12:  # 亩 is a fifteenth of 公顷
        return float(whole.numerator), float(whole.denominator)
    return ratio, 1.0


def _power(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"


def _simple(text: str) -> Unit:
    if text in ("", "1"):
        return Unit()
    if text in _SCALES:
        dimension, scale = _SCALES[text]
        return Unit(((dimension, 1),), scale)
    for prefix, scale in _PREFIX.items():
        rest = text.removeprefix(prefix)
        if rest != text and rest in _BASE:
            dimension, own = _SCALES.get(rest, (rest, 1.0))
            return Unit(((dimension, 1),), scale * own)
        if rest == "" and text == prefix:  # 1/万, /10万
            return Unit((), scale)
    return Unit(((text, 1),))
