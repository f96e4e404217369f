"""Milestones that wait for others: what a delay carries along, how much may slip, which target it threatens.

The planned days between a milestone and the one it waits for are kept: a milestone is expected
``max(due, today, expected of what it waits for + planned days between)``. Slack is what is left until the plan
ends when the same is reckoned backwards (critical path method, Kelley and Walker 1959, on days due rather
than on durations, which plans do not give). A circle of milestones has no order: it is a fault, and those in
it are left out.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kechuang.errors import Fault, Place, listed
from kechuang.messages import say
from kechuang.progress.actions.model import Chain, MilestoneState, Threat

Id = tuple[str, str]


@dataclass(frozen=True)
class Network:
    """All milestones with what waiting for one another does to them."""

    milestones: Mapping[Id, MilestoneState]
    chains: tuple[Chain, ...]
    faults: tuple[Fault, ...]
    following: Mapping[Id, frozenset[Id]]

    def threats(self, serves: Mapping[str, Sequence[tuple[str, date]]]) -> tuple[Threat, ...]:
        """Which delays reach which targets; ``serves``: entry → (target, last day of its year)."""
        found = []
        for place, one in self.milestones.items():
            if one.standing == "done" or one.delay <= 0:
                continue
            ends: dict[str, date] = {}
            for later in {place, *self.following.get(place, ())}:
                state = self.milestones[later]
                if state.expected is not None:
                    ends[later[0]] = max(ends.get(later[0], date.min), state.expected)
            for entry, expected in sorted(ends.items()):
                for target, deadline in serves.get(entry, ()):
                    found.append(Threat(place, one.delay, target, entry, expected, deadline))
        return tuple(sorted(found, key=lambda threat: (threat.margin, threat.target, threat.milestone)))


def network(
    states: Iterable[MilestoneState], day: date, end: date | None, places: Mapping[Id, Place]
) -> Network:
    """The network of ``states`` on ``day`` in a plan that ends on ``end``; ``places`` says where each stands.

    Of two milestones with one name under one entry (records of two regions) the later due stands for both.
    """
    nodes: dict[Id, MilestoneState] = {}
    for one in states:
        known = nodes.get(one.id)
        if known is None or (one.standing != "done", one.due or date.max) > (
            known.standing != "done",
            known.due or date.max,
        ):
            nodes[one.id] = one
    faults = list(_unknown(nodes, places))
    before = {place: [other for other in one.after if other in nodes] for place, one in nodes.items()}
    order, circle = _ordered(before)
    if circle:
        names = listed(["|".join(place) for place in circle])
        problem = say("节点互相等待，成了一圈：{names}", names=names)
        faults.append(Fault("milestone-circle", problem, places.get(circle[0], Place())))
    left = set(order)
    before = {place: [other for other in before[place] if other in left] for place in order}
    after: dict[Id, list[Id]] = defaultdict(list)
    for place, others in before.items():
        for other in others:
            after[other].append(place)
    expected, driver = _expected(order, before, nodes, day)
    latest = _latest(order, after, nodes, end)
    chains = tuple(_chains(order, before, after, nodes, expected, driver, end))
    critical = {place for chain in chains for place in chain.path}
    found = {
        place: replace(
            one,
            expected=expected.get(place),
            slack=(latest[place] - expected[place]).days
            if place in latest and place in expected and one.standing != "done"
            else None,
            critical=place in critical,
        )
        for place, one in nodes.items()
    }
    return Network(found, chains, tuple(faults), _following(order, after))


def _unknown(nodes: Mapping[Id, MilestoneState], places: Mapping[Id, Place]) -> Iterable[Fault]:
    for place, one in nodes.items():
        for other in one.after:
            if other not in nodes:
                problem = say(
                    "“{name}”的前置节点“{other}”不存在", name="|".join(place), other="|".join(other)
                )
                yield Fault("milestone-unknown", problem, places.get(place, Place()))


def _ordered(before: Mapping[Id, Sequence[Id]]) -> tuple[list[Id], list[Id]]:
    """Every milestone after those it waits for; and one circle, where there is any (Kahn 1962)."""
    waits = {place: set(others) for place, others in before.items()}
    behind: dict[Id, list[Id]] = defaultdict(list)
    for place, others in sorted(waits.items()):
        for other in others:
            behind[other].append(place)
    order: list[Id] = []
    ready = deque(sorted(place for place, others in waits.items() if not others))
    while ready:
        place = ready.popleft()
        order.append(place)
        waits.pop(place)
        for other in behind[place]:
            waits[other].remove(place)
            if not waits[other]:
                ready.append(other)
    if not waits:
        return order, []
    # Going back from any that still waits, one comes round.
    trail: list[Id] = [min(waits)]
    while trail[-1] not in trail[:-1]:
        trail.append(min(waits[trail[-1]]))
    circle = trail[trail.index(trail[-1]) : -1]
    first = circle.index(min(circle))
    return order, circle[first:] + circle[:first]


def _lag(one: MilestoneState, other: MilestoneState) -> timedelta:
    """The days planned from ``one`` to ``other``, which waits for it."""
    if one.due is None or other.due is None:
        return timedelta()
    return max(timedelta(), other.due - one.due)


def _expected(
    order: Sequence[Id], before: Mapping[Id, Sequence[Id]], nodes: Mapping[Id, MilestoneState], day: date
) -> tuple[dict[Id, date], dict[Id, Id]]:
    """When each will be done, and which of those before it decides that."""
    found: dict[Id, date] = {}
    driver: dict[Id, Id] = {}
    for place in order:
        one = nodes[place]
        if one.standing == "done" and one.done is not None:
            found[place] = one.done
        else:
            found[place] = max(day, one.due) if one.due is not None else day
        latest: date | None = None
        for other in before[place]:
            reached = found[other] + _lag(nodes[other], one)
            if latest is None or reached > latest:
                latest, driver[place] = reached, other
        if latest is not None and one.standing != "done":
            found[place] = max(found[place], latest)
    return found, driver


def _latest(
    order: Sequence[Id],
    after: Mapping[Id, Sequence[Id]],
    nodes: Mapping[Id, MilestoneState],
    end: date | None,
) -> dict[Id, date]:
    """The last day on which each may be done for everything to be done by ``end``."""
    found: dict[Id, date] = {}
    if end is None:
        return found
    for place in reversed(order):
        found[place] = min(
            (
                found[later] - _lag(nodes[place], nodes[later])
                for later in after.get(place, ())
                if nodes[later].standing != "done"
            ),
            default=end,
        )
    return found


def _chains(
    order: Sequence[Id],
    before: Mapping[Id, Sequence[Id]],
    after: Mapping[Id, Sequence[Id]],
    nodes: Mapping[Id, MilestoneState],
    expected: Mapping[Id, date],
    driver: Mapping[Id, Id],
    end: date | None,
) -> Iterable[Chain]:
    """The longest path of each set of milestones that hang together, the latest end first."""
    seen: set[Id] = set()
    found: list[Chain] = []
    for start in order:
        if start in seen:
            continue
        together, open_ = {start}, [start]
        while open_:
            place = open_.pop()
            for other in (*before[place], *after.get(place, ())):
                if other not in together:
                    together.add(other)
                    open_.append(other)
        seen |= together
        if len(together) < 2:
            continue
        last = max(
            (place for place in together if not after.get(place)), key=lambda one: (expected[one], one)
        )
        path = [last]
        while path[-1] in driver:
            path.append(driver[path[-1]])
        planned = nodes[last].due or expected[last]
        slack = (end - expected[last]).days if end is not None else None
        found.append(Chain(tuple(reversed(path)), planned, expected[last], end, slack))
    return sorted(found, key=lambda chain: (-chain.expected.toordinal(), chain.path))


def _following(order: Sequence[Id], after: Mapping[Id, Sequence[Id]]) -> dict[Id, frozenset[Id]]:
    """Everything that waits for each, at any remove."""
    found: dict[Id, frozenset[Id]] = {}
    for place in reversed(order):
        later = set(after.get(place, ()))
        found[place] = frozenset(later.union(*(found[one] for one in later)))
    return found
