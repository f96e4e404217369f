"""Judging many enterprises by the high-tech rule: ours against a bare pass of numpy that knows no unknown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.case import Case

ROWS = 1_000_000
AS_OF = date(2025, 6, 30)


def enterprises(rows: int) -> dict[str, Any]:
    """Made-up enterprises by column, the same every time; nothing is empty."""
    random = np.random.default_rng(1)
    sales = np.exp(random.normal(8, 1.5, rows))
    staff = random.integers(5, 800, rows).astype(float)
    made: dict[str, Any] = {
        "founded": random.integers(14_000, 20_000, rows).astype("datetime64[D]"),
        "staff": staff,
        "st_staff": np.floor(staff * random.random(rows) / 2),
        "rd_domestic_share": random.uniform(0.5, 1, rows),
        "total_income": sales * 1.1,
        "hightech_income": sales * random.uniform(0.4, 1.1, rows),
        "transformations": random.integers(0, 20, rows).astype(float),
        "ip_class1": random.integers(0, 3, rows).astype(float),
        "ip_class2": random.integers(0, 9, rows).astype(float),
        "ip_standards": random.integers(0, 2, rows).astype(float),
    }
    for year in (1, 2, 3):
        made[f"sales_{year}"] = sales * random.uniform(0.6, 1.2, rows)
        made[f"rd_{year}"] = made[f"sales_{year}"] * random.uniform(0.01, 0.12, rows)
        made[f"net_assets_{year}"] = sales * random.uniform(0.5, 1.4, rows)
    for name, most in [
        ("ip_advancement", 8),
        ("ip_core", 8),
        *((f"management_{n}", 4) for n in (1, 2, 3, 4)),
    ]:
        made[name] = random.integers(0, most + 1, rows).astype(float)
    for name, share in (("core_ip", 0.9), ("accident", 0.03), ("ip_self_developed", 0.8)):
        made[name] = (random.random(rows) < share).astype(float)
    return made


def bare(made: dict[str, Any]) -> Any:
    """The same conditions and bands by hand, thresholds in the code, no reasons, no unknown."""

    def bands(values: Any, edges: list[float], points: list[int]) -> Any:
        return np.array(points)[np.searchsorted(np.array(edges), values, side="right")]

    def growth(first: Any, second: Any, third: Any) -> Any:
        rate = (second / first + third / second) / 2 - 1
        return bands(rate, [0, 0.05, 0.15, 0.25, 0.35], [0, 2, 4, 6, 8, 10])

    sales = [made[f"sales_{year}"] for year in (3, 2, 1)]
    ratio = (made["rd_1"] + made["rd_2"] + made["rd_3"]) / (sales[0] + sales[1] + sales[2])
    rights = np.maximum(
        bands(made["ip_class1"], [1], [0, 8]), bands(made["ip_class2"], [1, 3, 5], [0, 2, 4, 6])
    )
    way = np.where(made["ip_self_developed"] > 0, 6, 3)
    score = (
        np.minimum(30, made["ip_advancement"] + made["ip_core"] + rights + way + 2 * made["ip_standards"])
        + bands(made["transformations"] / 3, [1, 2, 3, 4, 5], [0, 6, 12, 18, 24, 30])
        + sum(made[f"management_{n}"] for n in (1, 2, 3, 4))
        + growth(*(made[f"net_assets_{year}"] for year in (3, 2, 1)))
        + growth(*sales)
    )
    return (
        (np.datetime64(AS_OF) - made["founded"] >= np.timedelta64(365, "D"))
        & (made["core_ip"] > 0)
        & (made["st_staff"] / made["staff"] >= 0.1)
        & (ratio >= np.where(sales[2] <= 5000, 0.05, np.where(sales[2] <= 20000, 0.04, 0.03)))
        & (made["rd_domestic_share"] >= 0.6)
        & (made["hightech_income"] / made["total_income"] >= 0.6)
        & (score > 70)
        & (made["accident"] == 0)
    )


@contextmanager
def judge_enterprises() -> Iterator[Case]:
    """Every clause with value, threshold and outcome, scores as intervals, against the bare pass."""
    from kechuang.packs import load_packs
    from kechuang.rules import cases_of, judge

    packs = load_packs(["st-core"])
    made = enterprises(ROWS)
    columns = {"key": [f"示例{n:07}" for n in range(ROWS)], "field": ["新材料"] * ROWS, **made}
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    rule = "high-tech-enterprise"
    cases = cases_of(packs.rules[rule], table, packs)
    yield Case(
        f"{ROWS:,} enterprises by the high-tech rule / bare numpy",
        lambda: judge(rule, cases, AS_OF, packs),
        lambda: bare(made),
        "at most 10; ours under 5 s",
    )
