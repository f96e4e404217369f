"""Spark: the same queries on a cluster, or on all cores of this machine.

Needs the extra ``kechuang[spark]`` and Java 17. Tables are read where they stand, so every machine of
a cluster must see the snapshot's folder under the same path.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kechuang.engine.backend import Opened, failed
from kechuang.engine.source import TableSource
from kechuang.errors import KechuangError
from kechuang.messages import say

if TYPE_CHECKING:
    import pyarrow as pa

#: What gives the same answers as DuckDB, and no page on a port nobody asked for.
OPTIONS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
#: Partitions of a shuffle on this machine, where two hundred would only wait for each other.
LOCAL_PARTITIONS = 8


class Spark(Opened):
    """A Spark session: at ``address`` (``spark://host:7077``), or with as many threads as there are cores."""

    dialect: ClassVar[str] = "pyspark"

    def __init__(self, address: str | None = None) -> None:
        super().__init__()
        _check_machine()
        self.session = _session(address or os.environ.get("KECHUANG_SPARK") or "local[*]")

    def open(self, source: TableSource) -> None:
        from pyspark.errors import PySparkException

        try:
            self.session.read.parquet(_literal_path(source.path)).createOrReplaceTempView(source.name)
        except PySparkException as error:
            raise ValueError(str(error)) from None

    def give(self, name: str, rows: pa.Table) -> None:
        self.session.createDataFrame(rows).createOrReplaceTempView(name)

    def run(self, sql: str) -> pa.Table:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            found: pa.Table = self.session.sql(sql).toArrow()
        except (PySparkException, Py4JError) as error:
            raise failed(str(error)) from None
        return found


def available() -> KechuangError | None:
    """What this machine lacks for Spark; None where nothing."""
    if importlib.util.find_spec("pyspark") is None:
        return KechuangError(
            "spark-missing",
            say("没有安装 Spark 组件 pyspark"),
            remedy=say("请运行 pip install 'kechuang[spark]'，或用 --engine duckdb。"),
        )
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and (Path(home) / "bin" / "java").is_file()):
        return KechuangError(
            "spark-missing",
            say("没有找到 Java"),
            remedy=say("Spark 需要 Java 17：请安装后重试，或用 --engine duckdb。"),
        )
    return None


def _check_machine() -> None:
    lacking = available()
    if lacking is not None:
        raise lacking


def _session(address: str) -> Any:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder.appName("kechuang").master(address)
    for key, value in OPTIONS.items():
        builder = builder.config(key, value)
    if address.startswith("local"):
        builder = builder.config("spark.sql.shuffle.partitions", str(LOCAL_PARTITIONS))
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config(
            "spark.driver.host", "127.0.0.1"
        )
    try:
        session = builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        raise failed(str(error)) from None
    session.sparkContext.setLogLevel("ERROR")
    # A session of its own: two workspaces in one process have tables of the same names.
    return session.newSession()


def _literal_path(path: Path) -> str:
    """A path whose signs mean nothing to Hadoop's patterns."""
    return "".join(f"\\{sign}" if sign in "*?[]{}\\" else sign for sign in str(path.resolve()))
