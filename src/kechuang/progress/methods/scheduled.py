"""预期进度, scheduled progress: the share of the way gone against the share asked for by the same moment.

done = (y_i − y_0)/(y_T − y_0); the path asks for a value between base and target at t_i, straight unless one is
declared, and due is that value's share of the way. Reached is 提前完成 (or 已达成 in the target year); done ≥ due 达到进度;
done ≥ tolerance·due 基本达到; else 滞后; not reached when the year is over 未达成. A base that met the target and a latest
value that does not is 滞后: done would divide negative by negative.

Source: usual practice of evaluating five-year plans (目标一致法, 预期进度). No text sets the tolerance: it is a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping

from kechuang.messages import say
from kechuang.progress.methods.case import Case, Outcome, known, lacking, unknown
from kechuang.progress.schedule import judge, share_of


def rule(case: Case, p: Mapping[str, float]) -> Outcome:
    """Status, share of the way gone (value) and that share over the share due (score) of a case."""
    if case.met:
        done = None
        if case.base_value is not None and not case.base_met:
            done = share_of(case.current_value or 0.0, case.base_value, case.target or 0.0)
        year, now = case.target_year, case.current_year
        return Outcome(
            "achieved", known(done), None, early=year is not None and now is not None and now < year
        )
    missing = lacking(
        case, "target", "base_year", "base_value", "current_year", "current_value", "target_year"
    )
    if missing is not None:
        return unknown(missing)
    base, target = case.base_value or 0.0, case.target or 0.0
    start, now, end = case.base_year or 0.0, case.current_year or 0.0, case.target_year or 0.0
    if case.base_met:
        why = say("基期已达到目标，此后变差；不计算完成率")
        return Outcome("missed" if now >= end else "behind", None, None, (why,))
    if end <= start:
        return unknown(say("目标年份不晚于基期年份"))
    done = share_of(case.current_value or 0.0, base, target)
    if done is None:
        return Outcome(
            "missed" if now >= end else "behind", None, None, (say("目标值等于基期值，完成率无法计算"),)
        )
    asked = case.path(now) if case.path else base + (target - base) * min(1.0, (now - start) / (end - start))
    due = share_of(asked, base, target) or 0.0
    score = done / due if due > 0 else None
    status = "missed" if now >= end else judge(done, due, p["tolerance"])
    return Outcome(status, known(done), known(score), used={"due": due})
