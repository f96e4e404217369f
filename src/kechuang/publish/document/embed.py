"""Puts subsets of the product's fonts into a docx, so that it reads right where no Chinese font is.

The document names fonts as an office has them (仿宋_GB2312, 黑体 …): where those are installed they are
used. Where they are not, the embedded subset of the same name stands in: Noto Serif SC for 仿宋, 楷体
and 小标宋, Noto Sans SC for 黑体. Embedding and obfuscation follow ECMA-376-1 (17.8.1).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

from kechuang.publish import fonts

FANGSONG = "仿宋_GB2312"
KAITI = "楷体_GB2312"
HEITI = "黑体"
XIAOBIAOSONG = "方正小标宋简体"
SONGTI = "宋体"

FACES: dict[str, fonts.Face] = {
    FANGSONG: "serif",
    KAITI: "serif",
    HEITI: "sans",
    XIAOBIAOSONG: "serif",
    SONGTI: "serif",
}
#: Names under which the same design is installed elsewhere; a word processor tries them next.
ALTERNATIVES = {FANGSONG: "仿宋", KAITI: "楷体", HEITI: "SimHei", XIAOBIAOSONG: "小标宋", SONGTI: "SimSun"}

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_FONT = f"{_R}/font"
_BEFORE_EMBED = (
    "writeProtection", "view", "zoom", "removePersonalInformation", "removeDateAndTime",
    "doNotDisplayPageBoundaries", "displayBackgroundShape", "printPostScriptOverText",
    "printFractionalCharacterWidth", "printFormsData",
)  # fmt: skip


def embed(docx: bytes, used: Mapping[str, str]) -> bytes:
    """The document with a font embedded for each name in ``used`` (font name → all its text)."""
    for name, text in used.items():
        fonts.require(text, (FACES[name],))
    keys = {
        name: uuid.uuid5(uuid.NAMESPACE_URL, f"{name}/{''.join(sorted(set(text)))}")
        for name, text in used.items()
    }
    files = {
        f"word/fonts/font{at}.odttf": obfuscated(
            fonts.document_font(FACES[name], used[name], name), keys[name]
        )
        for at, name in enumerate(used, 1)
    }
    files["word/fontTable.xml"] = _table(keys)
    files["word/_rels/fontTable.xml.rels"] = _relations(len(keys))
    target = BytesIO()
    with ZipFile(BytesIO(docx)) as source, ZipFile(target, "w", ZIP_DEFLATED) as made:
        for item in source.infolist():
            content = files.pop(item.filename, None) or source.read(item)
            if item.filename == "[Content_Types].xml":
                content = _types(content)
            elif item.filename == "word/settings.xml":
                content = _settings(content)
            made.writestr(_entry(item.filename), content)
        for name, content in files.items():
            made.writestr(_entry(name), content)
    return target.getvalue()


def obfuscated(font: bytes, key: uuid.UUID) -> bytes:
    """The font with its first 32 bytes mixed with ``key``, as the standard asks; its own inverse."""
    mask = key.bytes[::-1] * 2
    return bytes(a ^ b for a, b in zip(font[:32], mask, strict=True)) + font[32:]


def _entry(name: str) -> ZipInfo:
    """A zip entry without the time of writing: the same report gives the same bytes."""
    entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = ZIP_DEFLATED
    return entry


def _table(keys: Mapping[str, uuid.UUID]) -> bytes:
    root = etree.Element(f"{{{_W}}}fonts", nsmap={"w": _W, "r": _R})
    for at, (name, key) in enumerate(keys.items(), 1):
        font = etree.SubElement(root, f"{{{_W}}}font", {f"{{{_W}}}name": name})
        for tag, value in (
            ("altName", ALTERNATIVES[name]),
            ("charset", "86"),
            ("family", "roman" if FACES[name] == "serif" else "swiss"),
            ("pitch", "variable"),
        ):
            etree.SubElement(font, f"{{{_W}}}{tag}", {f"{{{_W}}}val": value})
        given = {f"{{{_R}}}id": f"rId{at}", f"{{{_W}}}fontKey": "{" + str(key).upper() + "}"}
        etree.SubElement(font, f"{{{_W}}}embedRegular", {**given, f"{{{_W}}}subsetted": "1"})
    return _xml(root)


def _relations(count: int) -> bytes:
    root = etree.Element(f"{{{_RELS}}}Relationships", nsmap={None: _RELS})  # type: ignore[dict-item]
    for at in range(1, count + 1):
        given = {"Id": f"rId{at}", "Type": _FONT, "Target": f"fonts/font{at}.odttf"}
        etree.SubElement(root, f"{{{_RELS}}}Relationship", given)
    return _xml(root)


def _types(content: bytes) -> bytes:
    root = etree.fromstring(content)
    kind = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
    default = etree.Element(f"{{{root.nsmap[None]}}}Default", {"Extension": "odttf", "ContentType": kind})
    root.insert(0, default)
    return _xml(root)


def _settings(content: bytes) -> bytes:
    root = etree.fromstring(content)
    at = sum(child.tag in {f"{{{_W}}}{name}" for name in _BEFORE_EMBED} for child in root)
    root.insert(at, etree.Element(f"{{{_W}}}embedTrueTypeFonts"))
    root.insert(at + 1, etree.Element(f"{{{_W}}}saveSubsetFonts"))
    return _xml(root)


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
