"""Signs as people write them, from signs as PDF fonts name them: radicals, ligatures, spaces, bullets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from kechuang.plan.documents.pdf.shapes import Glyph

#: CJK radicals supplement → the character it stands for (Unicode, EquivalentUnifiedIdeograph.txt).
_RADICALS = str.maketrans(
    "⺁⺄⺅⺈⺉⺊⺋⺌⺍⺎⺐⺑⺒⺓⺔⺖⺗⺘⺙⺚⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺹⺺⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
    "厂乙亻刀刂卜㔾小小兀尣尢巳幺彑忄㣺扌攵无旡曰月歺母民氵氺灬爫爫丬牜犭王疋目示礻𥫗糹纟网罒网罓网羊羊耂肀臼艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门阝阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
)
_DROPPED = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u0000"))
#: Quotation marks and dashes belong to either writing.
_EAST = ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF))
_ALSO_EAST = frozenset("“”‘’…—·①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳≥≤×±%‰℃")
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]*$")
SOFT = "\u00ad"
BULLETS = frozenset("•▪◦‣➢➤⮚")
#: Bullets that people also type by hand as part of the text, unless a gap as of a tab follows.
MAYBE_BULLETS = frozenset("●○■□◆◇▶✓✔·")
#: No line begins, or ends, with these; of quotation marks most programs part neither side.
_NO_START = frozenset("，。、；：？！）》」』】〕“”‘’％‰．,.;:?!)]}%…—")
_NO_END = frozenset("（《「『【〔“”‘’．([{")


def mended(sign: str) -> str:
    """A glyph's text as it is written: radicals as characters, ligatures as letters, nothing unseen.

    >>> mended("⼀"), mended("⻓"), mended("ﬁ"), mended("\u200b"), mended("（")
    ('一', '长', 'fi', '', '（')
    """
    if sign.isascii():
        return "" if len(sign) == 1 and ord(sign) < 32 and sign not in "\t\n\r" else sign
    written = []
    for one in sign.translate(_DROPPED).translate(_RADICALS):
        code = ord(one)
        other = 0x2F00 <= code <= 0x2FDF or 0xF900 <= code <= 0xFAFF or 0xFB00 <= code <= 0xFB06
        written.append(unicodedata.normalize("NFKC", one) if other else one)
    return "".join(written)


def private(sign: str) -> bool:
    """Whether the sign has a meaning only in its own font."""
    return any("\ue000" <= one <= "\uf8ff" or ord(one) >= 0xF0000 for one in sign)


def east(sign: str) -> bool:
    """Whether the sign belongs to Chinese writing, which parts no words by spaces.

    >>> east("科"), east("，"), east("A"), east("5")
    (True, True, False, False)
    """
    code = ord(sign)
    return sign in _ALSO_EAST or any(first <= code <= last for first, last in _EAST)


def composed(glyphs: Sequence[Glyph]) -> tuple[str, str]:
    """The text of glyphs from left to right, and the space that follows its last sign.

    Spaces are those set in the file and, where it sets none, those a reader sees as gaps.
    """
    written: list[str] = []
    before: Glyph | None = None
    spaces = ""
    for glyph in glyphs:
        if glyph.text.isspace():
            spaces += "\u3000" if glyph.text == "\u3000" else " "
            continue
        if before is not None:
            if not spaces and _parted(before, glyph):
                spaces = " "
            written.append(spaces)
        spaces = ""
        written.append(glyph.text)
        before = glyph
    text = "".join(written)
    hyphen = text[-1:] if text.endswith(SOFT) else ""  # seen at the end of a line only
    return text.replace(SOFT, "") + hyphen, spaces[:1] if before is not None else ""


def _parted(before: Glyph, after: Glyph) -> bool:
    gap = (after.x0 - before.x1) / max(before.size, after.size, 0.1)
    wide = (east(before.text[-1]), east(after.text[0]))
    if before.text[-1] in ".)" and wide[1]:  # a list's number before its text
        return gap > 0.15
    return gap > (0.9 if all(wide) else 0.6 if any(wide) else 0.2)


def unparted(glyphs: Sequence[Glyph]) -> float:
    """The width of the shortest beginning after which a line may be broken (GB/T 15834: no comma begins one)."""
    ink = [glyph for glyph in glyphs if not glyph.text.isspace()]
    if not ink:
        return 0.0
    last = 0
    for number, glyph in enumerate(ink[1:], start=1):
        before = ink[number - 1]
        words = not (east(before.text[-1]) or east(glyph.text[0])) or (before.text + glyph.text).isdigit()
        joined = words and glyph.x0 - before.x1 < 0.2 * glyph.size
        if not (joined or glyph.text[0] in _NO_START or before.text[-1] in _NO_END):
            break
        last = number
    return ink[last].x1 - ink[0].x0


def linked(before: str, spaced: str, after: str) -> str:
    """Two lines of one paragraph as one text: no space between Chinese signs, one between words.

    A hyphen at the end of a line of words is taken for one that parts a word; among Chinese it is kept.

    >>> linked("科技", "", "创新"), linked("R&D", "", "intensity"), linked("by inno-", "", "vation in")
    ('科技创新', 'R&D intensity', 'by innovation in')
    """
    before, after = before.rstrip(), after.lstrip()
    if not before or not after:
        return before + after
    last, first = before[-1], after[0]
    if last == SOFT:
        return before[:-1] + after
    if last in "-\u2010" and before[-2:-1].isalpha() and not east(before[-2]):
        words = first.islower() and not any(map(east, before)) and not any(map(east, after))
        return (before[:-1] if words else before) + after
    if not spaced and _ADDRESS.search(before):
        return before + after
    if spaced == "\u3000":
        return f"{before}{spaced}{after}"
    if east(last) and east(first):
        return before + after
    if spaced or not (east(last) or east(first) or last in "-–/_=&" or first in "-–/)%"):
        return f"{before} {after}"
    return before + after
