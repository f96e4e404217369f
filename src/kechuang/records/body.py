"""Which rows below a header are records, and which are a sample, a total, a note or a row of numbers.

Nothing that is filled in is passed over silently: a total is an error, and a note below the table and
whatever is hidden are hints. A note may name whoever filled in the form; only its label is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kechuang.errors import Fault, Place, listed
from kechuang.messages import Message, say
from kechuang.packs.model import RecordType
from kechuang.records.fields import Named, written
from kechuang.records.headers import MARKS, Header
from kechuang.records.heads import plain
from kechuang.records.sheets import Merged, Sheet, letter

Rows = list[tuple[int, list[Any]]]

ANY = "*"
"""What a sample holds where only the template itself would know."""

SHOWN = 8
"""Stretches of hidden rows or columns named in a message."""

_TOTAL = re.compile(
    r"(?:(?:本页|全[省市区县州盟旗]|各?[^\s]{0,8}?)?(?:合计|总计|小计|共计|累计))(?:\(.*\))?[:：]?"
)
_FOOTER = re.compile(
    r"((?:填表|填报|制表|经办|审核|复核|统计|单位|部门|业务)?(?:人|者|员|负责人|审核|制表|联系人|签字|签章|盖章)|"
    r"(?:联系)?(?:电话|方式)|(?:填表|填报|报出|上报|制表)?(?:日期|时间|单位)|"
    r"备?注|说明|附注|填表说明|(?:资料|数据)来源)\s*(?:\([^()]*\)|（[^（）]*）)?\s*[:：]"
)
_MADE_UP = frozenset({"text", "uscc", "date"})
_STEMS = "甲乙丙丁戊己庚辛壬癸"


def body(
    record_type: RecordType, sheet: Sheet, header: Header, file: str, samples: Sequence[Mapping[str, str]]
) -> tuple[Rows, list[Fault]]:
    """The rows that are records, as (row number from 1, cells), and what there is to say of the others.

    ``samples`` are the sample rows the template may have had: field → text, ``ANY`` for whatever.
    """
    faults: list[Fault] = []
    rows, odd = _filled_rows(sheet, header)
    if rows and rows[0][0] == header.row + 2 and _numbers_columns(rows[0][1], header):
        faults.append(
            _hint("column-numbers", say("第{row}行是列的编号，没有读取", row=rows[0][0]), sheet, file)
        )
        del rows[0]
    _take_footers(rows, sheet, file, faults)
    rows = _without_sample(record_type, rows, header, samples, sheet, file, faults)
    if odd:
        rows = _without_totals(record_type, rows, header, sheet, file, faults)
    _merged(record_type, rows, header, sheet, file, faults)
    _hidden(rows, header, sheet, file, faults)
    return rows, faults


def _filled_rows(sheet: Sheet, header: Header) -> tuple[Rows, bool]:
    """Rows with anything in them, each at least as long as the table is wide; whether any may be a total."""
    last = 1 + max(header.columns.values(), default=0)
    broken = {row for row, column in sheet.broken if column < last} if sheet.broken else frozenset()
    below = sheet.rows[header.row + 1 :]
    if _plain_to_see(below, last):
        return list(enumerate(below, start=header.row + 2)), False
    rows: Rows = []
    odd = False
    for number, cells in enumerate(below, start=header.row + 2):
        first = cells[0] if cells else ""
        if type(first) is not str:
            shows = first is not None
        else:
            shows = first != "" and not first.isspace()
            odd = odd or not shows or "计" in first
        if not shows and number - 1 not in broken and (cells.count("") == len(cells) or not filled(cells)):
            continue
        rows.append((number, cells if len(cells) >= last else [*cells, *[""] * (last - len(cells))]))
    return rows, odd


def _plain_to_see(rows: list[list[Any]], width: int) -> bool:
    """Whether every row is long enough and begins with text that is no total, as in most large sheets."""
    if not rows or min(map(len, rows)) < width:
        return False
    firsts = [cells[0] for cells in rows]
    if set(map(type, firsts)) != {str} or "" in firsts or any(map(str.isspace, firsts)):
        return False
    return "计" not in "\0".join(firsts)


def filled(cells: Iterable[Any]) -> bool:
    """Whether a row shows anything."""
    return any(cell not in ("", None) and written(cell) for cell in cells)


def _first(cells: Sequence[Any]) -> tuple[int, Any]:
    """The first cell that holds something."""
    return next(((n, cell) for n, cell in enumerate(cells) if cell != "" and cell is not None), (0, ""))


def _numbers_columns(cells: list[Any], header: Header) -> bool:
    """A row of a statistical form that numbers its columns: 甲 乙 1 2 3 …"""
    texts = [plain(cells[column]) for column in sorted(header.columns.values())]
    stems = [text for text in texts if text and text in _STEMS]
    numbers = [text for text in texts if text.isdecimal()]
    if len(stems) + len(numbers) < max(3, len(texts)):
        return False
    return stems == list(_STEMS[: len(stems)]) and numbers == [str(n + 1) for n in range(len(numbers))]


def _take_footers(rows: Rows, sheet: Sheet, file: str, faults: list[Fault]) -> None:
    while rows:
        number, cells = rows[-1]
        text = plain(_first(cells)[1])
        found = _FOOTER.match(text)
        if found is None:
            return
        del rows[-1]
        message = say("第{row}行“{label}”是表下的附注，没有读取，也不入库", row=number, label=found[1])
        faults.append(_hint("footer-row", message, sheet, file, number))


def _without_sample(
    record_type: RecordType,
    rows: Rows,
    header: Header,
    samples: Sequence[Mapping[str, str]],
    sheet: Sheet,
    file: str,
    faults: list[Fault],
) -> Rows:
    """Rows other than the template's sample, which is known by its content and not by where it stands."""
    kinds = [(name, record_type.fields[name].type, column) for name, column in header.columns.items()]
    told = [
        (column, text)
        for name, _, column in kinds
        for one in samples
        if (text := one.get(name, "")) not in {"", ANY}
    ]
    first = told[0][0] if told else 0
    texts = {text for column, text in told if column == first}
    marker = header.marker
    if marker is None and texts.isdisjoint({cells[first] for _, cells in rows if type(cells[first]) is str}):
        return rows
    kept: Rows = []
    for number, cells in rows:
        marked = marker is not None and len(cells) > marker and plain(cells[marker]).startswith(MARKS)
        if (marked or cells[first] in texts) and any(
            all(
                _same(kind, cells[column], sample.get(name, "")) or (marked and not written(cells[column]))
                for name, kind, column in kinds
            )
            for sample in samples
        ):
            continue
        if marked:
            message = say("第{row}行还带着“示例行”的标记，但内容已改，按填报的数据读取", row=number)
            faults.append(_hint("sample-changed", message, sheet, file, number))
            own = _without_leftovers(record_type, (number, cells), kinds, samples, sheet, file, faults)
            kept.append((number, own))
        else:
            kept.append((number, cells))
    return kept


def _without_leftovers(
    record_type: RecordType,
    row: tuple[int, list[Any]],
    kinds: Sequence[tuple[str, str, int]],
    samples: Sequence[Mapping[str, str]],
    sheet: Sheet,
    file: str,
    faults: list[Fault],
) -> list[Any]:
    """The cells of a sample row someone wrote over, without what the sample still holds: a made-up value is
    no return. What may be empty is taken as empty; made-up values that must be given are errors."""
    number, cells = row
    cells = list(cells)
    emptied: list[Message] = []
    same: list[Message] = []
    for name, kind, column in kinds:
        values = {text for one in samples if (text := one.get(name, "")) not in {"", ANY}}
        if not any(_same(kind, cells[column], text) for text in values):
            continue
        spec = record_type.fields[name]
        if not spec.required:
            cells[column] = ""
            emptied.append(Named.of(spec.label))
        elif kind in _MADE_UP:
            problem = say(
                "这一格还是示例值“{text}”，请改写；确实相同的，请删去右侧“示例行”的标记",
                text=written(cells[column]),
            )
            place = Place(file, sheet.name, number, letter(column), spec.label.zh)
            faults.append(Fault("sample-left", problem, place))
        elif kind in {"number", "integer"}:
            same.append(Named.of(spec.label))
    if emptied:
        message = say("第{row}行这些列还是示例值，按空处理：{names}", row=number, names=listed(emptied))
        faults.append(_hint("sample-emptied", message, sheet, file, number))
    if same:
        message = say("第{row}行这些数与示例相同，请核对：{names}", row=number, names=listed(same))
        faults.append(_hint("sample-same", message, sheet, file, number))
    return cells


def _same(kind: str, cell: Any, value: str) -> bool:
    """Whether a cell still holds the sample's value; other programs write days and numbers in other ways."""
    text = written(cell)
    if value in {text, ANY}:
        return True
    if kind not in {"date", "number", "integer", "year"} or not text or not value:
        return False
    one, two = ([int(part) for part in re.findall(r"\d+", each)[:3]] for each in (text, value))
    return one == two if kind == "date" else text.replace(",", "").rstrip("0").rstrip(".") == value


def _without_totals(
    record_type: RecordType, rows: Rows, header: Header, sheet: Sheet, file: str, faults: list[Fault]
) -> Rows:
    names = {column: name for name, column in header.columns.items()}
    kept: Rows = []
    for row in rows:
        column, cell = _first(row[1])
        if type(cell) is not str or "计" not in cell or not _total(record_type, names.get(column), cell):
            kept.append(row)
            continue
        message = say("“{text}”是合计行，不是一条记录；请删去这一行，合计由系统计算", text=plain(cell))
        faults.append(Fault("total-row", message, Place(file, sheet.name, row[0], letter(column))))
    return kept


def _total(record_type: RecordType, name: str | None, cell: str) -> bool:
    text = re.sub(r"\s+", "", plain(cell)).replace("（", "(").replace("）", ")")
    if len(text) > 14 or not _TOTAL.fullmatch(text):
        return False
    spec = record_type.fields.get(name or "")
    # A register may have a category of this name, and text may begin with anything.
    if spec is not None and spec.type == "choice":
        return all(text not in {label.zh, label.en, code} for code, label in spec.choices.items())
    bare = re.sub(r"\(.*\)|[:：]", "", text)
    return spec is None or spec.type != "text" or len(bare) <= 4 or bare.endswith(("小计", "合计", "总计"))


def _merged(
    record_type: RecordType, rows: Rows, header: Header, sheet: Sheet, file: str, faults: list[Fault]
) -> None:
    """Merged cells among the records: only the first holds a value, so the others would be "not known"."""
    if not sheet.merged:
        return
    by_number = {number: (place, cells) for place, (number, cells) in enumerate(rows)}
    fields = set(header.columns.values())
    for merged in sheet.merged:
        inside = [number for number in range(merged.top + 1, merged.bottom + 2) if number in by_number]
        across = [column for column in range(merged.left, merged.right + 1) if column in fields]
        if not inside or not across or merged.top <= header.row:
            continue
        faults.append(
            Fault("merged-cells", _say_merged(merged), Place(file, sheet.name, inside[0], letter(across[0])))
        )
        # The value of the first cell stands in for the rest, so that one fault is told and not one a cell.
        value = sheet.rows[merged.top][merged.left] if merged.left < len(sheet.rows[merged.top]) else ""
        for number in inside:
            place, cells = by_number[number]
            copy = list(cells)
            for column in across[: 1 if merged.left == merged.right else None]:
                copy[column] = value
            rows[place] = (number, copy)
            by_number[number] = (place, copy)


def _say_merged(merged: Merged) -> Message:
    if merged.left == merged.right:
        return say(
            "{range} 是合并单元格，只有第一格有值；若各行相同，请取消合并并逐行填写（可选中后按Ctrl+D）",
            range=merged.words,
        )
    return say("{range} 是合并单元格，只有第一格有值；请取消合并，每格填自己的值", range=merged.words)


def _hidden(rows: Rows, header: Header, sheet: Sheet, file: str, faults: list[Fault]) -> None:
    """Hidden rows are data people forget: they are read, and counted."""
    if sheet.hidden_rows:
        hidden = [number for number, _ in rows if number - 1 in sheet.hidden_rows]
        if hidden:
            told = stretches(hidden)
            message = (
                say(
                    "有{n}行被筛选隐藏（第{rows}行），已一并读取；若不是要报的数据，请删去",
                    n=len(hidden),
                    rows=told,
                )
                if sheet.filtered
                else say(
                    "有{n}行是隐藏的（第{rows}行），已一并读取；若不是要报的数据，请删去",
                    n=len(hidden),
                    rows=told,
                )
            )
            faults.append(_hint("hidden-rows", message, sheet, file))
    columns = sorted(sheet.hidden_columns & set(header.columns.values()))
    if columns:
        told = "、".join(letter(column) for column in columns)
        message = say("有{n}列是隐藏的（{columns}），已一并读取", n=len(columns), columns=told)
        faults.append(_hint("hidden-columns", message, sheet, file))


def stretches(numbers: Sequence[int]) -> str:
    """Numbers in a row told as stretches.

    >>> stretches([3, 7, 8, 9])
    '3、7—9'
    """
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    parts = [str(a) if a == b else f"{a}—{b}" for a, b in found[:SHOWN]]
    return "、".join(parts) + ("…" if len(found) > SHOWN else "")


def _hint(code: str, message: Message, sheet: Sheet, file: str, row: int | None = None) -> Fault:
    return Fault(code, message, Place(file, sheet.name, row), severity="hint")
