"""The whole way of a return by commands: template, filled, mended, sent, returned, sent again, accepted, counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from kechuang.start import new_workspace

Run = Callable[..., Any]
SENDER, COUNTY, PREFECTURE = "安吉县填报岗", "安吉县审核岗", "湖州市审核岗"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A workspace whose returns are reviewed by county and prefecture."""
    folder = tmp_path / "office"
    new_workspace(folder, region="330500", name="湖州市科技创新规划")
    settings = folder / "kechuang.toml"
    text = settings.read_text("utf-8").replace("review = false", 'review = ["county", "prefecture"]')
    settings.write_text(text, "utf-8")
    return folder


def fill(template: Path, target: Path, *rows: dict[str, Any]) -> Path:
    """Rows under the heads of a template, by what the heads begin with."""
    book = load_workbook(template)
    page = book.worksheets[0]
    line, heads = next(
        (row[0].row, [str(cell.value or "") for cell in row])
        for row in page.iter_rows(max_row=8)
        if any(str(cell.value or "").startswith("园区名称") for cell in row)
    )
    for number, values in enumerate(rows, start=line + 1):
        for name, value in values.items():
            column = next(n for n, head in enumerate(heads, start=1) if head.startswith(name))
            page.cell(number, column, value)
    book.save(target)
    return target


def mend(marked: Path, target: Path, cells: dict[str, str]) -> Path:
    """The error workbook with what is right written over the marked cells, as an office sends it back."""
    book = load_workbook(marked)
    listed, page = book.worksheets[:2]
    assert listed.title == "问题清单"
    for column, value in cells.items():
        cell = page[f"{column}2"]
        assert cell.comment is not None, "a bad cell says what is wrong"
        cell.value = value
    book.save(target)
    return target


def figure(run: Run, office: Path) -> Any:
    ran = run(
        "-C",
        office,
        "indicators",
        "compute",
        "--indicator",
        "agri_parks",
        "--from",
        2025,
        "--to",
        2025,
        "--json",
    )
    return ran.json[0]["value"]


def test_the_way_of_a_return_from_template_to_figure(office: Path, run: Run, tmp_path: Path) -> None:
    def do(*arguments: object, status: int = 0) -> Any:
        ran = run("-C", office, "records", *arguments, "--json")
        assert ran.status == status, ran.out + ran.err
        return ran.json

    template = tmp_path / "template.xlsx"
    do("template", "agri_parks", "-o", template)
    park = {"园区名称": "安吉农业科技园区", "所在县市": "安吉县", "级别": "国家级", "状态": "已验收"}
    wrong = fill(template, tmp_path / "wrong.xlsx", {**park, "级别": "县级", "批准日期": "去年"})
    marked = tmp_path / "marked.xlsx"
    dry = do("import", wrong, "--dry-run", "--errors", marked, status=1)
    assert {error["column"] for error in dry["errors"]} == {"C", "E"} and dry["batch"] is None
    right = mend(marked, tmp_path / "right.xlsx", {"C": "国家级", "E": "2024-03-05"})
    assert do("import", right, "--dry-run")["errors"] == []

    first = do("import", right, "--draft", "--who", SENDER)["batch"]
    assert do("submit", first, "--who", SENDER) == {"batch": first, "state": "submitted", "level": "county"}
    assert (
        do("review", "accept", first, "--level", "county", "--who", SENDER, status=1)["code"] == "own-batch"
    )
    assert [one["batch"] for one in do("review", "list", "--level", "county")] == [first]
    reason = "批准日期与文件不符"
    do("review", "return", first, "--level", "county", "--who", COUNTY, "--reason", reason)
    assert figure(run, office) is None or figure(run, office) == 0

    mended = fill(template, tmp_path / "mended.xlsx", {**park, "批准日期": "2024-05-03"})
    again = do("import", mended, "--replaces", first, "--who", SENDER)["batch"]
    shown = do("review", "show", again)
    assert (shown["state"], shown["level"], shown["replaces"]) == ("resubmitted", "county", first)
    assert shown["changes"][0]["what"] == "new"
    do("review", "accept", again, "--level", "county", "--who", COUNTY)
    assert figure(run, office) in (None, 0), "one level of two"
    told = do("review", "accept", again, "--level", "prefecture", "--who", PREFECTURE)
    assert told["state"] == "accepted"
    assert figure(run, office) == 1

    versions = do("history", "agri_parks", park["园区名称"])
    steps = [
        (step["action"], step["level"], step["who"], step["reason"]) for v in versions for step in v["steps"]
    ]
    assert steps == [
        ("imported", None, SENDER, ""),
        ("submitted", None, SENDER, ""),
        ("returned", "county", COUNTY, reason),
        ("imported", None, SENDER, ""),
        ("resubmitted", None, SENDER, ""),
        ("accepted", "county", COUNTY, ""),
        ("accepted", "prefecture", PREFECTURE, ""),
        ("counted", None, PREFECTURE, ""),
    ]
    people = run("-C", office, "records", "history", "agri_parks", park["园区名称"]).out
    for word in ("县级退回", "重新报送", "县级接收", "地级接收", "计入", reason):
        assert word in people
    english = run("--lang", "en", "-C", office, "records", "history", "agri_parks", park["园区名称"]).out
    assert "returned at" in english and "counted" in english
    assert run("-C", office, "verify").status == 0


def survey(run: Run, office: Path, demo_rows: int = 3) -> list[str]:
    """A register of units and nothing returned; gives the keys of the units."""
    from kechuang.packs import load_packs
    from kechuang.records.templates import write_table
    from kechuang.records.uscc import check_digit

    types = load_packs(["st-core"]).records
    codes = [f"91330500{n:09d}" for n in range(1, demo_rows + 1)]
    codes = [code + check_digit(code) for code in codes]
    rows = [
        {"uscc": code, "name": f"单位{n}", "county": "330523", "year": 2025, "performer": "enterprise"}
        for n, code in enumerate(codes, start=1)
    ]
    write_table(types["rd_units"], rows, office / "units.csv")
    batch = run("-C", office, "records", "import", office / "units.csv", "--who", SENDER, "--json").json[
        "batch"
    ]
    for level, who in (("county", COUNTY), ("prefecture", PREFECTURE)):
        run("-C", office, "records", "review", "accept", batch, "--level", level, "--who", who)
    return [f"{code}|2025" for code in codes]


def test_who_owes_is_reminded_and_given_more_time(office: Path, run: Run, tmp_path: Path) -> None:
    survey(run, office)
    owed = run("-C", office, "records", "due", "--year", 2025, "--json").json
    assert {one["status"] for one in owed} == {"missing"} and all(one["working_days"] < 0 for one in owed)
    people = run(
        "-C", office, "records", "due", "--year", 2025, "--type", "rd_survey", "--region", "安吉县"
    ).out
    assert "缺报（逾期" in people and "应报3份，尚欠3份" in people
    letter = tmp_path / "letters.txt"
    preview = run("-C", office, "records", "remind", "--year", 2025, "--preview")
    assert "安吉县科技主管部门" in preview.out
    assert run("-C", office, "records", "remind", "--year", 2025, "-o", letter).status == 0
    assert "关于催报科技统计台账的提醒" in letter.read_text("utf-8")
    assert run("-C", office, "records", "remind", "--year", 2025, "--json").json == []
    assert run("-C", office, "records", "remind", "--year", 2025, "--again", "--json").json[0]["repeated"]
    assert len(run("-C", office, "records", "reminders", "--json").json) == 1
    assert "逾期" in run("-C", office, "records", "reminders").out
    bad = run("-C", office, "records", "remind", "-o", tmp_path / "letters.doc", "--json")
    assert (bad.status, bad.json["code"]) == (1, "unknown-suffix")
    command = ("-C", office, "records", "deadline", "set", "rd_survey", 2025, "2099-12-31")
    assert run(*command).status == 2, "a reason is needed"
    assert run(*command, "--reason", "系统升级", "--region", "安吉县", "--json").json["region"] == "330523"
    owed = run("-C", office, "records", "due", "--year", 2025, "--type", "rd_survey", "--json").json
    assert {(one["status"], one["estimated"]) for one in owed} == {("due", True)}
    listed = run("-C", office, "records", "deadline", "list", "--year", 2025, "--json").json
    assert {"rd_survey", "rd_time"} <= {row["type"] for row in listed}
    assert "系统升级" in run("-C", office, "records", "deadline", "list", "--year", 2025).out


def test_warnings_locks_evidence_and_visits_by_commands(office: Path, run: Run, tmp_path: Path) -> None:
    keys = survey(run, office)

    def do(*arguments: object, status: int = 0) -> Any:
        ran = run("-C", office, "records", *arguments, "--json")
        assert ran.status == status, ran.out + ran.err
        return ran.json

    proof = tmp_path / "批复.pdf"
    proof.write_bytes(b"%PDF-1.4\n%%EOF\n")
    assert do("attach", "rd_units", keys[0], proof, "--note", "名录批复")["kind"] == "pdf"
    assert "先前已附上" in run("-C", office, "records", "attach", "rd_units", keys[0], proof).out
    assert "名录批复" in run("-C", office, "records", "attachments", "rd_units", keys[0]).out
    (tmp_path / "a.html").write_text("<html></html>")
    assert do("attach", "rd_units", keys[0], tmp_path / "a.html", status=1)["code"] == "evidence-refused"

    sheet = tmp_path / "visit.xlsx"
    draw = do(
        "sample-check",
        "draw",
        "rd_units",
        "--year",
        2025,
        "--n",
        2,
        "--seed",
        5,
        "--by",
        "county",
        "-o",
        sheet,
    )
    assert sheet.exists() and draw["n"] == 2
    chosen = draw["keys"]["330523"]
    do("sample-check", "enter", draw["draw"], chosen[0], "--outcome", "confirmed")
    do("sample-check", "enter", draw["draw"], chosen[1], "--outcome", "corrected", "--note", "单位已更名")
    told = do("sample-check", "show", draw["draw"])
    assert told["overall"]["error_rate"] == 0.5 and told["strata"][0]["wilson"][1] < 1
    people = run("-C", office, "records", "sample-check", "show", draw["draw"]).out
    assert "安吉县" in people and "50.0%" in people
    assert run("-C", office, "records", "sample-check", "draw", "rd_units").status == 2

    do("lock", "rd_units", 2025, "--reason", "已上报", "--who", PREFECTURE)
    locked = do("withdraw", "rd_units", keys[0], "--reason", "注销", status=1)
    assert locked["code"] == "period-locked"
    assert "已上报" in run("-C", office, "records", "locks").out
    do("unlock", "rd_units", 2025, "--reason", "核减", "--who", PREFECTURE)
    do("withdraw", "rd_units", keys[0], "--reason", "注销")
    (office / "records" / "evidence").rename(office / "records" / "elsewhere")
    verified = run("-C", office, "verify", "--json")
    assert verified.status == 1 and "evidence-missing" in verified.out


def test_a_warning_is_explained_by_command(office: Path, run: Run, tmp_path: Path) -> None:
    pack = office / "packs" / "own"
    (pack / "records").mkdir(parents=True)
    (pack / "pack.yaml").write_text("pack: own\nlabel: {zh: 自有, en: Own}\nversion: '1'\n", "utf-8")
    (pack / "records" / "sales.yaml").write_text(
        "record: sales\nlabel: {zh: 销售, en: Sales}\nkey: [unit]\nfields:\n"
        "  unit: {type: text, label: {zh: 单位, en: Unit}}\n"
        "  amount: {type: number, unit: 万元, label: {zh: 金额, en: Amount}}\n"
        "checks:\n  - {id: large, test: amount <= 100, level: warning, fields: [amount],"
        " message: {zh: 金额偏大, en: Large}}\n",
        "utf-8",
    )
    settings = office / "kechuang.toml"
    settings.write_text(settings.read_text("utf-8").replace('["st-core"]', '["st-core", "own"]'), "utf-8")
    (office / "s.csv").write_text("单位,金额（万元）\n甲,500\n乙,900\n", "utf-8")
    ran = run("-C", office, "records", "import", office / "s.csv", "--who", SENDER)
    assert ran.status == 0 and "草稿" in ran.out and "records explain" in ran.out
    (batch,) = run("-C", office, "records", "batches", "--json").json
    name = batch["batch"]
    refused = run("-C", office, "records", "submit", name, "--who", SENDER, "--json")
    assert (refused.status, refused.json["code"], len(refused.json["errors"])) == (1, "unexplained", 2)
    for wrong in (
        [name, "说明"],
        [name, "一", "说明"],
        [name, "1", "2", "说明"],
        [name, "1", "说明", "--all"],
    ):
        assert run("-C", office, "records", "explain", *wrong).status == 2
    assert run("-C", office, "records", "explain", name, 1, "新厂投产", "--json").json["findings"] == [1]
    assert "2" in run("-C", office, "records", "explain", name, "--all", "口径扩大").out
    assert run("-C", office, "records", "submit", name, "--who", SENDER).status == 0
    people = run("-C", office, "records", "review", "show", name).out
    for word in ("金额偏大", "新厂投产", "口径扩大", "待审（县级）"):
        assert word in people
    settings.write_text(settings.read_text("utf-8").replace('["county", "prefecture"]', "false"), "utf-8")
    weak = run("-C", office, "records", "import", office / "s.csv", "--explain", "同前", "--json")
    assert weak.status == 1 and weak.json["code"] == "review-weakened"
    assert run("-C", office, "records", "review", "change", "--reason", "试点结束", "--json").json == {
        "levels": []
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('review = "county"', "review"),
        ('review = ["village"]', "自下而上"),
        ('review = ["prefecture", "county"]', "自下而上"),
        ("review = []", "自下而上"),
        ("remind_days = [1.5]", "remind_days"),
        ("remind_days = 3", "整数的列表"),
        ("evidence_mb = 0", "evidence_mb"),
        ("evidence_mb = true", "evidence_mb"),
    ],
)
def test_settings_of_the_workflow_are_checked(office: Path, run: Run, line: str, told: str) -> None:
    settings = office / "kechuang.toml"
    lines = [one for one in settings.read_text("utf-8").splitlines() if not one.startswith("review")]
    settings.write_text("\n".join(lines).replace("[records]", f"[records]\n{line}"), "utf-8")
    ran = run("-C", office, "records", "batches")
    assert ran.status == 1 and told in ran.err
