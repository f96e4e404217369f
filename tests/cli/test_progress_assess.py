"""kechuang progress assess and methods, as a terminal and a program meet them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kechuang.progress.methods import METHODS

CASES = (
    "base_year,base_value,current_year,current_value,target_year,target,direction,limit\n"
    "2015,14.5,2023,10.2,2030,7.25,-1,\n2015,90,2021,93.2,,,1,100\n"
)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.csv"
    path.write_text(CASES, "utf-8")
    return path


@pytest.mark.parametrize("method", METHODS)
def test_every_method_writes_value_status_and_score(
    run: Callable[..., Any], cases: Path, method: str
) -> None:
    out = cases.with_name("results.csv")
    ran = run("progress", "assess", "--method", method, "--data", cases, "--out", out)
    assert ran.status == 0, ran.err
    with out.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 2
    assert {"base_year", "limit", "value", "status", "score"} <= rows[0].keys()


def test_json_and_the_terminal(run: Callable[..., Any], cases: Path) -> None:
    content = run("progress", "assess", "--data", cases, "--json").json
    assert content["methods"] == ["open-sdg"]
    assert content["results"][0]["status"] == "substantial_progress"
    assert content["parameters"]["open-sdg"]["limit_exponent"] == 4.44
    shown = run("progress", "assess", "--data", cases, "--method", "all")
    assert "各法一致" in shown.out
    assert "substantial progress" in run("--lang", "en", "progress", "assess", "--data", cases).out
    out = cases.with_name("r.csv")
    told = run("progress", "assess", "--data", cases, "--out", out, "--json").json
    assert told == {"file": str(out), "rows": 2, "counts": {"open-sdg": {"substantial_progress": 2}}}


def test_faults_of_the_user_and_wrong_usage(run: Callable[..., Any], cases: Path) -> None:
    cases.write_text(CASES.replace("14.5", "x").replace("93.2", "y"), "utf-8")
    ran = run("progress", "assess", "--data", cases, "--out", cases.with_name("r.csv"))
    assert ran.status == 1
    assert "B列" in ran.err and "D列" in ran.err
    assert not cases.with_name("r.csv").exists()
    assert run("progress", "assess", "--data", cases, "--method", "oecd").status == 1
    assert run("progress", "assess", "--data", cases, "--set", "tolerance").status == 1
    assert run("progress", "assess", "--data", cases.with_name("none.csv")).status == 1
    assert run("progress", "assess").status == 2
    assert run("progress", "asess").status == 2


def test_methods_are_listed_with_their_parameters(run: Callable[..., Any]) -> None:
    assert all(method in run("progress", "methods").out for method in METHODS)
    content = run("progress", "methods", "un", "--json").json
    assert content[0]["parameters"]["target_high"]["value"] == 0.95
    assert content[0]["verified"] is False
    assert "待核实" in run("progress", "methods", "sdsn").out


def test_the_plan_s_targets_with_all_methods(run: Callable[..., Any], demo: Path) -> None:
    plain = run("-C", demo, "progress", "--as-of", "2025-06-30")
    assert plain.status == 0 and "各方法的判断" not in plain.out
    shown = run("-C", demo, "progress", "--as-of", "2025-06-30", "--methods")
    assert "各方法的判断" in shown.out and "各法不一致" in shown.out


def test_the_office_s_own_method(run: Callable[..., Any], own_demo: Path) -> None:
    settings = own_demo / "kechuang.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("[progress]\n", '[progress]\nmethod = "open-sdg"\n'), "utf-8")
    content = run("-C", own_demo, "progress", "--as-of", "2025-06-30", "--json").json
    assert content["method"] == "open-sdg"
    second = next(target for target in content["targets"] if target["id"] == "T2")
    assert second["status"] == "basically_on_schedule"
    settings.write_text(settings.read_text("utf-8").replace("open-sdg", "oecd"), "utf-8")
    assert run("-C", own_demo, "progress").status == 1
