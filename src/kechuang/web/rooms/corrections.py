"""Correcting one record on its page: a new version through the ordinary checks.

The form carries the number of the version it was opened with. Who comes second is told, sees both texts,
and decides; nothing anybody typed is lost.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from kechuang.messages import Message
from kechuang.packs.model import Label, RecordType
from kechuang.records.entering import Overtaken, enter
from kechuang.records.history import RecordVersion
from kechuang.web.access import Hidden, account, page
from kechuang.web.asked import whole
from kechuang.web.forms import FormField, cell_text, fields_of
from kechuang.web.models import User
from kechuang.web.rendering import Page
from kechuang.web.roles import REPORTERS
from kechuang.web.rooms.records import shown
from kechuang.web.rooms.stores import is_own, store_for, type_named
from kechuang.web.workspaces import served


@dataclass(frozen=True)
class Both:
    """A field where two people's texts differ: as it was opened, as it is now, as it was typed."""

    label: Label
    before: str
    now: str
    mine: str
    differs: bool


@dataclass(frozen=True)
class Correction:
    """The form of a record; with ``both`` where somebody else came first."""

    type: str
    label: Label
    key: str
    version: int
    token: str
    fields: list[FormField]
    waiting: bool
    explain: str = ""
    wrong: list[Message] = field(default_factory=list)
    asked: list[Message] = field(default_factory=list)
    both: list[Both] = field(default_factory=list)
    other: RecordVersion | None = None
    remedy: Message | None = None


@page("records/<str:name>/edit/", "edit-record", REPORTERS, ("GET", "POST"))
def correct(request: HttpRequest, name: str) -> Page | HttpResponse:
    user = account(request)
    record_type, key = type_named(user, name), str(request.GET.get("key", ""))
    versions = served().store.history(record_type.id, key) if key else []
    if not versions or not is_own(user, record_type, versions[-1]):
        raise Hidden
    last = versions[-1]
    held = {one: cell_text(last.data.get(one)) for one in record_type.fields}
    if request.method == "GET":
        return Page("kechuang/edit_record.html", _form(user, record_type, last, held, last.number))
    typed = {
        one: held[one] if one in record_type.key else str(request.POST.get(one, "")).strip()
        for one in record_type.fields
    }
    opened = str(request.POST.get("version", ""))
    explain = str(request.POST.get("explain", "")).strip()
    token = str(request.POST.get("slip", ""))
    store, expected = store_for(user), whole(opened) or 0
    try:
        answer = enter(store, name, typed, who=user.name, token=token, expected=expected, dry_run=not explain)
        if not explain and answer.batch is None and not answer.wrong and not answer.asked:
            answer = enter(store, name, typed, who=user.name, token=token, expected=expected)
    except Overtaken as error:
        return Page(
            "kechuang/edit_record.html",
            _overtaken(user, record_type, versions, expected, typed, error, explain),
            409,
        )
    if answer.batch is None:
        context = _form(
            user,
            record_type,
            last,
            typed,
            expected,
            wrong=answer.wrong,
            asked=answer.asked,
            explain=explain,
        )
        return Page("kechuang/edit_record.html", context, 422)
    return redirect(f"/records/{name}/record/?{urlencode({'key': key})}")


def _overtaken(
    user: User,
    record_type: RecordType,
    versions: list[RecordVersion],
    opened: int,
    typed: Mapping[str, str],
    error: Overtaken,
    explain: str,
) -> Correction:
    now = error.version
    before = next((one.data for one in versions if one.number == opened), {})
    both = []
    for name, spec in record_type.fields.items():
        was, theirs = cell_text(before.get(name)), cell_text(now.data.get(name))
        if len({was, theirs, typed[name]}) > 1:
            texts = [shown(spec, before.get(name)), shown(spec, now.data.get(name))]
            mine = dict(fields_choices(user, record_type, name)).get(typed[name], typed[name])
            both.append(Both(spec.label, texts[0], texts[1], mine, theirs != typed[name]))
    return _form(
        user,
        record_type,
        now,
        typed,
        now.number,
        wrong={"": [error.message]},
        both=both,
        explain=explain,
        remedy=error.remedy,
    )


def fields_choices(user: User, record_type: RecordType, name: str) -> tuple[tuple[str, str], ...]:
    """The choices of a field, as (value, label)."""
    from kechuang.web.forms import choices_of

    return choices_of(user, record_type.fields[name])


def _form(
    user: User,
    record_type: RecordType,
    last: RecordVersion,
    values: Mapping[str, str],
    version: int,
    *,
    wrong: Mapping[str, list[Message]] | None = None,
    asked: Mapping[str, list[Message]] | None = None,
    both: list[Both] | None = None,
    explain: str = "",
    remedy: Message | None = None,
) -> Correction:
    fixed = set(record_type.key)
    if user.region and record_type.region is not None:
        fixed.add(record_type.region.field)
    fields = fields_of(user, record_type, values, fixed=fixed, wrong=wrong, asked=asked)
    return Correction(
        record_type.id,
        record_type.label,
        last.key,
        version,
        str(uuid.uuid4()),
        fields,
        last.state not in ("accepted", "returned", "discarded"),
        explain,
        [one for found in (wrong or {}).values() for one in found],
        [one for found in (asked or {}).values() for one in found],
        both or [],
        last if both is not None else None,
        remedy,
    )
