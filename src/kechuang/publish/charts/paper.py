"""The chart of a target on paper: the page's SVG with its own colours, and as a PNG for documents."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from kechuang.publish import fonts
from kechuang.publish.charts.data import ChartWords, Series
from kechuang.publish.charts.svg import Frame, series_chart

#: Drawing units in a millimetre: letters of 12 units are 8.5 pt.
UNITS = 4
DPI = 300
_STYLE = """
text { font-family: "Noto Sans CJK SC"; font-size: 12px; fill: #4f555c; paint-order: stroke;
  stroke: #fff; stroke-width: 3px; stroke-linejoin: round }
.strong { fill: #1a1d21 } .value { fill: #14506f }
.grid { stroke: #d4d1c9 } .axis { stroke: #1a1d21 }
.act { fill: none; stroke: #14506f; stroke-width: 2.5; stroke-linejoin: round }
.path { fill: none; stroke: #646a72; stroke-width: 1.5; stroke-dasharray: 5 4 }
.dot { fill: #14506f } .open { fill: #fff; stroke: #14506f; stroke-width: 2 }
.b95 { fill: #e7eef1 } .b80 { fill: #cbdce4 } .b50 { fill: #a7c3d0 }
.med { fill: none; stroke: #14506f; stroke-width: 1.5 }
.goal { fill: #fff; stroke: #1a1d21; stroke-width: 1.6 } .goalrange { stroke: #1a1d21; stroke-width: 1.5 }
"""


def series_svg(series: Series, words: ChartWords, width: float = 150, height: float = 48) -> str:
    """An SVG of ``width`` × ``height`` mm that needs no style sheet; empty where there is nothing to draw.

    KechuangError where a character has no glyph.
    """
    fonts.require("".join(vars(words).values()) + series.unit, ("sans",))
    frame = Frame(width * UNITS, height * UNITS, 46, 96, 18, 26)
    drawn = series_chart(series, words, frame)
    head, inner = drawn.partition(">")[::2]
    return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{_STYLE}</style>{inner}' if drawn else ""


def png(svg: str, width: float, dpi: int = DPI) -> bytes:
    """The SVG as a PNG ``width`` mm wide, set in the product's own fonts only."""
    import typst

    source = (
        "#set page(width: auto, height: auto, margin: 0mm)\n"
        f'#image(bytes({json.dumps(svg, ensure_ascii=False)}), format: "svg", width: {width:g}mm)'
    )
    pages: Any = typst.Compiler(source.encode(), font_paths=typesetting_fonts()).compile(
        format="png", ppi=dpi
    )
    return bytes(pages[0] if isinstance(pages, list) else pages)


@cache
def typesetting_fonts() -> Any:
    """The fonts typesetting may use: those of the package mplfonts and none of the machine's."""
    import typst

    folder = fonts.font_file("sans").parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
