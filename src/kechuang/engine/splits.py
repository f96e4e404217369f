"""Sums kept apart by the value of a field: the groups of an answer, and how they are kept in the cache."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from kechuang.engine.queries import BY
from kechuang.formula import tree as t

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")


class Whole:
    """Stands for all records, where nothing is kept apart."""

    def __repr__(self) -> str:
        return "WHOLE"


WHOLE = Whole()
Value = str | None | Whole


class Groups(Generic[T]):
    """For each value of a field what ``make`` gives of every aggregate of ``wanted``; made when first met.

    Without ``split`` there is the one group WHOLE from the start.
    """

    def __init__(
        self, wanted: Sequence[t.Aggregate], make: Callable[[t.Aggregate], T], *, split: bool
    ) -> None:
        self._wanted, self._make = wanted, make
        self._found: dict[Value, dict[t.Aggregate, T]] = {}
        if not split:
            self.of(WHOLE)

    def of(self, value: Value) -> dict[t.Aggregate, T]:
        if value not in self._found:
            self._found[value] = {one: self._make(one) for one in self._wanted}
        return self._found[value]

    def items(self) -> ItemsView[Value, dict[t.Aggregate, T]]:
        return self._found.items()


def groups(answer: pa.Table) -> Iterator[tuple[Value, pa.Table]]:
    """The rows of an answer for each value of ``_by``; all of them under WHOLE where it has no such column."""
    import pyarrow.compute as pc

    if BY not in answer.column_names:
        yield WHOLE, answer
        return
    column = answer.column(BY)
    for value in pc.unique(column).to_pylist():
        yield value, answer.filter(pc.is_null(column) if value is None else pc.equal(column, value))


def packed(parts: Mapping[Any, Mapping[str, Any]]) -> dict[str, Any]:
    """Arrays of each value as one set of arrays, for the cache."""
    found: dict[str, Any] = {
        "_values": np.array([value or "" for value in parts], np.str_),
        "_given": np.array([value is not None for value in parts], bool),
    }
    for name in next(iter(parts.values()), {}):
        found[name] = np.stack([arrays[name] for arrays in parts.values()])
    return found


def unpacked(kept: Mapping[str, Any]) -> dict[str | None, dict[str, Any]]:
    """The reverse of :func:`packed`."""
    values = [
        str(value) if given else None for value, given in zip(kept["_values"], kept["_given"], strict=True)
    ]
    names = [name for name in kept if not name.startswith("_")]
    return {value: {name: kept[name][number] for name in names} for number, value in enumerate(values)}
