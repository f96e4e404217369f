"""Lines to paragraphs: which lines go on with the one above, and which are headings."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kechuang.language.fold import fold
from kechuang.language.outline import mark_of
from kechuang.plan.documents.pdf.margins import body_size
from kechuang.plan.documents.pdf.shapes import FRAMED, Leaf, Line, Table
from kechuang.plan.documents.pdf.signs import BULLETS, MAYBE_BULLETS, linked, private

_STOP = tuple("。！？；：!?;:…")
#: Where paragraphs begin with an indent, a line without one goes on even if this many signs were left blank.
_NARROW = 10.0
_BEGIN = re.compile(
    r"专栏\s*[\d一二三四五六七八九十]|附[件表录]\s*[\d一二三四五六七八九十]?\s*[：:]?|——|表\s*\d|图\s*\d"
)


_HALVES = {"left half": "right half", "right half": "left half"}


@dataclass
class Paragraph:
    """Lines that make one text."""

    lines: list[Line]
    text: str = ""
    centred: bool = False
    bullet: bool = False

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def size(self) -> float:
        return self.lines[0].size

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)

    @property
    def font(self) -> str:
        return self.lines[0].font


@dataclass(frozen=True)
class _Habits:
    """The size of the running text; whether paragraphs begin with an indent, and whether gaps part them."""

    body: float
    indented: bool
    apart: bool


@dataclass
class _Frame:
    left: float
    right: float


def paragraphs_of(leaves: Sequence[Leaf]) -> list[Paragraph | Table]:
    """Paragraphs and tables of a whole document in reading order."""
    frames, pitches = _frames(leaves), _pitches(leaves)
    habits = _Habits(body_size(leaves), _indented(leaves, frames), _parted(leaves, pitches))
    found: list[Paragraph | Table] = []
    for leaf in leaves:
        for item in leaf.items:
            if isinstance(item, Table):
                found.append(item)
                continue
            frame = frames[leaf.page, item.column]
            item.left, item.right = frame.left, frame.right
            item.pitch = pitches.get(item.size, 1.6 * item.size)
            open_ = found[-1] if found and isinstance(found[-1], Paragraph) else None
            if open_ is not None and _goes_on(open_, item, habits):
                open_.lines.append(item)
            else:
                found.append(Paragraph([item], centred=_centred(item)))
    for paragraph in found:
        if isinstance(paragraph, Paragraph):
            _write(paragraph)
    return found


def _frames(leaves: Sequence[Leaf]) -> dict[tuple[int, int], _Frame]:
    """Where text begins and ends in each column of each page: where many of its lines do."""
    by_place: dict[tuple[int, int], list[Line]] = defaultdict(list)
    alike: dict[tuple[int, int, str], list[Line]] = defaultdict(list)
    for leaf in leaves:
        for item in leaf.items:
            if isinstance(item, Line):
                by_place[leaf.page, item.column].append(item)
    several = {page for page, column in by_place if 0 < column < FRAMED}
    for leaf in leaves:
        for column, lines in _columns(leaf, by_place):
            for kind in _kinds(leaf, column, lines, several):
                alike[round(leaf.width), round(leaf.height), kind].extend(lines)
    frames = {}
    for leaf in leaves:
        for column, lines in _columns(leaf, by_place):
            if column in leaf.frames:
                frames[leaf.page, column] = _Frame(*leaf.frames[column])
                continue
            frame = _frame(lines)
            if not _sure(frame, lines):
                for kind in _kinds(leaf, column, lines, several):
                    frame = _wider(frame, _frame(alike[round(leaf.width), round(leaf.height), kind]))
                    if kind in _HALVES:  # columns are as wide as each other
                        other = _frame(alike[round(leaf.width), round(leaf.height), _HALVES[kind]])
                        frame = _wider(frame, _mirrored(other, leaf.width))
            if frame is None:  # a page of few lines: its margins are taken to be alike
                left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
                frame = _Frame(left, right if leaf.page in several else max(right, leaf.width - left))
            frames[leaf.page, column] = frame
    return frames


def _columns(leaf: Leaf, by_place: dict[tuple[int, int], list[Line]]) -> Iterator[tuple[int, list[Line]]]:
    for column in sorted({item.column for item in leaf.items if isinstance(item, Line)}):
        yield column, by_place[leaf.page, column]


def _kinds(leaf: Leaf, column: int, lines: Sequence[Line], several: set[int]) -> list[str]:
    """With which columns of other pages one has its margins in common."""
    if column >= FRAMED:
        return []
    if leaf.page not in several:
        return ["odd" if leaf.page % 2 else "even", "any"]
    if max(line.x1 for line in lines) < 0.55 * leaf.width:
        return ["left half"]
    return ["right half"] if min(line.x0 for line in lines) > 0.45 * leaf.width else []


def _frame(lines: Sequence[Line]) -> _Frame | None:
    """The margins at least three lines share, the outermost ones; None where too few lines say so."""
    if len(lines) < 6:
        return None
    lefts = Counter(round(line.x0 / 2) for line in lines)
    rights = Counter(round(line.x1 / 2) for line in lines)
    enough = max(3, len(lines) // 20)
    left = min((place for place, count in lefts.items() if count + lefts[place + 1] >= enough), default=None)
    right = max(
        (place for place, count in rights.items() if count + rights[place - 1] >= enough), default=None
    )
    if left is None or right is None:
        return None
    first = min(line.x0 for line in lines if round(line.x0 / 2) in (left, left + 1))
    last = max(line.x1 for line in lines if round(line.x1 / 2) in (right, right - 1))
    longest = max(line.x1 for line in lines)
    if longest > last + 1.5 * lines[0].size:  # few lines are full: the longest says where the margin is
        last = longest
    return _Frame(first, last) if last - first > 10 * lines[0].size else None


def _sure(frame: _Frame | None, lines: Sequence[Line]) -> bool:
    """Whether enough lines of the page are full to say where its margins are."""
    if frame is None:
        return False
    return sum(frame.right - line.x1 < line.size for line in lines) >= 0.4 * len(lines)


def _mirrored(frame: _Frame | None, width: float) -> _Frame | None:
    return _Frame(width - frame.right, width - frame.left) if frame else None


def _wider(frame: _Frame | None, other: _Frame | None) -> _Frame | None:
    if frame is None or other is None:
        return frame or other
    return _Frame(min(frame.left, other.left), max(frame.right, other.right))


def _pitches(leaves: Sequence[Leaf]) -> dict[float, float]:
    """The distance of base lines within paragraphs for each size of type: the least of the usual ones."""
    steps: dict[float, Counter[float]] = defaultdict(Counter)
    for leaf in leaves:
        lines = [item for item in leaf.items if isinstance(item, Line)]
        for before, after in pairwise(lines):
            step = after.y - before.y
            if (
                before.column == after.column
                and before.size == after.size
                and 0.8 * before.size < step < 4 * before.size
            ):
                steps[before.size][round(step * 2) / 2] += 1
    pitches = {}
    for size, counts in steps.items():
        enough = max(3, 0.15 * sum(counts.values()))
        usual = [step for step in counts if counts[step] + counts[step + 0.5] >= enough]
        if usual:
            pitches[size] = min(usual) + 0.25
    return pitches


def _centred(line: Line) -> bool:
    before, after = line.x0 - line.left, line.right - line.x1
    return before > 2.6 * line.size and abs(before - after) < max(0.12 * (before + after), 0.6 * line.size)


def _parted(leaves: Sequence[Leaf], pitches: dict[float, float]) -> bool:
    """Whether paragraphs are set apart by gaps: a good part of the steps from line to line are wider."""
    wide = steps = 0
    for leaf in leaves:
        lines = [item for item in leaf.items if isinstance(item, Line)]
        for before, after in pairwise(lines):
            if before.column == after.column and before.size == after.size and after.size in pitches:
                steps += after.y > before.y
                wide += 1.3 < (after.y - before.y) / pitches[after.size] < 3
    return wide >= 3 and wide >= 0.15 * steps


def _indented(leaves: Sequence[Leaf], frames: dict[tuple[int, int], _Frame]) -> bool:
    """Whether paragraphs begin two signs further in: some lines do, and most stand at the margin."""
    at_margin = further = 0
    for leaf in leaves:
        for item in leaf.items:
            if isinstance(item, Line):
                indent = (item.x0 - frames[leaf.page, item.column].left) / max(item.size, 1)
                at_margin += indent < 0.5
                further += 1.5 < indent < 2.6
    return further >= 2 and further >= 0.06 * (at_margin + further) and at_margin >= 2


def _goes_on(open_: Paragraph, line: Line, habits: _Habits) -> bool:
    """Whether ``line`` belongs to the paragraph whose last line is above it (or on the column or page before)."""
    before = open_.lines[-1]
    if abs(before.size - line.size) > 0.08 * max(before.size, line.size):
        return False
    same_flow = before.page == line.page and before.column == line.column
    if not same_flow and max(before.column, line.column) >= FRAMED:
        framed = min(before.column, line.column) >= FRAMED
        if not framed or before.page == line.page:
            return False
    if same_flow and not 0 < line.y - before.y < 1.3 * max(line.pitch, before.pitch):
        return False
    room = before.right - before.x1
    indent = line.x0 - line.left
    em = line.size
    begins = _begins(line.text)
    ended = before.text.rstrip("”’）)").endswith(_STOP)
    if open_.centred and before.size > 1.05 * habits.body:
        # A centred heading is broken where its next word does not fit between the margins.
        return line.first > room + (before.x0 - before.left) - 0.5 * em and not begins
    if _centred(line) and open_.centred:
        return False
    inner = (
        (habits.indented or (habits.apart and same_flow)) and indent < 0.5 * em and not begins and not ended
    )
    if room >= (_NARROW * em if inner else line.first + 0.25 * em):
        return False  # it would have fitted on the line above
    if ended and (indent > 0.8 * em or begins):
        return False
    if indent > 0.8 * em:
        if habits.indented and 1.5 < indent / em < 2.6:
            return False
        hanging = before.x0 - before.left >= indent - 0.5 * em or len(open_.lines) == 1
        level = abs(before.x0 - line.x0) < 0.5 * em and before.bold == line.bold
        return hanging and not begins and (level or before.tail == line.lead)
    if before.bold != line.bold and before.tail != line.lead and not ended:
        return False
    return not (begins and ended)


def _begins(text: str) -> bool:
    """Whether the text begins as headings, list items and captions do."""
    return mark_of(fold(text)) is not None or _BEGIN.match(text) is not None or _bulleted(text)


def _bulleted(text: str) -> bool:
    return text[:1] in BULLETS or private(text[:1]) or (text[:1] in MAYBE_BULLETS and text[1:2] == " ")


def _write(paragraph: Paragraph) -> None:
    text, spaced = "", ""
    for line in paragraph.lines:
        text = linked(text, spaced, line.text) if text else line.text
        spaced = line.spaced
    if _bulleted(text) and len(text) > 1:
        paragraph.bullet = True
        text = text[1:].lstrip()
    paragraph.text = text.strip()
