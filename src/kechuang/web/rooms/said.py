"""What was said of a target before: figures as they were published, and each past half-year's end computed
anew with what was known then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from kechuang.messages import Message, say
from kechuang.progress.model import TargetProgress
from kechuang.progress.status import Mark
from kechuang.web.access import Hidden, page
from kechuang.web.numbers import difference
from kechuang.web.rendering import Page
from kechuang.web.roles import READERS
from kechuang.web.rooms.rows import decimals_of
from kechuang.web.standing import Standing, standing
from kechuang.web.workspaces import served

#: Half-year ends looked back upon.
MOST = 8


@dataclass(frozen=True)
class Said:
    """A figure as it was published: when, as of which day, and how far today's figure of that year is from it."""

    number: str
    day: date
    as_of: date
    year: str
    value: float | None
    now: float | None
    moved: Message | None
    mark: Mark
    word: Message


def published_of(progress: TargetProgress, found: Standing) -> list[Said]:
    """Every publication of the target's figure, the last first: of each its latest year."""
    from kechuang.web.rooms.reports import published

    region = served().settings.region
    today = {
        one.period: one.value
        for one in found.figures
        if one.indicator == progress.indicator and one.region == region
    }
    said = []
    for publication in reversed(published()):
        if publication.day > found.as_of:
            continue
        figures = [
            one.figure
            for one in publication.figures
            if one.figure.indicator == progress.indicator
            and one.figure.region == region
            and one.figure.value is not None
        ]
        if not figures:
            continue
        last = max(figures, key=lambda one: one.period)
        now = today.get(last.period)
        by = None if now is None or last.value is None else now - last.value
        still = by is not None and abs(by) <= 1e-9 * max(abs(last.value or 0.0), 1.0)
        mark: Mark = "ok" if still else "watch"
        said.append(
            Said(
                publication.number,
                publication.day,
                publication.as_of,
                last.period,
                last.value,
                now,
                None if by is None or still else difference(by, last.unit, decimals_of(progress, now)),
                mark,
                say("没有变") if still else say("已变"),
            )
        )
    return said


@dataclass(frozen=True)
class Then:
    """The target as it stood on ``day``. ``older``: the half-year's end before it, where one is left."""

    id: str
    day: date
    progress: TargetProgress
    unit: str
    decimals: int | None
    median: float | None
    p80: tuple[float, float] | None
    older: date | None
    settled: bool


@page("targets/<str:name>/said/<str:day>/", "target-said", READERS)
def then(request: HttpRequest, name: str, day: str) -> Page:
    """One past day; the row that comes back asks for the day before it, so that one is computed at a time."""
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        raise Hidden from None
    now, _ = standing(served())
    days = half_years(now.progress.period, now.as_of)
    if asked not in days:
        raise Hidden
    found, _ = standing(served(), asked)
    progress = found.progress.target(name)
    if progress is None:
        raise Hidden
    fan = {one.year: one for one in (progress.outlook.years if progress.outlook else ())}
    ahead = fan.get(progress.year or 0)
    place = days.index(asked)
    context = Then(
        id=name,
        day=asked,
        progress=progress,
        unit=progress.unit,
        decimals=decimals_of(progress, progress.latest.value if progress.latest else None),
        median=ahead.median if ahead else None,
        p80=ahead.p80 if ahead else None,
        older=days[place + 1] if place + 1 < len(days) else None,
        settled=progress.outlook is not None and progress.outlook.settled,
    )
    first = request.headers.get("HX-Target") == "said"  # the table comes with its first row
    part = "kechuang/said_table.html" if first else "kechuang/said_row.html"
    return Page("kechuang/said_page.html", context, part=part)


def half_years(period: tuple[int, int] | None, day: date) -> list[date]:
    """The ends of half-years of the plan before ``day``, the last first.

    >>> half_years((2021, 2025), date(2022, 8, 1))
    [datetime.date(2022, 6, 30), datetime.date(2021, 12, 31), datetime.date(2021, 6, 30)]
    """
    first, last = period or (day.year - 4, day.year)
    ends = [
        date(year, month, end)
        for year in range(last + 1, first - 1, -1)
        for month, end in ((12, 31), (6, 30))
        if (year, month) <= (last + 1, 6)
    ]
    return [one for one in ends if one < day][:MOST]
