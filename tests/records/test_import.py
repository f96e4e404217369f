"""Files into the store: everything or nothing, every fault at once with its place."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from kechuang.errors import KechuangError
from kechuang.records import importing
from kechuang.records.checks import LIMIT
from kechuang.records.templates import write_table


def codes(result: Any) -> list[str]:
    return [fault.code for fault in result.errors]


def test_a_workbook_is_stored_with_the_place_of_every_row(office: Any) -> None:
    result = office.bring(office.write("a.xlsx", office.survey(1), office.survey(2, amount="1,000")))
    assert result.ok and result.as_dict()["accepted"] == 2
    (first, second) = office.store.as_of(office.store._now().date(), "rd_survey")
    assert {first.row, second.row} == {2, 3}
    assert {record.data["expenditure"] for record in (first, second)} == {12.5, 1000.0}
    assert first.file == "a.xlsx" and first.data["county"] == "330523" and first.reviewed_by == "统计科"
    (batch,) = office.store.batches()
    assert batch.columns == {
        "Sheet": {"uscc": "A", "name": "B", "county": "C", "year": "D", "expenditure": "E"}
    }
    assert batch.id == "B20260105-0001" and batch.state == "accepted"


def test_csv_in_the_encodings_of_offices(office: Any) -> None:
    plain = office.write("a.csv", office.survey(1))
    text = plain.read_text("utf-8")
    for name, content in {
        "bom.csv": text.encode("utf-8-sig"),
        "gbk.csv": text.encode("gb18030"),
        "utf16.csv": text.replace(",", "\t").encode("utf-16"),
        "semicolon.csv": text.replace(",", ";").encode(),
    }.items():
        path = office.folder / name
        path.write_bytes(content)
        result = office.bring(path, dry_run=True)
        assert result.ok and result.rows == 1, (name, result.errors)


def test_every_fault_of_every_file_at_once_and_nothing_stored(office: Any) -> None:
    row = office.survey
    good = office.write("good.xlsx", row(1))
    first = office.write(
        "first.xlsx",
        row(2, amount="很多"),
        row(3, county="安吉乡"),
        row(4, year=2031),
    )
    second = office.write("second.csv", ["91350100M000100Y44", "甲", "安吉县", 2024, 1], row(6, amount=-1))
    result = office.bring(good, first, second)
    assert not result.ok and result.as_dict()["accepted"] == 0 and result.as_dict()["batch"] is None
    found = {(e.place.file, e.place.sheet, e.place.cell, e.code) for e in result.errors}
    assert found == {
        ("first.xlsx", "Sheet", "E2", "not-a-number"),
        ("first.xlsx", "Sheet", "C3", "unknown-region"),
        ("first.xlsx", "Sheet", "D4", "future-date"),
        ("second.csv", None, "A2", "uscc-check-digit"),
        ("second.csv", None, "E3", "out-of-range"),
    }
    assert office.stored() == (0, 0)
    assert not (office.folder / "files").exists()
    assert office.bring(good, dry_run=True).ok
    assert office.stored() == (0, 0)


def test_columns_that_do_not_fit(office: Any) -> None:
    header = [
        "统一社会信用代码",
        "单位名称",
        "所在县市",
        "R&D经费内部支出（亿元）",
        "单位名称",
        "经费来源",
        None,
    ]
    row = [office.code(1), "甲", "安吉县", 1, "乙", "财政", "备注"]
    result = office.bring(office.write("a.xlsx", row, header=header), type="rd_survey")
    assert {(e.code, e.place.column) for e in result.errors} >= {
        ("missing-column", None),
        ("wrong-unit", "D"),
        ("duplicate-column", "E"),
        ("unknown-column", "F"),
        ("unknown-column", "G"),
    }
    assert "年度" in next(e.message.zh for e in result.errors if e.code == "missing-column")


def test_headers_in_other_words(office: Any) -> None:
    for number, header in enumerate(
        [
            ["uscc", "name", "county", "year", "expenditure"],
            [
                "Unified social credit code",
                "Name of unit",
                "County",
                "YEAR ",
                "Internal R&D expenditure (万元)",
            ],
            ["统一社会信用代码*", "单位 名称", "所在\n县市", "年度", "R&D经费内部支出(万元)"],
        ]
    ):
        path = office.write(f"{number}.xlsx", office.survey(1), header=header)
        assert office.bring(path, dry_run=True, type="rd_survey").ok, number


def test_a_title_above_the_header_and_empty_rows_below(office: Any) -> None:
    book = Workbook()
    for row in [
        ["2024年研发经费调查表"],
        ["填报单位：", "科技局"],
        [],
        ["统一社会信用代码", "单位名称", "所在县市", "年度", "R&D经费内部支出"],
    ]:
        book.active.append(row)
    book.active.append(office.survey(1))
    for _ in range(5):
        book.active.append([None, " "])
    book.active.append(office.survey(2))
    book.save(office.folder / "a.xlsx")
    result = office.bring(office.folder / "a.xlsx")
    assert result.ok and result.rows == 2
    assert sorted(r.row or 0 for r in office.store.as_of(office.store._now().date(), "rd_survey")) == [5, 11]


def test_the_type_is_found_by_stamp_header_or_option(office: Any) -> None:
    for type_ in office.packs.records.values():
        path = office.folder / f"{type_.id}.xlsx"
        write_table(type_, [], path)
        result = office.bring(path)
        assert codes(result) == ["no-data-rows"], type_.id
    assert codes(office.bring(office.write("x.csv", ["1", "2"], header=["甲", "乙"]))) == ["unknown-type"]
    assert codes(office.bring(office.write("y.csv", office.survey(1)), type="sme")) == ["wrong-type"]
    with pytest.raises(KechuangError, match="rd_surveys"):
        office.bring(office.write("y.csv", office.survey(1)), type="rd_surveys")


def test_several_registers_in_one_workbook(office: Any) -> None:
    book = Workbook()
    book.active.title = "经费"
    for row in [
        ["统一社会信用代码", "单位名称", "所在县市", "年度", "R&D经费内部支出"],
        office.survey(1),
        office.survey(2),
    ]:
        book.active.append(row)
    time = book.create_sheet("工时")
    for row in [
        ["统一社会信用代码", "所在县市", "年度", "岗位组编号", "人数", "研发工作量比例"],
        [office.code(1), "安吉县", 2024, "研发-01", 3, 0.5],
    ]:
        time.append(row)
    book.create_sheet("备忘").append(["记得", "核对"])
    book.create_sheet("Sheet3")
    book.save(office.folder / "a.xlsx")
    result = office.bring(office.folder / "a.xlsx")
    assert result.ok
    assert [(o.type, o.rows) for o in result.outcomes] == [("rd_survey", 2), ("rd_time", 1)]
    assert [w["sheet"] for w in result.as_dict()["warnings"] if w["code"] == "sheet-ignored"] == ["备忘"]
    assert len({o.batch for o in result.outcomes}) == 2


def test_the_same_key_twice_names_both_rows(office: Any) -> None:
    row = office.survey
    result = office.bring(office.write("a.xlsx", row(1), row(2), row(1, amount=3)))
    (error,) = result.errors
    assert error.code == "duplicate-key" and error.place.row == 4 and "第2行" in error.message.zh
    both = office.bring(office.write("b.csv", row(7)), office.write("c.csv", row(7)))
    assert codes(both) == ["duplicate-key"] and "b.csv" in both.errors[0].message.zh


def test_a_key_too_long_to_index(office: Any) -> None:
    park = {"park": "园" * 501, "county": "330523", "level": "national", "status": "building"}
    result = office.bring(office.records("agri_parks", {**park, "approved": "2022-05-01"}), who="甲" * 300)
    assert codes(result) == ["key-too-long"]
    fits = office.records("agri_parks", {**park, "park": "园" * 500, "approved": "2022-05-01"})
    assert office.bring(fits, who="甲" * 300).ok


def test_checks_of_the_pack(office: Any) -> None:
    row = office.survey
    header = ["uscc", "name", "county", "year", "expenditure", "basic", "applied", "experimental"]
    result = office.bring(
        office.write("a.csv", [*row(1), 1, 2, 3], [*row(2, amount=6), 1, 2, 3], header=header)
    )
    (error,) = result.errors
    assert (error.code, error.place.row, error.place.column) == ("parts-of-expenditure", 2, "E")
    sme = {
        "uscc": office.code(1),
        "name": "甲",
        "county": "330523",
        "year": 2025,
        "entry": "1",
        "registered": "2025-03-01",
    }
    path = office.records("sme", {**sme, "staff": 10, "st_staff": 3, "revenue": 10, "rd_cost": 50})
    accepted = office.bring(path)
    assert accepted.ok and [f.code for f in accepted.faults] == ["rd-cost-size"]
    assert accepted.as_dict()["errors"] == [] and len(accepted.as_dict()["warnings"]) == 1


VILLAGE = {
    "list": "2023", "list_date": "2023-12-01", "code": "330523100200", "name": "甲村", "county": "330523",
    "township": "乙镇", "kind": "village",
}  # fmt: skip
POST = {
    "commissioner": "T-01", "kind": "individual", "county": "330523",
    "unit": "农科院", "skill": "crops", "start": "2024-01-01",
}  # fmt: skip
LINK = {"commissioner": "T-01", "village": "330523100200", "county": "330523", "start": "2024-02-01"}


def test_references_are_looked_up_in_the_store_and_in_the_same_import(office: Any) -> None:
    links = office.records("assignments", LINK, name="links.csv")
    villages = office.records("villages", VILLAGE, name="villages.xlsx")
    posts = office.records("commissioners", POST, name="posts.xlsx")
    assert codes(office.bring(links)) == ["reference-unknown"] * 2
    assert codes(office.bring(links, villages)) == ["reference-unknown"]
    assert office.bring(links, villages, posts).ok
    more = office.records("assignments", {**LINK, "start": "2025-02-01"}, name="more.csv")
    assert office.bring(more).ok


def test_many_faults_are_counted_not_listed(office: Any) -> None:
    result = office.bring(office.write("a.csv", *[office.survey(n, amount="x") for n in range(LIMIT + 20)]))
    assert len(result.errors) == LIMIT + 1
    assert result.errors[-1].code == "too-many" and "20" in result.errors[-1].message.zh


# -- damaged files


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def damaged(office: Any, kind: str) -> Path:
    good = office.write("good.xlsx", *[office.survey(n) for n in range(50)])
    content = good.read_bytes()
    path = office.folder / f"{kind}.xlsx"
    if kind == "missing":
        return path
    if kind == "folder":
        path.mkdir()
        return path
    if kind == "bomb":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(5):
                archive.writestr(f"xl/{number}", bytes(120 * 2**20))
        return path
    path.write_bytes(
        {
            "empty": b"",
            "blank": b" \n ",
            "truncated": content[: len(content) // 2],
            "noise": bytes(range(256)) * 9,
            "words": "不是工作簿".encode(),
            "zip": b"PK\x03\x04" + bytes(100),
            "protected": OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(900),
            "ole": OLE + bytes(2000),
        }[kind]
    )  # fmt: skip
    return path


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("missing", "file-missing"),
        ("folder", "file-missing"),
        ("empty", "empty-file"),
        ("blank", "empty-file"),
        ("truncated", "unreadable-workbook"),
        ("noise", "unreadable-workbook"),
        ("words", "unreadable-workbook"),
        ("zip", "unreadable-workbook"),
        ("ole", "unreadable-workbook"),
        ("protected", "password-protected"),
        ("bomb", "file-too-large"),
    ],
)
def test_a_file_that_cannot_be_read(office: Any, kind: str, code: str) -> None:
    result = office.bring(damaged(office, kind))
    assert codes(result) == [code]
    assert office.stored() == (0, 0)


def test_other_kinds_of_nothing(office: Any) -> None:
    Workbook().save(office.folder / "blank.xlsx")
    assert codes(office.bring(office.folder / "blank.xlsx")) == ["empty-file"]
    assert codes(office.bring(office.write("header.xlsx"))) == ["no-data-rows"]
    (office.folder / "q.csv").write_text('a,b\n"没有结束', "utf-8")
    assert codes(office.bring(office.folder / "q.csv")) == ["unreadable-csv"]


def test_error_values_and_formulas_never_computed_are_not_taken_for_empty(office: Any) -> None:
    row = office.survey
    header = ["uscc", "name", "county", "year", "expenditure", "basic"]
    path = office.write(
        "a.xlsx",
        [*row(1), "#DIV/0!"],
        [*row(2), "=1+1"],
        [*row(3), 5],
        header=header,
    )
    result = office.bring(path, type="rd_survey")
    assert [(e.code, e.place.cell) for e in result.errors] == [
        ("cell-error", "F2"),
        ("formula-not-computed", "F3"),
    ]


# -- again, corrected, cut off


def test_the_same_file_again_changes_nothing_and_says_so(office: Any) -> None:
    path = office.write("a.xlsx", office.survey(1), office.survey(2))
    first = office.bring(path)
    again = office.bring(path)
    assert again.ok and again.repeated and again.as_dict()["batch"] == first.as_dict()["batch"]
    assert office.stored() == (1, 2)
    other = office.bring(office.write("b.csv", office.survey(1), office.survey(2)))
    assert not other.repeated and other.as_dict()["unchanged"] == 2
    assert office.stored() == (2, 2)


def test_a_correction_is_a_new_version(office: Any) -> None:
    row = office.survey
    office.bring(office.write("a.xlsx", row(1), row(2)))
    result = office.bring(office.write("b.xlsx", row(1, amount=20), row(2), row(3)))
    assert {k: result.as_dict()[k] for k in ("new", "corrected", "unchanged")} == {
        "new": 1,
        "corrected": 1,
        "unchanged": 1,
    }
    versions = office.store.history("rd_survey", f"{office.code(1)}|2024")
    assert [(v.number, v.data["expenditure"], v.file) for v in versions] == [
        (1, 12.5, "a.xlsx"),
        (2, 20.0, "b.xlsx"),
    ]
    assert versions == office.store.history("rd_survey", [office.code(1), 2024])
    assert versions == office.store.history("rd_survey", {"year": 2024, "uscc": office.code(1)})
    # Back to the first: the first file again is now a correction, not a repetition.
    assert office.bring(office.folder / "a.xlsx").as_dict()["corrected"] == 1


def test_sample_and_reported_are_not_the_same(office: Any) -> None:
    path = office.write("a.xlsx", office.survey(1))
    office.bring(path, nature="sample")
    assert office.bring(path, nature="reported").as_dict()["corrected"] == 1
    assert [v.nature for v in office.store.history("rd_survey", f"{office.code(1)}|2024")] == [
        "sample",
        "reported",
    ]


def test_an_import_cut_off_half_way_leaves_nothing(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = office.write("one.csv", office.survey(1)), office.write("two.csv", office.survey(2))
    enter = importing.audit.enter
    entered = []

    def fail(*args: Any, **more: Any) -> Any:
        entered.append(enter(*args, **more))
        if len(entered) == 2:
            raise KeyboardInterrupt
        return entered[-1]

    monkeypatch.setattr(importing.audit, "enter", fail)
    with pytest.raises(KeyboardInterrupt):
        office.bring(one, two)
    monkeypatch.undo()
    assert office.stored() == (0, 0)
    assert list((office.folder / "files").iterdir()) == []
    assert office.store.verify() == []
    assert office.bring(one, two).ok


def test_the_original_is_kept_and_its_loss_noticed(office: Any) -> None:
    path = office.write("a.xlsx", office.survey(1))
    office.bring(path)
    (kept,) = (office.folder / "files").iterdir()
    assert kept.read_bytes() == path.read_bytes()
    kept.write_bytes(b"x")
    assert [f.code for f in office.store.verify()] == ["file-changed"]
    kept.unlink()
    assert [f.code for f in office.store.verify()] == ["file-missing"]


# -- templates


def test_a_template_helps_and_protects(office: Any) -> None:
    type_ = office.packs.records["agri_parks"]
    path = office.folder / "t.xlsx"
    write_table(type_, [], path, packs_version="st-core 1", regions=office.store.regions, within="330500")
    book = load_workbook(path)
    sheet = book["农业科技园区"]
    assert book.sheetnames[0] == "农业科技园区" and "填报说明" in book.sheetnames
    assert book["_kechuang"].sheet_state == "hidden" and book["_kechuang"]["B1"].value == "agri_parks"
    assert sheet.freeze_panes == "A2" and sheet.protection.sheet
    assert sheet["A1"].protection.locked and not sheet["A2"].protection.locked
    lists = {
        str(rule.sqref).split(":")[0]: rule
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    assert set(lists) == {"B2", "C2", "D2"}
    counties = [cell.value for cell in book["_lists"]["B"] if cell.value]
    assert "安吉县" in counties and "湖州市" not in counties
    assert any("所在县市" in str(row[0].value) for row in book["填报说明"].iter_rows())


def test_text_that_looks_like_a_formula_is_written_as_text_and_read_back(office: Any) -> None:
    row = office.survey
    names = ["=1+1", "+甲", "-乙", "@丙", "'=丁", "'戊", "=cmd|' /C calc'!A0"]
    office.bring(office.write("a.csv", *[row(n) for n in range(len(names))]))
    type_ = office.packs.records["rd_survey"]
    rows = [
        {**r.data, "name": names[n]}
        for n, r in enumerate(office.store.as_of(office.store._now().date(), type_.id))
    ]
    for name in ("out.xlsx", "out.csv"):
        path = office.folder / name
        write_table(type_, rows, path, excel=True)
        if name == "out.csv":
            assert path.read_bytes().startswith(b"\xef\xbb\xbf")
            assert not any(
                cell[:1] in "=+-@"
                for line in path.read_text("utf-8-sig").splitlines()
                for cell in line.split(",")
                if cell
            )
        else:
            assert {cell.data_type for cell in load_workbook(path).worksheets[0]["B"][: len(names) + 1]} == {
                "s"
            }
        assert office.bring(path).ok
        found = [r.data["name"] for r in office.store.as_of(office.store._now().date(), type_.id)]
        assert found == names


def test_what_was_exported_comes_back_unchanged(office: Any) -> None:
    office.bring(office.records("villages", VILLAGE), office.records("commissioners", POST, name="p.csv"))
    office.bring(
        office.records(
            "assignments", LINK, {**LINK, "start": "2025-01-01", "end": "2027-01-01"}, name="l.csv"
        )
    )
    for type_ in ("villages", "commissioners", "assignments"):
        rows = [r.data for r in office.store.as_of(office.store._now().date(), type_)]
        for suffix in ("xlsx", "csv"):
            path = office.folder / f"{type_}-out.{suffix}"
            write_table(
                office.packs.records[type_], rows, path, regions=office.store.regions, within="330500"
            )
            result = office.bring(path)
            assert result.ok and result.as_dict()["unchanged"] == len(rows) > 0


def test_a_file_is_written_whole_or_not_at_all(office: Any) -> None:
    type_ = office.packs.records["rd_survey"]
    with pytest.raises(KechuangError) as caught:
        write_table(type_, [], office.folder / "none" / "a.xlsx")
    assert caught.value.code == "not-writable"
    with pytest.raises(KechuangError) as caught:
        write_table(type_, [], office.folder / "a.pdf")
    assert caught.value.code == "unknown-suffix"
    assert list(office.folder.glob(".*")) == []
