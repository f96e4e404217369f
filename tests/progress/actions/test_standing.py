"""The status of tasks from evidence: each kind alone, together, and what must never happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.indicators.figure import Figure
from kechuang.plan.model import Action, Baseline, Milestone, Output, Weights
from kechuang.progress import assess
from kechuang.progress.actions import terms_of, with_actions
from kechuang.progress.actions.facts import Row
from kechuang.progress.actions.words import WORST_FIRST

from .conftest import DAY, PACKS, budget, facts, judged, milestone, plan_of, project, target, task

Told = Callable[..., Any]
LONG_AGO, LATELY, AHEAD = date(2022, 6, 30), DAY - timedelta(days=10), date(2024, 6, 30)


def test_nothing_at_all_is_no_evidence_and_not_late(standing: Told) -> None:
    found = standing()
    assert (found.status, found.score, found.records) == ("no_evidence", None, 0)
    assert found.why[0].zh == "没有任何佐证记录，不能判断进展"


def test_a_milestone_counts_only_with_its_document(standing: Told) -> None:
    done = milestone("P1.1", "甲", LONG_AGO, LONG_AGO)
    assert standing(done).component("milestones").score == 1
    bare = milestone("P1.1", "甲", LONG_AGO, LONG_AGO, document=None)
    found = standing(bare)
    assert (found.status, found.milestones[0].standing) == ("behind", "unproven")
    assert found.milestones[0].delay == (DAY - LONG_AGO).days
    assert any("不计为完成" in reason.zh for reason in found.why)
    kept = standing(bare, attached={("plan_milestones", "P1.1|甲")})
    assert kept.milestones[0].standing == "done"


def test_late_only_for_what_is_due(standing: Told) -> None:
    ahead = milestone("P1.1", "乙", AHEAD)
    assert standing(ahead).status == "on_schedule"
    assert standing(ahead).score is None
    assert standing(ahead).why[0].zh == "尚无到期节点，最近的2024年6月30日到期"
    on_the_day = milestone("P1.1", "乙", DAY)
    assert standing(on_the_day).milestones[0].standing == "open"
    assert standing(on_the_day, day=DAY + timedelta(days=1)).milestones[0].standing == "overdue"


def test_a_few_days_late_is_basically_on_schedule(standing: Told) -> None:
    assert standing(milestone("P1.1", "甲", LATELY)).status == "basically_on_schedule"
    assert standing(milestone("P1.1", "甲", DAY - timedelta(days=30))).status == "basically_on_schedule"
    assert standing(milestone("P1.1", "甲", DAY - timedelta(days=31))).status == "behind"


def test_one_long_overdue_milestone_keeps_a_task_from_being_on_schedule(standing: Told) -> None:
    many = [milestone("P1.1", f"节点{n}", LONG_AGO, LONG_AGO) for n in range(40)]
    assert standing(*many).status == "on_schedule"
    found = standing(*many, milestone("P1.1", "迟", LONG_AGO))
    assert found.score > 0.95
    assert found.status == "basically_on_schedule"


def test_what_was_recorded_so_far_may_not_be_all(standing: Told) -> None:
    done = milestone("P1.1", "甲", LONG_AGO, LONG_AGO)
    assert standing(done).status == "on_schedule"
    listed = task(milestones=[Milestone(name="甲", due="2022-06-30")])
    assert standing(done, task_=listed).status == "completed"
    assert standing(done, day=date(2026, 1, 1)).status == "completed"


def test_the_day_the_plan_gives_counts_whatever_a_record_says(standing: Told) -> None:
    moved = milestone("P1.1", "甲", AHEAD)
    promised = task(
        milestones=[Milestone(name="甲", due="2022-06-30"), Milestone(name="丙", due="2022-01-31")]
    )
    found = standing(moved, task_=promised)
    assert [(one.name, one.standing) for one in found.milestones] == [("丙", "overdue"), ("甲", "overdue")]
    assert any(reason.zh == "规划列有而台账没有登记：丙" for reason in found.why)


def test_projects_within_their_term_overdue_closed_and_failed(standing: Told) -> None:
    def score(*rows: Row) -> float | None:
        found: float | None = standing(*rows).component("projects").score
        return found

    assert score(project("P1.1", "a", AHEAD)) == 1
    assert score(project("P1.1", "a", LONG_AGO)) == 0
    assert score(project("P1.1", "a", LATELY)) == pytest.approx(0.8)
    assert score(project("P1.1", "a", LONG_AGO, DAY, "passed")) == 1
    assert score(project("P1.1", "a", LONG_AGO, DAY, "terminated")) == 0
    own = Row(
        "project_milestones",
        "a|甲",
        None,
        {"through": "a", "name": "甲", "due": LONG_AGO, "done": None, "document": None},
    )
    assert score(project("P1.1", "a", AHEAD), own) == 0
    assert (
        score(project("P1.1", "a", AHEAD), replace(own, values={**own.values, "done": DAY, "document": "文"}))
        == 1
    )


def test_money_of_the_running_year_is_due_as_it_goes_by(standing: Told) -> None:
    rows = [budget("P1.1", 2022, 100, 100), budget("P1.1", 2023, 100, 50)]
    assert standing(*rows, day=date(2023, 6, 30)).component("money").score == pytest.approx(1)
    assert standing(*rows, day=date(2023, 12, 31)).component("money").score == pytest.approx(0.75)
    assert standing(budget("P1.1", 2024, 100, 0)).component("money").score is None
    assert standing(budget("P1.1", 2023, 0, 0)).component("money").score is None


def test_quantities_promised_are_due_on_a_straight_line(standing: Told) -> None:
    promised = task(outputs=[Output(type="platforms", quantity=10)])
    assert standing(task_=promised, held={"platforms": 6}).component("outputs").score == pytest.approx(1)
    assert standing(task_=promised, held={"platforms": 3}).component("outputs").score == pytest.approx(0.5)
    assert standing(task_=promised, held={"platforms": 10}).status == "completed"
    only = task(evidence=["platforms"])
    found = standing(task_=only, held={"platforms": 3})
    assert (found.status, found.score, found.records) == ("underway", None, 3)


def test_targets_served_alone_prove_nothing_done() -> None:
    serving = task(serves=["T1"])
    plan = plan_of(serving, targets=[target(baseline=Baseline(value=0, year=2020))])
    figures = {
        "x": [Figure("x", "330500", str(year), 2.0 * (year - 2020), "家", "final") for year in (2022, 2023)]
    }
    progress = assess(plan, figures, DAY, links={"T1": "x"})
    assert progress.targets[0].status == "on_schedule"
    told = with_actions(progress, plan, facts(), terms_of(PACKS, plan, DAY, 0.9))
    found = told.programmes[0].tasks[0].standing
    assert found is not None
    assert (found.status, found.component("targets").score) == ("no_evidence", 1)  # type: ignore[union-attr]


def test_weights_of_the_plan_the_programme_and_the_task() -> None:
    rows = [milestone("P1.1", "甲", LONG_AGO, LONG_AGO), budget("P1.1", 2022, 100, 0)]
    plan = plan_of(task(), weights=Weights(money=0.4))
    one = judged(plan, facts(*rows)).programmes[0].tasks[0].standing
    assert one is not None
    assert one.score == pytest.approx(0.5)
    plan = plan_of(task(weights=Weights(money=0)), weights=Weights(money=0.4))
    two = judged(plan, facts(*rows)).programmes[0].tasks[0].standing
    assert two is not None
    assert two.score == 1
    assert {part.kind: part.share for part in two.components}["money"] == 0


def test_programmes_and_groups_roll_up_by_weight_with_the_worst_beside() -> None:
    rows = [milestone("P1.1", "甲", LONG_AGO, LONG_AGO), milestone("P1.2", "甲", LONG_AGO)]
    plan = plan_of(task(weight=3), task("P1.2"), task("P1.3"), Action(id="S1.1", title="措施"))
    progress = judged(plan, facts(*rows))
    group = progress.programmes[0].standing
    assert group is not None
    assert group.score == pytest.approx(0.75)
    assert (group.status, group.worst) == ("behind", "behind")
    assert group.counts == {"on_schedule": 1, "behind": 1, "no_evidence": 1}
    assert group.weights == {"P1.1": (3, 0.75), "P1.2": (1, 0.25), "P1.3": (1, 0)}
    measures = progress.safeguards[0].standing
    assert measures is not None
    assert (measures.status, measures.score) == ("no_evidence", None)


def test_an_entry_is_not_taken_for_one_that_begins_alike(standing: Told) -> None:
    found = standing(milestone("P1.10", "甲", LONG_AGO), milestone("P1.1.2", "乙", LONG_AGO, LONG_AGO))
    assert [one.name for one in found.milestones] == ["乙"]


def test_the_json_names_records_weights_and_reasons_in_both_languages() -> None:
    rows = [milestone("P1.1", "甲", LONG_AGO), budget("P1.1", 2022, 100, 90)]
    content = judged(plan_of(task()), facts(*rows)).as_dict()["programmes"][0]["tasks"][0]
    assert content["status"] == "behind"
    assert content["components"][0]["records"] == [{"type": "plan_milestones", "key": "P1.1|甲"}]
    assert sum(part["share"] for part in content["components"]) == pytest.approx(1)
    assert all(reason["zh"] and reason["en"] and reason["zh"] != reason["en"] for reason in content["why"])


# -- what holds for all inputs

DAYS = st.dates(date(2021, 1, 1), date(2025, 12, 31))


@st.composite
def evidence(draw: st.DrawFn) -> list[Row]:
    rows: list[Row] = []
    for n in range(draw(st.integers(0, 5))):
        due = draw(DAYS)
        done = draw(st.one_of(st.none(), DAYS))
        rows.append(milestone("P1.1", f"节点{n}", due, done, draw(st.sampled_from(["某文", None]))))
    for n in range(draw(st.integers(0, 3))):
        closed = draw(st.one_of(st.none(), DAYS))
        rows.append(project("P1.1", f"项目{n}", draw(DAYS), closed, "passed" if closed else None))
    for year in range(2021, draw(st.integers(2021, 2025))):
        planned = draw(st.floats(0, 1000))
        rows.append(budget("P1.1", year, planned, planned * draw(st.floats(0, 1.2))))
    return rows


def _rank(progress: Any) -> tuple[int, float]:
    found = progress.programmes[0].tasks[0].standing
    order = ("no_evidence", "underway", "behind", "basically_on_schedule", "on_schedule", "completed")
    return order.index(found.status), found.score if found.score is not None else -1.0


def _proved(row: Row, day: date) -> Row:
    """The same record with the proof that is still wanting."""
    values = dict(row.values)
    if row.type == "plan_milestones":
        values["document"] = "某文9号"
        values["done"] = min(values["done"] or day, day)
    elif row.type == "projects":
        values.update(closed=min(values["closed"] or day, day), result="passed")
    else:
        values["spent"] = max(values["spent"], values["planned"])
    return replace(row, values=values)


@given(evidence(), DAYS, st.data())
def test_adding_proof_never_lowers_a_status(rows: list[Row], day: date, data: st.DataObject) -> None:
    plan = plan_of(task())
    before = _rank(judged(plan, facts(*rows), day))
    if rows:
        at = data.draw(st.integers(0, len(rows) - 1))
        rows = [*rows[:at], _proved(rows[at], day), *rows[at + 1 :]]
    more = milestone("P1.1", "新", data.draw(DAYS), day) if data.draw(st.booleans()) else None
    after = _rank(judged(plan, facts(*rows, *([more] if more else [])), day))
    assert after[0] >= before[0]
    assert after[1] >= before[1] - 1e-9


@given(evidence(), DAYS, st.randoms())
def test_the_order_of_records_says_nothing(rows: list[Row], day: date, chance: Any) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)
    plan = plan_of(task())
    assert judged(plan, facts(*rows), day).as_dict()["programmes"][0]["score"] == pytest.approx(
        judged(plan, facts(*mixed), day).as_dict()["programmes"][0]["score"]
    )


#: Weights an office could write; near the smallest number there is no ratio is held.
WEIGHTS = st.just(0.0) | st.floats(1e-6, 100)


@given(evidence(), DAYS, st.lists(WEIGHTS, min_size=5, max_size=5), st.floats(0.1, 50))
def test_shares_add_up_and_only_the_ratio_of_weights_counts(
    rows: list[Row], day: date, weights: list[float], factor: float
) -> None:
    def told(scale: float) -> Any:
        names = ("milestones", "projects", "money", "outputs", "targets")
        given = Weights(**{name: weight * scale for name, weight in zip(names, weights, strict=True)})
        return judged(plan_of(task(weights=given)), facts(*rows), day).programmes[0].tasks[0].standing

    one, other = told(1), told(factor)
    assert one.score == pytest.approx(other.score, abs=1e-9)
    shares = [part.share for part in one.components]
    assert sum(shares) == pytest.approx(1 if one.score is not None and any(shares) else 0)
    if one.score is not None:
        assert -1e-9 <= one.score <= 1 + 1e-9


@given(st.lists(evidence(), min_size=1, max_size=4), DAYS)
def test_a_group_lies_between_its_worst_and_its_best(parts: list[list[Row]], day: date) -> None:
    plan = plan_of(*(task(f"P1.{n}") for n in range(1, len(parts) + 1)))
    rows = [
        replace(row, entry=f"P1.{n}", key=f"{n}{row.key}") for n, part in enumerate(parts, 1) for row in part
    ]
    programme = judged(plan, facts(*rows), day).programmes[0]
    scores = [
        one.standing.score for one in programme.tasks if one.standing and one.standing.score is not None
    ]
    group = programme.standing
    assert group is not None
    if scores:
        assert min(scores) - 1e-9 <= (group.score or 0) <= max(scores) + 1e-9
    statuses = [one.standing.status for one in programme.tasks if one.standing]
    assert group.worst == min(statuses, key=WORST_FIRST.index)
