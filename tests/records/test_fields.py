"""One cell: what is read, what is refused, with which code."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kechuang.language.regions import RegionTree
from kechuang.packs.model import FieldSpec
from kechuang.records.fields import Refused, canonical, parser, restore

TODAY = date(2026, 1, 5)


def spec(type_: str, **more: Any) -> FieldSpec:
    return FieldSpec.model_validate({"type": type_, "label": {"zh": "甲", "en": "A"}, **more})


def read(cell: Any, type_: str, **more: Any) -> Any:
    return parser(spec(type_, **more), TODAY, RegionTree.national(), "330500")(cell)


def refusal(cell: Any, type_: str, **more: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        read(cell, type_, **more)
    return caught.value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (3, 3.0),
        ("1,234,567.8", 1234567.8),
        ("１２３．５", 123.5),
        (" -0.5 ", -0.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("−3", -3.0),
    ],
)
def test_numbers(cell: Any, value: float) -> None:
    assert read(cell, "number") == value


@pytest.mark.parametrize(
    "cell", ["12万", "1,23", "约5", "12.5%", "5 6", "nan", "inf", True, date(2024, 1, 1), "—", "1e999", "."]
)
def test_what_is_no_number(cell: Any) -> None:
    assert refusal(cell, "number").code == "not-a-number"


def test_a_number_in_words_is_told_the_unit() -> None:
    message = refusal("12万", "number", unit="万元").message
    assert "万元" in message.zh and "12万" in message.zh and "万元" in message.en


def test_numbers_are_kept_to_the_digits_a_spreadsheet_shows() -> None:
    assert read(0.1 + 0.2, "number") == read("0.3", "number") == 0.3


def test_bounds() -> None:
    assert refusal(-1, "number", min=0).code == "out-of-range"
    assert refusal(2, "number", max=1).code == "out-of-range"
    assert read(0, "number", min=0) == 0
    assert math.copysign(1, read("-0", "number", min=0)) == 1


def test_integers() -> None:
    assert read(12.0, "integer") == 12 and isinstance(read("12", "integer"), int)
    assert refusal(1.5, "integer").code == "not-an-integer"
    assert refusal(1e17, "integer").code == "out-of-range"


@pytest.mark.parametrize("cell", [2024, 2024.0, "2024", "2024年", "２０２４年", "2024年度"])
def test_years(cell: Any) -> None:
    assert read(cell, "year") == 2024


def test_years_refused() -> None:
    assert refusal(2027, "year").code == "future-date"
    assert read(2027, "year", future=True) == 2027
    assert refusal("24年", "year").code == "not-a-year"
    assert refusal(2024.5, "year").code == "not-a-year"
    assert refusal(1024, "year").code == "out-of-range"


@pytest.mark.parametrize(
    "cell",
    [
        date(2024, 3, 5),
        datetime(2024, 3, 5, 8, 30),
        "2024-3-5",
        "2024-03-05",
        "2024/3/5",
        "2024.3.5",
        "2024年3月5日",
        "20240305",
        20240305.0,
        "２０２４年３月５日",
    ],
)
def test_dates(cell: Any) -> None:
    assert read(cell, "date") == date(2024, 3, 5)


@pytest.mark.parametrize(
    "cell", ["2024-02-30", "2024年3月", "去年", "3/5/2024", True, 45356.0, "2024-3/5", "20241301"]
)
def test_what_is_no_date(cell: Any) -> None:
    assert refusal(cell, "date").code == "not-a-date"


def test_an_unformatted_excel_date_is_told_which_day_it_would_be() -> None:
    assert "2024-03-05" in refusal(45356.0, "date").message.zh


def test_dates_to_come() -> None:
    assert read("2026-01-05", "date") == TODAY
    assert refusal("2026-01-06", "date").code == "future-date"
    assert read("2030-01-06", "date", future=True) == date(2030, 1, 6)
    assert refusal("0024-01-06", "date").code == "out-of-range"


CHOICES = {"whole": {"zh": "全地区（含县）", "en": "Whole region"}, "own": {"zh": "本级", "en": "Own level"}}


@pytest.mark.parametrize("cell", ["whole", "全地区（含县）", "全地区(含县)", " Whole Region", "WHOLE"])
def test_choices_by_code_and_either_label(cell: str) -> None:
    assert read(cell, "choice", choices=CHOICES) == "whole"


def test_a_wrong_choice_lists_the_right_ones() -> None:
    fault = refusal("全部", "choice", choices=CHOICES)
    assert fault.code == "not-a-choice"
    assert "本级" in fault.message.zh and "Own level" in fault.message.en


def test_empty_cells() -> None:
    for cell in (None, "", "  ", "\u3000"):
        assert refusal(cell, "number").code == "required"
        assert read(cell, "number", required=False) is None
        assert read(cell, "text", required=False) is None


def test_codes_kept_as_numbers_come_back_whole_or_not_at_all() -> None:
    assert read(653101001007.0, "text", pattern=r"\d{12}") == "653101001007"
    assert refusal(9.133050000000001e17, "text").code == "digits-lost"
    assert refusal(9.133050000000001e17, "uscc").code == "uscc-format"
    assert refusal("12345", "text", pattern=r"\d{12}").code == "pattern"


def test_credit_codes() -> None:
    assert read(" 91350100m000100y43 ", "uscc") == "91350100M000100Y43"
    assert read("９１３５０１００M000100Y43", "uscc") == "91350100M000100Y43"
    wrong = refusal("91350100M000100Y44", "uscc")
    assert wrong.code == "uscc-check-digit" and "“3”" in wrong.message.zh
    assert refusal("91350100M000100Y4", "uscc").code == "uscc-format"
    slip = refusal("9135O100M000100Y43", "uscc")
    assert slip.code == "uscc-format" and "第5位" in slip.message.zh and "“0”" in slip.message.zh


def test_regions() -> None:
    assert read("安吉县", "region", level="county") == "330523"
    assert read("安吉", "region", level="county") == "330523"
    assert read(330523.0, "region", level="county") == "330523"
    assert read("湖州市", "region") == "330500"
    assert refusal("湖州市", "region", level="county").code == "region-level"
    assert refusal("杭州市", "region").code == "region-outside"
    assert refusal("330100", "region").code == "region-outside"
    near = refusal("安吉乡", "region", level="county")
    assert near.code == "unknown-region" and "安吉县" in near.message.zh


def test_booleans() -> None:
    assert [read(cell, "boolean") for cell in ("是", "否", 1, True)] == [True, False, True, True]
    assert refusal("也许", "boolean").code == "not-a-choice"


@given(st.floats(-1e290, 1e290))
def test_a_number_written_down_is_read_back(value: float) -> None:
    kept = read(value, "number")
    assert kept == pytest.approx(value, rel=1e-14)
    assert kept == read(repr(value), "number") == read(kept, "number") == restore(spec("number"), kept)


@given(
    st.dates(date(1900, 1, 1), TODAY),
    st.sampled_from(["{:%Y-%m-%d}", "{:%Y/%m/%d}", "{:%Y年%m月%d日}", "{:%Y%m%d}"]),
)
def test_a_date_written_down_is_read_back(day: date, form: str) -> None:
    value = read(form.format(day), "date")
    assert value == day == restore(spec("date"), canonical(value))


ANY = st.one_of(st.none(), st.text(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.integers())


@given(ANY, st.sampled_from(["text", "integer", "number", "date", "year", "boolean", "uscc", "region"]))
def test_a_cell_is_read_or_refused_and_reading_again_gives_the_same(cell: Any, type_: str) -> None:
    try:
        value = read(cell, type_, required=False)
    except Refused as refused:
        assert refused.message.zh
        return
    assume(value is not None)
    assert read(value, type_, required=False) == value
    assert restore(spec(type_), canonical(value)) == value
