"""SDMX-ML data messages, structure specific, 2.1 and 3.0: series by region and indicator, one value a year.

Written observation by observation, so that any number of figures takes little memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import IO

from lxml import etree

from kechuang.indicators.exchange.cells import DIMENSIONS, MEASURE, MISSING, cells
from kechuang.indicators.exchange.dataset import Dataset
from kechuang.indicators.exchange.sdmx_names import XSI, Version, urn
from kechuang.indicators.exchange.sdmx_structure import header, labelled, legal, refer
from kechuang.indicators.exchange.structure import Structure, structure_of
from kechuang.indicators.figure import Figure

_TIME = DIMENSIONS[-1]


def write(data: Dataset, stream: IO[bytes], version: str = "3.0") -> None:
    """Write ``data`` to ``stream``; an unknown value is ``NaN`` with the status O (missing)."""
    v = Version(version)
    structure = structure_of(data)
    naming = data.naming
    own = urn("datastructure", "DataStructure", naming.agency, naming.structure, naming.version)
    names = {
        "mes": v.message,
        "ss": v.specific,
        "com": v.common,
        "xsi": XSI,
        "ns1": f"{own}:ObsLevelDim:{_TIME}",
    }
    said = {
        f"{{{v.specific}}}structureRef": naming.structure,
        f"{{{XSI}}}type": "ns1:DataSetType",
        f"{{{v.specific}}}action": "Information",
        f"{{{v.specific}}}dataScope": "DataStructure",
    }
    with etree.xmlfile(stream, encoding="UTF-8") as out:
        out.write_declaration()
        with out.element(f"{{{v.message}}}StructureSpecificData", nsmap=names):
            out.write("\n")
            out.write(_header(v, data, structure, names["ns1"]), pretty_print=True)
            with out.element(f"{{{v.message}}}DataSet", said):
                out.write("\n")
                for series in _series(data):
                    out.write(series, pretty_print=True)
            out.write("\n")


def _header(v: Version, data: Dataset, structure: Structure, namespace: str) -> etree._Element:
    holder = etree.Element("holder", nsmap={"mes": v.message, "com": v.common})
    element = header(holder, v, data)
    said = {
        "structureID": data.naming.structure,
        "namespace": namespace,
        "dimensionAtObservation": _TIME,
    }
    described = etree.SubElement(element, f"{{{v.message}}}Structure", said)
    reference = etree.SubElement(described, f"{{{v.common}}}Structure")
    refer(reference, v, structure, "datastructure", "DataStructure", data.naming.structure)
    labelled(element, v.message, data.name, "Source")
    return element


def _series(data: Dataset) -> Iterator[etree._Element]:
    for (region, indicator), figures in groupby(
        _ordered(data.figures), lambda one: (one.region, one.indicator)
    ):
        spec = data.indicators.get(indicator)
        series: etree._Element | None = None
        for figure in figures:
            found = cells(figure, spec, data.breaks.get((indicator, region, figure.period)))
            if series is None:
                series = etree.Element("Series", {name: found[name] for name in DIMENSIONS[:-1]})
            said = {name: legal(text) for name, text in found.items() if name not in DIMENSIONS}
            etree.SubElement(series, "Obs", {_TIME: found[_TIME], MEASURE: MISSING, **said})
        assert series is not None
        yield series


def _ordered(figures: Iterable[Figure]) -> list[Figure]:
    """Series together, where they first came; years within one in order."""
    places: dict[tuple[str, str], int] = {}
    found = list(figures)
    for figure in found:
        places.setdefault((figure.region, figure.indicator), len(places))
    return sorted(found, key=lambda one: (places[one.region, one.indicator], one.period))
