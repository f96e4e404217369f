"""Numerals, quantities and the words that bound them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.language.bounds import bound_after, bound_before
from kechuang.language.fold import fold
from kechuang.language.numerals import chinese, parse_number
from kechuang.language.quantity import quantities


@given(st.integers(0, 9999))
def test_a_number_in_characters_reads_back(number: int) -> None:
    assert parse_number(chinese(number)) == number


@given(st.integers(0, 10**12))
def test_thousands_separators_change_nothing(number: int) -> None:
    assert parse_number(f"{number:,}") == parse_number(str(number)) == number


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="0123456789.,一二十百千万亿分之％%‰—-至家元人年以上左右，。 "))
def test_any_text_is_read_without_an_error_and_quantities_lie_in_order(text: str) -> None:
    last = 0
    for quantity in quantities(fold(text)):
        assert last <= quantity.start < quantity.end <= len(text)
        last = quantity.end


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("建成五十八个站点", 58, "个"),
        ("用水6400亿立方米", 6400, "亿立方米"),
        ("年产值1.15万亿元", 1.15, "万亿元"),
        ("死亡率12/10万", 12, "/10万"),
        ("达到4‰", 4, "‰"),
        ("服务3万人次", 3, "万人次"),
        ("提高百分之十五", 15, "%"),
        ("师生比3.3:1", 3.3, ":1"),
        ("增加2.5个百分点", 2.5, "个百分点"),
        ("２，４６７个村", 2467, "个"),
    ],
)
def test_units_keep_their_scale(text: str, value: float, unit: str) -> None:
    found = next(iter(quantities(fold(text))))
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "low", "high"), [("新增1—2家", 1, 2), ("15%至20%", 15, 20), ("三至五家", 3, 5)]
)
def test_ranges_have_two_ends(text: str, low: float, high: float) -> None:
    found = next(iter(quantities(fold(text))))
    assert (found.value, found.high) == (low, high)


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("企业达到80家", ">="),
        ("企业不少于80家", ">="),
        ("人数突破80家", ">"),
        ("漏损率控制在80家", "<="),
        ("比重小于80家", "<"),
        ("比重不高于80家", "<="),
        ("企业提高到80家", ">="),
    ],
)
def test_words_before_a_number_bound_it(text: str, comparator: str) -> None:
    assert bound_before(text, text.index("8")).comparator == comparator


@pytest.mark.parametrize(
    ("text", "comparator"), [("左右", "~"), ("以上", ">="), ("以内", "<="), ("。", None)]
)
def test_words_after_a_number_bound_it(text: str, comparator: str | None) -> None:
    assert bound_after(text, 0).comparator == comparator
