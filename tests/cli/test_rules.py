"""kechuang rules: the JSON of contract.md, files in and out, and what people read."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

Run = Callable[..., Any]
RULES = ["agricultural-park", "high-tech-enterprise", "new-rd-institution", "rd-fte", "sme"]


@pytest.fixture
def smes(tmp_path: Path) -> Path:
    path = tmp_path / "企业.csv"
    head = "key,staff,st_staff,sales,assets,rd_cost,total_cost,ip_class1,ip_class2,forbidden_goods,violation,hte_valid,national_prize,rd_institution,standard"
    rows = [
        "甲公司,100,30,1000,2000,60,900,0,1,0,0,0,0,0,0",
        "乙公司,600,30,1000,2000,60,900,0,1,0,0,0,0,0,0",
        "=丙公司,100,,1000,2000,60,900,0,1,0,0,0,0,0,0",
    ]
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8-sig")
    return path


def test_check_prints_a_row_each_as_the_contract_has_it(run: Run, smes: Path) -> None:
    ran = run("rules", "check", "sme", "--data", smes, "--as-of", "2025-06-30", "--json")
    assert ran.status == 0, ran.err
    assert [(row["key"], row["outcome"]) for row in ran.json] == [
        ("甲公司", "yes"),
        ("乙公司", "no"),
        ("=丙公司", "unknown"),
    ]
    for row in ran.json:
        assert set(row) >= {"key", "outcome", "score", "clauses"}
        for clause in row["clauses"]:
            assert set(clause) >= {"id", "clause", "outcome", "value", "threshold", "reason"}
            assert clause["reason"]["zh"] and clause["reason"]["en"]
    staff = ran.json[1]["clauses"][0]
    assert (staff["value"], staff["threshold"], staff["outcome"]) == (600, 500, "no")
    assert ran.json[0]["score"] == 76
    assert ran.json[2]["score"] == [56, 76]


def test_fte_prints_a_row_a_unit(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "fte.csv"
    path.write_text("unit,person,share\n甲,1,1\n甲,2,1\n甲,3,0.2\n甲,4,0.3\n甲,5,0.7\n", "utf-8")
    rows = run("rules", "check", "rd-fte", "--data", path, "--as-of", "2025-06-30", "--json").json
    assert len(rows) == 1
    assert {
        name: rows[0][name] for name in ("unit", "fte", "headcount", "full_time", "part_time", "excluded")
    } == {
        "unit": "甲",
        "fte": 3.2,
        "headcount": 5,
        "full_time": 2,
        "part_time": 3,
        "excluded": 0,
    }


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json", "parquet"])
def test_results_are_written_to_a_file(run: Run, smes: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"结果.{suffix}"
    ran = run("rules", "check", "sme", "--data", smes, "--as-of", "2025-06-30", "--out", out, "--excel")
    assert ran.status == 0, ran.err
    assert "共3行，符合1，不符合1，不知1" in ran.out
    if suffix == "csv":
        assert out.read_bytes().startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(out.open(encoding="utf-8-sig")))
        assert rows[2]["key"] == "'=丙公司"  # nothing a spreadsheet would run
        assert rows[1]["staff"] == "no" and "不超过500人" in rows[1]["reason"]
    elif suffix == "xlsx":
        sheet = load_workbook(out).active
        assert sheet is not None
        assert [cell.value for cell in sheet["B"]] == ["outcome", "yes", "no", "unknown"]
        assert sheet["A4"].data_type == "s"
    elif suffix == "json":
        assert [row["outcome"] for row in json.loads(out.read_text("utf-8"))] == ["yes", "no", "unknown"]
    else:
        from pyarrow import parquet

        assert parquet.read_table(out).column("outcome").to_pylist() == ["yes", "no", "unknown"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_is_missing_for_a_yes(run: Run, smes: Path) -> None:
    rows = run("rules", "check", "sme", "--data", smes, "--as-of", "2025-06-30", "--missing", "--json").json
    need = {clause["id"]: clause["need"] for clause in rows[1]["clauses"]}
    assert need["staff"]["zh"] == "职工总数超出100人。"
    assert need["sales"] is None
    assert "请补填：科技人员数" in rows[2]["clauses"][-1]["need"]["zh"]
    told = run("rules", "check", "sme", "--data", smes, "--as-of", "2025-06-30")
    assert "还差什么" in told.out and "职工总数超出100人" in told.out


def test_bad_cells_are_all_told_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "a.csv", tmp_path / "out.csv"
    path.write_text("key,staff,violation\n甲,很多,3\n", "utf-8")
    ran = run("rules", "check", "sme", "--data", path, "--out", out, "--json")
    assert ran.status == 1
    assert {(fault["row"], fault["column"], fault["code"]) for fault in ran.json["errors"]} == {
        (2, "B", "not-a-number"),
        (2, "C", "not-a-choice"),
    }
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "none", "--data", "x.csv"), "unknown-rule"),
        (("check", "sme", "--data", "x.csv", "--as-of", "2016-01-01"), "rule-not-in-force"),
        (("check", "sme", "--data", "x.csv", "--as-of", "昨天"), "not-a-date"),
        (("check", "sme", "--data", "x.csv", "--out", "y.pdf"), "unknown-suffix"),
        (("check", "sme", "--data", "x.csv"), "file-missing"),
        (("show", "none"), "unknown-rule"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, arguments: tuple[str, ...], code: str) -> None:
    ran = run("rules", *arguments, "--json")
    assert ran.status == 1
    assert code in {ran.json["code"], *(fault["code"] for fault in ran.json["errors"])}


def test_what_was_not_judged_or_does_not_fit_is_warned_of(run: Run, smes: Path, tmp_path: Path) -> None:
    ran = run("rules", "check", "sme", "--data", smes, "--as-of", "2025-06-30")
    assert "第六条（一）" in ran.err and "not-judged" in ran.err
    assert "尚未逐字核对" in ran.out
    early = tmp_path / "early.csv"
    early.write_text("key,founded,sales_1,sales_2\n甲,2024-03-01,100,80\n乙,2024-03-01,100,\n", "utf-8")
    ran = run("rules", "check", "high-tech-enterprise", "--data", early, "--as-of", "2025-06-30", "--json")
    assert ran.status == 0
    assert "有1行在成立之前的年度填有数" in ran.err
    assert not any(clause["verified"] for clause in ran.json[0]["clauses"])


def test_list_and_show_tell_columns_and_every_parameter(run: Run) -> None:
    assert [rule["rule"] for rule in run("rules", "list", "--json").json] == RULES
    content = run("rules", "show", "high-tech-enterprise", "--json").json
    assert [column["id"] for column in content["columns"]][:7] == [
        "key",
        "founded",
        "core_ip",
        "field",
        "staff",
        "st_staff",
        "sales_1",
    ]
    values = {item["id"]: item["values"][0] for item in [*content["parameters"], *content["tables"]]}
    assert values["hte.score_pass"]["value"] == 70
    assert values["hte.score_pass"]["from"] == "2016-01-01"
    assert "不含70分" in values["hte.score_pass"]["clause"]
    for rule in RULES:
        told = run("rules", "show", rule)
        assert told.status == 0
        assert "参数" in told.out


def test_a_workspace_may_declare_a_rule_of_its_own(run: Run, tmp_path: Path) -> None:
    assert run("init", tmp_path / "ws", "--region", "330500", "--name", "示例", "--json").status == 0
    pack = tmp_path / "ws" / "packs" / "own"
    for name, text in {
        "pack.yaml": 'pack: own\nlabel: {zh: 本地, en: Own}\nversion: "1"\n',
        "parameters/own/least.yaml": "parameter: own.least\nlabel: {zh: 下限, en: Least}\nvalues:\n"
        "  - {from: 2024-01-01, value: 3, source: 本地文件, clause: 第一条}\n",
        "rules/own.yaml": "rule: own\nlabel: {zh: 本地规则, en: Own rule}\ndescription: {zh: 示例, en: Sample}\n"
        "regulation: {source: 本地文件, clause: 第一条}\nfrom: 2024-01-01\nkey: key\ncolumns:\n"
        "  key: {type: text, label: {zh: 编号, en: Key}}\n  n: {type: number, label: {zh: 数, en: Number}}\n"
        "clauses:\n  - {id: n, label: {zh: 数, en: Number}, clause: 第一条, value: n, at_least: param.own.least}\n",
    }.items():
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_text(text, "utf-8")
    config = tmp_path / "ws" / "kechuang.toml"
    config.write_text(
        config.read_text("utf-8").replace('packs = ["st-core"]', 'packs = ["st-core", "own"]'), "utf-8"
    )
    data = tmp_path / "a.csv"
    data.write_text("key,n\n甲,3\n乙,2\n", "utf-8")
    ran = run(
        "-C", tmp_path / "ws", "rules", "check", "own", "--data", data, "--as-of", "2024-06-30", "--json"
    )
    assert [row["outcome"] for row in ran.json] == ["yes", "no"]
    broken = pack / "rules" / "own.yaml"
    broken.write_text(broken.read_text("utf-8").replace("value: n,", "value: is_null(m),"), "utf-8")
    ran = run("-C", tmp_path / "ws", "rules", "list", "--json")
    assert ran.status == 1
    assert [fault["line"] for fault in ran.json["errors"]] == [11, 11]
