"""How much of a period has passed, in months, as plans count it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def months_since(start_year: int, day: date) -> float:
    """Months from 1 January of ``start_year`` to the end of ``day``; negative before.

    >>> months_since(2021, date(2023, 6, 30))
    30.0
    """
    return (day.year - start_year) * 12 + (day.month - 1) + day.day / monthrange(day.year, day.month)[1]


def time_share(period: tuple[int, int], day: date) -> float:
    """The share 0–1 of the years ``period`` (both included) that has passed at the end of ``day``.

    The ends of the five years of a plan are 20, 40, 60, 80 and 100%.

    >>> time_share((2021, 2025), date(2024, 12, 31))
    0.8
    >>> time_share((2021, 2025), date(2026, 3, 1))
    1.0
    """
    first, last = period
    total = (last - first + 1) * 12
    return min(1.0, max(0.0, months_since(first, day) / total)) if total > 0 else 1.0


def add_months(day: date, months: int) -> date:
    """``day`` (a first of the month) moved by ``months``."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
