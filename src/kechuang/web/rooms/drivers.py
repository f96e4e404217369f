"""What moved a target's figure: the share of each county in the change of the last year, and since the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from kechuang.errors import KechuangError
from kechuang.indicators.decompose.contributions import EFFECTS, Contributions
from kechuang.messages import Message, say
from kechuang.packs.model import Label
from kechuang.progress.model import TargetProgress
from kechuang.progress.outlook.wording import Named
from kechuang.web.access import Hidden, page
from kechuang.web.numbers import distance
from kechuang.web.rendering import Page
from kechuang.web.roles import READERS
from kechuang.web.rooms.home import day_of
from kechuang.web.standing import kept, standing, state_of
from kechuang.web.workspaces import served

#: A change is told with this many decimals more than the figure: parts of a small change are smaller still.
FINER = 1


@dataclass(frozen=True)
class Part:
    """A county's share in a change. ``bar``: (left edge, width, whether it is a fall), in per cent of the row."""

    name: Message
    change: float
    bar: tuple[float, float, bool]


@dataclass(frozen=True)
class Drive:
    """The change between two years and its parts, the largest first; ``zero`` is where nothing stands (%)."""

    first: int
    last: int
    unit: str
    decimals: int
    heading: Message
    parts: list[Part]
    still: int
    zero: float
    effects: list[tuple[Message, float]]
    method: str
    notes: tuple[Message, ...]


@dataclass(frozen=True)
class Drivers:
    """The changes of a target's figure; ``why``: why there are none."""

    id: str
    label: Label
    drives: list[Drive]
    why: list[Message]


@page("targets/<str:name>/drivers/", "target-drivers", READERS)
def drivers(request: HttpRequest, name: str) -> Page:
    """Fills in after the target's page."""
    found, _ = standing(served(), day_of(request))
    progress = found.progress.target(name)
    if progress is None or progress.indicator is None or progress.latest is None:
        raise Hidden
    spans = spans_of(progress)
    drives: list[Drive] = []
    why: list[Message] = []
    for first, last in spans:
        told = _told(progress.indicator, first, last, found.as_of)
        if isinstance(told, Contributions):
            drives.append(drive_of(told))
        else:
            why.append(told)
    context = Drivers(
        name, served().packs.indicators[progress.indicator].label, drives, list(dict.fromkeys(why))
    )
    return Page("kechuang/drivers_page.html", context, part="kechuang/drivers.html")


def spans_of(progress: TargetProgress) -> list[tuple[int, int]]:
    """The years compared: the last two, and the baseline's with the last."""
    assert progress.latest is not None
    last = int(progress.latest.period)
    spans = [(last - 1, last)]
    if progress.baseline and progress.baseline.year < last - 1:
        spans.append((progress.baseline.year, last))
    return spans


def _told(indicator: str, first: int, last: int, day: Any) -> Contributions | Message:
    workspace = served()

    def make() -> Contributions | Message:
        fresh = type(workspace)(workspace.folder, workspace.settings, workspace.clock)
        try:
            return fresh.contributions(indicator, first, last, as_of=day)
        except KechuangError as refused:  # no figure that year, or nothing to split by
            return refused.message

    return kept.get(f"drivers {indicator} {first} {last} {day}", state_of(workspace), make)[0]


def drive_of(told: Contributions) -> Drive:
    """A change as it is drawn."""
    spec = served().packs.indicators.get(told.indicator)
    decimals = (spec.decimals if spec else 2) + (FINER if told.form != "sum" else 0)
    least = 0.5 * 10**-decimals
    ordered = sorted(
        (part for part in told.parts if abs(part.change) >= least),
        key=lambda part: (part.key is None, -abs(part.change)),
    )
    low = min((one.change for one in ordered if one.change < 0), default=0.0)
    high = max((one.change for one in ordered if one.change > 0), default=0.0)
    wide = (high - low) or 1.0
    zero = 100 * -low / wide
    parts = [
        Part(
            Named(one.label["zh"], one.label["en"]),
            one.change,
            (
                100 * (min(one.change, 0.0) - low) / wide,
                100 * abs(one.change) / wide,
                one.change < 0,
            ),
        )
        for one in ordered
    ]
    effects = (
        [(EFFECTS[name], value) for name, value in told.effects.items()] if len(told.effects) > 1 else []
    )
    return Drive(
        *told.years,
        told.unit,
        decimals,
        _heading(told, parts, decimals),
        parts,
        len(told.parts) - len(parts),
        zero,
        effects,
        {"lmdi": "LMDI", "shapley": "Shapley"}.get(told.method, ""),
        told.notes,
    )


def _heading(told: Contributions, parts: list[Part], decimals: int) -> Message:
    """Which parts made the change what it is."""
    first, last = told.years
    if abs(told.change) < 0.5 * 10**-decimals:
        return say("{first}—{last}年没有变", first=first, last=last)
    far = distance(told.change, told.unit, decimals)
    same = [one for one in parts if (one.change > 0) == (told.change > 0) and one.change]
    most = max(same, key=lambda one: abs(one.change), default=None)
    words = (
        say("{first}—{last}年升了{far}", first=first, last=last, far=far)
        if told.change > 0
        else say("{first}—{last}年降了{far}", first=first, last=last, far=far)
    )
    if most is None:
        return words
    return say("{what}，{place}作用最大", what=words, place=most.name)
