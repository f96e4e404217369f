"""The example's plan document: the facts, in words of our own, the same on every run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from docx import Document


@pytest.fixture(scope="module")
def document(kashgar: Path) -> Path:
    (found,) = (kashgar / "plan" / "source").iterdir()
    return found


def text_of(path: Path) -> str:
    """Paragraphs, then the table's rows."""
    document = Document(str(path))
    lines = [paragraph.text for paragraph in document.paragraphs]
    lines += ["|".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    return "\n".join(lines)


def test_written_again_it_is_the_committed_one(root: Path, document: Path, tmp_path: Path) -> None:
    again = tmp_path / "plan.docx"
    script = root / "examples" / "kashgar" / "make_plan_document.py"
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    subprocess.run(
        [sys.executable, str(script), "--out", str(again)], check=True, env=environment, timeout=600
    )
    assert text_of(again) == text_of(document)


def test_it_states_the_facts(document: Path) -> None:
    text = text_of(document)
    for fact in (
        "喀什地区行政公署办公室2022年4月7日印发",
        "《“十四五”国家科技创新发展规划》",
        "《新疆维吾尔自治区科技创新“十四五”规划》",
        "《喀什地区国民经济和社会发展第十四个五年规划纲要》",
        "研究阶段（2020年3月至6月）",
        "编制阶段（2020年7月至12月）",
        "意见征询阶段（2021年1月至3月）",
        "审查审核阶段（2021年4月至10月）",
        "12357",
        "喀什地区科学技术局",
    ):
        assert fact in text
    values = [line.split("|")[3] for line in text.splitlines() if re.match(r"\d\|", line)]
    assert values == ["0.055", "0.3", "228.18", "12", "100", "5", "3", "20"]
    assert len(re.findall(r"^\d\.[^（\n]+。", text, re.MULTILINE)) == 27 + 20


@pytest.mark.shared
def test_the_words_are_ours(document: Path, shared: Path) -> None:
    """No run of 26 characters is that of the published interpretation; the longest is a title it cites."""
    ours = re.sub(r"\s", "", text_of(document))
    theirs = re.sub(
        r"\s", "", (shared / "data" / "plans" / "kashgar_145_interpretation.txt").read_text("utf-8")
    )
    run = 26
    common = {ours[i : i + run] for i in range(len(ours) - run) if ours[i : i + run] in theirs}
    assert common == set()
    titles = re.compile(r"《[^》]*》|喀什地区“十四五”科技创新发展规划")
    ours, run = titles.sub("※", ours), 16
    assert not {ours[i : i + run] for i in range(len(ours) - run) if ours[i : i + run] in theirs}
