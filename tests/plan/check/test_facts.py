"""facts.csv: what is read, and what is refused with every fault at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.plan.check import Fact, read_facts

CHINESE = '指标,地区,年份,数值,单位,来源\n高新技术企业,安和市,2020年,"1,234",家,年报\n研发投入,,２０２１,5.2,亿元,\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "facts.csv"
    file.write_bytes(CHINESE.encode(encoding))
    assert read_facts(file) == [
        Fact("高新技术企业", "安和市", 2020, 1234.0, "家", "年报", 2),
        Fact("研发投入", "", 2021, 5.2, "亿元", "", 3),
    ]


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_separators_english_heads_and_units_in_values(tmp_path: Path, separator: str) -> None:
    rows = [["name", "year", "value"], ["GDP", "2020", "12.5亿元"], ["rate", "2020", "-0.4%"]]
    file = tmp_path / "facts.csv"
    file.write_text("\n".join(separator.join(row) for row in rows) + "\n\n", "utf-8")
    read = read_facts(file)
    assert [(fact.value, fact.unit) for fact in read] == [(12.5, "亿元"), (-0.4, "%")]


def refused(tmp_path: Path, text: str | bytes) -> KechuangError:
    file = tmp_path / "facts.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(KechuangError) as caught:
        read_facts(file)
    return caught.value


def test_every_fault_at_once_with_row_and_column(tmp_path: Path) -> None:
    error = refused(
        tmp_path, "指标,年份,数值\n,2020,1\n甲,去年,1\n甲,2020,很多\n乙,2020,1\n乙,2020,2\n丙,2020,\n"
    )
    assert error.code == "facts-invalid" and error.remedy is not None
    assert [fault.place.cell for fault in error.faults] == ["A2", "B3", "C4", "C7", "C6"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file-empty"),
        ("指标,数值\n甲,1\n", "facts-columns"),
        ("指标,年份,年度,数值\n甲,2020,2020,1\n", "facts-columns"),
        ('指标,年份,数值\n"甲,2020,1\n', "facts-invalid"),
        (b"\xff\x00\x81", "file-encoding"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, text: str | bytes, code: str) -> None:
    assert refused(tmp_path, text).code == code


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.csv", "file-missing"), (tmp_path, "not-a-file")):
        with pytest.raises(KechuangError) as caught:
            read_facts(path)
        assert caught.value.code == code


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("facts") / "facts.csv"
    file.write_bytes("指标,年份,数值\n".encode() + content)
    try:
        read = read_facts(file)
    except KechuangError as error:
        assert error.faults and error.message.zh
    else:
        assert all(fact.name and 1900 <= fact.year <= 2200 for fact in read)


def test_the_command_takes_facts(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from kechuang.cli.app import app

    text = "安和市“十四五”科技创新规划\n一、目标\n到2025年，高新技术企业达到80家。\n"
    (tmp_path / "plan.txt").write_text(text, "utf-8")
    (tmp_path / "facts.csv").write_text("指标,年份,数值\n高新技术企业,2020,95家\n", "utf-8")
    options = ["plan", "check", str(tmp_path / "plan.txt"), "--json"]
    plain = CliRunner().invoke(app, options)
    held = CliRunner().invoke(app, [*options, "--facts", str(tmp_path / "facts.csv")])
    codes = [{finding["code"] for finding in json.loads(run.stdout)["findings"]} for run in (plain, held)]
    assert "magnitude" not in codes[0] and "magnitude" in codes[1]
