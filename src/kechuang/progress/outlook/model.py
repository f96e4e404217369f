"""What an outlook says of a target: value objects, with their JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kechuang.messages import Message
from kechuang.progress.outlook.levers import CountyGap, Lever
from kechuang.progress.outlook.next_return import NextReturn

Band = tuple[float, float]


@dataclass(frozen=True)
class FanYear:
    """One projected year: median, bands, and the probability that its value would meet the target."""

    year: int
    median: float
    p50: Band
    p80: Band
    p95: Band
    probability: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "period": str(self.year),
            "median": self.median,
            "p50": list(self.p50),
            "p80": list(self.p80),
            "p95": list(self.p95),
            "probability": self.probability,
        }


@dataclass(frozen=True)
class Other:
    """What the other way of projecting says, where both can be done."""

    method: str
    median: float
    p80: Band
    probability: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "median": self.median,
            "p80": list(self.p80),
            "probability": self.probability,
        }


@dataclass(frozen=True)
class TargetOutlook:
    """The outlook of one target.

    ``method``: 'register' (simulated by date from its records), 'series' (forecast of yearly figures), or
    None where neither can be done or the outcome is known. ``settled``: the outcome is known, and
    ``probability`` is then 1 or 0 as a fact. ``years``: the fan. ``median_year``: the first year whose
    median meets the target; ``likely_year``: the first met with the probability ``likely``. ``renew``: what
    of the lapsing records must be renewed. ``flows``: expected stock and flows of a register, by year.
    ``verdict`` is the probability in a sentence; ``said`` what else is to know; ``advice`` what to do.
    """

    method: Literal["register", "series"] | None
    settled: bool
    probability: float | None
    verdict: Message
    basis: Message | None = None
    years: tuple[FanYear, ...] = ()
    start: tuple[int, float] | None = None
    median_year: int | None = None
    likely_year: int | None = None
    likely: float = 0.8
    other: Other | None = None
    flows: tuple[Mapping[str, float], ...] = field(default=(), hash=False)
    opening: int | None = None
    levers: tuple[Lever, ...] = ()
    counties: tuple[CountyGap, ...] = ()
    next_return: NextReturn | None = None
    said: tuple[Message, ...] = ()
    advice: tuple[Message, ...] = ()
    assumptions: tuple[Message, ...] = ()
    sample: bool = False
    runs: int = 0
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "settled": self.settled,
            "probability": self.probability,
            "verdict": self.verdict.both(),
            "basis": self.basis.both() if self.basis else None,
            "years": [year.as_dict() for year in self.years],
            "start": list(self.start) if self.start else None,
            "median_year": self.median_year,
            "likely_year": self.likely_year,
            "likely": self.likely,
            "other": self.other.as_dict() if self.other else None,
            "opening": self.opening,
            "flows": [dict(flow) for flow in self.flows],
            "levers": [lever.as_dict() for lever in self.levers],
            "counties": [gap.as_dict() for gap in self.counties],
            "next_return": self.next_return.as_dict() if self.next_return else None,
            "said": [message.both() for message in self.said],
            "advice": [message.both() for message in self.advice],
            "assumptions": [message.both() for message in self.assumptions],
            "sample": self.sample,
            "runs": self.runs,
            "seed": self.seed,
        }
