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
    start = _days(shape.start, table, packs, as_of, 0)
    natural = np.full(len(table), NEVER)
    for node in shape.term:
        natural = np.minimum(natural, _days(node, table, packs, as_of, NEVER))
    end = natural.copy()
    for node in shape.ends:
        end = np.minimum(end, _days(node, table, packs, as_of, NEVER))
    keep &= (start > 0) & (end > start)
    unit = coded(table, shape.unit if shape.unit is not None else "_key")[0]
    order = np.lexsort((start, unit))
    order = order[keep[order]]
    broken = (end < natural) if shape.lapses else (end < NEVER)
    made = table["_sample"].combine_chunks().to_numpy(zero_copy_only=False)
    return History(
        unit[order],
        start[order],
        end[order],
        broken[order],
        _term(start[order], natural[order]) if shape.lapses else None,
        bool(made[order].any()),
    )


def held(
    shape: Shape, table: pa.Table, packs: Packs, as_of: date, places: Collection[str] | None
) -> npt.NDArray[np.bool_]:
    """Which records of ``table`` lie in ``places`` and meet the condition that does not depend on the day."""
    kind = packs.records[shape.table]
    keep = np.ones(len(table), np.bool_)
    if places is not None and kind.region is not None:
        inside = frozenset(places)
        numbers, codes = coded(table, kind.region.field)
        keep &= np.array([code in inside for code in codes], np.bool_)[numbers]
    if shape.fixed is not None:
        keep &= _true(shape.fixed, table, packs, as_of)
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


def _days(node: t.Node, table: pa.Table, packs: Packs, as_of: date, missing: int) -> Ints:
    """A row formula that gives a day, over the table, as ordinals; ``missing`` where it gives none."""
    values, which = _worked_out(node, table, packs, as_of)
    days = np.array([missing if value is None else value.toordinal() for value in values], np.int64)
    return days[which]


def _true(node: t.Node, table: pa.Table, packs: Packs, as_of: date) -> npt.NDArray[np.bool_]:
    """Where a condition over the table certainly holds."""
    values, which = _worked_out(node, table, packs, as_of)
    return np.array([value is True for value in values], np.bool_)[which]


def _worked_out(node: t.Node, table: pa.Table, packs: Packs, as_of: date) -> tuple[list[Any], Ints]:
    """The different values of a row formula, and which of them each row has.

    Each different combination of the fields it reads is worked out once: a register has far fewer days and
    states than records.
    """
    fields = list(dict.fromkeys(part.field for part in node.walk() if isinstance(part, t.Field)))
    evaluate: Callable[[dict[str, object]], Any] = row_function(_own(node, packs, as_of), fields)
    rows = np.zeros(len(table), np.int64)
    cells: list[tuple[Any, ...]] = [()]
    for name in fields:
        numbers, values = coded(table, name)
        joint, rows = np.unique(rows * len(values) + numbers, return_inverse=True)
        cells = [(*cells[code // len(values)], values[code % len(values)]) for code in joint.tolist()]
    return [evaluate(dict(zip(fields, one, strict=True))) for one in cells], rows.astype(np.int64)


def coded(table: pa.Table, name: str) -> tuple[Ints, list[Any]]:
    """A column as numbers from 0 and the values they stand for; null is a value too."""
    column = table[name].combine_chunks().dictionary_encode(null_encoding="encode")
    values = column.dictionary.to_pylist()
    return column.indices.to_numpy(zero_copy_only=False).astype(np.int64), values or [None]


def _own(node: t.Node, packs: Packs, as_of: date) -> t.Node:
    """The formula over one row: fields by their name, parameters as they stand on ``as_of``."""
    if isinstance(node, t.Field):
        return t.Name(node.field)
    if isinstance(node, t.Parameter):
        value = packs.parameters[node.id].at(as_of)
        return t.Literal(None if value is None else value.value)
    return node.rebuilt(lambda child: _own(child, packs, as_of))
