"""All records of a type that stand as of a day, as one Arrow table in order of keys.

The JSON texts of the store are read by Arrow, many thousand at a time; a stretch Arrow cannot read as
the fields are declared now (a pack that changed a type) is read value by value, as ``fields.restore`` does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any

from kechuang.packs.model import RecordType
from kechuang.records import standing
from kechuang.records.clock import stamp
from kechuang.records.fields import restore
from kechuang.records.models import Batch
from kechuang.records.queries import on_server

if TYPE_CHECKING:
    import pyarrow as pa

AHEAD = 4
"""Stretches fetched before Arrow has read them."""

COLUMN_TYPES = {
    "text": "string",
    "choice": "string",
    "uscc": "string",
    "region": "string",
    "integer": "int64",
    "year": "int64",
    "number": "float64",
    "date": "date32",
    "boolean": "bool",
}
META_TYPES = {
    "_key": "string",
    "_version": "int64",
    "_file": "string",
    "_sheet": "string",
    "_row": "int64",
    "_batch": "string",
    "_reviewed_by": "string",
    "_recorded_at": "string",
    "_first_recorded_at": "string",
    "_sample": "bool",
    "_provisional": "bool",
}


def fields_schema(record_type: RecordType) -> dict[str, str]:
    """The columns of a type's fields and their kinds."""
    return {name: COLUMN_TYPES[spec.type] for name, spec in record_type.fields.items()}


def arrow_schema(kinds: Mapping[str, str]) -> pa.Schema:
    """Columns of the kinds of :data:`COLUMN_TYPES`."""
    import pyarrow as pa

    known = {
        "string": pa.string(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "date32": pa.date32(),
        "bool": pa.bool_(),
    }
    return pa.schema([(name, known[kind]) for name, kind in kinds.items()])


def standing_table(alias: str, record_type: RecordType, day: date) -> pa.Table:
    """The records of a type as known and accepted at the end of ``day``: its fields, then
    :data:`META_TYPES` but ``_provisional``; sorted by ``_key``."""
    import pyarrow as pa

    schema = arrow_schema(
        fields_schema(record_type) | {n: k for n, k in META_TYPES.items() if n != "_provisional"}
    )
    known = standing.accepted(alias, day, record_type.id)
    if known is None:
        return schema.empty_table()
    data = "CAST(data AS text)" if on_server(alias) else "CAST(data AS blob)"
    told = _Batches(alias, known)
    parts: list[dict[str, Any]] = []
    reading: list[Future[dict[str, Any]]] = []
    corrected = False
    with ThreadPoolExecutor(1) as pool:  # Arrow reads one stretch while the next is fetched
        for stretch in standing.everything(alias, known, f'id, number, key, sheet, "row", {data}'):
            ids, numbers, keys, sheets, rows, texts = zip(*stretch, strict=True)
            corrected = corrected or max(numbers) > 1
            reading.append(pool.submit(_fields, record_type, texts))
            own = told.places(ids)
            columns = {
                "_key": pa.array(keys, pa.string()),
                "_version": pa.array(ids, pa.int64()),
                "_sheet": pa.array(sheets, pa.string()),
                "_row": pa.array(rows, pa.int64()),
                **told.columns(own),
            }
            parts.append(columns)
            if len(reading) > AHEAD:
                reading[-AHEAD].result()
    first = standing.firsts(alias, known) if corrected else {}
    tables = []
    for columns, fields in zip(parts, reading, strict=True):
        columns["_first_recorded_at"] = told.firsts(columns, first)
        whole = fields.result() | columns
        tables.append(pa.table([whole[name] for name in schema.names], schema=schema))
    return sorted_by_key(pa.concat_tables(tables).combine_chunks() if tables else schema.empty_table())


def sorted_by_key(table: pa.Table) -> pa.Table:
    """The rows in order of ``_key`` (by code point), as they are where they already stand so."""
    import pyarrow.compute as pc

    keys = table["_key"]
    if len(keys) < 2 or pc.all(pc.less(keys.slice(0, len(keys) - 1), keys.slice(1))).as_py():
        return table
    return table.take(pc.sort_indices(keys))


class _Batches:
    """What the batches of a type say of their versions, as columns."""

    def __init__(self, alias: str, known: standing.Accepted) -> None:
        self._known = known
        self._places = {name: place for place, (_, _, name) in enumerate(known.batches)}
        found = {batch.id: batch for batch in Batch.objects.using(alias).filter(type=known.type)}
        batches = [found[name] for _, _, name in known.batches]
        self._values: dict[str, list[Any]] = {
            "_file": [batch.file for batch in batches],
            "_batch": [batch.id for batch in batches],
            "_reviewed_by": [batch.reviewed_by for batch in batches],
            "_recorded_at": [stamp(batch.recorded_at) for batch in batches],
            "_sample": [batch.nature == "sample" for batch in batches],
        }

    def places(self, ids: Sequence[int]) -> list[int]:
        """The place of the batch of each version; ids come in order, and so do batches."""
        batches, place = self._known.batches, self._places[self._known.batch_of(ids[0])]
        found = []
        for id_ in ids:
            while id_ > batches[place][1]:
                place += 1
            found.append(place)
        return found

    def columns(self, places: Sequence[int]) -> dict[str, pa.Array]:
        """For versions of batches at ``places``, what the batches say."""
        import pyarrow as pa

        at = pa.array(places, pa.int32())
        return {
            name: pa.array(values, pa.bool_() if name == "_sample" else pa.string()).take(at)
            for name, values in self._values.items()
        }

    def firsts(self, columns: Mapping[str, pa.Array], first: Mapping[int, int]) -> pa.Array:
        """When the first version of each record was recorded; ``first`` gives its id by that of the last."""
        import pyarrow as pa

        if not first:
            return columns["_recorded_at"]
        stamps = self._values["_recorded_at"]
        return pa.array(
            [
                stamps[self._places[self._known.batch_of(first[id_])]] if id_ in first else own
                for id_, own in zip(
                    columns["_version"].to_pylist(), columns["_recorded_at"].to_pylist(), strict=True
                )
            ],
            pa.string(),
        )


def _fields(record_type: RecordType, texts: Sequence[Any]) -> dict[str, Any]:
    """The fields of records, from their JSON texts (bytes or str)."""
    import pyarrow as pa

    raw = [text if isinstance(text, bytes) else text.encode() for text in texts]
    try:
        found = _by_arrow(record_type, raw)
    except (pa.ArrowException, OSError):
        found = None
    return found if found is not None else _one_by_one(record_type, raw)


def _by_arrow(record_type: RecordType, raw: Sequence[bytes]) -> dict[str, Any] | None:
    import pyarrow as pa
    import pyarrow.json as arrow_json

    kinds = fields_schema(record_type)
    content = b"\n".join(raw)
    wanted = arrow_schema({name: "string" if kind == "date32" else kind for name, kind in kinds.items()})
    table = arrow_json.read_json(
        pa.BufferReader(content),
        read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(content) + 1),
        parse_options=arrow_json.ParseOptions(explicit_schema=wanted, unexpected_field_behavior="ignore"),
    )
    if len(table) != len(raw):
        return None
    target = arrow_schema(kinds)
    return {name: table[name].combine_chunks().cast(target.field(name).type) for name in kinds}


def _one_by_one(record_type: RecordType, raw: Iterable[bytes]) -> dict[str, Any]:
    import pyarrow as pa

    data = [json.loads(text) for text in raw]
    target = arrow_schema(fields_schema(record_type))
    return {
        name: pa.array([restore(spec, row.get(name)) for row in data], target.field(name).type)
        for name, spec in record_type.fields.items()
    }
