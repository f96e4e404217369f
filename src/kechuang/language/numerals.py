"""Numbers as official text writes them: 2,467、3.5、五十八、十二万、两、一半、三分之一."""

from __future__ import annotations

import re

DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
CHINESE = "〇零○一二两三四五六七八九十百千"

#: A number in figures, with thousands separators and decimals.
FIGURES = r"\d{1,3}(?:[,，]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
#: A number in Chinese characters, or a fraction (三分之一、一半).
WORDS = rf"[{CHINESE}]+分之[{CHINESE}]+|[{CHINESE}]+(?:点[{CHINESE}]+)?|一半"
NUMBER = rf"(?:{FIGURES}|百分之(?:{FIGURES}|[{CHINESE}]+(?:点[{CHINESE}]+)?)|{WORDS})"


def parse_number(text: str) -> float | None:
    """The value of a number written in figures or characters; None where it is no number.

    百分之 gives the percentage itself (百分之十五 is 15), other fractions their value.

    >>> [parse_number(t) for t in ("2,467", "五十八", "十二", "两百零三", "三分之一", "一半", "二〇二五")]
    [2467.0, 58.0, 12.0, 203.0, 0.3333333333333333, 0.5, 2025.0]
    """
    text = text.strip()
    if re.fullmatch(FIGURES, text):
        return float(text.replace(",", "").replace("，", ""))
    if text == "一半":
        return 0.5
    if text.startswith("百分之"):
        return parse_number(text.removeprefix("百分之"))
    if "分之" in text:
        below, _, above = text.partition("分之")
        bottom, top = parse_number(below), parse_number(above)
        return top / bottom if bottom and top is not None else None
    if "点" in text:
        whole, _, decimals = text.partition("点")
        value, tail = _whole(whole), [DIGITS.get(sign) for sign in decimals]
        if value is None or not tail or None in tail:
            return None
        return float(f"{value}.{''.join(map(str, tail))}")
    found = _whole(text)
    return None if found is None else float(found)


def _whole(text: str) -> int | None:
    """A whole number in characters: by place (三百二十) or digit by digit (二〇二五)."""
    if not text:
        return None
    if len(text) > 1 and all(sign in DIGITS for sign in text):
        return int("".join(str(DIGITS[sign]) for sign in text))
    total = section = digit = 0
    for sign in text:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in _SMALL:
            section += (digit or 1) * _SMALL[sign]
            digit = 0
        elif sign in _LARGE:
            total += (section + digit) * _LARGE[sign]
            section = digit = 0
        else:
            return None
    return total + section + digit


def chinese(number: int) -> str:
    """``number`` (0–9999) in characters, as headings count.

    >>> [chinese(n) for n in (0, 7, 10, 14, 20, 58, 100, 203, 1010)]
    ['零', '七', '十', '十四', '二十', '五十八', '一百', '二百零三', '一千零一十']
    """
    if not 0 <= number <= 9999:
        raise ValueError(f"not between 0 and 9999: {number}")
    names = "零一二三四五六七八九"
    if number < 10:
        return names[number]
    out, gap = "", False
    for size, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit:
            out += ("零" if gap else "") + names[digit] + sign
            gap = False
        elif out and number:
            gap = True
    return out.removeprefix("一") if out.startswith("一十") else out
