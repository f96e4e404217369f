"""Decomposition on a snapshot: contributions to a change, and figures by any field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kechuang.engine import NO_CACHE, Cache
from kechuang.errors import KechuangError
from kechuang.formula import tree as t
from kechuang.indicators.computation import Computation
from kechuang.indicators.decompose.changes import Method
from kechuang.indicators.decompose.contributions import Contributions, contributions
from kechuang.indicators.decompose.fields import breakdown_by
from kechuang.indicators.decompose.makeup import alternatives, makeup
from kechuang.indicators.decompose.parts import Parts, by_field, by_region, known
from kechuang.indicators.definition import Definition, names_of, with_parents
from kechuang.indicators.schema import schema_of
from kechuang.messages import say
from kechuang.packs.model import Packs

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree
    from kechuang.records.snapshot import Snapshot

#: What stands for the regions below, where a breakdown is named.
REGIONS = "county"


@dataclass(frozen=True)
class Source:
    """Where figures come from: packs, a snapshot and a region tree, the day of the question, the engine."""

    packs: Packs
    snapshot: Snapshot
    regions: RegionTree
    as_of: date
    engine: str = "duckdb"
    address: str | None = None
    cache: Cache = NO_CACHE

    def name(self, code: str) -> str:
        region = self.regions.get(code)
        return region.name if region else code


def parts_of(source: Source, indicator: str, region: str, years: Iterable[int], by: str = REGIONS) -> Parts:
    """``indicator`` of ``region`` (code) in ``years`` by the regions right below it (``by`` "county") or by a
    field: ``field`` or ``table.field``. Years that have not begun are left out.

    KechuangError ``unknown-indicator``, ``unknown-region``, ``unknown-breakdown``, ``not-made-of-parts``,
    ``no-parts``.
    """
    return _asked(source, indicator, region, years, by)[2]


def contributions_of(
    source: Source,
    indicator: str,
    region: str,
    first: int,
    last: int,
    by: str = REGIONS,
    method: Method = "auto",
) -> Contributions:
    """What each part did to the change of ``indicator`` of ``region`` from year ``first`` to ``last``.

    Errors as :func:`parts_of`, ``same-years`` where the two years are one, ``no-figure`` where the whole has no
    figure in one of them, and those of :func:`~kechuang.indicators.decompose.changes.ratio_change`.
    """
    if first == last:
        raise KechuangError(
            "same-years", say("起始年和终止年相同，没有变化可以分解"), remedy=say("请给两个不同的年度。")
        )
    work, definition, parts = _asked(source, indicator, region, sorted((first, last)), by)
    numbers = [known(work, definition, parts, year) for year in (first, last)]
    return contributions(parts, numbers[0], numbers[1], method)


def _asked(
    source: Source, indicator: str, region: str, years: Iterable[int], by: str
) -> tuple[Computation, Definition, Parts]:
    every = with_parents(source.packs, schema_of(source.packs), names_of(source.packs, [indicator]))
    years = list(years)
    made = makeup(every[indicator], every, _taken(source, every, indicator, region, years))
    field = None if by == REGIONS else breakdown_by(source.packs, made, by)
    codes = [] if field else _below(source, region)
    work = Computation.of(
        source.packs,
        source.snapshot,
        source.regions,
        [region, *codes],
        years,
        source.as_of,
        [indicator],
        engine=source.engine,
        address=source.address,
        cache=source.cache,
        beside=[field.split.told] if field and field.split.told else [],
    )
    work.measure()
    definition = work.all[indicator]
    if field is None:
        return work, definition, by_region(work, definition, made, region, codes, source.name)
    return work, definition, by_field(work, definition, made, region, field, source.name(region))


def _taken(
    source: Source, every: Mapping[str, Definition], indicator: str, region: str, years: Sequence[int]
) -> dict[t.Coalesce, t.Node]:
    """Of sources that stand in for one another the one the region's latest figure comes from."""
    found = alternatives(every[indicator], every)
    if not found or not years:
        return {}
    work = Computation.of(
        source.packs,
        source.snapshot,
        source.regions,
        [region],
        years,
        source.as_of,
        [indicator],
        engine=source.engine,
        address=source.address,
        cache=source.cache,
    )
    work.measure()

    def there(node: t.Node) -> bool:
        return bool(work.cells.periods) and not any(work.gone(one)[0, -1] for one in t.aggregates(node))

    return {one: next((part for part in one.parts if there(part)), one.parts[-1]) for one in found}


def _below(source: Source, region: str) -> list[str]:
    """The regions right below one; KechuangError ``no-parts`` where there are none."""
    found = [one.code for one in source.regions.descendants(region) if one.parent == region]
    if not found and source.regions.get(region) is not None:
        raise KechuangError(
            "no-parts",
            say("{region}以下没有地区可分", region=source.name(region)),
            remedy=say("请按字段分，或换上级地区。"),
        )
    return found
