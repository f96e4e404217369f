"""What a typist or the word processor left behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kechuang.plan.check import Finding

Check = Callable[..., list[Finding]]


def of(findings: list[Finding], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


@pytest.mark.parametrize(
    "remain",
    [
        "[bookmark: _GoBack]",
        "错误！未找到引用源。",
        "错误!未定义书签。",
        "Error! Bookmark not defined.",
        "Error! Reference source not found.",
        "{ PAGE }",
        "PAGEREF _Toc12345678",
        "&nbsp;",
        "<br/>",
        "【待定】",
        "【待补充数据】",
        "（待定）",
        "[此处插入图片]",
        "XX家",
        "××",
        "20XX年",
        "#REF!",
        "TODO",
        "\ufffd",
        "**县",
    ],
)
def test_remains_are_errors(check: Check, good: str, remain: str) -> None:
    text = good.replace("健全工作机制，", f"健全工作机制{remain}，")
    found = of(check(text), "residue")
    assert [(finding.severity, finding.expected) for finding in found] == [("error", "")]
    assert found[0].spans[0].text in remain


def test_each_remain_is_told_once_with_every_place(check: Check) -> None:
    found = of(check("一、目标\n培育XX企业。\n二、任务\n引进XX人才。\n"), "residue")
    assert [len(finding.spans) for finding in found] == [2]


@pytest.mark.parametrize(
    "text",
    [
        "5G基站达到3×2个，X光机和IPv6全覆盖。",
        "建设（待遇保障）机制，坚持“有待加强”的问题导向……",
        "Exxon、Maxx等企业参展，图3×4。",
        "办好《错误清单》整改，完成第XX届以外的工作".replace("XX", "二十"),
        "目标已达成！是否可行？",
    ],
)
def test_what_is_meant(check: Check, text: str) -> None:
    assert not of(check(text), "residue")


@pytest.mark.parametrize("slip", ["，，", "。。", "的的"])
def test_doubled_signs_are_warnings(check: Check, slip: str) -> None:
    found = of(check(f"加强领导{slip}强化保障机制建设"), "residue")
    assert [finding.severity for finding in found] == ["warning"]
