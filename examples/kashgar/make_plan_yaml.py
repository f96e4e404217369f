"""Makes the example's plan.yaml: the document as the reader reads it, with the office's decisions.

The reader gives a draft. What a person decides on confirming it stands below: which indicator measures
a target, who leads, what it starts from, which tasks serve it and which records prove them. Run by
hand (``python examples/kashgar/make_plan_yaml.py``) after the document has changed; the result is
committed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sample.base import REGION

from kechuang.plan.file import save_plan
from kechuang.plan.model import Action, Baseline, Plan
from kechuang.plan.read import read_plan

HERE = Path(__file__).resolve().parent

#: Target → indicator, lead unit, partner units, whether the office sets its baseline from records.
TARGETS: dict[str, tuple[str, str, list[str], bool]] = {
    "T1": ("rd_intensity", "地区科学技术局", ["地区统计局"], True),
    "T2": ("fiscal_st_share", "地区财政局", ["地区科学技术局"], True),
    "T3": ("rd_fte", "地区科学技术局", ["地区统计局", "地区教育局"], True),
    "T4": ("high_tech_enterprises", "地区科学技术局", ["地区财政局", "地区税务局"], True),
    "T5": ("commissioner_coverage", "地区科学技术局", ["地区农业农村局"], False),
    "T6": ("agri_parks", "地区科学技术局", ["地区农业农村局"], False),
    "T7": ("new_rd_institutions", "地区科学技术局", ["地区民政局", "地区市场监督管理局"], False),
    "T8": ("st_smes", "地区科学技术局", ["地区工业和信息化局", "地区市场监督管理局"], True),
}
NOTE = "规划未明确牵头单位，此处牵头单位、配合单位为示例。"
BASELINE_NOTE = "规划未给基期值，由科技部门以2020年台账数为基期（示例）"

PROGRAMME_LEADS = {
    "P1": "地区农业农村局",
    "P2": "地区工业和信息化局",
    "P3": "地区文化体育广播电视和旅游局",
    "P4": "地区生态环境局",
    "P5": "地区科学技术局",
    "P6": "地区科学技术局",
}

#: Task or measure → the targets it serves. Only where the text says so: nothing in it creates new R&D
#: institutions or S&T SMEs, or sends commissioners, so these stay orphans.
SERVES: dict[str, list[str]] = {
    "P2.2": ["T1", "T3"],
    "P2.3": ["T4"],
    "S2.1": ["T1", "T3"],
    "S2.3": ["T6"],
    "S2.4": ["T3"],
    "S3.2": ["T1", "T4"],
    "S4.3": ["T2"],
}

#: Milestones and money prove every task; measures have milestones. Tasks on public security (P5.1, P5.5)
#: are proved by these alone: nothing of what they do is recorded.
OF_TASKS, OF_MEASURES = ["plan_milestones", "plan_budget"], ["plan_milestones"]

#: Task or measure → the registers of its field that can prove it, beside those.
PROVED_BY: dict[str, list[str]] = {
    "P1.1": ["service_stations", "commissioners", "commissioner_services", "projects"],
    "P1.2": ["service_stations", "platforms", "agri_parks", "commissioner_services"],
    "P1.3": ["cold_stores", "produce_output"],
    "P1.4": ["agri_information", "ecommerce_sales"],
    "P1.5": ["agri_brands", "projects"],
    "P2.1": ["upgrading_projects", "chain_enterprises"],
    "P2.2": ["rd_survey", "rd_time", "platforms", "platform_operation", "instruments", "instrument_use"],
    "P2.3": ["hte", "chain_enterprises", "industrial_parks"],
    "P2.4": ["technology_services", "ecommerce_sales"],
    "P2.5": ["integration_projects", "technology_services"],
    "P3.1": ["tourism_products", "heritage_activities", "projects"],
    "P3.2": ["scenic_sites", "site_capacity", "visitors_daily"],
    "P3.3": ["scenic_sites", "visitors_daily", "tourism_products"],
    "P3.4": ["tourism_brands", "heritage_activities"],
    "P4.1": ["mineral_surveys", "water_use", "irrigation_areas"],
    "P4.2": ["clean_production_audits", "circular_projects", "restoration_projects"],
    "P4.3": ["sustainable_zones"],
    "P5.1": [],
    "P5.2": ["water_sources", "water_samples"],
    "P5.3": ["restoration_projects", "saline_land"],
    "P5.4": ["medical_services", "telemedicine_sites", "health_tech_projects"],
    "P5.5": [],
    "P6.1": ["aid_agreements", "aid_projects"],
    "P6.2": ["cooperation_projects", "exchanges"],
    "P6.3": ["talent_posts", "trainings"],
    "P6.4": ["joint_bases"],
    "P6.5": ["cooperation_projects"],
    "S1.1": ["platforms", "platform_operation", "instruments", "instrument_use"],
    "S1.2": ["platforms", "project_outputs"],
    "S1.3": ["agri_parks", "industrial_parks", "park_operation"],
    "S1.4": ["platforms", "platform_operation", "policy_support"],
    "S1.5": ["exchanges", "joint_bases"],
    "S1.6": ["technology_contracts", "achievements"],
    "S2.1": ["rd_survey", "rd_time", "projects"],
    "S2.2": ["industrial_parks", "park_operation"],
    "S2.3": ["agri_parks"],
    "S2.4": ["rd_time", "talent_posts", "trainings"],
    "S2.5": ["projects", "public_budget", "commissioners"],
    "S3.1": ["reform_documents", "project_milestones", "project_budget"],
    "S3.2": ["rd_survey", "hte", "sme", "rd_deduction"],
    "S3.3": ["platforms", "platform_operation"],
    "S3.4": ["science_activities", "science_venues"],
    "S3.5": ["integrity_activities"],
    "S4.1": ["reform_documents"],
    "S4.2": ["talent_posts", "reform_documents"],
    "S4.3": ["public_budget", "rd_deduction", "policy_support"],
    "S4.4": ["reform_documents", "policy_support"],
}


def confirmed() -> Plan:
    """The plan of the source document with the decisions above; its spans are the reader's."""
    plan = read_plan([next((HERE / "plan" / "source").glob("*.docx"))])
    if [target.id for target in plan.targets] != list(TARGETS):
        raise SystemExit(f"targets read: {[(target.id, target.name) for target in plan.targets]}")
    plan.status = "confirmed"
    plan.region_code = REGION
    for target in plan.targets:
        # The table gives bare values, its note says they are to be reached; the whole is the whole.
        target.comparator = "=" if target.value == 100 else ">="
        target.indicator, lead, target.partners, from_records = TARGETS[target.id]
        target.lead, target.note, target.confidence = [lead], NOTE, None
        if from_records:
            target.baseline = Baseline(value=None, year=2020, origin="records", note=BASELINE_NOTE)
    for stage in plan.stages:
        stage.confidence = None
    for programme in plan.programmes:
        programme.confidence = None
        programme.lead = [PROGRAMME_LEADS[programme.id]]
        for task in programme.tasks:
            _link(task, OF_TASKS)
    for group in plan.safeguards:
        group.confidence = None
        for measure in group.measures:
            _link(measure, OF_MEASURES)
    return plan


def _link(action: Action, beside: list[str]) -> None:
    action.confidence = None
    action.serves = SERVES.get(action.id, [])
    action.evidence = [*PROVED_BY[action.id], *beside]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "plan" / "plan.yaml")
    save_plan(confirmed(), parser.parse_args().out)
