"""From a figure down to records, cells, parameters and clauses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kechuang.errors import KechuangError
from kechuang.packs import Packs

START = date(2023, 1, 1)
LIST = "统计用区划代码2023年版"


def _rich(world: Any) -> Any:
    return world(
        rd_survey=[
            {
                "uscc": f"U{n}",
                "county": f"100{1 + n % 2}",
                "year": 2023,
                "expenditure": 10.0 * n,
                "_sample": True,
            }
            for n in range(1, 7)
        ],
        accounts=[{"region": "1000", "year": 2023, "gdp": 100.0, "release": "final"}],
        hte=[
            {"certificate": "G1", "uscc": "U1", "county": "1001", "issued": date(2022, 3, 1)},
            {"certificate": "G2", "uscc": "U2", "county": "1002", "issued": date(2018, 3, 1)},
        ],
        villages=[
            {"list": LIST, "list_date": START, "code": f"V{n}", "county": "1001", "kind": "village"}
            for n in range(4)
        ],
        assignments=[
            {"commissioner": "T1", "village": "V0", "county": "1001", "start": START},
            {"commissioner": "T2", "village": "V0", "county": "1001", "start": START},
            {"commissioner": "T1", "village": "V3", "county": "1001", "start": START},
            {"commissioner": "T1", "village": "V9", "county": "1001", "start": START},
        ],
    )


def test_a_ratio_is_walked_to_its_cells(world: Any) -> None:
    found = _rich(world).explain("rd_intensity", "1000", 2023).as_dict()
    assert found["figure"]["value"] == pytest.approx(100 * 0.021 / 100)
    assert [(term["name"], term["value"], term["unit"], term["records"]) for term in found["terms"]] == [
        ("rd_survey.expenditure", 210.0, "万元", 6),
        ("accounts.gdp", 100.0, "亿元", 1),
    ]
    first = found["records"][0]
    assert first["type"] == "rd_survey"
    assert (first["field"], first["value"], first["unit"]) == ("expenditure", 10.0, "万元")
    assert (first["file"], first["sheet"], first["cell"]) == ("rd_survey.xlsx", "研发经费调查表", "E2")
    assert first["sample"] and first["batch"] == "B1"
    assert found["records_total"] == 7
    total = sum(record["contribution"] for record in found["records"] if record["type"] == "rd_survey")
    assert total == found["figure"]["numerator"]
    assert found["definition"]["verified"] is True
    assert "公报" in found["definition"]["source"]
    json.dumps(found)


def test_a_limit_cuts_the_list_but_not_the_count_and_keeps_every_term(world: Any) -> None:
    found = _rich(world).explain("rd_intensity", "1000", 2023, limit=3).as_dict()
    assert len(found["records"]) == 3
    assert {record["type"] for record in found["records"]} == {"rd_survey", "accounts"}
    assert found["records_total"] == 7
    assert found["terms"][0]["records"] == 6
    none = _rich(world).explain("rd_intensity", "1000", 2023, limit=0).as_dict()
    assert (none["records"], none["records_total"]) == ([], 7)


def test_a_limit_is_shared_evenly_among_long_terms(world: Any, packs: Packs) -> None:
    spec = packs.indicators["rd_intensity"].model_copy(
        update={"value": "100 * sum(rd_survey.expenditure) / sum(sme.revenue)"}
    )
    more = {"sme": [{"uscc": f"U{n}", "county": "1001", "year": 2023, "revenue": 1.0} for n in range(9)]}
    survey = [{"uscc": f"U{n}", "county": "1001", "year": 2023, "expenditure": 1.0} for n in range(8)]
    made = world(rd_survey=survey, **more)
    made = replace(made, packs=packs.model_copy(update={"indicators": {spec.id: spec}}))
    found = made.explain("rd_intensity", "1000", 2023, limit=6).as_dict()
    assert [record["type"] for record in found["records"]] == ["rd_survey"] * 3 + ["sme"] * 3
    assert found["records_total"] == 17


def test_a_stock_shows_the_dates_that_make_it_valid_and_the_parameter_with_its_clause(world: Any) -> None:
    found = _rich(world).explain("high_tech_enterprises", "1000", 2024).as_dict()
    assert [record["key"] for record in found["records"]] == ["G1"]
    cells = {cell["field"]: cell for cell in found["records"][0]["cells"]}
    assert cells["issued"]["value"] == "2022-03-01"
    assert cells["issued"]["cell"] == "F2"
    (parameter,) = found["parameters"]
    assert (parameter["id"], parameter["value"], parameter["from"]) == ("hte.validity_years", 3, "2008-01-01")
    assert parameter["clause"] and parameter["verified"] is False
    assert found["figure"]["verified"] is False


def test_a_coverage_shows_both_counts_and_what_is_not_covered(world: Any) -> None:
    found = _rich(world).explain("commissioner_coverage", "1000", 2024).as_dict()
    assert [(term["value"], term["records"]) for term in found["terms"]] == [(2, 3), (4, 4)]
    assert found["uncovered"] == {"covered": 2, "listed": 4, "count": 2, "keys": ["V1", "V2"]}
    assert {record["value"] for record in found["records"]} == {"V0", "V3"}


def test_the_why_tree_goes_from_figure_to_terms_to_records(world: Any) -> None:
    trace = _rich(world).explain("rd_intensity", "1000", 2023).as_dict()["trace"]
    assert trace["value"] == pytest.approx(0.021)
    above, below = trace["children"]
    assert (above["value"], above["records"], below["value"]) == (210.0, 6, 100.0)
    assert below["children"][0]["place"] == "accounts.xlsx 地区生产总值 C2"


@pytest.mark.parametrize("year", [2019, 2024, 2040])
def test_every_indicator_is_explained_even_without_a_value(world: Any, packs: Packs, year: int) -> None:
    made = _rich(world)
    for name in packs.indicators:
        found = made.explain(name, "1003", year, date(2025, 3, 1)).as_dict()
        assert found["formula"]["zh"] and found["formula"]["en"]
        assert found["figure"]["value"] is not None or found["figure"]["reason"]["en"]
        json.dumps(found)


def test_an_unknown_indicator_names_near_ones(world: Any) -> None:
    with pytest.raises(KechuangError, match="rd_intensity"):
        world().explain("rd_intensty", "1000", 2024)
