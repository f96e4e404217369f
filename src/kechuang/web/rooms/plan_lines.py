"""The lines of a form of the plan: one entry's fields, each as a line, a text or a list; and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kechuang.errors import Fault, KechuangError
from kechuang.messages import Message, language, say
from kechuang.plan.compare import wording
from kechuang.plan.preparation.correcting import QUOTE
from kechuang.plan.preparation.items import KINDS, Item
from kechuang.web.workspaces import served

_SIGNS = {
    ">=": say("不低于（≥）"),
    ">": say("高于（>）"),
    "=": say("等于（＝）"),
    "<=": say("不高于（≤）"),
    "<": say("低于（<）"),
    "~": say("左右（≈）"),
    "range": say("区间"),
}
_LABELS: dict[str, Message] = {
    "baseline.value": say("基期值"),
    "baseline.year": say("基期年"),
    QUOTE: say("原文的字句"),
    "text": say("内容"),
}
_HINTS: dict[str, Message] = {
    QUOTE: say("照原文抄一处，能在文本里找到"),
    "lead": say("几个单位用顿号隔开"),
    "partners": say("几个单位用顿号隔开"),
    "serves": say("目标编号，用顿号隔开，如 T1、T3"),
    "start": say("如 2020-03"),
    "end": say("如 2020-06"),
    "high": say("只用于区间"),
}
_WIDE = ("name", "title", "text", "value", "lead", "partners", "serves", "note", "indicator", QUOTE)


@dataclass(frozen=True)
class Line:
    """A field of the form. ``choices``: a list instead of a line."""

    name: str
    label: Message
    value: str
    hint: Message | None
    choices: list[tuple[str, str]]
    wide: bool
    long: bool
    number: bool
    bad: bool


def line(name: str, value: str, item: Item, bad: bool = False) -> Line:
    """A field of the form of ``item``."""
    label = _LABELS.get(name) or wording.FIELD.get(name) or _part(name)
    if name == "value" and item.kind in ("fact", "basis"):
        label = KINDS[item.kind] if item.kind == "basis" else wording.FIELD.get(item.key, say("内容"))
    if name == "title":
        label = say("名称")
    long = name in (QUOTE, "note", "text") or (name in ("name", "title") and len(value) > 24)
    number = name in ("high", "year", "months", "baseline.value", "baseline.year") or (
        name == "value" and item.kind == "target"
    )
    wide = name in _WIDE and not (name == "value" and item.kind == "target")
    listed = choices("" if "." in name else name, value)
    return Line(name, label, value, _HINTS.get(name), listed, wide, long, number, bad)


def _part(name: str) -> Message:
    number, _, key = name.partition(".")
    return say("第{n}项的数", n=number) if key == "number" else say("第{n}项数的是什么", n=number)


def choices(name: str, value: str) -> list[tuple[str, str]]:
    """What a field may be, where it is not written freely."""
    empty = ("", "—")
    if name == "comparator":
        return [(sign, str(word)) for sign, word in _SIGNS.items()]
    if name == "nature":
        return [empty, *((one, str(wording.shown("nature", one))) for one in ("binding", "expected"))]
    if name == "direction":
        return [empty, *((one, str(wording.shown("direction", one))) for one in ("up", "down"))]
    if name == "per_year":
        return [("false", str(say("否"))), ("true", str(say("是")))]
    if name == "indicator":
        known = [(one, spec.label.text(language())) for one, spec in served().packs.indicators.items()]
        own = [(value, value)] if value and value not in dict(known) else []
        return [empty, *own, *sorted(known, key=lambda one: one[1])]
    return []


def told(fault: Fault, texts: Mapping[str, str], item: Item) -> tuple[Message, str]:
    """A fault by the name the form gives its field, and that field; a plan file's own key tells nobody anything."""
    key = str(fault.message.params.get("key", "")) if fault.code == "yaml-invalid" else ""
    name = next((one for one in texts if key and f".{key}".endswith(f".{one}")), "")
    if fault.code == "no-place":
        name = QUOTE
    if not name or not key:
        return fault.message, name
    label = line(name, "", item).label
    return say("{field}：{problem}", field=label, problem=fault.message.params["problem"]), name


def remedy_of(error: KechuangError) -> Message | None:
    """Remedies that speak of commands help nobody on a page."""
    remedy = error.remedy
    return None if remedy is None or "kechuang" in remedy.zh or "--" in remedy.zh else remedy


def shown(name: str, text: str) -> str:
    """A value as people read it."""
    return dict(choices(name, text)).get(text, text) if text else ""
