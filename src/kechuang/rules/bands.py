"""Looking a number or a choice up in a dated table: the band it falls into, as far as it is known."""

from __future__ import annotations

import numpy as np

from kechuang.formula.columns import NO, UNKNOWN, YES, Codes, Span, Truth, above, at_least, at_most
from kechuang.packs.rules import TableRow, TableValue


def look_up(of: Span | Codes, table: TableValue) -> tuple[Span, Truth]:
    """What ``table`` gives for ``of``, and whether it has a row for it.

    A number that is not known may fall into any band its interval touches; a choice that is not known
    into any row. Where no row holds the span is open and the truth is no.

    >>> from kechuang.packs import load_packs
    >>> growth = load_packs(["st-core"]).tables["hte.growth_points"].values[0]
    >>> span, _ = look_up(Span.point([0.35, 0.05, 0.0]), growth)
    >>> span.low.tolist(), span.high.tolist()
    ([9.0, 3.0, 0.0], [10.0, 4.0, 0.0])
    """
    return _by_name(of, table) if isinstance(of, Codes) else _by_size(of, table)


def _by_name(of: Codes, table: TableValue) -> tuple[Span, Truth]:
    low, high = np.full(of.codes.shape, -np.inf), np.full(of.codes.shape, np.inf)
    found = np.where(of.codes < 0, UNKNOWN, NO)
    for row in table.rows:
        here = of.codes == (of.names.index(row.is_) if row.is_ in of.names else len(of.names))
        low, high = np.where(here, row.low, low), np.where(here, row.high, high)
        found = np.where(here, YES, found)
    return Span(low, high), found.astype(np.int8)


def _by_size(of: Span, table: TableValue) -> tuple[Span, Truth]:
    shape = np.broadcast(of.low, of.high).shape
    rows = [row for row in table.rows if row.is_ is None]
    lows, highs = (np.array([getattr(row, side) for row in rows]) for side in ("low", "high"))
    if of.known:
        place = _first(of, rows)
        low = lows[place]
        return Span(low, low if (lows == highs).all() else highs[place]), np.broadcast_to(YES, shape)
    low, high = np.full(shape, np.inf), np.full(shape, -np.inf)
    taken = np.full(shape, NO)
    for row in rows:  # each row counts where it may hold and none before it surely does
        holds = _holds(of, row)
        here = (holds != NO) & (taken != YES)
        low = np.where(here, np.minimum(low, row.low), low)
        high = np.where(here, np.maximum(high, row.high), high)
        taken = np.maximum(taken, holds)
    return Span(low, high), np.broadcast_to(YES, shape)


def _first(of: Span, rows: list[TableRow]) -> np.ndarray[tuple[int, ...], np.dtype[np.int8]]:
    """The place of the first row that holds."""
    place = np.zeros(of.low.shape, np.int8)
    for number, row in reversed(list(enumerate(rows))):
        if row.otherwise:
            place[...] = number
        else:
            np.copyto(place, np.int8(number), where=_holds(of, row) == YES)
    return place


def _holds(of: Span, row: TableRow) -> Truth:
    with np.errstate(invalid="ignore"):
        if row.at_least is not None:
            return at_least(of, Span.point(row.at_least))
        if row.above is not None:
            return above(of, Span.point(row.above))
        if row.at_most is not None:
            return at_most(of, Span.point(row.at_most))
    return np.full(np.broadcast(of.low, of.high).shape, YES)
