"""Digests of snapshots and of imports: the same for the same records, another for any other."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import struct
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kechuang.records import digests, importing
from kechuang.records.frames import META_TYPES, arrow_schema
from kechuang.records.models import Event, Version
from kechuang.records.snapshot import Snapshot

KINDS = {"a": "string", "b": "float64", "c": "int64", "d": "date32", "e": "bool"}
MARKS = {name: META_TYPES[name] for name in digests.MARKS}
ROW = st.tuples(
    st.booleans(),
    st.booleans(),
    st.none() | st.text(max_size=4),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.dates(),
    st.none() | st.booleans(),
)
RECORDS = st.dictionaries(st.text(max_size=3), ROW, max_size=6)


def table(records: dict[str, Any], order: list[str] | None = None, chunk: int = 0) -> pa.Table:
    keys = order or list(records)
    columns = list(zip(*[(key, *records[key]) for key in keys], strict=True)) or [[]] * 8
    found = pa.table(list(map(list, columns)), schema=arrow_schema(MARKS | KINDS))
    return pa.concat_tables([found.slice(0, chunk), found.slice(chunk)])


def digest(content: pa.Table) -> str:
    return digests.digest(digests.SCHEME, {"t": KINDS}, lambda _: content)


def as_described(records: dict[str, Any]) -> str:
    """The digest as the documentation words it, byte by byte."""
    found = hashlib.sha256()
    rows = [(key, *records[key]) for key in sorted(records)]
    for place, (name, kind) in enumerate((MARKS | KINDS).items()):
        values = [row[place] for row in rows]
        found.update((json.dumps([name, kind], separators=(",", ":")) + "\n").encode())
        found.update(bytes(value is not None for value in values))
        if kind == "string":
            texts = [(value or "").encode() for value in values]
            found.update(b"".join(struct.pack("<q", len(text)) for text in texts) + b"".join(texts))
        for value in values:
            if kind == "float64":
                found.update(struct.pack("<d", (value or 0.0) + 0.0))
            elif kind == "int64":
                found.update(struct.pack("<q", value or 0))
            elif kind == "bool":
                found.update(bytes([bool(value)]))
            elif kind == "date32":
                found.update(struct.pack("<i", (value - date(1970, 1, 1)).days if value else 0))
    schema = json.dumps(KINDS, separators=(",", ":"), sort_keys=True)
    line = f'["t",{schema},{len(rows)},"{found.hexdigest()}"]\n'
    return hashlib.sha256(line.encode()).hexdigest()


@settings(deadline=None)
@given(RECORDS, st.randoms(use_true_random=False), st.integers(0, 6))
def test_the_digest_is_as_described_in_any_order(records: Any, dice: random.Random, chunk: int) -> None:
    order = list(records)
    dice.shuffle(order)
    assert digest(table(records)) == digest(table(records, order, chunk)) == as_described(records)


@settings(deadline=None)
@given(RECORDS, RECORDS)
def test_other_records_have_another_digest(one: Any, other: Any) -> None:
    # 0.0 and -0.0 are one number; True, 1 and 1.0 are in columns of one kind each.
    assume(
        repr(sorted(one.items())).replace("-0.0", "0.0") != repr(sorted(other.items())).replace("-0.0", "0.0")
    )
    assert digest(table(one)) != digest(table(other))


@settings(deadline=None)
@given(RECORDS.filter(bool), st.data())
def test_any_change_shows(records: Any, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(records)))
    row = data.draw(ROW)
    assume(
        [v or 0.0 if isinstance(v, float) else v for v in row]
        != [v or 0.0 if isinstance(v, float) else v for v in records[key]]
    )
    assert digest(table(records)) != digest(table({**records, key: row}))


def test_the_schema_and_the_name_are_part_of_it() -> None:
    empty = table({})
    found = {
        digests.digest(digests.SCHEME, schema, lambda _: empty)
        for schema in ({"t": KINDS}, {"u": KINDS}, {"t": KINDS, "u": KINDS}, {"t": {"a": "string"}})
    }
    assert len(found) == 4


def test_snapshots_made_before_open_and_verify(office: Any) -> None:
    import pyarrow.parquet as pq

    office.bring(office.write("a.csv", office.survey(1), office.survey(2, amount=0.1)))
    new = office.store.snapshot(office.folder / "s")
    assert new.manifest["scheme"] == digests.SCHEME
    manifest = {**new.manifest}
    del manifest["scheme"]
    old = digests.digest(1, manifest["schema"], lambda name: pq.read_table(new.table(name)))
    folder = office.folder / "s" / old
    shutil.copytree(new.path, folder)
    (folder / "manifest.json").write_text(json.dumps({**manifest, "digest": old}), "utf-8")
    found = Snapshot.open(folder)
    assert found.digest != new.digest and found.verify() == [] and found.tables == new.tables
    assert office.store.verify(office.folder / "s") == []
    rows = pq.read_table(found.table("rd_survey"))
    pq.write_table(rows.slice(0, 1), found.table("rd_survey"))
    assert [fault.code for fault in Snapshot.open(folder).verify()] == ["snapshot-changed"]


def test_imports_of_the_first_scheme_verify_and_their_tampering_shows(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a store written before has them: a digest over sorted lines."""
    alias = office.store.alias
    real = importing.audit.import_detail

    def before(batch: Any, _: Any) -> Any:
        return real(batch, Version.objects.using(alias).filter(batch=batch))

    monkeypatch.setattr(importing.audit, "import_detail", before)
    office.bring(office.write("a.csv", office.survey(1), office.survey(2)))
    monkeypatch.undo()
    office.bring(office.write("b.csv", office.survey(1, amount=3)))
    schemes = [event.detail.get("scheme") for event in Event.objects.using(alias).order_by("seq")]
    assert schemes == [None, 2] and office.store.verify() == []
    for change in (
        "UPDATE records_version SET data = '{}' WHERE id = 1",
        "DELETE FROM records_version WHERE id = 3",
    ):
        _execute(alias, change)
    assert [fault.code for fault in office.store.verify()] == ["audit-versions-changed"] * 2


def test_data_a_database_has_put_in_another_form_still_verify(office: Any) -> None:
    office.bring(office.write("a.csv", office.survey(1, amount=1e16), office.survey(2, amount=2e-7)))
    alias = office.store.alias
    for version in Version.objects.using(alias):
        text = json.dumps(dict(reversed(version.data.items())), indent=1)
        _execute(alias, "UPDATE records_version SET data = %s WHERE id = %s", [text, version.id])
    assert office.store.verify() == []
    _execute(alias, "UPDATE records_version SET recorded_at = '2026-01-04 01:00:00' WHERE id = 2")
    assert [fault.code for fault in office.store.verify()] == ["audit-versions-changed"]


def _execute(alias: str, sql: str, values: list[Any] | None = None) -> None:
    from django.db import connections

    with connections[alias].cursor() as cursor:
        cursor.execute(sql, values)
