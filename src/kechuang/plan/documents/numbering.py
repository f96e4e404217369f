"""Automatic numbers of Word paragraphs (一、 （二） 1.2), counted as Word counts them.

Rules: ECMA-376 part 1, 17.9 (numbering). Levels of one abstract definition count on together, whichever
list uses it, unless a list overrides where it starts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from kechuang.plan.documents.nodes import child, children, on, value, whole
from kechuang.plan.documents.signs import sign
from kechuang.plan.documents.styles import Styles

_PLACE = re.compile(r"%([1-9])")
#: After these signs a Chinese writer leaves no gap, though Word sets the text at a tab stop.
_CLOSED = re.compile("[、）】〕．：\u3000]$")


@dataclass(frozen=True)
class Level:
    """One level of a list: where it starts, how its number is written and in what text (``第%1章``)."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    gap: bool = True
    restart: int | None = None
    legal: bool = False


@dataclass(frozen=True)
class _List:
    definition: str
    levels: dict[int, Level]
    starts: dict[int, int]


class Numbering:
    """Counts the numbers of a document's paragraphs, which must be asked for in order of writing."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._definitions = {value(d, "abstractNumId") or "": d for d in children(root, "abstractNum")}
        self._numbers = {value(n, "numId") or "": n for n in children(root, "num")}
        self._styles = styles
        self._lists: dict[str, _List | None] = {}
        self._by_style: dict[tuple[str, str], int] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()

    def number(self, paragraph: etree._Element) -> tuple[str, int] | None:
        """The number before a paragraph, as it is shown, and its level from 1; None where it has none."""
        own, style = child(paragraph, "pPr", "numPr"), self._styles.of(paragraph)
        identifier = value(child(own, "numId")) or style.numbering
        if identifier is None or identifier == "0":
            return None
        found = self._list(identifier)
        if found is None:
            return None
        depth = whole(child(own, "ilvl"))
        if depth is None and value(child(own, "numId")) is None:
            chosen = value(child(paragraph, "pPr", "pStyle")) or ""
            depth = self._by_style.get((found.definition, chosen), style.depth)
        depth = min(depth or 0, 8)
        self._count(identifier, found, depth)
        return self._shown(found, depth), depth + 1

    def _count(self, identifier: str, found: _List, depth: int) -> None:
        counts = self._counts.setdefault(found.definition, {})
        level = found.levels.get(depth, Level())
        first = (identifier, depth) not in self._started
        self._started.add((identifier, depth))
        if first and depth in found.starts:
            counts[depth] = found.starts[depth]
        elif depth in counts:
            counts[depth] += 1
        else:
            counts[depth] = level.start
        for deeper in [n for n in counts if n > depth]:
            restart = found.levels.get(deeper, Level()).restart
            if restart is None or (restart > 0 and depth < restart):
                del counts[deeper]

    def _shown(self, found: _List, depth: int) -> str:
        counts = self._counts[found.definition]
        level = found.levels.get(depth, Level())

        def written(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            other = found.levels.get(place, Level())
            form = "decimal" if level.legal and place != depth else other.form
            return sign(counts.get(place, found.starts.get(place, other.start)), form)

        if level.form == "bullet":
            return ""
        text = _PLACE.sub(written, level.text)
        if not text.strip():
            return ""
        return text if not level.gap or _CLOSED.search(text) else f"{text.rstrip()} "

    def _list(self, identifier: str) -> _List | None:
        if identifier not in self._lists:
            self._lists[identifier] = self._read(identifier)
        return self._lists[identifier]

    def _read(self, identifier: str) -> _List | None:
        number = self._numbers.get(identifier)
        key = value(child(number, "abstractNumId"))
        definition = self._definitions.get(key or "")
        linked = value(child(definition, "numStyleLink"))
        if linked is not None:  # the list stands where the numbering style is defined
            for other, candidate in self._definitions.items():
                if value(child(candidate, "styleLink")) == linked:
                    key, definition = other, candidate
        if number is None or definition is None or key is None:
            return None
        levels, starts = {}, {}
        for element in children(definition, "lvl"):
            depth = whole(element, "ilvl") or 0
            levels[depth] = _level(element)
            style = value(child(element, "pStyle"))
            if style is not None:
                self._by_style[key, style] = depth
        for override in children(number, "lvlOverride"):
            depth = whole(override, "ilvl") or 0
            replaced, start = child(override, "lvl"), whole(child(override, "startOverride"))
            if replaced is not None:
                levels[depth] = _level(replaced)
                starts[depth] = levels[depth].start
            if start is not None:
                starts[depth] = start
        return _List(key, levels, starts)


def _level(element: etree._Element) -> Level:
    start = whole(child(element, "start"))
    return Level(
        start=start if start is not None else 0,
        form=value(child(element, "numFmt")) or "decimal",
        text=value(child(element, "lvlText")) or "",
        gap=value(child(element, "suff")) != "nothing",
        restart=whole(child(element, "lvlRestart")),
        legal=on(child(element, "isLgl")),
    )
