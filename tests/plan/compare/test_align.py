"""What answers the plans above: links against hand-made labels, levels compared only where they can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kechuang.plan.compare import Alignment, Side, align
from kechuang.plan.compare.asks import level_of
from kechuang.plan.compare.demand import demand
from kechuang.plan.model import Action, Plan, Programme, Safeguard, Target, Task

Row = tuple[str, str, str, float | None, str | None]
LABELLED: dict[str, Any] = YAML(typ="safe").load((Path(__file__).parent / "answers.yaml").read_text("utf-8"))


def plan_of(rows: list[list[Any]], code: str | None = None) -> Plan:
    """A plan from rows of id, kind, title (and value and unit)."""
    targets = [
        Target(id=row[0], name=row[2], value=row[3], unit=row[4], year=2025)
        for row in rows
        if row[1] == "target"
    ]
    tasks: dict[str, list[Task]] = {}
    for row in rows:
        if row[1] == "task":
            tasks.setdefault(row[0].split(".")[0], []).append(Task(id=row[0], title=row[2]))
    measures = [Action(id=row[0], title=row[2]) for row in rows if row[1] == "measure"]
    return Plan(
        title="甲",
        region_code=code,
        targets=targets,
        programmes=[Programme(id=name, title="", tasks=found) for name, found in tasks.items()],
        safeguards=[Safeguard(id="S1", title="", measures=measures)] if measures else [],
    )


@pytest.fixture(scope="module")
def labelled() -> Alignment:
    return align(Side("下", plan_of(LABELLED["lower"])), [Side("上", plan_of(LABELLED["upper"]))])


def pairs(found: Alignment, *levels: str) -> set[tuple[str, str]]:
    return {(link.own.id, link.above.id) for link in found.links if link.level in levels}


def test_links_are_those_a_person_would_make(labelled: Alignment) -> None:
    """26 × 22 pairs, 25 of them labelled as answers; measured 0.81 and 0.84, strong ones 1.00."""
    wanted = {(own, above) for own, found in LABELLED["answers"].items() for above in found}
    strong, all_ = pairs(labelled, "strong"), pairs(labelled, "strong", "weak")
    assert len(strong & wanted) / len(strong) >= 0.9
    assert len(strong & wanted) / len(wanted) >= 0.4
    assert len(all_ & wanted) / len(all_) >= 0.75
    assert len(all_ & wanted) / len(wanted) >= 0.75


def test_what_has_no_answer_and_what_answers_nothing_is_told(labelled: Alignment) -> None:
    assert {ask.id for _, ask in labelled.unanswered} >= {"T2", "P1.2", "P7.1"}
    assert {ask.id for ask in labelled.unfounded} >= {"T6", "P5.3", "S1.2", "S1.3"}
    linked = {link.own.id for link in labelled.links}
    assert linked.isdisjoint(ask.id for ask in labelled.unfounded)


def test_every_link_says_why_in_both_languages(labelled: Alignment) -> None:
    data = labelled.as_dict()
    assert set(data) == {"plan", "uppers", "links", "unanswered", "unfounded"}
    for link in data["links"]:
        assert set(link) == {"entry", "plan", "upper", "score", "level", "terms", "reason", "demand"}
        assert 0 < link["score"] <= 1 and link["level"] in ("strong", "weak")
        assert link["reason"]["zh"] and link["reason"]["en"]


def test_two_targets_of_one_indicator_are_held_against_each_other() -> None:
    own = plan_of([["T1", "target", "研发投入强度", 0.3, "%"]], "650100")
    above = plan_of([["T1", "target", "R&D经费支出占地区生产总值比重", 1.0, "%"]], "650000")
    (link,) = align(Side("下", own), [Side("上", above)]).links
    assert link.level == "strong" and link.demand is not None
    assert (link.demand.relation, link.demand.met) == ("lower", False)
    assert "低于上级要求" in link.reason.zh and "同一指标" in link.reason.zh


def test_the_order_of_the_plans_above_is_kept_and_their_levels_named() -> None:
    own = plan_of([["P1.1", "task", "加强基础研究"]], "330100")
    national, regional = plan_of([["P1.1", "task", "加强基础研究"]], "100000"), plan_of([], "330000")
    found = align(Side("下", own), [Side("省", regional), Side("国", national)])
    assert [(upper.name, upper.level) for upper in found.uppers] == [("省", "regional"), ("国", "national")]
    assert found.own.level == "prefecture"
    assert [link.plan for link in found.links] == [1]
    assert found.unanswered == []


@pytest.mark.parametrize(
    ("code", "title", "wanted"),
    [
        ("330000", None, "regional"),
        ("330100", None, "prefecture"),
        ("330521", None, "county"),
        ("100000", None, "national"),
        (None, "国家科技创新规划", "national"),
        (None, "某企业规划", None),
    ],
)
def test_a_plan_has_the_level_of_its_region(code: str | None, title: str | None, wanted: str | None) -> None:
    assert level_of(Plan(title=title, region_code=code)) == wanted


def target(value: float | None, unit: str = "%", name: str = "研发投入强度", **more: Any) -> Target:
    return Target(**{"id": "T1", "name": name, "value": value, "unit": unit, "year": 2025, **more})


def test_levels_are_compared_with_their_units_and_in_their_direction() -> None:
    assert demand(target(1.2), target(1.0)).met is True
    assert demand(target(1.0), target(1.0)).relation == "equal"
    down = {"comparator": "<=", "name": "失业率"}
    lower = demand(target(4, **down), target(5, **down))
    assert (lower.relation, lower.met) == ("lower", True)
    scaled = demand(target(12000, "家", "企业"), target(1, "万家", "企业"), same_area=True)
    assert (scaled.relation, scaled.met) == ("higher", True)


@pytest.mark.parametrize(
    ("own", "above"),
    [
        (target(None), target(1.0)),
        (target(30, "家", "高新技术企业"), target(1000, "家", "高新技术企业")),
        (target(1.0), target(1.0, year=2030)),
        (target(1.0), target(1.0, "亿元")),
        (target(10, name="研发经费年均增长"), target(2, name="研发经费占比")),
        (target(10, per_year=True), target(10)),
        (target(1.0), target(1.0, comparator="<=")),
    ],
)
def test_what_cannot_be_compared_is_not_and_says_why(own: Target, above: Target) -> None:
    found = demand(own, above)
    assert (found.relation, found.met) == ("not-comparable", None)
    assert found.reason.zh


titles = st.text("加强基础研究高新技术企业人才平台建设", min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(st.lists(titles, max_size=6), st.lists(titles, max_size=6))
def test_every_entry_is_linked_or_told_to_be_alone(mine: list[str], theirs: list[str]) -> None:
    own, above = (
        plan_of([[f"P1.{n}", "task", title] for n, title in enumerate(found)]) for found in (mine, theirs)
    )
    found = align(Side("下", own), [Side("上", above)])
    assert {link.own.id for link in found.links} | {ask.id for ask in found.unfounded} == {
        f"P1.{n}" for n in range(len(mine))
    }
    assert {link.above.id for link in found.links} | {ask.id for _, ask in found.unanswered} == {
        f"P1.{n}" for n in range(len(theirs))
    }
    assert all(0.35 <= link.score <= 1 for link in found.links)
