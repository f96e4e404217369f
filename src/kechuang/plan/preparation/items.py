"""The entries of a plan as a person confirms them, one by one: facts, lists, targets, tasks, measures.

Each :class:`Item` has an id to speak of it (``T3``, ``P2.4``, ``issuer``, ``basis.2``), a key that stays
with it, and a digest of what a machine may have read wrong. What the office adds later (indicator,
notes, amendments, links) is no part of the digest: it needs no new confirmation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from kechuang.messages import Message, say
from kechuang.plan.model import Plan, PlanSpan
from kechuang.plan.preparation.journal import digest_of

#: From which confidence a machine's reading is not marked as doubtful.
SURE = 0.8
FACTS: dict[str, Message] = {
    "title": say("文本标题"),
    "plan_title": say("规划名称"),
    "region": say("所属地区"),
    "region_code": say("地区代码"),
    "period": say("规划期"),
    "issuer": say("印发机关"),
    "author": say("起草单位"),
    "issued": say("印发日期"),
}
KINDS: dict[str, Message] = {
    "fact": say("基本信息"),
    "basis": say("依据"),
    "framework": say("总体布局"),
    "problem": say("存在问题"),
    "stage": say("编制阶段"),
    "target": say("目标"),
    "programme": say("工程"),
    "task": say("任务"),
    "subtask": say("子任务"),
    "safeguard": say("保障"),
    "measure": say("措施"),
}
#: Fields outside the digest: spans and confidence are the machine's, the rest the office's own work.
_ASIDE = {
    "target": {"span", "confidence", "indicator", "note", "amendments"},
    "action": {
        *("span", "confidence", "serves", "evidence", "subtasks"),
        *("weight", "weights", "milestones", "outputs"),
    },
    "programme": {"span", "confidence", "tasks", "weights"},
    "safeguard": {"span", "confidence", "measures", "weights"},
    "other": {"span", "confidence"},
}
_SHAPE = {"task": "action", "subtask": "action", "measure": "action"}

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Item:
    """One entry. ``path`` is its place in the plan, ``value`` what is confirmed of it (plain data)."""

    id: str
    kind: str
    key: str
    path: Path
    label: str
    value: Any
    span: PlanSpan | None = None
    confidence: float | None = None

    @property
    def digest(self) -> str:
        return digest_of(self.value)

    @property
    def doubtful(self) -> bool:
        return self.confidence is not None and self.confidence < SURE

    @property
    def name(self) -> tuple[str, str]:
        """Kind and key: what a decision is kept under."""
        return self.kind, self.key


def items_of(plan: Plan) -> list[Item]:
    """Every entry of ``plan``, in its order."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for item in _walk(plan):
        seen[item.name] += 1
        again = seen[item.name]  # two entries that read the same are told apart by their order
        found.append(item if again == 1 else _renamed(item, f"{item.key}#{again}"))
    return found


def _renamed(item: Item, key: str) -> Item:
    return Item(item.id, item.kind, key, item.path, item.label, item.value, item.span, item.confidence)


def _walk(plan: Plan) -> Iterator[Item]:
    for name, said in FACTS.items():
        value = getattr(plan, name)
        plain = list(value) if isinstance(value, tuple) else value
        yield Item(name, "fact", name, (name,), str(said), plain)
    for at, text in enumerate(plan.basis):
        yield Item(f"basis.{at + 1}", "basis", text, ("basis", at), text, text)
    if plan.framework:
        parts = [part.model_dump() for part in plan.framework]
        label = "、".join(f"{part.number} {part.what}" for part in plan.framework)
        yield Item("framework", "framework", "framework", ("framework",), label, parts)
    for at, problem in enumerate(plan.problems):
        yield _model(f"problems.{at + 1}", "problem", problem.text, ("problems", at), problem)
    for at, stage in enumerate(plan.stages):
        yield _model(f"stages.{at + 1}", "stage", stage.name, ("stages", at), stage)
    for at, target in enumerate(plan.targets):
        yield _model(target.id, "target", target.id, ("targets", at), target)
    for at, programme in enumerate(plan.programmes):
        yield _model(programme.id, "programme", programme.id, ("programmes", at), programme)
        for place, task in enumerate(programme.tasks):
            path: Path = ("programmes", at, "tasks", place)
            yield _model(task.id, "task", task.id, path, task)
            for below, sub in enumerate(task.subtasks):
                yield _model(sub.id, "subtask", sub.id, (*path, "subtasks", below), sub)
    for at, safeguard in enumerate(plan.safeguards):
        yield _model(safeguard.id, "safeguard", safeguard.id, ("safeguards", at), safeguard)
        for place, measure in enumerate(safeguard.measures):
            path = ("safeguards", at, "measures", place)
            yield _model(measure.id, "measure", measure.id, path, measure)


def _model(name: str, kind: str, key: str, path: Path, entry: BaseModel) -> Item:
    aside = _ASIDE.get(_SHAPE.get(kind, kind), _ASIDE["other"])
    value = entry.model_dump(mode="json", exclude=aside, exclude_defaults=True)
    label = str(getattr(entry, "name", None) or getattr(entry, "title", None) or getattr(entry, "text", ""))
    return Item(
        name, kind, key, path, label, value, getattr(entry, "span", None), getattr(entry, "confidence", None)
    )


def at_path(data: Any, path: Path) -> Any:
    """The value at ``path`` of a plan as plain data."""
    for part in path:
        data = data[part]
    return data


def words_of(value: Any) -> str:
    """A confirmed value for people: one line."""
    if value is None:
        return "—"
    if isinstance(value, dict):
        return "；".join(f"{name} {words_of(part)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return "、".join(words_of(part) for part in value) or "—"
    if isinstance(value, float):
        return f"{value:.12g}"
    return str(value)
