"""A two-way table brought to given totals of rows and columns, keeping its pattern (RAS).

Source: W. E. Deming and F. F. Stephan, Annals of Mathematical Statistics 11 (1940) 427–444; R. Stone's RAS;
that it converges and keeps the cross-product ratios: S. E. Fienberg, Annals of Mathematical Statistics 41 (1970).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from kechuang.errors import KechuangError
from kechuang.messages import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

ROUNDS = 10_000
#: Totals are met to this share of the whole.
CLOSE = 1e-12


def to_totals(table: ArrayLike, rows: ArrayLike, columns: ArrayLike) -> Numbers:
    """``table`` (m, n) ≥ 0 with its rows and columns scaled in turn until they add up to ``rows`` (m,) and
    ``columns`` (n,).

    KechuangError ``totals-differ`` where the two sets of totals do not add up to the same,
    ``totals-unreachable`` where zeros of the table leave no way, ``totals-negative`` for numbers below zero.

    >>> to_totals([[1, 1], [1, 3]], [4, 6], [5, 5]).round(3).tolist()
    [[2.641, 1.359], [2.359, 3.641]]
    """
    found = np.array(table, np.float64)
    wanted_rows, wanted_columns = np.asarray(rows, np.float64), np.asarray(columns, np.float64)
    if found.ndim != 2 or found.shape != (len(wanted_rows), len(wanted_columns)):
        raise ValueError("one total a row and one a column")
    if min(found.min(initial=0), wanted_rows.min(initial=0), wanted_columns.min(initial=0)) < 0:
        raise KechuangError(
            "totals-negative", say("按行列合计调整的表不能有负数"), remedy=say("请核对表中的数。")
        )
    whole, other = float(wanted_rows.sum()), float(wanted_columns.sum())
    scale = max(whole, other)
    if abs(whole - other) > 1e-9 * scale:
        raise KechuangError(
            "totals-differ",
            say(
                "行合计之和（{rows}）与列合计之和（{columns}）不等",
                rows=f"{whole:.10g}",
                columns=f"{other:.10g}",
            ),
            remedy=say("请先使县市合计与各年合计一致。"),
        )
    for _ in range(ROUNDS):
        found *= _factor(wanted_rows, found.sum(axis=1))[:, None]
        found *= _factor(wanted_columns, found.sum(axis=0))[None, :]
        off = np.abs(found.sum(axis=1) - wanted_rows).max(initial=0)
        missed = np.abs(found.sum(axis=0) - wanted_columns).max(initial=0)
        if max(off, missed) <= CLOSE * scale:
            return found
    raise KechuangError(
        "totals-unreachable",
        say("表中的零太多，按比例调整凑不成给定的行列合计"),
        remedy=say("请给这些县市、年度填上大于零的数，或改合计。"),
    )


def _factor(wanted: Numbers, have: Numbers) -> Numbers:
    with np.errstate(all="ignore"):
        return np.where(have > 0, wanted / np.where(have > 0, have, 1.0), 1.0)
