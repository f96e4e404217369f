"""The dictionary of terms: sound in itself, and found in texts whatever the way of writing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.language.fold import fold
from kechuang.language.terms import all_terms, same_term, term, term_of, terms_in


def test_no_form_belongs_to_two_terms() -> None:
    owner: dict[str, str] = {}
    for entry in all_terms():
        for form in entry.forms:
            assert owner.setdefault(form.lower(), entry.id) == entry.id, form


def test_every_term_is_complete() -> None:
    ids = [entry.id for entry in all_terms()]
    assert len(ids) == len(set(ids)) >= 150
    for entry in all_terms():
        assert entry.forms[0] == entry.zh and entry.en.isascii() | ("–" in entry.en) | ("“" in entry.en)
        assert set(entry.slips) <= set(entry.forms) - {entry.zh}
        for form in entry.forms:
            assert len(form) >= 2 and form == fold(form) and not set(form) & set(" ()|?<>\t\n"), form


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        (
            "rd_intensity",
            [
                "研发投入强度",
                "R&D经费投入强度",
                "研发经费支出占地区生产总值的比重",
                "Ｒ＆Ｄ经费支出占ＧＤＰ的比例",
                "研究与试验发展（R&D）经费支出占地区生产总值（GDP）比重",
                "研究与试验发展(R&D)经费投入占GDP比重",
                "研發投入強度",
            ],
        ),
        ("high_tech_enterprise", ["高新技术企业", "国家高新技术企业", "高企"]),
        ("rd_fte", ["R&D人员全时当量", "研发人员折合全时当量", "研究与试验发展人员全时当量"]),
        ("high_value_patents_per_10k", ["每万人高价值发明专利拥有量", "每万人口高价值发明专利拥有量"]),
        ("technology_contract_value", ["技术合同成交额", "技术合同交易额", "技术合同登记成交额"]),
        ("science_literacy", ["公民具备科学素质的比例", "公民科学素质比例", "公民具备基本科学素质比例"]),
        ("fiscal_st_share", ["财政科技投入占财政一般公共预算支出", "科技支出占一般公共预算支出比重"]),
        ("commissioner_coverage", ["科技特派员覆盖全部行政村", "科技特派员行政村覆盖率"]),
    ],
)
def test_ways_of_writing_one_thing(name: str, ways: list[str]) -> None:
    for way in ways:
        assert term_of(way) == term(name), way
        text = f"到2025年，{way}达到目标。"
        found = terms_in(text)
        assert [(hit.term.id, text[hit.start : hit.end]) for hit in found] == [(name, way)]


def test_spaces_inside_and_line_breaks() -> None:
    assert [hit.term.id for hit in terms_in("R&D 经费 支出")] == ["rd_expenditure"]
    assert [hit.form for hit in terms_in("高新技术\n企业高企")] == ["高企"]
    assert [hit.form for hit in terms_in("人才\t产业")] == ["人才", "产业"]


def test_letters_are_whole_words() -> None:
    assert terms_in("GDPR规则") == [] and terms_in("XGDP") == []
    assert [hit.term.id for hit in terms_in("gdp增长")] == ["gdp"]


def test_same_term() -> None:
    assert same_term("孵化器", "科技企业孵化器")
    assert not same_term("孵化器", "众创空间") and not same_term("不在其中的词", "不在其中的词")


@given(
    st.lists(
        st.sampled_from([f for e in all_terms()[:60] for f in e.forms[:3]] + list("的，。 a1\nİÅ")),
        max_size=30,
    )
)
def test_found_terms_are_where_they_are_said_to_be(pieces: list[str]) -> None:
    text = "".join(pieces)
    end = 0
    for hit in terms_in(text):
        assert end <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end].replace(" ", "").lower() == hit.form.lower()
        assert hit.form in hit.term.forms
        end = hit.end
