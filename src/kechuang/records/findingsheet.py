"""The first sheet of an error workbook: every finding with a link to its cell, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kechuang.messages import say
from kechuang.records import aside
from kechuang.records.findings import LEVELS, Finding
from kechuang.records.marking import LOOKS, Styles
from kechuang.records.sheets import letter
from kechuang.records.sheetxml import cell_xml, xml_text

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = (
    say("序号"),
    say("程度"),
    say("工作表"),
    say("单元格"),
    say("列名"),
    say("现在填的"),
    say("哪里不对"),
    say("怎样改"),
)
WIDTHS = (6, 8, 18, 9, 20, 18, 46, 34)
_FIRST = 4  # row of the first finding: a title, what to do, the heads


def findings_sheet(findings: Sequence[Finding], styles: Styles, title: str, language: str = "zh") -> bytes:
    """The XML of the sheet ``title``."""
    look = _looks(styles)
    rows = [
        _row(1, [aside.FINDINGS_TITLE.text(language)], [look["title"]]),
        _row(2, [_summary(findings, language)], [look["plain"]]),
        _row(3, [name.text(language) for name in HEAD], [look["head"]] * len(HEAD)),
    ]
    links = []
    for number, one in enumerate(findings, start=_FIRST):
        texts = [
            one.number,
            LEVELS[one.level].text(language),
            one.sheet,
            one.cell or None,
            one.field or None,
            one.found or None,
            one.message.text(language),
            one.remedy.text(language),
        ]
        wrap = look["wrap"]
        kinds = [look["number"], look[one.level], wrap, look["link"] if one.cell else wrap, *[wrap] * 4]
        rows.append(_row(number, texts, kinds, look["quoted"]))
        if one.cell and one.sheet:
            target = xml_text(f"'{one.sheet.replace(chr(39), chr(39) * 2)}'!{one.cell}").replace(
                '"', "&quot;"
            )
            links.append(f'<hyperlink ref="D{number}" location="{target}" display="{one.cell}"/>')
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(WIDTHS, start=1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}"><sheetPr>'
        '<tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView tabSelected="1" '
        f'workbookViewId="0"><pane ySplit="{_FIRST - 1}" topLeftCell="A{_FIRST}" activePane="bottomLeft" '
        f'state="frozen"/></sheetView></sheetViews><cols>{columns}</cols><sheetData>{"".join(rows)}</sheetData>'
        f"{'<hyperlinks>' + ''.join(links) + '</hyperlinks>' if links else ''}"
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    ).encode()


def _summary(findings: Sequence[Finding], language: str) -> str:
    counts = {level: sum(one.level == level for one in findings) for level in LEVELS}
    return say(
        "共{errors}处错误、{warnings}处提醒、{hints}处提示。改好标出的单元格后，把本文件原样交回即可；"
        "错误改完才能入库，提醒核对即可。",
        errors=counts["error"],
        warnings=counts["warning"],
        hints=counts["hint"],
    ).text(language)


def _row(number: int, cells: Sequence[object], looks: Sequence[int], quoted: int | None = None) -> str:
    made = (
        cell_xml(f"{letter(column)}{number}", cell, style, quoted)
        for column, (cell, style) in enumerate(zip(cells, looks, strict=True))
    )
    return f'<row r="{number}" ht="{_height(cells)}" customHeight="1">{"".join(made)}</row>'


def _height(cells: Sequence[object]) -> int:
    """Points a row needs: what is too long for its column stands on several lines."""
    if len(cells) < len(WIDTHS):
        return 22
    lines = 1
    for cell, width in zip(cells, WIDTHS, strict=True):
        wide = sum(2 if ord(character) > 0x2E80 else 1 for character in str(cell or ""))
        lines = max(lines, -(-wide // max(width - 1, 1)))
    return 16 * lines + 2


def _looks(styles: Styles) -> dict[str, int]:
    """The cell formats of the sheet, added to those of the workbook."""
    name = {"name": {"val": "宋体"}}
    plain = styles.font(sz={"val": "11"}, **name)
    bold = styles.font(b={}, sz={"val": "11"}, **name)
    large = styles.font(b={}, sz={"val": "14"}, **name)
    link = styles.font(u={}, sz={"val": "11"}, color={"rgb": "FF0563C1"}, **name)
    bare: dict[str, Any] = {
        "numFmtId": 0,
        "fillId": 0,
        "borderId": 0,
        "applyFont": 1,
        "applyProtection": 0,
        "quotePrefix": 0,
    }
    lined = {**bare, "borderId": styles.border("thin", "FFBFC5C9"), "applyBorder": 1}
    top = {"vertical": "top", "wrapText": "1"}
    middle = {"horizontal": "center", "vertical": "center", "wrapText": "1"}
    grey = styles.fill("FFE3E9EC")
    return {
        "title": styles.add(0, **bare, fontId=large),
        "plain": styles.add(0, **bare, fontId=plain),
        "head": styles.add(0, **{**lined, "fillId": grey, "applyFill": 1}, fontId=bold, align=middle),
        "number": styles.add(0, **lined, fontId=plain, align={**top, "horizontal": "center"}),
        "wrap": styles.add(0, **lined, fontId=plain, align=top),
        "quoted": styles.add(0, **{**lined, "quotePrefix": 1, "numFmtId": 49}, fontId=plain, align=top),
        "link": styles.add(0, **lined, fontId=link, align=top),
        **{
            level: styles.add(
                0, **{**lined, "fillId": styles.fill(colour), "applyFill": 1}, fontId=bold, align=middle
            )
            for level, (colour, _, _) in LOOKS.items()
        },
    }
