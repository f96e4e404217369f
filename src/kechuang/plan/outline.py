"""The tree of a document's sections: headings with what stands under them, each with its characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kechuang.language.fold import fold
from kechuang.language.outline import Mark, mark_of
from kechuang.plan.documents import Block, Document

#: A line with a number longer than this, or with a full stop inside, is text with a lead, not a heading.
LONGEST_HEADING = 40
_ROOT_LEVEL = 0
_CHAPTERS = (("篇", "编"), ("章", "部分"), ("节",))
#: A line of a table of contents: 第一章 总则……3.
_CONTENTS = re.compile(r"(?:[.…·．]{3,}|\t)\s*\d{1,3}\s*$")
#: A question of an interpretation in questions and answers: what follows answers it.
_QUESTION = re.compile(r"\s*(?:\d{1,2}[.、．]\s*)?(?:问|Q|【?记者(?:问)?】?|【?提问】?)\s*\d{0,2}\s*[：:]")


@dataclass(frozen=True)
class Line:
    """A paragraph: characters ``start``–``end`` of the document, ``text`` folded, its mark if it has one."""

    start: int
    end: int
    text: str
    mark: Mark | None
    block: Block


@dataclass
class Section:
    """A heading (its title without the mark) and its body lines and sub-sections, in order of writing.

    ``start``–``end`` are the title's characters. ``rest`` is what follows the title on its line.
    """

    level: int
    start: int
    end: int
    title: str
    line: Line | None = None
    rest: tuple[int, int] | None = None
    parts: list[Line | Section] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        return [part for part in self.parts if isinstance(part, Line)]

    @property
    def sections(self) -> list[Section]:
        return [part for part in self.parts if isinstance(part, Section)]

    def walk(self) -> Iterator[Section]:
        """This section and all below it, in order of writing."""
        yield self
        for section in self.sections:
            yield from section.walk()

    def told(self) -> Iterator[tuple[int, int]]:
        """The running text with the title where that is a sentence itself: 1.到2025年，企业达到80家。"""
        row = re.search(r"\s[\d.—]+\s+[\d.—]+", self.title)
        if re.search(r"[，；]|\d", self.title) and not row:
            yield self.start, self.end
        yield from self.spans()

    def spans(self) -> Iterator[tuple[int, int]]:
        """The pieces of running text right under this heading: rest of its line, then its lines."""
        if self.rest:
            yield self.rest
        for line in self.lines:
            yield line.start, line.end


def lines_of(document: Document) -> list[Line]:
    """The paragraphs of a document outside tables, folded."""
    text = fold(document.text)
    found = []
    for block in document.blocks:
        if block.kind != "cell" and block.end > block.start:
            piece = text[block.start : block.end]
            found.append(Line(block.start, block.end, piece, mark_of(piece), block))
    return found


def sections_of(document: Document) -> Section:
    """The whole document as one section whose sub-sections are its headings."""
    root = Section(_ROOT_LEVEL, 0, 0, "")
    open_: list[Section] = [root]
    lines = [line for line in lines_of(document) if not _CONTENTS.search(line.text)]
    ranks = _ranks(lines)
    for line in lines:
        level = _level(line, open_, ranks)
        if level is None:
            open_[-1].parts.append(line)
            continue
        section = _section(line, level)
        while open_[-1].level >= level:
            open_.pop()
        open_[-1].parts.append(section)
        open_.append(section)
    return root


def _ranks(lines: Iterable[Line]) -> dict[str, int]:
    """The level of each form of chapter the document uses (第一篇, 第一章, 第一节), one below the other."""
    used = {line.mark.form for line in lines if line.mark and line.mark.form}
    kinds = [kind for kind in _CHAPTERS if used & set(kind)]
    return {form: level for level, kind in enumerate(kinds, start=1) for form in kind}


def _level(line: Line, open_: list[Section], ranks: dict[str, int]) -> int | None:
    """The heading level of a line, or None where it is text."""
    styled = line.block.kind == "heading"
    if _QUESTION.match(line.text):
        return 1
    if line.mark is None:
        return line.block.level or 1 if styled else None
    if line.mark.form:
        return ranks[line.mark.form]
    below = max(ranks.values(), default=0)
    if line.mark.level == 3 and not below and _continues_first_level(line, line.mark, open_):
        return 1
    return line.mark.level + below


def _continues_first_level(line: Line, mark: Mark, open_: list[Section]) -> bool:
    """Whether 3、 goes on from 二、 (a slip of the typist) rather than being the third item of a list."""
    if len(line.text.strip()) > 15 or "。" in line.text:
        return False
    firsts = [section for section in open_[0].sections if section.level == 1]
    if not firsts or firsts[-1].line is None or firsts[-1].line.mark is None:
        return False
    siblings = [part for part in open_[-1].parts if isinstance(part, Section) and part.level == 3]
    inside = open_[-1].level >= 3 or bool(siblings)
    return firsts[-1].line.mark.number == mark.number - 1 and mark.number > 1 and not inside


def _section(line: Line, level: int) -> Section:
    question = _QUESTION.match(line.text)
    start = question.end() if question else line.mark.end if line.mark else 0
    text = line.text
    stop = len(text)
    for sign in "。：；":
        at = text.find(sign, start)
        if at != -1 and (sign == "。" or at - start <= LONGEST_HEADING):
            stop = min(stop, at)
    title = text[start:stop].strip()
    begin = line.start + start + (len(text[start:stop]) - len(text[start:stop].lstrip()))
    rest = (line.start + stop + 1, line.end) if stop + 1 < len(text) else None
    return Section(level, begin, begin + len(title), title, line, rest)
