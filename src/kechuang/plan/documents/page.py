"""Web pages: what a reader of the page sees, without menus and scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from kechuang.errors import KechuangError, Place
from kechuang.messages import say
from kechuang.plan.documents.document import Cell, Kind, Writer, one_line
from kechuang.plan.documents.plain import decoded
from kechuang.plan.documents.signs import sign

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_UNSEEN = frozenset(
    [
        "head",
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "footer",
        "iframe",
        "svg",
        "math",
        "button",
        "select",
        "textarea",
        "audio",
        "video",
        "canvas",
        "object",
    ]
)
_BLOCKS = frozenset(
    [
        "html",
        "body",
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "hgroup",
        "legend",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "caption",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "td",
        "th",
        "ul",
    ]
)
_HEADING = re.compile(r"h([1-6])$")
_FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
#: Signs between which the end of a source line is no space: it is where the editor broke the line.
_EAST = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u2018-\u201d\u3000-\u303f"
_BROKEN = re.compile(rf"(?<=[{_EAST}])[ \t\r\f]*\n[ \t\r\f\n]*(?=[{_EAST}])")
_SPACE = re.compile(r"[ \t\r\f\n]+")
_LONGEST_CELL, _MOST_COLUMNS = 600, 100


def write_page(data: bytes, writer: Writer, place: Place) -> None:
    """Headings, paragraphs, list items and table cells of an HTML page, in its order.

    The encoding is that of the byte-order mark, of the page's declaration, UTF-8 or GB18030. Tables that
    only lay out a page (one cell, tables or headings inside) are read as running text.
    Raises UnicodeDecodeError where no encoding fits, and KechuangError (document-damaged) where elements
    are nested so deeply that the parser would leave out the rest.
    """
    declared = _CHARSET.search(data[:4096])
    text = decoded(data, declared[1].decode("ascii", "ignore") if declared else None)
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    try:
        root = etree.fromstring(text.replace("\0", "").encode("utf-8"), parser)
    except etree.XMLSyntaxError:  # no element at all
        return
    if any(entry.level_name == "FATAL" for entry in parser.error_log):
        raise KechuangError(
            "document-damaged",
            say("网页嵌套层次过多，读不全"),
            place=place,
            remedy=say("请用浏览器打开，把正文复制到Word或记事本中保存后再读。"),
        )
    if root is not None:
        _Reader(writer).read(root)


@dataclass
class _List:
    """An open list: its number format (None: bullets) and the number of its next item."""

    format: str | None
    next: int


@dataclass
class _Reader:
    writer: Writer
    words: list[str] = field(default_factory=list)
    kind: Kind = "paragraph"
    level: int | None = None
    lists: list[_List] = field(default_factory=list)

    def read(self, root: etree._Element) -> None:
        """Walks the tree without recursion: pages may be nested without end."""
        steps: list[tuple[str, etree._Element]] = [("enter", root)]
        while steps:
            step, element = steps.pop()
            if step == "tail":
                self.words.append(element.tail or "")
            elif step == "leave":
                self._leave(element)
            else:
                if element is not root:
                    steps.append(("tail", element))
                if self._enter(element):
                    steps.append(("leave", element))
                    steps.extend(("enter", child) for child in reversed(element))
        self.flush()

    def _enter(self, element: etree._Element) -> bool:
        """Whether to go on inside the element."""
        tag = _tag(element)
        if tag == "br" and self.kind == "heading":  # broken to look well: one heading still
            self.words.append("\n")
        elif tag == "br":
            self.flush()
        if tag == "table" and not _unseen(element) and not _lays_out(element):
            self.flush()
            self._table(element)
            return False
        if tag == "" or _unseen(element):
            return False
        if tag in _BLOCKS:
            self.flush()
            self._open(element, tag)
        self.words.append(element.text or "")
        return True

    def _open(self, element: etree._Element, tag: str) -> None:
        heading = _HEADING.match(tag)
        if heading:
            self.kind, self.level = "heading", int(heading[1])
        elif tag in ("ul", "ol"):
            numbered = tag == "ol" and "none" not in element.get("style", "").replace(" ", "")
            form = _FORMATS.get(element.get("type", ""), "decimal") if numbered else None
            self.lists.append(_List(form, _whole(element.get("start"), 1)))
        elif tag == "li":
            self.kind, self.level = "list", max(1, len(self.lists))
            if self.lists and self.lists[-1].format:
                open_ = self.lists[-1]
                number = _whole(element.get("value"), open_.next)
                open_.next = number + 1
                self.words.append(f"{sign(number, open_.format or 'decimal')}. ")

    def _leave(self, element: etree._Element) -> None:
        tag = _tag(element)
        if tag not in _BLOCKS:
            return
        self.flush()
        if tag in ("ul", "ol"):
            self.lists.pop()
        if _HEADING.match(tag) or tag == "li":
            inside = tag == "li" and len(self.lists) > 1
            self.kind, self.level = ("list", len(self.lists) - 1) if inside else ("paragraph", None)

    def flush(self) -> None:
        """Writes what was gathered as one line, white space as a browser shows it."""
        if self.words:
            text = _shown("".join(self.words))
            self.words.clear()
            if text:
                self.writer.line(text, self.kind, self.level)

    def _table(self, table: etree._Element) -> None:
        rows = [row for row in table.iter("tr") if not _unseen(row)]
        for caption in table.iter("caption"):
            self.writer.line(_text(caption))
        self.writer.table(list(_placed(rows)))


def _placed(rows: list[etree._Element]) -> Iterator[list[Cell]]:
    """The cells of each row at the columns where a browser shows them."""
    covered: dict[int, int] = {}  # column → rows still covered from above
    for number, row in enumerate(rows):
        cells, column, mine = [], 0, dict[int, int]()
        for cell in row:
            if _tag(cell) not in ("td", "th"):
                continue
            while covered.get(column, 0) > 0:
                column += 1
            width = max(1, min(_MOST_COLUMNS - column, _whole(cell.get("colspan"), 1)))
            free = next((n for n in range(width) if covered.get(column + n, 0) > 0), width)
            height = _whole(cell.get("rowspan"), 1)
            height = min(len(rows) - number, height if height > 0 else len(rows))
            cells.append(Cell(column, _text(cell), height, free))
            mine.update(dict.fromkeys(range(column, column + free), height))
            column += free
        covered = {n: left for n, left in ({**covered, **mine}).items() if left > 0}
        covered = {n: left - 1 for n, left in covered.items()}
        yield cells


def _lays_out(table: etree._Element) -> bool:
    """Whether a table is only a frame of the page, not data."""
    if next(table.iterdescendants("table", "h1", "h2", "h3", "h4", "h5", "h6"), None) is not None:
        return True
    if any(len(row) > _MOST_COLUMNS for row in table.iter("tr")):
        return True
    cells = list(table.iter("td", "th"))
    return len(cells) < 2 or any(len(_text(cell)) > _LONGEST_CELL for cell in cells)


def _text(element: etree._Element) -> str:
    """The text of an element on one line."""
    words: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end")):
        tag = _tag(part)
        if tag in _BLOCKS or tag == "br":
            words.append("\v")
        if event == "start":
            words.append("" if _unseen(part) else part.text or "")
        elif part is not element:
            words.append(part.tail or "")
    return one_line("\n".join(_shown(line) for line in "".join(words).split("\v")))


def _shown(text: str) -> str:
    return _SPACE.sub(" ", _BROKEN.sub("", text.strip(" \t\r\f\n"))).strip()


def _unseen(element: etree._Element) -> bool:
    style = element.get("style", "").replace(" ", "").lower()
    hidden = element.get("hidden") is not None or "display:none" in style
    return hidden or _tag(element) in _UNSEEN or element.get("role") == "navigation"


def _tag(element: etree._Element) -> str:
    return element.tag if isinstance(element.tag, str) else ""


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"\s*\d{1,6}\s*", text) else otherwise
