"""Values from outside become rows of a register by a mapping, in its units, and only by an import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kechuang.errors import KechuangError, Place
from kechuang.indicators.exchange import Mapped, Message, Observation, export, read, read_mapping, records
from kechuang.indicators.figure import Figure
from kechuang.packs import Packs

from .conftest import REGIONS, made

MAP = """
record: accounts
indicators:
  NGDP_XDC: {field: gdp, measure: 元}
regions: {CN-HUZ: "330500"}
where: {FREQ: A, PRICES: [V, _Z]}
set: {source: 某统计数据库}
status:
  A: {release: final}
  P: {release: preliminary}
"""


def message(*rows: dict[str, str], test: bool = False) -> Message:
    usual = {"FREQ": "A", "PRICES": "V", "INDICATOR": "NGDP_XDC", "REF_AREA": "CN-HUZ", "UNIT_MULT": "6"}
    found = [Observation({**usual, **row}, Place(file="x.csv", row=n)) for n, row in enumerate(rows, 2)]
    return Message("sdmx-csv", tuple(found), test)


def mapped(text: str, given: Message, packs: Packs, folder: Path, **said: Any) -> Mapped:
    path = folder / "map.yaml"
    path.write_text(text, "utf-8")
    return records(given, read_mapping(path, packs), packs, REGIONS, **said)


def test_values_are_rows_in_the_units_of_the_register(packs: Packs, tmp_path: Path) -> None:
    given = message(
        {"TIME_PERIOD": "2023", "OBS_VALUE": "401510", "OBS_STATUS": "A"},
        {"TIME_PERIOD": "2024", "OBS_VALUE": "42100.5", "OBS_STATUS": "P", "UNIT_MULT": "7"},
        {"TIME_PERIOD": "2025", "OBS_VALUE": "NaN", "OBS_STATUS": "O"},
        {"TIME_PERIOD": "2024-Q1", "OBS_VALUE": "1", "FREQ": "Q"},
        {"TIME_PERIOD": "2024", "OBS_VALUE": "1", "PRICES": "L"},
        {"TIME_PERIOD": "2024", "OBS_VALUE": "1", "INDICATOR": "POP"},
    )
    found = mapped(MAP, given, packs, tmp_path)
    assert found.rows == (
        {"region": "330500", "year": 2023, "source": "某统计数据库", "release": "final", "gdp": 4015.1},
        {
            "region": "330500",
            "year": 2024,
            "source": "某统计数据库",
            "release": "preliminary",
            "gdp": 4210.05,
        },
    )
    assert (found.empty, found.filtered, dict(found.passed_over)) == (1, 2, {"POP": 1})


def test_several_codes_make_one_record(packs: Packs, tmp_path: Path) -> None:
    text = """
record: public_budget
indicators:
  TOTAL: {field: total, unit: 亿元}
  ST: {field: class_206, unit: 亿元}
set: {scope: whole, stage: final, source: x}
"""
    rows = [
        {"INDICATOR": code, "TIME_PERIOD": "2024", "OBS_VALUE": value, "REF_AREA": "330500", "UNIT_MULT": "0"}
        for code, value in (("TOTAL", "600.5"), ("ST", "3.25"))
    ]
    (row,) = mapped(text, message(*rows), packs, tmp_path).rows
    assert (row["total"], row["class_206"], row["scope"]) == (600.5, 32500.0, "whole")


def test_every_fault_of_the_values_is_told(packs: Packs, tmp_path: Path) -> None:
    given = message(
        {"TIME_PERIOD": "2023", "OBS_VALUE": "1", "OBS_STATUS": "A"},
        {"TIME_PERIOD": "2023", "OBS_VALUE": "2", "OBS_STATUS": "A"},
        {"TIME_PERIOD": "2023-Q2", "OBS_VALUE": "2"},
        {"TIME_PERIOD": "2022", "OBS_VALUE": "x"},
        {"TIME_PERIOD": "2022", "OBS_VALUE": "2", "REF_AREA": "ATLANTIS"},
        {"TIME_PERIOD": "2021", "OBS_VALUE": "2", "UNIT_MULT": "1e5"},
    )
    with pytest.raises(KechuangError) as refused:
        mapped(MAP, given, packs, tmp_path)
    assert [(fault.code, fault.place.row) for fault in refused.value.faults] == [
        ("duplicate-observation", 3),
        ("wrong-period", 4),
        ("not-a-number", 5),
        ("unknown-region", 6),
        ("unknown-unit", 7),
    ]


@pytest.mark.parametrize(
    ("target", "cells", "told"),
    [
        ("{field: gdp}", {"UNIT_MEASURE": "XDC"}, "没有说单位"),
        ("{field: gdp}", {}, "没有说单位"),
        ("{field: gdp, unit: 人}", {}, "换算不成"),
        ("{field: gdp, unit: 亿元}", {"UNIT_MEASURE": "CNY", "UNIT_MULT": "4"}, "文件说是"),
    ],
)
def test_a_unit_is_never_guessed(
    target: str, cells: dict[str, str], told: str, packs: Packs, tmp_path: Path
) -> None:
    text = f"record: accounts\nindicators: {{NGDP_XDC: {target}}}\nregions: {{CN-HUZ: '330500'}}\n"
    with pytest.raises(KechuangError) as refused:
        mapped(text, message({"TIME_PERIOD": "2024", "OBS_VALUE": "1", **cells}), packs, tmp_path)
    assert told in refused.value.faults[0].message.zh


def test_the_unit_a_file_says_is_enough(packs: Packs, tmp_path: Path) -> None:
    text = "record: accounts\nindicators: {NGDP_XDC: {field: gdp}}\nregions: {CN-HUZ: '330500'}\n"
    given = message({"TIME_PERIOD": "2024", "OBS_VALUE": "35", "UNIT_MEASURE": "CNY", "UNIT_MULT": "9"})
    assert mapped(text, given, packs, tmp_path).rows[0]["gdp"] == 350.0


def test_sample_data_is_no_statistic_unless_it_is_said(packs: Packs, tmp_path: Path) -> None:
    text = "record: accounts\nindicators: {chain_revenue: {field: gdp}}\n"
    figure = Figure("chain_revenue", "330500", "2024", 12.0, "亿元", "sample")
    for name in ("sdmx-csv", "sdmx-ml", "dhis2", "csv"):
        given = read(export(made([figure]), tmp_path / name, name).files[0])
        with pytest.raises(KechuangError) as refused:
            mapped(text, given, packs, tmp_path)
        assert refused.value.code == "sample-values"
        found = mapped(text, given, packs, tmp_path, sample=True)
        assert found.sample
        assert found.rows == ({"region": "330500", "year": 2024, "gdp": 12.0},)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("record: nothing\nindicators: {}\n", 1, "没有名为“nothing”的台账"),
        ("record: accounts\nindicators:\n  X: {field: gpd}\n", 3, "没有字段“gpd”"),
        ("record: accounts\nindicators:\n  X: {field: source}\n", 3, "不是数字"),
        ("record: accounts\nindicators:\n  X: {field: gdp, unit: 亿元, measure: 元}\n", 3, "只能写一个"),
        ("record: accounts\nindicators: {}\nset:\n  colour: red\n", 4, "没有字段“colour”"),
        ("record: accounts\nindicators: {}\nstatus:\n  A: {stage: x}\n", 4, "没有字段“stage”"),
        ("record: accounts\nindicators: {}\nregion: {}\n", 3, "没有这一项"),
        ("record: [\n", 2, "YAML"),
    ],
)
def test_a_mapping_is_checked_with_lines(
    text: str, line: int, told: str, packs: Packs, tmp_path: Path
) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(KechuangError) as refused:
        read_mapping(path, packs)
    fault = refused.value.faults[0]
    assert told in fault.message.zh
    assert fault.place.line == line


def test_a_register_that_is_not_by_region_and_year_is_refused(packs: Packs, tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    yearly = {name for name, one in packs.records.items() if one.region and one.time.year}
    assert "accounts" in yearly
    other = next(name for name in packs.records if name not in yearly)
    path.write_text(f"record: {other}\nindicators: {{}}\n", "utf-8")
    with pytest.raises(KechuangError) as refused:
        read_mapping(path, packs)
    assert "不是按地区和年度的" in refused.value.faults[0].message.zh
