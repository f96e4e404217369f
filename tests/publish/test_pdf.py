"""The PDF: the docx's content, Chinese that can be selected, its own fonts and none of the machine's."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kechuang.publish.report import ReportMaterial, write_report

Maker = Callable[..., ReportMaterial]

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is not installed"),
]


def told(tool: str, *given: str) -> str:
    return subprocess.run([tool, *given], check=True, capture_output=True).stdout.decode()


def words_of(path: Path, *given: str) -> str:
    return "".join(told("pdftotext", *given, str(path), "-").split())


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, material: Maker) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    write_report(path, material())
    return path


def test_everything_is_told_and_can_be_selected(report: Path, material: Maker) -> None:
    words = words_of(report)
    plan = material().plan
    for target in plan.targets:
        assert target.name in words
    for programme in plan.programmes:
        assert programme.title in words
    for group in plan.safeguards:
        assert group.measures[-1].title in words
    assert "八项目标中两项已达成" in words
    assert "本报告含示例数据，仅供演示，不得引用" in words
    assert "各项目标数字来源" in words
    assert "F2" in words


def test_fonts_are_the_products_own_and_embedded(report: Path) -> None:
    lines = told("pdffonts", str(report)).splitlines()[2:]
    assert len(lines) == 2
    for line in lines:
        assert re.search(r"\+Noto(Sans|Serif)CJKsc-Regular", line)
        assert line.split()[-5:-2] == ["yes", "yes", "yes"]


def test_page_is_that_of_an_official_document(report: Path) -> None:
    info = told("pdfinfo", str(report))
    assert re.search(r"Page size: +595\.\d+ x 841\.\d+ pts \(A4\)", info)
    assert "某地区科技创新规划进度监测报告" in info
    boxes = told("pdftotext", "-bbox", "-f", "1", "-l", "2", str(report), "-")
    pages = boxes.split("<page ")[1:]
    for page, side in zip(pages, ("right", "left"), strict=True):
        found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)<', page)
        core = [
            (float(x), float(y), float(right), float(low)) for x, y, right, low, _ in found if float(y) < 742
        ]
        # The core of 156 × 225 mm, with a point for the letters' own sides.
        assert min(x for x, *_ in core) >= 28 * 72 / 25.4 - 1
        assert max(right for *_, right, _ in core) <= (210 - 26) * 72 / 25.4 + 9
        assert min(y for _, y, *_ in core) >= 37 * 72 / 25.4 - 9
        number = next(float(x) for x, y, *_, word in found if float(y) > 742 and word.isdigit())
        assert (number > 300) == (side == "right")


def test_no_sample_words_without_sample_data(tmp_path: Path, material: Maker) -> None:
    path = tmp_path / "report.pdf"
    write_report(path, material(sample=False))
    assert "示例数据" not in words_of(path)


def test_english(tmp_path: Path, material: Maker) -> None:
    path = tmp_path / "report.pdf"
    write_report(path, material(language="en"))
    words = told("pdftotext", str(path), "-")
    assert "Where each figure comes from" in words
    assert "Safeguards" in words


def test_words_of_a_plan_are_never_commands(tmp_path: Path, material: Maker) -> None:
    made = material()
    title = '#read("/etc/passwd") $x$ *粗* _斜_ \\ "引" @引用 <标> // 注'
    object.__setattr__(made.progress.programmes[0], "title", title)
    path = tmp_path / "report.pdf"
    write_report(path, made)
    assert "".join(title.split()) in words_of(path)
