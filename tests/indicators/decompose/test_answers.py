"""Contributions and breakdowns of indicators on small snapshots: who did what, and what is left over."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kechuang.errors import KechuangError
from kechuang.indicators import compute
from kechuang.indicators.decompose.answers import Source, contributions_of, parts_of
from kechuang.packs.model import IndicatorSpec, Packs

AS_OF = date(2027, 1, 1)


def spec(name: str, value: str, unit: str = "%") -> IndicatorSpec:
    source = {"source": "示例", "clause": "示例", "verified": True}
    label = {"zh": f"{name}指标", "en": name}
    return IndicatorSpec.model_validate(
        {"indicator": name, "label": label, "unit": unit, "value": value, "definition": source}
    )


def rd(uscc: str, county: str, year: int, money: float, **more: Any) -> dict[str, Any]:
    return {"uscc": uscc, "county": county, "year": year, "expenditure": money, **more}


def unit(uscc: str, county: str, year: int, performer: str) -> dict[str, Any]:
    return {"uscc": uscc, "county": county, "year": year, "performer": performer}


def gdp(region: str, year: int, value: float) -> dict[str, Any]:
    return {"region": region, "year": year, "gdp": value, "release": "final"}


def source_of(made: Any, *specs: IndicatorSpec) -> Source:
    packs: Packs = made.packs
    if specs:
        packs = packs.model_copy(update={"indicators": {one.id: one for one in specs}})
    return Source(packs, made.snapshot, made.regions, AS_OF)


@pytest.fixture
def intensity(world: Any) -> Source:
    """Two counties with R&D and GDP in 2023 and 2024; the third without either in 2023."""
    return source_of(
        world(
            rd_survey=[
                rd("u1", "1001", 2023, 30.0),
                rd("u2", "1002", 2023, 20.0),
                rd("u1", "1001", 2024, 80.0),
                rd("u2", "1002", 2024, 16.0),
            ],
            rd_units=[
                unit("u1", "1001", 2023, "enterprise"),
                unit("u2", "1002", 2023, "institute"),
                unit("u1", "1001", 2024, "enterprise"),
                unit("u2", "1002", 2024, "institute"),
                unit("u9", "1003", 2024, "enterprise"),
            ],
            accounts=[
                *(gdp("1000", year, value) for year, value in ((2023, 50.0), (2024, 80.0))),
                *(gdp("1001", year, value) for year, value in ((2023, 10.0), (2024, 40.0))),
                *(gdp("1002", year, 40.0) for year in (2023, 2024)),
            ],
        )
    )


def test_rd_intensity_by_county_is_the_sum_of_its_effects(intensity: Source) -> None:
    found = contributions_of(intensity, "rd_intensity", "1000", 2023, 2024)
    assert (found.form, found.method) == ("ratio", "lmdi")
    assert found.before == pytest.approx(100 * 50 / 500000) and found.after == pytest.approx(
        100 * 96 / 800000
    )
    by = {part.key: part for part in found.parts}
    assert set(by) == {"1001", "1002"}
    # 30/10 → 80/40 with weights 1/5 → 1/2; 20/40 → 16/40 with 4/5 → 1/2 (in per cent of 万元 over 亿元).
    assert by["1001"].effects["intensity"] == pytest.approx(-0.31749786e-2)
    assert by["1001"].effects["structure"] == pytest.approx(0.71749786e-2)
    assert by["1002"].effects["intensity"] == pytest.approx(-0.06438562e-2)
    assert found.ratios is not None
    assert found.ratios["intensity"] * found.ratios["structure"] == pytest.approx(1.2)
    assert abs(found.residual) < 1e-15
    assert sum(part.change for part in found.parts) == pytest.approx(found.change, rel=1e-9)


def test_by_performer_the_list_of_units_tells_and_the_denominator_is_common(intensity: Source) -> None:
    found = contributions_of(intensity, "rd_intensity", "1000", 2023, 2024, by="performer")
    assert found.form == "shared" and found.by == "rd_units.performer"
    assert [part.key for part in found.parts] == ["enterprise", "institute"]
    assert sum(part.change for part in found.parts) == pytest.approx(found.change)
    assert found.effects["denominator"] < 0 < found.effects["numerator"]
    parts = parts_of(intensity, "rd_intensity", "1000", [2024], "rd_units.performer")
    assert [line.coverage.tolist() for line in parts.lines] == [[0.5], [1.0]]
    assert [line.status for line in parts.lines] == [("provisional",), ("final",)]


def test_a_county_without_a_figure_is_no_fall_to_zero(world: Any) -> None:
    made = world(
        rd_time=[
            {"uscc": "a", "county": "1001", "year": 2023, "post": "1", "people": 2, "share": 1.0},
            {"uscc": "a", "county": "1001", "year": 2024, "post": "1", "people": 3, "share": 1.0},
            {"uscc": "b", "county": "1002", "year": 2024, "post": "1", "people": 7, "share": 1.0},
        ]
    )
    found = contributions_of(source_of(made), "rd_fte", "1000", 2023, 2024)
    assert {part.key: part.change for part in found.parts} == {"1001": 1.0, None: 7.0}
    assert any("2县" in note.zh for note in found.notes)
    assert found.change == 8.0 and found.residual == 0.0


def test_what_is_counted_once_in_two_kinds_is_taken_off_again(world: Any) -> None:
    hte = {"county": "1001", "name": "x", "revoked": None, "issued": date(2023, 5, 1)}
    made = world(
        hte=[
            {**hte, "certificate": "c1", "uscc": "u", "field": "energy"},
            {**hte, "certificate": "c2", "uscc": "u", "field": "materials"},
            {**hte, "certificate": "c3", "uscc": "v", "field": "energy", "_sample": True},
        ]
    )
    parts = parts_of(source_of(made), "high_tech_enterprises", "1000", [2024], "field")
    assert {line.key: line.value[0] for line in parts.lines} == {"materials": 1.0, "energy": 2.0}
    assert parts.rest is not None and parts.rest.value[0] == -1.0
    assert parts.whole.value[0] == 2.0
    assert {line.key: line.status[0] for line in parts.lines} == {"materials": "final", "energy": "sample"}
    assert any("不重复" in note.zh for note in parts.notes)
    content = parts.as_dict()
    assert sum(part["value"][0] for part in content["parts"]) == content["whole"]["value"][0]


@pytest.mark.parametrize(
    ("formula", "unit_"),
    [
        ("mean(technology_contracts.amount)", "万元"),
        (
            "weighted_mean(technology_contracts.tech_amount / technology_contracts.amount, technology_contracts.amount)",
            "",
        ),
        ("100 * sum(technology_contracts.tech_amount) / sum(technology_contracts.amount)", "%"),
        ("sum(technology_contracts.amount) - 2 * sum(technology_contracts.tech_amount)", "万元"),
        ("100 * indicator.tech / indicator.all", "%"),
        ("sum(technology_contracts.amount) / 10000", "万元"),
    ],
)
@pytest.mark.parametrize("by", ["county", "kind", "seller"])
def test_whatever_the_formula_the_whole_is_the_indicators_own_figure(
    world: Any, packs: Packs, formula: str, unit_: str, by: str
) -> None:
    made = world(
        technology_contracts=[
            {
                "contract": f"{year}-{n}",
                "name": "x",
                "kind": ("service", "transfer", "licence")[n % 3],
                "seller": ("enterprise", "institute")[n % 2],
                "buyer_place": "local",
                "county": f"100{1 + n % 3}",
                "registered": date(year, 3, 1 + n),
                "amount": 10.0 + n * (year - 2020),
                "tech_amount": 5.0 + n,
            }
            for year in (2023, 2024)
            for n in range(9)
        ]
    )
    asked = [
        spec("asked", formula, unit_ or "万元/万元" if unit_ else "%"),
        spec("tech", "sum(technology_contracts.tech_amount)", "万元"),
        spec("all", "sum(technology_contracts.amount)", "万元"),
    ]
    if not unit_:
        asked[0] = spec("asked", f"100 * {formula}", "%")
    own = packs.model_copy(update={"indicators": {one.id: one for one in asked}})
    source = Source(own, made.snapshot, made.regions, AS_OF)
    figures = compute(own, made.snapshot, made.regions, ["1000"], [2023, 2024], AS_OF, ["asked"])
    found = contributions_of(source, "asked", "1000", 2023, 2024, by)
    assert [found.before, found.after] == pytest.approx([figure.value for figure in figures])
    assert sum(part.change for part in found.parts) == pytest.approx(found.change, rel=1e-9, abs=1e-12)
    assert all(part.key is not None for part in found.parts)


@pytest.mark.parametrize(
    ("formula", "unit_", "code"),
    [
        ("median(technology_contracts.amount)", "万元", "not-made-of-parts"),
        ("growth(sum(technology_contracts.amount))", "%", "not-made-of-parts"),
        ("max(technology_contracts.amount)", "万元", "not-made-of-parts"),
    ],
)
def test_what_is_not_made_of_parts_is_refused(world: Any, formula: str, unit_: str, code: str) -> None:
    with pytest.raises(KechuangError) as refused:
        contributions_of(source_of(world(), spec("x", formula, unit_)), "x", "1000", 2023, 2024)
    assert refused.value.code == code and refused.value.remedy is not None


def test_bad_questions_are_answered_with_a_remedy(intensity: Source) -> None:
    cases: list[tuple[str, dict[str, Any]]] = [
        ("unknown-indicator", {"indicator": "nope"}),
        ("unknown-breakdown", {"by": "nope"}),
        ("unknown-breakdown", {"by": "expenditure"}),
        ("same-years", {"first": 2024}),
        ("no-figure", {"first": 2019}),
        ("no-figure", {"last": 2031}),
        ("no-parts", {"region": "1001"}),
        ("unknown-region", {"region": "9999"}),
    ]
    for code, change in cases:
        asked = {"indicator": "rd_intensity", "region": "1000", "first": 2023, "last": 2024, **change}
        with pytest.raises(KechuangError) as refused:
            contributions_of(intensity, **asked)
        assert refused.value.code == code, change


def test_without_county_denominators_the_numerator_alone_is_split(world: Any) -> None:
    made = world(
        rd_survey=[rd("u1", "1001", year, 10.0 * (year - 2020)) for year in (2023, 2024)],
        accounts=[gdp("1000", year, 100.0) for year in (2023, 2024)],
    )
    found = contributions_of(source_of(made), "rd_intensity", "1000", 2023, 2024)
    assert found.form == "shared"
    assert {part.key: part.change for part in found.parts if part.change} == {
        "1001": pytest.approx(found.change)
    }
