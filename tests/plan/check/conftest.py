"""A plan of an invented town, and a function that checks a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from kechuang.plan.check import Fact, Finding, check_plan
from kechuang.plan.documents import Document, read_document
from kechuang.plan.read import plan_of

Check = Callable[..., list[Finding]]

#: A whole plan in good order; texts of tests stand in it or alone.
GOOD = """安和市“十四五”科技创新规划

2020年12月20日，安和市人民政府办公室印发本规划。

一、规划背景
（一）发展基础
“十三五”时期，全市科技工作取得新的进展。2020年，高新技术企业达到60家，技术合同成交额达到4.2亿元。
（二）面临形势
新一轮科技革命深入发展，区域竞争更加激烈。

二、总体要求
（一）指导思想
坚持创新在现代化建设全局中的核心地位，面向经济主战场。根据《安和市国民经济和社会发展第十四个五年规划和2035年远景目标纲要》，制定本规划。
（二）编制过程
规划编制分为三个阶段：调研阶段（2020年1月—4月），起草阶段（2020年5月—9月），论证阶段（2020年10月—11月），历时11个月。
（三）发展目标
到2025年，全社会研发经费支出占地区生产总值比重达到2.5%，高新技术企业达到120家，科技型中小企业达到300家，技术合同成交额达到8.5亿元，每万人口高价值发明专利拥有量达到5件。

三、重点任务
实施四大工程。
（一）企业强基工程
1.培育科技企业。建立高新技术企业培育库，支持科技型中小企业成长。
2.支持企业研发。引导企业加大研发投入，落实研发费用加计扣除。
（二）成果转化工程
1.做强技术市场。完善技术合同登记服务。
2.建设中试平台。围绕主导产业布局中试基地。
（三）知识产权工程
1.培育高价值专利。开展高价值发明专利培育。
2.加强保护。健全知识产权保护机制。
（四）人才引育工程
1.引进高层次人才，支持研发团队。
2.培养技能人才，办好研发人员培训。

四、保障措施
（一）加强组织领导
健全工作机制，强化部门协同。
（二）加大投入力度
保障财政科技投入，引导社会资本。
"""


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Findings on a text (a whole plan, or some paragraphs); spans are tested to be the words they say."""

    def findings(text: str, facts: Sequence[Fact] = ()) -> list[Finding]:
        file = tmp_path / "plan.txt"
        file.write_text(text, "utf-8")
        document: Document = read_document(file)
        found = check_plan(plan_of(document), document, facts)
        for finding in found:
            assert finding.message.zh and finding.message.en
            for span in finding.spans:
                assert document.text[span.start : span.end] == span.text
        return found

    return findings


@pytest.fixture(scope="session")
def good() -> str:
    return GOOD
