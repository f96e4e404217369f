"""The structure of the plan as rows, and one entry with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kechuang.errors import Joined, listed
from kechuang.messages import Message, language, literal, say
from kechuang.plan.compare import wording
from kechuang.plan.compare.items import Item as Compared
from kechuang.plan.model import Target
from kechuang.plan.preparation import events
from kechuang.plan.preparation.amending import Amended, amendments_of, target_on
from kechuang.plan.preparation.confirm import Answer, Standing
from kechuang.plan.preparation.correcting import mark_of, texts_of
from kechuang.plan.preparation.items import FACTS, KINDS, Item, at_path, words_of
from kechuang.plan.preparation.journal import Entry
from kechuang.plan.preparation.locate import titles_of
from kechuang.plan.preparation.telling import told
from kechuang.plan.preparation.versions import history_of
from kechuang.progress.status import Mark
from kechuang.web.rooms.consultation import Outcome
from kechuang.web.rooms.plan_known import Known
from kechuang.web.workspaces import served

#: Where each kind of entry stands in the list, and what the public sees of it.
GROUPS: dict[str, Message] = {
    "target": say("规划目标"),
    "programme": say("工程与任务"),
    "safeguard": say("保障措施"),
    "stage": say("编制阶段"),
    "fact": say("基本信息与依据"),
}
_GROUP = {
    "target": "target",
    "programme": "programme",
    "task": "programme",
    "subtask": "programme",
    "safeguard": "safeguard",
    "measure": "safeguard",
    "stage": "stage",
}
_DEPTH = {"task": 1, "measure": 1, "subtask": 2}
_ANSWERS: dict[Answer, tuple[Mark, Message]] = {
    "open": ("none", say("待确认")),
    "kept": ("done", say("已确认")),
    "changed": ("done", say("已改正")),
    "added": ("done", say("已补上")),
    "dropped": ("none", say("已删去")),
    "stale": ("watch", say("确认后又改动，须再确认")),
    "gone": ("late", say("已从文件中去掉")),
}


@dataclass(frozen=True)
class Row:
    """An entry in the list. ``state``: in a draft its answer; ``numbers`` of the findings it is in."""

    id: str
    title: str
    kind: Message
    depth: int
    goal: Message | None
    lead: str
    state: tuple[Mark, Message] | None
    comments: int
    numbers: list[int]
    there: bool


@dataclass(frozen=True)
class Group:
    """Entries of one kind under a heading."""

    name: str
    label: Message
    rows: list[Row]


@dataclass(frozen=True)
class Did:
    """Something that was done with an entry: when, by whom, what, and why."""

    day: date
    who: str
    what: Message
    reason: str


@dataclass(frozen=True)
class Detail:
    """One entry opened. ``acts``: what this account may do with it now; ``mark`` tells this state of it."""

    row: Row
    facts: list[tuple[Message, str]]
    serves: list[tuple[str, str]]
    words: str
    located: bool
    amendments: list[tuple[Amended, list[Message]]]
    history: list[Did]
    comments: list[Outcome]
    acts: list[str]
    mark: str


def groups(
    known: Known, inside: bool, numbers: Mapping[str, list[int]], comments: Mapping[str, int], asked: str
) -> list[Group]:
    """The entries by group; all of them for the office, the plan's own promises for everybody else.

    ``asked``: words an entry must have in its id, its title or its lead units.
    """
    standing = {one.item.name: one for one in known.standings}
    rows: dict[str, list[Row]] = {name: [] for name in GROUPS}
    items = [*known.items]
    if inside and known.draft:
        items += [one.item for one in known.standings if one.answer in ("dropped", "gone")]
    words = asked.casefold().split()
    for item in items:
        group = _GROUP.get(item.kind, "fact")
        if not is_seen(item, inside) or (group == "fact" and item.value is None and not known.draft):
            continue
        row = row_of(known, item, standing.get(item.name) if inside else None, numbers, comments)
        text = f"{row.id} {row.title} {row.lead} {row.goal or ''}".casefold()
        if all(word in text for word in words):
            rows[group].append(row)
    return [Group(name, GROUPS[name], found) for name, found in rows.items() if found]


def is_seen(item: Item, inside: bool) -> bool:
    """Whether an entry has a row: title, basis and problems are the office's to confirm, everybody reads them."""
    return inside or item.kind in _GROUP


def row_of(
    known: Known,
    item: Item,
    standing: Standing | None,
    numbers: Mapping[str, list[int]],
    comments: Mapping[str, int],
) -> Row:
    state = None
    if standing is not None and known.draft:
        state = _ANSWERS[standing.answer]
        if standing.answer == "open" and item.doubtful:
            state = ("watch", say("机器拿不准，待确认"))
    return Row(
        item.id,
        item.label,
        KINDS[item.kind],
        _DEPTH.get(item.kind, 0),
        _goal(known, item),
        str(listed(item.value.get("lead", []))) if isinstance(item.value, dict) else "",
        state,
        comments.get(item.id, 0),
        numbers.get(item.id, []),
        standing is None or standing.answer not in ("dropped", "gone"),
    )


def detail_of(
    known: Known,
    standing: Standing,
    row: Row,
    *,
    inside: bool,
    comments: Sequence[Outcome],
    located: bool,
) -> Detail:
    """An entry opened; what only the office may know is left out for others."""
    item = standing.item
    here = row.there and known.item(item.id) is not None
    entry = at_path(known.plan.model_dump(mode="json"), item.path) if here else item.value
    target = next((one for one in known.plan.targets if one.id == item.id), None) if here else None
    amended = [one for one in amendments_of(known.plan) if one.target.id == item.id] if target else []
    titles = titles_of(known.plan)
    serves = entry.get("serves", []) if isinstance(entry, dict) else []
    return Detail(
        row=row,
        facts=_facts(item, entry, target, inside),
        serves=[(name, titles.get(name, name)) for name in serves],
        words=item.span.text if item.span else "",
        located=located,
        amendments=[(one, changes_of(one)) for one in amended],
        history=[_did(one) for one in history_of(item, known.entries)] if inside else [],
        comments=list(comments),
        acts=_acts(known, standing, target) if inside else [],
        mark=mark_of(texts_of(known.plan, item.id)) if inside and here else "",
    )


def changes_of(one: Amended) -> list[Message]:
    """What an amendment changed, one sentence each."""
    from kechuang.plan.compare import FieldChange

    unit = "" if "unit" in one.changed else one.target.unit
    return [
        wording.field_change(FieldChange(name, old, new), unit) for name, (old, new) in one.changed.items()
    ]


def goal_of(target: Target) -> Message:
    """What a target asks for, in one piece."""
    return wording.goal(Compared("target", target.id, target.name, fields=target.model_dump(mode="json")))


def _goal(known: Known, item: Item) -> Message | None:
    target = next((one for one in known.plan.targets if one.id == item.id), None)
    if item.kind == "target" and target is not None:
        return goal_of(target_on(target, served().today))
    if item.kind == "fact" and item.value is not None:
        return literal("—".join(map(str, item.value)) if item.key == "period" else words_of(item.value))
    if item.kind == "stage" and isinstance(item.value, dict):
        ends = (item.value.get("start") or "—", item.value.get("end") or "—")
        return literal(" – ".join(ends))
    return None


def _facts(item: Item, entry: Any, target: Target | None, inside: bool) -> list[tuple[Message, str]]:
    if not isinstance(entry, dict):
        return []
    found: list[tuple[Message, str]] = []
    if target is not None:
        now = target_on(target, served().today)
        if target.amendments:
            found.append((say("现行目标"), str(goal_of(now))))
            found.append((say("规划原定"), str(goal_of(target_on(target, date.min)))))
        base = target.baseline
        if base is not None:
            text = str(wording.shown("baseline", {"value": base.value, "year": base.year}))
            found.append((say("基期值"), text if base.value is not None else _from_records(base.year)))
        if target.nature:
            found.append((say("属性"), str(wording.shown("nature", target.nature))))
    names = ("months", "lead", "partners", *(("note",) if inside else ()))
    found += [
        (wording.FIELD[name], str(wording.shown(name, entry[name]))) for name in names if entry.get(name)
    ]
    spec = served().packs.indicators.get(entry.get("indicator") or "")
    if spec is not None:
        found.append((wording.FIELD["indicator"], spec.label.text(language())))
    return found


def _from_records(year: int) -> str:
    return str(say("{year}年台账数", year=year))


def _acts(known: Known, standing: Standing, target: Target | None) -> list[str]:
    if known.trouble is not None:
        return []
    if not known.draft:
        return ["amend"] if target is not None else []
    if standing.answer in ("dropped", "gone"):
        return ["restore"] if known.item(standing.item.id) is None else []
    return [*(["confirm"] if standing.open else []), "correct", "drop"]


def _did(entry: Entry) -> Did:
    return Did(entry.day, entry.who, told_of(entry), getattr(entry.content, "reason", None) or "")


def told_of(entry: Entry) -> Message:
    """What an entry of the journal says, with the names pages give to entries and fields."""
    content = entry.content
    if not isinstance(content, events.Decided):
        return told(entry)
    kind = KINDS.get(content.kind, literal(content.kind))
    item = (
        FACTS.get(content.key, kind)
        if content.kind == "fact"
        else say("{kind} {id}", kind=kind, id=content.item)
    )
    if content.decision == "change":
        fields = [_field_told(name, content.old.get(name), new) for name, new in content.new.items()]
        return say("改正{item}：{fields}", item=item, fields=Joined(fields, ("；", "; ")))
    verbs = {"keep": say("确认{item}", item=item), "drop": say("删去{item}", item=item)}
    return verbs.get(content.decision, say("补上{item}", item=item))


def _field_told(name: str, old: Any, new: Any) -> Message:
    label = {"span": say("原文的字句"), "text": say("内容")}.get(name) or wording.FIELD.get(
        name, literal(name)
    )
    return say("{field}由{old}改为{new}", field=label, old=_shown(name, old), new=_shown(name, new))


def _shown(name: str, value: Any) -> Message:
    if name == "baseline" and isinstance(value, dict):
        value = {"value": value.get("value"), "year": value.get("year")}
    elif isinstance(value, dict | list):
        return literal(words_of(value))
    return wording.shown(name, value)
