"""Changes of a plan's entries: fields set from what a person wrote, entries dropped, restored and added."""

from __future__ import annotations

import re
import types
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from kechuang.declared import read_yaml, validated
from kechuang.errors import KechuangError, Place, listed, system_trouble
from kechuang.messages import say
from kechuang.plan.model import (
    Action,
    FrameworkPart,
    Plan,
    Problem,
    Programme,
    Safeguard,
    Stage,
    Target,
    Task,
)
from kechuang.plan.preparation.items import Item, at_path, items_of

_NONE = frozenset({"", "null", "none", "None", "无", "空", "—"})
_WORDS: dict[str, dict[str, str]] = {
    "comparator": {"≥": ">=", "≧": ">=", "不低于": ">=", "≤": "<=", "≦": "<=", "不高于": "<=", "＝": "=", "＞": ">", "＜": "<", "左右": "~", "区间": "range"},
    "nature": {"约束性": "binding", "预期性": "expected"},
    "direction": {"升": "up", "上升": "up", "降": "down", "下降": "down"},
    "per_year": {"是": "true", "否": "false"},
}  # fmt: skip
_SPLIT = re.compile(r"[、,，;；]\s*")
_MODELS: dict[str, type[BaseModel]] = {
    "target": Target,
    "stage": Stage,
    "problem": Problem,
    "programme": Programme,
    "task": Task,
    "subtask": Action,
    "safeguard": Safeguard,
    "measure": Action,
}
#: Fields nobody sets one by one: identity, the machine's own, and what has commands or entries of its own.
_FIXED = frozenset(
    {
        *("id", "tasks", "subtasks", "measures", "amendments", "span", "confidence"),
        *("weights", "milestones", "outputs"),
    }
)


def fields_of(item: Item) -> list[str]:
    """The names one may set of an entry; empty where the entry is one value."""
    if item.kind == "framework":
        return [f"{n}.{name}" for n in range(1, len(item.value) + 1) for name in FrameworkPart.model_fields]
    model = _MODELS.get(item.kind)
    return [name for name in model.model_fields if name not in _FIXED] if model else []


def assigned(text: str) -> tuple[str, str]:
    """``T1.value=60`` as place and value; KechuangError where there is no “=”."""
    place, sign, value = text.partition("=")
    if not sign or not place.strip():
        raise KechuangError(
            "not-an-assignment",
            say("“{text}”不是“条目.字段=值”", text=text),
            remedy=say("例如：--set T1.value=60、--set T1.unit=家、--set issued=2022-04-07。"),
        )
    return place.strip(), value.strip()


def item_named(plan: Plan, name: str, items: Sequence[Item] | None = None) -> Item:
    """The entry with that id; KechuangError (no-item) with near ones."""
    from difflib import get_close_matches

    known = items_of(plan) if items is None else items
    found = next((item for item in known if item.id == name), None)
    if found is None:
        names = [item.id for item in known]
        raise KechuangError(
            "no-item",
            say("规划中没有条目“{name}”", name=name),
            remedy=say(
                "可用的有：{known}。", known=listed(get_close_matches(name, names, 5, 0.4) or names[:12])
            ),
        )
    return found


def split_place(plan: Plan, place: str) -> tuple[Item, list[str]]:
    """``P2.4.title`` as the entry with the longest fitting id, and the names below it."""
    parts = place.split(".")
    items = items_of(plan)
    for count in range(len(parts), 0, -1):
        found = next((item for item in items if item.id == ".".join(parts[:count])), None)
        if found is not None:
            return found, parts[count:]
    return item_named(plan, parts[0], items), parts[1:]


def with_fields(plan: Plan, assignments: Sequence[tuple[str, str]], file: FilePath) -> tuple[Plan, list[str]]:
    """``plan`` with fields set, and the ids of the entries that were touched.

    Raises KechuangError where a place is unknown or a value is not of its kind; all faults at once.
    """
    data = plan.model_dump(mode="python")
    touched: list[str] = []
    for place, value in assignments:
        item, names = split_place(plan, place)
        _set(data, item, names, value)
        if item.id not in touched:
            touched.append(item.id)
    return validated(Plan, data, file), touched


def _set(data: Any, item: Item, names: list[str], value: str) -> None:
    if item.kind == "fact":
        if names:
            raise _no_field(item, ".".join(names))
        data[item.id] = _fact(item.id, value)
        return
    if item.kind == "basis":
        if names:
            raise _no_field(item, ".".join(names))
        data["basis"][item.path[1]] = value
        return
    if item.kind == "framework":
        _set_framework(data, item, names, value)
        return
    if item.kind == "problem" and not names:
        names = ["text"]
    if not names:
        raise KechuangError(
            "no-field",
            say("没有说明改 {item} 的哪个字段", item=item.id),
            remedy=say("可改的有：{known}。", known=listed(fields_of(item))),
        )
    entry = at_path(data, item.path)
    _into(entry, _MODELS[item.kind], names, value, item)


def entry_of(kind: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """A new entry of ``kind`` from what was typed, by field; fields nobody filled in are empty."""
    model = _MODELS[kind]
    entry: dict[str, Any] = {name: None for name, one in model.model_fields.items() if one.is_required()}
    entry.pop("id", None)
    for field, text in texts.items():
        _into(entry, model, field.split("."), text, Item("", kind, "", (), "", None))
    return entry


def _into(entry: dict[str, Any], model: type[BaseModel], names: list[str], value: str, item: Item) -> None:
    name, rest = names[0], names[1:]
    if name in _FIXED or name not in model.model_fields:
        raise _no_field(item, name)
    kind = _inner(model.model_fields[name].annotation)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if not rest:
            if value in _NONE:
                entry[name] = None
                return
            raise _no_field(item, name, [f"{name}.{below}" for below in kind.model_fields])
        if entry.get(name) is None:
            entry[name] = {}
        _into(entry[name], kind, rest, value, item)
        return
    if get_origin(kind) is dict:
        if len(rest) != 1:
            raise _no_field(item, name, [f"{name}.2023"])
        table = dict(entry.get(name) or {})
        if value in _NONE:
            table.pop(int(rest[0]) if rest[0].isdigit() else rest[0], None)
        else:
            table[int(rest[0]) if rest[0].isdigit() else rest[0]] = value
        entry[name] = table
        return
    if rest:
        raise _no_field(item, ".".join(names))
    entry[name] = _value(name, kind, value)


def _value(name: str, kind: Any, value: str) -> Any:
    value = _WORDS.get(name, {}).get(value, value)
    if get_origin(kind) is list:
        return [] if value in _NONE else [part for part in _SPLIT.split(value) if part]
    if value in _NONE:
        return None
    if kind in (float, int) and re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", value):
        return value.replace(",", "")
    return value


def _inner(annotation: Any) -> Any:
    """``X`` of ``X | None``."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next((part for part in get_args(annotation) if part is not type(None)), annotation)
    return annotation


def _fact(name: str, value: str) -> Any:
    if value in _NONE:
        return None
    if name == "period":
        years = re.fullmatch(r"(\d{4})\s*年?\s*[-—–~至到,，]+\s*(\d{4})\s*年?", value)
        if years is None:
            raise KechuangError(
                "not-a-period",
                say("“{text}”不是规划期", text=value),
                remedy=say("请写成 2021-2025 的样子。"),
            )
        return int(years[1]), int(years[2])
    return value


def _set_framework(data: Any, item: Item, names: list[str], value: str) -> None:
    if len(names) != 2 or not names[0].isdigit() or names[1] not in FrameworkPart.model_fields:
        raise _no_field(item, ".".join(names))
    at = int(names[0]) - 1
    if not 0 <= at < len(data["framework"]):
        raise _no_field(item, ".".join(names))
    data["framework"][at][names[1]] = value


def _no_field(item: Item, name: str, known: Sequence[str] | None = None) -> KechuangError:
    names = list(known) if known is not None else fields_of(item)
    return KechuangError(
        "no-field",
        say("{item} 没有可改的字段“{name}”", item=item.id, name=name),
        remedy=say("可改的有：{known}。", known=listed(names))
        if names
        else say("它只有一个值，请写成 --set {item}=值。", item=item.id),
    )


def without(plan: Plan, item: Item) -> Plan:
    """``plan`` without an entry (and what is below it); a fact becomes empty. Links to a target go with it."""
    data = plan.model_dump(mode="python")
    if item.kind == "fact":
        data[item.id] = None
    elif item.kind == "framework":
        data["framework"] = []
    else:
        at = item.path[-1]
        assert isinstance(at, int)
        del at_path(data, item.path[:-1])[at]
    made = Plan.model_validate(data)
    if item.kind == "target":
        for action in actions_of(made):
            action.serves = [name for name in action.serves if name != item.id]
    return made


def sure(plan: Plan) -> Plan:
    """``plan`` without the reader's confidences: a person has confirmed every entry."""
    data = plan.model_dump(mode="python")
    for item in items_of(plan):
        entry = at_path(data, item.path)
        if isinstance(entry, dict) and "confidence" in entry:
            entry["confidence"] = None
    return Plan.model_validate(data)


def below(plan: Plan, item: Item) -> list[Item]:
    """The entries inside an entry (tasks of a programme, …)."""
    return [
        other
        for other in items_of(plan)
        if len(other.path) > len(item.path) and other.path[: len(item.path)] == item.path
    ]


def actions_of(plan: Plan) -> list[Action]:
    """Every task, sub-task and measure."""
    tasks = [task for programme in plan.programmes for task in programme.tasks]
    subs: list[Action] = [sub for task in tasks for sub in task.subtasks]
    return [*tasks, *subs, *(measure for group in plan.safeguards for measure in group.measures)]


def restored(plan: Plan, draft: Plan, item: Item) -> Plan:
    """``plan`` with an entry of the draft back at its place: after the nearest one before it that is still there.

    Raises KechuangError where what it belongs to (its programme, say) is not in the plan.
    """
    data, before = plan.model_dump(mode="python"), draft.model_dump(mode="python")
    if item.kind in ("fact", "framework"):
        data[str(item.path[0])] = before[str(item.path[0])]
        return Plan.model_validate(data)
    entry = at_path(before, item.path)
    siblings = at_path(before, item.path[:-1])
    place = _parent(plan, draft, item)
    if place is None:
        raise KechuangError(
            "parent-dropped",
            say("{item} 所属的条目已经删去", item=item.id),
            remedy=say("请先用 --keep 保留它所属的条目。"),
        )
    there = at_path(data, place)
    at = item.path[-1]
    assert isinstance(at, int)
    identity = _identity(item.kind)
    have = [identity(one) for one in there]
    position = 0
    for sibling in siblings[:at]:
        if identity(sibling) in have:
            position = have.index(identity(sibling)) + 1
    for name in ("tasks", "subtasks", "measures"):
        if isinstance(entry, dict) and name in entry:
            entry[name] = []  # each is decided on its own
    there.insert(position, entry)
    return Plan.model_validate(data)


def _parent(plan: Plan, draft: Plan, item: Item) -> tuple[str | int, ...] | None:
    """Where in ``plan`` the list stands that held ``item`` in the draft."""
    if len(item.path) == 2:
        return item.path[:1]
    held = next(other for other in items_of(draft) if other.path == item.path[:-2])
    now = next((other for other in items_of(plan) if other.name == held.name), None)
    return (*now.path, item.path[-2]) if now else None


def _identity(kind: str) -> Any:
    if kind == "basis":
        return lambda entry: entry
    field = {"problem": "text", "stage": "name"}.get(kind, "id")
    return lambda entry: entry[field]


#: What a snippet of YAML may add, and the model of each.
_SECTIONS: dict[str, type[BaseModel]] = {
    "targets": Target,
    "stages": Stage,
    "problems": Problem,
    "programmes": Programme,
    "safeguards": Safeguard,
    "tasks": Task,
    "measures": Action,
}


def snippet_of(path: FilePath) -> dict[str, list[Any]]:
    """The entries of a YAML snippet by section: one target alone, a list of targets, or sections as in plan.yaml."""
    try:
        content = read_yaml(path)
    except OSError as error:
        raise KechuangError(
            "file-missing" if not path.exists() else "file-unreadable",
            say("文件读不出来：{problem}", problem=system_trouble(error)),
            place=Place(file=str(path)),
        ) from None
    if isinstance(content, list):
        content = {"targets": content}
    elif isinstance(content, dict) and "name" in content:
        content = {"targets": [content]}
    known = (*_SECTIONS, "basis")
    if (
        not isinstance(content, dict)
        or not content
        or any(name not in known or not isinstance(entries, list) for name, entries in content.items())
    ):
        raise KechuangError(
            "snippet-invalid",
            say("看不出要补上什么"),
            place=Place(file=str(path)),
            remedy=say(
                "请写一个目标（name、value、unit、year），或按 plan.yaml 的样子写 {known} 的列表。",
                known=listed(known),
            ),
        )
    return {name: list(entries) for name, entries in content.items()}


def next_id(taken: Sequence[str], letter: str, parent: str | None = None) -> str:
    """An id nobody ever had: one more than the highest.

    >>> next_id(["T1", "T9", "T3"], "T"), next_id(["P2", "P2.4"], "P", "P2")
    ('T10', 'P2.5')
    """
    pattern = re.compile(rf"{re.escape(parent)}\.(\d+)" if parent else rf"{letter}(\d+)")
    numbers = [int(found[1]) for name in taken if (found := pattern.fullmatch(name))]
    return f"{parent}." * bool(parent) + (letter if not parent else "") + str(max(numbers, default=0) + 1)
