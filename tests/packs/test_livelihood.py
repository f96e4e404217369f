"""The pack of livelihood: drinking water against GB 5749, medical services, emergency and safety."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.packs.conftest import ANJI, DEQING, PREFECTURE, Desk, holds

from kechuang.packs import load_packs

PACK = load_packs(["livelihood"])

VILLAGES = """\
名录版本,名录日期,统计用区划代码,名称,所在县市,乡镇街道,类别
统计用区划代码2023年版,2023-06-30,330523100200,甲村,安吉县,某镇,村民委员会
统计用区划代码2023年版,2023-06-30,330523100201,乙村,安吉县,某镇,村民委员会
统计用区划代码2023年版,2023-06-30,330523100202,丙村,安吉县,某镇,村民委员会
统计用区划代码2023年版,2023-06-30,330523100203,丁村,安吉县,某镇,村民委员会
统计用区划代码2023年版,2023-06-30,330523100001,某社区,安吉县,某镇,居民委员会
统计用区划代码2023年版,2023-06-30,330521100200,戊村,德清县,某镇,村民委员会
"""
SOURCES = """\
供水工程名称,所在县市,工程类别,水源类型,设计供水规模（立方米/日）,供水行政村数,消毒方式,投用日期,停用日期
甲水厂,安吉县,农村规模化供水,水库,12000,2,液氯、次氯酸钠等,2012-05-01,
乙水厂,安吉县,农村小型集中供水,地下水,600,1,二氧化氯,2018-05-01,
丙水厂,德清县,农村小型集中供水,山泉水,200,1,紫外线或其他,2010-05-01,2023-12-31
"""
SAMPLES_HEAD = (
    "样品编号,供水工程名称,所在县市,采样日期,采样点,适用放宽限值,消毒剂,检测机构,总大肠菌群（CFU/100mL）,大肠埃希氏菌,"
    "菌落总数,砷（mg/L）,氟化物,硝酸盐（以N计）（mg/L）,浑浊度（NTU）,有异臭、异味,pH,游离氯（mg/L）,二氧化氯\n"
)
SAMPLES = (
    SAMPLES_HEAD
    + """\
水样1,甲水厂,安吉县,2024-03-01,出厂水,否,液氯、次氯酸钠等,某实验室,0,0,12,0.004,0.5,3,0.4,否,7.8,0.45,
水样2,甲水厂,安吉县,2024-06-01,末梢水,否,液氯、次氯酸钠等,某实验室,0,0,20,0.004,0.5,3,0.6,否,7.8,0.02,
水样3,乙水厂,安吉县,2024-06-01,出厂水,是,二氧化氯,某实验室,0,0,30,0.004,1.15,18,2.5,否,7.6,,0.2
水样4,乙水厂,安吉县,2024-09-01,出厂水,否,二氧化氯,某实验室,0,0,30,0.004,1.15,3,0.5,否,7.6,,0.2
水样5,乙水厂,安吉县,2021-09-01,出厂水,是,二氧化氯,某实验室,0,0,30,0.04,0.5,3,0.5,否,9.2,,0.2
水样6,甲水厂,安吉县,2021-09-01,出厂水,否,液氯、次氯酸钠等,某实验室,0,0,30,0.004,0.5,3,0.5,否,7.8,3.5,
"""
)
MEDICAL = """\
机构名称,所在县市,年度,机构类别,实有床位数（张）,总诊疗人次,远程医疗服务人次,出院人次,万元以上设备台数
甲医院,安吉县,2024,综合医院,400,300000,500,12000,200
甲卫生院,安吉县,2024,乡镇卫生院,40,30000,,800,20
甲村卫生室,安吉县,2024,村卫生室,0,"3,000",,0,
乙卫生院,德清县,2024,乡镇卫生院,30,20000,,600,
"""
TELEMEDICINE = """\
站点编号,接入机构,所在县市,上级支持机构,服务内容,开通日期,停用日期
站点1,甲卫生院,安吉县,甲医院,远程会诊,2022-05-01,
站点2,甲卫生院,安吉县,甲医院,远程心电,2023-05-01,
站点3,乙卫生院,德清县,某三甲医院,远程影像,2021-05-01,2024-06-30
站点4,甲村卫生室,安吉县,甲卫生院,远程心电,2023-05-01,
"""
HEALTH = """\
项目编号,项目名称,承担地区,承担单位,领域,立项日期,应完成日期,验收日期,经费（万元）,累计支出,推广应用机构数
卫科1,某适宜技术推广,湖州市,某医院,适宜技术推广,2022-01-01,2024-12-31,2024-12-01,50,48,6
"""
EMERGENCY = """\
资源编号,所在县市,资源类别,用于,级别,管理单位,品名,数量（台、套、件）,库房面积（平方米）,投用或入库日期,停用或报废日期
应急1,安吉县,应急物资储备库,综合,县级,某部门,,,1200,2020-01-01,
应急2,安吉县,应急物资储备库,防汛抗旱,乡镇级,某部门,,,300,2021-01-01,
应急3,德清县,应急装备,防汛抗旱,县级,某部门,移动泵车,4,,2022-01-01,
"""
FACILITIES = """\
设施名称,所在县市,设施类别,管理单位,自动监测并联网,有效避难面积（平方米）,建成日期,停用日期
设施1,安吉县,气象监测站,某部门,是,,2018-01-01,
设施2,安吉县,应急避难场所,某部门,,5000,2020-01-01,
设施3,德清县,水文监测站,某部门,是,,2010-01-01,2023-12-31
"""
SAFETY = """\
项目编号,年度,承担地区,规划任务,到期里程碑数（个）,完成里程碑数,预算（万元）,支出
安科1,2024,湖州市,社会安全,4,3,100,80
安科2,2024,安吉县,防灾减灾救灾,4,4,60,40
"""


@pytest.fixture
def filled(desk: Callable[[str], Desk]) -> Desk:
    made = desk("livelihood")
    made.file("villages", VILLAGES)
    made.file("water_sources", SOURCES)
    made.file("water_samples", SAMPLES)
    made.file("medical_services", MEDICAL)
    made.file("telemedicine_sites", TELEMEDICINE)
    made.file("health_tech_projects", HEALTH)
    made.file("emergency_resources", EMERGENCY)
    made.file("disaster_facilities", FACILITIES)
    made.file("safety_tech_projects", SAFETY)
    return made


def test_indicators_add_up(filled: Desk) -> None:
    assert filled.figure("rural_central_supply").value == pytest.approx(60)
    assert filled.figure("rural_central_supply", PREFECTURE, 2022).value == pytest.approx(80)
    assert filled.figure("medical_visits").value == pytest.approx(35.3)
    assert filled.figure("water_sampling_coverage").value == 100
    assert filled.figure("water_sampling_coverage", PREFECTURE, 2021).value == pytest.approx(200 / 3)
    assert filled.figure("disaster_facilities_in_use").value == 2
    stores = filled.figure("emergency_store_counties")
    assert (stores.value, stores.numerator, stores.denominator) == (50, 1, 2)
    assert filled.figure("emergency_store_counties", DEQING).value == 0
    assert filled.figure("safety_milestones").value == pytest.approx(87.5)
    assert filled.figure("safety_milestones", ANJI).value == 100
    assert filled.figure("safety_spending").value == pytest.approx(75)


def test_telemedicine_counts_institutions_once_and_no_village_clinics(filled: Desk) -> None:
    """One of three institutions has a site in use; its two sites count once, the closed one not at all."""
    figure = filled.figure("telemedicine_coverage")
    assert (figure.numerator, figure.denominator) == (1, 3)


def test_water_is_judged_by_the_limits_of_its_year(filled: Desk) -> None:
    """2024: too little chlorine at the tap and 1.15 mg/L of fluoride fail; a small supply may have that much.
    In 2021 a small supply could have 0.04 mg/L of arsenic and pH 9.2, and free chlorine up to 4 mg/L."""
    assert filled.figure("water_quality_compliance", ANJI).value == pytest.approx(50)
    assert filled.figure("water_quality_compliance", ANJI, 2021).value == 100
    later = SAMPLES.replace("2021-09-01", "2025-09-01")
    filled.file("water_samples", later)
    assert filled.figure("water_quality_compliance", ANJI, 2025).value == 0


GOOD = {"水样": "a", "总大肠菌群": 0, "菌落总数": 5, "浑浊度": 0.3, "pH": 7.5, "游离氯": 0.5}
# (column, the most or least that passes, what fails): one for every limit that has no relaxation.
LIMITS: list[tuple[str, float, float]] = [
    ("总大肠菌群", 0, 1), ("菌落总数", 100, 101), ("砷", 0.01, 0.011), ("镉", 0.005, 0.006), ("铬（六价）", 0.05, 0.051),
    ("铅", 0.01, 0.011), ("汞", 0.001, 0.0011), ("氰化物", 0.05, 0.06), ("氟化物", 1.0, 1.1), ("硝酸盐（以N计）", 10, 10.1),
    ("三氯甲烷", 0.06, 0.061), ("一氯二溴甲烷", 0.1, 0.11), ("二氯一溴甲烷", 0.06, 0.07), ("三溴甲烷", 0.1, 0.11),
    ("三卤甲烷（比值之和）", 1, 1.01), ("二氯乙酸", 0.05, 0.06), ("三氯乙酸", 0.1, 0.11), ("溴酸盐", 0.01, 0.011),
    ("亚氯酸盐", 0.7, 0.71), ("氯酸盐", 0.7, 0.71), ("色度", 15, 16), ("浑浊度", 1, 1.1), ("pH", 8.5, 8.6), ("pH", 6.5, 6.4),
    ("铝", 0.2, 0.21), ("铁", 0.3, 0.31), ("锰", 0.1, 0.11), ("铜", 1.0, 1.1), ("锌", 1.0, 1.1), ("氯化物", 250, 251),
    ("硫酸盐", 250, 251), ("溶解性总固体", 1000, 1001), ("总硬度（以CaCO3计）", 450, 451), ("高锰酸盐指数（以O2计）", 3, 3.1),
    ("氨（以N计）", 0.5, 0.51), ("总α放射性", 0.5, 0.51), ("总β放射性", 1, 1.1), ("游离氯", 2, 2.1), ("游离氯", 0.3, 0.29),
    ("臭氧", 0.3, 0.31), ("二氧化氯", 0.8, 0.81), ("总氯", 3, 3.1),
]  # fmt: skip


def test_each_limit_of_2022_decides_at_its_edge(desk: Callable[[str], Desk]) -> None:
    """Two samples a limit: every one just inside passes, every one just outside fails."""
    made = desk("livelihood")
    made.file("water_sources", SOURCES)
    columns = list(
        dict.fromkeys(["总大肠菌群", "菌落总数", "浑浊度", "pH", "游离氯", *(name for name, _, _ in LIMITS)])
    )
    head = "样品编号,供水工程名称,所在县市,采样日期,采样点,适用放宽限值,消毒剂,检测机构,"
    lines = [head + ",".join(columns)]
    for number, (name, inside, outside) in enumerate(LIMITS):
        for side, value in (("内", inside), ("外", outside)):
            row: dict[str, Any] = {**GOOD, name: value}
            if name == "总氯":
                row["游离氯"] = 0.5
            cells = ",".join(str(row.get(column, "")) for column in columns)
            place = ANJI if side == "内" else DEQING
            lines.append(
                f"样{number}{side},甲水厂,{place},2024-05-01,出厂水,否,液氯、次氯酸钠等,某实验室,{cells}"
            )
    result = made.bring("water_samples", "\n".join(lines) + "\n")
    assert not [fault for fault in result.faults if fault.severity == "error"]
    inside_all, outside_all = (made.figure("water_quality_compliance", place) for place in (ANJI, DEQING))
    assert inside_all.value == 100 and outside_all.value == 0, (inside_all, outside_all)


@pytest.mark.parametrize(
    ("disinfectant", "point", "residuals", "passes"),
    [
        ("液氯、次氯酸钠等", "末梢水", "0.05,,,", True),
        ("液氯、次氯酸钠等", "末梢水", "0.04,,,", False),
        ("氯胺", "出厂水", ",0.5,,", True),
        ("氯胺", "出厂水", ",0.4,,", False),
        ("氯胺", "末梢水", ",0.05,,", True),
        ("臭氧", "末梢水", ",,0.02,", True),
        ("臭氧", "末梢水", ",,0.01,", False),
        ("臭氧", "出厂水", ",,0.01,", True),
        ("二氧化氯", "出厂水", ",,,0.1", True),
        ("二氧化氯", "出厂水", ",,,0.09", False),
        ("二氧化氯", "末梢水", ",,,0.02", True),
        ("二氧化氯与氯混合", "出厂水", "0.1,,,0.1", True),
        ("二氧化氯与氯混合", "出厂水", "0.1,,,0.05", False),
        ("紫外线、其他或未消毒", "末梢水", ",,,", True),
    ],
)
def test_the_residual_is_that_of_the_disinfectant_used(
    desk: Callable[[str], Desk], disinfectant: str, point: str, residuals: str, passes: bool
) -> None:
    made = desk("livelihood")
    made.file("water_sources", SOURCES)
    head = "样品编号,供水工程名称,所在县市,采样日期,采样点,适用放宽限值,消毒剂,检测机构,总大肠菌群,菌落总数,浑浊度,pH,游离氯,总氯,臭氧,二氧化氯"
    row = f"样,甲水厂,安吉县,2024-05-01,{point},否,{disinfectant},某实验室,0,5,0.3,7.5,{residuals}"
    made.file("water_samples", f"{head}\n{row}\n")
    assert made.figure("water_quality_compliance", ANJI).value == (100 if passes else 0)


def test_every_limit_is_dated_and_says_its_table() -> None:
    limits = [item for item in PACK.parameters.values() if item.id.startswith("gb5749.")]
    assert len(limits) > 60
    for limit in limits:
        assert [value.from_.isoformat() for value in limit.values] == ["2007-07-01", "2023-04-01"], limit.id
        assert all("表" in value.clause and "GB 5749-20" in value.source for value in limit.values), limit.id
        assert not any(value.verified for value in limit.values), limit.id
    changed = {item.id for item in limits if len({value.value for value in item.values}) > 1}
    assert "gb5749.disinfectant.free_chlorine_most" in changed and "gb5749.fluoride" not in changed


def test_a_sample_is_held_against_its_supply(filled: Desk) -> None:
    early = SAMPLES_HEAD + (
        "水样9,甲水厂,安吉县,2011-03-01,出厂水,是,液氯、次氯酸钠等,某实验室,0,0,12,0.004,0.5,3,0.4,否,7.8,0.45,\n"
    )
    result = filled.bring("water_samples", early)
    found = {fault.code for fault in result.faults if fault.code != "optional-column"}
    assert found == {"sampled-in-service", "relaxed-small-only"}


DAY, LATER = date(2022, 1, 1), date(2023, 1, 1)
TESTED = {"total_coliforms": 0, "colony_count": 5, "turbidity": 0.3, "ph": 7.5}
METALS = {"arsenic": 0.004, "lead": 0.001, "cadmium": 0.0002}
# (record type, check, a row that passes, a row that fails)
CHECKS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("water_sources", "closed-after-opened", {"opened": DAY, "closed": LATER}, {"opened": DAY, "closed": DAY}),
    ("water_sources", "rural-serves", {"kind": "urban", "villages_served": 0}, {"kind": "small", "villages_served": 0}),
    ("water_sources", "disinfected", {"disinfection": "other"}, {"disinfection": "none"}),
    ("water_samples", "least-tested", TESTED, {**TESTED, "ph": None}),
    ("water_samples", "e-coli-part", {"e_coli": 1, "total_coliforms": 3}, {"e_coli": 1, "total_coliforms": 0}),
    ("water_samples", "residual-measured", {"disinfectant": "ozone", "ozone": 0.1}, {"disinfectant": "ozone", "free_chlorine": 0.4}),
    ("water_samples", "free-within-total", {"free_chlorine": 0.4, "total_chlorine": 0.5}, {"free_chlorine": 0.6, "total_chlorine": 0.5}),
    ("water_samples", "ions-within-solids", {"chloride": 100, "sulfate": 100, "dissolved_solids": 500}, {"chloride": 300, "sulfate": 300, "dissolved_solids": 500}),
    ("water_samples", "microgram", METALS, {**METALS, "arsenic": 4}),
    ("medical_services", "clinic-beds", {"kind": "village", "beds": 0}, {"kind": "village", "beds": 3}),
    ("medical_services", "discharges-need-beds", {"discharges": 0, "beds": 0}, {"discharges": 5, "beds": 0}),
    ("medical_services", "discharges-per-bed", {"discharges": 800, "beds": 40}, {"discharges": 8000, "beds": 40}),
    ("medical_services", "remote-part", {"remote_visits": 5, "visits": 5}, {"remote_visits": 6, "visits": 5}),
    ("telemedicine_sites", "closed-after-opened", {"opened": DAY, "closed": None}, {"opened": DAY, "closed": DAY}),
    ("telemedicine_sites", "supported-by-another", {"upper": "甲医院", "institution": "乙院"}, {"upper": "甲院", "institution": "甲院"}),
    ("health_tech_projects", "due-after-started", {"started": DAY, "due": LATER}, {"started": DAY, "due": DAY}),
    ("health_tech_projects", "accepted-after-started", {"started": DAY, "accepted": LATER}, {"started": DAY, "accepted": DAY}),
    ("health_tech_projects", "spent-within-budget", {"spent": 5, "budget": 5}, {"spent": 6, "budget": 5}),
    ("emergency_resources", "until-after-since", {"since": DAY, "until": LATER}, {"since": DAY, "until": DAY}),
    ("emergency_resources", "quantity-of-items", {"kind": "supplies", "item": "帐篷", "quantity": 5}, {"kind": "supplies", "item": "帐篷"}),
    ("emergency_resources", "floor-of-store", {"kind": "store", "floor": 300}, {"kind": "store", "floor": 0}),
    ("disaster_facilities", "retired-after-built", {"built": DAY, "retired": LATER}, {"built": DAY, "retired": DAY}),
    ("disaster_facilities", "shelter-area", {"kind": "shelter", "shelter_area": 500}, {"kind": "shelter", "shelter_area": None}),
    ("safety_tech_projects", "done-within-due", {"done": 4, "due": 4}, {"done": 5, "due": 4}),
    ("safety_tech_projects", "spent-within-budget", {"spent": 5, "budget": 5}, {"spent": 6, "budget": 5}),
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


def test_safety_projects_tell_milestones_and_money_only() -> None:
    asked = set(PACK.records["safety_tech_projects"].fields)
    assert asked == {"project", "year", "county", "line", "due", "done", "budget", "spent"}
