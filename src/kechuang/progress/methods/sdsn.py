"""Sustainable Development Report trend arrows: the yearly change so far against the yearly change needed.

R = [(y_i − y_0)/(t_i − t_0)] ÷ [(y_T − y_0)/(t_T − t_0)]: from 100% on track, from 50% moderately improving, from 0
stagnating, below decreasing. Normalising to 0–100, as the source does first, leaves R as it is. A series that
met the threshold and still does is maintaining, and movement above it is ignored; one that met it and no
longer does is decreasing, where R would divide negative by negative. The score puts R on the scale 0–4 the
goal averages use: 1 at R = 0, 2 at 50%, 3 at 100% (and for maintaining), one more or less for another 100%.

Source: SDSN, Sustainable Development Report, and Africa SDG Index, method questions. The 50% cut and the
slopes of the score beyond 0 and 100% were not read in the issued text.
"""

from __future__ import annotations

from collections.abc import Mapping

from kechuang.messages import say
from kechuang.progress.methods.case import Case, Outcome, known, lacking, unknown


def rule(case: Case, p: Mapping[str, float]) -> Outcome:
    """The trend arrow, R and the score 0–4 of a case; without a target there is none."""
    missing = lacking(
        case, "target", "target_year", "base_year", "base_value", "current_year", "current_value"
    )
    if missing is not None:
        if case.met:
            return Outcome("on_track", None, None, (missing,))
        return unknown(missing)
    base, value, target = case.base_value or 0.0, case.current_value or 0.0, case.target or 0.0
    if case.base_met:
        if case.met:
            return Outcome("maintaining", None, p["score_high"])
        why = say("基期已达到目标，此后变差；比值失去意义，按变差判断")
        return Outcome("decreasing", None, 0.0, (why,))
    given = (case.target_year or 0.0) - (case.base_year or 0.0)
    if given <= 0:
        return Outcome("on_track") if case.met else unknown(say("目标年份不晚于基期年份"))
    passed = (case.current_year or 0.0) - (case.base_year or 0.0)
    ratio = (value - base) / (target - base) * given / passed
    if case.met:
        return Outcome("on_track", known(ratio), max(p["score_high"], _score(ratio, p)))
    if ratio >= p["target_high"]:
        status = "on_track"
    elif ratio >= p["target_med"]:
        status = "moderately_improving"
    else:
        status = "stagnating" if ratio >= 0 else "decreasing"
    return Outcome(status, known(ratio), _score(ratio, p))


def _score(ratio: float, p: Mapping[str, float]) -> float:
    """Straight pieces through R = 0, the middle and the high cut; within 0 and the most."""
    zero, med, high = p["score_zero"], p["score_med"], p["score_high"]
    if ratio < 0:
        return max(0.0, zero + ratio)
    if ratio < p["target_med"]:
        return zero + (med - zero) * ratio / p["target_med"]
    if ratio < p["target_high"]:
        return med + (high - med) * (ratio - p["target_med"]) / (p["target_high"] - p["target_med"])
    return min(p["score_most"], high + ratio - p["target_high"])
