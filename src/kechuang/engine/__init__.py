"""Computes formulas on snapshots. The only package that imports Ibis, DuckDB and Spark.

Light to import: Ibis is loaded by :func:`open_engine`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kechuang.engine.cache import NO_CACHE, Cache
from kechuang.engine.source import (
    Cell,
    Cells,
    FrameCount,
    Holding,
    Measured,
    Measures,
    PeriodRow,
    Split,
    TableSource,
)

if TYPE_CHECKING:
    from kechuang.engine.measure import Engine

__all__ = [
    "NO_CACHE",
    "Cache",
    "Cell",
    "Cells",
    "FrameCount",
    "Holding",
    "Measured",
    "Measures",
    "PeriodRow",
    "Split",
    "TableSource",
    "open_engine",
]


def open_engine(
    tables: Mapping[str, TableSource],
    name: str = "duckdb",
    *,
    address: str | None = None,
    cache: Cache = NO_CACHE,
) -> Engine:
    """An engine over the ``tables`` of a snapshot; KechuangError where there is none of that name.

    ``address`` is that of a Spark cluster (None: this machine); ``cache`` keeps what was measured.
    """
    from kechuang.engine.backend import backend
    from kechuang.engine.measure import Engine

    return Engine(backend(name, address), tables, cache)
