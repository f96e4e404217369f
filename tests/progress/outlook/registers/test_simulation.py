"""A dated register drawn forward: exact where nothing is uncertain, the textbook's mean and variance else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.progress.outlook.registers import Candidate, History, Rates, simulate

Make = Callable[..., History]
Certain = Callable[..., Rates]
AS_OF = date(2025, 9, 1)


def certificates(history: Make, issued: dict[date, int]) -> History:
    spells: list[tuple[int, date, date, bool]] = []
    for day, number in issued.items():
        for _ in range(number):
            spells.append((len(spells), day, day.replace(year=day.year + 3), False))
    return history(spells)


def test_without_renewals_and_entries_lapses_are_exact_by_date(history: Make, certain: Certain) -> None:
    found = simulate(
        certificates(history, {date(2022, 10, 18): 5, date(2023, 11, 15): 2, date(2024, 11, 8): 4}),
        certain(0.0),
        AS_OF,
        2028,
        runs=50,
    )
    assert found.opening == 11
    assert found.known_lapses == (5, 2, 4, 0)
    assert found.stock.min(axis=0).tolist() == found.stock.max(axis=0).tolist() == [6, 4, 0, 0]


def test_with_certain_renewal_nothing_is_lost_and_renewals_lapse_again(
    history: Make, certain: Certain
) -> None:
    found = simulate(certificates(history, {date(2022, 10, 18): 5}), certain(1.0), AS_OF, 2028, runs=20)
    assert (found.stock == 5).all()
    assert found.lapsed[0].tolist() == [5, 0, 0, 5]


def test_a_renewal_that_comes_late_is_missing_at_the_end_of_the_year(history: Make, certain: Certain) -> None:
    late = certain(1.0, delay=(0.0, 0.0, 0.0, 1.0))
    found = simulate(certificates(history, {date(2022, 10, 18): 5}), late, AS_OF, 2026, runs=20)
    assert found.stock[0].tolist() == [0, 5]


def test_renewals_have_the_mean_and_variance_of_a_binomial(history: Make, certain: Certain) -> None:
    number, chance, runs = 400, 0.3, 6000
    found = simulate(
        certificates(history, {date(2022, 10, 18): number}), certain(chance), AS_OF, 2025, runs=runs
    )
    stock = found.stock[:, 0]
    mean, variance = number * chance, number * chance * (1 - chance)
    assert stock.mean() == pytest.approx(mean, abs=5 * (variance / runs) ** 0.5)
    assert stock.var() == pytest.approx(variance, rel=0.1)


def test_an_uncertain_renewal_rate_has_the_variance_of_a_beta_binomial(history: Make) -> None:
    number, a, b, runs = 200, 6.0, 4.0, 8000
    rates = Rates((a, b), (1.0,), (1e-9, 1e9), 0.0, (1 / 12,) * 12, (1e-9, 1e9))
    stock = simulate(
        certificates(history, {date(2022, 10, 18): number}), rates, AS_OF, 2025, runs=runs
    ).stock[:, 0]
    share = a / (a + b)
    variance = number * share * (1 - share) * (a + b + number) / (a + b + 1)
    assert stock.mean() == pytest.approx(number * share, rel=0.02)
    assert stock.var() == pytest.approx(variance, rel=0.1)


def test_entries_of_a_full_year_are_poisson(history: Make, certain: Certain) -> None:
    found = simulate(
        certificates(history, {date(2024, 11, 8): 1}), certain(1.0, entries=6.0), AS_OF, 2026, runs=8000
    )
    entered = found.entered[:, 1]
    assert entered.mean() == pytest.approx(6, abs=0.15)
    assert entered.var() == pytest.approx(6, rel=0.1)


def test_candidates_enter_by_their_chance_and_are_not_counted_twice(history: Make, certain: Certain) -> None:
    base = certificates(history, {date(2024, 11, 8): 1})
    candidates = [Candidate(str(n), date(2026, 5, 1), 1.0) for n in range(9)]
    found = simulate(base, certain(1.0, entries=3.0), AS_OF, 2026, runs=4000, candidates=candidates)
    assert (found.passed[:, 1] == 9).all()
    assert found.entered[:, 1].mean() < 0.05  # a usual year brings three: nine by name are beyond it
    half = [Candidate(str(n), date(2026, 5, 1), 0.5) for n in range(8)]
    passed = simulate(base, certain(1.0), AS_OF, 2026, runs=4000, candidates=half).passed[:, 1]
    assert passed.mean() == pytest.approx(4, abs=0.15)
    assert passed.var() == pytest.approx(2, rel=0.12)


def test_an_open_register_keeps_its_records_and_loses_by_the_exit_rate(history: Make) -> None:
    spells = [(n, date(2019, 6, 18), None, False) for n in range(1000)]
    rates = Rates((1, 1), (1.0,), (1e-9, 1e9), 0.0, (1 / 12,) * 12, (0.01 * 1e9, 1e9))
    found = simulate(history(spells, None), rates, date(2024, 12, 31), 2025, runs=300)
    assert found.stock[:, 1].mean() == pytest.approx(1000 * np.exp(-0.01 * 13), rel=0.01)


def test_flows_add_up_to_the_stock(history: Make) -> None:
    rates = Rates((6, 4), (0.6, 0.4), (11.5, 4), 0.3, (1 / 12,) * 12, (2, 400))
    found = simulate(
        certificates(history, {date(2022, 10, 18): 5, date(2023, 11, 15): 7}), rates, AS_OF, 2030, runs=200
    )
    change = found.renewed + found.entered + found.passed - found.lapsed - found.left
    assert (found.opening + change.cumsum(axis=1) == found.stock).all()
    assert (found.stock >= 0).all()


def test_equal_arguments_give_equal_draws(history: Make) -> None:
    base = certificates(history, {date(2022, 10, 18): 5})
    rates = Rates((6, 4), (0.6, 0.4), (11.5, 4), 0.3, (1 / 12,) * 12, (2, 400))
    one, two, other = (simulate(base, rates, AS_OF, 2028, runs=300, seed=seed) for seed in (7, 7, 8))
    assert (one.stock == two.stock).all()
    assert (one.stock != other.stock).any()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 1500), min_size=1, max_size=40),
    st.integers(0, 1200),
)
def test_the_stock_without_renewals_is_a_plain_count_on_the_last_day(
    certain: Certain, ages: list[int], later: int
) -> None:
    """Whatever the dates: the simulation agrees with counting the certificates that hold on 31 December."""
    starts = sorted(AS_OF - timedelta(days=age) for age in ages)
    as_of = AS_OF + timedelta(days=later % 120)
    units = np.arange(len(starts))
    begun = np.array([day.toordinal() for day in starts])
    end = begun + 1095
    found = simulate(
        History(units, begun, end, np.zeros(len(units), np.bool_), 36), certain(0.0), as_of, 2029, runs=3
    )
    for at, year in enumerate(found.years):
        last = date(year, 12, 31).toordinal()
        assert found.stock[0, at] == int(
            ((begun <= last) & (last < end) & (begun <= as_of.toordinal())).sum()
        )
