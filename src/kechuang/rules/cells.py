"""Cells of a rule's columns, one by one: parsed as records are, every fault with its place."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kechuang.errors import Fault, KechuangError, Place
from kechuang.formula.columns import EPOCH
from kechuang.messages import say
from kechuang.packs.model import FieldSpec, RecordType
from kechuang.records.fields import Parser, Refused, folded, parser, written
from kechuang.records.tables import Table, read_table
from kechuang.rules.cases import Cases

if TYPE_CHECKING:
    from kechuang.packs import Packs, RuleSpec
    from kechuang.packs.rules import Bound

_NONE = frozenset(
    folded(word) for word in ("0", "无", "否", "没有", "不属于", "其他", "其它", "none", "other", "no")
)
_KINDS = {"text": "text", "number": "number", "date": "date", "flag": "boolean", "choice": "choice"}


@dataclass(frozen=True)
class Broken:
    """A cell that shows an error, or a formula never computed."""

    code: str


class Reader:
    """Reads cells for one rule."""

    def __init__(self, spec: RuleSpec, packs: Packs) -> None:
        self.spec, self.packs = spec, packs

    @cached_property
    def record(self) -> RecordType:
        """The rule's columns as a record type, for what reads headers and cells of registers."""
        fields = {}
        for name, column in self.spec.columns.items():
            fields[name] = FieldSpec(
                type=_KINDS[column.type],
                label=column.label,
                unit=column.unit,
                required=name == self.spec.key,
                min=self._bound(column.min) if column.type == "number" else None,
                max=self._bound(column.max) if column.type == "number" else None,
                choices=column.choices,
                future=True,
                note=column.note,
            )
        return RecordType(record=self.spec.id, label=self.spec.label, key=[self.spec.key], fields=fields)

    def _bound(self, bound: Bound | None) -> float | None:
        """A bound of a column; the widest any date sets, since a file may be judged as of any day."""
        if not isinstance(bound, str):
            return bound
        return max(float(value.value) for value in self.packs.parameters[bound].values)

    def within(self, name: str, values: Any) -> bool:
        """Whether all known numbers of a column are what it may hold."""
        column, spec = self.spec.columns[name], self.record.fields[name]
        known = values[~np.isnan(values)]
        if not np.isfinite(known).all():
            return False
        if column.type == "flag":
            return bool(((known == 0) | (known == 1)).all())
        low = spec.min is None or bool((known >= spec.min).all())
        return low and (spec.max is None or bool((known <= spec.max).all()))

    def codes(self, name: str, cells: Any) -> Any:
        """The codes of a column of choices (an Arrow array); None where one of them is not known."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not pa.types.is_string(cells.type):
            try:
                cells = pc.cast(cells, pa.string())
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                return None
        encoded = (
            cells.combine_chunks().dictionary_encode()
            if len(cells)
            else pa.array([], pa.string()).dictionary_encode()
        )
        parse, names = self.parsers[name], list(self.spec.columns[name].choices)
        meanings = []
        for text in encoded.dictionary.to_pylist():
            try:
                found = parse(text)
            except Refused:
                return None
            meanings.append(-1 if found is None else names.index(str(found)))
        places = encoded.indices.fill_null(len(meanings)).to_numpy(zero_copy_only=False)
        return np.array([*meanings, -1], np.int16)[places]

    @cached_property
    def parsers(self) -> dict[str, Parser]:
        made = {}
        for name, spec in self.record.fields.items():
            inner = parser(spec, date.max)
            kind = self.spec.columns[name].type
            made[name] = _sound(
                _flag(inner) if kind == "flag" else self._choice(name, inner) if kind == "choice" else inner
            )
        return made

    def _choice(self, name: str, inner: Parser) -> Parser:
        """Choices by code, label, number in order or a label within longer words; else ``otherwise``."""
        column = self.spec.columns[name]
        codes = list(column.choices)
        labels = {folded(label.zh): code for code, label in column.choices.items()}
        other = column.otherwise

        def parse(cell: Any) -> Any:
            text = folded(written(cell))
            if not text:
                return None
            if other is not None and text in _NONE:
                return other
            plain = text.removesuffix(".0")
            if plain.isdecimal() and other is not None and 0 < int(plain) <= len(codes):
                return codes[int(plain) - 1]
            try:
                return inner(cell)
            except Refused:
                within = next((code for label, code in labels.items() if text.startswith(label)), None)
                if within is not None:
                    return within
                if other is None or get_close_matches(text, list(labels), 1):
                    raise
                return other

        return parse

    # -- files -------------------------------------------------------------------------------------

    def file(self, path: Path) -> Cases:
        """The cases of a file, cell by cell. Raises KechuangError with every fault."""
        found = read_table(path, {self.spec.id: self.record}, self.spec.id)
        # A column more is no harm here, unlike in a return that goes into a register.
        faults = [
            replace(fault, severity="warning") if fault.code == "unknown-column" else fault
            for fault in found.faults
            if fault.code != "optional-column"
        ]
        bad = [fault for fault in faults if fault.severity == "error"]
        if not bad and len(found.tables) > 1:
            text = say("有{n}张工作表都像是要判定的表，请只留一张", n=len(found.tables))
            bad.append(Fault("several-sheets", text, Place(file=path.name)))
        if not found.tables or (bad and not found.tables[0].rows):
            raise self._refused(bad, path)
        table = found.tables[0]
        names = list(table.columns)
        places = [table.columns[name] for name in names]

        def judged() -> Iterator[tuple[int, list[Any]]]:
            for number, cells in table.rows:
                yield number, [self._whole(table, number, place, cells[place]) for place in places]

        cases = self.rows(names, judged(), place=table.place, path=path, faults=bad)
        cases.warnings = [fault for fault in faults if fault.severity != "error"]
        return cases

    @staticmethod
    def _whole(table: Table, number: int, place: int, cell: Any) -> Any:
        """A cell, or the code of what is broken about it."""
        code = table.broken.get((number - 1, place)) if table.broken else None
        return Broken(code) if code else cell

    def rows(
        self,
        names: Sequence[str],
        rows: Iterable[tuple[int, Sequence[Any]]],
        *,
        place: Callable[[int, str], Place] | None = None,
        path: Path | None = None,
        faults: Sequence[Fault] = (),
    ) -> Cases:
        """Cases by name and row; every bad one a fault. Raises KechuangError where there is any."""
        import pyarrow as pa

        bad = list(faults)
        kept = {name: array("d") for name in names if self.spec.columns[name].type != "text"}
        read = [(name, self.parsers[name]) for name in names if name in kept or name == self.spec.key]
        at = [place for place, name in enumerate(names) if name in kept or name == self.spec.key]
        keys: list[str] = []
        for number, cells in rows:
            for (name, parse), cell in zip(read, (cells[one] for one in at), strict=True):
                try:
                    value = parse(cell)
                except Refused as error:
                    where = place(number, name) if place else Place(row=number, field=name)
                    bad.append(Fault(error.code, error.message, where))
                    value = None
                if name == self.spec.key:
                    keys.append(str(value))
                else:
                    kept[name].append(self._number(name, value))
        if bad:
            raise self._refused(bad, path)
        columns: dict[str, Any] = {
            name: np.array(values, np.int16 if self.spec.columns[name].type == "choice" else np.float64)
            for name, values in kept.items()
        }
        return Cases(len(keys), pa.chunked_array([pa.array(keys, pa.string())]), columns)

    def _refused(self, faults: Sequence[Fault], path: Path | None) -> KechuangError:
        return KechuangError(
            "bad-cells",
            say("数据有{n}处错误，没有判定", n=len(faults)),
            place=Place(file=path.name if path else None),
            faults=faults,
            remedy=say("请改正后再判定；各列的要求见 kechuang rules show {rule}。", rule=self.spec.id),
        )

    def _number(self, name: str, value: Any) -> float:
        """A value as its column's array holds it."""
        kind = self.spec.columns[name].type
        if kind == "choice":
            return -1.0 if value is None else float(list(self.spec.columns[name].choices).index(str(value)))
        if value is None:
            return float("nan")
        return float((value - EPOCH).days if isinstance(value, date) else value)


def _sound(inner: Parser) -> Parser:
    """Refuses a cell that shows an error: taken for empty it would be taken for unknown."""

    def parse(cell: Any) -> Any:
        if isinstance(cell, Broken):
            raise Refused(cell.code, say("单元格显示错误值，或公式没有算出结果；请在Excel中改正后保存"))
        if isinstance(cell, float) and math.isnan(cell):  # NaN, as programs write an empty cell
            return None
        return inner(cell)

    return parse


def _flag(inner: Parser) -> Parser:
    """1 and 0 however a program writes them (1.0), and what people write for yes and no."""

    def parse(cell: Any) -> Any:
        text = written(cell)
        return inner(text.removesuffix(".0") if isinstance(text, str) else text)

    return parse
