"""The commissioner's page: log a visit on one screen, with or without a signal; the villages and past visits.

A form carries a token of its own, so that a second tap, or a queue that is emptied twice, makes one record.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.messages import Message, say
from kechuang.packs.model import Label, RecordType
from kechuang.records.entering import Entered, Overtaken, brought, enter
from kechuang.web.access import Hidden, account, page
from kechuang.web.asked import whole
from kechuang.web.forms import FormField, cell_text, fields_of
from kechuang.web.models import User
from kechuang.web.numbers import unit_text
from kechuang.web.rendering import Page
from kechuang.web.roles import COMMISSIONERS, PUBLIC
from kechuang.web.rooms.stores import store_for
from kechuang.web.rooms.visits import (
    SHOWN,
    Duty,
    Place,
    Visit,
    duties_of,
    places,
    posts_of,
    register,
    visits_of,
)
from kechuang.web.workspaces import served

#: What the form sends for a visit that went nowhere: unlike nothing, it was chosen.
NOWHERE = "-nowhere"
WORKER = Path(__file__).parents[1] / "static" / "kechuang" / "visit-worker.js"


@dataclass(frozen=True)
class Tap:
    """A number with the values a tap gives, each with its unit; ``other`` is one that is none of them."""

    field: FormField
    values: list[tuple[str, str]]
    other: str


@dataclass(frozen=True)
class VisitForm:
    """The form as filled: preset from the last visit, or as it was sent."""

    token: str
    held: dict[str, str]
    day: FormField
    place: FormField
    near: list[Place]
    far: list[Place]
    choices: list[FormField]
    taps: list[Tap]
    others: list[FormField]
    optional: list[FormField]
    correct: str = ""
    explain: str = ""

    nowhere: bool = False

    @property
    def elsewhere(self) -> bool:
        """Whether the place is none of those in the post's care."""
        return bool(self.place.value) and all(one.code != self.place.value for one in self.near)


@dataclass(frozen=True)
class VisitPage:
    """The page of whoever is out in the field; ``form`` is None where the county has no posts."""

    label: Label
    account: str
    today: date
    post: str
    posts: list[str]
    form: VisitForm | None
    heading: Message
    visits: list[Visit]
    more: int
    duties_heading: Message
    duties: list[Duty]
    done: Message | None = None
    batch: str | None = None
    state: str = ""
    repeated: bool = False
    wrong: list[Message] = field(default_factory=list)
    asked: list[Message] = field(default_factory=list)
    clash: Visit | None = None


@page("visit/", "visit", COMMISSIONERS, ("GET", "POST"))
def visit(request: HttpRequest) -> Page | HttpResponse:
    user, record_type = account(request), register()
    posts = posts_of(user, record_type)
    if request.method == "GET":
        asked = str(request.GET.get("post", ""))
        post = asked if asked in posts else _last_post(user, record_type, posts)
        done = _said(str(request.GET["done"])) if request.GET.get("done") else None
        return Page("kechuang/visit.html", _page(user, record_type, posts, post, done=done))
    cells = _cells(request, user, record_type)
    assert record_type.visits is not None
    post = cells[record_type.visits.post]
    if post not in posts:
        raise Hidden
    correct, explain = str(request.POST.get("correct", "")), str(request.POST.get("explain", "")).strip()
    where = record_type.visits.place
    if where not in request.POST and not cells[where]:
        wrong = {where: [say("请选去了哪个村")]}
        return Page("kechuang/visit.html", _page(user, record_type, posts, post, cells, wrong=wrong), 422)
    try:
        answer = _entered(user, record_type, cells, str(request.POST.get("slip", "")), correct, explain)
    except Overtaken as error:
        told = say("这一天这项服务已经记过一次。要改成现在填的，请再按一次；另记一次请换服务内容或日期。")
        context = _page(
            user, record_type, posts, post, cells, wrong={"": [told]}, correct=str(error.version.number)
        )
        return Page("kechuang/visit.html", context, 409)
    if answer.batch is None:
        context = _page(
            user, record_type, posts, post, cells, wrong=answer.wrong, reminders=answer.asked, explain=explain
        )
        return Page("kechuang/visit.html", context, 422)
    if request.GET.get("format") == "json":
        context = _page(user, record_type, posts, post, done=_said(answer.state), answer=answer)
        return Page("kechuang/visit.html", context)
    return redirect(f"/visit/?done={answer.state}")


@page("visit/worker.js", "visit-worker", PUBLIC)
def worker(request: HttpRequest) -> HttpResponse:
    """The worker stands below the page it works for: it may touch nothing else of the site."""
    answer = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


def _entered(
    user: User, record_type: RecordType, cells: Mapping[str, str], token: str, correct: str, explain: str
) -> Entered:
    """Store the visit; what the checks remark is asked about first, unless it is explained."""
    store, expected = store_for(user), whole(correct) or 0
    if not explain:
        tried = enter(
            store, record_type.id, cells, who=user.name, token=token, expected=expected, dry_run=True
        )
        if tried.batch is not None or tried.wrong or tried.asked:
            return tried
    return enter(
        store,
        record_type.id,
        cells,
        who=user.name,
        token=token,
        expected=expected,
        explain=explain or None,
    )


def _cells(request: HttpRequest, user: User, record_type: RecordType) -> dict[str, str]:
    """What was sent, by field; ``NAME-other`` is what was typed in the stead of a tap. The region is the
    account's own, whatever was sent."""
    cells = {}
    for name in record_type.fields:
        other = str(request.POST.get(f"{name}-other", "")).strip()
        cells[name] = other or str(request.POST.get(name, "")).strip().removeprefix(NOWHERE)
    if record_type.region is not None and user.region:
        cells[record_type.region.field] = user.region
    return cells


def _last_post(user: User, record_type: RecordType, posts: list[str]) -> str:
    """The post the account wrote for last; the first of its posts where it has not yet."""
    for batch in brought(served().store.alias, user.name, record_type.id, limit=1):
        for change in served().store.workflow.changes(batch.id, 1)["changes"]:
            post = str(change["key"]).split("|")[0]
            if post in posts:
                return post
    return posts[0] if posts else ""


def _said(state: str) -> Message:
    return {
        "accepted": say("已记下，计入台账"),
        "draft": say("已存为草稿，还没有提交"),
    }.get(state, say("已记下，等待审核"))


def _page(
    user: User,
    record_type: RecordType,
    posts: list[str],
    post: str,
    cells: Mapping[str, str] | None = None,
    *,
    wrong: Mapping[str, list[Message]] | None = None,
    reminders: Mapping[str, list[Message]] | None = None,
    correct: str = "",
    explain: str = "",
    done: Message | None = None,
    answer: Entered | None = None,
) -> VisitPage:
    today = served().today
    visits = visits_of(user, record_type, post) if post else []
    month = sum((one.day.year, one.day.month) == (today.year, today.month) for one in visits)
    duties = duties_of(record_type, post, visits, today)
    clash = None
    if correct and cells is not None:
        clash = next((one for one in visits if _same(record_type, one, cells)), None)
    return VisitPage(
        label=record_type.label,
        account=user.name,
        today=today,
        post=post,
        posts=posts,
        form=_form(user, record_type, post, visits, cells, wrong or {}, correct, explain) if post else None,
        heading=say("{month}月已记{n}次", month=today.month, n=month)
        if month
        else say("{month}月还没有记", month=today.month),
        visits=visits[:SHOWN],
        more=max(len(visits) - SHOWN, 0),
        duties_heading=say("包联的{n}个村", n=len(duties)),
        duties=duties,
        done=done,
        batch=answer.batch if answer else None,
        state=answer.state if answer else "",
        repeated=answer is not None and answer.repeated,
        wrong=[one for found in (wrong or {}).values() for one in found],
        asked=[one for found in (reminders or {}).values() for one in found],
        clash=clash,
    )


def _same(record_type: RecordType, visit_: Visit, cells: Mapping[str, str]) -> bool:
    return all(str(visit_.data.get(name)) == cells.get(name) for name in record_type.key)


def _form(
    user: User,
    record_type: RecordType,
    post: str,
    visits: list[Visit],
    cells: Mapping[str, str] | None,
    wrong: Mapping[str, list[Message]],
    correct: str,
    explain: str,
) -> VisitForm:
    declared, on = record_type.visits, record_type.time.on
    assert declared is not None and on is not None
    where = record_type.region.field if record_type.region else ""
    held = {declared.post: post, **({where: user.region} if where else {})}
    sent = cells is not None
    if cells is None:
        cells = {**_preset(record_type, visits), on: served().today.isoformat(), **held}
    cared, names = places(record_type)
    near = [names[code] for code in cared.get(post, [])]
    mine = {one.code for one in near}
    if not sent and len(near) == 1 and not cells.get(declared.place):
        cells = {**cells, declared.place: near[0].code}
    made = {one.name: one for one in fields_of(user, record_type, cells, wrong=wrong)}
    far = sorted(
        (one for one in names.values() if one.code not in mine and one.code.startswith(user.region)),
        key=lambda one: one.code,
    )
    rest = [one for name, one in made.items() if name not in {*held, on, declared.place}]
    taps = [
        _tap(one, record_type.fields[one.name].unit, declared.quick[one.name])
        for one in rest
        if one.name in declared.quick
    ]
    rest = [one for one in rest if one.name not in declared.quick]
    return VisitForm(
        token=str(uuid.uuid4()),
        held=held,
        day=made[on],
        place=made[declared.place],
        near=near,
        far=far,
        choices=[one for one in rest if one.required and one.kind == "chips"],
        taps=taps,
        others=[one for one in rest if one.required and one.kind != "chips"],
        optional=[one for one in rest if not one.required],
        correct=correct,
        explain=explain,
        nowhere=sent and not cells.get(declared.place),
    )


def _preset(record_type: RecordType, visits: list[Visit]) -> dict[str, str]:
    """What is likely the same as last time: where, what, how long; never how many were helped."""
    declared = record_type.visits
    if not visits or declared is None:
        return {}
    last = {name: cell_text(visits[0].data.get(name)) for name in record_type.fields}
    kept = {
        name: last[name]
        for name, spec in record_type.fields.items()
        if spec.type == "choice" and spec.required
    }
    for name, values in declared.quick.items():
        if last[name] in map(cell_text, values):  # what was typed is not preset: a tap would not undo it
            kept[name] = last[name]
    if last[declared.place]:
        kept[declared.place] = last[declared.place]
    return kept


def _tap(one: FormField, unit: str | None, values: list[float]) -> Tap:
    texts = [cell_text(value) for value in values]
    labelled = [(text, f"{text}{unit_text(unit, text)}") for text in texts]
    return Tap(one, labelled, "" if one.value in texts else one.value)
