"""Open data: what may be taken away, how to read it, and the files themselves."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from kechuang.messages import Message, in_language, language, say
from kechuang.openly import open_material
from kechuang.publish.opendata import FILES, write
from kechuang.publish.opendata.package import MEDIA
from kechuang.publish.opendata.tables import Table, tables_of
from kechuang.publish.opendata.telling import licence
from kechuang.web.access import Hidden, page
from kechuang.web.rendering import Page
from kechuang.web.roles import PUBLIC
from kechuang.web.standing import kept, state_of
from kechuang.web.workspaces import served

_WORDS: dict[str, Message] = {
    "README.md": say("说明（中文）"),
    "README.en.md": say("说明（英文）"),
    "LICENSE.txt": say("许可"),
    "data/figures.csv": say("指标值，表格"),
    "data/figures.json": say("指标值，给程序"),
    "data/indicators.csv": say("指标口径"),
    "data/regions.csv": say("地区和驻地坐标"),
    "data/targets.csv": say("规划目标"),
    "sdmx/data.csv": say("指标值，SDMX-CSV 2.0"),
    "sdmx/data.xml": say("指标值，SDMX-ML 3.0"),
    "sdmx/structure.xml": say("数据结构，SDMX-ML 3.0"),
    "datapackage.json": say("列的含义和类型，Data Package 2.0"),
    "catalog.jsonld": say("目录，DCAT 3"),
    "SHA256SUMS": say("校验和"),
}


@dataclass(frozen=True)
class OpenFile:
    """A file to take away."""

    path: str
    words: Message
    size: int


@dataclass(frozen=True)
class Held:
    """Open data as it stands: its files, and what they hold."""

    files: dict[str, bytes]
    figures: int
    withheld: int
    indicators: int
    tables: tuple[Table, ...]
    licences: dict[str, str]
    as_of: date


@dataclass(frozen=True)
class OpenData:
    """The page of open data."""

    heading: Message
    files: list[OpenFile]
    figures: int
    withheld: int
    tables: tuple[Table, ...]
    licence: str
    as_of: date


@page("open/", "open-data", PUBLIC)
def open_data(request: HttpRequest) -> Page:
    held = _held()
    context = OpenData(
        heading=say("{n}个数，{m}个指标，都可以下载", n=held.figures, m=held.indicators),
        files=[OpenFile(name, _WORDS[name], len(content)) for name, content in held.files.items()],
        figures=held.figures,
        withheld=held.withheld,
        tables=held.tables,
        licence=held.licences[language()],
        as_of=held.as_of,
    )
    return Page("kechuang/open.html", context)


@page("open/<str:name>", "open-file", PUBLIC)
def file(request: HttpRequest, name: str) -> HttpResponse:
    return _given(name)


@page("open/<str:folder>/<str:name>", "open-table", PUBLIC)
def file_in_folder(request: HttpRequest, folder: str, name: str) -> HttpResponse:
    return _given(f"{folder}/{name}")


def _given(path: str) -> HttpResponse:
    content = _held().files.get(path)
    if content is None:
        raise Hidden
    media = MEDIA.get(Path(path).suffix, "text/plain")
    answer = HttpResponse(content, content_type=f"{media}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{Path(path).name}"'
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _held() -> Held:
    workspace = served()

    def make() -> Held:
        fresh = type(workspace)(workspace.folder, workspace.settings, workspace.clock)
        material = open_material(fresh)
        with tempfile.TemporaryDirectory() as folder:
            written = write(material, Path(folder) / "open")
            files = {name: path.read_bytes() for name in FILES if (path := written.folder / name).is_file()}
        licences = {}
        for one in ("zh", "en"):
            with in_language(one):
                licences[one] = licence(material)
        tables = tuple(table for table, _ in tables_of(material))
        indicators = len({one.indicator for one in material.figures if one.value is not None})
        return Held(files, written.figures, written.withheld, indicators, tables, licences, material.as_of)

    return kept.get("open-data", state_of(workspace), make)[0]
