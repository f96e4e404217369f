"""R&D: the list of units surveyed, their expenditure and the working time of their staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sample.base import (
    COUNTIES,
    FTE,
    GDP,
    INTENSITY,
    SAMPLE,
    YEARS,
    Delivery,
    Row,
    desk,
    draw,
    name_of,
    split,
)
from sample.codes import credit_code


@dataclass
class Unit:
    """A surveyed unit; ``weight`` is its size, ``first`` and ``last`` the years it is on the list."""

    uscc: str
    name: str
    county: str
    performer: str
    weight: float
    first: int
    last: int = 9999
    spending: dict[int, float] = field(default_factory=dict)


def units() -> list[Unit]:
    """The units of the survey, some of which join in later years; one leaves."""
    random = draw("units")
    found: list[Unit] = []
    for county, (name, _, count) in COUNTIES.items():
        for i in range(count):
            serial = len(found) + 1
            performer = "企业"
            if i == count - 1 and count > 3:
                performer = "科研机构"
            elif county == "653101" and i in (0, 1):
                performer = "高等学校"
            kind = {"企业": "企业", "科研机构": "科研所", "高等学校": "院校"}[performer]
            weight = (
                random.lognormvariate(0, 0.7) * {"企业": 1.0, "科研机构": 1.3, "高等学校": 2.2}[performer]
            )
            first = (
                2020 if random.random() < 0.68 or i == 0 else random.choice([2021, 2022, 2023, 2024, 2025])
            )
            found.append(
                Unit(
                    credit_code(("91" if performer == "企业" else "12"), county, serial),
                    f"示例{kind}（{name}）{serial:03d}号",
                    county,
                    performer,
                    weight,
                    first,
                )
            )
    leaver = next(unit for unit in found if unit.county == "653126" and unit.first == 2020)
    leaver.last = 2023
    return found


def rd_units(every: list[Unit]) -> list[Delivery]:
    """The list of units that have to report, one file a year, in January after the year."""
    found = []
    for year in YEARS:
        rows = [
            {
                "uscc": u.uscc,
                "name": u.name,
                "county": name_of(u.county),
                "year": year,
                "performer": u.performer,
            }
            for u in every
            if u.first <= year <= u.last
        ]
        name = f"示例_研发调查单位名录_{year}年度.xlsx"
        found.append(
            Delivery(name, date(year + 1, 1, 18), "地区统计局（示例）", "sample", {"rd_units": rows})
        )
    return found


def rd_returns(every: list[Unit]) -> list[Delivery]:
    """Expenditure and working time: one workbook with both sheets for each county and year.

    Two units never report for 2022 and one for 2025; two counties are late with 2025; two returns are
    corrected by later files.
    """
    random = draw("rd")
    missing = _spend(every, random)
    found: list[Delivery] = []
    corrections: list[Delivery] = []
    carry = 0.0
    for year in YEARS:
        reporting = [u for u in every if year in u.spending and u.uscc not in missing[year]]
        total = sum(u.spending[year] for u in reporting)
        sheets: dict[str, dict[str, list[Row]]] = {}
        for unit in reporting:
            share = unit.spending[year] / total * random.uniform(0.85, 1.15)
            wanted = FTE[year] * share + carry
            posts, made = _posts(unit, year, max(wanted, 0.2), random)
            carry = wanted - made
            own = sheets.setdefault(unit.county, {"rd_survey": [], "rd_time": []})
            own["rd_survey"].append(_spending(unit, year, unit.spending[year]))
            own["rd_time"] += posts
        for county, sheet in sheets.items():
            day = date(year + 1, 2, 20) + timedelta(days=random.randint(0, 36))
            note = ""
            if year == 2025 and county in ("653123", "653129"):
                day = {"653123": date(2026, 4, 21), "653129": date(2026, 5, 15)}[county]
                note = "逾期报送"
            slip = _slip(county, year, sheet)
            name = f"示例_研发填报_{county}{name_of(county)}_{year}年度.xlsx"
            found.append(Delivery(name, day, desk(county), "sample", sheet, note))
            if slip:
                corrections.append(slip)
    return found + corrections


def _spend(every: list[Unit], random: Random) -> dict[int, set[str]]:
    """Set the units' expenditure in 万元; gives the codes of those that never report, by year."""
    missing: dict[int, set[str]] = {year: set() for year in YEARS}
    missing[2022] = {u.uscc for u in every if u.county == "653127" and u.first <= 2022}
    missing[2022] = set(sorted(missing[2022])[:2])
    for year in YEARS:
        present = [u for u in every if u.first <= year <= u.last]
        if year == 2025:
            # The return that is still out would be just enough to reach the target.
            firms = [
                u for u in present if u.county == "653101" and u.performer == "企业" and 2024 in u.spending
            ]
            missing[year] = {min(firms, key=lambda u: abs(u.spending[2024] - 205)).uscc}
        present = [u for u in present if u.uscc not in missing[year]]
        total = round(INTENSITY[year] / 100 * GDP[year] * 10000, 1)
        weights = [u.weight * random.uniform(0.85, 1.15) for u in present]
        for unit, amount in zip(present, split(total, weights, 1), strict=True):
            unit.spending[year] = amount
    return missing


def _spending(unit: Unit, year: int, amount: float) -> Row:
    shares = {"企业": (0.0, 0.08), "科研机构": (0.06, 0.4), "高等学校": (0.25, 0.5)}[unit.performer]
    basic, applied = (round(amount * share, 2) for share in shares)
    return {
        "uscc": unit.uscc,
        "name": unit.name,
        "county": name_of(unit.county),
        "year": year,
        "expenditure": amount,
        "basic": basic,
        "applied": applied,
        "experimental": round(amount - basic - applied, 2),
        "source": SAMPLE,
    }


def _posts(unit: Unit, year: int, wanted: float, random: Random) -> tuple[list[Row], float]:
    """Groups of posts that come to about ``wanted`` person-years, and what they come to."""
    base = {"uscc": unit.uscc, "county": name_of(unit.county), "year": year}
    rows: list[Row] = []
    full = int(wanted * random.uniform(0.6, 0.9))
    if full:
        by_hours = random.random() < 0.3
        rows.append(
            {"post": "研发岗-01", "people": full, **_time(random.choice([0.92, 0.95, 1.0]), by_hours)}
        )
    share = random.choice([0.2, 0.3, 0.4, 0.5, 0.6])
    people = max(round((wanted - full) / share), 0 if full else 1)
    if people:
        rows.append({"post": "兼职岗-01", "people": people, **_time(share, random.random() < 0.4)})
    if random.random() < 0.25:
        rows.append({"post": "辅助岗-01", "people": random.randint(1, 4), **_time(0.05, False)})
    return [{**base, **row} for row in rows], full + people * share


def _time(share: float, by_hours: bool) -> Row:
    """The share itself, or hours of 2,000 a year that come to it."""
    if by_hours:
        return {"share": None, "hours": round(share * 2000) + 10, "statutory_hours": 2000}
    return {"share": share, "hours": None, "statutory_hours": None}


def _slip(county: str, year: int, sheet: dict[str, list[Row]]) -> Delivery | None:
    """Put a slip into a first return and give the later file that corrects it."""
    if (county, year) == ("653125", 2023):
        row = sheet["rd_survey"][1]
        right = dict(row)
        for key in ("expenditure", "basic", "applied", "experimental"):
            row[key] = round(row[key] * 10, 2)
        name = "示例_研发填报_653125莎车县_2023年度更正.xlsx"
        note = "首次填报误以千元计，更正一家单位"
        return Delivery(name, date(2024, 6, 12), desk(county), "sample", {"rd_survey": [right]}, note)
    if (county, year) == ("653126", 2021):
        row = sheet["rd_time"][0]
        right = dict(row)
        row["people"] += 6
        name = "示例_研发工时更正_653126叶城县_2021年度.xlsx"
        note = "首次填报误计入6名非研发人员"
        return Delivery(name, date(2022, 5, 19), desk(county), "sample", {"rd_time": [right]}, note)
    return None
