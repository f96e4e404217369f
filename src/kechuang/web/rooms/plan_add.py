"""An entry that the reader missed is added to a draft: its kind, what it belongs to, its fields, its words in the text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.plan.preparation import correcting
from kechuang.plan.preparation.correcting import PARENTS, SECTIONS
from kechuang.plan.preparation.items import KINDS, Item
from kechuang.web.access import Hidden, account, page
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE
from kechuang.web.rooms import plan_known, plan_lines
from kechuang.web.rooms.plan_entry import LONGEST, to_entry
from kechuang.web.rooms.plan_known import Known

#: The field that says what a task or a measure belongs to.
IN = "in"


@dataclass(frozen=True)
class AddForm:
    """The form of a new entry. ``kinds``: what can be added, with its name."""

    kind: str
    heading: Message
    kinds: list[tuple[str, Message]]
    lines: list[plan_lines.Line]
    reason: str
    wrong: list[Message] = field(default_factory=list)
    remedy: Message | None = None


@page("plan/add/", "plan-add", OFFICE, ("GET", "POST"))
def add(request: HttpRequest) -> Page | HttpResponse:
    known = plan_known.known()
    if not known.draft:  # what was confirmed is not added to
        return redirect("/plan/")
    given = request.GET if request.method == "GET" else request.POST
    kind = str(given.get("kind", "target"))
    if kind not in _kinds(known):
        raise Hidden
    # The words of the text come first: whoever adds has them before their eyes.
    blank = {correcting.QUOTE: ""} | correcting.blank_of(kind)
    if request.method == "GET":
        parent = str(request.GET.get(IN, ""))
        return _page(_form(known, kind, blank, parent, reason=str(say("与原文核对"))))
    typed = {name: str(request.POST.get(name, "")).strip()[:LONGEST] for name in blank}
    reason, parent = str(request.POST.get("reason", "")).strip()[:LONGEST], str(request.POST.get(IN, ""))
    try:
        with plan_known.folder_of(account(request).shown).change() as change:
            name = correcting.add(change, kind, typed, parent=parent, reason=reason)
    except KechuangError as error:
        told = [plan_lines.told(fault, typed, _blank(kind)) for fault in error.faults]
        form = _form(
            known,
            kind,
            typed,
            parent,
            reason=reason,
            wrong=[message for message, _ in told],
            remedy=plan_lines.remedy_of(error),
            bad=[one for _, one in told],
        )
        return _page(form, 422)
    return to_entry(request, name)


def _kinds(known: Known) -> list[str]:
    """What can be added: what belongs to something needs that first."""
    there = {item.kind for item in known.items}
    return [kind for kind in SECTIONS if kind not in PARENTS or PARENTS[kind] in there]


def _form(
    known: Known,
    kind: str,
    texts: Mapping[str, str],
    parent: str,
    *,
    reason: str,
    wrong: list[Message] | None = None,
    remedy: Message | None = None,
    bad: Collection[str] = (),
) -> AddForm:
    lines = [plan_lines.line(name, text, _blank(kind), name in bad) for name, text in texts.items()]
    if kind in PARENTS:
        above = [(item.id, f"{item.id} {item.label}") for item in known.items if item.kind == PARENTS[kind]]
        lines.insert(0, plan_lines.Line(IN, say("属于"), parent, None, above, True, False, False, False))
    kinds = [(one, KINDS[one]) for one in _kinds(known)]
    return AddForm(kind, say("补一条{kind}", kind=KINDS[kind]), kinds, lines, reason, wrong or [], remedy)


def _blank(kind: str) -> Item:
    return Item("", kind, "", (), "", None)


def _page(form: AddForm, status: int = 200) -> Page:
    return Page("kechuang/plan_add.html", form, status)
