"""Checks over many records, through imports into a store: what comes in is held against what stands."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.packs import Packs, load_packs
from kechuang.records.comparison import modified_z_scores, z_scores

PACK = 'pack: mine\nlabel: {zh: 自有, en: Own}\nversion: "1"\n'
WATER = """\
record: water
label: {zh: 用水量, en: Water use}
key: [county, sector, year]
time: {year: year}
region: {field: county}
fields:
  county: {type: region, level: county, label: {zh: 县市, en: County}}
  sector: {type: text, label: {zh: 行业, en: Sector}}
  year:   {type: year, label: {zh: 年度, en: Year}}
  amount: {type: number, required: false, unit: 万立方米, label: {zh: 用水量, en: Amount}}
  permit: {type: text, required: false, label: {zh: 许可证号, en: Permit}}
compare:
  - {id: jump, kind: change, field: amount, low: 0.5, high: 2}
  - {id: far, kind: outlier, field: amount, group: [year], limit: 3.5, level: hint}
  - {id: adds-up, kind: parts, field: amount, group: [county, year], whole: sector == '合计', level: error}
  - {id: one-permit, kind: unique, fields: [permit, year], level: error}
  - id: within-quota
    kind: lookup
    other: quota
    on_fields: [county, year]
    test: sector != '合计' or amount <= other.most
    field: amount
    message: {zh: 用水量超过指标, en: More than the quota}
"""
QUOTA = """\
record: quota
label: {zh: 用水指标, en: Quota}
key: [county, year]
time: {year: year}
region: {field: county}
fields:
  county: {type: region, level: county, label: {zh: 县市, en: County}}
  year:   {type: year, label: {zh: 年度, en: Year}}
  most:   {type: number, unit: 万立方米, label: {zh: 指标, en: Quota}}
"""
HEAD = ["县市", "行业", "年度", "用水量（万立方米）", "许可证号"]


@pytest.fixture
def packs(tmp_path: Path) -> Packs:
    folder = tmp_path / "packs" / "mine" / "records"
    folder.mkdir(parents=True)
    (folder.parent / "pack.yaml").write_text(PACK, "utf-8")
    (folder / "water.yaml").write_text(WATER, "utf-8")
    (folder / "quota.yaml").write_text(QUOTA, "utf-8")
    return load_packs(["mine"], [tmp_path / "packs"])


@pytest.fixture
def bring(make: Callable[..., Any]) -> Callable[..., list[tuple[str, str, int | None, str | None]]]:
    """Imports rows of ``water`` and gives the findings as (code, severity, row, column)."""
    office = make()
    count = iter(range(1000))

    def import_(*rows: list[Any], head: list[str] = HEAD) -> list[tuple[str, str, int | None, str | None]]:
        path = office.write(f"in{next(count)}.csv", *rows, header=head)
        found = office.bring(path).faults
        return [(f.code, f.severity, f.place.row, f.place.column) for f in found]

    return import_


def test_a_jump_from_the_year_before_is_told_with_its_cell(bring: Any) -> None:
    assert bring(["安吉县", "农业", 2022, 100, ""], ["安吉县", "工业", 2022, 10, ""]) == []
    found = bring(
        ["安吉县", "农业", 2023, 201, ""],  # more than twice
        ["安吉县", "工业", 2023, 20, ""],  # twice: within
        ["德清县", "农业", 2023, 900, ""],  # nothing to compare with
    )
    assert found == [("jump", "warning", 2, "D")]
    assert bring(["安吉县", "农业", 2024, 100, ""]) == [("jump", "warning", 2, "D")]


def test_years_in_one_file_are_compared_with_each_other(bring: Any) -> None:
    rows = [["安吉县", "农业", year, amount, ""] for year, amount in [(2024, 500), (2023, 100), (2022, 90)]]
    assert bring(*rows) == [("jump", "warning", 2, "D")]


def test_what_corrects_a_record_stands_in_its_place(bring: Any) -> None:
    bring(["安吉县", "农业", 2022, 1000, ""])
    assert bring(["安吉县", "农业", 2022, 100, ""], ["安吉县", "农业", 2023, 110, ""]) == []


def test_an_outlier_is_told_where_the_group_is_large_enough(bring: Any) -> None:
    rows = [["安吉县", f"行业{n}", 2023, 100 + n, ""] for n in range(7)]
    assert bring(*rows, ["安吉县", "行业7", 2023, 5000, ""]) == [("far", "hint", 9, "D")]
    assert (
        bring(*[["安吉县", f"行业{n}", 2021, 100 + n, ""] for n in range(6)], ["安吉县", "x", 2021, 5000, ""])
        == []
    )


def test_parts_must_add_up_and_wait_until_all_are_there(bring: Any) -> None:
    assert bring(["安吉县", "合计", 2023, 30, ""]) == []  # no parts yet
    assert bring(["安吉县", "农业", 2023, 20, ""], ["安吉县", "工业", 2023, "", ""]) == []  # one is not known
    assert bring(["安吉县", "工业", 2023, 11, ""]) == [("adds-up", "error", 2, "D")]
    assert bring(["安吉县", "工业", 2023, 10, ""]) == []


def test_a_number_given_to_two_records_names_the_other(bring: Any) -> None:
    assert bring(["安吉县", "农业", 2023, 20, "许1"]) == []
    assert bring(["德清县", "农业", 2023, 20, "许1"]) == [("one-permit", "error", 2, "E")]
    assert bring(["德清县", "农业", 2024, 20, "许1"], ["德清县", "工业", 2024, 5, ""]) == []


def test_a_record_is_held_against_another_register(bring: Any) -> None:
    quota = ["县市", "年度", "指标（万立方米）"]
    assert bring(["安吉县", 2023, 25], head=quota) == []
    assert bring(["安吉县", "合计", 2023, 30, ""]) == [("within-quota", "warning", 2, "D")]
    assert bring(["安吉县", "合计", 2024, 30, ""], ["安吉县", "农业", 2023, 30, ""]) == []  # none; not asked


def test_a_part_that_cannot_be_read_is_not_taken_for_missing(bring: Any) -> None:
    rows = [
        ["安吉县", "合计", 2023, 30, ""],
        ["安吉县", "农业", 2023, 20, ""],
        ["安吉县", "工业", 2023, "十", ""],
    ]
    assert bring(*rows) == [("not-a-number", "error", 4, "D")]


def test_errors_found_by_comparing_keep_everything_out(make: Any) -> None:
    office = make()
    path = office.write(
        "a.csv", ["安吉县", "合计", 2023, 30, ""], ["安吉县", "农业", 2023, 20, ""], header=HEAD
    )
    result = office.bring(path)
    assert not result.ok and office.stored() == (0, 0)
    assert "1项之和为20，合计为30" in result.errors[0].message.zh
    assert "1 part adds up to 20, the total is 30" in result.errors[0].message.en


BROKEN = [
    ("kind: change, field: sector, high: 2", "“sector”不是数值字段"),
    ("kind: change, field: amount", "low/high"),
    ("kind: outlier", "field"),
    ("kind: parts, field: amount, group: [year]", "whole"),
    ("kind: unique, fields: [nothing]", "没有字段“nothing”"),
    ("kind: lookup, other: none, on_fields: [year], test: amount > 1", "没有名为“none”的台账类型"),
    ("kind: lookup, other: quota, on_fields: [sector], test: amount > 1", "没有字段“sector”"),
    ("kind: lookup, other: quota, on_fields: [year], test: amount > other.least", "没有字段“least”"),
    ("kind: lookup, other: quota, on_fields: [year], test: amount > quota.most", "other.字段"),
]


@pytest.mark.parametrize(("declared", "told"), BROKEN)
def test_a_comparison_that_cannot_work_is_told_with_its_line(
    packs: Packs, tmp_path: Path, declared: str, told: str
) -> None:
    from kechuang.errors import KechuangError

    path = tmp_path / "packs" / "mine" / "records" / "water.yaml"
    path.write_text(WATER + f"  - {{id: bad, {declared}}}\n", "utf-8")
    with pytest.raises(KechuangError) as caught:
        load_packs(["mine"], [tmp_path / "packs"])
    assert any(told in fault.message.zh for fault in caught.value.faults)
    assert {fault.place.line for fault in caught.value.faults} == {len(WATER.splitlines()) + 1}


NUMBERS = st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=1, max_size=40)


@given(NUMBERS, st.floats(0.5, 100), st.floats(-1e3, 1e3))
def test_scores_do_not_change_with_unit_or_origin(values: list[float], scale: float, shift: float) -> None:
    moved = [scale * value + shift for value in values]
    spread = max(values) - min(values)
    for score in (z_scores, modified_z_scores):
        if spread > 1 or spread == 0:
            after = score(moved) if spread else score([shift] * len(values))
            assert after == pytest.approx(score(values), rel=1e-3, abs=1e-3)


@given(NUMBERS)
def test_z_scores_are_those_of_the_standard_library(values: list[float]) -> None:
    if len(set(values)) > 1:
        normal = statistics.NormalDist(statistics.fmean(values), statistics.stdev(values))
        assert z_scores(values) == pytest.approx(
            [normal.zscore(value) for value in values], rel=1e-6, abs=1e-9
        )


def test_one_extreme_value_does_not_hide_another_from_the_modified_score() -> None:
    values = [10.0, 11, 12, 11, 10, 12, 11, 500, 520]
    assert max(map(abs, z_scores(values))) < 3
    assert [abs(score) > 3.5 for score in modified_z_scores(values)] == [False] * 7 + [True] * 2


def test_the_declaration_of_a_comparison_is_told_in_both_languages(packs: Packs) -> None:
    from kechuang.packs.describe import describe

    chinese, english = describe(packs.records["water"]), describe(packs.records["water"], "en")
    assert "用水量与上年之比应在0.5—2倍" in chinese and "修正Z分数≤3.5" in chinese
    assert "parts add up to the whole" in english and "More than the quota" in english
