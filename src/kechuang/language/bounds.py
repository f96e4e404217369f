"""Words that say how a value bounds a target: 达到、不低于、控制在…以内、左右、以上."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Before a number; the comparator it stands for. Longest first within one alternation.
_BEFORE: tuple[tuple[str, str], ...] = (
    ("=", r"净增加?|新增加?|为|=|＝"),
    (
        "<=",
        r"(?:控制|限制|压减|压缩|压降|降|下降|缩小|缩短|收窄|减|减少|降低)(?:在|到|至)|不(?:高于|超过|大于|多于)|最多|≤|＜=",
    ),
    ("<", r"小于|低于|少于|＜|<"),
    (">", r"大于|高于|超过|突破|多于|超|＞|>"),
    (
        ">=",
        r"不(?:低于|少于|小于)|至少|最少|≥|"
        r"(?:提升|提高|增长|增加|上升|扩大|拓展|扩展|延长|延伸|发展|达|提|升|增|保持|稳定|维持|恢复|完善)(?:到|至|在)|达到?|实现|增长|提高|增加|提升|下降|降低|减少|增至|升至|跨越|迈上|站上|跨上|跃上|冲刺|力争|确保",
    ),
)
_AFTER: tuple[tuple[str, str], ...] = (
    ("~", r"左右|上下"),
    (">=", r"(?:及|或)?以上|及以上|起"),
    ("<=", r"(?:及|或)?以下|以内|之内|及以下"),
)
_WORDS = re.compile("|".join(f"(?P<w{number}>{words})" for number, (_, words) in enumerate(_BEFORE)))
_SUFFIX = re.compile("|".join(f"(?P<a{number}>{words})" for number, (_, words) in enumerate(_AFTER)))
#: What may stand between the word and the number.
_FILL = r"(?:分别|各|均|都|约|近|为|了|全部|力争|到|至|在|全省|全市|人均|总计|共|每年|每(?:[百千万]|十万)?(?:名)?(?:常住|就业|服务)?(?:人口|人员|人|户))*\s*"
_BEFORE_NUMBER = re.compile(rf"(?:{'|'.join(words for _, words in _BEFORE)}){_FILL}$")


@dataclass(frozen=True)
class Bound:
    """A comparator and the characters of the words before the number (start of the words, or None)."""

    comparator: str | None
    start: int | None
    end: int


def bound_before(text: str, position: int) -> Bound:
    """The bounding words that end right before ``position`` (folded text).

    >>> bound_before("高新技术企业达到80家", 8).comparator
    '>='
    """
    head = text[max(0, position - 16) : position]
    match = _BEFORE_NUMBER.search(head)
    if match is None:
        return Bound(None, None, position)
    found = _WORDS.match(match.group().strip())
    number = int(found.lastgroup[1:]) if found and found.lastgroup else len(_BEFORE) - 1
    return Bound(_BEFORE[number][0], max(0, position - 16) + match.start(), position)


def bound_after(text: str, position: int) -> Bound:
    """The bounding words that begin at ``position``.

    >>> bound_after("80家以上", 3)
    Bound(comparator='>=', start=3, end=5)
    """
    match = _SUFFIX.match(text, position)
    if match is None or match.lastgroup is None:
        return Bound(None, None, position)
    return Bound(_AFTER[int(match.lastgroup[1:])][0], position, match.end())
