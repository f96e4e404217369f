"""A span: exactly which characters of a document say something."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """Characters ``start`` to ``end`` (end excluded) of a document's text, and those characters.

    >>> Span.of("plan.txt", "全时当量达228.18人年", 4, 11).text
    '达228.18'
    """

    document: str
    start: int
    end: int
    text: str

    @classmethod
    def of(cls, document: str, text: str, start: int, end: int) -> Span:
        """The span of ``text[start:end]``; raises ValueError where it does not lie in the text."""
        if not 0 <= start <= end <= len(text):
            raise ValueError(f"span {start}:{end} lies outside a text of {len(text)} characters")
        return cls(document, start, end, text[start:end])

    def as_dict(self) -> dict[str, str | int]:
        return {"document": self.document, "start": self.start, "end": self.end, "text": self.text}
