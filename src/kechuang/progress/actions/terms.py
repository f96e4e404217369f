"""By what tasks are judged: weights of evidence, thresholds, days of grace - dated parameters, not literals.

The parameters are ``tasks.*`` of the packs; a plan may give other weights for the whole, for a programme
or for one task (``weights`` in plan.yaml), each following the one above where it says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kechuang.packs.model import Packs
from kechuang.plan.model import Plan, Weights
from kechuang.progress.actions.words import KINDS, Kind


@dataclass(frozen=True)
class Terms:
    """``period_end`` is the last day of the plan, ``time_share`` (0–1) what has passed of it on ``day``.

    From the score ``on_schedule`` a task is on schedule, from ``basically`` basically so; what is overdue by
    no more than ``grace`` days counts as the latter.
    """

    day: date
    on_schedule: float
    basically: float
    grace: int
    weights: Mapping[Kind, float] = field(hash=False)
    period: tuple[int, int] | None = None

    @property
    def period_end(self) -> date | None:
        return date(self.period[1], 12, 31) if self.period else None

    @property
    def over(self) -> bool:
        """Whether the plan's period has ended."""
        return self.period_end is not None and self.day > self.period_end


def terms_of(packs: Packs, plan: Plan, day: date, tolerance: float) -> Terms:
    """The terms in force on ``day``. Without a parameter, kinds of evidence weigh the same, a task is on
    schedule only when all is proven, and ``tolerance`` is where "basically" begins."""

    def number(name: str, otherwise: float) -> float:
        parameter = packs.parameters.get(f"tasks.{name}")
        value = parameter.at(day) if parameter is not None else None
        return otherwise if value is None else float(value.value)

    return Terms(
        day=day,
        on_schedule=number("on_schedule", 1.0),
        basically=number("basically", tolerance),
        grace=int(number("grace_days", 0)),
        weights={kind: number(f"weight_{kind}", 1.0) for kind in KINDS},
        period=plan.period,
    )


def weights_of(terms: Terms, *given: Weights | None) -> dict[Kind, float]:
    """The weights of a task: those of the packs, changed by what the plan, its programme and it itself say."""
    found = dict(terms.weights)
    for one in given:
        if one is not None:
            told = {kind: getattr(one, kind) for kind in KINDS}
            found.update({kind: value for kind, value in told.items() if value is not None})
    return found
