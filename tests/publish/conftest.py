"""A plan of our own words with eight targets, made-up figures, and the material of a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from kechuang.indicators.figure import Figure
from kechuang.packs import load_packs
from kechuang.plan.model import Action, Baseline, Plan, PlanSpan, Programme, Safeguard, Target, Task
from kechuang.progress import assess
from kechuang.publish.report import ReportMaterial

REGION = "653100"
COUNTIES = {"653101": "喀什市", "653121": "疏附县", "653125": "莎车县", "653131": "塔什库尔干塔吉克自治县"}
YEARS = range(2020, 2025)

#: indicator, name, value, unit, comparator, baseline or None, values 2020–2024
TARGETS = [
    ("rd_intensity", "研发经费投入强度", 0.055, "%", ">=", None, [0.021, 0.027, 0.033, 0.038, 0.044]),
    ("fiscal_st_share", "财政科技支出占比", 0.3, "%", ">=", 0.18, [0.18, 0.19, 0.22, 0.25, 0.28]),
    ("rd_fte", "研发人员全时当量", 228.18, "人年", ">=", 120.0, [120, 131.5, 150.25, 166.4, 197.31]),
    ("high_tech_enterprises", "国家高新技术企业", 12, "家", ">=", 4, [4, 7, 11, 10, 8]),
    ("commissioner_coverage", "科技特派员覆盖行政村", 100, "%", "=", None, [71.2, 80.4, 91.0, 97.5, 100.0]),
    ("agri_parks", "农业科技园区", 5, "个", ">=", 2, [2, 3, 4, 5, 5]),
    ("new_rd_institutions", "新型研发机构", 3, "个", ">=", 0, [0, 0, 0, 1, 1]),
    ("st_smes", "科技型中小企业", 20, "家", ">=", 3, [3, 8, 12, 15, 18]),
]


@dataclass(frozen=True)
class Late:
    """A return's state, as records.returns tells it."""

    type: str = "rd_survey"
    region: str = "653131"
    year: int = 2024
    expected: int = 6
    arrived: int = 4
    late: int = 1
    missing: int = 2
    deadline: str = "2025-04-30"


def _plan() -> Plan:
    targets = [
        Target(
            id=f"T{n}",
            name=name,
            comparator=comparator,  # type: ignore[arg-type]
            value=value,
            unit=unit,
            year=2025,
            indicator=indicator,
            baseline=None if base is None else Baseline(value=base, year=2020),
            nature="expected",
            lead=["地区科技局"],
            span=PlanSpan(
                document="规划.docx",
                start=100 * n,
                end=100 * n + 20,
                text=f"到2025年，{name}达到{value}{unit}",
            ),
        )
        for n, (indicator, name, value, unit, comparator, base, _) in enumerate(TARGETS, 1)
    ]
    programmes = [
        Programme(
            id=f"P{p}",
            title=title,
            lead=["地区科技局"],
            tasks=[
                Task(
                    id=f"P{p}.{n}",
                    title=f"{title}任务{n}：建立分县市的清单并按季度核对",
                    lead=["地区科技局", "地区农业农村局"],
                    serves=[f"T{(p + n) % 8 + 1}"] if n < 4 else [],
                    evidence=["rd_survey"] if n < 3 else [],
                )
                for n in range(1, 5)
            ],
        )
        for p, title in enumerate(
            [
                "创新主体培育工程",
                "农业科技提升工程",
                "科技特派员工程",
                "平台载体建设工程",
                "科技人才工程",
                "区域合作工程",
            ],
            1,
        )
    ]
    safeguards = [
        Safeguard(
            id=f"S{g}",
            title=title,
            measures=[
                Action(id=f"S{g}.{n}", title=f"{title}的第{n}条措施，明确责任单位和完成时限")
                for n in range(1, 6)
            ],
        )
        for g, title in enumerate(["组织领导", "经费投入", "人才队伍", "监督评估"], 1)
    ]
    return Plan(
        title="某地区“十四五”科技创新发展规划",
        region="某地区",
        region_code=REGION,
        period=(2021, 2025),
        documents=["规划.docx"],
        targets=targets,
        programmes=programmes,
        safeguards=safeguards,
    )


def _figures(sample: bool) -> list[Figure]:
    found = []
    for indicator, _, _, unit, *_, values in TARGETS:
        for year, value in zip(YEARS, values, strict=True):
            provisional = year == 2024 and indicator == "rd_intensity"
            status = (
                "provisional"
                if provisional
                else "sample"
                if sample and indicator != "agri_parks"
                else "final"
            )
            coverage = 0.95 if indicator == "rd_intensity" else None
            more = {"coverage": coverage, "snapshot": "ab12cd34" * 8, "fingerprint": "0f1e2d3c" * 8}
            found.append(Figure(indicator, REGION, str(year), float(value), unit, status, **more))  # type: ignore[arg-type]
            for at, code in enumerate(COUNTIES):
                share = (0.5, 0.25, 0.15, 0.1)[at] if unit != "%" else (1.2, 1.0, 0.9, 0.6)[at]
                part = round(value * share, 3 if unit == "%" else 0)
                found.append(Figure(indicator, code, str(year), float(part), unit, status, **more))  # type: ignore[arg-type]
    return found


def _explanation(indicator: str, unit: str, value: float) -> dict[str, object]:
    return {
        "figure": {"indicator": indicator, "value": value},
        "formula": {"zh": "研发经费内部支出合计÷地区生产总值×100", "en": "100 × R&D expenditure ÷ GDP"},
        "terms": [
            {
                "name": {"zh": "研发经费内部支出合计", "en": "R&D expenditure"},
                "value": 5412.6,
                "unit": "万元",
                "records": 41,
            },
            {"name": "地区生产总值", "value": 1230.5, "unit": "亿元", "records": 1},
        ],
        "records": [
            {
                "type": "rd_survey",
                "key": f"91653100MA7{n:04d}X|2024",
                "field": "expenditure",
                "value": 120.5 + n,
                "file": "示例_研发填报_2024年度.xlsx",
                "sheet": "研发活动",
                "cell": f"F{n + 2}",
                "batch": "b1",
                "reviewed_by": "地区科技局规划科",
            }
            for n in range(12)
        ],
        "definition": {"source": "统计制度", "clause": "内部支出"},
    }


@pytest.fixture(scope="session")
def material() -> Callable[..., ReportMaterial]:
    """A maker of report material: ``sample`` and ``language`` may be chosen."""

    def make(sample: bool = True, language: str = "zh") -> ReportMaterial:
        plan, figures, packs = _plan(), _figures(sample), load_packs(["st-core"])
        day = date(2025, 10, 20)
        own = {
            indicator: [f for f in figures if f.indicator == indicator and f.region == REGION]
            for indicator, *_ in TARGETS
        }
        return ReportMaterial(
            title="某地区科技创新规划",
            plan=plan,
            progress=assess(plan, own, day, specs=packs.indicators),
            figures=figures,
            as_of=day,
            specs=packs.indicators,
            links={target.id: target.indicator or "" for target in plan.targets},
            explanations={
                f"T{n}": _explanation(indicator, unit, values[-1])
                for n, (indicator, _, _, unit, *_, values) in enumerate(TARGETS, 1)
            },
            returns=[Late(), Late(region="653125", late=2, missing=0)],
            regions={REGION: "某地区", **COUNTIES},
            region=REGION,
            sample=sample,
            language=language,
            records=packs.records,
        )

    return make
