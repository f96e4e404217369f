"""What sharing out and reconciling need to know of counties: figures of the base year, what the office's table says.

``Counties`` is made once for a target; ``allocate`` and ``reconcile`` are the two questions asked of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING, Any

from kechuang.errors import KechuangError
from kechuang.indicators.decompose.answers import Source, parts_of
from kechuang.indicators.decompose.parts import Line, Parts
from kechuang.messages import Message, say
from kechuang.plan.model import Target
from kechuang.progress.allocation import Allocation, County, Kind, allocate
from kechuang.progress.county_table import CountyRow
from kechuang.progress.reconciliation import Given, Reconciled, reconcile
from kechuang.progress.schedule import between
from kechuang.progress.wording import decimals_of

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

#: A share all of which has to be reached: nobody can make up for another.
ALL = 100.0


@dataclass(frozen=True)
class Counties:
    """A target with its counties as of ``base_year``; ``base`` is the figure of the whole (None: not known)."""

    target: Target
    kind: Kind
    base_year: int
    base: float | None
    counties: tuple[County, ...]
    notes: tuple[Message, ...] = ()
    #: Decimals its figures are told with.
    decimals: int = 0

    def allocated(self, rows: Sequence[CountyRow] = (), **options: Any) -> Allocation:
        """Shared out as :func:`~kechuang.progress.allocation.allocate` does; ``rows`` give weights and bounds."""
        filled = _with_rows(self.counties, rows, self.target)
        if options.get("decimals") is None:
            own = self.decimals if self.kind != "sum" else 0
            options["decimals"] = max(decimals_of(self.target.value), own)
        found = allocate(
            self.target, filled, kind=self.kind, base_year=self.base_year, base=self.base, **options
        )
        return replace(found, notes=(*self.notes, *found.notes))

    def reconciled(self, rows: Sequence[CountyRow], decimals: int | None = None) -> Iterator[Reconciled]:
        """Every year of ``rows`` held against what the plan asks of that year."""
        years = sorted({row.year or self.target.year or 0 for row in rows if row.value is not None})
        own = any(row.county == "" for row in rows)
        for year in years:
            plan = self.asked(year)
            if plan is None:
                continue
            mine = {row.county: row for row in rows if (row.year or self.target.year) == year}
            given = [
                Given(
                    county.code,
                    county.name,
                    row.value if (row := mine.get(county.code)) else None,
                    row.weight if row and row.weight is not None else county.denominator,
                    row.low if row else None,
                    row.high if row else None,
                )
                for county in self.counties
                # What belongs to no county promises nothing: its figure of the base year stands for it.
                if county.code or own
            ]
            rest = [county for county in self.counties if not county.code and not own]
            given += [
                Given("", one.name, one.base, one.denominator, one.base, one.base)
                for one in rest
                if one.base is not None
            ]
            found = reconcile(self.target, year, plan, given, kind=self.kind, decimals=decimals)
            kept = [
                say("“{name}”不属于任何县市，按基期数计入，不作调整", name=one.name)
                for one in rest
                if one.base is not None
            ]
            yield replace(found, notes=(*self.notes, *found.notes, *kept))

    def asked(self, year: int) -> float | None:
        """What the plan asks of the whole in ``year``: its own value, or one on the way there; None beyond."""
        target = self.target
        if target.value is None or target.year is None or year > target.year:
            return None
        if year == target.year or target.per_year:
            return target.value
        points = dict(target.interim)
        if self.base is not None:
            points[self.base_year] = self.base
        if not points or year < min(points):
            return None
        points[target.year] = target.value
        return between([(float(at), value) for at, value in sorted(points.items())], year)


def counties_of(
    source: Source, target: Target, indicator: str | None, region: str, base_year: int | None = None
) -> Counties:
    """The counties right below ``region`` with their figures of ``base_year`` (None: the year of the target's
    baseline, else the last one before its own that has a figure). Without an ``indicator`` there are no figures.

    KechuangError ``no-figure`` where ``base_year`` was asked for and has none.
    """
    notes: list[Message] = []
    codes = [one.code for one in source.regions.descendants(region) if one.parent == region]
    bare = tuple(County(code, source.name(code), None) for code in codes)
    last = (target.year or source.as_of.year + 1) - 1
    wanted = base_year or (target.baseline.year if target.baseline else None)
    parts: Parts | None = None
    if indicator is not None and indicator in source.packs.indicators:
        try:
            years = [wanted] if wanted else range(last - 9, min(last, source.as_of.year) + 1)
            parts = parts_of(source, indicator, region, years)
        except KechuangError as refused:
            if refused.code not in ("not-made-of-parts", "no-parts"):
                raise
            notes.append(refused.message)
    kind = kind_of(target, parts)
    if parts is None:
        base = target.baseline.value if target.baseline else None
        return Counties(target, kind, wanted or last, base, bare, tuple(notes))
    known = [n for n, year in enumerate(parts.years) if not isnan(parts.whole.value[n])]
    if not known:
        if base_year is not None:
            raise KechuangError(
                "no-figure",
                say("{id}“{name}”{year}年没有数，不能作基期", id=target.id, name=target.name, year=base_year),
                remedy=say("请另给 --base-year，见 kechuang indicators compute。"),
            )
        return Counties(target, kind, wanted or last, None, bare, tuple(notes))
    at = known[-1]
    lines = [*parts.lines, *([parts.rest] if parts.rest is not None and _real(parts.rest, at) else [])]
    found = tuple(
        County(
            line.key or "",
            line.label["zh"],
            _number(line.value[at]),
            _number(line.below[at]) if parts.form == "ratio" else None,
        )
        for line in lines
    )
    return Counties(
        target,
        kind,
        parts.years[at],
        float(parts.whole.value[at]),
        found,
        (*notes, *parts.notes),
        parts.spec.decimals,
    )


def kind_of(target: Target, parts: Parts | None) -> Kind:
    """How counties make up the whole: by what the indicator is made of, else by the unit."""
    ratio = parts.form == "ratio" if parts is not None else target.unit in ("%", "‰")
    if ratio and target.unit == "%" and target.value == ALL and target.comparator in ("=", ">="):
        return "each"
    return "mean" if ratio else "sum"


def rows_of(target: Target, regions: RegionTree, within: str) -> list[CountyRow]:
    """The county targets of the plan itself; KechuangError ``county-unknown`` for a name that is no county."""
    rows: list[CountyRow] = []
    for name, values in target.counties.items():
        found = regions.find(name, within=within)
        if found is None or found.parent != within:
            raise KechuangError(
                "county-unknown",
                say("{id}的县市分解中有“{name}”，规划范围内没有这个县市", id=target.id, name=name),
                remedy=say("请改 plan.yaml 中该目标的 counties。"),
            )
        rows.extend(CountyRow(target.id, found.code, year, value) for year, value in values.items())
    return rows


def _real(rest: Line, at: int) -> bool:
    """Whether what no county has is something (a prefecture's own budget), not things counted twice."""
    return bool(rest.above[at] > 0 and (isnan(rest.below[at]) or rest.below[at] > 0))


def _with_rows(counties: Sequence[County], rows: Sequence[CountyRow], target: Target) -> list[County]:
    """Counties with what the table says of them: of the target's year, or of no year."""
    said: Mapping[str, CountyRow] = {
        row.county: row for row in rows if row.year in (None, target.year) and row.target in (None, target.id)
    }
    return [
        replace(
            county,
            weight=said[county.code].weight,
            given=said[county.code].value,
            low=said[county.code].low,
            high=said[county.code].high,
        )
        if county.code in said
        else county
        for county in counties
    ]


def _number(value: Any) -> float | None:
    number = float(value)
    return None if isnan(number) else number
