"""Quantities in running text: a number or range and its unit with scale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kechuang.language.numerals import NUMBER, parse_number

#: Units that stand after a number; 万, 亿 and so on may stand before them. The longest that fits is taken.
UNITS = (
    *(
        "吨标准煤",
        "立方千米",
        "平方千米",
        "平方公里",
        "平方米",
        "立方米",
        "千瓦时",
        "千瓦",
        "兆瓦时",
        "兆瓦",
        "吉瓦",
        "公里",
        "千米",
        "公顷",
    ),
    *(
        "公斤",
        "千克",
        "毫克",
        "毫升",
        "人年",
        "人次",
        "人天",
        "个百分点",
        "百分点",
        "车次",
        "班次",
        "架次",
        "件次",
        "户次",
        "标准箱",
        "标箱",
    ),
    *(
        "美元",
        "元",
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
        "台套",
        "台",
        "套",
        "户",
        "岁",
    ),
    *(
        "年",
        "篇",
        "场次",
        "场",
        "部",
        "册",
        "种",
        "只",
        "头",
        "株",
        "吨",
        "亩",
        "米",
        "倍",
        "分",
        "天",
        "小时",
        "批",
        "次",
        "期",
        "门",
    ),
    *(
        "款",
        "组",
        "间",
        "幅",
        "对",
        "艘",
        "架",
        "枚",
        "棵",
        "克",
        "升",
        "度",
        "片",
        "宗",
        "笔",
        "例",
        "床",
        "学时",
        "课时",
        "类",
    ),
)
SCALES = ("万亿", "千亿", "百亿", "千万", "百万", "十万", "万", "亿", "千", "百")
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_SCALE = "|".join(SCALES)
_RATE = r"/10万|/十万|/万|/千人|/百户|/平方公里|/人|/年|/亩|/家|:1(?!\d)|：1(?!\d)"
_QUANTITY = re.compile(
    rf"(?P<low>{NUMBER})(?P<percent_low>[%‰])?(?:\s?(?:—{{1,2}}|-{{1,2}}|~|至|到)\s?(?P<high>{NUMBER}))?"
    rf"(?P<more>多|余)?\s?(?:(?P<sign>%|‰)|(?P<rate>{_RATE})|(?P<scale>{_SCALE})?(?P<more2>多|余)?(?P<unit>{_UNIT})?"
    rf"(?P<per>/(?:万人|年|人|亩|家|天))?)"
)


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
    """
    position = 0
    while match := _QUANTITY.search(text, position):
        found = _quantity(match, text)
        position = max(found.end if found else match.end(), match.start() + 1)
        if found is not None:
            yield found


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
    return Quantity(low, unit, match.start(), end, high, bool(match["more"] or match["more2"]), words)
