"""Files as people send them: the fast way and the careful way give the same, and every fault at once."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from kechuang.errors import KechuangError
from kechuang.packs import load_packs
from kechuang.rules import Cases, check, read_cases
from kechuang.rules.cells import Reader

from .conftest import AS_OF, SOUND

PACKS = load_packs(["st-core"])
SPEC = PACKS.rules["high-tech-enterprise"]


def write(path: Path, rows: list[dict[str, Any]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(
            {name: "" if value is None else value for name, value in row.items()} for row in rows
        )
    return path


def same(left: Cases, right: Cases) -> None:
    assert left.keys.to_pylist() == right.keys.to_pylist()
    assert set(left.columns) == set(right.columns)
    for name, values in left.columns.items():
        np.testing.assert_array_equal(values, right.columns[name], name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_any_encoding_of_a_csv_reads_the_same(tmp_path: Path, encoding: str) -> None:
    plain = read_cases(SPEC, write(tmp_path / "plain.csv", [SOUND]), PACKS)
    same(plain, read_cases(SPEC, write(tmp_path / "other.csv", [SOUND], encoding), PACKS))
    assert plain.keys.to_pylist() == ["示例企业"]
    assert not plain.warnings


def test_a_workbook_reads_the_same(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(SOUND))
    sheet.append(list(SOUND.values()))
    book.save(tmp_path / "a.xlsx")
    same(
        read_cases(SPEC, write(tmp_path / "a.csv", [SOUND]), PACKS),
        read_cases(SPEC, tmp_path / "a.xlsx", PACKS),
    )


def test_labels_units_titles_and_full_width_digits_read_the_same(tmp_path: Path) -> None:
    labels = [
        f"{spec.label.zh}（{spec.unit}）" if spec.unit else spec.label.zh
        for spec in (SPEC.columns[name] for name in SOUND)
    ]
    cells = [
        "是" if name == "core_ip" else "１，４４０" if name == "sales_1" else value
        for name, value in SOUND.items()
    ]
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([labels, cells])
    same(read_cases(SPEC, write(tmp_path / "b.csv", [SOUND]), PACKS), read_cases(SPEC, path, PACKS))


CELL = st.one_of(
    st.none(),
    st.integers(0, 100),
    st.decimals(0, 100, places=3).map(str),
    st.sampled_from(["0.0", "1.0", " 7 "]),
)


@settings(max_examples=40, deadline=None)
@given(cells=st.lists(st.fixed_dictionaries({"staff": CELL, "sales_1": CELL}), min_size=1, max_size=6))
def test_both_ways_of_reading_agree(
    tmp_path_factory: pytest.TempPathFactory, cells: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("rules")
    path = write(folder / "a.csv", [{**SOUND, **row, "key": f"企业{n}"} for n, row in enumerate(cells)])
    same(read_cases(SPEC, path, PACKS), Reader(SPEC, PACKS).file(path))


def test_every_bad_cell_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    bad = {
        **SOUND,
        "staff": "很多",
        "accident": 2,
        "founded": "2024-02-30",
        "ip_core": 9,
        "rd_domestic_share": 60,
    }
    path = write(tmp_path / "a.csv", [SOUND, bad, {**SOUND, "key": "", "sales_1": -5}])
    with pytest.raises(KechuangError) as raised:
        read_cases(SPEC, path, PACKS)
    places = {(fault.place.row, fault.place.field, fault.code) for fault in raised.value.faults}
    assert places == {
        (3, "职工总数", "not-a-number"),
        (3, "申请前一年内有重大事故或严重环境违法", "not-a-choice"),
        (3, "注册成立日期", "not-a-date"),
        (3, "核心支持作用（专家分）", "out-of-range"),
        (3, "境内研发费用占比", "out-of-range"),
        (4, "企业编号", "required"),
        (4, "最近一年销售收入", "out-of-range"),
    }
    assert all(fault.place.file == "a.csv" and fault.place.column for fault in raised.value.faults)


def test_columns_too_many_are_warned_of_and_columns_too_few_are_unknown(tmp_path: Path) -> None:
    row = {name: value for name, value in SOUND.items() if name != "accident"} | {"备注": "一"}
    for path in (write(tmp_path / "a.csv", [row]), write(tmp_path / "b.csv", [row | {"key": "=1+1"}])):
        cases = read_cases(SPEC, path, PACKS)
        codes = sorted(fault.code for fault in cases.warnings)
        assert codes == ["optional-column", "unknown-column"]
        assert "申请前一年内有重大事故" in str(cases.warnings[-1].message)
    assert (
        check("high-tech-enterprise", {k: [v] for k, v in row.items()}, AS_OF, PACKS).row(0)["outcome"]
        == "unknown"
    )


@pytest.mark.parametrize("content", [b"", b"\n\n", b"key,founded\n", b"a,b\n1,2\n", b"\x00\x01\x02"])
def test_files_without_cases_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(KechuangError) as raised:
        read_cases(SPEC, path, PACKS)
    assert raised.value.faults[0].message.zh


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KechuangError) as raised:
        read_cases(SPEC, tmp_path / "none.csv", PACKS)
    assert raised.value.faults[0].code == "file-missing"


def test_tables_in_memory_are_checked_alike() -> None:
    rows = pa.table({name: pa.array([value, None]) for name, value in SOUND.items() if name not in ("key",)})
    rows = rows.append_column("key", pa.array(["甲", "乙"]))
    found = check("high-tech-enterprise", rows, AS_OF, PACKS)
    assert [row["outcome"] for row in found.rows()] == ["yes", "unknown"]
    with pytest.raises(KechuangError) as raised:
        check("high-tech-enterprise", {"key": ["甲"], "staff": ["十"]}, AS_OF, PACKS)
    assert raised.value.faults[0].code == "not-a-number"
    with pytest.raises(KechuangError):
        check("high-tech-enterprise", {"founded": [date(2020, 1, 1)]}, AS_OF, PACKS)


def test_the_table_of_a_judgement_tells_the_same_as_its_rows() -> None:
    table = {name: [value, None if name == "st_staff" else value] for name, value in SOUND.items()}
    found = check("high-tech-enterprise", {**table, "accident": [0, 1]}, AS_OF, PACKS)
    arrow = found.to_arrow().to_pylist()
    for row, line in zip(found.rows(), arrow, strict=True):
        assert line["outcome"] == row["outcome"]
        assert [line["score_low"], line["score_high"]] == row["score"]
        for clause in row["clauses"]:
            assert line[clause["id"].replace("-", "_")] == clause["outcome"]
            if clause["outcome"] != "yes":
                assert clause["reason"]["zh"] in line["reason"]
    assert arrow[0]["reason"] == ""
