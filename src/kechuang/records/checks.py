"""Judges the rows of tables: cells by their fields, rows by the pack's checks, then keys and references.

All faults of all tables are found at once, up to ``LIMIT`` a file with the number of the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from kechuang.errors import Fault, KechuangError, Place
from kechuang.formula import parse, row_function
from kechuang.formula.row import evaluator
from kechuang.formula.tree import Name
from kechuang.messages import Message, say
from kechuang.packs.model import Check, RecordType
from kechuang.records.columns import Column
from kechuang.records.fields import Named, Value, canonical, parser
from kechuang.records.tables import Table

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

LIMIT = 1000
"""Errors (and warnings) listed for one file; a wrong column gives one for every row."""

STRETCH = 20_000
"""Rows read at a time; progress is told after each."""

LONGEST = 500
"""Characters a key may have: it is indexed."""

Known = Callable[[str, str], frozenset[str]]
"""Values the store has of a field, as text: (type, field) → values."""


class Findings:
    """Faults as they are found; counts those beyond the limit of each file."""

    def __init__(self) -> None:
        self.listed: list[Fault] = []
        self.errors = 0
        self._count: Counter[tuple[str, str]] = Counter()

    def add(self, fault: Fault) -> None:
        self.errors += fault.severity == "error"
        kind = (fault.place.file or "", fault.severity)
        self._count[kind] += 1
        if self._count[kind] <= LIMIT:
            self.listed.append(fault)

    def all(self) -> tuple[Fault, ...]:
        """The faults listed, with a last one a file for those left out."""
        left_out = [
            Fault("too-many", say("另有{n}处问题未列出", n=count - LIMIT), Place(file=file), severity)
            for (file, severity), count in self._count.items()
            if count > LIMIT
        ]
        return (*self.listed, *left_out)


@dataclass
class Row:
    """A row that was read: its number in the sheet, its values and its key."""

    number: int
    values: dict[str, Value]
    key: str
    sound: bool = True


@dataclass
class Checked:
    """A table and its rows as values, column by column.

    ``numbers`` are the rows' numbers in the sheet, ``columns`` the values of every field of the type (None
    where the file has no such column), ``keys`` the texts of the keys; ``unsound`` are the places of rows
    with a cell that could not be read.
    """

    table: Table
    numbers: list[int] = field(default_factory=list)
    columns: dict[str, list[Value]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    unsound: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.numbers)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows one by one; for long tables the columns are the faster way."""
        names = list(self.columns)
        cells = zip(*self.columns.values(), strict=True)
        return [
            Row(number, dict(zip(names, row, strict=True)), key, place not in self.unsound)
            for place, (number, key, row) in enumerate(zip(self.numbers, self.keys, cells, strict=True))
        ]


def key_text(parts: Sequence[Any]) -> str:
    """Key values as one text; a bar or backslash inside a value is marked by a backslash.

    >>> key_text(["91350100M000100Y43", 2024])
    '91350100M000100Y43|2024'
    """
    return "|".join(map(_key_part, parts))


def key_texts(columns: Sequence[Sequence[Value]]) -> list[str]:
    """:func:`key_text` of every row of key columns."""
    texts = [list(map(_key_part, column)) for column in columns]
    return texts[0] if len(texts) == 1 else list(map("|".join, zip(*texts, strict=True)))


def _key_part(value: Value) -> str:
    text = value if type(value) is str else str(canonical(value))
    return text.replace("\\", "\\\\").replace("|", "\\|") if "|" in text or "\\" in text else text


def key_value(text: str) -> str:
    """The value of a key of one part.

    >>> key_value(key_text(["a|b"]))
    'a|b'
    """
    return _MARKED.sub(r"\1", text) if "\\" in text else text


_MARKED = re.compile(r"\\(.)", re.DOTALL)


def check_tables(
    tables: Sequence[Table],
    today: date,
    findings: Findings,
    *,
    regions: RegionTree | None,
    within: str | None,
    known: Known,
    progress: Callable[[str, int, int], None] | None = None,
    stage: Callable[[int, int], None] | None = None,
) -> list[Checked]:
    """The rows of ``tables`` as values; what is wrong goes to ``findings``. ``stage`` hears the number of each
    table, and of how many."""
    total = sum(len(table.rows) for table in tables)
    done = 0
    checked: list[Checked] = []
    for number, table in enumerate(tables, start=1):
        if stage:
            stage(number, len(tables))

        def told(rows: int, file: str = table.file, before: int = done) -> None:
            if progress:
                progress(file, before + rows, total)

        checked.append(_read(table, today, regions, within, findings, told))
        done += len(table.rows)
    _check_keys(checked, findings)
    for one in checked:
        _check_rows(one, findings)
    _check_references(checked, known, findings)
    return checked


def _read(
    table: Table,
    today: date,
    regions: RegionTree | None,
    within: str | None,
    findings: Findings,
    progress: Callable[[int], None],
) -> Checked:
    checked = Checked(table, columns={name: [] for name in table.type.fields})
    readers = {
        name: Column(spec, lambda note, spec=spec: parser(spec, today, regions, within, note))  # type: ignore[misc]
        for name, spec in table.type.fields.items()
        if name in table.columns
    }
    for start in range(0, len(table.rows), STRETCH):
        progress(start)
        stretch = table.rows[start : start + STRETCH]
        found: list[tuple[int, int, Fault]] = []
        for place, (name, values) in enumerate(checked.columns.items()):
            if name not in readers:
                values.extend([None] * len(stretch))
                continue
            column = table.columns[name]
            read = readers[name].read([cells[column] for _, cells in stretch])
            values.extend(read.values)
            for at, refused in read.refused:
                checked.unsound.add(start + at)
                number = stretch[at][0]
                if (number - 1, column) not in table.broken:
                    found.append((at, place, Fault(refused.code, refused.message, table.place(number, name))))
            for at, message in read.notes:
                where = table.place(stretch[at][0], name)
                found.append((at, place, Fault("unit-converted", message, where, severity="hint")))
        for _, _, fault in sorted(found, key=lambda one: one[:2]):
            findings.add(fault)
        checked.numbers.extend(number for number, _ in stretch)
        keys = [checked.columns[name][start:] for name in table.type.key]
        checked.keys.extend(key_texts(keys))
    _broken(table, checked, findings)
    return checked


def _broken(table: Table, checked: Checked, findings: Findings) -> None:
    """Cells with an error value, or a formula that was never computed, in columns that are read."""
    if not table.broken:
        return
    names = {column: name for name, column in table.columns.items()}
    places = {number: place for place, number in enumerate(checked.numbers)}
    messages: dict[str, Message] = {
        "cell-error": say("单元格是Excel的错误值（如 #DIV/0!）"),
        "formula-not-computed": say("公式还没有计算出值：请用Excel打开并保存后再导入"),
    }
    for (row, column), code in sorted(table.broken.items()):
        if column in names and row + 1 in places:
            checked.unsound.add(places[row + 1])
            findings.add(Fault(code, messages[code], table.place(row + 1, names[column])))


def _check_keys(checked: Sequence[Checked], findings: Findings) -> None:
    """The same key twice in what is imported together, naming both rows; keys too long to index."""
    seen: dict[str, dict[str, tuple[Table, int]]] = {}
    for one in checked:
        table = one.table
        keys = table.type.key
        empty = {place for name in keys for place, value in _missing(one.columns[name])}
        before = seen.setdefault(table.type.id, {})
        for place, (key, number) in enumerate(zip(one.keys, one.numbers, strict=True)):
            if place in empty:
                continue
            if len(key) > LONGEST:
                problem = say("主键太长：有{n}个字，最多{most}个", n=len(key), most=LONGEST)
                findings.add(Fault("key-too-long", problem, table.place(number, keys[0])))
            first = before.setdefault(key, (table, number))
            if first[1] == number and first[0] is table:
                continue
            labels = "、".join(
                f"{table.type.fields[n].label.zh}={canonical(one.columns[n][place])}" for n in keys
            )
            where = Place(
                None if first[0].file == table.file else first[0].file,
                None if first[0].sheet == table.sheet else first[0].sheet,
                first[1],
            ).message()
            problem = say("与{where}重复（{labels}）", where=where, labels=labels)
            findings.add(Fault("duplicate-key", problem, table.place(number, keys[0])))


def _missing(values: Sequence[Value]) -> Iterator[tuple[int, Value]]:
    if None in values:
        yield from ((place, value) for place, value in enumerate(values) if value is None)


def _check_rows(one: Checked, findings: Findings) -> None:
    """The pack's checks, on rows whose cells could all be read."""
    found: list[tuple[int, int, Fault]] = []
    for order, check in enumerate(one.table.type.checks):
        names, holds = _over_columns(check, one.table.type)
        columns = [one.columns[name] for name in names]
        for place, row in enumerate(zip(*columns, strict=True) if columns else repeat((), len(one))):
            try:
                if holds(row) is not False or place in one.unsound:
                    continue
                where = one.table.place(one.numbers[place], check.fields[0] if check.fields else None)
                fault = Fault(check.id, Named.of(check.message), where, severity=check.level)
            except KechuangError as error:
                if place in one.unsound:
                    continue
                fault = Fault(check.id, error.full(), one.table.place(one.numbers[place]))
            found.append((place, order, fault))
    for _, _, fault in sorted(found, key=lambda item: item[:2]):
        findings.add(fault)


def _over_columns(check: Check, record_type: RecordType) -> tuple[list[str], Callable[[Any], object]]:
    """The fields a check reads, and the check as a function of their values in this order."""
    formula = parse(check.test)
    used = {part.name for part in formula.walk() if isinstance(part, Name)}
    names = [name for name in record_type.fields if name in used]
    value = {name: itemgetter(place) for place, name in enumerate(names)}
    return names, evaluator(formula, lambda leaf: value.get(leaf.name) if isinstance(leaf, Name) else None)


def compiled(record_type: RecordType) -> Iterator[tuple[Check, Callable[[Mapping[str, object]], object]]]:
    """The checks of a type as functions of a row."""
    for check in record_type.checks:
        yield check, row_function(check.test, record_type.fields.keys())


def _check_references(checked: Sequence[Checked], known: Known, findings: Findings) -> None:
    """Values that must be listed in another register: in the store, or in the same import."""
    for one in checked:
        for name, spec in one.table.type.fields.items():
            if spec.reference is None or name not in one.table.columns:
                continue
            other, _, target = spec.reference.partition(".")
            listed = set(known(other, target))
            for brought in checked:
                if brought.table.type.id == other:
                    listed.update(str(canonical(value)) for value in brought.columns[target])
            for place, value in enumerate(map(canonical, one.columns[name])):
                if value is None or str(value) in listed:
                    continue
                problem = say("“{value}”不在台账“{other}”之中，请先登记或核对", value=value, other=other)
                where = one.table.place(one.numbers[place], name)
                findings.add(Fault("reference-unknown", problem, where))
