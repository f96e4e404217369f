"""kechuang indicators export and read, on the example: to others, back, and into a register by an import."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
FORMATS = ("sdmx-csv", "sdmx-ml", "sdmx-ml-2.1", "sdmx-json", "dhis2", "csv")
SOME = ("--indicator", "rd_intensity", "--from", "2022", "--to", "2024")


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_exported_is_what_is_computed(name: str, run: Run, demo: Path, tmp_path: Path) -> None:
    computed = run("-C", demo, "indicators", "compute", *SOME, "--by", "county", "--json").json
    sent = run(
        "-C",
        demo,
        "indicators",
        "export",
        tmp_path / "out",
        "--format",
        name,
        *SOME,
        "--by",
        "county",
        "--json",
    )
    assert sent.status == 0, sent.err
    assert (sent.json["figures"], sent.json["sample"]) == (len(computed), True)
    assert all(Path(path).is_file() for path in sent.json["files"])
    back = run("-C", demo, "indicators", "read", sent.json["files"][0], "--json").json
    assert back == computed


def test_the_file_is_named_or_a_folder(run: Run, demo: Path, tmp_path: Path) -> None:
    sent = run("-C", demo, "indicators", "export", tmp_path / "a.xml", "--format", "sdmx-ml", *SOME)
    assert sent.status == 0, sent.err
    assert "示例" in sent.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.structure.xml", "a.xml"]


def test_a_table_is_written_for_people(run: Run, demo: Path, tmp_path: Path) -> None:
    run("-C", demo, "indicators", "export", tmp_path / "a.xml", "--format", "adx", *SOME)
    for suffix in ("csv", "xlsx"):
        ran = run("-C", demo, "indicators", "read", tmp_path / "a.xml", "-o", tmp_path / f"b.{suffix}")
        assert ran.status == 0, ran.err
    rows = list(csv.DictReader((tmp_path / "b.csv").open(encoding="utf-8")))
    assert {row["status"] for row in rows} == {"sample"}
    assert {row["unit"] for row in rows} == {"%"}


OUTSIDE = """STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,UNIT_MULT,OBS_STATUS
dataflow,X:GDP(1.0),I,A,CN_KS,GDP,2023,140123.5,6,A
dataflow,X:GDP(1.0),I,A,CN_KS,GDP,2024,150000,6,P
dataflow,X:GDP(1.0),I,A,CN_KS,POP,2024,450,4,A
"""
MAP = """
record: accounts
indicators: {GDP: {field: gdp, measure: 元}}
regions: {CN_KS: "653100"}
set: {source: 外部统计数据库}
status: {A: {release: final}, P: {release: preliminary}}
"""


def test_values_from_outside_enter_by_the_ordinary_import(run: Run, own_demo: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(OUTSIDE, "utf-8")
    (tmp_path / "map.yaml").write_text(MAP, "utf-8")
    for suffix in ("xlsx", "csv"):
        out = tmp_path / f"accounts.{suffix}"
        read = run(
            "-C", own_demo, "indicators", "read", tmp_path / "x.csv", "--map", tmp_path / "map.yaml",
            "-o", out, "--json",
        )  # fmt: skip
        assert read.status == 0, read.err
        assert read.json["rows"] == 2
        assert read.json["passed_over"] == {"POP": 1}
        tried = run("-C", own_demo, "records", "import", out, "--type", "accounts", "--dry-run", "--json")
        assert tried.status == 0, tried.out
        assert tried.json["rows"] == 2
        assert not [error for error in tried.json["errors"] if error.get("severity") == "error"]
    before = run("-C", own_demo, "records", "as-of", "2099-01-01", "accounts", "--json")
    assert "外部统计数据库" not in before.out


def test_faults_are_told_with_exit_status_one(run: Run, demo: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(OUTSIDE, "utf-8")
    ran = run("-C", demo, "indicators", "read", tmp_path / "x.csv", "--json")
    assert ran.status == 1
    assert {error["code"] for error in ran.json["errors"]} == {"unknown-indicator", "unknown-region"}
    assert [error["row"] for error in ran.json["errors"]] == [2, 2, 3, 3, 4, 4]
    ran = run("-C", demo, "indicators", "export", tmp_path / "o", "--agency", "喀什", *SOME)
    assert ran.status == 1
    assert "agency" not in ran.out
    assert not (tmp_path / "o").exists()


def test_wrong_usage_is_told_with_exit_status_two(run: Run, demo: Path, tmp_path: Path) -> None:
    for wrong in (("--format", "xml"), ("--by", "village"), ("--validate",)):
        assert run("-C", demo, "indicators", "export", tmp_path / "o", *wrong).status == 2


def test_the_help_knows_every_format() -> None:
    from kechuang.cli.indicators_exchange import FORMATS as SHOWN
    from kechuang.indicators.exchange import FORMATS as WRITTEN

    assert SHOWN == WRITTEN


def test_messages_speak_english(run: Run, demo: Path, tmp_path: Path) -> None:
    ran = run(
        "--lang", "en", "-C", demo, "indicators", "export", tmp_path / "a.json", "--format", "dhis2", *SOME
    )
    assert "holds sample data" in ran.out
    metadata = json.loads((tmp_path / "a.structure.json").read_text("utf-8"))
    assert {"organisationUnits", "dataElements", "dataSets"} <= metadata.keys()
