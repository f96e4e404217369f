"""Indicators: all of them with a search, and of each its definition, its figures by place and year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from kechuang.indicators import Figure
from kechuang.messages import Message, language, literal, say
from kechuang.packs.model import Label
from kechuang.web.access import Hidden, page
from kechuang.web.rendering import Page
from kechuang.web.roles import PUBLIC
from kechuang.web.rooms.described import Described, described, pack_label
from kechuang.web.rooms.figures import Cell, Figures, figures_for, word_of
from kechuang.web.rooms.home import day_of
from kechuang.web.workspaces import served


@dataclass(frozen=True)
class Line:
    """A small line of actual values only."""

    name: str
    actual: list[tuple[int, float]]
    provisional: bool = False
    path: tuple[tuple[int, float], ...] = ()
    goal: float | None = None
    year: int | None = None
    band: tuple[float, float] | None = None


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator in the list. ``words`` is what a search looks through."""

    id: str
    label: Label
    unit: str
    value: float | None
    decimals: int
    year: str | None
    note: Message | None
    verified: bool
    line: Line | None
    words: str
    targets: list[str]


@dataclass(frozen=True)
class Group:
    """The indicators of a pack."""

    label: Label
    rows: list[IndicatorRow]


@dataclass(frozen=True)
class Indicators:
    """All indicators that match."""

    heading: Message
    wanted: str
    groups: list[Group]
    count: int
    as_of: date


@page("indicators/", "indicators", PUBLIC, held=True)
def indicators(request: HttpRequest) -> Page:
    figures = figures_for(request, day_of(request))
    wanted = str(request.GET.get("q", "")).strip()[:60]
    links: dict[str, list[str]] = {}
    for target, indicator in served().links.items() if served().has_plan else ():
        links.setdefault(indicator, []).append(target)
    groups: dict[str, Group] = {}
    known = 0
    for name in served().packs.indicators:
        row = _row(name, figures, links.get(name, []))
        known += row.value is not None
        if all(word in row.words for word in wanted.lower().split()):
            label = pack_label(name)
            groups.setdefault(label.zh, Group(label, [])).rows.append(row)
    total, count = len(served().packs.indicators), sum(len(one.rows) for one in groups.values())
    heading = say("{n}个指标，{known}个有数", n=total, known=known)
    if wanted:
        heading = say("“{wanted}”：找到{n}个指标", wanted=wanted, n=count)
    context = Indicators(heading, wanted, list(groups.values()), count, figures.as_of)
    return Page("kechuang/indicators.html", context)


def _row(name: str, figures: Figures, targets: list[str]) -> IndicatorRow:
    spec, region = served().packs.indicators[name], served().settings.region
    latest, series = figures.latest(name, region), figures.series(name, region)
    full = spec.full_label or spec.label
    words = [spec.id, spec.label.zh, spec.label.en, full.zh, full.en, *spec.aliases]
    return IndicatorRow(
        id=name,
        label=spec.label,
        unit=spec.unit,
        value=latest.value if latest else None,
        decimals=spec.decimals,
        year=latest.period if latest else None,
        note=word_of(latest) if latest else None,
        verified=spec.definition.verified,
        line=Line(spec.label.text(language()), series) if len(series) > 1 else None,
        words=" ".join(words).lower(),
        targets=targets,
    )


@dataclass(frozen=True)
class PlaceRow:
    """A place with its figures by year."""

    code: str
    name: str
    whole: bool
    cells: list[Cell]
    line: Line | None


@dataclass(frozen=True)
class Indicator:
    """An indicator's page. ``withheld``: some figures are not published for whoever looks."""

    about: Described
    heading: Message
    pack: Label
    years: list[str]
    rows: list[PlaceRow]
    latest: Figure | None
    note: Message | None
    targets: list[tuple[str, str]]
    as_of: date
    withheld: bool
    mapped: bool


@page("indicators/<str:name>/", "indicator", PUBLIC, held=True)
def indicator(request: HttpRequest, name: str) -> Page:
    workspace = served()
    if name not in workspace.packs.indicators:
        raise Hidden
    figures = figures_for(request, day_of(request))
    codes = workspace.region_codes
    years = figures.years_of(name, codes)
    rows = [_place(name, code, number == 0, years, figures) for number, code in enumerate(codes)]
    latest = figures.latest(name, codes[0])
    spec = workspace.packs.indicators[name]
    names = {target.id: target.name for target in workspace.plan.targets} if workspace.has_plan else {}
    links = workspace.links if workspace.has_plan else {}
    label = (spec.full_label or spec.label).text(language())
    context = Indicator(
        about=described(name),
        heading=literal(label),
        pack=pack_label(name),
        years=years,
        rows=rows,
        latest=latest,
        note=word_of(latest) if latest else None,
        targets=[(one, names[one]) for one, linked in links.items() if linked == name and one in names],
        as_of=figures.as_of,
        withheld=any(one.absence == "withheld" for key, one in figures.by.items() if key[0] == name),
        mapped=bool(figures.years_of(name, codes[1:])),
    )
    return Page("kechuang/indicator.html", context)


def _place(name: str, code: str, whole: bool, years: list[str], figures: Figures) -> PlaceRow:
    cells = []
    for year in years:
        one = figures.get(name, code, year)
        if one is None:
            cells.append(Cell(None, None))
        elif one.value is None:
            cells.append(Cell(None, say("不公布") if one.absence == "withheld" else say("无数")))
        else:
            href = f"/indicators/{name}/{code}/{year}/"
            cells.append(Cell(one.value, word_of(one), href, bool(one.breaks)))
    region, series = served().name_of(code), figures.series(name, code)
    return PlaceRow(code, region, whole, cells, Line(region, series) if len(series) > 1 else None)
