"""Marks cells in the XML of a workbook, leaving all else as it is: fill and border by level.

The marks of an earlier check are taken off first: they are known by their colours together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import IO, Any

from kechuang.records.scan import Tags, blocks
from kechuang.records.sheets import index, letter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NS = f"{{{_MAIN}}}"

#: Level → fill, border line, colour of the border: told apart without colour too, by the line.
LOOKS: dict[str, tuple[str, str, str]] = {
    "error": ("FFFFC7CE", "medium", "FFC00000"),
    "warning": ("FFFFF2CC", "mediumDashed", "FFBF8F00"),
    "hint": ("FFDDEBF7", "dotted", "FF2F75B5"),
}

_ROW = re.compile(rb"<row\b([^>]*?)(/?)>")
_NUMBER = re.compile(rb'\br="(\d+)"')
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>.*?</c>)", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]+)\d+"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_COLUMN = re.compile(rb"<col\b[^>]*>")
_FORMULA = re.compile(
    rb"<c\b([^>]*)>\s*<f\b[^>]*>([^<]*)</f>\s*(<v\b[^>]*>[^<]+</v>)?(?:<v\s*/>|<v></v>)?\s*</c>"
)
_TYPE = re.compile(rb'\s\bt="\w+"')

Marks = Mapping[tuple[int, int], str]
"""(row, column), counted from 0 → level."""


class Styles:
    """The styles of a workbook, with those of marked cells added as they are asked for."""

    def __init__(self, xml: bytes) -> None:
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        self.root: Any = etree.fromstring(xml, parser)
        self.formats: Any = self.root.find(f"{_NS}cellXfs")
        if self.formats is None or not len(self.formats):
            raise ValueError("a workbook without cell formats")
        self._made: dict[tuple[int, str], int] = {}
        self._forget()
        self._ids = {level: (self.fill(look[0]), self.border(*look[1:])) for level, look in LOOKS.items()}

    def marked(self, base: int, level: str) -> int:
        """The style of a cell that had style ``base``, marked."""
        if (base, level) not in self._made:
            fill, border = self._ids[level]
            self._made[base, level] = self.add(base, fillId=fill, borderId=border, applyFill=1, applyBorder=1)
        return self._made[base, level]

    def add(self, base: int, *, align: Mapping[str, str] | None = None, **changes: object) -> int:
        """A cell format like ``base`` with ``changes``; gives its number."""
        made = deepcopy(self.formats[min(base, len(self.formats) - 1)])
        for name, value in changes.items():
            made.set(name, str(value))
        if align:
            for old in made.findall(f"{_NS}alignment"):
                made.remove(old)
            made.insert(0, self._new("alignment", dict(align)))
            made.set("applyAlignment", "1")
        self.formats.append(made)
        return len(self.formats) - 1

    def font(self, **marks: Mapping[str, str]) -> int:
        """A font of the findings sheet; gives its number."""
        fonts = self.root.find(f"{_NS}fonts")
        made = self._new("font", {})
        for name, attributes in marks.items():
            made.append(self._new(name, dict(attributes)))
        fonts.append(made)
        return len(fonts) - 1

    def xml(self) -> bytes:
        """The styles as a part of the workbook."""
        from lxml import etree

        for name in ("fonts", "fills", "borders", "cellXfs"):
            part = self.root.find(_NS + name)
            part.set("count", str(len(part)))
        made: bytes = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", standalone=True)
        return made

    def _new(self, name: str, attributes: Mapping[str, str]) -> Any:
        made = self.root.makeelement(_NS + name, {})
        for key, value in attributes.items():
            made.set(key, value)
        return made

    def fill(self, colour: str) -> int:
        """A solid fill; gives its number."""
        fills = self.root.find(f"{_NS}fills")
        made = self._new("fill", {})
        pattern = self._new("patternFill", {"patternType": "solid"})
        pattern.append(self._new("fgColor", {"rgb": colour}))
        pattern.append(self._new("bgColor", {"indexed": "64"}))
        made.append(pattern)
        fills.append(made)
        return len(fills) - 1

    def border(self, line: str, colour: str) -> int:
        """A border all round; gives its number."""
        borders = self.root.find(f"{_NS}borders")
        made = self._new("border", {})
        for side in ("left", "right", "top", "bottom"):
            edge = self._new(side, {"style": line})
            edge.append(self._new("color", {"rgb": colour}))
            made.append(edge)
        made.append(self._new("diagonal", {}))
        borders.append(made)
        return len(borders) - 1

    def _forget(self) -> None:
        """Take the marks of an earlier check off every format that has them."""
        fills = [one.find(f".//{_NS}fgColor") for one in self.root.find(f"{_NS}fills")]
        borders = [one.find(f"{_NS}left") for one in self.root.find(f"{_NS}borders")]
        for one in self.formats:
            fill, border = int(one.get("fillId", "0")), int(one.get("borderId", "0"))
            if fill >= len(fills) or border >= len(borders) or fills[fill] is None or borders[border] is None:
                continue
            colour, line = fills[fill].get("rgb"), borders[border].get("style")
            if any((colour, line) == look[:2] for look in LOOKS.values()):
                one.set("fillId", "0")
                one.set("borderId", "0")


def mark_sheet(stream: IO[bytes], marks: Marks, styles: Styles, *, distrust: bool = False) -> Iterator[bytes]:
    """The XML of a sheet with its cells marked, in pieces. Raises ValueError for XML it does not know.

    A formula that calls another program gives way to its value, or is left as text; where the workbook
    has links to other programs (``distrust``), so does every formula that uses a link.
    """
    by_row: dict[int, list[int]] = {}
    for row, column in sorted(marks):
        by_row.setdefault(row, []).append(column)
    columns: list[tuple[int, int, int]] = []
    waiting = sorted(by_row)
    first = True
    for piece, tags in blocks(stream):
        block = piece
        if tags != Tags():
            raise ValueError("elements with a prefix")
        if first:
            block = block.replace(b'tabSelected="1"', b'tabSelected="0"', 1)
            head = block[: max(block.find(b"<sheetData"), 0)]
            columns = [found for one in _COLUMN.findall(head) if (found := _column(one))]
            first = False
        if b"<f" in block:
            block = _FORMULA.sub(lambda found: _harmless(found, distrust), block)
        yield _mark_block(block, waiting, by_row, marks, styles, columns)


def _harmless(cell: re.Match[bytes], distrust: bool) -> bytes:
    """A cell whose formula calls another program, as its value or else as text; any other as it is."""
    attributes, formula, value = cell.groups()
    if b"|" not in formula and not (distrust and b"[" in formula):
        return cell[0]
    if value:
        return b"<c%s>%s</c>" % (attributes, value)
    text = b'<is><t xml:space="preserve">=%s</t></is>' % formula
    return b'<c%s t="inlineStr">%s</c>' % (_TYPE.sub(b"", attributes), text)


def _column(tag: bytes) -> tuple[int, int, int] | None:
    values = [re.search(rb"\b" + name + rb'="(\d+)"', tag) for name in (b"min", b"max", b"style")]
    if not all(values):
        return None
    low, high, style = (int(value[1]) for value in values if value)
    return low - 1, high - 1, style


def _mark_block(
    block: bytes,
    waiting: list[int],
    by_row: Mapping[int, list[int]],
    marks: Marks,
    styles: Styles,
    columns: list[tuple[int, int, int]],
) -> bytes:
    """The block with the rows of ``waiting`` it holds marked; those are taken off ``waiting``."""
    data = block.find(b"<sheetData")
    if not waiting or (data < 0 and b"<row" not in block):
        return block
    parts, done = [], 0
    for tag in _ROW.finditer(block, max(data, 0)):
        number = _NUMBER.search(tag[1])
        if number is None:
            raise ValueError("a row without its number")
        row = int(number[1]) - 1
        while waiting and waiting[0] < row:  # an empty row that is not in the file
            parts += [block[done : tag.start()], _new_row(waiting[0], by_row, marks, styles, columns)]
            done = tag.start()
            del waiting[0]
        if not waiting:
            break
        if waiting[0] == row:
            end = tag.end() if tag[2] else block.index(b"</row>", tag.end())
            content = b"" if tag[2] else block[tag.end() : end]
            marked = _mark_row(content, tag[1], row, by_row[row], marks, styles, columns)
            parts += [
                block[done : tag.start()],
                b"<row" + tag[1] + b">",
                marked,
                b"</row>" if tag[2] else b"",
            ]
            done = end
            del waiting[0]
    end = block.rfind(b"</sheetData>")
    if waiting and end >= 0:
        parts.append(block[done:end])
        done = end
        parts += [_new_row(row, by_row, marks, styles, columns) for row in waiting]
        waiting.clear()
    return b"".join([*parts, block[done:]])


def _new_row(
    row: int,
    by_row: Mapping[int, list[int]],
    marks: Marks,
    styles: Styles,
    columns: list[tuple[int, int, int]],
) -> bytes:
    content = _mark_row(b"", b"", row, by_row[row], marks, styles, columns)
    return b'<row r="%d">%s</row>' % (row + 1, content)


def _mark_row(
    content: bytes,
    attributes: bytes,
    row: int,
    wanted: list[int],
    marks: Marks,
    styles: Styles,
    columns: list[tuple[int, int, int]],
) -> bytes:
    """The cells of a row with those ``wanted`` marked; an empty one is put in, in the style it would have."""
    own = _STYLE.search(attributes) if b"customFormat" in attributes else None
    waiting = list(wanted)
    parts: list[bytes] = []
    done = 0

    def empty(column: int) -> bytes:
        of_column = next((style for low, high, style in columns if low <= column <= high), 0)
        style = styles.marked(int(own[1]) if own else of_column, marks[row, column])
        return f'<c r="{letter(column)}{row + 1}" s="{style}"/>'.encode()

    for cell in _CELL.finditer(content):
        place = _PLACE.search(cell[1])
        if place is None:
            raise ValueError("a cell without its place")
        column = index(place[1].decode())
        while waiting and waiting[0] < column:
            parts += [content[done : cell.start()], empty(waiting.pop(0))]
            done = cell.start()
        if waiting and waiting[0] == column:
            old = _STYLE.search(cell[1])
            new = f' s="{styles.marked(int(old[1]) if old else 0, marks[row, column])}"'.encode()
            inside = _STYLE.sub(b"", cell[1]) + new
            parts += [content[done : cell.start()], b"<c" + inside, cell[0][2 + len(cell[1]) :]]
            done = cell.end()
            del waiting[0]
    return b"".join([*parts, content[done:], *(empty(column) for column in waiting)])
