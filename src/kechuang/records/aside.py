"""Sheets that stand beside the returns in a workbook and are never read as returns.

Each is known by the words in its first cell, so that a sheet of an office that happens to have the same
name is still read.
"""

from __future__ import annotations

from kechuang.messages import Message, say
from kechuang.records.fields import folded, written
from kechuang.records.sheets import Sheet
from kechuang.records.stamp import STAMP

GUIDE = say("填报说明")
FINDINGS = say("问题清单")
CONFLICTS = say("冲突")
SOURCES = say("行的来源")

FINDINGS_TITLE = say("问题清单（由科创核对时写成，导入时不读）")
CONFLICTS_TITLE = say("冲突（由科创合并时写成，导入时不读）")
SOURCES_TITLE = say("行的来源（由科创合并时写成，导入时不读）")


def both(*messages: Message) -> frozenset[str]:
    """The messages in both languages."""
    return frozenset(text for message in messages for text in (message.zh, message.en))


def is_findings(sheet: Sheet) -> bool:
    """Whether an earlier check put this sheet there."""
    return _first(sheet) in both(FINDINGS_TITLE)


def is_aside(sheet: Sheet) -> bool:
    """Whether a sheet holds no returns: hidden ones, the guide, and what a check or a merge adds."""
    if sheet.hidden or sheet.name == STAMP:
        return True
    if folded(sheet.name or "") in {folded(name) for name in both(GUIDE)}:
        return True
    return _first(sheet) in both(FINDINGS_TITLE, CONFLICTS_TITLE, SOURCES_TITLE)


def _first(sheet: Sheet) -> str:
    return written(sheet.rows[0][0]) if sheet.rows and sheet.rows[0] else ""
