"""What proves a task: records of the types it names, told by plan entry, state and nature."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kechuang.language.regions import RegionTree
from kechuang.packs import load_packs
from kechuang.plan.model import Action, Plan, Programme, Safeguard, Task
from kechuang.progress.evidence import Evidence, evidence
from kechuang.records.database import connect
from kechuang.records.sampling import write_samples
from kechuang.records.store import Store

PACKS = load_packs(["st-core"])
Bring = Callable[..., str]


class Office:
    """A store under review, a clock set by hand, and records brought row by row."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = datetime(2025, 1, 6, 9)
        self.store = Store(
            connect(folder / "kechuang.db"),
            PACKS,
            RegionTree.national(),
            clock=lambda: self.now,
            region="330500",
            review=True,
        )

    def bring(self, type_: str, *rows: dict[str, Any], nature: str = "reported", accept: bool = True) -> str:
        self.now += timedelta(days=1)
        path = self.folder / f"{self.now:%m%d}.csv"
        write_samples([(PACKS.records[type_], rows)], path)
        result = self.store.import_files([path], type=type_, who="甲", nature=nature)
        assert result.ok, [fault.full().zh for fault in result.errors]
        batch = result.outcomes[0].batch
        if accept:
            self.store.accept(batch, "乙")
        return batch

    def told(self, plan: Plan, day: date | None = None) -> Evidence:
        named = ["plan_milestones", "sme"]
        return evidence(plan, PACKS.records, self.store.holdings(named, day or self.now.date()), "plan.yaml")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def milestone(entry: str, name: str, done: date | None = None) -> dict[str, Any]:
    return {
        "entry": entry,
        "milestone": name,
        "region": "330500",
        "unit": "某局",
        "due": date(2024, 6, 30),
        "done": done,
        "document": "某文" if done else None,
    }


def sme(number: int, year: int = 2023) -> dict[str, Any]:
    from kechuang.records.sampling.codes import example_code

    uscc = example_code("330523", number)
    return {"uscc": uscc, "name": "甲", "county": "330523", "year": year, "entry": f"{year}{number}"}


def plan_of(**named: list[str]) -> Plan:
    tasks = [Task(id=key.replace("_", "."), title="任务", evidence=value) for key, value in named.items()]
    return Plan(title="规划", programmes=[Programme(id="P1", title="工程", tasks=tasks)])


def held(found: Evidence, action: str) -> dict[str, Any]:
    (one,) = [item for item in found.as_dict()["actions"] if item["id"] == action]
    return {proof["type"]: proof for proof in one["evidence"]}


def test_a_record_that_names_an_entry_counts_for_it_alone(office: Office) -> None:
    office.bring("plan_milestones", milestone("P1.1", "a"), milestone("P1.1.2", "b"), milestone("P1.10", "c"))
    office.bring("sme", sme(1), sme(2))
    plan = plan_of(P1_1=["plan_milestones", "sme"], P1_10=["plan_milestones"], P1_3=["plan_milestones"])
    found = office.told(plan)
    assert held(found, "P1.1")["plan_milestones"]["records"] == 2
    assert held(found, "P1.1")["sme"]["records"] == 2
    assert held(found, "P1.10")["plan_milestones"]["records"] == 1
    assert [action.id for action in found.unproved] == ["P1.3"]
    assert found.actions[2].missing == ("plan_milestones",)
    assert found.faults == ()


def test_sample_pending_returned_corrected_and_withdrawn_records(office: Office) -> None:
    plan = plan_of(P1_1=["sme"])
    office.bring("sme", sme(1), nature="sample")
    office.bring("sme", sme(2), sme(3))
    last = office.now.date()
    assert held(office.told(plan), "P1.1")["sme"] == {
        "type": "sme",
        "label": {"zh": "科技型中小企业", "en": "S&T-based SME"},
        "records": 3,
        "sample": 1,
        "states": {},
        "last": {"key": f"{sme(3)['uscc']}|2023", "recorded": last.isoformat()},
    }
    pending = office.bring("sme", sme(4), {**sme(2), "name": "乙"}, accept=False)
    assert held(office.told(plan), "P1.1")["sme"]["states"] == {"submitted": 2}
    assert held(office.told(plan), "P1.1")["sme"]["records"] == 3
    assert held(office.told(plan, last), "P1.1")["sme"]["states"] == {}
    office.now += timedelta(days=1)
    office.store.accept(pending, "乙")
    office.now += timedelta(days=1)
    batch = office.store.withdraw("sme", f"{sme(3)['uscc']}|2023", "甲", "重复")
    office.store.accept(batch, "乙")
    found = held(office.told(plan), "P1.1")["sme"]
    assert (found["records"], found["states"]) == (3, {})
    assert held(office.told(plan, date(2025, 1, 1)), "P1.1")["sme"]["records"] == 0


def test_a_name_that_no_pack_declares_is_told(office: Office) -> None:
    plan = plan_of(P1_1=["sme", "nonsense"], P1_2=[])
    plan.safeguards = [
        Safeguard(id="S1", title="保障", measures=[Action(id="S1.1", title="措施", evidence=["x"])])
    ]
    found = office.told(plan)
    assert [(fault.code, fault.place.field) for fault in found.faults] == [
        ("evidence-unknown", "P1.1.evidence"),
        ("evidence-unknown", "S1.1.evidence"),
    ]
    content = found.as_dict()
    assert content["unlinked"] == ["P1.2", "S1.1"]
    assert [action["kind"] for action in content["actions"]] == ["task", "task", "measure"]
    assert [fault["code"] for fault in content["faults"]] == ["evidence-unknown"] * 2
