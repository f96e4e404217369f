"""What was published is recomputed, and a correction names exactly the figures that depend on it."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connections

from kechuang.errors import KechuangError
from kechuang.indicators import compute
from kechuang.indicators.vintages import same

Office = Any
Spot = tuple[str, str, int]


def changed_by_force(office: Office, before: dict[Spot, Any], as_of: date) -> set[Spot]:
    """Every published figure recomputed from scratch on today's records, as of the day published."""
    ws = office.ws
    after = compute(
        ws.packs,
        ws.snapshot(ws.today),
        ws.regions,
        sorted({spot[1] for spot in before}),
        sorted({spot[2] for spot in before}),
        as_of,
    )
    now = {(f.indicator, f.region, int(f.period)): f for f in after}
    return {
        spot
        for spot, figure in before.items()
        if figure.value is not None
        and not (
            same(figure.value, now[spot].value)
            and same(figure.numerator, now[spot].numerator)
            and same(figure.denominator, now[spot].denominator)
        )
    }


def named(office: Office) -> set[Spot]:
    found = office.ws.verify()
    assert found.ok, [str(fault.message) for fault in found.faults]
    return {one.change.place for one in found.outstanding if one.change.what != "status"}


def test_nothing_published_is_nothing_to_recompute(office: Office) -> None:
    found = office.ws.verify()
    assert found.ok and (found.publications, found.figures, found.corrections) == (0, 0, ())


def test_what_was_published_comes_out_the_same(office: Office) -> None:
    publication = office.publish()
    assert {one.figure.indicator for one in publication.figures} == set(office.ws.packs.indicators)
    found = office.ws.verify()
    assert found.ok and not found.corrections and not found.redefined
    assert (found.publications, found.figures) == (1, len(publication.figures))


@pytest.mark.parametrize(
    ("type_", "row"),
    [
        ("returns", {"code": "F3", "county": "653101", "year": 2022, "rd": 77, "staff": 4}),
        ("returns", {"code": "F4", "county": "653122", "year": 2023, "rd": 61, "staff": 9}),
        ("accounts", {"region": "653121", "year": 2021, "gdp": 140}),
        (
            "firms",
            {"code": "F1", "county": "653121", "start": "2019-02-15", "stop": "2022-03-01", "group": "G9"},
        ),
        ("visits", {"number": "V7", "code": "F11", "county": "653101", "day": "2022-05-08", "hours": 2}),
        ("returns", {"code": "F99", "county": "653121", "year": 2024, "rd": 900, "staff": 2}),
    ],
)
def test_a_correction_of_one_record_names_exactly_the_figures_that_depend_on_it(
    office: Office, type_: str, row: dict[str, Any]
) -> None:
    day = office.ws.today
    before = office.values()
    publication = office.publish()
    office.on(date(2025, 3, 5))
    office.bring(type_, [row], who="更正岗")
    expected = changed_by_force(office, before, day)
    assert expected and named(office) == expected
    key = "|".join(str(row[name]) for name in office.ws.packs.records[type_].key)
    for one in office.ws.verify().outstanding:
        assert [(r.type, r.key) for r in one.change.attribution.records] == [(type_, key)]
        assert [(c.number, c.holds) for c in one.carried] == [(publication.number, False)]
        record = one.change.attribution.records[0]
        assert record.who == "更正岗" and record.file is not None and record.row == 2
        versions = one.versions[type_, key]
        assert versions[-1]["who"] == "更正岗" and versions[-1]["recorded_at"].startswith("2025-03-05")


def test_a_withdrawal_is_named_with_who_withdrew(office: Office) -> None:
    day, before = office.ws.today, office.values()
    office.publish()
    office.on(date(2025, 3, 5))
    office.withdraw("returns", "F5|2021")
    assert named(office) == changed_by_force(office, before, day)
    one = office.ws.verify().outstanding[0]
    assert one.change.attribution.records[0].what == "withdrawn"
    last = one.versions["returns", "F5|2021"][-1]
    assert last["withdrawn"] and last["reason"] == "重复登记"


def test_a_later_publication_settles_a_correction(office: Office) -> None:
    first = office.publish()
    office.on(date(2025, 3, 5))
    office.bring("returns", [{"code": "F3", "county": "653101", "year": 2022, "rd": 77, "staff": 4}])
    assert office.ws.verify().outstanding
    office.on(date(2025, 3, 6))
    office.publish(only=["spend"])
    found = office.ws.verify()
    open_ = {one.change.place[0] for one in found.outstanding}
    told = {one.change.place[0] for one in found.corrections if not one.outstanding}
    assert "spend" in told and "spend" not in open_ and "share" in open_
    settled = next(one for one in found.corrections if one.change.place[0] == "spend")
    assert [carried.holds for carried in settled.carried] == [False, True]
    assert settled.carried[0].number == first.number


def test_records_that_mean_the_same_change_nothing(office: Office) -> None:
    office.publish()
    office.on(date(2025, 3, 5))
    office.bring(
        "firms", [{"code": "F1", "county": "653121", "start": "2019-02-15", "stop": "", "group": "G1"}]
    )
    assert office.ws.verify().corrections == ()


def test_a_register_that_was_empty_names_its_first_record(office: Office) -> None:
    for version in office.ws.store.as_of(office.ws.today, "visits"):
        office.withdraw("visits", version.key)
    day, before = office.ws.today, office.values()
    office.publish()
    office.on(date(2025, 3, 5))
    office.bring(
        "visits", [{"number": "V1", "code": "F1", "county": "653101", "day": "2022-05-08", "hours": 2}]
    )
    assert named(office) == changed_by_force(office, before, day)


# -- tampering ---------------------------------------------------------------------------------------


def test_a_changed_publication_is_found(office: Office) -> None:
    office.publish()
    file = next((office.folder / "published").glob("*.json"))
    content = json.loads(file.read_text("utf-8"))
    content["figures"][0]["value"] += 1
    file.write_text(json.dumps(content), "utf-8")
    assert [fault.code for fault in office.ws.verify().faults] == ["publication-changed"]


def test_a_publication_that_is_gone_is_found(office: Office) -> None:
    office.publish()
    next((office.folder / "published").glob("*.json")).unlink()
    assert [fault.code for fault in office.ws.verify().faults] == ["publication-missing"]
    with pytest.raises(KechuangError, match="已不在"):
        office.ws.register.get("1")


def test_changed_definitions_of_a_publication_are_found(office: Office) -> None:
    office.publish()
    file = next((office.folder / "published" / "basis").glob("*.json"))
    file.write_text(file.read_text("utf-8").replace("sum(returns.rd)", "2 * sum(returns.rd)"), "utf-8")
    assert [fault.code for fault in office.ws.verify().faults] == ["publication-changed"]


def test_a_forged_value_with_its_digest_put_right_is_found(office: Office) -> None:
    """Somebody rewrites the file, its name and the entry: the chain no longer holds, nor does the figure."""
    publication = office.publish(only=["spend"])
    file = next((office.folder / "published").glob("*.json"))
    content = json.loads(file.read_text("utf-8"))
    content["figures"][0]["value"] = 12345.0
    raw = (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
    digest = hashlib.sha256(raw).hexdigest()
    file.unlink()
    (office.folder / "published" / f"{digest}.json").write_bytes(raw)
    with connections[office.ws.store.alias].cursor() as cursor:
        cursor.execute("SELECT detail FROM records_event WHERE batch = %s", [publication.number])
        detail = json.loads(cursor.fetchone()[0])
        detail["digest"] = digest
        cursor.execute(
            "UPDATE records_event SET detail = %s WHERE batch = %s", [json.dumps(detail), publication.number]
        )
    office.reopen()
    faults = office.ws.verify().faults
    assert {"audit-changed", "figure-differs"} <= {fault.code for fault in faults}
    told = next(fault for fault in faults if fault.code == "figure-differs")
    assert "12345" in told.message.zh and publication.number in told.message.zh


def test_a_changed_snapshot_is_named_as_the_cause(office: Office) -> None:
    publication = office.publish(only=["spend"])
    path = office.folder / "snapshots" / publication.snapshots[0] / "returns.parquet"
    table = pq.read_table(path)
    doubled = pa.array([None if v is None else 2 * v for v in table["rd"].to_pylist()], pa.float64())
    pq.write_table(table.set_column(table.column_names.index("rd"), "rd", doubled), path)
    found = office.ws.verify()
    codes = [fault.code for fault in found.faults]
    assert "snapshot-changed" in codes and codes.count("figure-differs") == len(publication.figures)
    assert all("快照被改动过" in f.message.zh for f in found.faults if f.code == "figure-differs")


def test_a_snapshot_that_is_gone_is_made_again_or_told(office: Office) -> None:
    publication = office.publish(only=["spend"])
    folder = office.folder / "snapshots" / publication.snapshots[0]
    shutil.rmtree(folder)
    office.on(date(2025, 3, 5))
    assert office.ws.verify().ok, "the same records give the same snapshot"
    shutil.rmtree(folder)
    office.write_pack(
        "records/extra.yaml",
        "record: extra\nlabel: {zh: 另, en: Extra}\nkey: [code]\nfields:\n  code: {type: text, label: {zh: 码, en: C}}\n",
    )
    assert [fault.code for fault in office.ws.verify().faults] == ["publication-snapshot"]


def test_what_the_chain_does_not_name_is_not_published(office: Office) -> None:
    (office.folder / "published").mkdir()
    (office.folder / "published" / f"{'0' * 64}.json").write_text("{}", "utf-8")
    assert office.ws.register.all() == [] and office.ws.verify().ok
