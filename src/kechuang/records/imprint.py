"""What the audit chain keeps of the versions of an import: a digest over their canonical lines.

The second scheme. A line is the JSON array of type, moment of recording, key, number, first day, day
after the last, sheet, row, withdrawn and data; lines stand in the order the versions were stored. It can
be taken while versions are written and while they are read, without holding them. The first scheme, of
stores written before, sorted all lines and is still verified (``audit.versions_digest``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring as quoted

from kechuang.records.encoding import canonical_text

SCHEME = 2
STRETCH = 20_000

_LINE = "[%s,%s,%s,%d,%s,%s,%s,%s,%s,%s]\n"


class Imprint:
    """A digest that grows with the versions told to it."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.count = 0

    def add(
        self,
        types: Iterable[str],
        moments: Iterable[str],
        keys: Sequence[str],
        numbers: Iterable[int],
        starts: Iterable[str | None],
        ends: Iterable[str | None],
        sheets: Iterable[str | None],
        rows: Iterable[int | None],
        withdrawn: Iterable[bool],
        data: Iterable[str],
    ) -> None:
        """Versions, column by column; days and moments as ISO text (UTC), data as canonical JSON."""
        lines = map(
            _LINE.__mod__,
            zip(
                map(_short, types),
                map(_short, moments),
                map(quoted, keys),
                numbers,
                map(_short, starts),
                map(_short, ends),
                map(_short, sheets),
                ("null" if row is None else row for row in rows),
                ("true" if one else "false" for one in withdrawn),
                data,
                strict=False,  # what is the same for all is repeated without end
            ),
        )
        self._hash.update("".join(lines).encode())
        self.count += len(keys)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


@lru_cache(maxsize=4096)
def _short(value: str | None) -> str:
    return "null" if value is None else quoted(value)


@lru_cache(maxsize=4096)
def moment_text(value: datetime | str) -> str:
    """A moment in UTC; a text a database gives without zone is UTC already.

    >>> moment_text("2026-01-05 01:00:00")
    '2026-01-05T01:00:00.000000+00:00'
    """
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (
        (found if found.tzinfo else found.replace(tzinfo=UTC))
        .astimezone(UTC)
        .isoformat(timespec="microseconds")
    )


def stored_imprint(alias: str, batch: str, expected: str) -> Imprint:
    """The imprint of the versions of ``batch`` as the tables hold them.

    Where the texts as kept do not give the ``expected`` digest, they are first put in canonical form.
    """
    from django.db import connections

    if connections[alias].vendor == "sqlite":
        found = _read(alias, batch, canonical=False)
        if found.digest == expected:
            return found
    return _read(alias, batch, canonical=True)


_SELECT = (
    "SELECT type, CAST(recorded_at AS text), key, number, CAST(valid_from AS text), CAST(valid_to AS text), "
    'sheet, "row", withdrawn, CAST(data AS text) FROM records_version WHERE batch_id = %s ORDER BY id'
)


def _read(alias: str, batch: str, *, canonical: bool) -> Imprint:
    from django.db import connections

    found = Imprint()
    with connections[alias].chunked_cursor() as cursor:
        cursor.execute(_SELECT, [batch])
        while stretch := cursor.fetchmany(STRETCH):
            types, moments, keys, numbers, starts, ends, sheets, rows, withdrawn, data = zip(
                *stretch, strict=True
            )
            texts = map(canonical_text, data) if canonical else data
            found.add(
                types, map(moment_text, moments), keys, numbers, starts, ends, sheets, rows, withdrawn, texts
            )
    return found
