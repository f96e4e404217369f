"""Tables of comments as offices send them: the template to fill in, and reading it back (xlsx, csv).

A file is taken whole or not at all: every fault of every row is told at once, with sheet, row and
column. Columns of names and contacts are never read; what is there already is told and not taken twice.
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from kechuang.errors import Fault, KechuangError, Place, Sentences, listed
from kechuang.messages import Message, say
from kechuang.plan.preparation import events
from kechuang.plan.preparation.comments import (
    DISPOSITIONS,
    IDENTITIES,
    Desk,
    Written,
    dispose,
    disposition_of,
    identity_of,
)
from kechuang.plan.preparation.days import day_read
from kechuang.plan.preparation.folder import Change
from kechuang.plan.preparation.private import PERSONAL, masked
from kechuang.plan.preparation.sheets import Grid, cell_text, content_of, headed, letter_of

#: Field → heading of the template, and other headings it is known by.
COLUMNS: dict[str, tuple[str, ...]] = {
    "source": ("来源单位", "来源", "单位", "提出单位", "反馈单位", "意见来源", "单位名称"),
    "identity": ("身份", "类别", "来源类别", "单位类别", "身份类别"),
    "text": ("意见内容", "意见", "意见建议", "意见和建议", "修改意见", "反馈意见", "具体意见", "建议"),
    "about": (
        "针对（条目号或原文）",
        "针对",
        "针对条目",
        "条目",
        "条目号",
        "针对条目/原文",
        "原文",
        "对应条目",
        "对应原文",
    ),
    "received": ("日期", "提出日期", "反馈日期", "收到日期"),
}
#: Columns of the table of adoption that only number its rows, or say what became of a comment.
_ANSWERS: dict[str, tuple[str, ...]] = {
    "comment": ("编号", "意见编号"),
    "disposition": ("采纳情况", "采纳与否", "处理意见"),
    "reason": ("理由", "采纳理由", "未采纳理由"),
    "change": ("修改", "修改情况", "修改内容"),
}
_NUMBER = ("序号", "序", "编号", "No", "NO", "行号")
_REQUIRED = ("identity", "text")
_BLANK_ROWS = 300
SHEET = "意见"
GUIDE = "填写说明"


@dataclass(frozen=True)
class Imported:
    """What an import took: the comments, rows left out as already there, and what to tell."""

    file: str
    comments: tuple[events.Commented, ...]
    repeated: tuple[int, ...]
    notices: tuple[Message, ...]


def template(example: bool = True) -> bytes:
    """The table of comments to fill in, as the bytes of an xlsx."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    widths = (26, 12, 60, 34, 14)
    for at, (name, headings) in enumerate(COLUMNS.items(), start=1):
        cell = sheet.cell(1, at, headings[0])
        cell.font = Font(name="宋体", bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="14506F" if name in _REQUIRED else "646A72")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        letter = cell.column_letter
        sheet.column_dimensions[letter].width = widths[at - 1]
        for row in range(2, _BLANK_ROWS + 2):
            below = sheet.cell(row, at)
            below.number_format = "yyyy-mm-dd" if name == "received" else "@"
            below.alignment = Alignment(vertical="top", wrap_text=True)
        if name == "identity":
            words = ",".join(said.zh for said in IDENTITIES.values())
            rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
            rule.showErrorMessage = True
            rule.error = f"只能填：{words}"
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{_BLANK_ROWS + 1}")
    sheet.row_dimensions[1].height = 30
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    if example:
        _guide(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _guide(book: Any) -> None:
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(GUIDE)
    lines = (
        (
            "来源单位",
            "提出意见的单位，如“某某县科技局”；专家写单位和专业，如“某大学农学专家”；公众意见不填。不写个人姓名。",
        ),
        ("身份", "从下拉项中选：" + "、".join(said.zh for said in IDENTITIES.values()) + "。必填。"),
        ("意见内容", "一行一条意见。必填。其中的电话、证件号等会自动隐去。"),
        (
            "针对（条目号或原文）",
            "条目号（如 T3、P2.4），或征求意见稿中的原话（至少四个字）；对全文的意见不填。",
        ),
        ("日期", "提出的日期，如 2021-02-05；可空。"),
    )
    for row, line in enumerate(lines, start=1):
        for column, words in enumerate(line, start=1):
            cell = sheet.cell(row, column, words)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.font = Font(name="宋体", bold=column == 1)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 90


def import_comments(
    change: Change, path: Path, number: int | None = None, *, unplaced: bool = False
) -> Imported:
    """Take the comments of a file into a round (the last if ``number`` is None), all or none.

    ``unplaced``: words nobody finds in the text are kept as written instead of being a fault. Raises
    KechuangError with every fault at once.
    """
    content = content_of(path)
    digest = sha256(content).hexdigest()
    desk = Desk(change, number, unplaced=unplaced)
    before = [
        comment.content
        for comment in change.state.comments.values()
        if comment.content.round == desk.round.number
    ]
    if any(comment.sha256 == digest for comment in before):
        raise KechuangError(
            "file-known",
            say("这个文件已经导入过，没有再次导入"),
            place=Place(file=path.name),
            remedy=say("有新意见时，可在表中接着填写后再导入：已有的行不会重复登记。"),
        )
    grid, head, columns, notices = _table(path, content)
    faults: list[Fault] = []
    judged: list[tuple[Written, events.About | None]] = []
    for row in range(head + 1, len(grid.rows)):
        cells = grid.rows[row]
        if not any(cell_text(cell) for cell in cells):
            continue
        written, wrong = _written(cells, columns, row + 1, path, grid.sheet)
        faults += wrong
        if written is None:
            continue
        place, errors = desk.judge(written)
        for error in errors:
            column = _COLUMN_OF.get(error.code, "text")
            where = _place(path, grid.sheet, row + 1, columns.get(column), column)
            said = Sentences([error.message, error.remedy]) if error.remedy else error.message
            faults.append(Fault(error.code, said, where))
        judged.append((written, place))
    if not judged and not faults:
        faults.append(Fault("no-data-rows", say("表头之下没有意见"), Place(path.name, grid.sheet)))
    if faults:
        raise KechuangError(
            "comments-invalid",
            say("意见表有{n}处错误，没有导入任何一条", n=len(faults)),
            place=Place(file=path.name),
            faults=faults,
        )
    return _take(desk, judged, before, path.name, grid.sheet, digest, notices)


_COLUMN_OF = {
    "no-source": "source",
    "personal-name": "source",
    "future-date": "received",
    "no-place": "about",
    "many-places": "about",
    "no-entry": "about",
}


def _take(
    desk: Desk,
    judged: list[tuple[Written, events.About | None]],
    before: list[events.Commented],
    file: str,
    sheet: str | None,
    digest: str,
    notices: list[Message],
) -> Imported:
    """Note the rows that are new. Offices say a thing once; of the public several may say the same, so
    only as many are left out as are there already."""
    have = Counter(_same(c.identity, c.source, c.text, c.about, c.received) for c in before)
    taken: list[events.Commented] = []
    repeated: list[int] = []
    first: dict[tuple[Any, ...], int] = {}
    for written, place in judged:
        key = _same(
            written.identity,
            masked(written.source.strip()).text,
            masked(written.text.strip()).text,
            place,
            written.received,
        )
        known = have[key] > 0
        if written.identity == "public" and known:
            have[key] -= 1
        if written.identity == "public" and written.source.strip() not in ("", "公众"):
            notices.append(say("第{row}行：公众意见不留来源，已略去", row=written.row))
        again = first.get(key)
        if known or (again is not None and written.identity != "public"):
            repeated.append(written.row or 0)
            notices.append(
                say("第{row}行与第{first}行相同，只登记一次", row=written.row, first=again)
                if again is not None and not known
                else say("第{row}行已经登记过，没有重复登记", row=written.row)
            )
            continue
        if again is not None:
            notices.append(
                say(
                    "第{row}行与第{first}行相同；公众意见可能出自不同的人，都已登记",
                    row=written.row,
                    first=again,
                )
            )
        first.setdefault(key, written.row or 0)
        comment = desk.add(written, place, file=file, sheet=sheet, sha256=digest)
        taken.append(comment)
        notices.extend(desk.notices(comment))
    return Imported(file, tuple(taken), tuple(repeated), tuple(notices))


def _same(
    identity: str, source: str, text: str, place: events.About | None, received: date | None
) -> tuple[Any, ...]:
    named = "" if identity == "public" else "".join(source.split())
    about = (
        (place.entry, place.start, place.end, place.quote if place.start is None else None) if place else None
    )
    return (identity, named, "".join(text.split()), about, received)


def dispose_from(change: Change, path: Path) -> int:
    """Dispositions from a table of adoption filled in by hand (columns 编号, 采纳情况, 理由, 修改), all or none.

    Rows without a disposition, or with the one already given, are left as they are. Gives how many were noted.
    """
    content = content_of(path)
    grid, head, columns = headed(path, content, _ANSWERS, ("comment", "disposition"))
    faults: list[Fault] = []
    count = 0
    for row in range(head + 1, len(grid.rows)):
        cells = grid.rows[row]
        value = {name: cell_text(cells[at]) if at < len(cells) else "" for name, at in columns.items()}
        if not value["disposition"] or value["disposition"] == "未处理":
            continue
        found = disposition_of(value["disposition"])
        if found is None:
            words = listed([said.zh for said in DISPOSITIONS.values()])
            where = _place(path, grid.sheet, row + 1, columns["disposition"], None)
            problem = say("“{value}”不是采纳情况，只能是{words}", value=value["disposition"], words=words)
            faults.append(Fault("disposition-unknown", problem, where))
            continue
        reason, made = value.get("reason") or None, value.get("change") or None
        known = change.state.comments.get(value["comment"])
        if (
            known
            and known.disposed
            and (found, reason, made)
            == (
                known.disposed.disposition,
                known.disposed.reason,
                known.disposed.change,
            )
        ):
            continue
        try:
            dispose(change, [value["comment"]], found, reason=reason, change_made=made)
            count += 1
        except KechuangError as error:
            faults.append(
                Fault(error.code, error.message, _place(path, grid.sheet, row + 1, columns["comment"], None))
            )
    if faults:
        raise KechuangError(
            "comments-invalid",
            say("意见表有{n}处错误，没有登记任何一条", n=len(faults)),
            place=Place(file=path.name),
            faults=faults,
        )
    return count


def _written(
    cells: list[Any], columns: dict[str, int], row: int, path: Path, sheet: str | None
) -> tuple[Written | None, list[Fault]]:
    value = {name: cell_text(cells[at]) if at < len(cells) else "" for name, at in columns.items()}
    faults: list[Fault] = []

    def fault(code: str, name: str, message: Message) -> None:
        faults.append(Fault(code, message, _place(path, sheet, row, columns.get(name), name)))

    identity = identity_of(value["identity"])
    if identity is None:
        words = listed([said.zh for said in IDENTITIES.values()])
        fault(
            "identity-unknown",
            "identity",
            say("没有填身份，应为{words}之一", words=words)
            if not value["identity"]
            else say("“{value}”不是身份，应为{words}之一", value=value["identity"], words=words),
        )
    received = None
    if value.get("received"):
        received = day_read(value["received"])
        if received is None:
            fault("not-a-date", "received", say("“{text}”不是日期", text=value["received"]))
    if identity is None:
        return None, faults
    return (
        Written(identity, value.get("source", ""), value["text"], value.get("about", ""), received, row),
        faults,
    )


def _table(path: Path, content: bytes) -> tuple[Grid, int, dict[str, int], list[Message]]:
    """The sheet of comments, its head row (from 0), field → column, and what to tell of the other columns."""
    grid, head, columns = headed(path, content, COLUMNS, _REQUIRED, (GUIDE,))
    notices: list[Message] = []
    for at, cell in enumerate(grid.rows[head]):
        name = cell_text(cell)
        if not name or at in columns.values() or name in _NUMBER:
            continue
        filled = any(at < len(cells) and cell_text(cells[at]) for cells in grid.rows[head + 1 :])
        if PERSONAL.search(name):
            notices.append(say("“{name}”列是个人信息，没有读取", name=name))
        elif filled:
            notices.append(say("不认识“{name}”列，没有读取", name=name))
    return grid, head, columns, notices


def _place(path: Path, sheet: str | None, row: int, column: int | None, name: str | None) -> Place:
    letter = None if column is None else letter_of(column)
    return Place(path.name, sheet, row, letter, COLUMNS[name][0] if name in COLUMNS else None)
