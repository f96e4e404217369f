"""Small tools over a document's text: spans, splitting with offsets, bodies in charge."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kechuang.language.fold import fold
from kechuang.plan.documents import Document
from kechuang.plan.model import PlanSpan

_LEAD = re.compile(
    r"(?:牵头|责任|主管|负责|主责)(?:单位|部门)\s*[：:]?\s*([^（）；。]+?)(?=[，；,;]\s*(?:配合|参与|协同|协办|责任)|[）；。\n]|$)"
)
_PARTNER = re.compile(r"(?:配合|参与|协同|协办)(?:单位|部门)\s*[：:]?\s*([^（）；。]+?)(?=[）；。\n]|$)")
#: The mark of a note before the next point of a list in one line: …全覆盖 [1] - 到2027年….
_NOTE = re.compile(r"\[\d{1,2}\](?=\s*[-—]\s|\s*$)", re.MULTILINE)
_BODIES = re.compile(r"[、，,；\s]+")


class Source:
    """A document with its folded text, able to cut spans."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = _NOTE.sub(lambda note: "。".ljust(len(note.group())), fold(document.text))

    def span(self, start: int, end: int) -> PlanSpan:
        """The span of characters ``start``–``end``, without white space at its ends."""
        raw = self.document.text
        while start < end and raw[start].isspace():
            start += 1
        while end > start and raw[end - 1].isspace():
            end -= 1
        return PlanSpan(document=self.document.name, start=start, end=end, text=raw[start:end])

    def split(self, start: int, end: int, signs: str) -> list[tuple[int, int]]:
        """The non-empty pieces of ``start``–``end`` between any of ``signs`` (outside brackets and quotes)."""
        pieces, begin, depth = [], start, 0
        for position in range(start, end):
            sign = self.text[position]
            if sign in "（《“「":
                depth += 1
            elif sign in "）》”」":
                depth = max(0, depth - 1)
            elif sign in signs and (depth == 0 or sign in "。\n"):
                pieces.append((begin, position))
                begin, depth = position + 1, 0
        pieces.append((begin, end))
        return [trimmed for piece in pieces if (trimmed := self.trim(*piece))[0] < trimmed[1]]

    def trim(self, start: int, end: int, signs: str = " \t\n。；，、：") -> tuple[int, int]:
        """``start``–``end`` without white space and stops at its ends."""
        while start < end and (self.text[start] in signs or self.text[start].isspace()):
            start += 1
        while end > start and (self.text[end - 1] in signs or self.text[end - 1].isspace()):
            end -= 1
        return start, end


def leads_in(text: str) -> tuple[list[str], list[str]]:
    """The lead and partner units named in a piece of text: （牵头单位：…，配合单位：…）.

    >>> leads_in("建平台。（牵头单位：科技局，配合单位：财政局、人社局）")
    (['科技局'], ['财政局', '人社局'])
    """
    return _bodies(_LEAD.findall(text)), _bodies(_PARTNER.findall(text))


def _bodies(found: Iterable[str]) -> list[str]:
    names = [name.strip() for piece in found for name in _BODIES.split(piece)]
    return list(dict.fromkeys(name for name in names if name))
