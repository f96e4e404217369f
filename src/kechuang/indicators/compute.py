"""Figures: every indicator by its definition, in every region and year, from one snapshot.

:func:`compute` gives them one by one, with fingerprint and reason; :func:`compute_table` gives the same
numbers as columns, for a nation's worth of them. A figure that cannot be computed says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.engine import NO_CACHE, Cache
from kechuang.formula.series import scopes
from kechuang.indicators.computation import Computation, Progress
from kechuang.indicators.definition import Definition
from kechuang.indicators.figure import Figure, Status
from kechuang.indicators.lookback import begun
from kechuang.indicators.reasons import reason_for
from kechuang.messages import say
from kechuang.packs.model import Packs

if TYPE_CHECKING:
    import pyarrow as pa

    from kechuang.language.regions import RegionTree
    from kechuang.records.snapshot import Snapshot

STATUSES: tuple[Status, ...] = ("final", "provisional", "sample")


def compute(
    packs: Packs,
    snapshot: Snapshot,
    regions: RegionTree,
    region_codes: Sequence[str],
    years: Iterable[int],
    as_of: date,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
    *,
    engine: str = "duckdb",
    address: str | None = None,
    cache: Cache = NO_CACHE,
) -> list[Figure]:
    """The figures of ``packs``' indicators (or ``only`` some) for ``region_codes`` and ``years``.

    Values are in the indicator's declared unit, unrounded. A stock is taken at the end of the year,
    or at ``as_of`` in the year that is running. Figures come in the order of indicators, regions,
    years. ``engine`` computes them (``address``: of a Spark cluster) and changes no value; ``cache`` keeps
    what was measured. Raises KechuangError for a faulty definition, naming every one.
    """
    work = Computation.of(
        packs,
        snapshot,
        regions,
        region_codes,
        years,
        as_of,
        only,
        engine=engine,
        address=address,
        cache=cache,
    )
    work.measure(progress)
    return [
        figure(work, definition, region, year)
        for definition in work.definitions
        for region in work.regions
        for year in work.years
    ]


def compute_table(
    packs: Packs,
    snapshot: Snapshot,
    regions: RegionTree,
    region_codes: Sequence[str],
    years: Iterable[int],
    as_of: date,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
    *,
    engine: str = "duckdb",
    address: str | None = None,
    cache: Cache = NO_CACHE,
) -> pa.Table:
    """The same figures as columns: ``indicator``, ``region``, ``period``, ``value``, ``unit``, ``status``,
    ``numerator``, ``denominator``, ``coverage`` (null where not known); years not begun are left out.

    Eight million figures take some hundred megabytes so, where as objects they would take gigabytes.
    """
    import pyarrow as pa

    work = Computation.of(
        packs,
        snapshot,
        regions,
        region_codes,
        years,
        as_of,
        only,
        engine=engine,
        address=address,
        cache=cache,
    )
    work.measure(progress)
    text = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        {
            **dict.fromkeys(("indicator", "region"), text),
            "period": pa.int32(),
            "value": pa.float64(),
            **dict.fromkeys(("unit", "status"), text),
            **dict.fromkeys(("numerator", "denominator", "coverage"), pa.float64()),
        }
    )
    return pa.Table.from_batches(_batches(work, schema), schema)


def _batches(work: Computation, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The figures of an indicator, region by region and year by year."""
    import pyarrow as pa

    places = np.array([work.region_number[code] for code in work.regions], np.int64)
    begun = [year for year in work.years if year in work.period_number]
    times = np.array([work.period_number[year] for year in begun], np.int64)
    count = len(places) * len(times)
    if not count:
        return
    regions = pa.DictionaryArray.from_arrays(
        np.repeat(np.arange(len(places), dtype=np.int32), len(times)), pa.array(work.regions)
    )
    periods = pa.array(np.tile(np.array(begun, np.int32), len(places)))
    statuses = pa.array(STATUSES)

    def same(text: str) -> pa.Array:
        return pa.DictionaryArray.from_arrays(np.zeros(count, np.int32), pa.array([text]))

    def numbers(values: Any) -> pa.Array:
        return pa.array(values[np.ix_(places, times)].ravel(), from_pandas=True)

    for definition in work.definitions:
        found = work.computed(definition.spec.id)
        codes = np.where(found.sample, 2, found.provisional.astype(np.int32))[np.ix_(places, times)].ravel()
        yield pa.record_batch(
            [
                same(definition.spec.id),
                regions,
                periods,
                numbers(found.value),
                same(definition.spec.unit),
                pa.DictionaryArray.from_arrays(codes.astype(np.int32), statuses),
                numbers(found.numerator),
                numbers(found.denominator),
                numbers(found.coverage),
            ],
            schema=schema,
        )


def figure(work: Computation, definition: Definition, region: str, year: int) -> Figure:
    """The figure of one cell."""
    spec = definition.spec
    common: dict[str, Any] = {
        "indicator": spec.id,
        "region": region,
        "period": str(year),
        "unit": spec.unit,
        "snapshot": work.snapshot.digest,
        "as_of": work.as_of.isoformat(),
    }
    period = work.period(year)
    if period is None:
        said = say("该年度尚未开始").both()
        return Figure(**common, value=None, status="provisional", reason=said, absence="not-yet")
    found = work.computed(spec.id)
    place = work.region_number[region], work.period_number[year]
    value = _number(found.value[place])
    missing = work.missing(definition, region, year) if value is None else []
    without = reason_for(work.packs, spec, missing, value, year, work.as_of)
    return Figure(
        **common,
        value=value,
        status="sample" if found.sample[place] else "provisional" if found.provisional[place] else "final",
        numerator=_number(found.numerator[place]),
        denominator=_number(found.denominator[place]),
        coverage=_number(found.coverage[place]),
        fingerprint=work.fingerprint(definition, region, period),
        verified=work.verified(definition, period),
        reason=without.reason if without else None,
        absence=without.absence if without else None,
        due=without.due.isoformat() if without and without.due else None,
        scope=_scope(work, definition),
        breaks=tuple(mark.as_dict() for mark in begun(work, definition, region, year)),
    )


def _scope(work: Computation, definition: Definition) -> tuple[dict[str, Any], ...]:
    """The qualifiers an indicator fixes, its own and of what it looks up, in words."""
    every = [definition, *(work.all[name] for name in definition.parents)]
    found = dict.fromkeys(one for part in every for one in scopes(part.tree, work.schema))
    told = []
    for one in found:
        info = work.schema.tables[one.table].fields[one.field]
        words = info.choices.get(str(one.value))
        text = {"zh": words.zh, "en": words.en} if words else dict.fromkeys(("zh", "en"), str(one.value))
        label = {"zh": info.label.zh, "en": info.label.en}
        told.append({"field": f"{one.table}.{one.field}", "value": one.value, "label": label, "text": text})
    return tuple(told)


def _number(value: Any) -> float | None:
    number = float(value)
    return None if isnan(number) else number
