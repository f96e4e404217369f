"""A plan as a list of entries, each with what can be held against its counterpart in another plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from kechuang.plan.model import Action, Plan, PlanSpan, Target

Kind = Literal[
    "fact", "basis", "problem", "stage", "target", "programme", "task", "subtask", "safeguard", "measure"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Facts whose words may be written otherwise; a change of the rest is one of content.
WORDED = ("title", "plan_title")
_FACTS = ("title", "plan_title", "region", "region_code", "period", "issuer", "author", "issued", "status")
_TARGET = ("comparator", "value", "high", "multiple", "unit", "year", "baseline", "nature", "direction")
#: What only an office writes into a plan.yaml; a document never says it.
_OFFICE_TARGET = ("indicator", "interim", "path", "growth", "counties", "amendments", "note")
_OFFICE_ACTION = ("serves", "evidence")


@dataclass(frozen=True)
class Item:
    """``parent`` and ``place`` say where it stands: the entry above it in the list, and which of its kind there.

    ``fields``: name → value as JSON has it, in order of telling.
    """

    kind: Kind
    id: str
    name: str
    span: PlanSpan | None = None
    parent: int | None = None
    place: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words_key(self) -> str:
        """What the plan file calls the words of such an entry."""
        return {"target": "name", "stage": "name", "problem": "text", "fact": "value"}.get(self.kind, "title")


def items_of(plan: Plan, office: bool = True) -> list[Item]:
    """Every entry of ``plan`` in order of kinds and of writing; without the office's own fields if not ``office``."""
    found: list[Item] = []

    def add(item: Item) -> int:
        found.append(item)
        return len(found) - 1

    for item in _heads(plan):
        add(item)
    for place, target in enumerate(plan.targets):
        fields = _target(target, office)
        add(Item("target", target.id, target.name, target.span, None, place, fields))
    for place, programme in enumerate(plan.programmes):
        lead = {"lead": list(programme.lead)}
        above = add(Item("programme", programme.id, programme.title, programme.span, None, place, lead))
        for at, task in enumerate(programme.tasks):
            own = add(_action("task", task, above, at, office))
            for n, part in enumerate(task.subtasks):
                add(_action("subtask", part, own, n, office))
    for place, group in enumerate(plan.safeguards):
        above = add(Item("safeguard", group.id, group.title, group.span, None, place))
        for at, measure in enumerate(group.measures):
            add(_action("measure", measure, above, at, office))
    return found


def _heads(plan: Plan) -> Iterator[Item]:
    for place, name in enumerate(_FACTS):
        value = getattr(plan, name)
        if value is not None:
            shown = list(value) if isinstance(value, tuple) else value
            words = str(value) if name in WORDED else name
            yield Item("fact", name, words, None, None, place, {} if name in WORDED else {"value": shown})
    if plan.framework:
        parts = [f"{part.number} {part.what}" for part in plan.framework]
        yield Item("fact", "framework", "framework", None, None, len(_FACTS), {"value": parts})
    for place, title in enumerate(plan.basis):
        yield Item("basis", f"B{place + 1}", title, None, None, place)
    for place, problem in enumerate(plan.problems):
        yield Item("problem", f"Q{place + 1}", problem.text, problem.span, None, place)
    for place, stage in enumerate(plan.stages):
        fields = {"start": stage.start, "end": stage.end, "months": stage.months}
        yield Item("stage", f"G{place + 1}", stage.name, stage.span, None, place, fields)


def _target(target: Target, office: bool) -> dict[str, Any]:
    data = target.model_dump(mode="json")
    baseline = data["baseline"]
    if baseline is not None:
        # A baseline set from records is the office's own, too.
        own = baseline["origin"] == "records"
        data["baseline"] = {key: baseline[key] for key in ("value", "year")} if office or not own else None
    names = (*_TARGET, "per_year", "lead", "partners", *(_OFFICE_TARGET if office else ()))
    return {name: data[name] for name in names}


def _action(kind: Kind, action: Action, parent: int, place: int, office: bool) -> Item:
    names = ("lead", "partners", *(_OFFICE_ACTION if office else ()))
    fields = {name: list(getattr(action, name)) for name in names}
    return Item(kind, action.id, action.title, action.span, parent, place, fields)
