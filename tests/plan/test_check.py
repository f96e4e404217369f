"""Checks of a plan against itself: each code found where it is, and not where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kechuang.errors import KechuangError
from kechuang.plan.check import Finding, check_plan
from kechuang.plan.documents import read_document
from kechuang.plan.read import read_plan

GOOD = """德清县“十四五”科技创新规划
2021年8月5日，德清县人民政府办公室印发本规划。
一、总体要求
工作分为两个阶段：调研阶段（2020年11月—2021年2月），编写阶段（2021年3月至7月），历时9个月。
到2025年，高新技术企业达到18家。
二、重点任务
实施三大工程。一是强企工程。培育高新技术企业；支持企业办研发机构。二是聚才工程。引进人才；办好驿站。三是筑台工程。建实验室；建平台。
三、保障措施
一是强化组织。着力在健全机制、压实责任方面，形成合力。二是强化投入。着力在增加投入、引导资本方面，拓宽渠道。
"""


def findings(tmp_path: Path, text: str) -> list[Finding]:
    file = tmp_path / "plan.txt"
    file.write_text(text, "utf-8")
    document = read_document(file)
    found = check_plan(read_plan([file]), document)
    for finding in found:
        for span in finding.spans:
            assert document.text[span.start : span.end] == span.text
    return found


def test_a_plan_in_order_has_no_error(tmp_path: Path) -> None:
    found = findings(tmp_path, GOOD)
    assert {finding.code for finding in found} <= {
        "no-baseline",
        "no-lead",
        "no-nature",
        "late-issue",
        "no-path",
        "orphan-task",
    }
    assert not [finding for finding in found if finding.severity == "error"]


@pytest.mark.parametrize(
    ("old", "new", "code", "expected"),
    [
        ("历时9个月", "历时1年", "duration-sum", "9个月"),
        ("二、重点任务", "2、重点任务", "heading-number", "二、"),
        ("三、保障措施", "四、保障措施", "heading-number", "三、"),
        ("三大工程", "四大工程", "count-mismatch", "3"),
        ("两个阶段", "三个阶段", "count-mismatch", "2"),
        ("本规划。", "本规划。[bookmark: _GoBack]", "residue", ""),
        ("本规划。", "错误！未找到引用源。", "residue", ""),
    ],
)
def test_each_slip_is_an_error_with_what_would_be_right(
    tmp_path: Path, old: str, new: str, code: str, expected: str
) -> None:
    assert old in GOOD
    errors = [
        finding for finding in findings(tmp_path, GOOD.replace(old, new)) if finding.severity == "error"
    ]
    assert [(finding.code, finding.expected) for finding in errors] == [(code, expected)]


def test_two_numbers_for_the_same_thing(tmp_path: Path) -> None:
    text = GOOD.replace("到2025年", "围绕“八大产业”，建设6大产业体系。到2025年")
    errors = [finding for finding in findings(tmp_path, text) if finding.severity == "error"]
    assert [finding.code for finding in errors] == ["count-mismatch"]
    assert [span.text for span in errors[0].spans] == ["八大产业", "6大产业体系"]


@pytest.mark.parametrize("whole", ["历时9个月", "历时九个月", ""])
def test_a_right_duration_or_none_is_no_finding(tmp_path: Path, whole: str) -> None:
    codes = {finding.code for finding in findings(tmp_path, GOOD.replace("历时9个月", whole))}
    assert "duration-sum" not in codes


def test_months_in_no_stage_before_the_day_of_issue(tmp_path: Path) -> None:
    found = findings(tmp_path, GOOD.replace("2021年8月5日", "2021年12月5日"))
    gap = next(finding for finding in found if finding.code == "issue-gap")
    assert gap.severity == "warning"
    assert "4" in gap.message.en


def test_a_target_nobody_serves_and_a_coverage_nobody_defines(tmp_path: Path) -> None:
    text = GOOD.replace("达到18家。", "达到18家，农技员覆盖全部行政村。")
    found = {finding.code: finding for finding in findings(tmp_path, text)}
    assert [span.text for span in found["orphan-target"].spans] == ["农技员覆盖全部行政村"]
    assert "undefined-coverage" in found


@pytest.mark.shared
def test_the_first_plan_and_no_false_error_on_the_others(shared: Path) -> None:
    for file in sorted((shared / "data" / "plans").glob("*.txt")):
        try:
            plan = read_plan([file])
        except KechuangError:  # an excerpt without anything of a plan
            continue
        found = check_plan(plan, read_document(file))
        errors = {finding.code for finding in found if finding.severity == "error"}
        if file.name.startswith("kashgar"):
            assert errors == {"duration-sum", "heading-number", "count-mismatch", "residue"}
            codes = [finding.code for finding in found]
            assert codes.count("orphan-target") == 3
            assert {"no-baseline", "undefined-coverage", "issue-gap"} <= set(codes)
            duration = next(finding for finding in found if finding.code == "duration-sum")
            assert duration.expected == "1年8个月"
        else:
            assert not errors, file.name
