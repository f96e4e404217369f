"""The built-in pack is sound; a broken one is told with file and line, everything at once."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kechuang.errors import KechuangError
from kechuang.indicators.definition import definitions
from kechuang.indicators.schema import schema_of
from kechuang.packs import RecordType, built_in_packs, load_packs
from kechuang.packs.describe import describe
from kechuang.packs.load import BUILT_IN

EVERY = load_packs(built_in_packs())
EIGHT = [
    "rd_intensity",
    "fiscal_st_share",
    "rd_fte",
    "high_tech_enterprises",
    "commissioner_coverage",
    "agri_parks",
    "new_rd_institutions",
    "st_smes",
]
PERSONS = ("姓名", "身份证", "手机", "电话", "住址", "民族", "籍贯", "出生", "性别")

PACK = 'pack: own\nlabel: {zh: 自有, en: Own}\nversion: "1"\n'
GOOD = """\
record: labs
label: {zh: 实验室, en: Laboratories}
key: [name, year]
time: {year: year}
region: {field: county}
frame: {type: labs, "on": [name]}
deadline: {month: 3, day: 31}
fields:
  name:   {type: text, label: {zh: 名称, en: Name}}
  year:   {type: year, label: {zh: 年度, en: Year}}
  county: {type: region, level: county, label: {zh: 县市, en: County}}
  staff:  {type: integer, min: 0, max: 10, label: {zh: 人数, en: Staff}}
  kind:   {type: choice, choices: {a: {zh: 甲, en: A}}, label: {zh: 类别, en: Kind}}
  parent: {type: text, required: false, reference: labs.name, label: {zh: 上级, en: Parent}}
checks:
  - id: few
    test: staff < 5
    fields: [staff]
    message: {zh: 人多, en: Many}
provisional: year == 2024
entry: parent
"""


def own(folder: Path, **files: str) -> Path:
    """A pack called own in ``folder``; file names with __ for a slash."""
    for name, content in {"pack": PACK, **files}.items():
        path = folder / "own" / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return folder


def faults(folder: Path) -> list[tuple[str, str, int | None]]:
    with pytest.raises(KechuangError) as caught:
        load_packs(["own"], [folder])
    return [(f.code, Path(f.place.file or "").name, f.place.line) for f in caught.value.faults]


def test_the_core_pack_is_sound() -> None:
    packs = load_packs(["st-core"])
    assert set(EIGHT) <= set(packs.indicators)
    assert {"rd_survey", "accounts", "villages", "assignments", "plan_milestones"} <= set(packs.records)


def test_every_built_in_pack_loads_by_itself_with_the_core() -> None:
    names = built_in_packs()
    assert names[0] == "st-core" and len(names) >= 4
    for name in names:
        packs = load_packs(dict.fromkeys(["st-core", name]))
        assert all(info.description for info in packs.info)


@pytest.mark.parametrize("record_type", EVERY.records.values(), ids=lambda one: one.id)
def test_every_record_type_is_whole(record_type: RecordType) -> None:
    assert record_type.region is not None
    assert record_type.description is not None
    assert any((record_type.time.year, record_type.time.on, record_type.time.from_))
    for spec in record_type.fields.values():
        assert spec.label.zh and spec.label.en
        assert not any(word in spec.label.zh for word in PERSONS), spec.label.zh
    for name in record_type.key:
        assert record_type.fields[name].required


def test_every_indicator_can_be_read_and_names_its_document() -> None:
    for definition in definitions(EVERY, schema_of(EVERY)):
        spec = definition.spec
        assert spec.definition.source and spec.definition.clause
        assert "|" not in spec.label.zh and spec.aliases


def test_no_two_indicators_go_by_one_name() -> None:
    names: dict[str, str] = {}
    for spec in EVERY.indicators.values():
        for name in {spec.label.zh, *spec.aliases}:
            assert names.setdefault(name, spec.id) == spec.id, name


def test_a_workspace_pack_stands_before_a_built_in_one(tmp_path: Path) -> None:
    shutil.copytree(BUILT_IN / "st-core", tmp_path / "st-core")
    info = tmp_path / "st-core" / "pack.yaml"
    info.write_text(info.read_text("utf-8").replace('"2026.2"', '"mine"'), "utf-8")
    assert load_packs(["st-core"], [tmp_path]).info[0].version == "mine"


def test_a_sound_pack_of_ones_own(tmp_path: Path) -> None:
    packs = load_packs(["own", "st-core"], [own(tmp_path, records__labs=GOOD)])
    assert packs.records["labs"].fields["staff"].max == 10
    deadline = packs.records["labs"].deadline
    assert deadline is not None and deadline.for_year(2024) == date(2025, 3, 31)


BROKEN: list[tuple[str, str, int]] = [
    ("key: [name, year]", "key: [name, yaer]", 3),
    ("key: [name, year]", "key: [name, parent]", 3),
    ("key: [name, year]", "key: []", 3),
    ("time: {year: year}", "time: {year: staff}", 4),
    ("time: {year: year}", "time: {from: start}", 4),
    ("region: {field: county}", "region: {field: name}", 5),
    ("region: {field: county}", "region: {field: place}", 5),
    ("frame: {type: labs,", "frame: {type: lab,", 6),
    ('"on": [name]', '"on": [nam]', 6),
    ("staff:  {type: integer, min: 0", "staff:  {type: integer, min: 20", 12),
    ("kind:   {type: choice", "kind:   {type: text", 13),
    ("{type: choice, choices: {a: {zh: 甲, en: A}},", "{type: choice,", 13),
    ("reference: labs.name", "reference: labs.nom", 14),
    ("reference: labs.name", 'pattern: "(["', 14),
    ("{zh: 上级, en: Parent}", "{zh: 类别, en: Parent}", 14),
    ("  parent:", "  _parent:", 14),
    ("test: staff < 5", "test: stuff < 5", 17),
    ("test: staff < 5", "test: staff <", 17),
    ("test: staff < 5", "test: sum(labs.staff) < 5", 17),
    ("fields: [staff]", "fields: [stuff]", 18),
    ("provisional: year == 2024", "provisional: yaer == 2024", 20),
    ("entry: parent", "entry: parant", 21),
    ("entry: parent", "entry: staff", 21),
    ("    message: {zh: 人多, en: Many}", "    mesage: {zh: 人多, en: Many}", 19),
    ("type: year,", "type: jahr,", 10),
]


@pytest.mark.parametrize(("old", "new", "line"), BROKEN)
def test_a_broken_declaration_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    assert old in GOOD
    found = faults(own(tmp_path, records__labs=GOOD.replace(old, new, 1)))
    assert line in [where for _, file, where in found if file == "labs.yaml"], found


HINTED = """\
record: hinted
label: {zh: 示意, en: Hinted}
key: [name]
sample: {rows: 3, each: [county]}
fields:
  name:   {type: text, label: {zh: 名称, en: Name}, sample: {template: "示例{county}{n:02d}"}}
  county: {type: region, label: {zh: 县市, en: County}}
  year:   {type: year, label: {zh: 年度, en: Year}, sample: {low: 2020, high: 2024}}
  begun:  {type: date, label: {zh: 开始, en: Begun}, sample: {low: 2020-01-01, high: 2021-01-01}}
  ended:  {type: date, required: false, label: {zh: 结束, en: Ended}, sample: {after: begun, low: 10, share: 0.2}}
  kind:   {type: choice, choices: {a: {zh: 甲, en: A}}, label: {zh: 类, en: Kind}, sample: {values: [a]}}
  total:  {type: number, min: 0, max: 9, label: {zh: 总, en: Total}, sample: {low: 1, high: 8, shape: log}}
  part:   {type: number, label: {zh: 分, en: Part}, sample: {formula: total * draw, decimals: 1}}
"""
MISHINTED: list[tuple[str, str, int]] = [
    ("each: [county]", "each: [conty]", 4),
    ("each: [county]", "each: [total]", 4),
    ("{county}{n:02d}", "{begun}", 6),
    ("{county}{n:02d}", "{county", 6),
    ("{county}{n:02d}", "{n:%Y}", 6),
    ("{county}{n:02d}", "{n.real}", 6),
    ('template: "示例{county}{n:02d}"', "low: 1", 6),
    ("low: 2020, high: 2024", "low: 2020-01-01", 8),
    ("low: 2020, high: 2024", "low: 2025, high: 2024", 8),
    ("low: 2020, high: 2024", 'template: "{n}"', 8),
    ("low: 2020-01-01, high: 2021-01-01", "low: 2022-01-01, high: 2021-01-01", 9),
    ("low: 2020-01-01, high: 2021-01-01", "low: 5", 9),
    ("after: begun", "after: ended", 10),
    ("after: begun", "after: county", 10),
    ("values: [a]", "values: [b]", 11),
    ("values: [a]", "values: [a], share: 0.5", 11),
    ("values: [a]", "values: [a], shape: log", 11),
    ("low: 1, high: 8", "low: -1, high: 8", 12),
    ("low: 1, high: 8", "low: 1, high: 10", 12),
    ("low: 1, high: 8", "low: 8, high: 1", 12),
    ("low: 1, high: 8", "after: begun", 12),
    ("formula: total * draw", "formula: totl * draw", 13),
    ("formula: total * draw", "formula: part * draw", 13),
    ("formula: total * draw", "formula: total *", 13),
    ("formula: total * draw", "formula: total * draw, values: [1]", 13),
    ("decimals: 1", "decimals: -1", 13),
    ("decimals: 1", "share: 2", 13),
]


def test_sound_hints_of_samples(tmp_path: Path) -> None:
    assert load_packs(["own"], [own(tmp_path, records__hinted=HINTED)]).records["hinted"].sample.rows == 3


@pytest.mark.parametrize(("old", "new", "line"), MISHINTED)
def test_hints_that_cannot_be_followed_are_told_with_their_line(
    tmp_path: Path, old: str, new: str, line: int
) -> None:
    assert old in HINTED
    found = faults(own(tmp_path, records__hinted=HINTED.replace(old, new, 1)))
    assert line in [where for _, file, where in found if file == "hinted.yaml"], found


def test_all_faults_of_all_files_at_once(tmp_path: Path) -> None:
    one = (
        GOOD.replace("staff < 5", "stuff < 5")
        .replace("labs.name", "labs.nom")
        .replace("{year: year}", "{year: x}")
    )
    two = GOOD.replace("record: labs", "record: others").replace("year == 2024", "year ==")
    indicator = (
        "indicator: i\nlabel: {zh: 数, en: N}\nunit: 家\nvalue: count(labs\n"
        "definition: {source: 甲, clause: 乙}\n"
    )
    found = faults(own(tmp_path, records__one=one, records__two=two, indicators__i=indicator))
    assert {("one.yaml", 17), ("one.yaml", 14), ("one.yaml", 4), ("two.yaml", 20), ("i.yaml", 4)} <= {
        (file, line) for _, file, line in found
    }


def test_files_that_are_no_yaml(tmp_path: Path) -> None:
    assert faults(own(tmp_path, records__a="record: [a\nlabel: b\n"))[0][0] == "yaml-invalid"
    (tmp_path / "own" / "records" / "a.yaml").write_bytes("record: 中".encode("gbk"))
    assert faults(tmp_path)[0][0] == "yaml-encoding"
    (tmp_path / "own" / "records" / "a.yaml").write_text("", "utf-8")
    assert faults(tmp_path)[0][0] == "yaml-invalid"
    own(tmp_path, records__a=GOOD, records__b=GOOD)
    assert ("duplicate-declaration", "b.yaml", 1) in faults(tmp_path)
    with pytest.raises(KechuangError) as caught:
        load_packs(["none"], [tmp_path])
    assert caught.value.code == "pack-unknown" and caught.value.remedy is not None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_description_names_every_field_and_check(language: Any) -> None:
    for record_type in EVERY.records.values():
        text = describe(record_type, language)
        for name, spec in record_type.fields.items():
            assert f"`{name}`" in text and spec.label.text(language) in text
        assert all(check.message.text(language) in text for check in record_type.checks)
        assert all(f"`{one.id}` ({one.level}, {one.kind})" in text for one in record_type.compare)
