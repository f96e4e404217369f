"""How long a recognition holds: three years from the day of issue, or to the end of the calendar year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kechuang.errors import KechuangError
from kechuang.formula.columns import EPOCH, add_years
from kechuang.messages import say
from kechuang.records.fields import Named
from kechuang.rules.law import rule_of

if TYPE_CHECKING:
    from kechuang.packs import Packs

Dates = Sequence[date | None] | npt.NDArray[np.datetime64]


def valid(
    rule: str, issued: Dates, day: date, packs: Packs, revoked: Dates | None = None
) -> npt.NDArray[np.bool_]:
    """Which recognitions hold on ``day``: issued ≤ day < end, and not revoked by then.

    Raises KechuangError for a rule without a term. An unknown day of issue holds nowhere; the day of
    revocation itself no longer holds.

    >>> from kechuang.packs import load_packs
    >>> packs = load_packs(["st-core"])
    >>> issued = [date(2022, 11, 4)]
    >>> [bool(valid("high-tech-enterprise", issued, d, packs)[0]) for d in (date(2025, 11, 3), date(2025, 11, 4))]
    [True, False]
    """
    start = _days(issued)
    today = (day - EPOCH).days
    held = (start <= today) & (today < _ends(rule, start, packs, day))
    if revoked is not None:
        gone = _days(revoked)
        held &= np.isnan(gone) | (gone > today)
    return np.asarray(held, np.bool_)


def ends(rule: str, issued: Dates, day: date, packs: Packs) -> list[date | None]:
    """The first day a recognition no longer holds, by the term in force on ``day``."""
    found = _ends(rule, _days(issued), packs, day)
    return [None if np.isnan(end) else date.fromordinal(EPOCH.toordinal() + int(end)) for end in found]


def _ends(rule: str, start: Any, packs: Packs, day: date) -> Any:
    spec = rule_of(packs, rule)
    if spec.validity is None:
        raise KechuangError("rule-without-term", say("“{rule}”没有规定有效期", rule=Named.of(spec.label)))
    if spec.validity.years is None:  # to the end of the calendar year of issue
        days = np.where(np.isnan(start), 0, start).astype("datetime64[D]").astype("datetime64[Y]")
        year_after = (days + np.timedelta64(1, "Y")).astype("datetime64[D]").astype(np.float64)
        return np.where(np.isnan(start), np.nan, year_after)
    parameter = packs.parameters[spec.validity.years].at(day)
    if parameter is None:
        raise KechuangError(
            "rule-not-in-force",
            say("{day}还没有“{what}”的规定", day=day.isoformat(), what=Named.of(spec.validity.note)),
        )
    return add_years(start, np.asarray(float(parameter.value)))


def _days(dates: Dates) -> Any:
    array = np.asarray(dates, "datetime64[D]")
    return np.where(np.isnat(array), np.nan, array.astype(np.float64))
