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

#: Task or measure → the targets it serves, the record types that prove it. Only where the text says so:
#: nothing in it creates new R&D institutions or S&T SMEs, or sends commissioners, so these stay orphans.
LINKS: dict[str, tuple[list[str], list[str]]] = {
    "P2.2": (["T1", "T3"], ["rd_survey", "rd_time"]),
    "P2.3": (["T4"], ["hte"]),
    "S2.1": (["T1", "T3"], ["rd_survey", "rd_time"]),
    "S2.3": (["T6"], ["agri_parks"]),
    "S2.4": (["T3"], ["rd_time"]),
    "S3.2": (["T1", "T4"], ["rd_survey", "hte"]),
    "S4.3": (["T2"], ["public_budget"]),
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
            _link(task)
    for group in plan.safeguards:
        group.confidence = None
        for measure in group.measures:
            _link(measure)
    return plan


def _link(action: Action) -> None:
    action.confidence = None
    if action.id in LINKS:
        action.serves, action.evidence = LINKS[action.id]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "plan" / "plan.yaml")
    save_plan(confirmed(), parser.parse_args().out)
