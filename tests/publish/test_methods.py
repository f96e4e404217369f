"""Page and document with the methods side by side, a declared path and a target of average growth."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document

from kechuang.plan.model import Baseline, Plan, Target
from kechuang.progress import assess
from kechuang.publish.report import ReportMaterial, write_report

Maker = Callable[..., ReportMaterial]


def other(material: ReportMaterial, method: str = "schedule") -> ReportMaterial:
    """The material with T3 a target of average growth and T8 on an S-curve."""
    changed: list[Target] = []
    for target in material.plan.targets:
        given = target.model_dump()
        if target.id == "T3":
            base = Baseline(value=None, year=2020, origin="records")
            given |= {
                "name": "研发人员全时当量年均增长",
                "value": 12,
                "unit": "%",
                "growth": True,
                "baseline": base,
            }
        if target.id == "T8":
            given |= {"path": {"shape": "s-curve"}}
        changed.append(Target.model_validate(given))
    plan: Plan = material.plan.model_copy(update={"targets": changed})
    own = {
        target.indicator or "": [
            one
            for one in material.figures
            if one.indicator == target.indicator and one.region == material.region
        ]
        for target in changed
    }
    progress = assess(plan, own, material.as_of, specs=material.specs, method=method)
    return replace(material, plan=plan, progress=progress)


def section(page: str, identifier: str) -> str:
    found = re.search(rf'<section[^>]*id="{identifier}".*?</section>', page, re.DOTALL)
    assert found is not None
    return found[0]


@pytest.mark.parametrize(("language", "differ"), [("zh", "种方法判断不一致"), ("en", "methods differ")])
def test_the_page_folds_the_verdicts_of_every_target(
    tmp_path: Path, material: Maker, language: str, differ: str
) -> None:
    write_report(tmp_path / "r.html", other(material(language=language)))
    page = (tmp_path / "r.html").read_text("utf-8")
    assert differ in page
    shown = page[page.index('id="T2"') : page.index('id="T3"')]
    assert shown.count("st st--") > 6
    assert "Open SDG" in shown
    # T5 was reached without a baseline; T1 can be judged by none.
    assert "Open SDG" not in page[page.index('<section class="sec target" id="T1"') : page.index('id="T2-h"')]


def test_a_target_of_average_growth_shows_growth_and_its_base_in_its_own_unit(
    tmp_path: Path, material: Maker
) -> None:
    write_report(tmp_path / "r.html", other(material()))
    page = (tmp_path / "r.html").read_text("utf-8")
    shown = page[page.index('id="T3"') : page.index('id="T4"')]
    rate = 100 * ((197.31 / 120) ** 0.25 - 1)
    assert f"{rate:.1f}%" in shown
    assert "120人年" in shown
    assert "197.31%" not in shown


def test_the_document_has_a_table_of_verdicts(tmp_path: Path, material: Maker) -> None:
    write_report(tmp_path / "r.docx", other(material(), "open-sdg"))
    document = Document(str(tmp_path / "r.docx"))
    table = next(one for one in document.tables if one.cell(0, 1).text == "Open SDG")
    assert [cell.text for cell in table.rows[0].cells][-1] == "预期进度"
    assert len(table.rows) > 5
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "目标状态按Open SDG" in words
    assert "。。" not in words
