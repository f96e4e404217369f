"""The pack of resources and environment: files come in, each check passes and fails, indicators add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.packs.conftest import ANJI, DEQING, PREFECTURE, Desk, holds

from kechuang.packs import load_packs

PACK = load_packs(["environment"])

WATER = """\
所在县市,年度,农业用水量（万立方米）,工业用水量,生活用水量,生态用水量,用水总量（万立方米）,地表水供水量,地下水供水量,非常规水供水量,数据阶段
安吉县,2023,30500,420,1500,580,33000,,,,公报数
安吉县,2024,"30,000",400,1500,600,"32,500",26000,6000,500,公报数
德清县,2024,20000.5,600,1200,199.5,22000,,,,初步数
"""
IRRIGATION = """\
灌区名称,所在县市,年度,灌区规模,有效灌溉面积（万亩）,地面灌面积,管道输水灌溉面积,喷灌面积,微灌面积,实际灌溉面积,毛灌溉用水量,农田灌溉水有效利用系数,净灌溉用水量
甲灌区,安吉县,2024,大型灌区,40,20,2,0,14,36,18000,0.6,10800
乙灌区,安吉县,2024,小型灌区,10,8,0,0,1,9,6000,0.5,3000
丙灌区,德清县,2024,中型灌区,20,15,1,1,1,18,9000,,
"""
SURVEYS = """\
项目名称,所在县市,承担单位,图幅或工作区,比例尺,主要矿种,立项日期,野外验收日期,规划勘查面积（平方公里）,已完成面积,项目经费（万元）
项目一,安吉县,某地质队,H50E001001,1∶5万,铜铅锌,2021-03-01,2024-11-30,400,400,600
项目二,安吉县,某地质队,某工作区,1∶1万及更大,金银,2022-03-01,2025-06-30,50,50,200
项目三,德清县,某地质队,H50E001002,1∶5万,综合调查,2023-03-01,,350,120,500
"""
AUDITS = """\
统一社会信用代码,企业名称,所在县市,行业,审核类别,名单公布日期,应完成日期,提交审核报告日期,评估日期,验收日期,清洁生产方案数,已实施方案数,年节水量
91350100M000100Y43,企业一,安吉县,水泥制造,强制性,2022-03-01,2024-03-01,2023-06-01,2023-09-01,2024-01-15,12,10,1.5
913305000000000011,企业二,安吉县,食品加工,自愿性,2022-05-01,2024-05-01,2023-08-01,2024-02-01,2025-01-10,8,6,0.4
913305000000000024,企业三,德清县,纺织染整,强制性,2023-03-01,2025-03-01,2024-08-01,,,20,3,
"""
CIRCULAR = """\
项目名称,所在县市,建设单位,项目类别,开工日期,建成日期,计划投资（万元）,累计完成投资,设计年利用量（万吨/年）,上年实际利用量
项目一,安吉县,某企业,秸秆综合利用,2022-01-01,2024-01-01,3000,2900,5,3.2
"""
SALINE = """\
所在县市,年度,盐碱化程度,分级系列,盐碱地面积（万亩）,其中：盐碱耕地,平均含盐量（g/kg）,累计治理面积,主要治理措施
安吉县,2024,轻度,半漠境及漠境区,10,6,2.5,4,明沟排水洗盐
安吉县,2024,中度,半漠境及漠境区,6,3,3.0,3,暗管排盐
安吉县,2024,重度,半漠境及漠境区,4,,,0,未治理
德清县,2024,轻度,滨海及半湿润、半干旱、干旱区,20,,2.5,1,综合治理
"""
RESTORATION = """\
项目名称,所在县市,实施单位,修复类型,开工日期,验收日期,计划修复面积（万亩）,累计修复面积,经费（万元）,累计支出
项目一,安吉县,某单位,矿山生态修复,2021-01-01,2023-12-31,1.2,1.25,800,790
项目二,安吉县,某单位,防沙治沙,2022-01-01,2024-12-31,3,3,1200,1200
项目三,德清县,某单位,湿地修复,2023-01-01,,2,1.5,900,300
"""
ZONES = """\
实验区名称,所在县市,级别,状态,批准日期,批准文号,验收日期,取消日期
实验区一,安吉县,国家级,已验收,2014-05-01,某科发〔2014〕1号,2018-05-01,
实验区二,德清县,省级（自治区级）,已取消,2016-05-01,某科发〔2016〕2号,,2023-06-01
实验区三,德清县,地市级,拟建,2024-05-01,,,
"""


@pytest.fixture
def filled(desk: Callable[[str], Desk]) -> Desk:
    made = desk("environment")
    made.file("water_use", WATER)
    made.file("irrigation_areas", IRRIGATION)
    made.file("mineral_surveys", SURVEYS)
    made.file("clean_production_audits", AUDITS)
    made.file("circular_projects", CIRCULAR)
    made.file("saline_land", SALINE)
    made.file("restoration_projects", RESTORATION)
    made.file("sustainable_zones", ZONES)
    return made


def test_indicators_add_up(filled: Desk) -> None:
    total = filled.figure("water_use_total")
    assert (total.value, total.status) == (54500, "provisional")  # one county's figure is preliminary
    assert filled.figure("water_use_total", ANJI, 2023).status == "final"
    mineral = filled.figure("mineral_survey_coverage")
    assert (mineral.numerator, mineral.denominator) == (400, 800)
    assert filled.figure("mineral_survey_coverage", ANJI, 2025).value == 100
    assert filled.figure("restored_area").value == pytest.approx(4.25)
    assert filled.figure("restored_area", PREFECTURE, 2023).value == pytest.approx(1.25)
    assert filled.figure("sustainable_zones_held").value == 1
    assert filled.figure("sustainable_zones_held", DEQING, 2022).value == 1
    assert filled.figure("efficient_irrigation_share", ANJI).value == pytest.approx(34)


def test_the_coefficient_is_weighted_by_gross_water(filled: Desk) -> None:
    """(0.6 × 18000 + 0.5 × 6000) / 24000; the district without a measurement has no weight either."""
    figure = filled.figure("irrigation_coefficient")
    assert figure.value == pytest.approx(0.575)
    assert (figure.numerator, figure.denominator) == (13800, 24000)
    unmeasured = filled.figure("irrigation_coefficient", DEQING)
    assert unmeasured.value is None and unmeasured.reason is not None


def test_an_audit_accepted_late_stays_with_the_year_it_was_due(filled: Desk) -> None:
    due = filled.figure("clean_production_completion", ANJI)
    assert (due.value, due.numerator, due.denominator) == (50, 1, 2)
    assert filled.figure("clean_production_completion", DEQING, 2025).value == 0
    assert filled.figure("clean_production_completion", ANJI, 2025).value is None  # nothing was due


def test_salinity_is_judged_by_the_limits_of_its_series(filled: Desk) -> None:
    """2.5 g/kg is light in a desert and moderate on a coast; what was not measured is left out."""
    assert filled.figure("saline_treated_share", ANJI).value == pytest.approx(35)
    assert filled.figure("saline_treated_share").value == pytest.approx(20)
    assert filled.figure("saline_severity_share", ANJI).value == pytest.approx(100 * 6 / 16)
    assert filled.figure("saline_severity_share", DEQING).value == 100


def test_class_limits_rise_and_say_where_they_come_from() -> None:
    for series in ("desert", "coastal"):
        ids = [f"saline.{series}.{step}_from" for step in ("light", "moderate", "severe", "saline_soil")]
        found = [PACK.parameters[name].at(date(2025, 12, 31)) for name in ids]
        values = [float(value.value) for value in found if value is not None]
        assert len(values) == 4 and values == sorted(set(values))
        assert all(value is not None and value.source and not value.verified for value in found)


def test_a_jump_from_the_year_before_is_told(filled: Desk) -> None:
    head = WATER.splitlines()[0]
    result = filled.bring("water_use", f"{head}\n安吉县,2025,300000,4000,15000,6000,325000,,,,公报数\n")
    assert {fault.code for fault in result.faults} == {"total-jump", "agriculture-jump"}
    head = SALINE.splitlines()[0]
    result = filled.bring(
        "saline_land", f"{head}\n安吉县,2025,轻度,半漠境及漠境区,10,6,2.5,3.5,明沟排水洗盐\n"
    )
    assert {fault.code for fault in result.faults} == {"treated-falls"}


DAY, LATER = date(2022, 1, 1), date(2023, 1, 1)
WATER_ROW = {"agriculture": 30000, "industry": 400, "domestic": 1500, "ecological": 600, "total": 32500}
SUPPLY = {"total": 32500, "surface": 26000, "groundwater": 6000, "other": 500}
FIELD = {
    "area": 40, "surface": 20, "pipe": 2, "sprinkler": 0, "micro": 14, "irrigated": 36,
    "gross": 18000, "coefficient": 0.6, "net": 10800,
}  # fmt: skip
AUDIT = {
    "listed": date(2022, 3, 1), "due": date(2024, 3, 1), "reported": date(2023, 6, 1), "assessed": date(2023, 9, 1),
    "accepted": date(2024, 1, 15), "proposals": 12, "carried_out": 10,
}  # fmt: skip
# (record type, check, a row that passes, a row that fails)
CHECKS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("water_use", "sum-of-sectors", WATER_ROW, {**WATER_ROW, "total": 32501}),
    ("water_use", "sum-of-sources", SUPPLY, {**SUPPLY, "other": 900}),
    ("irrigation_areas", "sum-of-methods", FIELD, {**FIELD, "micro": 13}),
    ("irrigation_areas", "irrigated-within-area", FIELD, {**FIELD, "area": 35}),
    ("irrigation_areas", "net-within-gross", FIELD, {**FIELD, "net": 18001}),
    ("irrigation_areas", "coefficient-agrees", FIELD, {**FIELD, "coefficient": 0.62}),
    ("irrigation_areas", "coefficient-needs-gross", FIELD, {**FIELD, "gross": None}),
    ("irrigation_areas", "water-per-mu", FIELD, {**FIELD, "gross": 1.8}),
    ("mineral_surveys", "completed-after-approved", {"approved": DAY, "completed": None}, {"approved": LATER, "completed": DAY}),
    ("mineral_surveys", "covered-within-planned", {"covered": 105, "planned": 100}, {"covered": 106, "planned": 100}),
    ("mineral_surveys", "completed-covers", {"completed": DAY, "covered": 10}, {"completed": DAY, "covered": 0}),
    ("clean_production_audits", "due-after-listed", AUDIT, {**AUDIT, "due": date(2022, 3, 1)}),
    ("clean_production_audits", "reported-after-listed", AUDIT, {**AUDIT, "reported": date(2022, 1, 1)}),
    ("clean_production_audits", "assessed-after-reported", AUDIT, {**AUDIT, "reported": None}),
    ("clean_production_audits", "accepted-after-assessed", AUDIT, {**AUDIT, "assessed": date(2024, 2, 1)}),
    ("clean_production_audits", "carried-out-part", AUDIT, {**AUDIT, "carried_out": 13}),
    ("clean_production_audits", "savings-of-proposals", AUDIT, {**AUDIT, "carried_out": 0}),
    ("circular_projects", "finished-after-started", {"started": DAY, "finished": LATER}, {"started": DAY, "finished": DAY}),
    ("circular_projects", "invested-size", {"invested": 120, "planned": 100}, {"invested": 130, "planned": 100}),
    ("circular_projects", "used-within-capacity", {"used": 5, "capacity": 5}, {"used": 50000, "capacity": 5}),
    ("saline_land", "treated-within-area", {"treated": 4, "area": 4}, {"treated": 5, "area": 4}),
    ("saline_land", "farmland-part", {"farmland": 4, "area": 4}, {"farmland": 5, "area": 4}),
    ("saline_land", "method-of-treated", {"treated": 0, "method": "none"}, {"treated": 1, "method": "none"}),
    ("restoration_projects", "accepted-after-started", {"started": DAY, "accepted": LATER}, {"started": DAY, "accepted": DAY}),
    ("restoration_projects", "restored-size", {"restored": 1.1, "planned": 1}, {"restored": 10000, "planned": 1}),
    ("restoration_projects", "spent-within-budget", {"spent": 5, "budget": 5}, {"spent": 6, "budget": 5}),
    ("sustainable_zones", "accepted-after-approved", {"approved": DAY, "accepted_on": LATER}, {"approved": LATER, "accepted_on": DAY}),
    ("sustainable_zones", "cancelled-after-approved", {"approved": DAY, "cancelled": LATER}, {"approved": LATER, "cancelled": DAY}),
    ("sustainable_zones", "cancelled-status", {"status": "building", "cancelled": None}, {"status": "building", "cancelled": DAY}),
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
