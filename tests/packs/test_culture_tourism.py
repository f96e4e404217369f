"""The pack of culture and tourism: files come in, each check passes and fails, indicators add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.packs.conftest import ANJI, DEQING, PREFECTURE, Desk, holds

from kechuang.packs import load_packs

PACK = load_packs(["culture-tourism"])

SITES = """\
景区名称,所在县市,质量等级,景区类型,评定日期,在线预约和分时段入园,客流监测和引导,智能导览讲解,非接触式购票核验,四项功能齐备日期,摘牌日期
甲景区,安吉县,5A级,自然景观,2015-06-01,是,是,是,是,2022-05-01,
乙景区,安吉县,4A级,历史文化,2018/3/1,是,是,否,是,,
丙景区,德清县,3A级,乡村旅游,2020年7月1日,是,是,是,是,2025-03-01,
丁景区,德清县,2A级,博物馆类,2010-01-01,否,否,否,否,,2023-12-31
"""
CAPACITY = """\
景区名称,所在县市,核定日期,核定部门,有效游览面积（平方米）,人均空间承载指标（平方米/人）,每日开放时间（小时）,人均游览时间（小时）,瞬时最大承载量（人）,日最大承载量（人次）,已向社会公布
甲景区,安吉县,2021-04-01,安吉县文化和旅游局,56000,10,9,5,5600,10080,是
丙景区,德清县,2024-12-31,德清县文化和旅游局,,,,,800,2000,否
"""
VISITORS = """\
景区名称,所在县市,日期,接待人次（人次）,其中：预约入园,瞬时最大在园人数（人）,计数方式
甲景区,安吉县,2024-05-01,9800,6000,4200,闸机
甲景区,安吉县,2024-05-02,"8,200",5000,3900,闸机
乙景区,安吉县,2024-05-01,2000,,,票务系统
丙景区,德清县,2024-10-01,1500,900,700,闸机
丙景区,德清县,2023-10-01,900,,,人工估算
"""
PRODUCTS = """\
产品名称,所在县市,所属景区,经营单位,产品类型,数字技术,推出日期,投资额（万元）,停止日期
产品一,安吉县,甲景区,某文旅公司,旅游演艺,沉浸式体验（虚拟现实、增强现实等）,2023-05-01,320,
产品二,安吉县,,某文旅公司,旅游线路,未使用,2021-05-01,,
产品三,德清县,,某合作社,乡村民宿,未使用,2020-05-01,,2024-06-30
产品四,德清县,丙景区,某文旅公司,展览展示,数字展陈,2024-01-01,80,
"""
BRANDS = """\
品牌名称,所在县市,品牌类别,认定级别,认定日期,认定文号,撤销日期
品牌一,安吉县,旅游度假区,国家级,2020-01-01,某文旅发〔2020〕1号,
品牌二,德清县,乡村旅游重点村镇,省级（自治区级）,2022-01-01,某文旅发〔2022〕1号,2024-06-01
品牌三,德清县,特色美食品牌,地市级,2022-01-01,某文旅发〔2022〕2号,
"""
HERITAGE = """\
工坊或活动名称,类别,所在县市,举办或运营单位,非遗项目,项目级别,设立或开始日期,撤销或结束日期,参与人次（人次）,带动就业人数（人）
工坊一,非遗工坊,安吉县,某文化馆,竹编,省级（自治区级）,2021-01-01,,,25
工坊二,非遗工坊,德清县,某合作社,剪纸,县级,2022-01-01,2023-12-31,,10
活动一,展示展演,安吉县,某文化馆,竹编,省级（自治区级）,2024-06-08,2024-06-09,1200,
"""


@pytest.fixture
def filled(desk: Callable[[str], Desk]) -> Desk:
    made = desk("culture-tourism")
    made.file("scenic_sites", SITES)
    made.file("site_capacity", CAPACITY)
    made.file("visitors_daily", VISITORS)
    made.file("tourism_products", PRODUCTS)
    made.file("tourism_brands", BRANDS)
    made.file("heritage_activities", HERITAGE)
    return made


def test_indicators_add_up(filled: Desk) -> None:
    assert filled.figure("site_visits").value == pytest.approx(2.15)
    assert filled.figure("site_visits", DEQING, 2023).value == pytest.approx(0.09)
    assert filled.figure("a_level_sites").value == 3
    assert filled.figure("a_level_sites", PREFECTURE, 2022).value == 4
    assert filled.figure("high_grade_sites").value == 2
    smart = filled.figure("smart_sites_share")
    assert (smart.numerator, smart.denominator) == (1, 3)
    assert filled.figure("smart_sites_share", DEQING, 2025).value == 100
    assert filled.figure("capacity_assessed_share").value == pytest.approx(200 / 3)
    assert filled.figure("capacity_assessed_share", DEQING, 2023).value == 0
    assert filled.figure("digital_products_share").value == pytest.approx(200 / 3)
    assert filled.figure("tourism_brands_held").value == 1
    assert filled.figure("tourism_brands_held", PREFECTURE, 2023).value == 2
    assert filled.figure("heritage_workshops").value == 1
    assert filled.figure("heritage_workshops", ANJI).value == 1


def test_a_site_nobody_registered_is_refused(filled: Desk) -> None:
    result = filled.bring("visitors_daily", VISITORS.replace("甲景区", "无名景区"))
    assert [fault.code for fault in result.faults if fault.severity == "error"] == ["reference-unknown"] * 2
    assert filled.figure("site_visits").value == pytest.approx(2.15)


RATED = date(2020, 1, 1)
ALL = {"booking": True, "flow": True, "guide": True, "contactless": True}
CAPACITY_ROW = {"instantaneous": 5600, "daily": 10080, "area": 56000, "per_head": 10, "hours": 9, "stay": 5}
# (record type, check, a row that passes, a row that fails)
CHECKS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("scenic_sites", "delisted-after-rated", {"rated": RATED, "delisted": RATED}, {"rated": RATED, "delisted": date(2019, 1, 1)}),
    ("scenic_sites", "smart-needs-all", {**ALL, "smart_since": RATED}, {**ALL, "guide": False, "smart_since": RATED}),
    ("scenic_sites", "smart-date", {**ALL, "smart_since": RATED}, {**ALL, "smart_since": None}),
    ("scenic_sites", "both-coordinates", {"lon": 119.7, "lat": 30.6}, {"lon": 119.7, "lat": None}),
    ("site_capacity", "daily-not-below", CAPACITY_ROW, {**CAPACITY_ROW, "daily": 5000}),
    ("site_capacity", "stay-within-hours", CAPACITY_ROW, {**CAPACITY_ROW, "stay": 10}),
    ("site_capacity", "turnover", CAPACITY_ROW, {**CAPACITY_ROW, "daily": 20000}),
    ("site_capacity", "space", CAPACITY_ROW, {**CAPACITY_ROW, "instantaneous": 9000}),
    ("visitors_daily", "booked-part", {"visitors": 100, "booked": 100}, {"visitors": 100, "booked": 101}),
    ("visitors_daily", "peak-part", {"visitors": 100, "peak": 40}, {"visitors": 100, "peak": 101}),
    ("tourism_products", "withdrawn-after-launched", {"launched": RATED, "withdrawn": None}, {"launched": RATED, "withdrawn": RATED}),
    ("tourism_products", "digital-investment", {"technique": "online", "investment": 3}, {"technique": "online", "investment": 0}),
    ("tourism_brands", "revoked-after-awarded", {"awarded": RATED, "revoked": None}, {"awarded": RATED, "revoked": date(2019, 1, 1)}),
    ("heritage_activities", "end-after-start", {"start": RATED, "end": RATED}, {"start": RATED, "end": date(2019, 1, 1)}),
    ("heritage_activities", "event-ends", {"kind": "workshop", "end": None}, {"kind": "show", "end": None}),
    ("heritage_activities", "jobs-of-workshop", {"kind": "workshop", "jobs": 5}, {"kind": "fair", "jobs": 5}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "check", "good", "bad"), CHECKS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_each_check_passes_and_fails(
    type_: str, check: str, good: dict[str, Any], bad: dict[str, Any]
) -> None:
    record_type = PACK.records[type_]
    assert holds(record_type, check, good) and not holds(record_type, check, bad)


def test_every_check_was_tried() -> None:
    declared = {(item.id, check.id) for item in PACK.records.values() for check in item.checks}
    assert declared == {(type_, check) for type_, check, _, _ in CHECKS}


@pytest.mark.parametrize(
    ("check", "field", "limit"),
    [
        ("within-daily-capacity", "visitors", "daily"),
        ("within-instantaneous-capacity", "peak", "instantaneous"),
    ],
)
def test_a_day_is_held_against_the_capacity_of_its_site(check: str, field: str, limit: str) -> None:
    daily = PACK.records["visitors_daily"]
    assert holds(daily, check, {field: 2000}, {limit: 2000})
    assert not holds(daily, check, {field: 2001}, {limit: 2000})
    assert holds(daily, check, {field: None}, {limit: 2000})


def test_too_many_visitors_for_a_site_are_told_with_the_cell(filled: Desk) -> None:
    crowded = VISITORS.splitlines()[0] + "\n甲景区,安吉县,2024-05-03,12000,6000,5700,闸机\n"
    result = filled.bring("visitors_daily", crowded)
    warned = {(fault.code, fault.place.row, fault.severity) for fault in result.faults}
    assert warned == {
        ("within-daily-capacity", 2, "warning"),
        ("within-instantaneous-capacity", 2, "warning"),
    }
