"""Numbers of things against the lists given, and against other numbers for the same thing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kechuang.plan.check import Finding

Check = Callable[..., list[Finding]]


def of(findings: list[Finding], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


def errors(findings: list[Finding]) -> list[str | None]:
    return [finding.expected for finding in findings if finding.severity == "error"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("实施五大工程。一是强企工程。二是聚才工程。三是筑台工程。四是惠民工程。", "4"),
        ("重点抓好三项工作：一是摸清底数；二是压实责任。", "2"),
        ("构建三大体系（技术创新、成果转化、人才支撑、平台服务）。", "4"),
        ("实施四大行动：强企行动、育才行动、筑台行动。", "3"),
        ("从产业结构、创新能力、质量效益、绿色发展、开放水平等四个维度提出要求。", "5"),
        ("按照“1+3+5”布局（1个核心、3条廊道、4个片区）推进。", "1+3+4"),
        ("提出主要指标18项，其中约束性指标4项、预期性指标15项。", "19"),
        ("建成国家级孵化器5家、省级孵化器12家，合计18家。", "17家"),
        ("开发6条精品线路（滨湖线、古镇线、红色线、研学线、乡村线）。", "5"),
        ("坚持以下四条原则：坚持创新引领、坚持开放合作、坚持企业主体。", "3"),
    ],
)
def test_a_number_and_its_list(check: Check, text: str, expected: str) -> None:
    found = of(check(text), "count-mismatch")
    assert errors(found) == [expected], [finding.message.zh for finding in found]


@pytest.mark.parametrize(
    "text",
    [
        "实施四大工程。一是强企工程。二是聚才工程。三是筑台工程。四是惠民工程。",
        "到2025年建成5个园区。一是加强规划。二是压实责任。三是强化督导。",
        "构建三大体系（技术创新、成果转化和人才支撑、平台服务）。",
        "支持农业、工业、服务业企业建设2个平台。",
        "推动农业、工业、服务业形成两大集群。",
        "在甲镇、乙镇等50个乡镇推广。",
        "按照“1+3+5”布局（1个核心、3条廊道、5个片区）推进。",
        "近三个月，第一、第二大产业增长较快，省、市、县三级联动。",
        "提出主要指标18项，其中约束性指标4项、预期性指标14项。",
        "围绕研发、生产、销售三个环节，坚持“三不”原则。",
        "现有企业100家，其中规上企业20家、规下企业30家，合计50家。",
        "省级平台5家，市级平台12家，共计投入3亿元，合计20家以上。",
        "开发5条精品线路（滨湖线、古镇线、红色线、研学线、乡村线）。",
    ],
)
def test_near_misses(check: Check, text: str) -> None:
    found = of(check(text), "count-mismatch")
    assert not found, [finding.message.zh for finding in found]


@pytest.mark.parametrize(("number", "expected"), [("四", []), ("五", ["4"]), ("三", ["4"])])
def test_programmes_under_a_lead_sentence(check: Check, good: str, number: str, expected: list[str]) -> None:
    text = good.replace("实施四大工程。", f"实施{number}大工程。")
    assert [finding.expected for finding in of(check(text), "count-mismatch")] == expected


@pytest.mark.parametrize(("number", "expected"), [("三", []), ("四", ["3"])])
def test_stages(check: Check, good: str, number: str, expected: list[str]) -> None:
    text = good.replace("分为三个阶段", f"分为{number}个阶段")
    assert [finding.expected for finding in of(check(text), "count-mismatch")] == expected


@pytest.mark.parametrize(
    ("one", "two", "severity"),
    [
        ("围绕八大产业布局。", "建设六大产业体系。", ["error"]),
        ("做强五大产业链条。", "延伸七大产业链条。", ["error"]),
        ("围绕八大产业布局。", "建设八大产业体系。", []),
        ("全省十大产业加快发展。", "我市做强五大产业。", []),
        ("完成三大任务。", "落实五大保障。", []),
        ("做强四大主导产业。", "培育五大新兴产业。", []),
    ],
)
def test_two_numbers_for_one_thing(check: Check, one: str, two: str, severity: list[str]) -> None:
    found = of(check(f"一、思路\n{one}\n二、任务\n{two}\n"), "count-mismatch")
    assert [finding.severity for finding in found] == severity


def test_two_values_for_one_target(check: Check, good: str) -> None:
    table = "指标\t单位\t2020年\t2025年\n高新技术企业\t家\t60\t{}\n研发人员\t人\t100\t200\n"
    twice = good.replace("三、重点任务", table.format(150) + "三、重点任务")
    assert len(of(check(twice), "count-mismatch")) == 1
    once = good.replace("三、重点任务", table.format(120) + "三、重点任务")
    assert not of(check(once), "count-mismatch")
