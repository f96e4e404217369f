"""What a user can get wrong: a clear sentence, exit 1, nothing stored, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

Run = Callable[..., Any]

GOOD = ["示例园区甲", "莎车县", "prefecture", "building", "2022-05-01", "", ""]
HEADER = ["农业科技园区名称", "所在县市", "级别", "状态", "批准日期", "批准文号", "取消日期"]
HEADER[0] = "园区名称"


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def edit(position: int, value: object) -> list[Any]:
    row: list[Any] = list(GOOD)
    row[position] = value
    return row


CASES: dict[str, tuple[list[list[Any]], str, int | None]] = {
    "wrong columns": ([["甲", "乙", "丙"], [1, 2, 3]], "missing-column", None),
    "text in a date": ([HEADER, edit(4, "去年五月")], "not-a-date", 2),
    "unknown county": ([HEADER, edit(1, "杭州市")], "region", 2),
    "unknown choice": ([HEADER, edit(2, "星级")], "not-a-choice", 2),
    "duplicate key": ([HEADER, GOOD, GOOD], "duplicate-key", 3),
    "future date": ([HEADER, edit(4, (date.today() + timedelta(days=400)).isoformat())], "future-date", 2),
    "missing value": ([HEADER, edit(1, None)], "required", 2),
    "header only": ([HEADER], "no-data-rows", None),
    "empty sheet": ([], "empty", None),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_workbook_is_refused_whole(own_demo: Path, run: Run, tmp_path: Path, case: str) -> None:
    rows, code, row = CASES[case]
    file = workbook(tmp_path / "x.xlsx", *rows)
    before = run("-C", own_demo, "records", "batches", "--json").out
    ran = run("-C", own_demo, "records", "import", file, "--type", "agri_parks", "--json")
    assert ran.status == 1, ran.out
    content = ran.json
    assert content["accepted"] == 0
    assert any(code in error["code"] for error in content["errors"]), content["errors"]
    if row is not None:
        assert any(error["row"] == row and error["sheet"] for error in content["errors"])
    assert run("-C", own_demo, "records", "batches", "--json").out == before


def test_all_errors_of_a_file_are_told_at_once_with_sheet_row_and_column(
    own_demo: Path, run: Run, tmp_path: Path
) -> None:
    file = workbook(tmp_path / "x.xlsx", HEADER, edit(1, "杭州市"), GOOD, edit(4, "何时"), edit(2, "星级"))
    ran = run("-C", own_demo, "records", "import", file, "--type", "agri_parks", "--json")
    found = {(error["row"], error["column"]) for error in ran.json["errors"]}
    assert {(2, "B"), (4, "E"), (5, "C")} <= found
    shown = run("--lang", "en", "-C", own_demo, "records", "import", file, "--type", "agri_parks")
    assert shown.status == 1
    assert "Not a single row was stored" in shown.out


def test_text_in_a_number_names_the_cell(own_demo: Path, run: Run, tmp_path: Path) -> None:
    template = tmp_path / "form.xlsx"
    run("-C", own_demo, "records", "template", "accounts", "-o", template)
    book = load_workbook(template)
    sheet = book.worksheets[0]
    for column, value in enumerate(
        ["喀什地区", 2024, "一千五百亿", "初步核算", "2025-02-01", "统计局"], start=1
    ):
        sheet.cell(2, column, value)
    book.save(template)
    ran = run("-C", own_demo, "records", "import", template, "--json")
    assert ran.status == 1
    error = ran.json["errors"][0]
    assert (error["code"], error["row"], error["column"]) == ("not-a-number", 2, "C")


def broken(kind: str, folder: Path) -> Path:
    good = workbook(folder / "good.xlsx", HEADER, GOOD)
    path = folder / f"{kind}.xlsx"
    content = {
        "empty": b"",
        "truncated": good.read_bytes()[: good.stat().st_size // 2],
        "noise": b"this is no workbook",
        "protected": bytes.fromhex("D0CF11E0A1B11AE1")
        + bytes(504)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(4096),
    }
    if kind != "missing":
        path.write_bytes(content[kind])
    return path


@pytest.mark.parametrize("kind", ["missing", "empty", "truncated", "noise", "protected"])
def test_a_file_that_cannot_be_read_is_refused(own_demo: Path, run: Run, tmp_path: Path, kind: str) -> None:
    file = broken(kind, tmp_path)
    ran = run("-C", own_demo, "records", "import", file, "--type", "agri_parks", "--json")
    assert ran.status == 1
    errors = ran.json["errors"]
    assert len(errors) == 1
    assert errors[0]["message"]["zh"] and errors[0]["message"]["en"] != errors[0]["message"]["zh"]
    if kind == "protected":
        assert "password" in errors[0]["code"]


@pytest.mark.parametrize("kind", ["missing", "empty", "truncated", "noise", "protected"])
def test_a_plan_that_cannot_be_read_is_refused(run: Run, tmp_path: Path, kind: str) -> None:
    file = broken(kind, tmp_path)
    docx = file.with_suffix(".docx")
    if file.exists():
        file.rename(docx)
    ran = run("plan", "read", docx, "--json")
    assert ran.status == 1
    assert ran.json["message"]["zh"]


def test_a_document_that_is_no_plan_is_told_so(run: Run, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("各位同事：\n今天下午三点开会，请准时参加。\n办公室\n", "utf-8")
    ran = run("plan", "read", letter)
    assert ran.status == 1
    assert "错误" in ran.err


def test_wrong_usage_is_told_apart_from_wrong_data(run: Run) -> None:
    assert run("no-such-command").status == 2
    assert run("plan", "read").status == 2
    assert run("-C", "/nowhere-at-all", "progress").status == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("indicators", "explain", "rd_intensty"),
        ("indicators", "explain", "rd_intensity", "--region", "杭州市"),
        ("indicators", "explain", "rd_intensity", "--period", "明年"),
        ("progress", "--as-of", "昨天"),
        ("progress", "--as-of", "2999-01-01"),
        ("records", "template", "nothing", "-o", "x.xlsx"),
        ("records", "history", "agri_parks", "没有这个园区"),
        ("records", "review", "accept", "B0"),
    ],
)
def test_unknown_names_and_days_are_refused_with_a_remedy(
    demo: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    for language in ("zh", "en"):
        ran = run("--lang", language, "-C", demo, *arguments)
        assert ran.status == 1, ran.out
        assert ran.err.strip()
    assert not list(tmp_path.iterdir())


def test_settings_with_faults_name_all_of_them(tmp_path: Path, run: Run) -> None:
    (tmp_path / "kechuang.toml").write_text('[workspace]\nname = 3\ncolour = "red"\n[nothing]\n', "utf-8")
    ran = run("-C", tmp_path, "progress", "--json")
    assert ran.status == 1
    assert len(ran.json["errors"]) == 5
