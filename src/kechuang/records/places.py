"""A cell that names a region: code or name, of the level asked for, within the workspace's region."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING

from kechuang.errors import Joined
from kechuang.messages import Message, say
from kechuang.records.fields import Parser, Refused, Value, written

if TYPE_CHECKING:
    from kechuang.language.regions import Region, RegionTree
    from kechuang.packs.model import FieldSpec


def region_parser(spec: FieldSpec, regions: RegionTree | None, within: str | None) -> Parser:
    """Reads a region into its code. Answers are remembered: a column names few regions many times."""
    known: dict[str, str] = {}

    def parse(cell: object) -> Value:
        text = unicodedata.normalize("NFKC", written(cell))
        code = known.get(text)
        if code is None:
            code = known[text] = _read(text, spec, regions, within)
        return code

    return parse


def choices(regions: RegionTree, within: str | None, level: str | None) -> list[Region]:
    """The regions a field may name: those of ``level`` in the workspace's region."""
    if within is None:
        return []
    here = regions.get(within)
    below = list(regions.descendants(within, level)) if level else list(regions.children(within))
    own = [here] if here is not None and level in (None, here.level) else []
    return [*own, *below]


def _read(text: str, spec: FieldSpec, regions: RegionTree | None, within: str | None) -> str:
    if regions is None:
        raise Refused("unknown-region", say("没有行政区划表，不能核对“{text}”", text=text))
    found = _called(text, spec.level, regions, within) or regions.find(text, within=within)
    if found is None:
        found = _replaced(text, regions, within)
    if found is None:
        own = regions.get(within) if within else None
        if own is not None and regions.find(text) is not None:
            raise Refused("region-outside", say("“{text}”不在{region}之内", text=text, region=own.name))
        raise Refused("unknown-region", _with_near(text, choices(regions, within, spec.level)))
    if spec.level is not None and found.level != spec.level:
        raise Refused(
            "region-level", say("“{text}”不是{level}行政区", text=text, level=say_level(spec.level))
        )
    return found.code


def _replaced(text: str, regions: RegionTree, within: str | None) -> Region | None:
    """The region that took over the code ``text`` with its whole territory; refused where it was divided."""
    change = regions.replaced(text)
    if change is None:
        return None
    if change.comparable:
        return regions.find(change.after[0], within=within)
    day = change.day.isoformat()
    names = change.names
    raise Refused(
        "region-replaced",
        say("“{text}”自{day}起已调整（{names}），请按调整后的地区填报", text=text, day=day, names=names),
    )


def _called(text: str, level: str | None, regions: RegionTree, within: str | None) -> Region | None:
    """The one region of ``level`` called so: a county may share its short name with the prefecture above."""
    named = [region for region in regions.all_called(text, within) if region.level == level]
    return named[0] if len(named) == 1 else None


def say_level(level: str) -> Message:
    """The name of an administrative level."""
    return {"province": say("省级"), "prefecture": say("地级"), "county": say("县级")}[level]


def _with_near(text: str, allowed: list[Region]) -> Message:
    names = [region.name for region in allowed]
    near = get_close_matches(text, names, 3, 0.3)
    if not near:
        near = [name for name in names if set(name[:-1]) & set(text[:-1])][:3]
    problem = say("没有名为“{text}”的地区", text=text)
    if near:
        return Joined([problem, say("是不是：{near}？", near="、".join(near))], ("；", "; "))
    if names:
        return Joined([problem, say("可填：{names}", names="、".join(names[:20]))], ("；", "; "))
    return problem
