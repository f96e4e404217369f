"""Writes table files: a template to fill in, or records as they stand, in the form that is read back.

Text that a spreadsheet would take for a formula is written as text, so that opening an export runs
nothing. Rows stream by: an export of any length takes little memory.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import KechuangError, Place
from kechuang.messages import say
from kechuang.packs.model import FieldSpec, RecordType
from kechuang.records import aside
from kechuang.records.bookfile import PROTOTYPES, Filling, write_book
from kechuang.records.cells import Shown, csv_cell
from kechuang.records.guide import Values, options, rule, write_guide
from kechuang.records.headers import SAMPLE_NOTE, header_text
from kechuang.records.sheets import letter
from kechuang.records.sheetxml import LAST_ROW
from kechuang.records.stamp import STAMP, stamp_rows
from kechuang.whole import whole

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

LISTS = "_lists"
ACCENT, QUIET = "14506F", "646A72"  # heads of required and optional columns
GREY = "8A8F94"
_FORMATS = {"date": "yyyy-mm-dd", "integer": "0", "number": "General", "year": "0"}
_ALLOWED = ("formatColumns", "formatRows", "formatCells", "insertRows", "deleteRows", "sort", "autoFilter")


@dataclass(frozen=True)
class Look:
    """How a template is made: for whom, in which language, with which lists."""

    packs_version: str = ""
    regions: RegionTree | None = None
    within: str | None = None
    language: str = "zh"
    values: Values | None = None


def write_table(
    record_type: RecordType,
    rows: Iterable[Mapping[str, Any]],
    path: Path,
    *,
    packs_version: str = "",
    regions: RegionTree | None = None,
    within: str | None = None,
    fill: bool = True,
    excel: bool = False,
    sample: bool = False,
    language: str = "zh",
    values: Values | None = None,
) -> None:
    """Write ``rows`` (field → value as the store keeps it, or a ``date``) to an .xlsx or .csv file.

    ``fill`` gives drop-downs and prompts for entry; ``sample`` puts a sample row first, which an import
    passes over; ``regions`` and ``within`` give the drop-down of regions and names instead of codes;
    ``values`` gives what other registers hold, for drop-downs of references; ``excel`` puts a
    byte-order mark before a CSV; ``language`` is that of heads and choices. The file appears whole or
    not at all.
    """
    look = Look(packs_version, regions, within, language, values)
    kind = path.suffix.lower()
    if kind == ".csv":
        with whole(path) as beside:
            _write_csv(record_type, rows, beside, look, excel=excel)
    elif kind == ".xlsx":
        lines = map(Shown(record_type, regions, within, language).row, rows)
        with whole(path) as beside:
            _write_xlsx([(record_type, lines)], beside, look, fill=fill, sample=sample)
    else:
        raise _unknown_suffix(path)


def write_templates(
    types: Sequence[RecordType],
    path: Path,
    *,
    packs_version: str = "",
    regions: RegionTree | None = None,
    within: str | None = None,
    language: str = "zh",
    values: Values | None = None,
) -> None:
    """Write one workbook with a sheet to fill in for each of ``types``, each with a sample row."""
    if path.suffix.lower() != ".xlsx":
        raise _unknown_suffix(path)
    look = Look(packs_version, regions, within, language, values)
    with whole(path) as beside:
        _write_xlsx([(record_type, ()) for record_type in types], beside, look, fill=True, sample=True)


def _unknown_suffix(path: Path) -> KechuangError:
    return KechuangError(
        "unknown-suffix",
        say("只能写成 .xlsx 或 .csv 文件"),
        place=Place(file=str(path)),
        remedy=say("请把文件名的后缀写成 .xlsx 或 .csv。"),
    )


def _write_csv(
    record_type: RecordType, rows: Iterable[Mapping[str, Any]], path: Path, look: Look, *, excel: bool
) -> None:
    shown = Shown(record_type, look.regions, look.within, look.language)
    with path.open("w", encoding="utf-8-sig" if excel else "utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow([csv_cell(header_text(spec, look.language)) for spec in record_type.fields.values()])
        writer.writerows([csv_cell(cell) for cell in shown.row(row)] for row in rows)


def _write_xlsx(
    tables: Sequence[tuple[RecordType, Iterable[Sequence[Any]]]],
    path: Path,
    look: Look,
    *,
    fill: bool,
    sample: bool,
) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    fillings: list[Filling] = []
    stamped: list[tuple[str, RecordType, dict[str, str]]] = []
    sheets = []
    for record_type, lines in tables:
        title = sheet_title(record_type.label.text(look.language), book.sheetnames)
        sheets.append((record_type, book.create_sheet(title)))
        shown = Shown(record_type, look.regions, look.within, look.language)
        example = [*shown.sample(), SAMPLE_NOTE.text(look.language)] if sample else None
        fillings.append(Filling(title, lines, sample=example))
        stamped.append((title, record_type, shown.sample_texts() if sample else {}))
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    used: set[int] = set()
    for record_type, sheet in sheets:
        lay_out(sheet, record_type, look.language, note=sample)
        if fill:
            _offer(sheet, record_type, lists, used, look)
    guide = aside.GUIDE.text(look.language)
    write_guide(book, guide, [record_type for record_type, _ in tables], look.language)
    one_page_wide(book[guide])
    stamp = book.create_sheet(STAMP)
    stamp.sheet_state = "hidden"
    for line in stamp_rows(stamped, look.packs_version, look.language):
        stamp.append(line)
        for cell in stamp[stamp.max_row]:
            cell.data_type = "s"
    write_book(book, fillings, path)


def lay_out(sheet: Any, record_type: RecordType, language: str = "zh", *, note: bool = False) -> None:
    """The header, the columns and the prototype rows of a data sheet; only the header is locked."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill, Protection

    free = Protection(locked=False)
    marked = {"font": Font(name="宋体"), "fill": PatternFill("solid", fgColor="FCE4D6")}
    looks: dict[str, dict[str, Any]] = {
        "plain": {"font": Font(name="宋体")},
        "quoted": {"font": Font(name="宋体"), "quotePrefix": True},
        "sample": {
            "font": Font(name="宋体", italic=True, color=GREY),
            "fill": PatternFill("solid", fgColor="F2F3F4"),
        },
        "marked": marked,
        "marked quoted": {**marked, "quotePrefix": True},
    }
    specs = list(record_type.fields.values())
    for column, spec in enumerate([*specs, None], start=1):
        if spec is not None:
            head = sheet.cell(1, column, header_text(spec, language))
            head.data_type = "s"
            head.font = Font(name="宋体", bold=True, color="FFFFFF")
            head.fill = PatternFill("solid", fgColor=ACCENT if spec.required else QUIET)
            head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            whole_column = sheet.column_dimensions[letter(column - 1)]
            whole_column.width = _width(spec, language)
            whole_column.number_format = _format(spec)
            whole_column.protection = free
            whole_column.font = Font(name="宋体")
        for row, name in enumerate(PROTOTYPES, start=2):
            cell = sheet.cell(row, column)
            cell.number_format = _format(spec)
            cell.protection = free
            for attribute, value in looks[name].items():
                if spec is not None or attribute != "fill":
                    setattr(cell, attribute, value)
    if note:
        told = Comment(SAMPLE_NOTE.text(language), "Kechuang", height=60, width=220)
        sheet["A2"].comment = told
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.sheet_properties.tabColor = ACCENT
    one_page_wide(sheet)
    sheet.protection.sheet = True
    for allowed in _ALLOWED:
        setattr(sheet.protection, allowed, False)


def _format(spec: FieldSpec | None) -> str:
    if spec is None or spec.type in {"text", "uscc", "choice", "region", "boolean"}:
        return "@" if spec is not None else "General"
    return _FORMATS[spec.type]


def _offer(sheet: Any, record_type: RecordType, lists: Any, used: set[int], look: Look) -> None:
    """The drop-downs and prompts of a sheet, on every row below its header.

    The entries of each stand in a column of ``lists``: on the first sheet in the column of its field.
    """
    for column, spec in enumerate(record_type.fields.values()):
        offered = options(spec, look.regions, look.within, look.language, look.values)
        listed = None
        if offered:
            place = column if column not in used else max(used) + 1
            used.add(place)
            for number, option in enumerate(offered, start=1):
                lists.cell(number, place + 1, option).data_type = "s"
            listed = f"{LISTS}!${letter(place)}$1:${letter(place)}${len(offered)}"
        made = rule(spec, listed, look.language)
        sheet.add_data_validation(made)
        made.add(f"{letter(column)}2:{letter(column)}{LAST_ROW}")


def one_page_wide(sheet: Any) -> None:
    """Printed on A4 across, all columns on one page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def sheet_title(label: str, taken: Iterable[str] = ()) -> str:
    """A title a workbook can hold, different from those ``taken``."""
    name = "".join("＿" if character in "[]:*?/\\" else character for character in label).strip("'")[:31]
    used = {title.casefold() for title in taken}
    numbered = (f"{name[:27]} ({number})" for number in range(2, 1000))
    return next(title for title in [name, *numbered] if title.casefold() not in used)


def _width(spec: FieldSpec, language: str) -> float:
    label = sum(2 if ord(character) > 0x2E80 else 1 for character in header_text(spec, language))
    least = {"uscc": 24, "date": 13, "region": 18, "text": 18, "choice": 14}.get(spec.type, 10)
    return float(min(max(label + 4, least), 40))
