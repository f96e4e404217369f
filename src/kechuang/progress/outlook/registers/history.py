"""A register's records as units with spells: from which day until which each of them counts.

Days are proleptic ordinals (``date.toordinal``); months are counted from year 0. A spell holds from its
first day until the day before its end, as ``valid_on`` has it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kechuang.formula import row_function
from kechuang.formula import tree as t
from kechuang.packs.model import Packs
from kechuang.progress.outlook.registers.shape import Shape

if TYPE_CHECKING:
    import pyarrow as pa

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: The day after all days: a record without an end.
NEVER = date.max.toordinal()


@dataclass(frozen=True)
class History:
    """The spells of a register, one element each, ordered by unit and first day.

    ``unit`` numbers the units from 0; ``start`` and ``end`` are days (``NEVER``: no end known);
    ``broken``: the spell ended before its own term (a certificate revoked, an entry struck off).
    ``term``: the months a new record counts, None where for good. ``sample``: some records are made up.
    """

    unit: Ints
    start: Ints
    end: Ints
    broken: npt.NDArray[np.bool_]
    term: int | None
    sample: bool = False

    def stock(self, day: date) -> int:
        """How many different units count on ``day``."""
        held = (self.start <= day.toordinal()) & (day.toordinal() < self.end)
        return len(np.unique(self.unit[held]))


def history_of(
    shape: Shape, table: pa.Table, packs: Packs, as_of: date, places: Collection[str] | None = None
) -> History:
    """The spells of ``table`` (a snapshot's) as ``shape`` counts them, with the parameters of ``as_of``.

    ``places``: only records of these region codes, by the region field of the record type.
    """
    keep = held(shape, table, packs, as_of, places)
    assert shape.start is not None
    start = _days(_values(shape.start, table, packs, as_of), 0)
    natural = np.full(len(table), NEVER)
    for node in shape.term:
        natural = np.minimum(natural, _days(_values(node, table, packs, as_of), NEVER))
    end = natural.copy()
    for node in shape.ends:
        end = np.minimum(end, _days(_values(node, table, packs, as_of), NEVER))
    keep &= (start > 0) & (end > start)
    names = table[shape.unit if shape.unit is not None else "_key"].to_pylist()
    unit = np.unique(np.array([str(name) for name in names], dtype=object), return_inverse=True)[1]
    order = np.lexsort((start, unit))
    order = order[keep[order]]
    broken = (end < natural) if shape.lapses else (end < NEVER)
    sample = bool(np.any(np.array(table["_sample"].to_pylist(), np.bool_)[order])) if len(order) else False
    return History(
        unit[order].astype(np.int64),
        start[order],
        end[order],
        broken[order],
        _term(start[order], natural[order]) if shape.lapses else None,
        sample,
    )


def held(
    shape: Shape, table: pa.Table, packs: Packs, as_of: date, places: Collection[str] | None
) -> npt.NDArray[np.bool_]:
    """Which records of ``table`` lie in ``places`` and meet the condition that does not depend on the day."""
    kind = packs.records[shape.table]
    keep = np.ones(len(table), np.bool_)
    if places is not None and kind.region is not None:
        inside = frozenset(places)
        keep &= np.array([code in inside for code in table[kind.region.field].to_pylist()], np.bool_)
    if shape.fixed is not None:
        keep &= np.array([value is True for value in _values(shape.fixed, table, packs, as_of)], np.bool_)
    return keep


def months(days: Ints) -> Ints:
    """The month of each day, counted from year 0.

    >>> months(np.array([date(2025, 1, 31).toordinal()])).tolist()
    [24300]
    """
    since = (days - date(1970, 1, 1).toordinal()).astype("datetime64[D]").astype("datetime64[M]")
    return since.astype(np.int64) + 1970 * 12


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def _term(start: Ints, natural: Ints) -> int | None:
    """The usual term in months: that of the latest record."""
    known = natural < NEVER
    if not known.any():
        return None
    latest = np.flatnonzero(known)[np.argmax(start[known])]
    return int(months(natural[[latest]])[0] - months(start[[latest]])[0])


def _days(values: list[Any], missing: int) -> Ints:
    return np.array([missing if value is None else value.toordinal() for value in values], np.int64)


def _values(node: t.Node, table: pa.Table, packs: Packs, as_of: date) -> list[Any]:
    """A row formula over the table; each different combination of its fields is worked out once."""
    fields: list[str] = list(dict.fromkeys(part.field for part in node.walk() if isinstance(part, t.Field)))
    if isinstance(node, t.Field):
        return list(table[node.field].to_pylist())
    evaluate: Callable[[dict[str, object]], object] = row_function(_own(node, packs, as_of), fields)
    known: dict[tuple[Any, ...], Any] = {}
    columns = [table[name].to_pylist() for name in fields]
    found = []
    for cells in zip(*columns, strict=True) if columns else [()] * len(table):
        if cells not in known:
            known[cells] = evaluate(dict(zip(fields, cells, strict=True)))
        found.append(known[cells])
    return found


def _own(node: t.Node, packs: Packs, as_of: date) -> t.Node:
    """The formula over one row: fields by their name, parameters as they stand on ``as_of``."""
    if isinstance(node, t.Field):
        return t.Name(node.field)
    if isinstance(node, t.Parameter):
        value = packs.parameters[node.id].at(as_of)
        return t.Literal(None if value is None else value.value)
    return node.rebuilt(lambda child: _own(child, packs, as_of))
