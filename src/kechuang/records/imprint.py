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
from itertools import repeat
from json import dumps
from json.encoder import encode_basestring as quoted
from typing import Any

from kechuang.records.encoding import canonical_text
from kechuang.records.queries import on_server, stretches

SCHEME = 2


class Imprint:
    """A digest that grows with the versions told to it."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.count = 0

    def add(
        self,
        *,
        types: str | Sequence[str],
        moments: str | Sequence[str],
        keys: Sequence[str],
        numbers: Sequence[int],
        starts: Sequence[str | None],
        ends: Sequence[str | None],
        sheets: str | Sequence[str | None] | None,
        rows: Sequence[int | None],
        withdrawn: bool | Sequence[bool],
        data: Iterable[str],
    ) -> None:
        """Versions, column by column; days and moments as ISO text (UTC), data as canonical JSON.

        A single text (or none, or yes/no) in place of a column is that of every version.
        """
        pieces: list[Iterable[str]] = []
        before = "["
        for column in (types, moments, keys, numbers, starts, ends, sheets, rows, withdrawn):
            if column is None or isinstance(column, str | bool):
                before += _short(column) + ","
                continue
            pieces.append(repeat(before))
            pieces.append(map(quoted, keys) if column is keys else _texts(column))
            before = ","
        lines = map("".join, zip(*pieces, repeat(before), data, repeat("]\n"), strict=False))
        self._hash.update("".join(lines).encode())
        self.count += len(keys)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _texts(column: Sequence[Any]) -> Iterable[str]:
    """A column of days, names or numbers as JSON."""
    if column and type(column[0]) is int and None not in column:
        return map(int.__repr__, column)
    return map(_short, column)


@lru_cache(maxsize=4096, typed=True)  # 1 is not yes
def _short(value: str | int | None) -> str:
    return dumps(value, ensure_ascii=False)


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
    if not on_server(alias):
        found = _read(alias, batch, canonical=False)
        if found.digest == expected:
            return found
    return _read(alias, batch, canonical=True)


_SELECT = (
    "SELECT type, CAST(recorded_at AS text), key, number, CAST(valid_from AS text), CAST(valid_to AS text), "
    'sheet, "row", withdrawn, CAST(data AS text) FROM records_version WHERE batch_id = %s ORDER BY id'
)


def _read(alias: str, batch: str, *, canonical: bool) -> Imprint:
    found = Imprint()
    for stretch in stretches(alias, _SELECT, [batch]):
        types, moments, keys, numbers, starts, ends, sheets, rows, withdrawn, data = zip(
            *stretch, strict=True
        )
        found.add(
            types=types,
            moments=list(map(moment_text, moments)),
            keys=keys,
            numbers=numbers,
            starts=starts,
            ends=ends,
            sheets=sheets,
            rows=rows,
            withdrawn=withdrawn,
            data=map(canonical_text, data) if canonical else data,
        )
    return found
