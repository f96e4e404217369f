"""What every check is given: the plan, its text cut into sentences, the facts, and all values by their terms."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from kechuang.plan.check.facts import Fact
from kechuang.plan.check.values import Value, values_of
from kechuang.plan.documents import Document
from kechuang.plan.model import Plan, PlanSpan, Target
from kechuang.plan.outline import Line, lines_of, sections_of
from kechuang.plan.text import Source

_GOALS = re.compile(r"目标|指标")
_NO_GOALS = re.compile(r"任务|工程|责任|分解|考核")
_SENTENCE = re.compile(r"[^。！？\n\t]+")


class Case:
    """A plan to check. Everything derived is made once, when a check first asks for it."""

    def __init__(self, plan: Plan, document: Document | None, facts: Sequence[Fact] = ()) -> None:
        self.plan = plan
        self.document = document
        self.facts = tuple(facts)

    @cached_property
    def source(self) -> Source | None:
        return Source(self.document) if self.document is not None else None

    @property
    def text(self) -> str:
        """The folded text; empty where there is no document."""
        return self.source.text if self.source is not None else ""

    @cached_property
    def lines(self) -> list[Line]:
        """The paragraphs outside tables."""
        return lines_of(self.document) if self.document is not None else []

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Characters of every sentence and of every cell."""
        return [match.span() for match in _SENTENCE.finditer(self.text) if match.group().strip()]

    @cached_property
    def goal_parts(self) -> list[tuple[int, int]]:
        """Characters of the parts headed 目标 or 指标."""
        if self.document is None:
            return []
        found = []
        sections = [section for section in sections_of(self.document).walk() if section.line is not None]
        for place, section in enumerate(sections):
            if _GOALS.search(section.title) and not _NO_GOALS.search(section.title):
                following = (other for other in sections[place + 1 :] if other.level <= section.level)
                after = next(following, None)
                found.append((section.start, after.start if after is not None else len(self.text)))
        return found

    @cached_property
    def values(self) -> list[Value]:
        """Targets, baselines and facts as amounts in plain units."""
        return values_of(self.plan, self.facts)

    def span(self, start: int, end: int) -> PlanSpan:
        assert self.source is not None
        return self.source.span(start, end)

    def here(self, span: PlanSpan | None) -> PlanSpan | None:
        """``span`` where it is of this document (a plan may be read from several), else None."""
        known = span is not None and self.document is not None and span.document == self.document.name
        return span if known else None

    def sentence_at(self, position: int) -> tuple[int, int]:
        """The sentence around a character; empty between sentences."""
        place = bisect_right(self.sentences, (position, len(self.text) + 1)) - 1
        if place >= 0 and self.sentences[place][1] > position:
            return self.sentences[place]
        return position, position

    def said(self) -> Iterator[tuple[int, str]]:
        """Start and text of every sentence."""
        for start, end in self.sentences:
            yield start, self.text[start:end]

    @cached_property
    def _targets(self) -> list[tuple[int, int, Target]]:
        return sorted(
            ((span.start, span.end, t) for t in self.plan.targets if (span := self.here(t.span)) is not None),
            key=lambda place: place[:2],
        )

    def targets_at(self, position: int) -> list[Target]:
        """The targets whose words hold the character at ``position``."""
        stop = bisect_right(self._targets, position, key=lambda place: place[0])
        return [target for start, end, target in self._targets[max(0, stop - 8) : stop] if end > position]
