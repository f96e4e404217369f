"""Checking an upload: what is wrong with it and what it would change, kept beside it until either changes.

The check of a large upload is a job in the background; pages, the marked workbook and the form to mend a
cell read what it left in ``check.json``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import say
from kechuang.records import audit
from kechuang.records.fields import Named
from kechuang.records.findings import Finding, list_findings
from kechuang.records.importing import ImportResult
from kechuang.records.preview import Change, Preview
from kechuang.records.sheets import UNREADABLE, Sheet, Unreadable, letter
from kechuang.records.workbook import read_sheets
from kechuang.web.jobs import Jobs, Report
from kechuang.web.models import User
from kechuang.web.rendering import plain
from kechuang.web.rooms import uploaded
from kechuang.web.rooms.stores import store_for
from kechuang.web.rooms.uploaded import Upload
from kechuang.web.workspaces import served

#: Checking and sending an upload are one kind of work: never two at once.
KIND = "work"
FILE = "check.json"
#: Rows shown around the faults of a sheet.
AROUND, MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 1, 60, 40, 60


@dataclass(frozen=True)
class Cell:
    """A cell as shown: its name, its text, and the number and level of the finding it carries."""

    name: str
    text: str
    number: bool
    finding: int | None = None
    level: str = ""


@dataclass(frozen=True)
class Shown:
    """The rows of a sheet around its faults."""

    name: str | None
    columns: list[str]
    head: tuple[int, list[str]] | None
    rows: list[tuple[int, list[Cell]]]
    left_out: int


@dataclass(frozen=True)
class FileCheck:
    """A file: its findings as numbered in it, the sheets around them. ``readable``: whether it can be opened."""

    name: str
    readable: bool
    findings: list[Finding]
    sheets: list[Shown]


@dataclass(frozen=True)
class Checkup:
    """What the check gave."""

    rows: int
    types: list[str]
    files: list[FileCheck]
    faults: list[Fault]
    previews: list[Preview]

    @property
    def errors(self) -> int:
        return sum(fault.severity == "error" for fault in self.faults)

    @property
    def warnings(self) -> int:
        return len(self.faults) - self.errors


def jobs_of(upload: Upload) -> Jobs:
    """The work on an upload, kept in its folder and gone with it."""
    return Jobs(upload.folder)


def result_of(user: User, upload: Upload) -> Checkup | None:
    """What the check of the upload as it is now gave, in the state the records are in now; None where it has
    to be checked (again)."""
    try:
        content = json.loads((upload.folder / FILE).read_text("utf-8"))
        if content["state"] != _state(user, upload):
            return None
        return _read(content)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def check_now(user: User, upload: Upload) -> Checkup:
    """Check in the thread that asks."""
    with jobs_of(upload).alone(KIND):
        known = result_of(user, upload)
        if known is not None:
            return known
        return _check(user, upload, None)


def check_later(user: User, upload: Upload) -> None:
    """Check in the background, unless that goes on already."""

    def work(report: Report) -> dict[str, Any]:
        _check(user, upload, report)
        return {"what": "check"}

    _begin(user, upload, work)


def send_now(user: User, upload: Upload, *, draft: bool, explain: str | None) -> bool:
    """Import in the thread that asks, once however often it is asked; False where it turned out to be at fault."""
    with jobs_of(upload).alone(KIND):
        return _send(user, upload, None, draft=draft, explain=explain)


def send_later(user: User, upload: Upload, *, draft: bool, explain: str | None) -> None:
    """Import in the background; where it goes on already nothing begins a second time."""

    def work(report: Report) -> dict[str, Any]:
        return {"what": "send", "sent": _send(user, upload, report, draft=draft, explain=explain)}

    _begin(user, upload, work)


def _begin(user: User, upload: Upload, work: Callable[[Report], dict[str, Any]]) -> None:
    try:
        jobs_of(upload).start(KIND, user.name, work)
    except KechuangError as error:
        if error.code != "job-running":
            raise


def _send(user: User, upload: Upload, report: Report | None, *, draft: bool, explain: str | None) -> bool:
    upload = uploaded.found(user, upload.token)
    if upload.batches:  # somebody was first: the other window, the first of two clicks
        return True
    result = store_for(user).import_files(
        upload.files,
        upload.type,
        who=user.name,
        replaces=upload.replaces,
        draft=draft,
        explain=explain,
        **_told(report, storing=True),
    )
    if not result.ok:
        return False
    uploaded.sent(upload, [one.batch for one in result.outcomes if one.batch])
    return True


def _check(user: User, upload: Upload, report: Report | None) -> Checkup:
    state = _state(user, upload)
    result = store_for(user).import_files(
        upload.files, upload.type, who=user.name, dry_run=True, replaces=upload.replaces, **_told(report)
    )
    found = _checkup(upload, result)
    text = json.dumps({"state": state, **_written(found)}, ensure_ascii=False)
    part = upload.folder / f".{FILE}.part"
    part.write_text(text, "utf-8")
    part.replace(upload.folder / FILE)
    return found


def _told(report: Report | None, *, storing: bool = False) -> dict[str, Any]:
    """How far the work is, in words: which file is read, which sheet checked."""
    if report is None:
        return {}
    told = report
    words, rows = "", 0
    comparing = str(say("正在与台账比对"))

    def stage(what: str, number: int, of: int) -> None:
        nonlocal words
        if what == "read":
            words = str(say("正在读取第{n}个文件，共{of}个", n=number, of=of))
        elif what == "check":
            words = str(say("正在核对第{n}张，共{of}张", n=number, of=of))
        else:
            words = comparing
        told(words, rows if what == "compare" else 0, 2 * rows)

    def progress(_: str, done: int, of: int) -> None:
        nonlocal rows
        rows = of
        if storing and words == comparing:
            told(str(say("正在入库")), done, of)
        else:  # to be held against the registers takes as long again
            told(words, done, 2 * of)

    return {"stage": stage, "progress": progress}


def _state(user: User, upload: Upload) -> str:
    """What the result depends on: the files, whose they are, and the records."""
    workspace = served()
    files = [(one.name, one.stat().st_size, one.stat().st_mtime_ns) for one in upload.files]
    head = audit.head_of_records(workspace.store.alias)
    parts = [files, upload.type, upload.replaces, user.region, head, workspace.today.isoformat()]
    return json.dumps(parts, ensure_ascii=False)


# -- what is shown of it


def _checkup(upload: Upload, result: ImportResult) -> Checkup:
    """Findings are numbered through all files, as the page shows them one after another."""
    files: list[FileCheck] = []
    number = 0
    for place, path in enumerate(upload.files):
        mine = [
            fault
            for fault in result.faults
            if fault.place.file == path.name or (fault.place.file is None and place == 0)
        ]
        readable = not any(fault.code in UNREADABLE for fault in mine)
        sheets: list[Sheet] = []
        if mine and readable:
            try:
                sheets, _ = read_sheets(path)
            except Unreadable:
                readable = False
        findings = [replace(one, number=one.number + number) for one in list_findings(mine, sheets)]
        number += len(findings)
        shown = [one for sheet in sheets[:MOST_SHEETS] if (one := _shown(sheet, findings)) is not None]
        files.append(FileCheck(path.name, readable, findings, shown))
    return Checkup(result.rows, list(result.types), files, list(result.faults), list(result.previews))


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
    listed = wanted[:MOST_ROWS]
    width = min(max((len(sheet.rows[row]) for row in listed), default=0), MOST_COLUMNS)
    rows = [(row + 1, [_cell(sheet.rows[row], row, column, at) for column in range(width)]) for row in listed]
    head = _head(sheet, min(wanted, default=0), width)
    return Shown(sheet.name, [letter(n) for n in range(width)], head, rows, max(len(wanted) - MOST_ROWS, 0))


def _cell(cells: Sequence[Any], row: int, column: int, at: dict[tuple[int, int | None], Finding]) -> Cell:
    value = cells[column] if column < len(cells) else None
    found = at.get((row, column))
    return Cell(
        f"{letter(column)}{row + 1}",
        _text(value),
        isinstance(value, int | float) and not isinstance(value, bool),
        found.number if found else None,
        found.level if found else "",
    )


def _head(sheet: Sheet, first: int, width: int) -> tuple[int, list[str]] | None:
    """The row of heads: the fullest of the first few, where it stands above what is shown."""
    if first == 0:
        return None
    row = max(range(min(first, 8)), key=lambda number: sum(bool(_text(cell)) for cell in sheet.rows[number]))
    texts = [_text(cell) for cell in sheet.rows[row][:width]]
    return row + 1, [*texts, *[""] * (width - len(texts))]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


# -- as JSON


def _written(found: Checkup) -> dict[str, Any]:
    return {
        "rows": found.rows,
        "types": found.types,
        "files": [
            {
                "name": one.name,
                "readable": one.readable,
                "findings": [plain(finding) for finding in one.findings],
                "sheets": [plain(sheet) for sheet in one.sheets],
            }
            for one in found.files
        ],
        "faults": [fault.as_dict() for fault in found.faults],
        "previews": [plain(one.as_dict()) for one in found.previews],
    }


def _read(content: dict[str, Any]) -> Checkup:
    return Checkup(
        content["rows"],
        content["types"],
        [
            FileCheck(
                one["name"],
                one["readable"],
                [_finding(each) for each in one["findings"]],
                [_sheet(each) for each in one["sheets"]],
            )
            for one in content["files"]
        ],
        [_fault(one) for one in content["faults"]],
        [
            Preview(**{**one, "changes": tuple(Change(**each) for each in one["changes"])})
            for one in content["previews"]
        ],
    )


def _message(both: dict[str, str]) -> Named:
    return Named(both["zh"], both["en"])


def _finding(one: dict[str, Any]) -> Finding:
    return Finding(**{**one, "message": _message(one["message"]), "remedy": _message(one["remedy"])})


def _sheet(one: dict[str, Any]) -> Shown:
    rows = [(number, [Cell(**cell) for cell in cells]) for number, cells in one["rows"]]
    head = (one["head"][0], one["head"][1]) if one["head"] else None
    return Shown(one["name"], one["columns"], head, rows, one["left_out"])


def _fault(one: dict[str, Any]) -> Fault:
    place = Place(**{name: one[name] for name in ("file", "sheet", "row", "column", "field", "line")})
    return Fault(one["code"], _message(one["message"]), place, one["severity"])
