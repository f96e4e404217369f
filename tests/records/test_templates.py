"""Templates: what goes out is read when it comes back, sample and stamp included."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from kechuang.errors import KechuangError
from kechuang.language.regions import RegionTree
from kechuang.packs import Packs
from kechuang.packs.model import RecordType
from kechuang.records import sheetxml
from kechuang.records.fields import Refused, parser
from kechuang.records.samples import sample_row
from kechuang.records.tables import TableFile, read_table
from kechuang.records.templates import write_table, write_templates

REGION = "330500"
PARK = ["甲园", "安吉县", "国家级", "建设期", date(2022, 5, 1)]


@pytest.fixture(scope="module")
def regions() -> RegionTree:
    return RegionTree.national()


@pytest.fixture
def parks(packs: Packs) -> RecordType:
    return packs.records["agri_parks"]


def filled(path: Path, *rows: list[Any], start: int = 3, sheet: int = 0) -> Path:
    """The workbook with ``rows`` typed in, as an officer would."""
    book = load_workbook(path)
    for number, row in enumerate(rows, start=start):
        for column, value in enumerate(row, start=1):
            book.worksheets[sheet].cell(number, column, value)
    book.save(path)
    return path


def codes(file: TableFile) -> list[str]:
    return [fault.code for fault in file.faults]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sample_is_valid_marked_and_never_read(
    packs: Packs, regions: RegionTree, tmp_path: Path, language: str
) -> None:
    path = tmp_path / "t.xlsx"
    for record_type in packs.records.values():
        write_table(record_type, [], path, regions=regions, within=REGION, sample=True, language=language)
        file = read_table(path, packs.records)
        assert codes(file) == ["no-data-rows"], record_type.id
        sheet = load_workbook(path).worksheets[0]
        last = sheet.cell(2, len(record_type.fields) + 1)
        assert ("示例行" in last.value) if language == "zh" else ("Sample row" in last.value)
        assert sheet["A2"].font.italic and sheet["A2"].comment is not None
        for name, value in sample_row(record_type, regions, REGION, language).items():
            spec = record_type.fields[name]
            if value is None:
                continue
            try:
                parser(spec, date(2026, 1, 5), regions, REGION)(value)
            except Refused as refused:
                pytest.fail(f"{record_type.id}.{name}: {value} {refused.message.zh}")


def test_a_row_filled_in_is_never_taken_for_the_sample(
    packs: Packs, parks: RecordType, regions: RegionTree, tmp_path: Path
) -> None:
    path = tmp_path / "t.xlsx"

    def made() -> Path:
        write_table(parks, [], path, regions=regions, within=REGION, sample=True)
        return path

    beside = read_table(filled(made(), PARK), packs.records)
    assert codes(beside) == [] and [number for number, _ in beside.tables[0].rows] == [3]
    over = read_table(filled(made(), PARK, start=2), packs.records)
    assert codes(over) == ["sample-changed", "sample-emptied"] and [
        number for number, _ in over.tables[0].rows
    ] == [2]
    # Written over in part: what is still made up is no return.
    one_cell = read_table(filled(made(), ["园区甲"], start=2), packs.records)
    assert codes(one_cell) == ["sample-changed", "sample-left", "sample-emptied"]
    ((_, cells),) = one_cell.tables[0].rows
    assert cells[one_cell.tables[0].columns["document"]] == ""
    assert one_cell.faults[1].place.cell == "E2" and one_cell.faults[1].severity == "error"
    # The mark alone is removed: the made-up values are still known.
    without = filled(made(), PARK)
    book = load_workbook(without)
    book.worksheets[0].cell(2, len(parks.fields) + 1).value = None
    book.save(without)
    assert [number for number, _ in read_table(without, packs.records).tables[0].rows] == [3]
    # Copied down with its mark, as people do, and moved by sorting: still no data.
    values = [cell.value for cell in load_workbook(made()).worksheets[0][2]]
    twice = read_table(filled(path, values, PARK), packs.records)
    assert [number for number, _ in twice.tables[0].rows] == [4]


def test_an_english_template_reads_like_the_chinese_one(
    packs: Packs, parks: RecordType, regions: RegionTree, tmp_path: Path
) -> None:
    path = tmp_path / "t.xlsx"
    write_table(parks, [], path, regions=regions, within=REGION, sample=True, language="en")
    book = load_workbook(path)
    assert book.sheetnames[0] == parks.label.en and "Guide" in book.sheetnames
    assert [cell.value for cell in book.worksheets[0][1]][:2] == ["Name of park", "County"]
    rule = next(r for r in book.worksheets[0].data_validations.dataValidation if str(r.sqref).startswith("A"))
    assert "required" in rule.prompt.lower() and not any(ord(c) > 0x2E80 for c in rule.prompt)
    label = next(iter(parks.fields["level"].choices.values())).en
    status = next(iter(parks.fields["status"].choices.values())).en
    file = read_table(filled(path, ["Park A", "安吉县", label, status, date(2022, 5, 1)]), packs.records)
    assert codes(file) == [] and len(file.tables[0].rows) == 1


def test_several_types_in_one_workbook(packs: Packs, regions: RegionTree, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    chosen = [packs.records[name] for name in ("rd_survey", "agri_parks", "commissioners")]
    write_templates(chosen, path, regions=regions, within=REGION, packs_version="st-core 1")
    book = load_workbook(path)
    assert book.sheetnames[:3] == [one.label.zh for one in chosen]
    rules = {
        sheet.title: [r.formula1 for r in sheet.data_validations.dataValidation if r.type == "list"]
        for sheet in book.worksheets[:3]
    }
    ranges = [one for formulas in rules.values() for one in formulas]
    assert len(ranges) == len(set(ranges)) > 4
    counties = {
        book["_lists"][formula.split("!")[1].split(":")[0].replace("$", "")].value for formula in ranges
    }
    assert "国家级" in counties
    file = read_table(filled(path, PARK, sheet=1), packs.records)
    assert [table.type.id for table in file.tables] == ["agri_parks"]
    assert [(f.code, f.severity) for f in file.faults] == [("no-data-rows", "hint")] * 2


def test_references_are_offered_where_the_register_is_small(packs: Packs, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    known = {("villages", "code"): {"330523100200", "330523100201"}}
    write_table(
        packs.records["assignments"],
        [],
        path,
        values=lambda type_, name: known.get((type_, name), [str(n) for n in range(501)]),
    )
    book = load_workbook(path)
    rules = {str(r.sqref).split(":")[0]: r for r in book.worksheets[0].data_validations.dataValidation}
    village, post = rules["B2"], rules["A2"]
    assert village.type == "list" and village.errorStyle == "warning" and post.type is None
    cells = book["_lists"]["B"]
    assert [cell.value for cell in cells if cell.value] == ["330523100200", "330523100201"]


def changed(record_type: RecordType, **fields: Any) -> RecordType:
    """The type as a later version of its pack has it; None takes a field out."""
    left = {name: spec for name, spec in record_type.fields.items() if fields.get(name, spec) is not None}
    left.update({name: spec for name, spec in fields.items() if spec is not None})
    return record_type.model_copy(update={"fields": left})


def test_a_file_of_another_version_is_read_and_told_what_changed(
    packs: Packs, parks: RecordType, regions: RegionTree, tmp_path: Path
) -> None:
    spec = parks.fields["document"]
    label = spec.label.model_copy(update={"zh": "批复文件", "en": "Decision"})
    new = spec.model_copy(update={"label": label})
    later = changed(
        parks,
        cancelled=None,
        document=new,
        area=spec.model_copy(update={"label": spec.label.model_copy(update={"zh": "面积"})}),
    )
    path = tmp_path / "t.xlsx"
    write_table(parks, [], path, regions=regions, within=REGION, sample=True, packs_version="st-core 0.9")
    filled(path, [*PARK, "农科〔2022〕1号", None])
    file = read_table(path, {**packs.records, "agri_parks": later})
    hint = next(fault for fault in file.faults if fault.code == "template-version")
    assert hint.severity == "hint" and "st-core 0.9" in hint.message.zh
    for words in ("新增了面积", "取消日期", "“批准文号”现为“批复文件”"):
        assert words in hint.message.zh, hint.message.zh
    assert all(fault.severity != "error" for fault in file.faults)
    assert set(file.tables[0].columns) == set(later.fields) - {"area"}
    same = read_table(path, packs.records)
    assert "template-version" not in codes(same)


def test_the_sheet_may_be_renamed(packs: Packs, parks: RecordType, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_table(parks, [], path, sample=True)
    book = load_workbook(filled(path, PARK))
    book.worksheets[0].title = "安吉上报"
    book.save(path)
    file = read_table(path, packs.records)
    assert codes(file) == [] and len(file.tables[0].rows) == 1


def test_rows_stream_by_in_little_memory(packs: Packs, tmp_path: Path) -> None:
    made = 0

    def rows(count: int) -> Iterator[dict[str, Any]]:
        nonlocal made
        for number in range(count):
            made += 1
            yield {
                "uscc": f"91330500{number:09d}X",
                "name": f"示例单位{number}" * 5,
                "county": "330523",
                "year": 2024,
            }

    survey = packs.records["rd_survey"]
    write_table(survey, rows(10), tmp_path / "warm.xlsx")
    for name in ("a.xlsx", "a.csv"):
        peaks = []
        for count in (5_000, 40_000):
            tracemalloc.start()
            write_table(survey, rows(count), tmp_path / name, fill=False)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[1] < peaks[0] + 3 * 2**20, peaks
    assert len(read_table(tmp_path / "a.xlsx", packs.records).tables[0].rows) == 40_000


def test_what_a_sheet_cannot_hold_is_refused_and_nothing_is_left(
    packs: Packs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = packs.records["rd_survey"]
    long = {
        "uscc": "91350100M000100Y43",
        "name": "长" * 32_768,
        "county": "330523",
        "year": 2024,
        "expenditure": 1,
    }
    with pytest.raises(KechuangError) as caught:
        write_table(survey, [long], tmp_path / "a.xlsx")
    assert caught.value.code == "text-too-long" and "B2" in caught.value.message.zh
    monkeypatch.setattr(sheetxml, "LAST_ROW", 3)
    with pytest.raises(KechuangError) as caught:
        write_table(survey, [{"year": 2024}] * 3, tmp_path / "a.xlsx")
    assert caught.value.code == "too-many-rows"
    assert list(tmp_path.iterdir()) == []
