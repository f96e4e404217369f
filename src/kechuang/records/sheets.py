"""A sheet as a grid of cells, with what stands beside the values: merged, hidden and broken cells.

Also the two ways of writing a cell's column, and text made harmless for a spreadsheet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kechuang.errors import Fault, Place
from kechuang.messages import Message, say

LARGEST = 512 * 1024 * 1024
"""Bytes a file may have, packed or unpacked; a small file that unpacks to more is not a register."""

CELLS = 30_000_000
"""Cells a sheet may span. One stray value in a far corner makes a grid that no memory holds."""

_RISKY = frozenset("=+-@\t\r\n＝＋－＠")


class Merged(NamedTuple):
    """Merged cells, counted from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def words(self) -> str:
        """The range as a spreadsheet shows it.

        >>> Merged(1, 0, 3, 2).words
        'A2:C4'
        """
        return f"{letter(self.left)}{self.top + 1}:{letter(self.right)}{self.bottom + 1}"


@dataclass
class Facts:
    """What a file says of a sheet beside its values. Rows and columns count from 0.

    ``broken`` marks cells whose value cannot be trusted: (row, column) → fault code.
    """

    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[Merged] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    filtered: bool = False
    height: int = 0
    width: int = 0


@dataclass
class Sheet:
    """A grid of cells. ``broken`` marks cells whose value cannot be trusted: (row, column) → fault code.

    Rows and columns count from 0 here; people are told rows from 1 and columns by letter.
    """

    name: str | None
    rows: list[list[Any]]
    hidden: bool = False
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[Merged] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    filtered: bool = False

    @classmethod
    def made(cls, name: str, rows: list[list[Any]], *, hidden: bool, facts: Facts) -> Sheet:
        """The sheet of a workbook; rows that hold nothing but broken cells are kept too."""
        last = max((row for row, _ in facts.broken), default=-1)
        while len(rows) <= last:
            rows.append([])
        return cls(
            name,
            rows,
            hidden,
            facts.broken,
            facts.merged,
            facts.hidden_rows,
            facts.hidden_columns,
            facts.filtered,
        )


UNREADABLE = frozenset(
    {
        "empty-file",
        "file-missing",
        "file-too-large",
        "file-unreadable",
        "not-a-table",
        "password-protected",
        "unreadable-csv",
        "unreadable-workbook",
        "unsupported-format",
    }
)
"""Codes of files that cannot be read at all."""


@dataclass
class Unreadable(Exception):
    """A file that cannot be read at all."""

    code: str
    message: Message
    file: str

    def fault(self) -> Fault:
        return Fault(self.code, self.message, Place(file=self.file))


def damaged(name: str) -> Unreadable:
    """A workbook that is not whole."""
    message = say("不是完好的Excel工作簿：文件可能损坏或没有传完，请重新取得原件或用Excel另存后再导入")
    return Unreadable("unreadable-workbook", message, name)


def too_large(name: str) -> Unreadable:
    """A file of more bytes than are read into memory."""
    message = say(
        "文件（展开后）超过{n}MB，没有读取；请拆成几个文件分别导入，删去图片和附件，或另存为CSV",
        n=LARGEST // 2**20,
    )
    return Unreadable("file-too-large", message, name)


def too_wide(sheet: str, facts: Facts, name: str) -> Unreadable:
    """A sheet whose used range is mostly empty and too large."""
    message = say(
        "工作表“{sheet}”的范围有{rows}行、{columns}列，读不下；多半是远处有零星的值或格式，"
        "请删去数据之外的行和列，保存后再导入",
        sheet=sheet,
        rows=facts.height,
        columns=facts.width,
    )
    return Unreadable("file-too-large", message, name)


def letter(column: int) -> str:
    """The letter of a column counted from 0.

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def index(letters: str) -> int:
    """The column, counted from 0, that ``letters`` name.

    >>> index("A"), index("AB")
    (0, 27)
    """
    number = 0
    for one in letters:
        number = number * 26 + ord(one) - 64
    return number - 1


def risky(text: str) -> bool:
    """Whether a spreadsheet might take ``text`` for a formula."""
    return text[:1] in _RISKY and text != ""


def guarded(text: str) -> str:
    """Text for a CSV cell; an apostrophe keeps a spreadsheet from running it as a formula.

    >>> guarded("=1+1"), unguarded(guarded("=1+1")), unguarded(guarded("'=1"))
    ("'=1+1", '=1+1', "'=1")
    """
    return "'" + text if risky(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    """The text of a CSV cell without the apostrophe :func:`guarded` put before it."""
    return text[1:] if text[:1] == "'" and risky(text.lstrip("'")) else text
