"""`kechuang plan diff` and `kechuang plan align`: forms, exit statuses, the example."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import kechuang.cli.app
import kechuang.cli.plan_compare  # noqa: F401 (adds the commands)

Run = Callable[..., Any]

OLD = "青禾县“十四五”科技创新规划\n一、发展目标\n到2025年，高新技术企业达到60家。\n二、保障措施\n（一）加强领导\n1.健全机制。\n"
NEW = OLD.replace("60家", "80家")


def test_diff_prints_the_json_of_the_contract(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.txt").write_text(OLD, "utf-8")
    (tmp_path / "b.txt").write_text(NEW, "utf-8")
    ran = run("plan", "diff", tmp_path / "a.txt", tmp_path / "b.txt", "--json")
    assert ran.status == 0
    assert set(ran.json) == {"a", "b", "summary", "entries", "text"}
    assert ran.json["summary"]["target"] == {"value": 1}
    entry = next(e for e in ran.json["entries"] if e["kind"] == "target")
    assert set(entry) == {"kind", "change", "a", "b", "fields"}
    assert entry["fields"] == [{"field": "value", "old": 60, "new": 80}]
    assert entry["a"]["span"]["text"] in OLD and entry["b"]["span"]["text"] in NEW


def test_diff_shows_a_table_and_writes_a_file(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.txt").write_text(OLD, "utf-8")
    (tmp_path / "b.txt").write_text(NEW, "utf-8")
    ran = run("plan", "diff", tmp_path / "a.txt", tmp_path / "b.txt", "-o", tmp_path / "d.html")
    assert ran.status == 0 and "目标值由60家改为80家" in ran.out and (tmp_path / "d.html").is_file()
    again = run("plan", "diff", tmp_path / "a.txt", tmp_path / "a.txt")
    assert again.status == 0 and "没有不同" in again.out


def test_a_draft_and_the_plan_made_from_it(tmp_path: Path, run: Run) -> None:
    """A plan.yaml finds its source beside it; nothing but the state differs before a person touches it."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.txt").write_text(OLD, "utf-8")
    run("plan", "read", tmp_path / "source" / "a.txt", "-o", tmp_path / "plan.yaml")
    found = run("plan", "diff", tmp_path / "source" / "a.txt", tmp_path / "plan.yaml", "--json").json
    assert all(entry["change"] == ["kept"] for entry in found["entries"])
    assert found["text"] == [] and found["summary"]["text"] == {"kept": 6}


def test_what_cannot_be_read_or_written_ends_with_1(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.txt").write_text(OLD, "utf-8")
    assert run("plan", "diff", tmp_path / "a.txt", tmp_path / "none.docx").status == 1
    ran = run("plan", "diff", tmp_path / "a.txt", tmp_path / "a.txt", "-o", tmp_path / "d.xyz", "--json")
    assert ran.status == 1 and ran.json["code"] == "difference-suffix"
    assert run("plan", "diff", tmp_path / "a.txt").status == 2


def test_align_holds_the_example_against_the_plans_above(root: Path, tmp_path: Path, run: Run) -> None:
    folder = root / "examples" / "kashgar" / "plan"
    uppers = [folder / "basis" / name for name in ("national.yaml", "regional.yaml")]
    found = run("plan", "align", folder / "plan.yaml", *uppers, "--json").json
    assert [upper["level"] for upper in found["uppers"]] == ["national", "regional"]
    assert found["plan"]["level"] == "prefecture"
    links = {(link["entry"]["id"], link["upper"]["id"]): link for link in found["links"] if link["plan"] == 0}
    assert links["S2.1", "P1.3"]["level"] == "strong"
    assert links["S2.1", "P1.3"]["entry"]["span"]["text"] == "加强基础研究工作"
    assert "T3" in {entry["id"] for entry in found["unanswered"]}
    region = {
        (link["entry"]["id"], link["upper"]["id"]): link["level"]
        for link in found["links"]
        if link["plan"] == 1
    }
    # What the region asks for is answered: reform, cold chains, partner assistance, high-tech enterprises …
    for pair in (("S3.1", "P1.3"), ("P1.3", "P2.4"), ("P6.1", "P2.5"), ("S1.1", "P2.7"), ("T4", "S1.2")):
        assert region[pair] == "strong"
    # … and an entry that shares nothing with it but the word 科技创新 in its programme's heading is no answer.
    assert region["T5", "S1.4"] == "weak" and not any(entry == "P5.1" for entry, _ in region)
    assert {"P1.1", "P2.3"} <= {entry["id"] for entry in found["unanswered"] if entry["plan"] == 1}
    ran = run("plan", "align", folder / "plan.yaml", *uppers, "-o", tmp_path / "a.docx")
    assert ran.status == 0 and (tmp_path / "a.docx").is_file() and "没有对应" in ran.out


def test_align_says_what_is_wrong(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.txt").write_text(OLD, "utf-8")
    assert run("plan", "align", tmp_path / "a.txt").status == 2
    assert run("plan", "align", tmp_path / "a.txt", tmp_path / "none.yaml").status == 1
