"""The store: append-only, bitemporal, reviewed, and tampering shows."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.language.regions import RegionTree
from kechuang.packs import Packs
from kechuang.records.database import close, connect
from kechuang.records.models import AppendOnlyError, Batch, Event, Version
from kechuang.records.returns import returns_status
from kechuang.records.snapshot import Snapshot
from kechuang.records.store import Store

DAY = date(2026, 1, 5)


def amounts(office: Any, day: date) -> dict[str, float]:
    return {r.key: r.data["expenditure"] for r in office.store.as_of(day, "rd_survey")}


def key(office: Any, number: int, year: int = 2024) -> str:
    return f"{office.code(number)}|{year}"


# -- as of


def test_every_day_is_remembered(office: Any) -> None:
    days = [date(2025, 1, 10), date(2025, 2, 10), date(2025, 3, 10)]
    for day, amount in zip(days, (1, 2, 3), strict=True):
        office.at(day).bring(office.write("a.csv", office.survey(1, amount=amount)))
    office.at(date(2025, 4, 10)).store.withdraw("rd_survey", key(office, 1), "统计科", "重复填报")
    for day, known in [
        (date(2025, 1, 9), {}),
        (date(2025, 1, 10), {key(office, 1): 1.0}),
        (date(2025, 2, 28), {key(office, 1): 2.0}),
        (date(2025, 4, 9), {key(office, 1): 3.0}),
        (date(2025, 4, 10), {}),
    ]:
        assert amounts(office, day) == known
    last = office.store.history("rd_survey", key(office, 1))[-1]
    assert last.withdrawn and last.reason == "重复填报" and last.number == 4
    with pytest.raises(KechuangError) as caught:
        office.store.withdraw("rd_survey", key(office, 1), "统计科", "又一次")
    assert caught.value.code == "unknown-record"
    office.at(date(2025, 5, 10)).bring(office.write("a.csv", office.survey(1, amount=3)))
    assert amounts(office, date(2025, 5, 10)) == {key(office, 1): 3.0}


def test_days_end_by_beijing_time(office: Any) -> None:
    office.at(datetime(2025, 1, 10, 23, 59)).bring(office.write("a.csv", office.survey(1)))
    office.at(datetime(2025, 1, 11, 0, 0)).bring(office.write("b.csv", office.survey(2)))
    assert len(amounts(office, date(2025, 1, 10))) == 1
    assert office.store.batches()[1].id == "B20250111-0001"
    assert office.store.batches()[1].as_dict()["recorded_at"] == "2025-01-11T00:00:00+08:00"


def test_the_clock_may_not_go_back(office: Any) -> None:
    office.at(date(2025, 5, 1)).bring(office.write("a.csv", office.survey(1)))
    with pytest.raises(KechuangError) as caught:
        office.at(date(2025, 4, 30)).bring(office.write("b.csv", office.survey(2)))
    assert caught.value.code == "clock-backwards"
    assert office.stored() == (1, 1)


def test_valid_time_follows_the_type(office: Any) -> None:
    office.bring(office.write("a.csv", office.survey(1, year=2023)))
    (version,) = office.store.history("rd_survey", key(office, 1, 2023))
    assert (version.valid_from, version.valid_to) == (date(2023, 1, 1), date(2024, 1, 1))
    park = {
        "park": "甲",
        "county": "330523",
        "level": "national",
        "status": "building",
        "approved": "2022-05-01",
    }
    office.bring(office.records("agri_parks", {**park, "approved": "2022-05-01"}))
    (version,) = office.store.history("agri_parks", "甲")
    assert (version.valid_from, version.valid_to) == (date(2022, 5, 1), None)


# -- review


def test_only_what_is_accepted_counts(make: Callable[..., Any]) -> None:
    office = make(review=True)
    first = office.at(date(2025, 1, 1)).bring(office.write("a.csv", office.survey(1, amount=1))).outcomes[0]
    second = office.bring(office.write("b.csv", office.survey(1, amount=2), office.survey(2))).outcomes[0]
    assert (first.state, amounts(office, DAY)) == ("submitted", {})
    office.at(date(2025, 1, 5)).store.accept(second.batch, "审核岗")
    assert amounts(office, date(2025, 1, 4)) == {}
    assert amounts(office, date(2025, 1, 5))[key(office, 1)] == 2.0
    office.at(date(2025, 1, 6)).store.accept(first.batch, "审核岗")
    assert amounts(office, DAY)[key(office, 1)] == 2.0, (
        "the later return stands, whichever was reviewed first"
    )
    with pytest.raises(KechuangError) as caught:
        office.store.send_back(first.batch, "审核岗", "迟了")
    assert caught.value.code == "not-waiting"
    with pytest.raises(KechuangError) as caught:
        office.store.accept("B20250101-0099", "审核岗")
    assert caught.value.code == "unknown-batch"


def test_returned_and_reported_again(make: Callable[..., Any]) -> None:
    office = make(review=True)
    path = office.write("a.csv", office.survey(1))
    first = office.bring(path).outcomes[0].batch
    assert office.bring(path).repeated, "the same file waits for review already"
    office.store.send_back(first, "审核岗", "请核对金额")
    (batch,) = office.store.batches()
    assert (batch.state, batch.reason, batch.reviewed_by) == ("returned", "请核对金额", "审核岗")
    assert office.store.imported_files() == set()
    with pytest.raises(KechuangError):
        office.bring(path, replaces="B20250101-0099")
    again = office.bring(path, replaces=first).outcomes[0]
    assert again.state == "resubmitted" and again.new == 1
    office.store.accept(again.batch, "审核岗")
    assert amounts(office, DAY) == {key(office, 1): 12.5}
    assert [v.state for v in office.store.history("rd_survey", key(office, 1))] == ["returned", "accepted"]
    assert office.store.verify() == []


def test_a_withdrawal_waits_for_review_too(make: Callable[..., Any]) -> None:
    office = make(review=True)
    office.store.accept(office.bring(office.write("a.csv", office.survey(1))).outcomes[0].batch, "审核岗")
    batch = office.store.withdraw("rd_survey", key(office, 1), "统计科", "误报")
    assert len(amounts(office, DAY)) == 1
    office.store.accept(batch, "审核岗")
    assert amounts(office, DAY) == {}
    assert office.store.batches()[1].reason == "误报", "accepting keeps the reason of the withdrawal"


# -- append only, audit


def test_nothing_is_changed_or_removed_by_code(office: Any) -> None:
    office.bring(office.write("a.csv", office.survey(1)))
    alias = office.store.alias
    version = Version.objects.using(alias).get()
    event = Event.objects.using(alias).get()
    batch = Batch.objects.using(alias).get()
    version.data = {}
    attempts: list[Callable[[], Any]] = [
        lambda: version.save(using=alias),
        lambda: version.delete(using=alias),
        lambda: event.save(using=alias),
        lambda: event.delete(using=alias),
        lambda: batch.delete(using=alias),
        lambda: batch.save(using=alias),
        lambda: batch.save(using=alias, update_fields=["nature"]),
    ]
    for model in (Version, Event, Batch):
        rows = model.objects.using(alias)
        attempts += [
            rows.delete,
            rows.all().delete,
            lambda rows=rows: rows.update(pk=7),
            lambda rows=rows: rows.bulk_update(list(rows), ["pk"]),
            lambda rows=rows: rows.update_or_create(pk=7),
        ]
    for attempt in attempts:
        with pytest.raises((AppendOnlyError, AttributeError)):
            attempt()
    assert office.stored() == (1, 1) and office.store.verify() == []


TAMPERING = {
    "a value": ("UPDATE records_version SET data = '{}' WHERE id = 1", {"audit-versions-changed"}),
    "a row": ("DELETE FROM records_version WHERE id = 2", {"audit-versions-changed"}),
    "a place": ('UPDATE records_version SET "row" = 9 WHERE id = 1', {"audit-versions-changed"}),
    "who": ("UPDATE records_batch SET who = '某人'", {"audit-batch-changed"}),
    "nature": ("UPDATE records_batch SET nature = 'sample'", {"audit-batch-changed"}),
    "state": ("UPDATE records_batch SET state = 'returned'", {"audit-batch-changed"}),
    "an entry": ("UPDATE records_event SET who = '某人' WHERE seq = 1", {"audit-changed"}),
    "an entry gone": ("DELETE FROM records_event WHERE seq = 1", {"audit-gap", "audit-batch-unknown"}),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_shows(office: Any, what: str) -> None:
    office.bring(office.write("a.csv", office.survey(1), office.survey(2)))
    office.bring(office.write("b.csv", office.survey(3)))
    assert office.store.verify() == []
    from django.db import connections

    sql, found = TAMPERING[what]
    with connections[office.store.alias].cursor() as cursor:
        cursor.execute(sql)
    assert {fault.code for fault in office.store.verify()} == found


def test_entries_cut_off_at_the_end_show_in_the_snapshots_taken(office: Any) -> None:
    folder = office.folder / "snapshots"
    office.bring(office.write("a.csv", office.survey(1)))
    office.bring(office.write("b.csv", office.survey(2)))
    office.store.snapshot(folder)
    assert office.store.verify(folder) == []
    from django.db import connections

    with connections[office.store.alias].cursor() as cursor:
        for table, column in [
            ("version", "batch_id"),
            ("finding", "batch_id"),
            ("event", "batch"),
            ("batch", "id"),
        ]:
            cursor.execute(f"DELETE FROM records_{table} WHERE {column} = 'B20260105-0002'")
    assert office.store.verify() == []
    assert [fault.code for fault in office.store.verify(folder)] == ["audit-cut-off"]


# -- snapshots


def test_a_snapshot_holds_the_records_and_where_they_come_from(office: Any) -> None:
    import pyarrow.parquet as pq

    path = office.write("a.xlsx", office.survey(1), office.survey(2, year=2026))
    office.at(datetime(2026, 2, 1, 10)).bring(path, reviewer="审核岗", nature="sample")
    snapshot = office.store.snapshot(office.folder / "snapshots")
    assert snapshot.path.name == snapshot.digest and snapshot.as_of == date(2026, 2, 1)
    assert snapshot.tables["rd_survey"] == 2 and snapshot.tables["sme"] == 0
    assert set(snapshot.tables) == set(office.packs.records)
    table = pq.read_table(snapshot.table("rd_survey"))
    assert {f.name: str(f.type) for f in table.schema}["expenditure"] == "double"
    assert pq.read_table(snapshot.table("sme")).num_rows == 0
    row = next(r for r in table.to_pylist() if r["year"] == 2024)
    assert row["basic"] is None and row["expenditure"] == 12.5 and row["county"] == "330523"
    assert (row["_key"], row["_file"], row["_sheet"], row["_row"]) == (key(office, 1), "a.xlsx", "Sheet", 2)
    assert (row["_sample"], row["_provisional"], row["_reviewed_by"]) == (True, False, "审核岗")
    assert row["_recorded_at"] == "2026-02-01T10:00:00+08:00"
    assert [r["_provisional"] for r in table.to_pylist() if r["year"] == 2026] == [True]
    manifest = json.loads((snapshot.path / "manifest.json").read_text("utf-8"))
    batch = manifest["batches"][row["_batch"]]
    assert batch["columns"]["Sheet"]["expenditure"] == "E" and batch["nature"] == "sample"
    assert manifest["schema"]["rd_survey"]["year"] == "int64"
    assert Snapshot.open(snapshot.path) == snapshot and snapshot.verify() == []
    assert not list((office.folder / "snapshots").glob(".*"))


def test_the_provisional_formula_of_a_type(office: Any) -> None:
    import pyarrow.parquet as pq

    base = {"region": "330523", "gdp": 600, "source": "公报"}
    office.bring(
        office.records(
            "accounts",
            {**base, "year": 2023, "release": "final"},
            {**base, "year": 2024, "release": "preliminary"},
        )
    )
    table = pq.read_table(office.store.snapshot(office.folder / "s").table("accounts")).to_pylist()
    assert {row["year"]: row["_provisional"] for row in table} == {2023: False, 2024: True}


def test_an_old_day_gives_the_same_snapshot_for_ever(office: Any) -> None:
    folder = office.folder / "s"
    office.at(date(2025, 1, 10)).bring(office.write("a.csv", office.survey(1, year=2023)))
    first = office.store.snapshot(folder)
    office.at(date(2025, 2, 10)).bring(office.write("b.csv", office.survey(1, year=2023, amount=2)))
    second = office.store.snapshot(folder)
    assert first.digest != second.digest
    assert office.store.snapshot(folder, date(2025, 1, 10)).digest == first.digest
    assert office.store.snapshot(office.folder / "t", date(2025, 1, 31)).digest == first.digest
    with pytest.raises(KechuangError) as caught:
        office.store.snapshot(folder, date(2025, 2, 11))
    assert caught.value.code == "future-date"


def test_a_changed_snapshot_is_noticed(office: Any) -> None:
    office.bring(office.write("a.csv", office.survey(1)))
    snapshot = office.store.snapshot(office.folder / "s")
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(snapshot.table("rd_survey"))
    changed = table.set_column(table.schema.get_field_index("expenditure"), "expenditure", pa.array([99.0]))
    pq.write_table(changed, snapshot.table("rd_survey"))
    assert [fault.code for fault in Snapshot.open(snapshot.path).verify()] == ["snapshot-changed"]
    snapshot.table("rd_survey").unlink()
    assert [fault.code for fault in Snapshot.open(snapshot.path).verify()] == ["snapshot-unreadable"]
    assert office.store.snapshot(office.folder / "s").verify() == [], "a damaged folder is written again"
    with pytest.raises(KechuangError) as caught:
        Snapshot.open(office.folder)
    assert caught.value.code == "snapshot-unreadable"


def test_the_digest_is_that_of_the_records_alone(packs: Packs, tmp_path: Path) -> None:
    """Other order, other files, other days, other people, another type of file: the same digest."""
    rows = [(n, year, n * 1.1 + year / 7) for n in range(40) for year in (2022, 2023)]
    digests = set()
    for turn in range(3):
        folder = tmp_path / str(turn)
        folder.mkdir()
        now = [datetime(2025, 1, 1 + turn)]
        store = Store(
            connect(folder / "k.db"),
            packs,
            RegionTree.national(),
            clock=lambda now=now: now[0],
            region="330500",
        )
        random.Random(turn).shuffle(rows)
        for part in range(turn + 1):
            from kechuang.records.templates import write_table
            from kechuang.records.uscc import check_digit

            content = []
            for number, year, amount in rows[part :: turn + 1]:
                body = f"91330500{number:09d}"
                content.append(
                    {
                        "uscc": body + check_digit(body),
                        "name": f"单位{number}",
                        "county": "330523",
                        "year": year,
                        "expenditure": amount,
                    }
                )
            path = folder / f"{part}.{'xlsx' if turn == 1 else 'csv'}"
            write_table(packs.records["rd_survey"], content, path)
            assert store.import_files([path], who=f"人{turn}").ok
            now[0] += timedelta(days=1)
        digests.add(store.snapshot(folder / "s").digest)
    assert len(digests) == 1


# -- returns


def test_returns_due_arrived_late_and_missing(office: Any) -> None:
    frame = [
        {
            "uscc": office.code(n),
            "name": f"单位{n}",
            "county": county,
            "year": 2024,
            "performer": "enterprise",
        }
        for n, county in [(1, "330523"), (2, "330523"), (3, "330523"), (4, "330521")]
    ]
    office.at(date(2025, 1, 10)).bring(office.records("rd_units", *frame))
    office.at(date(2025, 3, 31)).bring(office.write("a.csv", office.survey(1)))
    office.at(date(2025, 4, 1)).bring(office.write("b.csv", office.survey(2)))
    office.at(date(2025, 5, 1)).bring(office.write("c.csv", office.survey(1, amount=3)))
    snapshot = office.store.snapshot(office.folder / "s")
    found = returns_status(snapshot, office.packs, 2024, date(2025, 5, 1))
    survey = {s.region: s for s in found if s.type == "rd_survey"}
    here, there = survey["330523"], survey["330521"]
    assert (here.expected, here.arrived, here.late, here.missing) == (3, 2, 1, 1), "a correction is not late"
    assert here.missing_keys == (key(office, 3),) and here.overdue and here.deadline == date(2025, 3, 31)
    assert (there.expected, there.arrived, there.late, there.missing) == (1, 0, 0, 1)
    early = returns_status(snapshot, office.packs, 2024, date(2025, 3, 1))
    assert not any(status.overdue for status in early)
    assert returns_status(snapshot, office.packs, 2023, date(2025, 5, 1)) == []


# -- a model of the store

ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["import", "withdraw", "wait"]),
        st.dictionaries(st.integers(1, 4), st.sampled_from([1.0, 2.0, 3.5]), min_size=1),
        st.integers(0, 2),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
def test_the_store_agrees_with_a_simple_model(
    actions: list[Any], packs: Packs, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("model")
    day = date(2025, 1, 1)
    now = [day]
    store = Store(connect(folder / "k.db"), packs, RegionTree.national(), clock=lambda: now[0])
    type_ = packs.records["agri_parks"]
    from kechuang.records.templates import write_table

    model: dict[str, float] = {}
    versions: dict[str, int] = {}
    past: dict[date, dict[str, float]] = {}
    for number, (what, content, pause) in enumerate(actions):
        if what == "import":
            rows = [
                {
                    "park": f"园{n}",
                    "county": "330523",
                    "level": "national",
                    "status": "building",
                    "approved": "2020-01-01",
                    "document": str(v),
                }
                for n, v in content.items()
            ]
            path = folder / f"{number}.csv"
            write_table(type_, rows, path)
            assert store.import_files([path], who="甲").ok
            for n, v in content.items():
                if model.get(f"园{n}") != v:
                    versions[f"园{n}"] = versions.get(f"园{n}", 0) + 1
                model[f"园{n}"] = v
        elif what == "withdraw" and model:
            name = sorted(model)[0]
            store.withdraw("agri_parks", name, "甲", "误报")
            del model[name]
            versions[name] += 1
        past[now[0]] = dict(model)
        now[0] += timedelta(days=pause)
    past.setdefault(now[0], dict(model))
    for known_on, known in past.items():
        found = {r.key: float(r.data["document"]) for r in store.as_of(known_on, "agri_parks")}
        assert found == known
    for name, count in versions.items():
        assert [v.number for v in store.history("agri_parks", name)] == list(range(1, count + 1))
    assert store.verify() == []
    close(store.alias)
