"""The digest that names a snapshot: the same for the same records on any machine, in any order.

Scheme 2, over columns. The digest of a snapshot is the sha256 of a line a type, in order of names: the JSON
array of name, schema (field → kind), number of records and digest of the type. The digest of a type is the
sha256 over its columns, the records in order of keys (by code point): ``_key``, ``_sample``,
``_provisional``, then the fields by name. Of each column come, one after another:

1. the JSON array of its name and kind, and a line feed;
2. a byte a record, 1 where there is a value and 0 where there is none;
3. the values, little-endian: ``int64`` and ``float64`` (IEEE 754, no negative zero) eight bytes, ``date32``
   (days since 1970-01-01) four, ``bool`` one, and 0 where there is none; of ``string`` first the number of
   bytes of each text in UTF-8 as eight bytes, then all texts.

Scheme 1, over lines of JSON, is that of snapshots made before; they are still opened and verified.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from kechuang.records.frames import META_TYPES, sorted_by_key

if TYPE_CHECKING:
    import pyarrow as pa

SCHEME = 2
MARKS = ("_key", "_sample", "_provisional")

Schema = Mapping[str, Mapping[str, str]]
Tables = Callable[[str], "pa.Table"]

_dump = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=date.isoformat
).encode


def digest(scheme: int, schema: Schema, table: Tables) -> str:
    """The digest of ``table`` (by type) with ``schema``, as ``scheme`` makes it."""
    return _over_columns(schema, table) if scheme == SCHEME else _over_lines(schema, table)


def _over_columns(schema: Schema, table: Tables) -> str:
    total = hashlib.sha256()
    for name in sorted(schema):
        content = table(name)
        line = _dump([name, schema[name], len(content), table_digest(content, schema[name])])
        total.update(f"{line}\n".encode())
    return total.hexdigest()


def table_digest(content: pa.Table, fields: Mapping[str, str]) -> str:
    """The digest of one type: its ``fields`` and the marks of each record."""
    ordered = sorted_by_key(content.select([*MARKS, *sorted(fields)]))
    found = hashlib.sha256()
    for name in ordered.column_names:
        kind = fields.get(name) or META_TYPES[name]
        found.update(f"{_dump([name, kind])}\n".encode())
        for piece in _bytes(ordered[name], kind):
            found.update(piece)
    return found.hexdigest()


def _bytes(column: pa.ChunkedArray, kind: str) -> list[Any]:
    """What of a column goes into the digest."""
    import pyarrow as pa
    import pyarrow.compute as pc

    there = _plain(column.is_valid().cast(pa.uint8()))
    if kind == "string":
        texts = column.cast(pa.large_string()).fill_null("")
        lengths = pc.binary_length(texts).cast(pa.int64())
        return [there, _plain(lengths), *(_texts(chunk) for chunk in texts.chunks)]
    if kind == "bool":
        return [there, _plain(column.fill_null(False).cast(pa.uint8()))]
    if kind == "float64":
        return [there, _plain(pc.add(column.fill_null(0.0), 0.0))]  # -0.0 becomes 0.0
    if kind == "date32":
        return [there, _plain(column.cast(pa.int32()).fill_null(0))]
    return [there, _plain(column.fill_null(0))]


def _plain(column: pa.ChunkedArray) -> Any:
    """The values of numbers one after another, little-endian."""
    found = column.combine_chunks()
    width = found.type.bit_width // 8
    buffer = found.buffers()[1]
    if len(found) == 0 or buffer is None:
        return b""
    values = memoryview(buffer)[found.offset * width : (found.offset + len(found)) * width]
    if sys.byteorder == "little":
        return values
    swapped = array({1: "B", 4: "i", 8: "q"}[width], values.tobytes())
    swapped.byteswap()
    return swapped


def _texts(chunk: pa.Array) -> Any:
    """The bytes of texts without a missing one, one after another."""
    import pyarrow as pa

    if len(chunk) == 0:
        return b""
    _, offsets, data = chunk.buffers()
    if data is None:
        return b""
    places = pa.Array.from_buffers(pa.int64(), len(chunk) + 1, [None, offsets], offset=chunk.offset)
    return memoryview(data)[places[0].as_py() : places[-1].as_py()]


def _over_lines(schema: Schema, table: Tables) -> str:
    """Scheme 1: a line a type, then a line a record, sorted; floats by repr."""
    total = hashlib.sha256()
    for name in sorted(schema):
        content = table(name).to_pydict()
        fields = sorted(schema[name])
        total.update(f"{_dump([name, schema[name]])}\n".encode())
        rows = zip(*(content[column] for column in (*MARKS, *fields)), strict=True)
        lines = "\n".join(_dump(row) for row in sorted(rows, key=lambda row: row[0]))
        total.update(f"{lines}\n".encode())
    return total.hexdigest()
