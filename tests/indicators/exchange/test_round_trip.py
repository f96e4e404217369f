"""What is written in any format and read again is the same figure, to the last bit."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.formula.units import Unit
from kechuang.indicators.exchange import FORMATS, export, read
from kechuang.indicators.exchange import figures as figures_of
from kechuang.indicators.exchange.cells import number, plain, written
from kechuang.indicators.exchange.units import CodedUnit, coded, size
from kechuang.indicators.figure import Figure
from kechuang.packs import Packs

from .conftest import KNOWN, REGIONS, figures, in_order, made

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("name", FORMATS)
@SLOW
@given(given_=figures())
def test_any_figures_come_back_as_they_went(name: str, given_: list[Figure]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        written_ = export(made(given_), Path(folder), name)
        found = figures_of(read(written_.files[0]), KNOWN, REGIONS)
    unsaid = [one for one in given_ if one.value is None] if name == "adx" else []
    assert written_.left_out == len(unsaid)
    assert in_order(found) == in_order([one for one in given_ if one not in unsaid])


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_peculiar_survives(name: str, packs: Packs, some: list[Figure], out: Path) -> None:
    message = read(export(made(some), out, name).files[0])
    found = figures_of(message, packs.indicators, REGIONS)
    if name == "adx":  # it cannot say that a value is missing
        some = [one for one in some if one.value is not None]
    assert in_order(found) == in_order(some)


def test_a_break_in_a_series_is_told(packs: Packs, some: list[Figure], out: Path) -> None:
    key = ("rd_intensity", "330500", "2023")
    data = made(some, breaks={key: "2023年起按新口径"})
    for name in ("sdmx-csv", "sdmx-ml", "sdmx-ml-2.1", "sdmx-json", "dhis2"):
        message = read(export(data, out / name.replace(".", ""), name).files[0])
        said = [one.values for one in message.observations if "BREAK" in one.values]
        assert [(one["BREAK"], one["OBS_STATUS"], one["TIME_PERIOD"]) for one in said] == [
            ("2023年起按新口径", "B", "2023")
        ]


def test_sample_data_says_so_in_every_file(some: list[Figure], out: Path) -> None:
    honest = [one for one in some if one.status != "sample"]
    for name in FORMATS:
        folder = out / name.replace(".", "")
        with_sample = export(made(some), folder / "a", name).files[0].read_text("utf-8")
        without = export(made(honest), folder / "b", name).files[0].read_text("utf-8")
        assert "sample" in with_sample.lower(), name
        if name != "sdmx-json":  # its attribute may list the codes that are used only
            assert "sample" not in without.lower(), name
    for name in ("sdmx-ml", "sdmx-ml-2.1", "sdmx-json"):
        assert read(export(made(some), out / f"{name[:7]}-t", name).files[0]).test
        assert not read(export(made(honest), out / f"{name[:7]}-f", name).files[0]).test


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_without_loss(value: float) -> None:
    for text in (written(value), plain(value)):
        back = number(text)
        assert back == value
        assert back is not None
        assert math.copysign(1, back) == math.copysign(1, value)
    assert "e" not in plain(value).lower()


@pytest.mark.parametrize(
    "text", ["1e999", "inf", "Infinity", "0x10", "1_000", "12%", "１２", "1,5", "9" * 500, "--1"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no number|too large"):
        number(text)


def test_units_of_every_pack_have_a_code_and_come_back(packs: Packs) -> None:
    units = {spec.unit for spec in packs.indicators.values()}
    units |= {
        field.unit
        for record in packs.records.values()
        for field in record.fields.values()
        if field.unit is not None
    }
    assert len(units) > 15
    codes = {}
    for unit in units:
        found = coded(unit)
        assert found.text == unit
        assert not found.code.startswith("U_"), unit  # none needs a made-up code
        assert codes.setdefault((found.code, found.power), unit) == unit


@pytest.mark.parametrize(
    ("text", "code", "power"),
    [
        ("亿元", "CNY", 8),
        ("万元", "CNY", 4),
        ("元", "CNY", 0),
        ("%", "PERCENT", 0),
        ("万亩", "MU", 4),
        ("万元/公顷", "CNY_PER_HECTARE", 4),
        ("件/万人", "PIECE_PER_E4_PERSON", 0),
        ("千克", "KILOGRAM", 0),
        ("千瓦时", "KWH", 0),
        ("百分点", "PERCENT_POINT", 0),
        ("", "PURE_NUMB", 0),
    ],
)
def test_the_scale_of_a_unit_is_its_multiplier(text: str, code: str, power: int) -> None:
    assert coded(text) == CodedUnit(code, power)
    own = size(coded(text))
    assert own is not None
    assert own.powers == Unit.parse(text).powers
    assert own.scale == pytest.approx(Unit.parse(text).scale)


@given(st.text(min_size=1, max_size=12))
def test_no_unit_is_taken_for_another(text: str) -> None:
    found = coded(text)
    assert found.code.isascii()
    assert set(found.code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
    assert found.text in (text, None)
