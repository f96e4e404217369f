"""What the text says was reached before the plan began: 截至2020年底，高新技术企业达到45家."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kechuang.language.dates import plan_number_years
from kechuang.plan.model import Target
from kechuang.plan.outline import Section
from kechuang.plan.targets.clause import Clause
from kechuang.plan.targets.times import Time
from kechuang.plan.text import Source

_YEAR = re.compile(
    r"(?:截至|截止|到|至|在)?\s*(?P<year>20\d\d)年(?:底|末)?(?![\d月—-])|[“\"]?(?P<plan>[十一二三四五六七八九]{1,3})五[”\"]?(?:规划)?(?:期?末|末期)"
)
#: A year things are measured against is none they were reached in.
_AGAINST = re.compile(r"(?:比|较|相比|与|同|自|从|由|以)$")
_MEASURE = re.compile(r"的?(?:基础上|水平上|[\d.一两二三四五六七八九十]+倍|[\d.]+%)")


def reached_values(source: Source, root: Section, period: tuple[int, int] | None) -> Iterator[Target]:
    """The values of years before ``period``, in the form of targets whose year is the one they were reached in."""
    if period is None:
        return
    for section in root.walk():
        for start, end in section.told():
            year: int | None = None
            before: Clause | None = None
            for first, last in source.split(start, end, "，；。！？"):
                year = _year(source.text[first:last], year)
                if year is None or year >= period[0]:
                    before = None
                    continue
                clause = Clause(source, first, last, Time(year, True), before)
                yield from clause.targets()
                before = clause


def _year(clause: str, year: int | None) -> int | None:
    for match in _YEAR.finditer(clause):
        if _AGAINST.search(clause[: match.start()]) or _MEASURE.match(clause, match.end()):
            continue
        if match["year"]:
            year = int(match["year"])
        else:
            years = plan_number_years(match["plan"])
            year = years[1] if years else year
    return year
