"""The pieces the methods are built of: compound growth, the ratio of growth rates, the factor near a limit."""

from __future__ import annotations

from math import copysign, inf, nan

from kechuang.messages import Message, say
from kechuang.progress.methods.case import Case


def growth(value: float, base: float, years: float) -> float:
    """Compound yearly growth (CAGR) from ``base`` to ``value`` in ``years``: (value/base)^(1/years) − 1.

    Not a number where the two have opposite signs: no rate leads through zero. ``base`` and ``years`` are
    not 0.

    >>> round(growth(121, 100, 2), 9), growth(-1, 1, 2)
    (0.1, nan)
    """
    ratio = value / base
    if ratio < 0:
        return nan
    try:
        return float(ratio ** (1 / years)) - 1
    except (OverflowError, ZeroDivisionError):
        return inf


def over(value: float, by: float) -> float:
    """``value`` ÷ ``by`` where that may be 0: an infinity, or not a number for 0/0.

    >>> over(1, 0), over(-1, 0), over(0, 0)
    (inf, -inf, nan)
    """
    if by:
        return value / by
    return copysign(inf, value) if value else nan


def sign(value: float) -> int:
    """-1 for a series that begins below zero, where growth in size is a fall in value; else 1."""
    return -1 if value < 0 else 1


def limit_factor(base: float, limit: float | None, exponent: float) -> float:
    """The factor C (0–1) by which thresholds are lowered near a limit; 1 without one.

    With b = \\|base\\| and L = \\|limit\\|, tested in this order: b ≥ 2L gives 1 (so 0 and 0 do too); b ≤ L
    gives 1 − (b/L)^a; else 1 − ((2L − b)/L)^a. It is 0 where the base is the limit.

    >>> limit_factor(100, 100, 4.44), limit_factor(0, 0, 4.44), round(limit_factor(90, 100, 4.44), 6)
    (0.0, 1.0, 0.373622)
    """
    if limit is None:
        return 1.0
    b, most = abs(base), abs(limit)
    if b >= 2 * most:
        return 1.0
    return float(1 - (b / most if b <= most else (2 * most - b) / most) ** exponent)


def no_rate(case: Case) -> Message | None:
    """Why compound growth cannot be had from base to latest value; None where it can."""
    base, value = case.base_value, case.current_value
    if base == 0:
        return say("基期值为0，增长率没有意义")
    if base is not None and value is not None and (base < 0 < value or value < 0 < base):
        return say("基期值与最新值符号相反，增长率没有意义")
    return None


def no_needed_rate(case: Case) -> Message | None:
    """Why the growth the target asks for cannot be had; None where it can. The base is not 0."""
    base, target = case.base_value or 0.0, case.target
    if case.target_year == case.base_year:
        return say("目标年份就是基期年份")
    if target == 0:
        return say("目标值为0，所需增长率没有意义")
    if target is not None and (base < 0 < target or target < 0 < base):
        return say("基期值与目标值符号相反，所需增长率没有意义")
    return None
