"""Which figures a record is in: the way back from a record to what is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from kechuang.messages import Message, say
from kechuang.packs.model import Label
from kechuang.publish.register.carrying import UsedBy
from kechuang.web.access import Hidden, account, page
from kechuang.web.models import User
from kechuang.web.rendering import Page
from kechuang.web.rooms.records import SEES
from kechuang.web.rooms.stores import is_own, type_named
from kechuang.web.standing import Kept, state_of
from kechuang.web.workspaces import served

#: Asked for lately; each is asked of the engine once for a state of the records.
_asked = Kept(256)
#: Places of an indicator listed.
LISTED = 12


@dataclass(frozen=True)
class FedFigure:
    """A figure the record is in: where, when, its page."""

    place: str
    year: str
    href: str


@dataclass(frozen=True)
class Fed:
    """An indicator with its figures the record is in; ``via``: through other indicators."""

    label: Label
    name: str
    figures: list[FedFigure]
    more: int
    via: list[str]


@dataclass(frozen=True)
class Feeding:
    """The figures of a record."""

    type: str
    label: Label
    key: str
    heading: Message
    fed: list[Fed]
    readers: list[Label]
    published: list[tuple[str, int]]
    present: bool


@page("records/<str:name>/figures/", "record-figures", SEES)
def figures_of(request: HttpRequest, name: str) -> Page:
    user, key = account(request), str(request.GET.get("key", ""))
    record_type = type_named(user, name)
    versions = served().store.history(record_type.id, key) if key else []
    if not any(is_own(user, record_type, version) for version in versions):
        raise Hidden
    workspace = served()
    # A record of another moment than its figures would be worse than a moment's wait: asked by its own state.
    state = state_of(workspace)
    used = _asked.get(f"{name} {key} {state}", state, lambda: workspace.used_by(name, key))[0]
    return Page(
        "kechuang/record_figures.html",
        _feeding(user, used, record_type.label),
        part="kechuang/record_fed.html",
    )


def _feeding(user: User, found: UsedBy, label: Label) -> Feeding:
    workspace = served()
    used = found.used
    indicators = workspace.packs.indicators
    fed = []
    seen = [one for one in used.figures if _tells(user, one.region)]
    for name in dict.fromkeys(one.indicator for one in seen):
        mine = sorted(
            (one for one in seen if one.indicator == name), key=lambda one: (one.period, one.region)
        )
        via = [
            indicators[one].label.zh
            for one in dict.fromkeys(v for each in mine for v in each.via)
            if one in indicators
        ]
        figures = [
            FedFigure(
                workspace.name_of(one.region), one.period, f"/indicators/{name}/{one.region}/{one.period}/"
            )
            for one in mine[-LISTED:][::-1]
        ]
        fed.append(Fed(indicators[name].label, name, figures, max(len(mine) - LISTED, 0), via))
    readers = [
        indicators[name].label
        for name in dict.fromkeys(one.indicator for one in used.readings)
        if name in indicators
    ]
    if fed:
        heading = say("这条记录用在{n}个指标的{figures}个数里", n=len(fed), figures=len(seen))
    elif readers:
        heading = say("这条记录现在不在哪个数里")
    else:
        heading = say("没有指标用到这类台账")
    published = [(one.number, len(one.figures)) for one in found.publications] if not user.region else []
    return Feeding(used.type, label, used.key, heading, fed, readers, published, used.present)


def _tells(user: User, region: str) -> bool:
    """Whether a figure of a region is told here: a county's account is told of its own and of the whole."""
    return not user.region or region in (user.region, served().settings.region)
