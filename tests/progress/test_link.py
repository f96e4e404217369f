"""Targets find their indicator by name, and a declared link counts first."""

from kechuang.packs import load_packs
from kechuang.plan.model import Plan, Target
from kechuang.progress import link_indicators


def plan(*names: str, **declared: str) -> Plan:
    targets = [
        Target(id=f"T{n}", name=name, value=1, unit="家", year=2025) for n, name in enumerate(names, 1)
    ]
    for target in targets:
        target.indicator = declared.get(target.id)
    return Plan(title="规划", targets=targets)


def test_usual_wordings_find_their_indicators() -> None:
    names = {
        "全社会R&D经费投入强度": "rd_intensity",
        "财政科技支出占一般公共预算支出比重": "fiscal_st_share",
        "研发人员折合全时当量": "rd_fte",
        "国家高新技术企业": "high_tech_enterprises",
        "科技特派员行政村覆盖率": "commissioner_coverage",
        "农业科技园区": "agri_parks",
        "新型研发机构": "new_rd_institutions",
        "科技型中小企业": "st_smes",
    }
    links = link_indicators(plan(*names), load_packs(["st-core"]))
    assert links == {f"T{n}": indicator for n, indicator in enumerate(names.values(), 1)}


def test_what_nothing_fits_is_left_out() -> None:
    assert link_indicators(plan("森林覆盖率"), load_packs(["st-core"])) == {}


def test_a_declared_link_counts_first_and_keeps_its_indicator() -> None:
    links = link_indicators(plan("高新技术企业", "甲", T2="high_tech_enterprises"), load_packs(["st-core"]))
    assert links["T2"] == "high_tech_enterprises"
    assert links.get("T1") != "high_tech_enterprises"
