"""A snapshot: the accepted records as of a day, as Parquet in a folder named by the digest of its content.

The digest (``digests``) covers record types, their fields, keys, values and the marks "sample" and
"provisional". It leaves out who, when and from which file, so the same records give the same digest on any machine.
"""

from __future__ import annotations

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
from kechuang.formula import parse, row_function
from kechuang.formula.tree import Name
from kechuang.messages import say
from kechuang.packs.model import Packs, RecordType
from kechuang.records import digests
from kechuang.records.clock import stamp
from kechuang.records.frames import fields_schema

if TYPE_CHECKING:
    import pyarrow as pa

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
        import pyarrow.parquet as pq

        place = Place(file=str(self.path))
        try:
            scheme, schema = self.manifest.get("scheme", 1), self.manifest["schema"]
            found = digests.digest(scheme, schema, lambda name: pq.read_table(self.table(name)))
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
    records: Callable[[RecordType], pa.Table],
    batches: Callable[[set[str]], dict[str, Any]],
    *,
    as_of: date,
    created: datetime,
    audit_head: str,
) -> Snapshot:
    """Write the snapshot of ``records`` (see ``frames.standing_table``) below ``folder``; a folder of the
    same digest is kept."""
    types = [packs.records[name] for name in sorted(packs.records)]
    content = {type_.id: _with_provisional(type_, records(type_), as_of) for type_ in types}
    schema = {type_.id: fields_schema(type_) for type_ in types}
    digest = digests.digest(digests.SCHEME, schema, content.__getitem__)
    tables = {name: len(table) for name, table in content.items()}
    target = folder / digest
    snapshot = Snapshot(digest, as_of, target, tables)
    if not snapshot.present():
        used = {batch for table in content.values() for batch in table["_batch"].unique().to_pylist()}
        manifest = {
            "digest": digest,
            "scheme": digests.SCHEME,
            "as_of": as_of.isoformat(),
            "created": stamp(created),
            "audit": audit_head,
            "packs": {info.pack: info.version for info in packs.info},
            "tables": tables,
            "schema": schema,
            "batches": batches(used),
        }
        _write(folder, target, content, manifest)
    return snapshot


def _with_provisional(type_: RecordType, table: pa.Table, as_of: date) -> pa.Table:
    """The records with a mark whether each may still change: by the formula of its type, or because its
    year is not over."""
    import pyarrow as pa
    import pyarrow.compute as pc

    open_ = pa.chunked_array([pa.repeat(False, len(table))])
    if type_.time.year is not None:
        open_ = pc.greater_equal(table[type_.time.year], as_of.year).fill_null(False)
    if type_.provisional is not None and len(table):
        formula = parse(type_.provisional)
        names = [n for n in type_.fields if any(isinstance(p, Name) and p.name == n for p in formula.walk())]
        judge = row_function(formula, type_.fields.keys())
        judged = [judge(row) is True for row in table.select(names).to_pylist()] if names else None
        open_ = pc.or_(open_, pa.array(judged if judged else [judge({}) is True] * len(table)))
    return table.append_column("_provisional", open_)


def _write(folder: Path, target: Path, content: Mapping[str, pa.Table], manifest: Mapping[str, Any]) -> None:
    """Into a folder beside it first, so that a snapshot is there whole or not at all."""
    import pyarrow.parquet as pq

    beside = folder / f".{target.name[:16]}.{os.getpid()}"
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for name, table in content.items():
            pq.write_table(table, beside / f"{name}.parquet")
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
