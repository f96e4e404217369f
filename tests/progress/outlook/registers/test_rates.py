"""Rates from a register's own history: counted right, drawn to the prior where there is little of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.packs import Packs
from kechuang.progress.outlook.parameters import Parameters
from kechuang.progress.outlook.registers import History, chance_of, rates_of

Make = Callable[..., History]


def test_nothing_known_gives_the_prior(history: Make, packs: Packs) -> None:
    rates = rates_of(history([]), date(2025, 9, 1), Parameters(packs, date(2025, 9, 1)))
    assert rates.renewal == (1.0, 1.0)
    assert rates.renewal_mean == 0.5
    assert sum(rates.delay) == pytest.approx(1)
    assert sum(rates.season) == pytest.approx(1)


def test_renewals_are_counted_within_the_window(history: Make, packs: Packs) -> None:
    day = date(2025, 9, 1)
    spells = [
        (0, date(2018, 11, 12), date(2021, 11, 12), False),  # renewed at once
        (0, date(2021, 11, 25), date(2024, 11, 25), False),  # not renewed for nine months
        (1, date(2019, 3, 1), date(2022, 3, 1), False),  # renewed two months late
        (1, date(2022, 5, 1), date(2025, 5, 1), True),  # revoked: no lapse
        (2, date(2017, 3, 1), date(2020, 3, 1), False),  # never renewed
        (3, date(2016, 3, 1), date(2019, 3, 1), False),  # back after three years: not a renewal
        (3, date(2022, 3, 1), date(2025, 3, 1), False),
        (4, date(2024, 3, 1), date(2027, 3, 1), False),  # still holds
    ]
    rates = rates_of(history(spells), day, Parameters(packs, day))
    assert rates.renewed == 2
    # Of the four not renewed, the two lapsed lately count by the share of renewals that have come by then.
    assert 3.5 < rates.lapsed - rates.renewed < 4.0
    assert rates.exits == 1


def test_entries_are_units_not_records(history: Make, packs: Packs) -> None:
    day = date(2025, 6, 30)
    spells = [
        (0, date(2018, 11, 12), date(2021, 11, 12), False),
        (0, date(2021, 11, 25), date(2024, 11, 25), False),
        (1, date(2022, 11, 25), date(2025, 11, 25), False),
        (2, date(2022, 11, 25), date(2025, 11, 25), False),
        (3, date(2025, 2, 1), date(2028, 2, 1), False),
    ]
    rates = rates_of(history(spells), day, Parameters(packs, day))
    assert rates.entries == ((2021, 0), (2022, 2), (2023, 0), (2024, 0))
    assert rates.entry == (2.5, 4.0)
    assert rates.so_far == 1


def test_a_pack_may_set_the_prior_of_one_register(history: Make, packs: Packs) -> None:
    own = packs.parameters["outlook.renewal_mean"].model_copy(
        update={
            "parameter": "outlook.hte.renewal_mean",
            "values": [packs.parameters["outlook.renewal_mean"].values[0].model_copy(update={"value": 0.8})],
        }
    )
    changed = packs.model_copy(update={"parameters": {**packs.parameters, own.id: own}})
    day = date(2025, 9, 1)
    assert rates_of(history([]), day, Parameters(changed, day), "hte").renewal_mean == pytest.approx(0.8)
    assert rates_of(history([]), day, Parameters(changed, day), "other").renewal_mean == 0.5


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100), st.floats(0, 5))
def test_the_chance_of_a_score_is_a_probability_that_falls_with_the_threshold(
    low: float, high: float, threshold: float, softness: float
) -> None:
    chance = chance_of(low, high, threshold, softness)
    assert 0 <= chance <= 1
    assert chance_of(low, high, threshold + 1, softness) <= chance + 1e-9
    assert chance_of(low + 1, high + 1, threshold, softness) >= chance - 1e-9


@given(st.floats(0, 100), st.floats(1, 30), st.floats(-20, 120))
def test_a_sharp_score_is_the_share_of_the_interval_above_the_threshold(
    low: float, width: float, threshold: float
) -> None:
    share = min(max((low + width - threshold) / width, 0.0), 1.0)
    assert chance_of(low, low + width, threshold, 0) == pytest.approx(share)
    assert chance_of(low, low + width, threshold, 1e-3) == pytest.approx(share, abs=0.01)
