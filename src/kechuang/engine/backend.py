"""The engines there are. Each opens Parquet, holds small tables and runs Ibis expressions."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from kechuang.engine.source import TableSource
from kechuang.errors import KechuangError, Place
from kechuang.messages import literal, say

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

        spill = Path(tempfile.gettempdir()) / "kechuang-duckdb"
        self.connection = ibis.duckdb.connect(temp_directory=str(spill))
        self._tables: dict[str, Table] = {}

    def table(self, source: TableSource) -> Table:
        known = self._tables.get(source.name)
        if known is None:
            known = self._read(source)
            self._tables[source.name] = known
        return known

    def _read(self, source: TableSource) -> Table:
        import duckdb

        # A path is a name, not a pattern, and a folder called a=b holds no column a.
        path = re.sub(r"([*?[])", r"[\1]", str(source.path))
        try:
            return self.connection.read_parquet(path, table_name=source.name, hive_partitioning=False)
        except duckdb.Error:
            raise KechuangError(
                "snapshot-unreadable",
                say("快照的表读不出来，文件不在或已损坏"),
                place=Place(file=str(source.path)),
                remedy=say("请删去这个快照的文件夹，再重新做一次快照。"),
            ) from None

    def rows(self, name: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Table:
        import ibis
        import pyarrow as pa

        schema = ibis.schema(columns).to_pyarrow()
        return ibis.memtable(pa.Table.from_pylist([dict(row) for row in rows], schema=schema))

    def fetch(self, table: Table) -> list[dict[str, Any]]:
        import duckdb

        try:
            found: list[dict[str, Any]] = self.connection.to_pyarrow(table).to_pylist()
        except duckdb.Error as error:
            raise KechuangError(
                "engine-failed",
                say("计算没有完成：{problem}", problem=literal(str(error).splitlines()[0])),
                remedy=say("请用 kechuang verify 核对快照是否完好；磁盘或内存不足时请先腾出空间。"),
            ) from None
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
