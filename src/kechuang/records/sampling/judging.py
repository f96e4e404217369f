"""Whether a sample record would pass an import: its cells, its type's checks, and comparisons.

Warnings count like errors at first, so that sample records look as records should; only where that
cannot be reached does a record with a warning do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from kechuang.errors import KechuangError
from kechuang.formula import parse
from kechuang.formula import tree as t
from kechuang.formula.row import evaluator
from kechuang.packs.model import Comparison, RecordType
from kechuang.records.checks import LONGEST, compiled, key_text
from kechuang.records.fields import Refused, Value, parser
from kechuang.records.sampling.values import Setting

Row = dict[str, Value]
Listed = Callable[[str], Sequence[Mapping[str, Value]]]
"""The records there are of a type."""


class Judge:
    """Judges the records of one type one after another; those it takes it remembers, to tell repeats.

    ``taken`` are keys no record may have.
    """

    def __init__(
        self, record_type: RecordType, setting: Setting, listed: Listed, taken: Collection[str] = ()
    ) -> None:
        self.type = record_type
        self._parsers = [
            (name, parser(spec, setting.today, setting.regions, setting.within))
            for name, spec in record_type.fields.items()
        ]
        self._checks = list(compiled(record_type))
        self._lookups = [_Lookup(one, listed) for one in record_type.compare if one.kind == "lookup"]
        self._changes = [one for one in record_type.compare if one.kind == "change"]
        self._unique = [record_type.key, *(one.fields for one in record_type.compare if one.kind == "unique")]
        self._seen: list[set[str]] = [set() for _ in self._unique]
        self._seen[0].update(taken)
        #: What the last record refused failed: a field, a check, or "key".
        self.failed = ""

    def take(self, row: Row, before: Row | None = None, *, strict: bool) -> bool:
        """Whether ``row`` passes (``strict``: without any warning), ``before`` being the same unit's record
        of the year before; it is remembered if so."""
        if not self.holds(row, strict=strict) or (before and self._jumps(row, before, strict=strict)):
            return False
        texts = [key_text([row[name] for name in names]) for names in self._unique]
        if len(texts[0]) > LONGEST or any(
            text in seen and all(row[name] is not None for name in names)
            for text, seen, names in zip(texts, self._seen, self._unique, strict=True)
        ):
            self.failed = "key"
            return False
        for text, seen in zip(texts, self._seen, strict=True):
            seen.add(text)
        return True

    def holds(self, row: Row, *, strict: bool) -> bool:
        """Whether the record by itself passes; its values are put as an import would read them."""
        for name, parse_cell in self._parsers:
            try:
                row[name] = parse_cell(row[name])
            except Refused:
                self.failed = name
                return False
        for check, test in self._checks:
            if (strict or check.level == "error") and _fails(test, row):
                self.failed = check.id
                return False
        for lookup in self._lookups:
            if (strict or lookup.spec.level == "error") and lookup.fails(row):
                self.failed = lookup.spec.id
                return False
        return True

    def _jumps(self, row: Row, before: Row, *, strict: bool) -> bool:
        for spec in self._changes:
            name = spec.field or ""
            if (strict or spec.level == "error") and _beyond(spec, row[name], before[name]):
                self.failed = spec.id
                return True
        return False


def _beyond(spec: Comparison, value: Value, before: Value) -> bool:
    """Whether a value over that of the year before lies outside what ``spec`` allows."""
    if not isinstance(value, int | float) or not isinstance(before, int | float) or not before:
        return False
    low, high = spec.low, spec.high
    return (low is not None and value / before < low) or (high is not None and value / before > high)


def _fails(test: Callable[[Mapping[str, object]], object], row: Mapping[str, object]) -> bool:
    try:
        return test(row) is False
    except KechuangError:
        return True


class _Lookup:
    """A comparison with the record of another register that has the same values of ``on_fields``."""

    def __init__(self, spec: Comparison, listed: Listed) -> None:
        self.spec = spec
        self._listed = listed
        self._found: dict[tuple[Any, ...], Mapping[str, Value]] | None = None
        tree = parse(spec.test or "true")
        self._test = evaluator(tree, self._leaf)

    def fails(self, row: Mapping[str, Value]) -> bool:
        if self._found is None:
            self._found = {self._on(one): one for one in self._listed(self.spec.other or "")}
        other = self._found.get(self._on(row))
        return other is not None and _fails(self._test, {"": other, **row})

    def _on(self, row: Mapping[str, Value]) -> tuple[Any, ...]:
        return tuple(row.get(name) for name in self.spec.on_fields)

    def _leaf(self, node: t.Node) -> Callable[[Mapping[Any, Any]], Any] | None:
        if isinstance(node, t.Field):  # ``other.field``
            name = node.field
            return lambda row: row[""].get(name)
        return _own(node)


def _own(node: t.Node) -> Callable[[Mapping[Any, Any]], Any] | None:
    """A field of the record itself."""
    if not isinstance(node, t.Name):
        return None
    name = node.name
    return lambda row: row.get(name)


def add_up(record_type: RecordType, rows: Iterable[Row]) -> None:
    """Set the wholes of ``parts`` comparisons to the sums of their parts."""
    for spec in record_type.compare:
        if spec.kind != "parts" or spec.whole is None or spec.field is None:
            continue
        is_whole = evaluator(parse(spec.whole), _own)
        groups: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows:
            groups.setdefault(tuple(row.get(name) for name in spec.group), []).append(row)
        for group in groups.values():
            parts = [row[spec.field] for row in group if is_whole(row) is not True]
            for row in group:
                if is_whole(row) is True and parts and all(isinstance(part, int | float) for part in parts):
                    row[spec.field] = round(sum(parts), 6)  # type: ignore[arg-type]
