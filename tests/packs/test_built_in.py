"""What holds for every pack that comes with the program: nobody is asked for, all is said in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pytest
from tests.packs.conftest import ANJI, TODAY, drawn, holds

from kechuang.indicators import sentence
from kechuang.language.regions import RegionTree
from kechuang.packs import RecordType, built_in_packs, load_packs
from kechuang.records.fields import parser

PACKS = load_packs(built_in_packs())
TYPES = list(PACKS.records.values())
HINTED = list(load_packs(["culture-tourism", "environment", "livelihood"]).records.values())
PERSONAL = ("姓名", "身份证", "手机", "电话", "住址", "患者", "病人姓名", "户主", "民族成份", "性别", "出生")


def _id(item: object) -> str:
    return str(getattr(item, "id", item))


def test_the_packs_of_the_plan_are_there_and_fit_together() -> None:
    assert built_in_packs()[0] == "st-core"
    assert {"culture-tourism", "environment", "livelihood"} <= set(built_in_packs())
    for record_type in TYPES:
        assert record_type.region is not None and record_type.description is not None, record_type.id


@pytest.mark.parametrize("record_type", TYPES, ids=_id)
def test_no_record_type_asks_for_a_person(record_type: RecordType) -> None:
    for spec in record_type.fields.values():
        assert not any(word in spec.label.zh for word in PERSONAL), spec.label.zh


def _texts() -> Iterator[tuple[str, str]]:
    for item in TYPES:
        yield item.label.zh, item.label.en
        for spec in item.fields.values():
            yield spec.label.zh, spec.label.en
            yield from ((label.zh, label.en) for label in spec.choices.values())
        yield from ((check.message.zh, check.message.en) for check in item.checks)
        yield from ((check.message.zh, check.message.en) for check in item.compare if check.message)


def test_everything_is_said_in_chinese_and_in_english() -> None:
    chinese = {zh for zh, _ in _texts()}
    for zh, en in _texts():
        assert zh.strip() and en.strip()
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in re.sub("[万亿](?:元|吨)", "", en)), en
    assert len(chinese) > 300


@pytest.mark.parametrize("record_type", TYPES, ids=_id)
def test_a_lookup_finds_one_record(record_type: RecordType) -> None:
    """Where the key of the other register is not given whole, any of several records would be held against."""
    for one in record_type.compare:
        if one.kind == "lookup":
            assert one.other is not None and one.message is not None
            assert set(PACKS.records[one.other].key) <= set(one.on_fields)


@pytest.mark.parametrize("indicator", list(PACKS.indicators))
def test_every_indicator_computes_in_its_unit_and_reads_in_both_languages(indicator: str) -> None:
    said = sentence(PACKS, indicator)
    spec = PACKS.indicators[indicator]
    assert spec.definition.source and spec.definition.clause and spec.aliases
    for words in said.values():
        assert "_" not in words and "param" not in words, words
    assert not any(name in said["zh"] for name in spec.let), said["zh"]
    if spec.unit == "%":
        assert "%" in said["zh"] and "%" in said["en"]


@pytest.mark.parametrize("record_type", HINTED, ids=_id)
def test_sample_hints_make_rows_that_pass_every_check_of_a_row(record_type: RecordType) -> None:
    """Each cell can be read as its field says, and each row passes warnings and hints too."""
    random = Random(20251125)
    regions = RegionTree.national()
    read = {name: parser(spec, TODAY, regions, ANJI) for name, spec in record_type.fields.items()}
    for number in range(1, 301):
        row = drawn(record_type, random, number)
        for name, spec in record_type.fields.items():
            if spec.type != "uscc":
                read[name](row[name])
        for check in record_type.checks:
            assert holds(record_type, check.id, row), (check.id, row)
