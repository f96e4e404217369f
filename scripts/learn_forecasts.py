"""Learns how far forecast errors reach, from published yearly series; writes progress/forecast/learned.json.

python scripts/learn_forecasts.py FOLDER           learn from FOLDER/m1_yearly.csv and m3_yearly_odd.csv
python scripts/learn_forecasts.py FOLDER --check   learn from four fifths, measure on the fifth left out, five times

The files have a row a value: series_id, set (train or test), step, value. Every series is cut off at many origins and
to several lengths, forecast, and held against what came. The competitions' own origins weigh more: they are what the
bands will be asked for. Scales are fitted by the interval score (Gneiting and Raftery, JASA 102, 2007, eq. 43) of the central
50%, 80% and 95% bands; quantiles are then those of scaled errors, of series about as long.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
from scipy.optimize import minimize

from kechuang.progress.forecast.learned import FILE, Learned, read_learned
from kechuang.progress.forecast.members import combined, members
from kechuang.progress.forecast.result import together
from kechuang.progress.forecast.unrest import SIGNS, signs

COMBINING = {
    "trust": 0.7,
    "drift_shrinkage": 4.0,
    "theta_from": 8,
    "theta_fully": 14,
    "steady": [1.0, 3.0],
    "steady_points": [6, 10],
}
LENGTHS = (4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 25, 30, 36)
CUTS = (5, 7, 10)  # besides the whole, at the competition's origin
HORIZON = 10
ORIGINS = 0.8  # weight of the competitions' own origins, the rest to all others
WEIGHT = {"m1": 0.25, "m3": 1.0}
LEVELS = np.array([0.5, 0.8, 0.95])
SHARE = np.array([0.3, 0.5, 1.0])  # of each level in the score
KNOTS = (4, 5, 6, 7, 8, 10, 12, 15, 20, 28)
WIDTH = 0.18  # of the kernel in log length
HALF = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
PROBABILITIES = (*HALF, 0.5, *(round(1 - p, 6) for p in reversed(HALF)))
FOLDS = 5


@dataclass(frozen=True)
class Series:
    name: str
    source: str
    train: np.ndarray
    test: np.ndarray

    @property
    def naive(self) -> float:
        """Mean absolute yearly change in training: the unit of MASE and MSIS."""
        return float(np.abs(np.diff(self.train)).mean())


@dataclass(frozen=True)
class Rows:
    """One row an origin and horizon: which series, length, horizon, error, signs (R, S), weight, unit; ``cut`` is 0
    for the whole series at the competition's origin, the length for a cut one there, −1 elsewhere; ``case`` numbers the
    origins of a length."""

    series: np.ndarray
    points: np.ndarray
    h: np.ndarray
    error: np.ndarray
    signs: np.ndarray
    weight: np.ndarray
    unit: np.ndarray
    cut: np.ndarray
    case: np.ndarray

    def where(self, mask: np.ndarray) -> Rows:
        return Rows(**{name: value[mask] for name, value in vars(self).items()})


def read(folder: Path) -> list[Series]:
    found = []
    for source, name in (("m1", "m1_yearly.csv"), ("m3", "m3_yearly_odd.csv")):
        parts: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: {"train": {}, "test": {}})
        with (folder / name).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                parts[row["series_id"]][row["set"]][int(row["step"])] = float(row["value"])
        for key, both in parts.items():
            train, test = (
                np.array([both[part][step] for step in sorted(both[part])]) for part in ("train", "test")
            )
            found.append(Series(key, source, train, test))
    return found


def rows_of(series: list[Series], known: Learned) -> Rows:
    """All origins and lengths of all series, forecast."""
    cases: dict[int, list[tuple[int, np.ndarray, np.ndarray, int]]] = defaultdict(list)
    for at, item in enumerate(series):
        whole = np.concatenate([item.train, item.test])
        origin = len(item.train)
        for cut in (0, *CUTS):
            past = item.train[-cut:] if cut else item.train
            cases[len(past)].append((at, past, whole[origin : origin + HORIZON], cut))
        for points in LENGTHS:
            for end in range(points, len(whole) - 3):
                if end != origin and (end - origin) % 2 == 0:
                    cases[points].append((at, whole[end - points : end], whole[end : end + HORIZON], -1))
    parts = [_forecast(points, found, series, known) for points, found in sorted(cases.items())]
    rows = Rows(**{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])})
    own = rows.cut >= 0
    weight = np.array([WEIGHT[series[at].source] for at in rows.series])
    for mask, share in ((own, ORIGINS), (~own, 1 - ORIGINS)):
        count = np.bincount(rows.series[mask], minlength=len(series))
        weight[mask] *= share / count[rows.series[mask]]
    return replace(rows, weight=weight)


def _forecast(points: int, cases: list[Any], series: list[Series], known: Learned) -> Rows:
    past = np.array([case[1] for case in cases])
    made = members(past, HORIZON, known.combining)
    centre = combined(made, past, known.combining)
    unrest = np.stack(
        [np.broadcast_to(sign, centre.shape) for sign in signs(past, made, centre).values()], axis=-1
    )
    came = np.full(centre.shape, np.nan)
    for at, case in enumerate(cases):
        came[at, : len(case[2])] = case[2]
    seen = ~np.isnan(came)

    def spread(values: Any) -> np.ndarray:
        return np.broadcast_to(np.asarray(values)[:, None], centre.shape)[seen]

    which = spread([case[0] for case in cases])
    return Rows(
        series=which,
        points=np.full(which.shape, float(points)),
        h=np.broadcast_to(np.arange(1.0, HORIZON + 1), centre.shape)[seen],
        error=(came - centre)[seen],
        signs=unrest[seen],
        weight=np.ones(len(which)),
        unit=np.array([item.naive for item in series])[which],
        cut=spread([case[3] for case in cases]),
        case=spread(np.arange(len(cases)) + 100_000 * points),
    )


def scale(parameters: np.ndarray, rows: Rows) -> np.ndarray:
    count = len(SIGNS)
    a, b, c, d = parameters[count : count + 4]
    log = np.log(rows.h)
    reach = np.exp(a * log + b / rows.points + c * log / rows.points + d * log**2)
    return np.asarray(rows.signs @ np.exp(parameters[:count]) * reach)


def score(parameters: np.ndarray, rows: Rows) -> tuple[float, np.ndarray]:
    """Mean interval score of bands ±k·scale in units of each series, and its gradient."""
    count = len(SIGNS)
    found = scale(parameters, rows)
    reach = np.exp(parameters[count + 4 :])
    size, total, by_scale = np.abs(rows.error), 0.0, np.zeros(len(found))
    weight = rows.weight / rows.unit / rows.weight.sum()
    by_reach = []
    for level, share, k in zip(LEVELS, SHARE, reach, strict=True):
        out = size > k * found
        total += float(share * weight @ (k * found + np.where(out, size - k * found, 0) / (1 - level)))
        slope = share * weight * (1 - out / (1 - level))
        by_scale += k * slope
        by_reach.append(k * (slope @ found))
    log = np.log(rows.h)
    part = by_scale * found
    base = rows.signs @ np.exp(parameters[:count])
    ratio = np.divide(part, base, out=np.zeros_like(part), where=base > 0)
    return total, np.concatenate(
        [
            np.exp(parameters[:count]) * (ratio @ rows.signs),
            [part @ log, part @ (1 / rows.points), part @ (log / rows.points), part @ log**2],
            by_reach,
        ]
    )


def learn(rows: Rows) -> dict[str, Any]:
    """The part of learned.json about errors."""
    count = len(SIGNS)
    start = np.concatenate([np.full(count, -1.5), [0.5, 0, 0, 0], np.log([0.7, 1.5, 3.0])])
    limits = [(-7.0, 2.0)] * count + [(-1.0, 2.0)] * 4 + [(-3.0, 3.0)] * 3
    near = rows.where(rows.h <= 6)
    found = minimize(
        score, start, args=(near,), jac=True, method="L-BFGS-B", bounds=limits, options={"maxiter": 200}
    ).x
    unit = float(np.exp(found[count + 4]))
    every = rows.where(scale(found, rows) > 0)
    size = scale(found, every) * unit
    first = scale(found, replace(every, h=np.ones_like(every.h))) * unit
    few = every.h <= 6
    lift = _weighted(every.error / first, np.where(few, every.weight * first / every.unit, 0), (0.5,))[0]
    scaled = (every.error - lift * first) / size
    quantiles = []
    for knot in KNOTS:
        kernel = np.exp(-0.5 * (np.log(every.points / knot) / WIDTH) ** 2)
        quantiles.append(
            _about_zero(_weighted(scaled, np.where(few, every.weight * kernel, 0), PROBABILITIES))
        )
    return {
        "weights": {name: float(np.exp(value)) * unit for name, value in zip(SIGNS, found, strict=False)},
        "growth": [float(value) for value in found[count : count + 4]],
        "lift": float(lift),
        "probabilities": list(PROBABILITIES),
        "points": list(KNOTS),
        "quantiles": [[float(value) for value in row] for row in quantiles],
        "serial": _serial(scaled, every),
        "horizon": HORIZON,
    }


def _weighted(values: np.ndarray, weight: np.ndarray, probabilities: Any) -> np.ndarray:
    """Quantiles of ``values`` that weigh ``weight``."""
    order = np.argsort(values)
    running = np.cumsum(weight[order])
    return np.asarray(np.interp(probabilities, (running - weight[order] / 2) / running[-1], values[order]))


def _about_zero(quantiles: np.ndarray) -> np.ndarray:
    """The same with the median at zero: the combined forecast is the median, and the ends keep their lean."""
    inner = (1 - np.abs(2 * np.array(PROBABILITIES) - 1)) ** 2
    return np.asarray(np.maximum.accumulate(quantiles - quantiles[len(quantiles) // 2] * inner))


def _serial(scaled: np.ndarray, rows: Rows) -> float:
    """The power of min/max that comes nearest to the rank correlations of errors at 1…6 years."""
    near = (rows.h <= 6) & (rows.cut != -1)
    place = {case: at for at, case in enumerate(np.unique(rows.case[near]))}
    table = np.full((len(place), 6), np.nan)
    table[[place[case] for case in rows.case[near]], rows.h[near].astype(int) - 1] = scaled[near]
    table = table[~np.isnan(table).any(axis=1)]
    ranks = table.argsort(axis=0).argsort(axis=0)
    seen = 2 * np.sin(np.pi / 6 * np.corrcoef(ranks.T))
    powers = np.linspace(0.05, 2, 196)
    return float(powers[np.argmin([((together(6, power) - seen) ** 2).sum() for power in powers])])


def content(errors: dict[str, Any]) -> dict[str, Any]:
    return {"combining": COMBINING, "errors": errors}


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def bands(known: Learned, rows: Rows) -> dict[float, tuple[np.ndarray, np.ndarray]]:
    """Of each level the ends of the bands of ``rows``, as errors."""
    own = known.errors
    reach = np.array([own.reach(int(n), HORIZON) for n in range(1, 61)])
    unrest = rows.signs @ np.array([own.weights[name] for name in SIGNS])
    found = unrest * reach[rows.points.astype(int) - 1, rows.h.astype(int) - 1]
    by_length = {n: own.quantiles_at(int(n)) for n in np.unique(rows.points)}
    lift = own.lift * unrest * reach[rows.points.astype(int) - 1, 0]

    def end(p: float) -> np.ndarray:
        at = NormalDist().inv_cdf(p)
        return lift + found * np.array([np.interp(at, own.scores, by_length[n]) for n in rows.points])

    return {level: (end((1 - level) / 2), end((1 + level) / 2)) for level in LEVELS} | {
        0.0: (end(0.5), end(0.5))
    }


def check(series: list[Series], rows: Rows) -> None:
    """Coverage and interval score on the fifth left out, five times."""
    fold = np.random.default_rng(1).integers(0, FOLDS, len(series))
    m3 = np.array([item.source == "m3" for item in series])
    inside: dict[float, np.ndarray] = {level: np.zeros(len(rows.h)) for level in LEVELS}
    below = np.zeros(len(rows.h))
    cost = np.zeros(len(rows.h))
    moved = np.zeros(len(rows.h))
    for k in range(FOLDS):
        out = fold[rows.series] == k
        known = read_learned(content(learn(rows.where(~out))))
        test = rows.where(out)
        for level, (low, high) in bands(known, test).items():
            if level == 0:
                below[out] = test.error < low
                moved[out] = low
                continue
            inside[level][out] = (test.error >= low) & (test.error <= high)
            if level == 0.95:
                miss = np.maximum(low - test.error, 0) + np.maximum(test.error - high, 0)
                cost[out] = ((high - low) + 40 * miss) / test.unit

    def show(name: str, mask: np.ndarray) -> None:
        mask = mask & (rows.h <= 6)
        told = " ".join(f"{inside[level][mask].mean():.3f}" for level in LEVELS)
        print(
            f"{name:24} {told}  MSIS {cost[mask].mean():5.1f}  below median {below[mask].mean():.3f}"
            f"  MASE {(np.abs(rows.error) / rows.unit)[mask].mean():.3f} moved {(np.abs(rows.error - moved) / rows.unit)[mask].mean():.3f}"
        )

    for source, own in (("m3", m3[rows.series]), ("m1", ~m3[rows.series])):
        for cut in (0, *CUTS):
            show(f"{source} cut {cut}", own & (rows.cut == cut))
        for points in LENGTHS:
            show(f"{source} elsewhere {points}", own & (rows.cut == -1) & (rows.points == points))
    for cut in (0, 5):
        for h in (1, 2, 4, 6):
            show(f"m3 cut {cut} h {h}", m3[rows.series] & (rows.cut == cut) & (rows.h == h))


def main() -> None:
    folder = Path(sys.argv[1])
    series = read(folder)
    former = json.loads(FILE.read_text(encoding="utf-8"))
    bare = read_learned(content(former["errors"]))
    rows = rows_of(series, bare)
    if "--check" in sys.argv:
        check(series, rows)
        return
    FILE.write_text(json.dumps(rounded(content(learn(rows))), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
