"""Writes the folder of open data: all of it, or nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kechuang.errors import KechuangError
from kechuang.indicators.exchange import export
from kechuang.messages import in_language, say
from kechuang.publish.opendata.material import Material
from kechuang.publish.opendata.package import File, catalogue, data_package
from kechuang.publish.opendata.tables import as_csv, tables_of
from kechuang.publish.opendata.telling import licence, readme
from kechuang.whole import whole_folder

MARK = "datapackage.json"
#: Every file there may be, in the order a reader meets them.
FILES = (
    "README.md",
    "README.en.md",
    "LICENSE.txt",
    "data/figures.csv",
    "data/figures.json",
    "data/indicators.csv",
    "data/regions.csv",
    "data/targets.csv",
    "sdmx/data.csv",
    "sdmx/data.xml",
    "sdmx/structure.xml",
    MARK,
    "catalog.jsonld",
    "SHA256SUMS",
)


@dataclass(frozen=True)
class Written:
    """The ``folder`` and what lies in it; ``figures`` counts those with a value."""

    folder: Path
    files: tuple[File, ...]
    figures: int
    withheld: int

    @property
    def paths(self) -> list[Path]:
        return [self.folder / name for name in FILES if (self.folder / name).is_file()]


def write(material: Material, folder: Path) -> Written:
    """Write everything to ``folder``; what was published there before is replaced.

    Refuses a folder that holds anything else (``folder-taken``); KechuangError too where it cannot be
    written.
    """
    _ours(folder)
    with whole_folder(folder) as made:
        files = _fill(material, made)
        made.chmod(0o755)
    known = sum(one.value is not None for one in material.figures)
    withheld = sum(one.absence == "withheld" for one in material.figures)
    return Written(folder, tuple(files), known, withheld)


def _ours(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).is_file())):
        raise KechuangError(
            "folder-taken",
            say("{folder} 已存在，且不是开放数据的文件夹", folder=folder),
            remedy=say("请另给一个文件夹。"),
        )


def _fill(material: Material, folder: Path) -> list[File]:
    files: list[File] = []

    def put(path: str, content: bytes, zh: str, en: str, **more: Any) -> None:
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)
        files.append(File(path, zh, en, len(content), hashlib.sha256(content).hexdigest(), **more))

    for table, held in tables_of(material):
        put(f"data/{table.name}.csv", as_csv(table, held), table.zh, table.en, table=table)
    put("data/figures.json", _json(_figures(material)), "指标值（JSON）", "Figures (JSON)")
    (folder / "sdmx").mkdir()
    export(material.data, folder / "sdmx" / "data.csv", "sdmx-csv", structures=False)
    export(material.data, folder / "sdmx" / "data.xml", "sdmx-ml")
    (folder / "sdmx" / "data.structure.xml").rename(folder / "sdmx" / "structure.xml")
    for name, zh, en, standard in (
        ("data.csv", "指标值（SDMX-CSV）", "Figures (SDMX-CSV)", "SDMX-CSV 2.0"),
        ("data.xml", "指标值（SDMX-ML）", "Figures (SDMX-ML)", "SDMX-ML 3.0"),
        ("structure.xml", "数据结构（SDMX-ML）", "Structures (SDMX-ML)", "SDMX-ML 3.0"),
    ):
        put(f"sdmx/{name}", (folder / "sdmx" / name).read_bytes(), zh, en, standard=standard)
    texts = {
        "README.md": readme(material, files, "zh"),
        "README.en.md": readme(material, files, "en"),
        "LICENSE.txt": _licences(material),
        MARK: _json(data_package(material, files)).decode(),
        "catalog.jsonld": _json(catalogue(material, files)).decode(),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    sums = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}"
        for name in FILES
        if (folder / name).is_file()
    ]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", "utf-8")
    return files


def _figures(material: Material) -> dict[str, Any]:
    return {
        "title": {"zh": material.data.name.zh, "en": material.data.name.en},
        "as_of": material.as_of.isoformat(),
        "sample": material.sample,
        "licence": {"name": material.licence.name or None, "url": material.licence.url or None},
        "figures": [one.as_dict() for one in material.figures],
    }


def _licences(material: Material) -> str:
    said = []
    for language in ("zh", "en"):
        with in_language(language):
            said.append(licence(material))
    return "\n".join(said) + "\n"


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
