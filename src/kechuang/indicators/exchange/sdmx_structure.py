"""SDMX-ML structure messages, 2.1 and 3.0: code lists, concepts, data structure, data flow, provision.

Written so that both versions hold the same artefacts under the same ids, with names in Chinese and English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from lxml import etree

from kechuang.indicators.exchange.dataset import Dataset
from kechuang.indicators.exchange.sdmx_names import XML, XSI, Version, urn
from kechuang.indicators.exchange.structure import Code, Codelist, Component, Structure, structure_of
from kechuang.packs.model import Label

CONCEPTS = "CS_INDICATORS"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(data: Dataset, version: str = "3.0") -> bytes:
    """The structures that describe ``data``, as a message."""
    return _Writer(Version(version), data).message()


class _Writer:
    """Builds one message; ``self.v`` is the version, which decides namespaces and the form of references."""

    def __init__(self, version: Version, data: Dataset) -> None:
        self.v, self.data, self.s = version, data, structure_of(data)
        self.agency, self.version = self.s.naming.agency, self.s.naming.version

    def message(self) -> bytes:
        names = {"mes": self.v.message, "str": self.v.structure, "com": self.v.common, "xsi": XSI}
        root = etree.Element(f"{{{self.v.message}}}Structure", nsmap=names)
        labelled(header(root, self.v, self.data), self.v.common, self.data.name, "Name")
        structures = etree.SubElement(root, f"{{{self.v.message}}}Structures")
        parts = {
            "Codelists": self.codelists,
            "Concepts": self.concepts,
            "Dataflows": self.flows,
            "DataStructures": self.structures,
            "Hierarchies": self.hierarchies,
        }
        order = ["Codelists", "Concepts", "Dataflows", "DataStructures", "Hierarchies"]
        if not self.v.by_urn:
            order = ["Dataflows", "Codelists", "Concepts", "DataStructures"]
        for name in order:
            tag = "ConceptSchemes" if name == "Concepts" and self.v.by_urn else name
            parts[name](self.sub(structures, tag))
        etree.indent(root)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def sub(self, parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
        return etree.SubElement(parent, f"{{{self.v.structure}}}{tag}", attributes)

    def label(self, parent: etree._Element, label: Label, tag: str = "Name") -> None:
        labelled(parent, self.v.common, label, tag)

    def maintained(
        self, parent: etree._Element, tag: str, package: str, kind: str, name: str
    ) -> etree._Element:
        return self.sub(
            parent,
            tag,
            urn=urn(package, kind, self.agency, name, self.version),
            id=name,
            agencyID=self.agency,
            version=self.version,
        )

    def codelists(self, parent: etree._Element) -> None:
        for one in self.s.codelists:
            element = self.maintained(parent, "Codelist", "codelist", "Codelist", one.id)
            self.label(element, one.name)
            for code in one.codes:
                self.code(element, one, code)

    def code(self, parent: etree._Element, codelist: Codelist, code: Code) -> None:
        name = urn("codelist", "Code", self.agency, codelist.id, self.version, code.id)
        element = self.sub(parent, "Code", urn=name, id=code.id)
        self.label(element, code.name)
        if code.description is not None:
            self.label(element, code.description, "Description")
        if code.parent is not None and not self.v.by_urn:
            etree.SubElement(self.sub(element, "Parent"), "Ref", id=code.parent)

    def hierarchies(self, parent: etree._Element) -> None:
        """What lies below what. In 3.0 it stands apart: a code as ``Parent`` has to begin with a letter
        there (SDMXStructureCodelist.xsd), which the codes of GB/T 2260 do not."""
        for one in self.s.codelists:
            if not any(code.parent for code in one.codes):
                continue
            name = one.id.replace("CL_", "HIER_", 1)
            element = self.maintained(parent, "Hierarchy", "codelist", "Hierarchy", name)
            element.set("hasFormalLevels", "false")
            self.label(element, one.name)
            below: dict[str | None, list[Code]] = {}
            for code in one.codes:
                below.setdefault(code.parent, []).append(code)
            self.nested(element, one, below, None)

    def nested(
        self,
        parent: etree._Element,
        codelist: Codelist,
        below: Mapping[str | None, Sequence[Code]],
        above: str | None,
    ) -> None:
        for code in below.get(above, ()):
            element = self.sub(parent, "HierarchicalCode", id=code.id)
            reference = self.sub(element, "Code")
            self.refer(reference, "codelist", "Code", codelist.id, code.id)
            self.nested(element, codelist, below, code.id)

    def concepts(self, parent: etree._Element) -> None:
        element = self.maintained(parent, "ConceptScheme", "conceptscheme", "ConceptScheme", CONCEPTS)
        self.label(element, Label(zh="指标数据的概念", en="Concepts of indicator data"))
        for part in self.s.components:
            name = urn("conceptscheme", "Concept", self.agency, CONCEPTS, self.version, part.id)
            self.label(self.sub(element, "Concept", urn=name, id=part.id), part.name)

    def flows(self, parent: etree._Element) -> None:
        naming = self.s.naming
        element = self.maintained(parent, "Dataflow", "datastructure", "Dataflow", naming.flow)
        self.label(element, self.s.title)
        reference = self.sub(element, "Structure")
        self.refer(reference, "datastructure", "DataStructure", naming.structure)

    def structures(self, parent: etree._Element) -> None:
        name = self.s.naming.structure
        element = self.maintained(parent, "DataStructure", "datastructure", "DataStructure", name)
        self.label(element, Label(zh="指标数据的结构", en="Structure of indicator data"))
        components = self.sub(element, "DataStructureComponents")
        dimensions = self.sub(components, "DimensionList", id="DimensionDescriptor")
        for place, part in enumerate(self.s.dimensions, start=1):
            tag = "TimeDimension" if part.kind == "time" else "Dimension"
            position = {} if part.kind == "time" and self.v.by_urn else {"position": str(place)}
            self.component(dimensions, tag, part, position)
        attributes = self.sub(components, "AttributeList", id="AttributeDescriptor")
        for part in self.s.attributes:
            self.attribute(attributes, part)
        measures = self.sub(components, "MeasureList", id="MeasureDescriptor")
        self.component(measures, "Measure" if self.v.by_urn else "PrimaryMeasure", self.s.measure, {})

    def attribute(self, parent: etree._Element, part: Component) -> None:
        if self.v.by_urn:
            said = {"usage": "mandatory" if part.required else "optional"}
        else:
            said = {"assignmentStatus": "Mandatory" if part.required else "Conditional"}
        element = self.component(parent, "Attribute", part, said)
        relation = self.sub(element, "AttributeRelationship")
        if self.v.by_urn:
            self.sub(relation, "Observation")
        else:
            etree.SubElement(self.sub(relation, "PrimaryMeasure"), "Ref", id=self.s.measure.id)

    def component(
        self, parent: etree._Element, tag: str, part: Component, said: Mapping[str, str]
    ) -> etree._Element:
        element = self.sub(parent, tag, id=part.id, **said)
        identity = self.sub(element, "ConceptIdentity")
        self.refer(identity, "conceptscheme", "Concept", CONCEPTS, part.id)
        representation = self.sub(element, "LocalRepresentation")
        if part.codelist is not None:
            enumeration = self.sub(representation, "Enumeration")
            self.refer(enumeration, "codelist", "Codelist", part.codelist)
        else:
            self.sub(representation, "TextFormat", textType=part.type)
        return element

    def refer(self, parent: etree._Element, package: str, kind: str, name: str, item: str = "") -> None:
        refer(parent, self.v, self.s, package, kind, name, item)


def refer(
    parent: etree._Element,
    version: Version,
    structure: Structure,
    package: str,
    kind: str,
    name: str,
    item: str = "",
) -> None:
    """A reference inside ``parent`` to an artefact of the same agency and version."""
    naming = structure.naming
    if version.by_urn:
        parent.text = urn(package, kind, naming.agency, name, naming.version, item)
        return
    said = {"agencyID": naming.agency}
    if item:
        said |= {"maintainableParentID": name, "maintainableParentVersion": naming.version, "id": item}
    else:
        said |= {"id": name, "version": naming.version}
    etree.SubElement(parent, "Ref", {**said, "package": package, "class": kind})


def header(root: etree._Element, version: Version, data: Dataset) -> etree._Element:
    """The header of a message: id, whether it is a test (sample data is), when it was made, who sends it."""
    space = f"{{{version.message}}}"
    element = etree.SubElement(root, f"{space}Header")
    etree.SubElement(element, f"{space}ID").text = message_id(data)
    etree.SubElement(element, f"{space}Test").text = "true" if data.sample else "false"
    etree.SubElement(element, f"{space}Prepared").text = moment(data.prepared)
    etree.SubElement(element, f"{space}Sender", id=data.naming.agency.replace(".", "_"))
    return element


def message_id(data: Dataset) -> str:
    return f"{data.naming.flow}_{data.prepared:%Y%m%dT%H%M%S}"


def moment(when: datetime) -> str:
    """A moment with its offset: ``2026-01-31T08:00:00+08:00``."""
    return when.isoformat(timespec="seconds")


def labelled(parent: etree._Element, space: str, label: Label, tag: str) -> None:
    """``label`` in both languages as elements ``tag`` of the namespace ``space``."""
    for language, text in (("zh", label.zh), ("en", label.en)):
        element = etree.SubElement(parent, f"{{{space}}}{tag}", {f"{{{XML}}}lang": language})
        element.text = legal(text)


def legal(text: str) -> str:
    """``text`` without what XML cannot hold."""
    return text if text.isprintable() else _ILLEGAL.sub("\ufffd", text)
