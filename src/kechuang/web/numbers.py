"""How numbers stand on a page: thousands, decimals, units, money, differences."""

from __future__ import annotations

from collections.abc import Callable

from kechuang.messages import LANGUAGES, Message, in_language, language
from kechuang.progress.outlook.wording import Named

_UNITS = {
    "万元": "×10⁴ yuan",
    "亿元": "×10⁸ yuan",
    "元": "yuan",
    "家": "",
    "个": "",
    "人": "",
    "人年": "FTE",
    "项": "",
    "亩": "mu",
    "件": "",
    "户": "households",
    "小时": "h",
}


def figure_text(value: float, decimals: int | None = None) -> str:
    """The number with thousands and a true minus; without ``decimals`` as many as it needs, four at most.

    >>> figure_text(1234.5), figure_text(-0.25), figure_text(12.0)
    ('1,234.5', '−0.25', '12')
    """
    text = f"{value:,.4f}".rstrip("0").rstrip(".") if decimals is None else f"{value:,.{decimals}f}"
    if text.startswith("-"):
        text = "−" + text[1:] if any(digit in text for digit in "123456789") else text[1:]
    return text


def unit_text(unit: str | None) -> str:
    """The unit in the reader's language; English counts need none."""
    if not unit:
        return ""
    if language() == "zh" or unit in ("%", "‰"):
        return unit
    known = _UNITS.get(unit, unit)
    return f" {known}" if known else ""


def difference_text(value: float, unit: str, decimals: int | None = None) -> str:
    """A difference: of percentages in percentage points, with its sign."""
    sign = "+" if value > 0 else ""
    points = {"%": ("个百分点", " percentage points"), "‰": ("个千分点", " per mille points")}.get(unit)
    said = points[language() == "en"] if points else unit_text(unit)
    return f"{sign}{figure_text(value, decimals)}{said}"


def difference(value: float, unit: str, decimals: int | None = None) -> Message:
    """:func:`difference_text` in both languages."""
    return Named(*(_spoken(one, lambda: difference_text(value, unit, decimals)) for one in LANGUAGES))


def distance(value: float, unit: str, decimals: int | None = None) -> Message:
    """How far apart, without a sign: of percentages in percentage points."""
    return Named(
        *(_spoken(one, lambda: difference_text(abs(value), unit, decimals).lstrip("+")) for one in LANGUAGES)
    )


def amount(value: float, unit: str, decimals: int | None = None) -> Message:
    """A figure with its unit, in both languages."""
    return Named(
        *(_spoken(one, lambda: f"{figure_text(value, decimals)}{unit_text(unit)}") for one in LANGUAGES)
    )


def _spoken(speaking: str, text: Callable[[], str]) -> str:
    with in_language(speaking):
        return text()
