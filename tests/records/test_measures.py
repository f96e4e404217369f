"""Numbers written with their unit: converted exactly where the units are scales of one another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.messages import Message
from kechuang.packs.model import FieldSpec
from kechuang.records.fields import Refused, parser

TODAY = date(2026, 1, 5)
SCALES = {"元": 1, "千元": 10**3, "万元": 10**4, "百万元": 10**6, "千万元": 10**7, "亿元": 10**8}


def read(cell: Any, unit: str | None, type_: str = "number") -> tuple[Any, list[str]]:
    told: list[Message] = []
    content = {"type": type_, "label": {"zh": "甲", "en": "A"}, "unit": unit}
    value = parser(FieldSpec.model_validate(content), TODAY, note=told.append)(cell)
    return value, [message.zh for message in told]


def refused(cell: Any, unit: str | None, type_: str = "number") -> Refused:
    with pytest.raises(Refused) as caught:
        read(cell, unit, type_)
    return caught.value


@pytest.mark.parametrize(
    ("cell", "unit", "value", "told"),
    [
        ("1200元", "万元", 0.12, ["“1200元”读作0.12万元"]),
        ("1,200,000元", "万元", 120.0, ["“1,200,000元”读作120万元"]),
        ("１，２００，０００ 元", "万元", 120.0, ["“1,200,000 元”读作120万元"]),
        ("0.12亿元", "万元", 1200.0, ["“0.12亿元”读作1200万元"]),
        ("-3.5亿元", "元", -350000000.0, ["“-3.5亿元”读作-350000000元"]),
        ("120万元", "万元", 120.0, []),
        ("85%", "%", 85.0, []),
        ("85％", "%", 85.0, []),
        ("85‰", "%", 8.5, ["“85‰”读作8.5%"]),
        ("3万元/人", "元/人", 30000.0, ["“3万元/人”读作30000元/人"]),
        ("0.5万吨标准煤", "吨标准煤", 5000.0, ["“0.5万吨标准煤”读作5000吨标准煤"]),
    ],
)
def test_a_unit_is_converted_and_told(cell: str, unit: str, value: float, told: list[str]) -> None:
    assert read(cell, unit) == (value, told)


def test_whole_numbers_stay_whole() -> None:
    value, told = read("1.2万人", "人", "integer")
    assert value == 12000 and isinstance(value, int) and told == ["“1.2万人”读作12000人"]
    assert refused("0.00001万人", "人", "integer").code == "not-an-integer"


@pytest.mark.parametrize(
    ("cell", "unit"), [("12人", "万元"), ("5%", "万元"), ("3公里", "亩"), ("7美元", "元")]
)
def test_a_unit_of_another_kind_is_refused_naming_both(cell: str, unit: str) -> None:
    fault = refused(cell, unit)
    assert fault.code == "wrong-unit"
    assert cell.lstrip("0123456789") in fault.message.zh and unit in fault.message.zh
    assert unit in fault.message.en


@pytest.mark.parametrize(
    "cell", ["12万", "约12元", "12元左右", "元", "1.2.3元", "12 13元", "12元13元", "1,20元", "很多"]
)
def test_what_is_no_number_with_a_unit(cell: str) -> None:
    assert refused(cell, "万元").code == "not-a-number"


def test_a_unit_in_a_column_without_one_is_no_number() -> None:
    assert refused("12元", None).code == "not-a-number"


def test_numbers_in_words_are_refused_with_the_figures() -> None:
    fault = refused("一百二十", "万元")
    assert fault.code == "not-a-number" and "120" in fault.message.zh and "120" in fault.message.en
    assert "万元" in refused("不详", "万元").message.zh


def test_a_month_is_no_day() -> None:
    content = {"type": "date", "label": {"zh": "甲", "en": "A"}}
    for cell in ("2024年3月", "2024-03", "2024/3", "2024.03"):
        with pytest.raises(Refused) as caught:
            parser(FieldSpec.model_validate(content), TODAY)(cell)
        assert caught.value.code == "not-a-date" and "只有年月" in caught.value.message.zh


@settings(deadline=None)
@given(
    st.decimals(-(10**9), 10**9, places=4, allow_nan=False),
    st.sampled_from(sorted(SCALES)),
    st.sampled_from(sorted(SCALES)),
)
def test_the_amount_stays_the_same(amount: Decimal, have: str, want: str) -> None:
    value, told = read(f"{amount:f}{have}", want)
    exact = Fraction(amount) * SCALES[have] / SCALES[want]
    assert value == float(f"{float(exact):.15g}")
    assert bool(told) == (exact != Fraction(amount))
    assert read(value, want) == (value, [])


@settings(deadline=None)
@given(st.text("0123456789.,-+元万亿千百人%‰/ 点一二", max_size=9))
def test_any_cell_is_read_or_refused(cell: str) -> None:
    try:
        value, _ = read(cell, "万元")
    except Refused as error:
        assert error.message.zh
    else:
        assert isinstance(value, float)


def test_an_import_tells_what_was_converted_and_where(office: Any) -> None:
    path = office.write("a.csv", office.survey(1, amount="1,200,000元"), office.survey(2, amount="12人"))
    result = office.bring(path)
    assert [
        (fault.code, fault.severity, fault.place.cell) for fault in result.faults if fault.place.column
    ] == [
        ("unit-converted", "hint", "E2"),
        ("wrong-unit", "error", "E3"),
    ]
    good = office.bring(office.write("b.csv", office.survey(1, amount="1,200,000元")))
    assert good.ok
    (record,) = office.store.as_of(date(2026, 1, 5), "rd_survey")
    assert record.data["expenditure"] == 120.0
