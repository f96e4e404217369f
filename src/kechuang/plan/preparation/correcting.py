"""One entry as a form: its fields as text, corrected or amended only where nobody came between.

A form carries the mark of the entry as it was opened. Whoever comes second gets :class:`Overtaken` with the
entry as it is now, and decides; nothing is written over unseen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.plan.model import Plan
from kechuang.plan.preparation.amending import FIELDS as AMENDABLE
from kechuang.plan.preparation.amending import Amended, amend, target_on
from kechuang.plan.preparation.confirm import Confirming
from kechuang.plan.preparation.edit import entry_of, item_named
from kechuang.plan.preparation.folder import Change, sha256_of
from kechuang.plan.preparation.items import at_path, items_of
from kechuang.plan.preparation.journal import digest_of

#: The words of the text an entry stands for: a field of the form, the span of the entry.
QUOTE = "quote"
_ACTION = ("title", "lead", "partners", "serves")
#: The fields of each kind that a form has, in its order; the rest is set by commands.
FIELDS: dict[str, tuple[str, ...]] = {
    "target": (
        *("name", "comparator", "value", "high", "unit", "year", "baseline.value", "baseline.year"),
        *("nature", "direction", "per_year", "lead", "partners", "indicator", "note"),
    ),
    "programme": ("title", "lead"),
    "task": _ACTION,
    "subtask": _ACTION,
    "safeguard": ("title",),
    "measure": _ACTION,
    "stage": ("name", "start", "end", "months"),
    "problem": ("text",),
}
_ONE = ("fact", "basis")
#: What a form may add, and the section of plan.yaml it comes to stand in.
SECTIONS: dict[str, str] = {
    "target": "targets",
    "programme": "programmes",
    "task": "tasks",
    "safeguard": "safeguards",
    "measure": "measures",
    "stage": "stages",
    "problem": "problems",
}
#: What an added entry belongs to, by its kind.
PARENTS: dict[str, str] = {"task": "programme", "measure": "safeguard"}
#: The field an entry is called by.
_NAMES: dict[str, str] = {"target": "name", "stage": "name", "problem": "text"}

#: What is said of a name, of words and of a reason that were not given.
_MISSING: dict[str, Message] = {
    "name": say("没有写名称"),
    "title": say("没有写名称"),
    "text": say("没有写内容"),
    QUOTE: say("没有抄原文的字句：每一条都对应原文的一处"),
    "reason": say("请写一句为什么补"),
}


class Overtaken(KechuangError):
    """Somebody changed the entry since the form was opened: ``now`` is what it says, field by field."""

    def __init__(self, now: dict[str, str]) -> None:
        super().__init__(
            "entry-overtaken",
            say("您打开之后，别人改了这一条；您填的还在，没有写进去"),
            remedy=say("请看两边的内容，再决定用哪一个。"),
        )
        self.now = now


def texts_of(plan: Plan, name: str) -> dict[str, str]:
    """The fields of an entry as a person would type them, in the order of its form."""
    item = item_named(plan, name)
    if item.kind in _ONE:
        joined = "-".join(map(str, item.value)) if isinstance(item.value, list) else item.value
        return {"value": _text(joined)}
    entry = at_path(plan.model_dump(mode="json"), item.path)
    if item.kind == "framework":
        return {f"{n}.{key}": _text(part[key]) for n, part in enumerate(entry, 1) for key in part}
    found = {field: _text(_dug(entry, field)) for field in FIELDS[item.kind]}
    span = entry.get("span")
    return {**found, QUOTE: span["text"] if span else ""}


def goal_texts(plan: Plan, name: str) -> dict[str, str]:
    """What an amendment may change of a target, as in force now."""
    item = item_named(plan, name)
    target = next((one for one in plan.targets if one.id == item.id), None)
    if target is None:
        raise KechuangError(
            "not-a-target", say("{id} 不是目标", id=name), remedy=say("只有目标可以调整，如 T3。")
        )
    now = target_on(target, date.max)
    return {field: _text(getattr(now, field)) for field in AMENDABLE}


def mark_of(texts: Mapping[str, str]) -> str:
    """What tells one state of an entry from another."""
    return digest_of(dict(texts))


def correct(change: Change, name: str, typed: Mapping[str, str], *, opened: str, reason: str) -> bool:
    """Set what was typed otherwise than it stands; True where the plan became confirmed by it.

    Raises Overtaken, and KechuangError for a confirmed plan, a value that cannot be and a form without a change.
    """
    if change.plan().status == "confirmed":
        raise _final()
    sitting = _unchanged(change, name, opened)
    now = texts_of(sitting.plan, name)
    changed = {
        field: text
        for field in now
        if field in typed and (text := typed[field].strip()) != now[field].strip()
    }
    if not changed:
        raise KechuangError(
            "entry-unchanged", say("没有改动"), remedy=say("内容与原文一致的，请点“确认这一条”。")
        )
    quote = changed.pop(QUOTE, None)
    if changed:
        sitting.set(_assignments(sitting.plan, name, now, changed), reason)
    if quote is not None:
        sitting.locate(name, quote, reason)
    return sitting.finish()


def blank_of(kind: str) -> dict[str, str]:
    """The fields of a form that adds an entry of ``kind``, empty but for what a target usually says."""
    usual = {"comparator": ">=", "per_year": "false"}
    return {field: usual.get(field, "") for field in (*FIELDS[kind], QUOTE)}


def add(change: Change, kind: str, typed: Mapping[str, str], *, parent: str | None, reason: str) -> str:
    """Add an entry the machine missed; its id. One that is there under this name, of these words, is not added again.

    ``typed`` has the fields of :func:`blank_of`; ``parent`` is what a task or measure belongs to. Raises
    KechuangError for a confirmed plan, a missing name, words the text has not, and values that cannot be.
    """
    if change.plan().status == "confirmed":
        raise _final()
    named, quote = _NAMES.get(kind, "title"), typed.get(QUOTE, "").strip()
    name = typed.get(named, "").strip()
    for given, field in ((name, named), (quote, QUOTE), (reason, "reason")):
        if not given:
            raise KechuangError("entry-incomplete", _MISSING[field])
    sitting = Confirming(change)
    for one in items_of(sitting.plan):
        if one.kind == kind and one.label == name and one.span is not None and one.span.text == quote:
            return one.id  # sent twice
    texts = {field: text for field in FIELDS[kind] if (text := typed.get(field, "").strip())}
    entry = entry_of(kind, texts) | {QUOTE: quote} | ({"in": parent} if kind in PARENTS else {})
    (made,) = sitting.added({SECTIONS[kind]: [entry]}, change.folder.plan_file, reason)
    sitting.finish()
    return made


def confirm(change: Change, name: str, opened: str) -> bool:
    """Keep an entry as it stood when it was looked at; True where the plan became confirmed by it."""
    sitting = _unchanged(change, name, opened)
    sitting.keep([name])
    return sitting.finish()


def confirm_all(change: Change, seen: str) -> bool:
    """Keep every open entry of the plan.yaml whose digest is ``seen``; True where the plan became confirmed.

    What was taken out by hand still asks for an answer of its own.
    """
    sitting = Confirming(change)
    if sha256_of(change.folder.plan_file.read_bytes()) != seen:
        raise KechuangError(
            "plan-overtaken",
            say("您打开之后，规划又有改动，没有整份确认"),
            remedy=say("请看过改动的条目，再确认其余全部。"),
        )
    sitting.keep(["all"])
    return sitting.finish()


def drop(change: Change, name: str, reason: str, opened: str) -> bool:
    """Take an entry out of the draft with what is below it, for a reason; it can be brought back."""
    sitting = _unchanged(change, name, opened)
    if sitting.plan.status == "confirmed":
        raise _final()
    sitting.drop([name], reason)
    return sitting.finish()


def restore(change: Change, name: str) -> bool:
    """Bring a dropped entry back from the machine's draft."""
    sitting = Confirming(change)
    if sitting.plan.status == "confirmed":
        raise _final()
    sitting.keep([name])
    return sitting.finish()


def _unchanged(change: Change, name: str, opened: str) -> Confirming:
    sitting = Confirming(change)
    now = texts_of(sitting.plan, name)
    if mark_of(now) != opened:
        raise Overtaken(now)
    return sitting


def _final() -> KechuangError:
    return KechuangError(
        "plan-confirmed",
        say("规划已经定稿，不再逐条改正"),
        remedy=say("目标要变动的，凭调整文件登记一次调整。"),
    )


def amend_as_typed(
    change: Change,
    name: str,
    typed: Mapping[str, str],
    *,
    opened: str,
    document: str,
    on: date,
    reason: str,
    number: str | None = None,
    withdrawn: bool = False,
) -> Amended:
    """Amend a target by what was typed otherwise than it is in force. Raises Overtaken and what amending raises."""
    plan = change.plan()
    now = goal_texts(plan, name)
    if mark_of(now) != opened:
        raise Overtaken(now)
    if plan.status != "confirmed":
        raise KechuangError(
            "plan-draft", say("规划还是草案，没有可调整的定稿"), remedy=say("草案中的错处直接改正这一条。")
        )
    for given, what in ((document, say("调整文件")), (reason, say("理由"))):
        if not given.strip():
            raise KechuangError("amend-incomplete", say("没有写{what}", what=what))
    changed = {field: text for field in now if (text := typed.get(field, now[field]).strip()) != now[field]}
    values = {field: _parsed(field, text) for field, text in changed.items()} if not withdrawn else {}
    return amend(
        change,
        name,
        values,
        document=document.strip(),
        on=on,
        reason=reason.strip(),
        number=(number or "").strip() or None,
        withdrawn=withdrawn,
    )


def _assignments(
    plan: Plan, name: str, now: Mapping[str, str], changed: Mapping[str, str]
) -> list[tuple[str, str]]:
    if item_named(plan, name).kind in _ONE:
        return [(name, changed["value"])]
    found = dict(changed)
    base = [field for field in now if field.startswith("baseline.")]
    if any(field in found for field in base) and not any(found.get(field, now[field]) for field in base):
        found = {field: text for field, text in found.items() if field not in base} | {"baseline": ""}
    return [(f"{name}.{field}", text) for field, text in found.items()]


def _parsed(field: str, text: str) -> Any:
    if not text:
        return None
    if field in ("value", "high", "year"):
        try:
            number = float(text.replace(",", "").replace("，", ""))
            if not math.isfinite(number) or (field == "year" and number != int(number)):
                raise ValueError
        except ValueError:
            raise KechuangError("not-a-number", say("应为数字，不是“{value}”", value=text)) from None
        return int(number) if field == "year" else number
    return text


def _dug(entry: Any, field: str) -> Any:
    for part in field.split("."):
        entry = entry.get(part) if entry else None
    return entry


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)
