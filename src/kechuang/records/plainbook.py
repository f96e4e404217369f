"""A workbook of bare values, for what did not come as one: a CSV, or an .xls, .et or .ods to be sent back.

Nothing in it is a formula: text is typed as text, whatever it begins with.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kechuang.records.sheets import Sheet, letter
from kechuang.records.sheetxml import cell_xml, xml_text

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_PLAIN, _TEXT, _DATE, _QUOTED = range(4)
_STYLES = f"""{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>\
</numFmts><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="2"><fill>\
<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1">\
<border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" \
fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" \
borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf \
numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" \
fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/></cellXfs></styleSheet>"""


def plain_book(sheets: Sequence[Sheet], title: str) -> bytes:
    """The bytes of an .xlsx with the values of ``sheets``; ``title`` names a sheet that has no name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as made:
        numbers = range(1, len(sheets) + 1)
        parts = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>'
            for n in numbers
        )
        made.writestr(
            "[Content_Types].xml",
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{parts}</Types>',
        )
        made.writestr("_rels/.rels", _links([("rId1", "officeDocument", "xl/workbook.xml")]))
        links = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
        made.writestr("xl/_rels/workbook.xml.rels", _links([*links, ("rIdStyles", "styles", "styles.xml")]))
        listed = "".join(
            f'<sheet name="{_attribute(sheet.name or title)}" sheetId="{n}" r:id="rId{n}"'
            + (' state="hidden"/>' if sheet.hidden else "/>")
            for n, sheet in zip(numbers, sheets, strict=True)
        )
        made.writestr(
            "xl/workbook.xml",
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><bookViews><workbookView/></bookViews>'
            f"<sheets>{listed}</sheets></workbook>",
        )
        made.writestr("xl/styles.xml", _STYLES)
        for number, sheet in zip(numbers, sheets, strict=True):
            with made.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part:
                part.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
                broken: dict[int, dict[int, str]] = {}
                for (row, column), code in sheet.broken.items():
                    broken.setdefault(row, {})[column] = code
                for row, cells in enumerate(sheet.rows):
                    part.write(_row(row + 1, cells, broken.get(row, {})).encode())
                part.write(b"</sheetData></worksheet>")
    return stream.getvalue()


def _attribute(text: str) -> str:
    return xml_text(text).replace('"', "&quot;")


def _links(links: Sequence[tuple[str, str, str]]) -> str:
    one = "".join(
        f'<Relationship Id="{i}" Type="{_LINKS}/{kind}" Target="{target}"/>' for i, kind, target in links
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{one}</Relationships>'


def _row(number: int, cells: Sequence[Any], broken: Mapping[int, str]) -> str:
    """A row; a cell whose value could not be trusted stays an error, lest it pass for an empty one."""
    made = []
    for column in range(max(len(cells), max(broken, default=-1) + 1)):
        cell = cells[column] if column < len(cells) else ""
        place = f"{letter(column)}{number}"
        if column in broken:
            made.append(f'<c r="{place}" t="e"><v>#VALUE!</v></c>')
        elif cell != "" and cell is not None:
            style = _TEXT if isinstance(cell, str) else _DATE if isinstance(cell, date) else _PLAIN
            made.append(cell_xml(place, cell, style, _QUOTED))
    return f'<row r="{number}">{"".join(made)}</row>'
