"""Destatis weather symbols: where the mean change of the last years would lead by the target year.

m is the mean absolute change a year over the last five years (six points; four at least where the series is
given, else the two points of the case). The shortfall is 1 − m·(t_T − t_i)/(y_T − y_i): below 5% of the way left
sun, up to 20% partly cloudy, more but in the right direction cloud, wrong direction storm. Reached is sun.
Without a target, mean and last change: right and right sun, right and wrong partly cloudy, wrong and right
cloud, wrong and wrong storm. Made for short plans: an odd base year far back has no weight.

Source: Destatis, Indicator Report of the German Sustainable Development Strategy, as restated by re-users of the
method. Ours: no change at all is cloud; there is no score in the source and none here.
"""

from __future__ import annotations

from collections.abc import Mapping

from kechuang.messages import say
from kechuang.progress.methods.case import SAME, Case, Outcome, known, lacking, unknown

_WITHOUT_TARGET = {
    (True, True): "sun",
    (True, False): "partly_cloudy",
    (False, True): "cloud",
    (False, False): "storm",
}


def rule(case: Case, p: Mapping[str, float]) -> Outcome:
    """The symbol and the shortfall (or mean change a year) of a case."""
    missing = lacking(case, "base_year", "base_value", "current_year", "current_value")
    if missing is None and case.target is not None:
        missing = lacking(case, "target_year")
    if missing is not None:
        return Outcome("sun", None, None, (missing,)) if case.met else unknown(missing)
    points = _recent(case, p["window"])
    if case.series and len(points) < p["points"] and not case.met:
        return unknown(
            say(
                "最近{window:.0f}年只有{n}年数据，少于{least:.0f}年",
                window=p["window"],
                n=len(points),
                least=p["points"],
            )
        )
    (first, start), (last, end) = points[0], points[-1]
    mean = (end - start) / (last - first) if last > first else 0.0
    used = {"mean_change": mean, "points": float(len(points))}
    if case.target is None:
        before = points[-2] if len(points) > 1 else points[-1]
        changes = (case.direction * mean, case.direction * (end - before[1]))
        if changes == (0, 0):
            return Outcome("cloud", mean, None, used=used)
        return Outcome(_WITHOUT_TARGET[changes[0] > 0, changes[1] > 0], mean, None, used=used)
    if case.met:
        return Outcome("sun", None, None, used=used)
    left = case.target - (case.current_value or 0.0)
    years = max(0.0, (case.target_year or 0.0) - (case.current_year or 0.0))
    shortfall = 1 - mean * years / left
    if mean * case.direction < 0:
        return Outcome("storm", known(shortfall), None, used=used)
    if shortfall < p["short_low"] - SAME:
        return Outcome("sun", known(shortfall), None, used=used)
    status = "partly_cloudy" if shortfall <= p["short_high"] + SAME else "cloud"
    return Outcome(status, known(shortfall), None, used=used)


def _recent(case: Case, window: float) -> list[tuple[float, float]]:
    """The points of the last ``window`` years; base and latest where the case has no series."""
    latest = case.current_year or 0.0
    if not case.series:
        return [(case.base_year or 0.0, case.base_value or 0.0), (latest, case.current_value or 0.0)]
    return [(year, value) for year, value in case.series if latest - window <= year <= latest]
