"""Formulas over one row: nulls as in SQL, dates, rounding, and values that do not go together."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kechuang.errors import KechuangError
from kechuang.formula import row_function
from kechuang.packs import load_packs

FIELDS = {"a", "b", "c", "start", "end", "text"}


def value(source: str, **row: Any) -> Any:
    return row_function(source, FIELDS)(row)


@pytest.mark.parametrize(
    ("source", "row", "expected"),
    [
        ("a + b * 2 - 1", {"a": 1, "b": 2}, 4),
        ("a + b", {"a": 1, "b": None}, None),
        ("a / b", {"a": 1, "b": 0}, None),
        ("a / b", {"a": 1, "b": 4}, 0.25),
        ("-a", {"a": 3}, -3),
        ("abs(a)", {"a": -3}, 3),
        ("a < b", {"a": 1}, None),
        ("a < 2 and b < 2", {"a": 5}, False),
        ("a < 2 and b < 2", {"a": 1}, None),
        ("a < 2 or b < 2", {"a": 1}, True),
        ("a < 2 or b < 2", {"a": 5}, None),
        ("not a < 2", {}, None),
        ("1 if a < 2 else 0", {}, 0),
        ("coalesce(a, b, 7)", {}, 7),
        ("coalesce(a, b, 7)", {"b": 0}, 0),
        ("is_null(a)", {}, True),
        ("min(a, b)", {"a": 1}, None),
        ("max(a, b)", {"a": 1, "b": 3}, 3),
        ("round(a)", {"a": 2.5}, 3),
        ("round(a)", {"a": -2.5}, -3),
        ("round(a, 1)", {"a": 0.25}, 0.3),
        ("text == '其他'", {"text": "其他"}, True),
        ("text != '其他'", {}, None),
        ("year_of(start) == 2024", {"start": date(2024, 3, 1)}, True),
        ("add_years(start, 3)", {"start": date(2020, 2, 29)}, date(2023, 2, 28)),
        ("add_years(start, 4)", {"start": date(2020, 2, 29)}, date(2024, 2, 29)),
        ("add_years(start, 9000)", {"start": date(2020, 2, 29)}, None),
        ("0 <= a < 1", {"a": 1}, False),
    ],
)
def test_value(source: str, row: dict[str, Any], expected: Any) -> None:
    assert value(source, **row) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2024, 12, 31), None, True),
        (date(2025, 1, 1), None, False),
        (date(2020, 1, 1), date(2024, 12, 31), False),
        (date(2020, 1, 1), date(2025, 1, 1), True),
        (None, None, None),
    ],
)
def test_valid_on_counts_the_first_day_and_not_the_last(start: Any, end: Any, expected: Any) -> None:
    row = {"start": start, "end": end, "a": date(2024, 12, 31)}
    assert value("valid_on(start, end, a)", **row) is expected


@pytest.mark.parametrize("source", ["stat + 1", "t.a + 1", "param.x.y", "sum(a)", "count(a)"])
def test_a_row_knows_only_itself(source: str) -> None:
    with pytest.raises(KechuangError):
        row_function(source, FIELDS)


def test_an_unknown_field_names_near_ones() -> None:
    with pytest.raises(KechuangError, match="start"):
        row_function("strat + 1", FIELDS)


def test_values_that_do_not_go_together_are_a_plain_error() -> None:
    with pytest.raises(KechuangError):
        value("a < text", a=1, text="x")
    with pytest.raises(KechuangError):
        value("year_of(a)", a=3)
    with pytest.raises(KechuangError):
        value("text * 999999999999", text="x")


def test_every_check_of_the_pack_compiles_and_bites() -> None:
    packs = load_packs(["st-core"])
    for record in packs.records.values():
        for check in record.checks:
            row_function(check.test, record.fields)
        if record.provisional:
            row_function(record.provisional, record.fields)
    sme = packs.records["sme"]
    part = next(check for check in sme.checks if check.id == "staff-part")
    holds = row_function(part.test, sme.fields)
    assert holds({"staff": 10, "st_staff": 3}) is True
    assert holds({"staff": 10, "st_staff": 11}) is False
    assert holds({"staff": 10, "st_staff": None}) is None
