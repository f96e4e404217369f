"""Which field figures can be broken down by: of a formula's own tables, or of the list that says who must report.

A field is named ``field`` or ``table.field``. Beside its own fields a table has those of its frame (the list of
units due, matched by its whole key) and of the record types its references point to by their whole key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kechuang.engine import Split
from kechuang.errors import KechuangError, listed
from kechuang.formula import tree as t
from kechuang.formula.reading import near
from kechuang.indicators.decompose.makeup import Makeup
from kechuang.messages import say
from kechuang.packs.model import FieldSpec, Label, Packs

#: Fields whose values are kinds of things, not amounts or days.
KINDS = ("choice", "boolean", "text", "region", "uscc", "year")
#: Of these a breakdown is asked for in the first place.
NAMED = ("choice", "boolean")
_YES_NO = {"true": Label(zh="是", en="Yes"), "false": Label(zh="否", en="No")}


@dataclass(frozen=True)
class Breakdown:
    """A field to break down by: where it stands, its declaration, and the table whose records it splits."""

    split: Split
    spec: FieldSpec

    @property
    def name(self) -> str:
        """As it is asked for: ``field``, or ``table.field`` where another table tells it."""
        return self.split.field if self.split.told is None else f"{self.split.told}.{self.split.field}"

    def label(self, value: str | None) -> dict[str, str]:
        """What a value is called."""
        if value is None:
            return say("未填").both()
        known = self.spec.choices.get(value) or (_YES_NO.get(value) if self.spec.type == "boolean" else None)
        return {"zh": known.zh, "en": known.en} if known else {"zh": value, "en": value}

    def ordered(self, values: Iterable[str | None]) -> list[str | None]:
        """Choices in the order of their declaration, others by name, records without a value last."""
        order = {name: number for number, name in enumerate(self.spec.choices)}
        return sorted(values, key=lambda v: (v is None, order.get(v or "", len(order)), v or ""))


def breakdown_by(packs: Packs, made: Makeup, name: str) -> Breakdown:
    """The field called ``name`` of what an indicator is made of.

    KechuangError ``unknown-breakdown`` where its tables have no such field, or one of amounts or days.
    """
    tables = tables_split(made)
    found = list(fields_of(packs, tables))
    table, _, field = name.rpartition(".")
    fit = [
        one for one in found if one.split.field == field and table in ("", one.split.table, one.split.told)
    ]
    own = [one for one in fit if one.split.told is None]
    for one in own or fit:
        return one
    offered = [one.name for one in found if one.spec.type in NAMED]
    raise KechuangError(
        "unknown-breakdown",
        say("不能按“{name}”分：所用台账没有这个分类字段", name=name),
        remedy=say("可用的字段：{names}。", names=listed(offered))
        if offered
        else near(name, [one.name for one in found]),
    )


def tables_split(made: Makeup) -> list[str]:
    """The tables whose records can be kept apart: those of the upper side, the list of a coverage."""
    if made.covered is not None:
        return [made.covered.listed.table]
    return list(dict.fromkeys(t.tables_of(one)[0] for one in t.aggregates(made.above)))


def fields_of(packs: Packs, tables: Iterable[str]) -> Iterator[Breakdown]:
    """Every field the records of ``tables`` can be broken down by, their own first."""
    for table in tables:
        record = packs.records[table]
        for name, spec in record.fields.items():
            if spec.type in KINDS:
                yield Breakdown(Split(table, name), spec)
        told: dict[str, tuple[tuple[str, str], ...]] = {}
        if record.frame is not None and record.frame.type:
            told[record.frame.type] = tuple((part, part) for part in record.frame.on)
        for name, spec in record.fields.items():
            other, _, key = (spec.reference or "").partition(".")
            if other and other not in told and other != table:
                told[other] = ((name, key),)
        for other, on in told.items():
            if other not in packs.records or {key for _, key in on} != set(packs.records[other].key):
                continue
            for name, spec in packs.records[other].fields.items():
                if spec.type in KINDS and name not in record.fields:
                    yield Breakdown(Split(table, name, other, on), spec)
