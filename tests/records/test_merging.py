"""Files from several offices put together: what is the same once, what contradicts for somebody to decide."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from kechuang.errors import KechuangError
from kechuang.language.regions import RegionTree
from kechuang.packs import Packs
from kechuang.records.mergebook import write_merged
from kechuang.records.merging import MergeResult, merge
from kechuang.records.templates import write_table

TODAY = date(2026, 1, 5)


def joined(office: Any, *paths: Path, prefer: Literal["first", "last"] | None = None) -> MergeResult:
    return merge(
        paths, office.packs.records, TODAY, prefer=prefer, regions=office.store.regions, within="330500"
    )


def written(office: Any, result: MergeResult) -> Path:
    path: Path = office.folder / "merged.xlsx"
    write_merged(result, path, regions=office.store.regions, within="330500")
    return path


def test_rows_of_all_files_once_with_their_sources(office: Any) -> None:
    row = office.survey
    one = office.write("安吉.xlsx", row(1), row(2))
    two = office.write("德清.csv", row(2), row(3, county="德清县"))
    result = joined(office, one, two)
    assert result.ok and (len(result.rows), result.repeated) == (3, 1) and not result.conflicts
    path = written(office, result)
    book = load_workbook(path)
    assert book.sheetnames[:2] == ["研发经费调查表", "行的来源"]
    sources = [[cell.value for cell in line] for line in book["行的来源"].iter_rows(min_row=4, max_col=5)]
    assert [(line[0], line[2], line[4]) for line in sources] == [
        (2, "安吉.xlsx", 2), (3, "安吉.xlsx", 3), (3, "德清.csv", 2), (4, "德清.csv", 3),
    ]  # fmt: skip
    imported = office.bring(path)
    assert imported.ok and imported.rows == 3
    assert {fault.code for fault in imported.faults} == set()


def test_contradictions_stop_the_import_until_somebody_decides(office: Any) -> None:
    row = office.survey
    one, two = office.write("a.csv", row(1), row(2)), office.write("b.csv", row(1, amount=99), row(3))
    result = joined(office, one, two)
    assert not result.ok
    (conflict,) = result.conflicts
    assert conflict.field == "expenditure" and conflict.kept is None
    assert [(r.file, r.number, value) for r, value in conflict.values] == [
        ("a.csv", 2, 12.5),
        ("b.csv", 2, 99.0),
    ]
    path = written(office, result)
    book = load_workbook(path)
    lines = [[cell.value for cell in line] for line in book["冲突"].iter_rows(min_row=4, max_col=7)]
    assert [(line[1], line[2], line[4], line[5], line[6]) for line in lines] == [
        ("R&D经费内部支出", "a.csv", 2, "12.5", "待定"),
        ("R&D经费内部支出", "b.csv", 2, "99", "待定"),
    ]
    data = book.worksheets[0]
    assert [data.cell(n, 1).fill.fill_type for n in (2, 3, 4, 5)] == ["solid", "solid", None, None]
    refused = office.bring(path)
    assert [fault.code for fault in refused.errors] == ["duplicate-key"] and office.stored() == (0, 0)
    data.delete_rows(2)
    book.save(path)
    assert office.bring(path).ok


@pytest.mark.parametrize(("prefer", "amount"), [("first", 12.5), ("last", 99.0)])
def test_one_file_may_be_preferred(office: Any, prefer: Literal["first", "last"], amount: float) -> None:
    one, two = office.write("a.csv", office.survey(1)), office.write("b.csv", office.survey(1, amount=99))
    result = joined(office, one, two, prefer=prefer)
    assert result.ok and [row.values["expenditure"] for row in result.rows] == [amount]
    assert len(result.conflicts) == 1 and result.conflicts[0].kept is not None
    path = written(office, result)
    done = [cell.value for cell in load_workbook(path)["冲突"]["G"][3:]]
    assert sorted(done) == ["不用", "采用"]
    assert office.bring(path).ok


def test_a_column_one_file_lacks_contradicts_nothing_but_an_empty_cell_does(office: Any) -> None:
    header = ["uscc", "name", "county", "year", "expenditure", "basic"]
    short = office.write("a.csv", office.survey(1))
    full = office.write("b.csv", [*office.survey(1), 5], header=header)
    result = joined(office, short, full)
    assert result.ok and [row.values["basic"] for row in result.rows] == [5.0]
    empty = office.write("c.csv", [*office.survey(1), None], header=header)
    assert [one.field for one in joined(office, full, empty).conflicts] == ["basic"]


def test_what_cannot_be_merged_says_why(office: Any) -> None:
    good = office.write("a.csv", office.survey(1))
    bad = office.write("b.csv", office.survey(2, amount="很多"), office.survey(3, county="安吉乡"))
    with pytest.raises(KechuangError) as caught:
        joined(office, good, bad)
    assert caught.value.code == "merge-faults"
    assert [(f.code, f.place.cell) for f in caught.value.faults] == [
        ("not-a-number", "E2"),
        ("unknown-region", "C3"),
    ]
    park = {
        "park": "园",
        "county": "330523",
        "level": "national",
        "status": "building",
        "approved": "2022-05-01",
    }
    with pytest.raises(KechuangError) as caught:
        joined(office, good, office.records("agri_parks", park, name="c.csv"))
    assert caught.value.code == "several-types"
    with pytest.raises(KechuangError) as caught:
        joined(office, office.folder / "none.csv")
    assert caught.value.code == "merge-faults" and caught.value.faults[0].code == "file-missing"
    with pytest.raises(KechuangError) as caught:
        write_merged(joined(office, good), office.folder / "m.csv")
    assert caught.value.code == "unknown-suffix"


def test_files_of_one_name_in_two_folders_are_told_apart(office: Any) -> None:
    one = office.write("a.csv", office.survey(1))
    other = office.folder / "德清"
    other.mkdir()
    two = other / "a.csv"
    two.write_bytes(office.write("b.csv", office.survey(1, amount=2)).read_bytes())
    (conflict,) = joined(office, one, two).conflicts
    assert len({row.file for row, _ in conflict.values}) == 2


def test_merging_loses_nothing_whatever_the_order(packs: Packs, tmp_path: Path) -> None:
    """Rows without contradiction: the same table comes of any order of files, every key once."""
    survey, regions = packs.records["rd_survey"], RegionTree.national()
    counted = st.lists(st.integers(2001, 2020), max_size=8)

    @settings(max_examples=20, deadline=None)
    @given(st.lists(counted, min_size=1, max_size=4).filter(any), st.randoms(use_true_random=False))
    def check(files: list[list[int]], chance: random.Random) -> None:
        paths = []
        for number, years in enumerate(files):
            rows = [
                {
                    "uscc": "91350100M000100Y43",
                    "name": "甲",
                    "county": "330523",
                    "year": y,
                    "expenditure": y / 2,
                }
                for y in years
            ]
            if rows:
                paths.append(tmp_path / f"{number}.csv")
                write_table(survey, rows, paths[-1])
        found = []
        for _ in range(2):
            chance.shuffle(paths)
            result = merge(paths, packs.records, TODAY, regions=regions, within="330500")
            assert result.ok and len(result.rows) + result.repeated == sum(map(len, files))
            found.append(sorted((row.key, sorted(row.values.items())) for row in result.rows))
        assert found[0] == found[1]
        assert [key for key, _ in found[0]] == sorted(
            {f"91350100M000100Y43|{y}" for years in files for y in years}
        )

    check()
