"""`kechuang plan evidence` on the example and on a plan that names a register nobody has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_the_table_and_the_json_tell_the_same(demo: Path, run: Run) -> None:
    told = run("-C", demo, "plan", "evidence", "--json").json
    assert {"as_of", "actions", "unproved", "unlinked", "faults"} <= told.keys()
    assert len(told["actions"]) == 47 and told["unproved"] == []
    printed = run("-C", demo, "plan", "evidence").out
    for action in told["actions"]:
        assert action["id"] in printed and action["title"] in printed
    before = run("-C", demo, "plan", "evidence", "--as-of", "2020-12-31", "--json").json
    assert len(before["unproved"]) == 47


def test_a_register_nobody_has_is_the_users_fault(own_demo: Path, run: Run) -> None:
    path = own_demo / "plan" / "plan.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("evidence: [agri_parks,", "evidence: [agri_park,", 1), "utf-8")
    ran = run("-C", own_demo, "plan", "evidence")
    assert ran.status == 1
    assert "“agri_park”不是已加载的台账类型" in ran.out
