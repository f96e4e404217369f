"""Reads SDMX-ML data messages: structure specific (2.1, 3.0, 3.1) and generic (2.1).

The structure is not needed for reading: what a component means is asked where the values are used.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from kechuang.errors import KechuangError, Place, listed
from kechuang.indicators.exchange.cells import DIMENSIONS, MEASURE
from kechuang.indicators.exchange.message import Message, Observation
from kechuang.indicators.exchange.xml import elements, forget, line_of, local, space
from kechuang.messages import say

_SPACES = {
    f"http://www.sdmx.org/resources/sdmxml/schemas/v{version}/message" for version in ("2_1", "3_0", "3_1")
}
_DATA = (
    "StructureSpecificData",
    "StructureSpecificTimeSeriesData",
    "GenericData",
    "GenericTimeSeriesData",
)
Cells = dict[str, str]


def read(content: bytes, file: str) -> Message:
    """The observations of an SDMX-ML data message. Raises KechuangError for anything else."""
    reading = elements(content, file)
    _, root = next(reading)
    _check(root, file)
    reader = _Reader(file)
    for event, element in reading:
        reader.take(event, element)
    return Message("sdmx-ml", tuple(reader.found), reader.test, reader.structure)


def is_message(root: etree._Element) -> bool:
    """Whether a document is, or was meant to be, an SDMX message."""
    return "sdmx.org" in space(root) or local(root) in (*_DATA, "Structure")


def _check(root: etree._Element, file: str) -> None:
    place = Place(file=file, line=line_of(root))
    if space(root) not in _SPACES:
        known = listed(sorted(one.rsplit("/", 2)[1] for one in _SPACES))
        raise KechuangError(
            "exchange-unreadable",
            say("命名空间“{space}”不是SDMX的报文", space=space(root)),
            place=place,
            remedy=say("可读SDMX-ML的这些版本：{known}。", known=known),
        )
    if local(root) == "Structure":
        raise KechuangError(
            "exchange-unreadable",
            say("这是结构报文，里面没有数值"),
            place=place,
            remedy=say("请给数据报文（data）；结构可在写对照表时参看。"),
        )
    if local(root) not in _DATA:
        raise KechuangError("exchange-unreadable", say("“{name}”不是数据报文", name=local(root)), place=place)


class _Reader:
    """Gathers observations as elements end; series and their groups are kept only as long as needed."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Observation] = []
        self.test = False
        self.structure: str | None = None
        self.at_observation = DIMENSIONS[-1]
        self.dataset: Cells = {}
        self.groups: list[Cells] = []

    def take(self, event: str, element: etree._Element) -> None:
        name = local(element)
        if event == "start":
            if name == "DataSet":
                self.dataset, self.groups = _own(element), []
            elif name == "Structure" and "dimensionAtObservation" in element.attrib:
                self.at_observation = element.get("dimensionAtObservation", "")
            return
        above = element.getparent()
        parent = local(above) if above is not None else ""
        if name == "Test" and parent == "Header":
            self.test = (element.text or "").strip() in ("true", "1")
        elif name in ("URN", "Ref", "Structure", "StructureUsage") and self.structure is None:
            self.structure = (element.text or "").strip() or element.get("id")
        elif name == "Attributes" and parent == "DataSet":
            self.dataset |= _values(element)
        elif name == "Group":
            self.groups.append(_group(element))
            forget(element)
        elif name == "Series":
            self.series(element)
            forget(element)
        elif name == "Obs" and parent == "DataSet":
            self.observation(element, {})
            forget(element)

    def series(self, element: etree._Element) -> None:
        shared = _own(element)
        for part in element:
            if local(part) in ("SeriesKey", "Attributes"):
                shared |= _values(part)
        for part in element:
            if local(part) == "Obs":
                self.observation(part, shared)

    def observation(self, element: etree._Element, shared: Cells) -> None:
        values = {**self.dataset, **shared, **_own(element)}
        for part in element:
            name = local(part)
            if name in ("ObsKey", "Attributes"):
                values |= _values(part)
            elif name in ("ObsDimension", "Time"):
                values[part.get("id", self.at_observation)] = part.get("value", "")
            elif name == "ObsValue":
                values[MEASURE] = part.get("value", "")
        for group in self.groups:
            common = group.keys() & values.keys()
            if common and all(values[key] == group[key] for key in common):
                values = {**group, **values}
        self.found.append(Observation(values, Place(file=self.file, line=line_of(element))))


def _own(element: etree._Element) -> Cells:
    """The attributes that are components: those without a namespace of their own."""
    return {
        str(name): str(value)
        for name, value in element.attrib.items()
        if not str(name).startswith("{") and name != "action"
    }


def _values(element: etree._Element) -> Cells:
    """The ``Value`` elements of a generic message."""
    return dict(_pairs(element))


def _pairs(element: etree._Element) -> Iterator[tuple[str, str]]:
    for part in element:
        if local(part) == "Value":
            yield part.get("id", ""), part.get("value", "")


def _group(element: etree._Element) -> Cells:
    found = _own(element)
    for part in element:
        if local(part) in ("GroupKey", "Attributes"):
            found |= _values(part)
    found.pop("type", None)
    return found
