"""How numbers stand on a page: thousands, decimals, units, money, differences."""

from __future__ import annotations

from collections.abc import Callable

from kechuang.messages import LANGUAGES, Message, in_language, language, say
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
    "万人次": "×10⁴",
    "人次": "",
    "次": "",
    "台": "",
    "份": "",
    "张": "",
    "处": "",
    "村": "villages",
    "天": "days",
    "个月": "months",
    "年": "years",
    "分": "points",
    "吨": "t",
    "万吨": "×10⁴ t",
    "万吨/年": "×10⁴ t a year",
    "吨标准煤": "t of standard coal",
    "吨标准煤/年": "t of standard coal a year",
    "吨标准煤/万元": "t of standard coal per 10⁴ yuan",
    "万亩": "×10⁴ mu",
    "度": "degrees",
    "公顷": "ha",
    "万元/公顷": "×10⁴ yuan/ha",
    "平方米": "m²",
    "平方米/人": "m² per head",
    "平方公里": "km²",
    "立方米": "m³",
    "万立方米": "×10⁴ m³",
    "立方米/日": "m³ a day",
}

#: Bytes of each unit, the largest first.
_SIZES = ((2**30, "GB"), (2**20, "MB"), (2**10, "KB"))
#: Units that one of them is called otherwise.
_MANY = frozenset(("households", "villages", "days", "months", "years", "points", "degrees"))


def size_text(count: int) -> str:
    """How large a file is.

    >>> size_text(114), size_text(1228), size_text(7_400_000), size_text(66 * 2**30)
    ('114字节', '1.2KB', '7.1MB', '66.0GB')
    """
    if count < 1000:
        return str(say("{n}字节", n=count))
    of, unit = next((one for one in _SIZES if count >= one[0]), _SIZES[-1])
    return f"{count / of:.1f}{unit}"


def figure_text(value: float, decimals: int | None = None) -> str:
    """The number with thousands and a true minus; without ``decimals`` as many as it needs, four at most.

    >>> figure_text(1234.5), figure_text(-0.25), figure_text(12.0)
    ('1,234.5', '−0.25', '12')
    """
    text = f"{value:,.4f}".rstrip("0").rstrip(".") if decimals is None else f"{value:,.{decimals}f}"
    if text.startswith("-"):
        text = "−" + text[1:] if any(digit in text for digit in "123456789") else text[1:]
    return text


def unit_text(unit: str | None, number: str = "") -> str:
    """The unit in the reader's language, after ``number`` as it is written; English counts need none.

    >>> with in_language("en"):
    ...     unit_text("户", "1"), unit_text("户", "2"), unit_text("小时", "1"), unit_text("家")
    (' household', ' households', ' h', '')
    """
    if not unit:
        return ""
    if language() == "zh" or unit in ("%", "‰"):
        return unit
    known = _UNITS.get(unit, unit)
    if number in ("1", "+1", "−1") and known in _MANY:
        known = known[:-1]
    return f" {known}" if known else ""


def measured(value: float, unit: str | None, decimals: int | None = None) -> str:
    """A figure with its unit, in the reader's language."""
    number = figure_text(value, decimals)
    return number + unit_text(unit, number)


def difference_text(value: float, unit: str, decimals: int | None = None) -> str:
    """A difference: of percentages in percentage points, with its sign."""
    sign = "+" if value > 0 else ""
    points = {"%": ("个百分点", " percentage points"), "‰": ("个千分点", " per mille points")}.get(unit)
    number = f"{sign}{figure_text(value, decimals)}"
    return number + (points[language() == "en"] if points else unit_text(unit, number))


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
    return Named(*(_spoken(one, lambda: measured(value, unit, decimals)) for one in LANGUAGES))


def _spoken(speaking: str, text: Callable[[], str]) -> str:
    with in_language(speaking):
        return text()
