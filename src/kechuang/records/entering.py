"""One record typed into a form: a file of one row, brought in through the ordinary import.

What is typed is checked as a cell of a workbook is, is kept as a file like any other, and waits for the
same review. ``expected`` is the version the form was opened with: where another has been recorded since,
nothing is stored and :class:`Overtaken` holds that other one. A form that is sent twice (a second tap, a
queue that was emptied twice) carries the same ``token`` and makes one record.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kechuang.errors import Fault, KechuangError
from kechuang.messages import Message, say
from kechuang.packs.model import RecordType
from kechuang.records import database
from kechuang.records.checks import key_text
from kechuang.records.clock import day_of
from kechuang.records.fields import Named, Refused, Value, parser
from kechuang.records.headers import header_text
from kechuang.records.history import RecordVersion
from kechuang.records.models import Batch
from kechuang.records.review import BatchInfo, batch_info
from kechuang.records.sheets import index
from kechuang.records.workflow.submission import CLOSED

if TYPE_CHECKING:
    from kechuang.records.importing import ImportResult
    from kechuang.records.store import Store

TOKEN = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
#: Characters a file name cannot hold on some systems.
_UNSAFE = re.compile(r'[\x00-\x1f\\/:*?"<>|]+')


class Overtaken(KechuangError):
    """Somebody else has recorded another version of the record since the form was opened."""

    def __init__(self, version: RecordVersion) -> None:
        fault = Fault(
            "record-overtaken",
            say("这条记录已由{who}改为第{n}版，您填的还没有提交", who=version.who, n=version.number),
        )
        super().__init__(
            fault.code, fault.message, remedy=say("请对照两边的内容，改定后再提交。"), faults=[fault]
        )
        self.version = version


@dataclass(frozen=True)
class Entered:
    """What became of a form: the batch, or by field what is wrong or to be confirmed.

    ``wrong`` stops it, ``asked`` are reminders; under "" stands what is about no field alone. ``repeated``:
    the same form had come in before. ``batch`` is None where nothing was stored.
    """

    batch: str | None
    state: str
    repeated: bool
    wrong: dict[str, list[Message]]
    asked: dict[str, list[Message]]

    @property
    def ok(self) -> bool:
        return not self.wrong


def file_of(record_type: RecordType, token: str) -> str:
    """The name of the file a form becomes; KechuangError for a token that is none."""
    if not TOKEN.fullmatch(token):
        raise KechuangError("form-token", say("表单不完整，没有提交"), remedy=say("请重新打开这一页再填。"))
    return f"{_UNSAFE.sub('_', record_type.label.zh)} {token.replace('-', '')}.csv"


def was_typed(file: str) -> bool:
    """Whether a file is one that a form became."""
    return file.endswith(".csv") and TOKEN.fullmatch(file[:-4].rpartition(" ")[2]) is not None


def enter(
    store: Store,
    type_: str,
    cells: Mapping[str, str],
    *,
    who: str,
    token: str,
    expected: int | None = None,
    explain: str | None = None,
    dry_run: bool = False,
) -> Entered:
    """Bring in one record of ``type_``: text by field, as typed.

    ``expected`` is the number of the last version known to whoever typed (0: the record is to be a new one;
    None: whatever there is). Raises :class:`Overtaken`, and KechuangError for a token that is none.
    """
    record_type = store.record_type(type_)
    name = file_of(record_type, token)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([header_text(spec) for spec in record_type.fields.values()])
            writer.writerow([cells.get(field, "").strip() for field in record_type.fields])
        with database.writing(store.alias):  # one turn: nobody comes between looking and storing
            before = brought(store.alias, who, type_, file=name)
            if before:
                return Entered(before[0].id, before[0].state, True, {}, {})
            if expected is not None:
                _same(store, record_type, cells, expected)
            result = store.import_files([path], type_, who=who, explain=explain, dry_run=dry_run)
    return _told(record_type, result)


def brought(
    alias: str, who: str, type_: str, *, file: str | None = None, closed: bool = True, limit: int = 50
) -> list[BatchInfo]:
    """The batches of a type an account brought, last first; ``closed`` False: those still on their way."""
    found = Batch.objects.using(alias).filter(who=who, type=type_, kind="file")
    if file is not None:
        found = found.filter(file=file)
    if not closed:
        found = found.exclude(state__in=("accepted", "discarded"))
    return [batch_info(batch) for batch in found.order_by("-recorded_at", "-id")[:limit]]


def _same(store: Store, record_type: RecordType, cells: Mapping[str, str], expected: int) -> None:
    """Refuse where the record has another version than the one expected (0: where it has any in force)."""
    key = _key(store, record_type, cells)
    versions = store.history(record_type.id, key) if key is not None else []
    if expected == 0:
        versions = [one for one in versions if one.state not in CLOSED]
        if versions and versions[-1].withdrawn:
            return
    if versions and versions[-1].number != expected:
        raise Overtaken(versions[-1])


def _key(store: Store, record_type: RecordType, cells: Mapping[str, str]) -> str | None:
    """The key as the import will read it; None where it cannot, which the import will tell."""
    today = day_of(store.now())
    parts: list[Value] = []
    for name in record_type.key:
        read = parser(record_type.fields[name], today, store.regions, store.region)
        try:
            parts.append(read(cells.get(name, "")))
        except Refused:
            return None
    return key_text(parts)


def _told(record_type: RecordType, result: ImportResult) -> Entered:
    names = list(record_type.fields)
    wrong: dict[str, list[Message]] = {}
    asked: dict[str, list[Message]] = {}
    for fault in result.faults:
        if fault.severity == "hint":
            continue
        place = index(fault.place.column) if fault.place.column else -1
        field = names[place] if 0 <= place < len(names) else ""
        into = wrong if fault.severity == "error" else asked
        into.setdefault(field, []).append(_message(record_type, field, fault.message))
    outcome = result.outcomes[0] if result.outcomes else None
    state = outcome.state if outcome else ""
    return Entered(
        outcome.batch if outcome else None, state, outcome is not None and outcome.repeated, wrong, asked
    )


def _message(record_type: RecordType, field: str, message: Message) -> Message:
    if not field:
        return message
    return say("{field}：{message}", field=Named.of(record_type.fields[field].label), message=message)
