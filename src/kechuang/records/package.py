"""The parts of an .xlsx and how they hang together: what is declared, what links to what.

The layout is that of [ECMA-376] part 2. Whatever is not touched here is copied as it was.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kechuang.records.notes import add_notes

LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_LEGACY = re.compile(rb"<legacyDrawing\b[^>]*\bid=[\"']([^\"']+)")
_LAST = re.compile(rb"(?:</([\w:]+)>|<([\w:]+)\b[^<>]*/>)\s*$")
_AFTER_DRAWING = frozenset(
    b"legacyDrawingHF picture oleObjects controls webPublishItems tableParts extLst".split()
)
_WRAPPED = b"AlternateContent"


@dataclass
class Parts:
    """The parts of a workbook: those as they were, those changed or new, those left out."""

    archive: zipfile.ZipFile
    changed: dict[str, bytes] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def read(self, name: str) -> bytes:
        return self.changed.get(name) or self.archive.read(name)

    def tree(self, name: str) -> Any:
        from lxml import etree

        return etree.fromstring(self.read(name), etree.XMLParser(resolve_entities=False, no_network=True))

    def put(self, name: str, tree: Any) -> None:
        from lxml import etree

        self.changed[name] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)

    def has(self, name: str) -> bool:
        return name in self.changed or (name in self.archive.NameToInfo and name not in self.gone)


def rels_of(part: str) -> str:
    """The part that says what ``part`` links to."""
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def declare(kinds: Any, part: str, kind: str) -> None:
    """Say in the list of content types what ``part`` is."""
    made = kinds.makeelement(f"{{{PACKAGE}/content-types}}Override", {})
    made.set("PartName", f"/{part}")
    made.set("ContentType", kind)
    kinds.append(made)


def leave_out_macros(parts: Parts, kinds: Any) -> None:
    """An .xlsm becomes an .xlsx: what goes back runs nothing."""
    for kind in list(kinds):
        name, what = str(kind.get("PartName") or ""), str(kind.get("ContentType"))
        if what.endswith("macroEnabled.main+xml"):
            kind.set("ContentType", f"{KIND}.sheet.main+xml")
        if "vba" in what.lower() and name:
            parts.gone.add(name.lstrip("/"))
            kinds.remove(kind)
        elif "vba" in what.lower():
            kinds.remove(kind)
    parts.gone |= {name for name in parts.archive.namelist() if "vbaProject" in name}
    links = parts.tree("xl/_rels/workbook.xml.rels")
    for link in [link for link in links if str(link.get("Type")).endswith("vbaProject")]:
        links.remove(link)
    parts.put("xl/_rels/workbook.xml.rels", links)


def link_of(parts: Parts, part: str, kind: str, number: str | None = None) -> str | None:
    """The part of a kind that ``part`` links to (by ``number`` where given); None where it has none."""
    name = rels_of(part)
    if not parts.has(name):
        return None
    for link in parts.tree(name):
        if str(link.get("Type")).endswith(f"/{kind}") and number in (None, link.get("Id")):
            target = str(link.get("Target"))
            inside = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.join(posixpath.dirname(part), target)
            )
            return posixpath.normpath(inside)
    return None


def attach_notes(
    parts: Parts, kinds: Any, part: str, notes: Mapping[tuple[int, int], str], number: int
) -> str:
    """Give the sheet ``part`` comments; gives the element its XML still lacks, '' where it lacks none."""
    legacy = _LEGACY.search(parts.read(part)[-(2**16) :])
    texts = link_of(parts, part, "comments")
    drawing = link_of(parts, part, "vmlDrawing", legacy[1].decode()) if legacy else None
    old_texts, old_drawing = (
        parts.read(one) if one is not None and parts.has(one) else None for one in (texts, drawing)
    )
    made_texts, made_drawing = add_notes(notes, old_texts, old_drawing, number)
    lacking = ""
    if texts is None:
        texts = f"xl/commentsKechuang{number}.xml"
        declare(kinds, texts, f"{KIND}.comments+xml")
        _link(parts, part, "comments", texts, "rIdKechuangNotes")
    if drawing is None:
        drawing = f"xl/drawings/vmlDrawingKechuang{number}.vml"
        if all(kind.get("Extension") != "vml" for kind in kinds):
            default = kinds.makeelement(f"{{{PACKAGE}/content-types}}Default", {"Extension": "vml"})
            default.set("ContentType", "application/vnd.openxmlformats-officedocument.vmlDrawing")
            kinds.insert(0, default)
        _link(parts, part, "vmlDrawing", drawing, "rIdKechuangBoxes")
        lacking = f'<legacyDrawing xmlns:r="{LINKS}" r:id="rIdKechuangBoxes"/>'
    parts.changed[texts], parts.changed[drawing] = made_texts, made_drawing
    return lacking


def _link(parts: Parts, part: str, kind: str, target: str, number: str) -> None:
    from lxml import etree

    name = rels_of(part)
    empty = etree.fromstring(f'<Relationships xmlns="{PACKAGE}/relationships"/>'.encode())
    links = parts.tree(name) if parts.has(name) else empty
    made = links.makeelement(f"{{{PACKAGE}/relationships}}Relationship", {"Id": number})
    made.set("Type", f"{LINKS}/{kind}")
    made.set("Target", f"/{target}")
    links.append(made)
    parts.put(name, links)


def with_tail(pieces: Iterable[bytes], element: str) -> Iterator[bytes]:
    """The pieces of a sheet's XML with ``element`` (a legacyDrawing) where the order of elements wants it."""
    last = b""
    for piece in pieces:
        yield last
        last = piece
    if not element:
        yield last
        return
    place = last.rfind(b"</worksheet>")
    while (found := _LAST.search(last, max(0, place - 2**16), place)) is not None:
        name = found[1] or found[2]
        wrapper = name.endswith(_WRAPPED)
        if name not in _AFTER_DRAWING and not wrapper:
            break
        start = found.start() if found[2] else _opening(last, name, found.start())
        if wrapper and not any(part in last[start:place] for part in (b"<controls", b"<oleObjects")):
            break
        place = start
    yield last[:place] + element.encode() + last[place:]


def _opening(xml: bytes, name: bytes, end: int) -> int:
    """Where the element ``name`` begins whose closing tag is at ``end``."""
    depth = 1
    tags = list(re.finditer(rb"<(/?)" + re.escape(name) + rb"(?=[\s/>])[^<>]*?(/?)>", xml[:end]))
    for tag in reversed(tags):
        depth += 1 if tag[1] else 0 if tag[2] else -1
        if depth == 0:
            return tag.start()
    raise ValueError("an element that is not opened")
