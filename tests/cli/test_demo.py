"""`kechuang demo`: the whole road on the example, as a newcomer sees it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

Run = Callable[..., Any]

STATUSES = ("已达成", "提前完成", "达到进度", "基本达到", "滞后", "未达成", "无法判断")


def test_it_prints_eight_targets_with_value_unit_target_status_and_data_status(demo: Path) -> None:
    printed = (demo.parent / "printed.txt").read_text("utf-8")
    rows = [line for line in printed.splitlines() if line.strip().startswith("T") and "示例数据" in line]
    assert len(rows) == 8
    assert all(any(status in row for status in STATUSES) for row in rows)
    assert all(unit in printed for unit in ("%", "人年", "家"))


def test_it_writes_the_report_as_document_and_page(demo: Path) -> None:
    assert (demo / "out" / "report.docx").read_bytes()[:2] == b"PK"
    page = (demo / "out" / "report.html").read_text("utf-8")
    assert "示例数据" in page
    assert page.count("喀什") > 3


def test_a_second_run_records_nothing_twice(own_demo: Path, run: Run) -> None:
    before = run("-C", own_demo, "records", "batches", "--json").json
    ran = run("demo", own_demo, "--json")
    assert ran.status == 0
    assert len(ran.json["progress"]["targets"]) == 8
    assert run("-C", own_demo, "records", "batches", "--json").json == before


def test_the_example_shows_success_lag_an_expiring_stock_and_late_and_missing_returns(
    demo: Path, run: Run
) -> None:
    progress = run("-C", demo, "progress", "--json").json
    statuses = {target["status"] for target in progress["targets"]}
    assert "achieved" in statuses
    assert statuses & {"behind", "missed"}
    stock = run("-C", demo, "indicators", "compute", "--indicator", "high_tech_enterprises", "--json").json
    values = [figure["value"] for figure in stock]
    assert any(later < earlier for earlier, later in pairwise(values))
    returns = run("-C", demo, "records", "returns", "--json").json
    assert sum(item["late"] for item in returns) > 0
    assert sum(item["missing"] for item in returns) > 0


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, run: Run) -> None:
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    ran = run("demo", tmp_path)
    assert ran.status == 1
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
