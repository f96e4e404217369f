"""Targets: the list, and of each its series with what may come, methods side by side, counties, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from kechuang.messages import Message, say
from kechuang.packs.model import IndicatorSpec, Label
from kechuang.plan.model import PlanSpan
from kechuang.plan.model import Target as Promised
from kechuang.progress.methods import specs
from kechuang.progress.model import TargetProgress
from kechuang.progress.schedule import between
from kechuang.web.access import Hidden, page, role_of
from kechuang.web.numbers import amount, distance, unit_text
from kechuang.web.rendering import Page
from kechuang.web.roles import PUBLIC, READERS
from kechuang.web.rooms.figures import Figures, figures_for
from kechuang.web.rooms.home import day_of, heading_of, over, tally
from kechuang.web.rooms.lineage import why_of
from kechuang.web.rooms.moments import Looking, looking
from kechuang.web.rooms.rows import TargetRow, decimals_of, ended, target_row, target_rows
from kechuang.web.rooms.said import Said, half_years, published_of
from kechuang.web.standing import Standing, standing
from kechuang.web.workspaces import served


@dataclass(frozen=True)
class Targets:
    """All targets."""

    heading: Message
    as_of: date
    rows: list[TargetRow]
    tally: list[Any]
    over: bool
    looking: Looking


@page("targets/", "targets", PUBLIC, held=True)
def targets(request: HttpRequest) -> Page:
    found, _ = standing(served(), day_of(request))
    rows = target_rows(found)
    context = Targets(
        heading_of(found, rows),
        found.as_of,
        rows,
        tally(found),
        over(found),
        looking(request, found.as_of, found.progress.period),
    )
    return Page("kechuang/targets.html", context)


@dataclass(frozen=True)
class CountyRow:
    """A county's figure; ``share`` of the largest, for its bar (%); ``tick``: where on it stands what was
    expected of it by now, and ``met`` whether it has that (None: nothing was)."""

    code: str
    name: str
    value: float | None
    share: float
    sample: bool
    expected: float | None
    tick: float | None
    met: bool | None
    href: str | None

    @property
    def parts(self) -> list[tuple[str, float]]:
        """Its bar: full where what was expected is there, pale where not."""
        return [("mid" if self.met is False else "fg", self.share)]


@dataclass(frozen=True)
class MethodRow:
    """A method's verdict; ``adopted``: it gives the headline status."""

    verdict: Any
    label: Label
    adopted: bool


@dataclass(frozen=True)
class Target:
    """A target's page. ``chart`` is what the fan chart draws, also set as a table."""

    row: TargetRow
    progress: TargetProgress
    spec: IndicatorSpec | None
    as_of: date
    today: bool
    base: tuple[int, float, str] | None
    finding: Message
    inside: bool
    looking: Looking
    published: list[Said]
    past: date | None
    unit: str
    decimals: int | None
    by_county: Message
    ticked: Message | None
    chart: dict[str, Any]
    table: list[dict[str, Any]]
    methods: list[MethodRow]
    counties: list[CountyRow]
    county_year: str | None
    span: PlanSpan | None
    position: int
    count: int


@page("targets/<str:name>/", "target", PUBLIC, held=True)
def target(request: HttpRequest, name: str) -> Page:
    found, _ = standing(served(), day_of(request))
    progress = found.progress.target(name)
    if progress is None:
        raise Hidden
    row = target_row(found, progress)
    order = [one.id for one in found.progress.targets]
    promised = next((one for one in served().plan.targets if one.id == name), None)
    base = progress.baseline
    spec = served().packs.indicators.get(progress.indicator or "")
    unit = spec.unit if progress.growth and spec else row.unit
    decimals = spec.decimals if progress.growth and spec else row.decimals
    counties = counties_of(request, found, progress, promised)
    inside = role_of(request) in READERS
    context = Target(
        row=row,
        progress=progress,
        spec=spec,
        finding=finding_of(row, progress),
        inside=inside,
        looking=looking(request, found.as_of, found.progress.period),
        published=published_of(progress, found) if inside else [],
        past=next(iter(half_years(found.progress.period, served().today)), None) if inside else None,
        unit=unit,
        decimals=decimals,
        by_county=_by_county(counties, unit, decimals),
        ticked=_ticked(counties, promised),
        as_of=found.as_of,
        today=found.as_of == served().today,
        base=(base.year, base.value, base.unit or row.unit) if base else None,
        chart=chart_of(row, progress),
        table=table_of(row, progress),
        methods=[
            MethodRow(verdict, specs()[verdict.method].label, verdict.method == progress.method)
            for verdict in progress.methods
        ],
        counties=counties,
        county_year=progress.latest.period if progress.latest else None,
        span=promised.span if promised else None,
        position=order.index(name) + 1,
        count=len(order),
    )
    return Page("kechuang/target.html", context)


@page("targets/<str:name>/why/", "target-why", PUBLIC, held=True)
def why(request: HttpRequest, name: str) -> Page:
    """The lineage of the latest figure; fills in after the page."""
    workspace = served()
    found, _ = standing(workspace, day_of(request))
    progress = found.progress.target(name)
    if progress is None or progress.latest is None or progress.indicator is None:
        raise Hidden
    promised = next((one for one in workspace.plan.targets if one.id == name), None)
    context = why_of(
        request,
        progress.indicator,
        workspace.settings.region,
        int(progress.latest.period),
        found.as_of,
        decimals=decimals_of(progress, progress.latest.value),
        span=promised.span if promised else None,
        target=name,
        label=workspace.packs.indicators[progress.indicator].label,
    )
    return Page("kechuang/why_page.html", context, part="kechuang/why.html")


def chart_of(row: TargetRow, progress: TargetProgress) -> dict[str, Any]:
    """What the fan chart draws: years, actual values, path, goal; from the last actual year on the bands."""
    fan = progress.outlook.years if progress.outlook else ()
    fan = tuple(one for one in fan if row.year is None or one.year <= row.year) or fan[:2]
    years = sorted(
        {year for year, _ in (*row.actual, *row.path)}
        | {one.year for one in fan}
        | ({row.year} if row.year else set())
    )
    if not years:
        return {}
    years = list(range(years[0], years[-1] + 1))
    actual, path = dict(row.actual), dict(row.path)
    start = row.actual[-1] if row.actual else None
    known = {one.year: one for one in fan}
    drawn: dict[str, Any] = {
        "years": years,
        "actual": [actual.get(year) for year in years],
        "path": [path.get(year) for year in years],
        "goal": row.goal,
        "goalYear": row.year,
        "unit": row.unit,
        "shown": unit_text(row.unit),
        "decimals": row.decimals,
        "zero": _from_zero(
            [*actual.values(), *path.values(), row.goal, *(v for one in fan for v in one.p95)]
        ),
        "words": {
            "actual": str(say("实际值")),
            "path": str(say("规划路径")),
            "goal": str(say("目标")),
            "median": str(say("中位预测")),
        },
        "provisional": row.provisional,
    }
    if start is not None and known:
        ahead = [year for year in years if year >= start[0]]
        at = start[1]
        drawn["from"] = years.index(start[0])
        drawn["median"] = [at if year == start[0] else _of(known, year, "median") for year in ahead]
        drawn["bands"] = [
            {
                "p": level,
                "lo": [at if year == start[0] else _of(known, year, f"p{level}", 0) for year in ahead],
                "hi": [at if year == start[0] else _of(known, year, f"p{level}", 1) for year in ahead],
            }
            for level in (50, 80, 95)
        ]
    return drawn


def _from_zero(values: list[float | None]) -> bool:
    """Whether the value axis starts at zero: it need not where all values lie far above it."""
    known = [value for value in values if value is not None]
    return bool(known) and 0 <= min(known) < 0.6 * max(known)


def _of(known: dict[int, Any], year: int, name: str, place: int | None = None) -> float | None:
    found = known.get(year)
    if found is None:
        return None
    value = getattr(found, name)
    return float(value if place is None else value[place])


def table_of(row: TargetRow, progress: TargetProgress) -> list[dict[str, Any]]:
    """The same as a table: a row a year."""
    drawn = chart_of(row, progress)
    fan = {one.year: one for one in (progress.outlook.years if progress.outlook else ())}
    return [
        {
            "year": year,
            "actual": actual,
            "path": path,
            "median": fan[year].median if year in fan else None,
            "p80": fan[year].p80 if year in fan else None,
        }
        for year, actual, path in zip(
            drawn.get("years", []), drawn.get("actual", []), drawn.get("path", []), strict=True
        )
    ]


def finding_of(row: TargetRow, progress: TargetProgress) -> Message:
    """What the line shows, in words: the median against the goal, or the latest value against it."""
    fan = {one.year: one.median for one in (progress.outlook.years if progress.outlook else ())}
    if row.goal is None or row.value is None or progress.latest is None:
        return say("走势")
    if ended(progress):
        told = amount(row.value, row.unit, row.decimals)
        return _against(say("{year}年{value}", year=progress.latest.period, value=told), row.value, row)
    if row.year in fan:
        median = fan[row.year]
        told = amount(median, row.unit, row.decimals)
        return _against(say("照现在的走势，{year}年{value}", year=row.year, value=told), median, row)
    if progress.scheduled_value is None:
        return say("走势")
    gap = row.value - progress.scheduled_value
    words = say(
        "{year}年{value}", year=progress.latest.period, value=amount(row.value, row.unit, row.decimals)
    )
    if abs(gap) < 1e-9:
        return say("{what}，和规划路径持平", what=words)
    far = distance(gap, row.unit, row.decimals)
    if gap > 0:
        return say("{what}，比规划路径高{far}", what=words, far=far)
    return say("{what}，比规划路径低{far}", what=words, far=far)


def _against(what: Message, value: float, row: TargetRow) -> Message:
    assert row.goal is not None
    gap = value - row.goal
    if row.comparator == "range":
        return what
    if abs(gap) < 1e-9:
        return say("{what}，正好是目标", what=what)
    far = distance(gap, row.unit, row.decimals)
    if row.unit in ("%", "‰"):
        return (
            say("{what}，比目标高{far}", what=what, far=far)
            if gap > 0
            else say("{what}，比目标低{far}", what=what, far=far)
        )
    return (
        say("{what}，比目标多{far}", what=what, far=far)
        if gap > 0
        else say("{what}，比目标少{far}", what=what, far=far)
    )


def counties_of(
    request: HttpRequest, found: Standing, progress: TargetProgress, promised: Promised | None
) -> list[CountyRow]:
    """Every county's figure of the latest year, the largest first; those without one last."""
    if progress.latest is None:
        return []
    workspace = served()
    day = found.as_of if found.as_of != workspace.today else None
    seen = figures_for(request, day)
    year = progress.latest.period
    asked = _asked_of_counties(progress, promised, seen, int(year))
    known = []
    for region in workspace.regions.children(workspace.settings.region):
        figure = seen.get(progress.indicator or "", region.code, year)
        known.append((region, figure.value if figure else None, figure))
    largest = max(
        [value for _, value, _ in known if value] + [one for one in asked.values() if one], default=0.0
    )

    def share(value: float | None) -> float:
        return 100 * (value or 0.0) / largest if largest else 0.0

    rows = []
    for region, value, figure in known:
        wanted = asked.get(region.code)
        met = None
        if wanted is not None and value is not None:
            met = value <= wanted + 1e-9 if progress.direction == "down" else value >= wanted - 1e-9
        rows.append(
            CountyRow(
                region.code,
                region.name,
                value,
                share(value),
                figure is not None and figure.status == "sample",
                wanted,
                share(wanted) if wanted is not None else None,
                met,
                f"/indicators/{progress.indicator}/{region.code}/{year}/" if value is not None else None,
            )
        )
    return sorted(rows, key=lambda one: (one.value is None, -(one.value or 0.0)))


def _asked_of_counties(
    progress: TargetProgress, promised: Promised | None, seen: Figures, year: int
) -> dict[str, float]:
    """What was expected of each county by ``year``: on the way to what the plan asks of it; else, of a share
    or level, what is expected of the whole. Of a count the plan has not shared out nothing is."""
    workspace = served()
    if promised is not None and promised.counties:
        found: dict[str, float] = {}
        points: dict[str, dict[int, float]] = {}
        for row in workspace.county_rows(None, [promised]):
            if row.value is not None and (row.year or promised.year):
                points.setdefault(row.county, {})[int(row.year or promised.year or 0)] = row.value
        base = progress.baseline.year if progress.baseline else None
        for code, asked in points.items():
            start = seen.get(progress.indicator or "", code, str(base)) if base else None
            if start is not None and start.value is not None and base is not None:
                asked.setdefault(base, start.value)
            if min(asked) <= year:
                found[code] = between([(float(at), value) for at, value in sorted(asked.items())], year)
        return found
    if progress.growth or progress.unit not in ("%", "‰"):
        return {}
    wanted = progress.scheduled_value
    if wanted is None and ended(progress):
        wanted = progress.target
    return {} if wanted is None else dict.fromkeys(workspace.region_codes[1:], wanted)


def _by_county(counties: list[CountyRow], unit: str, decimals: int | None) -> Message:
    """The finding over the bars: how many have what was expected of them, else which has most."""
    judged = [one for one in counties if one.met is not None]
    if judged:
        met = sum(bool(one.met) for one in judged)
        if met == len(judged):
            return say("{n}个县市都达到应完成的水平", n=met)
        return say("{met}个县市达到应完成的水平，{unmet}个没有", met=met, unmet=len(judged) - met)
    known = [one for one in counties if one.value is not None]
    if not known or known[0].value is None or known[0].value == known[-1].value:
        return say("各县市")
    return say("{place}最多，{value}", place=known[0].name, value=amount(known[0].value, unit, decimals))


def _ticked(counties: list[CountyRow], promised: Promised | None) -> Message | None:
    """What the tick on the bars stands for."""
    if not any(one.tick is not None for one in counties):
        return None
    if promised is not None and promised.counties:
        return say("竖线为规划分给各县市、到这一年应有的数")
    return say("竖线为全地区这一年应有的水平；没有分给各县市")
