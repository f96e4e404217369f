"""What was found wrong with a file, as the lines of a list people work through: where, what, how to mend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kechuang.errors import Fault
from kechuang.messages import Message, say
from kechuang.records.fields import written
from kechuang.records.sheets import Sheet, index, letter

LEVELS: dict[str, Message] = {"error": say("错误"), "warning": say("提醒"), "hint": say("提示")}

REMEDIES: dict[str, Message] = {
    "required": say("补填这一格；确实没有的，请与下达报表的单位商定"),
    "not-a-number": say("只填数字，不带单位和文字；没有数据请留空"),
    "not-an-integer": say("改为整数"),
    "out-of-range": say("核对数值和单位后改正"),
    "not-a-date": say("写成 2024-03-05 的样子"),
    "not-a-year": say("写成四位年份，如 2024"),
    "future-date": say("核对日期；还没有发生的不要填报"),
    "not-a-choice": say("从下拉项中选一项"),
    "sample-left": say("改写这一格；确实与示例相同的，删去该行右侧“示例行”的标记"),
    "pattern": say("按该列的填报说明改写"),
    "digits-lost": say("先把该列设为文本格式，再重新填写完整的代码"),
    "uscc-format": say("对照营业执照逐位改正"),
    "uscc-check-digit": say("对照营业执照逐位改正"),
    "unknown-region": say("从下拉项中选地区，或填六位行政区划代码"),
    "region-outside": say("改为本地区之内的县市"),
    "region-level": say("改填该列要求的那一级地区"),
    "duplicate-key": say("同一条只留一行，其余删去"),
    "key-too-long": say("缩短名称或编号"),
    "reference-unknown": say("先在另一台账中登记，或改正编号"),
    "cell-error": say("改正公式，或直接填写数值"),
    "formula-not-computed": say("用Excel打开并保存一次，或直接填写数值"),
    "merged-cells": say("取消合并，每一格填自己的值"),
    "total-row": say("删去合计行"),
    "unknown-column": say("删去这一列，或把列名改成模板上的名称"),
    "duplicate-column": say("只留一列"),
    "missing-column": say("补上这一列；可从模板复制表头"),
    "wrong-unit": say("按模板的单位换算数值，并改正列名"),
    "optional-column": say("没有这些数据的，不必处理"),
    "no-data-rows": say("在表头之下填写数据"),
    "hidden-rows": say("取消隐藏后看一遍，不要报的删去"),
    "hidden-columns": say("取消隐藏后看一遍"),
    "sheet-ignored": say("不是报表的，不必处理；是报表的，请核对表头"),
    "wrong-type": say("换成这种台账的模板，或导入时改 --type"),
    "unknown-type": say("用模板填写，或导入时用 --type 指明"),
    "template-version": say("最好换用新模板"),
    "type-elsewhere": say("删去这张表，由上级科技局填报"),
    "region-open": say("补上县市"),
    "record-elsewhere": say("核对代码；确已迁入的，请上级科技局先改地区"),
}

_OTHERWISE: dict[str, Message] = {
    "error": say("按“哪里不对”一栏改正"),
    "warning": say("核对一遍；数据无误的，不必改"),
    "hint": say("看过即可"),
}


@dataclass(frozen=True)
class Finding:
    """One line of the list. ``row`` and ``column`` count from 0, None where it is the whole sheet or file;
    ``absent`` is the heading of a column the sheet has to have and has not."""

    number: int
    level: str
    sheet: str | None
    row: int | None
    column: int | None
    field: str
    found: str
    message: Message
    remedy: Message
    code: str = ""
    absent: str = ""

    @property
    def cell(self) -> str:
        """The cell as a spreadsheet names it; '' where it is the whole sheet."""
        return "" if self.row is None or self.column is None else f"{letter(self.column)}{self.row + 1}"


def list_findings(faults: Iterable[Fault], sheets: Sequence[Sheet]) -> list[Finding]:
    """The faults of one file, errors first, in the order of its sheets and rows."""
    order = {sheet.name: number for number, sheet in enumerate(sheets)}
    by_name = {sheet.name: sheet for sheet in sheets}
    levels = list(LEVELS)
    placed = sorted(
        faults,
        key=lambda fault: (
            levels.index(fault.severity) if fault.severity in levels else len(levels),
            order.get(fault.place.sheet, len(order)),
            fault.place.row or 0,
            index(fault.place.column) if fault.place.column else -1,
        ),
    )
    return [_finding(number, fault, by_name) for number, fault in enumerate(placed, start=1)]


def _finding(number: int, fault: Fault, sheets: dict[str | None, Sheet]) -> Finding:
    place = fault.place
    sheet = sheets.get(place.sheet)
    row = place.row - 1 if place.row else None
    column = index(place.column) if place.column else None
    cells = sheet.rows[row] if sheet is not None and row is not None and row < len(sheet.rows) else []
    found = written(cells[column]) if column is not None and column < len(cells) else ""
    if row is not None and column is None:  # something about the whole row is told at its first cell
        column = next((n for n, cell in enumerate(cells) if cell not in ("", None)), 0)
    level = fault.severity if fault.severity in LEVELS else "hint"
    remedy = REMEDIES.get(fault.code, _OTHERWISE[level])
    label = fault.message.params.get("label") if fault.code == "missing-column" else None
    return Finding(
        number,
        level,
        place.sheet,
        row,
        column,
        place.field or "",
        found[:200],
        fault.message,
        remedy,
        fault.code,
        label.zh if isinstance(label, Message) else "",
    )
