"""The table of contents: lines that lead the eye to a page number are not part of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kechuang.plan.documents.pdf.leaves import lines_of
from kechuang.plan.documents.pdf.shapes import Leaf, Line

_LEADER = re.compile(r"(?:[.．·…‥・_]\s?){3,}\s*[-—(（]?\s*(?:\d{1,4}|[ivxIVX]{1,6})\s*[-—)）]?\s*$")
_LEADERS_ONLY = re.compile(r"[^.．·…‥・]{2,60}(?:[.．·…‥・]\s?){6,}\s*$")
_NUMBERED = re.compile(r"\D.*[^\d.．%\-—年]\s*(?:\d{1,4})\s*$")
_HEAD = re.compile(r"(?:目\s*[录次錄]|contents|table of contents)", re.IGNORECASE)


def without_contents(leaves: Sequence[Leaf]) -> None:
    """Takes the table of contents out of the leaves: its head and its lines."""
    gone: set[int] = set()
    open_: list[Line] = []
    for leaf in leaves:
        for line in lines_of(leaf):
            text = line.text.strip()
            if _HEAD.fullmatch(text):
                open_ = [line]
            elif _LEADER.search(text) or (open_ and _LEADERS_ONLY.fullmatch(text)):
                gone.add(id(line))
                gone |= {id(head) for head in open_}
                open_ = [line]
            elif open_ and line.parts > 1 and _NUMBERED.fullmatch(text):
                gone |= {id(line), *(id(head) for head in open_)}
                open_ = [line]
            elif open_ and _wraps(line, open_[-1], lines_of(leaf)):
                open_.append(line)  # an entry of two lines: gone if the next ends with a number
            else:
                open_ = []
    for leaf in leaves:
        leaf.items = [item for item in leaf.items if id(item) not in gone]


def _wraps(line: Line, before: Line, lines: Sequence[Line]) -> bool:
    """Whether a line without number can be the first of an entry's two lines: it is as long as lines get."""
    right = max((other.x1 for other in lines if other.column == line.column), default=line.x1)
    return line.page == before.page and right - line.x1 < 4 * line.size and line.parts == 1
