"""Tables of cases: columns by name, every bad cell at once with its place, and results as a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from kechuang.errors import KechuangError
from kechuang.progress.methods import METHODS
from kechuang.progress.methods.reading import read_table
from kechuang.progress.methods.table import assess_table, write_assessment

GOOD = "base_year,base_value,current_year,current_value,target_year,target,direction,limit\n"


def written(folder: Path, text: str, name: str = "cases.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_columns_are_found_by_name_in_any_order_and_others_kept(tmp_path: Path) -> None:
    text = (
        "indicator,base_value,base_year,current_value,current_year,target,target_year,direction,sign,limit\n"
        "3-14-1,18.8,2015.0,11.1,2024.0,5.0,2035.0,-1,1,\n"
        "=1+1,90,2015,93.2,2021,,,1,1,100\n"
    )
    out = tmp_path / "r.csv"
    write_assessment(assess_table(read_table(written(tmp_path, text)), "open-sdg"), out)
    one, two = rows(out)
    assert list(one) == [*text.split("\n", 1)[0].split(","), "value", "status", "score", "reason"]
    assert (one["status"], one["base_year"]) == ("moderate_progress", "2015.0")
    assert float(one["value"]) == pytest.approx(0.887461, abs=1e-6)
    assert two["indicator"] == "'=1+1"
    assert float(two["score"]) == pytest.approx(2.815387, abs=1e-6)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_chinese_headers_years_and_encodings(tmp_path: Path, encoding: str) -> None:
    text = (
        "指标,基期年份,基期值,最新年份,最新值,目标年份,目标值,方向\n甲,2015年,“,2020,1，200,2030,9,越大越好\n"
    )
    text = text.replace("“", "1,000".join('""')).replace("1，200", '"1,200"')
    (case,) = read_table(written(tmp_path, text, encoding=encoding)).cases
    assert (case.base_year, case.base_value, case.current_value, case.direction) == (2015, 1000, 1200, 1)


def test_spans_of_years_and_what_is_not_known(tmp_path: Path) -> None:
    text = GOOD + "2015-16,NaN,2020/21,—,,NA,-1,null\n"
    (case,) = read_table(written(tmp_path, text)).cases
    assert (case.base_year, case.current_year) == (2015, 2020)
    assert (case.base_value, case.current_value, case.target, case.limit) == (None, None, None, None)


def test_every_fault_at_once_with_its_place(tmp_path: Path) -> None:
    text = GOOD + "15,1,2020,2,2030,5,1,\n2015,x,2020,inf,2030,5,2,\n2015,1,2020,2,2030,5,,\n"
    with pytest.raises(KechuangError) as caught:
        read_table(written(tmp_path, text))
    found = [(fault.code, fault.place.cell) for fault in caught.value.faults]
    assert found == [
        ("not-a-year", "A2"),
        ("not-a-number", "B3"),
        ("not-a-number", "D3"),
        ("not-a-direction", "G3"),
        ("direction-empty", "G4"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a,b\n1,2\n", "missing-column"),
        ("base_year,base_value,current_year\n2015,1,2020\n", "bad-cases"),
        (GOOD, "empty-file"),
        (
            "base_year,base_value,base_value,current_year,current_value,direction\n2015,1,1,2020,2,1\n",
            "duplicate-column",
        ),
        ("", "empty-file"),
        ('base_year,base_value\n"2015,1\n', "unreadable-csv"),
    ],
)
def test_tables_that_are_none(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(KechuangError) as caught:
        read_table(written(tmp_path, text))
    assert caught.value.code == code


def test_open_sdg_takes_its_own_defaults_and_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD + "2015,10,2020,8,,5,,\n")
    found = read_table(path, defaults=True)
    assert (found.cases[0].direction, found.cases[0].target_year) == (-1, 2030)
    assert len(found.assumed) == 2


def test_a_workbook_in_and_out(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["案例表"])
    sheet.append(["name", *GOOD.strip().split(",")])
    sheet.append(["甲", 2015, 14.5, 2023, 10.2, 2030, 7.25, -1, None])
    book.create_sheet("说明").append(["这里没有案例"])
    book.save(tmp_path / "c.xlsx")
    found = assess_table(read_table(tmp_path / "c.xlsx"), "all")
    write_assessment(found, tmp_path / "r.xlsx")
    head, row = load_workbook(tmp_path / "r.xlsx").active.values  # type: ignore[union-attr]
    told = dict(zip(head, row, strict=True))
    assert told["status_open-sdg"] == "substantial_progress"
    assert told["base_year"] == 2015
    assert [name for name in head if name.startswith("status_")] == [f"status_{method}" for method in METHODS]


def test_a_broken_cell_of_a_workbook_is_a_fault(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(GOOD.strip().split(","))
    sheet.append([2015, "=1/0", 2020, 2, 2030, 5, 1, None])
    book.save(tmp_path / "c.xlsx")
    with pytest.raises(KechuangError) as caught:
        read_table(tmp_path / "c.xlsx")
    assert caught.value.faults[0].place.cell == "B2"


def test_results_judged_again_are_written_anew(tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    write_assessment(
        assess_table(read_table(written(tmp_path, GOOD + "2015,10,2020,8,2030,5,-1,\n")), "un"), out
    )
    first = out.read_text("utf-8")
    write_assessment(assess_table(read_table(out), "un"), out, excel=True)
    assert out.read_text("utf-8-sig") == first
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")


def test_parameters_by_method_name_in_a_table_of_all(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, GOOD + "2015,10,2020,14,2025,20,1,\n"))
    found = assess_table(table, "all", {"schedule.tolerance": 0.75})
    assert found.verdicts[0][-1].status == "basically_on_schedule"
    assert found.as_dict()["parameters"]["schedule"] == {"tolerance": 0.75}
    for wrong in ({"nothing": 1.0}, {"schedule.nothing": 1.0}, {"oecd.x": 1.0}):
        with pytest.raises(KechuangError):
            assess_table(table, "all", wrong)
    with pytest.raises(KechuangError):
        assess_table(table, "un", {"schedule.tolerance": 0.5})


def test_json_has_no_number_that_is_none(tmp_path: Path) -> None:
    table = read_table(
        written(tmp_path, GOOD + "2015,100,2023,100,2030,100,1,\n2015,100,2023,98,2030,100,1,\n")
    )
    write_assessment(assess_table(table, "open-sdg"), tmp_path / "r.json")
    content = json.loads((tmp_path / "r.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert [one["value"] for one in content["results"]] == [None, None]
    assert [one["row"] for one in content["results"]] == [2, 3]
    with pytest.raises(KechuangError):
        write_assessment(assess_table(table, "open-sdg"), tmp_path / "none" / "r.json")
    with pytest.raises(KechuangError):
        write_assessment(assess_table(table, "open-sdg"), tmp_path / "r.doc")
