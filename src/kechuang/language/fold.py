"""Forms of writing made equal, one character for one, so that offsets never move.

Full-width letters, digits and signs become half-width; traditional characters become simplified ones.
"""

from __future__ import annotations

import re

from opencc import OpenCC

#: Ambiguous, and right as they stand in names of places (乾县).
_KEPT = "乾"


def _simplified() -> dict[int, str]:
    """The simplified form of every traditional character, sign by sign, by OpenCC's table."""
    signs = [chr(code) for first, last in ((0x3400, 0x4DC0), (0x4E00, 0xA000)) for code in range(first, last)]
    turned = OpenCC("t2s").convert("\n".join(signs)).split("\n")
    return {
        ord(sign): simple
        for sign, simple in zip(signs, turned, strict=True)
        if simple != sign and len(simple) == 1 and sign not in _KEPT
    }


_TABLE: dict[int, str] = _simplified()
_TABLE.update({code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})
# Sentence signs keep their Chinese form: the parsers look for them.
for _sign in "，。；：！？（）":
    _TABLE.pop(ord(_sign), None)
_TABLE.update({ord(";"): "；", ord("("): "（", ord(")"): "）", ord("!"): "！", ord("?"): "？"})
_TABLE.update(
    {
        0x3000: " ",
        0x00A0: " ",
        0x2013: "—",
        0x2015: "—",
        0x2212: "-",
        0x301C: "~",
        0xFE6A: "%",
        0x2236: ":",
        0xFE55: ":",
    }
)
#: A half-width comma that separates no thousands is a Chinese one.
_COMMA = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))")


#: A year in characters: 二〇三五年.
_YEAR = re.compile(r"[一二][〇零○O九][〇零○O一二三四五六七八九]{2}(?=年)")
_DIGITS = str.maketrans("〇零○O一二三四五六七八九", "00001" + "23456789")


def fold(text: str) -> str:
    """``text`` in one form of writing; always of the same length. Commas within numbers stay half-width.

    >>> fold("占ＧＤＰ比重達到２．８％(左右)")
    '占GDP比重达到2.8%（左右）'
    """
    folded = _COMMA.sub("，", text.translate(_TABLE))
    return _YEAR.sub(lambda match: match.group().translate(_DIGITS), folded)
