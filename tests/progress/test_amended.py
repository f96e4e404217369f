"""Progress is held against the target in force on the day, in every field an amendment gives."""

from __future__ import annotations

from datetime import date

from kechuang.plan.model import Amendment, Plan, Target
from kechuang.progress.assess import assess


def test_a_changed_year_and_comparator_count_from_their_day() -> None:
    change = Amendment(
        document="调整通知", date="2023-06-30", old=40.0, new=50.0, comparator=">", year=2027, unit="家"
    )
    target = Target(id="T1", name="企业", value=50.0, unit="家", year=2025, amendments=[change])
    plan = Plan(title="规划", period=(2021, 2025), targets=[target])
    before = assess(plan, {}, date(2023, 1, 1)).targets[0]
    after = assess(plan, {}, date(2024, 1, 1)).targets[0]
    assert (before.target, before.year, before.comparator) == (40.0, 2025, ">=")
    assert (after.target, after.year, after.comparator) == (50.0, 2027, ">")
