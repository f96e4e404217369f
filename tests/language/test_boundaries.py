"""Special regions as data: municipalities, counties right below a province, enclaves, changes of boundaries."""

from __future__ import annotations

from datetime import date

import pytest

from kechuang.language.boundaries import KINDS, BoundaryChange, Enclave, national_changes, national_enclaves
from kechuang.language.regions import NATION, Region, RegionTree

TREE = RegionTree.national()


def test_the_nation_holds_every_province_and_is_above_none_of_their_names() -> None:
    assert len(TREE.children(NATION)) == 34
    assert TREE.find("全国") == TREE.get(NATION)
    assert TREE.ancestors("330523")[-1].code == "330000"
    assert TREE.contains(NATION, "330523")
    assert not TREE.all_called("全国")


@pytest.mark.parametrize(
    ("code", "parent"), [("110101", "110000"), ("429004", "420000"), ("469021", "460000")]
)
def test_counties_right_below_a_province(code: str, parent: str) -> None:
    region = TREE.get(code)
    assert region is not None
    assert (region.level, region.parent) == ("county", parent)
    assert region in TREE.descendants(parent, "county")


def test_an_enclave_is_not_in_the_figures_of_where_it_lies() -> None:
    for one in national_enclaves():
        assert TREE.get(one.code) is not None
        assert TREE.get(one.lies_in) is not None
        assert not TREE.contains(one.lies_in, one.code)
        assert one in TREE.enclaves_of(one.lies_in)
        assert one not in TREE.enclaves_of(one.lies_in[:2] + "0000")  # the province holds both


def test_an_enclave_that_counts_is_a_part_of_where_it_lies() -> None:
    one = national_enclaves()[1]
    told = Enclave(one.code, one.runner, one.lies_in, True, "统计部门约定")
    tree = TREE.joined(enclaves=[told])
    assert tree.contains(one.lies_in, one.code)
    assert one.code not in [other.code for other in tree.enclaves_of(one.lies_in)]
    assert not TREE.contains(one.lies_in, one.code)


def test_a_zone_without_an_official_code_reports_like_a_county() -> None:
    tree = TREE.joined([Region("3305A1", "示例经济开发区", "county", "330500")])
    assert tree.find("示例经济开发区") == tree.find("3305A1") == tree.get("3305A1")
    assert "3305A1" in [region.code for region in tree.descendants("330500", "county")]


def test_the_changes_on_record_lead_to_regions_there_are() -> None:
    for change in national_changes():
        assert change.kind in KINDS
        assert change.source
        for code in change.after:
            assert TREE.get(code) is not None, change
        if change.comparable:
            assert len(change.before) == len(change.after) == 1


@pytest.mark.parametrize(
    ("region", "crossed"),
    [("330105", 1), ("330110", 1), ("330113", 1), ("330109", 1), ("330100", 0), ("350604", 0)],
)
def test_what_a_change_crosses(region: str, crossed: int) -> None:
    assert len(TREE.crossing(region)) == crossed


def test_a_change_across_prefectures_is_of_both_and_not_of_the_province() -> None:
    moved = BoundaryChange(
        date(2022, 1, 1), "transfer", ("330523", "340100"), ("330523", "340100"), "甲→乙", "s", "c"
    )
    tree = TREE.joined(changes=[moved])
    assert moved in tree.crossing("330500")
    assert moved in tree.crossing("340000")
    assert moved not in tree.crossing(NATION)


def test_a_code_that_is_no_more() -> None:
    replaced = TREE.replaced("350681")
    assert replaced is not None
    assert (replaced.after, replaced.comparable) == (("350604",), True)
    merged = TREE.replaced("330104")
    assert merged is not None
    assert not merged.comparable
    assert TREE.replaced("330102") is None
    assert TREE.replaced("999999") is None
