"""The registers: which there are, a grid of records as known on a day, the history of one, files to take away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from kechuang.errors import KechuangError
from kechuang.messages import Message, language, say
from kechuang.packs.model import FieldSpec, Label, RecordType
from kechuang.progress.status import Mark
from kechuang.records.finding import Question
from kechuang.records.history import RecordVersion
from kechuang.records.workflow.evidence import Attachment
from kechuang.web.access import Hidden, account, page
from kechuang.web.models import User
from kechuang.web.rendering import Page
from kechuang.web.roles import READERS, REPORTERS
from kechuang.web.rooms.states import STATES
from kechuang.web.rooms.stores import is_own, own_batches, scope_of, type_named, types_of
from kechuang.web.standing import kept, state_of
from kechuang.web.workspaces import served

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Whoever works with records.
SEES = READERS | REPORTERS


@dataclass(frozen=True)
class TypeRow:
    """A register in the list; of an account that is bound, the records of its region. ``sample``: how many are
    samples, None where that is not asked."""

    id: str
    label: Label
    count: int
    sample: int | None
    yearly: bool


@dataclass(frozen=True)
class Registers:
    """The list of registers."""

    heading: Message
    held: list[TypeRow]
    empty: list[TypeRow]
    bound: bool
    may_bring: bool


@page("records/", "records", SEES)
def registers(request: HttpRequest) -> Page:
    user = account(request)
    counts = _own_counts(user) if user.region else _counts()
    rows = [
        TypeRow(one.id, one.label, *counts.get(one.id, (0, 0)), one.time.year is not None)
        for one in types_of(user)
    ]
    held = [row for row in rows if row.count]
    heading = say("{n}类台账有记录", n=len(held))
    if user.region:
        heading = say("{place}有{n}类台账", place=served().name_of(user.region), n=len(held))
    return Page(
        "kechuang/registers.html",
        Registers(
            heading, held, [row for row in rows if not row.count], bool(user.region), user.role in REPORTERS
        ),
    )


def _counts() -> dict[str, tuple[int, int | None]]:
    workspace = served()
    held, _ = kept.get(
        "holdings",
        state_of(workspace),
        lambda: workspace.store.holdings(list(workspace.packs.records), workspace.today),
    )
    return {
        name: (sum(one.records for one in parts.values()), sum(one.sample for one in parts.values()))
        for name, parts in held.items()
    }


def _own_counts(user: User) -> dict[str, tuple[int, int | None]]:
    workspace = served()

    def make() -> dict[str, tuple[int, int | None]]:
        return {
            one.id: (workspace.store.find(workspace.today, one.id, Question(scope_of(user, one))).count, None)
            for one in types_of(user)
        }

    return kept.get(f"holdings of {user.region}", state_of(workspace), make)[0]


@dataclass(frozen=True)
class VersionRow:
    """One version with the fields that differ from the one before. ``state`` where it does not count (yet);
    ``batch`` the way to the batch it came with, where that is this account's."""

    version: RecordVersion
    changes: list[tuple[Label, str, str]]
    mark: Mark
    state: Message | None
    batch: str


@dataclass(frozen=True)
class Record:
    """A record with its history. ``elsewhere``: versions of other regions, which are not this account's to see."""

    type: str
    label: Label
    key: str
    values: list[tuple[Label, str | None, str]]
    versions: list[VersionRow]
    attachments: list[Attachment]
    may_attach: bool
    most_mb: int
    wrong: Message | None = None
    remedy: Message | None = None
    may_correct: bool = False
    elsewhere: int = 0
    name: str = ""


@page("records/<str:name>/record/", "record", SEES)
def record(request: HttpRequest, name: str) -> Page:
    user, key = account(request), str(request.GET.get("key", ""))
    return Page("kechuang/record.html", record_page(user, name, key))


def record_page(user: User, name: str, key: str, wrong: KechuangError | None = None) -> Record:
    """A record with its history and its evidence; 404 where it is not this account's."""
    record_type = type_named(user, name)
    every = served().store.history(record_type.id, key) if key else []
    versions = [version for version in every if is_own(user, record_type, version)]
    if not versions:
        raise Hidden
    batches = {one.id: one for one in served().store.batches()}
    owns = own_batches(user)
    shown_: list[VersionRow] = []
    before: dict[str, Any] = {}
    for version in versions:
        mark, word = STATES.get(version.state, ("none", say("其他")))
        info = batches.get(version.batch)
        mine = user.role in REPORTERS and info is not None and owns(info)
        shown_.append(
            VersionRow(
                version,
                _changes(record_type, before, version),
                mark,
                None if version.state == "accepted" else word,
                f"/batches/{version.batch}/" if mine else "",
            )
        )
        before = version.data
    last = versions[-1]
    values = [
        (spec.label, spec.unit, shown(spec, last.data.get(key))) for key, spec in record_type.fields.items()
    ]
    return Record(
        record_type.id,
        record_type.label,
        last.key,
        values,
        shown_[::-1],
        served().store.workflow.attachments(record_type.id, last.key),
        user.role in REPORTERS and last.number == every[-1].number,
        served().settings.evidence_mb,
        wrong.message if wrong else None,
        wrong.remedy if wrong else None,
        user.role in REPORTERS and last.number == every[-1].number,
        len(every) - len(versions),
        _name(record_type, last),
    )


@page("records/<str:name>/template.xlsx", "template", SEES)
def template(request: HttpRequest, name: str) -> HttpResponse:
    from kechuang.records.templates import write_templates

    user, workspace = account(request), served()
    record_type = type_named(user, name)

    def make(path: Path) -> None:
        write_templates(
            [record_type],
            path,
            packs_version=workspace.store.pack_version,
            regions=workspace.regions,
            within=user.region or workspace.settings.region,
            language=language(),
            values=workspace.store.known_values,
        )

    return attachment(f"{record_type.label.text(language())}.xlsx", make)


def attachment(name: str, make: Callable[[Path], None]) -> HttpResponse:
    """A file made for this answer and forgotten after it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file" + Path(name).suffix)
        make(path)
        content = path.read_bytes()
    kind = "text/csv; charset=utf-8" if path.suffix == ".csv" else WORKBOOK
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return answer


def shown(spec: FieldSpec, value: Any) -> str:
    """A value as a reader wants it: names of regions, labels of choices, thousands."""
    from kechuang.web.numbers import figure_text

    if value is None or value == "":
        return ""
    if spec.type == "region":
        return served().name_of(str(value))
    if spec.type == "choice" and str(value) in spec.choices:
        return spec.choices[str(value)].text(language())
    if spec.type == "boolean":
        return str(say("是") if value else say("否"))
    if spec.type in ("number", "integer") and isinstance(value, int | float):
        return figure_text(float(value))
    return str(value)


def _name(record_type: RecordType, version: RecordVersion) -> str:
    """What people call a record: what its column of names says."""
    names = (
        name
        for name, spec in record_type.fields.items()
        if spec.type == "text" and "名称" in spec.label.zh and name not in record_type.key
    )
    return str(version.data.get(next(names, "")) or "")


def _changes(
    record_type: RecordType, before: dict[str, Any], version: RecordVersion
) -> list[tuple[Label, str, str]]:
    if not before or version.withdrawn:
        return []
    return [
        (spec.label, shown(spec, before.get(key)), shown(spec, version.data.get(key)))
        for key, spec in record_type.fields.items()
        if before.get(key) != version.data.get(key)
    ]
