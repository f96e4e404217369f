"""Where the first heading of a page may break: Chinese breaks anywhere, and would part a number from its unit.

A heading whose every phrase fits a line of a phone breaks between phrases alone (the style sheet's ``phrased``);
a longer one breaks as text does.
"""

from __future__ import annotations

import re
from html import unescape

#: Ems of a phone's line in the size of a first heading.
LINE = 14.0
_HEADING = re.compile(r"<h1>(.*?)</h1>", re.S)
_TAG = re.compile(r"<[^>]*>")
_PHRASE = re.compile(r"[^，。：；、？！]*[，。：；、？！]?")


def phrased(page: str) -> str:
    """The page, its first heading marked where it may break between phrases alone.

    >>> phrased("<h1>8项目标，27项任务</h1>")
    '<h1 class="phrased">8项目标，27项任务</h1>'
    >>> phrased("<h1>地区生产总值</h1>")
    '<h1>地区生产总值</h1>'
    """
    return _HEADING.sub(lambda found: _marked(found[0], found[1]), page, count=1)


def _marked(whole: str, content: str) -> str:
    phrases = [one for one in _PHRASE.findall(unescape(_TAG.sub("", content)).strip()) if one]
    fits = len(phrases) > 1 and max(map(_width, phrases)) <= LINE
    return whole.replace("<h1>", '<h1 class="phrased">', 1) if fits else whole


def _width(text: str) -> float:
    """Ems: a Han character or a full-width sign is one, any other about half of one."""
    return sum(1.0 if one > "\u2e80" else 0.6 for one in text)
