"""A plan's target shared out to counties and years, so that together they are what the plan says.

How counties make up the whole follows from the indicator: totals add up (``sum``), ratios are a mean weighted by
their denominators (``mean``), what all have to reach everybody has to (``each``). The arithmetic stands in
:mod:`kechuang.indicators.decompose`; here is what a plan means by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kechuang.errors import KechuangError, listed
from kechuang.indicators.decompose.balance import SAME, solve
from kechuang.indicators.decompose.paths import Shape, path
from kechuang.indicators.decompose.rounding import in_steps, mean_in_steps
from kechuang.messages import Message, say
from kechuang.plan.model import Target
from kechuang.progress.schedule import between
from kechuang.progress.wording import decimals_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: How counties make up the whole.
Kind = Literal["sum", "mean", "each"]
#: ``growth``: all at one rate. ``increment``: all by one amount. ``weights``: in proportion to given weights.
#: ``need``: the increase in proportion to given weights. ``table``: a draft of the office, brought to the total.
Method = Literal["growth", "increment", "weights", "need", "table"]
METHODS: tuple[Method, ...] = ("growth", "increment", "weights", "need", "table")


@dataclass(frozen=True)
class County:
    """A county (or the prefecture's own part) before its target is set. ``base`` is its figure of the base year,
    ``denominator`` that of its ratio; ``weight``, ``given``, ``low`` and ``high`` are what the office says."""

    code: str
    name: str
    base: float | None
    denominator: float | None = None
    weight: float | None = None
    given: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class CountyTarget:
    """A county's targets by year; ``share`` is its part of the whole in the target's year, None for ``each``."""

    code: str
    name: str
    base: float | None
    weight: float | None
    values: dict[int, float]
    share: float | None


@dataclass(frozen=True)
class Allocation:
    """A target of the plan by county and year. ``plan`` is what the plan asks of the whole in each year, and
    ``combined`` what the counties' targets make together; ``gaps`` are combined − plan."""

    target: str
    name: str
    unit: str
    comparator: str
    kind: Kind
    method: str
    shape: str
    base_year: int
    base: float | None
    plan: dict[int, float]
    counties: tuple[CountyTarget, ...]
    combined: dict[int, float]
    decimals: int
    notes: tuple[Message, ...]

    @property
    def gaps(self) -> dict[int, float]:
        return {year: self.combined[year] - value for year, value in self.plan.items()}

    def as_dict(self) -> dict[str, Any]:
        found = dict(vars(self))
        found["plan"] = {str(year): value for year, value in self.plan.items()}
        found["combined"] = {str(year): value for year, value in self.combined.items()}
        found["gaps"] = {str(year): value for year, value in self.gaps.items()}
        found["counties"] = [
            {**vars(one), "values": {str(year): value for year, value in one.values.items()}}
            for one in self.counties
        ]
        found["notes"] = [note.both() for note in self.notes]
        return found


def allocate(
    target: Target,
    counties: Sequence[County],
    *,
    kind: Kind,
    base_year: int,
    base: float | None,
    method: Method = "growth",
    shape: Shape = "straight",
    steps: Sequence[int] = (),
    no_decline: bool = False,
    decimals: int | None = None,
) -> Allocation:
    """``target`` shared out to ``counties``, for every year after ``base_year`` up to the target's.

    ``base`` is the figure of the whole in ``base_year``. ``shape`` is the way from base to target (see
    :func:`~kechuang.indicators.decompose.paths.path`), with ``steps`` (years) for its steps; values the plan gives
    for years between are kept. ``no_decline``: nobody is asked for less than its base. Values are rounded to
    ``decimals`` (None: those of the plan's value) so that totals still add up to the plan's and means do not fall
    short of it. KechuangError ``target-without-value``, ``target-without-year``, ``allocation-base``,
    ``allocation-method``, ``allocation-weights``, ``allocation-infeasible``, ``path-growth``, ``path-steps``.
    """
    if target.value is None:
        raise KechuangError(
            "target-without-value",
            say("{id}“{name}”没有目标值，不能分解", id=target.id, name=target.name),
            remedy=say("请在规划中补上目标值。"),
        )
    if target.year is None or target.year <= base_year:
        raise KechuangError(
            "target-without-year",
            say("{id}“{name}”的目标年度应晚于基期{year}年", id=target.id, name=target.name, year=base_year),
            remedy=say("请核对规划的目标年度，或用 --base-year 另给基期。"),
        )
    if not counties:
        raise KechuangError("no-parts", say("没有县市可分"), remedy=say("请核对工作区的地区。"))
    aim = _aim(target, base)
    places = max(decimals_of(aim), 0) if decimals is None else decimals
    years = list(range(base_year + 1, target.year + 1))
    notes: list[Message] = []
    if kind == "each":
        notes.append(say("这是各县市都要达到的目标，各县市目标值与规划相同"))
        method_used = "same"
        final = np.full(len(counties), aim)
    else:
        method_used = method
        final = _final(target, counties, aim, kind, method, no_decline=no_decline)
        final = _rounded(
            final,
            counties,
            aim,
            kind,
            places,
            up=_up(target),
            low=_low(counties, no_decline),
            high=_high(counties),
        )
    plan = _plan_path(target, base, base_year, aim, years, shape, steps)
    if kind == "sum":  # what is asked of things that are counted is a whole number of them
        plan = {
            year: value if year in (*target.interim, target.year) else round(value, places)
            for year, value in plan.items()
        }
    still = [one.name for one in counties if not one.base]
    if method == "growth" and kind != "each" and still and len(still) < len(counties):
        notes.append(
            say("基期为零的县市按同一增速仍为零，可改用同一增量或按权重：{names}", names=listed(still))
        )
    start = _starts(counties, final)
    if any(county.base is None for county in counties):
        names = [county.name for county in counties if county.base is None]
        notes.append(say("没有基期数，逐年目标从目标值倒推为一步到位：{names}", names=listed(names)))
    values = _by_year(
        start, final, plan, years, kind, counties, shape, _steps(steps, base_year), places, up=_up(target)
    )
    weights = _weights(counties) if kind == "mean" else np.ones(len(counties))
    if kind == "mean":
        notes.append(say("比率按分母加权：各县市分母的份额取自给定的权重，没有给的取基期数"))
    whole = float((weights * final).sum())
    found = Allocation(
        target=target.id,
        name=target.name,
        unit=target.unit,
        comparator=target.comparator,
        kind=kind,
        method=method_used,
        shape=shape,
        base_year=base_year,
        base=base,
        plan=plan,
        counties=tuple(
            CountyTarget(
                county.code,
                county.name,
                county.base,
                float(weights[n]) if kind == "mean" else county.weight,
                {year: float(values[n, at]) for at, year in enumerate(years)},
                None if kind == "each" or not whole else float(weights[n] * final[n]) / whole,
            )
            for n, county in enumerate(counties)
        ),
        combined={
            year: combined(values[:, at], weights, kind, up=_up(target)) for at, year in enumerate(years)
        },
        decimals=places,
        notes=tuple(notes),
    )
    return replace(found, notes=(*found.notes, *_gap_notes(found)))


def combined(values: Any, weights: Any, kind: Kind, *, up: bool = True) -> float:
    """What counties' values make together: their sum, their mean by ``weights``, or the one that is last.

    >>> combined([1.0, 3.0], [1, 1], "sum"), combined([1.0, 3.0], [3, 1], "mean"), combined([1.0, 3.0], [1, 1], "each")
    (4.0, 1.5, 1.0)
    """
    array, each = np.asarray(values, np.float64), np.asarray(weights, np.float64)
    if kind == "sum":
        return float(array.sum())
    if kind == "mean":
        return float((array * each).sum() / each.sum())
    return float(array.min() if up else array.max())


def _up(target: Target) -> bool:
    return target.direction != "down" and target.comparator not in ("<", "<=")


def _aim(target: Target, base: float | None) -> float:
    """The value to share out: of a range the end that is nearer to where things stand."""
    assert target.value is not None
    if target.comparator == "range" and target.high is not None and base is not None and base > target.high:
        return target.high
    return target.value


def _final(
    target: Target, counties: Sequence[County], aim: float, kind: Kind, method: Method, *, no_decline: bool
) -> Numbers:
    """Each county's value in the target's year, not yet rounded: one equation in one unknown."""
    if kind == "mean" and method in ("weights", "need"):
        raise KechuangError(
            "allocation-method",
            say("{id}是比率，权重是它的分母，不能按权重（{method}）分", id=target.id, method=method),
            remedy=say("请用 growth、increment 或 table。"),
        )
    each = _weights(counties) if kind == "mean" else np.ones(len(counties))
    total = aim * float(each.sum()) if kind == "mean" else aim
    start = np.zeros(len(counties))
    if method in ("growth", "increment", "need"):
        start = _needed(target, counties, "base")
    match method:
        case "growth":
            rate, start = start, np.zeros(len(counties))
        case "increment":
            rate = np.ones(len(counties))
        case "table":
            start = _needed(target, counties, "given")
            rate = np.where(start > 0, start, 0.0)
        case _:
            rate = _needed(target, counties, "weight")
    if (rate < 0).any() or not (rate > 0).any():
        raise KechuangError(
            "allocation-weights",
            say("权重应为不小于零的数，且至少一个大于零"),
            remedy=say("请核对权重，或换一种分解方法。"),
        )
    return solve(total, start, rate / rate.max(), each, _low(counties, no_decline), _high(counties))


def _needed(target: Target, counties: Sequence[County], name: Literal["base", "given", "weight"]) -> Numbers:
    """What the method starts from; KechuangError ``allocation-base`` naming the counties that lack it."""
    missing = [county.name for county in counties if getattr(county, name) is None]
    if missing:
        what = {"base": say("基期数"), "given": say("县市目标值"), "weight": say("权重")}[name]
        raise KechuangError(
            "allocation-base",
            say(
                "{id}按这种方法分解需要各县市的{what}，缺：{names}",
                id=target.id,
                what=what,
                names=listed(missing),
            ),
            remedy=say("请用 --data 给出含这一列的表，或换一种方法（--method）。"),
        )
    return np.array([getattr(county, name) for county in counties], np.float64)


def _weights(counties: Sequence[County]) -> Numbers:
    """The denominators of a ratio: those given, else those of the base year."""
    found = [county.weight if county.weight is not None else county.denominator for county in counties]
    missing = [county.name for county, weight in zip(counties, found, strict=True) if weight is None]
    given = np.array([0.0 if weight is None else weight for weight in found])
    if missing or not given.sum() > 0:
        raise KechuangError(
            "allocation-base",
            say("比率按分母加权，缺各县市的分母：{names}", names=listed(missing or ["—"])),
            remedy=say("请用 --data 给出含“权重”（分母，如预计地区生产总值）一列的表。"),
        )
    return given


def _low(counties: Sequence[County], no_decline: bool) -> Numbers:
    """The least each may be asked for: never below nothing, where its base is not."""
    least = []
    for county in counties:
        base = county.base if county.base is not None else 0.0
        floor = county.low if county.low is not None else min(base, 0.0)
        least.append(max(floor, base) if no_decline else floor)
    return np.array(least, np.float64)


def _high(counties: Sequence[County]) -> Numbers:
    return np.array([np.inf if county.high is None else county.high for county in counties], np.float64)


def _rounded(
    values: Numbers,
    counties: Sequence[County],
    aim: float,
    kind: Kind,
    decimals: int,
    *,
    up: bool,
    low: Numbers,
    high: Numbers,
) -> Numbers:
    if kind == "sum":
        return in_steps(values, aim, decimals=decimals, low=low, high=high)
    return np.clip(mean_in_steps(values, _weights(counties), aim, decimals=decimals, up=up), low, high)


def _plan_path(
    target: Target,
    base: float | None,
    base_year: int,
    aim: float,
    years: Sequence[int],
    shape: Shape,
    steps: Sequence[int],
) -> dict[int, float]:
    """What the plan asks of the whole in each year: its interim values, and between them the shape."""
    if target.per_year or base is None:
        return dict.fromkeys(years, aim)
    points = {year: value for year, value in target.interim.items() if base_year < year < years[-1]}
    if points:
        ends = sorted({base_year: base, **points, years[-1]: aim}.items())
        return {year: between([(float(at), value) for at, value in ends], year) for year in years}
    row = path(np.array([base]), np.array([aim]), len(years), shape, _steps(steps, base_year))[0]
    return {year: float(value) for year, value in zip(years, row, strict=True)}


def _steps(steps: Sequence[int], base_year: int) -> list[int]:
    return [year - base_year for year in steps]


def _starts(counties: Sequence[County], final: Numbers) -> Numbers:
    return np.array(
        [end if county.base is None else county.base for county, end in zip(counties, final, strict=True)]
    )


def _by_year(
    start: Numbers,
    final: Numbers,
    plan: Mapping[int, float],
    years: Sequence[int],
    kind: Kind,
    counties: Sequence[County],
    shape: Shape,
    steps: Sequence[int],
    decimals: int,
    *,
    up: bool,
) -> Numbers:
    """Counties × years: each on its own way, brought to the plan's value of the year, never turning back."""
    wanted = path(start, final, len(years), shape, steps)
    if kind == "each":
        return np.tile(np.array([plan[year] for year in years]), (len(start), 1))
    each = _weights(counties) if kind == "mean" else np.ones(len(start))
    found = np.zeros_like(wanted)
    before = start
    for at, year in enumerate(years[:-1]):
        low, high = np.minimum(before, final), np.maximum(before, final)
        scale = float(each.sum()) if kind == "mean" else 1.0
        total = plan[year] * scale
        bottom, top = float((each * low).sum()), float((each * high).sum())
        if kind == "sum":
            # Rounding has to leave room: whole steps between the year before and the last year.
            unit = 10.0**-decimals
            total = min(
                max(round(total / unit) * unit, np.ceil(bottom / unit - SAME) * unit),
                np.floor(top / unit + SAME) * unit,
            )
        total = min(max(total, bottom), top)
        free = np.abs(final - start) + SAME * (1 + np.abs(final))
        row = solve(total, np.clip(wanted[:, at], low, high), each * free, each, low, high)
        if kind == "sum":
            try:
                row = in_steps(row, total, decimals=decimals, low=low, high=high)
            except KechuangError:  # bounds that are not whole themselves leave no whole way: kept as it is
                row = np.round(row, decimals + 2)
        else:
            row = np.clip(mean_in_steps(row, each, total / scale, decimals=decimals, up=up), low, high)
        found[:, at] = row
        before = row
    found[:, -1] = final
    return found


def _gap_notes(found: Allocation) -> list[Message]:
    gap = found.gaps[max(found.plan)]
    if abs(gap) <= SAME * max(abs(value) for value in (1.0, *found.plan.values())):
        return []
    if found.kind == "mean":
        return [say("各县市目标取整后加权平均比规划多{gap}，不再少于规划", gap=f"{gap:.6g}")]
    return []
