"""Targets in running text and tables: many ways of writing, all in our own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.plan.model import Target
from kechuang.plan.read import read_plan

HEAD = "安吉县“十四五”科技发展规划\n一、发展目标\n"


def targets(tmp_path: Path, text: str, head: str = HEAD) -> list[Target]:
    file = tmp_path / "plan.txt"
    file.write_text(head + text + "\n二、保障措施\n（一）加强领导\n1.成立小组。\n", "utf-8")
    plan = read_plan([file])
    whole = file.read_text("utf-8")
    for target in plan.targets:
        assert target.span is not None
        assert whole[target.span.start : target.span.end] == target.span.text
    return plan.targets


CASES: list[tuple[str, dict[str, Any]]] = [
    (
        "到2025年，研发机构达到18家。",
        {"value": 18, "unit": "家", "comparator": ">=", "year": 2025, "name": "研发机构"},
    ),
    (
        "到2024年底，漏损率控制在9%以内。",
        {"value": 9, "unit": "%", "comparator": "<=", "year": 2024, "direction": "down"},
    ),
    ("到2025年，能耗低于0.4吨标准煤。", {"value": 0.4, "unit": "吨标准煤", "comparator": "<"}),
    ("到2025年，研发经费占比达2.8%左右。", {"value": 2.8, "unit": "%", "comparator": "~"}),
    ("到2025年，技术合同成交额突破3.5亿元。", {"value": 3.5, "unit": "亿元", "comparator": ">"}),
    ("到2025年，科技人员不少于1,200人。", {"value": 1200, "unit": "人", "comparator": ">="}),
    ("到“十四五”末，孵化器达到五十八个。", {"value": 58, "unit": "个", "year": 2025}),
    (
        "到2025年，重点企业数从2020年的40家增加到90家。",
        {"value": 90, "baseline": (40, 2020), "name": "重点企业数"},
    ),
    ("到2025年，新增示范园区3—5个。", {"value": 3, "high": 5, "comparator": "range", "unit": "个"}),
    ("每年培训农技人员不少于600人次。", {"value": 600, "per_year": True}),
    ("到2025年，农技员覆盖全部行政村。", {"value": 100, "unit": "%", "comparator": "="}),
    ("到2025年，示範園區達到6個。", {"value": 6, "unit": "個"}),
    ("到２０２５年，示范园区达到６个。", {"value": 6, "unit": "个", "year": 2025}),
]


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_one_target_is_read_with_its_parts(tmp_path: Path, text: str, wanted: dict[str, Any]) -> None:
    found = targets(tmp_path, text)
    assert len(found) == 1
    baseline = wanted.pop("baseline", None) if "baseline" in wanted else None
    if baseline:
        assert found[0].baseline is not None
        assert (found[0].baseline.value, found[0].baseline.year) == baseline
    for name, value in wanted.items():
        if name != "baseline":
            assert getattr(found[0], name) == value, name


def test_a_list_of_targets_in_one_sentence(tmp_path: Path) -> None:
    found = targets(
        tmp_path, "到2025年，研发投入占比达到2%，有效专利达到300件、高新企业达到40家，转化成果20项。"
    )
    assert [(target.value, target.unit) for target in found] == [
        (2, "%"),
        (300, "件"),
        (40, "家"),
        (20, "项"),
    ]


def test_names_that_share_a_predicate_get_each_its_value(tmp_path: Path) -> None:
    found = targets(tmp_path, "到2025年，甲类企业占比、乙类企业占比分别提升至15%、10%。")
    assert [(target.name, target.value) for target in found] == [("甲类企业占比", 15), ("乙类企业占比", 10)]


def test_two_years_in_one_text(tmp_path: Path) -> None:
    found = targets(tmp_path, "到2023年，园区达到3个。到2025年，园区达到5个。到2035年，园区达到9个。")
    assert [(target.year, target.value) for target in found] == [(2023, 3), (2025, 5), (2035, 9)]


@pytest.mark.parametrize(
    "text",
    [
        "“十三五”期间，全县研发机构达到12家，专利达到90件。",
        "2020年，研发经费占比达到1.9%。",
        "目前全县已有高新企业22家。",
        "规划提出20个具体目标，明确六大工程。",
        "本规划自2021年起施行，期限为5年。",
        "见表2。",
    ],
)
def test_what_was_reached_or_only_counts_is_no_target(tmp_path: Path, text: str) -> None:
    assert targets(tmp_path, text, "安吉县“十四五”科技发展规划\n一、基本情况\n") == []


def test_flattened_table_with_baselines_and_natures(tmp_path: Path) -> None:
    rows = [
        "指标",
        "2020年",
        "2025年",
        "属性",
        "1.研发投入占比(%)",
        "1.1%",
        "2.0%以上",
        "约束性",
        "2.专利数(件)",
        "50",
        "90",
        "预期性",
    ]
    found = targets(tmp_path, "\n".join(rows))
    assert [(t.name, t.value, t.unit, t.comparator, t.nature) for t in found] == [
        ("研发投入占比", 2.0, "%", ">=", "binding"),
        ("专利数", 90, "件", "=", "expected"),
    ]
    assert [t.baseline.value for t in found if t.baseline] == [1.1, 50]


def test_a_table_in_word(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("安吉县“十四五”科技发展规划")
    document.add_heading("一、主要指标", 1)
    rows = [
        ("序号", "指标", "单位", "2020年", "2025年", "属性", "牵头单位"),
        ("1", "研发投入占比", "%", "1.1", "≥2.0", "约束性", "科技局"),
        ("2", "专利数", "件", "50", "90", "预期性", "科技局、市场监管局"),
        ("3", "事故率", "‰", "—", "0.3以下", "约束性", ""),
        ("4", "特派员覆盖行政村", "", "", "全覆盖", "预期性", ""),
    ]
    table = document.add_table(0, 7)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_heading("二、保障措施", 1)
    document.save(tmp_path / "plan.docx")
    found = read_plan([tmp_path / "plan.docx"]).targets
    assert [(t.name, t.comparator, t.value, t.unit, t.year, t.nature) for t in found] == [
        ("研发投入占比", ">=", 2.0, "%", 2025, "binding"),
        ("专利数", "=", 90, "件", 2025, "expected"),
        ("事故率", "<=", 0.3, "‰", 2025, "binding"),
        ("特派员覆盖行政村", "=", 100, "%", 2025, "expected"),
    ]
    assert found[2].baseline is None
    assert found[1].lead == ["科技局", "市场监管局"]


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(
        alphabet="到2025年，。；、企业达到不少于80家%分别从一二三（）《》“”十四五目标以上1.工程：\n",
        max_size=120,
    )
)
def test_any_text_gives_exact_spans_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    try:
        targets(folder, text)
    except KechuangError:
        pytest.fail("a plan with safeguards is a plan")
