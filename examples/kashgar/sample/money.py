"""Gross domestic product and the public budget: the published figures, and sample figures around them."""

from __future__ import annotations

from datetime import date, timedelta

from sample.base import (
    BUDGET,
    COUNTIES,
    GDP,
    PREFECTURE,
    SAMPLE,
    SHARE_206,
    YEARS,
    Delivery,
    Row,
    draw,
    name_of,
    split,
)

STATISTICS, FINANCE = "地区统计局（示例）", "地区财政局（示例）"
PUBLISHED_GDP = "喀什地区统计部门公布的2023年数（公布时未注明核算阶段，按初步核算登记）"
PUBLISHED_BUDGET = "喀什地区财政、统计部门公布的2023年数；206科学技术支出未见公布，留空"
MIXED_BUDGET = f"支出总额773.41亿元为喀什地区财政、统计部门公布的2023年数；206科学技术支出为{SAMPLE}"


def accounts() -> list[Delivery]:
    """GDP: preliminary in February, final in December of the next year; 2023 as published."""
    random = draw("accounts")
    found: list[Delivery] = []
    for year in YEARS:
        weights = [weight * random.uniform(0.97, 1.03) for _, weight, _ in COUNTIES.values()]
        if year == 2023:
            found += _accounts_2023(weights)
            continue
        # The final figure of 2025 is not out yet: the preliminary one is all there is.
        preliminary = GDP[year] if year == 2025 else round(GDP[year] * random.uniform(0.992, 1.004), 2)
        releases = [("初步核算", 2, preliminary), ("最终核实", 12, GDP[year])]
        for release, month, total in releases[: 1 if year == 2025 else 2]:
            day = date(year + 1, month, random.randint(10, 26))
            rows = [_gdp(PREFECTURE, year, total, release, day)]
            for county, part in zip(COUNTIES, split(total, weights, 2), strict=True):
                rows.append(_gdp(name_of(county), year, part, release, day))
            name = f"示例_地区生产总值_{year}年{release}.xlsx"
            found.append(Delivery(name, day + timedelta(days=3), STATISTICS, "sample", {"accounts": rows}))
    return found


def _accounts_2023(weights: list[float]) -> list[Delivery]:
    """The two published figures of 2023, and sample figures for the other counties that add up to them."""
    published = [_gdp(PREFECTURE, 2023, 1508.35, "初步核算"), _gdp("喀什市", 2023, 309.31, "初步核算")]
    published = [{**row, "source": PUBLISHED_GDP} for row in published]
    rest = zip(list(COUNTIES)[1:], split(1508.35 - 309.31, weights[1:], 2), strict=True)
    sample = [_gdp(name_of(county), 2023, part, "初步核算", date(2024, 2, 20)) for county, part in rest]
    name, note = "地区生产总值_2023年公布数.xlsx", "公布数：全地区与喀什市"
    own = Delivery(name, date(2024, 2, 22), STATISTICS, "reported", {"accounts": published}, note)
    name = "示例_地区生产总值_2023年各县.xlsx"
    return [own, Delivery(name, date(2024, 2, 23), STATISTICS, "sample", {"accounts": sample})]


def _gdp(region: str, year: int, gdp: float, release: str, released: date | None = None) -> Row:
    row = {"region": region, "year": year, "gdp": gdp, "release": release, "released": released}
    return {**row, "source": SAMPLE}


def public_budget() -> list[Delivery]:
    """Budget: outturn in February, final accounts in August; the total of 2023 is the published one."""
    random = draw("public_budget")
    found: list[Delivery] = []
    for year in YEARS:
        weights = [0.22, *(weight * random.uniform(0.9, 1.1) for _, weight, _ in COUNTIES.values())]
        tilt = [weight * random.uniform(0.6, 1.5) for weight in weights]
        for stage, month in (("执行数", 2), ("决算", 8)):
            exact = stage == "决算" or year == 2023
            total = BUDGET[year] if exact else round(BUDGET[year] * random.uniform(0.99, 1.005), 2)
            drift = 1 if exact else random.uniform(0.97, 1.0)
            science = round(BUDGET[year] * SHARE_206[year] * 100 * drift)
            rows = _budget(year, stage, (total, split(total, weights, 2)), (science, split(science, tilt, 0)))
            day = date(year + 1, month, random.randint(12, 27))
            if year == 2023 and stage == "执行数":
                whole = {**rows.pop(0), "class_206": None, "source": PUBLISHED_BUDGET}
                name, note = "一般公共预算支出_2023年公布数.xlsx", "公布数：仅支出总额"
                found.append(Delivery(name, day, FINANCE, "reported", {"public_budget": [whole]}, note))
            name = f"示例_一般公共预算支出_{year}年{stage}.xlsx"
            found.append(Delivery(name, day, FINANCE, "sample", {"public_budget": rows}))
    return found


def _budget(
    year: int, stage: str, total: tuple[float, list[float]], science: tuple[float, list[float]]
) -> list[Row]:
    """The prefecture as a whole, its own level, and the counties; totals in 亿元, class 206 in 万元."""
    places = [
        (PREFECTURE, "全地区"),
        (PREFECTURE, "本级"),
        *((name_of(county), "全地区") for county in COUNTIES),
    ]
    rows = []
    values = zip([total[0], *total[1]], [science[0], *science[1]], strict=True)
    for (region, scope), (spent, st) in zip(places, values, strict=True):
        source = MIXED_BUDGET if (year, region, scope) == (2023, PREFECTURE, "全地区") else SAMPLE
        row = {"region": region, "year": year, "scope": scope, "total": spent, "class_206": st}
        rows.append({**row, "stage": stage, "source": source})
    return rows
