"""Where records and regions are: tables of a snapshot, and the regions below and beside those asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kechuang.engine import TableSource
from kechuang.errors import KechuangError
from kechuang.formula import tree as t
from kechuang.indicators.definition import Definition
from kechuang.messages import say
from kechuang.packs.model import Packs

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree
    from kechuang.records.snapshot import Snapshot


def sources(packs: Packs, snapshot: Snapshot, names: Iterable[str]) -> dict[str, TableSource]:
    """Where the tables stand; a type the snapshot does not have (made before it was declared) is left out."""
    found: dict[str, TableSource] = {}
    for name in sorted(names):
        if name not in snapshot.tables:
            continue
        record = packs.records[name]
        found[name] = TableSource(
            name=name,
            path=snapshot.table(name),
            key=tuple(record.key),
            year=record.time.year,
            day=record.time.on,
            region=record.region.field if record.region else None,
            own=record.region is not None and record.region.rollup == "own",
        )
    return found


def unknown_columns(found: Iterable[Definition], snapshot: Snapshot) -> None:
    """A snapshot made before a field was declared cannot answer for it."""
    schema = snapshot.manifest["schema"]
    for definition in found:
        for part in definition.tree.walk():
            if isinstance(part, t.Field) and part.table in schema and part.field not in schema[part.table]:
                raise KechuangError(
                    "snapshot-without-field",
                    say("快照的“{table}”没有字段“{field}”", table=part.table, field=part.field),
                    remedy=say("指标包比快照新；请重新做一次快照。"),
                )


def below(
    regions: RegionTree, codes: Sequence[str], *, siblings: bool
) -> tuple[dict[str, frozenset[str]], list[int]]:
    """Each region with itself and all regions in it, and the number of the siblings it belongs to.

    With ``siblings`` also the regions beside those asked for, below the same region.
    """
    wanted = dict.fromkeys(codes)
    parents: dict[str, str] = {}
    for code in list(wanted):
        region = regions.get(code)
        if region is None:
            raise KechuangError("unknown-region", say("地区代码 {code} 不存在", code=code))
        parents[code] = region.parent or ""
        if siblings:
            beside = regions.descendants(region.parent) if region.parent else regions.regions
            for other in beside:
                if other.parent == region.parent:
                    wanted.setdefault(other.code)
                    parents[other.code] = region.parent or ""
    numbers = {parent: number for number, parent in enumerate(dict.fromkeys(parents.values()))}
    found = {
        code: frozenset([code, *(region.code for region in regions.descendants(code))]) for code in wanted
    }
    return found, [numbers[parents[code]] for code in wanted]
