"""The engines there are. Each opens Parquet, holds small tables and runs Ibis expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from kechuang.engine.source import TableSource
from kechuang.errors import KechuangError
from kechuang.messages import say

Table = Any


class Backend(Protocol):
    """What :class:`~kechuang.engine.measure.Engine` needs of an engine."""

    def table(self, source: TableSource) -> Table:
        """The table of a Parquet file or folder, as an Ibis expression."""

    def rows(self, name: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Table:
        """A small table given row by row, as an Ibis expression."""

    def fetch(self, table: Table) -> list[dict[str, Any]]:
        """The rows of an Ibis table expression."""


class DuckDB:
    """DuckDB in this process and in memory; it reads the snapshot's Parquet and nothing else."""

    def __init__(self) -> None:
        import ibis

        self.connection = ibis.duckdb.connect()
        self._tables: dict[str, Table] = {}

    def table(self, source: TableSource) -> Table:
        known = self._tables.get(source.name)
        if known is None:
            known = self.connection.read_parquet(str(source.path), table_name=source.name)
            self._tables[source.name] = known
        return known

    def rows(self, name: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Table:
        import ibis
        import pyarrow as pa

        schema = ibis.schema(columns).to_pyarrow()
        return ibis.memtable(pa.Table.from_pylist([dict(row) for row in rows], schema=schema))

    def fetch(self, table: Table) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.connection.to_pyarrow(table).to_pylist()
        return found


def backend(name: str = "duckdb") -> Backend:
    """The engine called ``name``."""
    if name == "duckdb":
        return DuckDB()
    raise KechuangError(
        "engine-unknown",
        say("没有计算引擎“{engine}”", engine=name),
        remedy=say("本版可用的引擎：duckdb。"),
    )
