"""The table of what became of comments (征求意见采纳情况汇总表), as docx, xlsx, html or csv.

One :class:`Table` is made from the journal; the four writers set the same words, so a table opened
again says the same in every form.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from html import escape
from pathlib import Path
from typing import Any

from kechuang.errors import KechuangError, Place, listed
from kechuang.messages import Message, dated, language, say
from kechuang.plan.model import Plan
from kechuang.plan.preparation.comments import DISPOSITIONS, IDENTITIES, chosen, summary
from kechuang.plan.preparation.locate import titles_of
from kechuang.plan.preparation.state import Comment, Round, State
from kechuang.publish.saving import save

#: Widths in mm on a landscape A4 page (core 225 mm wide), and columns for openpyxl.
_WIDTHS = (11.0, 15.0, 33.0, 62.0, 42.0, 20.0, 42.0)
_XLSX_WIDTHS = (6, 8, 20, 48, 32, 12, 26, 26)
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One comment of the table, every cell as words in this run's language; ``open``: not disposed of."""

    number: int
    comment: str
    source: str
    text: str
    about: str
    disposition: str
    reason: str
    change: str
    open: bool

    @property
    def answer(self) -> str:
        """Reason and change in one cell."""
        parts = [self.reason, str(say("修改：{change}", change=self.change)) if self.change else ""]
        return "\n".join(part for part in parts if part)

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            str(self.number),
            self.comment,
            self.source,
            self.text,
            self.about,
            self.disposition,
            self.answer,
        )


@dataclass(frozen=True)
class Table:
    """The table in words: title, the plan's name as it stands in it, head lines, rows, warnings; ``counts``
    for programs."""

    title: str
    plan: str
    head: tuple[str, ...]
    lines: tuple[Row, ...]
    warnings: tuple[Message, ...]
    counts: dict[str, int | None]
    day: date

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(
            str(word)
            for word in (
                say("序号"),
                say("编号"),
                say("来源"),
                say("意见内容"),
                say("针对条目/原文"),
                say("采纳情况"),
                say("理由及修改"),
            )
        )

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return [line.cells for line in self.lines]

    def as_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "head": list(self.head),
            "counts": self.counts,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "warnings": [warning.both() for warning in self.warnings],
        }


def table_of(plan: Plan, state: State, number: int | None, day: date) -> Table:
    """The table over one round, or all (None); KechuangError where there is no such round."""
    comments = chosen(state, number)
    sums = summary(state, number)
    if not sums.rounds:
        from kechuang.plan.preparation.state import no_round

        raise no_round(number)
    titles = titles_of(plan)
    name = plan.plan_title or plan.title
    lines = tuple(_row(at, comment, titles) for at, comment in enumerate(comments, start=1))
    head = [str(_round_line(round_)) for round_ in sums.rounds]
    counted = say(
        "共收到意见{n}条：采纳{adopted}条，部分采纳{partly}条，未采纳{rejected}条",
        n=sums.comments,
        adopted=sums.adopted,
        partly=sums.partly,
        rejected=sums.not_adopted,
    )
    head.append(
        str(
            say("{counted}，未处理{n}条。", counted=counted, n=sums.open)
            if sums.open
            else say("{counted}。", counted=counted)
        )
    )
    open_ = [comment.id for comment in comments if comment.disposed is None]
    warnings = [say("{n}条意见还没有处理：{ids}", n=len(open_), ids=listed(open_))] if open_ else []
    return Table(
        title=str(
            say("{plan}征求意见采纳情况汇总表", plan=_titled(name)) if name else say("征求意见采纳情况汇总表")
        ),
        plan=_titled(name) if name else "",
        head=tuple(head),
        lines=lines,
        warnings=tuple(warnings),
        counts={
            "asked": sums.asked,
            "answered": sums.answered,
            "comments": sums.comments,
            "adopted": sums.adopted,
            "partly": sums.partly,
            "not": sums.not_adopted,
            "open": sums.open,
        },
        day=day,
    )


def _titled(name: str) -> str:
    return name if name.startswith("《") else f"《{name}》"


def _round_line(round_: Round) -> Message:
    name = round_.name or say("第{n}轮征求意见", n=round_.number)
    period = (
        f"{dated(round_.begin).zh}—{dated(round_.end).zh}"
        if language() == "zh"
        else f"{round_.begin.isoformat()} – {round_.end.isoformat()}"
    )
    how = say("（{channels}）", channels=listed(round_.channels)) if round_.channels else ""
    if round_.asked_count is None:
        return say("{name}{how}：{period}。", name=name, how=how, period=period)
    return say(
        "{name}{how}：{period}，征求{n}个单位意见。", name=name, how=how, period=period, n=round_.asked_count
    )


def _row(at: int, comment: Comment, titles: dict[str, str]) -> Row:
    place = comment.content.about
    about = str(say("全文"))
    if place is not None:
        entry = f"{place.entry} {titles.get(place.entry, '')}".strip() if place.entry else ""
        quote = place.text or place.quote or ""
        quoted = f"“{quote}”" if quote and quote != titles.get(place.entry or "") else ""
        about = "\n".join(part for part in (entry, quoted) if part)
    source = comment.content.source
    if comment.content.identity != "public":
        source = str(say("{source}（{kind}）", source=source, kind=IDENTITIES[comment.content.identity]))
    disposed = comment.disposed
    return Row(
        at,
        comment.id,
        source,
        comment.content.text,
        about,
        str(DISPOSITIONS[disposed.disposition]) if disposed else str(say("未处理")),
        (disposed.reason or "") if disposed else "",
        (disposed.change or "") if disposed else "",
        disposed is None,
    )


def write_table(path: Path, table: Table) -> None:
    """Write ``table``; the suffix says the form (.docx, .xlsx, .html, .csv). Whole or not at all."""
    writers: dict[str, Callable[[Table], bytes]] = {
        ".docx": _docx,
        ".xlsx": _xlsx,
        ".html": _html,
        ".csv": _csv,
    }
    check_suffix(path, tuple(writers))
    write(path, writers[path.suffix.lower()](table), tuple(writers))


def check_suffix(path: Path, known: Sequence[str]) -> None:
    """KechuangError (unknown-suffix) unless the file's suffix is one of ``known``."""
    if path.suffix.lower() not in known:
        raise KechuangError(
            "unknown-suffix",
            say("不认识后缀“{suffix}”，不知道写成哪种文件", suffix=path.suffix),
            place=Place(file=str(path)),
            remedy=say("可用的后缀：{known}。", known=listed(list(known))),
        )


def write(path: Path, content: bytes, known: Sequence[str]) -> None:
    """Write ``content``, whole or not at all, under a suffix of ``known``; KechuangError (file-unwritable)."""
    check_suffix(path, known)
    save(path, content, "file-unwritable")


def _docx(table: Table) -> bytes:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    from kechuang.publish.document.layout import WordPaper
    from kechuang.publish.document.measures import WUHAO, XIAOWU

    paper = WordPaper(language())
    section = paper.document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    # The margins of a portrait page turned with it: the binding edge is on top.
    section.top_margin, section.bottom_margin = Mm(28), Mm(26)
    section.left_margin, section.right_margin = Mm(35), Mm(37)
    section.footer_distance = Mm(14)
    for line in (table.plan, table.title.removeprefix(table.plan)) if language() == "zh" else (table.title,):
        if line:  # a long title breaks after the plan's name, never inside a word
            paper.title(line)
    paper.blank()
    for line in table.head:
        paper.body(line)
    paper.blank()
    paper.table(table.columns, table.rows, _WIDTHS, "cclllcl", XIAOWU if len(table.lines) > 8 else WUHAO)
    return paper.finish(table.title, table.title, datetime.combine(table.day, time()))


def _xlsx(table: Table) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    book = Workbook()
    sheet = book.active
    sheet.title = "采纳情况"
    columns = _spread_columns()
    for row, (words, size, bold) in enumerate(
        [(table.title, 16, True), *((line, 11, False) for line in table.head)], start=1
    ):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(columns))
        cell = sheet.cell(row, 1, words)
        cell.font = Font(name="宋体", size=size, bold=bold)
        cell.alignment = Alignment(horizontal="center" if bold else "left", vertical="center", wrap_text=True)
        sheet.row_dimensions[row].height = 30 if bold else 18
    first = len(table.head) + 2
    thin = Side(style="thin", color="909090")
    border = Border(left=thin, right=thin, top=thin, bottom=thin)
    for at, words in enumerate(columns, start=1):
        cell = sheet.cell(first, at, words)
        cell.font = Font(name="宋体", bold=True)
        cell.fill = PatternFill("solid", fgColor="E4EDF1")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = border
        sheet.column_dimensions[cell.column_letter].width = _XLSX_WIDTHS[at - 1]
    for row, line in enumerate(table.lines, start=first + 1):
        for at, value in enumerate(_spread(line), start=1):
            cell = sheet.cell(row, at, value)
            if isinstance(value, str):
                cell.data_type = "s"  # a text beginning with "=" is no formula
            cell.font = Font(name="宋体", color="B02E14" if line.open and at == 6 else "000000")
            centred = at in (1, 2, 6)
            cell.alignment = Alignment(
                horizontal="center" if centred else "left", vertical="top", wrap_text=True
            )
            cell.border = border
    sheet.freeze_panes = sheet.cell(first + 1, 1)
    sheet.print_title_rows = f"{first}:{first}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _spread_columns() -> list[str]:
    """The columns of a table to be worked on: reason and change apart, so that it can be read back."""
    return [
        str(word)
        for word in (
            say("序号"),
            say("编号"),
            say("来源"),
            say("意见内容"),
            say("针对条目/原文"),
            say("采纳情况"),
            say("理由"),
            say("修改"),
        )
    ]


def _spread(line: Row) -> tuple[int | str, ...]:
    return (
        line.number,
        line.comment,
        line.source,
        line.text,
        line.about,
        line.disposition,
        line.reason,
        line.change,
    )


def _csv(table: Table) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(_spread_columns())
    for line in table.lines:
        writer.writerow(
            [f"'{cell}" if isinstance(cell, str) and cell[:1] in _RISKY else cell for cell in _spread(line)]
        )
    return stream.getvalue().encode("utf-8-sig")  # the mark tells Excel that it is UTF-8


_OPEN = ' class="open"'
_STYLE = """
:root { color-scheme: light; --ink: #1a1d21; --rule: #c4c0b6; --late: #b02e14; }
body { margin: 0 auto; max-width: 1240px; padding: 32px 24px 48px; color: var(--ink); background: #fbfaf7;
  font: 15px/1.7 "PingFang SC", "Microsoft YaHei UI", "Noto Sans CJK SC", "Kechuang Sans", sans-serif; }
h1 { font: 600 25px/1.4 "Songti SC", "SimSun", "Noto Serif CJK SC", "Kechuang Sans", serif; text-align: center; }
p { margin: 2px 0; } .open { color: var(--late); font-weight: 600; }
.wide { overflow-x: auto; margin-top: 16px; }
table { border-collapse: collapse; width: 100%; background: #fff; font-size: 14px; line-height: 1.6; }
th, td { border: 1px solid var(--rule); padding: 6px 8px; vertical-align: top; text-align: left; white-space: pre-line; }
th { background: #e4edf1; text-align: center; white-space: nowrap; }
td:nth-child(1), td:nth-child(2), td:nth-child(6) { text-align: center; white-space: nowrap; }
td:nth-child(4) { min-width: 16em; } td:nth-child(3) { min-width: 8em; } td:nth-child(5), td:nth-child(7) { min-width: 11em; }
@media print { body { background: #fff; padding: 0; max-width: none; } thead { display: table-header-group; } tr { break-inside: avoid; }
  @page { size: A4 landscape; margin: 18mm; } }
"""


def _html(table: Table) -> bytes:
    from kechuang.publish import fonts

    head = "".join(f"<p>{escape(line)}</p>" for line in table.head)
    columns = "".join(f"<th scope='col'>{escape(name)}</th>" for name in table.columns)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{_OPEN if line.open and at == 5 else ''}>{escape(cell)}</td>"
            for at, cell in enumerate(line.cells)
        )
        + "</tr>"
        for line in table.lines
    )
    words = table.title + "".join(table.head) + "".join(table.columns) + "".join(map("".join, table.rows))
    fonts.require(words, ("sans",))
    face = f'@font-face {{ font-family: "Kechuang Sans"; src: url("{fonts.web_font("sans", words)}") format("woff"); }}'
    tongue = "en" if language() == "en" else "zh-CN"
    return (
        f'<!doctype html>\n<html lang="{tongue}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<title>{escape(table.title)}</title>\n<style>{face}{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(table.title)}</h1>\n{head}\n"
        f'<div class="wide"><table><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table></div>\n'
        "</body>\n</html>\n"
    ).encode()
