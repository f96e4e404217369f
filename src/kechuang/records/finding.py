"""Records looked for: filtered, searched and sorted by the database, a page of them read at a time.

A question is asked of what stands as of a day (:mod:`kechuang.records.standing`). The answer holds no more
than the numbers of the versions found; what a page shows is read when the page is.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from kechuang.packs.model import FieldSpec, RecordType
from kechuang.records import history, standing
from kechuang.records.clock import day_of
from kechuang.records.history import RecordVersion
from kechuang.records.models import Batch
from kechuang.records.queries import on_server, rows

NUMBERS = frozenset({"number", "integer", "year"})
#: Characters that stand in JSON text in another form.
_ESCAPED = frozenset('"\\')


@dataclass(frozen=True)
class Condition:
    """A condition on a field: it ``is`` one of some values, lies ``from`` or ``to`` one, or ``holds`` a text."""

    field: str
    kind: Literal["is", "from", "to", "holds"]
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Question:
    """What is looked for. ``text`` may stand in any field or in the key; ``codes`` are the values of fields whose
    label holds the text (a region by its name). Sorted by ``sort``, else by key; what is empty comes last."""

    conditions: tuple[Condition, ...] = ()
    text: str = ""
    codes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: str | None = None
    down: bool = False

    @property
    def plain(self) -> bool:
        """Whether nothing but the order of keys is asked for."""
        return not (self.conditions or self.text or self.sort or self.down)


@dataclass(frozen=True)
class Found:
    """The records found: how many, and any page of them."""

    alias: str
    known: standing.Accepted | None
    count: int
    _last: array[int] | None = field(default=None, repr=False)

    def page(self, offset: int, limit: int) -> list[RecordVersion]:
        """``limit`` records from the ``offset``-th on."""
        if self.known is None or limit <= 0:
            return []
        if self._last is None:
            pairs = standing.ids(self.alias, self.known, limit=limit, offset=offset)
        else:
            pairs = standing.pairs(self.alias, self.known, self._last[offset : offset + limit])
        return history.in_order(self.alias, self.known, pairs)


def find(alias: str, day: date, record_type: RecordType, question: Question) -> Found:
    """The records of a type as known at the end of ``day`` that answer a question."""
    known = standing.accepted(alias, day, record_type.id)
    if known is None:
        return Found(alias, None, 0)
    if question.plain:
        return Found(alias, known, standing.count(alias, known))
    server = on_server(alias)
    asked = _Sql(server, record_type.fields)
    # Read in the order it was stored, the cheap conditions first; whether a later version stands is asked last.
    head = f"SELECT v.id FROM records_version v {'' if server else 'NOT INDEXED'} WHERE {known.condition} AND v.type = %s"
    before = [*known.values, known.type]
    where = asked.where(question)
    later = (
        "NOT v.withdrawn AND NOT EXISTS (SELECT 1 FROM records_version WHERE type = v.type AND key = v.key "
        f"AND number > v.number AND {known.condition})"
    )
    between = [*asked.values, *known.values]
    asked.values = []
    order = asked.order(question)
    sql = f"{head} AND {where} AND {later} ORDER BY {order}"
    last = array("q", (one for (one,) in rows(alias, sql, [*before, *between, *asked.values])))
    return Found(alias, known, len(last), last)


def change_days(alias: str, type_: str, until: date) -> list[date]:
    """The days up to ``until`` on which records of a type came to count: what is known differs from the day
    before on these alone."""
    moments = (
        Batch.objects.using(alias).filter(type=type_, state="accepted").values_list("reviewed_at", flat=True)
    )
    return sorted({day for moment in moments if moment is not None and (day := day_of(moment)) <= until})


class _Sql:
    """Conditions and orders in the words of the database; ``values`` grow in the order of their places."""

    def __init__(self, server: bool, fields: Mapping[str, FieldSpec]) -> None:
        self.server = server
        self.fields = fields
        self.values: list[Any] = []

    def where(self, question: Question) -> str:
        parts = [self._condition(one) for one in question.conditions]
        if question.text:
            parts.append(self._search(question))
        return " AND ".join(parts) or "1 = 1"

    def order(self, question: Question) -> str:
        way = "DESC" if question.down else "ASC"
        if question.sort is None:
            return f"v.key {way}"
        empty = self._value(question.sort)
        value = self._value(question.sort)
        return f"({empty} IS NULL), {value} {way}, v.key"

    def _value(self, name: str) -> str:
        """A field as the database compares it."""
        number = self.fields[name].type in NUMBERS
        self.values.append(name if self.server else f'$."{name}"')
        if not self.server:
            return "json_extract(v.data, %s)"
        text = "(v.data ->> %s)"
        return f"CAST({text} AS double precision)" if number else f'{text} COLLATE "C"'

    def _condition(self, one: Condition) -> str:
        value = self._value(one.field)
        given = [self._given(one.field, each) for each in one.values]
        if one.kind == "is":
            self.values += given
            return f"{value} IN ({', '.join(['%s'] * len(given))})"
        if one.kind == "holds":
            return f"{value} {self._like(str(one.values[0]))}"
        self.values += given[:1]
        return f"{value} {'>=' if one.kind == 'from' else '<='} %s"

    def _given(self, name: str, value: Any) -> Any:
        if isinstance(value, bool):
            return ("true" if value else "false") if self.server else int(value)
        return value

    def _search(self, question: Question) -> str:
        each = "jsonb_each_text(v.data)" if self.server else "json_each(v.data)"
        inside = f"EXISTS (SELECT 1 FROM {each} AS e WHERE e.value {self._like(question.text)})"
        if not self.server and not _ESCAPED & set(question.text) and question.text.isprintable():
            # The whole text first: only where it holds what is looked for are its fields looked through.
            self.values.insert(len(self.values) - 1, self.values[-1])
            inside = f"(CAST(v.data AS text) LIKE %s ESCAPE '\\' AND {inside})"
        parts = [inside, f"v.key {self._like(question.text)}"]
        for name, codes in question.codes:
            parts.append(self._condition(Condition(name, "is", codes)))
        return f"({' OR '.join(parts)})"

    def _like(self, text: str) -> str:
        plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        self.values.append(f"%{plain}%")
        return f"{'ILIKE' if self.server else 'LIKE'} %s ESCAPE '\\'"


def places_of(alias: str, record_type: RecordType, batches: Sequence[str]) -> dict[str, list[str]]:
    """The regions the records of each of some batches of a type lie in; none for a type that does not say."""
    if record_type.region is None or not batches:
        return {}
    server = on_server(alias)
    value = "data ->> %s" if server else "json_extract(data, %s)"
    name = record_type.region.field
    marks = ", ".join(["%s"] * len(batches))
    sql = f"SELECT DISTINCT batch_id, {value} FROM records_version WHERE batch_id IN ({marks})"
    found: dict[str, list[str]] = {}
    for batch, code in rows(alias, sql, [name if server else f'$."{name}"', *batches]):
        if code is not None:
            found.setdefault(batch, []).append(str(code))
    return {batch: sorted(codes) for batch, codes in found.items()}
