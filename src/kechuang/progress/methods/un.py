"""UN Statistics Division's progress chart: how much of the way the present growth leads to by the target year.

P = (v_t·(1 + CAGR)^(T − t) − v_b) ÷ (v_T − v_b): from 0.95 on track, from 0.10 fair progress, below stagnation or
regression. Without a target, growth in the right direction of 2% and 0.5% a year. The latest value meeting
the target, or a percentage within one point of a target of 0 or 100, is met. The source divides by the way
from base to target, which is negative or nothing where the base already met the target: such a series, once
it no longer does, is regression here, without a P (ours).

Source: UNSD, SDG Progress Chart 2023, technical note, as restated by Eustat; the original was not at hand.
"""

from __future__ import annotations

from collections.abc import Mapping

from kechuang.messages import say
from kechuang.progress.methods.case import SAME, Case, Outcome, known, lacking, unknown
from kechuang.progress.methods.rates import growth, no_rate, sign

_ENDS = (0.0, 100.0)


def rule(case: Case, p: Mapping[str, float]) -> Outcome:
    """The UN chart's status, value (P, or growth) and level (3, 2, 1) of a case."""
    reached = case.met or _near_an_end(case, p)
    missing = lacking(case, "base_year", "base_value", "current_year", "current_value")
    if missing is None and case.target is not None:
        missing = lacking(case, "target_year")
    missing = missing or no_rate(case)
    if missing is not None:
        return Outcome("met_or_on_track", None, p["level_high"], (missing,)) if reached else unknown(missing)
    base, value = case.base_value or 0.0, case.current_value or 0.0
    rate = growth(value, base, (case.current_year or 0.0) - (case.base_year or 0.0))
    if case.target is None:
        good = sign(base) * case.direction * rate
        return _told(good, good >= p["growth_high"], good >= p["growth_low"], p)
    share = _projected(case, rate)
    if reached:
        return Outcome("met_or_on_track", known(share), p["level_high"])
    if case.base_met or share is None:
        return Outcome(
            "stagnation_or_regression",
            None,
            p["level_low"],
            (say("基期已达到目标，此后变差；比值失去意义，按倒退判断"),),
        )
    return _told(share, share >= p["target_high"], share >= p["target_low"], p)


def _near_an_end(case: Case, p: Mapping[str, float]) -> bool:
    if case.unit != "%" or case.target not in _ENDS or case.current_value is None:
        return False
    return abs(case.current_value - case.target) <= p["near_end"] + SAME


def _projected(case: Case, rate: float) -> float | None:
    """The share of the way at the target year; None where base and target are the same."""
    base, value = case.base_value or 0.0, case.current_value or 0.0
    way = (case.target or 0.0) - base
    years = (case.target_year or 0.0) - (case.current_year or 0.0)
    if way == 0:
        return None
    try:
        return float((value * (1 + rate) ** years - base) / way)
    except (OverflowError, ZeroDivisionError):  # a target year long past, or beyond all numbers
        return None


def _told(value: float, high: bool, low: bool, p: Mapping[str, float]) -> Outcome:
    if high:
        return Outcome("met_or_on_track", known(value), p["level_high"])
    if low:
        return Outcome("fair_progress", known(value), p["level_med"])
    return Outcome("stagnation_or_regression", known(value), p["level_low"])
