"""What a plan asks for, entry by entry, and on which level of the state the plan stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from kechuang.language.terms import Term, term_of, terms_in
from kechuang.plan.compare.items import Kind
from kechuang.plan.compare.likeness import plain
from kechuang.plan.model import Action, Plan, PlanSpan, Target

PlanLevel = Literal["national", "regional", "prefecture", "county"]

_NATION = re.compile(r"中华人民共和国|全国|国家")
_NATIONAL_CODES = ("000000", "100000")


@dataclass(frozen=True)
class Ask:
    """A target, task or measure; a programme or safeguard that has none under it. ``above`` is what it is under."""

    kind: Kind
    id: str
    title: str
    above: str = ""
    span: PlanSpan | None = field(default=None, compare=False)
    target: Target | None = field(default=None, compare=False)

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "id": self.id,
            "title": self.title,
            "span": self.span.model_dump() if self.span else None,
        }


def asks_of(plan: Plan) -> list[Ask]:
    """Everything ``plan`` asks for, in order of writing."""
    return list(_asks(plan))


def indicator_of(name: str) -> Term | None:
    """The term a target is measured by: its name as a whole, or the one term that makes up half of it.

    >>> indicator_of("全社会研发经费投入强度").id
    'rd_intensity'
    >>> indicator_of("高新技术企业和科技型中小企业数") is None
    True
    """
    whole = term_of(name)
    if whole is not None:
        return whole
    found = terms_in(name)
    if len(found) != 1 or 2 * (found[0].end - found[0].start) < len(plain(name)):
        return None
    return found[0].term


def level_of(plan: Plan) -> PlanLevel | None:
    """The level by the region's code (GB/T 2260); of a plan without one by its title; None where unknown."""
    code = plan.region_code
    if code is None or code in _NATIONAL_CODES:
        named = " ".join(filter(None, (plan.region, plan.plan_title, plan.title)))
        return "national" if code is not None or (not plan.region and _NATION.search(named)) else None
    if code.endswith("0000"):
        return "regional"
    return "prefecture" if code.endswith("00") else "county"


def _asks(plan: Plan) -> Iterator[Ask]:
    for target in plan.targets:
        yield Ask("target", target.id, target.name, "", target.span, target)
    for programme in plan.programmes:
        if not programme.tasks:
            yield Ask("programme", programme.id, programme.title, "", programme.span)
        for task in programme.tasks:
            yield _action("task", task, programme.title)
    for group in plan.safeguards:
        if not group.measures:
            yield Ask("safeguard", group.id, group.title, "", group.span)
        for measure in group.measures:
            yield _action("measure", measure, group.title)


def _action(kind: Kind, action: Action, above: str) -> Ask:
    return Ask(kind, action.id, action.title, above, action.span)
