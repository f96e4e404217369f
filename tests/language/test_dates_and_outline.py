"""Dates, plan periods, headings and enumerations; and the administrative divisions."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.language.dates import day_in, five_year_plan, month_ranges, months_of_duration, year_range
from kechuang.language.fold import fold
from kechuang.language.outline import enumeration, mark_of
from kechuang.language.regions import RegionTree


@given(st.integers(2000, 2040), st.integers(1, 12), st.integers(0, 40))
def test_months_between_two_months_count_both(year: int, month: int, more: int) -> None:
    last_year, last = year + (month - 1 + more) // 12, (month - 1 + more) % 12 + 1
    found = month_ranges(f"{year}年{month}月至{last_year}年{last}月")[0]
    assert found.months == more + 1


@pytest.mark.parametrize("dash", ["—", "——", "-", "~", "至", "到"])
def test_every_dash_joins_months(dash: str) -> None:
    found = month_ranges(f"起草（2020年7月{dash}12月）")[0]
    assert (found.start, found.end, found.months) == ("2020-07", "2020-12", 6)


def test_impossible_dates_are_passed_over() -> None:
    found = day_in("2021年2月30日无此日，2021年3月1日有")
    assert found is not None
    assert found[0] == date(2021, 3, 1)


@pytest.mark.parametrize(
    ("text", "years"),
    [("“十四五”规划", (2021, 2025)), ("十三五时期", (2016, 2020)), ("十五五规划", (2026, 2030))],
)
def test_five_year_plans_have_their_years(text: str, years: tuple[int, int]) -> None:
    assert five_year_plan(text) == years


def test_years_and_durations() -> None:
    assert year_range("某县规划（2021-2025年）") == (2021, 2025)
    assert months_of_duration("1年10个月") == 22
    assert months_of_duration("很久") is None


@pytest.mark.parametrize(
    ("line", "level", "number"),
    [
        ("一、总体", 1, 1),
        ("（十二）其他", 2, 12),
        ("3．任务", 3, 3),
        ("(4)细项", 4, 4),
        ("⑤小项", 5, 5),
        ("第三章 任务", 1, 3),
    ],
)
def test_marks_tell_level_and_number(line: str, level: int, number: int) -> None:
    mark = mark_of(fold(line))
    assert mark is not None
    assert (mark.level, mark.number) == (level, number)


@pytest.mark.parametrize("line", ["2.5亿元投入", "2021年工作", "普通的一句话", ""])
def test_ordinary_lines_have_no_mark(line: str) -> None:
    assert mark_of(line) is None


def test_an_enumeration_counts_from_one_without_a_gap() -> None:
    text = "有三点：一是摸清家底；二是先行试点。三是全面推开。"
    assert [text[item.start : item.end] for item in enumeration(text)] == [
        "摸清家底；",
        "先行试点。",
        "全面推开。",
    ]
    assert enumeration("这是一是二是三的游戏") == []


class TestRegions:
    tree = RegionTree.national()

    def test_every_county_lies_in_a_province(self) -> None:
        for region in self.tree.regions:
            if region.level == "county":
                assert self.tree.ancestors(region.code)[-1].level == "province"

    def test_every_code_and_full_name_within_its_parent_is_found(self) -> None:
        for region in self.tree.regions:
            assert self.tree.find(region.code) == region
            if region.parent:
                assert self.tree.find(region.name, within=region.parent) == region

    def test_an_ambiguous_name_is_not_guessed(self) -> None:
        assert self.tree.find("朝阳区") is None
        beijing = self.tree.find("北京")
        assert beijing is not None
        found = self.tree.find("朝阳区", within=beijing.code)
        assert found is not None

    def test_a_code_outside_the_region_asked_for_is_not_found(self) -> None:
        assert self.tree.find("110101", within="650000") is None

    def test_a_name_may_stand_after_those_above_it(self) -> None:
        for code in ("330523", "653125", "110105"):
            above = "".join(region.name for region in reversed(self.tree.ancestors(code)))
            region = self.tree.get(code)
            assert region is not None
            assert self.tree.find(above + region.name) == region
        assert self.tree.find("浙江省没有的县") is None
