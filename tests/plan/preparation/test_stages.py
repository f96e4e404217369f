"""Stages on a day, steps and documents, and the order of review, approval and issue."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

import pytest

from kechuang.plan.file import load_plan
from kechuang.plan.model import Plan, Stage
from kechuang.plan.preparation.folder import PlanFolder
from kechuang.plan.preparation.stages import (
    add_step,
    file_document,
    kind_of,
    mark_done,
    record_milestone,
    stages_on,
    void,
)
from kechuang.plan.preparation.state import State


class Clock(Protocol):
    def set(self, day: str) -> None: ...


Refused = Callable[[str], AbstractContextManager[object]]


def standing(folder: PlanFolder, day: str) -> list[tuple[str, int | None]]:
    found = stages_on(folder.plan(), folder.state(), date.fromisoformat(day))
    return [(view.standing, view.days) for view in found]


def test_where_each_stage_stands_on_a_day(folder: PlanFolder) -> None:
    assert standing(folder, "2020-02-28") == [("not_begun", None)] * 4
    assert standing(folder, "2020-06-30")[0] == ("running", None)  # the last day still counts
    assert standing(folder, "2020-07-03")[:2] == [("overdue", 3), ("running", None)]
    with folder.change() as change:
        mark_done(change, "调研", date(2020, 6, 30))
        mark_done(change, "2", date(2021, 1, 2))
    assert standing(folder, "2021-01-03")[:3] == [("done", None), ("done_late", 2), ("running", None)]
    assert standing(folder, "2021-01-01")[1] == ("overdue", 1)  # on that day it was not yet done


def test_kinds_are_told_by_name_and_any_number_of_stages_is_fine(folder: PlanFolder) -> None:
    assert [view.kind for view in stages_on(folder.plan(), folder.state(), date(2021, 1, 1))] == [
        "study", "drafting", "consultation", "approval",
    ]  # fmt: skip
    assert kind_of("专家论证阶段") == "approval"
    assert kind_of("报批印发阶段") == "approval"
    assert kind_of("启动阶段") == "study"
    plan = Plan(
        title="x", stages=[Stage(name=f"第{n}阶段", start=None, end=None, months=None) for n in range(7)]
    )
    views = stages_on(plan, State(), date(2021, 1, 1))
    assert [(view.standing, view.kind) for view in views] == [("undated", "other")] * 7


def test_a_stage_without_a_day_of_its_own_is_done_with_its_last_step(
    folder: PlanFolder, clock: Clock
) -> None:
    with folder.change() as change:
        assert add_step(change, "调研", "座谈", date(2020, 5, 31)) == "1.1"
        assert add_step(change, "1", "实地调研", None) == "1.2"
        mark_done(change, "1.1", date(2020, 6, 3))
    view = stages_on(folder.plan(), folder.state(), date(2020, 6, 29))[0]
    assert view.done is None
    assert [(step.standing, step.days) for step in view.steps] == [("done_late", 3), ("running", None)]
    with folder.change() as change:
        mark_done(change, "1.2", date(2020, 7, 1))
    view = stages_on(folder.plan(), folder.state(), date(2020, 8, 1))[0]
    assert (view.done, view.by_steps, view.standing, view.days) == (date(2020, 7, 1), True, "done_late", 1)


def test_a_stage_nobody_recorded_is_no_delay_once_the_plan_is_issued(folder: PlanFolder) -> None:
    plan = folder.plan()
    plan.issued = "2021-12-01"
    state = folder.state()
    assert stages_on(plan, state, date(2021, 11, 30))[0].standing == "overdue"
    assert [view.standing for view in stages_on(plan, state, date(2021, 12, 1))] == ["not_recorded"] * 4


def test_a_document_is_remembered_by_its_digest(folder: PlanFolder) -> None:
    file = folder.folder / "调研报告.txt"
    file.write_text("调研报告", "utf-8")
    with folder.change() as change:
        file_document(change, "调研", "调研报告", number="临科〔2020〕1号", file=file)
    filed = stages_on(folder.plan(), folder.state(), folder.today)[0].documents[0]
    assert filed.file is not None
    assert filed.file.path == "调研报告.txt"
    assert folder.still(filed.file) is True
    file.write_text("改了", "utf-8")
    assert folder.still(filed.file) is False
    file.unlink()
    assert folder.still(filed.file) is None


def test_review_approval_and_issue_keep_their_order(
    folder: PlanFolder, refused: Refused, clock: Clock
) -> None:
    clock.set("2022-06-01")

    def record(kind: str, day: date, **more: object) -> None:
        with folder.change() as change:
            record_milestone(change, kind, "市政府常务会议", day, **more)  # type: ignore[arg-type]

    with refused("not-approved"):
        record("issue", date(2022, 4, 7))
    with refused("not-reviewed"):
        record("approve", date(2022, 4, 1))
    record("review", date(2022, 3, 1), result="revise")
    with refused("not-reviewed"):
        record("approve", date(2022, 4, 1))
    record("review", date(2022, 3, 20))
    with refused("date-order"):
        record("approve", date(2022, 3, 19))
    record("approve", date(2022, 3, 25), number="临政〔2022〕3号")
    with refused("already-approved"):
        record("review", date(2022, 3, 26))
    with refused("date-order"):
        record("issue", date(2022, 3, 24))
    with refused("future-date"):
        record("issue", date(2022, 6, 2))
    with folder.change() as change:
        record_milestone(change, "issue", "市政府办公室", date(2022, 4, 7), number="临政办发〔2022〕12号")
    plan = load_plan(folder.plan_file)
    assert (plan.issued, plan.issuer) == ("2022-04-07", "市政府办公室")
    with refused("already-issued"):
        record("issue", date(2022, 4, 8))


def test_an_issue_that_contradicts_the_plan_is_refused_and_one_in_error_is_undone(
    folder: PlanFolder, refused: Refused, clock: Clock
) -> None:
    clock.set("2022-06-01")
    with folder.change() as change:
        record_milestone(change, "review", "常务会议", date(2022, 3, 1))
        record_milestone(change, "approve", "市政府", date(2022, 3, 1))
        record_milestone(change, "issue", "市政府办公室", date(2022, 4, 7))
    last = len(folder.journal.read())
    with refused("void-breaks"), folder.change() as change:
        void(change, last - 1, "审定登记有误")
    with folder.change() as change:
        void(change, last, "日期有误")
    assert folder.plan().issued is None
    assert folder.state().issue is None
    assert len(folder.journal.read()) == last + 1  # it stays, with the word that it is void
    with folder.change() as change:
        record_milestone(change, "issue", "市政府办公室", date(2022, 4, 8))
    assert folder.plan().issued == "2022-04-08"
    for number, code in ((last, "already-voided"), (last + 1, "not-voidable"), (99, "no-entry")):
        with refused(code), folder.change() as change:
            void(change, number, "x")


@pytest.mark.parametrize(("name", "code"), [("收尾", "no-stage"), ("阶段", "no-stage"), ("9.9", "no-step")])
def test_a_stage_or_step_that_is_not_there(
    folder: PlanFolder, refused: Refused, name: str, code: str
) -> None:
    with refused(code), folder.change() as change:
        mark_done(change, name, date(2020, 1, 1))
    assert not folder.journal.exists


def test_the_state_as_known_on_a_day(folder: PlanFolder, clock: Clock) -> None:
    with folder.change() as change:
        mark_done(change, "1", date(2020, 6, 1))
    clock.set("2021-03-01")
    with folder.change() as change:
        mark_done(change, "2", date(2020, 12, 1))
    assert set(folder.state(date(2021, 1, 4)).stages) == {"调研阶段"}
    assert set(folder.state(date(2021, 1, 3)).stages) == set()
    assert set(folder.state().stages) == {"调研阶段", "起草阶段"}
