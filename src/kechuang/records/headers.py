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
from kechuang.records.workbook import Sheet, letter

DEPTH = 10
"""Rows searched for the header: above it there may be a title, the unit that reports, a date."""

_BRACKET = re.compile(r"^(.*)\(([^()]*)\)$")


@dataclass
class Header:
    """The header of ``sheet`` read as ``record_type``: row (from 0), columns by field, faults."""

    row: int
    columns: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)


def header_text(spec: FieldSpec) -> str:
    """What a template writes above a column: the label, and the unit in brackets."""
    return f"{spec.label.zh}（{spec.unit}）" if spec.unit else spec.label.zh


def best_row(record_type: RecordType, sheet: Sheet) -> int | None:
    """The row among the first ten with most cells naming fields; None where no row names any."""
    names = _names(record_type)
    best, found = 0, None
    for number, row in enumerate(sheet.rows[:DEPTH]):
        hits = sum(_match(names, record_type, written(cell))[0] is not None for cell in row if cell != "")
        if hits > best:
            best, found = hits, number
    return found


def read_header(record_type: RecordType, sheet: Sheet, file: str) -> Header | None:
    """The header of ``sheet`` as ``record_type`` with every fault; None where no row resembles one."""
    number = best_row(record_type, sheet)
    if number is None:
        return None
    names = _names(record_type)
    header = Header(number)
    cells = sheet.rows[number]
    width = max(len(row) for row in sheet.rows)
    for index in range(width):
        text = written(cells[index]) if index < len(cells) else ""
        place = Place(file, sheet.name, number + 1, letter(index), text or None)
        if not text:
            if any(index < len(row) and written(row[index]) for row in sheet.rows[number + 1 :]):
                header.unknown.append(index)
                header.faults.append(Fault("unknown-column", say("这一列有内容却没有列名"), place))
            continue
        name, wrong_unit = _match(names, record_type, text)
        if name is None:
            header.unknown.append(index)
            header.faults.append(Fault("unknown-column", _unknown(record_type, text), place))
        elif name in header.columns:
            other = letter(header.columns[name])
            problem = say("列名“{text}”重复，{other}列已经是它", text=text, other=other)
            header.faults.append(Fault("duplicate-column", problem, place))
        else:
            header.columns[name] = index
            if wrong_unit:
                unit = record_type.fields[name].unit or ""
                problem = say("列名写的单位是“{found}”，本表单位应为“{unit}”", found=wrong_unit, unit=unit)
                header.faults.append(Fault("wrong-unit", problem, place))
    _absent(record_type, header, Place(file, sheet.name, number + 1))
    return header


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


def find_type(types: Mapping[str, RecordType], sheet: Sheet) -> list[str]:
    """The types whose fields the header names best, more than one where they cannot be told apart."""
    rows = [_keys(row) for row in sheet.rows[:DEPTH]]
    scores: dict[str, int] = {}
    for record_type in types.values():
        names = _names(record_type)
        found = [{names[key] for keys in row for key in keys if key in names} for row in rows]
        columns = max(found, key=len, default=set())
        if len(columns) >= min(2, len(record_type.fields)) and columns:
            number = found.index(columns)
            scores[record_type.id] = _score(record_type, columns, rows[number], names)
    if not scores:
        return []
    best = max(scores.values())
    return [name for name, score in scores.items() if score == best and score > 0]


def _keys(row: Sequence[Any]) -> list[tuple[str, ...]]:
    """What each filled cell of a row may be called: as written, and without a unit in brackets."""
    found: list[tuple[str, ...]] = []
    for cell in row:
        key = folded(written(cell)).strip("*")
        bracket = _BRACKET.match(key)
        if key:
            found.append((key, bracket[1]) if bracket else (key,))
    return found


def _score(
    record_type: RecordType, columns: set[str], row: Sequence[tuple[str, ...]], names: Mapping[str, str]
) -> int:
    """How well a header fits: fields named, less those missing and columns that name none."""
    missing = sum(spec.required and name not in columns for name, spec in record_type.fields.items())
    unknown = sum(not any(key in names for key in keys) for keys in row)
    return 2 * len(columns) - missing - unknown


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


def _match(names: Mapping[str, str], record_type: RecordType, text: str) -> tuple[str | None, str | None]:
    """The field a header cell names, and the unit it gives where that is not the field's."""
    key = folded(text).strip("*")
    if key in names:
        return names[key], None
    bracket = _BRACKET.match(key)
    name = names.get(bracket[1]) if bracket else None
    if bracket is None or name is None:
        return None, None
    return name, bracket[2] if record_type.fields[name].unit else None


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
