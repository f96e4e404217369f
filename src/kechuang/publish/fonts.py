"""The Chinese fonts of everything published: Noto Sans and Serif CJK SC, from the package mplfonts.

No system font is ever relied on. A subset of just the characters used goes into pages (WOFF) and
documents (TrueType); typesetting takes the files. A character neither font has is refused before
anything is written, rather than lost.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kechuang.errors import KechuangError
from kechuang.messages import say

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

Face = Literal["sans", "serif"]

_FILES: dict[Face, str] = {"sans": "NotoSansCJKsc-Regular.otf", "serif": "NotoSerifCJKsc-Regular.otf"}
_INVISIBLE = frozenset("\n\r\t\u200b\ufeff")


@cache
def font_file(face: Face) -> Path:
    """The font file of ``face``; KechuangError with the remedy where the package is missing."""
    spec = find_spec("mplfonts")
    for folder in spec.submodule_search_locations or () if spec else ():
        path = Path(folder) / "fonts" / _FILES[face]
        if path.is_file():
            return path
    raise KechuangError(
        "font-missing",
        say("找不到中文字体 {name}", name=_FILES[face]),
        remedy=say("请重新安装软件包 mplfonts（pip install --force-reinstall mplfonts）。"),
    )


@dataclass(frozen=True)
class _Source:
    """An opened font: what it maps and how its glyphs are drawn."""

    font: TTFont
    letters: dict[int, str]
    shapes: Any


@cache
def _source(face: Face) -> _Source:
    """The font of ``face``, opened once in a process: its map of 65,000 characters takes a while."""
    from fontTools.ttLib import TTFont

    font = TTFont(font_file(face), lazy=True)
    return _Source(font, font.getBestCmap(), font.getGlyphSet())


@cache
def characters(face: Face) -> frozenset[int]:
    """The code points ``face`` can show."""
    return frozenset(_source(face).letters)


def missing(text: str, face: Face = "sans") -> list[str]:
    """The characters of ``text`` that ``face`` cannot show, in order, each once."""
    known = characters(face)
    return list(dict.fromkeys(c for c in text if c not in _INVISIBLE and ord(c) not in known))


def require(text: str, faces: Iterable[Face] = ("sans", "serif")) -> None:
    """Raise KechuangError where a character of ``text`` would be lost in any of ``faces``."""
    lost = list(dict.fromkeys(c for face in faces for c in missing(text, face)))
    if lost:
        shown = "、".join(f"{c}（U+{ord(c):04X}）" for c in lost[:12])
        raise KechuangError(
            "glyph-missing",
            say("有{n}个字符在随附字体中没有字形，不能发布：{shown}", n=len(lost), shown=shown),
            remedy=say("请在规划或台账中改用通行的字，或删去这些字符。"),
        )


def web_font(face: Face, text: str) -> str:
    """A WOFF subset of ``face`` with the characters of ``text``, as a ``data:`` address."""
    font = _subset(face, text, f"Kechuang {face.title()}", latin=False)
    font.flavor = "woff"
    return "data:font/woff;base64," + base64.b64encode(_bytes(font)).decode("ascii")


def document_font(face: Face, text: str, family: str) -> bytes:
    """A TrueType subset of ``face`` under the name ``family``, for embedding in a document.

    Digits and Latin letters are always included.
    """
    return _bytes(_subset(face, text, family, latin=True))


@cache
def _glyph(face: Face, name: str) -> tuple[Any, int]:
    """The outline and width of one glyph; drawn once in a process, for every page and document.

    Word processors embed TrueType outlines only, so the cubic curves are turned into quadratic ones
    (within half a unit of 1,000).
    """
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    shape, pen = _source(face).shapes[name], TTGlyphPen(None)
    shape.draw(Cu2QuPen(pen, max_err=0.5, reverse_direction=True))
    return pen.glyph(), shape.width


def _subset(face: Face, text: str, family: str, *, latin: bool) -> TTFont:
    """A font of just these characters. It is built anew: cutting down the whole one takes ten times as long."""
    from fontTools.fontBuilder import FontBuilder

    source = _source(face)
    wanted = {ord(c) for c in text if c not in _INVISIBLE} | set(range(0x20, 0x7F) if latin else ())
    letters = {point: source.letters[point] for point in sorted(wanted & source.letters.keys())}
    order = [".notdef", *dict.fromkeys(letters.values())]
    drawn = {name: _glyph(face, name) for name in order}
    glyphs = {name: glyph for name, (glyph, _) in drawn.items()}
    head, os2 = source.font["hhea"], source.font["OS/2"]
    builder = FontBuilder(source.font["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(letters)
    builder.setupGlyf(glyphs)
    left = {name: glyph.xMin if glyph.numberOfContours else 0 for name, glyph in glyphs.items()}
    builder.setupHorizontalMetrics({name: (width, left[name]) for name, (_, width) in drawn.items()})
    builder.setupHorizontalHeader(ascent=head.ascent, descent=head.descent)
    builder.setupNameTable(mac=False, nameStrings={
        "familyName": family,
        "styleName": "Regular",
        "uniqueFontIdentifier": f"{family} Regular subset",
        "fullName": family,
        "psName": f"Kechuang-{face}",
        "version": "Version 1.0",
        "copyright": "Subset of Noto CJK SC, SIL Open Font License 1.1",
    })  # fmt: skip
    builder.setupOS2(
        sTypoAscender=os2.sTypoAscender,
        sTypoDescender=os2.sTypoDescender,
        usWinAscent=os2.usWinAscent,
        usWinDescent=os2.usWinDescent,
        fsType=0,
        usWeightClass=400,
        ulUnicodeRange1=os2.ulUnicodeRange1,
        ulUnicodeRange2=os2.ulUnicodeRange2,
        ulCodePageRange1=os2.ulCodePageRange1,
    )
    builder.setupPost(keepGlyphNames=False)
    # The same text gives the same bytes: the time of writing is left out.
    builder.font["head"].created = builder.font["head"].modified = 0
    return builder.font


def _bytes(font: TTFont) -> bytes:
    font.recalcTimestamp = False
    stream = BytesIO()
    font.save(stream)
    return stream.getvalue()
