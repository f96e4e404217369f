"""The stamp of a template: which type each sheet is of, and the columns and sample it was made with.

It stands in a hidden sheet. A file made by another version of a pack is read by it: what was renamed is
still known, what was dropped is passed over, and one hint says what has changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kechuang.errors import Joined, listed
from kechuang.messages import Message, say
from kechuang.packs.model import RecordType
from kechuang.records.fields import Named, written
from kechuang.records.headers import header_text
from kechuang.records.sheets import Sheet

STAMP = "_kechuang"


@dataclass
class Stamped:
    """One sheet as it was made: its type, the head of each column by field, and the sample row."""

    type: str
    heads: dict[str, str] = field(default_factory=dict)
    sample: dict[str, str] = field(default_factory=dict)

    def dropped(self, record_type: RecordType) -> list[str]:
        """Heads of columns the type no longer has."""
        return [head for name, head in self.heads.items() if name not in record_type.fields]

    def drift(self, record_type: RecordType, version: str) -> Message | None:
        """What has changed since the template was made; None where nothing did."""
        if not self.heads:
            return None
        fields = record_type.fields
        added = [Named.of(spec.label) for name, spec in fields.items() if name not in self.heads]
        renamed = [
            say("“{old}”现为“{new}”", old=self.heads[name], new=_head(record_type, name))
            for name in fields
            if name in self.heads
            and self.heads[name] not in {header_text(fields[name], "zh"), header_text(fields[name], "en")}
        ]
        parts: list[Message] = []
        if added:
            parts.append(say("新增了{names}", names=listed(added)))
        if dropped := self.dropped(record_type):
            parts.append(say("不再有{names}，没有读取", names=listed(dropped)))
        if renamed:
            parts.append(Joined(renamed, ("、", ", ")))
        if not parts:
            return None
        changes = Joined(parts, ("；", "; "))
        return say("模板是另一版（{version}），现在的台账{changes}", version=version or "—", changes=changes)


@dataclass
class Stamp:
    """What the hidden sheet says of a workbook."""

    version: str = ""
    only: str | None = None
    sheets: dict[str, Stamped] = field(default_factory=dict)

    def of(self, sheet: str | None) -> Stamped | None:
        """The stamp of a sheet; where the workbook was made with one sheet, whatever it is called now."""
        found = self.sheets.get(sheet or "")
        if found is None and self.only is not None:
            found = next(iter(self.sheets.values()), None) or Stamped(self.only)
        return found


def read_stamp(sheets: Sequence[Sheet]) -> Stamp | None:
    """The stamp of a workbook; None where it has none."""
    for sheet in sheets:
        if sheet.name == STAMP and sheet.rows and written(sheet.rows[0][0]) == "record":
            return _read(sheet)
    return None


def _read(sheet: Sheet) -> Stamp:
    stamp = Stamp()
    for row in sheet.rows:
        kind, *rest = [written(cell) for cell in row] + [""] * 5
        if kind == "record":
            stamp.only = rest[0] or None
        elif kind == "version":
            stamp.version = rest[0]
        elif kind == "sheet":
            stamp.sheets[rest[0]] = Stamped(rest[1])
        elif kind in {"column", "sample"} and rest[0] in stamp.sheets:
            one = stamp.sheets[rest[0]]
            (one.heads if kind == "column" else one.sample)[rest[1]] = rest[2]
    return stamp


def stamp_rows(
    sheets: Sequence[tuple[str, RecordType, dict[str, str]]], version: str, language: str
) -> Iterator[list[str]]:
    """The rows of the hidden sheet: (title, type, sample as text) of each sheet."""
    yield ["record", sheets[0][1].id if len(sheets) == 1 else ""]
    yield ["version", version]
    for title, record_type, sample in sheets:
        yield ["sheet", title, record_type.id]
        for name, spec in record_type.fields.items():
            yield ["column", title, name, header_text(spec, language)]
        for name, text in sample.items():
            yield ["sample", title, name, text]


def _head(record_type: RecordType, name: str) -> Message:
    spec = record_type.fields[name]
    return Named(header_text(spec), header_text(spec, "en"))
