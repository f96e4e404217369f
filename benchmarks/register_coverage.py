"""`python -m benchmarks.register_coverage`: do the bands of simulated registers hold what they promise?

Certificates of made-up registers are drawn with renewal and entry rates the simulation does not know; of each it is shown
what was issued until 1 September 2025, and its bands for the ends of 2025 and 2026 are held against what came.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from kechuang.packs import load_packs
from kechuang.progress.outlook.parameters import Parameters
from kechuang.progress.outlook.registers import History, rates_of, simulate

AS_OF = date(2025, 9, 1)
LEVELS = (0.5, 0.8, 0.95)
#: Entries a year, their scatter between years, years of history.
WORLDS = ((3, 0.0, 5), (3, 0.0, 8), (3, 0.3, 8), (10, 0.1, 8), (30, 0.1, 10))
REGISTERS = 400

Spell = tuple[int, date, date]


def world(
    random: np.random.Generator, rate: float, renewal: float, years: int, scatter: float
) -> list[Spell]:
    """(unit, from, until) of all certificates of one register, past and to come."""
    found: list[Spell] = []
    unit = 0
    for year in range(AS_OF.year - years, AS_OF.year + 3):
        good = random.gamma(1 / scatter, scatter) if scatter else 1.0
        for _ in range(random.poisson(rate * good)):
            day = date(year, int(random.choice([10, 11, 12], p=[0.4, 0.5, 0.1])), int(random.integers(1, 28)))
            while day.year <= AS_OF.year + 3:
                until = date(day.year + 3, day.month, min(day.day, 28))
                found.append((unit, day, until))
                if random.random() > renewal:
                    break
                day = date.fromordinal(until.toordinal() + int(random.choice([0, 0, 15, 25, 40])))
            unit += 1
    return sorted(found)


def covered(rate: float, scatter: float, years: int) -> tuple[np.ndarray, float]:
    """Coverage by end of year (2) and level (3), and the mean rank of the truth among the draws of 2026."""
    random = np.random.default_rng(5)
    parameters = Parameters(load_packs(["st-core"]), AS_OF)
    hits, ranks, count = np.zeros((2, 3)), 0.0, 0
    for number in range(REGISTERS):
        renewal, own = random.beta(4, 2), rate * random.gamma(4, 0.25)
        spells = world(random, own, renewal, years, scatter)
        known = [spell for spell in spells if spell[1] <= AS_OF]
        if not known:
            continue
        units, starts, ends = (np.array(part) for part in zip(*known, strict=True))
        history = History(
            units.astype(np.int64),
            np.array([day.toordinal() for day in starts]),
            np.array([day.toordinal() for day in ends]),
            np.zeros(len(known), np.bool_),
            36,
        )
        drawn = simulate(history, rates_of(history, AS_OF, parameters), AS_OF, 2026, runs=800, seed=number)
        count += 1
        for at, year in enumerate(drawn.years):
            last = date(year, 12, 31)
            truth = len({unit for unit, start, end in spells if start <= last < end})
            stock = drawn.stock[:, at]
            for place, level in enumerate(LEVELS):
                low, high = np.quantile(stock, ((1 - level) / 2, (1 + level) / 2), method="inverted_cdf")
                hits[at, place] += low <= truth <= high
        ranks += float((stock < truth).mean() + 0.5 * (stock == truth).mean())
    return hits / count, ranks / count


def main() -> None:
    print("entries  scatter  years    2025: 50%  80%  95%    2026: 50%  80%  95%    mean rank")
    for rate, scatter, years in WORLDS:
        hits, rank = covered(rate, scatter, years)
        shown = "    ".join(" ".join(f"{share:5.3f}" for share in row) for row in hits)
        print(f"{rate:7}  {scatter:7}  {years:5}    {shown}    {rank:.3f}")


if __name__ == "__main__":
    main()
