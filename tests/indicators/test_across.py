"""Figures that look across: at other years, other regions, other indicators; and the cache behind them."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from kechuang.engine import Cache
from kechuang.engine.spark import available
from kechuang.errors import KechuangError
from kechuang.indicators import compute, compute_table
from kechuang.indicators.figure import Figure
from kechuang.packs.model import IndicatorSpec, Packs

AS_OF = date(2027, 1, 1)
COUNTIES = ("1001", "1002", "1003")


def gdp(region: str, year: int, value: float, **more: Any) -> dict[str, Any]:
    return {"region": region, "year": year, "gdp": value, "release": "revised", **more}


def sme(uscc: str, county: str, year: int, revenue: float | None = None) -> dict[str, Any]:
    return {"uscc": uscc, "county": county, "year": year, "revenue": revenue}


def spec(name: str, value: str, unit: str = "%") -> IndicatorSpec:
    source = {"source": "示例", "clause": "示例", "verified": True}
    label = {"zh": f"{name}指标", "en": name}
    return IndicatorSpec.model_validate(
        {"indicator": name, "label": label, "unit": unit, "value": value, "definition": source}
    )


def own(packs: Packs, *specs: IndicatorSpec) -> Packs:
    return packs.model_copy(update={"indicators": {one.id: one for one in specs}})


def figures(
    made: Any, packs: Packs, codes: Any = ("1000",), years: Any = (2024,), **more: Any
) -> dict[Any, Figure]:
    found = compute(packs, made.snapshot, made.regions, list(codes), years, AS_OF, **more)
    return {(figure.indicator, figure.region, int(figure.period)): figure for figure in found}


YEARLY = {2019: 100.0, 2020: 110.0, 2021: 0.0, 2022: 120.0, 2023: 150.0, 2024: 180.0}


@pytest.mark.parametrize(
    ("formula", "unit", "year", "expected"),
    [
        ("growth(sum(accounts.gdp))", "%", 2024, 20.0),
        ("growth(sum(accounts.gdp), 5)", "%", 2024, 100 * (1.8**0.2 - 1)),
        ("previous(sum(accounts.gdp))", "亿元", 2024, 150.0),
        ("previous(sum(accounts.gdp), 5)", "亿元", 2024, 100.0),
        ("sum(accounts.gdp) - previous(sum(accounts.gdp))", "万元", 2024, 300000.0),
        ("moving_mean(sum(accounts.gdp), 3)", "亿元", 2024, 150.0),
        ("moving_sum(sum(accounts.gdp), 2)", "亿元", 2024, 330.0),
        ("growth(moving_sum(sum(accounts.gdp), 2))", "%", 2024, 100 * (330 / 270 - 1)),
        ("growth(sum(accounts.gdp))", "%", 2021, -100.0),
    ],
)
def test_other_years(world: Any, packs: Packs, formula: str, unit: str, year: int, expected: float) -> None:
    made = world(accounts=[gdp("1000", one, value) for one, value in YEARLY.items()])
    figure = figures(made, own(packs, spec("x", formula, unit)), years=[year])["x", "1000", year]
    assert figure.value == pytest.approx(expected)
    assert figure.status == "final"


def test_a_year_before_that_is_missing_is_named(world: Any, packs: Packs) -> None:
    made = world(accounts=[gdp("1000", year, value) for year, value in YEARLY.items()])
    wanted = own(
        packs, spec("x", "growth(sum(accounts.gdp))"), spec("y", "moving_mean(sum(accounts.gdp), 4)", "亿元")
    )
    found = figures(made, wanted, years=[2019, 2022])
    first = found["x", "1000", 2019]
    assert first.value is None and "2018年" in first.reason["zh"] and "地区生产总值" in first.reason["zh"]
    assert "2018" in first.reason["en"]
    from_zero = found["x", "1000", 2022]
    assert from_zero.value is None and "增长率" in from_zero.reason["zh"]
    assert found["y", "1000", 2022].value == pytest.approx((110 + 0 + 120 + 100) / 4)
    assert found["y", "1000", 2019].value is None


def test_a_sample_of_the_year_before_makes_growth_a_sample(world: Any, packs: Packs) -> None:
    made = world(accounts=[gdp("1000", 2023, 1.0, _sample=True), gdp("1000", 2024, 2.0)])
    wanted = own(packs, spec("x", "growth(sum(accounts.gdp))"), spec("y", "sum(accounts.gdp)", "亿元"))
    found = figures(made, wanted)
    assert (found["x", "1000", 2024].status, found["y", "1000", 2024].status) == ("sample", "final")


def test_ranks_are_among_the_counties_of_one_prefecture_even_where_one_is_asked_for(
    world: Any, packs: Packs
) -> None:
    made = world(
        accounts=[
            gdp("1001", 2024, 3.0),
            gdp("1002", 2024, 9.0),
            gdp("1003", 2024, 3.0),
            gdp("1000", 2024, 99.0),
        ]
    )
    wanted = own(
        packs, spec("x", "rank(sum(accounts.gdp))", "位"), spec("y", "rank(-sum(accounts.gdp))", "位")
    )
    assert {key[1]: one.value for key, one in figures(made, wanted, COUNTIES).items() if key[0] == "x"} == {
        "1001": 2,
        "1002": 1,
        "1003": 2,
    }
    alone = figures(made, wanted, ["1001"])
    assert (alone["x", "1001", 2024].value, alone["y", "1001", 2024].value) == (2, 1)
    assert len(alone) == 2


def test_another_indicator_is_looked_up_in_the_same_cell_and_in_other_years(world: Any, packs: Packs) -> None:
    made = world(
        accounts=[gdp("1001", 2023, 10.0), gdp("1001", 2024, 20.0)],
        sme=[sme("U1", "1001", 2024, 5000.0), sme("U2", "1001", 2024, 5000.0)],
    )
    wanted = own(
        packs,
        spec("x", "ratio(indicator.revenue, indicator.gdp)"),
        spec("y", "growth(indicator.gdp)"),
        spec("revenue", "sum(sme.revenue)", "亿元"),
        spec("gdp", "sum(accounts.gdp)", "亿元"),
    )
    found = figures(made, wanted, ["1001"])
    assert found["x", "1001", 2024].value == pytest.approx(5.0)
    assert (found["x", "1001", 2024].numerator, found["x", "1001", 2024].denominator) == (1.0, 20.0)
    assert found["y", "1001", 2024].value == pytest.approx(100.0)
    only = figures(made, wanted, ["1001"], only=["x"])
    assert list(only) == [("x", "1001", 2024)]
    assert only["x", "1001", 2024] == found["x", "1001", 2024]
    explained = replace(made, packs=wanted).explain("x", "1001", 2024).as_dict()
    assert [(term["name"], term["value"], term["records"]) for term in explained["terms"]] == [
        ("indicator.revenue", 1.0, 2),
        ("indicator.gdp", 20.0, 1),
    ]
    assert {record["type"] for record in explained["records"]} == {"sme", "accounts"}
    grown = replace(made, packs=wanted).explain("y", "1001", 2024).as_dict()
    assert [child["value"] for child in grown["trace"]["children"]] == [20.0, 10.0]
    assert "2023年" in grown["trace"]["children"][1]["label"]["zh"]
    assert len(grown["records"]) == 2


def test_what_is_looked_up_and_has_no_value_is_named(world: Any, packs: Packs) -> None:
    wanted = own(packs, spec("x", "2 * indicator.gdp", "亿元"), spec("gdp", "sum(accounts.gdp)", "亿元"))
    figure = figures(world(), wanted)["x", "1000", 2024]
    assert figure.value is None and "gdp指标" in figure.reason["zh"]


def test_the_parts_of_an_indicator_are_in_its_fingerprint_and_labels_are_not(
    world: Any, packs: Packs
) -> None:
    made = world(accounts=[gdp("1000", 2024, 1.0)])
    x = spec("x", "2 * indicator.gdp", "亿元")

    def fingerprint(other: IndicatorSpec) -> str:
        return figures(made, own(packs, x, other))["x", "1000", 2024].fingerprint

    first = spec("gdp", "sum(accounts.gdp)", "亿元")
    assert fingerprint(first) == fingerprint(first.model_copy(update={"label": x.label}))
    assert fingerprint(first) != fingerprint(spec("gdp", "sum(accounts.gdp) * 1", "亿元"))


def test_indicators_in_a_circle_are_named_in_its_order(world: Any, packs: Packs) -> None:
    wanted = own(
        packs,
        spec("a", "indicator.b", "亿元"),
        spec("b", "indicator.c + 1", "亿元"),
        spec("c", "previous(indicator.a)", "亿元"),
        spec("self", "indicator.self", "亿元"),
    )
    with pytest.raises(KechuangError) as caught:
        figures(world(), wanted)
    told = [str(fault.full()) for fault in caught.value.faults]
    assert any("a → b → c → a" in one for one in told) and any("self → self" in one for one in told)


def test_a_long_chain_of_lookups_is_no_trouble(world: Any, packs: Packs) -> None:
    chain = [spec(f"i{n}", f"indicator.i{n + 1} + 1", "亿元") for n in range(400)]
    made = world(accounts=[gdp("1000", 2024, 1.0)])
    wanted = own(packs, *chain, spec("i400", "sum(accounts.gdp)", "亿元"))
    assert figures(made, wanted, only=["i0"])["i0", "1000", 2024].value == 401


def test_a_faulty_formula_names_file_line_and_character(tmp_path: Path) -> None:
    from kechuang.packs import load_packs

    folder = tmp_path / "mine"
    (folder / "indicators").mkdir(parents=True)
    (folder / "records").mkdir()
    (folder / "pack.yaml").write_text("pack: mine\nlabel: {zh: 我, en: mine}\nversion: '1'\n", "utf-8")
    (folder / "indicators" / "x.yaml").write_text(
        "indicator: x\nlabel: {zh: 某, en: x}\nunit: 家\nvalue: count(nothing)\n"
        "definition: {source: 示例, clause: 示例}\n",
        "utf-8",
    )
    packs = load_packs(["st-core", "mine"], [tmp_path])
    from kechuang.indicators import sentence

    with pytest.raises(KechuangError) as caught:
        sentence(packs, "x")
    place = caught.value.faults[0].place
    assert place.file == str(folder / "indicators" / "x.yaml") and place.line == 4
    assert "第1个字符" in str(caught.value.faults[0].message)


def rich(world: Any, extra: float = 0.0) -> Any:
    return world(
        accounts=[
            gdp(code, year, 10.0 + year % 7) for code in ("1000", *COUNTIES) for year in (2022, 2023, 2024)
        ],
        sme=[
            sme(f"U{n % 11}", f"100{1 + n % 3}", 2022 + n % 3, None if n % 5 == 0 else n * 1.37 + extra)
            for n in range(40)
        ],
        hte=[
            {
                "certificate": f"G{n}",
                "uscc": f"U{n % 9}",
                "county": f"100{1 + n % 3}",
                "issued": date(2018 + n % 7, 1 + n % 12, 3),
            }
            for n in range(30)
        ],
        rd_units=[
            {"uscc": f"U{n}", "county": "1001", "year": 2024, "performer": "enterprise"} for n in range(4)
        ],
        rd_survey=[
            {
                "uscc": f"U{n}",
                "county": f"100{1 + n % 3}",
                "year": 2024,
                "expenditure": 0.1 + n,
                "_sample": n == 2,
            }
            for n in range(9)
        ],
        villages=[
            {
                "list": "统计用区划代码2023年版",
                "list_date": date(2023, 6, 30),
                "code": f"V{n}",
                "county": f"100{1 + n % 3}",
                "kind": "village",
            }
            for n in range(9)
        ],
        assignments=[
            {
                "commissioner": f"T{n}",
                "village": f"V{n * 2}",
                "county": "1001",
                "start": date(2022 + n % 3, 5, 1),
            }
            for n in range(4)
        ],
    )


def all_kinds(packs: Packs) -> Packs:
    more = (
        spec("q", "quantile(sme.revenue, 0.8)", "万元"),
        spec("w", "weighted_mean(sme.revenue, sme.revenue + 1)", "万元"),
        spec("m", "median(sme.revenue, sme.revenue > 3)", "万元"),
        spec("s", "share(sme.revenue, sme.revenue > 20)"),
        spec("g", "growth(sum(sme.revenue))"),
        spec("r", "rank(indicator.g)", "位"),
        spec("d", "distinct(hte.uscc, year_of(hte.issued) <= year)", "家"),
    )
    return packs.model_copy(update={"indicators": {**packs.indicators, **{one.id: one for one in more}}})


def test_every_indicator_is_the_same_on_spark(world: Any, packs: Packs) -> None:
    lacking = available()
    if lacking is not None:
        pytest.skip(f"{lacking.message.text('en')} (kechuang[spark] and Java 17 are needed)")
    made, wanted = rich(world), all_kinds(packs)
    codes, years = ("1000", *COUNTIES), range(2022, 2025)
    duck, spark = (figures(made, wanted, codes, years, engine=name) for name in ("duckdb", "spark"))
    assert duck.keys() == spark.keys()
    for key, one in duck.items():
        other = spark[key]
        assert replace(one, value=None, numerator=None) == replace(other, value=None, numerator=None)
        assert (one.value is None) == (other.value is None)
        if one.value is not None:
            assert one.value == pytest.approx(other.value, rel=1e-9, abs=1e-9), key


def test_columns_hold_the_same_figures(world: Any, packs: Packs) -> None:
    made, wanted = rich(world), all_kinds(packs)
    codes, years = ("1002", "1000"), [2024, 2023, 2031]
    table = compute_table(wanted, made.snapshot, made.regions, codes, years, AS_OF)
    assert isinstance(table, pa.Table)
    rows = [tuple(row.values()) for row in table.to_pylist()]
    assert rows == [
        (
            f.indicator,
            f.region,
            int(f.period),
            f.value,
            f.unit,
            f.status,
            f.numerator,
            f.denominator,
            f.coverage,
        )
        for f in compute(wanted, made.snapshot, made.regions, list(codes), years, AS_OF)
        if f.period != "2031"
    ]


# -- what was computed before ---------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries that DuckDB is asked."""
    from kechuang.engine.backend import DuckDB

    asked: list[str] = []
    run = DuckDB.run

    def watched(self: DuckDB, sql: str) -> Any:
        asked.append(sql)
        return run(self, sql)

    monkeypatch.setattr(DuckDB, "run", watched)
    return asked


def test_what_was_computed_is_not_computed_again_and_labels_matter_not(
    world: Any, packs: Packs, tmp_path: Path, counted: list[str]
) -> None:
    made, wanted, cache = rich(world), all_kinds(packs), tmp_path / "c" / "figures.db"
    first = figures(made, wanted, COUNTIES, cache=Cache(cache))
    assert first == figures(made, wanted, COUNTIES) and counted
    renamed = wanted.model_copy(
        update={
            "indicators": {
                name: one.model_copy(update={"label": wanted.indicators["q"].label, "notes": None})
                for name, one in wanted.indicators.items()
            }
        }
    )
    counted.clear()
    again = figures(made, renamed, COUNTIES, cache=Cache(cache))
    assert counted == []
    assert [replace(one, reason=None) for one in again.values()] == [
        replace(one, reason=None) for one in first.values()
    ]


def test_a_corrected_record_recomputes_only_what_reads_its_table(
    world: Any, packs: Packs, tmp_path: Path, counted: list[str]
) -> None:
    wanted, cache = all_kinds(packs), tmp_path / "figures.db"
    before = figures(rich(world), wanted, COUNTIES, cache=Cache(cache))
    corrected = rich(world, extra=1.0)
    counted.clear()
    after = figures(corrected, wanted, COUNTIES, cache=Cache(cache))
    assert any("sme" in sql for sql in counted)
    assert not any("hte" in sql or "accounts" in sql for sql in counted)
    assert after == figures(corrected, wanted, COUNTIES)
    changed = {key[0] for key, one in after.items() if one.value != before[key].value}
    assert changed and changed <= {"q", "w", "m", "s", "g", "r"}


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"x" * 4000])
def test_a_damaged_cache_is_as_none(world: Any, packs: Packs, tmp_path: Path, content: bytes) -> None:
    cache = tmp_path / "figures.db"
    cache.write_bytes(content)
    made, wanted = rich(world), own(packs, spec("x", "sum(accounts.gdp)", "亿元"))
    assert figures(made, wanted, cache=Cache(cache)) == figures(made, wanted)
    assert figures(made, wanted, cache=Cache(cache)) == figures(made, wanted)


def test_what_is_kept_and_was_tampered_with_is_computed_again(
    world: Any, packs: Packs, tmp_path: Path
) -> None:
    cache = tmp_path / "figures.db"
    made, wanted = rich(world), own(packs, spec("x", "sum(accounts.gdp)", "亿元"))
    first = figures(made, wanted, cache=Cache(cache))
    with sqlite3.connect(cache) as connection:
        connection.execute("update kept set content = x'00'")
    connection.close()
    assert figures(made, wanted, cache=Cache(cache)) == first


def test_many_may_share_a_cache(world: Any, packs: Packs, tmp_path: Path) -> None:
    cache = tmp_path / "figures.db"
    made, wanted = rich(world), all_kinds(packs)
    expected = figures(made, wanted, COUNTIES)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: figures(made, wanted, COUNTIES, cache=Cache(cache)), range(4)))
    assert all(one == expected for one in found)
