"""Sample records: drawn from any declaration, they pass the import, and one seed gives one file."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.language.regions import RegionTree
from kechuang.packs import Packs, built_in_packs, load_packs
from kechuang.records.database import connect
from kechuang.records.sampling import Sampler, Setting, write_samples
from kechuang.records.sampling.codes import example_code, serial_of
from kechuang.records.sampling.patterns import text_maker
from kechuang.records.store import Store
from kechuang.records.uscc import check_digit

REGIONS = RegionTree.national()
TODAY = date(2026, 1, 5)
EVERY = load_packs(built_in_packs())
#: Telephone and identity numbers, and mail addresses.
PERSONAL = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?![\dA-Z])|\w@\w")

HEAD = 'pack: own\nlabel: {zh: 自有, en: Own}\nversion: "1"\n'


def sampler(packs: Packs = EVERY, region: str = "330500", seed: int = 1, **more: Any) -> Sampler:
    return Sampler(packs, Setting(REGIONS, region, range(2021, 2025), TODAY), seed, **more)


def own(folder: Path, text: str) -> Packs:
    """A pack of one record type."""
    (folder / "own" / "records").mkdir(parents=True, exist_ok=True)
    (folder / "own" / "pack.yaml").write_text(HEAD, "utf-8")
    (folder / "own" / "records" / "one.yaml").write_text(text, "utf-8")
    return load_packs(["own"], [folder])


def one_type(fields: str, more: str = "", key: str = "[id]") -> str:
    lines = "\n".join(f"  {line}" for line in fields.strip().splitlines())
    return (
        f"record: one\nlabel: {{zh: 甲表, en: One}}\nkey: {key}\nfields:\n"
        f"  id: {{type: text, label: {{zh: 编号, en: Number}}}}\n{lines}\n{more}"
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("sampling")
    return Store(
        connect(folder / "kechuang.db"),
        EVERY,
        REGIONS,
        clock=lambda: datetime(2026, 1, 5, 9),
        region="330500",
    )


@pytest.mark.parametrize("seed", [0, 2026])
@pytest.mark.parametrize("name", sorted(EVERY.records))
def test_the_samples_of_every_built_in_type_import_without_an_error(
    name: str, seed: int, store: Store, tmp_path: Path
) -> None:
    drawn = sampler(seed=seed).draw([name])
    path = tmp_path / "s.xlsx"
    write_samples([(EVERY.records[one], rows) for one, rows in drawn.items()], path, REGIONS)
    result = store.import_files([path], who="甲", dry_run=True)
    assert [fault.full().zh for fault in result.errors] == []
    assert result.rows == sum(map(len, drawn.values()))
    assert name in result.types
    # Only comparisons with other records may warn: a unit has a record every year, also before it began.
    warned = [fault.code for fault in result.faults if fault.code != "sheet-ignored"]
    assert set(warned) <= {check.id for one in drawn for check in EVERY.records[one].compare}
    assert len(warned) <= result.rows / 2


def test_all_types_of_all_packs_together_import_and_hold_nothing_on_persons(
    store: Store, tmp_path: Path
) -> None:
    drawn = sampler(seed=5).draw(list(EVERY.records))
    assert set(drawn) == set(EVERY.records)
    files = write_samples(
        [(EVERY.records[one], rows) for one, rows in drawn.items()], tmp_path / "all", REGIONS
    )
    assert all(path.name.startswith("示例_") for path in files)
    result = store.import_files(files, who="甲", dry_run=True)
    assert [fault.full().zh for fault in result.errors] == []
    for rows in drawn.values():
        for row in rows:
            assert not PERSONAL.search(" ".join(str(value) for value in row.values())), row


def test_names_and_sources_say_that_they_are_made_up_and_regions_are_the_workspaces() -> None:
    inside = {"330500", *(region.code for region in REGIONS.descendants("330500"))}
    for name, rows in sampler().draw(list(EVERY.records)).items():
        for field, spec in EVERY.records[name].fields.items():
            values = {row[field] for row in rows if row[field] is not None}
            if field in {"name", "source"} and spec.type == "text":
                assert all("示例" in str(value) for value in values), (name, field, values)
            if spec.type == "region":
                assert values <= inside
            if spec.type == "uscc":
                assert all(check_digit(str(v)[:17]) == str(v)[17] and "EX" in str(v) for v in values)


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_one_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path, suffix: str) -> None:
    def written(name: str, seed: int) -> bytes:
        rows = sampler(seed=seed).draw(["sme"])["sme"]
        (path,) = write_samples([(EVERY.records["sme"], rows)], tmp_path / f"{name}.{suffix}", REGIONS)
        return path.read_bytes()

    assert written("a", 3) == written("b", 3) != written("c", 4)


def test_a_unit_goes_on_from_year_to_year_under_one_name() -> None:
    rows = sampler().draw(["rd_survey"])["rd_survey"]
    units: dict[Any, list[Any]] = {}
    for row in rows:
        units.setdefault(row["uscc"], []).append(row)
    for returns in units.values():
        assert [row["year"] for row in returns] == [2021, 2022, 2023, 2024]
        assert len({(row["name"], row["county"]) for row in returns}) == 1
        for earlier, later in pairwise(returns):
            assert 0.9 < later["expenditure"] / earlier["expenditure"] < 1.2


def test_references_take_given_records_where_there_are_some() -> None:
    villages = [{"code": "330523001200", "county": "330523"}]
    drawn = sampler(given=lambda name: villages if name == "villages" else ()).draw(["assignments"])
    assert set(drawn) == {"commissioners", "assignments"}
    posts = {row["commissioner"]: row["county"] for row in drawn["commissioners"]}
    for row in drawn["assignments"]:
        assert row["village"] == "330523001200"
        assert row["county"] == "330523" == posts[row["commissioner"]]


def test_keys_that_are_taken_are_left_alone() -> None:
    free = sampler().draw(["accounts"])["accounts"]
    taken = {f"{row['region']}|{row['year']}" for row in free if row["year"] != 2022}
    rows = sampler(taken=lambda _: taken).draw(["accounts"])["accounts"]
    assert {row["year"] for row in rows} == {2022}
    with pytest.raises(KechuangError) as caught:
        sampler(taken=lambda _: {f"{row['region']}|{row['year']}" for row in free}).draw(["accounts"])
    assert caught.value.code == "sample-impossible"


@pytest.mark.parametrize("rows", [1, 5, 100])
def test_the_number_of_rows_asked_for(rows: int) -> None:
    drawn = sampler().draw(["sme", "commissioners"], rows)
    assert {name: len(found) for name, found in drawn.items()} == {"sme": rows, "commissioners": rows}
    if rows == 100:
        assert len({row["county"] for row in drawn["sme"]}) == len(REGIONS.descendants("330500", "county"))


def test_a_type_without_any_hint_passes_its_checks(tmp_path: Path) -> None:
    fields = """
begun: {type: date, label: {zh: 开始, en: Begun}}
ended: {type: date, required: false, label: {zh: 结束, en: Ended}}
parts: {type: integer, min: 0, label: {zh: 部分, en: Parts}}
whole: {type: integer, min: 0, label: {zh: 全部, en: Whole}}
code:  {type: text, pattern: "[A-C]{2}-\\\\d{3,5}(X|YZ)?", label: {zh: 代码, en: Code}}
good:  {type: boolean, label: {zh: 合格, en: Good}}
more:  {type: text, required: false, reference: one.id, label: {zh: 上级, en: Parent}}
"""
    more = """time: {from: begun, to: ended}
checks:
  - {id: order, test: is_null(ended) or ended > begun, message: {zh: 先后, en: Order}}
  - {id: part, test: parts <= whole, message: {zh: 部分, en: Part}}
"""
    packs = own(tmp_path, one_type(fields, more))
    rows = sampler(packs).draw(["one"], 60)["one"]
    assert len(rows) == 60
    known: set[Any] = set()
    for row in rows:
        assert row["parts"] <= row["whole"]
        assert row["ended"] is None or row["ended"] > row["begun"]
        assert re.fullmatch(r"[A-C]{2}-\d{3,5}(X|YZ)?", row["code"])
        assert row["more"] is None or row["more"] in known
        known.add(row["id"])
    assert any(row["more"] for row in rows) and {row["good"] for row in rows} == {True, False}


def test_hints_are_followed(tmp_path: Path) -> None:
    fields = """
county: {type: region, level: county, label: {zh: 县, en: County}}
year:   {type: year, label: {zh: 年, en: Year}}
kind:   {type: choice, choices: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}}, label: {zh: 类, en: Kind}, sample: {values: [b]}}
total:  {type: number, label: {zh: 总, en: Total}, sample: {low: 10, high: 1000, shape: log, decimals: 1}}
part:   {type: number, label: {zh: 分, en: Part}, sample: {formula: total * draw, decimals: 2}}
begun:  {type: date, label: {zh: 始, en: Begun}, sample: {low: 2015-03-01, high: 2015-03-31}}
ended:  {type: date, label: {zh: 终, en: Ended}, sample: {after: begun, low: 10, high: 20}}
never:  {type: text, required: false, label: {zh: 无, en: Never}, sample: {share: 0}}
text:   {type: text, label: {zh: 文, en: Text}, sample: {template: "{county}{year}{kind}{n:03d}"}}
"""
    more = "time: {year: year}\nsample: {rows: 2, each: [county, year]}\n"
    packs = own(tmp_path, one_type(fields, more, "[id, year]"))
    rows = sampler(packs).draw(["one"])["one"]
    assert len(rows) == 2 * len(REGIONS.descendants("330500", "county")) * 4
    for row in rows:
        assert row["kind"] == "b" and 10 <= row["total"] <= 1000 and 0 <= row["part"] <= row["total"]
        assert round(row["total"], 1) == row["total"]
        assert row["begun"].year == 2015 and 10 <= (row["ended"] - row["begun"]).days <= 20
        assert row["never"] is None
        county = REGIONS.get(row["county"])
        assert county and row["text"].startswith(f"{county.name}{row['year']}乙")
    assert sorted(row["total"] for row in rows)[len(rows) // 2] < 300  # small ones are more frequent


COMPARED = """compare:
  - {id: one, kind: unique, fields: [name], level: error, message: {zh: 同名, en: Same}}
  - {id: sum, kind: parts, field: amount, group: [year], whole: kind == 'whole', message: {zh: 合计, en: Sum}}
  - {id: jump, kind: change, field: amount, low: 0.97, high: 1.03, level: error, message: {zh: 突变, en: Jump}}
  - {id: look, kind: lookup, other: one, on_fields: [up], test: amount >= 0, message: {zh: 对照, en: Look}}
"""


def test_comparisons_hold(tmp_path: Path) -> None:
    fields = """
year:   {type: year, label: {zh: 年, en: Year}}
name:   {type: text, label: {zh: 名, en: Name}, sample: {template: "示例{n}-{year}"}}
kind:   {type: choice, choices: {whole: {zh: 全, en: W}, part: {zh: 分, en: P}}, label: {zh: 类, en: Kind}}
amount: {type: number, label: {zh: 数, en: Amount}}
up:     {type: text, required: false, label: {zh: 上, en: Up}, sample: {share: 0}}
"""
    more = "time: {year: year}\nsample: {rows: 6, each: [year]}\n"
    steady = COMPARED.replace("kind: parts, field: amount", "kind: parts, field: amount, level: warning")
    rows = sampler(own(tmp_path / "a", one_type(fields, more + steady, "[id, year]"))).draw(["one"])["one"]
    assert len({row["name"] for row in rows}) == len(rows)
    for year in range(2021, 2025):
        parts = [row["amount"] for row in rows if row["year"] == year and row["kind"] == "part"]
        for row in rows:
            if row["year"] == year and row["kind"] == "whole" and parts:
                assert row["amount"] == pytest.approx(sum(parts))
    kept = {(row["id"], row["year"]): row["amount"] for row in rows if row["kind"] == "part"}
    changes = [kept[key, year + 1] / v for (key, year), v in kept.items() if (key, year + 1) in kept]
    assert changes and all(0.97 <= change <= 1.03 for change in changes)


def test_what_cannot_be_drawn_is_told(tmp_path: Path) -> None:
    never = "checks:\n  - {id: never, test: amount < 0, message: {zh: 不可能, en: Never}}\n"
    fields = "amount: {type: number, min: 0, label: {zh: 数, en: Amount}}"
    with pytest.raises(KechuangError) as caught:
        sampler(own(tmp_path / "a", one_type(fields, never))).draw(["one"])
    assert caught.value.code == "sample-impossible"
    assert "never" in caught.value.message.zh and caught.value.remedy is not None
    fields = 'code: {type: text, pattern: "(?=a)b", label: {zh: 码, en: Code}}'
    with pytest.raises(KechuangError) as caught:
        sampler(own(tmp_path / "b", one_type(fields))).draw(["one"])
    assert caught.value.code == "sample-pattern"


PIECES = st.sampled_from(
    ["A", r"\d", r"\w", "[A-F0-9]", "[^0-9]", "(?:ab|c)", "(X|YZ)", r"\-", r"\.", "示例"]
)
COUNTS = st.sampled_from(["", "?", "*", "+", "{3}", "{2,5}", "{1,}"])
PATTERNS = st.lists(st.tuples(PIECES, COUNTS).map("".join), min_size=1, max_size=6).map("".join)


@given(PATTERNS, st.integers(0, 99))
def test_a_text_drawn_for_a_pattern_matches_it(pattern: str, seed: int) -> None:
    assert re.fullmatch(pattern, text_maker(pattern)(Random(seed)))


@given(st.text(alphabet=r"ab01()[]{}?*+|\^$.,-dwsb<=!:P", max_size=12))
@settings(max_examples=400)
def test_any_pattern_is_drawn_for_rightly_or_refused(pattern: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # some of these mean something else one day
        try:
            compiled = re.compile(pattern)
        except (re.error, OverflowError):
            compiled = None
    try:
        draw = text_maker(pattern)
    except KechuangError as error:
        assert error.code == "sample-pattern"
        return
    if compiled is not None and not re.search(r"[\^$]", pattern):
        assert compiled.fullmatch(draw(Random(1)))


@given(st.integers(0, 999_999))
def test_an_example_code_is_valid_and_tells_its_number(serial: int) -> None:
    code = example_code("330523", serial)
    assert len(code) == 18 and check_digit(code[:17]) == code[17]
    assert serial_of(code) == serial


def test_files_that_cannot_be_written(tmp_path: Path) -> None:
    rows = sampler().draw(["sme"], 1)["sme"]
    table = (EVERY.records["sme"], rows)
    (tmp_path / "f.txt").write_text("")
    refused: list[Callable[[], object]] = [
        lambda: write_samples([table], tmp_path / "a.pdf"),
        lambda: write_samples([table, table], tmp_path / "a.csv"),
    ]
    for call in refused:
        with pytest.raises(KechuangError) as caught:
            call()
        assert caught.value.code == "unknown-suffix"
    with pytest.raises(KechuangError) as caught:
        write_samples([table], tmp_path / "f.txt" / "a.xlsx")
    assert caught.value.code == "not-writable"
