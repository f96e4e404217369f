"""Comments on the cells of a workbook, beside those it has: the text part and the drawing of the boxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kechuang.records.sheets import letter
from kechuang.records.sheetxml import xml_text

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_VML, _OFFICE, _EXCEL = (
    "urn:schemas-microsoft-com:vml",
    "urn:schemas-microsoft-com:office:office",
    "urn:schemas-microsoft-com:office:excel",
)
AUTHOR = "科创核对"

_EMPTY_NOTES = f'<comments xmlns="{_MAIN}"><authors/><commentList/></comments>'.encode()
_EMPTY_DRAWING = (
    f'<xml xmlns:v="{_VML}" xmlns:o="{_OFFICE}" xmlns:x="{_EXCEL}"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="1"/></o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" '
    'o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
).encode()
_SHAPE = (
    f'<v:shape xmlns:v="{_VML}" xmlns:o="{_OFFICE}" xmlns:x="{_EXCEL}" id="_x0000_s{{id}}" type="#_x0000_t202" '
    "style='position:absolute;margin-left:60pt;margin-top:2pt;width:190pt;height:{height}pt;z-index:1;"
    'visibility:hidden\' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    "<v:textbox style='mso-direction-alt:auto'><div style='text-align:left'></div></v:textbox>"
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)

Notes = Mapping[tuple[int, int], str]
"""(row, column), counted from 0 → text."""


def add_notes(notes: Notes, texts: bytes | None, drawing: bytes | None, number: int) -> tuple[bytes, bytes]:
    """The comments part and its drawing with ``notes`` added; those of an earlier check are taken out.

    ``number`` is that of the sheet: boxes of a workbook have different numbers. A cell that has a comment
    keeps it, with ours below.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    comments: Any = etree.fromstring(texts or _EMPTY_NOTES, parser)
    boxes: Any = etree.fromstring(drawing or _EMPTY_DRAWING, parser)
    listed = comments.find(f"{{{_MAIN}}}commentList")
    _take_out(comments, boxes)
    author = _author(comments)
    there = {one.get("ref"): one for one in listed}
    for place, text in sorted(notes.items()):
        row, column = place
        cell = f"{letter(column)}{row + 1}"
        run = f'<r xmlns="{_MAIN}"><rPr><sz val="10"/></rPr><t xml:space="preserve">%s</t></r>'
        if cell in there:
            told = there[cell].find(f"{{{_MAIN}}}text")
            told.append(etree.fromstring(run % xml_text(f"\n[{AUTHOR}] {text}")))
            continue
        made = f'<comment xmlns="{_MAIN}" ref="{cell}" authorId="{author}"><text>{run}</text></comment>'
        listed.append(etree.fromstring(made % xml_text(text)))
        boxes.append(etree.fromstring(_box(row, column, text, number * 1024 + 1 + len(boxes))))
    listed[:] = sorted(listed, key=lambda one: _order(str(one.get("ref"))))
    return (
        etree.tostring(comments, xml_declaration=True, encoding="UTF-8", standalone=True),
        etree.tostring(boxes, encoding="UTF-8"),
    )


def _box(row: int, column: int, text: str, number: int) -> str:
    lines = sum(1 + len(line) // 16 for line in text.split("\n"))
    height = max(36, 16 * lines + 8)
    anchor = f"{column + 1}, 12, {max(row - 1, 0)}, 4, {column + 4}, 20, {max(row - 1, 0) + lines + 2}, 4"
    return _SHAPE.format(id=number, height=height, anchor=anchor, row=row, column=column)


def _take_out(comments: Any, boxes: Any) -> None:
    """Comments of an earlier check, with their boxes; what was added below another comment too."""
    names = [one.text or "" for one in comments.find(f"{{{_MAIN}}}authors")]
    listed = comments.find(f"{{{_MAIN}}}commentList")
    gone = set()
    for one in list(listed):
        who = int(one.get("authorId", "0"))
        if who < len(names) and names[who] == AUTHOR:
            gone.add(_order(str(one.get("ref"))))
            listed.remove(one)
            continue
        told = one.find(f"{{{_MAIN}}}text")
        for run in told if told is not None else ():
            if "".join(run.itertext()).startswith(f"\n[{AUTHOR}]"):
                told.remove(run)
    for shape in list(boxes.iter(f"{{{_VML}}}shape")):
        at = [shape.find(f".//{{{_EXCEL}}}{name}") for name in ("Row", "Column")]
        if all(one is not None for one in at) and tuple(int(one.text or 0) for one in at) in gone:
            shape.getparent().remove(shape)


def _author(comments: Any) -> int:
    authors = comments.find(f"{{{_MAIN}}}authors")
    names = [one.text for one in authors]
    if AUTHOR not in names:
        made = authors.makeelement(f"{{{_MAIN}}}author", {})
        made.text = AUTHOR
        authors.append(made)
        return len(names)
    return names.index(AUTHOR)


def _order(cell: str) -> tuple[int, int]:
    """(row, column) of a cell's name."""
    letters = cell.rstrip("0123456789")
    column = 0
    for one in letters:
        column = column * 26 + ord(one) - 64
    return int(cell[len(letters) :] or 1) - 1, column - 1
