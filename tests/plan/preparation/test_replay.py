"""Any sequence of operations on a plan's preparation replays to the same state, as of any day, and on any copy."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kechuang.errors import KechuangError
from kechuang.plan.file import load_plan, save_plan
from kechuang.plan.model import Plan, Stage, Target
from kechuang.plan.preparation.amending import amend, target_on
from kechuang.plan.preparation.comments import Written, add_comment, dispose, open_round, summary
from kechuang.plan.preparation.confirm import Confirming
from kechuang.plan.preparation.folder import PlanFolder
from kechuang.plan.preparation.items import items_of
from kechuang.plan.preparation.stages import add_step, mark_done, record_milestone, void
from kechuang.plan.preparation.state import State, replay

from datetime import datetime  # isort: skip

ZONE = "+08:00"


def plan() -> Plan:
    return Plan(
        title="临水市科技创新规划",
        stages=[Stage(name="调研阶段", start="2021-01", end="2021-02", months=2)],
        targets=[Target(id=f"T{n}", name=f"目标{n}", value=n, unit="家", year=2025) for n in (1, 2, 3)],
        issued="2021-06-15",
        basis=["《甲规划》", "《乙规划》"],
    )


class Preparing(RuleBasedStateMachine):
    """Operations as an office makes them, right or wrong; a model counts what was accepted."""

    folder: PlanFolder
    place: Path

    @initialize()
    def begin(self) -> None:
        self.place = Path(self.tmp.mktemp("p"))  # type: ignore[attr-defined]
        self.at = datetime.fromisoformat(f"2022-01-01T08:00:00{ZONE}")
        self.folder = PlanFolder(self.place / "plan.yaml", "规划科", lambda: self.at)
        save_plan(plan(), self.folder.plan_file)
        self.past: list[tuple[date, State]] = []
        self.comments = 0
        self.steps = 0

    def _try(self, act: Any) -> bool:
        """Do ``act`` in a change; a refusal leaves everything as it was."""
        before = {path: path.read_bytes() for path in self.place.rglob("*") if path.is_file()}
        try:
            with self.folder.change() as change:
                act(change)
        except KechuangError as error:
            assert error.message.zh
            after = {path: path.read_bytes() for path in self.place.rglob("*") if path.is_file()}
            kept = {path: content for path, content in after.items() if not path.name.startswith(".")}
            assert kept == {
                path: content for path, content in before.items() if not path.name.startswith(".")
            }
            return False
        return True

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.past.append((self.folder.today, self.folder.state()))
        self.at += timedelta(days=days)

    @rule(name=st.sampled_from(["座谈", "实地调研", "问卷"]))
    def step(self, name: str) -> None:
        self.steps += self._try(lambda change: add_step(change, "调研", name, None))

    @rule(step=st.sampled_from(["1.1", "1.2", "1.9", "调研"]))
    def done(self, step: str) -> None:
        self._try(lambda change: mark_done(change, step, date(2021, 2, 3)))

    @rule()
    def round(self) -> None:
        self._try(lambda change: open_round(change, date(2021, 3, 1), date(2021, 3, 31), asked_count=5))

    @rule(text=st.sampled_from(["目标偏低", "补充牵头单位", "电话13800138000"]), public=st.booleans())
    def comment(self, text: str, public: bool) -> None:
        written = Written("public" if public else "county", "" if public else "某县", text, "T1")
        self.comments += self._try(lambda change: add_comment(change, written))

    @rule(number=st.integers(1, 4), how=st.sampled_from(["adopted", "partly", "not"]), why=st.booleans())
    def answer(self, number: int, how: Any, why: bool) -> None:
        reason = "已有安排" if why else None
        self._try(lambda change: dispose(change, [f"C{number}"], how, reason=reason))

    @rule(kind=st.sampled_from(["review", "approve", "issue"]), day=st.integers(1, 28))
    def milestone(self, kind: Any, day: int) -> None:
        self._try(lambda change: record_milestone(change, kind, "某政府", date(2021, 6, day)))

    @rule(number=st.integers(1, 12))
    def voided(self, number: int) -> None:
        self._try(lambda change: void(change, number, "登记有误"))

    @rule(
        name=st.sampled_from(["T1", "T2", "basis.1", "title", "all"]),
        how=st.sampled_from(["keep", "drop", "set"]),
    )
    def confirm(self, name: str, how: str) -> None:
        def act(change: Any) -> None:
            sitting = Confirming(change)
            if how == "keep":
                sitting.keep([name])
            elif how == "drop":
                sitting.drop([name], "不是目标")
            else:
                sitting.set([(f"{name}.value" if name.startswith("T") else name, "7")])
            sitting.finish()

        self._try(act)

    @rule(value=st.integers(1, 9), day=st.integers(1, 28))
    def amended(self, value: int, day: int) -> None:
        self._try(
            lambda change: amend(
                change, "T3", {"value": float(value)}, document="通知", on=date(2021, 7, day), reason="评估"
            )
        )

    @precondition(lambda self: self.folder.plan_file.exists())
    @rule(value=st.integers(10, 99))
    def by_hand(self, value: int) -> None:
        now = load_plan(self.folder.plan_file)
        if now.targets:
            now.targets[0].value = float(value)
            save_plan(now, self.folder.plan_file)

    @invariant()
    def the_state_is_the_replay(self) -> None:
        if not hasattr(self, "folder"):
            return
        state = self.folder.state()
        assert state == replay(self.folder.journal.read())
        assert state.commented == self.comments
        assert len(state.stepped) == self.steps
        sums = summary(state)
        assert sums.comments == sums.adopted + sums.partly + sums.not_adopted + sums.open
        for comment in state.comments.values():
            assert "13800138000" not in comment.content.text

    @invariant()
    def the_past_stays_as_it_was(self) -> None:
        if not hasattr(self, "folder"):
            return
        for day, state in self.past[-3:]:
            assert self.folder.state(day) == state

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "folder"):
            return
        assert self.folder.verify() == []
        kept = [path.read_bytes() for path in sorted(self.folder.versions.glob("*.yaml"))]
        state = self.folder.state()
        assert len(kept) == len(set(state.versions) | ({1} if kept else set()))
        for one in self.folder.plan().targets:
            for day in (date(2021, 7, 1), date(2021, 7, 15), date(2022, 1, 1)):
                by_then = [change for change in one.amendments if change.date <= day.isoformat()]
                first = one.amendments[0].old if one.amendments else one.value
                assert target_on(one, day).value == (by_then[-1].new if by_then else first)

    def teardown(self) -> None:
        if hasattr(self, "folder") and self.folder.journal.exists:
            copy = self.place.with_name(f"{self.place.name}-copy")
            shutil.copytree(self.place, copy)
            assert asdict(PlanFolder(copy / "plan.yaml").state()) == asdict(self.folder.state())
            names = [item.id for item in items_of(self.folder.plan())]
            assert len(names) == len(set(names))


def test_any_sequence_of_operations(tmp_path_factory: pytest.TempPathFactory) -> None:
    Preparing.tmp = tmp_path_factory  # type: ignore[attr-defined]
    machine = Preparing.TestCase
    machine.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
    machine().runTest()
