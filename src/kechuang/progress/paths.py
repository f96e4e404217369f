"""The way from baseline to target: straight, at a constant rate, as an S-curve, in steps, through interim values.

Points lie at year ends. A path goes through the baseline, the interim values and the target; its shape says
how it runs between them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import exp

from kechuang.messages import Message, say
from kechuang.plan.model import TargetPath
from kechuang.progress.schedule import between, path_of
from kechuang.progress.time import months_since

#: Of an S-curve, unless the plan says otherwise: how steep, and at what share of the time it is half way.
STEEPNESS, MIDPOINT = 8.0, 0.5


@dataclass(frozen=True)
class Path:
    """``anchors``: (year, value) from baseline to target, in order of year; at least two.

    >>> rate = Path(((2020, 100.0), (2022, 121.0)), "rate")
    >>> round(rate.at(2021), 9), Path(((2020, 0.0), (2023, 5.0), (2025, 9.0)), "steps").at(2024.5)
    (110.0, 5.0)
    """

    anchors: tuple[tuple[int, float], ...]
    shape: str = "straight"
    steepness: float = STEEPNESS
    midpoint: float = MIDPOINT

    def at(self, year: float) -> float:
        """The value asked for at ``year`` (2024.0 is the end of 2024); the ends' values beyond them."""
        first, last = self.anchors[0], self.anchors[-1]
        if year <= first[0] or year >= last[0]:
            return first[1] if year <= first[0] else last[1]
        if self.shape == "steps":
            return self.anchors[bisect_right([at for at, _ in self.anchors], year) - 1][1]
        if self.shape == "s-curve":
            share = logistic((year - first[0]) / (last[0] - first[0]), self.steepness, self.midpoint)
            return first[1] + (last[1] - first[1]) * share
        place = bisect_right([at for at, _ in self.anchors], year)
        (left, low), (right, high) = self.anchors[place - 1], self.anchors[place]
        if self.shape == "rate" and low * high > 0:
            return float(low * (high / low) ** ((year - left) / (right - left)))
        return between(((left, low), (right, high)), year)

    def on(self, day: date) -> float:
        """The value asked for at the end of ``day``."""
        return self.at(months_since(0, day) / 12 - 1)

    def points(self) -> tuple[tuple[int, float], ...]:
        """The path as points between which straight lines may be drawn: its anchors, or every year of a curve."""
        if self.shape == "straight":
            return self.anchors
        return tuple((year, self.at(year)) for year in range(self.anchors[0][0], self.anchors[-1][0] + 1))

    @property
    def straight(self) -> bool:
        """Whether it is one straight line from baseline to target."""
        return self.shape == "straight" and len(self.anchors) == 2

    @property
    def trouble(self) -> Message | None:
        """Why the shape cannot be kept to everywhere; None where it can."""
        values = [value for _, value in self.anchors]
        if self.shape == "rate" and not (min(values) > 0 or max(values) < 0):
            return say("路径上有0或正负变号，等速增长没有意义，该段按直线计算")
        return None

    @property
    def name(self) -> Message:
        """The shape in words."""
        if len(self.anchors) > 2 and self.shape == "straight":
            return say("规划给出的年度值")
        return SHAPES[self.shape]


SHAPES: dict[str, Message] = {
    "straight": say("直线"),
    "rate": say("等速增长"),
    "s-curve": say("S曲线"),
    "steps": say("阶梯"),
}


def declared(
    path: TargetPath | None, base: float, base_year: int, aim: float, year: int, interim: Mapping[int, float]
) -> Path:
    """The path a target declares, from ``base`` at the end of ``base_year`` to ``aim`` at the end of ``year``."""
    anchors = path_of(base, base_year, aim, year, interim)
    if path is None or path.shape == "level":
        return Path(anchors)
    return Path(
        anchors,
        path.shape,
        STEEPNESS if path.steepness is None else path.steepness,
        MIDPOINT if path.midpoint is None else path.midpoint,
    )


def logistic(time: float, steepness: float = STEEPNESS, midpoint: float = MIDPOINT) -> float:
    """The share (0–1) of the way an S-curve has gone after the share ``time`` of the time.

    (L(time) − L(0)) ÷ (L(1) − L(0)) with L(x) = 1 ÷ (1 + exp(−steepness·(x − midpoint))): it begins at 0 and ends
    at 1. The curve is the usual one of diffusion (Verhulst 1838); its parameters are ours unless declared.

    >>> logistic(0), logistic(0.5), logistic(1)
    (0.0, 0.5, 1.0)
    """

    def curve(x: float) -> float:
        return 1 / (1 + exp(-steepness * (x - midpoint)))

    return (curve(time) - curve(0)) / (curve(1) - curve(0))
