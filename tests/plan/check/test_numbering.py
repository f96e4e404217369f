"""Headings: numbers that jump, numerals of the wrong kind, levels left out or mixed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kechuang.plan.check import Finding

Check = Callable[..., list[Finding]]


def of(findings: list[Finding], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


def test_a_plan_in_order(check: Check, good: str) -> None:
    found = check(good)
    assert not [finding for finding in found if finding.severity == "error"]
    assert not of(found, "heading-number") and not of(found, "heading-level")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("三、重点任务", "四、重点任务", "三、"),
        ("（三）知识产权工程", "（五）知识产权工程", "（三）"),
        ("三、重点任务", "3、重点任务", "三、"),
        ("（二）面临形势", "（2）面临形势", "（二）"),
        ("（三）发展目标", "（二）发展目标", "（三）"),
        ("（三）知识产权工程", "3.知识产权工程", "（三）"),
    ],
)
def test_a_slip_is_one_error_with_what_is_due(
    check: Check, good: str, old: str, new: str, expected: str
) -> None:
    assert good.count(old) == 1
    found = of(check(good.replace(old, new)), "heading-number")
    assert [(finding.severity, finding.expected) for finding in found] == [("error", expected)]
    assert found[0].spans[0].text == new


@pytest.mark.parametrize("old", ["2.支持企业研发", "2.加强保护"])
def test_a_jump_in_a_list_is_a_warning(check: Check, good: str, old: str) -> None:
    found = of(check(good.replace(old, old.replace("2.", "3."))), "heading-number")
    assert [(finding.severity, finding.expected) for finding in found] == [("warning", "2.")]


CHAPTERS = """第一章 总则
一、目的
二、范围
第二章 任务
一、做强产业
（一）链条
（二）集群
二、做优环境
第{third}章 保障
"""


@pytest.mark.parametrize(("third", "expected"), [("三", []), ("四", ["第三章"])])
def test_chapters_hold_first_levels_of_their_own(check: Check, third: str, expected: list[str]) -> None:
    found = of(check(CHAPTERS.format(third=third)), "heading-number")
    assert [finding.expected for finding in found] == expected


@pytest.mark.parametrize(
    "text",
    [
        # a table of contents before the text
        "目录\n一、背景……1\n二、目标……3\n三、任务……5\n一、背景\n文字。\n二、目标\n文字。\n三、任务\n文字。\n",
        # a table between headings, with first levels of its own
        "一、目标\n（一）总体目标\n一、发展水平\n二、创新水平\n（二）具体目标\n二、任务\n三、保障\n",
        # items counted through the document, over the headings
        "一、目标\n1.目标。\n二、任务\n（一）甲\n2.建平台。\n3.引人才。\n（二）乙\n4.强企业。\n",
        # the number due stands inside a line
        "一、目标 二、思路\n三、任务\n",
        # attachments begin anew
        "一、目标\n二、任务\n附件\n一、清单\n二、名单\n",
    ],
)
def test_what_is_no_slip(check: Check, text: str) -> None:
    assert not of(check(text), "heading-number")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("抓好三件事：一是摸底；二是试点；四是推广。", ["三是"]),
        ("做法如下。一是建台账。三是强督导。四是抓考核。", ["二是"]),
        ("做法如下。一是建台账。二是强督导。三是抓考核。", []),
        ("分两类：一是基础类（一是普查，二是登记），二是应用类。三是其他。", []),
    ],
)
def test_items_within_a_paragraph(check: Check, text: str, expected: list[str]) -> None:
    assert [finding.expected for finding in of(check(text), "heading-number")] == expected


SKIPPED = """一、背景
（一）基础
（二）形势
二、思路
（一）原则
（二）目标
三、任务
{first}做强企业
{second}做优平台
"""


@pytest.mark.parametrize(
    ("first", "second", "levels"), [("1.", "2.", 1), ("（1）", "（2）", 1), ("（一）", "（二）", 0)]
)
def test_a_level_left_out(check: Check, first: str, second: str, levels: int) -> None:
    found = of(check(SKIPPED.format(first=first, second=second)), "heading-level")
    assert len(found) == levels
    assert all(finding.spans[0].text == f"{first}做强企业" for finding in found)


def test_levels_upside_down(check: Check) -> None:
    text = "一、任务\n1.平台\n（一）实验室\n（二）中试\n2.企业\n（一）高企\n（二）小企业\n"
    found = of(check(text), "heading-level")
    assert [finding.spans[0].text for finding in found] == ["（一）实验室"]
    right = "一、任务\n（一）平台\n1.实验室\n2.中试\n（二）企业\n1.高企\n2.小企业\n"
    assert not of(check(right), "heading-level")


def test_signs_behind_numbers(check: Check) -> None:
    found = of(check("一、任务\n1.甲方案\n2.乙方案\n3、丙方案\n"), "heading-level")
    assert [[span.text for span in finding.spans] for finding in found] == [["3、"]]
    assert not of(check("一、任务\n1.甲方案\n2.乙方案\n3.丙方案\n"), "heading-level")
