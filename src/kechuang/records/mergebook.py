"""Writes merged rows as a workbook that imports: the table, the conflicts, and where each row comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import KechuangError, Place
from kechuang.messages import Message, say
from kechuang.records import aside
from kechuang.records.bookfile import PROTOTYPES, Filling, write_book
from kechuang.records.cells import Shown
from kechuang.records.fields import written
from kechuang.records.merging import MergedRow, MergeResult
from kechuang.records.stamp import STAMP, stamp_rows
from kechuang.records.templates import lay_out, one_page_wide, sheet_title
from kechuang.whole import whole

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

_CONFLICT_HEAD = (
    say("主键"),
    say("列名"),
    say("文件"),
    say("工作表"),
    say("行"),
    say("所填的值"),
    say("处理"),
)
_SOURCE_HEAD = (say("本表的行"), say("主键"), say("文件"), say("工作表"), say("行"))


def write_merged(
    result: MergeResult,
    path: Path,
    *,
    packs_version: str = "",
    regions: RegionTree | None = None,
    within: str | None = None,
    language: str = "zh",
) -> None:
    """Write ``result`` to an .xlsx; the rows nobody has decided between stand out in the table."""
    from openpyxl import Workbook

    if path.suffix.lower() != ".xlsx":
        raise KechuangError(
            "unknown-suffix",
            say("合并结果只能写成 .xlsx 文件"),
            place=Place(file=str(path)),
            remedy=say("请把文件名的后缀写成 .xlsx。"),
        )
    book = Workbook()
    title = sheet_title(result.type.label.text(language))
    table = book.active
    table.title = title
    lay_out(table, result.type, language)
    shown = Shown(result.type, regions, within, language)
    fillings = [Filling(title, (shown.row(row.values) for row in result.rows), marked=result.undecided)]
    if result.conflicts:
        name = sheet_title(aside.CONFLICTS.text(language), book.sheetnames)
        sheet = book.create_sheet(name)
        note = say("同一主键下所填不一致的，逐条列在这里；请在表中只留正确的一行，其余删去。")
        texts = (aside.CONFLICTS_TITLE, note)
        _lay_out_list(sheet, texts, _CONFLICT_HEAD, (30, 24, 28, 18, 8, 30, 16), language)
        sheet.sheet_properties.tabColor = "C00000"
        fillings.append(Filling(name, _conflict_rows(result, shown, language), header=3))
    name = sheet_title(aside.SOURCES.text(language), book.sheetnames)
    sheet = book.create_sheet(name)
    note = say("表中每一行来自哪个文件的哪一行；相同的行只留一行，各处来源都列出。")
    _lay_out_list(sheet, (aside.SOURCES_TITLE, note), _SOURCE_HEAD, (12, 36, 32, 20, 8), language)
    fillings.append(Filling(name, _source_rows(result), header=3))
    stamp = book.create_sheet(STAMP)
    stamp.sheet_state = "hidden"
    for line in stamp_rows([(title, result.type, {})], packs_version, language):
        stamp.append(line)
        for cell in stamp[stamp.max_row]:
            cell.data_type = "s"
    with whole(path) as beside:
        write_book(book, fillings, beside)


def _lay_out_list(
    sheet: Any, texts: Sequence[Message], heads: Sequence[Message], widths: Sequence[int], language: str
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for row, text in enumerate(texts, start=1):
        sheet.cell(row, 1, text.text(language)).font = Font(
            name="宋体", bold=row == 1, size=14 if row == 1 else 11
        )
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), start=1):
        cell = sheet.cell(3, column, head.text(language))
        cell.font = Font(name="宋体", bold=True)
        cell.fill = PatternFill("solid", fgColor="E3E9EC")
        sheet.column_dimensions[cell.column_letter].width = width
        for row, name in enumerate(PROTOTYPES, start=4):
            made = sheet.cell(row, column)
            made.font = Font(name="宋体", size=10)
            made.alignment = Alignment(vertical="top", wrap_text=True)
            made.quotePrefix = name.endswith("quoted")
    sheet.freeze_panes = "A4"
    one_page_wide(sheet)


def _conflict_rows(result: MergeResult, shown: Shown, language: str) -> Iterator[list[Any]]:
    for conflict in result.conflicts:
        spec = result.type.fields[conflict.field]
        for row, value in conflict.values:
            if conflict.kept is None:
                done = say("待定")
            else:
                done = say("采用") if _same_row(row, conflict.kept) else say("不用")
            told = written(shown.cell(spec, value)) if value is not None else say("（空）").text(language)
            label = spec.label.text(language)
            yield [row.key, label, row.file, row.sheet or "", row.number, told, done.text(language)]


def _same_row(one: MergedRow, other: MergedRow) -> bool:
    return (one.file, one.sheet, one.number) == (other.file, other.sheet, other.number)


def _source_rows(result: MergeResult) -> Iterator[list[Any]]:
    for place, rows in sorted(result.sources.items()):
        for row in rows:
            yield [place + 2, row.key, row.file, row.sheet or "", row.number]
