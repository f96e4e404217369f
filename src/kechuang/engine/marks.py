"""What the footer of a Parquet file already tells: whether its records are samples or provisional."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kechuang.engine.queries import Known, Marks


def marks_of(path: Path) -> Marks:
    """The marks of a table's records, as far as its footer tells; "some" where it does not."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.is_dir():
        return Marks()
    try:
        metadata = pq.read_metadata(path)
    except (OSError, ValueError, pa.ArrowException):
        return Marks()
    return Marks(_known(metadata, "_sample"), _known(metadata, "_provisional"))


def _known(metadata: Any, name: str) -> Known:
    lowest, highest = True, False
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group)
        column = next(
            (rows.column(n) for n in range(rows.num_columns) if rows.column(n).path_in_schema == name), None
        )
        if column is None or not column.is_stats_set:
            return "some"
        stats = column.statistics
        if rows.num_rows and (not stats.has_min_max or stats.null_count):
            return "some"
        if rows.num_rows:
            lowest, highest = lowest and stats.min, highest or stats.max
    if not highest:
        return "none"
    return "all" if lowest else "some"
