"""`kechuang plan confirm|stages|comments|amend|journal`: as an office uses them, in words and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from kechuang.cli.app import app

Run = Callable[..., Any]

TEXT = """临水市“十四五”科技创新规划
一、编制过程
编制工作分两步：调研阶段（2020年3月—6月）、征求意见阶段（2021年1月—3月）。
二、发展目标
到2025年，高新技术企业达到60家。到2025年，研发机构达到18家。
三、保障措施
（一）加强领导
1.健全机制。
"""
BY = ("--by", "规划科")


@pytest.fixture
def plan(tmp_path: Path, run: Run) -> Path:
    """plan.yaml as read from the text, with the text beside it."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "规划.txt").write_text(TEXT, "utf-8")
    out = tmp_path / "plan.yaml"
    assert run("plan", "read", tmp_path / "source" / "规划.txt", "-o", out).status == 0
    return out


def answered(plan: Path, answers: str) -> str:
    """What ``plan confirm`` says on a terminal where someone types ``answers``."""
    result = CliRunner().invoke(app, ["plan", "confirm", str(plan), *BY], input=answers)
    assert result.exit_code == 0, result.output
    return result.output


def status(run: Run, plan: Path) -> dict[str, Any]:
    found: dict[str, Any] = run("plan", "confirm", plan, "--status", "--json").json
    return found


def test_confirming_on_a_terminal_can_be_stopped_and_goes_on_where_it_was(plan: Path, run: Run) -> None:
    total = status(run, plan)["open"]
    said = answered(plan, "1\n1\n5\n")
    assert f"[1/{total}]" in said
    assert f"本次确认2条，还有{total - 2}条待确认" in said
    assert status(run, plan)["open"] == total - 2
    said = answered(plan, "1\n")  # the input ends in the middle: what was answered is kept
    assert f"[1/{total - 2}]" in said
    assert status(run, plan)["open"] == total - 3
    answered(plan, "1\n" * (total - 3))
    done = status(run, plan)
    assert (done["open"], done["status"]) == (0, "confirmed")
    assert "没有待确认的条目" in answered(plan, "")


def test_each_entry_is_shown_with_its_words_marked_in_the_text_around(plan: Path, run: Run) -> None:
    targets = [one["id"] for one in status(run, plan)["entries"]].index("T1")
    said = answered(plan, "4\n" * targets + "5\n")
    assert "目标 T1" in said
    assert "高新技术企业达到60家】" in said
    assert "研发机构达到18家" in said.split("目标 T1")[1]  # the sentence after it


def test_changing_and_dropping_on_a_terminal(plan: Path, run: Run) -> None:
    entries = [one["id"] for one in status(run, plan)["entries"]]
    script = ""
    for name in entries:
        if name == "T1":
            script += "2\nworth=3\n2\nvalue=66；unit=个\n"  # a slip, then right
        elif name == "T2":
            script += "3\n已经达到\n"
        elif name == "issuer":
            script += "2\n临水市人民政府\n"
        else:
            script += "9\n1\n"  # 9 is no answer
    said = answered(plan, script)
    assert "没有可改的字段" in said
    assert "请输入 1 至 5" in said
    assert "全部条目都已确认" in said
    shown = run("plan", "show", plan, "--json").json
    assert (shown["status"], shown["issuer"]) == ("confirmed", "临水市人民政府")
    assert [(t["id"], t["value"], t["unit"]) for t in shown["targets"]] == [("T1", 66, "个")]


def test_confirming_by_options_and_the_difference(plan: Path, run: Run, tmp_path: Path) -> None:
    add = tmp_path / "add.yaml"
    add.write_text("{name: 科技服务机构, value: 5, unit: 家, year: 2025}", "utf-8")
    ran = run("plan", "confirm", plan, "--set", "T1.value=66", "--add", add, "--json", *BY)
    assert {one["decision"] for one in ran.json["answers"]} == {"add", "change"}
    assert run("plan", "confirm", plan, "--drop", "T2", "--reason", "重复", *BY).status == 0
    ran = run("plan", "confirm", plan, "--keep", "all", *BY)
    assert "plan.yaml 已定稿" in ran.out
    found = run("plan", "confirm", plan, "--difference", "--json", "-o", tmp_path / "d.csv").json
    assert found["kinds"]["target"]["changed"] == found["kinds"]["target"]["dropped"] == 1
    assert found["kinds"]["target"]["precision"] == found["kinds"]["target"]["recall"] == 0.5
    assert "T2,目标,研发机构" in (tmp_path / "d.csv").read_text("utf-8-sig")
    said = run("plan", "confirm", plan, "--difference").out
    assert "重复" in said
    assert "50%" in said
    assert run("plan", "confirm", plan, "--difference", "-o", tmp_path / "d.docx").status == 1


@pytest.mark.parametrize(
    ("options", "status_", "words"),
    [
        (("--set", "T1.value=很多", *BY), 1, "应为数字"),
        (("--drop", "T1", *BY), 1, "--reason"),
        (("--keep", "T9", *BY), 1, "没有条目“T9”"),
        (("--keep", "T1"), 1, "--by"),
        (("--difference",), 1, "还没有开始确认"),
        (("--kep", "T1"), 2, "--kep"),
    ],
)
def test_wrong_answers_are_told_and_nothing_changes(
    plan: Path, run: Run, options: tuple[str, ...], status_: int, words: str
) -> None:
    before = plan.read_bytes()
    ran = run("plan", "confirm", plan, *options)
    assert ran.status == status_
    assert words in ran.err
    assert plan.read_bytes() == before
    assert not (plan.parent / "journal.jsonl").exists()


def test_stages_steps_documents_and_the_way_to_issue(plan: Path, run: Run, tmp_path: Path) -> None:
    given = ("--plan", plan, *BY)
    assert (
        run("plan", "stages", "--plan", plan, "--as-of", "2020-07-10", "--json").json["stages"][0]["days"]
        == 10
    )
    assert run("plan", "stages", "add", "调研", "座谈会", "--due", "2020-05-31", *given, "--json").json == {
        "step": "1.1"
    }
    (tmp_path / "报告.txt").write_text("报告", "utf-8")
    run(
        "plan",
        "stages",
        "document",
        "1.1",
        "--title",
        "《调研报告》",
        "--file",
        tmp_path / "报告.txt",
        *given,
    )
    assert run("plan", "stages", "done", "1.1", "--on", "2020-06-02", *given).status == 0
    said = run("plan", "stages", "--plan", plan, "--as-of", "2020-07-10").out
    assert "逾期完成（2天）" in said
    assert "《调研报告》" in said
    (tmp_path / "报告.txt").write_text("改过", "utf-8")
    assert "文件已改动" in run("plan", "stages", "--plan", plan).out
    ran = run("plan", "stages", "issue", "--body", "市政府办公室", "--date", "2022-04-07", *given, "--json")
    assert ran.status == 1
    assert ran.json["code"] == "not-approved"
    assert (
        run(
            "plan",
            "stages",
            "review",
            "--body",
            "常务会议",
            "--date",
            "2022-03-01",
            "--result",
            "也许",
            *given,
        ).status
        == 1
    )
    for kind in ("review", "approve", "issue"):
        ran = run(
            "plan",
            "stages",
            kind,
            "--body",
            "市政府",
            "--date",
            "2022-04-07",
            "--number",
            "〔2022〕12号",
            *given,
        )
        assert ran.status == 0, ran.err
    found = run("plan", "stages", "--plan", plan, "--json").json
    assert found["issues"][0]["number"] == "〔2022〕12号"
    assert run("plan", "stages", "--plan", plan, "--as-of", "2022-04-06", "--json").json["issues"] == []
    assert run("plan", "show", plan, "--json").json["issued"] == "2022-04-07"
    assert run("plan", "stages", "void", "3", "--reason", "登记有误", *given).status == 0
    assert run("plan", "stages", "--plan", plan, "--json").json["stages"][0]["done"] is None
    assert "（已作废）" in run("plan", "journal", "--plan", plan).out


def test_consultation_from_opening_to_the_table(plan: Path, run: Run, tmp_path: Path) -> None:
    given = ("--plan", plan, *BY)
    assert run("plan", "comments", "add", "意见", "--identity", "公众", *given).status == 1  # no round yet
    opened = run(
        "plan", "comments", "open", "--from", "2021-01-05", "--to", "2021-02-05",
        "--draft", plan.parent / "source" / "规划.txt", "--unit", "甲县", "--unit", "乙县", *given, "--json",
    )  # fmt: skip
    assert opened.json == {"round": 1}
    assert run("plan", "comments", "template", "-o", tmp_path / "t.xlsx").status == 0
    book = Workbook()
    book.active.append(["来源单位", "身份", "意见内容", "针对", "日期"])
    book.active.append(["甲县", "县市", "建议提高，电话13800138000", "T1", date(2021, 1, 8)])
    book.active.append(["", "公众", "支持", "健全机制", ""])
    book.save(tmp_path / "a.xlsx")
    ran = run("plan", "comments", "import", tmp_path / "a.xlsx", *given, "--json").json
    assert ran["comments"] == ["C1", "C2"]
    assert len(ran["notices"]) == 1
    book.active.append(["丙县", "路人", "x", "", ""])
    book.save(tmp_path / "b.xlsx")
    ran = run("plan", "comments", "import", tmp_path / "b.xlsx", *given, "--json")
    assert ran.status == 1
    assert [(e["code"], e["row"], e["column"]) for e in ran.json["errors"]] == [("identity-unknown", 4, "B")]
    listed = run("plan", "comments", "list", "--plan", plan, "--json").json["comments"]
    assert [(one["comment"], one["source"]) for one in listed] == [("C1", "甲县"), ("C2", "公众1")]
    assert listed[1]["about"]["entry"] == "S1.1"
    assert "〔电话已隐去〕" in run("plan", "comments", "list", "--plan", plan).out
    assert run("plan", "comments", "dispose", "C1", "--as", "未采纳", *given).status == 1
    assert run("plan", "comments", "dispose", *given).status == 2
    assert (
        run("plan", "comments", "dispose", "C1", "--as", "未采纳", "--reason", "已测算", *given).status == 0
    )
    assert [
        one["comment"]
        for one in run("plan", "comments", "list", "--open", "--plan", plan, "--json").json["comments"]
    ] == ["C2"]
    sums = run("plan", "comments", "summary", "--plan", plan, "--json").json
    assert (sums["asked"], sums["comments"], sums["not"], sums["open"]) == (2, 2, 1, 1)
    ran = run("plan", "comments", "table", "--plan", plan, "-o", tmp_path / "t.docx")
    assert "1条意见还没有处理：C2" in ran.out
    assert (tmp_path / "t.docx").stat().st_size > 10_000
    made = run("plan", "comments", "table", "--plan", plan, "--json").json
    assert made["counts"]["open"] == 1
    assert made["rows"][0][5] == "未采纳"


def test_amendment_and_the_target_in_force(plan: Path, run: Run) -> None:
    given = ("--plan", plan, *BY)
    amend = ("plan", "amend", "T1", "--document", "《通知》", "--date", "2023-06-30", "--reason", "评估")
    assert "先登记印发" in run(*amend, "--value", "66", *given).err
    plan.write_text(plan.read_text("utf-8") + "issued: '2022-04-07'\n", "utf-8")
    assert run("plan", "amend", "T1", "--value", "66", *given).status == 2
    assert run(*amend, "--value", "66", "--comparator", "大约", *given).status == 2
    ran = run(*amend, "--value", "66", "--year", "2026", *given, "--json").json
    assert ran["changed"] == {"value": {"old": 60.0, "new": 66.0}, "year": {"old": 2025, "new": 2026}}
    assert run(*amend, "--value", "66", *given).status == 1
    before = run("plan", "amend", "--list", "--as-of", "2023-06-29", "--plan", plan, "--json").json
    after = run("plan", "amend", "--list", "--as-of", "2023-06-30", "--plan", plan, "--json").json
    assert [found["targets"][0]["value"] for found in (before, after)] == [60, 66]
    assert after["targets"][0]["promised"]["value"] == 60
    assert "目标值 60 → 66" in run("plan", "amend", "--list", "--plan", plan).out


def test_a_journal_that_was_tampered_with_stops_everything_and_says_where(plan: Path, run: Run) -> None:
    run("plan", "confirm", plan, "--keep", "T1,T2", *BY)
    found = run("plan", "journal", "--plan", plan, "--json").json
    assert [entry["kind"] for entry in found["entries"]] == [
        "confirm.begin",
        "confirm.decide",
        "confirm.decide",
    ]
    assert found["faults"] == []
    journal = plan.parent / "journal.jsonl"
    journal.write_text(journal.read_text("utf-8").replace('"item":"T1"', '"item":"T3"'), "utf-8")
    ran = run("plan", "journal", "--plan", plan, "--json")
    assert ran.status == 1
    assert ran.json["faults"][0]["line"] == 2
    ran = run("plan", "confirm", plan, "--keep", "all", *BY)
    assert ran.status == 1
    assert "第2行" in ran.err


def test_the_plan_of_the_workspace_is_the_default(own_demo: Path, run: Run) -> None:
    ran = run("-C", own_demo, "plan", "stages", "--json").json
    assert [stage["standing"] for stage in ran["stages"]] == ["not_recorded"] * 4
    assert "没有确认过程的记录" in run("-C", own_demo, "plan", "confirm", "--status").out
    assert run("-C", own_demo, "plan", "stages", "done", "1", "--on", "2020-06-30", *BY).status == 0
    assert (own_demo / "plan" / "journal.jsonl").exists()
    tomorrow = (date.today() + timedelta(days=2)).isoformat()
    assert run("-C", own_demo, "plan", "stages", "done", "2", "--on", tomorrow, *BY).status == 1


def test_the_sample_of_the_example_holds_and_shows_itself(own_demo: Path, run: Run) -> None:
    plan = own_demo / "plan" / "preparation" / "plan.yaml"
    found = run("plan", "journal", "--plan", plan, "--json")
    assert found.status == 0, found.out
    sums = run("plan", "comments", "summary", "--plan", plan, "--json").json
    assert sums["comments"] == 25
    assert sums["open"] == 0
    assert sums["adopted"] + sums["partly"] + sums["not"] == 25
    shown = run("plan", "amend", "--list", "--plan", plan, "--as-of", "2023-12-31", "--json").json
    assert {t["id"]: t["value"] for t in shown["targets"] if t["value"] != t["promised"]["value"]} == {
        "T8": 26
    }
    original = run("plan", "show", own_demo / "plan" / "plan.yaml", "--json").json
    assert all(target["amendments"] == [] for target in original["targets"])
    assert sums["rounds"][0]["name"].endswith("（示例数据）")
