"""Quantities in running text: a number or range and its unit with scale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kechuang.language.numerals import NUMBER, parse_number
from kechuang.language.units import UNITS

SCALES = ("万亿", "千亿", "百亿", "千万", "百万", "十万", "万", "亿", "千", "百")
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
#: 千 is part of the unit in 千瓦, 千米, 千克.
_SCALE = "|".join(rf"{scale}(?![瓦米克伏卡])" if scale.endswith("千") else scale for scale in SCALES)
#: What a quantity may be counted per: 张/千人, 立方米/万元, 微克/立方米.
_PER = rf"/(?:[\u4e00-\u9fa5]{{0,4}}?(?:{_UNIT})|万|升|日|月|L|h)"
_RATE = r"/10万|/十万|/万|/千人|/百户|/平方公里|/人|/年|/亩|/家|:1(?![\d.])|：1(?![\d.])"
#: Two numbers joined as a range; the first may carry its own unit: 3%—5%, 5家至8家.
_JOIN = r"\s?(?:—{1,2}|-{1,2}|~{1,2}|至|到)\s?"
_QUANTITY = re.compile(
    rf"(?P<low>{NUMBER})(?P<percent_low>[%‰])?(?:{_JOIN}(?P<high>{NUMBER}))?"
    rf"(?P<more>多|余)?\s?(?:(?P<sign>%|‰)|(?P<rate>{_RATE})|(?P<scale>{_SCALE})?(?P<more2>多|余)?(?P<unit>{_UNIT})?"
    rf"(?P<per>{_PER})?)"
)
#: Tenths: 七成 is 70 %; not the verb (建成、完成) or a word (成立、成果).
_TENTHS = re.compile(
    r"(?P<low>[一二三四五六七八九]|(?<![\d.])[1-9])成(?P<half>半)?(?![立果员就为长功效本年品人熟型份因交绩套])(?:以上)?"
)


_ONE_TO = re.compile(r"1\s?[:：]\s?([2-9]\d*(?:\.\d+)?|1\d+(?:\.\d+)?|[01]\.\d+)(?!\d)")
_SECOND = re.compile(_JOIN)


@dataclass(frozen=True)
class Quantity:
    """``value`` (to ``high`` for a range) in ``unit`` (scale included: 亿元, 万人次); characters start–end.

    ``about`` is true for 3万余 and 100多家, ``words`` for a number written in characters; a number without any
    unit has unit "".
    """

    value: float
    unit: str
    start: int
    end: int
    high: float | None = None
    about: bool = False
    words: bool = False


def quantities(text: str) -> Iterator[Quantity]:
    """The quantities of ``text`` (folded) from left to right.

    >>> [(q.value, q.unit) for q in quantities("经费0.3%，人员228.18人年，收入1.3万亿元，死亡率12/10万")]
    [(0.3, '%'), (228.18, '人年'), (1.3, '万亿元'), (12.0, '/10万')]
    >>> [(q.value, q.high, q.unit) for q in quantities("培育1—2家")]
    [(1.0, 2.0, '家')]
    >>> [(q.value, q.high, q.unit) for q in quantities("占3%—5%，孵化器5家至8家，师生比1:15，七成以上，百分之六十")]
    [(3.0, 5.0, '%'), (5.0, 8.0, '家'), (15.0, None, '1:'), (70.0, None, '%'), (60.0, None, '%')]
    """
    position = 0
    tenths = _TENTHS.search(text)
    while match := _QUANTITY.search(text, position):
        while tenths and tenths.start() < match.start():
            tenths = _TENTHS.search(text, tenths.end())
        if tenths and tenths.start() == match.start():
            found: Quantity | None = _of_ten(tenths)
        else:
            found = _ratio(match, text) or _quantity(match, text)
        position = max(found.end if found else match.end(), match.start() + 1)
        if found is not None:
            yield found


def is_unit(text: str) -> bool:
    """Whether ``text`` is a unit as a table's column of units gives it.

    >>> [is_unit(text) for text in ("%", "亿元", "1/10万", "人/万人", "专利数")]
    [True, True, True, True, False]
    """
    text = text.removeprefix("1") if text.startswith("1/") else text
    found = next(quantities(f"2{text}"), None)
    return bool(text) and found is not None and found.unit == text and found.end == len(text) + 1


def _of_ten(match: re.Match[str]) -> Quantity:
    value = 10 * (parse_number(match["low"]) or 0) + (5 if match["half"] else 0)
    end = match.end("half") if match["half"] else match.end("low") + 1
    return Quantity(value, "%", match.start(), end, words=True)


def _ratio(match: re.Match[str], text: str) -> Quantity | None:
    """One to many (师生比1:15): the many, in unit 1:."""
    found = _ONE_TO.match(text, match.start())
    if found is None or text[match.start() - 1 : match.start()].isdigit():
        return None
    return Quantity(float(found[1]), "1:", found.start(), found.end())


def _quantity(match: re.Match[str], text: str) -> Quantity | None:
    low = parse_number(match["low"])
    before = text[match.start() - 1 : match.start()]
    if low is None or (before.isascii() and before.isalpha()):
        return None  # part of a name: R2, G7
    words = not match["low"][0].isdigit()
    sign = match["sign"] or match["percent_low"] or ""
    unit = sign or (match["rate"] or "").replace("：", ":") or (match["scale"] or "") + (match["unit"] or "")
    unit += match["per"] or ""
    if match["low"].startswith("百分之"):
        unit = "%"
    end = match.end()
    high = parse_number(match["high"]) if match["high"] else None
    if high is not None and (high <= low or words == match["high"][0].isdigit()):
        high, unit = None, match["percent_low"] or ""
        end = match.end("percent_low") if match["percent_low"] else match.end("low")
    if words and not unit and "分之" not in match["low"] and match["low"] != "一半":
        return None
    about = bool(match["more"] or match["more2"])
    if high is None and unit and (second := _SECOND.match(text, end)):
        upper = _QUANTITY.match(text, second.end())
        value = parse_number(upper["low"]) if upper else None
        same = upper is not None and (_unit_of(upper) == unit or (unit in SCALES and upper["scale"] == unit))
        if upper and value and value > low and not upper["high"] and same:
            high, end, unit = value, upper.end(), _unit_of(upper)
    return Quantity(low, unit, match.start(), end, high, about, words)


def _unit_of(match: re.Match[str]) -> str:
    return (match["sign"] or (match["scale"] or "") + (match["unit"] or "")) + (match["per"] or "")
