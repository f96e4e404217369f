"""The error workbook: the very file that was sent, its bad cells marked and a list of findings in front.

It can be corrected and sent back as it is: the list is not read on import, and marks are harmless. What
did not come as an .xlsx comes back as one with the same values.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import say
from kechuang.records import aside
from kechuang.records.findings import LEVELS, Finding, list_findings
from kechuang.records.findingsheet import findings_sheet
from kechuang.records.marking import Styles, mark_sheet
from kechuang.records.package import (
    KIND,
    LINKS,
    PACKAGE,
    Parts,
    attach_notes,
    declare,
    leave_out_macros,
    link_of,
    rels_of,
    with_tail,
)
from kechuang.records.plainbook import plain_book
from kechuang.records.scan import sheet_parts
from kechuang.records.sheets import Unreadable
from kechuang.records.templates import sheet_title
from kechuang.records.workbook import read_sheets
from kechuang.whole import whole

_PART = "xl/worksheets/sheetKechuang.xml"
_LINK = "rIdKechuang"
MARKED = 10
"""Findings told in the comment of one cell."""


def write_error_book(source: Path, faults: Sequence[Fault], out: Path, language: str = "zh") -> list[Finding]:
    """Write the error workbook of ``source`` with ``faults`` (those of other files are left out) to ``out``.

    Gives the findings as numbered in it. KechuangError where the file cannot be read at all.
    """
    if out.suffix.lower() != ".xlsx":
        raise KechuangError(
            "unknown-suffix",
            say("错误工作簿只能写成 .xlsx 文件"),
            place=Place(file=str(out)),
            remedy=say("请把文件名的后缀写成 .xlsx。"),
        )
    try:
        sheets, content = read_sheets(source)
    except Unreadable as error:
        raise KechuangError(
            "no-error-book",
            say("文件读不出来，无从标注：{problem}", problem=error.message),
            place=Place(file=str(source)),
            remedy=say("请先取得能打开的文件。"),
        ) from None
    mine = [fault for fault in faults if fault.place.file in (None, source.name, str(source))]
    findings = list_findings(mine, sheets)
    old = [sheet.name or "" for sheet in sheets if aside.is_findings(sheet)]
    with whole(out) as beside:
        try:
            _write(content, findings, beside, old, language)
        except (ValueError, KeyError, AttributeError, zipfile.BadZipFile):
            # No .xlsx, or one written in a way not met before: the same values in a plain one.
            title = sheet_title(source.stem)
            shown = [sheet for sheet in sheets if not aside.is_findings(sheet)]
            named = [_named(finding, title) for finding in findings]
            _write(plain_book(shown, title), named, beside, (), language)
    return findings


def _named(finding: Finding, title: str) -> Finding:
    """The finding with the title its sheet has in the new workbook."""
    return finding if finding.sheet is not None or finding.row is None else replace(finding, sheet=title)


def _write(content: bytes, findings: Sequence[Finding], out: Path, old: Sequence[str], language: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = Parts(archive)
        titles = sheet_parts(archive)
        if not titles:
            raise ValueError("no sheets")
        styles = Styles(parts.read("xl/styles.xml"))
        kinds = parts.tree("[Content_Types].xml")
        leave_out_macros(parts, kinds)
        listed = _insert_sheet(parts, kinds, titles, old, language)
        distrust = any(
            b"ddeLink" in archive.read(name) or b"oleLink" in archive.read(name)
            for name in archive.namelist()
            if name.startswith("xl/externalLinks/") and name.endswith(".xml")
        )
        marks, notes = _marks(findings, language)
        tails: dict[str, str] = {}
        for number, (title, part) in enumerate(titles.items(), start=1):
            if title in old:
                continue
            if notes.get(title) or link_of(parts, part, "comments"):
                tails[part] = attach_notes(parts, kinds, part, notes.get(title, {}), number)
        parts.changed[_PART] = findings_sheet(findings, styles, listed, language)
        packed: dict[str, Any] = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": 4}
        with zipfile.ZipFile(out, "w", **packed) as made:
            sheets = {part: name for name, part in titles.items() if part not in parts.gone}
            for part, name in sheets.items():
                with archive.open(part) as stream, made.open(part, "w", force_zip64=True) as target:
                    pieces = mark_sheet(stream, marks.get(name, {}), styles, distrust=distrust)
                    for piece in with_tail(pieces, tails.get(part, "")):
                        target.write(piece)
            parts.changed["xl/styles.xml"] = styles.xml()
            parts.put("[Content_Types].xml", kinds)
            for name, part_content in parts.changed.items():
                made.writestr(name, part_content)
            for entry in archive.infolist():
                if entry.filename not in {*sheets, *parts.changed, *parts.gone} and not entry.is_dir():
                    made.writestr(entry.filename, archive.read(entry))


def _marks(
    findings: Sequence[Finding], language: str
) -> tuple[dict[str, dict[tuple[int, int], str]], dict[str, dict[tuple[int, int], str]]]:
    """By sheet: the level of each cell marked (the gravest), and what its comment says."""
    marks: dict[str, dict[tuple[int, int], str]] = {}
    texts: dict[str, dict[tuple[int, int], list[str]]] = {}
    for one in findings:
        if one.sheet is None or one.row is None or one.column is None:
            continue
        place = (one.row, one.column)
        marks.setdefault(one.sheet, {}).setdefault(place, one.level)
        told = f"{one.number}. {LEVELS[one.level].text(language)}：{one.message.text(language)}"
        texts.setdefault(one.sheet, {}).setdefault(place, []).append(told)
    notes = {
        sheet: {place: "\n".join(lines[:MARKED]) for place, lines in cells.items()}
        for sheet, cells in texts.items()
    }
    return marks, notes


def _insert_sheet(parts: Parts, kinds: Any, titles: dict[str, str], old: Sequence[str], language: str) -> str:
    """The list of findings as the first sheet; those of an earlier check make way. Gives its title."""
    book = parts.tree("xl/workbook.xml")
    links = parts.tree("xl/_rels/workbook.xml.rels")
    main = book.tag.rpartition("}")[0] + "}"
    sheets = book.find(f"{main}sheets")
    places = [one.get("name") for one in sheets]
    for one in list(sheets):
        if one.get("name") in old:
            part = titles[one.get("name")]
            sheets.remove(one)
            link = next(value for key, value in one.attrib.items() if str(key).endswith("}id"))
            for known in [known for known in links if known.get("Id") == link]:
                links.remove(known)
            parts.gone |= {part, rels_of(part)}
            for kind in [kind for kind in kinds if kind.get("PartName") == f"/{part}"]:
                kinds.remove(kind)
    wanted = aside.FINDINGS.text(language)
    taken = {str(one.get("name")).casefold() for one in sheets}
    title = next(t for t in [wanted, *(f"{wanted} ({n})" for n in range(2, 99))] if t.casefold() not in taken)
    number = max((int(one.get("sheetId", "0")) for one in sheets), default=0) + 1
    made = sheets.makeelement(f"{main}sheet", {"name": title, "sheetId": str(number)})
    made.set(f"{{{LINKS}}}id", _LINK)
    sheets.insert(0, made)
    new = [one.get("name") for one in sheets]
    for defined in book.iter(f"{main}definedName"):
        local = defined.get("localSheetId")
        if local is not None and int(local) < len(places) and places[int(local)] in new:
            defined.set("localSheetId", str(new.index(places[int(local)])))
        elif local is not None:
            defined.getparent().remove(defined)
    for view in book.iter(f"{main}workbookView"):
        view.set("activeTab", "0")
        view.attrib.pop("firstSheet", None)
    link = links.makeelement(f"{{{PACKAGE}/relationships}}Relationship", {"Id": _LINK})
    link.set("Type", f"{LINKS}/worksheet")
    link.set("Target", f"/{_PART}")
    links.append(link)
    declare(kinds, _PART, f"{KIND}.worksheet+xml")
    parts.put("xl/workbook.xml", book)
    parts.put("xl/_rels/workbook.xml.rels", links)
    return title
