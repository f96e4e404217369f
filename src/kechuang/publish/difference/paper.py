"""The paper of a comparison: the official one, with tables whose cells show what was struck and added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as VERTICAL
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, RGBColor

from kechuang.publish import fonts
from kechuang.publish.difference.rows import Run
from kechuang.publish.document.embed import FACES, FANGSONG, HEITI
from kechuang.publish.document.layout import WordPaper, _cell_margins, _flag
from kechuang.publish.document.measures import WUHAO

#: A character no font has is shown so, as printers do.
GETA = "〓"
#: A row with no more than so many signs in a cell stays on one page.
_WHOLE = 200
_GONE, _NEW = RGBColor(0xA3, 0x23, 0x0F), RGBColor(0x11, 0x66, 0x2F)


class ComparisonPaper(WordPaper):
    """``lost`` counts characters that no font has."""

    def __init__(self, language: str = "zh") -> None:
        self.lost: set[str] = set()
        super().__init__(language)

    def compared(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[Sequence[Run]]],
        widths: Sequence[float],
        align: str,
        merge: int = 0,
    ) -> None:
        """A ruled table of runs; its head repeats on each page, long rows may break.

        ``merge``: in so many first columns a cell without words belongs to the one above.
        """
        table = self.document.add_table(rows=1 + len(rows), cols=len(head))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        _cell_margins(table, 60)
        for column, width in enumerate(widths):
            table.columns[column].width = Mm(width)
        kinds = {"l": "left", "c": "center"}
        plain = [tuple(Run(words) for words in (name,)) for name in head]
        lines = list(table._tbl.tr_lst)
        for at, cells in enumerate([plain, *rows]):
            line = lines[at]
            if at == 0:
                _flag(line, "w:tblHeader")
                _flag(line, "w:cantSplit")
            elif max(sum(len(run.words) for run in runs) for runs in cells) <= _WHOLE:
                _flag(line, "w:cantSplit")
            together = merge and at < len(rows) and not any(run.words for run in rows[at][0])
            for column, (element, runs) in enumerate(zip(line.tc_lst, cells, strict=True)):
                element.width = Mm(widths[column])
                if at and column < merge:
                    _merge_down(element, goes_on=not any(run.words for run in runs))
                paragraph = self._cell(
                    element, table, runs, "center" if at == 0 else kinds[align[column]], at == 0
                )
                if together:  # the next row goes on with this one
                    paragraph.paragraph_format.keep_with_next = True

    def _cell(self, element: Any, table: Any, runs: Sequence[Run], align: str, head: bool) -> Any:
        from docx.table import _Cell

        cell = _Cell(element, table)
        cell.vertical_alignment = VERTICAL.CENTER if head or align == "center" else VERTICAL.TOP
        paragraph = cell.paragraphs[0]
        self._fill(paragraph, "", FANGSONG, WUHAO, align)
        for run in runs:
            before = len(paragraph.runs)
            self._run(paragraph, run.words, HEITI if head else FANGSONG, WUHAO)
            for made in paragraph.runs[before:]:
                if run.mark == "removed":
                    made.font.strike, made.font.color.rgb = True, _GONE
                elif run.mark == "added":
                    made.font.underline, made.font.color.rgb = True, _NEW
        return paragraph

    def _run(self, paragraph: Any, words: str, font: str, size: float) -> None:
        lost = fonts.missing(words, FACES[font])
        if lost:
            self.lost.update(lost)
            words = words.translate({ord(sign): GETA for sign in lost})
        super()._run(paragraph, words, font, size)


def _merge_down(cell: Any, goes_on: bool) -> None:
    """Say that a cell begins a column of merged ones, or goes on with the one above."""
    mark = OxmlElement("w:vMerge")
    mark.set(qn("w:val"), "continue" if goes_on else "restart")
    cell.get_or_add_tcPr().append(mark)
