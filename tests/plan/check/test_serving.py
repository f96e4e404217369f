"""Targets nobody serves, tasks that serve no target; what targets lack."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kechuang.plan.check import Finding

Check = Callable[..., list[Finding]]


def of(findings: list[Finding], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


@pytest.mark.parametrize("target", ["农村自来水普及率达到98%", "森林覆盖率达到45%", "新增城镇停车泊位2000个"])
def test_a_target_nobody_serves(check: Check, good: str, target: str) -> None:
    found = of(check(good.replace("达到5件。", f"达到5件，{target}。")), "orphan-target")
    assert [span.text for finding in found for span in finding.spans] == [target]
    assert all(finding.severity == "warning" for finding in found)


@pytest.mark.parametrize(
    ("target", "task"),
    [
        ("农村自来水普及率达到98%", "3.保障饮水。提升农村自来水供给能力。"),
        ("高企研发费用达到3亿元", "3.提升能力。支持高企建设研发机构。"),
    ],
)
def test_a_target_that_is_served(check: Check, good: str, target: str, task: str) -> None:
    text = good.replace("达到5件。", f"达到5件，{target}。").replace(
        "（四）人才引育工程\n", f"{task}\n（四）人才引育工程\n"
    )
    assert not of(check(text), "orphan-target")


def test_a_plan_whose_tasks_all_serve(check: Check, good: str) -> None:
    found = check(good)
    assert not of(found, "orphan-task") and not of(found, "orphan-target")


@pytest.mark.parametrize("task", ["3.建设滑雪场。办好冰雪节庆。", "3.整治河道。清理沿岸违建。"])
def test_a_task_for_no_target(check: Check, good: str, task: str) -> None:
    text = good.replace("（四）人才引育工程\n", f"{task}\n（四）人才引育工程\n")
    found = of(check(text), "orphan-task")
    assert len(found) == 1
    assert [span.text for span in found[0].spans] == [task[2:].split("。", maxsplit=1)[0]]


def test_many_orphans_are_one_finding(check: Check, good: str) -> None:
    more = "，".join(
        f"{name}达到{number}个"
        for number, name in enumerate(
            [
                "公共厕所数量",
                "停车泊位数量",
                "体育公园数量",
                "社区食堂数量",
                "口袋公园数量",
                "充电车位数量",
                "老年驿站数量",
            ],
            20,
        )
    )
    found = of(check(good.replace("达到5件。", f"达到5件，{more}。")), "orphan-target")
    assert [len(finding.spans) for finding in found] == [7]


# -- what targets lack ---------------------------------------------------------------------------------------


def test_one_finding_for_each_lack_with_every_target(check: Check, good: str) -> None:
    found = check(good)
    for code in ("no-baseline", "no-lead", "no-nature", "no-path"):
        assert len(of(found, code)) == 1
    assert len(of(found, "no-path")[0].spans) == 5


TABLE = """安和市“十四五”科技创新规划
指标\t单位\t2020年\t2023年\t2025年\t属性
高新技术企业\t家\t60\t90\t120\t预期性
研发人员\t人\t100\t150\t200\t约束性
"""


def test_a_table_with_baseline_path_and_nature_lacks_nothing(check: Check) -> None:
    found = check(TABLE)
    for code in ("no-baseline", "no-nature", "no-path", "magnitude", "precision"):
        assert not of(found, code), code


@pytest.mark.parametrize(
    ("target", "lacks"),
    [
        ("农技服务覆盖全部行政村", 1),
        ("社区服务站覆盖率达到95%", 1),
        ("高新技术企业达到12家", 0),
        ("森林面积达到20万亩", 0),
    ],
)
def test_coverage_without_definition(check: Check, target: str, lacks: int) -> None:
    text = f"安和市“十四五”规划\n一、目标\n到2025年，{target}。\n"
    assert len(of(check(text), "undefined-coverage")) == lacks


@pytest.mark.parametrize("target", ["研发经费年均增长8%", "每年培训农民200人"])
def test_a_change_needs_no_baseline_nor_path(check: Check, target: str) -> None:
    text = f"安和市“十四五”规划\n一、目标\n到2025年，{target}。\n"
    found = check(text)
    assert not of(found, "no-baseline") and not of(found, "no-path")


def test_a_short_plan_needs_no_path(check: Check) -> None:
    text = "安和市科技行动计划（2023—2025年）\n一、目标\n到2025年，高新技术企业达到20家。\n"
    assert not of(check(text), "no-path")


def test_a_plan_without_its_document_or_with_another(check: Check, good: str) -> None:
    from kechuang.plan.check import check_plan
    from kechuang.plan.documents import Block, Document
    from kechuang.plan.model import Action, Plan, PlanSpan, Programme, Target, Task

    span = PlanSpan(document="other.docx", start=5000, end=5004, text="目标文字")
    plan = Plan(
        title="规划",
        targets=[
            Target(id="T1", name="孵化器面积", value=1, unit="万平方米", year=2025, span=span),
            Target(id="T2", name="粮食产量", value=1, unit="万吨", year=2025, span=span),
            Target(id="T3", name="景区游客数", value=1, unit="万人次", year=2025, span=span),
        ],
        programmes=[
            Programme(
                id="P1",
                title="强基",
                tasks=[
                    Task(
                        id="P1.1",
                        title="扩大孵化器面积",
                        subtasks=[Action(id="P1.1.1", title="x", serves=["T2"])],
                    )
                ],
            )
        ],
    )
    for document in (None, Document("a.txt", "短文", (Block(0, 2),))):
        found = of(check_plan(plan, document), "orphan-target")
        assert [finding.message.zh for finding in found] == ["没有任务或措施服务于目标“景区游客数”"]
