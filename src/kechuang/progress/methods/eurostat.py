"""Eurostat's EU SDG monitoring: the same growth rates as Open SDG, with a neutral band and other cuts.

With a target: reached, or R > 95%, significant progress; 60–95% moderate; 0–60% insufficient; below 0
movement away. Score 5/0.7·(R − 0.6) from R = 60%, 5/1.2·(R + 0.6) − 5 below, within ±5. Without one, g above
1% significant, above 0.1% moderate, within ±0.1% no progress, and so on downwards; score 250·g within ±5.
The source says nothing of a base or target of 0: no answer is made up for it.

Source: Eurostat's assessment approach of 2026-06-03 as restated and implemented by Eustat; the original was
not at hand. Ours: the score 5 of a target reached, and s = −1 for a negative base.
"""

from __future__ import annotations

from collections.abc import Mapping

from kechuang.messages import say
from kechuang.progress.methods.case import Case, Outcome, known, lacking, unknown
from kechuang.progress.methods.rates import growth, no_needed_rate, no_rate, over, sign


def rule(case: Case, p: Mapping[str, float]) -> Outcome:
    """Eurostat's status, value (R or g) and score (−5…5) of a case."""
    most = p["score_most"]
    missing = lacking(case, "base_year", "base_value", "current_year", "current_value")
    if missing is None and case.target is not None:
        missing = lacking(case, "target_year")
    missing = missing or no_rate(case) or (no_needed_rate(case) if case.target is not None else None)
    if missing is not None:
        return Outcome("significant_progress", None, most, (missing,)) if case.met else unknown(missing)
    base, value = case.base_value or 0.0, case.current_value or 0.0
    years = (case.current_year or 0.0) - (case.base_year or 0.0)
    rate = sign(base) * case.direction * growth(value, base, years)
    if case.target is None:
        score = max(-most, min(most, p["score_growth"] * rate))
        return Outcome(_by_growth(rate, p), rate, score)
    needed = growth(case.target, base, (case.target_year or 0.0) - (case.base_year or 0.0))
    ratio = over(rate, abs(needed))
    why = () if needed else (say("目标值等于基期值，比值无法计算"),)
    if case.met:
        return Outcome("significant_progress", known(ratio), most, why)
    return Outcome(_by_ratio(ratio, p), known(ratio), _score(ratio, p), why)


def _by_growth(rate: float, p: Mapping[str, float]) -> str:
    if abs(rate) <= p["growth_neutral"]:
        return "no_progress"
    strong = abs(rate) > p["growth_high"]
    if rate > 0:
        return "significant_progress" if strong else "moderate_progress"
    return "significant_movement_away" if strong else "moderate_movement_away"


def _by_ratio(ratio: float, p: Mapping[str, float]) -> str:
    if ratio > p["target_high"]:
        return "significant_progress"
    if ratio >= p["target_med"]:
        return "moderate_progress"
    return "insufficient_progress" if ratio >= 0 else "movement_away"


def _score(ratio: float, p: Mapping[str, float]) -> float:
    most, middle = p["score_most"], p["target_med"]
    if ratio >= middle:
        return min(most, most / (p["target_top"] - middle) * (ratio - middle))
    return max(-most, most / (2 * middle) * (ratio + middle) - most)
