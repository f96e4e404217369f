"""Breaks in series: marked, never silently bridged; by declaration, by revision of records, by boundaries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kechuang.language.boundaries import BoundaryChange
from kechuang.language.regions import Region, RegionTree
from kechuang.packs import Packs
from kechuang.packs.model import Break, Bridge, IndicatorSpec, Label

from .conftest import World, snapshot

NOTE = Label(zh="口径扩大", en="wider definition")


def a_break(**more: Any) -> Break:
    return Break(**({"year": 2022, "kind": "definition", "note": NOTE, "source": "s", "clause": "c"} | more))


def with_indicator(packs: Packs, name: str, value: str, unit: str, **more: Any) -> Packs:
    spec = packs.indicators["rd_intensity"].model_copy(
        update={"indicator": name, "value": value, "unit": unit, "let": {}, "breaks": [], **more}
    )
    return packs.model_copy(update={"indicators": {**packs.indicators, name: spec}})


def gdp(values: dict[int, float], release: dict[int, str] | None = None) -> list[dict[str, Any]]:
    return [
        {
            "region": "1000",
            "year": year,
            "gdp": value,
            "release": (release or {}).get(year, "final"),
            "source": "t",
        }
        for year, value in values.items()
    ]


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("growth(sum(sme.revenue))", "%"),
        ("previous(sum(sme.revenue))", "万元"),
        ("moving_mean(sum(sme.revenue), 2)", "万元"),
        ("moving_sum(sum(sme.revenue), 3)", "万元"),
    ],
)
def test_nothing_looks_over_a_break(world: Callable[..., World], packs: Packs, value: str, unit: str) -> None:
    rows = [
        {"uscc": f"u{y}", "year": y, "county": "1001", "revenue": 10.0 * (y - 2018)}
        for y in range(2019, 2026)
    ]
    numbers = next(name for name, spec in packs.records["sme"].fields.items() if spec.type == "number")
    rows = [{**row, numbers: row["revenue"]} for row in rows]
    value = value.replace("revenue", numbers)
    whole = with_indicator(packs, "x", value, unit)
    apart = with_indicator(packs, "x", value, unit, breaks=[a_break()])
    furthest = 2 if "3" in value else 1
    for year in range(2021, 2026):
        before = world(packs=whole, sme=rows).figure("x", "1000", year)
        after = world(packs=apart, sme=rows).figure("x", "1000", year)
        assert before.value is not None
        if 2022 <= year < 2022 + furthest:
            assert after.value is None
            assert after.absence == "broken"
            assert after.reason is not None and "2022年口径变动（口径扩大），前后不可比" in after.reason["zh"]
        else:
            assert after.value == before.value
        assert [one["year"] for one in after.breaks] == ([2022] if year == 2022 else [])


def test_a_documented_factor_bridges_a_break_of_one_number(world: Callable[..., World], packs: Packs) -> None:
    bridge = Bridge(factor=1.5, source="s", clause="c")
    accounts = packs.records["accounts"].model_copy(update={"breaks": [a_break(field="gdp", bridge=bridge)]})
    bridged = packs.model_copy(update={"records": {**packs.records, "accounts": accounts}})
    bridged = with_indicator(bridged, "x", "growth(sum(accounts.gdp))", "%")
    one = world(packs=bridged, accounts=gdp({2020: 80, 2021: 100, 2022: 165}))
    assert one.figure("x", "1000", 2022).value == pytest.approx(10)
    assert one.figure("x", "1000", 2021).value == pytest.approx(25)
    assert [one["kind"] for one in one.figure("x", "1000", 2022).breaks] == ["definition"]
    twice = with_indicator(bridged, "x", "growth(2 * sum(accounts.gdp))", "%")
    assert (
        world(packs=twice, accounts=gdp({2021: 100, 2022: 165})).figure("x", "1000", 2022).absence == "broken"
    )


@pytest.mark.parametrize(
    ("release", "kept", "marked"),
    [
        ({}, {2022, 2023, 2025}, {2024}),
        ({2023: "revised"}, {2022, 2024, 2025}, {2023}),
        ({2022: "revised", 2023: "revised"}, {2023, 2024, 2025}, {2022}),
        ({2021: "revised", 2022: "revised", 2023: "revised"}, {2022, 2023, 2024, 2025}, set()),
    ],
)
def test_what_was_revised_after_a_census_is_comparable(
    world: Callable[..., World], packs: Packs, release: dict[int, str], kept: set[int], marked: set[int]
) -> None:
    """The census year stays on the old basis until its revised value is there."""
    values = {2021: 100.0, 2022: 110, 2023: 121, 2024: 140, 2025: 150}
    one = world(
        packs=with_indicator(packs, "x", "growth(sum(accounts.gdp))", "%"), accounts=gdp(values, release)
    )
    found = {year: one.figure("x", "1000", year) for year in range(2022, 2026)}
    assert {year for year, figure in found.items() if figure.value is not None} == kept
    assert {year for year, figure in found.items() if figure.breaks} == marked


def test_what_looks_up_a_broken_indicator_is_broken_with_it(
    world: Callable[..., World], packs: Packs
) -> None:
    below = with_indicator(packs, "below", "sum(accounts.gdp)", "亿元", breaks=[a_break()])
    above = with_indicator(below, "x", "growth(indicator.below)", "%")
    one = world(packs=above, accounts=gdp({2020: 90, 2021: 100, 2022: 110}))
    assert one.figure("x", "1000", 2021).value == pytest.approx(100 / 9)
    assert one.figure("x", "1000", 2022).absence == "broken"


def test_missing_records_come_before_a_break(world: Callable[..., World], packs: Packs) -> None:
    one = world(
        packs=with_indicator(packs, "x", "growth(sum(accounts.gdp))", "%", breaks=[a_break()]),
        accounts=gdp({2021: 100}),
    )
    assert one.figure("x", "1000", 2022, as_of=date(2023, 1, 2)).absence == "not-yet"


def test_a_change_of_boundaries_breaks_those_it_crosses_and_not_those_it_lies_in(
    packs: Packs, tmp_path: Any
) -> None:
    places = [Region("110000", "甲省", "province", None), Region("110100", "甲市", "prefecture", "110000")]
    places += [Region(f"11010{n}", f"{n}区", "county", "110100") for n in (1, 2, 3)]
    merged = BoundaryChange(
        date(2022, 5, 1), "merge", ("110101", "110109"), ("110101",), "1区、9区→1区", "文件", "条"
    )
    renamed = BoundaryChange(date(2021, 5, 1), "rename", ("110102",), ("110102",), "二区→2区", "文件", "条")
    tree = RegionTree(tuple(places), (renamed, merged))
    rows = [
        {"region": code, "year": year, "gdp": 100.0 + year - 2019, "release": "final", "source": "t"}
        for code in ("110000", "110100", "110101", "110102")
        for year in range(2020, 2024)
    ]
    asked = with_indicator(packs, "x", "growth(sum(accounts.gdp))", "%")
    one = World(asked, snapshot(tmp_path / "s", asked, {"accounts": rows}), tree)  # type: ignore[arg-type]
    assert one.figure("x", "110101", 2022).absence == "broken"
    assert one.figure("x", "110101", 2022).breaks[0]["kind"] == "boundary"
    assert one.figure("x", "110101", 2023).value is not None
    for code in ("110000", "110100", "110102"):
        for year in (2021, 2022, 2023):
            figure = one.figure("x", code, year)
            assert figure.value is not None
            assert not figure.breaks


def test_a_break_is_part_of_what_identifies_a_figure(world: Callable[..., World], packs: Packs) -> None:
    rows = gdp({2020: 90, 2021: 100, 2022: 110})
    prints = {
        world(
            packs=with_indicator(packs, "x", "growth(sum(accounts.gdp))", "%", breaks=breaks), accounts=rows
        )
        .figure("x", "1000", 2021)
        .fingerprint
        for breaks in ([], [a_break()])
    }
    assert len(prints) == 2


def test_the_spec_keeps_its_breaks_in_order(packs: Packs) -> None:
    years = [one.year for one in packs.records["accounts"].breaks]
    assert years == sorted(years)
    assert all(one.revised for one in packs.records["accounts"].breaks)
    assert isinstance(packs.indicators["rd_intensity"], IndicatorSpec)
