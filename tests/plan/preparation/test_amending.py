"""Amendment: what a document changed, what is in force on a day, and that progress says the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.plan.file import load_plan, save_plan
from kechuang.plan.model import Amendment, Plan, Target
from kechuang.plan.preparation.amending import amend, amendments_of, target_on
from kechuang.plan.preparation.folder import PlanFolder
from kechuang.progress.assess import assess

Refused = Callable[[str], AbstractContextManager[object]]
DAYS = st.dates(date(2022, 1, 1), date(2025, 12, 31))


@pytest.fixture
def issued(folder: PlanFolder, clock: Any) -> PlanFolder:
    plan = folder.plan()
    plan.issued = "2022-04-07"
    save_plan(plan, folder.plan_file)
    clock.set("2025-01-10")
    return folder


def change_of(folder: PlanFolder, name: str, day: date, **given: Any) -> None:
    withdrawn = given.pop("withdrawn", False)
    with folder.change() as change:
        amend(change, name, given, document="关于调整的通知", on=day, reason="中期评估", withdrawn=withdrawn)


def test_an_amendment_is_added_and_the_promise_stays(issued: PlanFolder) -> None:
    before = issued.plan_file.read_bytes()
    change_of(issued, "T1", date(2023, 6, 30), value=66.0)
    change_of(issued, "T1", date(2024, 6, 30), value=70.0, year=2026, comparator=">")
    target = load_plan(issued.plan_file).targets[0]
    assert (target.value, target.year) == (60, 2025)
    first, second = target.amendments
    assert (first.old, first.new, first.year, first.comparator) == (60, 66, None, None)
    assert (second.old, second.new, second.year, second.comparator) == (66, 70, 2026, ">")
    on = {day: target_on(target, day) for day in (date(2023, 6, 29), date(2023, 6, 30), date(2024, 7, 1))}
    assert [(t.value, t.year) for t in on.values()] == [(60, 2025), (66, 2025), (70, 2026)]
    assert [one.changed for one in amendments_of(load_plan(issued.plan_file))] == [
        {"value": (60, 66)},
        {"value": (66, 70), "comparator": (">=", ">"), "year": (2025, 2026)},
    ]
    assert (issued.versions / "0001.yaml").read_bytes() == before
    assert issued.verify() == []
    assert [entry.kind for entry in issued.journal.read()] == ["amend", "amend"]


def test_a_range_can_come_and_go(issued: PlanFolder, refused: Refused) -> None:
    with refused("range-invalid"):
        change_of(issued, "T1", date(2023, 1, 1), comparator="range", value=70.0)
    with refused("range-invalid"):
        change_of(issued, "T1", date(2023, 1, 1), comparator="range", value=70.0, high=60.0)
    with refused("range-invalid"):
        change_of(issued, "T1", date(2023, 1, 1), high=80.0)
    change_of(issued, "T1", date(2023, 1, 1), comparator="range", value=70.0, high=80.0)
    change_of(issued, "T1", date(2023, 2, 1), high=90.0)
    change_of(issued, "T1", date(2024, 1, 1), comparator=">=")
    target = issued.plan().targets[0]
    found = [
        target_on(target, date(2023, 1, 1)),
        target_on(target, date(2023, 3, 1)),
        target_on(target, date.max),
    ]
    assert [(t.comparator, t.value, t.high) for t in found] == [
        ("range", 70, 80),
        ("range", 70, 90),
        (">=", 70, None),
    ]


def test_a_target_can_be_withdrawn(issued: PlanFolder) -> None:
    change_of(issued, "T2", date(2023, 1, 1), withdrawn=True)
    target = issued.plan().targets[1]
    assert target_on(target, date(2023, 1, 1)).value is None
    assert assess(issued.plan(), {}, date(2023, 1, 1)).targets[1].target is None


@pytest.mark.parametrize(
    ("name", "day", "given", "code"),
    [
        ("T9", date(2023, 1, 1), {"value": 1.0}, "no-item"),
        ("P1", date(2023, 1, 1), {"value": 1.0}, "not-a-target"),
        ("T1", date(2023, 1, 1), {"value": 60.0}, "amendment-empty"),
        ("T1", date(2023, 1, 1), {}, "amendment-empty"),
        ("T1", date(2022, 4, 6), {"value": 1.0}, "amend-before-issue"),
        ("T3", date(2024, 1, 1), {"value": 1.0}, "amend-order"),
        ("T1", date(2025, 1, 11), {"value": 1.0}, "future-date"),
    ],
)
def test_what_is_no_amendment_is_refused_and_changes_nothing(
    issued: PlanFolder, refused: Refused, name: str, day: date, given: dict[str, Any], code: str
) -> None:
    change_of(issued, "T3", date(2024, 6, 1), value=13.0)
    before = issued.plan_file.read_bytes(), issued.journal.path.read_bytes()
    with refused(code):
        change_of(issued, name, day, **given)
    assert (issued.plan_file.read_bytes(), issued.journal.path.read_bytes()) == before


def test_a_draft_is_corrected_not_amended(folder: PlanFolder, refused: Refused) -> None:
    with refused("not-issued"):
        change_of(folder, "T1", date(2020, 1, 1), value=1.0)


@given(
    value=st.none() | st.integers(0, 99),
    changes=st.lists(st.tuples(DAYS, st.none() | st.integers(0, 99)), max_size=5),
    day=DAYS,
)
def test_the_value_in_force_is_that_of_progress(
    value: int | None, changes: list[tuple[date, int | None]], day: date
) -> None:
    changes = sorted(changes, key=lambda change: change[0])
    now, amendments = value, []
    for at, new in changes:
        amendments.append(Amendment(document="通知", date=at.isoformat(), old=now, new=new))
        now = new
    target = Target(id="T1", name="x", value=value, unit="家", year=2025, amendments=amendments)
    held = assess(Plan(title="x", targets=[target]), {}, day).targets[0]
    in_force = value
    for at, new in changes:
        in_force = new if at <= day else in_force
    assert target_on(target, day).value == held.target == in_force
    assert target_on(target, day).amendments == amendments


def test_a_date_nobody_can_read_is_told() -> None:
    change = Amendment(document="通知", date="去年", old=1, new=2)
    target = Target(id="T1", name="x", value=1, unit="家", year=2025, amendments=[change])
    with pytest.raises(KechuangError) as caught:
        target_on(target, date(2024, 1, 1))
    assert caught.value.code == "amendment-date"
