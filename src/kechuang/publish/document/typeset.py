"""The same paper as the docx's, typeset to PDF by Typst with the product's own fonts.

Noto Serif CJK SC stands in for 仿宋, 楷体, 宋体 and 小标宋, Noto Sans CJK SC for 黑体, as in a docx read
where no office fonts are. Text goes to Typst as strings only, never as markup: nothing in a plan or a
register can be taken for a command.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from kechuang.publish import fonts
from kechuang.publish.charts.paper import typesetting_fonts
from kechuang.publish.document.measures import (
    BOTTOM,
    ERHAO,
    LEFT,
    LINE,
    RIGHT,
    SANHAO,
    SHORT,
    SIHAO,
    SQUEEZE,
    TITLE_LINE,
    TOP,
    WUHAO,
    plain_quotes,
)  # fmt: skip

_NAMES: dict[fonts.Face, str] = {"serif": "Noto Serif CJK SC", "sans": "Noto Sans CJK SC"}
_ALIGN = {"l": "left", "c": "center", "r": "right"}
#: Letters stand this far above and below the base line (in em): together one em, so that the distance
#: of lines is set by the leading alone.
_ABOVE, _BELOW = 0.86, 0.14

_HEAD = """
#set document(title: {title}, author: "科创", description: {subject}, date: none)
#set page(
  paper: "a4",
  margin: (top: {top}mm, bottom: {bottom}mm, left: {left}mm, right: {right}mm),
  footer-descent: 7mm,
  footer: context {{
    let at = counter(page).get().first()
    set text(size: {footer}pt)
    let shown = [— #at —]
    if calc.odd(at) {{ align(right, pad(right: 1em, shown)) }} else {{ align(left, pad(left: 1em, shown)) }}
  }},
)
#set text(font: "{serif}", size: {size}pt, lang: "{lang}", {region} fallback: false,
  cjk-latin-spacing: none, top-edge: {above}em, bottom-edge: -{below}em, hyphenate: false,
  tracking: {tracking}pt)
#let line(size, pitch) = pitch - size
#set par(leading: line({size}pt, {pitch}pt), spacing: line({size}pt, {pitch}pt), justify: false)
#set block(spacing: line({size}pt, {pitch}pt))
#show heading: set block(above: line({size}pt, {pitch}pt), below: line({size}pt, {pitch}pt), sticky: true)
#show heading: set text(size: {size}pt, weight: "regular")
#let small(size, pitch, it) = {{
  set text(size: size, tracking: 0pt)
  set par(leading: pitch - size, spacing: pitch - size)
  it
}}
"""


class TypesetPaper:
    """A PDF in the making; the same calls as for a docx."""

    def __init__(self, language: str = "zh") -> None:
        self.language = language
        self.parts: list[str] = []
        self.used: dict[fonts.Face, set[str]] = {"serif": set("— 0123456789"), "sans": set()}

    def title(self, words: str) -> None:
        # Lines of a title stand apart by its own pitch, what follows by the body's.
        self._add(
            f"#block(width: 100%, above: {TITLE_LINE - ERHAO}pt, below: {LINE - SANHAO:g}pt, align(center, "
            f"text(size: {ERHAO}pt, tracking: 0pt, {self._set(words, 'serif')})))"
        )

    def subtitle(self, words: str) -> None:
        self._add(f"#align(center, par({self._set(words, 'serif')}))")

    def blank(self, keep: bool = False) -> None:
        self._add(f"#block(height: {SANHAO}pt, width: 100%, sticky: {_flag(keep)})")

    def heading(self, words: str, level: int) -> None:
        """Levels 黑体 and 楷体 (as serif), indented two characters, kept with the text; bookmarks too."""
        face: fonts.Face = "sans" if level == 1 else "serif"
        self._add(f"#heading(level: {level}, h(2em) + {self._set(words, face)})")

    def body(self, words: str, keep: bool = False) -> None:
        self._add(
            f"#block(sticky: {_flag(keep)}, par(justify: true, "
            f"first-line-indent: (amount: 2em, all: true), {self._set(words, 'serif')}))"
        )

    def signature(self, words: str) -> None:
        self._add(f"#align(right, pad(right: 4em, {self._set(words, 'serif')}))")

    def attachment(self, words: str) -> None:
        self._add(f"#pagebreak(weak: true)\n#block({self._set(words, 'sans')})")

    def caption(self, words: str) -> None:
        self._add(
            f"#block(width: 100%, sticky: true, above: 16pt, below: 7pt, "
            f"small({SIHAO - 2}pt, 18pt, align(center, {self._set(words, 'sans')})))"
        )

    def note(self, words: str) -> None:
        inner = f"small({WUHAO}pt, 15pt, {self._set(words, 'serif')})" if words else "none"
        self._add(f"#block(width: 100%, above: 6pt, below: 18pt, {inner})")

    def picture(self, svg: str, width: float, description: str) -> None:
        self.used["sans"] |= set(description)
        self._add(
            f"#block(width: 100%, sticky: true, above: 4pt, below: 6pt, align(center, "
            f'image(bytes({_string(svg)}), format: "svg", width: {width:g}mm, alt: {_string(description)})))'
        )

    def table(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[str]],
        widths: Sequence[float],
        align: str = "",
        size: float = WUHAO,
        *,
        merge: bool = False,
    ) -> None:
        """A ruled table; its head repeats, rows do not break; groups share a cell as in the docx."""
        body = [list(row) for row in rows]
        columns = ", ".join(f"{width:g}mm" for width in widths)
        kinds = ", ".join(_ALIGN[kind] for kind in align or "l" * len(head))
        top = ", ".join(f"align(center, {self._set(words, 'sans')})" for words in head)
        spans = _spans([row[0] for row in body]) if merge else {}
        cells = []
        for at, row in enumerate(body):
            for column, words in enumerate(row):
                said = self._set(words, "serif")
                if merge and column == 0:
                    if at in spans:
                        cells.append(f"table.cell(rowspan: {spans[at]}, breakable: false, {said})")
                    continue
                cells.append(f"table.cell(breakable: false, {said})")
        whole = len(body) <= SHORT
        self._add(
            f"#block(breakable: {_flag(not whole)}, above: 6pt, below: 8pt, width: 100%, "
            f"small({size:g}pt, {size * 1.4:g}pt, align(center, table(columns: ({columns}), "
            f"align: ({kinds},).map(it => it + horizon), stroke: 0.5pt, "
            f"inset: (x: 3pt, y: {size * 0.2 + 1.5:g}pt), "
            f"table.header({top}), {', '.join(cells)}))))"
        )

    def finish(self, title: str, subject: str, day: datetime) -> bytes:
        """The finished PDF; KechuangError where a character has no glyph."""
        for face, words in self.used.items():
            fonts.require("".join(sorted(words)), (face,))
        import typst

        chinese = self.language != "en"
        head = _HEAD.format(
            title=_string(title), subject=_string(subject), top=TOP, bottom=BOTTOM, left=LEFT, right=RIGHT,
            footer=SIHAO, serif=_NAMES["serif"], size=SANHAO, pitch=LINE, above=_ABOVE, below=_BELOW,
            lang="zh" if chinese else "en", region='region: "cn",' if chinese else "", tracking=SQUEEZE / 20,
        )  # fmt: skip
        source = head + "\n".join(self.parts)
        stamp = day.replace(tzinfo=UTC)
        made: Any = typst.Compiler(source.encode(), font_paths=typesetting_fonts()).compile(
            format="pdf", timestamp=int(stamp.timestamp())
        )
        return bytes(made)

    def _add(self, part: str) -> None:
        self.parts.append(part)

    def _set(self, words: str, face: fonts.Face) -> str:
        """``words`` as a Typst text in ``face``."""
        words = plain_quotes(words) if self.language == "en" else words
        self.used[face] |= set(words)
        return f'text(font: "{_NAMES[face]}", {_string(words)})'


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _string(words: str) -> str:
    """A Typst string literal.

    >>> _string('甲"乙\\\\')
    '"甲\\\\"乙\\\\\\\\"'
    """
    kept = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{kept}"'


def _spans(names: Sequence[str]) -> dict[int, int]:
    """For each named row, how many rows it spans: itself and the unnamed ones below.

    >>> _spans(["甲", "", "", "乙"])
    {0: 3, 3: 1}
    """
    starts = [at for at, name in enumerate(names) if name]
    return {start: end - start for start, end in zip(starts, [*starts[1:], len(names)], strict=True)}
