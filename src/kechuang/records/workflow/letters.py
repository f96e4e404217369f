"""The text of a reminder in official Chinese, and files of reminders to send.

A letter names offices, units and registers, never a person. It is always Chinese: that is the language
of the office it goes to.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.messages import dated
from kechuang.records.workbook import guarded
from kechuang.records.workflow.sheets import Sheet, unknown_suffix, write_text, write_workbook

if TYPE_CHECKING:
    from kechuang.records.workflow.reminders import Point, Reminder

NAMED = 10
"""Units a letter names for one register; the list has them all."""
NUMERALS = "一二三四五六七八九十"
HEADS = ("地区", "提醒单位", "台账", "年度", "报送期限", "距期限工作日", "情形", "单位", "退回意见", "备注")


def office(region: str) -> str:
    """The office of a region that collects its returns."""
    return f"{region}科技主管部门"


def letter(addressed: str, points: Sequence[Point], day: date, sender: str) -> str:
    """The letter to one office about all it is reminded of."""
    overdue = any(point.stage == "overdue" for point in points)
    lines = [
        f"关于{'催报' if overdue else '按期报送'}科技统计台账的提醒",
        "",
        f"{addressed}：",
        f"　　截至{dated(day).zh}，贵单位负责的下列台账尚未完成报送：",
    ]
    lines += [f"　　{_numeral(number)}、{_point(point, day)}" for number, point in enumerate(points)]
    wanted = []
    if any(point.missing and point.stage != "overdue" for point in points):
        wanted.append("请组织有关单位于期限前报送")
    if any(point.missing and point.stage == "overdue" for point in points):
        wanted.append("已逾期的请尽快补报并说明原因")
    if any(point.returned for point in points):
        wanted.append("已退回的请按审核意见改正后重新报送")
    lines += [f"　　{'；'.join(wanted)}。", "", f"　　{sender}", f"　　{dated(day).zh}"]
    return "\n".join(lines) + "\n"


def _point(point: Point, day: date) -> str:
    text = f"{point.label}（{point.year}年度），报送期限{dated(point.deadline).zh}，{_urgency(point, day)}。"
    if point.missing:
        text += f"未报{len(point.missing)}家：{_names(point.missing)}。"
    for unit, reason in point.returned[:NAMED]:
        text += f"{unit}已退回，审核意见：{reason}。"
    if len(point.returned) > NAMED:
        text += f"另有{len(point.returned) - NAMED}家已退回，见附表。"
    return text


def _urgency(point: Point, day: date) -> str:
    note = "（按周末推算）" if point.estimated else ""
    if point.working_days < 0:
        return f"已逾期{-point.working_days}个工作日{note}"
    if point.deadline == day:
        return f"今日到期{note}"
    if point.working_days == 0:
        return f"期限之前已没有工作日{note}"
    return f"距期限还有{point.working_days}个工作日{note}"


def _names(units: Sequence[str]) -> str:
    shown = "、".join(units[:NAMED])
    return f"{shown}等" if len(units) > NAMED else shown


def _numeral(number: int) -> str:
    return NUMERALS[number] if number < len(NUMERALS) else str(number + 1)


def rows(found: Sequence[Reminder]) -> list[list[Any]]:
    """Reminders as rows under ``HEADS``, one a unit."""
    lines: list[list[Any]] = []
    for one in found:
        for point in one.points:
            start = [one.place, one.office, point.label, point.year, point.deadline, point.working_days]
            note = "按周末推算" if point.estimated else ""
            state = "逾期未报" if point.stage == "overdue" else "未报"
            lines += [[*start, state, unit, "", note] for unit in point.missing]
            lines += [[*start, "已退回待重报", unit, reason, note] for unit, reason in point.returned]
    return lines


def check_path(path: Path) -> None:
    """KechuangError where :func:`write` does not know the kind of file."""
    if path.suffix.lower() not in (".txt", ".csv", ".xlsx"):
        raise unknown_suffix(path)


def write(found: Sequence[Reminder], path: Path) -> None:
    """Write reminders as letters (.txt), or as a list with the letters beside it (.xlsx, .csv)."""
    kind = path.suffix.lower()
    if kind == ".txt":
        write_text(path, "\n\n".join(one.text for one in found) or "没有需要发出的提醒。\n")
    elif kind == ".csv":
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(HEADS)
        writer.writerows([guarded(str(cell)) for cell in row] for row in rows(found))
        write_text(path, "\ufeff" + stream.getvalue())
    else:
        widths = (10, 26, 24, 8, 12, 14, 14, 30, 30, 12)
        texts = [[one.office, one.text] for one in found]
        write_workbook(
            path,
            [
                Sheet("催报清单", HEADS, rows(found), widths),
                Sheet("提醒函", ("提醒单位", "正文"), texts, (26, 100)),
            ],
        )
