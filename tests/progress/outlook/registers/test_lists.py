"""Lists made anew each year: who stays, who joins, and a list that is still growing."""

from __future__ import annotations

from datetime import date

import pytest

from kechuang.packs import Packs
from kechuang.progress.outlook.parameters import Parameters
from kechuang.progress.outlook.registers import ListRates, YearlyLists, list_rates, simulate_lists


def lists(**years: str) -> YearlyLists:
    return YearlyLists({int(year[1:]): frozenset(names) for year, names in years.items()})


def test_rates_count_transitions_of_years_that_are_over(packs: Packs) -> None:
    day = date(2025, 6, 30)
    found = list_rates(
        lists(y2022="abcd", y2023="abce", y2024="abcefg", y2025="a"), day, Parameters(packs, day)
    )
    assert found.stay == (1 + 3 + 4, 1 + 1 + 0)
    assert found.join == (0.5 + 1 + 2, 2.0)


def test_a_list_that_all_stay_on_and_nobody_joins_does_not_change() -> None:
    sure = ListRates((1e9, 1e-9), (1e-9, 1e9), 0.0)
    found = simulate_lists(lists(y2023="abc", y2024="abc"), sure, date(2025, 3, 1), 2027, runs=20)
    assert found is not None
    assert found.years == (2025, 2026, 2027)
    assert (found.stock == 3).all()


def test_the_running_year_starts_from_what_is_on_the_list_already() -> None:
    rates = ListRates((9, 1), (8.0, 4.0), 0.0)
    known = lists(y2023="abcdefghij", y2024="abcdefghij", y2025="abcdefghxy")
    late = simulate_lists(known, rates, date(2025, 12, 31), 2025, runs=500)
    early = simulate_lists(
        lists(y2023="abcdefghij", y2024="abcdefghij"), rates, date(2025, 1, 1), 2025, runs=2000
    )
    assert late is not None
    assert early is not None
    assert late.stock.min() >= 10
    assert late.stock.std() < early.stock.std()
    assert early.stock.mean() == pytest.approx(10 * 0.9 + 2, abs=0.2)


def test_no_whole_year_is_no_ground() -> None:
    assert simulate_lists(lists(y2025="abc"), ListRates((1, 1), (1, 1), 0.1), date(2025, 3, 1), 2026) is None
