"""`kechuang records sample`: files of made-up records that import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def office(tmp_path: Path, run: Run) -> Path:
    folder = tmp_path / "office"
    assert run("init", folder, "--region", "330500", "--name", "规划").status == 0
    return folder


def test_a_workbook_with_what_it_refers_to_imports_as_samples(office: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "s.xlsx"
    made = run(
        "-C", office, "records", "sample", "assignments", "sme",
        "-o", out, "--rows", 12, "--seed", 7, "--years", "2022-2024", "--json",
    )  # fmt: skip
    assert made.status == 0, made.err
    assert made.json["tables"] == {"commissioners": 10, "villages": 10, "assignments": 12, "sme": 12}
    assert not (office / "kechuang.db").exists()
    brought = run("-C", office, "records", "import", out, "--sample", "--json").json
    assert brought["errors"] == [] and brought["rows"] == 44
    digest = run("-C", office, "snapshot", "--json").json
    assert digest["tables"]["assignments"] == 12
    again = tmp_path / "again.xlsx"
    run(
        "-C", office, "records", "sample", "sme", "-o", again, "--rows", 12, "--seed", 7, "--years", "2022-2024"
    )  # fmt: skip
    second = run("-C", office, "records", "import", again, "--sample", "--json").json
    assert (second["new"], second["unchanged"]) == (0, 12)


def test_a_folder_gets_a_file_a_type_named_sample(office: Path, run: Run, tmp_path: Path) -> None:
    made = run("-C", office, "records", "sample", "sme", "hte", "-o", tmp_path / "files")
    assert made.status == 0
    assert {path.name for path in (tmp_path / "files").iterdir()} == {
        "示例_科技型中小企业.xlsx",
        "示例_高新技术企业证书.xlsx",
    }
    assert "--sample" in made.out and "科技型中小企业" in made.out


def test_reported_records_are_left_alone(office: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    options = ("--years", "2022-2023", "--seed", 1)
    run("-C", office, "records", "sample", "accounts", "-o", out, "--years", "2022")
    assert run("-C", office, "records", "import", out).status == 0
    made = run(
        "-C", office, "records", "sample", "accounts", "-o", tmp_path / "b.csv", *options, "--rows", 20
    )
    assert "没有更多不同的主键" in made.out
    brought = run("-C", office, "records", "import", tmp_path / "b.csv", "--sample", "--json").json
    assert brought["corrected"] == 0 and brought["new"] > 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("none", "-o", "a.xlsx"), "没有名为“none”的台账类型"),
        (("sme", "-o", "a.xlsx", "--years", "2024-2021"), "不是年度范围"),
        (("sme", "-o", "a.xlsx", "--years", "abc"), "2021-2024"),
        (("sme", "-o", "a.xlsx", "--years", "2150"), "2150年还没有到"),
        (("sme", "-o", "a.pdf"), ".xlsx"),
        (("assignments", "-o", "a.csv"), "只容一种台账"),
    ],
)
def test_what_cannot_be_done_is_told(office: Path, run: Run, arguments: tuple[str, ...], told: str) -> None:
    ran = run("-C", office, "records", "sample", *arguments)
    assert ran.status == 1
    assert told in ran.err
    assert not Path(arguments[2]).exists()
