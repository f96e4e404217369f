"""Checks on headings: numbers that jump, numerals of the wrong kind, levels left out or mixed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kechuang.language.numerals import chinese, parse_number
from kechuang.language.outline import mark_of
from kechuang.messages import Message, say
from kechuang.plan.check.case import Case
from kechuang.plan.check.finding import Finding, Severity
from kechuang.plan.outline import Line

_C = "一二三四五六七八九十百"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
#: The kinds of numbers from the highest to the lowest, and how each is written.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("第{}篇", re.compile(rf"第(?P<n>[{_C}]+|\d+)(?:篇|编|部分)")),
    ("第{}章", re.compile(rf"第(?P<n>[{_C}]+|\d+)章")),
    ("第{}节", re.compile(rf"第(?P<n>[{_C}]+|\d+)节")),
    ("第{}条", re.compile(rf"第(?P<n>[{_C}]+|\d+)条")),
    ("{}、", re.compile(rf"(?P<n>[{_C}]+)\s*(?P<sign>[、.．])")),
    ("（{}）", re.compile(rf"（(?P<n>[{_C}]+)）")),
    ("{}.", re.compile(r"(?P<n>\d{1,3})\s*(?:(?P<sign>[、．])|(?P<dot>\.)(?!\d))")),
    ("（{}）#", re.compile(r"（(?P<n>\d{1,3})）")),
    ("{}）", re.compile(r"(?P<n>\d{1,2})）")),
    ("①", re.compile(rf"(?P<n>[{_CIRCLED}])")),
)
_PARTS, _CHAPTER, _SECTION, _ARTICLE, _FIRST, _SECOND, _THIRD, _FOURTH = range(8)
#: Kinds whose numbers are headings wherever they begin a line; others may be items of a list.
_HEADINGS = frozenset({_PARTS, _CHAPTER, _SECTION, _FIRST, _SECOND})
#: Which kinds (the likelier first) a typist means who writes an Arabic numeral for a Chinese one.
_MEANT = {_THIRD: (_FIRST, _SECOND), _FOURTH: (_SECOND, _FIRST)}
#: An attachment is numbered anew.
_ANEW = -1
_ATTACHED = re.compile(r"(?:附件|附表|附录|附)\s*(?:\d{1,2}|[一二三四五六七八九十])?\s*(?:[：:]|$)")
_CONTENTS = re.compile(r"(?:[.…·．\s_]{3,}|\t)\s*\d{1,3}\s*$")
_COUNTED = re.compile(rf"(?:^|(?<=[。；：:，,、（“\n ]))(?P<n>[{_C}]{{1,3}})是(?=[\u4e00-\u9fff])")
#: A heading is not longer than this, nor a sentence.
_LONGEST = 40
_SHORT = 24


@dataclass(frozen=True)
class Numbered:
    """A line that begins with a number: its kind (index of ``_KINDS``), the number, and its sign."""

    line: Line
    kind: int
    number: int
    sign: str
    arabic: bool
    stop: int

    @property
    def short(self) -> bool:
        """Whether it reads as a heading, not as a sentence."""
        text = self.line.text.strip()
        return len(text) <= _LONGEST and not re.search(r"[。；]", text)


@dataclass
class Run:
    """Numbers of one kind under one heading: what may come next, and runs that were interrupted."""

    due: set[int] = field(default_factory=lambda: {1})
    left: list[int] = field(default_factory=list)
    last: int = 0

    def take(self, number: int) -> int | None:
        """None where ``number`` is in order; else what was due. One slip is told once."""
        wrong = None
        if number in self.due:
            self.due = {number + 1}
        elif number == 1:
            self.left.append(max(self.due))
            self.due = {2}
        elif number in self.left:
            self.left.remove(number)
            self.due = {number + 1}
        else:
            wrong = min(self.due)
            self.due = {number + 1, wrong + 1}
        self.last = number
        return wrong


@dataclass
class Level:
    """A place in the tree of headings: its kind, the run of numbers, and what stands under the last."""

    kind: int
    run: Run
    heading: Numbered | None = None


def numbering(case: Case) -> Iterator[Finding]:
    """heading-number and heading-level findings of the document."""
    marked = _marked(case.lines)
    yield from _walk(case, marked)
    yield from _inverted(case, marked)
    yield from _signs(case, marked)
    yield from _styles(case)
    yield from _items(case)


def _marked(lines: Sequence[Line]) -> list[Numbered]:
    found = []
    for line in lines:
        text = line.text
        if not text.strip() or _CONTENTS.search(text):
            continue
        offset = len(text) - len(text.lstrip())
        if _ATTACHED.match(text, offset):
            found.append(Numbered(line, _ANEW, 0, "", False, offset))
            continue
        for kind, (_, pattern) in enumerate(_KINDS):
            match = pattern.match(text, offset)
            if match:
                written = match["n"]
                number = (
                    _CIRCLED.index(written) + 1 if written in _CIRCLED else int(parse_number(written) or 0)
                )
                groups = match.groupdict()
                sign = groups.get("sign") or groups.get("dot") or ""
                found.append(Numbered(line, kind, number, sign, written[0].isdigit(), match.end()))
                break
    return found


def _written(kind: int, number: int, arabic: bool) -> str:
    if kind == len(_KINDS) - 1:
        return _CIRCLED[number - 1] if 0 < number <= len(_CIRCLED) else str(number)
    form = _KINDS[kind][0].rstrip("#")
    return form.format(number if arabic or kind >= _THIRD else chinese(number))


def _walk(case: Case, marked: list[Numbered]) -> Iterator[Finding]:
    """Every number against the ones before it under the same heading."""
    levels: list[Level] = []
    last: dict[int, int] = {}
    children: dict[tuple[int, int], list[Numbered]] = defaultdict(list)  # (kind of the heading, its place)
    through: set[int] = set()  # kinds counted through the document, over the headings above
    following = _following(marked)
    for place, read in enumerate(marked):
        entry = read
        if entry.kind == _ANEW:
            levels.clear()
            last.clear()
            continue
        slip = _wrong_numeral(entry, levels, last, following[place])
        if slip is not None:
            right = _written(slip, entry.number, False)
            yield _finding(case, entry, say("同级标题用了阿拉伯数字，应为“{right}”", right=right), right)
            entry = Numbered(entry.line, slip, entry.number, "", True, entry.stop)
        while levels and levels[-1].kind > entry.kind:
            levels.pop()
        fresh = not levels or levels[-1].kind != entry.kind
        if fresh:
            levels.append(Level(entry.kind, Run()))
        level = levels[-1]
        above = levels[-2].heading if len(levels) > 1 else None
        if above is not None and fresh:
            children[above.kind, above.line.start].append(entry)
        if fresh and entry.number == last.get(entry.kind, 0) + 1 and entry.number > 1:
            level.run.due = {entry.number + 1}
            through.add(entry.kind)
        elif fresh and entry.number != 1:
            level.run.due = {entry.number + 1}
            if len(levels) > 1 and entry.kind in _HEADINGS and last:
                right = _written(entry.kind, 1, entry.arabic)
                yield _finding(case, entry, say("标题编号没有从“{right}”开始", right=right), right, "warning")
        else:
            due = level.run.take(entry.number)
            if due is not None and not (fresh or due == 1) and not _inside(case, marked, place, due):
                right = _written(entry.kind, due, entry.arabic)
                yield _finding(
                    case,
                    entry,
                    say("标题编号不连续，应为“{right}”", right=right),
                    right,
                    "error" if entry.kind in _HEADINGS else "warning",
                )
        level.heading = entry
        last[entry.kind] = entry.number
    yield from _skipped(case, children, through)


def _inside(case: Case, marked: list[Numbered], place: int, due: int) -> bool:
    """Whether the number that was due stands within the text before, not at the beginning of a line."""
    entry = marked[place]
    text = case.text[marked[place - 1].line.start : entry.line.start] if place else ""
    for written in (_written(entry.kind, due, entry.arabic), f"{due}、", f"{due}．"):
        if entry.kind in _HEADINGS and written[0].isdigit():
            continue
        if re.search(rf"(?<![\d一二三四五六七八九十]){re.escape(written)}", text):
            return True
    return False


def _following(marked: list[Numbered]) -> list[dict[int, int]]:
    """For every place the next number of each kind, up to the end of the document."""
    coming: dict[int, int] = {}
    found: list[dict[int, int]] = []
    for entry in reversed(marked):
        found.append(dict(coming))
        coming[entry.kind] = entry.number
        coming = {kind: number for kind, number in coming.items() if kind <= entry.kind}
    return found[::-1]


def _wrong_numeral(
    entry: Numbered, levels: list[Level], last: dict[int, int], coming: dict[int, int]
) -> int | None:
    """The kind an Arabic numeral stands for that goes on a run of Chinese ones (二、 3、 四、); None if it does not."""
    if entry.kind not in _MEANT or entry.number < 2 or len(entry.line.text.strip()) > _SHORT:
        return None
    if re.search(r"[。；]", entry.line.text):
        return None
    own = next((level.run for level in levels if level.kind == entry.kind), None)
    for meant in _MEANT[entry.kind]:
        run = next((level.run for level in levels if level.kind == meant), None)
        if run is None or entry.number not in run.due:
            continue
        usual = meant == _MEANT[entry.kind][0]
        after = coming.get(meant)
        over = coming.get(entry.kind) == 1  # numbers begin anew under it: it is no item of their list
        if after == entry.number + 1 and (usual or own is None or over):
            return meant
        alone = own is None and last.get(entry.kind, 0) != entry.number - 1
        if usual and alone and after is None:
            return meant
    return None


def _skipped(
    case: Case, children: dict[tuple[int, int], list[Numbered]], through: set[int]
) -> Iterator[Finding]:
    """1. right under 一、 where the other 一、 have （一） between."""
    by_kind: dict[int, list[Numbered]] = defaultdict(list)
    for (kind, _), entries in children.items():
        by_kind[kind].append(entries[0])
    for kind, firsts in by_kind.items():
        count = Counter(entry.kind for entry in firsts)
        usual = min(count, key=lambda child: (-count[child], child))
        for entry in firsts:
            if entry.kind <= usual or entry.kind in through or kind < _FIRST or entry.kind == usual:
                continue
            message = say(
                "标题跳级：同类标题下都先用“{usual}”，这里直接用了“{written}”",
                usual=_written(usual, 1, False),
                written=_written(entry.kind, entry.number, entry.arabic),
            )
            severity: Severity = "warning" if entry.short and count[usual] > 1 else "info"
            yield _finding(
                case, entry, message, _written(usual, entry.number, False), severity, "heading-level"
            )


def _inverted(case: Case, marked: list[Numbered]) -> Iterator[Finding]:
    """（一）under 1.: a lower number holds a higher one (1. （一）（二） 2. （一）（二）)."""
    for kind, under in ((_THIRD, _SECOND), (_THIRD, _FIRST), (_SECOND, _FIRST), (_FOURTH, _THIRD)):
        run: list[Numbered] = []
        held: Numbered | None = None
        for entry in marked:
            if entry.kind < min(kind, under):
                run, held = [], None
            elif entry.kind == kind:
                if held is not None and run and entry.number == run[-1].number + 1:
                    message = say(
                        "层次颠倒：“{outer}”之下用了“{inner}”",
                        outer=_written(kind, run[-1].number, run[-1].arabic),
                        inner=_written(under, held.number, held.arabic),
                    )
                    yield _finding(case, held, message, None, "warning", "heading-level")
                    run, held = [], None
                    break
                run, held = [*run, entry] if entry.short else [], None
            elif entry.kind == under:
                if run and entry.number == 1 and held is None:
                    held = entry
                elif held is None:
                    run = []


def _signs(case: Case, marked: list[Numbered]) -> Iterator[Finding]:
    """1、 and 2. in one document: the signs behind numbers of one kind."""
    for kind in (_FIRST, _THIRD):
        of_kind = [entry for entry in marked if entry.kind == kind]
        usage = Counter("." if entry.sign in ".．" else entry.sign for entry in of_kind)
        if len(usage) < 2:
            continue
        most = "、" if kind == _FIRST else max(usage, key=lambda sign: usage[sign])
        odd = [entry for entry in of_kind if ("." if entry.sign in ".．" else entry.sign) != most]
        spans = tuple(case.span(entry.line.start, entry.line.start + entry.stop) for entry in odd)
        message = say("同级编号后的标点不一致：{n}处没有用“{sign}”", n=len(odd), sign=most)
        yield Finding("heading-level", "info", message, spans, most)


def _styles(case: Case) -> Iterator[Finding]:
    """Levels of the word processor: one left out, or one kind of number at two levels."""
    if not case.plan.documents or not case.document or not case.document.name.lower().endswith(".docx"):
        return
    before = 0
    by_kind: dict[int, list[Line]] = defaultdict(list)
    for line in case.lines:
        level = line.block.level
        if line.block.kind != "heading" or not level:
            continue
        if level > before + 1 and before:
            message = say("标题样式跳级：第{before}级之下直接是第{level}级", before=before, level=level)
            yield Finding(
                "heading-level", "warning", message, (case.span(line.start, line.end),), str(before + 1)
            )
        before = level
        mark = mark_of(line.text)
        if mark is not None:
            by_kind[mark.level].append(line)
    for lines in by_kind.values():
        usage = Counter(line.block.level for line in lines)
        usual, count = usage.most_common(1)[0]
        odd = [line for line in lines if line.block.level != usual]
        if odd and count >= 3 * len(odd):
            spans = tuple(case.span(line.start, line.end) for line in odd)
            yield Finding(
                "heading-level",
                "warning",
                say("同类编号的标题样式级别不一：其余是第{usual}级", usual=usual),
                spans,
                str(usual),
            )


def _items(case: Case) -> Iterator[Finding]:
    """一是…二是…四是… within a paragraph."""
    for line in case.lines:
        run = Run()
        started = False
        for match in _COUNTED.finditer(line.text):
            number = int(parse_number(match["n"]) or 0)
            if not started and number != 1:
                continue
            started = True
            due = run.take(number)
            if due is not None:
                right = f"{chinese(due)}是"
                span = case.span(line.start + match.start(), line.start + match.end())
                yield Finding(
                    "heading-number",
                    "warning",
                    say("列举的编号不连续，应为“{right}”", right=right),
                    (span,),
                    right,
                )


def _finding(
    case: Case,
    entry: Numbered,
    message: Message,
    right: str | None,
    severity: Severity = "error",
    code: str = "heading-number",
) -> Finding:

    end = entry.line.end
    stop = re.search(r"[。；：]", entry.line.text[entry.stop :])
    if stop is not None:
        end = entry.line.start + entry.stop + stop.start()
    return Finding(code, severity, message, (case.span(entry.line.start, end),), right)
