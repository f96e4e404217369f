"""Puts the standing of every task, measure, programme and group into an assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from kechuang.errors import Place
from kechuang.plan.model import Action, Plan, Weights
from kechuang.progress.actions.chains import Network, network
from kechuang.progress.actions.facts import Facts
from kechuang.progress.actions.milestones import states_of
from kechuang.progress.actions.model import MilestoneState, Standing
from kechuang.progress.actions.standing import group_of, standing_of
from kechuang.progress.actions.terms import Terms
from kechuang.progress.model import (
    ProgrammeProgress,
    Progress,
    SafeguardProgress,
    TargetProgress,
    TaskProgress,
)


def with_actions(progress: Progress, plan: Plan, facts: Facts, terms: Terms, file: str = "") -> Progress:
    """``progress`` with the standing of its tasks and measures by ``facts``; ``file`` is where the plan stands.

    Faults (milestones that wait in a circle or for one that is not there) are told in ``faults``; everything
    else is judged all the same.
    """
    judging = _Judging(progress, plan, facts, terms, file)
    return replace(
        progress,
        programmes=tuple(judging.programme(one) for one in progress.programmes),
        safeguards=tuple(judging.safeguard(one) for one in progress.safeguards),
        chains=judging.network.chains,
        threats=judging.network.threats(judging.serves()),
        faults=judging.network.faults,
    )


class _Judging:
    def __init__(self, progress: Progress, plan: Plan, facts: Facts, terms: Terms, file: str) -> None:
        self.plan, self.facts, self.terms = plan, facts, terms
        self.targets = {target.id: target for target in progress.targets}
        self.actions: dict[str, tuple[Action, Weights | None]] = {}
        for programme in plan.programmes:
            self.actions.update({task.id: (task, programme.weights) for task in programme.tasks})
        for group in plan.safeguards:
            self.actions.update({measure.id: (measure, group.weights) for measure in group.measures})
        self.states = {
            entry: states_of(action, facts, terms.day) for entry, (action, _) in self.actions.items()
        }
        self.network: Network = network(
            [one for states in self.states.values() for one in states],
            terms.day,
            terms.period_end,
            self._places(file),
        )

    def serves(self) -> dict[str, list[tuple[str, date]]]:
        """Entry → targets that must be reached, each with the last day of its year."""
        found: dict[str, list[tuple[str, date]]] = {}
        for entry, (action, _) in self.actions.items():
            served = [
                (target.id, date(target.year, 12, 31))
                for target in self._served(action)
                if target.year is not None and target.status != "achieved"
            ]
            for part in (action, *getattr(action, "subtasks", ())):
                found[part.id] = served
            found[entry] = served
        return found

    def programme(self, told: ProgrammeProgress) -> ProgrammeProgress:
        tasks = tuple(self.action(task) for task in told.tasks)
        return replace(told, tasks=tasks, standing=group_of(_standings(tasks), self.terms))

    def safeguard(self, told: SafeguardProgress) -> SafeguardProgress:
        measures = tuple(self.action(measure) for measure in told.measures)
        return replace(told, measures=measures, standing=group_of(_standings(measures), self.terms))

    def action(self, told: TaskProgress) -> TaskProgress:
        action, above = self.actions[told.id]
        states = tuple(self._placed(one) for one in self.states[told.id])
        standing = standing_of(
            action, states, self.facts, self._served(action), self.terms, (self.plan.weights, above)
        )
        return replace(told, standing=standing)

    def _placed(self, state: MilestoneState) -> MilestoneState:
        """The state with what the network says of it."""
        known = self.network.milestones.get(state.id)
        if known is None:
            return state
        slack = known.slack if state.standing != "done" else None
        expected = state.done if state.standing == "done" else known.expected
        return replace(state, expected=expected, slack=slack, critical=known.critical)

    def _served(self, action: Action) -> list[TargetProgress]:
        names = [*action.serves, *(one for part in getattr(action, "subtasks", ()) for one in part.serves)]
        return [self.targets[name] for name in dict.fromkeys(names) if name in self.targets]

    def _places(self, file: str) -> dict[tuple[str, str], Place]:
        """Where each milestone is written: its record's cell, else the plan."""
        rows = {
            (row.type, row.key): row.place
            for type_ in self.facts.proving("milestones")
            for row in self.facts.rows.get(type_.id, ())
        }
        found = {}
        for states in self.states.values():
            for one in states:
                place = rows.get((one.record.type, one.record.key)) if one.record else None
                found[one.id] = place or Place(file=file or None, field=f"{one.entry}.milestones")
        return found


def _standings(told: Sequence[TaskProgress]) -> Mapping[str, Standing]:
    return {one.id: one.standing for one in told if one.standing is not None}
