"""Plans held against each other: what changed from one to the next, and what answers the plans above."""

from __future__ import annotations

from kechuang.plan.compare.align import Alignment, Link, align
from kechuang.plan.compare.compare import compare
from kechuang.plan.compare.difference import Change, Difference, EntryChange, FieldChange, TextChange
from kechuang.plan.compare.side import Side, open_side

__all__ = [
    "Alignment",
    "Change",
    "Difference",
    "EntryChange",
    "FieldChange",
    "Link",
    "Side",
    "TextChange",
    "align",
    "compare",
    "open_side",
]
