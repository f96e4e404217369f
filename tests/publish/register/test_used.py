"""From a record to the figures it is in: the same that explaining each figure finds."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import pytest

from kechuang.engine.spark import available
from kechuang.indicators import compute
from kechuang.indicators.lineage import readings, used_by
from kechuang.indicators.vintages import same

Office = Any
Spot = tuple[str, str, int]
#: Their records stand for other regions too, or on the side of the list: explaining does not list those.
APART = {"place", "visited"}


def places(office: Office) -> list[str]:
    return ["653100", *(code for code in ("653101", "653121", "653122"))]


def used(office: Office, type_: str, key: str) -> dict[Spot, Any]:
    ws = office.ws
    found = used_by(
        ws.packs, ws.snapshot(), ws.regions, type_, key, places(office), range(2020, 2025), ws.today
    )
    assert found.present
    return {(one.indicator, one.region, int(one.period)): one for one in found.figures}


@pytest.mark.parametrize(
    ("type_", "key"),
    [
        ("returns", "F3|2022"),
        ("returns", "F9|2024"),
        ("accounts", "653121|2021"),
        ("accounts", "653100|2022"),
    ],
)
def test_used_is_what_explaining_every_figure_lists(office: Office, type_: str, key: str) -> None:
    ws = office.ws
    listed: set[Spot] = set()
    for name in set(ws.packs.indicators) - APART:
        for region in places(office):
            for year in range(2020, 2025):
                records = ws.explain(name, region, year).records
                if any((record.type, record.key) == (type_, key) for record in records):
                    listed.add((name, region, year))
    found = used(office, type_, key)
    assert listed and {spot for spot in found if spot[0] not in APART} == listed


@pytest.mark.parametrize(
    ("type_", "key"),
    [("returns", "F4|2023"), ("firms", "F1"), ("firms", "F8"), ("visits", "V7"), ("accounts", "653122|2024")],
)
def test_what_changes_without_the_record_is_among_what_uses_it(office: Office, type_: str, key: str) -> None:
    found = used(office, type_, key)
    before = office.values()
    office.on(date(2025, 3, 2))
    office.withdraw(type_, key)
    after = {
        (f.indicator, f.region, int(f.period)): f
        for f in compute(
            office.ws.packs,
            office.ws.snapshot(),
            office.ws.regions,
            places(office),
            range(2020, 2025),
            date(2025, 3, 1),
        )
    }
    changed = {
        spot
        for spot, figure in before.items()
        if not (
            same(figure.value, after[spot].value)
            and same(figure.numerator, after[spot].numerator)
            and same(figure.denominator, after[spot].denominator)
        )
    }
    assert changed <= set(found)


@pytest.mark.parametrize(("type_", "key"), [("returns", "F4|2023"), ("visits", "V7"), ("firms", "F8")])
def test_spark_finds_the_same(office: Office, type_: str, key: str) -> None:
    lacking = available()
    if lacking is not None and not os.environ.get("KECHUANG_REQUIRE_SPARK"):
        pytest.skip(f"{lacking.message.text('en')} (kechuang[spark] and Java 17 are needed)")
    ws = office.ws
    both = [
        used_by(
            ws.packs,
            ws.snapshot(),
            ws.regions,
            type_,
            key,
            places(office),
            range(2020, 2025),
            ws.today,
            engine=engine,
        )
        for engine in ("duckdb", "spark")
    ]
    assert both[0].figures and both[0] == both[1]


def test_a_rank_is_reached_from_the_regions_beside(office: Office) -> None:
    found = used(office, "returns", "F3|2022")  # of 653101
    ranks = {spot[1]: one for spot, one in found.items() if spot[0] == "place"}
    assert set(ranks) >= {"653101", "653121", "653122"}
    assert not ranks["653101"].ranked and ranks["653121"].ranked
    assert ranks["653101"].via == ("spend",)


def test_growth_carries_a_record_into_the_next_year(office: Office) -> None:
    found = used(office, "returns", "F3|2022")
    assert {spot[2] for spot in found if spot[0] == "growing"} == {2022, 2023}


def test_a_certificate_is_in_every_year_it_is_valid(office: Office) -> None:
    office.on(date(2025, 3, 2))
    office.bring(
        "firms",
        [{"code": "N1", "county": "653101", "start": "2021-03-01", "stop": "2023-03-01", "group": ""}],
    )
    found = used(office, "firms", "N1")
    assert {spot[2] for spot in found if spot[0] == "firms_valid"} == {2021, 2022}
    assert {spot[1] for spot in found if spot[0] == "firms_valid"} == {"653100", "653101"}
    assert not [spot for spot in found if spot[0] == "groups"], "a firm without a group is not among them"


def test_a_condition_that_does_not_hold_is_no_use(office: Office) -> None:
    small = used(office, "returns", "F1|2022")
    assert not [spot for spot in small if spot[0] == "big"]


def test_which_fields_are_read_and_for_what(office: Office) -> None:
    found = {(one.indicator, one.field, one.role, one.via) for one in readings(office.ws.packs, "returns")}
    assert ("share", "rd", "value", "") in found
    assert ("big", "rd", "condition", "") in found and ("big", "code", "count", "") in found
    assert ("weighted", "staff", "value", "") in found
    assert ("place", "rd", "value", "spend") in found
    assert not [one for one in found if one[0] == "hours"]


def test_publications_that_carried_it_are_named(office: Office) -> None:
    first = office.publish(only=["spend", "hours"])
    office.on(date(2025, 3, 5))
    office.bring("returns", [{"code": "N9", "county": "653101", "year": 2022, "rd": 5, "staff": 1}])
    second = office.publish(only=["spend"])
    old, new = office.ws.used_by("returns", "F3|2022"), office.ws.used_by("returns", "N9|2022")
    assert [one.number for one in old.publications] == [first.number, second.number]
    assert [one.number for one in new.publications] == [second.number]
    assert {(one.place) for one in new.publications[0].figures} == {
        ("spend", "653100", 2022),
        ("spend", "653101", 2022),
    }


def test_a_record_that_is_not_there_is_in_nothing(office: Office) -> None:
    found = office.ws.used_by("returns", "nobody|2022").used
    assert not found.present and found.figures == () and found.readings
