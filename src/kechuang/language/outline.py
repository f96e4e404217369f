"""Headings and enumerations: 一、 （一） 1. （1） ① and 一是…二是…"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kechuang.language.numerals import parse_number

_CHINESE = "一二三四五六七八九十百"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_MARKS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"第\s*([{_CHINESE}]+|\d+)\s*(?P<form>章|部分|篇|编)\s*")),
    (2, re.compile(rf"第\s*([{_CHINESE}]+|\d+)\s*(?P<form>节)\s*")),
    (1, re.compile(rf"([{_CHINESE}]+)\s*、\s*")),
    (2, re.compile(rf"（([{_CHINESE}]+)）\s*[、.．]?\s*")),
    (4, re.compile(r"（(\d{1,3})）\s*[、.．]?\s*")),
    (3, re.compile(r"(\d{1,3})(?:\s*[、．]\s*|\s*\.(?!\d)\s*)")),
    (5, re.compile(rf"([{_CIRCLED}])\s*")),
)
_ENUMERATION = re.compile(
    rf"(?:^|(?<=[。；：:，,、（“\n 　]))(?:第?([{_CHINESE}]{{1,3}})(?:是要|是|要))(?=\S)"
)


#: The same with figures, within a paragraph.
_INLINE = (
    re.compile(r"(?:^|(?<=[。；：\n 　]))(\d{1,2})[.．、](?!\d)(?=\S)"),
    re.compile(r"(?:^|(?<=[。；：，\n 　]))（(\d{1,2})）(?=\S)"),
    re.compile(rf"([{_CIRCLED}])(?=\S)"),
)


@dataclass(frozen=True)
class Mark:
    """A number at the beginning of a line: its level by form (1 一、 2 （一） 3 1. 4 （1） 5 ①).

    ``form`` is 篇, 章, 节 … of 第一章, empty for the others.
    """

    level: int
    number: int
    end: int
    arabic: bool
    form: str = ""


@dataclass(frozen=True)
class Item:
    """One part of an enumeration in a sentence: characters of its content, and its number."""

    number: int
    start: int
    end: int


def mark_of(line: str) -> Mark | None:
    """The mark ``line`` (folded) begins with.

    >>> mark_of("（二）发展目标"), mark_of("3、 重点任务").level
    (Mark(level=2, number=2, end=3, arabic=False, form=''), 3)
    """
    offset = len(line) - len(line.lstrip())
    for level, pattern in _MARKS:
        match = pattern.match(line, offset)
        if match:
            sign = match[1]
            number = _CIRCLED.index(sign) + 1 if sign in _CIRCLED else int(parse_number(sign) or 0)
            return Mark(level, number, match.end(), sign.isdigit(), match.groupdict().get("form") or "")
    return None


def enumeration(text: str, start: int = 0, end: int | None = None) -> list[Item]:
    """The parts of 一是…二是…三是… (else 1.…2.…, （1）…, ①…) in ``text[start:end]``, counted from one without a gap.

    >>> [text for item in enumeration("分三步：一是摸底；二是试点。三是推广。") for text in ["分三步：一是摸底；二是试点。三是推广。"[item.start:item.end]]]
    ['摸底；', '试点。', '推广。']
    >>> [item.number for item in enumeration("两项任务：1.建平台。2.育企业。")]
    [1, 2]
    """
    end = len(text) if end is None else end
    for pattern in (_ENUMERATION, *_INLINE):
        found: list[tuple[int, int, int]] = []
        for match in pattern.finditer(text, start, end):
            sign = match[1]
            number = _CIRCLED.index(sign) + 1 if sign in _CIRCLED else int(parse_number(sign) or 0)
            if number == len(found) + 1:
                found.append((number, match.start(), match.end()))
        if len(found) > 1:
            stops = [begin for _, begin, _ in found[1:]] + [end]
            return [Item(number, after, stop) for (number, _, after), stop in zip(found, stops, strict=True)]
    return []
