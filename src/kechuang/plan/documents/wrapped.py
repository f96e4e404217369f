"""Text copied from a page with its line ends: lines broken in the middle of a sentence are made one again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

#: Lines shorter than this are headings and cells, not broken text; a page's line is no longer than the second.
_SHORTEST, _LONGEST = 16, 60
#: A full line may be this many signs shorter than the widest (a mark does not begin a line, a number is not cut).
_SLACK = 4
#: Of the long lines so many must be full, and so many of the full ones must end in mid-sentence.
_FULL, _CUT = 0.6, 0.4
_FEWEST = 4
#: A line of this share of the width that ends in mid-sentence goes on in the next.
_NEARLY = 0.75
_END = re.compile(r"[。！？；：:.!?;|｜]$")
_BEGINS = re.compile(
    r"[\s　]|[一二三四五六七八九十百]+、|（[一二三四五六七八九十]+）|\([一二三四五六七八九十]+\)|\d{1,2}\s*[.．、](?!\d)|[①-⑳]|第[一二三四五六七八九十百\d]+[章节篇条部]|"
    r"——|[—–-]\s*\d+\s*[—–-]$|专栏|表\s*\d|图\s*\d|附[件表]"
)
_LATIN = re.compile(r"[A-Za-z0-9]$")


def unwrapped(lines: Sequence[str]) -> list[str]:
    """``lines`` with broken sentences joined, where the text is of that kind; else as they are.

    >>> unwrapped(["全县粮食流通基础设施明显改善，建成标准化粮", "仓若干座。", "一、目标"])
    ['全县粮食流通基础设施明显改善，建成标准化粮', '仓若干座。', '一、目标']
    """
    width = _width(lines)
    if width is None:
        return list(lines)
    joined: list[str] = []
    open_ = False
    for line in lines:
        if open_ and line.strip() and not _BEGINS.match(line):
            glue = " " if _LATIN.search(joined[-1]) and re.match(r"[A-Za-z]", line) else ""
            joined[-1] += glue + line
        else:
            joined.append(line)
        open_ = len(line) >= _NEARLY * width and not _END.search(line.rstrip())
    return joined


def _width(lines: Sequence[str]) -> int | None:
    """The width of a full line; None where the text is not broken by a page's width."""
    long_ = [line.rstrip() for line in lines if len(line.rstrip()) >= _SHORTEST]
    if len(long_) < _FEWEST or max(map(len, long_)) > _LONGEST:
        return None
    counted = Counter(map(len, long_))
    width = max(
        length
        for length in counted
        if sum(n for other, n in counted.items() if other >= length) >= 0.1 * len(long_)
    )
    full = [line for line in long_ if len(line) >= width - _SLACK]
    cut = [line for line in full if not _END.search(line)]
    enough = len(full) >= max(_FEWEST, _FULL * len(long_)) and len(cut) >= _CUT * len(full)
    return width if enough else None
