"""Facts made by hand: rows of the core registers, without a store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kechuang.errors import Place
from kechuang.packs import load_packs
from kechuang.plan.model import Action, Plan, Programme, Safeguard, Target, Task
from kechuang.progress import Progress, assess
from kechuang.progress.actions import Facts, terms_of, with_actions
from kechuang.progress.actions.facts import Held, Row

PACKS = load_packs(["st-core"])
PERIOD = (2021, 2025)
DAY = date(2023, 12, 31)


def milestone(
    entry: str,
    name: str,
    due: date,
    done: date | None = None,
    document: str | None = "某文1号",
    after: str | None = None,
) -> Row:
    values = {
        "name": name,
        "due": due,
        "done": done,
        "document": document if done else None,
        "after": after,
    }
    return Row("plan_milestones", f"{entry}|{name}", entry, values, place=Place("节点.xlsx", "节点", 7))


def budget(entry: str, year: int, planned: float, spent: float) -> Row:
    values = {"year": year, "planned": planned, "allocated": planned, "spent": spent}
    return Row("plan_budget", f"{entry}|{year}|own", entry, values)


def project(entry: str, key: str, due: date, closed: date | None = None, result: str | None = None) -> Row:
    values = {"name": key, "start": date(2021, 3, 1), "due": due, "closed": closed, "result": result}
    return Row("projects", key, entry, values)


def facts(
    *rows: Row, held: dict[str, int] | None = None, attached: set[tuple[str, str]] | None = None
) -> Facts:
    """Facts of ``rows``; ``held``: records by type, naming no entry."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.type, []).append(row)
    return Facts(
        PACKS.records,
        {name: tuple(found) for name, found in grouped.items()},
        {name: {None: Held(n)} for name, n in (held or {}).items()},
        frozenset(attached or ()),
    )


def plan_of(*tasks: Task | Action, **more: Any) -> Plan:
    return Plan(
        title="规划",
        period=PERIOD,
        programmes=[Programme(id="P1", title="工程", tasks=[one for one in tasks if isinstance(one, Task)])],
        safeguards=[
            Safeguard(id="S1", title="保障", measures=[one for one in tasks if not isinstance(one, Task)])
        ],
        **more,
    )


def judged(plan: Plan, found: Facts, day: date = DAY) -> Progress:
    return with_actions(assess(plan, {}, day), plan, found, terms_of(PACKS, plan, day, 0.9), "plan.yaml")


def task(identifier: str = "P1.1", **more: Any) -> Task:
    return Task(id=identifier, title="任务", **more)


def target(**more: Any) -> Target:
    return Target(id="T1", name="甲", value=10, unit="家", year=2025, **more)


@pytest.fixture
def standing() -> Callable[..., Any]:
    """The standing of the one task ``P1.1`` by rows."""

    def told(*rows: Row, day: date = DAY, task_: Task | None = None, **more: Any) -> Any:
        progress = judged(plan_of(task_ or task()), facts(*rows, **more), day)
        return progress.programmes[0].tasks[0].standing

    return told
