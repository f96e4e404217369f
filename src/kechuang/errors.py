"""The one family of errors: what is wrong, where, what was expected, how to mend it.

Terminal, page and API render the same object. A user can cause every error of this family; none of
them shows a traceback.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kechuang.messages import Message, literal, say


@dataclass(frozen=True)
class Place:
    """Where something is: a file and, as far as known, sheet, row (1-based), column and line.

    >>> Place(file="a.xlsx", sheet="数据", row=7, column="D").cell
    'D7'
    """

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    field: str | None = None
    line: int | None = None

    @property
    def cell(self) -> str | None:
        return f"{self.column}{self.row}" if self.column and self.row else None

    def message(self) -> Message:
        """The place in words, or an empty message."""
        parts: list[Message] = []
        if self.file:
            parts.append(say("文件 {file}", file=self.file))
        if self.sheet:
            parts.append(say("工作表“{sheet}”", sheet=self.sheet))
        if self.row:
            parts.append(say("第{row}行", row=self.row))
        if self.column:
            parts.append(say("{column}列", column=self.column))
        if self.field:
            parts.append(say("“{field}”", field=self.field))
        if self.line:
            parts.append(say("第{line}行", line=self.line))
        return Joined(parts)


class Joined(Message):
    """Messages set one after another, in each language its own way."""

    def __init__(self, parts: Sequence[Message], separator: tuple[str, str] = ("，", ", ")) -> None:
        super().__init__("")
        object.__setattr__(self, "parts", tuple(parts))
        object.__setattr__(self, "separator", separator)

    def text(self, language: str) -> str:
        parts: tuple[Message, ...] = object.__getattribute__(self, "parts")
        separator: tuple[str, str] = object.__getattribute__(self, "separator")
        return separator[language == "en"].join(part.text(language) for part in parts)


class Sentences(Joined):
    """Messages as sentences: each ends with a full stop before the next begins."""

    def text(self, language: str) -> str:
        parts: tuple[Message, ...] = object.__getattribute__(self, "parts")
        stop, space = ("." if language == "en" else "。"), (" " if language == "en" else "")
        texts = [part.text(language).strip() for part in parts]
        return space.join(text if text.endswith(tuple(".。！？!?：:")) else text + stop for text in texts)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the user's data. ``code`` is stable, for programs."""

    code: str
    message: Message
    place: Place = Place()
    severity: str = "error"

    def as_dict(self) -> dict[str, Any]:
        """The form of contract.md: file, sheet, row, column, code, message."""
        return {
            "file": self.place.file,
            "sheet": self.place.sheet,
            "row": self.place.row,
            "column": self.place.column,
            "field": self.place.field,
            "line": self.place.line,
            "code": self.code,
            "severity": self.severity,
            "message": self.message.both(),
        }

    def full(self) -> Message:
        """Place and message in one sentence."""
        where = self.place.message()
        return Joined([where, self.message], ("：", ": ")) if where.zh else self.message


class KechuangError(Exception):
    """Something the user can mend. Exit status 1, no traceback.

    ``faults`` holds every fault found at once; ``remedy`` says what to do next.
    """

    def __init__(
        self,
        code: str,
        message: Message,
        *,
        place: Place = Place(),
        remedy: Message | None = None,
        faults: Sequence[Fault] = (),
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.place = place
        self.remedy = remedy
        self.faults = tuple(faults) or (Fault(code, message, place),)

    def __str__(self) -> str:
        return str(self.full())

    def full(self) -> Message:
        """Place, message and remedy in one text."""
        parts = [Fault(self.code, self.message, self.place).full()]
        if self.remedy is None:
            return parts[0]
        return Sentences([*parts, self.remedy])

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message.both(),
            "remedy": self.remedy.both() if self.remedy else None,
            "errors": [fault.as_dict() for fault in self.faults],
        }


def listed(names: Sequence[object]) -> Message:
    """Names one after another, with the comma of each language.

    >>> listed(["a", "b"]).zh, listed(["a", "b"]).en
    ('a、b', 'a, b')
    """
    parts = [name if isinstance(name, Message) else literal(str(name)) for name in names]
    return Joined(parts, ("、", ", "))


_SYSTEM: dict[int, Message] = {
    errno.ENOENT: say("没有这个文件或文件夹"),
    errno.EACCES: say("没有权限"),
    errno.EPERM: say("没有权限"),
    errno.EROFS: say("磁盘是只读的"),
    errno.ENOSPC: say("磁盘已满"),
    errno.EISDIR: say("这是一个文件夹，不是文件"),
    errno.ENOTDIR: say("路径中有一段不是文件夹"),
    errno.EEXIST: say("同名的文件或文件夹已经存在"),
    errno.ENAMETOOLONG: say("名称太长"),
    errno.ENOTEMPTY: say("文件夹不是空的"),
    errno.EIO: say("磁盘读写出错"),
}


def system_trouble(error: OSError) -> Message:
    """What the operating system objects to, in words; its own words where the case is a rare one.

    >>> system_trouble(PermissionError(13, "Permission denied")).zh
    '没有权限'
    """
    known = _SYSTEM.get(error.errno or 0)
    return known if known is not None else literal(error.strerror or str(error))
