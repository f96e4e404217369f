"""Questions put to the tables in SQL, where a model for every row would cost more than the answer.

Everything is read here and nothing written. Columns with days and moments are asked for as text: both
databases then give the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

STRETCH = 20_000


def rows(alias: str, sql: str, values: Sequence[Any]) -> list[Any]:
    """All rows of an answer."""
    from django.db import connections

    with connections[alias].cursor() as cursor:
        cursor.execute(sql, list(values))
        found: list[Any] = cursor.fetchall()
    return found


def stretches(alias: str, sql: str, values: Sequence[Any]) -> Iterator[list[Any]]:
    """The rows of a long answer, some thousand at a time; only those are held."""
    from django.db import connections

    with connections[alias].chunked_cursor() as cursor:
        cursor.execute(sql, list(values))
        while stretch := cursor.fetchmany(STRETCH):
            yield stretch


def matching(
    alias: str, columns: str, condition: str, first: Sequence[Any], values: Sequence[Any], end: str = ""
) -> list[Any]:
    """``columns`` of the versions where ``condition`` is one of ``values``, any number of them."""
    if not values:
        return []
    server = on_server(alias)
    listed = "= ANY(%s)" if server else "IN (SELECT value FROM json_each(%s))"
    given = list(values) if server else json.dumps(values, ensure_ascii=False)
    sql = f"SELECT {columns} FROM records_version WHERE {condition} {listed} {end}"
    return rows(alias, sql, [*first, given])


def on_server(alias: str) -> bool:
    """Whether the database is PostgreSQL, and not a SQLite file."""
    from django.db import connections

    return bool(connections[alias].vendor == "postgresql")


def moment_for(alias: str, at: datetime) -> Any:
    """A moment as the database takes it."""
    from django.db import connections

    return connections[alias].ops.adapt_datetimefield_value(at)
