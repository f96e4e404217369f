"""Forecasts: accuracy and calibration on the M3 competition's yearly series and on provinces, and time, against peers.

`forecast_m3` and `forecast_speed` compare with statsforecast and run in the peers' environment (`make peers`);
`forecast_m3` and `forecast_provinces` read the development data beside the repository, or the folder named by
KECHUANG_SERIES (files mcomp/m3_yearly_*.csv, stats/province_rd_2010_2023.csv).
"""

from __future__ import annotations

import csv
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.case import Case

DATA = Path(os.environ.get("KECHUANG_SERIES", Path(__file__).parents[2] / "shared" / "data"))
LEVELS = (50, 80, 95)
CUTS = (None, 10, 7, 5)
PEERS = ("AutoETS", "RandomWalkWithDrift", "DynamicOptimizedTheta", "Theta", "AutoTheta", "Naive")
#: Medians of forecasts; the parts that cannot be fitted at a length are left out.
COMBINATIONS = {
    "median(RWD, ETS, DOTM)": ("RandomWalkWithDrift", "AutoETS", "DynamicOptimizedTheta"),
    "median(ETS, DOTM)": ("AutoETS", "DynamicOptimizedTheta"),
    "median(Theta, AutoTheta)": ("Theta", "AutoTheta"),
    "median(RWD, ETS, DOTM, Theta)": ("RandomWalkWithDrift", "AutoETS", "DynamicOptimizedTheta", "Theta"),
}
SPEED_SERIES = 10_000


@dataclass(frozen=True)
class Told:
    """Forecasts (m, H) of one method and its bands (lower, upper) by level in percent, where it gives any."""

    point: np.ndarray
    bands: dict[int, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Competition:
    """Series to train on and what came after, H years each."""

    train: list[np.ndarray]
    came: np.ndarray

    @property
    def unit(self) -> np.ndarray:
        """Mean absolute yearly change of the whole training series, (m, 1)."""
        return np.array([[np.abs(np.diff(values)).mean()] for values in self.train])

    def cut(self, points: int | None) -> list[np.ndarray]:
        return [values if points is None else values[-points:] for values in self.train]

    def errors(self, point: np.ndarray) -> tuple[float, float]:
        """sMAPE and MASE by the definitions of the M4 competition."""
        size = np.abs(point - self.came)
        relative = 200 * size / (np.abs(point) + np.abs(self.came))
        return float(relative.mean()), float((size / self.unit).mean())

    def owa(self, point: np.ndarray) -> float:
        naive = self.errors(np.array([[values[-1]] * self.came.shape[1] for values in self.train]))
        return float(np.mean([own / of for own, of in zip(self.errors(point), naive, strict=True)]))

    def coverage(self, band: tuple[np.ndarray, np.ndarray]) -> float:
        return float(((self.came >= band[0]) & (self.came <= band[1])).mean())

    def msis(self, band: tuple[np.ndarray, np.ndarray], level: int) -> float:
        """Mean scaled interval score (Makridakis, Spiliotis, Assimakopoulos, IJF 36, 2020)."""
        low, high = band
        miss = np.maximum(low - self.came, 0) + np.maximum(self.came - high, 0)
        return float(((high - low + 2 / (1 - level / 100) * miss) / self.unit).mean())


def read_competition(file: Path) -> Competition:
    parts: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: {"train": {}, "test": {}})
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            parts[row["series_id"]][row["set"]][int(row["step"])] = float(row["value"])

    def ordered(values: dict[int, float]) -> np.ndarray:
        return np.array([values[step] for step in sorted(values)])

    return Competition(
        [ordered(both["train"]) for both in parts.values()],
        np.array([ordered(both["test"]) for both in parts.values()]),
    )


def ours(series: Sequence[np.ndarray], horizon: int) -> Told:
    from kechuang.progress.forecast import forecast_many

    made = forecast_many(series, horizon)
    bands = {level: [one.band(level / 100) for one in made] for level in LEVELS}
    return Told(
        np.array([one.median for one in made]),
        {
            level: (np.array([b[0] for b in both]), np.array([b[1] for b in both]))
            for level, both in bands.items()
        },
    )


def parts_of_ours(series: Sequence[np.ndarray], horizon: int) -> dict[str, np.ndarray]:
    """The members that are combined, each alone."""
    from kechuang.progress.forecast.learned import learned
    from kechuang.progress.forecast.members import NAMES, members

    each = [members(values[None], horizon, learned().combining)[:, 0] for values in series]
    return {f"  part: {name}": np.array([made[at] for made in each]) for at, name in enumerate(NAMES)}


def peer(name: str, series: Sequence[np.ndarray], horizon: int) -> Told | None:
    """One of statsforecast's models; None where it refuses series as short as these."""
    from statsforecast import models

    model = getattr(models, name)
    told = []
    for values in series:
        seasonal = {} if name in {"RandomWalkWithDrift", "Naive"} else {"season_length": 1}
        try:
            told.append(model(**seasonal).forecast(y=values, h=horizon, level=list(LEVELS)))
        except Exception:
            return None
    return Told(
        np.array([one["mean"] for one in told]),
        {k: tuple(np.array([one[f"{end}-{k}"] for one in told]) for end in ("lo", "hi")) for k in LEVELS},  # type: ignore[misc]
    )


def forecast_m3() -> None:
    """Prints OWA, MASE, coverage and MSIS by length, ours and peers', on every mcomp/m3_yearly_*.csv."""
    files = sorted((DATA / "mcomp").glob("m3_yearly_*.csv"))
    if not files:
        sys.exit(f"no m3_yearly_*.csv in {DATA / 'mcomp'}")
    with_peers = _have_statsforecast()
    for file in files:
        competition = read_competition(file)
        print(f"{file.name}: {len(competition.train)} series, {competition.came.shape[1]} years ahead")
        for points in CUTS:
            _accuracy(competition, points, with_peers)


def _accuracy(competition: Competition, points: int | None, with_peers: bool) -> None:
    series, horizon = competition.cut(points), competition.came.shape[1]
    print(f"\n{'whole series' if points is None else f'last {points} points'}")
    print(f"{'':32} {'OWA':>6} {'MASE':>6}   {'in 50%':>6} {'in 80%':>6} {'in 95%':>6} {'MSIS':>6}")
    told: dict[str, Told | None] = {"kechuang": ours(series, horizon)}
    told |= {name: Told(point, {}) for name, point in parts_of_ours(series, horizon).items()}
    if with_peers:
        own = {name: peer(name, series, horizon) for name in PEERS}
        told |= own
        for name, members in COMBINATIONS.items():
            able = [made.point for member in members if (made := own[member]) is not None]
            told[name] = Told(np.median(able, axis=0), {})
    for name, one in told.items():
        if one is None:
            print(f"{name:32} refuses series this short")
            continue
        line = f"{name:32} {competition.owa(one.point):6.3f} {competition.errors(one.point)[1]:6.3f}  "
        if one.bands:
            line += "".join(f" {competition.coverage(one.bands[level]):6.3f}" for level in LEVELS)
            line += f" {competition.msis(one.bands[95], 95):6.1f}"
        print(line, flush=True)


def forecast_provinces() -> None:
    """Prints how often provinces' R&D expenditure and personnel fell into the bands, by year forecast from."""
    series = read_provinces(DATA / "stats" / "province_rd_2010_2023.csv")
    for name, by_place in series.items():
        print(f"\n{name}: {len(by_place)} places")
        print(
            f"{'from':>6} {'points':>7} {'cases':>6} {'in 50%':>7} {'in 80%':>7} {'in 95%':>7} {'MASE':>6} {'naive':>6}"
        )
        everything = []
        for year in range(2016, 2023):
            rows = [
                _vantage(values, year)
                for values in by_place.values()
                if year in values and values.get(year + 1) is not None
            ]
            rows = [row for row in rows if row is not None]
            if rows:
                everything += rows
                _print_vantage(str(year), rows)
        _print_vantage("all", everything)
        ahead = {h: [row.at(h) for row in everything if h <= len(row.inside[50])] for h in range(1, 8)}
        for h, found in ahead.items():
            if found:
                shares = [float(np.mean([case[level] for case in found])) for level in LEVELS]
                print(
                    f"  {h} years ahead: {len(found):4} cases "
                    + " ".join(f"{share:7.3f}" for share in shares)
                )


@dataclass(frozen=True)
class Vantage:
    """One place from one year: by level whether each year ahead fell in, and the errors."""

    points: int
    inside: dict[int, np.ndarray]
    error: np.ndarray
    naive: np.ndarray
    unit: float

    def at(self, h: int) -> dict[int, bool]:
        return {level: bool(found[h - 1]) for level, found in self.inside.items()}


def _vantage(values: dict[int, float], year: int) -> Vantage | None:
    from kechuang.progress.forecast import forecast

    past = []
    while year - len(past) in values:
        past.append(values[year - len(past)])
    past.reverse()
    came = []
    while year + len(came) + 1 in values:
        came.append(values[year + len(came) + 1])
    if len(past) < 4 or not came:
        return None
    made = forecast(past, len(came))
    bands = {level: made.band(level / 100) for level in LEVELS}
    seen = np.array(came)
    return Vantage(
        points=len(past),
        inside={level: (seen >= low) & (seen <= high) for level, (low, high) in bands.items()},
        error=np.abs(made.median - seen),
        naive=np.abs(past[-1] - seen),
        unit=float(np.abs(np.diff(past)).mean()),
    )


def _print_vantage(name: str, rows: list[Vantage]) -> None:
    shares = [np.concatenate([row.inside[level] for row in rows]).mean() for level in LEVELS]
    points = f"{min(row.points for row in rows)}-{max(row.points for row in rows)}"
    mase, naive = (
        float(np.mean(np.concatenate([getattr(row, part) / row.unit for row in rows])))
        for part in ("error", "naive")
    )
    cases = sum(len(row.error) for row in rows)
    print(
        f"{name:>6} {points:>7} {cases:6} "
        + " ".join(f"{share:7.3f}" for share in shares)
        + f" {mase:6.2f} {naive:6.2f}"
    )


def read_provinces(file: Path) -> dict[str, dict[str, dict[int, float]]]:
    """By series name, by province, by year; what was not published is not there."""
    columns = {"R&D expenditure": "rd_expenditure_100m_yuan", "R&D personnel (FTE)": "rd_fte_person_years"}
    found: dict[str, dict[str, dict[int, float]]] = {name: defaultdict(dict) for name in columns}
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["province_code"] == "100000":
                continue
            for name, column in columns.items():
                if row[column]:
                    found[name][row["province"]][int(row["year"])] = float(row[column])
    return found


def made_up(count: int) -> list[np.ndarray]:
    """Seeded random walks with drift, 8 to 40 points: for timing only."""
    random = np.random.default_rng(11)
    lengths = random.integers(8, 41, count)
    return [100 * np.exp(np.cumsum(random.normal(0.05, 0.08, length))) for length in lengths]


@contextmanager
def forecast_speed() -> Iterator[Case]:
    """Distributions of many series of 8 to 40 points, six years ahead, against statsforecast's AutoETS with its bands."""
    if not _have_statsforecast():
        sys.exit(
            "forecast_speed runs in the peers' environment: make peers; .venv-peers/bin/python -m benchmarks …"
        )
    series = made_up(SPEED_SERIES)
    yield Case(
        f"{SPEED_SERIES:,} series forecast with bands / AutoETS",
        lambda: ours(series, 6),
        lambda: peer("AutoETS", series, 6),
        "at most 0.5",
        2,
    )


def _have_statsforecast() -> bool:
    from importlib.util import find_spec

    found = find_spec("statsforecast") is not None
    if not found:
        print("statsforecast is not in this environment (make peers): ours alone")
    return found
