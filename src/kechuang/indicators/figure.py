"""A figure: one number for one indicator, region and period, with all that makes it trustworthy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Absence = Literal["not-yet", "overdue", "missing", "broken", "undefined", "withheld"]
Status = Literal["final", "provisional", "estimated", "sample"]


@dataclass(frozen=True)
class Figure:
    """``value`` in ``unit`` of ``indicator`` for ``region`` (code) in ``period`` (year as text).

    ``value`` is None where it cannot be computed; ``reason`` then says why ("no records", "not yet
    published", "division by zero"), ``absence`` in one word and ``due`` from which day it could be expected:
    ``not-yet`` (the day has not come), ``overdue`` (it has, and nothing of the year has come),
    ``missing`` (others have it, or later years do), ``broken`` (not comparable across a break),
    ``undefined`` (all is there and the formula gives no number), ``withheld`` (it is there and must not be
    published). ``scope`` says which records count where
    they are kept in several scopes; ``breaks`` are the breaks in the series that this period begins with.
    ``coverage`` is the share 0–1 of reporting units (or listed
    places) whose records arrived, None where no list says how many there should be. ``numerator`` and
    ``denominator`` are the two parts of a ratio in their own units. ``snapshot`` is the digest of the
    records; ``fingerprint`` identifies definition, parameters, snapshot and parents together.
    """

    indicator: str
    region: str
    period: str
    value: float | None
    unit: str
    status: Status
    numerator: float | None = None
    denominator: float | None = None
    coverage: float | None = None
    snapshot: str = ""
    fingerprint: str = ""
    as_of: str | None = None
    verified: bool = True
    reason: dict[str, str] | None = None
    absence: Absence | None = None
    due: str | None = None
    scope: tuple[dict[str, Any], ...] = ()
    breaks: tuple[dict[str, Any], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
