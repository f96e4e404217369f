"""How a figure was computed: down to cells for those who may see the records, to counts and sources for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpRequest

from kechuang.indicators.explain import Explanation, SourceRecord, Trace
from kechuang.messages import Message, language, say
from kechuang.packs.model import Label
from kechuang.plan.model import PlanSpan
from kechuang.web.access import Hidden, not_public, page
from kechuang.web.rendering import Page
from kechuang.web.roles import PUBLIC
from kechuang.web.rooms.figures import figures_for, sees_records, word_of
from kechuang.web.rooms.home import day_of
from kechuang.web.standing import Kept, state_of
from kechuang.web.workspaces import served

#: Explanations asked for lately; apart from the figures, which they would drive out.
_asked = Kept(512)
#: Records listed for those who may see them, and looked through to count files for everybody else.
LISTED, LOOKED_THROUGH = 24, 5000


@dataclass(frozen=True)
class Source:
    """A register behind a figure: how many of its records, from how many files, last recorded when."""

    label: Label
    records: int
    files: int
    reviewed: int
    last: date | None


@dataclass(frozen=True)
class Why:
    """Why a figure is what it is. ``explained`` holds records only for those who may see them; ``target``: the
    target asked about."""

    explained: Explanation
    decimals: int | None
    span: PlanSpan | None
    sources: list[Source]
    inside: bool
    note: Message | None = None
    capped: bool = False
    target: str | None = None
    label: Label | None = None


def explained_for(
    request: HttpRequest, indicator: str, region: str, year: int, day: date
) -> tuple[Explanation, list[Source], bool]:
    """The explanation as whoever asks may see it, the registers behind it, and whether records are shown.

    Records of enterprises are taken out, leaves of the tree too, unless the account may see them.
    """
    workspace = served()
    inside = sees_records(request, region)
    if inside:
        not_public(request)

    def make() -> tuple[Explanation, list[Source]]:
        whole = workspace.explain(indicator, region, year, day, limit=LISTED if inside else LOOKED_THROUGH)
        if inside:
            return whole, []
        bare = replace(whole, records=[], trace=_bare(whole.trace), uncovered=None)
        return bare, _sources(whole.records, whole.records_total)

    name = f"{indicator} {region} {year} {day} {inside}"
    told, sources = _asked.get(name, state_of(workspace), make)[0]
    return told, sources, inside


def _bare(trace: Trace) -> Trace:
    """The tree without its records: what has a place in a file is one."""
    return replace(trace, place=None, children=[_bare(one) for one in trace.children if one.place is None])


def _sources(records: Sequence[SourceRecord], total: int) -> list[Source]:
    types = list(dict.fromkeys(one.type for one in records))
    found = []
    for name in types:
        mine = [one for one in records if one.type == name]
        spec = served().packs.records.get(name)
        found.append(
            Source(
                spec.label if spec else Label(zh=name, en=name),
                total if len(types) == 1 else len({one.key for one in mine}),
                len({one.file for one in mine}),
                sum(one.reviewed_by is not None for one in mine),
                max(
                    (date.fromisoformat(one.recorded_at[:10]) for one in mine if one.recorded_at),
                    default=None,
                ),
            )
        )
    return found


def why_of(request: HttpRequest, indicator: str, region: str, year: int, day: date, **more: Any) -> Why:
    """The context of a lineage; 404 for a figure that must not be told."""
    one = figures_for(request, day if day != served().today else None).get(indicator, region, str(year))
    if one is not None and one.absence == "withheld":
        raise Hidden
    told, sources, inside = explained_for(request, indicator, region, year, day)
    return Why(
        told,
        sources=sources,
        inside=inside,
        note=word_of(told.figure),
        capped=not inside and told.records_total > LOOKED_THROUGH,
        **more,
    )


@dataclass(frozen=True)
class FigurePage:
    """The page of one figure."""

    heading: Message
    indicator: str
    label: Label
    region: str
    place: str
    year: int
    why: Why
    as_of: date


@page("indicators/<str:name>/<str:region>/<int:year>/", "figure", PUBLIC, held=True)
def figure(request: HttpRequest, name: str, region: str, year: int) -> Page:
    workspace = served()
    day = day_of(request) or workspace.today
    spec = workspace.packs.indicators.get(name)
    years = workspace.years(day)
    if spec is None or region not in workspace.region_codes or year not in years:
        raise Hidden
    spans = [one.span for one in workspace.targets_of(name) if one.span]
    why = why_of(request, name, region, year, day, decimals=spec.decimals, span=spans[0] if spans else None)
    place = workspace.name_of(region)
    heading = say(
        "{place}{year}年{name}是怎么算出来的",
        place=place,
        year=year,
        name=spec.label.text(language()),
    )
    context = FigurePage(heading, name, spec.label, region, place, year, why, day)
    return Page("kechuang/figure.html", context)
