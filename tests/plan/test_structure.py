"""Programmes, safeguards, stages and what a plan says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kechuang.errors import KechuangError
from kechuang.plan.documents import read_document
from kechuang.plan.model import Plan, PlanSpan
from kechuang.plan.read import read_plan

COUNTED = """德清县“十四五”科技创新规划
2022年3月5日，德清县人民政府办公室印发本规划。
一、总体要求
根据《浙江省科技创新“十四五”规划》和《湖州市科技创新“十四五”规划》，编制本规划。工作分为：一是调研阶段（2020年11月—2021年2月），二是编写阶段（2021年3月至5月）。
围绕“124”布局（1个核心、2条走廊、4大片区）推进。
当前还存在创新主体不多，领军人才不足，平台能级不高等问题。
到2025年，研发机构达到18家。
3、 重点任务
实施三大工程。一是强企工程。培育领军企业；支持企业办研发机构。二是聚才工程。引进高端人才；办好人才驿站；建设技师学院。三是筑台工程。建设实验室。
四、保障措施
一是强化组织。着力在健全机制、压实责任方面，形成合力。二是强化投入。着力在增加财政投入、引导社会资本方面，拓宽渠道。
德清县科学技术局
"""
HEADED = """德清县“十四五”科技创新规划
一、主要任务
（一）强企工程
1.培育领军企业。建立梯队。（牵头单位：科技局，配合单位：财政局、经信局）
2.支持企业办研发机构。给予补助。
（二）聚才工程
1.引进高端人才。落实待遇。
二、组织实施
（一）加强领导
1.健全协调机制。
2.压实工作责任。
"""


def plan_of(tmp_path: Path, text: str) -> Plan:
    file = tmp_path / "plan.txt"
    file.write_text(text, "utf-8")
    plan = read_plan([file])
    check_spans(plan, file)
    return plan


def check_spans(plan: Plan, file: Path) -> None:
    """Every span anywhere in the plan is exactly that slice of the text."""
    text = read_document(file).text
    spans: list[PlanSpan] = []

    def walk(value: object) -> None:
        if isinstance(value, PlanSpan):
            spans.append(value)
        elif isinstance(value, list):
            for item in value:
                walk(item)
        elif hasattr(value, "__dict__"):
            for item in vars(value).values():
                walk(item)

    walk(plan)
    assert spans
    for span in spans:
        assert text[span.start : span.end] == span.text


def test_a_plan_that_counts_in_sentences(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, COUNTED)
    assert (plan.region_code, plan.period, plan.issued) == ("330521", (2021, 2025), "2022-03-05")
    assert plan.issuer == "德清县人民政府办公室"
    assert plan.author == "德清县科学技术局"
    assert len(plan.basis) == 2
    assert [(part.number, part.what) for part in plan.framework] == [(1, "核心"), (2, "走廊"), (4, "片区")]
    assert [problem.text for problem in plan.problems] == ["创新主体不多", "领军人才不足", "平台能级不高"]
    assert [(stage.name, stage.months) for stage in plan.stages] == [("调研阶段", 4), ("编写阶段", 3)]
    assert [(p.title, len(p.tasks)) for p in plan.programmes] == [
        ("强企工程", 2),
        ("聚才工程", 3),
        ("筑台工程", 1),
    ]
    assert [[m.title for m in s.measures] for s in plan.safeguards] == [
        ["健全机制", "压实责任"],
        ["增加财政投入", "引导社会资本"],
    ]


def test_a_plan_with_headings_and_units_in_charge(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, HEADED)
    assert [[task.title for task in p.tasks] for p in plan.programmes] == [
        ["培育领军企业", "支持企业办研发机构"],
        ["引进高端人才"],
    ]
    first = plan.programmes[0].tasks[0]
    assert first.lead == ["科技局"]
    assert first.partners == ["财政局", "经信局"]
    assert plan.programmes[1].tasks[0].id == "P2.1"
    assert [measure.title for measure in plan.safeguards[0].measures] == ["健全协调机制", "压实工作责任"]


def test_the_same_plan_as_word_has_the_same_entries(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    for line in COUNTED.splitlines():
        document.add_paragraph(line)
    document.save(tmp_path / "plan.docx")
    word = read_plan([tmp_path / "plan.docx"])
    check_spans(word, tmp_path / "plan.docx")
    text = plan_of(tmp_path, COUNTED)
    assert [t.title for p in word.programmes for t in p.tasks] == [
        t.title for p in text.programmes for t in p.tasks
    ]
    assert [(t.name, t.value) for t in word.targets] == [(t.name, t.value) for t in text.targets]
    assert word.stages[0].months == text.stages[0].months


def test_a_text_that_is_no_plan_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("各位同事：\n下午三点开会，请带好材料。\n", "utf-8")
    with pytest.raises(KechuangError) as caught:
        read_plan([file])
    assert caught.value.code == "not-a-plan"


@pytest.fixture(scope="module")
def both(shared: Path) -> tuple[Plan, dict[str, object]]:
    file = shared / "data" / "plans" / "kashgar_145_interpretation.txt"
    plan = read_plan([file])
    check_spans(plan, file)
    return plan, json.loads(file.with_suffix(".json").read_text("utf-8"))


@pytest.mark.shared
def test_all_targets_of_the_first_plan(both: tuple[Plan, dict[str, list[dict[str, object]]]]) -> None:
    plan, wanted = both
    found = [(target.value, target.unit, target.year, target.comparator) for target in plan.targets]
    assert found == [(w["value"], w["unit"], w["year"], w["comparator"]) for w in wanted["indicators"]]
    assert [t.span.text for t in plan.targets if t.span] == [w["span_text"] for w in wanted["indicators"]]


@pytest.mark.shared
def test_all_tasks_measures_and_stages_of_the_first_plan(
    both: tuple[Plan, dict[str, list[dict[str, object]]]],
) -> None:
    plan, wanted = both
    assert [[task.title for task in p.tasks] for p in plan.programmes] == [
        w["tasks"] for w in wanted["projects"]
    ]
    assert [[m.title for m in s.measures] for s in plan.safeguards] == [
        w["items"] for w in wanted["measures"]
    ]
    assert [stage.months for stage in plan.stages] == [4, 6, 3, 7]
    assert [p.text for p in plan.problems] == wanted["problems"]
    assert plan.basis == wanted["basis"]
    assert [part.number for part in plan.framework] == [1, 2, 3, 5, 7]
    assert (plan.title, plan.region, plan.region_code) == (
        wanted["title"],
        wanted["region"],
        wanted["region_code"],
    )


def test_chapters_whose_measures_are_listed_in_a_sentence(tmp_path: Path) -> None:
    text = "德清县“十四五”科技创新规划\n第一章 保障措施\n第一节 强化组织\n着力在健全机制、压实责任方面，形成合力。\n"
    plan = plan_of(tmp_path, text)
    assert [measure.title for measure in plan.safeguards[0].measures] == ["健全机制", "压实责任"]


IN_ONE_SENTENCE = """《德清县“十四五”科技创新规划》解读
《规划》提出，到2025年，研发机构达到18家。
在重点任务方面，《规划》部署了三项任务：一是强化平台，建设实验室，布局中试基地；二是壮大企业；三是集聚人才，办好驿站。
在保障措施方面，一是加强领导，健全机制；二是加大投入。
"""
NUMBERED_INSIDE = """《德清县“十四五”科技创新规划》解读
一、发展目标
到2025年，研发机构达到18家。
二、重点任务
部署两方面任务：1.强化平台。建设实验室，布局中试基地。2.壮大企业。培育领军企业。
三、保障措施
从加强领导、加大投入、严格考核三个方面提出措施。
"""
NAMED_ONLY = """德清县发布科技创新规划
《德清县“十四五”科技创新规划》提出，实施平台提升工程、企业培育工程、人才集聚工程三大工程，到2025年研发机构达到18家。
"""
ASKED = """问：《德清县“十四五”科技创新规划》有哪些重点任务？答：一是强化平台，二是壮大企业。到2025年，研发机构达到18家。
问：如何保障《规划》实施？答：一是加强领导，二是加大投入，三是严格考核。
"""


@pytest.mark.parametrize(
    ("text", "programmes", "safeguards"),
    [
        (
            IN_ONE_SENTENCE,
            [("强化平台", ["建设实验室", "布局中试基地"]), ("壮大企业", []), ("集聚人才", ["办好驿站"])],
            [("加强领导", ["健全机制"]), ("加大投入", [])],
        ),
        (
            NUMBERED_INSIDE,
            [("强化平台", ["建设实验室", "布局中试基地"]), ("壮大企业", ["培育领军企业"])],
            [("加强领导", []), ("加大投入", []), ("严格考核", [])],
        ),
        (NAMED_ONLY, [("平台提升工程", []), ("企业培育工程", []), ("人才集聚工程", [])], []),
        (
            ASKED,
            [("强化平台", []), ("壮大企业", [])],
            [("加强领导", []), ("加大投入", []), ("严格考核", [])],
        ),
    ],
    ids=["one sentence", "numbered inside", "named only", "asked"],
)
def test_an_interpretation_without_headings(
    tmp_path: Path,
    text: str,
    programmes: list[tuple[str, list[str]]],
    safeguards: list[tuple[str, list[str]]],
) -> None:
    (tmp_path / "a.txt").write_text(text, "utf-8")
    plan = read_plan([tmp_path / "a.txt"])
    assert [(p.title, [task.title for task in p.tasks]) for p in plan.programmes] == programmes
    assert [(s.title, [measure.title for measure in s.measures]) for s in plan.safeguards] == safeguards
    assert [(target.value, target.year) for target in plan.targets] == [(18, 2025)]
