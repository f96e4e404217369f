"""Opens a Word file (a zip of XML parts) without trusting it: sizes, encryption and entities are checked."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass

from lxml import etree

from kechuang.errors import KechuangError, Place
from kechuang.messages import Message, say

LARGEST_TOTAL = 500 * 1024 * 1024
LARGEST_PART, LARGEST_RATIO = 50 * 1024 * 1024, 200
_TROUBLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    OSError,
    ValueError,
    RuntimeError,
    OverflowError,
    etree.XMLSyntaxError,
)


@dataclass(frozen=True)
class Package:
    """The parts of a Word file that make its text; numbering and styles are None where it has none."""

    body: etree._Element
    numbering: etree._Element | None
    styles: etree._Element | None


def open_package(data: bytes, place: Place) -> Package:
    """The parts of the Word file ``data``.

    Raises KechuangError: document-damaged, document-encrypted, zip-bomb.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bombs(archive, place)
            return _parts(archive)
    except _TROUBLE:
        raise _error(
            "document-damaged",
            say("文件已损坏，或不是Word文档（docx）"),
            say("请重新取得文件；如能用WPS或Word打开，请另存为.docx后再读。"),
            place,
        ) from None


def _refuse_bombs(archive: zipfile.ZipFile, place: Place) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 0x1 for part in parts):
        raise _error(
            "document-encrypted",
            say("文件加了打开密码"),
            say("请用WPS或Word打开，取消密码后另存为.docx。"),
            place,
        )
    large = (part for part in parts if part.file_size > LARGEST_PART)
    swollen = any(part.file_size > LARGEST_RATIO * max(1, part.compress_size) for part in large)
    if swollen or sum(part.file_size for part in parts) > LARGEST_TOTAL:
        raise _error(
            "zip-bomb",
            say("文件解压后大得不合常理，未读取"),
            say("请向提供者核实文件来源；如确为规划文本，请另存为txt。"),
            place,
        )


def _parts(archive: zipfile.ZipFile) -> Package:
    document = _related(archive, "", "officeDocument") or "word/document.xml"
    root = _xml(archive, document)
    body = next((child for child in root if _name(child) == "body"), None)
    if body is None:
        raise ValueError("no body")
    optional = {}
    for kind, usual in (("numbering", "numbering.xml"), ("styles", "styles.xml")):
        path = _related(archive, document, kind) or posixpath.join(posixpath.dirname(document), usual)
        optional[kind] = _xml(archive, path) if path in archive.namelist() else None
    return Package(body, optional["numbering"], optional["styles"])


def _related(archive: zipfile.ZipFile, part: str, kind: str) -> str | None:
    """The part that ``part`` names as its ``kind`` in its relationships."""
    folder, file = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{file}.rels")
    if path not in archive.namelist():
        return None
    for relation in _xml(archive, path):
        if _name(relation) == "Relationship" and relation.get("Type", "").endswith(f"/{kind}"):
            target = relation.get("Target", "")
            return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    return None


def _xml(archive: zipfile.ZipFile, path: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(archive.read(path), parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a Word file has no document type")  # entities: an attack
    return root


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _error(code: str, message: Message, remedy: Message, place: Place) -> KechuangError:
    return KechuangError(code, message, place=place, remedy=remedy)
