"""Numbers and units as the product writes them, in reasons, reports and charts."""

from __future__ import annotations

from kechuang.messages import Message, literal, say

MINUS = "\N{MINUS SIGN}"
MISSING = "\N{EM DASH}"

#: Measure words of counted things: they differ in wording only, so figures in them may be compared.
COUNTS = frozenset("家个户所名人项件座处村次")


def number(value: float | None, decimals: int | None = None) -> str:
    """A number for people: thousands commas from 1,000, a true minus, an em dash where unknown.

    Without ``decimals``, as many digits as the value needs (at most six significant).

    >>> number(1234.5, 1), number(-0.25), number(None), number(12.0), number(0.055)
    ('1,234.5', '−0.25', '—', '12', '0.055')
    """
    if value is None:
        return MISSING
    if decimals is None:
        text = f"{value:,.6f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.6g}"
    else:
        text = f"{value:,.{decimals}f}"
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def percent(share: float | None, decimals: int = 0) -> str:
    """A share 0–1 as a percentage; an em dash where unknown.

    >>> percent(0.8), percent(0.456, 1)
    ('80%', '45.6%')
    """
    return MISSING if share is None else number(share * 100, decimals) + "%"


def decimals_of(value: float | None) -> int:
    """How many decimals a number of the plan is written with (at most six).

    >>> decimals_of(0.055), decimals_of(228.18), decimals_of(12.0)
    (3, 2, 0)
    """
    if value is None:
        return 0
    text = f"{value:.6f}".rstrip("0")
    return len(text.partition(".")[2])


def unit_message(unit: str) -> Message:
    """A unit of plans in either language; units without an English word stay as they are."""
    if unit in _UNITS:
        return _UNITS[unit]
    return literal(unit)


_UNITS = {
    "人年": say("人年"),
    "万元": say("万元"),
    "亿元": say("亿元"),
    "元": say("元"),
}


def quantity(value: float | None, unit: str, decimals: int | None = None) -> Message:
    """Number and unit together: no space in Chinese, one before a word in English.

    >>> quantity(12, "家").zh, quantity(0.055, "%").zh
    ('12家', '0.055%')
    """
    if value is None:
        return literal(MISSING)
    return Quantity(number(value, decimals), unit)


class Quantity(Message):
    """Number and unit, set as each language sets them."""

    def __init__(self, shown: str, unit: str) -> None:
        super().__init__("{number}{unit}", {"number": shown, "unit": unit})

    def text(self, language: str) -> str:
        name = str(self.params["unit"])
        # Measure words of counts have no English.
        unit = "" if language == "en" and name in COUNTS else unit_message(name).text(language)
        gap = " " if language == "en" and unit not in ("", "%") else ""
        return f"{self.params['number']}{gap}{unit}"


def difference(value: float, unit: str, decimals: int | None = None) -> Message:
    """A difference: percentages differ by percentage points.

    >>> difference(0.7, "%").zh
    '0.7个百分点'
    """
    shown = number(abs(value), decimals)
    if unit == "%":
        return say("{number}个百分点", number=shown)
    return Quantity(shown, unit)
