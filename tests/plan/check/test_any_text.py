"""Whatever stands in a text: findings with true spans, in both languages, never a crash."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.plan.check import Fact, check_plan
from kechuang.plan.documents import Block, Document
from kechuang.plan.read import plan_of

PIECES = [
    "一、",
    "（二）",
    "3.",
    "（4）",
    "①",
    "第二章",
    "十大产业",
    "五大工程",
    "三个体系：",
    "（甲、乙、丙）",
    "一是",
    "二是",
    "四是",
    "。",
    "；",
    "，",
    "、",
    "：",
    "到2025年",
    "从2020年的",
    "100亿元",
    "增长到",
    "0",
    "150亿元",
    "年均增长8.5%",
    "年均下降0.2个百分点",
    "比2020年",
    "翻一番",
    "每年200人",
    "五年累计",
    "1000人",
    "其中",
    "30家",
    "高新技术企业",
    "科技特派人员",
    "研发投入强度",
    "地区生产总值",
    "常住人口",
    "每万人口高价值发明专利拥有量",
    "2.5%",
    "105%",
    "《",
    "》",
    "《安和市“十四五”科技创新规划》",
    "（2021—2026年）",
    "〔2021〕12号",
    "[2021]3号",
    "（2020年3月—6月）",
    "历时1年10个月",
    "四个阶段",
    "【待定】",
    "XX",
    "错误！",
    "安和市",
    "“12357”",
    "（1个龙头、2个镇）",
    "约束性指标4项",
    "覆盖全部行政村",
    "零",
    "000",
    "等四个维度",
    "-5",
    "百分之十",
    "两",
    "目标",
    "重点任务",
    "保障措施",
    "附件",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, "\n", "\n", " ", "\t"]), max_size=60), st.text(max_size=8))
def test_any_text_is_checked(pieces: list[str], strange: str) -> None:
    text = "".join(pieces) + strange.replace("\r", "").replace("\x00", "")
    blocks, position = [], 0
    for line in text.split("\n"):
        start = position + len(line) - len(line.lstrip())
        end = max(start, position + len(line.rstrip()))
        if end > start:
            blocks.append(Block(start, end))
        position += len(line) + 1
    document = Document("a.txt", text, tuple(blocks))
    plan = plan_of(document)
    facts = [Fact("地区生产总值", "", 2020, 0.0, "亿元"), Fact("高新技术企业", "", 2019, 12.0, "家")]
    for finding in check_plan(plan, document, facts):
        assert finding.message.zh and finding.message.en
        for span in finding.spans:
            assert text[span.start : span.end] == span.text


@given(
    st.floats(0, 1e15), st.sampled_from(["%", "家", "亿元", "", "件/万人", "怪单位"]), st.integers(1990, 2060)
)
def test_a_plan_without_its_document(value: float, unit: str, year: int) -> None:
    from kechuang.plan.model import Baseline, Plan, Target

    targets = [
        Target(id="T1", name="高新技术企业", value=value, unit=unit, year=year),
        Target(
            id="T2",
            name="研发投入强度",
            value=value / 3,
            unit=unit,
            year=year,
            baseline=Baseline(value=0.0, year=2000),
        ),
        Target(id="T3", name="科技型中小企业", value=None, unit=unit, year=None),
    ]
    found = check_plan(Plan(title="规划", period=(2021, 2025), targets=targets))
    assert {"no-lead", "no-nature"} <= {finding.code for finding in found}
