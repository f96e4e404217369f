"""Computes formulas on snapshots. The only package that imports Ibis and DuckDB.

Light to import: Ibis is loaded by :func:`open_engine`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kechuang.engine.source import Cell, Cells, FrameCount, Holding, Measured, PeriodRow, TableSource

if TYPE_CHECKING:
    from kechuang.engine.measure import Engine

__all__ = ["Cell", "Cells", "FrameCount", "Holding", "Measured", "PeriodRow", "TableSource", "open_engine"]


def open_engine(tables: Mapping[str, TableSource], name: str = "duckdb") -> Engine:
    """An engine over the ``tables`` of a snapshot; KechuangError where there is none of that name."""
    from kechuang.engine.backend import backend
    from kechuang.engine.measure import Engine

    return Engine(backend(name), tables)
