"""Formulas as sentences, in the words of the record types."""

from __future__ import annotations

from datetime import date

import pytest

from kechuang.formula.words import Sentence
from kechuang.indicators.definition import define
from kechuang.indicators.schema import schema_of
from kechuang.packs import load_packs

PACKS = load_packs(["st-core"])
SCHEMA = schema_of(PACKS, date(2024, 12, 31))


def sentence(indicator: str, language: str = "zh") -> str:
    found = define(PACKS.indicators[indicator], SCHEMA)
    return Sentence(SCHEMA, language, found.names).of(found.written, found.spec.unit)


def test_a_ratio_reads_as_in_a_bulletin() -> None:
    assert sentence("rd_intensity") == (
        "公布的R&D经费内部支出合计（未填时取R&D经费内部支出合计） ÷ 地区生产总值合计 × 100%"
    )
    assert sentence("rd_intensity", "en").endswith(" ÷ sum of Gross domestic product × 100%")


def test_conditions_are_in_words_with_labels_of_choices_and_values_of_parameters() -> None:
    assert sentence("agri_parks") == (
        "农业科技园区数（只计状态不为“拟建”，且期末不早于批准日期、早于取消日期（未填视为仍有效）的记录）"
    )
    assert "发证日期后3年（高新技术企业证书有效期）" in sentence("high_tech_enterprises")
    assert "3 years" in sentence("high_tech_enterprises", "en")


def test_named_parts_are_explained_once_at_the_end() -> None:
    text = sentence("rd_fte")
    assert "（人数 × 人均折合系数）合计" in text
    assert text.count("；其中：人均折合系数 = ") == 1
    assert text.count("人均研发工时 ÷ 法定工时") == 1


@pytest.mark.parametrize("indicator", list(PACKS.indicators))
def test_no_code_shows_in_any_sentence(indicator: str) -> None:
    for language in ("zh", "en"):
        text = sentence(indicator, language)
        assert "_" not in text and "==" not in text and "param" not in text
