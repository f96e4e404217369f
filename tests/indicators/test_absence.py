"""No value: not published yet, overdue, missing, or not to be computed - different words, with their day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from kechuang.indicators.side_by_side import members
from kechuang.packs import Packs, built_in_packs, load_packs
from kechuang.packs.sound import incomplete

from .conftest import World


def gdp(region: str, year: int) -> dict[str, object]:
    return {"region": region, "year": year, "gdp": 100.0, "release": "final", "source": "t"}


@pytest.mark.parametrize(
    ("as_of", "word"),
    [(date(2024, 9, 29), "not-yet"), (date(2024, 9, 30), "overdue"), (date(2026, 1, 1), "overdue")],
)
def test_the_day_it_is_due_divides_not_yet_from_overdue(
    world: Callable[..., World], packs: Packs, as_of: date, word: str
) -> None:
    figure = world(packs=packs, accounts=[gdp("1000", 2023)]).figure("rd_intensity", "1000", 2023, as_of)
    assert (figure.value, figure.absence, figure.due) == (None, word, "2024-09-30")
    assert figure.reason is not None
    assert ("逾期" in figure.reason["zh"]) == (word == "overdue")


def test_what_later_years_have_is_missing(world: Callable[..., World], packs: Packs) -> None:
    survey = {"uscc": "u", "year": 2024, "county": "1001", "expenditure": 5.0}
    one = world(packs=packs, accounts=[gdp("1000", 2023), gdp("1000", 2024)], rd_survey=[survey])
    assert one.figure("rd_intensity", "1000", 2023).absence == "missing"
    assert one.figure("rd_intensity", "1000", 2024).value == pytest.approx(0.0005)


def test_a_published_figure_goes_before_the_sum_of_returns_and_only_where_it_is(
    world: Callable[..., World], packs: Packs
) -> None:
    survey = [{"uscc": f"u{n}", "year": 2023, "county": f"100{n}", "expenditure": 5.0} for n in (1, 2)]
    published = {"region": "1000", "year": 2023, "expenditure": 12.0, "release": "bulletin", "source": "t"}
    accounts = [gdp(code, 2023) for code in ("1000", "1001")]
    one = world(packs=packs, accounts=accounts, rd_survey=survey, rd_regional=[published])
    whole, part = one.figure("rd_intensity", "1000", 2023), one.figure("rd_intensity", "1001", 2023)
    assert (whole.numerator, part.numerator) == (12.0, 5.0)
    told = one.explain("rd_intensity", "1000", 2023).as_dict()
    assert [term["name"] for term in told["terms"]] == ["rd_regional.expenditure", "accounts.gdp"]
    assert {record["type"] for record in told["records"]} == {"rd_regional", "accounts"}


def test_a_zero_denominator_is_undefined(world: Callable[..., World], packs: Packs) -> None:
    survey = {"uscc": "u", "year": 2023, "county": "1001", "expenditure": 5.0}
    one = world(packs=packs, accounts=[{**gdp("1000", 2023), "gdp": 0.0}], rd_survey=[survey])
    figure = one.figure("rd_intensity", "1000", 2023)
    assert (figure.value, figure.absence) == (None, "undefined")


def test_the_built_in_packs_leave_nothing_unsaid() -> None:
    packs = load_packs(built_in_packs())
    assert list(incomplete(packs.indicators, packs.records)) == []
    bare = packs.indicators["rd_fte"].model_copy(update={"release_lag": None})
    late = packs.records["sme"].model_copy(update={"deadline": None})
    assert [fault.code for fault in incomplete({"x": bare}, {"sme": late})] == ["pack-incomplete"] * 2


def test_three_series_of_money_stand_side_by_side(packs: Packs) -> None:
    assert members(packs, "rd_money") == {
        "certification": ["hte_rd_expenses"],
        "statistics": ["rd_expenditure"],
        "tax": ["rd_deduction_expenses"],
    }
