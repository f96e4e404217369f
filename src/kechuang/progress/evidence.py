"""What proves the tasks and measures of a plan: the records held of the types each of them names.

A record that names a plan entry counts for that entry (and those above it) alone; a record of a type
without such a field, or one that names none, counts for every task and measure that names its type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kechuang.errors import Fault, Place
from kechuang.messages import say
from kechuang.packs.model import RecordType
from kechuang.plan.model import Action, Plan
from kechuang.records.holdings import Holding, Holdings


@dataclass(frozen=True)
class Proof:
    """One record type a task or measure names, and what is held of it for that task or measure."""

    type: str
    label: dict[str, str]
    held: Holding

    def as_dict(self) -> dict[str, Any]:
        last = self.held.last
        return {
            "type": self.type,
            "label": self.label,
            "records": self.held.records,
            "sample": self.held.sample,
            "states": dict(sorted(self.held.states.items())),
            "last": None if last is None else {"key": last[0], "recorded": last[1].isoformat()},
        }


@dataclass(frozen=True)
class ActionEvidence:
    """A task (``task``) or measure with its proofs; ``under`` is the programme or group it stands in."""

    id: str
    title: str
    under: str
    task: bool
    proofs: tuple[Proof, ...]

    @property
    def records(self) -> int:
        return sum(proof.held.records for proof in self.proofs)

    @property
    def missing(self) -> tuple[str, ...]:
        """The types nothing accepted is held of."""
        return tuple(proof.type for proof in self.proofs if not proof.held.records)

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "under": self.under,
            "kind": "task" if self.task else "measure",
            "records": self.records,
            "missing": list(self.missing),
            "evidence": [proof.as_dict() for proof in self.proofs],
        }


@dataclass(frozen=True)
class Evidence:
    """All tasks and measures in order of the plan; ``faults`` are types named that no pack declares."""

    actions: tuple[ActionEvidence, ...]
    faults: tuple[Fault, ...] = field(default=())

    @property
    def unproved(self) -> tuple[ActionEvidence, ...]:
        """Those of which no record at all is held."""
        return tuple(action for action in self.actions if not action.records)

    def as_dict(self) -> dict[str, Any]:
        return {
            "actions": [action.as_dict() for action in self.actions],
            "unproved": [action.id for action in self.unproved],
            "unlinked": [action.id for action in self.actions if not action.proofs],
            "faults": [fault.as_dict() for fault in self.faults],
        }


def evidence(plan: Plan, types: Mapping[str, RecordType], held: Holdings, file: str = "") -> Evidence:
    """What proves each task and measure of ``plan``; ``file`` is where the plan stands, for faults."""
    found: list[ActionEvidence] = []
    faults: list[Fault] = []
    for action, under, task in actions(plan):
        proofs = []
        for name in action.evidence:
            if name in types:
                record_type = types[name]
                label = {"zh": record_type.label.zh, "en": record_type.label.en}
                proofs.append(Proof(name, label, _for(action.id, held.get(name, {}))))
            else:
                faults.append(_unknown(action, name, file))
        found.append(ActionEvidence(action.id, action.title, under, task, tuple(proofs)))
    return Evidence(tuple(found), tuple(faults))


def actions(plan: Plan) -> Iterator[tuple[Action, str, bool]]:
    """(task, subtask or measure; the id it stands under; whether it is a task), in order of the plan."""
    for programme in plan.programmes:
        for task in programme.tasks:
            yield task, programme.id, True
            for part in task.subtasks:
                yield part, task.id, True
    for group in plan.safeguards:
        for measure in group.measures:
            yield measure, group.id, False


def _for(entry: str, held: Mapping[str | None, Holding]) -> Holding:
    """What is held for ``entry``: records that name it or an entry below it, and those that name none."""
    total = Holding()
    for named, one in held.items():
        if named is None or named == entry or named.startswith(f"{entry}."):
            total = total.add(one)
    return total


def _unknown(action: Action, name: str, file: str) -> Fault:
    problem = say("{id}的佐证“{name}”不是已加载的台账类型", id=action.id, name=name)
    return Fault("evidence-unknown", problem, Place(file=file or None, field=f"{action.id}.evidence"))
