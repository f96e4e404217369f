"""The map: counties as tiles and as bubbles at their seats, any indicator, any year, played through time.

No boundary is drawn: tiles are schematic, bubbles stand at the seats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from kechuang.language.regions import short_name
from kechuang.messages import Message, language, literal, say
from kechuang.packs.model import IndicatorSpec, Label
from kechuang.publish.tiles import projected, tiles
from kechuang.seats import Seat, seats
from kechuang.web import bubbles
from kechuang.web.access import Hidden, page
from kechuang.web.bubbles import Bubble
from kechuang.web.numbers import figure_text, measured
from kechuang.web.rendering import Page
from kechuang.web.roles import PUBLIC
from kechuang.web.rooms.described import pack_label
from kechuang.web.rooms.figures import Figures, figures_for, word_of
from kechuang.web.rooms.home import day_of
from kechuang.web.standing import kept
from kechuang.web.workspaces import served

CLASSES = 4


@dataclass(frozen=True)
class Tile:
    """A county as a square: where it stands, its class (0: no value) and what it says."""

    code: str
    name: str
    x: int
    y: int
    level: int
    value: float | None
    said: str
    href: str | None


@dataclass(frozen=True)
class Step:
    """A class of the scale and what falls into it."""

    level: int
    said: str


@dataclass(frozen=True)
class Choice:
    """An indicator one may choose."""

    id: str
    label: Label


@dataclass(frozen=True)
class Choices:
    """The indicators of a pack one may choose."""

    label: Label
    items: list[Choice]


@dataclass(frozen=True)
class Row:
    """A county in the table below the map."""

    code: str
    name: str
    value: float | None
    word: str
    href: str | None


@dataclass(frozen=True)
class Map:
    """The map of one indicator in one year. ``played`` is what the script needs to go through the years."""

    spec: IndicatorSpec
    heading: Message
    note: Message | None
    years: list[str]
    year: str
    tiles: list[Tile]
    wide: int
    scale: list[Step]
    svg: str
    seated: bool
    source: str
    rows: list[Row]
    whole: float | None
    choices: list[Choices]
    played: dict[str, Any]
    as_of: date
    sized: bool


@page("map/", "map", PUBLIC, held=True)
def first(request: HttpRequest) -> Page:
    """The first target's indicator with figures by county, else any."""
    workspace = served()
    figures = figures_for(request, day_of(request))
    counties = workspace.region_codes[1:]
    linked = workspace.linked if workspace.has_plan else []
    names = [*linked, *workspace.packs.indicators]
    found = [name for name in names if figures.years_of(name, counties)]
    spread = (name for name in found if _spreads(figures, name, counties))
    chosen = next(spread, found[0] if found else None)
    if chosen is None:
        raise Hidden
    return _page(request, chosen, None)


@page("map/<str:name>/", "map-of", PUBLIC, held=True)
def latest(request: HttpRequest, name: str) -> Page:
    return _page(request, name, None)


@page("map/<str:name>/<int:year>/", "map-in", PUBLIC, held=True)
def in_year(request: HttpRequest, name: str, year: int) -> Page:
    return _page(request, name, str(year))


def _spreads(figures: Figures, name: str, counties: Sequence[str]) -> bool:
    """Whether the counties differ enough to be worth a map."""
    year = figures.years_of(name, counties)[-1]
    found = {
        one.value for code in counties if (one := figures.get(name, code, year)) and one.value is not None
    }
    return len(found) >= CLASSES


def _page(request: HttpRequest, name: str, asked: str | None) -> Page:
    workspace = served()
    spec = workspace.packs.indicators.get(name)
    figures = figures_for(request, day_of(request))
    counties = workspace.region_codes[1:]
    years = figures.years_of(name, counties) if spec else []
    if spec is None or not years or (asked is not None and asked not in years):
        raise Hidden
    year = asked or years[-1]
    values = {one: _values(figures, name, counties, one) for one in years}
    edges = breaks([value for held in values.values() for value in held.values() if value is not None])
    points = _seats()
    layout = tiles(counties, {code: (seat.lon, seat.lat) for code, seat in points.items()})
    sized = spec.unit not in ("%", "‰")
    largest = max((value or 0.0 for held in values.values() for value in held.values()), default=0.0)
    spots = projected(
        {code: (points[code].lon, points[code].lat) for code in counties if code in points},
        bubbles.WIDTH,
        bubbles.HEIGHT,
        bubbles.MARGIN,
    )
    names = {code: _short(workspace.name_of(code)) for code in counties}
    said = {one: {code: _said(figures, name, code, one, spec) for code in counties} for one in years}
    level = {one: {code: class_of(values[one][code], edges) for code in counties} for one in years}
    circles = [
        Bubble(
            code,
            *spots[code],
            bubbles.radius(values[year][code], largest, sized),
            level[year][code],
            names[code],
            said[year][code],
        )
        for code in counties
        if code in spots
    ]
    label = spec.label.text(language())
    ranked = sorted(counties, key=lambda code: (values[year][code] is None, -(values[year][code] or 0.0)))
    hrefs = {
        code: f"/indicators/{name}/{code}/{year}/" if values[year][code] is not None else None
        for code in counties
    }
    some = next(
        (one for code in counties if (one := figures.get(name, code, year)) and one.value is not None), None
    )
    whole = figures.get(name, workspace.settings.region, year)
    title = say("{year}年{name}，各县市", year=year, name=label)
    context = Map(
        spec=spec,
        heading=_heading(spec, year, values[year], {code: workspace.name_of(code) for code in counties}),
        note=word_of(some) if some else None,
        years=years,
        year=year,
        tiles=[
            Tile(
                code,
                names[code],
                *layout[code],
                level[year][code],
                values[year][code],
                said[year][code],
                hrefs[code],
            )
            for code in sorted(counties, key=lambda one: (layout[one][1], layout[one][0]))
        ],
        wide=max(column for column, _ in layout.values()) if layout else 1,
        scale=_scale(edges, spec),
        svg=bubbles.drawn(circles, str(title)) if circles else "",
        seated=bool(circles),
        source="；".join(dict.fromkeys(one.source for one in points.values())),
        rows=[
            Row(code, workspace.name_of(code), values[year][code], said[year][code], hrefs[code])
            for code in ranked
        ],
        whole=whole.value if whole else None,
        choices=_choices(figures, counties),
        played={
            "years": years,
            "level": level,
            "said": said,
            "r": {
                one: {code: round(bubbles.radius(held[code], largest, sized), 1) for code in counties}
                for one, held in values.items()
            },
            "words": {"play": str(say("播放")), "stop": str(say("停止")), "next": str(say("下一年"))},
        },
        as_of=figures.as_of,
        sized=sized,
    )
    return Page("kechuang/map.html", context)


def breaks(values: Sequence[float]) -> list[float]:
    """The edges between at most four classes, by quartiles of all values of all years: the same colour means
    the same in every year. Where values repeat so often that classes fall together, by quartiles of the
    different values."""
    edges = _quartiles(sorted(values))
    return edges if len(edges) == CLASSES - 1 else _quartiles(sorted(set(values)))


def _quartiles(ordered: Sequence[float]) -> list[float]:
    if not ordered:
        return []
    edges = [ordered[min(len(ordered) * step // CLASSES, len(ordered) - 1)] for step in range(1, CLASSES)]
    return sorted({edge for edge in edges if edge > ordered[0]})


def class_of(value: float | None, edges: Sequence[float]) -> int:
    """The class of a value, spread over 1 to 4 however many there are; 0 where there is none."""
    if value is None:
        return 0
    at = sum(value >= edge for edge in edges)
    return 1 + round(at * (CLASSES - 1) / len(edges)) if edges else 2


def _scale(edges: Sequence[float], spec: IndicatorSpec) -> list[Step]:
    def text(value: float) -> str:
        return figure_text(value, spec.decimals)

    if not edges:
        return []
    found = [Step(1, str(say("不足{high}", high=text(edges[0]))))]
    for number, low in enumerate(edges):
        level = class_of(low, edges)
        if number + 1 < len(edges):
            said = str(say("{low}至不足{high}", low=text(low), high=text(edges[number + 1])))
        else:
            said = str(say("{low}及以上", low=text(low)))
        found.append(Step(level, said))
    return found


def _values(figures: Figures, name: str, counties: Sequence[str], year: str) -> dict[str, float | None]:
    found = {code: figures.get(name, code, year) for code in counties}
    return {code: one.value if one is not None else None for code, one in found.items()}


def _said(figures: Figures, name: str, code: str, year: str, spec: IndicatorSpec) -> str:
    one = figures.get(name, code, year)
    if one is None or one.value is None:
        return str(say("不公布") if one is not None and one.absence == "withheld" else say("无数"))
    return figure_text(one.value, spec.decimals)


def _heading(
    spec: IndicatorSpec, year: str, values: dict[str, float | None], names: dict[str, str]
) -> Message:
    """The finding: which county has most, and which least."""
    known = sorted((value, code) for code, value in values.items() if value is not None)
    label = literal(spec.label.text(language()))
    if len(known) < 2 or known[0][0] == known[-1][0]:
        return say("{year}年{name}，各县市", year=year, name=label)
    top = [code for value, code in known if value == known[-1][0]]
    text = measured(known[-1][0], spec.unit, spec.decimals)
    if len(top) > 1:
        return say("{year}年{name}：{n}个县市最高，{value}", year=year, name=label, n=len(top), value=text)
    return say("{year}年{name}：{place}最高，{value}", year=year, name=label, place=names[top[0]], value=text)


def _choices(figures: Figures, counties: Sequence[str]) -> list[Choices]:
    groups: dict[str, Choices] = {}
    for name, spec in served().packs.indicators.items():
        if figures.years_of(name, counties):
            label = pack_label(name)
            groups.setdefault(label.zh, Choices(label, [])).items.append(Choice(name, spec.label))
    return list(groups.values())


def _short(name: str) -> str:
    return short_name(name) if len(name) > 4 else name


def _seats() -> dict[str, Seat]:
    workspace = served()
    path = workspace.folder / "places.csv"
    state = (path.stat().st_mtime_ns if path.is_file() else 0,)
    return kept.get("seats", state, lambda: seats(workspace.folder, workspace.regions))[0]
