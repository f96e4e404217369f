"""Products, shares, parts and wholes; targets against baselines and facts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kechuang.plan.check import Fact, Finding

Check = Callable[..., list[Finding]]


def of(findings: list[Finding], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


def plan(goals: str) -> str:
    return f"安和市“十四五”科技创新规划\n一、目标\n{goals}\n二、任务\n加强工作。\n"


@pytest.mark.parametrize(
    ("goals", "severity", "expected"),
    [
        (
            "到2025年，地区生产总值达到200亿元，研发经费支出达到8亿元，研发经费投入强度达到2.5%。",
            "error",
            "5亿元",
        ),
        (
            "到2025年，常住人口达到50万人，每万人口高价值发明专利拥有量达到5件，高价值发明专利拥有量达到400件。",
            "error",
            "250件",
        ),
        (
            "到2025年，接待游客达到500万人次，游客人均消费达到800元，旅游总收入达到60亿元。",
            "warning",
            "40亿元",
        ),
        (
            "到2025年，高新技术产业产值达到60亿元，规模以上工业总产值达到100亿元，高新技术产业产值占规模以上工业总产值比重达到45%。",
            "error",
            "60%",
        ),
        ("每年培训农民200人，五年累计培训1500人。", "error", "1000人"),
        ("举办10期培训班，每期50人，共培训600人次。", "error", "500人次"),
    ],
)
def test_products_that_do_not_fit(check: Check, goals: str, severity: str, expected: str) -> None:
    found = of(check(plan(goals)), "product")
    assert [(finding.severity, finding.expected) for finding in found] == [(severity, expected)]


@pytest.mark.parametrize(
    "goals",
    [
        "到2025年，地区生产总值达到200亿元，研发经费支出达到5亿元，研发经费投入强度达到2.5%。",
        "到2025年，常住人口达到50万人，每万人口高价值发明专利拥有量达到5件，高价值发明专利拥有量达到255件。",
        "到2025年，接待游客达到500万人次，游客人均消费达到800元，旅游总收入达到41亿元。",
        "到2025年，新增研发经费支出8亿元，地区生产总值达到200亿元，研发经费投入强度达到2.5%。",
        "每年培训农民200人以上，五年累计培训1200人。",
        "举办10期培训班，每期50人左右，共培训550人次。",
        "每年引进人才20名，建设5个平台，累计投入1000万元。",
    ],
)
def test_products_that_fit(check: Check, goals: str) -> None:
    found = of(check(plan(goals)), "product")
    assert not found, [finding.message.zh for finding in found]


@pytest.mark.parametrize(
    ("goals", "severity"),
    [
        ("到2025年，科技特派员行政村覆盖率达到120%。", "error"),
        ("到2025年，数字经济核心产业增加值占地区生产总值比重达到105%。", "error"),
        ("到2025年，高新技术企业达到120家，科技型中小企业达到80家。", "warning"),
        ("到2025年，发明专利拥有量达到200件，高价值发明专利拥有量达到300件。", "error"),
        ("到2025年，研发投入强度达到25%。", "warning"),
        ("建成孵化器20家，其中国家级30家。", "error"),
        ("到2025年，研发经费支出达到5亿元，研发人员全时当量达到20万人年。", "warning"),
    ],
)
def test_sizes_that_cannot_be(check: Check, goals: str, severity: str) -> None:
    found = of(check(plan(goals)), "magnitude")
    assert [finding.severity for finding in found] == [severity], [f.message.zh for f in found]


@pytest.mark.parametrize(
    "goals",
    [
        "到2025年，高中阶段毛入学率达到103%，粮食自给率达到120%，产值增长率达到130%。",
        "到2025年，高新技术企业达到120家，科技型中小企业达到300家。",
        "到2025年，新增科技型中小企业80家，高新技术企业达到120家。",
        "到2025年，研发投入强度达到2.5%，研发经费支出达到5亿元，研发人员全时当量达到1200人年。",
        "建成孵化器20家，其中国家级3家。",
        "到2025年，覆盖行政村2300个。",
    ],
)
def test_sizes_that_can_be(check: Check, goals: str) -> None:
    found = of(check(plan(goals)), "magnitude")
    assert not found, [finding.message.zh for finding in found]


TABLE = "安和市“十四五”科技创新规划\n指标\t单位\t2020年\t2025年\n{}\n研发人员\t人\t100\t200\n"


@pytest.mark.parametrize(
    ("row", "severity"),
    [
        ("高新技术企业\t家\t60\t50", ["error"]),
        ("文化站数\t个\t60\t50", ["warning"]),
        ("技术合同成交额\t亿元\t4\t8", []),
        ("技术合同成交额\t亿元\t8\t8000", ["warning"]),
        ("婴儿死亡率\t‰\t5\t4", []),
        ("婴儿死亡率\t‰\t4\t5", ["warning"]),
        ("疫苗接种率\t%\t95.6\t≥95", ["info"]),
        ("单位地区生产总值能耗\t吨标准煤/万元\t0.6\t0.5", []),
    ],
)
def test_a_target_and_its_baseline(check: Check, row: str, severity: list[str]) -> None:
    found = of(check(TABLE.format(row)), "magnitude")
    assert [finding.severity for finding in found] == severity


# -- facts ------------------------------------------------------------------------------------------------------


def fact(name: str, year: int, value: float, unit: str, region: str = "") -> Fact:
    return Fact(name, region, year, value, unit)


@pytest.mark.parametrize(
    ("goal", "facts", "severity"),
    [
        ("高新技术企业达到80家", [fact("高新技术企业数", 2020, 95, "家")], "warning"),
        ("研发经费支出达到6万元", [fact("R&D经费支出", 2020, 52000, "万元")], "error"),
        (
            "高新技术企业达到800家",
            [fact("高新技术企业", 2017, 80, "家"), fact("高新技术企业", 2020, 95, "家")],
            "warning",
        ),
        ("科技特派员覆盖行政村2500个", [fact("行政村数", 2020, 2467, "个")], "warning"),
        (
            "研发经费投入强度达到0.5%",
            [fact("研发经费支出", 2020, 2.0, "亿元"), fact("地区生产总值", 2020, 200, "亿元")],
            "warning",
        ),
        (
            "研发经费投入强度达到0.5%，研发经费支出达到12亿元",
            [fact("地区生产总值", 2020, 200, "亿元")],
            "warning",
        ),
        (
            "研发经费投入强度达到2%，研发人员全时当量达到5人年",
            [fact("GDP", 2020, 2000000, "万元")],
            "warning",
        ),
    ],
)
def test_targets_the_facts_contradict(check: Check, goal: str, facts: list[Fact], severity: str) -> None:
    text = plan(f"到2025年，{goal}。")
    assert not of(check(text), "magnitude")
    found = of(check(text, facts), "magnitude")
    assert [finding.severity for finding in found] == [severity], [f.message.zh for f in found]


@pytest.mark.parametrize(
    ("goal", "facts"),
    [
        (
            "高新技术企业达到120家",
            [fact("高新技术企业", 2017, 60, "家"), fact("高新技术企业", 2020, 95, "家")],
        ),
        ("新增高新技术企业80家", [fact("高新技术企业", 2020, 95, "家")]),
        ("研发经费支出达到6亿元", [fact("R&D经费支出", 2020, 52000, "万元")]),
        ("科技特派员覆盖行政村2400个", [fact("行政村数", 2020, 2467, "个")]),
        (
            "研发经费投入强度达到2.5%，研发经费支出达到7亿元",
            [fact("地区生产总值", 2020, 200, "亿元")],
        ),
        ("高新技术企业达到80家", [fact("高新技术企业", 2020, 950, "家", "浙江省")]),
        ("失业率控制在4.5%以内", [fact("失业率", 2020, 5, "%")]),
    ],
)
def test_targets_the_facts_allow(check: Check, goal: str, facts: list[Fact]) -> None:
    text = plan(f"到2025年，{goal}。").replace("安和市", "湖州市")
    found = of(check(text, facts), "magnitude")
    assert not found, [finding.message.zh for finding in found]


def test_facts_know_the_baselines_a_plan_leaves_out(check: Check) -> None:
    found = check(plan("到2025年，高新技术企业达到120家。"), [fact("高新技术企业", 2020, 95, "家")])
    assert [finding.expected for finding in of(found, "no-baseline")] == ["高新技术企业 2020年 95家"]


def test_a_product_with_a_fact(check: Check) -> None:
    facts = [fact("地区生产总值", 2025, 400, "亿元")]
    text = plan("到2025年，研发经费投入强度达到2.5%，研发经费支出达到5亿元。")
    assert [finding.expected for finding in of(check(text, facts), "product")] == ["10亿元"]
