"""A figure: one number for one indicator, region and period, with all that makes it trustworthy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["final", "provisional", "estimated", "sample"]


@dataclass(frozen=True)
class Figure:
    """``value`` in ``unit`` of ``indicator`` for ``region`` (code) in ``period`` (year as text).

    ``value`` is None where it cannot be computed; ``reason`` then says why ("no records", "not yet
    published", "division by zero"). ``coverage`` is the share 0–1 of reporting units (or listed
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

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
