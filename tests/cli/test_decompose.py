"""`indicators contributions|breakdown`, `plan allocate|reconcile` on the example: table and JSON tell the same."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_contributions_of_counties_make_up_the_change(demo: Path, run: Run) -> None:
    asked = ("indicators", "contributions", "rd_intensity", "--from", "2020", "--to", "2024")
    told = run("-C", demo, *asked, "--json").json
    assert (told["form"], told["method"], len(told["parts"])) == ("ratio", "lmdi", 12)
    assert sum(part["change"] for part in told["parts"]) == pytest.approx(told["change"], rel=1e-9)
    assert told["ratios"]["intensity"] * told["ratios"]["structure"] == pytest.approx(
        told["after"] / told["before"]
    )
    figures = run(
        "-C",
        demo,
        "indicators",
        "compute",
        "--indicator",
        "rd_intensity",
        "--from",
        "2020",
        "--to",
        "2024",
        "--json",
    ).json
    known = {figure["period"]: figure["value"] for figure in figures}
    assert [told["before"], told["after"]] == pytest.approx([known["2020"], known["2024"]])
    printed = run("-C", demo, *asked).out
    for part in told["parts"]:
        assert part["label"]["zh"][:6] in printed
    assert "残差" in printed and "合计" in printed and "LMDI" in printed


def test_a_breakdown_by_a_field_adds_up(demo: Path, run: Run) -> None:
    asked = ("indicators", "breakdown", "rd_intensity", "--by", "performer", "--period", "2024")
    told = run("-C", demo, *asked, "--json").json
    assert {part["key"] for part in told["parts"]} <= {"enterprise", "institute", "university", "other"}
    assert sum(part["value"][0] for part in told["parts"]) == pytest.approx(told["whole"]["value"][0])
    assert all(0 <= part["coverage"][0] <= 1 for part in told["parts"])
    english = run("--lang", "en", "-C", demo, *asked).out
    assert "Enterprise" in english and "Data status" in english


def test_county_targets_add_up_and_come_back_as_reconciled(demo: Path, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "counties.csv"
    told = run("-C", demo, "plan", "allocate", "T8", "--method", "increment", "--out", file, "--json").json
    assert told["combined"]["2025"] == told["plan"]["2025"] == 20
    back = run("-C", demo, "plan", "reconcile", "--data", file, "--json").json
    assert {one["year"]: one["verdict"] for one in back}[2025] == "met"
    rows = list(csv.DictReader(file.open(encoding="utf-8-sig")))
    for row in rows:
        row["目标值"] = str(max(0, int(row["目标值"]) - 1)) if row["年度"] == "2025" else row["目标值"]
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    short = {one["year"]: one for one in run("-C", demo, "plan", "reconcile", "--data", file, "--json").json}[
        2025
    ]
    assert short["verdict"] == "short" and short["gap"] < 0
    assert sum(one["suggestion"] for one in short["counties"]) == 20
    printed = run("-C", demo, "plan", "reconcile", "--data", file).out
    assert "合起来达不到规划" in printed


def test_the_prefectures_own_part_takes_its_share_of_a_ratio(demo: Path, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "t2.csv"
    told = run("-C", demo, "plan", "allocate", "T2", "--out", file, "--json").json
    assert told["kind"] == "mean" and "" in {one["code"] for one in told["counties"]}
    weights = [one["weight"] for one in told["counties"]]
    mean = sum(w * one["values"]["2025"] for w, one in zip(weights, told["counties"], strict=True)) / sum(
        weights
    )
    assert 0 <= mean - told["plan"]["2025"] < 0.01
    met = {one["year"]: one for one in run("-C", demo, "plan", "reconcile", "--data", file, "--json").json}[
        2025
    ]
    assert met["verdict"] == "met"


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (["indicators", "contributions", "rd_intensity", "--by", "nope"], 1, "rd_units.performer"),
        (["indicators", "contributions", "rd_intensity", "--method", "nope"], 2, "--method"),
        (["indicators", "contributions", "nope"], 1, "nope"),
        (
            ["indicators", "breakdown", "high_tech_enterprises", "--region", "喀什市", "--by", "county"],
            1,
            "喀什市",
        ),
        (["plan", "allocate", "T9"], 1, "T9"),
        (["plan", "allocate", "T4", "--years", "nope"], 2, "--years"),
        (["plan", "allocate", "T4", "--method", "weights"], 1, "权重"),
        (["plan", "allocate", "T4", "--years", "steps", "--steps", "x"], 2, "--steps"),
        (["plan", "reconcile"], 1, "counties"),
        (["plan", "reconcile", "--data", "/nowhere.csv"], 1, "/nowhere.csv"),
    ],
)
def test_wrong_questions_say_what_to_do(
    demo: Path, run: Run, arguments: list[str], status: int, code: str
) -> None:
    ran = run("-C", demo, *arguments)
    assert ran.status == status and code in ran.err
