"""Whole columns are read, written and told apart just as cells and rows are, one by one."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.language.regions import RegionTree
from kechuang.packs import Packs
from kechuang.packs.model import FieldSpec
from kechuang.records import uscc
from kechuang.records.checks import key_text, key_texts, key_value
from kechuang.records.columns import Column
from kechuang.records.encoding import Encoder, canonical_text
from kechuang.records.fields import Refused, Value, canonical, parser

TODAY = date(2026, 1, 5)
REGIONS = RegionTree.national()
CHOICES = {"a": {"zh": "甲", "en": "A"}, "b": {"zh": "乙（丙）", "en": "B"}}
SPECS: dict[str, dict[str, Any]] = {
    "text": {},
    "text with a pattern": {"pattern": r"\d{3}|[a-z]*"},
    "number": {},
    "number between": {"min": 0, "max": 1000},
    "number of 万元": {"unit": "万元"},
    "integer": {},
    "integer between": {"min": -3, "max": 50},
    "year": {},
    "date": {},
    "boolean": {},
    "choice": {"choices": CHOICES},
    "uscc": {},
    "region": {},
}
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**17), 10**17),
    st.integers(-5, 60),
    st.floats(),
    st.floats(-5, 2000),
    st.text(max_size=6),
    st.sampled_from(
        [
            "",
            " ",
            "\u3000",
            "12",
            "+3.50",
            "1,234.5",
            "0012",
            "1200元",
            "0.12亿元",
            "12人",
            "安吉县",
            "330523",
            "甲",
            "是",
        ]
    ),
    st.sampled_from(
        [
            "91350100M000100Y43",
            "91350100M000100Y44",
            "91350100m000100y43",
            "2024年3月5日",
            "2024-03",
            "２０２４",
        ]
    ),
    st.integers(0, 10**16).map(str),
    st.floats(0, 1e6).map(lambda number: f"{number:.4f}"),
    st.dates(date(1890, 1, 1), date(2030, 1, 1)),
    st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)),
)


def spec(name: str) -> FieldSpec:
    content = {"type": name.split(maxsplit=1)[0], "label": {"zh": "甲", "en": "A"}, "required": False}
    return FieldSpec.model_validate({**content, **SPECS[name]})


@pytest.mark.parametrize("name", SPECS)
def test_a_column_is_read_as_its_cells(name: str) -> None:
    field = spec(name)

    @settings(deadline=None)
    @given(st.lists(st.lists(CELLS, max_size=8), max_size=3), st.booleans())
    def check(stretches: list[list[Any]], alike: bool) -> None:
        if alike:  # the fast ways are for columns of one kind
            stretches = [[cell for cell in cells if type(cell) is type(cells[0])] for cells in stretches]
        column = Column(field, lambda note: parser(field, TODAY, REGIONS, "330500", note))
        for cells in stretches:
            found = column.read(cells)
            told: list[Any] = []
            values: list[Value] = []
            refused: list[tuple[int, str]] = []
            notes: list[tuple[int, str]] = []
            one = parser(field, TODAY, REGIONS, "330500", told.append)
            for place, cell in enumerate(cells):
                try:
                    values.append(one(cell))
                except Refused as error:
                    values.append(None)
                    refused.append((place, error.message.zh))
                if told:
                    notes.append((place, told.pop().zh))
            assert found.values == values
            assert list(map(type, found.values)) == list(map(type, values))
            assert [(place, error.message.zh) for place, error in found.refused] == refused
            assert [(place, message.zh) for place, message in found.notes] == notes

    check()


@settings(deadline=None)
@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXYIa测", min_size=16, max_size=19))
def test_a_code_found_sound_is_one_without_fault(code: str) -> None:
    expected = len(code) == 18 and not uscc.wrong_characters(code) and uscc.check_digit(code[:17]) == code[17]
    assert uscc.sound(code) == expected


@settings(deadline=None)
@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=15, max_size=15), st.integers(100000, 999999))
def test_a_code_with_its_check_digit_is_sound(rest: str, place: int) -> None:
    body = f"{rest[:2]}{place}{rest[2:11]}"
    assert uscc.sound(body + uscc.check_digit(body))


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(max_size=8),
    "choice": st.text(max_size=3),
    "uscc": st.text(max_size=3),
    "region": st.text(max_size=3),
    "date": st.dates(),
    "year": st.integers(1900, 2200),
    "integer": st.integers(-(2**53), 2**53),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
}


@pytest.mark.parametrize("type_", ["sme", "accounts", "agri_parks"])
def test_texts_of_rows_are_what_json_makes_of_them(packs: Packs, type_: str) -> None:
    record_type = packs.records[type_]
    encoder = Encoder(record_type)
    row = st.fixed_dictionaries({name: st.none() | VALUES[s.type] for name, s in record_type.fields.items()})

    @settings(deadline=None)
    @given(st.lists(row, max_size=4))
    def check(rows: list[dict[str, Any]]) -> None:
        columns = {name: [one[name] for one in rows] for name in record_type.fields}
        texts = encoder.texts(columns)
        kept = [{name: canonical(value) for name, value in one.items()} for one in rows]
        assert texts == [
            json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for one in kept
        ]
        assert list(map(canonical_text, texts)) == texts
        assert [canonical_text(json.dumps(one)) for one in kept] == texts

    check()


def test_a_number_a_database_writes_without_exponent_comes_back_as_it_was() -> None:
    assert (
        canonical_text('{"a": 10000000000000000000000, "b": 9007199254740992}')
        == '{"a":1e+22,"b":9007199254740992}'
    )


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.text("a|\\甲\n", max_size=4), st.text("b|\\", max_size=3), st.integers(0, 9)), max_size=6
    )
)
def test_keys_of_columns_are_the_keys_of_rows_and_never_the_same_by_chance(rows: list[Any]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    keys = key_texts(columns) if rows else []
    assert keys == [key_text(row) for row in rows]
    assert len(set(keys)) == len(set(rows))
    for row in rows:
        assert key_value(key_text(row[:1])) == row[0]
