"""The paper of GB/T 9704-2012: margins, grid, fonts of each level, page numbers, tables, pictures.

A4; margins 37/35/28/26 mm leave a core of 156 × 225 mm with 22 lines of 28 characters. Body 三号仿宋 on
fixed lines of 28.95 pt; title 二号小标宋; levels 黑体 and 楷体; page numbers 四号宋体 between dashes, odd
right and even left. House styles differ: the numbers stand here together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from kechuang.publish.charts import png
from kechuang.publish.document.embed import FANGSONG, HEITI, KAITI, SONGTI, XIAOBIAOSONG, embed
from kechuang.publish.document.measures import (
    BOTTOM,
    ERHAO,
    LEFT,
    LINE,
    LINE_PITCH,
    RIGHT,
    SANHAO,
    SIHAO,
    SQUEEZE,
    TITLE_LINE,
    TOP,
    WUHAO,
    plain_quotes,
    rows_kept,
)  # fmt: skip

_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


class WordPaper:
    """A document in the making. Keeps the text set in each font, to embed just those characters."""

    def __init__(self, language: str = "zh") -> None:
        self.language = language
        self.document = Document()
        self.used: dict[str, str] = {}
        self._page()
        self._normal()

    def title(self, words: str) -> None:
        # Off the grid of lines: on it a line of 36 pt would take two.
        _no_grid(self._paragraph(words, XIAOBIAOSONG, ERHAO, "center", line=TITLE_LINE))

    def subtitle(self, words: str) -> None:
        self._paragraph(words, KAITI, SANHAO, "center", line=LINE)

    def blank(self, keep: bool = False) -> None:
        paragraph = self._paragraph("", FANGSONG, SANHAO, "left", line=LINE)
        paragraph.paragraph_format.keep_with_next = keep

    def heading(self, words: str, level: int) -> None:
        """Level 1 黑体 (一、), level 2 楷体 ((一)); both indented two characters and kept with the text."""
        font = HEITI if level == 1 else KAITI
        paragraph = self._paragraph(words, font, SANHAO, "left", indent=2, line=LINE, outline=level - 1)
        paragraph.paragraph_format.keep_with_next = True

    def body(self, words: str, keep: bool = False) -> None:
        paragraph = self._paragraph(words, FANGSONG, SANHAO, "both", indent=2, line=LINE)
        paragraph.paragraph_format.keep_with_next = keep
        paragraph.paragraph_format.widow_control = True

    def signature(self, words: str) -> None:
        """A date or name, four characters in from the right."""
        paragraph = self._paragraph(words, FANGSONG, SANHAO, "right", line=LINE)
        paragraph.paragraph_format.right_indent = Pt(SANHAO * 4)

    def attachment(self, words: str) -> None:
        """The mark of an attachment: a new page, 黑体, flush left."""
        paragraph = self._paragraph(words, HEITI, SANHAO, "left", line=LINE)
        paragraph.paragraph_format.page_break_before = True

    def caption(self, words: str) -> None:
        """The title of the table or picture that follows; stays with it."""
        paragraph = self._paragraph(words, HEITI, SIHAO - 2, "center", line=20, before=6, after=3)
        _no_grid(paragraph)
        paragraph.paragraph_format.keep_with_next = True

    def note(self, words: str) -> None:
        """A source or remark under a table or picture."""
        _no_grid(self._paragraph(words, FANGSONG, WUHAO, "left", line=15, before=2, after=8))

    def picture(self, svg: str, width: float, description: str) -> None:
        """A chart ``width`` mm wide, kept with the note under it."""
        paragraph = self._paragraph("", FANGSONG, WUHAO, "center")
        paragraph.paragraph_format.keep_with_next = True
        _no_grid(paragraph)
        run = paragraph.add_run()
        shape = run.add_picture(BytesIO(png(svg, width)), width=Mm(width))
        shape._inline.docPr.set("descr", description)

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
        """A ruled table; its head repeats on each page, no row breaks. ``align``: l, c or r a column;
        ``merge``: an empty cell of the first column belongs to the one above, and such a group of rows
        stays together."""
        body = [list(row) for row in rows]
        kept = rows_kept(body, merge)
        table = self.document.add_table(rows=1 + len(body), cols=len(head))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        _cell_margins(table, 60)
        for column, width in enumerate(widths):
            table.columns[column].width = Mm(width)
        kinds = {"l": "left", "c": "center", "r": "right"}
        grid = [list(row.cells) for row in table.rows]
        for at, cells in enumerate([list(head), *body]):
            row = table.rows[at]
            _flag(row._tr, "w:cantSplit")
            if at == 0:
                _flag(row._tr, "w:tblHeader")
            for column, words in enumerate(cells):
                cell = grid[at][column]
                cell.width = Mm(widths[column])
                cell.vertical_alignment = 1
                kind = "center" if at == 0 else kinds[(align or "l" * len(head))[column]]
                self._fill(cell.paragraphs[0], words, HEITI if at == 0 else FANGSONG, size, kind)
                if at in kept:
                    cell.paragraphs[0].paragraph_format.keep_with_next = True
        if merge:
            _merge_down([cells[0] for cells in grid], [row[0] for row in body])

    def finish(self, title: str, subject: str, day: Any) -> bytes:
        """The finished document as bytes, fonts embedded."""
        properties = self.document.core_properties
        properties.title, properties.subject, properties.author = title, subject, "科创"
        properties.created = properties.modified = day
        properties.comments, properties.keywords, properties.last_modified_by = "", "", "科创"
        stream = BytesIO()
        self.document.save(stream)
        return embed(stream.getvalue(), self.used)

    def _paragraph(
        self,
        words: str,
        font: str,
        size: float,
        align: str,
        *,
        indent: int = 0,
        line: float | None = None,
        before: float = 0,
        after: float = 0,
        outline: int | None = None,
    ) -> Any:
        paragraph = self.document.add_paragraph()
        shape = paragraph.paragraph_format
        if indent:
            shape.first_line_indent = Pt(size * indent)
            _first_line_chars(paragraph, indent)
        if line:
            shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            shape.line_spacing = Pt(line)
        shape.space_before, shape.space_after = Pt(before), Pt(after)
        paragraph.alignment = _ALIGN[align]
        if outline is not None:
            level = OxmlElement("w:outlineLvl")
            level.set(qn("w:val"), str(outline))
            paragraph._p.get_or_add_pPr().append(level)
        self._run(paragraph, words, font, size)
        return paragraph

    def _fill(self, paragraph: Any, words: str, font: str, size: float, align: str) -> None:
        paragraph.alignment = _ALIGN[align]
        shape = paragraph.paragraph_format
        shape.space_before = shape.space_after = Pt(1.5)
        shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        shape.line_spacing = Pt(size * 1.4)
        _no_grid(paragraph)
        _no_gaps(paragraph)
        self._run(paragraph, words, font, size)

    def _run(self, paragraph: Any, words: str, font: str, size: float) -> None:
        if not words:
            return
        words = plain_quotes(words) if self.language == "en" else words
        run = paragraph.add_run(words)
        run.font.size = Pt(size)
        _fonts(run, font, self.language)
        if size == SANHAO:
            _squeeze(run)
        self.used[font] = self.used.get(font, "") + words

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
        section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
        # The number's line stands 7 mm below the core.
        section.footer_distance = Mm(BOTTOM - 12)
        section.header_distance = Mm(15)
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is None:
            grid = OxmlElement("w:docGrid")
            section._sectPr.append(grid)
        grid.set(qn("w:type"), "lines")
        grid.set(qn("w:linePitch"), str(LINE_PITCH))
        grid.attrib.pop(qn("w:charSpace"), "")
        self.document.settings.odd_and_even_pages_header_footer = True
        self._page_number(section.footer, "right")
        self._page_number(section.even_page_footer, "left")

    def _page_number(self, footer: Any, side: str) -> None:
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = _ALIGN[side]
        shape = paragraph.paragraph_format
        setattr(shape, f"{side}_indent", Pt(SIHAO))
        self._run(paragraph, "— ", SONGTI, SIHAO)
        run = paragraph.add_run()
        run.font.size = Pt(SIHAO)
        _fonts(run, SONGTI, self.language)
        for kind, instruction in (
            ("begin", ""),
            ("", " PAGE "),
            ("separate", ""),
            ("text", "1"),
            ("end", ""),
        ):
            if kind == "text":
                run.add_text(instruction)
                continue
            part = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                part.set(qn("w:fldCharType"), kind)
            else:
                part.set(qn("xml:space"), "preserve")
                part.text = instruction
            run._r.append(part)
        self._run(paragraph, " —", SONGTI, SIHAO)

    def _normal(self) -> None:
        style = self.document.styles["Normal"]
        style.font.size = Pt(SANHAO)
        style.font.name = FANGSONG
        _fonts(style, FANGSONG, self.language)
        style.paragraph_format.space_after = Pt(0)
        # Proofing in Chinese; the template says English.
        for tongue in self.document.styles.element.iter(qn("w:lang")):
            tongue.set(qn("w:eastAsia"), "zh-CN")


def _fonts(item: Any, font: str, language: str) -> None:
    properties = (
        item._element.get_or_add_rPr() if hasattr(item, "_element") else item.element.get_or_add_rPr()
    )
    names = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        names.attrib.pop(qn(f"w:{theme}"), None)
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        names.set(qn(f"w:{kind}"), font)
    # Without the hint, curly quotes and dashes would be taken for Latin ones.
    if language == "zh":
        names.set(qn("w:hint"), "eastAsia")


def _squeeze(run: Any) -> None:
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(SQUEEZE))
    properties = run._r.get_or_add_rPr()
    size = properties.find(qn("w:sz"))
    size.addprevious(spacing)


def _first_line_chars(paragraph: Any, count: int) -> None:
    paragraph._p.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), str(count * 100))


def _no_grid(paragraph: Any) -> None:
    mark = OxmlElement("w:snapToGrid")
    mark.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().find(qn("w:spacing")).addprevious(mark)


def _no_gaps(paragraph: Any) -> None:
    """No space between digits and Chinese: in a narrow column it breaks 228.18人年 in two."""
    before = paragraph._p.get_or_add_pPr().find(qn("w:snapToGrid"))
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        mark = OxmlElement(name)
        mark.set(qn("w:val"), "0")
        before.addprevious(mark)


def _merge_down(cells: Sequence[Any], words: Sequence[str]) -> None:
    """Merge runs of empty cells into the one above; ``cells`` has the head too."""
    starts = [at for at, said in enumerate(words) if said]
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        if end - start > 1:
            cells[start + 1].merge(cells[end])


def _flag(row: Any, name: str) -> None:
    row.get_or_add_trPr().append(OxmlElement(name))


def _cell_margins(table: Any, twips: int) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        part = OxmlElement(f"w:{side}")
        part.set(qn("w:w"), str(twips))
        part.set(qn("w:type"), "dxa")
        margins.append(part)
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        look.addprevious(margins)
    else:
        properties.append(margins)
