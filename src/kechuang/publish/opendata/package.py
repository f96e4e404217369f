"""How the folder describes itself: a Data Package for programs, a DCAT catalogue for other catalogues.

Data Package 2.0 (datapackage.org) with Table Schema; DCAT 3 (W3C Recommendation, 2024) as JSON-LD with the
terms of ``dcterms`` and ``foaf``, checksums by SPDX as DCAT has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kechuang.publish.opendata.material import Material
from kechuang.publish.opendata.tables import Column, Table

#: Media types as registered with IANA; SDMX's carry their version.
MEDIA = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".xml": "application/xml",
    ".md": "text/markdown",
    ".txt": "text/plain",
}
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True)
class File:
    """A file of the folder: path in it, what it is, size and digest; ``table`` where it is one."""

    path: str
    zh: str
    en: str
    size: int
    sha256: str
    standard: str = ""
    table: Table | None = None

    @property
    def media(self) -> str:
        return MEDIA[self.path[self.path.rindex(".") :]]


def data_package(material: Material, files: list[File]) -> dict[str, Any]:
    """``datapackage.json``."""
    found: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "kechuang-open-data",
        "title": material.data.name.zh,
        "description": _about(material, "zh") + "\n\n" + _about(material, "en"),
        "version": material.as_of.isoformat(),
        "created": material.prepared.isoformat(timespec="seconds"),
        "contributors": [{"title": material.publisher, "roles": ["publisher"]}],
    }
    if material.home:
        found["homepage"] = material.home
    if material.licence.name or material.licence.url:
        said = {"name": material.licence.name, "path": material.licence.url}
        found["licenses"] = [{key: value for key, value in said.items() if value}]
    found["resources"] = [_resource(one) for one in files]
    return found


def _resource(file: File) -> dict[str, Any]:
    name = file.path.rsplit(".", 1)[0].replace("/", "-").lower()
    suffix = file.path.rsplit(".", 1)[1]
    found: dict[str, Any] = {
        "name": name if file.table is not None else f"{name}-{suffix}",
        "title": f"{file.zh} {file.en}",
        "path": file.path,
        "format": suffix,
        "mediatype": file.media,
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }
    if file.table is not None:
        found["type"] = "table"
        found["dialect"] = {"delimiter": ",", "lineTerminator": "\r\n", "header": True}
        found["schema"] = _schema(file.table)
    return found


def _schema(table: Table) -> dict[str, Any]:
    found: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    if table.refers:
        found["foreignKeys"] = [
            {"fields": [name], "reference": {"resource": f"data-{other}", "fields": [field]}}
            for name, other, field in table.refers
        ]
    return found


def _field(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "title": column.zh,
        "description": f"{column.zh}；{column.en}",
    }
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.values:
        constraints["enum"] = list(column.values)
    return found | ({"constraints": constraints} if constraints else {})


def catalogue(material: Material, files: list[File]) -> dict[str, Any]:
    """``catalog.jsonld``: one catalogue with one dataset, a distribution for every file."""
    base = material.home.rstrip("/") + "/open/" if material.home else ""
    publisher = {"@type": "foaf:Agent", "foaf:name": {"@value": material.publisher, "@language": "zh"}}
    licence = {"dct:license": {"@id": material.licence.url}} if material.licence.url else {}
    rights = {"dct:rights": material.licence.name} if material.licence.name else {}
    years = [one.period for one in material.figures if one.value is not None]
    dataset: dict[str, Any] = {
        "@id": f"{base}#dataset",
        "@type": "dcat:Dataset",
        "dct:title": _both(material.data.name.zh, material.data.name.en),
        "dct:description": _both(_about(material, "zh"), _about(material, "en")),
        "dct:identifier": f"kechuang-open-data-{material.as_of.isoformat()}",
        "dct:issued": _typed(material.as_of.isoformat(), "date"),
        "dct:modified": _typed(material.prepared.isoformat(timespec="seconds"), "dateTime"),
        "dct:publisher": publisher,
        "dct:language": ["zh", "en"],
        "dct:spatial": [
            {"@type": "dct:Location", "dct:identifier": one.code} for one in material.data.regions
        ],
        "dcat:keyword": [
            *({"@value": one.label.zh, "@language": "zh"} for one in material.data.indicators.values()),
            *({"@value": one.label.en, "@language": "en"} for one in material.data.indicators.values()),
        ],
        "dcat:version": material.as_of.isoformat(),
        **rights,
        **licence,
        "dcat:distribution": [_distribution(one, base, licence) for one in files],
    }
    if years:
        dataset["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _typed(f"{min(years)}-01-01", "date"),
            "dcat:endDate": _typed(f"{max(years)}-12-31", "date"),
        }
    return {
        "@context": _CONTEXT,
        "@id": f"{base}#catalog",
        "@type": "dcat:Catalog",
        "dct:title": _both("开放数据目录", "Catalogue of open data"),
        "dct:description": _both(_about(material, "zh"), _about(material, "en")),
        "dct:publisher": publisher,
        "dct:modified": _typed(material.prepared.isoformat(timespec="seconds"), "dateTime"),
        "dcat:dataset": [dataset],
    }


def _distribution(file: File, base: str, licence: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@id": f"{base}#{file.path}",
        "@type": "dcat:Distribution",
        "dct:title": _both(file.zh, file.en),
        "dcat:downloadURL": {"@id": f"{base}{file.path}"},
        "dcat:accessURL": {"@id": f"{base}{file.path}"},
        "dcat:mediaType": {"@id": f"http://www.iana.org/assignments/media-types/{file.media}"},
        "dcat:byteSize": _typed(str(file.size), "nonNegativeInteger"),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": _typed(file.sha256, "hexBinary"),
        },
        **licence,
    }
    if file.standard:
        found["dct:conformsTo"] = {"@type": "dct:Standard", "dct:title": file.standard}
    return found


def _both(zh: str, en: str) -> list[dict[str, str]]:
    return [{"@value": zh, "@language": "zh"}, {"@value": en, "@language": "en"}]


def _typed(value: str, kind: str) -> dict[str, str]:
    return {"@value": value, "@type": f"xsd:{kind}"}


def _about(material: Material, language: str) -> str:
    day = material.as_of.isoformat()
    if language == "en":
        said = f"Figures of {len(material.data.indicators)} indicators of {material.title}, as of {day}."
        return said + (" Holds sample data: made up, no statistics." if material.sample else "")
    said = f"{material.title}的{len(material.data.indicators)}个指标的数值，截至{day}。"
    return said + ("含示例数据：随机生成，不是统计数据。" if material.sample else "")
