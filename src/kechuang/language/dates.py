"""Dates, months and plan periods in running text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from kechuang.language.numerals import CHINESE, parse_number

_DAY = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_TO = r"\s*(?:—{1,2}|-{1,2}|~|至|到)\s*"
_MONTHS = re.compile(
    rf"(?P<y1>\d{{4}})\s*年\s*(?P<m1>\d{{1,2}})\s*月?(?:{_TO}(?:(?P<y2>\d{{4}})\s*年\s*)?(?P<m2>\d{{1,2}})\s*月)"
)
_YEARS = re.compile(rf"(\d{{4}})\s*年?{_TO}(\d{{4}})\s*年?")
_PLAN = re.compile(rf"[“\"']?([十{CHINESE}]{{1,3}})五[”\"']?(?=规划|时期|期|发展|科技|国家|末|[^年月日个])")
_NUMBERED = re.compile(rf"第([{CHINESE}]{{1,3}})个五年(?:规划|计划)")
_DURATION = re.compile(
    r"(?:(\d+|[一二两三四五六七八九十]+)\s*年)?(?:零)?(?:(\d+|[一二两三四五六七八九十]+)\s*个月)?"
)


@dataclass(frozen=True)
class MonthRange:
    """Months ``start`` to ``end`` (``2020-03``), both included; characters ``begin``–``stop``."""

    start: str
    end: str
    months: int
    begin: int
    stop: int


def day_in(text: str) -> tuple[date, int, int] | None:
    """The first full date of ``text`` and its characters; an impossible date is passed over.

    >>> day_in("2022年4月7日印发")
    (datetime.date(2022, 4, 7), 0, 9)
    """
    for match in _DAY.finditer(text):
        try:
            return date(*(int(part) for part in match.groups())), match.start(), match.end()
        except ValueError:
            continue
    return None


def month_ranges(text: str) -> list[MonthRange]:
    """Ranges of months such as 2020年3月—6月 or 2020年11月至2021年2月.

    >>> month_ranges("（2020年3月—6月）")[0].months
    4
    """
    found = []
    for match in _MONTHS.finditer(text):
        first_year, first = int(match["y1"]), int(match["m1"])
        last_year, last = int(match["y2"] or first_year), int(match["m2"])
        months = (last_year - first_year) * 12 + last - first + 1
        if 1 <= first <= 12 and 1 <= last <= 12 and months > 0:
            start, end = f"{first_year:04}-{first:02}", f"{last_year:04}-{last:02}"
            found.append(MonthRange(start, end, months, match.start(), match.end()))
    return found


def year_range(text: str) -> tuple[int, int] | None:
    """The first range of years of a plan's length (2 to 30 years): 2021—2025年."""
    for match in _YEARS.finditer(text):
        first, last = int(match[1]), int(match[2])
        if 1950 <= first < last <= 2100 and last - first <= 30:
            return first, last
    return None


def five_year_plan(text: str) -> tuple[int, int] | None:
    """The years of the first five-year plan named: 十四五 is 2021–2025.

    >>> five_year_plan("某地区“十四五”科技创新发展规划")
    (2021, 2025)
    """
    for match in [*_PLAN.finditer(text), *_NUMBERED.finditer(text)]:
        number = parse_number(match[1])
        if number is not None and 5 <= number <= 30:
            first = 1951 + 5 * int(number)
            return first, first + 4
    return None


def plan_number_years(name: str) -> tuple[int, int] | None:
    """The years of a plan named by its number: ``十四`` (of 十四五)."""
    number = parse_number(name)
    return (1951 + 5 * int(number), 1955 + 5 * int(number)) if number and 5 <= number <= 30 else None


def months_of_duration(text: str) -> int | None:
    """A duration in months: 1年10个月 → 22.

    >>> [months_of_duration(t) for t in ("1年10个月", "两年", "八个月")]
    [22, 24, 8]
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        return None
    years, months = (parse_number(part) if part else 0 for part in match.groups())
    return int(years or 0) * 12 + int(months or 0)
