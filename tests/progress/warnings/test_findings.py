"""What presses and why: thresholds as data, by subject, with reasons, since when and advice."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.indicators.figure import Figure
from kechuang.packs import load_packs
from kechuang.packs.model import Label, WarningRule, WarningValue
from kechuang.plan.model import Action, Baseline, Milestone, Plan, Programme, Safeguard, Target, Task
from kechuang.progress import assess
from kechuang.progress.actions import Facts, terms_of, with_actions
from kechuang.progress.warnings import LEVELS, Finding, Material, Rules, findings, rules_of
from kechuang.progress.warnings.model import rank
from kechuang.progress.warnings.rules import Rule, uneven
from kechuang.records.returns import ReturnStatus

PACKS = load_packs(["st-core"])
DAY = date(2023, 12, 31)


def plan(due: str = "2023-12-01", **more: object) -> Plan:
    return Plan(
        title="规划",
        period=(2021, 2025),
        targets=[
            Target(
                id="T1",
                name="高企",
                value=10,
                unit="家",
                year=2025,
                baseline=Baseline(value=0, year=2020),
                lead=["科技局"],
            )
        ],
        programmes=[
            Programme(
                id="P1",
                title="工程",
                lead=["工信局"],
                tasks=[Task(id="P1.1", title="任务", milestones=[Milestone(name="甲", due=due)])],
            )
        ],
        safeguards=[Safeguard(id="S1", title="保障", measures=[Action(id="S1.1", title="措施")])],
    )


def pressing(
    value: float = 6.0,
    due: str = "2023-12-01",
    *,
    day: date = DAY,
    rules: Rules | None = None,
    returns: tuple[ReturnStatus, ...] = (),
) -> dict[str, Finding]:
    made = plan(due)
    figures = {"x": [Figure("x", "330500", "2023", value, "家", "final")]}
    progress = assess(made, figures, day, links={"T1": "x"})
    progress = with_actions(progress, made, Facts(PACKS.records), terms_of(PACKS, made, day, 0.9))
    material = Material(progress, made, returns, PACKS.indicators, PACKS.records, {"330523": "安吉县"}.get)  # type: ignore[arg-type]
    return {one.subject: one for one in findings(material, rules or rules_of(PACKS, day))}


def test_a_target_by_how_much_it_falls_short() -> None:
    assert "T1" not in pressing(6.0)
    levels = [pressing(value)["T1"].level for value in (5.8, 5.0, 4.0, 2.0)]
    assert levels == ["blue", "yellow", "orange", "red"]
    one = pressing(4.0)["T1"]
    assert one.reasons[0].message.zh == "按2023年数据完成40%，同期应完成60%"
    assert one.reasons[0].inputs["attained"] == pytest.approx(0.4)
    assert one.lead == ("科技局",)
    assert one.advice.en


def test_a_target_missed_for_good() -> None:
    made = plan()
    figures = {"x": [Figure("x", "330500", "2025", 9.0, "家", "final")]}
    progress = assess(made, figures, date(2026, 2, 1), links={"T1": "x"})
    (one,) = findings(Material(progress, made), rules_of(PACKS, date(2026, 2, 1)))
    assert (one.level, one.since) == ("orange", date(2026, 1, 1))
    assert one.reasons[0].message.zh == "2025年目标未达成：2025年为9家，目标10家"
    figures = {"x": [Figure("x", "330500", "2025", 3.0, "家", "final")]}
    progress = assess(made, figures, date(2026, 2, 1), links={"T1": "x"})
    (far,) = findings(Material(progress, made), rules_of(PACKS, date(2026, 2, 1)))
    assert far.level == "red"


def test_a_milestone_that_waits_for_a_late_one_is_told_before_it_is_late_itself() -> None:
    listed = [
        Milestone(name="甲", due="2021-06-30"),
        Milestone(name="乙", due="2025-06-30", after=["甲"]),
    ]
    made = plan()
    made.programmes[0].tasks[0].milestones = listed
    progress = with_actions(
        assess(made, {}, DAY), made, Facts(PACKS.records), terms_of(PACKS, made, DAY, 0.9)
    )
    (one,) = [
        found for found in findings(Material(progress, made), rules_of(PACKS, DAY)) if found.subject == "P1.1"
    ]
    assert [reason.rule for reason in one.reasons] == ["milestone-delay", "chain-overrun"]
    assert "超过规划期末" in one.reasons[1].message.zh


def test_a_milestone_by_days_and_a_task_without_proof_by_time_gone() -> None:
    found = pressing(due="2023-12-30")
    assert found["P1.1"].level == "blue"
    assert found["P1.1"].since == date(2023, 12, 31)
    assert pressing(due="2023-10-01")["P1.1"].level == "orange"
    assert found["P1.1"].lead == ("工信局",)
    assert found["S1.1"].level == "orange"
    assert found["S1.1"].reasons[0].message.zh == "规划期已过60%，没有任何佐证记录"
    assert "S1.1" not in pressing(day=date(2021, 3, 1))


def test_returns_that_are_late() -> None:
    late = ReturnStatus("rd_survey", "330523", 2022, 4, 3, 0, 1, date(2023, 3, 31), True)
    whole = ReturnStatus("rd_survey", "330522", 2022, 4, 4, 0, 0, date(2023, 3, 31))
    found = pressing(returns=(late, whole))
    (one,) = [one for one in found.values() if one.kind == "return"]
    assert (one.subject, one.level, one.since) == ("rd_survey/2022/330523", "red", date(2023, 4, 1))
    assert one.name.zh == "安吉县2022年研发经费调查表"
    early = pressing(day=date(2023, 3, 31), returns=(late,))
    assert not any(one.kind == "return" for one in early.values())


def test_an_office_changes_thresholds_and_turns_rules_off(tmp_path: Path) -> None:
    (tmp_path / "warnings.yaml").write_text(
        "escalate_days: 3\nescalate_to: 行署办\nrules:\n"
        "  milestone-delay: {levels: {red: 10}}\n  no-proof: {off: true}\n",
        "utf-8",
    )
    rules = rules_of(PACKS, DAY, tmp_path, "别处")
    assert (rules.escalate_days, rules.escalate_to) == (3, "行署办")
    found = pressing(due="2023-12-01", rules=rules)
    assert found["P1.1"].level == "red"
    assert "S1.1" not in found
    assert "P1.1" not in pressing(due="2023-12-25", rules=rules)


def test_a_wrong_file_tells_all_its_faults_with_lines(tmp_path: Path) -> None:
    (tmp_path / "warnings.yaml").write_text(
        "rules:\n  milestone-dely: {off: true}\n  money-gap: {levels: {yellow: 0.5, red: 0.2}}\n", "utf-8"
    )
    with pytest.raises(KechuangError) as caught:
        rules_of(PACKS, DAY, tmp_path)
    assert [(fault.code, fault.place.line) for fault in caught.value.faults] == [
        ("warning-rule-unknown", 2),
        ("warning-levels", 3),
    ]
    (tmp_path / "warnings.yaml").write_text("escalate_days: 不知道\n", "utf-8")
    with pytest.raises(KechuangError, match="escalate_days"):
        rules_of(PACKS, DAY, tmp_path)


def test_every_rule_of_the_packs_is_dated_sourced_and_in_order() -> None:
    assert set(PACKS.warnings) >= {"target-probability", "chain-overrun", "stale-data", "late-return"}
    for rule in PACKS.warnings.values():
        for value in rule.values:
            assert value.source
            assert value.clause
            assert not uneven(rule, value.levels)


def test_thresholds_out_of_order_are_refused() -> None:
    value = WarningValue(**{"from": date(2020, 1, 1)}, levels={"blue": 1}, source="a", clause="b")  # type: ignore[arg-type]
    rule = WarningRule(warning="a", label=Label(zh="a", en="a"), measure="money_gap", values=[value])
    assert uneven(rule, {})
    assert uneven(rule, {"blue": 2, "red": 1})
    assert uneven(rule, {"blue": 1, "red": 1})
    assert not uneven(rule.model_copy(update={"below": True}), {"blue": 2, "red": 1})


LIMITS = st.lists(st.integers(0, 1000), min_size=4, max_size=4, unique=True).map(sorted)


@given(LIMITS, st.integers(0, 1000), st.integers(0, 1000), st.booleans())
def test_more_is_never_less_grave(limits: list[int], one: int, other: int, below: bool) -> None:
    ordered = limits[::-1] if below else limits
    levels = tuple(zip(LEVELS, map(float, ordered), strict=True))
    rule = Rule("a", "money_gap", below, levels, None)
    worse, better = (min(one, other), max(one, other)) if below else (max(one, other), min(one, other))
    assert rank(rule.level(worse)) >= rank(rule.level(better))


@given(st.integers(0, 700))
def test_as_days_go_by_a_milestone_not_done_only_gets_graver(days: int) -> None:
    first = pressing(due="2021-06-30", day=date(2021, 7, 1) + timedelta(days=days))["P1.1"].level
    then = pressing(due="2021-06-30", day=date(2021, 7, 1) + timedelta(days=days + 40))["P1.1"].level
    assert rank(then) >= rank(first)
