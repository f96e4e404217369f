"""Whether the form of visits a register declares can be made of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kechuang.messages import Message, say
from kechuang.packs.model import RecordType


def unsound_visits(
    record_type: RecordType, records: Mapping[str, RecordType]
) -> Iterator[tuple[tuple[Any, ...], Message]]:
    """What a register lacks that is to be kept by posts in the field."""
    visits = record_type.visits
    if visits is None:
        return
    if record_type.key[:1] != [visits.post]:
        yield ("visits", "post"), say("字段“{name}”应为主键的第一个", name=visits.post)
    if record_type.time.on is None:
        yield ("visits",), say("服务日志须用 time.on 写明日期字段")
    place = record_type.fields.get(visits.place)
    if place is None:
        yield ("visits", "place"), say("没有字段“{name}”", name=visits.place)
    elif place.reference is None:
        yield ("visits", "place"), say("字段“{name}”没有引用别的台账", name=visits.place)
    else:
        named = records.get(place.reference.partition(".")[0])
        for number, name in enumerate(visits.place_label):
            if named is not None and name not in named.fields:
                yield ("visits", "place_label", number), say("没有字段“{name}”", name=name)
    for name in visits.quick:
        found = record_type.fields.get(name)
        if found is None:
            yield ("visits", "quick", name), say("没有字段“{name}”", name=name)
        elif found.type not in ("number", "integer"):
            yield (
                ("visits", "quick", name),
                say("字段“{name}”的类型应为 {kind}", name=name, kind="number, integer"),
            )
    duties = visits.duties
    if duties is None:
        return
    other = records.get(duties.type)
    if other is None:
        yield ("visits", "duties", "type"), say("没有台账“{name}”", name=duties.type)
        return
    for part, name in (("post", duties.post), ("place", duties.place)):
        if name not in other.fields:
            yield ("visits", "duties", part), say("没有字段“{name}”", name=name)
