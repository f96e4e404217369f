"""Growth told against the values it is told with."""

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
    ("text", "severity", "expected"),
    [
        ("技术合同成交额从2020年的100亿元增长到2025年的150亿元，年均增长12%。", "error", "8.4%"),
        ("到2025年，旅游总收入达到150亿元（2020年为100亿元），年均增长10%以上。", "error", "8.4%"),
        ("2020年接待游客500万人次，2025年达到800万人次，年均递增15%左右。", "error", "9.9%"),
        ("“十三五”末孵化面积20万平方米，2025年达到40万平方米，年均增长10%。", "error", "14.9%"),
        ("高新技术企业由50家增加到100家，年均增长20%。", "warning", "14.9%"),
        ("城镇化率由2020年的50%提高到2025年的55%，年均提高2个百分点。", "error", "1个百分点"),
        ("科技型企业从2020年的100家增加到2025年的150家，年均增加20家。", "error", "10家"),
        ("能耗由2020年的100吨下降到2025年的80吨，年均下降8%。", "error", "4.4%"),
        ("到2025年，营业收入达到150亿元，比2020年的100亿元增长60%。", "error", "50%"),
        ("到2025年，营业收入达到150亿元，比2020年的100亿元翻一番。", "error", "50%"),
        ("地区生产总值由2020年的500亿元增加到2025年的800亿元，年均增长7%。", "info", "9.9%"),
    ],
)
def test_a_growth_that_does_not_fit(check: Check, text: str, severity: str, expected: str) -> None:
    found = of(check(plan(text)), "growth-arithmetic")
    assert [(finding.severity, finding.expected) for finding in found] == [(severity, expected)]


@pytest.mark.parametrize(
    "text",
    [
        "技术合同成交额从2020年的100亿元增长到2025年的150亿元，年均增长8.4%。",
        "技术合同成交额从2020年的100亿元增长到2025年的150亿元，年均增长8%。",  # the digits allow it
        "技术合同成交额从2020年的100亿元增长到2025年的150亿元，年均增长8%以上。",
        "高新技术企业由50家增加到100家，年均增长15%。",
        "高新技术企业由50家增加到100家，年均增长19%。",  # counted from the first year of the plan
        "失业率从2020年的5%下降到2025年的4%，年均下降0.2个百分点。",
        "到2025年，工业产值达到150亿元、服务业收入达到200亿元，年均增长10%。",
        "企业从2020年的100家增加到2025年的150家，城乡居民收入年均增长10%。",
        "城乡居民收入比由2.46∶1缩小到2.12∶1，农民收入年均增长8.9%。",
        "到2025年，营业收入达到200亿元，比2020年的100亿元翻一番。",
        "到2025年，营业收入达到150亿元，比2020年的100亿元增长50%。",
        "从2020年的30万亩增加到2025年的40万亩；收入从2020年的1.5万元增加到2025年的2.2万元，年均增长8%。",
    ],
)
def test_a_growth_that_fits_or_is_of_something_else(check: Check, text: str) -> None:
    found = of(check(plan(text)), "growth-arithmetic")
    assert not found, [finding.message.zh for finding in found]


TABLE = """安和市“十四五”科技创新规划
指标\t单位\t2020年\t2025年\t年均增速（%）
旅游收入\t亿元\t100\t150\t8.4
接待游客\t万人次\t100\t200\t{rate}
城镇化率\t%\t50\t55\t1
研发投入\t亿元\t—\t5\t7
专利授权量\t件\t10\t20\t[100]
"""


@pytest.mark.parametrize(
    ("rate", "expected"), [("10", ["14.9%"]), ("14.9", []), ("15", []), ("16", ["14.9%"])]
)
def test_a_table(check: Check, rate: str, expected: list[str]) -> None:
    found = of(check(TABLE.format(rate=rate)), "growth-arithmetic")
    assert [finding.expected for finding in found] == expected
    assert all([span.text for span in finding.spans] == ["100", "200", rate] for finding in found)


@pytest.mark.parametrize(("rate", "count"), [("20%", 1), ("14.9%", 0)])
def test_the_baseline_stands_in_a_table(check: Check, rate: str, count: int) -> None:
    text = plan(f"到2025年，高新技术企业达到120家，年均增长{rate}。")
    text += "指标\t单位\t2020年\t2025年\n高新技术企业\t家\t60\t120\n研发人员\t人\t10\t20\n"
    assert len(of(check(text), "growth-arithmetic")) == count
