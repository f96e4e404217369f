"""What was measured before, kept in one file of the workspace under the fingerprint of what it is made of.

A key covers the tree of the aggregate, the parameters in force, the bytes of the tables it reads and the
cells; not labels, not the engine, not other tables. So a label changed recomputes nothing, and a record
corrected recomputes only what reads its table. The file may be deleted at any time: it holds no truth.
"""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import time
import zlib
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kechuang.engine.source import TableSource

Arrays = Mapping[str, Any]

#: Raised when what is kept would be read wrongly by this version.
FORMAT = "1"
#: Bytes kept; beyond, what was not used for longest goes.
MOST_BYTES = 512 * 2**20
_TABLES = """
create table if not exists kept (key text primary key, content blob not null, used real not null);
create table if not exists files (path text primary key, state text not null, digest text not null);
"""


class Cache:
    """Arrays by key in the SQLite file ``path``; None keeps nothing.

    Processes may share it. Whatever is wrong with the file (locked, damaged, no space) is as if nothing
    were kept: figures never depend on it.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._digests: dict[Path, str] = {}

    @property
    def keeps(self) -> bool:
        return self.path is not None

    def get(self, key: str) -> Arrays | None:
        """What is kept under ``key``."""
        row = self._ask("select content from kept where key = ?", key)
        if row is None:
            return None
        try:
            found = _arrays(row[0])
        except (ValueError, OSError, KeyError, zlib.error):
            return None
        return found

    def put(self, found: Mapping[str, Arrays]) -> None:
        """Keep ``found`` by their keys."""
        if self.path is None or not found:
            return
        now = time.time()
        rows = [(key, _bytes(arrays), now) for key, arrays in found.items()]
        with suppress(sqlite3.Error, OSError), closing(self._open()) as connection, connection:
            connection.executemany("insert or replace into kept values (?, ?, ?)", rows)
            (size,) = connection.execute("select coalesce(sum(length(content)), 0) from kept").fetchone()
            if size > MOST_BYTES:
                connection.execute(
                    "delete from kept where key in (select key from kept order by used "
                    "limit (select count(*) / 2 from kept))"
                )

    def digest(self, source: TableSource) -> str:
        """The digest of a table's file; reckoned once for a file of the same time and size."""
        if source.path in self._digests:
            return self._digests[source.path]
        try:
            stat = source.path.stat()
        except OSError:
            return ""
        state = f"{stat.st_mtime_ns} {stat.st_size}" if source.path.is_file() else ""
        name = str(source.path.resolve())
        row = (
            self._ask("select digest from files where path = ? and state = ?", name, state) if state else None
        )
        found = str(row[0]) if row else source.digest()
        if state and row is None:
            with suppress(sqlite3.Error, OSError), closing(self._open()) as connection, connection:
                connection.execute("insert or replace into files values (?, ?, ?)", (name, state, found))
        self._digests[source.path] = found
        return found

    def _ask(self, sql: str, *values: str) -> Any:
        if self.path is None or not self.path.is_file():
            return None
        try:
            with closing(self._open()) as connection:
                return connection.execute(sql, values).fetchone()
        except (sqlite3.Error, OSError):
            return None

    def _open(self) -> sqlite3.Connection:
        assert self.path is not None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=10)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = off")
            connection.executescript(_TABLES)
        except sqlite3.DatabaseError as error:
            connection.close()
            if not isinstance(error, sqlite3.OperationalError):  # damaged: begin anew
                self.path.unlink(missing_ok=True)
            raise
        return connection


#: Keeps nothing.
NO_CACHE = Cache(None)


def key_of(*parts: Any) -> str:
    """The key of what is made of ``parts`` (plain data)."""
    text = json.dumps([FORMAT, *parts], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _bytes(arrays: Arrays) -> bytes:
    import numpy as np

    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return zlib.compress(stream.getvalue(), 1)


def _arrays(content: bytes) -> Arrays:
    import numpy as np

    with np.load(io.BytesIO(zlib.decompress(content)), allow_pickle=False) as found:
        return dict(found)
