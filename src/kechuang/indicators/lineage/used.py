"""Which indicators read a type of record, and which figures one record is in.

A record is in a figure if it meets the conditions of one of its aggregates in that region and period:
asked of the engine with the very expressions the figure is computed by. What it adds may be nothing
(a zero, a value counted already); it was used all the same, as ``explain`` lists it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from kechuang.formula import tree as t
from kechuang.formula.schema import Schema
from kechuang.indicators.computation import Computation
from kechuang.indicators.definition import Definition, with_parents
from kechuang.indicators.explain import term_name
from kechuang.indicators.lineage.reach import Reached, reached
from kechuang.indicators.schema import schema_of
from kechuang.packs.model import Packs

if TYPE_CHECKING:
    import pyarrow as pa

    from kechuang.language.regions import RegionTree
    from kechuang.records.snapshot import Snapshot

Role = Literal["value", "count", "condition", "list", "coverage"]


@dataclass(frozen=True)
class Reading:
    """An indicator reads a ``field`` of a record type: as a ``value``, to ``count`` records, in a
    ``condition``, as the ``list`` of what is to be covered, or to know how many returns were due, for its
    ``coverage``. ``via`` names the indicator it looks up, "" where it reads the field itself."""

    indicator: str
    field: str
    role: Role
    via: str = ""


@dataclass(frozen=True)
class UsedFigure:
    """A figure a record is in. ``terms``: name of each term and what the record brings to it; ``via`` the
    indicators it comes through; ``ranked``: only as one of those the region is ranked among."""

    indicator: str
    region: str
    period: str
    terms: tuple[tuple[str, Any], ...]
    via: tuple[str, ...]
    ranked: bool


@dataclass(frozen=True)
class Used:
    """A record (``type``, ``key``; ``present`` in the snapshot or not), who reads it, and where it is in."""

    type: str
    key: str
    present: bool
    readings: tuple[Reading, ...]
    figures: tuple[UsedFigure, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; ``terms`` as objects with ``name`` and ``contribution``."""
        content = asdict(self)
        for one in content["figures"]:
            one["terms"] = [{"name": name, "contribution": value} for name, value in one["terms"]]
        return content


def readings(packs: Packs, type_: str) -> list[Reading]:
    """Which indicators read records of ``type_``, and what of them."""
    schema = schema_of(packs)
    every = _sound(packs, schema)
    own: dict[str, list[Reading]] = {}
    for name, definition in every.items():
        found = list(_own_readings(packs, definition, type_))
        for parent in definition.parents:
            found.extend(Reading(name, one.field, one.role, via=parent) for one in own.get(parent, ()))
        own[name] = list(dict.fromkeys(found))
    return [one for name in packs.indicators for one in own.get(name, ())]


def used_by(
    packs: Packs,
    snapshot: Snapshot,
    regions: RegionTree,
    type_: str,
    key: str,
    region_codes: Sequence[str],
    years: Iterable[int],
    as_of: date,
    *,
    engine: str = "duckdb",
    address: str | None = None,
    only: Sequence[str] | None = None,
) -> Used:
    """The figures of ``region_codes`` and ``years`` that the record ``key`` of ``type_`` is in.

    ``only`` some indicators, if given. Raises KechuangError for a type no pack declares.
    """
    read = readings(packs, type_)
    wanted = [name for name in dict.fromkeys(one.indicator for one in read) if only is None or name in only]
    content = row_of(snapshot, type_, key)
    if content is None or not len(content) or not wanted:
        return Used(type_, key, bool(content is not None and len(content)), tuple(read), ())
    asked = tuple(dict.fromkeys(years))
    work = Computation.of(
        packs, snapshot, regions, region_codes, asked, as_of, wanted, engine=engine, address=address
    )
    aggregates = list(dict.fromkeys(one for d in work.all.values() for one in d.aggregates))
    aggregates = [one for one in aggregates if all(name in work.tables for name in t.tables_of(one))]
    inside = reached(work, work.engine.contributions({type_: content}, aggregates, work.cells))
    codes = {code: number for number, code in enumerate(work.regions)}
    order = {name: number for number, name in enumerate(wanted)}
    figures = [
        _figure(place, hits)
        for place, hits in inside.items()
        if place[0] in order and place[1] in codes and place[2] in asked
    ]
    figures.sort(key=lambda one: (order[one.indicator], codes[one.region], one.period))
    return Used(type_, key, True, tuple(read), tuple(figures))


def row_of(snapshot: Snapshot, type_: str, key: str) -> pa.Table | None:
    """The record with ``key`` in ``snapshot`` as a table of one row, or of none; None where the snapshot
    does not have the type."""
    import pyarrow.parquet as pq

    if type_ not in snapshot.tables:
        return None
    return pq.read_table(snapshot.table(type_), filters=[("_key", "=", key)])


def _figure(place: tuple[str, str, int], hits: Sequence[Reached]) -> UsedFigure:
    terms = {(term_name(hit.aggregate), _plain(hit.contribution.value)): None for hit in hits}
    via = dict.fromkeys(hit.via for hit in hits if hit.via)
    return UsedFigure(
        place[0], place[1], str(place[2]), tuple(terms), tuple(via), all(hit.ranked for hit in hits)
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _sound(packs: Packs, schema: Schema) -> dict[str, Definition]:
    return with_parents(packs, schema, list(packs.indicators))


def _own_readings(packs: Packs, definition: Definition, type_: str) -> Iterator[Reading]:
    name = definition.spec.id
    for aggregate in definition.aggregates:
        if isinstance(aggregate, t.Covered):
            sides: list[tuple[t.Node | None, Role]] = [
                (aggregate.listed, "list"),
                (aggregate.listed_condition, "condition"),
                (aggregate.by, "value"),
                (aggregate.by_condition, "condition"),
            ]
        else:
            value = aggregate.value if isinstance(aggregate, t.Reduction) else None
            weight = aggregate.weight if isinstance(aggregate, t.WeightedMean) else None
            condition = aggregate.condition if isinstance(aggregate, t.Count | t.Reduction) else None
            sides = [(value, "value"), (weight, "value"), (condition, "condition")]
            if isinstance(aggregate, t.Count) and aggregate.table == type_:
                yield from (Reading(name, field, "count") for field in packs.records[type_].key)
        for node, role in sides:
            for part in node.walk() if node is not None else ():
                if isinstance(part, t.Field) and part.table == type_:
                    yield Reading(name, part.field, role)
    for table in definition.tables:
        frame = packs.records[table].frame
        if frame is not None and type_ in (frame.type, table) and frame.type:
            yield from (Reading(name, field, "coverage") for field in frame.on)
