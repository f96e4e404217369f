"""Registers: high-tech enterprises, S&T SMEs, agricultural parks, new R&D institutions."""

from __future__ import annotations

from datetime import date

from sample.base import COUNTIES, YEARS, Delivery, Row, draw, name_of
from sample.codes import credit_code
from sample.rd import Unit

DESK = "地区科技局高新科（示例）"
FIELDS = [
    "电子信息",
    "生物与新医药",
    "新材料",
    "高技术服务",
    "新能源与节能",
    "资源与环境",
    "先进制造与自动化",
]

#: Certificates by day of issue: the numbers of the enterprises they go to. A number that comes again is
#: a renewal. Five lapse in the autumn of 2025 and only two of them are renewed.
CERTIFICATES: dict[date, list[int]] = {
    date(2018, 11, 12): [0, 1],
    date(2019, 11, 28): [2],
    date(2020, 10, 21): [3],
    date(2021, 11, 25): [0, 1, 4, 5, 6],
    date(2022, 10, 18): [7, 8, 9, 10, 11],
    date(2023, 11, 15): [3, 12],
    date(2024, 11, 8): [0, 1, 4, 13, 14],
    date(2025, 12, 2): [7, 9],
}
#: Revoked: the enterprise, the issue its certificate is of, and the day.
REVOKED = (6, date(2021, 11, 25), date(2023, 8, 30))


def hte(every: list[Unit]) -> list[Delivery]:
    """Certificates: what was valid before the plan in one file, then one file for each issue."""
    random = draw("hte")
    firms = [unit for unit in every if unit.performer == "企业" and unit.first == 2020]
    chosen = random.sample(firms, 15)
    fields = [random.choice(FIELDS) for _ in chosen]
    serial = 0
    rows: dict[date, list[Row]] = {}
    for issued, numbers in CERTIFICATES.items():
        for number in numbers:
            serial += 1
            unit = chosen[number]
            rows.setdefault(issued, []).append(
                {
                    "certificate": f"GR{issued.year}6599{serial:04d}",
                    "uscc": unit.uscc,
                    "name": unit.name,
                    "county": name_of(unit.county),
                    "field": fields[number],
                    "issued": issued,
                    "revoked": None,
                }
            )
    early = [row for issued, batch in rows.items() if issued.year <= 2020 for row in batch]
    found = [
        Delivery("示例_高新技术企业证书_2020年末台账.xlsx", date(2021, 1, 12), DESK, "sample", {"hte": early})
    ]
    for issued, batch in rows.items():
        if issued.year > 2020:
            name = f"示例_高新技术企业证书_{issued.year}年发证.xlsx"
            found.append(Delivery(name, date(issued.year + 1, 1, 10), DESK, "sample", {"hte": batch}))
    number, issued, day = REVOKED
    row = next(row for row in rows[issued] if row["uscc"] == chosen[number].uscc)
    name = "示例_高新技术企业证书_2023年撤销.xlsx"
    revoked = {"hte": [{**row, "revoked": day}]}
    return [*found, Delivery(name, date(2023, 9, 11), DESK, "sample", revoked, "撤销登记")]


def sme(every: list[Unit]) -> list[Delivery]:
    """Entries of each year; most enterprises return, some drop out."""
    random = draw("sme")
    firms = [unit for unit in every if unit.performer == "企业"]
    known = random.sample([unit for unit in firms if unit.first == 2020], 6)
    found = []
    for year, wanted in zip(YEARS, (6, 9, 12, 15, 18, 21), strict=True):
        if year > 2020:
            known = random.sample(known, len(known) - (1 if year % 2 else 0))
            fresh = [unit for unit in firms if unit.first <= year <= unit.last and unit not in known]
            known += random.sample(fresh, wanted - len(known))
        rows = []
        for i, unit in enumerate(sorted(known, key=lambda unit: unit.uscc)):
            staff = random.randint(18, 160)
            revenue = round(staff * random.uniform(18, 55), 1)
            rows.append(
                {
                    "uscc": unit.uscc,
                    "name": unit.name,
                    "county": name_of(unit.county),
                    "year": year,
                    "entry": f"示例{year}-{i + 1:04d}",
                    "registered": date(year, random.randint(4, 11), random.randint(1, 28)),
                    "staff": staff,
                    "st_staff": round(staff * random.uniform(0.1, 0.32)),
                    "revenue": revenue,
                    "rd_cost": round(revenue * random.uniform(0.03, 0.09), 1),
                }
            )
        name = f"示例_科技型中小企业_{year}年入库.xlsx"
        found.append(Delivery(name, date(year + 1, 1, 20), DESK, "sample", {"sme": rows}))
    return found


#: County, level, status and day of approval of the sample parks.
PARKS = [
    ("653129", "地市级", "已验收", date(2019, 6, 18)),
    ("653130", "地市级", "已验收", date(2021, 8, 5)),
    ("653122", "省级（自治区级）", "已验收", date(2022, 9, 22)),
    ("653124", "地市级", "建设期", date(2023, 7, 14)),
    ("653126", "省级（自治区级）", "建设期", date(2024, 10, 30)),
    ("653127", "地市级", "拟建", date(2025, 11, 20)),
]


def agri_parks() -> list[Delivery]:
    """Parks: the one published as proposed in December 2020, and sample parks approved year by year."""
    desk = "地区科技局农村科（示例）"
    real = {
        "park": "莎车自治区农业科技园区",
        "county": "莎车县",
        "level": "省级（自治区级）",
        "status": "拟建",
        "approved": date(2020, 12, 11),
        "document": "2020年12月公布的第四批拟建名单（日期为公布日期）",
        "cancelled": None,
    }
    found = [
        Delivery(
            "农业科技园区_2020年公布拟建.xlsx",
            date(2021, 1, 8),
            desk,
            "reported",
            {"agri_parks": [real]},
            "公布的拟建园区，拟建不计数",
        )
    ]
    for serial, (county, level, status, approved) in enumerate(PARKS, 1):
        row = {
            "park": f"示例农业科技园区（{name_of(county)}）{serial:02d}号",
            "county": name_of(county),
            "level": level,
            "status": status,
            "approved": approved,
            "document": f"示例文号〔{approved.year}〕{serial}号",
            "cancelled": None,
        }
        day = max(date(approved.year + 1, 1, 9), date(2021, 1, 8))
        name = f"示例_农业科技园区_{approved.year}年.xlsx"
        if status == "已验收":
            built = Delivery(name, day, desk, "sample", {"agri_parks": [{**row, "status": "建设期"}]})
            done = day.replace(year=max(approved.year + 3, day.year + 1), month=6)
            found.append(built)
            name = f"示例_农业科技园区_{approved.year}年批准园区验收.xlsx"
            found.append(Delivery(name, done, desk, "sample", {"agri_parks": [row]}, "验收，状态变更"))
        else:
            found.append(Delivery(name, day, desk, "sample", {"agri_parks": [row]}))
    return found


def rd_institutions() -> list[Delivery]:
    """Two new R&D institutions; the third the plan wants has not come."""
    found = []
    for serial, (county, form, day) in enumerate(
        [("653101", "科技类民办非企业单位", date(2022, 8, 16)), ("653125", "企业", date(2024, 9, 10))], 901
    ):
        assert county in COUNTIES
        row = {
            "uscc": credit_code("52" if serial == 901 else "91", county, serial),
            "name": f"示例新型研发机构（{name_of(county)}）{serial - 900:02d}号",
            "county": name_of(county),
            "level": "地市级",
            "form": form,
            "recognised": day,
            "document": f"示例文号〔{day.year}〕新研{serial - 900}号",
            "cancelled": None,
        }
        name = f"示例_新型研发机构_{day.year}年备案.xlsx"
        arrived = date(day.year + 1, 1, 16)
        found.append(Delivery(name, arrived, DESK, "sample", {"rd_institutions": [row]}))
    return found
