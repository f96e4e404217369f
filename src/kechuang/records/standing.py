"""Which versions stand as of a day, as a question the database answers from an index alone.

Two facts make it quick. Versions of one batch are stored together, by one writer at a time, so what was
accepted by a day is a few ranges of ids, most often one. And a later version of a record has a greater
number and a greater id, so the last of a key is the one with the greatest id. The unique index of
type, key and number (with the id, which SQLite's indexes hold anyway) is all that is read.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kechuang.records import database  # noqa: F401 - makes the models importable
from kechuang.records.clock import end_of
from kechuang.records.models import Batch
from kechuang.records.queries import matching, moment_for, rows, stretches

MOST_RANGES = 400
"""Ranges put into one question; with more, the batches themselves are asked for."""


@dataclass(frozen=True)
class Accepted:
    """The versions of ``type`` in batches accepted by a day: a condition on ``records_version``."""

    type: str
    condition: str
    values: tuple[Any, ...]
    batches: tuple[tuple[int, int, str], ...]

    def batch_of(self, version: int) -> str:
        """The batch of an accepted version, by its id."""
        place = bisect_right(self.batches, version, key=lambda batch: batch[0]) - 1
        return self.batches[place][2]


def accepted(alias: str, day: date, type_: str) -> Accepted | None:
    """What was accepted of a type by the end of ``day``; None where nothing was."""
    until = end_of(day)
    states = {
        name: state == "accepted" and reviewed_at is not None and reviewed_at < until
        for name, state, reviewed_at in Batch.objects.using(alias)
        .filter(type=type_)
        .values_list("id", "state", "reviewed_at")
    }
    if not any(states.values()):
        return None
    spans = sorted(
        (low, high, name)
        for name, low, high in rows(
            alias,
            "SELECT id, (SELECT min(id) FROM records_version WHERE batch_id = b.id), "
            "(SELECT max(id) FROM records_version WHERE batch_id = b.id) FROM records_batch b WHERE type = %s",
            [type_],
        )
        if low is not None
    )
    chosen = tuple(span for span in spans if states[span[2]])
    if not chosen:
        return None
    ranges = _ranges(spans, states)
    if len(ranges) <= MOST_RANGES:
        condition = " OR ".join(["id BETWEEN %s AND %s"] * len(ranges))
        return Accepted(type_, f"({condition})", tuple(end for one in ranges for end in one), chosen)
    condition = "batch_id IN (SELECT id FROM records_batch WHERE type = %s AND state = 'accepted' AND reviewed_at < %s)"
    return Accepted(type_, condition, (type_, moment_for(alias, until)), chosen)


def _ranges(spans: Sequence[tuple[int, int, str]], states: dict[str, bool]) -> list[tuple[int, int]]:
    """Accepted spans, put together where no other batch of the type lies between."""
    found: list[tuple[int, int]] = []
    joined = False
    for low, high, name in spans:
        if not states[name]:
            joined = False
        elif joined:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
            joined = True
    return found


def count(alias: str, known: Accepted) -> int:
    """How many records stand."""
    last = f"SELECT max(id) AS last FROM records_version WHERE type = %s AND {known.condition} GROUP BY key"
    sql = f"SELECT count(*) FROM ({last}) AS standing WHERE last NOT IN ({_WITHDRAWN})"
    ((number,),) = rows(alias, sql, [known.type, *known.values, known.type])
    return int(number)


def ids(
    alias: str,
    known: Accepted,
    *,
    key: str | None = None,
    after: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[tuple[int, int]]:
    """The ids of the last and the first version of each standing record, in order of keys.

    ``key`` asks for one; ``after``, ``limit`` and ``offset`` for a page.
    """
    values: list[Any] = [known.type, *known.values]
    where = f"type = %s AND {known.condition}"
    for condition, value in (("key = %s", key), ("key > %s", after)):
        if value is not None:
            where += f" AND {condition}"
            values.append(value)
    values.append(known.type)
    page = ""
    if limit is not None:
        page = "LIMIT %s OFFSET %s"
        values += [limit, offset]
    sql = (
        f"SELECT max(id), min(id) FROM records_version WHERE {where} GROUP BY key "
        f"HAVING max(id) NOT IN ({_WITHDRAWN}) ORDER BY key {page}"
    )
    return [(last, first) for last, first in rows(alias, sql, values)]


def pairs(alias: str, known: Accepted, last: Sequence[int]) -> list[tuple[int, int]]:
    """The ids of the last and the first version of standing records, by that of the last, in its order."""
    told = matching(alias, "id, key", "id", [], list(last))
    found = dict(
        matching(
            alias,
            "key, min(id)",
            f"type = %s AND {known.condition} AND key",
            [known.type, *known.values],
            [key for _, key in told],
            "GROUP BY key",
        )
    )
    first = {id_: found[key] for id_, key in told}
    return [(id_, first[id_]) for id_ in last]


_WITHDRAWN = "SELECT id FROM records_version WHERE type = %s AND withdrawn"


def everything(alias: str, known: Accepted, columns: str) -> Iterator[list[Any]]:
    """``columns`` of all standing versions, in stretches, in order of ids."""
    last = (
        f"SELECT max(id) FROM records_version WHERE type = %s AND {known.condition} "
        f"GROUP BY key HAVING max(id) NOT IN ({_WITHDRAWN})"
    )
    sql = f"SELECT {columns} FROM records_version WHERE id IN ({last}) ORDER BY id"
    return stretches(alias, sql, [known.type, *known.values, known.type])


def firsts(alias: str, known: Accepted) -> dict[int, int]:
    """The id of the first version of each record that was corrected since, by the id of the last."""
    sql = (
        f"SELECT max(id), min(id) FROM records_version WHERE type = %s AND {known.condition} "
        "GROUP BY key HAVING max(id) <> min(id)"
    )
    return dict(rows(alias, sql, [known.type, *known.values]))
