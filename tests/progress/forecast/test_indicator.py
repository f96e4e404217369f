"""The forecast of an indicator: which figures count and what limits they show."""

from __future__ import annotations

from datetime import date

import pytest

from kechuang.errors import KechuangError
from kechuang.indicators.figure import Figure
from kechuang.progress.forecast import Bounds
from kechuang.progress.forecast.indicator import ahead, bounds_of

AS_OF = date(2025, 6, 30)


def figures(
    values: dict[int, float | None], unit: str = "家", parts: tuple[float, float] | None = None
) -> list[Figure]:
    return [
        Figure(
            "x", "650000", str(year), value, unit, "final",
            numerator=None if parts is None or value is None else value * parts[0],
            denominator=None if parts is None else parts[1],
        )
        for year, value in values.items()
    ]  # fmt: skip


def test_a_year_still_running_is_left_out_and_said() -> None:
    made = ahead(figures({year: 3.0 + year - 2019 for year in range(2019, 2026)}), 3, AS_OF)
    assert made.years == (2019, 2020, 2021, 2022, 2023, 2024)
    assert any("2025" in note.zh for note in made.notes)
    assert [row["period"] for row in made.as_dict()["forecast"]] == ["2025", "2026", "2027"]


def test_only_years_after_a_gap_count_and_none_is_made_up() -> None:
    values: dict[int, float | None] = {year: 5.0 + year - 2015 for year in range(2015, 2025)}
    values[2018] = None
    made = ahead(figures(values), 2, AS_OF)
    assert made.years == tuple(range(2019, 2025))
    assert any("2018" in note.zh for note in made.notes)


def test_three_years_are_too_few() -> None:
    with pytest.raises(KechuangError) as caught:
        ahead(figures({2022: 1.0, 2023: 2.0, 2024: 3.0}), 2, AS_OF)
    assert caught.value.code == "forecast-no-figures"


def test_sample_figures_mark_the_forecast() -> None:
    plain = figures({year: 1.0 + year - 2019 for year in range(2019, 2025)})
    marked = [*plain[:-1], Figure("x", "650000", "2024", 6.0, "家", "sample")]
    assert not ahead(plain, 1, AS_OF).sample
    assert ahead(marked, 1, AS_OF).as_dict()["sample"]


def test_limits_are_read_off_the_figures() -> None:
    years = range(2019, 2025)
    assert bounds_of(figures(dict.fromkeys(years, 4.0))) == Bounds(low=0, integer=True)
    assert bounds_of(figures(dict.fromkeys(years, 4.5), "万元")) == Bounds(low=0)
    assert bounds_of(figures(dict.fromkeys(years, -4.5), "万元")) == Bounds()
    assert bounds_of(figures(dict.fromkeys(years, 40.0), "%")) == Bounds()
    assert bounds_of(figures(dict.fromkeys(years, 40.0), "%", (0.5, 50.0))) == Bounds(low=0, high=100)
    assert bounds_of(figures(dict.fromkeys(years, 140.0), "%", (0.5, 50.0))) == Bounds()
