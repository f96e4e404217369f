"""The example's plan.yaml: what the document says, what the office decided, nothing lost."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from kechuang.packs import load_packs
from kechuang.plan.documents import read_document
from kechuang.plan.file import load_plan
from kechuang.plan.model import Action, Plan, PlanSpan
from kechuang.settings import read_settings


@pytest.fixture(scope="module")
def plan(kashgar: Path) -> Plan:
    return load_plan(kashgar / "plan" / "plan.yaml")


def actions(plan: Plan) -> list[Action]:
    tasks: list[Action] = [task for programme in plan.programmes for task in programme.tasks]
    return tasks + [measure for group in plan.safeguards for measure in group.measures]


def test_it_holds_what_the_plan_promises(plan: Plan) -> None:
    assert (plan.status, plan.region_code, plan.period) == ("confirmed", "653100", (2021, 2025))
    assert (plan.issuer, plan.issued) == ("喀什地区行政公署办公室", "2022-04-07")
    assert plan.author == "喀什地区科学技术局"
    assert len(plan.basis) == 3
    assert [part.number for part in plan.framework] == [1, 2, 3, 5, 7]
    assert len(plan.problems) == 6
    assert [(stage.start, stage.end, stage.months) for stage in plan.stages] == [
        ("2020-03", "2020-06", 4),
        ("2020-07", "2020-12", 6),
        ("2021-01", "2021-03", 3),
        ("2021-04", "2021-10", 7),
    ]
    assert [(target.value, target.unit, target.year) for target in plan.targets] == [
        (0.055, "%", 2025),
        (0.3, "%", 2025),
        (228.18, "人年", 2025),
        (12, "家", 2025),
        (100, "%", 2025),
        (5, "家", 2025),
        (3, "家", 2025),
        (20, "家", 2025),
    ]
    assert [len(programme.tasks) for programme in plan.programmes] == [5, 5, 4, 3, 5, 5]
    assert [len(group.measures) for group in plan.safeguards] == [6, 5, 5, 4]


def test_every_span_is_that_slice_of_the_document(plan: Plan, kashgar: Path) -> None:
    text = read_document(next((kashgar / "plan" / "source").iterdir())).text
    entries = [
        *plan.stages,
        *plan.problems,
        *plan.targets,
        *plan.programmes,
        *plan.safeguards,
        *actions(plan),
    ]
    spans: list[PlanSpan] = [entry.span for entry in entries if entry.span is not None]
    assert len(spans) == len(entries)
    for span in spans:
        assert text[span.start : span.end] == span.text


def test_links_name_what_exists(plan: Plan, kashgar: Path) -> None:
    loaded = read_settings(kashgar).packs
    packs = load_packs(loaded)
    assert [target.indicator for target in plan.targets if target.indicator in packs.indicators] == [
        target.indicator for target in plan.targets
    ]
    ids = {target.id for target in plan.targets}
    for action in actions(plan):
        assert set(action.serves) <= ids
        assert set(action.evidence) <= set(packs.records)
    assert any(action.serves for action in actions(plan))


def test_every_task_and_measure_has_registers_that_prove_it(plan: Plan) -> None:
    found = actions(plan)
    assert len(found) == 27 + 20
    for action in found:
        assert "plan_milestones" in action.evidence, action.id
    secure = [action for action in found if action.title in {"以科技支撑反恐维稳", "以科技维护公共安全"}]
    assert [action.evidence for action in secure] == [["plan_milestones", "plan_budget"]] * 2
    assert all(len(action.evidence) > 1 for action in found)


def test_baselines_are_the_offices_and_say_so(plan: Plan) -> None:
    decided = {target.id for target in plan.targets if target.baseline is not None}
    assert decided == {"T1", "T2", "T3", "T4", "T8"}
    for target in plan.targets:
        assert "示例" in (target.note or "")
        if target.baseline is not None:
            assert (target.baseline.value, target.baseline.year, target.baseline.origin) == (
                None,
                2020,
                "records",
            )
            assert "规划未给基期值" in (target.baseline.note or "")


def test_made_again_it_is_the_committed_one(
    plan: Plan, kashgar: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(kashgar))
    try:
        again = importlib.import_module("make_plan_yaml").confirmed()
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] in {"sample", "make_plan_yaml"}]:
            del sys.modules[name]
    assert again == plan
