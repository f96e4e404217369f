"""High-tech enterprises (国科发火〔2016〕32号): eight conditions, the score, its bands and its boundaries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kechuang.errors import KechuangError
from kechuang.packs import Packs

High = Callable[..., dict[str, Any]]


def test_a_sound_enterprise_is_yes_with_the_interval_experts_leave(high_tech: High) -> None:
    found = high_tech()
    assert found["outcome"] == "yes"
    # 知识产权 8+8+(7–8)+(1–6)+(1–2), at most 30; 转化 25–30; 管理 20; 成长 (7–8)+(5–6)
    assert found["parts"] == {
        "ip_points": [25, 30],
        "transformation_points": [25, 30],
        "management_points": 20,
        "growth_points": [12, 14],
    }
    assert found["score"] == [82, 94]
    assert [clause["outcome"] for clause in found["clauses"]] == ["yes"] * 9
    assert all(clause["need"] is None for clause in found["clauses"])


@pytest.mark.parametrize(
    ("changed", "clause"),
    [
        ({"founded": date(2024, 7, 1)}, "registered"),
        ({"core_ip": 0}, "core-ip"),
        ({"field": 0}, "field"),
        ({"field": "餐饮"}, "field"),
        ({"st_staff": 9}, "staff"),
        ({"rd_1": 1, "rd_2": 1, "rd_3": 1}, "rd-ratio"),
        ({"rd_domestic_share": 0.59}, "rd-domestic"),
        ({"hightech_income": 863}, "hightech-income"),
        ({"transformations": 0}, "score"),
        ({"accident": 1}, "accident"),
    ],
)
def test_each_condition_alone_makes_it_no(high_tech: High, changed: dict[str, Any], clause: str) -> None:
    found = high_tech(**changed, **({"ip_core": 0, "ip_advancement": 0} if clause == "score" else {}))
    assert found["outcome"] == "no"
    assert [one["id"] for one in found["clauses"] if one["outcome"] == "no"] == [clause]
    assert found["by_id"][clause]["need"]


def test_a_failing_clause_is_no_whatever_else_is_unknown(high_tech: High) -> None:
    assert high_tech(core_ip=None)["outcome"] == "unknown"
    assert high_tech(core_ip=None, accident=1)["outcome"] == "no"


def test_365_days_are_enough_and_364_are_not(high_tech: High) -> None:
    day = date(2025, 3, 1)
    assert high_tech(day, founded=date(2024, 3, 1))["by_id"]["registered"]["value"] == 365
    assert high_tech(day, founded=date(2024, 3, 1))["by_id"]["registered"]["outcome"] == "yes"
    late = high_tech(day, founded=date(2024, 3, 2))["by_id"]["registered"]
    assert late["outcome"] == "no"
    assert late["need"]["zh"] == "还须等待1天。"


@pytest.mark.parametrize(
    ("sales", "ratio", "outcome"),
    [
        (5000, 0.05, "yes"),
        (5000, 0.0499, "no"),
        (5000.01, 0.04, "yes"),
        (20000, 0.04, "yes"),
        (20000, 0.0399, "no"),
        (20000.01, 0.03, "yes"),
        (20000.01, 0.0299, "no"),
    ],
)
def test_the_share_of_rd_goes_by_the_size_of_last_years_sales(
    high_tech: High, sales: float, ratio: float, outcome: str
) -> None:
    rd = sales * ratio
    found = high_tech(
        sales_1=sales,
        sales_2=sales,
        sales_3=sales,
        rd_1=rd,
        rd_2=rd,
        rd_3=rd,
        total_income=sales,
        hightech_income=sales,
    )
    assert found["by_id"]["rd-ratio"]["outcome"] == outcome


def _points(high_tech: High, **changed: Any) -> Any:
    return high_tech(**changed)["parts"]


#: 8 + 8 for rights the experts praise, none counted; 25–30 for transformation; 20 for management.
NO_RIGHTS = {"ip_class1": 0, "ip_class2": 0, "ip_standards": 0, "transformations": 15}
STILL = {"sales_1": 1000, "sales_2": 1000, "sales_3": 1000}


@pytest.mark.parametrize(
    ("net_assets", "score", "outcome"),
    [
        (1100, [64, 70], "no"),  # 5 %: 3–4 points; even the best the experts can give is 70, and 70 fails
        (1300, [66, 72], "unknown"),  # 15 %: 5–6 points; 70 lies inside
    ],
)
def test_seventy_points_fail(high_tech: High, net_assets: int, score: list[int], outcome: str) -> None:
    assets = {"net_assets_1": net_assets, "net_assets_2": 1000, "net_assets_3": 1000}
    found = high_tech(**NO_RIGHTS, **STILL, **assets)
    assert found["score"] == score
    assert found["by_id"]["score"]["outcome"] == found["outcome"] == outcome


def test_a_score_whose_least_is_seventy_is_not_yes_and_of_seventy_one_is(high_tech: High) -> None:
    grown = {"net_assets_1": 135 * 135, "net_assets_2": 135 * 100, "net_assets_3": 100 * 100}
    at = high_tech(**NO_RIGHTS, **STILL, **grown)
    assert at["score"] == [70, 76]
    assert at["outcome"] == "unknown"
    above = high_tech(**NO_RIGHTS, **STILL | {"sales_1": 1001}, **grown, hightech_income=1000)
    assert above["score"] == [71, 78]
    assert above["outcome"] == "yes"


@pytest.mark.parametrize(
    ("count", "points"),
    [
        (15, [25, 30]),
        (14, [19, 24]),
        (12, [19, 24]),
        (9, [13, 18]),
        (6, [7, 12]),
        (3, [1, 6]),
        (2, 0),
        (0, 0),
    ],
)
def test_transformations_count_by_their_yearly_average(high_tech: High, count: int, points: Any) -> None:
    assert _points(high_tech, transformations=count)["transformation_points"] == points


def test_transformations_of_a_young_enterprise_are_averaged_over_its_real_years(high_tech: High) -> None:
    young = {"founded": date(2023, 2, 1), "sales_3": None, "rd_3": None, "net_assets_3": None}
    assert _points(high_tech, transformations=10, **young)["transformation_points"] == [25, 30]
    assert _points(high_tech, transformations=10)["transformation_points"] == [13, 18]


@pytest.mark.parametrize(
    ("class1", "class2", "own", "low", "high"),
    [
        (1, 0, 1, 7 + 1, 8 + 6),
        (0, 5, 1, 5 + 1, 6 + 6),
        (0, 4, 0, 3 + 1, 4 + 3),
        (0, 3, 0, 3 + 1, 4 + 3),
        (0, 2, 0, 1 + 1, 2 + 3),
        (0, 1, 1, 1 + 1, 2 + 6),
    ],
)
def test_intellectual_property_by_number_and_way(
    high_tech: High, class1: int, class2: int, own: int, low: int, high: int
) -> None:
    changed = {"ip_class1": class1, "ip_class2": class2, "ip_self_developed": own}
    experts = {"ip_advancement": 0, "ip_core": 0, "ip_standards": 0}
    assert _points(high_tech, **changed, **experts)["ip_points"] == [low, high]


def test_the_part_of_intellectual_property_is_capped_at_thirty(high_tech: High) -> None:
    assert _points(high_tech)["ip_points"][1] == 30  # 8 + 8 + 8 + 6 + 2 would be 32


def test_an_expert_who_has_not_spoken_leaves_the_whole_band_open(high_tech: High) -> None:
    found = _points(high_tech, ip_advancement=None, management_1=None, management_2=None, management_3=None)
    assert found["ip_points"] == [17, 30]
    assert found["management_points"] == [4, 20]


GROWTH = [
    (1.36, [9, 10]),
    (1.35, [9, 10]),
    (1.349999, [7, 8]),
    (1.25, [7, 8]),
    (1.249999, [5, 6]),
    (1.15, [5, 6]),
    (1.149999, [3, 4]),
    (1.05, [3, 4]),
    (1.049999, [1, 2]),
    (1.000001, [1, 2]),
    (1.0, 0),
    (0.9, 0),
]


@pytest.mark.parametrize(("factor", "points"), GROWTH)
def test_growth_bands_of_net_assets_and_sales_alike(high_tech: High, factor: float, points: Any) -> None:
    """≥35 %: 9–10; ≥25 %: 7–8; ≥15 %: 5–6; ≥5 %: 3–4; >0: 1–2; else 0 — for each rate on its own."""
    grown = {"net_assets_3": 100.0, "net_assets_2": 100 * factor, "net_assets_1": 100 * factor * factor}
    still = {"sales_3": 100.0, "sales_2": 100.0, "sales_1": 100.0, "total_income": 100, "hightech_income": 90}
    assert _points(high_tech, **grown, **still)["growth_points"] == points
    swapped = {name.replace("net_assets", "sales"): value for name, value in grown.items()}
    flat = {
        "net_assets_3": 1.0,
        "net_assets_2": 1.0,
        "net_assets_1": 1.0,
        "total_income": 1,
        "hightech_income": 1,
    }
    assert _points(high_tech, **swapped, **flat)["growth_points"] == points


def test_growth_of_exactly_a_third_and_a_twentieth_from_whole_numbers_reaches_its_band(
    high_tech: High,
) -> None:
    """135 / 100 is not exactly 1.35 in a computer; what was meant counts."""
    for first, points in ((135, [9, 10]), (125, [7, 8]), (115, [5, 6]), (105, [3, 4])):
        young = {"founded": date(2023, 1, 5), "sales_3": None, "rd_3": None, "net_assets_3": None}
        found = _points(high_tech, net_assets_1=first, net_assets_2=100, sales_1=10, sales_2=10, **young)
        assert found["growth_points"] == points


@pytest.mark.parametrize(
    ("first", "second", "third", "points"),
    [
        (0, 100, 135, [9, 10]),  # nothing at first: by the following two years
        (-50, 100, 120, [5, 6]),
        (0, 0, 100, 0),  # nothing in the second either
        (100, 0, 100, 0),
        (100, -50, -1000, 0),  # two ratios of losses are no growth
        (100, 120, 60, 0),  # 1/2 (1.2 + 0.5) − 1 < 0
        (100, 120, 120, [3, 4]),  # 1/2 (1.2 + 1.0) − 1 = 10 %
    ],
)
def test_growth_from_bases_of_zero_and_below(
    high_tech: High, first: float, second: float, third: float, points: Any
) -> None:
    assets = {"net_assets_3": first, "net_assets_2": second, "net_assets_1": third}
    still = {"sales_3": 100.0, "sales_2": 100.0, "sales_1": 100.0, "total_income": 100, "hightech_income": 90}
    assert _points(high_tech, **assets, **still)["growth_points"] == points


def test_the_wrong_table_that_circulates_is_kept_out(packs: Packs, high_tech: High) -> None:
    """Growth is two rates of ten points each, in bands of two; management is 6, 6, 4 and 4 points.

    The wrong one has bands of five points for both rates together, and 6–10 / 3–6 / 2–4 / 1–3.
    """
    rows = packs.tables["hte.growth_points"].values[-1].rows
    assert [(row.at_least, row.above, row.low, row.high) for row in rows] == [
        (0.35, None, 9, 10),
        (0.25, None, 7, 8),
        (0.15, None, 5, 6),
        (0.05, None, 3, 4),
        (None, 0, 1, 2),
        (None, None, 0, 0),
    ]
    assert all(row.high - row.low <= 1 for row in rows)
    most = [packs.parameters[f"hte.management_{n}_max"].values[-1].value for n in (1, 2, 3, 4)]
    assert most == [6, 6, 4, 4]
    # Growth above 35 % in both is 18–20 points; the wrong table gives no more than 20 for both in steps of 5.
    fast = {
        "net_assets_1": 400,
        "net_assets_2": 200,
        "net_assets_3": 100,
        "sales_1": 4000,
        "sales_2": 2000,
        "sales_3": 1000,
    }
    assert _points(high_tech, **fast)["growth_points"] == [18, 20]
    # 35 % in one and nothing in the other is 9–10, not the 16–20 of a joint band.
    assert _points(high_tech, **fast | {"net_assets_1": 100, "net_assets_2": 100})["growth_points"] == [9, 10]


def test_years_before_founding_are_none_and_not_unknown(high_tech: High) -> None:
    young = {
        "sales_2": None,
        "sales_3": None,
        "rd_2": None,
        "rd_3": None,
        "net_assets_2": None,
        "net_assets_3": None,
    }
    found = high_tech(founded=date(2024, 2, 1), sales_1=1000, rd_1=60, **young)
    assert found["by_id"]["rd-ratio"]["value"] == pytest.approx(0.06)
    assert found["by_id"]["rd-ratio"]["outcome"] == "yes"
    assert found["parts"]["growth_points"] == 0
    assert high_tech(founded=date(2010, 2, 1), **young)["by_id"]["rd-ratio"]["outcome"] == "unknown"
    assert high_tech(founded=None, **young)["by_id"]["rd-ratio"]["outcome"] == "unknown"


def test_no_sales_at_all_cannot_be_judged_and_says_why(high_tech: High) -> None:
    clause = high_tech(sales_1=0, sales_2=0, sales_3=0)["by_id"]["rd-ratio"]
    assert clause["outcome"] == "unknown"
    assert clause["value"] is None
    assert "分母为零" in clause["reason"]["zh"]


def test_figures_that_contradict_each_other_are_no_yes(high_tech: High) -> None:
    clause = high_tech(st_staff=200)["by_id"]["staff"]
    assert clause["outcome"] == "unknown"
    assert "矛盾" in clause["reason"]["zh"]


def test_reasons_are_full_sentences_with_the_numbers(high_tech: High) -> None:
    found = high_tech(st_staff=9)
    clause = found["by_id"]["staff"]
    assert clause["clause"] == "国科发火〔2016〕32号 第十一条（四）"
    assert clause["value"] == pytest.approx(0.09)
    assert clause["threshold"] == 0.1
    assert clause["reason"]["zh"] == (
        "科技人员占职工总数的比例为9%（科技人员数9人、职工总数100人），不符合“不低于10%”的规定。"
    )
    assert clause["reason"]["en"] == (
        "The share of S&T staff is 9% (S&T staff 9 persons, Staff 100 persons); the rule asks for at least 10%: not met."
    )
    assert clause["need"]["zh"] == "职工总数不变时，还需增加科技人员1人。"


def test_what_is_missing_names_cells_amounts_and_parts_with_points_left(high_tech: High) -> None:
    found = high_tech(rd_1=1.0, total_income=None, transformations=0, ip_core=0)
    need = {clause["id"]: clause["need"]["zh"] for clause in found["clauses"] if clause["need"]}
    assert need["rd-ratio"] == "销售收入不变时，三年研发费用合计还需增加31万元。"
    assert need["hightech-income"] == "请补填：企业总收入。"
    assert "科技成果转化能力现为0分，满分30分" in need["score"]


@pytest.mark.parametrize(
    "name", ["1", "电子信息", "电子信息技术", "Electronics and information", "electronics", 1]
)
def test_the_field_is_taken_by_name_number_or_code(high_tech: High, name: Any) -> None:
    assert high_tech(field=name)["by_id"]["field"]["outcome"] == "yes"


def test_a_misspelt_field_is_asked_back_not_judged(high_tech: High) -> None:
    with pytest.raises(KechuangError) as raised:
        high_tech(field="新材枓")
    assert raised.value.faults[0].code == "not-a-choice"


def test_a_day_before_the_regulation_is_refused(high_tech: High) -> None:
    with pytest.raises(KechuangError) as raised:
        high_tech(date(2015, 12, 31))
    assert raised.value.code == "rule-not-in-force"
    assert "2016-01-01" in str(raised.value)
