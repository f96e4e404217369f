"""A snapshot: the accepted records as of a day, as Parquet in a folder named by the digest of its content.

The digest covers record types, their fields, keys, values and the marks "sample" and "provisional".
It leaves out who, when and from which file, so the same records give the same digest on any machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import Fault, KechuangError, Place, system_trouble
from kechuang.formula import row_function
from kechuang.messages import say
from kechuang.packs.model import Packs, RecordType
from kechuang.records.clock import stamp
from kechuang.records.fields import Value, restore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kechuang.records.history import RecordVersion

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
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Snapshot:
    """A snapshot in the folder ``path``; ``tables`` counts the rows of each record type."""

    digest: str
    as_of: date
    path: Path
    tables: Mapping[str, int]

    @classmethod
    def open(cls, path: Path) -> Snapshot:
        """The snapshot in a folder; KechuangError where there is none."""
        try:
            content = json.loads((path / MANIFEST).read_text("utf-8"))
            return cls(content["digest"], date.fromisoformat(content["as_of"]), path, content["tables"])
        except (OSError, ValueError, KeyError, TypeError):
            raise _unsound(path) from None

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What ``manifest.json`` says: schema, batches, counts."""
        try:
            found = json.loads((self.path / MANIFEST).read_text("utf-8"))
        except (OSError, ValueError):
            found = None
        if not isinstance(found, dict) or not {"digest", "schema", "tables", "batches"} <= found.keys():
            raise _unsound(self.path)
        return found

    def table(self, type_: str) -> Path:
        """The Parquet file of a record type."""
        return self.path / f"{type_}.parquet"

    def present(self) -> bool:
        """Whether its folder is still there, whole."""
        return (self.path / MANIFEST).is_file() and all(self.table(name).is_file() for name in self.tables)

    def verify(self) -> list[Fault]:
        """What no longer matches the digest: nothing, for a snapshot left as it was written."""
        import pyarrow as pa

        place = Place(file=str(self.path))
        try:
            found = _digest_of_folder(self.manifest["schema"], self.table)
        except (OSError, KeyError, ValueError, TypeError, KechuangError, pa.ArrowException):
            return [Fault("snapshot-unreadable", say("快照缺文件或已损坏"), place)]
        if found != self.digest or self.path.name != self.digest:
            return [Fault("snapshot-changed", say("快照的内容与它的编号不符，已被改动过"), place)]
        return []


def _unsound(path: Path) -> KechuangError:
    return KechuangError(
        "snapshot-unreadable",
        say("这不是完好的快照"),
        place=Place(file=str(path)),
        remedy=say("请删去这个文件夹，再运行 kechuang snapshot 重新生成。"),
    )


def take(
    folder: Path,
    packs: Packs,
    records: Callable[[str], Iterable[RecordVersion]],
    batches: Callable[[set[str]], dict[str, Any]],
    *,
    as_of: date,
    created: datetime,
    audit_head: str,
) -> Snapshot:
    """Write the snapshot of ``records`` (by type) below ``folder``; a folder of the same digest is kept."""
    types = [packs.records[name] for name in sorted(packs.records)]
    columns = {type_.id: _columns(type_, records(type_.id), as_of) for type_ in types}
    schema = {type_.id: {name: COLUMN_TYPES[s.type] for name, s in type_.fields.items()} for type_ in types}
    digest = _digest(schema, lambda name: columns[name])
    tables = {name: len(content["_key"]) for name, content in columns.items()}
    target = folder / digest
    snapshot = Snapshot(digest, as_of, target, tables)
    if not snapshot.present():
        used = {batch for content in columns.values() for batch in content["_batch"]}
        manifest = {
            "digest": digest,
            "as_of": as_of.isoformat(),
            "created": stamp(created),
            "audit": audit_head,
            "packs": {info.pack: info.version for info in packs.info},
            "tables": tables,
            "schema": schema,
            "batches": batches(used),
        }
        _write(folder, target, schema, columns, manifest)
    return snapshot


def _columns(type_: RecordType, records: Iterable[RecordVersion], as_of: date) -> dict[str, list[Any]]:
    """The records of a type as columns, in order of their keys."""
    found: dict[str, list[Any]] = {name: [] for name in [*type_.fields, *META_TYPES]}
    specs = list(type_.fields.items())
    provisional = _provisional(type_, as_of)
    for record in records:
        data = record.data
        values: dict[str, Value] = {name: restore(spec, data.get(name)) for name, spec in specs}
        for name, value in values.items():
            found[name].append(value)
        found["_key"].append(record.key)
        found["_version"].append(record.id)
        found["_file"].append(record.file)
        found["_sheet"].append(record.sheet)
        found["_row"].append(record.row)
        found["_batch"].append(record.batch)
        found["_reviewed_by"].append(record.reviewed_by)
        found["_recorded_at"].append(stamp(record.recorded_at))
        found["_first_recorded_at"].append(stamp(record.first_recorded_at or record.recorded_at))
        found["_sample"].append(record.nature == "sample")
        found["_provisional"].append(provisional(values))
    return found


def _provisional(type_: RecordType, as_of: date) -> Callable[[Mapping[str, Value]], bool]:
    """Whether a record may still change: by the formula of its type, or because its year is not over."""
    formula = row_function(type_.provisional, type_.fields.keys()) if type_.provisional else None
    year = type_.time.year

    def judge(values: Mapping[str, Value]) -> bool:
        if year is not None:
            reported = values[year]
            if isinstance(reported, int) and reported >= as_of.year:
                return True
        return formula is not None and formula(values) is True

    return judge


def _digest(
    schema: Mapping[str, Mapping[str, str]], columns: Callable[[str], Mapping[str, list[Any]]]
) -> str:
    """sha256 over the canonical text: a line a type, then a line a record, sorted; floats by repr."""
    total = hashlib.sha256()
    dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=date.isoformat)
    for name in sorted(schema):
        content = columns(name)
        fields = sorted(schema[name])
        total.update(f"{dump.encode([name, schema[name]])}\n".encode())
        rows = zip(
            content["_key"],
            content["_sample"],
            content["_provisional"],
            *(content[f] for f in fields),
            strict=True,
        )
        lines = "\n".join(dump.encode(row) for row in sorted(rows, key=lambda row: row[0]))
        total.update(f"{lines}\n".encode())
    return total.hexdigest()


def _digest_of_folder(schema: Mapping[str, Mapping[str, str]], table: Callable[[str], Path]) -> str:
    import pyarrow.parquet as pq

    return _digest(schema, lambda name: pq.read_table(table(name)).to_pydict())


def _write(
    folder: Path,
    target: Path,
    schema: Mapping[str, Mapping[str, str]],
    columns: Mapping[str, Mapping[str, list[Any]]],
    manifest: Mapping[str, Any],
) -> None:
    """Into a folder beside it first, so that a snapshot is there whole or not at all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {
        "string": pa.string(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "date32": pa.date32(),
        "bool": pa.bool_(),
    }
    beside = folder / f".{target.name[:16]}.{os.getpid()}"
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for name, fields in schema.items():
            arrow = pa.schema([(field, kinds[kind]) for field, kind in {**fields, **META_TYPES}.items()])
            pq.write_table(pa.Table.from_pydict(dict(columns[name]), arrow), beside / f"{name}.parquet")
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (beside / MANIFEST).write_text(text + "\n", "utf-8")
        if target.exists():
            shutil.rmtree(target)  # a file of it is gone
        beside.rename(target)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        if (target / MANIFEST).is_file():
            return  # another process wrote the same content meanwhile
        raise KechuangError(
            "not-writable",
            say("快照写不进去：{problem}", problem=system_trouble(error)),
            place=Place(file=str(folder)),
            remedy=say("请核对文件夹的写入权限和磁盘空间。"),
        ) from None
