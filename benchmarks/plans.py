"""Reading and checking a long plan: linear growth, and against opening the same file bare."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.case import Case
from kechuang.language.numerals import chinese
from kechuang.plan.check import check_plan
from kechuang.plan.documents import read_document
from kechuang.plan.read import plan_of

LONG = 200_000

_GOAL = "到2025年，第{n}类研发机构达到{a}家以上，研发经费投入强度由{y}年的1.{d}%提高到2.{d}%，有效专利拥有量达到{b}件，科技人员不少于{c}人。"
_TASK = (
    "{k}.建设第{n}类创新平台。围绕特色产业需求，支持企业、高校和科研院所联合攻关，完善管理制度，健全评价机制，组织实施科技项目{a}项，"
    "培育科技型企业{b}家，培训技术骨干{c}人次，推动成果在县乡两级推广应用。（牵头单位：科技局；配合单位：财政局、农业农村局）"
)


def plan_text(length: int) -> str:
    """A plan of about ``length`` characters: goals, programmes with tasks, safeguards."""
    lines = [
        "云岭州“十四五”科技创新规划（示例文本）",
        "一、发展基础",
        "2020年，全州研发经费投入强度达到1.2%。",
    ]
    lines += [
        "二、发展目标",
        *(
            _GOAL.format(n=n, a=n % 90 + 10, b=n * 7 + 100, c=n * 3 + 200, d=n % 9, y=2020)
            for n in range(1, 40)
        ),
    ]
    lines.append("三、重点任务")
    size, number = sum(map(len, lines)), 0
    while size < length:
        number += 1
        lines.append(f"（{chinese(number)}）实施第{number}项创新工程")
        for k in range(1, 7):
            lines.append(
                _TASK.format(k=k, n=number * 6 + k, a=number % 40 + 3, b=number % 70 + 5, c=number * 2 + 30)
            )
            size += len(lines[-1])
    lines += ["四、保障措施", "（一）加强领导。健全工作机制。", "（二）加大投入。完善投入机制。"]
    return "\n".join(lines)


def _read_and_check(file: Path) -> object:
    document = read_document(file)
    return check_plan(plan_of(document), document)


@contextmanager
def plan_growth() -> Iterator[Case]:
    """Twice the plan, at most a little more than twice the time."""
    with tempfile.TemporaryDirectory() as name:
        long, half = Path(name, "long.txt"), Path(name, "half.txt")
        long.write_text(plan_text(LONG), "utf-8")
        half.write_text(plan_text(LONG // 2), "utf-8")
        yield Case(
            f"plan read + check, {LONG:,} characters / half of them",
            lambda: _read_and_check(long),
            lambda: _read_and_check(half),
            "at most 2.3; ours under 5 s",
        )


@contextmanager
def plan_docx() -> Iterator[Case]:
    """The text and blocks of a long .docx, against python-docx listing its paragraphs."""
    from docx import Document

    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "plan.docx")
        document = Document()
        for line in plan_text(LONG).split("\n"):
            document.add_paragraph(line)
        document.save(str(file))
        yield Case(
            f"document of {LONG:,} characters from .docx / python-docx",
            lambda: read_document(file),
            lambda: [paragraph.text for paragraph in Document(str(file)).paragraphs],
            "at most 2",
        )
