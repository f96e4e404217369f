"""Targets shared out to counties and years, and promises held against them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.indicators.decompose.paths import SHAPES
from kechuang.language.regions import RegionTree
from kechuang.plan.model import Target
from kechuang.progress.allocation import County, allocate
from kechuang.progress.county_table import read_county_table, write_county_table
from kechuang.progress.county_targets import Counties, kind_of, rows_of
from kechuang.progress.reconciliation import Given, reconcile, to_yearly_totals


def target(value: float = 12, **more: Any) -> Target:
    return Target(**{"id": "T1", "name": "企业数", "value": value, "unit": "家", "year": 2025, **more})


def counties(*bases: float | None, **more: Any) -> list[County]:
    return [
        County(str(n), f"{n}县", base, **{k: v[n] for k, v in more.items()}) for n, base in enumerate(bases)
    ]


def finals(found: Any) -> list[float]:
    return [one.values[2025] for one in found.counties]


def test_methods_by_hand() -> None:
    plain = {"kind": "sum", "base_year": 2020, "base": 4.0}
    assert finals(allocate(target(), counties(1, 3), method="growth", **plain)) == [3, 9]
    assert finals(allocate(target(), counties(1, 3), method="increment", **plain)) == [5, 7]
    weighted = counties(1, 3, weight=[2, 1])
    assert finals(allocate(target(), weighted, method="weights", **plain)) == [8, 4]
    assert finals(allocate(target(), weighted, method="need", **plain)) == [6, 6]
    given_ = counties(1, 3, given=[4, 2])
    assert finals(allocate(target(), given_, method="table", **plain)) == [8, 4]
    bounded = counties(1, 3, high=[2, None])
    assert finals(allocate(target(), bounded, method="growth", **plain)) == [2, 10]


def test_a_mean_weighted_by_denominators_is_the_plans_value() -> None:
    asked = target(2.5, unit="%")
    found = allocate(
        asked, counties(1, 3, denominator=[30, 10]), kind="mean", base_year=2020, base=1.5, decimals=6
    )
    assert finals(found) == pytest.approx([5 / 3, 5], abs=1e-6)
    assert found.combined[2025] == pytest.approx(2.5, abs=2e-6) and found.gaps[2025] >= 0
    equal = allocate(
        asked, counties(1, 3, denominator=[30, 10]), kind="mean", base_year=2020, base=1.5, method="increment"
    )
    assert finals(equal) == pytest.approx([2, 4])
    with pytest.raises(KechuangError) as refused:
        allocate(
            asked, counties(1, 3, denominator=[30, 10]), kind="mean", base_year=2020, base=1.5, method="need"
        )
    assert refused.value.code == "allocation-method"


def test_what_everybody_has_to_reach_is_the_same_for_all() -> None:
    asked = target(100, unit="%", comparator="=")
    assert kind_of(asked, None) == "each" and kind_of(target(3, unit="%"), None) == "mean"
    found = allocate(asked, counties(90, 100), kind="each", base_year=2024, base=95)
    assert finals(found) == [100, 100] and found.combined[2025] == 100


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=8),
    st.integers(0, 400),
    st.sampled_from(["growth", "increment"]),
    st.sampled_from([shape for shape in SHAPES if shape != "growth"]),
    st.booleans(),
)
def test_counts_add_up_every_year_and_never_turn_back(
    bases: list[int], value: int, method: Any, shape: Any, no_decline: bool
) -> None:
    base = float(sum(bases))
    assume(base > 0 and (not no_decline or value >= base))
    found = allocate(
        target(value),
        counties(*map(float, bases)),
        kind="sum",
        base_year=2020,
        base=base,
        method=method,
        shape=shape,
        no_decline=no_decline,
    )
    table = np.array([[one.base, *one.values.values()] for one in found.counties])
    assert np.array_equal(table, np.rint(table))
    assert table[:, -1].sum() == value
    assert list(found.combined.values()) == pytest.approx(list(found.plan.values()), abs=1e-9)
    steps = np.diff(table, axis=1)
    assert (steps * np.sign(table[:, -1] - table[:, 0])[:, None] >= 0).all()
    if no_decline:
        assert (table[:, -1] >= table[:, 0]).all()


@given(
    st.lists(st.tuples(st.floats(0.01, 5), st.floats(0.1, 100)), min_size=1, max_size=8),
    st.floats(0.5, 3),
    st.integers(1, 3),
)
def test_rounded_ratios_reproduce_the_plan(
    cases: list[tuple[float, float]], times: float, decimals: int
) -> None:
    bases, denominators = zip(*cases, strict=True)
    base = float(np.average(bases, weights=denominators))
    value = round(base * times, decimals)
    found = allocate(
        target(value, unit="%"),
        counties(*bases, denominator=denominators),
        kind="mean",
        base_year=2020,
        base=base,
        decimals=decimals,
    )
    assert -1e-6 <= found.gaps[2025] <= 10.0**-decimals * 1.001


def test_values_the_plan_gives_for_years_between_are_kept() -> None:
    asked = target(12, interim={2022: 10.0})
    found = allocate(asked, counties(1, 3), kind="sum", base_year=2020, base=4.0)
    assert found.plan == {2021: 7, 2022: 10, 2023: 11, 2024: 11, 2025: 12}
    assert found.combined == found.plan


def test_bad_targets_are_refused() -> None:
    plain: dict[str, Any] = {"kind": "sum", "base_year": 2020, "base": 4.0}
    cases: list[tuple[str, Target, list[County], dict[str, Any]]] = [
        ("target-without-value", target(value=None), counties(1, 3), {}),  # type: ignore[arg-type]
        ("target-without-year", target(year=2020), counties(1, 3), {}),
        ("allocation-base", target(), counties(1, None), {}),
        ("allocation-base", target(), counties(1, 3), {"method": "weights"}),
        ("allocation-weights", target(), counties(0, 0), {}),
        ("allocation-infeasible", target(), counties(1, 3, high=[2, 3]), {}),
        ("allocation-infeasible", target(2), counties(1, 3), {"no_decline": True}),
        ("path-growth", target(), counties(0, 3), {"method": "increment", "shape": "growth"}),
        ("path-steps", target(), counties(1, 3), {"shape": "steps", "steps": [2031]}),
        ("no-parts", target(), [], {}),
    ]
    for code, one, parts, options in cases:
        with pytest.raises(KechuangError) as refused:
            allocate(one, parts, **plain, **options)
        assert refused.value.code == code


# -- promises against the plan --------------------------------------------------------------------------


def test_a_gap_is_closed_by_the_least_change_within_bounds() -> None:
    promised = [Given("a", "甲", 5), Given("b", "乙", 3, high=3), Given("c", "丙", 1)]
    found = reconcile(target(), 2025, 12, promised, kind="sum")
    assert (found.verdict, found.combined, found.gap) == ("short", 9, -3)
    assert [one.suggestion for one in found.counties] == [8, 3, 1]
    assert sum(one.change or 0 for one in found.counties) == 3


def test_nothing_is_suggested_where_the_plan_is_reached_or_not_known() -> None:
    met = reconcile(target(8), 2025, 8, [Given("a", "甲", 5), Given("b", "乙", 4)], kind="sum")
    assert met.verdict == "met" and {one.suggestion for one in met.counties} == {None}
    unknown = reconcile(target(8), 2025, 8, [Given("a", "甲", 5), Given("b", "乙", None)], kind="sum")
    assert unknown.verdict == "unknown" and unknown.combined is None and "乙" in unknown.notes[0].zh
    unweighted = reconcile(target(8), 2025, 8, [Given("a", "甲", 5)], kind="mean")
    assert unweighted.verdict == "unknown"


def test_less_is_better_is_brought_down_and_a_mean_up_to_the_plan() -> None:
    down = target(10, comparator="<=", direction="down")
    found = reconcile(down, 2025, 10, [Given("a", "甲", 8), Given("b", "乙", 4)], kind="sum")
    assert found.verdict == "short" and [one.suggestion for one in found.counties] == [7, 3]
    mean = reconcile(
        target(2), 2025, 2, [Given("a", "甲", 1.0, 3), Given("b", "乙", 2.0, 1)], kind="mean", decimals=2
    )
    values = [one.suggestion or 0 for one in mean.counties]
    assert (3 * values[0] + values[1]) / 4 >= 2 - 1e-9
    each = reconcile(target(100), 2025, 100, [Given("a", "甲", 97), Given("b", "乙", 100)], kind="each")
    assert each.combined == 97 and [one.suggestion for one in each.counties] == [100, 100]


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 60)), min_size=1, max_size=8),
    st.integers(1, 400),
)
def test_a_suggestion_makes_up_the_plan_or_says_why_not(cases: list[tuple[int, int]], plan: int) -> None:
    promised = [
        Given(str(n), f"{n}县", float(min(v, top)), high=float(top)) for n, (v, top) in enumerate(cases)
    ]
    found = reconcile(target(plan), 2025, plan, promised, kind="sum")
    if found.verdict == "met":
        assert sum(one.value or 0 for one in promised) >= plan
    elif sum(top for _, top in cases) < plan:
        assert found.counties[0].suggestion is None and found.notes
    elif any(one.value for one in promised):
        suggested = [one.suggestion for one in found.counties]
        if None not in suggested:
            assert sum(one or 0 for one in suggested) == plan
            assert all((s or 0) <= (g.high or 0) for s, g in zip(suggested, promised, strict=True))
        else:  # only counties that promised nothing have room
            assert found.notes


def test_counties_times_years_meet_both_totals() -> None:
    found = to_yearly_totals({"a": {2021: 1, 2022: 1}, "b": {2021: 1, 2022: 3}}, {2021: 5, 2022: 7})
    assert [sum(one[year] for one in found.values()) for year in (2021, 2022)] == pytest.approx([5, 7])
    assert sum(found["a"].values()) / 12 == pytest.approx(2 / 6)


# -- tables -----------------------------------------------------------------------------------------------

REGIONS = RegionTree.national()


def test_a_table_goes_out_and_comes_back(tmp_path: Path) -> None:
    rows = [
        {
            "target": "T1",
            "name": "=x",
            "code": "330502",
            "county": "吴兴区",
            "year": 2025,
            "value": 0.1 + 0.2,
            "unit": "%",
            "weight": None,
        },
        {
            "target": "T1",
            "name": "=x",
            "code": "",
            "county": "本级",
            "year": 2025,
            "value": 2.0,
            "unit": "%",
            "weight": 3.0,
        },
    ]
    write_county_table(tmp_path / "a.csv", rows)
    found = read_county_table(tmp_path / "a.csv", REGIONS, "330500", ["T1"], own=["本级"])
    assert [(one.county, one.year, one.value, one.weight) for one in found] == [
        ("330502", 2025, 0.3, None),
        ("", 2025, 2.0, 3.0),
    ]


def test_every_fault_of_a_table_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "县市,年度,目标值,下限,上限,目标编号\n"
        "吴兴区,2025,1,,,T1\n吴兴,2025,2,,,T1\n没有县,2025,1,,,T1\n安吉县,25,x,,,T9\n德清县,2025,1,5,4,T1\n合计,2025,9,,,T1\n",
        "utf-8",
    )
    with pytest.raises(KechuangError) as refused:
        read_county_table(path, REGIONS, "330500", ["T1"])
    assert [(fault.place.row, fault.place.column) for fault in refused.value.faults] == [
        (3, "A"),
        (4, "A"),
        (5, "F"),
        (5, "C"),
        (5, "B"),
        (6, "D"),
    ]
    path.write_text("年度,目标值\n2025,1\n", "utf-8")
    with pytest.raises(KechuangError) as none:
        read_county_table(path, REGIONS, "330500", ["T1"])
    assert none.value.code == "county-table-columns"


def test_the_plan_may_say_what_it_asks_of_counties() -> None:
    asked = Target.model_validate(
        {
            "id": "T1",
            "name": "x",
            "value": 5,
            "unit": "家",
            "year": 2025,
            "counties": {330502: {2025: 2}, "安吉县": {2025: 3}},
        }
    )
    rows = rows_of(asked, REGIONS, "330500")
    assert [(row.county, row.value) for row in rows] == [("330502", 2.0), ("330523", 3.0)]
    both = Counties(
        asked, "sum", 2020, 1.0, (County("330502", "吴兴区", 1.0), County("330523", "安吉县", 0.0))
    )
    (found,) = both.reconciled(rows)
    assert found.verdict == "met" and found.gap == 0
    with pytest.raises(KechuangError) as refused:
        rows_of(asked.model_copy(update={"counties": {"喀什市": {2025: 1}}}), REGIONS, "330500")
    assert refused.value.code == "county-unknown"
