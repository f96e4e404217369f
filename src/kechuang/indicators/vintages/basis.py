"""What figures are made of beside records: definitions, parameters, record types and regions, as data.

What was published keeps its basis, so that a figure can be recomputed as it was defined then and a change
of definition can be shown in words. A basis holds no more than the figures need: the indicators and those
they look up, their parameters, the types whose records they read, and the regions with what lies in them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from kechuang.errors import KechuangError
from kechuang.indicators.definition import Definition, names_of, with_parents
from kechuang.indicators.schema import schema_of
from kechuang.language.regions import Region, RegionTree
from kechuang.messages import say
from kechuang.packs.model import IndicatorSpec, Packs, Parameter, RecordType

if TYPE_CHECKING:
    from kechuang.formula.schema import Schema

#: What of a record type bears on figures; checks, notes and sample data do not.
_RECORD = {"record", "label", "key", "time", "region", "frame", "fields"}
_FIELD = {"type", "label", "unit", "level", "choices"}

Content = dict[str, Any]


@dataclass(frozen=True)
class Basis:
    """Declarations and regions figures are computed by."""

    packs: Packs
    regions: RegionTree

    def over(self, content: Mapping[str, Any]) -> Basis:
        """The same with what ``content`` (see :func:`kept`) keeps put in its place.

        KechuangError where it cannot be read by this version.
        """
        try:
            types = {name: RecordType.model_validate(one) for name, one in content["records"].items()}
            specs = {name: IndicatorSpec.model_validate(one) for name, one in content["indicators"].items()}
            numbers = {name: Parameter.model_validate(one) for name, one in content["parameters"].items()}
            places = [Region(*row) for row in content["regions"]]
        except (ValidationError, KeyError, TypeError, AttributeError):
            raise KechuangError(
                "basis-unreadable",
                say("当时的口径读不出来"),
                remedy=say("请核对工作区 published 文件夹是否完好，或升级后重试。"),
            ) from None
        packs = self.packs.model_copy(
            update={
                "records": {**self.packs.records, **types},
                "indicators": {**self.packs.indicators, **specs},
                "parameters": {**self.packs.parameters, **numbers},
                "files": {},
            }
        )
        return Basis(packs, _tree(self.regions, places))


def kept(basis: Basis, indicators: Iterable[str], region_codes: Sequence[str]) -> Content:
    """The basis of ``indicators`` in ``region_codes`` as plain data."""
    packs = basis.packs
    every = with_parents(packs, schema_of(packs), list(dict.fromkeys(indicators)))
    tables = {name for definition in every.values() for name in definition.tables}
    tables |= {frame.type for name in tables if (frame := packs.records[name].frame) and frame.type}
    parameters = {name for definition in every.values() for name in definition.parameters}
    ranked = is_ranked(packs, list(every))
    return {
        "indicators": {name: _dumped(packs.indicators[name]) for name in sorted(every)},
        "parameters": {name: _dumped(packs.parameters[name]) for name in sorted(parameters)},
        "records": {name: _record(packs.records[name]) for name in sorted(tables)},
        "regions": _places(basis.regions, region_codes, ranked=ranked),
    }


def digest_of(content: Any) -> str:
    """The digest of plain data, in whatever order its keys stand."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Meaning:
    """What makes an indicator compute what it computes, part by part: ``formula`` (its tree as text),
    ``unit``, ``tables`` (how records of each meet regions and years) and ``parents`` (digests of what it
    looks up). Labels, notes and sources are no part of it; parameters are dated values apart from it."""

    formula: str
    unit: str
    tables: Mapping[str, str]
    parents: Mapping[str, str]

    @property
    def digest(self) -> str:
        return digest_of([self.formula, self.unit, dict(self.tables), dict(self.parents)])


def meanings(packs: Packs, indicators: Iterable[str] | None = None) -> dict[str, Meaning]:
    """The meaning of ``indicators`` (all if None) and of those they look up."""
    wanted = names_of(packs) if indicators is None else list(dict.fromkeys(indicators))
    found: dict[str, Meaning] = {}
    for name, definition in with_parents(packs, schema_of(packs), wanted).items():
        found[name] = _meaning(packs, definition, found)
    return found


def _meaning(packs: Packs, definition: Definition, known: Mapping[str, Meaning]) -> Meaning:
    from kechuang.formula.writing import source

    return Meaning(
        source(definition.tree),
        definition.spec.unit,
        {name: _met(packs.records[name]) for name in sorted(definition.tables)},
        {name: known[name].digest for name in definition.parents},
    )


def _met(record: RecordType) -> str:
    """How records of a type meet regions and years, and which list says what is due."""
    time, region, frame = record.time, record.region, record.frame
    parts = [
        time.year,
        time.on,
        region.field if region else None,
        region.rollup if region else None,
        [frame.type, frame.on] if frame else None,
    ]
    return json.dumps(parts, ensure_ascii=False)


def sentence_of(packs: Packs, indicator: str, schema: Schema | None = None) -> dict[str, str]:
    """The formula of ``indicator`` in words: ``{"zh", "en"}``."""
    schema = schema or schema_of(packs)
    return with_parents(packs, schema, [indicator])[indicator].sentence(schema)


def is_ranked(packs: Packs, names: Sequence[str]) -> bool:
    """Whether any of ``names``, or of those they look up, is ranked among the regions beside."""
    every = with_parents(packs, schema_of(packs), names)
    return any(use.ranked for definition in every.values() for use in definition.uses)


def changed_places(
    one: RegionTree, other: RegionTree, codes: Iterable[str], *, ranked: bool = False
) -> list[str]:
    """Those of ``codes`` that hold (``ranked``: or stand among) other regions in ``other`` than in ``one``."""
    if one is other:
        return []
    return [code for code in dict.fromkeys(codes) if _held(one, code, ranked) != _held(other, code, ranked)]


def _held(tree: RegionTree, code: str, ranked: bool) -> tuple[frozenset[str], frozenset[str]] | None:
    region = tree.get(code)
    if region is None:
        return None
    beside = tree.children(region.parent) if ranked and region.parent else []
    return (
        frozenset(below.code for below in tree.descendants(code)),
        frozenset(other.code for other in beside),
    )


def _places(tree: RegionTree, codes: Sequence[str], *, ranked: bool) -> list[list[str | None]]:
    """The regions ``codes`` with all that lies in them; where ranks are asked, with those beside them too."""
    found: dict[str, Region] = {}
    for code in codes:
        region = tree.get(code)
        if region is None:
            continue
        beside = tree.children(region.parent) if ranked and region.parent else []
        for one in [region, *beside]:
            found[one.code] = one
            found.update({below.code: below for below in tree.descendants(one.code)})
    return [[one.code, one.name, one.level, one.parent] for _, one in sorted(found.items())]


def _tree(tree: RegionTree, places: Sequence[Region]) -> RegionTree:
    """``tree`` with ``places`` as they were: what lies in them now and did not then is left out."""
    known = {one.code: one for one in places}
    if all(tree.get(code) == one for code, one in known.items()) and all(
        below.code in known for code in known for below in tree.children(code)
    ):
        return tree
    others = [one for one in tree.regions if one.code not in known and one.parent not in known]
    merged = sorted([*others, *known.values()], key=lambda one: one.code)
    return RegionTree(tuple(merged))


def _dumped(declared: IndicatorSpec | Parameter) -> Content:
    return declared.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _record(record: RecordType) -> Content:
    content = record.model_dump(mode="json", by_alias=True, exclude_defaults=True, include=_RECORD)
    content["fields"] = {
        name: {key: value for key, value in spec.items() if key in _FIELD}
        for name, spec in content["fields"].items()
    }
    return content
