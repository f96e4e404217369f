"""ADX, the aggregate data exchange of IHE QRPH (namespace ``urn:ihe:qrph:adx:2015``), as DHIS2 takes it.

Values stand in groups of one region, period and data set; a period is its first day and its length
(``2023-01-01/P1Y``). A value is required and decimal, so that an unknown one cannot be said: it is left out
and counted. What the format has no field for is in the comment, as in DHIS2.
"""

from __future__ import annotations

from datetime import UTC
from itertools import groupby
from typing import IO, Any

from lxml import etree

from kechuang.errors import KechuangError, Place
from kechuang.indicators.exchange.cells import MEASURE, plain
from kechuang.indicators.exchange.dataset import Dataset
from kechuang.indicators.exchange.dhis2 import check, comment, data_set, said
from kechuang.indicators.exchange.message import Message, Observation
from kechuang.indicators.exchange.sdmx_structure import legal
from kechuang.indicators.exchange.xml import elements, forget, line_of, local, space
from kechuang.messages import say

NAMESPACE = "urn:ihe:qrph:adx:2015"
_NAMES: Any = {None: NAMESPACE}  # the default namespace, which the stubs of lxml do not know


def write(data: Dataset, stream: IO[bytes]) -> int:
    """Write the values; gives how many figures were left out because they have none."""
    check(data)
    known = [figure for figure in data.figures if figure.value is not None]
    ordered = sorted(known, key=lambda figure: (figure.region, figure.period))
    exported = data.prepared.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with etree.xmlfile(stream, encoding="UTF-8") as out:
        out.write_declaration()
        with out.element(f"{{{NAMESPACE}}}adx", {"exported": exported}, nsmap=_NAMES):
            out.write("\n")
            for (region, period), figures in groupby(ordered, lambda one: (one.region, one.period)):
                group = etree.Element(
                    f"{{{NAMESPACE}}}group",
                    {"orgUnit": region, "period": f"{period}-01-01/P1Y", "dataSet": data_set(data)},
                    nsmap=_NAMES,
                )
                for figure in figures:
                    value = {"dataElement": figure.indicator, "value": plain(figure.value or 0.0)}
                    note = {"comment": legal(comment(data, figure))}
                    etree.SubElement(group, f"{{{NAMESPACE}}}dataValue", {**value, **note})
                out.write(group, pretty_print=True)
    return len(data.figures) - len(known)


def is_message(root: etree._Element) -> bool:
    """Whether a document is, or was meant to be, ADX."""
    return local(root) == "adx"


def read(content: bytes, file: str) -> Message:
    """The observations of an ADX document. Raises KechuangError for anything else."""
    reading = elements(content, file)
    _, root = next(reading)
    if space(root) != NAMESPACE or local(root) != "adx":
        raise KechuangError(
            "exchange-unreadable",
            say("命名空间“{space}”不是ADX的（{wanted}）", space=space(root), wanted=NAMESPACE),
            place=Place(file=file, line=line_of(root)),
        )
    found: list[Observation] = []
    shared: dict[str, str] = {}
    for event, element in reading:
        name = local(element)
        if event == "start" and name == "group":
            shared = _renamed(element)
        elif event == "end" and name == "dataValue":
            values = _renamed(element)
            note = values.pop("comment", "")
            place = Place(file=file, line=line_of(element))
            found.append(Observation({**said(note), **shared, **values}, place))
        elif event == "end" and name == "group":
            forget(element)
    return Message("adx", tuple(found))


_FIELDS = {"dataElement": "INDICATOR", "orgUnit": "REF_AREA", "period": "TIME_PERIOD", "value": MEASURE}


def _renamed(element: etree._Element) -> dict[str, str]:
    return {_FIELDS.get(str(name), str(name)): str(value) for name, value in element.attrib.items()}
