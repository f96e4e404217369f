"""Running heads, page numbers and notes: what stands on the pages but is not part of the text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

from kechuang.plan.documents.pdf.leaves import lines_of
from kechuang.plan.documents.pdf.shapes import Leaf, Line, Table

_DASH = "[-—–―－~·•/|‐\\s]"
_NUMBERED = re.compile(
    rf"(?:{_DASH}*(?P<bare>\d{{1,4}}|[ivxlcdmIVXLCDM]{{1,7}}){_DASH}*"
    r"|第\s*\d{1,4}\s*页(?:\s*[，,/]?\s*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}"
    r"|[Pp]age\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?|共\s*\d{1,4}\s*页\s*第\s*\d{1,4}\s*页)"
)
_DECORATED = re.compile(rf"{_DASH}+\d{{1,4}}{_DASH}+|第\s*\d{{1,4}}\s*页.*|[Pp]age\s.*|共\s*\d.*")
_NOTE = re.compile(r"(?:[①-⑳]|[\[〔【]\d{1,3}[\]〕】]|\d{1,3}(?=[^\d.．、，%年月个])|\*|注\s*[:：\d])")
_DEPTH = 3  # lines from the edge that may be running


def without_margins(leaves: Sequence[Leaf]) -> None:
    """Takes running heads, running feet, page numbers and notes out of the leaves."""
    body = body_size(leaves)
    running = _running(leaves)
    numbered = _numbers(leaves)
    for leaf in leaves:
        gone = {id(line) for line in _edge_lines(leaf) if _key(leaf, line) in running or id(line) in numbered}
        notes = {id(line) for line in _notes(leaf, body, gone)}
        if notes:  # with the notes go their marks in the text
            for line in lines_of(leaf):
                line.text = line.unmarked
        gone |= notes
        leaf.items = [item for item in leaf.items if id(item) not in gone]


def body_size(leaves: Iterable[Leaf]) -> float:
    """The size of the type most of the text is set in."""
    sizes: Counter[float] = Counter()
    for leaf in leaves:
        for line in lines_of(leaf):
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 12.0


def _edge_lines(leaf: Leaf) -> list[Line]:
    """The lines nearest the upper and lower edge with no table between, the outermost first."""
    items = sorted(leaf.items, key=lambda item: item.box.top if isinstance(item, Table) else item.y)
    found: list[Line] = []
    for side in (items, items[::-1]):
        heights: list[float] = []
        for item in side:
            if isinstance(item, Table):
                break
            if not heights or abs(item.y - heights[-1]) > 2:
                heights.append(item.y)
            if len(heights) > _DEPTH:
                break
            if not any(item is other for other in found):
                found.append(item)
    return found


def _key(leaf: Leaf, line: Line) -> tuple[bool, int, str]:
    """What makes a line the same on other pages: upper or lower half, its height, its words."""
    height = line.y if line.y < leaf.height / 2 else leaf.height - line.y
    words = re.sub(r"\d+", "#", "".join(line.text.split()))
    return line.y < leaf.height / 2, round(height / 3), words


def _running(leaves: Sequence[Leaf]) -> set[tuple[bool, int, str]]:
    """Keys of lines that come again on other pages at the same height, apart from the text."""
    seen: dict[tuple[bool, int, str], list[int]] = defaultdict(list)
    for number, leaf in enumerate(leaves):
        for line in _edge_lines(leaf):
            if _apart(leaf, line):
                seen[_key(leaf, line)].append(number)
    found = set()
    for key, pages in seen.items():
        # Heights are rounded: the same head may fall on either side.
        upper, height, words = key
        near = sorted({*pages, *(p for step in (-1, 1) for p in seen.get((upper, height + step, words), []))})
        sides = {page % 2 for page in near}
        of = len(leaves) if len(sides) == 2 else len(range(min(sides), len(leaves), 2))
        if re.search(r"[^#\W]", words) and (len(near) >= 3 or (len(near) == 2 and of <= 3)):
            found.add(key)
    heights = {key[:2] for key in found}
    for leaf in leaves:  # heads that change with the chapter stand at the height of the others
        for line in _edge_lines(leaf):
            key = _key(leaf, line)
            if key[:2] in heights and _apart(leaf, line):
                found.add(key)
    return found


def _apart(leaf: Leaf, line: Line) -> bool:
    """Whether a line stands in the page's margin: at the very edge, or with a gap to the text."""
    from_edge = line.y / leaf.height if line.y < leaf.height / 2 else 1 - line.y / leaf.height
    if from_edge > 0.14:
        return False
    if from_edge < 0.08:
        return True
    others = sorted(
        abs(other.y - line.y)
        for other in lines_of(leaf)
        if abs(other.y - line.y) > 2 and (other.y > line.y) == (line.y < leaf.height / 2)
    )
    sizes = [other.size for other in lines_of(leaf)]
    return not others or others[0] > 1.9 * max(line.size, median(sizes)) or line.size < 0.9 * median(sizes)


def _numbers(leaves: Sequence[Leaf]) -> set[int]:
    """Page numbers: alone at the edge of the page, and counting on with the pages (or plainly marked so)."""
    candidates: list[tuple[int, Line, int | None]] = []
    for number, leaf in enumerate(leaves):
        rows: dict[float, list[Line]] = defaultdict(list)
        for line in _edge_lines(leaf):
            rows[round(line.y)].append(line)
        for line in _edge_lines(leaf):
            match = _NUMBERED.fullmatch(line.text.strip())
            if match and len(rows[round(line.y)]) == 1:
                bare = match["bare"]
                candidates.append((number, line, int(bare) if bare and bare.isdigit() else None))
    offsets = Counter(
        (value - number, _height(leaves[number], line)) for number, line, value in candidates if value
    )
    found = set()
    for number, line, value in candidates:
        decorated = _DECORATED.fullmatch(line.text.strip()) is not None
        counting = value is not None and offsets[value - number, _height(leaves[number], line)] >= 2
        roman = value is None and not line.text.strip().isdigit()
        true = value is not None and value - number == 1
        edge = min(line.y, leaves[number].height - line.y) < 0.14 * leaves[number].height
        if edge and (decorated or ((counting or roman or true) and _apart(leaves[number], line))):
            found.add(id(line))
    return found


def _height(leaf: Leaf, line: Line) -> tuple[bool, int]:
    """Where a line stands, near enough to be the same on other pages."""
    upper = line.y < leaf.height / 2
    return upper, round((line.y if upper else leaf.height - line.y) / 6)


def _notes(leaf: Leaf, body: float, gone: set[int]) -> list[Line]:
    """Footnotes: smaller type at the foot of the page, under a short rule or begun with a note's mark."""
    lines = sorted((line for line in lines_of(leaf) if id(line) not in gone), key=lambda line: line.y)
    small: list[Line] = []
    for line in reversed(lines):
        if line.size > 0.92 * body or line.y < 0.4 * leaf.height:
            break
        small.append(line)
    small.reverse()
    tables = [item.box.bottom for item in leaf.items if isinstance(item, Table)]
    small = [line for line in small if not any(line.y < bottom + 3 * line.size for bottom in tables)]
    if not small or len(small) == len(lines):
        return []
    above = [line.y for line in lines if line.y < small[0].y - 1]
    last = max(above, default=0.0)
    ruled = any(last < rule.at < small[0].y for rule in leaf.separators)
    for number, line in enumerate(small):
        if ruled or _NOTE.match(line.text.strip()):
            return small[number:]
    return []
