"""What stands as of a day: asked of an index, and the same as going through every version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kechuang.records import standing
from kechuang.records.clock import day_of
from kechuang.records.history import RecordVersion
from kechuang.records.models import Batch, Version

TYPE = "agri_parks"
FIRST = date(2025, 1, 1)


def park(name: str, document: str) -> dict[str, Any]:
    return {
        "park": name,
        "county": "330523",
        "level": "national",
        "status": "building",
        "approved": "2020-01-01",
        "document": document,
    }


def by_hand(alias: str, day: date) -> dict[str, tuple[int, Any]]:
    """The last accepted version of each key and when its first was recorded, version by version."""
    last: dict[str, Any] = {}
    first: dict[str, Any] = {}
    for version in Version.objects.using(alias).filter(type=TYPE).select_related("batch").order_by("number"):
        batch = version.batch
        if batch.state == "accepted" and day_of(batch.reviewed_at) <= day:
            last[version.key] = version
            first.setdefault(version.key, version.recorded_at)
    return {key: (one.id, first[key]) for key, one in last.items() if not one.withdrawn}


def told(found: list[RecordVersion]) -> dict[str, tuple[int, Any]]:
    return {one.key: (one.id, one.first_recorded_at) for one in found}


#: Without shrinking: a step in a store that grows cannot be repeated.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("import"), st.dictionaries(st.integers(1, 5), st.integers(1, 3), min_size=1)),
        st.tuples(st.just("withdraw"), st.integers(0, 4)),
        st.tuples(st.just("accept"), st.integers(0, 9)),
        st.tuples(st.just("return"), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.integers(1, 2)),
    ),
    min_size=3,
    max_size=14,
)


@pytest.mark.parametrize("most", [standing.MOST_RANGES, 0])
def test_as_of_any_day_as_going_through_every_version(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(standing, "MOST_RANGES", most)
    office = make(review=True)
    alias, now, turns = office.store.alias, [FIRST], [0]
    record_type = office.packs.records[TYPE]

    def step(what: str, given_: Any) -> None:
        waiting = [b.id for b in office.store.batches() if b.state in {"submitted", "resubmitted"}]
        turns[0] += 1
        if what == "import":
            rows = [park(f"园{n}|", str(v)) for n, v in given_.items()]
            assert office.bring(office.records(TYPE, *rows, name=f"{turns[0]}.csv")).ok
        elif what == "withdraw":
            standing_now = office.store.as_of(now[0], TYPE)
            if standing_now:
                office.store.withdraw(TYPE, standing_now[given_ % len(standing_now)].key, "甲", "误报")
        elif what == "wait":
            now[0] += timedelta(days=given_)
            office.at(now[0])
        elif waiting:
            batch = waiting[given_ % len(waiting)]
            if what == "accept":
                office.store.accept(batch, "乙")
            else:
                office.store.send_back(batch, "乙", "请核对")

    @settings(
        max_examples=12,
        deadline=None,
        phases=PHASES,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(STEPS, st.integers(1, 3))
    def check(steps: list[Any], size: int) -> None:
        began = now[0]
        office.at(began)
        for what, content in steps:
            step(what, content)
        for days in range((now[0] - began).days + 2):
            day = began + timedelta(days=days - 1)
            expected = by_hand(alias, day)
            found = office.store.as_of(day, TYPE)
            assert told(found) == expected
            assert [one.key for one in found] == sorted(expected)
            assert office.store.as_of_count(day, TYPE) == len(expected)
            pages: list[RecordVersion] = []
            while page := office.store.as_of_page(day, TYPE, size, after=pages[-1].key if pages else None):
                pages += page
            assert pages == found
            assert office.store.as_of_page(day, TYPE, size, offset=1) == found[1 : 1 + size]
            for n in range(1, 6):
                one = office.store.as_of_one(day, TYPE, [f"园{n}|"])
                assert one == next((r for r in found if r.data["park"] == f"园{n}|"), None)
            table = standing_table(alias, record_type, day)
            assert table["_version"].to_pylist() == [one.id for one in found]
            assert table["document"].to_pylist() == [one.data["document"] for one in found]
            assert table["_batch"].to_pylist() == [one.batch for one in found]
            assert table["_first_recorded_at"].to_pylist() == [
                one.as_dict()["first_recorded_at"] for one in found
            ]

    from kechuang.records.frames import standing_table

    check()
    assert office.store.verify() == []


def test_nothing_is_known_of_a_type_nobody_reported(office: Any) -> None:
    day = date(2026, 1, 5)
    assert office.store.as_of(day, TYPE) == [] and office.store.as_of_count(day, TYPE) == 0
    assert office.store.as_of_page(day, TYPE, 5) == [] and office.store.as_of_one(day, TYPE, "甲") is None


def test_keys_come_in_one_order_on_every_database(office: Any) -> None:
    names = ["b", "B", "a", "é", "中", "Ａ", "1", "_", "𠀀", "甲"]
    assert office.bring(office.records(TYPE, *[park(name, "1") for name in names])).ok
    found = [one.key for one in office.store.as_of_page(date(2026, 1, 5), TYPE, 99)]
    assert len(found) == len(names) and found == sorted(found)


def test_records_whose_fields_were_declared_otherwise_are_read_one_by_one(office: Any) -> None:
    """A text kept before the pack made a number of it."""
    from kechuang.records.frames import standing_table

    path = office.records(TYPE, park("甲", "12"), park("乙", "13.5"))
    assert office.bring(path).ok
    record_type = office.packs.records[TYPE]
    fields = dict(record_type.fields)
    fields["document"] = fields["document"].model_copy(update={"type": "number"})
    changed = record_type.model_copy(update={"fields": fields})
    table = standing_table(office.store.alias, changed, date(2026, 1, 5))
    assert dict(zip(table["park"].to_pylist(), table["document"].to_pylist(), strict=True)) == {
        "甲": 12.0,
        "乙": 13.5,
    }
    assert Batch.objects.using(office.store.alias).count() == 1
