"""`kechuang plan`: reading, showing, and never losing what a person confirmed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]

TEXT = "德清县“十四五”科技创新规划\n一、发展目标\n到2025年，研发机构达到18家。\n二、保障措施\n（一）加强领导\n1.健全机制。\n"


def test_the_json_of_a_plan_has_the_keys_of_the_contract(tmp_path: Path, run: Run) -> None:
    (tmp_path / "plan.txt").write_text(TEXT, "utf-8")
    plan = run("plan", "read", tmp_path / "plan.txt", "--json").json
    wanted = {"title", "region", "region_code", "period", "issuer", "issued", "basis", "framework", "stages"}
    assert set(plan) >= wanted | {"targets", "programmes", "safeguards"}
    keys = {"id", "name", "comparator", "value", "high", "unit", "year", "baseline", "nature", "direction"}
    assert set(plan["targets"][0]) >= keys | {"per_year", "lead", "span"}
    text = run("plan", "text", tmp_path / "plan.txt").out
    told = run("plan", "text", tmp_path / "plan.txt", "--json").json
    assert (told["document"], told["text"]) == ("plan.txt", text)
    assert [text[block["start"] : block["end"]] for block in told["blocks"]] == [
        block["text"] for block in told["blocks"]
    ]
    span = plan["targets"][0]["span"]
    assert text[span["start"] : span["end"]] == span["text"]


def test_a_draft_is_written_and_shown(tmp_path: Path, run: Run) -> None:
    (tmp_path / "plan.txt").write_text(TEXT, "utf-8")
    assert run("plan", "read", tmp_path / "plan.txt", "-o", tmp_path / "plan.yaml").status == 0
    assert run("plan", "show", tmp_path / "plan.yaml", "--json").json["status"] == "draft"
    assert "研发机构" in run("plan", "show", tmp_path / "plan.yaml").out


def test_a_confirmed_plan_is_not_overwritten_unless_forced(tmp_path: Path, run: Run) -> None:
    (tmp_path / "plan.txt").write_text(TEXT, "utf-8")
    out = tmp_path / "plan.yaml"
    run("plan", "read", tmp_path / "plan.txt", "-o", out)
    run("plan", "read", tmp_path / "plan.txt", "-o", out)  # a draft may be read again
    confirmed = out.read_text("utf-8").replace("status: draft", "status: confirmed")
    out.write_text(confirmed, "utf-8")
    ran = run("plan", "read", tmp_path / "plan.txt", "-o", out)
    assert ran.status == 1
    assert out.read_text("utf-8") == confirmed
    assert run("plan", "read", tmp_path / "plan.txt", "-o", out, "--force").status == 0
    assert "status: confirmed" not in out.read_text("utf-8")


def test_checking_a_plan_exits_0_with_or_without_findings(demo: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "plan.txt").write_text(TEXT.replace("二、", "2、"), "utf-8")
    ran = run("plan", "check", tmp_path / "plan.txt", "--json")
    assert ran.status == 0
    finding = next(item for item in ran.json["findings"] if item["severity"] == "error")
    assert set(finding) >= {"code", "severity", "message", "spans", "expected"}
    assert (finding["code"], finding["expected"]) == ("heading-number", "二、")
    confirmed = run("plan", "check", demo / "plan" / "plan.yaml", "--json").json["findings"]
    assert {item["code"] for item in confirmed} >= {"orphan-target", "issue-gap", "no-baseline"}
