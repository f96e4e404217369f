"""Paragraph styles of a Word file: which are headings of what level, and which number themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from kechuang.plan.documents.nodes import child, children, name, value, whole

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_TITLE = re.compile(r"title|标题", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录)\s*(?:[1-9]|heading|标题)", re.IGNORECASE)


@dataclass(frozen=True)
class Style:
    """``level``: of a heading (0: the title). ``contents``: a line of the table of contents."""

    level: int | None = None
    contents: bool = False
    numbering: str | None = None
    depth: int | None = None


class Styles:
    """The paragraph styles, each with what it inherits."""

    def __init__(self, root: etree._Element | None) -> None:
        self._elements = {
            value(style, "styleId") or "": style
            for style in children(root, "style")
            if value(style, "type") in ("paragraph", "numbering", None)
        }
        default = (i for i, s in self._elements.items() if value(s, "default") in ("1", "true"))
        self._default = next(default, None)
        self._known: dict[str | None, Style] = {}

    def of(self, paragraph: etree._Element) -> Style:
        """The style of a paragraph."""
        chosen = value(child(paragraph, "pPr", "pStyle"))
        return self.style(chosen if chosen is not None else self._default)

    def style(self, identifier: str | None) -> Style:
        """The style of that id with what it inherits; an unknown one says nothing."""
        if identifier not in self._known:
            self._known[identifier] = self._read(identifier)
        return self._known[identifier]

    def _read(self, identifier: str | None) -> Style:
        level: int | None = None
        numbering: str | None = None
        depth: int | None = None
        contents = False
        seen: set[str] = set()
        while identifier is not None and identifier in self._elements and identifier not in seen:
            seen.add(identifier)
            element = self._elements[identifier]
            title = (value(child(element, "name")) or "").strip()
            contents = contents or _CONTENTS.fullmatch(title) is not None
            if level is None:
                level = outline_level(child(element, "pPr"))
            if level is None:
                level = _level_by_name(title)
            own = child(element, "pPr", "numPr")
            numbering = value(child(own, "numId")) if numbering is None else numbering
            depth = whole(child(own, "ilvl")) if depth is None else depth
            identifier = value(child(element, "basedOn"))
        return Style(None if level == _BODY else level, contents, numbering, depth)


#: The outline level of body text: says that a paragraph is no heading although its style's base is one.
_BODY = 10


def outline_level(properties: etree._Element | None) -> int | None:
    """The heading level (1–9) that paragraph properties give outright; 10 is body text, None: not said."""
    level = whole(child(properties, "outlineLvl"))
    return None if level is None else min(level + 1, _BODY)


def _level_by_name(title: str) -> int | None:
    match = _HEADING.fullmatch(title)
    if match:
        return int(match[1])
    return 0 if _TITLE.fullmatch(title) else None


def is_deleted(properties: etree._Element | None) -> bool:
    """Whether a tracked change deletes the thing with these properties."""
    return any(name(part) in ("del", "moveFrom") for part in properties) if properties is not None else False
