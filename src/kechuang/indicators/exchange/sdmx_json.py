"""SDMX-JSON 2.0.0: data messages (written and read; 1.0 is read too) and structure messages (written).

Data is written flat (every dimension at the observation): one entry an observation, its key the positions of
its codes. Field guides and schemas of SDMX-JSON 2.0.0, data and structure message.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from kechuang.errors import KechuangError, Place
from kechuang.indicators.exchange.cells import MEASURE, cells
from kechuang.indicators.exchange.dataset import Dataset
from kechuang.indicators.exchange.message import Message, Observation
from kechuang.indicators.exchange.sdmx_names import urn
from kechuang.indicators.exchange.sdmx_structure import CONCEPTS, message_id, moment
from kechuang.indicators.exchange.structure import Code, Component, Structure, structure_of
from kechuang.messages import say
from kechuang.packs.model import Label

_SCHEMA = "https://json.sdmx.org/2.0.0/sdmx-json-{}-schema.json"
#: Attributes whose values are numbers in JSON.
_NUMBERS = {"COVERAGE", "NUMERATOR", "DENOMINATOR"}


def write(data: Dataset, stream: IO[str]) -> None:
    """Write ``data`` as a data message; an unknown value is ``null``."""
    structure = structure_of(data)
    dimensions = [_Values(part, structure) for part in structure.dimensions]
    attributes = [_Values(part, structure) for part in structure.attributes]
    observations = {}
    for figure in data.figures:
        key = (figure.indicator, figure.region, figure.period)
        found = cells(figure, data.indicators.get(figure.indicator), data.breaks.get(key))
        place = ":".join(str(part.position(found[part.component.id])) for part in dimensions)
        said = [part.value(found.get(part.component.id)) for part in attributes]
        observations[place] = [figure.value, *said]
    naming = data.naming
    flow = urn("datastructure", "Dataflow", naming.agency, naming.flow, naming.version)
    described = {
        "dataSets": [0],
        "links": [{"urn": flow, "rel": "dataflow"}],
        **_names(data.title),
        "dimensions": {
            "observation": [
                {**part.description(), "keyPosition": place} for place, part in enumerate(dimensions)
            ]
        },
        "measures": {"observation": [{"id": MEASURE, **_names(structure.measure.name)}]},
        "attributes": {
            "observation": [
                {**part.description(), "relationship": {"observation": {}}} for part in attributes
            ]
        },
    }
    content = {
        "meta": _meta(data, "data"),
        "data": {
            "structures": [described],
            "dataSets": [
                {
                    "structure": 0,
                    "action": "Information",
                    "links": [{"urn": flow, "rel": "dataflow"}],
                    "observations": observations,
                }
            ],
        },
    }
    json.dump(content, stream, ensure_ascii=False, allow_nan=False)


class _Values:
    """The values of a component in the order they came; those of a code list stand for their names."""

    def __init__(self, component: Component, structure: Structure) -> None:
        self.component = component
        self.coded = component.codelist is not None
        codes = structure.codelist(component.codelist).codes if component.codelist else ()
        self.codes: dict[str, Code] = {code.id: code for code in codes}
        self.places: dict[str, int] = {}

    def position(self, text: str) -> int:
        return self.places.setdefault(text, len(self.places))

    def value(self, text: str | None) -> Any:
        if text is None:
            return None
        if self.coded:
            return self.position(text)
        if self.component.id in _NUMBERS:
            return float(text)
        if self.component.type == "Integer":
            return int(text)
        return text == "true" if self.component.type == "Boolean" else text

    def description(self) -> dict[str, Any]:
        found: dict[str, Any] = {"id": self.component.id, **_names(self.component.name)}
        if self.component.kind == "time":
            found["values"] = [{"value": text} for text in self.places]
        elif self.coded and self.places:
            found["values"] = [self._code(text) for text in self.places]
        return found

    def _code(self, text: str) -> dict[str, Any]:
        code = self.codes[text]
        return {"id": text, **_names(code.name), **({"parent": code.parent} if code.parent else {})}


def write_structure(data: Dataset, stream: IO[str]) -> None:
    """Write the structures that describe ``data`` as a structure message."""
    structure = structure_of(data)
    naming = structure.naming
    own = {"agencyID": naming.agency, "version": naming.version}
    concept = urn("conceptscheme", "Concept", naming.agency, CONCEPTS, naming.version, "{}")
    codelist = urn("codelist", "Codelist", naming.agency, "{}", naming.version)

    def component(part: Component) -> dict[str, Any]:
        if part.codelist is not None:
            representation: dict[str, Any] = {"enumeration": codelist.format(part.codelist)}
        else:
            representation = {"format": {"dataType": part.type}}
        identity = concept.format(part.id)
        return {"id": part.id, "conceptIdentity": identity, "localRepresentation": representation}

    def attribute(part: Component) -> dict[str, Any]:
        usage = "mandatory" if part.required else "optional"
        return {**component(part), "usage": usage, "attributeRelationship": {"observation": {}}}

    dimensions = [
        {**component(part), "position": place}
        for place, part in enumerate(structure.dimensions)
        if part.kind == "dimension"
    ]
    content = {
        "meta": _meta(data, "structure"),
        "data": {
            "codelists": [
                {"id": one.id, **own, **_names(one.name), "codes": [_code(code) for code in one.codes]}
                for one in structure.codelists
            ],
            "conceptSchemes": [
                {
                    "id": CONCEPTS,
                    **own,
                    **_names(Label(zh="指标数据的概念", en="Concepts of indicator data")),
                    "concepts": [{"id": part.id, **_names(part.name)} for part in structure.components],
                }
            ],
            "dataStructures": [
                {
                    "id": naming.structure,
                    **own,
                    **_names(Label(zh="指标数据的结构", en="Structure of indicator data")),
                    "dataStructureComponents": {
                        "dimensionList": {
                            "id": "DimensionDescriptor",
                            "dimensions": dimensions,
                            "timeDimension": component(structure.dimensions[-1]),
                        },
                        "attributeList": {
                            "id": "AttributeDescriptor",
                            "attributes": [attribute(part) for part in structure.attributes],
                        },
                        "measureList": {
                            "id": "MeasureDescriptor",
                            "measures": [component(structure.measure)],
                        },
                    },
                }
            ],
            "dataflows": [
                {
                    "id": naming.flow,
                    **own,
                    **_names(structure.title),
                    "structure": urn(
                        "datastructure", "DataStructure", naming.agency, naming.structure, naming.version
                    ),
                }
            ],
        },
    }
    json.dump(content, stream, ensure_ascii=False, indent=1, allow_nan=False)


def _code(code: Code) -> dict[str, Any]:
    found: dict[str, Any] = {"id": code.id, **_names(code.name)}
    if code.description is not None:
        found |= {"description": code.description.zh, "descriptions": code.description.model_dump()}
    return found | ({"parent": code.parent} if code.parent else {})


def _names(label: Label) -> dict[str, Any]:
    return {"name": label.zh, "names": {"zh": label.zh, "en": label.en}}


def _meta(data: Dataset, kind: str) -> dict[str, Any]:
    return {
        "schema": _SCHEMA.format(kind),
        "id": message_id(data),
        "test": data.sample,
        "prepared": moment(data.prepared),
        "contentLanguages": ["zh", "en"],
        **_names(data.name),
        "sender": {"id": data.naming.agency.replace(".", "_")},
    }


def is_message(content: Any) -> bool:
    """Whether JSON looks like an SDMX message of either version."""
    if not isinstance(content, Mapping):
        return False
    if (
        "sdmx" in str((content.get("meta") or {}).get("schema", ""))
        if isinstance(content.get("meta"), Mapping)
        else False
    ):
        return True
    inside = content.get("data", content)
    return isinstance(inside, Mapping) and "dataSets" in inside and "dataValues" not in content


def read(content: Mapping[str, Any], file: str) -> Message:
    """The observations of an SDMX-JSON data message, 2.x or 1.0, flat or in series.

    Raises KechuangError where it is not made as the schema says.
    """
    place = Place(file=file)
    inside = content.get("data", content)
    try:
        if "dataSets" not in inside:
            raise KechuangError(
                "exchange-unreadable",
                say("报文里没有数据集（dataSets）"),
                place=place,
                remedy=say("请给数据报文；结构报文里没有数值。"),
            )
        structures = inside.get("structures") or [inside["structure"]]
        found: list[Observation] = []
        for dataset in inside["dataSets"]:
            found.extend(_observations(dataset, structures[dataset.get("structure", 0)], file))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise KechuangError(
            "exchange-unreadable",
            say("SDMX-JSON 的结构与规范不符：{problem}", problem=f"{type(error).__name__} {error}"),
            place=place,
        ) from None
    meta = content.get("meta") or content.get("header") or {}
    return Message("sdmx-json", tuple(found), bool(meta.get("test")))


def _observations(
    dataset: Mapping[str, Any], structure: Mapping[str, Any], file: str
) -> Iterable[Observation]:
    dimensions, attributes = structure["dimensions"], structure.get("attributes") or {}
    measures = (structure.get("measures") or {}).get("observation") or [{"id": MEASURE}]
    shared = _said(dimensions.get("dataSet") or [], [0] * len(dimensions.get("dataSet") or []))
    shared |= _said(attributes.get("dataSet") or [], dataset.get("attributes") or [])
    series = dataset.get("series")
    groups = series.items() if series else [("", dataset)]
    at_series = dimensions.get("series") or [] if series else []
    at_observation = dimensions["observation"]
    for key, group in groups:
        common = shared | _said(at_series, _positions(key))
        if series:
            common |= _said(attributes.get("series") or [], group.get("attributes") or [])
        for own, row in (group.get("observations") or {}).items():
            values = common | _said(at_observation, _positions(own))
            cells_ = list(row)
            for measure, value in zip(measures, cells_, strict=False):
                if value is not None:
                    values[measure["id"]] = _text(value)
            values |= _said(attributes.get("observation") or [], cells_[len(measures) :])
            entry = f"{key}/{own}" if key else own
            yield Observation(values, Place(file=file, field=entry))


def _positions(key: str) -> list[int]:
    return [int(part) for part in key.split(":")] if key else []


def _said(components: Sequence[Mapping[str, Any]], row: Sequence[Any]) -> dict[str, str]:
    """Cells by component; a whole number stands for a value where the component lists its values."""
    found = {}
    for component, given in zip(components, row, strict=False):
        value, values = given, component.get("values")
        if value is None:
            continue
        if values and isinstance(value, int) and not isinstance(value, bool):
            if value < 0:
                raise IndexError(value)
            entry = values[value]
            if entry is None:
                continue
            value = entry.get("id", entry.get("value"))
        found[str(component["id"])] = _text(value)
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):  # a text in several languages
        return str(value.get("zh") or value.get("en") or next(iter(value.values()), ""))
    return str(value)
