"""A workspace's own ``regions.yaml``: zones without an official code, changes of boundaries, who counts where.

What it says is joined to the country's regions (:class:`~kechuang.language.regions.RegionTree`); every
fault of the file is told at once, with its line.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kechuang.declared import line_of, read_yaml, validated
from kechuang.errors import Fault, KechuangError, Place
from kechuang.language.boundaries import BoundaryChange, ChangeKind, Enclave
from kechuang.language.regions import Region, RegionTree
from kechuang.messages import Message, say
from kechuang.packs.model import Day

FILE = "regions.yaml"
Code = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Zone(_Part):
    """A zone that reports like a county but has no official code; ``within`` is the region that holds it."""

    code: Code = Field(pattern=r"^[0-9A-Za-z-]{2,20}$")
    name: str
    within: Code
    level: Literal["county", "zone"] = "county"


class OwnEnclave(_Part):
    """Whether a region run by another body is ``counted`` in the one it lies in."""

    code: Code
    lies_in: Code = Field(alias="in")
    runner: str = ""
    counted: bool
    source: str = ""
    verified: bool = False


class OwnChange(_Part):
    """A change of boundaries or codes on a day."""

    day: Day = Field(alias="date")
    kind: ChangeKind
    before: list[Code] = Field(min_length=1)
    after: list[Code] = Field(min_length=1)
    names: str
    source: str
    clause: str = ""
    verified: bool = False


class Territory(_Part):
    """All of ``regions.yaml``; each part may be left out."""

    zones: list[Zone] = Field(default_factory=list)
    enclaves: list[OwnEnclave] = Field(default_factory=list)
    changes: list[OwnChange] = Field(default_factory=list)


def joined(folder: Path, tree: RegionTree) -> RegionTree:
    """``tree`` with what ``folder/regions.yaml`` says; ``tree`` itself where there is none.

    Raises KechuangError (``regions-invalid``) with every fault of the file.
    """
    path = folder / FILE
    if not path.is_file():
        return tree
    content = read_yaml(path)
    if content is None:
        return tree
    territory = validated(Territory, content, path)
    faults = [
        Fault("regions-invalid", message, Place(file=str(path), line=line_of(content, place)))
        for place, message in _unsound(territory, tree)
    ]
    if faults:
        raise KechuangError(
            "regions-invalid", say("{file}有{n}处错误", file=FILE, n=len(faults)), faults=faults
        )
    return tree.joined(
        (Region(zone.code, zone.name, zone.level, zone.within) for zone in territory.zones),
        (
            BoundaryChange(
                one.day,
                one.kind,
                tuple(one.before),
                tuple(one.after),
                one.names,
                one.source,
                one.clause,
                one.verified,
            )
            for one in territory.changes
        ),
        (
            Enclave(one.code, one.runner, one.lies_in, one.counted, one.source, one.verified)
            for one in territory.enclaves
        ),
    )


def _unsound(territory: Territory, tree: RegionTree) -> list[tuple[tuple[str | int, ...], Message]]:
    """(path of keys, what is wrong) of everything that does not fit the official list or itself."""
    found: list[tuple[tuple[str | int, ...], Message]] = []
    seen: set[str] = set()
    for number, zone in enumerate(territory.zones):
        if tree.get(zone.code) is not None or zone.code in seen:
            found.append((("zones", number, "code"), say("代码 {code} 已有地区使用", code=zone.code)))
        seen.add(zone.code)
        if tree.get(zone.within) is None:
            found.append((("zones", number, "within"), say("地区代码 {code} 不存在", code=zone.within)))
    for number, one in enumerate(territory.enclaves):
        for key, code in (("code", one.code), ("in", one.lies_in)):
            if tree.get(code) is None:
                found.append((("enclaves", number, key), say("地区代码 {code} 不存在", code=code)))
        if one.code == one.lies_in or tree.contains(one.code, one.lies_in):
            found.append((("enclaves", number, "in"), say("地区 {code} 不能在它自己之内", code=one.code)))
    known = seen | {region.code for region in tree.regions}
    for number, change in enumerate(territory.changes):
        unknown = [code for code in change.after if code not in known]
        found += [
            (("changes", number, "after"), say("地区代码 {code} 不存在", code=code)) for code in unknown
        ]
        one_to_one = len(change.before) == len(change.after) == 1
        if change.kind in ("rename", "recode") and not one_to_one:
            problem = say("{kind} 只能由一个地区变为一个地区", kind=change.kind)
            found.append((("changes", number, "kind"), problem))
    return found
