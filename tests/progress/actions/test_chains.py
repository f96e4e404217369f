"""Milestones that wait for others: the longest path, slack, which target a delay reaches, circles."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.plan.file import load_plan
from kechuang.plan.model import Milestone
from kechuang.progress import Progress
from kechuang.progress.actions.facts import Row

from .conftest import DAY, facts, judged, milestone, plan_of, target, task

JAN, JUN, DEC = date(2023, 1, 31), date(2023, 6, 30), date(2024, 12, 31)


def by_name(progress: Progress) -> dict[str, object]:
    return {
        one.name: one
        for programme in progress.programmes
        for told in programme.tasks
        for one in (told.standing.milestones if told.standing else ())
    }


def test_a_delay_is_carried_along_and_the_longest_path_is_critical() -> None:
    rows = [
        milestone("P1.1", "方案", JAN, JAN + timedelta(days=60)),
        milestone("P1.1", "招标", JUN, after="方案"),
        milestone("P1.2", "验收", DEC, after="P1.1|招标；P1.1|方案"),
        milestone("P1.2", "别的", JUN, JUN),
    ]
    progress = judged(plan_of(task(), task("P1.2")), facts(*rows))
    (chain,) = progress.chains
    assert chain.path == (("P1.1", "方案"), ("P1.1", "招标"), ("P1.2", "验收"))
    late = (DAY - JUN).days
    assert chain.expected == DEC + timedelta(days=late)
    assert chain.slack == (date(2025, 12, 31) - chain.expected).days
    found = by_name(progress)
    assert found["招标"].expected == DAY  # type: ignore[attr-defined]
    assert found["招标"].slack == chain.slack  # type: ignore[attr-defined]
    assert found["招标"].critical and not found["别的"].critical  # type: ignore[attr-defined]
    assert found["方案"].slack is None  # type: ignore[attr-defined]


def test_a_delay_threatens_the_target_served_by_what_waits_for_it() -> None:
    rows = [milestone("P1.1", "方案", JAN), milestone("P1.2", "建成", date(2025, 6, 30), after="P1.1|方案")]
    plan = plan_of(task(), task("P1.2", serves=["T1"]), targets=[target()])
    (threat,) = judged(plan, facts(*rows)).threats
    assert (threat.milestone, threat.target, threat.through) == (("P1.1", "方案"), "T1", "P1.2")
    assert threat.expected == date(2025, 6, 30) + (DAY - JAN)
    assert threat.margin < 0
    earlier = judged(plan, facts(*rows), JAN + timedelta(days=5)).threats
    assert [one.margin > 0 for one in earlier] == [True]


def test_a_circle_and_a_name_that_is_not_there_are_faults_with_their_place() -> None:
    rows = [
        milestone("P1.1", "甲", JAN, after="乙"),
        milestone("P1.1", "乙", JUN, after="P1.1|甲"),
        milestone("P1.1", "丙", JUN, after="没有"),
    ]
    progress = judged(plan_of(task()), facts(*rows))
    assert [fault.code for fault in progress.faults] == ["milestone-unknown", "milestone-circle"]
    assert progress.faults[1].message.zh == "节点互相等待，成了一圈：P1.1|乙、P1.1|甲"
    assert (progress.faults[0].place.file, progress.faults[0].place.row) == ("节点.xlsx", 7)
    standing = progress.programmes[0].tasks[0].standing
    assert standing is not None
    assert standing.status == "behind"


def test_the_plan_itself_may_say_what_waits_for_what() -> None:
    listed = task(
        milestones=[
            Milestone(name="甲", due="2023-01-31"),
            Milestone(name="乙", due="2024-01-31", after=["甲"]),
        ]
    )
    progress = judged(plan_of(listed), facts())
    assert progress.chains[0].expected == date(2024, 1, 31) + (DAY - JAN)
    bad = task(milestones=[Milestone(name="甲", due="2023-01-31", after=["甲"])])
    (fault,) = judged(plan_of(bad), facts()).faults
    assert (fault.code, fault.place.file, fault.place.field) == (
        "milestone-circle",
        "plan.yaml",
        "P1.1.milestones",
    )


def test_a_day_that_does_not_exist_is_told_with_its_line(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "plan.yaml"
    path.write_text(
        "title: 规划\nprogrammes:\n  - id: P1\n    title: 工程\n    tasks:\n      - id: P1.1\n        title: 任务\n"
        '        milestones:\n          - {name: 甲, due: "2023-02-30"}\n',
        "utf-8",
    )
    with pytest.raises(KechuangError) as caught:
        load_plan(path)
    assert caught.value.faults[0].place.line == 9


@st.composite
def networks(draw: st.DrawFn) -> list[Row]:
    """Milestones each of which waits for some of those before it."""
    rows: list[Row] = []
    for n in range(draw(st.integers(1, 8))):
        waits = draw(st.lists(st.integers(0, max(0, n - 1)), max_size=3, unique=True)) if n else []
        due = draw(st.dates(date(2021, 1, 1), date(2025, 12, 31)))
        done = draw(st.one_of(st.none(), st.just(min(due, DAY))))
        rows.append(milestone("P1.1", f"节点{n}", due, done, after="；".join(f"节点{one}" for one in waits)))
    return rows


@given(networks())
def test_nothing_is_expected_before_what_it_waits_for_nor_in_the_past(rows: list[Row]) -> None:
    progress = judged(plan_of(task()), facts(*rows))
    assert progress.faults == ()
    states = by_name(progress)
    for one in states.values():
        assert one.expected is not None  # type: ignore[attr-defined]
        if one.standing == "done":  # type: ignore[attr-defined]
            continue
        assert one.expected >= DAY  # type: ignore[attr-defined]
        for _, name in one.after:  # type: ignore[attr-defined]
            assert one.expected >= states[name].expected  # type: ignore[attr-defined]
        waiting = [
            other.slack  # type: ignore[attr-defined]
            for other in states.values()
            if (one.entry, one.name) in other.after and other.slack is not None  # type: ignore[attr-defined]
        ]
        # A milestone may slip no less than the tightest of those that wait for it.
        assert not waiting or min(waiting) <= one.slack  # type: ignore[attr-defined]


@given(networks(), st.randoms())
def test_the_order_of_milestones_says_nothing(rows: list[Row], chance: object) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert judged(plan_of(task()), facts(*rows)).chains == judged(plan_of(task()), facts(*mixed)).chains
