"""What the footer of a Parquet file already tells: which records are samples or provisional, which fields
are filled in every one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kechuang.engine.queries import Known, Marks


def marks_of(path: Path) -> Marks:
    """What is known of a table, as far as its footer tells."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.is_dir():
        return Marks()
    try:
        metadata = pq.read_metadata(path)
    except (OSError, ValueError, pa.ArrowException):
        return Marks()
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    columns = {
        metadata.schema.column(number).path: [group.column(number) for group in groups if group.num_rows]
        for number in range(metadata.num_columns)
    }
    filled = frozenset(name for name, parts in columns.items() if all(map(_filled, parts)))
    return Marks(
        _known(columns.get("_sample"), filled, "_sample"),
        _known(columns.get("_provisional"), filled, "_provisional"),
        filled,
    )


def _filled(column: Any) -> bool:
    if not column.is_stats_set:
        return False
    stats = column.statistics
    return bool(stats is not None and stats.has_null_count and stats.null_count == 0)


def _known(columns: list[Any] | None, filled: frozenset[str], name: str) -> Known:
    if columns is None or name not in filled or not all(part.statistics.has_min_max for part in columns):
        return "some"
    if not any(part.statistics.max for part in columns):
        return "none"
    return "all" if all(part.statistics.min for part in columns) else "some"
