"""Header cells: which column is which field, which type a sheet is of, and what is wrong with a header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from kechuang.errors import Fault, Joined, Place
from kechuang.messages import Message, say
from kechuang.packs.model import FieldSpec, RecordType
from kechuang.records.fields import Named, folded, written
from kechuang.records.heads import Head, Heads, Reading
from kechuang.records.sheets import letter

SAMPLE_NOTE = say("←示例行，导入时跳过；可删去，也可改写成自己的数据")
MARKS = ("←示例行", "←Sample row")
"""How the cell beside the sample row of a template begins; a column of such cells needs no name."""

_BRACKET = re.compile(r"^(.*)\(([^()]*)\)$")
_COUNTING = frozenset({"序号", "行号", "no", "no.", "#"})


@dataclass
class Header:
    """The header of ``sheet`` read as ``record_type``: its last row (from 0), columns by field, faults."""

    row: int
    columns: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    marker: int | None = None
    top: int = 0


def header_text(spec: FieldSpec, language: str = "zh") -> str:
    """What a template writes above a column: the label, and the unit in brackets."""
    if language == "en":
        return f"{spec.label.en} ({spec.unit})" if spec.unit else spec.label.en
    return f"{spec.label.zh}（{spec.unit}）" if spec.unit else spec.label.zh


def read_header(
    record_type: RecordType,
    heads: Heads,
    file: str,
    *,
    aliases: Mapping[str, str] | None = None,
    dropped: Sequence[str] = (),
) -> Header | None:
    """The header as ``record_type`` with every fault; None where nothing near the top resembles one.

    ``aliases`` are heads an older template used, by field; ``dropped`` heads it had and the type no
    longer has: they are passed over.
    """
    names = dict(_names(record_type))
    for field_name, old in (aliases or {}).items():
        names.setdefault(folded(old), field_name)
    head = _best(names, heads)
    if head is None:
        return None
    header = Header(head.row, top=head.top)
    passed = {folded(text) for text in dropped}
    for column in range(heads.width):
        text = head.texts[column]
        place = Place(file, heads.sheet.name, head.row + 1, letter(column), text or None)
        name, wrong_unit = _match(names, record_type, head, column)
        if name is None:
            _no_field(record_type, heads, header, place, column, passed)
        elif name in header.columns:
            other = letter(header.columns[name])
            problem = say("列名“{text}”重复，{other}列已经是它", text=text, other=other)
            header.faults.append(Fault("duplicate-column", problem, place))
        else:
            header.columns[name] = column
            if wrong_unit:
                unit = record_type.fields[name].unit or ""
                problem = say("列名写的单位是“{found}”，本表单位应为“{unit}”", found=wrong_unit, unit=unit)
                header.faults.append(Fault("wrong-unit", problem, place))
    _absent(record_type, header, Place(file, heads.sheet.name, head.row + 1))
    return header


def _no_field(
    record_type: RecordType, heads: Heads, header: Header, place: Place, column: int, passed: set[str]
) -> None:
    """A column that is no field: nothing at all, a mark, a count of rows, or a fault."""
    text = place.field or ""
    if not text:
        below = heads.filled_below(column, header.row)
        first = next(below, None)
        if first is None:
            return
        if first.startswith(MARKS) and all(other.startswith(MARKS) for other in below):
            header.marker = column
            return
        header.faults.append(Fault("unknown-column", say("这一列有内容却没有列名"), place))
    elif folded(text) in passed:
        return
    elif folded(text) in _COUNTING:
        message = say("“{text}”一列只用于计数，没有读取", text=text)
        header.faults.append(Fault("column-ignored", message, place, severity="hint"))
        return
    else:
        header.faults.append(Fault("unknown-column", _unknown(record_type, text), place))
    header.unknown.append(column)


def _best(names: Mapping[str, str], heads: Heads) -> Head | None:
    """The head that names most fields; of several the first, and one row before two.

    Of as many, two rows come first where all the second does is complete the labels above it.
    """
    best, found = (0, False), None
    for head in heads.all:
        hits = len({_named(names, one)[0] for one in head.readings} - {None})
        completes = bool(head.parts) and all(_named(names, head.readings[n][:-1])[0] for n in head.parts)
        if (hits, completes) > best:
            best, found = (hits, completes), head
    return found


def _absent(record_type: RecordType, header: Header, place: Place) -> None:
    """A required column that is missing is an error each; the others are mentioned together."""
    optional: list[Message] = []
    for name, spec in record_type.fields.items():
        if name in header.columns:
            continue
        label = Named(header_text(spec), spec.label.en)
        if spec.required:
            header.missing.append(name)
            header.faults.append(Fault("missing-column", say("缺少“{label}”一列", label=label), place))
        else:
            optional.append(label)
    if optional:
        names = Joined(optional, ("、", ", "))
        message = say("没有这些可空的列，按不知处理：{names}", names=names)
        header.faults.append(Fault("optional-column", message, place, severity="warning"))


def find_type(types: Mapping[str, RecordType], heads: Heads) -> list[str]:
    """The types whose fields the header names best, more than one where they cannot be told apart."""
    scores: dict[str, int] = {}
    for record_type in types.values():
        names = _names(record_type)
        head = _best(names, heads)
        if head is None:
            continue
        found = {_named(names, one)[0] for one in head.readings} - {None}
        missing = sum(spec.required and name not in found for name, spec in record_type.fields.items())
        unknown = sum(bool(text) for text in head.texts) - len(found)
        if len(found) >= min(2, len(record_type.fields)):
            scores[record_type.id] = 2 * len(found) - missing - unknown
    if not scores:
        return []
    best = max(scores.values())
    return [name for name, score in scores.items() if score == best and score > 0]


def named_like(types: Mapping[str, RecordType], name: str | None) -> str | None:
    """The type a sheet is named after."""
    wanted = folded(name or "")
    for record_type in types.values():
        if wanted in {folded(record_type.id), folded(record_type.label.zh), folded(record_type.label.en)}:
            return record_type.id
    return None


@lru_cache(maxsize=256)
def _names_of(labels: tuple[tuple[str, str, str, str], ...]) -> dict[str, str]:
    known: dict[str, str] = {}
    for name, zh, en, unit in labels:
        for text in (en, zh, name):
            if unit:
                known[folded(f"{text}({unit})")] = name
            known[folded(text)] = name
    return known


def _names(record_type: RecordType) -> dict[str, str]:
    labels = tuple((n, s.label.zh, s.label.en, s.unit or "") for n, s in record_type.fields.items())
    return _names_of(labels)


def _named(names: Mapping[str, str], readings: Sequence[Reading]) -> tuple[str | None, str | None]:
    """The field a column's head names, and what it has in brackets where that is not the field's unit."""
    for reading in readings:
        if reading.key in names:
            return names[reading.key], None
    for reading in readings:
        bracket = _BRACKET.match(reading.key) if reading.loose else None
        if bracket is not None and bracket[1] in names:
            return names[bracket[1]], bracket[2]
    return None, None


def _match(
    names: Mapping[str, str], record_type: RecordType, head: Head, column: int
) -> tuple[str | None, str | None]:
    """The field a column's head names, and the unit it gives where that is not the field's."""
    name, bracket = _named(names, head.readings[column])
    return name, bracket if name is not None and record_type.fields[name].unit else None


def _unknown(record_type: RecordType, text: str) -> Message:
    labels = [spec.label.zh for spec in record_type.fields.values()]
    near = get_close_matches(text, labels, 3, 0.4)
    problem = say("“{type}”没有“{text}”这一列", type=Named.of(record_type.label), text=text)
    if near:
        return Joined([problem, say("是不是：{near}？", near="、".join(near))], ("；", "; "))
    return Joined([problem, say("请删去这一列")], ("；", "; "))


def shown(cells: Sequence[Any]) -> str:
    """A header as found, for messages."""
    return "、".join(text for text in (written(cell) for cell in cells) if text)[:200]
