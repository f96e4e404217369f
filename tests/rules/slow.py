"""The high-tech rule once more, one row at a time in exact fractions, written from the regulation's text.

It shares nothing with the product: the same answers from two ways of computing are some evidence for both.
Unknown is None; a score is a pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

Pair = tuple[Fraction, Fraction]
BANDS = [("0.35", 9, 10), ("0.25", 7, 8), ("0.15", 5, 6), ("0.05", 3, 4)]


def slow(row: Mapping[str, Any], as_of: date) -> tuple[str, Pair, dict[str, str]]:
    """Outcome, score and the outcome of each clause."""
    get = {
        name: None if value is None or name in ("key", "field", "founded") else Fraction(str(value))
        for name, value in row.items()
    }
    founded: date | None = row["founded"]
    for name in list(get):
        year = name[-1:]
        yearly = name[:-2] in ("sales", "rd", "net_assets")
        if yearly and get[name] is None and founded is not None and founded.year > as_of.year - int(year):
            get[name] = Fraction(0)
    clauses = {
        "registered": _truth(None if founded is None else (as_of - founded).days >= 365),
        "core-ip": _truth(None if get["core_ip"] is None else get["core_ip"] == 1),
        "field": _truth(None if row["field"] is None else row["field"] != "0"),
        "staff": _share(get["st_staff"], get["staff"], Fraction(1, 10)),
        "rd-ratio": _rd(get),
        "rd-domestic": _truth(
            None if get["rd_domestic_share"] is None else get["rd_domestic_share"] >= Fraction(6, 10)
        ),
        "hightech-income": _share(get["hightech_income"], get["total_income"], Fraction(6, 10)),
        "accident": _truth(None if get["accident"] is None else get["accident"] == 0),
    }
    low, high = _score(get, founded, as_of)
    clauses["score"] = "yes" if low > 70 else "no" if high <= 70 else "unknown"
    found = set(clauses.values())
    outcome = "no" if "no" in found else "unknown" if "unknown" in found else "yes"
    return outcome, (low, high), clauses


def _truth(value: bool | None) -> str:
    return "unknown" if value is None else "yes" if value else "no"


def _share(part: Fraction | None, whole: Fraction | None, least: Fraction) -> str:
    if part is None or whole is None or whole == 0 or part > whole:
        return "unknown"
    return _truth(part / whole >= least)


def _rd(get: Mapping[str, Fraction | None]) -> str:
    rd = [get[f"rd_{year}"] for year in (1, 2, 3)]
    sales = [get[f"sales_{year}"] for year in (1, 2, 3)]
    if any(value is None for value in sales):
        known = sum((value for value in sales if value is not None), Fraction(0))
        first = sales[0]
        lowest = (
            Fraction(3, 100) if first is None or first > 20000 else Fraction(4 if first > 5000 else 5, 100)
        )
        if known > 0 and None not in rd and sum(rd, Fraction(0)) / known < lowest:  # type: ignore[arg-type]
            return "no"  # more sales can only lower the ratio, and no size asks for less
        return "unknown"
    total = sum(sales, Fraction(0))  # type: ignore[arg-type]
    if total == 0:
        return "unknown"
    last = sales[0]
    assert last is not None
    least = Fraction(5, 100) if last <= 5000 else Fraction(4, 100) if last <= 20000 else Fraction(3, 100)
    spent = sum((value for value in rd if value is not None), Fraction(0))
    if spent / total >= least:  # what is unknown can only add to it
        return "yes"
    return "unknown" if any(value is None for value in rd) else "no"


def _score(get: Mapping[str, Fraction | None], founded: date | None, as_of: date) -> Pair:
    parts = [
        _expert(get["ip_advancement"], 8),
        _expert(get["ip_core"], 8),
        _number(get["ip_class1"], get["ip_class2"]),
        _way(get["ip_class1"], get["ip_class2"], get["ip_self_developed"]),
        _any([0, 1], [0, 2])
        if get["ip_standards"] is None
        else _any([1], [2])
        if get["ip_standards"] >= 1
        else _any([0], [0]),
    ]
    low, high = (min(Fraction(30), sum((part[side] for part in parts), Fraction(0))) for side in (0, 1))
    for pair in (
        _transformations(get["transformations"], founded, as_of),
        *(_expert(get[f"management_{n}"], most) for n, most in ((1, 6), (2, 6), (3, 4), (4, 4))),
        _growth(*(get[f"net_assets_{year}"] for year in (3, 2, 1)), floor=False),
        _growth(*(get[f"sales_{year}"] for year in (3, 2, 1)), floor=True),
    ):
        low, high = low + pair[0], high + pair[1]
    return low, high


def _any(lows: list[int], highs: list[int]) -> Pair:
    return Fraction(min(lows)), Fraction(max(highs))


def _expert(points: Fraction | None, most: int) -> Pair:
    return (Fraction(0), Fraction(most)) if points is None else (points, points)


def _number(class1: Fraction | None, class2: Fraction | None) -> Pair:
    first = _any([0, 7], [0, 8]) if class1 is None else _any([7], [8]) if class1 >= 1 else _any([0], [0])
    if class2 is None:
        second = _any([0], [6])
    else:
        second = next(
            (
                _any([low], [high])
                for least, low, high in ((5, 5, 6), (3, 3, 4), (1, 1, 2))
                if class2 >= least
            ),
            _any([0], [0]),
        )
    return max(first[0], second[0]), max(first[1], second[1])


def _way(class1: Fraction | None, class2: Fraction | None, own: Fraction | None) -> Pair:
    most = 6 if own is None or own == 1 else 3
    if (class1 or 0) + (class2 or 0) >= 1:
        return _any([1], [most])
    return _any([0], [most]) if class1 is None or class2 is None else _any([0], [0])


def _transformations(count: Fraction | None, founded: date | None, as_of: date) -> Pair:
    if count is None:
        return _any([0], [30])
    lived = [1, 2, 3] if founded is None else [min(3, max(1, as_of.year - founded.year))]
    bands = ((5, 25, 30), (4, 19, 24), (3, 13, 18), (2, 7, 12), (1, 1, 6), (0, 0, 0))
    found = [next((low, high) for least, low, high in bands if count / years >= least) for years in lived]
    return _any([low for low, _ in found], [high for _, high in found])


def _growth(first: Fraction | None, second: Fraction | None, third: Fraction | None, *, floor: bool) -> Pair:
    """``floor``: an unknown last year is at least 0 (sales), which may be enough for a rate above 0."""
    if second is not None and second <= 0:
        return _any([0], [0])
    if first is not None and second is not None and third is None and floor and first > 0:
        return _band((second / first + 0) / 2 - 1)[0], Fraction(10)
    if first is None or second is None or third is None:
        return _any([0], [10])
    return _band((second / first + third / second) / 2 - 1 if first > 0 else third / second - 1)


def _band(rate: Fraction) -> Pair:
    for least, low, high in BANDS:
        if rate >= Fraction(least):
            return _any([low], [high])
    return _any([1], [2]) if rate > 0 else _any([0], [0])
