"""What an assessment says: value objects, with the JSON of ``kechuang progress`` (contract.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from kechuang.errors import Fault
from kechuang.messages import Message
from kechuang.progress.agreement import Agreement
from kechuang.progress.methods.case import Verdict
from kechuang.progress.status import MARKS, Mark, Status, label

if TYPE_CHECKING:
    from kechuang.progress.actions.model import Chain, GroupStanding, Standing, Threat
    from kechuang.progress.outlook import Joint, TargetOutlook


@dataclass(frozen=True)
class Latest:
    """The latest known figure of a target: its year, value and how sure it is."""

    period: str
    value: float
    status: str
    coverage: float | None = None
    as_of: str | None = None
    fingerprint: str = ""
    snapshot: str = ""

    def as_dict(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class BaselineUsed:
    """The value a target is measured from; ``origin`` is 'plan' or 'records'."""

    value: float
    year: int
    origin: str
    #: Where it differs from the target's: the level a target of average growth starts from.
    unit: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class TargetProgress:
    """One target on the day of the assessment.

    ``target`` and ``high`` are the value (and upper end of a range) in force that day. ``attained`` is
    (latest − baseline) / (target − baseline); ``level_share`` the plain ratio of latest and target;
    ``scheduled_share`` the share of the way the plan's path asks for at the moment of the latest figure
    and ``scheduled_value`` the value on that path. ``path`` lists the years and values of that path.
    ``status`` is by the method ``method``; ``methods`` are the verdicts of all, ``agreement`` how they stand
    to each other. ``years_met``: of a yearly target, in how many years it was met, of how many. ``growth``:
    the target is average yearly growth, and so is ``latest``.
    Values are in ``unit``; shares are 0–1 (or beyond, where passed).
    """

    id: str
    name: str
    unit: str
    comparator: str
    target: float | None
    high: float | None
    year: int | None
    direction: str
    nature: str | None
    per_year: bool
    growth: bool
    indicator: str | None
    baseline: BaselineUsed | None
    latest: Latest | None
    attained: float | None
    level_share: float | None
    scheduled_share: float | None
    scheduled_value: float | None
    status: Status
    early: bool
    method: str
    methods: tuple[Verdict, ...]
    agreement: Agreement
    years_met: tuple[int, int] | None
    needed_per_year: float | None
    path: tuple[tuple[int, float], ...]
    why: tuple[Message, ...]
    forecast_why: Message
    forecast: Mapping[str, Any] | None = field(default=None, hash=False)
    probability: float | None = None
    outlook: TargetOutlook | None = None

    @property
    def mark(self) -> Mark:
        """The shape the status is shown by: done, ok, watch, late or none."""
        return MARKS[self.status]

    @property
    def status_label(self) -> Message:
        return label(self.status, early=self.early)

    @property
    def data_status(self) -> str | None:
        """final, provisional, estimated or sample: how sure the latest figure is."""
        return self.latest.status if self.latest else None

    @property
    def gap(self) -> float | None:
        """Latest value less the value on the path at the same moment."""
        if self.latest is None or self.scheduled_value is None:
            return None
        return self.latest.value - self.scheduled_value

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "unit": self.unit,
            "comparator": self.comparator,
            "target": self.target,
            "high": self.high,
            "year": self.year,
            "direction": self.direction,
            "nature": self.nature,
            "per_year": self.per_year,
            "growth": self.growth,
            "indicator": self.indicator,
            "baseline": self.baseline.as_dict() if self.baseline else None,
            "latest": self.latest.as_dict() if self.latest else None,
            "data_status": self.data_status,
            "attained": self.attained,
            "level_share": self.level_share,
            "scheduled_share": self.scheduled_share,
            "scheduled_value": self.scheduled_value,
            "gap": self.gap,
            "status": self.status,
            "status_label": self.status_label.both(),
            "mark": self.mark,
            "method": self.method,
            "methods": [method.as_dict() for method in self.methods],
            "agreement": self.agreement.as_dict(),
            "years_met": None if self.years_met is None else list(self.years_met),
            "needed_per_year": self.needed_per_year,
            "path": [list(point) for point in self.path],
            "forecast": dict(self.forecast) if self.forecast else None,
            "probability": self.probability,
            "outlook": self.outlook.as_dict() if self.outlook else None,
            "forecast_why": self.forecast_why.both(),
            "why": [reason.both() for reason in self.why],
        }


@dataclass(frozen=True)
class TaskProgress:
    """A task or measure: whom it falls to, the targets it serves with their status, its evidence types."""

    id: str
    title: str
    lead: tuple[str, ...]
    partners: tuple[str, ...]
    serves: tuple[tuple[str, Status], ...]
    evidence: tuple[str, ...]
    standing: Standing | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "lead": list(self.lead),
            "partners": list(self.partners),
            "serves": [{"target": target, "status": status} for target, status in self.serves],
            "evidence": list(self.evidence),
            "status": None,
            **(self.standing.as_dict() if self.standing else {}),
        }


@dataclass(frozen=True)
class ProgrammeProgress:
    """A programme: its tasks and how many of the targets they serve have which status.

    A programme has no status of its own here: tasks are judged by evidence, not by a figure.
    """

    id: str
    title: str
    lead: tuple[str, ...]
    tasks: tuple[TaskProgress, ...]
    targets: Mapping[Status, int] = field(hash=False)
    why: tuple[Message, ...] = ()
    standing: GroupStanding | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "lead": list(self.lead),
            "status": None,
            "targets": dict(self.targets),
            "tasks": [task.as_dict() for task in self.tasks],
            "why": [reason.both() for reason in self.why],
            **(self.standing.as_dict() if self.standing else {}),
        }


@dataclass(frozen=True)
class SafeguardProgress:
    """A group of safeguards with its measures, counted like a programme."""

    id: str
    title: str
    measures: tuple[TaskProgress, ...]
    targets: Mapping[Status, int] = field(hash=False)
    why: tuple[Message, ...] = ()
    standing: GroupStanding | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "status": None,
            "targets": dict(self.targets),
            "measures": [measure.as_dict() for measure in self.measures],
            "why": [reason.both() for reason in self.why],
            **(self.standing.as_dict() if self.standing else {}),
        }


@dataclass(frozen=True)
class Progress:
    """The whole plan on the day ``as_of``; ``time_share`` of its ``period`` has passed. ``method`` gave the statuses."""

    as_of: date
    period: tuple[int, int] | None
    time_share: float | None
    tolerance: float
    method: str
    targets: tuple[TargetProgress, ...]
    programmes: tuple[ProgrammeProgress, ...]
    safeguards: tuple[SafeguardProgress, ...]
    chains: tuple[Chain, ...] = ()
    threats: tuple[Threat, ...] = ()
    faults: tuple[Fault, ...] = ()
    joint: Joint | None = None

    def target(self, identifier: str) -> TargetProgress | None:
        """The target with this id."""
        return next((target for target in self.targets if target.id == identifier), None)

    def count(self, *statuses: Status) -> int:
        """How many targets have one of these statuses."""
        return sum(target.status in statuses for target in self.targets)

    def as_dict(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of.isoformat(),
            "period": list(self.period) if self.period else None,
            "time_share": self.time_share,
            "tolerance": self.tolerance,
            "method": self.method,
            "targets": [target.as_dict() for target in self.targets],
            "programmes": [programme.as_dict() for programme in self.programmes],
            "safeguards": [safeguard.as_dict() for safeguard in self.safeguards],
            "chains": [chain.as_dict() for chain in self.chains],
            "threats": [threat.as_dict() for threat in self.threats],
            "faults": [fault.as_dict() for fault in self.faults],
            "joint": self.joint.as_dict() if self.joint else None,
        }
