"""A file somebody uploaded, on its way to the records: kept aside, checked, mended in place, sent once.

Each upload has a folder of its own below ``records/uploads`` of the workspace, named by a token nobody can
guess and bound to the account that brought it; old ones are cleared away.
"""

from __future__ import annotations

import csv
import io
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import say
from kechuang.records.findings import Finding, list_findings
from kechuang.records.sheets import Sheet, letter
from kechuang.records.workbook import read_sheets
from kechuang.web.access import Hidden
from kechuang.web.models import User
from kechuang.web.workspaces import served

#: What may be uploaded as a return.
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".et")
#: An upload that was not sent is cleared away after so many seconds.
KEPT = 3 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,40}")
_UNSAFE = re.compile(r'[\x00-\x1f\\/:*?"<>|]+')
#: Rows shown around the faults of a sheet.
AROUND, MOST_ROWS, MOST_COLUMNS = 1, 60, 40


@dataclass(frozen=True)
class Upload:
    """An upload: its folder, its file, the account it belongs to, what it was taken for, and its batch."""

    token: str
    folder: Path
    file: Path
    type: str | None
    replaces: str | None
    batches: tuple[str, ...]


def keep(user: User, file: Any, type_: str | None, replaces: str | None) -> Upload:
    """Put an uploaded file aside. KechuangError for a file that can be no return."""
    from kechuang.web.site import UPLOAD

    name = _UNSAFE.sub("_", Path(str(file.name)).name)[-120:] or "upload"
    if Path(name).suffix.lower() not in SUFFIXES:
        raise KechuangError(
            "upload-suffix",
            say(
                "“{name}”不是填报表：要 Excel（.xlsx、.xls）、WPS（.et）、OpenDocument（.ods）或 CSV 文件",
                name=name,
            ),
            remedy=say("请用下载的填报表填写后上传。"),
        )
    if file.size is None or file.size > UPLOAD:
        raise KechuangError(
            "upload-size",
            say("文件超过{n}MB，没有上传", n=UPLOAD // 1024 // 1024),
            remedy=say("请去掉图片和多余的工作表，或分成几个文件。"),
        )
    clear()
    token = secrets.token_urlsafe(18)
    folder = _folder() / token
    folder.mkdir(parents=True)
    path = folder / name
    with path.open("wb") as stream:
        for chunk in file.chunks():
            stream.write(chunk)
    note = {"user": user.pk, "name": name, "type": type_, "replaces": replaces, "batches": []}
    (folder / "upload.json").write_text(json.dumps(note, ensure_ascii=False), "utf-8")
    return Upload(token, folder, path, type_, replaces, ())


def found(user: User, token: str) -> Upload:
    """The upload with this token, of this account; 404 for anybody else's."""
    if not _TOKEN.fullmatch(token):
        raise Hidden
    folder = _folder() / token
    try:
        note = json.loads((folder / "upload.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise Hidden from None
    if note["user"] != user.pk:
        raise Hidden
    return Upload(
        token, folder, folder / note["name"], note["type"], note["replaces"], tuple(note["batches"])
    )


def sent(upload: Upload, batches: Iterable[str]) -> None:
    """Note that the upload became these batches: a second click on the button finds them."""
    path = upload.folder / "upload.json"
    note = {**json.loads(path.read_text("utf-8")), "batches": list(batches)}
    path.write_text(json.dumps(note, ensure_ascii=False), "utf-8")


def clear(now: float | None = None) -> None:
    """Clear away uploads nobody came back to."""
    before = (now or time.time()) - KEPT
    for folder in _folder().glob("*/"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    folder: Path = served().folder / "records" / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# -- what is shown of it


@dataclass(frozen=True)
class Cell:
    """A cell as shown: its name, its text, and the finding it carries."""

    name: str
    text: str
    number: bool
    finding: Finding | None


@dataclass(frozen=True)
class Shown:
    """The rows of a sheet around its faults."""

    name: str | None
    columns: list[str]
    head: tuple[int, list[str]] | None
    rows: list[tuple[int, list[Cell]]]
    left_out: int


def sheets_shown(upload: Upload, faults: Sequence[Fault]) -> tuple[list[Finding], list[Shown]]:
    """The findings as numbered, and of every sheet the rows they stand in."""
    sheets, _ = read_sheets(upload.file)
    findings = list_findings(faults, sheets)
    return findings, [shown for sheet in sheets if (shown := _shown(sheet, findings)) is not None]


def _shown(sheet: Sheet, findings: Sequence[Finding]) -> Shown | None:
    mine = [one for one in findings if one.sheet == sheet.name and one.row is not None]
    if not mine:
        return None
    at: dict[tuple[int, int | None], Finding] = {}
    for one in mine:
        assert one.row is not None
        at.setdefault((one.row, one.column), one)
    wanted = sorted(
        {
            row
            for one in mine
            if one.row is not None
            for row in range(max(one.row - AROUND, 0), min(one.row + AROUND + 1, len(sheet.rows)))
        }
    )
    width = min(max((len(sheet.rows[row]) for row in wanted), default=0), MOST_COLUMNS)
    head = _head(sheet, min(wanted, default=0))
    rows = [
        (
            row + 1,
            [
                Cell(
                    f"{letter(column)}{row + 1}",
                    _text(sheet.rows[row][column] if column < len(sheet.rows[row]) else None),
                    isinstance(
                        sheet.rows[row][column] if column < len(sheet.rows[row]) else None, int | float
                    ),
                    at.get((row, column)),
                )
                for column in range(width)
            ],
        )
        for row in wanted[:MOST_ROWS]
    ]
    columns = [letter(column) for column in range(width)]
    return Shown(sheet.name, columns, head, rows, max(len(wanted) - MOST_ROWS, 0))


def _head(sheet: Sheet, first: int) -> tuple[int, list[str]] | None:
    """The row of heads: the fullest of the first few, where it stands above what is shown."""
    if first == 0:
        return None
    row = max(range(min(first, 8)), key=lambda number: sum(bool(_text(cell)) for cell in sheet.rows[number]))
    return row + 1, [_text(cell) for cell in sheet.rows[row][:MOST_COLUMNS]]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


# -- mending a cell in place


def mend(upload: Upload, sheet: str | None, cell: str, text: str) -> None:
    """Write ``text`` into a cell of the uploaded copy. KechuangError where the file cannot be written to."""
    match = re.fullmatch(r"([A-Z]{1,3})([1-9]\d{0,6})", cell)
    if match is None or upload.batches:
        raise Hidden
    kind = upload.file.suffix.lower()
    if kind == ".csv":
        _mend_csv(upload.file, match[1], int(match[2]), text)
    elif kind in (".xlsx", ".xlsm"):
        _mend_workbook(upload.file, sheet, cell, text)
    else:
        raise KechuangError(
            "upload-not-mendable",
            say("这种文件不能在页面上修改"),
            place=Place(file=upload.file.name),
            remedy=say("请在表格软件中改好后重新上传。"),
        )


def _mend_workbook(path: Path, sheet: str | None, cell: str, text: str) -> None:
    from openpyxl import load_workbook

    try:
        read_sheets(path)  # which looks for what only unpacks to fill the memory
        book = load_workbook(path, keep_vba=path.suffix.lower() == ".xlsm")
    except (
        Exception
    ) as error:  # openpyxl has no family of errors: whatever it stumbles over, the file is damaged
        raise KechuangError(
            "upload-not-mendable",
            say("文件已损坏，不能在页面上修改"),
            place=Place(file=path.name),
            remedy=say("请在表格软件中改好后重新上传。"),
        ) from error
    if sheet is not None and sheet not in book.sheetnames:
        raise Hidden
    target = (book[sheet] if sheet is not None else book.worksheets[0])[cell]
    target.value = _typed(text)
    if target.data_type == "f":  # what is typed here is text, whatever it begins with
        target.data_type, target.quotePrefix = "s", True
    beside = path.with_name(f".{path.name}")
    book.save(beside)
    beside.replace(path)


def _mend_csv(path: Path, column: str, row: int, text: str) -> None:
    place = 0
    for character in column:
        place = place * 26 + ord(character) - 64
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            lines = list(csv.reader(io.StringIO(content.decode(encoding), newline="")))
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Hidden
    if row > len(lines):
        raise Hidden
    line = lines[row - 1]
    line.extend([""] * (place - len(line)))
    line[place - 1] = text
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    path.write_text(out.getvalue(), "utf-8-sig", newline="")


def _typed(text: str) -> Any:
    """What a person typing it into the cell would have got: a number where it is one."""
    bare = text.strip()
    if not bare:
        return None
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})", bare):
        return int(bare)
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})\.\d{1,10}", bare):
        return float(bare)
    return bare
