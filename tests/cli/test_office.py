"""An office of its own: a new workspace without records or plan, damaged parts, and wrong usage."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from kechuang.workspace import Workspace

Run = Callable[..., Any]

PARKS = ["园区名称", "所在县市", "级别", "状态", "批准日期"]
CHINESE = range(0x4E00, 0xA000)


@pytest.fixture
def office(tmp_path: Path, run: Run) -> Path:
    """A workspace just begun: no plan, no records."""
    folder = tmp_path / "office"
    assert run("init", folder, "--region", "653100", "--name", "规划").status == 0
    return folder


def parks(path: Path, *rows: list[Any]) -> Path:
    book = Workbook()
    for row in (PARKS, *rows):
        book.active.append(row)
    book.save(path)
    return path


def chinese(text: str) -> bool:
    return any(ord(character) in CHINESE for character in text)


def test_records_and_figures_come_without_a_plan(office: Path, run: Run) -> None:
    figures = run("-C", office, "indicators", "compute", "--json")
    assert figures.status == 0, figures.err
    assert {figure["value"] for figure in figures.json} == {None}
    explained = run("-C", office, "indicators", "explain", "rd_fte", "--json")
    assert explained.status == 0, explained.err
    assert explained.json["plan"] == []
    assert run("-C", office, "records", "returns", "--json").json == []
    assert run("-C", office, "verify").status == 0
    for command in (("progress",), ("publish", "report", "progress", "-o", office / "r.docx")):
        ran = run("-C", office, *command)
        assert ran.status == 1
        assert "kechuang plan read" in ran.err


@pytest.mark.parametrize(
    ("region", "name", "told"),
    [("鼓楼区", "规划", "320106"), ("653100", "  ", "--name"), ("天国", "规划", "六位")],
)
def test_a_workspace_wants_one_region_and_a_name(
    tmp_path: Path, run: Run, region: str, name: str, told: str
) -> None:
    ran = run("init", tmp_path / "new", "--region", region, "--name", name)
    assert ran.status == 1
    assert told in ran.err
    assert not (tmp_path / "new").exists()


def test_a_plan_of_another_region_is_mentioned(tmp_path: Path, run: Run, root: Path) -> None:
    document = next((root / "examples" / "kashgar" / "plan" / "source").glob("*.docx"))
    ran = run("init", tmp_path / "new", "--region", "330100", "--name", "规划", "--plan", document)
    assert ran.status == 0, ran.err
    assert "与工作区不同" in ran.out
    assert "plan.yaml" in ran.out


def test_what_is_not_known_has_neither_unit_nor_status(office: Path, run: Run) -> None:
    for period in (1990, 2024, 2099):
        ran = run("-C", office, "indicators", "explain", "rd_fte", "--period", period)
        assert ran.status == 0
        assert ran.out.splitlines()[0].endswith("：—")
        assert "None" not in ran.out


def test_a_day_to_come_is_refused_wherever_a_day_is_given(office: Path, run: Run, tmp_path: Path) -> None:
    ahead = (date.today() + timedelta(days=3)).isoformat()
    for command in (
        ("records", "as-of", ahead, "accounts"),
        ("records", "export", "accounts", "-o", tmp_path / "x.csv", "--as-of", ahead),
        ("records", "returns", "--as-of", ahead),
        ("snapshot", "--as-of", ahead),
        ("indicators", "compute", "--as-of", ahead),
    ):
        ran = run("-C", office, *command)
        assert ran.status == 1, command
        assert ahead in ran.err
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(("kind", "file"), [("nothing", "x.docx"), ("progress", "x.exe")])
def test_a_report_of_no_known_kind_or_form_is_refused(
    office: Path, run: Run, root: Path, tmp_path: Path, kind: str, file: str
) -> None:
    shutil.copy(root / "examples" / "kashgar" / "plan" / "plan.yaml", office / "plan")
    for language in ("zh", "en"):
        ran = run("--lang", language, "-C", office, "publish", "report", kind, "-o", tmp_path / file)
        assert ran.status == 1
        assert chinese(ran.err) == (language == "zh")
    assert not (tmp_path / file).exists()


def test_settings_that_are_no_toml_name_the_line(office: Path, run: Run) -> None:
    settings = office / "kechuang.toml"
    settings.write_text(settings.read_text("utf-8") + "[[[\n", "utf-8")
    error = run("-C", office, "progress", "--json").json["errors"][0]
    assert error["line"] == len(settings.read_text("utf-8").splitlines())
    settings.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in run("-C", office, "progress").err


def test_years_in_the_wrong_order_are_refused(office: Path, run: Run) -> None:
    ran = run("-C", office, "indicators", "compute", "--from", 2024, "--to", 2020)
    assert ran.status == 1
    assert "--from" in ran.err


def test_both_names_of_a_choice_and_a_date_with_midnight_are_read(
    office: Path, run: Run, tmp_path: Path
) -> None:
    days = ["2024-03-05 00:00:00", "2024-03-05T00:00:00", "2024/3/5 0:00", "２０２４年３月５日", "20240305"]
    levels = ["自治区级", "省级", "省级（自治区级）", "省级(自治区级)", "provincial"]
    rows = [
        [f"园区{n}", "莎车县", *pair] for n, pair in enumerate(zip(levels, ["建设期"] * 5, days, strict=True))
    ]
    file = parks(tmp_path / "x.xlsx", *rows)
    ran = run("-C", office, "records", "import", file, "--json")
    assert ran.status == 0, ran.out
    today = Workspace.open(office).today.isoformat()  # in China, where it may be tomorrow
    stored = run("-C", office, "records", "as-of", today, "agri_parks", "--json").json
    assert {row["data"]["level"] for row in stored} == {"provincial"}
    assert {row["data"]["approved"] for row in stored} == {"2024-03-05"}


def test_a_time_of_day_is_no_date(office: Path, run: Run, tmp_path: Path) -> None:
    file = parks(tmp_path / "x.xlsx", ["园区", "莎车县", "省级", "建设期", "2024-03-05 13:20"])
    ran = run("-C", office, "records", "import", file, "--json")
    assert [error["code"] for error in ran.json["errors"]] == ["not-a-date"]


def test_a_word_document_is_no_register(office: Path, run: Run, root: Path) -> None:
    document = next((root / "examples" / "kashgar" / "plan" / "source").glob("*.docx"))
    ran = run("-C", office, "records", "import", document, "--json")
    assert ran.status == 1
    assert [error["code"] for error in ran.json["errors"]] == ["not-a-table"]


def test_nobody_is_no_one_to_answer_for_a_record(office: Path, run: Run, tmp_path: Path) -> None:
    file = parks(tmp_path / "x.xlsx", ["园区", "莎车县", "省级", "建设期", "2024-03-05"])
    assert run("-C", office, "records", "import", file, "--who", " ").status == 1
    assert run("-C", office, "records", "batches", "--json").json == []


def test_imports_at_once_wait_for_each_other(office: Path, run: Run, tmp_path: Path) -> None:
    """Who waits for another import is recorded after it; the clock has not gone back."""
    files = [
        parks(
            tmp_path / f"{n}.xlsx",
            *([f"园区{n}-{i}", "莎车县", "省级", "建设期", "2024-03-05"] for i in range(40)),
        )
        for n in range(6)
    ]
    start = threading.Barrier(len(files))

    def bring(file: Path) -> bool:
        store = Workspace.open(office).store
        start.wait()
        return store.import_files([file], who="office").ok

    with ThreadPoolExecutor(len(files)) as pool:
        assert all(pool.map(bring, files))
    batches = run("-C", office, "records", "batches", "--json").json
    assert len({batch["batch"] for batch in batches}) == len(files)
    assert run("-C", office, "verify").status == 0


# -- damage


def test_a_damaged_database_is_told_without_a_traceback(own_demo: Path, run: Run) -> None:
    file = own_demo / "kechuang.db"
    content = bytearray(file.read_bytes())
    content[40_000:] = os.urandom(len(content) - 40_000)
    file.write_bytes(content)
    for command in (("progress",), ("verify",), ("records", "batches")):
        for language in ("zh", "en"):
            ran = run("--lang", language, "-C", own_demo, *command)
            assert ran.status == 1
            assert "kechuang.db" in ran.err
            assert chinese(ran.err) == (language == "zh")


def test_a_damaged_manifest_of_a_snapshot_is_told_with_its_folder(own_demo: Path, run: Run) -> None:
    digest = run("-C", own_demo, "snapshot", "--json").json["digest"]
    for damage in ("{", "{}"):
        (own_demo / "snapshots" / digest / "manifest.json").write_text(damage, "utf-8")
        for command in (("indicators", "explain", "rd_fte", "--period", 2023), ("verify",)):
            ran = run("-C", own_demo, *command)
            assert ran.status == 1
            assert digest in ran.err
        found = run("-C", own_demo, "verify", "--json").json
        assert not found["ok"]
        assert len(found["findings"]) == 1


def test_what_the_system_objects_to_is_told_in_the_chosen_language(
    office: Path, run: Run, tmp_path: Path
) -> None:
    for language in ("zh", "en"):
        ran = run(
            "--lang", language, "-C", office, "records", "export", "accounts", "-o", tmp_path / "no" / "x.csv"
        )
        assert ran.status == 1
        assert chinese(ran.err) == (language == "zh")
        assert ("没有这个文件" in ran.err) == (language == "zh")


def test_english_has_no_chinese_colons_commas_or_brackets(office: Path, run: Run) -> None:
    for command in (
        ("indicators", "explain", "rd_fte", "--period", 2024),
        ("indicators", "explain", "nothing"),
        ("indicators", "explain", "rd_fte", "--region", "杭州市"),
        ("records", "history", "nothing", "x"),
        ("records", "withdraw", "accounts", "x", "--reason", "y"),
    ):
        ran = run("--lang", "en", "-C", office, *command)
        first = (ran.out or ran.err).replace("（R&D）", "")
        assert not set("：、；（") & set(
            "".join(line for line in first.splitlines() if "Clause" not in line and "Parameter" not in line)
        )


# -- usage


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("no-such",), "没有命令“no-such”"),
        (("records", "imprt"), "import"),
        (("records", "import"), "缺少 FILE"),
        (("indicators", "explain"), "缺少 ID"),
        (("indicators", "explain", "x", "--fomat"), "没有选项 --fomat"),
        (("indicators", "explain", "x", "y"), "多出来的内容：y"),
        (("indicators", "explain", "x", "--region"), "--region 之后要有一个值"),
        (("indicators", "compute", "--from", "abc"), "应为整数"),
        (("indicators", "compute", "--by", "town"), "--by 只能是"),
        (("records", "withdraw", "accounts", "x"), "缺少 --reason"),
        (("--lang", "fr", "progress"), "--lang 只能是"),
    ],
)
def test_wrong_usage_is_told_in_the_chosen_language(run: Run, arguments: tuple[str, ...], told: str) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert told in ran.err
    english = (
        run("--lang", "en", *arguments[2:]) if arguments[0] == "--lang" else run("--lang", "en", *arguments)
    )
    if arguments[0] != "--lang":
        assert english.status == 2
        assert not chinese(english.err)


# -- a process of its own


def process(*arguments: object, **more: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from kechuang.cli.run import main; main()", *map(str, arguments)]
    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a test run in the background ignores it
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **more)
    finally:
        signal.signal(signal.SIGINT, before)


def interrupted(begun: subprocess.Popen[str]) -> str:
    """What it said; asked to stop again where the first asking fell on a moment that cannot be interrupted."""
    while True:
        begun.send_signal(signal.SIGINT)
        try:
            return begun.communicate(timeout=10)[1]
        except subprocess.TimeoutExpired:
            continue


def test_an_interrupted_demo_says_so_and_goes_on_the_next_time(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "demo"
    begun = process("demo", folder, stdout=subprocess.PIPE)
    until = time.monotonic() + 300
    while not (folder / "kechuang.db").is_file() and time.monotonic() < until:
        time.sleep(0.02)
    err = interrupted(begun)
    assert begun.returncode == 130
    assert "已中断" in err
    assert "Traceback" not in err
    assert run("-C", folder, "verify").status == 0


def test_a_copy_cut_short_leaves_no_half_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    def stopped(_source: Path, target: Path, **_options: object) -> None:
        target.mkdir()
        (target / "README.md").write_text("half", "utf-8")
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "copytree", stopped)
    assert run("demo", tmp_path / "demo").status == 130
    assert list(tmp_path.iterdir()) == []


def test_output_that_cannot_be_written_and_questions_nobody_answers(office: Path, tmp_path: Path) -> None:
    if Path("/dev/full").exists():
        with Path("/dev/full").open("w") as full:
            ran = process("-C", office, "records", "types", "--json", stdout=full)
            _, err = ran.communicate()
        assert ran.returncode == 1
        assert "输出写不出去" in err
        assert "Traceback" not in err
    asked = process("init", tmp_path / "new", stdout=subprocess.PIPE)
    _, err = asked.communicate()
    assert asked.returncode == 1
    assert "没有得到回答" in err


def test_errors_as_json_keep_the_keys_of_an_error(office: Path, run: Run) -> None:
    content = json.loads(run("-C", office, "progress", "--json").out)
    assert {"code", "message", "remedy", "errors"} <= content.keys()
    assert content["message"]["en"] and not chinese(content["message"]["en"])


def test_an_export_comes_back_unchanged_in_any_column_order(own_demo: Path, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    assert run("-C", own_demo, "records", "export", "rd_survey", "-o", file).status == 0
    sheet = load_workbook(file).worksheets[0]
    rows = [list(reversed(row)) for row in sheet.iter_rows(values_only=True)]
    turned = Workbook()
    turned.active.append(["研发调查表"])
    turned.active.append([])
    for row in rows:
        turned.active.append(row)
    turned.save(tmp_path / "y.xlsx")
    ran = run("-C", own_demo, "records", "import", tmp_path / "y.xlsx", "--sample", "--json")
    assert ran.status == 0, ran.out
    assert (ran.json["new"], ran.json["corrected"]) == (0, 0)
    assert ran.json["unchanged"] == ran.json["rows"] > 100
