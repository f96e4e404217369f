"""Record types, records as known on a day, and the history of one: an account's own region alone."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query

from kechuang.messages import say
from kechuang.packs.model import Label, RecordType
from kechuang.records.history import RecordVersion
from kechuang.web.access import Hidden
from kechuang.web.api import answers
from kechuang.web.api.asked import After, AsOf, Key, Limit, Name, day_asked, stretch
from kechuang.web.api.door import user_of
from kechuang.web.api.endpoints import REGISTERS, endpoint
from kechuang.web.api.refusals import unknown
from kechuang.web.api.scopes import RECORDS
from kechuang.web.models import User
from kechuang.web.roles import READERS, REPORTERS
from kechuang.web.rooms.stores import is_own, records_page, type_named, types_of
from kechuang.web.workspaces import served

SEES = READERS | REPORTERS


@endpoint(
    "GET",
    "record-types",
    "record-types",
    say("台账类型"),
    group=REGISTERS,
    answer=answers.RecordTypesAnswer,
    sees=SEES,
    scope=RECORDS,
)
def record_types(request: HttpRequest, after: After = None, limit: Limit = 100) -> dict[str, Any]:
    found = {one.id: one for one in types_of(user_of(request))}
    page, rest = stretch(sorted(found), str, after, limit)
    return {"items": [_row(found[name]) for name in page], "after": rest}


@endpoint(
    "GET",
    "record-types/{name}",
    "record-type",
    say("一种台账：各栏的类型、单位、可选值"),
    group=REGISTERS,
    answer=answers.RecordTypeAnswer,
    sees=SEES,
    scope=RECORDS,
)
def record_type(request: HttpRequest, name: Name) -> dict[str, Any]:
    found = _type(user_of(request), name)
    fields = [
        {
            "name": key,
            "type": spec.type,
            "label": spec.label.model_dump(),
            "unit": spec.unit,
            "required": spec.required,
            "key": key in found.key,
            "choices": {value: one.model_dump() for value, one in spec.choices.items()},
            "note": _both(spec.note),
        }
        for key, spec in found.fields.items()
    ]
    return {**_row(found), "fields": fields, "region_field": found.region.field if found.region else None}


@endpoint(
    "GET",
    "records/{name}",
    "records",
    say("一种台账的记录，按键分页；某日所知"),
    group=REGISTERS,
    answer=answers.RecordsAnswer,
    sees=SEES,
    scope=RECORDS,
)
def records(
    request: HttpRequest,
    name: Name,
    as_of: AsOf = None,
    q: Annotated[str, Query(max_length=100, description="任一栏含这段文字 · any field holds this text")] = "",
    after: After = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    user = user_of(request)
    found, day = _type(user, name), day_asked(request, as_of)
    page = records_page(user, found, day, wanted=q.strip(), after=after or None, limit=limit)
    return {"as_of": day, "items": [version_told(one) for one in page.records], "after": page.after}


@endpoint(
    "GET",
    "records/{name}/one",
    "record",
    say("一条记录，某日所知"),
    group=REGISTERS,
    answer=answers.VersionAnswer,
    sees=SEES,
    scope=RECORDS,
)
def record(request: HttpRequest, name: Name, key: Key, as_of: AsOf = None) -> dict[str, Any]:
    user = user_of(request)
    found, day = _type(user, name), day_asked(request, as_of)
    version = served().store.as_of_one(day, found.id, key)
    if version is None or not is_own(user, found, version):
        raise unknown()
    return version_told(version)


@endpoint(
    "GET",
    "records/{name}/history",
    "history",
    say("一条记录的全部版本"),
    group=REGISTERS,
    answer=answers.HistoryAnswer,
    sees=SEES,
    scope=RECORDS,
)
def history(request: HttpRequest, name: Name, key: Key) -> dict[str, Any]:
    user = user_of(request)
    found = _type(user, name)
    versions = [one for one in served().store.history(found.id, key) if is_own(user, found, one)]
    if not versions:
        raise unknown()
    return {"type": found.id, "key": key, "items": [version_told(one) for one in versions]}


def version_told(one: RecordVersion) -> dict[str, Any]:
    """A version as the API has it: without the numbers of the database."""
    told = one.as_dict()
    return {name: told[name] for name in answers.VersionAnswer.model_fields}


def _type(user: User, name: str) -> RecordType:
    try:
        return type_named(user, name)
    except Hidden:
        raise unknown() from None


def _row(one: RecordType) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.label.model_dump(),
        "description": _both(one.description),
        "key": list(one.key),
    }


def _both(label: Label | None) -> dict[str, Any] | None:
    return label.model_dump() if label else None
