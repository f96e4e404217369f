"""A researcher's road: published tables of provinces come in as returns, and intensity is computed of them.

What is independent here and what is not. The development data hold no published GDP: their column
``implied_gdp_100m_yuan`` was derived from expenditure and intensity, so recomputing the intensity from it
proves the road (import, units, regions, years, rounding), not the data. Independent of each other are the
expenditure and its three activities (another table), class 206, the budget and their printed share, and
the provinces' sums against the nation's own figure.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kechuang.indicators import Figure
from kechuang.workspace import Workspace

pytestmark = pytest.mark.shared
SOURCE = "全国科技经费投入统计公报；中国统计年鉴；中国科技统计年鉴"
AS_OF = date(2025, 12, 31)
Row = dict[str, str]
#: Expenditure and the sum of its activities that differ by more than their rounding: the activities of
#: Shanghai, and with them the nation's, are of a later release. Told as a warning, changed nowhere.
OF_TWO_RELEASES = {("100000", "2021"), ("310000", "2021")}


@pytest.fixture(scope="module")
def published(shared: Path) -> list[Row]:
    with (shared / "data" / "stats" / "province_rd_2010_2023.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        return list(csv.DictReader(file))


def amount(text: str, unit: str) -> str:
    """As a bulletin prints it, the unit beside the number."""
    return f"{text}{unit}" if text else ""


def write(path: Path, heads: list[str], rows: Iterable[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads, *rows])
    return path


@pytest.fixture(scope="module")
def nation(published: list[Row], tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, list[Any]]:
    """A workspace of the nation with three imported tables, and what importing them remarked."""
    folder = tmp_path_factory.mktemp("nation")
    (folder / "kechuang.toml").write_text(
        '[workspace]\nname = "全国"\nregion = "100000"\npacks = ["st-core"]\n', encoding="utf-8"
    )
    ws = Workspace.open(folder, clock=lambda: datetime(2025, 12, 31, 12).astimezone())
    rd = write(
        folder / "rd.csv",
        [
            "地区",
            "年度",
            "expenditure",
            "basic",
            "applied",
            "experimental",
            "fte",
            "researchers",
            "release",
            "source",
        ],
        (
            [
                row["province_code"],
                row["year"],
                amount(row["rd_expenditure_100m_yuan"], "亿元"),
                row["basic_research_10k_yuan"],
                row["applied_research_10k_yuan"],
                row["experimental_dev_10k_yuan"],
                row["rd_fte_person_years"],
                row["of_which_researchers_fte"],
                "bulletin",
                SOURCE,
            ]
            for row in published
        ),
    )
    gdp = write(
        folder / "gdp.csv",
        ["地区", "年度", "地区生产总值", "核算阶段", "数据来源"],
        (
            [row["province_code"], row["year"], row["implied_gdp_100m_yuan"], "final", SOURCE]
            for row in published
            if row["implied_gdp_100m_yuan"]
        ),
    )
    budget = write(
        folder / "budget.csv",
        ["地区", "年度", "口径", "一般公共预算支出", "206科学技术支出", "阶段", "数据来源"],
        (
            [
                row["province"],  # by name, as yearbooks have it
                row["year"],
                "whole",
                row["general_public_budget_expenditure_100m_yuan"],
                amount(row["st_expenditure_206_100m_yuan"], "亿元"),
                "final",
                SOURCE,
            ]
            for row in published
            if row["general_public_budget_expenditure_100m_yuan"]
        ),
    )
    remarks = []
    for path, type_ in ((rd, "rd_regional"), (gdp, "accounts"), (budget, "public_budget")):
        result = ws.store.import_files([path], type=type_, who="research", reviewer=None)
        errors = [fault for fault in result.faults if fault.severity == "error"]
        assert not errors, [(fault.code, str(fault.message)) for fault in errors[:3]]
        remarks += result.faults
    return ws, remarks


@pytest.fixture(scope="module")
def figures(nation: tuple[Workspace, list[Any]], published: list[Row]) -> dict[tuple[str, str, str], Figure]:
    found = nation[0].figures(
        AS_OF,
        only=["rd_intensity", "fiscal_st_share", "rd_fte", "rd_expenditure"],
        region_codes=list(dict.fromkeys(row["province_code"] for row in published)),
        years=range(2010, 2025),
    )
    return {(one.indicator, one.region, one.period): one for one in found}


def agrees(value: float | None, printed: str) -> bool:
    """Whether ``value`` rounds to what is printed: within half a unit of its last digit."""
    exponent = Decimal(printed).as_tuple().exponent
    assert isinstance(exponent, int)
    return value is not None and abs(value - float(printed)) <= 0.5 * 10.0**exponent + 1e-9


@pytest.mark.parametrize(
    ("indicator", "column"),
    [
        ("rd_intensity", "rd_intensity_pct_gdp"),
        ("fiscal_st_share", "st_share_pct"),
        ("rd_fte", "rd_fte_person_years"),
    ],
)
def test_every_province_and_year_agrees_with_what_was_published(
    figures: dict[tuple[str, str, str], Figure], published: list[Row], indicator: str, column: str
) -> None:
    off, seen = [], 0
    for row in published:
        figure = figures[indicator, row["province_code"], row["year"]]
        if row[column]:
            seen += 1
            if not agrees(figure.value, row[column]):
                off.append((row["province"], row["year"], figure.value, row[column]))
        else:  # not printed: no value, with a reason, and never a zero
            assert figure.value is None
            assert figure.reason is not None
            assert figure.absence in {"missing", "overdue"}
    assert not off
    assert seen >= 400
    assert len({row["province_code"] for row in published}) == 32


def test_nothing_is_known_of_a_year_that_is_not_in_the_table(
    figures: dict[tuple[str, str, str], Figure],
) -> None:
    one = figures["rd_intensity", "650000", "2024"]
    assert (one.value, one.absence, one.due) == (None, "overdue", "2025-09-30")


def test_the_provinces_add_up_to_the_nation_within_their_rounding(
    figures: dict[tuple[str, str, str], Figure], published: list[Row]
) -> None:
    """31 figures printed with one decimal of 亿元 may be off by 31 halves of it, and so is their sum."""
    provinces = {row["province_code"] for row in published} - {"100000"}
    for year in range(2011, 2024):
        parts = [figures["rd_expenditure", code, str(year)].value for code in provinces]
        whole = figures["rd_expenditure", "100000", str(year)].value
        assert whole is not None
        assert sum(part for part in parts if part is not None) == pytest.approx(whole, abs=(31 + 1) * 500)


def test_what_is_of_two_releases_is_told_and_changed_nowhere(
    nation: tuple[Workspace, list[Any]], published: list[Row]
) -> None:
    told = [fault for fault in nation[1] if fault.code == "parts-of-expenditure"]
    rows = {row_of(fault, published) for fault in told}
    assert rows == OF_TWO_RELEASES


def row_of(fault: Any, published: list[Row]) -> tuple[str, str]:
    row = published[fault.place.row - 2]
    return row["province_code"], row["year"]


def test_the_years_after_a_census_carry_the_break(figures: dict[tuple[str, str, str], Figure]) -> None:
    """No revised GDP of 2018 is in the table, so its first year on the census basis is 2019."""
    marked = {p for (i, r, p), one in figures.items() if i == "rd_intensity" and r == "110000" and one.breaks}
    assert "2019" in marked
    assert marked <= {"2019", "2024"}
    scope = figures["fiscal_st_share", "110000", "2020"].scope
    assert [(one["field"], one["value"]) for one in scope] == [("public_budget.scope", "whole")]
