"""Registers of the plan's fields, drawn by the product's own sampler and told year by year.

The sampler gives each record as it stands at the end. A file tells what was known on the day it came:
what happened later is left out, and told in the file of the year it happened. What a record refers to
came with it or before; a few returns come late, and some never.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from kechuang.formula import parse, row_function
from kechuang.formula.tree import Name
from kechuang.language.regions import RegionTree
from kechuang.packs.model import FieldSpec, Packs, RecordType, Sampling
from kechuang.plan.file import load_plan
from kechuang.progress.evidence import actions
from kechuang.records.checks import key_text
from kechuang.records.fields import Value, parser
from kechuang.records.sampling import Sampler, Setting
from kechuang.records.sampling.judging import Judge
from sample.base import REGION, SAMPLE, SEED, Delivery, Row, draw, name_of
from sample.tables import PACKS

TODAY = date(2026, 9, 30)
YEARS = range(2021, 2026)
#: A file a year, and one before them for what there was at the end of 2020.
TOLD = range(2020, 2026)
#: Records that stand on registers first entered in the autumn of 2023.
FROM_2023 = {"commissioner_services"}

#: The core's registers by the office that keeps them: file, desk, day of the next year, registers.
CORE: dict[str, tuple[str, tuple[int, int], list[str]]] = {
    "科技计划项目": (
        "地区科技局计划科（示例）",
        (1, 22),
        ["projects", "project_milestones", "project_budget", "project_outputs"],
    ),
    "创新平台与仪器": (
        "地区科技局平台科（示例）",
        (2, 16),
        ["platforms", "platform_operation", "instruments", "instrument_use"],
    ),
    "技术市场与成果": ("地区科技局成果科（示例）", (2, 6), ["technology_contracts", "achievements"]),
    "人才与科普": (
        "地区科技局人才科（示例）",
        (1, 18),
        ["talent_posts", "trainings", "science_activities", "science_venues", "integrity_activities"],
    ),
    "科技政策": (
        "地区科技局政策科（示例）",
        (7, 12),
        ["rd_deduction", "policy_support", "reform_documents"],
    ),
    "高企研发费用台账": ("地区科技局高新科（示例）", (5, 24), ["hte_ledger"]),
    "规划节点与经费": ("地区科技局规划科（示例）", (1, 15), ["plan_milestones", "plan_budget"]),
}
#: Desk and day of other packs; their file has all their registers and the label of the pack.
OTHERS: dict[str, tuple[str, tuple[int, int]]] = {
    "agriculture": ("地区农业农村局（示例）", (3, 17)),
    "industry": ("地区工业和信息化局（示例）", (4, 14)),
    "cooperation": ("地区科技局合作科（示例）", (1, 25)),
    "culture-tourism": ("地区文化体育广播电视和旅游局（示例）", (2, 10)),
    "environment": ("地区生态环境局（示例）", (3, 24)),
    "livelihood": ("地区卫生健康委员会（示例）", (3, 4)),
}
#: What records that name a plan entry are about: entry → values of the record.
ABOUT: dict[str, dict[str, dict[str, str]]] = {
    "projects": {
        "P1.1": {"field": "agriculture", "name": "示例企业农业技术服务能力建设"},
        "P1.5": {"field": "agriculture", "name": "示例馕制品工艺与保鲜研究"},
        "P2.1": {"field": "industry", "name": "示例纺织智能车间改造"},
        "P3.1": {"field": "culture", "name": "示例文旅数字化展示技术"},
        "S2.1": {
            "field": "resources",
            "name": "示例绿洲生态基础研究",
            "stage": "basic",
            "kind": "foundation",
        },
        "S2.5": {"field": "agriculture", "name": "示例县域特色产业技术集成", "kind": "county"},
    },
    "reform_documents": {
        "S3.1": {"kind": "management", "title": "示例科技计划项目管理办法"},
        "S4.1": {"kind": "party", "title": "示例党组织研究科技工作制度"},
        "S4.2": {"kind": "talent", "title": "示例科技人才引进若干措施"},
        "S4.4": {"kind": "environment", "title": "示例优化创新创业环境若干措施"},
    },
}
#: Yearly returns of one county that came after all others, by pack, and returns that never came.
LATE = {("agriculture", 2023, "653125"): date(2024, 5, 14), ("industry", 2024, "653126"): date(2025, 6, 9)}
MISSING = {("industry", 2023, "653131"), ("agriculture", 2025, "653128")}


@dataclass
class Story:
    """A record as it stands at the end, and what was last told of it."""

    row: dict[str, Value]
    told: dict[str, Value] | None = None


@dataclass
class Group:
    """The registers of one file: its records, and when it comes."""

    pack: str
    name: str
    desk: str
    month_day: tuple[int, int]
    types: list[str]
    stories: dict[str, list[Story]] = field(default_factory=dict)

    def day(self, year: int) -> date:
        """When the file of ``year`` comes: near its day in the next year."""
        return date(year + 1, *self.month_day) + timedelta(days=draw(f"{self.name} {year}").randint(-6, 6))


def field_registers(before: Iterable[Delivery], villages: list[Row]) -> list[Delivery]:
    """Files of all registers that ``before`` does not hold, which may refer to those it holds."""
    given = _given(before, villages)
    groups = list(_groups(set(given)))
    for group in groups:
        for name, rows in _drawn(group, given).items():
            group.stories[name] = [Story(row) for row in rows]
    known = {name: {field: {row[field] for row in rows} for field in rows[0]} for name, rows in given.items()}
    found: list[Delivery] = []
    for year in TOLD:
        for group in sorted(groups, key=lambda one: one.day(year)):
            found += _told(group, year, known)
    return found


def _groups(held: set[str]) -> Iterator[Group]:
    for name, (desk, day, types) in CORE.items():
        yield Group("st-core", name, desk, day, types)
    for info in PACKS.info:
        if info.pack != "st-core":
            desk, day = OTHERS[info.pack]
            folder = _types_of(info.pack)
            yield Group(info.pack, info.label.zh, desk, day, [name for name in folder if name not in held])


def _types_of(pack: str) -> list[str]:
    """The record types of a built-in pack, in the order they refer to each other."""
    from kechuang.packs.load import BUILT_IN

    names = sorted(path.stem for path in (BUILT_IN / pack / "records").glob("*.yaml"))
    found: list[str] = []
    while names:
        ready = [name for name in names if not _refers_to(PACKS.records[name]) & set(names) - {name}]
        found += ready or names
        names = [name for name in names if name not in found]
    return found


def _refers_to(record_type: RecordType) -> set[str]:
    return {spec.reference.partition(".")[0] for spec in record_type.fields.values() if spec.reference}


def _given(before: Iterable[Delivery], villages: list[Row]) -> dict[str, list[dict[str, Value]]]:
    """The records of other files that the new ones refer to, as the store would keep them."""
    latest: dict[tuple[str, str], dict[str, Value]] = {}
    sheets = [(name, rows) for delivery in before for name, rows in delivery.sheets.items()]
    for name, rows in [("villages", villages), *sheets]:
        if name not in ("villages", "commissioners"):
            continue
        record_type = PACKS.records[name]
        parsers = {
            one: parser(spec, TODAY, RegionTree.national(), REGION)
            for one, spec in record_type.fields.items()
        }
        for row in rows:
            values = {one: parse_cell(row.get(one)) for one, parse_cell in parsers.items()}
            latest[name, key_text([values[one] for one in record_type.key])] = values
    found: dict[str, list[dict[str, Value]]] = {}
    for (name, _), values in latest.items():
        found.setdefault(name, []).append(values)
    return found


# -- drawing --------------------------------------------------------------------------------------


def _drawn(group: Group, given: Mapping[str, list[dict[str, Value]]]) -> dict[str, list[dict[str, Value]]]:
    """The records of a group as they stand at the end."""
    if "plan_milestones" in group.types:
        return _plan_entries()
    found = _sampler(PACKS, given).draw(group.types)
    chance = draw(f"places {group.name}")
    for name in group.types:
        fields = PACKS.records[name].fields
        about = list(ABOUT.get(name, {}).items())
        for number, row in enumerate(found[name]):
            if about:
                entry, values = about[number % len(about)]
                row.update({"entry": entry, **values})
            for one, spec in fields.items():
                if spec.label.zh == "数据来源" and row[one] is not None:
                    row[one] = SAMPLE
            if {"lon", "lat"} <= fields.keys():
                row["lon"], row["lat"] = (
                    round(chance.uniform(75.6, 79.2), 4),
                    round(chance.uniform(37.2, 39.8), 4),
                )
    if FROM_2023 & set(group.types):
        for name in FROM_2023:
            on = PACKS.records[name].time.on or ""
            found[name] = [row for row in found[name] if row[on].year >= 2023]  # type: ignore[union-attr]
    return {name: found[name] for name in group.types}


def _sampler(packs: Packs, given: Mapping[str, list[dict[str, Value]]], seed: int = SEED) -> Sampler:
    setting = Setting(RegionTree.national(), REGION, YEARS, TODAY)
    return Sampler(packs, setting, seed, lambda name: given.get(name, ()))


def _plan_entries() -> dict[str, list[dict[str, Value]]]:
    """Milestones of every task and measure, and the money of every task, by its own number."""
    plan = load_plan(Path(__file__).parents[1] / "plan" / "plan.yaml")
    found: dict[str, list[dict[str, Value]]] = {"plan_milestones": [], "plan_budget": []}
    for number, (action, _, task) in enumerate(actions(plan)):
        wanted = {"plan_milestones": 3, "plan_budget": len(YEARS)} if task else {"plan_milestones": 2}
        for name, rows in wanted.items():
            sampler = _sampler(_for_entry(name, action.id), {}, SEED + number)
            for row in sampler.draw([name], rows)[name]:
                found[name].append({**row, "entry": action.id, "region": REGION})
        if task:
            _in_a_row(found["plan_milestones"][-3:])
    return found


def _in_a_row(rows: list[dict[str, Value]]) -> None:
    """Each milestone of a task waits for the one due before it."""
    ordered = sorted(rows, key=lambda row: str(row["due"]))
    for before, row in pairwise(ordered):
        row["after"] = before["milestone"]


def _for_entry(name: str, entry: str) -> Packs:
    """The packs with the one plan entry a register is drawn for."""
    record_type = PACKS.records[name]
    spec = record_type.fields["entry"].model_copy(update={"sample": Sampling(values=[entry])})
    changed = record_type.model_copy(update={"fields": {**record_type.fields, "entry": spec}})
    return PACKS.model_copy(update={"records": {**PACKS.records, name: changed}})


# -- telling --------------------------------------------------------------------------------------

Known = dict[str, dict[str, set[Any]]]
"""Values told so far: record type → field → values."""


def _told(group: Group, year: int, known: Known) -> Iterator[Delivery]:
    """The file of a year, and those of counties that were late."""
    day = group.day(year)
    sheets: dict[str, list[Row]] = {}
    late: dict[str, dict[str, list[Row]]] = {}
    for name in group.types:
        record_type = PACKS.records[name]
        for story in group.stories[name]:
            version = _known_on(record_type, story.row, year, day, known)
            if version is None or version == story.told:
                continue
            story.told = version
            county = str(version.get("county"))
            if record_type.time.year is not None and (group.pack, year, county) in MISSING:
                continue
            for one, value in version.items():
                known.setdefault(name, {}).setdefault(one, set()).add(value)
            into = sheets
            if record_type.time.year is not None and (group.pack, year, county) in LATE:
                into = late.setdefault(county, {})
            into.setdefault(name, []).append(_shown(record_type, version))
    title = f"示例_{group.name}_{year}年"
    if year == TOLD[0]:
        title = f"示例_{group.name}_{year}年末台账"
    if sheets:
        yield Delivery(f"{title}.xlsx", day, group.desk, "sample", sheets)
    for county, content in late.items():
        arrived = LATE[group.pack, year, county]
        file = f"{title}_{name_of(county)}.xlsx"
        yield Delivery(file, arrived, group.desk, "sample", content, f"{name_of(county)}逾期报送")


def _known_on(
    record_type: RecordType, row: dict[str, Value], year: int, day: date, known: Known
) -> dict[str, Value] | None:
    """The record as known on the ``day`` the file of ``year`` came; None where it was not yet."""
    if _begun(record_type, row) > year:
        return None
    version = dict(row)
    for name, spec in record_type.fields.items():
        value = row[name]
        if isinstance(value, date) and value > day and not spec.future:
            if spec.required:
                return None
            version[name] = None
        if spec.reference is not None and value is not None and not _was_told(spec, value, known):
            if spec.required:
                return None
            version[name] = None
    unknown = {name for name in row if row[name] is not None and version[name] is None}
    for name, spec in record_type.fields.items():  # what follows from what was not known yet
        formula = spec.sample.formula if spec.sample else None
        if formula and not spec.required and unknown & _names(formula):
            version[name] = row_function(formula, {*version, "draw"})({**version, "draw": 0.5})  # type: ignore[assignment]
            if version[name] is None:
                unknown.add(name)
    judge = Judge(record_type, Setting(RegionTree.national(), REGION, YEARS, day), lambda _: ())
    return version if judge.holds(dict(version), strict=False) else None


def _begun(record_type: RecordType, row: Mapping[str, Value]) -> int:
    """The year a record is first told of."""
    time = record_type.time
    begin = row[time.year or time.on or time.from_ or record_type.key[0]]
    year = begin.year if isinstance(begin, date) else begin
    return max(int(year), TOLD[0]) if isinstance(year, int) else TOLD[0]


def _was_told(spec: FieldSpec, value: Value, known: Known) -> bool:
    other, _, target = (spec.reference or "").partition(".")
    return value in known.get(other, {}).get(target, set())


def _names(formula: str) -> set[str]:
    return {node.name for node in parse(formula).walk() if isinstance(node, Name)}


def _shown(record_type: RecordType, row: Mapping[str, Value]) -> Row:
    """The cells of a record as people write them."""
    cells: Row = {}
    for name, spec in record_type.fields.items():
        value = row[name]
        if value is None:
            cells[name] = None
        elif spec.type == "choice":
            cells[name] = spec.choices[str(value)].zh
        elif spec.type == "region":
            region = RegionTree.national().get(str(value))
            cells[name] = region.name if region else value
        elif spec.type == "boolean":
            cells[name] = "是" if value else "否"
        else:
            cells[name] = value
    return cells
