"""One entry of the plan dealt with: confirmed, corrected, dropped or brought back in a draft, amended once issued.

The form carries the entry as it was opened. Who comes second is told, sees both texts and decides.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.plan.preparation import correcting
from kechuang.plan.preparation.correcting import Overtaken
from kechuang.plan.preparation.days import day_given
from kechuang.plan.preparation.folder import Change
from kechuang.plan.preparation.items import KINDS, Item
from kechuang.plan.preparation.locate import sentence_around
from kechuang.plan.text import Source
from kechuang.web.access import Hidden, account, page
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE
from kechuang.web.rooms import plan_known, plan_lines
from kechuang.web.rooms.plan_known import Known
from kechuang.web.workspaces import served

LONGEST = 2000


@dataclass(frozen=True)
class Both:
    """A field where two people's texts differ."""

    label: Message
    before: str
    now: str
    mine: str
    differs: bool


@dataclass(frozen=True)
class EntryForm:
    """The form of an entry. ``way``: correct, amend or drop; ``version``: the entry as opened, carried along;
    ``around``: the sentence it was read from, in three parts."""

    id: str
    title: str
    kind: Message
    way: str
    lines: list[plan_lines.Line]
    version: str
    around: tuple[str, str, str] | None
    issued: str
    today: date
    given: dict[str, str]
    wrong: list[Message] = field(default_factory=list)
    remedy: Message | None = None
    both: list[Both] = field(default_factory=list)


@page("plan/entries/<str:name>/", "plan-entry", OFFICE, ("GET", "POST"))
def entry(request: HttpRequest, name: str) -> Page | HttpResponse:
    known = plan_known.known()
    standing = known.standing(name)
    if standing is None:
        raise Hidden
    item = known.item(name) or standing.item
    if request.method == "GET":
        way = _way(known, item, str(request.GET.get("do", "")))
        return _page(_form(known, item, way, _texts(known, item, way)))
    do = str(request.POST.get("do", ""))
    who = account(request).shown
    try:
        with plan_known.folder_of(who).change() as change:
            _done(request, change, known, item, do)
    except Overtaken as error:
        return _overtaken(request, item, do, error)
    except KechuangError as error:
        return _refused(request, known, item, do, error)
    return to_entry(request, item.id)


@page("plan/confirm/", "plan-confirm", OFFICE, ("POST",))
def confirm_rest(request: HttpRequest) -> HttpResponse:
    """Confirm every open entry, of the plan as it was seen."""
    known = plan_known.known()
    if not known.draft:  # a second click
        return redirect("/plan/")
    with plan_known.folder_of(account(request).shown).change() as change:
        correcting.confirm_all(change, str(request.POST.get("seen", "")))
    return redirect("/plan/")


def _done(request: HttpRequest, change: Change, known: Known, item: Item, do: str) -> None:
    """Do what was asked; Overtaken or KechuangError where it cannot be done."""
    reason = str(request.POST.get("reason", "")).strip()[:LONGEST]
    opened = _opened(request)
    mark = correcting.mark_of(opened)
    match do:
        case "confirm":
            correcting.confirm(change, item.id, str(request.POST.get("mark", "")))
        case "restore":
            correcting.restore(change, item.id)
        case "drop":
            correcting.drop(change, item.id, reason, mark)
        case "correct":
            typed = _typed(request, opened)
            if typed != opened and typed == correcting.texts_of(change.plan(), item.id):
                return  # sent twice, or another has written the same
            if not reason:
                raise KechuangError("reason-missing", say("请写一句改正的理由"))
            correcting.correct(change, item.id, typed, opened=mark, reason=reason)
        case "amend":
            _amend(request, change, item, opened, reason)
        case _:
            raise Hidden


def _amend(request: HttpRequest, change: Change, item: Item, opened: dict[str, str], reason: str) -> None:
    typed = _typed(request, opened)
    document = str(request.POST.get("document", "")).strip()[:200]
    on = str(request.POST.get("on", "")).strip()
    if not on:
        raise KechuangError("amend-incomplete", say("没有写{what}", what=say("文件日期")))
    now = correcting.goal_texts(change.plan(), item.id)
    target = next(one for one in change.plan().targets if one.id == item.id)
    last = target.amendments[-1] if target.amendments else None
    if typed != opened and typed == now and last is not None and last.document == document:
        return  # sent twice
    correcting.amend_as_typed(
        change,
        item.id,
        typed,
        opened=correcting.mark_of(opened),
        document=document,
        on=day_given(on, str(say("文件日期"))),
        reason=reason,
        number=str(request.POST.get("number", ""))[:100],
        withdrawn=bool(request.POST.get("withdrawn")),
    )


def _opened(request: HttpRequest) -> dict[str, str]:
    """The entry as it was when the form was opened; empty where the form does not say it."""
    try:
        found = json.loads(str(request.POST.get("version", "")))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(key): value for key, value in found.items() if isinstance(value, str)}


def _typed(request: HttpRequest, opened: Mapping[str, str]) -> dict[str, str]:
    return {name: str(request.POST.get(name, text)).strip()[:LONGEST] for name, text in opened.items()}


def _way(known: Known, item: Item, asked: str) -> str:
    """What can be done with the entry in the state the plan is in."""
    if not known.draft:
        if item.kind != "target":
            raise Hidden
        return "amend"
    if known.item(item.id) is None:
        raise Hidden
    return "drop" if asked == "drop" else "correct"


def _texts(known: Known, item: Item, way: str) -> dict[str, str]:
    if way == "amend":
        return correcting.goal_texts(known.plan, item.id)
    return correcting.texts_of(known.plan, item.id)


def _form(
    known: Known,
    item: Item,
    way: str,
    texts: Mapping[str, str],
    *,
    values: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    wrong: list[Message] | None = None,
    remedy: Message | None = None,
    both: list[Both] | None = None,
    bad: Collection[str] = (),
) -> EntryForm:
    given_texts = values or texts
    lines = [
        plan_lines.line(name, given_texts.get(name, text), item, name in bad) for name, text in texts.items()
    ]
    return EntryForm(
        id=item.id,
        title=item.label,
        kind=KINDS[item.kind],
        way=way,
        lines=[] if way == "drop" else lines,
        version=json.dumps(dict(texts), ensure_ascii=False),
        around=_around(known, item),
        issued=known.plan.issued or "",
        today=served().today,
        given={"reason": "" if way != "correct" else str(say("与原文核对")), **(given or {})},
        wrong=wrong or [],
        remedy=remedy,
        both=both or [],
    )


def _around(known: Known, item: Item) -> tuple[str, str, str] | None:
    """The sentence an entry was read from, with what stands before and after it."""
    path = plan_known.sources(known.plan).get(item.span.document) if item.span else None
    if path is None or item.span is None:
        return None
    document = plan_known.document(path)
    start, end = item.span.start, item.span.end
    first, last = sentence_around(Source(document), start, end)
    text = document.text
    return text[first:start], text[start:end], text[end:last]


def _overtaken(request: HttpRequest, item: Item, do: str, error: Overtaken) -> Page | HttpResponse:
    """Somebody came first: both texts, and the form again with what was typed on top of what is there now."""
    known = plan_known.known()
    now_item = known.item(item.id)
    if now_item is None:  # taken out meanwhile
        return to_entry(request, item.id)
    way = "amend" if do == "amend" else "drop" if do == "drop" else "correct"
    opened, now = _opened(request), error.now
    typed = _typed(request, opened)
    both, values = [], {}
    for name, theirs in now.items():
        before, mine = opened.get(name, theirs), typed.get(name, theirs)
        values[name] = theirs if mine == before else mine
        if len({before, theirs, mine}) > 1 and opened:
            label = plan_lines.line(name, theirs, now_item).label
            shown = [plan_lines.shown(name, text) for text in (before, theirs, mine)]
            both.append(Both(label, shown[0], shown[1], shown[2], theirs != values[name]))
    return _page(
        _form(
            known,
            now_item,
            way,
            now,
            values=values,
            given=_given(request),
            wrong=[error.message],
            remedy=error.remedy,
            both=both,
        ),
        409,
    )


def _refused(
    request: HttpRequest, known: Known, item: Item, do: str, error: KechuangError
) -> Page | HttpResponse:
    """What was typed cannot be: said, with everything typed still there."""
    way = {"correct": "correct", "drop": "drop", "amend": "amend"}.get(do)
    here = known.item(item.id) is not None
    if way is None or not here or (way == "amend") == known.draft:
        raise error
    texts = _opened(request) or _texts(known, item, way)
    told = [plan_lines.told(fault, texts, item) for fault in error.faults]
    return _page(
        _form(
            known,
            item,
            way,
            texts,
            values=_typed(request, texts),
            given=_given(request),
            wrong=[message for message, _ in told],
            remedy=plan_lines.remedy_of(error),
            bad=[name for _, name in told],
        ),
        422,
    )


def _given(request: HttpRequest) -> dict[str, str]:
    names = ("reason", "document", "number", "on", "withdrawn")
    return {name: str(request.POST.get(name, ""))[:LONGEST] for name in names}


def _page(form: EntryForm, status: int = 200) -> Page:
    return Page("kechuang/plan_entry.html", form, status, part="kechuang/plan_form.html")


def to_entry(request: HttpRequest, name: str) -> HttpResponse:
    """Back to the room, at the entry."""
    place = f"/plan/?{urlencode({'entry': name})}#e-{name}"
    if request.headers.get("HX-Request"):
        # The browser that is there already would only jump to the fragment.
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        there = f"{here.path}?{here.query}" == place.partition("#")[0]
        return HttpResponse(status=204, headers={"HX-Refresh": "true"} if there else {"HX-Redirect": place})
    return redirect(place)
