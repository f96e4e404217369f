"""Parts of a period against the whole, months in no stage, the day of issue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kechuang.plan.check import Finding

Check = Callable[..., list[Finding]]


def of(findings: list[Finding], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("分两步：前期研究（2020年3月—6月）、文本起草（2020年7月—12月），历时1年。", "10个月"),
        ("编制工作自2020年3月至2021年10月，历时1年10个月。", "1年8个月"),
        ("历时一年半，分为调研（2020年1月—4月）、起草（2020年5月—9月）、论证（2020年10月—11月）。", "11个月"),
        ("规划期为2021—2025年，共6年。", "5年"),
    ],
)
def test_a_whole_that_is_not_its_parts(check: Check, text: str, expected: str) -> None:
    found = of(check(text), "duration-sum")
    assert [(finding.severity, finding.expected) for finding in found] == [("error", expected)]


@pytest.mark.parametrize(
    "text",
    [
        "分两步：前期研究（2020年3月—6月）、文本起草（2020年7月—12月），历时10个月。",
        "分两步：前期研究（2020年3月—6月）、文本起草（2020年8月—12月），历时10个月。",  # a month between
        "编制工作自2020年3月至2021年3月，历时一年。",
        "编制工作自2020年3月至2021年10月，历时一年半多。",
        "编制工作自2020年3月至2021年10月，历时近两年。",
        "规划期为2021—2025年，共5年。展望到2035年。",
        "试点2020年3月—6月开展。全市共2年未发生事故。",
    ],
)
def test_wholes_that_fit(check: Check, text: str) -> None:
    assert not of(check(text), "duration-sum")


@pytest.mark.parametrize(
    ("whole", "expected"), [("历时11个月", []), ("历时1年1个月", ["11个月"]), ("共计十个月", ["11个月"])]
)
def test_stages_of_a_plan(check: Check, good: str, whole: str, expected: list[str]) -> None:
    found = of(check(good.replace("历时11个月", whole)), "duration-sum")
    assert [finding.expected for finding in found] == expected
    assert all(len(finding.spans) == 4 for finding in found)


@pytest.mark.parametrize(
    ("issued", "late", "gap"),
    [
        ("2020年12月20日", None, False),
        ("2021年6月20日", "info", True),
        ("2022年4月7日", "warning", True),
        ("2026年3月1日", "warning", True),
    ],
)
def test_day_of_issue(check: Check, good: str, issued: str, late: str | None, gap: bool) -> None:
    found = check(good.replace("2020年12月20日", issued))
    assert [finding.severity for finding in of(found, "late-issue")] == ([late] if late else [])
    assert bool(of(found, "issue-gap")) == gap


@pytest.mark.parametrize(
    ("line", "late"), [("2021年8月", 1), ("（2020年11月30日）", 0), ("印发日期：2022-03-01", 1)]
)
def test_a_line_that_is_a_date(check: Check, line: str, late: int) -> None:
    text = (
        f"安和市“十四五”科技创新规划\n安和市科学技术局\n{line}\n一、目标\n到2025年，高新技术企业达到20家。\n"
    )
    assert len(of(check(text), "late-issue")) == late
