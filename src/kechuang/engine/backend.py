"""The engines there are. Each opens Parquet, holds small tables and answers SQL that Ibis writes for it.

Ibis is the compiler only: an expression over unbound tables becomes SQL once (:func:`compiled` keeps
it), and the engine itself runs it. So the same expression runs everywhere, and costs little twice.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from kechuang.engine.source import TableSource
from kechuang.errors import KechuangError, Place, listed
from kechuang.messages import literal, say

if TYPE_CHECKING:
    import pyarrow as pa

Table = Any

#: The engines by name, as ``--engine`` and the workspace setting take them.
ENGINES = ("duckdb", "spark")


class Backend(Protocol):
    """What :class:`~kechuang.engine.measure.Engine` needs of an engine."""

    #: Ibis' name of the SQL it speaks.
    dialect: ClassVar[str]

    def table(self, source: TableSource) -> Table:
        """The table of a Parquet file or folder, as an Ibis expression."""

    def rows(self, name: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Table:
        """A small table given row by row, as an Ibis expression."""

    def given(self, name: str, content: pa.Table) -> Table:
        """An Arrow table held in memory, as an Ibis expression."""

    def run(self, sql: str) -> pa.Table:
        """The answer to SQL over the tables opened."""

    def fetch(self, table: Table) -> list[dict[str, Any]]:
        """The rows of an Ibis table expression."""


class Opened(ABC):
    """What engines share: tables by name, as unbound Ibis tables of the schema their Parquet has."""

    dialect: ClassVar[str]

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}
        self._given: set[str] = set()

    def table(self, source: TableSource) -> Table:
        known = self._tables.get(source.name)
        if known is None:
            known = self._tables[source.name] = self._unbound(source)
        return known

    def _unbound(self, source: TableSource) -> Table:
        import ibis
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            file = source.path
            if file.is_dir():
                file = min(file.rglob("*.parquet"), default=file / "part.parquet")
            schema = ibis.Schema.from_pyarrow(pq.read_schema(file))
            self.open(source)
        except (OSError, ValueError, pa.ArrowException):
            raise unreadable(source.path) from None
        return ibis.table(schema, name=source.name)

    def rows(self, name: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Table:
        import ibis
        import pyarrow as pa

        schema = ibis.schema(columns)
        content = pa.Table.from_pylist([dict(row) for row in rows], schema=schema.to_pyarrow())
        # Named by what it holds: the same rows make the same query.
        digest = hashlib.sha256(repr((sorted(columns.items()), content.to_pydict())).encode()).hexdigest()
        own = f"_given_{name}_{digest[:16]}"
        if own not in self._given:
            self.give(own, content)
            self._given.add(own)
        return ibis.table(schema, name=own)

    def given(self, name: str, content: pa.Table) -> Table:
        import ibis

        own = f"_held_{name}_{len(self._given)}"
        self.give(own, content)
        self._given.add(own)
        return ibis.table(ibis.Schema.from_pyarrow(content.schema), name=own)

    def fetch(self, table: Table) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.run(compiled(table, self.dialect)).to_pylist()
        return found

    @abstractmethod
    def open(self, source: TableSource) -> None: ...

    @abstractmethod
    def give(self, name: str, rows: pa.Table) -> None: ...

    @abstractmethod
    def run(self, sql: str) -> pa.Table: ...


class DuckDB(Opened):
    """DuckDB in this process and in memory; it reads the snapshot's Parquet and nothing else."""

    dialect = "duckdb"

    def __init__(self) -> None:
        import duckdb

        super().__init__()
        spill = Path(tempfile.gettempdir()) / "kechuang-duckdb"
        # Order means nothing to sums, and keeping it costs memory.
        options: dict[str, Any] = {"temp_directory": str(spill), "preserve_insertion_order": "false"}
        self.connection = duckdb.connect(config=options)

    def open(self, source: TableSource) -> None:
        import duckdb

        # A path is a name, not a pattern, and a folder called a=b holds no column a.
        path = re.sub(r"([*?[])", r"[\1]", str(source.path)).replace("'", "''")
        if source.path.is_dir():
            path += "/**/*.parquet"
        name = source.name.replace('"', '""')
        try:
            self.connection.execute(
                f"create view \"{name}\" as select * from read_parquet('{path}', hive_partitioning = false)"
            )
        except duckdb.Error:
            raise unreadable(source.path) from None

    def give(self, name: str, rows: pa.Table) -> None:
        self.connection.register(name, rows)

    def run(self, sql: str) -> pa.Table:
        import duckdb

        try:
            return self.connection.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise failed(str(error)) from None


def compiled(expression: Table, dialect: str) -> str:
    """The SQL of an Ibis expression."""
    import ibis

    getattr(ibis, dialect)  # registers the options its compiler asks for
    return str(ibis.to_sql(expression, dialect=dialect, pretty=False))


def unreadable(path: Path) -> KechuangError:
    """The error for a table that is missing or damaged."""
    return KechuangError(
        "snapshot-unreadable",
        say("快照的表读不出来，文件不在或已损坏"),
        place=Place(file=str(path)),
        remedy=say("请删去这个快照的文件夹，再重新做一次快照。"),
    )


def failed(problem: str) -> KechuangError:
    """The error for a query the engine did not finish."""
    return KechuangError(
        "engine-failed",
        say("计算没有完成：{problem}", problem=literal(next(iter(problem.splitlines()), ""))),
        remedy=say("请用 kechuang verify 核对快照是否完好；磁盘或内存不足时请先腾出空间。"),
    )


def backend(name: str = "duckdb", address: str | None = None) -> Backend:
    """The engine called ``name``; ``address`` is that of a Spark cluster (None: this machine)."""
    if name == "duckdb":
        return DuckDB()
    if name == "spark":
        from kechuang.engine.spark import Spark

        return Spark(address)
    raise KechuangError(
        "engine-unknown",
        say("没有计算引擎“{engine}”", engine=name),
        remedy=say("可用的引擎：{engines}。", engines=listed(ENGINES)),
    )
