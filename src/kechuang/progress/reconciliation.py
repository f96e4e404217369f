"""County targets held against the plan's: what they make together, the gap, and the least change that closes it.

The suggestion minimises Σ (x − given)²/given under the plan's total (see
:mod:`kechuang.indicators.decompose.balance`): every county moves by the same share of its own target, within its
bounds, and rounding keeps the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from kechuang.errors import KechuangError, listed
from kechuang.indicators.decompose.balance import SAME, least_change
from kechuang.indicators.decompose.biproportion import to_totals
from kechuang.indicators.decompose.rounding import in_steps, mean_in_steps
from kechuang.messages import Message, say
from kechuang.plan.model import Target
from kechuang.progress.allocation import Kind, combined
from kechuang.progress.schedule import Goal
from kechuang.progress.wording import decimals_of

Verdict = Literal["met", "short", "unknown"]
VERDICTS: dict[Verdict, Message] = {
    "met": say("合起来达到规划"),
    "short": say("合起来达不到规划"),
    "unknown": say("不能判断"),
}


@dataclass(frozen=True)
class Given:
    """What a county promised for a year (None: nothing), with its bounds and the denominator of its ratio."""

    code: str
    name: str
    value: float | None
    weight: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Suggested:
    """A county's promise beside the suggestion; ``change`` is suggestion − promise, None where none is needed."""

    code: str
    name: str
    value: float | None
    weight: float | None
    suggestion: float | None
    change: float | None

    def as_dict(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Reconciled:
    """One target in one year: ``plan`` asks, the counties make ``combined``; ``gap`` is combined − plan."""

    target: str
    name: str
    unit: str
    comparator: str
    year: int
    kind: Kind
    plan: float
    combined: float | None
    verdict: Verdict
    counties: tuple[Suggested, ...]
    notes: tuple[Message, ...]

    @property
    def gap(self) -> float | None:
        return None if self.combined is None else self.combined - self.plan

    def as_dict(self) -> dict[str, Any]:
        return {
            "target": self.target,
            "name": self.name,
            "unit": self.unit,
            "comparator": self.comparator,
            "year": self.year,
            "kind": self.kind,
            "plan": self.plan,
            "combined": self.combined,
            "gap": self.gap,
            "verdict": self.verdict,
            "counties": [one.as_dict() for one in self.counties],
            "notes": [note.both() for note in self.notes],
        }


def reconcile(
    target: Target, year: int, plan: float, given: Sequence[Given], *, kind: Kind, decimals: int | None = None
) -> Reconciled:
    """What the counties promised for ``year`` against ``plan``, what the plan asks of the whole that year.

    Where a county promised nothing the whole is not known and nothing is suggested; where they reach the plan
    nothing needs to change. Suggestions are rounded to ``decimals`` (None: as many as plan and promises have).
    """
    up = target.direction != "down" and target.comparator not in ("<", "<=")
    goal = Goal(target.comparator, plan, target.high if target.comparator == "range" else None, up)
    missing = [one.name for one in given if one.value is None]
    notes: list[Message] = []
    if missing:
        notes.append(say("没有给出目标的县市：{names}", names=listed(missing)))
    if kind == "mean" and any(one.weight is None for one in given):
        names = [one.name for one in given if one.weight is None]
        notes.append(say("缺分母，不能加权：{names}", names=listed(names)))
    if missing or not given or (kind == "mean" and any(one.weight is None for one in given)):
        return _told(target, year, plan, kind, None, "unknown", given, None, notes)
    values = np.array([one.value for one in given], np.float64)
    weights = np.array([one.weight if kind == "mean" else 1.0 for one in given], np.float64)
    if kind == "mean" and not weights.sum() > 0:
        notes.append(say("分母合计为零，不能加权"))
        return _told(target, year, plan, kind, None, "unknown", given, None, notes)
    whole = combined(values, weights, kind, up=up)
    if goal.met(whole):
        return _told(target, year, plan, kind, whole, "met", given, None, notes)
    places = (
        max([decimals_of(plan), *(decimals_of(one.value) for one in given)]) if decimals is None else decimals
    )
    try:
        suggestion = _suggestion(values, weights, given, plan, kind, places, up=up)
    except KechuangError as refused:
        notes.append(refused.full())
        suggestion = None
    return _told(target, year, plan, kind, whole, "short", given, suggestion, notes)


def _suggestion(
    values: Any, weights: Any, given: Sequence[Given], plan: float, kind: Kind, places: int, *, up: bool
) -> Any:
    if kind == "each":
        return np.maximum(values, plan) if up else np.minimum(values, plan)
    low = np.array([0.0 if one.low is None else one.low for one in given])
    high = np.array([np.inf if one.high is None else one.high for one in given])
    total = plan if kind == "sum" else plan * float(weights.sum())
    exact = least_change(values, total, coefficients=weights, freedom=_freedom(values), low=low, high=high)
    if kind == "sum":
        return in_steps(exact, plan, decimals=places, low=low, high=high)
    return np.clip(mean_in_steps(exact, weights, plan, decimals=places, up=up), low, high)


def _freedom(values: Any) -> Any:
    """How far each may move: as far as it is large; alike where all are nothing."""
    size = np.abs(values)
    return size if size.any() else np.ones_like(size)


def _told(
    target: Target,
    year: int,
    plan: float,
    kind: Kind,
    whole: float | None,
    verdict: Verdict,
    given: Sequence[Given],
    suggestion: Any,
    notes: Sequence[Message],
) -> Reconciled:
    def change(number: int, value: float | None) -> float | None:
        if suggestion is None or value is None:
            return None
        moved = float(suggestion[number]) - value
        return 0.0 if abs(moved) <= SAME * max(1.0, abs(value)) else moved

    counties = tuple(
        Suggested(
            one.code,
            one.name,
            one.value,
            one.weight,
            None if suggestion is None else float(suggestion[n]),
            change(n, one.value),
        )
        for n, one in enumerate(given)
    )
    return Reconciled(
        target.id,
        target.name,
        target.unit,
        target.comparator,
        year,
        kind,
        plan,
        whole,
        verdict,
        counties,
        tuple(notes),
    )


def to_yearly_totals(
    given: Mapping[str, Mapping[int, float]], totals: Mapping[int, float]
) -> dict[str, dict[int, float]]:
    """County → year → value with every year brought to its total, while each county keeps its share of all years.

    For what is counted anew each year (contracts, trainings): rows and columns are met at once by RAS, and the
    pattern of the draft is kept. Errors as :func:`~kechuang.indicators.decompose.biproportion.to_totals`.
    """
    counties, years = list(given), sorted(totals)
    table = np.array([[given[county].get(year, 0.0) for year in years] for county in counties])
    columns = np.array([totals[year] for year in years])
    whole = float(table.sum())
    rows = table.sum(axis=1) * (float(columns.sum()) / whole if whole else 0.0)
    found = to_totals(table, rows, columns)
    return {
        county: {year: float(found[n, at]) for at, year in enumerate(years)}
        for n, county in enumerate(counties)
    }
