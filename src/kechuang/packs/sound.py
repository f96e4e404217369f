"""Whether the declarations of packs fit together: fields, references, formulas that can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kechuang.errors import Fault, Joined, KechuangError, Place
from kechuang.formula import other_function, parse, row_function
from kechuang.formula import tree as t
from kechuang.messages import Message, say
from kechuang.packs.model import Comparison, FieldSpec, IndicatorSpec, RecordType
from kechuang.packs.sound_sample import unsound_sample
from kechuang.packs.sound_visits import unsound_visits

Where = Callable[[str, str, tuple[Any, ...]], Place]
"""(kind, id, path of keys) → file and line."""


def unsound(
    records: Mapping[str, RecordType], indicators: Mapping[str, IndicatorSpec], where: Where
) -> list[Fault]:
    """Everything that does not fit together, with file and line."""
    faults: list[Fault] = []
    for record_type in records.values():
        for path, message in _record_type(record_type, records):
            faults.append(Fault("pack-unsound", message, where("record", record_type.id, path)))
        faults.extend(_row_formulas(record_type, records, where))
    for spec in indicators.values():
        for path, formula in [(("let", name), text) for name, text in spec.let.items()] + [
            (("value",), spec.value)
        ]:
            try:
                parse(formula)
            except KechuangError as error:
                faults.append(Fault("pack-formula", _told(error), where("indicator", spec.id, path)))
    return faults


def _told(error: KechuangError) -> Message:
    """What is wrong, and what to write instead."""
    return error.message if error.remedy is None else Joined([error.message, error.remedy], ("。", ". "))


def _record_type(
    record_type: RecordType, records: Mapping[str, RecordType]
) -> Iterator[tuple[tuple[Any, ...], Message]]:
    fields = record_type.fields
    if not record_type.key:
        yield ("key",), say("主键不能为空")
    for place, name in enumerate(record_type.key):
        if name not in fields:
            yield ("key", place), say("没有字段“{name}”", name=name)
        elif not fields[name].required:
            yield ("key", place), say("主键字段“{name}”必须必填", name=name)
        elif fields[name].type in {"number", "boolean"}:
            yield ("key", place), say("主键字段“{name}”不能是小数或是否", name=name)
    yield from _time(record_type)
    if record_type.region is not None:
        found = fields.get(record_type.region.field)
        if found is None:
            yield ("region", "field"), say("没有字段“{name}”", name=record_type.region.field)
        elif found.type != "region":
            yield ("region", "field"), say("字段“{name}”不是地区", name=record_type.region.field)
    if record_type.entry is not None:
        named = fields.get(record_type.entry)
        if named is None:
            yield ("entry",), say("没有字段“{name}”", name=record_type.entry)
        elif named.type != "text":
            yield ("entry",), say("字段“{name}”的类型应为 {kind}", name=record_type.entry, kind="text")
    yield from _proves(record_type)
    yield from unsound_visits(record_type, records)
    yield from _frame(record_type, records)
    labels: dict[str, str] = {}
    for name, spec in fields.items():
        for text in {spec.label.zh, spec.label.en, name}:
            other = labels.setdefault(text.casefold(), name)
            if other != name:
                yield ("fields", name), say("“{text}”与字段“{other}”同名", text=text, other=other)
        yield from _field(name, spec, records)
    for place, check in enumerate(record_type.checks):
        for name in check.fields:
            if name not in fields:
                yield ("checks", place, "fields"), say("没有字段“{name}”", name=name)
    for place, comparison in enumerate(record_type.compare):
        for message in _comparison(comparison, record_type, records):
            yield ("compare", place), message
    ids = [check.id for check in record_type.checks] + [one.id for one in record_type.compare]
    for twice in sorted({name for name in ids if ids.count(name) > 1}):
        yield ("checks",), say("核对“{name}”声明了两次", name=twice)
    yield from _series_and_breaks(record_type)
    yield from unsound_sample(record_type)


#: The fields a record must have to prove by what it is, and of which type each part may be.
_PROVING: dict[str, tuple[str, ...]] = {
    "milestones": ("name", "due", "done", "document"),
    "projects": ("start", "due", "closed"),
    "money": ("year", "planned", "spent"),
}
_PARTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("due", "done", "start", "closed"), ("date",)),
    **dict.fromkeys(("planned", "allocated", "spent"), ("number", "integer")),
    **dict.fromkeys(("name", "document", "after", "through"), ("text", "choice")),
    "result": ("choice",),
    "year": ("year",),
}


def _proves(record_type: RecordType) -> Iterator[tuple[tuple[Any, ...], Message]]:
    """What a record lacks that is to prove a task's progress."""
    proving = record_type.proves
    if proving is None:
        return
    for part in _PROVING[proving.kind]:
        if part not in proving.fields:
            yield ("proves",), say("{kind} 须写明 {part}", kind=proving.kind, part=part)
    for part, name in proving.fields.items():
        field = record_type.fields.get(name)
        if field is None:
            yield ("proves", part), say("没有字段“{name}”", name=name)
        elif field.type not in _PARTS[part]:
            kinds = "/".join(_PARTS[part])
            yield ("proves", part), say("字段“{name}”的类型应为 {kind}", name=name, kind=kinds)
        elif part == "through" and field.reference is None:
            yield ("proves", part), say("字段“{name}”没有引用别的台账", name=name)
    result = record_type.fields.get(proving.result or "")
    for value in proving.failed:
        if result is None or value not in result.choices:
            yield (
                ("proves", "failed"),
                say("“{value}”不是字段“{name}”的取值", value=value, name=proving.result),
            )


def _comparison(
    comparison: Comparison, record_type: RecordType, records: Mapping[str, RecordType]
) -> Iterator[Message]:
    """What a check over many records needs and does not have, by its kind."""
    fields = record_type.fields
    numbers = {name for name, spec in fields.items() if spec.type in {"number", "integer"}}
    needed: dict[str, tuple[str, ...]] = {
        "change": ("field",),
        "outlier": ("field",),
        "parts": ("field", "whole", "group"),
        "unique": ("fields",),
        "lookup": ("other", "on_fields", "test"),
    }
    for part in needed[comparison.kind]:
        if not getattr(comparison, part):
            yield say("{kind} 须写明 {part}", kind=comparison.kind, part=part)
    if comparison.kind in {"change", "outlier", "parts"} and comparison.field not in {None, *numbers}:
        yield say("“{name}”不是数值字段", name=comparison.field)
    if comparison.kind == "change":
        if record_type.time.year is None or record_type.time.year not in record_type.key:
            yield say("与上年相比的台账，主键中须有年度")
        if comparison.low is None and comparison.high is None:
            yield say("{kind} 须写明 {part}", kind=comparison.kind, part="low/high")
    other = records.get(comparison.other) if comparison.other else None
    if comparison.other and other is None:
        yield say("没有名为“{type}”的台账类型", type=comparison.other)
    named = [*comparison.fields, *comparison.group, *comparison.on_fields]
    for name in named:
        if name not in fields:
            yield say("没有字段“{name}”", name=name)
    for name in comparison.on_fields if other else ():
        if other is not None and name not in other.fields:
            yield say("“{type}”没有字段“{name}”", type=other.id, name=name)


def _time(record_type: RecordType) -> Iterator[tuple[tuple[Any, ...], Message]]:
    time = record_type.time
    for key, name, kind in (
        ("year", time.year, "year"),
        ("on", time.on, "date"),
        ("from", time.from_, "date"),
        ("to", time.to, "date"),
    ):
        if name is None:
            continue
        found = record_type.fields.get(name)
        if found is None:
            yield ("time", key), say("没有字段“{name}”", name=name)
        elif found.type != kind:
            yield ("time", key), say("字段“{name}”的类型应为 {kind}", name=name, kind=kind)
    if sum(map(bool, (time.year, time.on, time.from_ or time.to))) > 1:
        yield ("time",), say("year、on 与 from、to 只能用一种")
    if record_type.deadline is not None and time.year is None:
        yield ("deadline",), say("有期限的台账须在 time 中指明 year")


def _frame(
    record_type: RecordType, records: Mapping[str, RecordType]
) -> Iterator[tuple[tuple[Any, ...], Message]]:
    frame = record_type.frame
    if frame is None:
        return
    if frame.regions:
        if frame.type or frame.on:
            yield ("frame", "regions"), say("regions 与 type、on 只能用一种")
        if record_type.region is None:
            yield ("frame", "regions"), say("按地区应报的台账须指明 region")
        return
    if frame.type not in records:
        yield ("frame", "type"), say("没有名为“{type}”的台账类型", type=frame.type)
        return
    for name in frame.on:
        for owner in (record_type, records[frame.type]):
            if name not in owner.fields:
                yield ("frame", "on"), say("“{type}”没有字段“{name}”", type=owner.id, name=name)


def _field(
    name: str, spec: FieldSpec, records: Mapping[str, RecordType]
) -> Iterator[tuple[tuple[Any, ...], Message]]:
    at = ("fields", name)
    if name.startswith("_") or not name.isidentifier():
        yield at, say("字段名只能用字母、数字和下划线，且不以下划线开头")
    if (spec.type == "choice") != bool(spec.choices):
        yield at, say("choices 须且只须用于 choice 类型")
    if spec.level is not None and spec.type != "region":
        yield (*at, "level"), say("level 只用于 region 类型")
    if (spec.min is not None or spec.max is not None) and spec.type not in {"number", "integer", "year"}:
        yield at, say("min、max 只用于数值类型")
    if spec.min is not None and spec.max is not None and spec.min > spec.max:
        yield at, say("min 大于 max")
    if spec.pattern is not None:
        if spec.type != "text":
            yield (*at, "pattern"), say("pattern 只用于 text 类型")
        try:
            re.compile(spec.pattern)
        except re.error as error:
            yield (*at, "pattern"), say("正则表达式有误：{problem}", problem=str(error))
    if spec.reference is not None:
        other, _, target = spec.reference.partition(".")
        if other not in records or target not in records[other].fields:
            yield (*at, "reference"), say("引用的“{reference}”不存在", reference=spec.reference)


def _row_formulas(
    record_type: RecordType, records: Mapping[str, RecordType], where: Where
) -> Iterator[Fault]:
    """Checks and ``provisional`` must be readable as functions of one row, lookups of two."""
    formulas: list[tuple[tuple[Any, ...], str]] = [
        (("checks", number, "test"), check.test) for number, check in enumerate(record_type.checks)
    ]
    if record_type.provisional is not None:
        formulas.append((("provisional",), record_type.provisional))
    for number, comparison in enumerate(record_type.compare):
        if comparison.whole is not None:
            formulas.append((("compare", number, "whole"), comparison.whole))
        other = records.get(comparison.other or "")
        if comparison.test is not None and other is not None:
            try:
                other_function(comparison.test, record_type.fields.keys(), other.fields.keys())
            except KechuangError as error:
                path = ("compare", number, "test")
                yield Fault("pack-formula", _told(error), where("record", record_type.id, path))
    for path, formula in formulas:
        try:
            row_function(formula, record_type.fields.keys())
        except KechuangError as error:
            yield Fault("pack-formula", _told(error), where("record", record_type.id, path))


def incomplete(indicators: Mapping[str, IndicatorSpec], records: Mapping[str, RecordType]) -> Iterator[Fault]:
    """What a definition should say and does not, as hints: release lag and frequency of an indicator, the
    deadline of a yearly return; without them “not yet published” cannot be told from “overdue”."""
    for spec in indicators.values():
        if spec.release_lag is None:
            problem = say("指标“{name}”没有写 release_lag，不能区分尚未公布与逾期", name=spec.id)
            yield Fault("pack-incomplete", problem, Place(field=spec.id), severity="hint")
        if "frequency" not in spec.model_fields_set:
            problem = say("指标“{name}”没有写 frequency", name=spec.id)
            yield Fault("pack-incomplete", problem, Place(field=spec.id), severity="hint")
    for record_type in records.values():
        if record_type.time.year is not None and record_type.deadline is None:
            problem = say("年度台账“{name}”没有写 deadline", name=record_type.id)
            yield Fault("pack-incomplete", problem, Place(field=record_type.id), severity="hint")


def _series_and_breaks(record_type: RecordType) -> Iterator[tuple[tuple[Any, ...], Message]]:
    """Series are written ``concept.member`` on numbers; qualifiers are choices; breaks name fields there are."""
    for name, spec in record_type.fields.items():
        at = ("fields", name)
        if spec.series is not None and not re.fullmatch(r"[a-z]\w*\.[a-z]\w*", spec.series):
            yield (*at, "series"), say("series 应写成 概念.数列 的样子，如 rd_money.statistics")
        if spec.series is not None and spec.type not in {"number", "integer"}:
            yield (*at, "series"), say("series 只用于数值类型")
        if spec.qualifier and spec.type != "choice":
            yield (*at, "qualifier"), say("qualifier 只用于 choice 类型")
    for number, one in enumerate(record_type.breaks):
        place = ("breaks", number)
        if one.field is not None and one.field not in record_type.fields:
            yield (*place, "field"), say("没有字段“{name}”", name=one.field)
        if one.revised is not None:
            try:
                found = parse(one.revised)
            except KechuangError as error:
                yield (*place, "revised"), error.message
                continue
            for part in found.walk():
                if not isinstance(part, t.Field):
                    continue
                if part.table != record_type.id or part.field not in record_type.fields:
                    yield (*place, "revised"), say("没有字段“{name}”", name=f"{part.table}.{part.field}")
