"""What each part did to the change of a figure between two years: the answer, as plain data.

A part that has no figure in one of the years goes to the rest for both, with its name said: a return that was
not sent is not a fall to zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.indicators.decompose.changes import (
    Method,
    over,
    ratio_change,
    shared_change,
    total_change,
)
from kechuang.indicators.decompose.parts import Line, Parts, left_over, named
from kechuang.messages import Message, say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Effects by name, in the order they are shown.
EFFECTS: dict[str, Message] = {
    "own": say("自身变化"),
    "intensity": say("强度效应"),
    "structure": say("结构效应"),
    "undivided": say("不可分部分"),
    "numerator": say("分子效应"),
    "denominator": say("分母效应"),
}


@dataclass(frozen=True)
class Contribution:
    """What one part (``key`` None: the rest) did: ``change`` in the unit of the indicator, the sum of ``effects``.

    ``share`` is its part of the whole change, ``pull`` its change over the first whole value (points of growth).
    ``weight`` are its shares of the denominator, ``structure_relative`` the structure effect held against the
    whole (see :class:`~kechuang.indicators.decompose.changes.RatioChange`).
    """

    key: str | None
    label: dict[str, str]
    before: float | None
    after: float | None
    change: float
    effects: dict[str, float]
    share: float | None
    pull: float | None
    weight: tuple[float | None, float | None] = (None, None)
    structure_relative: float | None = None
    status: tuple[str, str] = ("final", "final")
    coverage: tuple[float | None, float | None] = (None, None)

    def as_dict(self) -> dict[str, Any]:
        found = {**vars(self), "effects": dict(self.effects)}
        for name in ("weight", "status", "coverage"):
            found[name] = list(found[name])
        return found


@dataclass(frozen=True)
class Contributions:
    """A change and what it is made of; ``residual`` is what parts and change differ by: rounding of doubles."""

    indicator: str
    unit: str
    region: str
    years: tuple[int, int]
    by: str
    by_label: dict[str, str]
    form: str
    method: str
    before: float
    after: float
    parts: tuple[Contribution, ...]
    effects: dict[str, float]
    ratios: dict[str, float] | None
    status: tuple[str, str]
    coverage: tuple[float | None, float | None]
    notes: tuple[Message, ...]

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def residual(self) -> float:
        return self.change - sum(part.change for part in self.parts)

    def as_dict(self) -> dict[str, Any]:
        return {
            "indicator": self.indicator,
            "unit": self.unit,
            "region": self.region,
            "from": str(self.years[0]),
            "to": str(self.years[1]),
            "by": self.by,
            "by_label": self.by_label,
            "form": self.form,
            "method": self.method,
            "before": self.before,
            "after": self.after,
            "change": self.change,
            "effects": self.effects,
            "ratios": self.ratios,
            "parts": [part.as_dict() for part in self.parts],
            "residual": self.residual,
            "status": list(self.status),
            "coverage": list(self.coverage),
            "notes": [note.both() for note in self.notes],
        }


def contributions(parts: Parts, first: int, last: int, method: Method = "auto") -> Contributions:
    """The change of ``parts`` from the year of number ``first`` to that of ``last``.

    Errors as :func:`~kechuang.indicators.decompose.changes.ratio_change`.
    """
    at = [first, last]
    lines = [line for line in parts.lines if not np.isnan(line.above[at]).any()]
    if parts.form == "ratio":
        lines = [line for line in lines if not np.isnan(line.below[at]).any()]
    gone = [line for line in parts.lines if line not in lines]
    rest = left_over(parts, lines, at)
    shown = [*lines, rest] if rest is not None else lines
    above = np.array([line.above[at] for line in shown]).reshape(len(shown), 2).T
    below = np.array([line.below[at] for line in shown]).reshape(len(shown), 2).T
    notes = list(parts.notes)
    if gone:
        notes.append(
            say("两年中有一年没有数，归入“未分到各部分”：{names}", names=named([line.label for line in gone]))
        )
    relative = None
    ratios: dict[str, float] | None = None
    used = "exact"
    if parts.form == "sum":
        found = total_change(parts.factor * above[0], parts.factor * above[1])
        effects = {"own": found.change}
        before, after = float(parts.whole.value[first]), float(parts.whole.value[last])
    elif parts.form == "ratio":
        split = ratio_change((above[0], above[1]), (below[0], below[1]), factor=parts.factor, method=method)
        effects = {"intensity": split.intensity, "structure": split.structure, "undivided": split.undivided}
        if not split.undivided.any():
            effects.pop("undivided")
        before, after, used, relative = split.before, split.after, split.method, split.structure_relative
        if split.ratios is not None:
            ratios = dict(zip(("intensity", "structure", "undivided"), split.ratios, strict=True))
            ratios = {name: ratios[name] for name in effects}
    else:
        sides = float(parts.whole.below[first]), float(parts.whole.below[last])
        both = shared_change((above[0], above[1]), sides, factor=parts.factor, method=method)
        effects = {"numerator": both.numerator, "denominator": both.denominator}
        before, after, used = both.before, both.after, both.method
    if used == "shapley" and method == "auto":
        notes.append(say("有负数，对数平均（LMDI）不适用，改用 Shapley 分解"))
    change = sum(effects.values(), np.zeros(len(shown)))
    share, pull = over(change, after - before), over(change, before)
    return Contributions(
        indicator=parts.spec.id,
        unit=parts.spec.unit,
        region=parts.region,
        years=(parts.years[first], parts.years[last]),
        by=parts.by,
        by_label=parts.by_label,
        form=parts.form,
        method=used,
        before=before,
        after=after,
        parts=tuple(
            Contribution(
                line.key,
                line.label,
                _number(line.value[first]),
                _number(line.value[last]),
                float(change[n]),
                {name: float(effect[n]) for name, effect in effects.items()},
                _number(share[n]),
                _number(pull[n]),
                _weights(parts, line, at),
                None if relative is None else float(relative[n]),
                (line.status[first], line.status[last]),
                (_number(line.coverage[first]), _number(line.coverage[last])),
            )
            for n, line in enumerate(shown)
        ),
        effects={name: float(effect.sum()) for name, effect in effects.items()},
        ratios=ratios,
        status=(parts.whole.status[first], parts.whole.status[last]),
        coverage=(_number(parts.whole.coverage[first]), _number(parts.whole.coverage[last])),
        notes=tuple(dict.fromkeys(notes)),
    )


def _weights(parts: Parts, line: Line, at: Sequence[int]) -> tuple[float | None, float | None]:
    if parts.form != "ratio":
        return None, None
    first, last = (_number(line.below[n] / parts.whole.below[n]) for n in at)
    return first, last


def _number(value: Any) -> float | None:
    number = float(value)
    return None if np.isnan(number) else number
