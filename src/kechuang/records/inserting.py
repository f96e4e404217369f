"""Versions into their table, many at a time: rows of values, no model instances.

SQLite takes them by one prepared statement, PostgreSQL by COPY. The models stay the schema.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

COLUMNS = (
    "type",
    "key",
    "number",
    "data",
    "valid_from",
    "valid_to",
    "recorded_at",
    "batch_id",
    "sheet",
    "row",
    "withdrawn",
)


def insert_versions(alias: str, rows: Iterable[Any]) -> None:
    """Add versions, each a row of :data:`COLUMNS`: data as JSON text, days as ISO text, the moment as
    ``queries.moment_for`` gives it."""
    from django.db import connections

    connection = connections[alias]
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY records_version ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(COLUMNS))
            given: Any = rows  # Django asks for a list and takes what gives rows one by one
            cursor.executemany(f"INSERT INTO records_version ({names}) VALUES ({marks})", given)
