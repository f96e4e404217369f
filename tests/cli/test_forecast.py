"""kechuang forecast, as contract.md has it: a table in, a table out; an indicator of the workspace."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def series(tmp_path: Path) -> Path:
    path = tmp_path / "series.csv"
    rows = [f"甲,{2015 + at},{value}" for at, value in enumerate([10, 12, 13, 15, 18])]
    rows += [f"b,{at + 1},{value}" for at, value in enumerate([5, 4, 4, 6])]
    path.write_text("series_id,step,value\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_table_gives_a_table(run: Run, series: Path, tmp_path: Path) -> None:
    out = tmp_path / "f.csv"
    assert run("forecast", "--data", series, "--horizon", 3, "--out", out).status == 0
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["series_id", "h", "median", "lo50", "hi50", "lo80", "hi80", "lo95", "hi95"]
    assert [(row["series_id"], row["h"]) for row in rows] == [(n, h) for n in ("甲", "b") for h in "123"]
    for row in rows:
        ends = [float(row[name]) for name in ["lo95", "lo80", "lo50", "median", "hi50", "hi80", "hi95"]]
        assert ends == sorted(ends)
    told = run("forecast", "--data", series, "--horizon", 3, "--json").json
    assert [str(row["median"]) for row in told] == [row["median"] for row in rows]


def test_limits_hold_in_the_table(run: Run, series: Path) -> None:
    told = run("forecast", "--data", series, "--low", 0, "--integer", "--json").json
    assert all(
        value >= 0 and value == round(value)
        for row in told
        for name, value in row.items()
        if name[:2] in {"lo", "hi", "me"}
    )


def test_people_see_method_and_bands(run: Run, series: Path) -> None:
    ran = run("--lang", "en", "forecast", "--data", series, "--horizon", 2)
    assert ran.status == 0
    assert "2 series, 2 years ahead each" in ran.out
    assert "80%" in ran.out


def test_faults_are_the_users_and_all_told(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("series_id,step,value\na,1,x\nb,1,1\nb,2,2\nb,4,3\n", encoding="utf-8")
    out = tmp_path / "f.csv"
    ran = run("forecast", "--data", bad, "--out", out, "--json")
    assert ran.status == 1
    assert {(fault["row"], fault["column"]) for fault in ran.json["errors"]} == {(2, "C"), (5, "B")}
    assert not out.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("gdp", "--data", "x.csv"),
        ("--data", "x.csv", "--horizon", "0"),
        ("--data", "x.csv", "--region", "653100"),
    ],
)
def test_wrong_usage_is_told(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("forecast", *arguments).status == 2


def test_limits_the_wrong_way_round(run: Run, series: Path) -> None:
    assert run("forecast", "--data", series, "--low", 5, "--high", 1).status == 1


def test_an_indicator_of_the_workspace(run: Run, demo: Path) -> None:
    told = run("-C", demo, "forecast", "commissioner_coverage", "--horizon", 4, "--json").json
    assert told["sample"]
    assert told["unit"] == "%"
    last = int(told["history"][-1]["period"])
    assert [row["period"] for row in told["forecast"]] == [str(last + h) for h in (1, 2, 3, 4)]
    for row in told["forecast"]:
        assert 0 <= row["p95"][0] <= row["p80"][0] <= row["p50"][0] <= row["median"]
        assert row["median"] <= row["p50"][1] <= row["p80"][1] <= row["p95"][1] <= 100
    shown = run("-C", demo, "forecast", "commissioner_coverage")
    assert "示例数据" in shown.out


def test_an_unknown_indicator_is_told_with_those_alike(run: Run, demo: Path) -> None:
    ran = run("-C", demo, "forecast", "commissioner_coverag")
    assert ran.status == 1
    assert "commissioner_coverage" in ran.err
