"""A small workspace of its own: a pack with every kind of aggregate, three counties, a clock that moves."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from kechuang.indicators import Figure
from kechuang.publish.register import Publication
from kechuang.records.clock import BEIJING
from kechuang.workspace import Workspace

REGION, COUNTIES = "653100", ("653101", "653121", "653122")
PLACES = (REGION, *COUNTIES)
YEARS = range(2020, 2025)

PACK = {
    "pack.yaml": "pack: mini\nlabel: {zh: 小包, en: Mini}\nversion: '1'\n",
    "records/firms.yaml": """
record: firms
label: {zh: 企业名录, en: Firms}
key: [code]
time: {from: start, to: stop}
region: {field: county}
fields:
  code:   {type: text, label: {zh: 代码, en: Code}}
  county: {type: region, level: county, label: {zh: 县市, en: County}}
  start:  {type: date, label: {zh: 起, en: From}}
  stop:   {type: date, required: false, future: true, label: {zh: 止, en: To}}
  group:  {type: text, required: false, label: {zh: 集团, en: Group}}
""",
    "records/returns.yaml": """
record: returns
label: {zh: 年报, en: Returns}
key: [code, year]
time: {year: year}
region: {field: county}
fields:
  code:   {type: text, label: {zh: 代码, en: Code}}
  county: {type: region, level: county, label: {zh: 县市, en: County}}
  year:   {type: year, label: {zh: 年度, en: Year}}
  rd:     {type: number, unit: 万元, required: false, label: {zh: 研发经费, en: R&D}}
  staff:  {type: number, unit: 人, required: false, label: {zh: 人员, en: Staff}}
""",
    "records/accounts.yaml": """
record: accounts
label: {zh: 核算, en: Accounts}
key: [region, year]
time: {year: year}
region: {field: region, rollup: own}
fields:
  region: {type: region, label: {zh: 地区, en: Region}}
  year:   {type: year, label: {zh: 年度, en: Year}}
  gdp:    {type: number, unit: 亿元, label: {zh: 生产总值, en: GDP}}
""",
    "records/visits.yaml": """
record: visits
label: {zh: 走访, en: Visits}
key: [number]
time: {on: day}
region: {field: county}
fields:
  number: {type: text, label: {zh: 编号, en: Number}}
  code:   {type: text, label: {zh: 企业, en: Firm}}
  county: {type: region, level: county, label: {zh: 县市, en: County}}
  day:    {type: date, label: {zh: 日期, en: Day}}
  hours:  {type: number, unit: 小时, required: false, label: {zh: 小时, en: Hours}}
""",
    "parameters/big.yaml": """
parameter: mini.big
label: {zh: 大户下限, en: Least of a big one}
unit: 万元
values:
  - {from: 2015-01-01, value: 50, source: 甲, clause: 一}
  - {from: 2023-01-01, value: 80, source: 乙, clause: 二}
""",
}
INDICATORS = {
    "spend": ("万元", "sum(returns.rd)"),
    "share": ("%", "100 * sum(returns.rd) / sum(accounts.gdp)"),
    "firms_valid": ("家", "count(firms, valid_on(firms.start, firms.stop, period_end))"),
    "big": ("家", "count(returns, returns.rd >= param.mini.big)"),
    "growing": ("%", "growth(sum(returns.rd))"),
    "average": ("万元", "mean(returns.rd)"),
    "middle": ("万元", "median(returns.rd)"),
    "weighted": ("万元", "weighted_mean(returns.rd, returns.staff)"),
    "groups": ("个", "distinct(firms.group, valid_on(firms.start, firms.stop, period_end))"),
    "visited": (
        "%",
        "100 * covered(firms.code, visits.code, valid_on(firms.start, firms.stop, period_end), visits.hours > 0)",
    ),
    "per_firm": ("万元", "indicator.spend / indicator.firms_valid"),
    "place": ("位", "rank(indicator.spend)"),
    "hours": ("小时", "sum(visits.hours)"),
}


def indicator(name: str, unit: str, value: str, label: str = "") -> str:
    return (
        f"indicator: {name}\nlabel: {{zh: {label or name}, en: {label or name}}}\nunit: '{unit}'\n"
        f'value: "{value}"\ndefinition: {{source: 甲文, clause: 第一条, verified: true}}\n'
    )


@dataclass
class Office:
    """A workspace whose clock is set by hand."""

    folder: Path
    ws: Workspace
    now: list[datetime]
    _files: int = 0
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def on(self, day: date) -> None:
        self.now[0] = max(self.now[0], datetime.combine(day, time(9), BEIJING))

    def bring(self, type_: str, rows: Iterable[Mapping[str, Any]], who: str = "统计科") -> None:
        """Import rows of a type as a CSV file."""
        rows = [dict(row) for row in rows]
        names = list(self.ws.packs.records[type_].fields)
        self._files += 1
        path = self.folder / "records" / "inbox" / f"{type_}-{self._files}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, names)
            writer.writeheader()
            writer.writerows(rows)
        result = self.ws.store.import_files([path], type=type_, who=who)
        assert not [fault for fault in result.faults if fault.severity == "error"], result.faults

    def withdraw(self, type_: str, key: str) -> None:
        self.ws.store.withdraw(type_, key, "统计科", "重复登记")

    def figures(self, as_of: date | None = None) -> list[Figure]:
        return self.ws.figures(as_of, region_codes=PLACES, years=YEARS, keep=False)

    def values(self, as_of: date | None = None) -> dict[tuple[str, str, int], Figure]:
        return {(f.indicator, f.region, int(f.period)): f for f in self.figures(as_of)}

    def publish(self, *, as_of: date | None = None, only: Sequence[str] | None = None) -> Publication:
        """Publish every figure (or those of some indicators) in a document of one line."""
        path = self.folder / "out" / "doc.txt"
        path.write_text(str(self.now[0]), "utf-8")
        figures = self.ws.figures(as_of, only=only, region_codes=PLACES, years=YEARS)
        return self.ws.published([path], figures, kind="progress", as_of=as_of, who="规划科")

    def declare(self, name: str, unit: str, value: str, label: str = "") -> None:
        """Write an indicator anew and open the workspace again."""
        path = self.folder / "packs" / "mini" / "indicators" / f"{name}.yaml"
        path.write_text(indicator(name, unit, value, label), "utf-8")
        self.reopen()

    def write_pack(self, name: str, text: str) -> None:
        (self.folder / "packs" / "mini" / name).write_text(text, "utf-8")
        self.reopen()

    def reopen(self) -> None:
        self.ws = Workspace.open(self.folder, clock=lambda: self.now[0])


def new_office(folder: Path) -> Office:
    """The workspace with its records of 2019–2024, on 1 March 2025."""
    for name, text in PACK.items():
        path = folder / "packs" / "mini" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), "utf-8")
    for name, (unit, value) in INDICATORS.items():
        path = folder / "packs" / "mini" / "indicators" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(indicator(name, unit, value), "utf-8")
    for part in ("records/inbox", "out"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "kechuang.toml").write_text(
        f'[workspace]\nname = "小规划"\nregion = "{REGION}"\npacks = ["mini"]\n', "utf-8"
    )
    now = [datetime(2025, 3, 1, 9, tzinfo=BEIJING)]
    office = Office(folder, Workspace.open(folder, clock=lambda: now[0]), now)
    office.bring(
        "firms",
        [
            {
                "code": f"F{n}",
                "county": COUNTIES[n % 3],
                "start": f"20{18 + n % 5}-0{1 + n % 9}-15",
                "stop": f"202{2 + n % 3}-06-30" if n % 4 == 0 else "",
                "group": f"G{n % 4}" if n % 5 else "",
            }
            for n in range(12)
        ],
    )
    office.bring(
        "returns",
        [
            {
                "code": f"F{n}",
                "county": COUNTIES[n % 3],
                "year": year,
                "rd": "" if (n + year) % 7 == 0 else 10 * n + (year - 2019) * 7,
                "staff": 1 + n % 4,
            }
            for n in range(10)
            for year in range(2019, 2025)
        ],
    )
    office.bring(
        "accounts",
        [
            {"region": code, "year": year, "gdp": 100 + 10 * k + (year - 2019)}
            for k, code in enumerate(PLACES)
            for year in range(2019, 2025)
        ],
    )
    office.bring(
        "visits",
        [
            {
                "number": f"V{n}",
                "code": f"F{n % 14}",
                "county": COUNTIES[(n + 1) % 3],
                "day": f"20{20 + n % 5}-05-{1 + n % 28:02d}",
                "hours": n % 3,
            }
            for n in range(30)
        ],
    )
    return office


@pytest.fixture
def make_office(tmp_path: Path) -> Callable[[], Office]:
    """Makes a new office each time it is called."""
    return lambda: new_office(tmp_path / f"office-{len(list(tmp_path.iterdir()))}")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return new_office(tmp_path / "office")
