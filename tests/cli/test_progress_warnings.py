"""kechuang progress tasks and warnings on the example: every task and measure judged, history, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]
DAY = "2024-06-30"


def test_every_task_and_measure_of_the_example_has_a_status_with_reasons(run: Run, demo: Path) -> None:
    content = run("-C", demo, "progress", "--as-of", DAY, "--json").json
    tasks = [task for group in content["programmes"] for task in group["tasks"]]
    measures = [measure for group in content["safeguards"] for measure in group["measures"]]
    assert (len(tasks), len(measures)) == (27, 20)
    for one in (*tasks, *measures):
        assert one["status"]
        assert one["why"]
        assert one["sample"] == sum(part["sample"] for part in one["components"])
        for part in one["components"]:
            assert part["count"] == 0 or part["records"]
    for group in (*content["programmes"], *content["safeguards"]):
        assert group["status"]
        known = [weight["share"] for weight in group["weights"].values()]
        assert abs(sum(known) - 1) < 1e-9
    assert content["chains"]
    assert content["faults"] == []


def test_public_security_is_told_like_any_other_and_no_more(run: Run, demo: Path) -> None:
    content = run("-C", demo, "progress", "tasks", "P5.1", "--as-of", DAY, "--json").json["entry"]
    assert {part["kind"] for part in content["components"] if part["count"]} == {"milestones", "money"}
    assert content["status"]


def test_the_view_of_a_task_and_of_all(run: Run, demo: Path) -> None:
    one = run("-C", demo, "progress", "tasks", "P2.2", "--as-of", DAY)
    assert "各类佐证" in one.out
    assert "plan_milestones P2.2|" in one.out
    everything = run("--lang", "en", "-C", demo, "progress", "tasks", "--as-of", DAY)
    assert everything.status == 0
    assert "milestones" in everything.out
    wrong = run("-C", demo, "progress", "tasks", "P9.9")
    assert wrong.status == 1
    assert "P9.9" in wrong.err


def test_warnings_are_the_same_each_time_and_write_nothing(run: Run, own_demo: Path) -> None:
    first = run("-C", own_demo, "progress", "warnings", "--as-of", DAY, "--json").json
    assert first == run("-C", own_demo, "progress", "warnings", "--as-of", DAY, "--json").json
    assert first["warnings"]
    assert sum(first["counts"].values()) == len(first["warnings"])
    assert run("-C", own_demo, "progress", "warnings", "--history", "--json").json["history"] == []
    for one in first["warnings"]:
        assert one["reasons"]
        assert one["advice"]["en"]
        assert one["state"] == "open"


def test_entering_acknowledging_and_history(run: Run, own_demo: Path) -> None:
    made = run("-C", own_demo, "progress", "warnings", "update", "--who", "规划科", "--json").json["entries"]
    assert {entry["change"] for entry in made} == {"raised"}
    again = run("-C", own_demo, "progress", "warnings", "update", "--who", "规划科")
    assert "没有变化" in again.out
    name = made[0]["id"]
    done = run(*("-C", own_demo, "progress", "warnings", "ack", name, "--who", "工信局"), "--note", "在办")
    assert done.status == 0
    shown = json.loads(run("-C", own_demo, "progress", "warnings", "--json").out)
    (one,) = [one for one in shown["warnings"] if one["id"] == name]
    assert (one["state"], one["note"]) == ("acknowledged", "在办")
    pending = run("-C", own_demo, "progress", "warnings", "--pending", "--json").json["warnings"]
    assert name not in [one["id"] for one in pending]
    told = run("-C", own_demo, "progress", "warnings", "--history", "--json").json["history"]
    assert [entry["change"] for entry in told][-1] == "acknowledged"
    assert run("-C", own_demo, "verify").status == 0
    assert run("-C", own_demo, "progress", "warnings", "ack", "X9", "--who", "甲", "--note", "办").status == 1


def test_without_milestones_or_records_tasks_are_told_as_such(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert run("init", folder, "--name", "某市规划", "--region", "330500").status == 0
    (folder / "plan").mkdir(exist_ok=True)
    (folder / "plan" / "plan.yaml").write_text(
        "title: 规划\nperiod: [2021, 2025]\nstatus: confirmed\nprogrammes:\n  - id: P1\n    title: 工程\n"
        "    tasks:\n      - {id: P1.1, title: 任务}\n",
        "utf-8",
    )
    content = run("-C", folder, "progress", "--json").json
    assert content["programmes"][0]["tasks"][0]["status"] == "no_evidence"
    assert content["programmes"][0]["status"] == "no_evidence"
    warned = run("-C", folder, "progress", "warnings", "--json").json["warnings"]
    assert [one["id"] for one in warned] == ["P1.1"]
