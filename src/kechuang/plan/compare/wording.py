"""Names of what a comparison speaks of, and values as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kechuang.errors import Joined, listed
from kechuang.messages import Message, literal, say
from kechuang.plan.compare.difference import Change, Difference, EntryChange, FieldChange
from kechuang.plan.compare.items import Item
from kechuang.plan.compare.numbers import number

if TYPE_CHECKING:
    from kechuang.plan.compare.align import Alignment
    from kechuang.plan.compare.asks import Ask

KIND: dict[str, Message] = {
    "fact": say("基本情况"),
    "basis": say("编制依据"),
    "problem": say("存在问题"),
    "stage": say("编制阶段"),
    "target": say("目标"),
    "programme": say("工程"),
    "task": say("任务"),
    "subtask": say("子任务"),
    "safeguard": say("保障"),
    "measure": say("措施"),
    "text": say("正文段落"),
}
CHANGE: dict[Change, Message] = {
    "kept": say("未变"),
    "moved": say("移动"),
    "reworded": say("改写"),
    "value": say("调整"),
    "added": say("新增"),
    "removed": say("删除"),
}
FIELD: dict[str, Message] = {
    "name": say("名称"),
    "comparator": say("比较方式"),
    "value": say("目标值"),
    "high": say("上限"),
    "multiple": say("为基期的倍数"),
    "unit": say("单位"),
    "year": say("年度"),
    "baseline": say("基期值"),
    "nature": say("属性"),
    "direction": say("方向"),
    "per_year": say("每年"),
    "lead": say("牵头单位"),
    "partners": say("配合单位"),
    "indicator": say("对应指标"),
    "interim": say("年度分解"),
    "counties": say("县市分解"),
    "path": say("进度路径"),
    "growth": say("年均增长目标"),
    "amendments": say("调整记录"),
    "note": say("备注"),
    "serves": say("服务的目标"),
    "evidence": say("佐证台账"),
    "start": say("开始"),
    "end": say("结束"),
    "months": say("月数"),
    "title": say("标题"),
    "plan_title": say("规划名称"),
    "region": say("地区"),
    "region_code": say("地区代码"),
    "period": say("规划期"),
    "issuer": say("印发机关"),
    "author": say("起草单位"),
    "issued": say("印发时间"),
    "status": say("状态"),
    "framework": say("总体布局"),
}
LEVEL: dict[str | None, Message] = {
    "national": say("国家级"),
    "regional": say("省级"),
    "prefecture": say("地级"),
    "county": say("县级"),
    None: say("级别不明"),
}
STRENGTH: dict[str, Message] = {"strong": say("明确对应"), "weak": say("可能对应")}
#: Texts of so many paragraphs with so small a share in common are hardly versions of one plan.
_FEW, _LITTLE = 8, 0.1
_SIGN = {">=": "≥", ">": ">", "=": "=", "<=": "≤", "<": "<", "~": "≈", "range": "—"}
_VALUE: dict[tuple[str, Any], Message] = {
    ("nature", "binding"): say("约束性"),
    ("nature", "expected"): say("预期性"),
    ("direction", "up"): say("越高越好"),
    ("direction", "down"): say("越低越好"),
    ("per_year", True): say("是"),
    ("per_year", False): say("否"),
    ("status", "draft"): say("草案"),
    ("status", "confirmed"): say("已确认"),
}


def shown(field: str, value: Any) -> Message:
    """A value of ``field`` for people; — where there is none."""
    if (field, value if not isinstance(value, (list, dict)) else None) in _VALUE:
        return _VALUE[field, value]
    if value is None or value in ([], {}, ""):
        return literal("—")
    if field == "comparator":
        return literal(_SIGN.get(str(value), str(value)))
    if field == "period":
        return literal("—".join(str(year) for year in value))
    if field == "baseline":
        amount = literal("—" if value["value"] is None else number(value["value"]))
        return say("{value}（{year}年）", value=amount, year=value["year"])
    if isinstance(value, Mapping):
        return listed([say("{year}年{value}", year=key, value=_plain(part)) for key, part in value.items()])
    if isinstance(value, list):
        return listed([_amendment(part) if isinstance(part, Mapping) else str(part) for part in value])
    return literal(_plain(value))


def goal(item: Item) -> Message:
    """What a target asks for, in one piece: sign, value, unit, year."""
    fields = item.fields
    value, high = fields.get("value"), fields.get("high")
    if value is None:
        amount = literal(f"{number(fields['multiple'])}×" if fields.get("multiple") else "—")
    elif fields.get("comparator") == "range" and high is not None:
        amount = literal(f"{number(value)}—{number(high)}")
    else:
        sign = _SIGN.get(str(fields.get("comparator")), "")
        amount = literal(f"{'' if sign == '=' else sign}{number(value)}")
    parts = [amount, literal(str(fields.get("unit") or ""))]
    asked: Message = Joined(parts, ("", " ")) if parts[1].zh not in ("", "%") else Joined(parts, ("", ""))
    if fields.get("per_year"):
        asked = say("每年{value}", value=asked)
    year = fields.get("year")
    return say("{value}（{year}年）", value=asked, year=year) if year else asked


def told(item: Item) -> Message:
    """An entry in one line: what it is called, with the number it has and what it asks for."""
    if item.kind == "fact":
        if "value" in item.fields:
            return shown(item.id, item.fields["value"])
        return literal(item.name)
    if item.kind == "target":
        return say("{name}：{value}", name=item.name, value=goal(item))
    if item.kind == "stage":
        return say("{name}：{value}", name=item.name, value=_months(item))
    return literal(item.name)


def label(item: Item) -> Message:
    """The kind of an entry with its number: 目标 T3; of a fact its name."""
    if item.kind == "fact":
        return FIELD[item.id]
    if item.kind in ("basis", "problem", "stage"):
        return say("{kind}{id}", kind=KIND[item.kind], id=item.place + 1)
    return say("{kind} {id}", kind=KIND[item.kind], id=item.id)


def field_change(field: FieldChange, unit: str = "") -> Message:
    """One change in words: 目标值由60家改为80家."""
    name = FIELD[field.field]
    old, new = shown(field.field, field.old), shown(field.field, field.new)
    if field.field in ("value", "high") and unit:
        old, new = Joined([old, literal(unit)], ("", " ")), Joined([new, literal(unit)], ("", " "))
    if field.old in (None, [], {}, ""):
        return say("补充{field}：{new}", field=name, new=new)
    if field.new in (None, [], {}, ""):
        return say("删去{field}：{old}", field=name, old=old)
    return say("{field}由{old}改为{new}", field=name, old=old, new=new)


def changes(entry: EntryChange) -> Message:
    """The changes of an entry, in words: 移动、改写."""
    return listed([CHANGE[change] for change in entry.change])


def details(entry: EntryChange) -> list[Message]:
    """What changed besides the words, one sentence each; where a moved entry came from."""
    if entry.item.kind == "fact":  # its words say it all
        return []
    units = {str(item.fields.get("unit") or "") for item in (entry.a, entry.b) if item}
    unit = units.pop() if len(units) == 1 else ""
    found = [field_change(field, unit) for field in entry.fields if field.field != "name"]
    if "moved" in entry.change and entry.a is not None and entry.b is not None and entry.a.id != entry.b.id:
        found.append(say("由{old}移至{new}", old=entry.a.id, new=entry.b.id))
    return found


def verdict(difference: Difference) -> Message:
    """The whole comparison in one sentence."""
    changed = sum(entry.change != ("kept",) for entry in difference.entries)
    text = len(difference.changed_text)
    if not changed and not text:
        return say("两份规划没有不同")
    if difference.text is None:
        return say("有变化的条目{n}个（共{all}个）；正文未比较", n=changed, all=len(difference.entries))
    return say(
        "有变化的条目{n}个（共{all}个）；有变化的正文段落{text}段（共{total}段）",
        n=changed,
        all=len(difference.entries),
        text=text,
        total=len(difference.text),
    )


def caution(difference: Difference) -> Message | None:
    """A word of warning where the two have so little in common that one may be the wrong file."""
    text = difference.text or ()
    shorter = min(sum(change.a is not None for change in text), sum(change.b is not None for change in text))
    common = sum(change.a is not None and change.b is not None for change in text)
    if shorter < _FEW or common > _LITTLE * shorter:
        return None
    return say("两份文本几乎没有相同之处，请核对文件是否给对、文字是否读得出来。")


def answered(alignment: Alignment) -> Message:
    """The whole alignment in one sentence."""
    asked = sum(len(upper.asks) for upper in alignment.uppers)
    if not asked:
        return say("上级规划里没有可对照的条目")
    return say(
        "上级规划的{asked}条要求中，{met}条有对应，{open}条没有；本规划的{own}个条目中，{free}个在上级规划中找不到出处",
        asked=asked,
        met=asked - len(alignment.unanswered),
        open=len(alignment.unanswered),
        own=len(alignment.own.asks),
        free=len(alignment.unfounded),
    )


def asked(ask: Ask) -> Message:
    """An entry in one line: its number and words; of a target what it asks for."""
    words = [literal(ask.id), literal(ask.title)]
    if ask.target is not None:
        words.append(goal(Item("target", ask.id, ask.title, fields=ask.target.model_dump(mode="json"))))
    return Joined(words, (" ", " "))


def _months(item: Item) -> Message:
    start, end = item.fields.get("start") or "—", item.fields.get("end") or "—"
    return literal(f"{start} – {end}")


def _amendment(part: Mapping[str, Any]) -> str:
    return f"{part['date']} {part['document']} {_plain(part['old'])} → {_plain(part['new'])}"


def _plain(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, float):
        return number(value)
    return str(value)
