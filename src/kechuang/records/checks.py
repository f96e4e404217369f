"""Judges the rows of tables: cells by their fields, rows by the pack's checks, then keys and references.

All faults of all tables are found at once, up to ``LIMIT`` a file with the number of the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from kechuang.errors import Fault, KechuangError, Place
from kechuang.formula import row_function
from kechuang.messages import Message, say
from kechuang.packs.model import Check, RecordType
from kechuang.records.fields import Named, Parser, Refused, Value, canonical, parser
from kechuang.records.tables import Table

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

LIMIT = 1000
"""Errors (and warnings) listed for one file; a wrong column gives one for every row."""

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
    """A table and its rows as values."""

    table: Table
    rows: list[Row] = field(default_factory=list)


def key_text(parts: Sequence[Any]) -> str:
    """Key values as one text; a bar or backslash inside a value is marked by a backslash.

    >>> key_text(["91350100M000100Y43", 2024])
    '91350100M000100Y43|2024'
    """
    return "|".join(str(canonical(part)).replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def check_tables(
    tables: Sequence[Table],
    today: date,
    findings: Findings,
    *,
    regions: RegionTree | None,
    within: str | None,
    known: Known,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Checked]:
    """The rows of ``tables`` as values; what is wrong goes to ``findings``."""
    total = sum(len(table.rows) for table in tables)
    done = 0
    checked: list[Checked] = []
    for table in tables:
        if progress:
            progress(table.file, done, total)
        checked.append(_read(table, today, regions, within, findings))
        done += len(table.rows)
    _check_keys(checked, findings)
    for one in checked:
        _check_rows(one, findings)
    _check_references(checked, known, findings)
    return checked


def _read(
    table: Table, today: date, regions: RegionTree | None, within: str | None, findings: Findings
) -> Checked:
    steps: list[tuple[str, int, Parser]] = [
        (name, table.columns[name], parser(spec, today, regions, within))
        for name, spec in table.type.fields.items()
        if name in table.columns
    ]
    blank: dict[str, Value] = dict.fromkeys(table.type.fields)
    keys = table.type.key
    checked = Checked(table)
    for number, cells in table.rows:
        values = blank.copy()
        sound = True
        for name, column, parse in steps:
            try:
                values[name] = parse(cells[column])
            except Refused as refused:
                sound = False
                if (number - 1, column) not in table.broken:
                    findings.add(Fault(refused.code, refused.message, table.place(number, name)))
        checked.rows.append(Row(number, values, key_text([values[name] for name in keys]), sound))
    _broken(table, checked, findings)
    return checked


def _broken(table: Table, checked: Checked, findings: Findings) -> None:
    """Cells with an error value, or a formula that was never computed, in columns that are read."""
    if not table.broken:
        return
    names = {column: name for name, column in table.columns.items()}
    rows = {row.number: row for row in checked.rows}
    messages: dict[str, Message] = {
        "cell-error": say("单元格是Excel的错误值（如 #DIV/0!）"),
        "formula-not-computed": say("公式还没有计算出值：请用Excel打开并保存后再导入"),
    }
    for (row, column), code in sorted(table.broken.items()):
        if column in names and row + 1 in rows:
            rows[row + 1].sound = False
            findings.add(Fault(code, messages[code], table.place(row + 1, names[column])))


def _check_keys(checked: Sequence[Checked], findings: Findings) -> None:
    """The same key twice in what is imported together, naming both rows; keys too long to index."""
    seen: dict[tuple[str, str], tuple[Table, int]] = {}
    for one in checked:
        table = one.table
        keys = table.type.key
        for row in one.rows:
            if any(row.values[name] is None for name in keys):
                continue
            if len(row.key) > LONGEST:
                problem = say("主键太长：有{n}个字，最多{most}个", n=len(row.key), most=LONGEST)
                findings.add(Fault("key-too-long", problem, table.place(row.number, keys[0])))
            first = seen.setdefault((table.type.id, row.key), (table, row.number))
            if first == (table, row.number) or (first[0] is table and first[1] == row.number):
                continue
            place = table.place(row.number, keys[0])
            labels = "、".join(f"{table.type.fields[n].label.zh}={canonical(row.values[n])}" for n in keys)
            where = Place(
                None if first[0].file == table.file else first[0].file,
                None if first[0].sheet == table.sheet else first[0].sheet,
                first[1],
            ).message()
            findings.add(
                Fault("duplicate-key", say("与{where}重复（{labels}）", where=where, labels=labels), place)
            )


def _check_rows(one: Checked, findings: Findings) -> None:
    """The pack's checks, on rows whose cells could all be read."""
    checks = list(compiled(one.table.type))
    for row in one.rows:
        if not row.sound:
            continue
        for check, holds in checks:
            try:
                failed = holds(row.values) is False
            except KechuangError as error:
                findings.add(Fault(check.id, error.full(), one.table.place(row.number)))
                continue
            if failed:
                place = one.table.place(row.number, check.fields[0] if check.fields else None)
                findings.add(Fault(check.id, Named.of(check.message), place, severity=check.level))


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
                    listed.update(str(canonical(row.values[target])) for row in brought.rows)
            for row in one.rows:
                value = canonical(row.values[name])
                if value is not None and str(value) not in listed:
                    findings.add(
                        Fault(
                            "reference-unknown",
                            say("“{value}”不在台账“{other}”之中，请先登记或核对", value=value, other=other),
                            one.table.place(row.number, name),
                        )
                    )
