"""Finds what a comment is about: an entry of the plan by id or title, or words quoted from the draft's text.

Words are found exactly (white space and punctuation aside, traditional like simplified characters);
else as the one place written nearly alike (edit similarity, rapidfuzz ``partial_ratio``); else the
places that come near are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kechuang.errors import KechuangError, listed
from kechuang.language.fold import fold
from kechuang.messages import say
from kechuang.plan.documents import Document
from kechuang.plan.model import Plan
from kechuang.plan.preparation.events import About
from kechuang.plan.text import Source

#: From which similarity (0–100) words count as a slip of the same words, and how far ahead of the next place.
NEAR, AHEAD = 80.0, 5.0
_SHOWN = 60.0
_WHOLE = frozenset({"", "全文", "总体", "整体", "规划全文", "总体意见", "无", "-", "—", "/"})
_ID = re.compile(r"[A-Z]\d+(?:\.\d+)*")
_MARKS = "“”\"'‘’「」《》〈〉"


@dataclass(frozen=True)
class Place:
    """Characters ``start``–``end`` of a text, and how alike they are (100: the same)."""

    start: int
    end: int
    text: str
    likeness: float = 100.0


class Words:
    """A document's text ready to be searched for quoted words."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._text = document.text
        kept = [(sign, at) for at, sign in enumerate(fold(document.text)) if sign.isalnum()]
        self._dense = "".join(sign.lower() for sign, _ in kept)
        self._at = [at for _, at in kept]

    def find(self, quote: str) -> Place:
        """The one place of ``quote``; KechuangError (no-place, many-places) with the candidates else."""
        dense = _dense(quote)
        if not dense:
            raise KechuangError("no-place", say("“{quote}”中没有文字", quote=quote))
        exact = list(self._exact(dense))
        if len(exact) == 1:
            return exact[0]
        if exact:
            raise KechuangError(
                "many-places",
                say("“{quote}”在文本中有{n}处", quote=quote, n=len(exact)),
                remedy=say(
                    "请多引几个字。各处：{places}",
                    places=listed([self._context(place) for place in exact[:5]]),
                ),
            )
        return self._near(quote, dense)

    def _exact(self, dense: str) -> Iterator[Place]:
        at = self._dense.find(dense)
        while at >= 0:
            yield self._place(at, at + len(dense))
            at = self._dense.find(dense, at + 1)

    def _near(self, quote: str, dense: str) -> Place:
        from rapidfuzz import fuzz

        found: list[Place] = []
        for start, end in self._sentences:
            piece = self._dense[start:end]
            if len(dense) > len(piece) * 2:
                continue
            best = fuzz.partial_ratio_alignment(dense, piece, score_cutoff=_SHOWN)
            if best is None:
                continue
            # A sentence shorter than the words is compared whole, or its half would do for all of them.
            score = best.score if len(piece) >= len(dense) else fuzz.ratio(dense, piece)
            first, last = _fitted(
                dense, self._dense, start + best.dest_start, start + best.dest_end, start, end
            )
            place = self._place(first, last)
            found.append(Place(place.start, place.end, place.text, score))
        found.sort(key=lambda place: -place.likeness)
        enough = len(dense) >= 4 and found and found[0].likeness >= NEAR
        if enough and (len(found) == 1 or found[0].likeness - found[1].likeness >= AHEAD):
            return found[0]
        near = [self._context(place) for place in found[:5]]
        raise KechuangError(
            "no-place",
            say("文本中找不到“{quote}”", quote=quote),
            remedy=say("相近的有：{places}。", places=listed(near))
            if near
            else say("请引用征求意见稿中的原文，或写条目编号（如 T3）。"),
        )

    @cached_property
    def _sentences(self) -> list[tuple[int, int]]:
        """Sentences of the text, as characters of the dense text; short ones as they are."""
        ends = {match.start() for match in re.finditer(r"[。；！？\n]", self._text)} | {len(self._text)}
        pieces: list[tuple[int, int]] = []
        begin = 0
        for number, at in enumerate(self._at):
            if number and any(sign in ends for sign in range(self._at[number - 1] + 1, at)):
                pieces.append((begin, number))
                begin = number
        if begin < len(self._at):
            pieces.append((begin, len(self._at)))
        return pieces

    def _place(self, start: int, end: int) -> Place:
        first, last = self._at[start], self._at[max(start, end - 1)] + 1
        return Place(first, last, self._text[first:last])

    def _context(self, place: Place) -> str:
        before = self._text[max(0, place.start - 8) : place.start].rpartition("\n")[2]
        after = self._text[place.end : place.end + 8].partition("\n")[0]
        return f"“…{before}【{place.text}】{after}…”（{place.start}–{place.end}）"


def about(written: str, plan: Plan | None, words: Words | None) -> About | None:
    """What ``written`` (an id, a title, quoted words, both, or nothing) is about; None for the whole text.

    Raises KechuangError where it is neither an entry nor in the text, with the candidates.
    """
    text = written.strip()
    if text.strip("。. ") in _WHOLE:
        return None
    entries = titles_of(plan) if plan else {}
    begin = _ID.match(text)
    name = begin.group() if begin else None
    if name is not None and name not in entries and text == name:
        raise KechuangError(
            "no-entry",
            say("规划中没有条目 {id}", id=name),
            remedy=say("已有的条目：{known}。", known=listed(list(entries)[:12] or ["—"])),
        )
    if name is not None and name in entries:
        quote = text[len(name) :].strip(" 　：:，,、").strip(_MARKS)
        if not quote or _dense(quote) == _dense(entries[name]) or words is None:
            return About(entry=name, quote=quote or None)
        return _placed(quote, words, name)
    quote = text.strip(_MARKS)
    titled = [entry for entry, title in entries.items() if _dense(title) == _dense(quote)]
    if len(titled) == 1:
        return About(entry=titled[0], quote=quote)
    if words is None:
        raise KechuangError(
            "no-place",
            say("“{quote}”不是规划的条目，这一轮又没有征求意见稿可查", quote=quote),
            remedy=say("请写条目编号（如 T3），或在登记这一轮时用 --draft 给出征求意见稿。"),
        )
    return _placed(quote, words, None)


def _placed(quote: str, words: Words, entry: str | None) -> About:
    place = words.find(quote)
    return About(entry=entry, quote=quote, start=place.start, end=place.end, text=place.text)


def titles_of(plan: Plan) -> dict[str, str]:
    """The id and title of every target, programme, task, safeguard and measure."""
    found = {target.id: target.name for target in plan.targets}
    for programme in plan.programmes:
        found[programme.id] = programme.title
        for task in programme.tasks:
            found[task.id] = task.title
            found |= {sub.id: sub.title for sub in task.subtasks}
    for safeguard in plan.safeguards:
        found[safeguard.id] = safeguard.title
        found |= {measure.id: measure.title for measure in safeguard.measures}
    return found


def sentence_around(source: Source, start: int, end: int) -> tuple[int, int]:
    """The sentence (or line) around characters ``start``–``end``, with one more on each side."""
    text = source.text
    edges = [match.end() for match in re.finditer(r"[。！？]|\n+", text)]
    before = [0, *[edge for edge in edges if edge <= start]]
    after = [edge for edge in [*edges, len(text)] if edge >= end]
    first = before[-2] if len(before) > 1 else before[-1]
    last = after[1] if len(after) > 1 else after[0] if after else len(text)
    return max(first, start - 160), min(last, end + 160)


def _fitted(words: str, text: str, start: int, end: int, low: int, high: int) -> tuple[int, int]:
    """``start``–``end`` of ``text`` moved by a few characters to where it is most like ``words``."""
    from rapidfuzz import fuzz

    slack = range(-3, 4)
    tried = [
        (first, last)
        for first in (start + by for by in slack)
        for last in (end + by for by in slack)
        if low <= first < last <= high
    ]
    # Of places equally alike the one as long as the words.
    return max(
        tried, key=lambda at: (fuzz.ratio(words, text[at[0] : at[1]]), -abs(at[1] - at[0] - len(words)))
    )


def _dense(text: str) -> str:
    return "".join(sign.lower() for sign in fold(text) if sign.isalnum())
