"""Three-year validity, held against the certification lists of seven years."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.formula.row import add_years
from kechuang.packs import Packs, load_packs
from kechuang.rules import ends, valid

RULE = "high-tech-enterprise"
PACKS = load_packs(["st-core"])


@given(
    issued=st.dates(date(2009, 1, 1), date(2030, 12, 31)), day=st.dates(date(2009, 1, 1), date(2035, 12, 31))
)
def test_a_certificate_holds_from_its_day_for_three_years(issued: date, day: date) -> None:
    end = add_years(issued, 3)
    assert end is not None
    assert bool(valid(RULE, [issued], day, PACKS)[0]) == (issued <= day < end)
    assert ends(RULE, [issued], day, PACKS) == [end]


def test_a_certificate_revoked_or_without_a_day_does_not_hold(packs: Packs) -> None:
    issued = [date(2024, 2, 29), date(2024, 2, 29), None]
    revoked = [None, date(2025, 1, 1), None]
    assert valid(RULE, issued, date(2024, 12, 31), packs, revoked).tolist() == [True, True, False]
    assert valid(RULE, issued, date(2025, 1, 1), packs, revoked).tolist() == [True, False, False]
    assert ends(RULE, issued[:1], date(2025, 1, 1), packs) == [date(2027, 2, 28)]


def test_a_rule_without_a_term_says_so(packs: Packs) -> None:
    with pytest.raises(KechuangError) as raised:
        valid("rd-fte", [date(2024, 1, 1)], date(2024, 1, 1), packs)
    assert raised.value.code == "rule-without-term"


@pytest.mark.shared
def test_three_years_of_new_certificates_are_the_stock(packs: Packs, shared: Path) -> None:
    """Certificates of the end of each year: the stock at a year's end is the sum of three years' lists,
    and certificates of 2022 lapse within 2025."""
    with (
        (shared / "stats" if (shared / "stats").is_dir() else shared / "data" / "stats")
        .joinpath("province_hnte_newly_certified_2018_2024.csv")
        .open(encoding="utf-8-sig") as stream
    ):
        rows = list(csv.DictReader(stream))
    new: dict[str, dict[int, int]] = {}
    for row in rows:
        if row["hnte_published_count"]:
            new.setdefault(row["province"], {})[int(row["year"])] = int(row["hnte_published_count"])
    checked = 0
    for years in new.values():
        issued = np.concatenate(
            [np.full(count, np.datetime64(f"{year}-12-01")) for year, count in sorted(years.items())]
        )
        for year in range(2020, 2025):
            if not {year - 2, year - 1, year} <= set(years):
                continue
            stock = int(valid(RULE, issued, date(year, 12, 31), packs).sum())
            assert stock == years[year] + years[year - 1] + years[year - 2]
            checked += 1
        if 2022 in years:
            before = valid(RULE, issued, date(2025, 11, 30), packs)
            after = valid(RULE, issued, date(2025, 12, 1), packs)
            assert int(before.sum() - after.sum()) == years[2022]
    assert checked > 100
    # The number published for Xinjiang in 2022 (1,368) against the lists of 2020 to 2022.
    assert sum(new["新疆"][year] for year in (2020, 2021, 2022)) == pytest.approx(1368, rel=0.1)
