"""Whether the ``sample:`` hints of a record type can be followed: fields, bounds, templates and formulas."""

from __future__ import annotations

import string
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from kechuang.errors import KechuangError
from kechuang.formula import row_function
from kechuang.messages import Message, literal, say
from kechuang.packs.model import FieldSpec, RecordType, Sampling

Found = Iterator[tuple[tuple[Any, ...], Message]]
"""(path of keys, what is wrong)."""

_NUMERIC = frozenset({"number", "integer", "year"})
#: A value of each type that is no text, to try a template on.
_LIKE: dict[str, object] = {
    "number": 1.5,
    "integer": 1,
    "year": 2020,
    "date": date(2020, 1, 1),
    "boolean": True,
}


def unsound_sample(record_type: RecordType) -> Found:
    """What of the hints cannot be meant."""
    fields = record_type.fields
    for place, name in enumerate(record_type.sample.each):
        if name not in fields:
            yield ("sample", "each", place), say("没有字段“{name}”", name=name)
        elif fields[name].type not in {"region", "year"}:
            yield ("sample", "each", place), say("each 只能是地区或年份字段，“{name}”不是", name=name)
    # Drawn before the others, wherever they stand: the year reported, where it is, whose it is.
    above = {name for name, spec in fields.items() if spec.type in {"region", "uscc"}}
    above |= {name for name in (record_type.time.year,) if name is not None and name in fields}
    for name, spec in fields.items():
        if spec.sample is not None:
            for path, message in _hint(spec, spec.sample, above, record_type):
                yield ("fields", name, "sample", *path), message
        above.add(name)


def _hint(spec: FieldSpec, hint: Sampling, above: Collection[str], record_type: RecordType) -> Found:
    ways = [key for key in ("values", "template", "formula") if getattr(hint, key)]
    if len(ways) > 1:
        yield (ways[1],), say("{ways} 只能用一种", ways="、".join(ways))
    if hint.share is not None and spec.required and spec.type != "boolean":
        yield ("share",), say("必填字段总要填写，不用 share")
    if hint.decimals is not None and (spec.type != "number" or hint.decimals < 0):
        yield ("decimals",), say("decimals 只用于 number 类型，且不为负")
    if hint.shape != "even" and spec.type not in {"number", "integer"}:
        yield ("shape",), say("shape 只用于 number 和 integer 类型")
    yield from _bounds(spec, hint, above, record_type)
    yield from _values(spec, hint)
    yield from _template(spec, hint, above, record_type)
    if hint.formula is not None:
        try:
            row_function(hint.formula, {*above, "draw"})
        except KechuangError as error:
            yield ("formula",), error.message


def _bounds(spec: FieldSpec, hint: Sampling, above: Collection[str], record_type: RecordType) -> Found:
    if hint.after is not None:
        if spec.type != "date":
            yield ("after",), say("after 只用于 date 类型")
        elif hint.after not in above or record_type.fields[hint.after].type != "date":
            yield ("after",), say("after 应是排在前面的日期字段，“{name}”不是", name=hint.after)
    kind: type = date if spec.type == "date" and hint.after is None else float
    for key in ("low", "high"):
        value = getattr(hint, key)
        if value is None:
            continue
        if spec.type not in _NUMERIC | {"date"}:
            yield (key,), say("low、high 只用于数值和日期类型")
        elif not isinstance(value, kind):
            yield (key,), (say("这里应是日期") if kind is date else say("这里应是数"))
        elif isinstance(value, float) and spec.type in _NUMERIC:
            if spec.min is not None and value < spec.min:
                yield (key,), say("小于字段的 min")
            elif spec.max is not None and value > spec.max:
                yield (key,), say("大于字段的 max")
    if type(hint.low) is type(hint.high) and hint.low is not None and hint.low > hint.high:  # type: ignore[operator]
        yield ("low",), say("low 大于 high")


def _values(spec: FieldSpec, hint: Sampling) -> Found:
    for place, value in enumerate(hint.values):
        if not _of_type(spec, value):
            yield ("values", place), say("“{value}”不是该字段可填的值", value=str(value))


def _of_type(spec: FieldSpec, value: str | float | bool) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match spec.type:
        case "choice":
            return value in spec.choices
        case "boolean":
            return isinstance(value, bool)
        case "number":
            return number
        case "integer" | "year":
            return number and float(value).is_integer()
        case "date":
            try:
                return bool(date.fromisoformat(str(value)))
            except ValueError:
                return False
        case _:
            return isinstance(value, str)


def _template(spec: FieldSpec, hint: Sampling, above: Collection[str], record_type: RecordType) -> Found:
    if hint.template is None:
        return
    if spec.type != "text":
        yield ("template",), say("template 只用于 text 类型")
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(hint.template) if name is not None]
    except ValueError:
        yield ("template",), say("花括号不成对")
        return
    unknown = [name for name in names if name != "n" and name not in above]
    for name in unknown:
        yield ("template",), say("“{name}”不是排在前面的字段，也不是 n", name=name)
    if not unknown:
        words = {name: _LIKE.get(record_type.fields[name].type, "") for name in names if name != "n"}
        try:
            hint.template.format_map({**words, "n": 1})
        except ValueError as error:
            yield ("template",), say("花括号里的格式不能用：{problem}", problem=literal(str(error)))
