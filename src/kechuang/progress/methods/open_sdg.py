"""Open SDG / Statistics Canada: the growth so far against the growth the target asks for.

With a target, R = s·d·CAGR_i ÷ \\|CAGR_T\\|, where CAGR_i = (y_i/y_0)^(1/(t_i−t_0)) − 1, CAGR_T the same from
base to target, d the direction and s = −1 where the base is negative. Reached comes first, whatever the
trend; then R ≥ 0.95 substantial, ≥ 0.60 moderate, ≥ 0 limited, below deterioration. Without a target
g = s·d·CAGR_i is held against 1.5%, 0.5% and 0, each times the factor C near a limit. Scores −5…5 are
straight pieces with the rounded constants the publisher uses. 0 as a base or target is replaced by
0.001; a base and latest value of opposite sign, and fewer than two years, give no answer - unless the
target is reached, which needs neither.

Source: Open SDG, sdg-build ≥ 2.4.0, sdg/ProgressMeasure.py; Statistics Canada, Canadian Indicator Framework.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kechuang.messages import Message, say
from kechuang.progress.methods.case import Case, Outcome, known, lacking, unknown
from kechuang.progress.methods.rates import growth, limit_factor, no_needed_rate, no_rate, over, sign

#: What the publisher's program takes where a series' settings are silent.
DEFAULTS: Mapping[str, float] = {"target_year": 2030, "direction": -1}


def rule(case: Case, p: Mapping[str, float]) -> Outcome:
    """The Open SDG status, progress value and score (−5…5) of a case."""
    used: dict[str, float | None] = {}
    why: list[Message] = []
    if case.target == 0:
        case = replace(case, target=p["zero"])
        used["target"] = p["zero"]
        why.append(say("目标值0以{value}代替，结果取决于这个替代值", value=p["zero"]))
    achieved = case.met
    missing = lacking(case, "base_year", "base_value", "current_year", "current_value")
    if missing is None and case.target is not None and case.target_year is None:
        missing = lacking(case, "target_year")
    if missing is not None:
        return _without_value(achieved, missing, used, p)
    base, value = case.base_value or 0.0, case.current_value or 0.0
    direction = sign(base) * case.direction
    factor = limit_factor(base, case.limit, p["limit_exponent"])
    if case.limit is not None and case.target is None and (base - case.limit) * case.direction > 0:
        why.append(say("基期值已经越过极限，结果可能不合常理"))
    if base == 0:
        base = p["zero"]
        case = replace(case, base_value=base)
        used["base_value"] = base
        why.append(say("基期值0以{value}代替，结果取决于这个替代值", value=base))
    missing = no_rate(case) or (no_needed_rate(case) if case.target is not None else None)
    if missing is not None:
        return _without_value(achieved, missing, used, p)
    rate = direction * growth(value, base, (case.current_year or 0.0) - (case.base_year or 0.0))
    if case.target is None:
        status, score = _by_growth(rate, factor, p)
        return Outcome(status, rate, score, tuple(why), {**used, "factor": factor})
    needed = growth(case.target, base, (case.target_year or 0.0) - (case.base_year or 0.0))
    ratio = over(rate, abs(needed))
    if needed == 0:
        why.append(say("目标值等于基期值，比值无法计算"))
    if achieved:
        return Outcome("target_achieved", known(ratio), p["score_most"], tuple(why), used)
    status, score = _by_ratio(ratio, p)
    return Outcome(status, known(ratio), score, tuple(why), used)


def _without_value(
    achieved: bool, why: Message, used: Mapping[str, float | None], p: Mapping[str, float]
) -> Outcome:
    """A target that is reached is reached, even where no growth rate can be had."""
    if achieved:
        return Outcome("target_achieved", None, p["score_most"], (why,), used)
    return unknown(why, used=used)


def _by_ratio(ratio: float, p: Mapping[str, float]) -> tuple[str, float]:
    most = p["score_most"]
    if ratio >= p["target_med"]:
        status = "substantial_progress" if ratio >= p["target_high"] else "moderate_progress"
        return status, min(p["score_rise"] * ratio + p["score_rise_offset"], most)
    status = "limited_progress" if ratio >= p["target_low"] else "deterioration"
    return status, max(p["score_fall"] * ratio + p["score_fall_offset"], -most)


def _by_growth(rate: float, factor: float, p: Mapping[str, float]) -> tuple[str, float]:
    most = p["score_most"]
    if rate < p["growth_low"] * factor:
        return "deterioration", max(p["score_growth_worse"] * rate + p["score_growth_worse_offset"], -most)
    high, med = p["growth_high"] * factor, p["growth_med"] * factor
    status = (
        "substantial_progress" if rate >= high else "moderate_progress" if rate >= med else "limited_progress"
    )
    if factor == 0:
        return status, most
    kind = "high" if rate >= high else "med" if rate >= med else "low"
    score = p[f"score_growth_{kind}"] * rate / factor + p[f"score_growth_{kind}_offset"]
    return status, min(score, most) if kind == "high" else score
