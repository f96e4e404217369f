"""Cited titles, digits, and names of one thing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kechuang.plan.check import Finding

Check = Callable[..., list[Finding]]


def of(findings: list[Finding], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


def plan(goals: str) -> str:
    return f"安和市“十四五”科技创新规划\n一、目标\n{goals}\n二、任务\n加强工作。\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("根据《安和市国民经济和社会发展第十三个五年规划纲要》，制定本规划。", 1),
        ("依据《国家中长期科学和技术发展规划纲要（2006—2020年）》编制本规划。", 1),
        ("“十四五”时期（2021—2025年）是关键时期。", 0),
        ("《安和市“十三五”科技创新规划》实施以来，成效显著。", 0),
        ("根据《中国科学技术协会章程》《安和市“十四五”科技创新规划》，制定本方案。", 0),
        ("根据《科技强国行动纲要（2021—2035年）》，制定本规划。", 0),
        ("落实《安和市“十四五”工业发展规划（2022—2026年）》。", 1),
        ("落实《安和市“十四五”工业发展规划（2021—2025年）》。", 0),
    ],
)
def test_years_of_cited_plans(check: Check, text: str, count: int) -> None:
    assert len(of(check(plan(text)), "cited-title")) == count


@pytest.mark.parametrize(
    ("one", "two", "count"),
    [
        ("《安和市科技创新“十四五”规划》", "《安和市“十四五”科技创新规划》", 1),
        ("《关于加快科技创新发展的若干政策》", "《关于加快科技创新的若干政策》", 1),
        ("《安和市促进科技成果转化条例》", "《安和市促进科技成果转换条例》", 1),
        ("《安和省科技创新规划》", "《安和市科技创新规划》", 0),
        ("《安和市科技创新“十三五”规划》", "《安和市科技创新“十四五”规划》", 0),
        ("《关于加快科技创新的意见》", "《关于加快科技创新的实施意见》", 0),
        ("《安和市促进科技成果转化条例》", "《安和市促进科技成果转化条例》", 0),
        ("《湖州市人才发展若干政策》", "《嘉兴市人才发展若干政策》", 0),
    ],
)
def test_titles_written_in_two_ways(check: Check, one: str, two: str, count: int) -> None:
    text = f"某市科技行动方案\n一、背景\n学习{one}。\n二、要求\n执行{two}。\n"
    found = of(check(text), "cited-title")
    assert len(found) == count
    assert all([span.text for span in finding.spans] == [one, two] for finding in found)


def test_own_title_in_head_and_text(check: Check, good: str) -> None:
    text = good.replace("印发本规划", "印发《安和市“十四五”科技创新发展规划》")
    assert len(of(check(text), "cited-title")) == 1
    right = good.replace("印发本规划", "印发《安和市“十四五”科技创新规划》")
    assert not of(check(right), "cited-title")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("贯彻《科技进步法，推动创新。", 1),
        ("贯彻科技进步法》，推动创新。", 1),
        ("转发《关于印发《科技规划》的通知》。", 0),
        ("贯彻《科技进步法》《专利法》，推动创新。", 0),
        ("解读《安和市“十四五”科技创新\n规划》的说明。", 0),
    ],
)
def test_book_marks(check: Check, text: str, count: int) -> None:
    found = of(check(f"一、背景\n{text}\n"), "cited-title")
    assert [finding.message.zh for finding in found] == ["书名号不成对"] * count


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("安政发〔2021〕12号、安政办发[2021]15号。", ["warning"]),
        ("安政发(2021)12号。", ["info"]),
        ("安政发〔2021〕12号、安政办发〔2021〕15号。", []),
        ("规划（2021）分12号楼。", []),
    ],
)
def test_brackets_of_document_numbers(check: Check, text: str, severity: list[str]) -> None:
    assert [finding.severity for finding in of(check(text), "cited-title")] == severity


def test_one_document_with_two_numbers(check: Check) -> None:
    one, two = (
        "《科技创新若干政策措施》（安政发〔2021〕12号）",
        "《科技创新若干政策措施》（安政发〔2021〕21号）",
    )
    assert len(of(check(f"落实{one}。\n执行{two}。\n"), "cited-title")) == 1
    assert not of(check(f"落实{one}。\n执行{one}。\n"), "cited-title")


TABLE = "安和市“十四五”科技创新规划\n指标\t单位\t2020年\t2025年\n{}\n研发人员\t人\t100\t200\n"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("研发投入强度\t%\t0.3\t0.3456", [("warning", "0.3%")]),
        ("研发投入强度\t%\t0.28\t0.5", [("info", "0.50%")]),
        ("高新技术企业\t家\t20\t28.5", [("warning", "28家")]),
        ("技术合同成交额\t亿元\t10\t12.34567", [("info", "12.3亿元")]),
        ("研发人员全时当量\t人年\t180.12\t228.18", []),
        ("每千人口执业医师数\t人\t2.4\t3.8", []),
        ("研发投入强度\t%\t0.28\t0.35", []),
        ("优质园比例\t%\t86.44\t90", []),
    ],
)
def test_digits(check: Check, row: str, found: list[tuple[str, str]]) -> None:
    read = of(check(TABLE.format(row)), "precision")
    assert [(finding.severity, finding.expected) for finding in read] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("选派科技特派员下乡，科技特派人员全覆盖。", [("warning", "科技特派员")]),
        ("培育高新技术企业，支持高技术企业研发。", [("warning", "高新技术企业")]),
        ("培育高新技术企业（以下简称“高企”），支持高企研发。", []),
        ("建设新型研发机构，做强孵化器、科技企业孵化器。", []),
        ("组建新型科研机构（以下统称“新型研发机构”），支持新型研发机构。", [("warning", "新型研发机构")]),
        ("每万人口发明专利拥有量5件，每万人发明专利拥有量提高。", [("info", "每万人口")]),
        ("每万人口发明专利拥有量5件，每万人科技人员提高。", []),
    ],
)
def test_names_of_one_thing(check: Check, text: str, found: list[tuple[str, str]]) -> None:
    read = of(check(text), "term-drift")
    assert [(finding.severity, finding.expected) for finding in read] == found


@pytest.mark.parametrize(
    ("name", "count"), [("全社会研发投入强度", 1), ("研发经费支出占地区生产总值比重", 0), ("基础研究占比", 0)]
)
def test_a_target_and_its_row(check: Check, name: str, count: int) -> None:
    text = plan("到2025年，研发经费支出占地区生产总值比重达到2.5%。")
    text += f"指标\t单位\t2020年\t2025年\n{name}\t%\t1.5\t2.5\n研发人员\t人\t10\t20\n"
    assert len(of(check(text), "term-drift")) == count
