"""Files that are not what they should be: all faults at once, each with its place; nothing runs, nothing hangs."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.indicators.exchange import FORMATS, Naming, export, read
from kechuang.indicators.exchange import figures as figures_of
from kechuang.indicators.figure import Figure
from kechuang.packs import Packs

from .conftest import KNOWN, REGIONS, made

HEAD = (
    '<mes:StructureSpecificData xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message">\n'
    "<mes:DataSet>\n"
)
TAIL = "</mes:DataSet></mes:StructureSpecificData>"
GOOD = 'INDICATOR="rd_intensity" TIME_PERIOD="2024" OBS_VALUE="1"'


def refused(path: Path, packs: Packs) -> KechuangError:
    with pytest.raises(KechuangError) as found:
        figures_of(read(path), packs.indicators, REGIONS)
    return found.value


def file(folder: Path, text: str | bytes, name: str = "x.xml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


@pytest.mark.parametrize(
    "text",
    [
        f"{BOMB}]><b>&j;</b>",
        f"{BOMB}]>{HEAD}<Obs {GOOD} REF_AREA='&j;'/>{TAIL}",
        f'<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]>{HEAD}<Obs REF_AREA="330500" {GOOD}>&x;</Obs>{TAIL}',
        f'<!DOCTYPE b SYSTEM "http://example.invalid/x.dtd">{HEAD}{TAIL}',
        '<!DOCTYPE adx [<!ENTITY x "y">]><adx xmlns="urn:ihe:qrph:adx:2015"><group/></adx>',
    ],
)
def test_a_document_type_is_refused_before_it_can_do_harm(text: str, packs: Packs, tmp_path: Path) -> None:
    error = refused(file(tmp_path, text), packs)
    assert error.code == "exchange-unreadable"
    assert "root:" not in str(error)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (HEAD + "<Obs", "XML"),
        (HEAD.replace("v3_0", "v2_0") + TAIL, "命名空间"),
        (
            HEAD.replace("http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message", "urn:x") + TAIL,
            "命名空间",
        ),
        ('<adx xmlns="urn:ihe:qrph:adx:2013"/>', "命名空间"),
        ("<adx/>", "命名空间"),
        ("<html/>", "认不出"),
        (
            HEAD.replace("StructureSpecificData", "Structure")
            + TAIL.replace("StructureSpecificData", "Structure"),
            "结构报文",
        ),
        ("", "空"),
        ("\ufeff  \n", "空"),
        ("a,b\n1,2\n", "认不出"),
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[1, 2]", "认不出"),
        ('{"dataValues": {"a": 1}}', "列表"),
        (
            '{"data": {"dataSets": [{"observations": {"0:0": [1]}}], "structures": [{"dimensions": {}}]}}',
            "规范",
        ),
        (
            '{"data": {"dataSets": [{"observations": {"9": [1]}}], "structures": [{"dimensions": {"observation": [{"id": "A", "values": [{"id": "x"}]}]}}]}}',
            "规范",
        ),
        ("STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,REF_AREA\r\n", "重复"),
    ],
)
def test_what_is_no_message_is_told(text: str, what: str, packs: Packs, tmp_path: Path) -> None:
    path = file(tmp_path, text)
    if (
        what == "规范" and '"9"' in text
    ):  # a position beyond a list that is empty is taken as the value itself
        assert figures_of.__name__
    error = refused(path, packs)
    assert what in error.full().zh
    assert error.place.file == str(path) or error.faults[0].place.file == str(path)


def test_a_binary_file_is_told(packs: Packs, tmp_path: Path) -> None:
    assert refused(file(tmp_path, b"PK\x03\x04\xff\xff\x00\x81"), packs).code == "exchange-unreadable"


def test_no_file_is_told(packs: Packs, tmp_path: Path) -> None:
    assert refused(tmp_path / "none.xml", packs).code == "file-trouble"
    assert refused(tmp_path, packs).code == "file-trouble"


def test_every_fault_of_a_file_is_told_at_once(packs: Packs, tmp_path: Path) -> None:
    rows = [
        f'<Obs REF_AREA="330500" {GOOD}/>',
        f'<Obs REF_AREA="999999" {GOOD}/>',
        '<Obs REF_AREA="330500" INDICATOR="gdp_of_atlantis" TIME_PERIOD="2024" OBS_VALUE="1"/>',
        '<Obs REF_AREA="330500" INDICATOR="rd_intensity" TIME_PERIOD="2024-Q1" OBS_VALUE="1"/>',
        '<Obs REF_AREA="330500" INDICATOR="rd_intensity" TIME_PERIOD="2023" OBS_VALUE="1e999"/>',
        '<Obs REF_AREA="330500" INDICATOR="rd_intensity" TIME_PERIOD="2022" OBS_VALUE="十"/>',
        f'<Obs REF_AREA="330500" {GOOD}/>',
        '<Obs REF_AREA="330502" INDICATOR="rd_intensity" TIME_PERIOD="2022" OBS_VALUE="1" OBS_STATUS="ZZ"/>',
        '<Obs REF_AREA="330502" INDICATOR="rd_intensity" TIME_PERIOD="2023" OBS_VALUE="1" OBS_STATUS="F"/>',
        '<Obs REF_AREA="330502" INDICATOR="rd_intensity" TIME_PERIOD="2024" OBS_VALUE="1" UNIT_MEASURE="CNY"/>',
        '<Obs REF_AREA="330502" INDICATOR="rd_intensity" TIME_PERIOD="2021" OBS_VALUE="1" UNIT_MEASURE="XDC"/>',
        '<Obs REF_AREA="330502" INDICATOR="rd_intensity" TIME_PERIOD="2020" OBS_VALUE="1" UNIT_MULT="²"/>',
        '<Obs REF_AREA="330502" INDICATOR="rd_intensity" TIME_PERIOD="2019" OBS_VALUE="1" UNIT_MULT="999"/>',
        '<Obs REF_AREA="330502" INDICATOR="rd_intensity" TIME_PERIOD="2018" OBS_VALUE="1" FREQ="M"/>',
        '<Obs REF_AREA="330502" INDICATOR="rd_intensity" TIME_PERIOD="2017" OBS_VALUE="1" COVERAGE="7"/>',
        '<Obs OBS_VALUE="1"/>',
    ]
    error = refused(file(tmp_path, HEAD + "\n".join(rows) + TAIL), packs)
    assert error.code == "exchange-invalid"
    found = [(fault.code, fault.place.line) for fault in error.faults]
    assert found == [
        ("unknown-region", 4),
        ("unknown-indicator", 5),
        ("wrong-period", 6),
        ("not-a-number", 7),
        ("not-a-number", 8),
        ("duplicate-observation", 9),
        ("unknown-status", 10),
        ("unknown-status", 11),
        ("unknown-unit", 12),
        ("unknown-unit", 13),
        ("unknown-unit", 14),
        ("unknown-unit", 15),
        ("wrong-frequency", 16),
        ("not-a-number", 17),
        ("missing-dimension", 18),
        ("missing-dimension", 18),
        ("missing-dimension", 18),
    ]
    again = next(fault for fault in error.faults if fault.code == "duplicate-observation")
    assert "第3行" in again.message.zh
    assert all(fault.message.en != fault.message.zh for fault in error.faults)


def test_rows_of_csv_are_told_by_number(packs: Packs, tmp_path: Path) -> None:
    text = (
        "DATAFLOW,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE\r\n"
        'A:B(1.0),330500,rd_intensity,2024,"1\n"\r\n'
        "A:B(1.0),330500,rd_intensity\r\n"
        "A:B(1.0),330500,rd_intensity,2023,1,2\r\n"
    )
    assert [fault.place.row for fault in refused(file(tmp_path, text, "x.csv"), packs).faults] == [3, 4]
    text = "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA\r\ndataflow,A:B(1.0),D,330500\r\n"
    assert [fault.code for fault in refused(file(tmp_path, text, "x.csv"), packs).faults] == [
        "action-unsupported"
    ]


def test_entries_of_dhis2_are_told_by_number(packs: Packs, tmp_path: Path) -> None:
    values = [
        {"value": [1]},
        3,
        {"deleted": True},
        {"dataElement": "x", "orgUnit": "330500", "period": "2024"},
    ]
    error = refused(file(tmp_path, json.dumps({"dataValues": values})), packs)
    assert [(fault.code, fault.place.field) for fault in error.faults] == [
        ("exchange-unreadable", "dataValues[1]"),
        ("exchange-unreadable", "dataValues[2]"),
        ("action-unsupported", "dataValues[3]"),
    ]


@pytest.mark.parametrize("name", ["sdmx-csv", "sdmx-ml", "sdmx-json", "dhis2", "adx", "csv"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_damaged_file_is_told_or_read_but_never_falls_over(
    name: str, some: list[Figure], tmp_path: Path, seed: int
) -> None:
    whole = tmp_path / f"{name}.whole"
    if not whole.exists():
        whole.write_bytes(export(made(some), tmp_path / name, name).files[0].read_bytes())
    content = bytearray(whole.read_bytes())
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(content))
        match chance.choice(["cut", "change", "repeat"]):
            case "cut":
                del content[place : place + chance.randint(1, 60)]
            case "change":
                content[place] = chance.randrange(256)
            case _:
                content[place:place] = content[place : place + chance.randint(1, 200)]
    path = file(tmp_path, bytes(content), "damaged")
    try:
        figures_of(read(path), KNOWN, REGIONS)
    except KechuangError as error:
        assert error.faults
        assert str(error)


def test_what_cannot_be_sent_is_told_before_anything_is_written(some: list[Figure], out: Path) -> None:
    wrong = [*some, some[0], Figure("no_such", "999999", "2024", 1.0, "", "final")]
    with pytest.raises(KechuangError) as found:
        made(wrong)
    assert {fault.code for fault in found.value.faults} == {
        "unknown-indicator",
        "unknown-region",
        "duplicate-observation",
    }
    with pytest.raises(KechuangError) as format_:
        export(made(some), out, "sdmx-xls")
    assert format_.value.code == "unknown-format"
    assert all(name in str(format_.value) for name in FORMATS)
    assert not out.exists()


def test_labels_beside_codes_are_left_off(packs: Packs, tmp_path: Path) -> None:
    text = (
        "STRUCTURE;STRUCTURE_ID;ACTION;FREQ: Frequency;REF_AREA: Area;INDICATOR: What;TIME_PERIOD;OBS_VALUE\n"
        "dataflow;A:B(1.0);A;A: Annual;330500: Huzhou;rd_intensity: R&D;2024;2.5\n"
    )
    (figure,) = figures_of(read(file(tmp_path, text, "x.csv")), packs.indicators, REGIONS)
    assert (figure.region, figure.value, figure.unit) == ("330500", 2.5, "%")


GENERIC = """<?xml version="1.0" encoding="UTF-8"?>
<m:GenericData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
 xmlns:g="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic"
 xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common">
<m:Header><m:ID>X</m:ID><m:Test>false</m:Test>
<m:Structure structureID="S" dimensionAtObservation="TIME_PERIOD"><c:Structure><Ref id="D"/></c:Structure></m:Structure>
</m:Header>
<m:DataSet structureRef="S">
<g:Series><g:SeriesKey><g:Value id="REF_AREA" value="330500"/><g:Value id="INDICATOR" value="chain_revenue"/></g:SeriesKey>
<g:Attributes><g:Value id="UNIT_MEASURE" value="CNY"/><g:Value id="UNIT_MULT" value="6"/></g:Attributes>
<g:Obs><g:ObsDimension value="2023"/><g:ObsValue value="12"/></g:Obs>
<g:Obs><g:ObsDimension value="2024"/><g:ObsValue value="NaN"/>
<g:Attributes><g:Value id="OBS_STATUS" value="L"/></g:Attributes></g:Obs>
</g:Series></m:DataSet></m:GenericData>"""


def test_generic_messages_are_read_too(packs: Packs, tmp_path: Path) -> None:
    found = figures_of(read(file(tmp_path, GENERIC)), packs.indicators, REGIONS)
    assert [(one.period, one.value, one.unit, one.status) for one in found] == [
        ("2023", 12.0, "百万元", "final"),
        ("2024", None, "百万元", "final"),
    ]


def test_naming_is_checked() -> None:
    assert Naming("OECD.STI.STP").structure == "DSD_INDICATORS"
