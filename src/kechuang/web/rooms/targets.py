"""Targets: the list, and of each its series with what may come, methods side by side, counties, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from kechuang.messages import Message, say
from kechuang.packs.model import IndicatorSpec, Label
from kechuang.plan.model import PlanSpan
from kechuang.progress.methods import specs
from kechuang.progress.model import TargetProgress
from kechuang.web.access import Hidden, page
from kechuang.web.numbers import unit_text
from kechuang.web.rendering import Page
from kechuang.web.roles import PUBLIC
from kechuang.web.rooms.figures import figures_for
from kechuang.web.rooms.home import day_of, heading_of, over, tally
from kechuang.web.rooms.lineage import why_of
from kechuang.web.rooms.moments import Looking, looking
from kechuang.web.rooms.rows import TargetRow, decimals_of, target_row, target_rows
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


@page("targets/", "targets", PUBLIC)
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
    """A county's figure; ``share`` of the largest, for its bar (%)."""

    code: str
    name: str
    value: float | None
    share: float
    sample: bool

    @property
    def parts(self) -> list[tuple[str, float]]:
        """Its bar."""
        return [("fg", self.share)]


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
    base: tuple[int, float] | None
    chart: dict[str, Any]
    table: list[dict[str, Any]]
    methods: list[MethodRow]
    counties: list[CountyRow]
    county_year: str | None
    span: PlanSpan | None
    position: int
    count: int


@page("targets/<str:name>/", "target", PUBLIC)
def target(request: HttpRequest, name: str) -> Page:
    found, _ = standing(served(), day_of(request))
    progress = found.progress.target(name)
    if progress is None:
        raise Hidden
    row = target_row(found, progress)
    order = [one.id for one in found.progress.targets]
    promised = next((one for one in served().plan.targets if one.id == name), None)
    base = progress.baseline
    context = Target(
        row=row,
        progress=progress,
        spec=served().packs.indicators.get(progress.indicator or ""),
        as_of=found.as_of,
        today=found.as_of == served().today,
        base=(base.year, base.value) if base else None,
        chart=chart_of(row, progress),
        table=table_of(row, progress),
        methods=[
            MethodRow(verdict, specs()[verdict.method].label, verdict.method == progress.method)
            for verdict in progress.methods
        ],
        counties=_counties(request, found, progress),
        county_year=progress.latest.period if progress.latest else None,
        span=promised.span if promised else None,
        position=order.index(name) + 1,
        count=len(order),
    )
    return Page("kechuang/target.html", context)


@page("targets/<str:name>/why/", "target-why", PUBLIC)
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


def _counties(request: HttpRequest, found: Standing, progress: TargetProgress) -> list[CountyRow]:
    """Every county's figure of the latest year, the largest first; those without one last."""
    if progress.latest is None:
        return []
    workspace = served()
    seen = figures_for(request, found.as_of if found.as_of != workspace.today else None)
    by_code = {
        figure.region: seen.get(figure.indicator, figure.region, figure.period)
        for figure in found.figures
        if figure.indicator == progress.indicator and figure.period == progress.latest.period
    }
    rows = []
    for region in workspace.regions.children(workspace.settings.region):
        figure = by_code.get(region.code)
        rows.append(
            (region, figure.value if figure else None, figure is not None and figure.status == "sample")
        )
    largest = max((value for _, value, _ in rows if value), default=0.0)
    shown = [
        CountyRow(region.code, region.name, value, 100 * (value or 0.0) / largest if largest else 0.0, sample)
        for region, value, sample in rows
    ]
    return sorted(shown, key=lambda one: (one.value is None, -(one.value or 0.0)))
