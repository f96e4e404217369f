"""DHIS2 and ADX as others know them: identifiers, references, periods, and files another system wrote."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kechuang.errors import KechuangError
from kechuang.indicators.exchange import export, read
from kechuang.indicators.exchange import figures as figures_of
from kechuang.indicators.exchange.dhis2 import said, uid
from kechuang.indicators.exchange.figures import period
from kechuang.indicators.figure import Figure
from kechuang.packs import Packs

from .conftest import REGIONS, in_order, made

UID = re.compile(r"[A-Za-z][A-Za-z0-9]{10}")


@given(st.lists(st.text(max_size=30), unique=True, max_size=20))
def test_an_identifier_is_one_of_dhis2_and_its_own(codes: list[str]) -> None:
    found = [uid(kind, code) for kind in ("dataElement", "organisationUnit") for code in codes]
    assert all(UID.fullmatch(one) for one in found)
    assert len(set(found)) == len(found)


def test_identifiers_never_change() -> None:
    """Whoever imported the metadata once knows the objects by them."""
    assert uid("dataElement", "rd_intensity") == "MAJUjTEeaVX"
    assert uid("organisationUnit", "330500") == "CYakZjoMcFm"


def test_metadata_holds_every_object_the_values_name(some: list[Figure], out: Path) -> None:
    data_path, metadata_path = export(made(some), out, "dhis2").files
    metadata = json.loads(metadata_path.read_text("utf-8"))
    values = json.loads(data_path.read_text("utf-8"))["dataValues"]
    units = {unit["code"]: unit for unit in metadata["organisationUnits"]}
    elements = {element["code"]: element for element in metadata["dataElements"]}
    assert {value["orgUnit"] for value in values} <= units.keys()
    assert {value["dataElement"] for value in values} <= elements.keys()
    ids = {unit["id"]: code for code, unit in units.items()}
    parents = {code: ids[unit["parent"]["id"]] for code, unit in units.items() if "parent" in unit}
    assert parents == {"330000": "100000", "330500": "330000", "330521": "330500", "330502": "330500"}
    (data_set,) = metadata["dataSets"]
    assert data_set["periodType"] == "Yearly"
    named = {entry["dataElement"]["id"] for entry in data_set["dataSetElements"]}
    assert named == {element["id"] for element in elements.values()}
    assert {unit["id"] for unit in data_set["organisationUnits"]} <= ids.keys()
    intensity = elements["rd_intensity"]
    assert intensity["aggregationType"] == "NONE"
    assert intensity["name"] == "研发经费投入强度（%）"
    assert "分子：" in intensity["description"]
    assert "分母：" in intensity["description"]
    assert {"property": "NAME", "locale": "en", "value": "R&D intensity"} in intensity["translations"]
    assert all(
        len(one["shortName"]) <= 50
        for kind in ("organisationUnits", "dataElements")
        for one in metadata[kind]
    )


def test_an_unknown_value_is_a_comment_without_a_value(some: list[Figure], out: Path) -> None:
    values = json.loads(export(made(some), out, "dhis2").files[0].read_text("utf-8"))["dataValues"]
    (missing,) = [value for value in values if "value" not in value]
    assert "OBS_STATUS=O" in missing["comment"]
    assert all("e" not in value.get("value", "").lower() for value in values)
    (sample,) = [value for value in values if value["dataElement"] == "high_tech_enterprises"]
    assert sample["comment"].startswith("示例数据 sample data; ")


def test_adx_is_made_as_its_profile_says(some: list[Figure], out: Path) -> None:
    """adx/@exported, group/@orgUnit @period @dataSet, dataValue/@dataElement @value: all required, value decimal."""
    root = etree.parse(str(export(made(some), out, "adx").files[0])).getroot()
    name = "{urn:ihe:qrph:adx:2015}"
    assert root.tag == f"{name}adx"
    assert root.get("exported") == "2026-01-31T08:00:00Z"
    groups = list(root)
    assert {group.tag for group in groups} == {f"{name}group"}
    keys = [(group.get("orgUnit"), group.get("period"), group.get("dataSet")) for group in groups]
    assert len(set(keys)) == len(keys)
    assert ("330500", "2024-01-01/P1Y", "INDICATORS") in keys
    values = [value for group in groups for value in group]
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", value.get("value") or "") for value in values)
    assert len(values) == sum(figure.value is not None for figure in some)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2024", "2024"),
        ("2024-01-01/P1Y", "2024"),
        ("2024-01-01/P12M", "2024"),
        ("2024-A1", "2024"),
        ("2024-04-01/P1Y", None),  # a financial year
        ("2024-01-01/P1M", None),
        ("202401", None),
        ("2024Q1", None),
        ("2024-Q1", None),
        ("2024W5", None),
        ("2024April", None),
        ("２０２４", None),
        ("", None),
    ],
)
def test_only_calendar_years_are_years(text: str, year: str | None) -> None:
    assert period(text) == year


def test_values_another_system_wrote_are_read(packs: Packs, tmp_path: Path) -> None:
    """One set for one region and year, identifiers instead of codes, numbers instead of text, people's comments."""
    path = tmp_path / "set.json"
    content = {
        "dataSet": "pBOMPrpg1QX",
        "completeDate": "2025-02-03",
        "period": "2024",
        "orgUnit": "330500",
        "dataValues": [
            {
                "dataElement": uid("dataElement", "rd_intensity"),
                "value": 2.5,
                "comment": "late return",
                "followup": False,
            },
            {"dataElement": "high_tech_enterprises", "value": "12", "orgUnit": "330521", "storedBy": "admin"},
        ],
    }
    path.write_text(json.dumps(content), "utf-8")
    assert in_order(figures_of(read(path), packs.indicators, REGIONS)) == [
        Figure("high_tech_enterprises", "330521", "2024", 12.0, "家", "final"),
        Figure("rd_intensity", "330500", "2024", 2.5, "%", "final", reason={"zh": "late return"}),
    ]


@given(st.text(max_size=60))
def test_what_people_comment_is_kept_as_it_is(text: str) -> None:
    found = said(text)
    assert found == ({"COMMENT": text} if text else {}) or all(name.isupper() for name in found)


def test_a_code_that_dhis2_cannot_hold_is_refused(packs: Packs, out: Path) -> None:
    from kechuang.indicators.exchange import dataset

    from .conftest import TITLE

    long = "x" * 51
    spec = packs.indicators["high_tech_enterprises"].model_copy(update={"indicator": long})
    own = packs.model_copy(update={"indicators": {long: spec}})
    data = dataset([Figure(long, "330500", "2024", 1.0, "家", "final")], own, REGIONS, title=TITLE)
    for name in ("dhis2", "adx"):
        with pytest.raises(KechuangError) as refused:
            export(data, out, name)
        assert refused.value.faults[0].code == "code-invalid"
        assert not (out / "data.json").exists()
